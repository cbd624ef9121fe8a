//! The governor called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod abi;
mod classes;
mod construction;
mod dao_uri;
mod exclusions;
mod guardian;
mod live;
mod settings;
mod stand_ins;
mod support;
mod voting;
