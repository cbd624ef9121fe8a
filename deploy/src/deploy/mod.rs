//! Decides how contracts come onto a chain.

mod coop;
mod create;

pub use coop::{CoopConfig, Deployment, Existing, Step, deploy_coop};
pub use create::{Created, Way, create};

#[cfg(test)]
mod tests;
