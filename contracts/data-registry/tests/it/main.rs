//! The registry called as on a chain: encoded calldata in, encoded results, errors and logs out.
