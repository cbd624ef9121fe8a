//! DATA called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod abi;
mod emission;
mod erc20;
mod permit;
mod properties;
mod roles;
mod support;
