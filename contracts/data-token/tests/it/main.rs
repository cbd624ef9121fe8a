//! DATA called as on a chain: encoded calldata in, encoded results, errors and logs out.

mod abi;
mod emission;
mod erc20;
mod permit;
mod properties;
mod roles;
mod support;
