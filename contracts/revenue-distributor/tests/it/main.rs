//! The distributor called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod revenue_abi;
mod revenue_attacks;
mod revenue_batches;
mod revenue_claims;
mod revenue_deposits;
mod revenue_faults;
mod revenue_pools;
mod revenue_properties;
mod support;
