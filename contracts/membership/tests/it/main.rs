//! The membership called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod membership_abi;
mod membership_attacks;
mod membership_did;
mod membership_joining;
mod membership_properties;
mod membership_token;
mod support;
