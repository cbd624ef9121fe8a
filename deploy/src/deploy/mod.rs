//! Decides how contracts come onto a chain.

mod access;
mod coop;
mod create;
mod governance;
mod market;
mod run;

pub use access::{AccessConfig, AccessTerms, FirstSchema, Price};
pub use coop::{CoopConfig, Deployment, Existing, Step, deploy_coop};
pub use create::{Created, Way, create};
pub use governance::{Allocation, GovernanceConfig, TransferPolicy};

#[cfg(test)]
mod tests;
