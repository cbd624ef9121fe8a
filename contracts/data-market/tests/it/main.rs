//! The market called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod market_abi;
mod market_access;
mod market_attacks;
mod market_auctions;
mod market_governance;
mod market_licences;
mod market_properties;
mod market_sales;
mod market_stakes;
mod stand_ins;
mod support;
