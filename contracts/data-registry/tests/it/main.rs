//! The registry called as on a chain: encoded calldata in, encoded results, errors and logs out.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod registry_abi;
mod registry_attesting;
mod registry_custody;
mod registry_datasets;
mod registry_editions;
mod registry_properties;
mod registry_registering;
mod registry_schemas;
mod registry_signatures;
mod support;
