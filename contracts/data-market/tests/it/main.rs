//! The market called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]
