//! Decides how contracts come onto a chain.

mod access;
mod apply;
mod aside;
mod coop;
mod create;
mod drift;
mod fact;
mod governance;
mod journal;
mod market;
mod plan;
mod status;
mod step;
mod steps;
mod target;
mod upgrade;
mod verify;

pub use access::{AccessConfig, AccessTerms, FirstSchema, Price};
pub use coop::{CoopConfig, Deployment, Existing, Step, deploy_coop};
pub use create::{Created, Way, create};
pub use drift::{Drift, drift};
pub use governance::{Allocation, GovernanceConfig, TransferPolicy};
pub use plan::{Plan, PlannedContract, PlannedTransaction, plan};
pub use status::{ContractStatus, Progressed, Status, UnderWay, status};
pub use target::Target;
pub use upgrade::{Built, Succession, SuccessionState, built};
pub use verify::{MissingPower, Verification, VerifiedContract, verify};

#[cfg(test)]
mod tests;
