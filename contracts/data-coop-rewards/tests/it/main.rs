//! DataCoopRewards called as on a chain, with a real DATA beside it: encoded calldata in, encoded
//! results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod abi;
mod batch;
mod offices;
mod parameters;
mod properties;
mod recording;
mod score;
mod support;
