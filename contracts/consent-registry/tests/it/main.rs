//! The registry called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod consent_abi;
mod consent_attacks;
mod consent_checks;
mod consent_lifecycle;
mod consent_properties;
mod consent_scope;
mod consent_signatures;
mod support;
