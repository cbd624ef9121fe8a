//! Decides which contracts say who belongs to the cooperative and who may use whose data, and who
//! holds which power over them.
//!
//! Adding a contract is a field of [`AccessConfig`] where it has terms, its creation and its roles
//! in `access`, and its steps in [`STEPS`].

use alloy::{dyn_abi::DynSolValue, primitives::Address};

use super::run::Run;
use crate::{
    Error,
    contracts::{CONSENT_REGISTRY, MEMBERSHIP},
};

/// The steps of creating these contracts: Membership, its issuer, its administration given and
/// given up; the consent registry, which nobody administers.
pub(super) const STEPS: u64 = 5;

/// The terms of membership, and of access to data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessConfig {
    /// Checks credentials: makes members, says what they act as, and replaces lost accounts.
    pub issuer: Address,
    /// What the metadata of a membership begins with, in up to 128 bytes; there is none when it is
    /// empty.
    pub base_uri: String,
}

impl AccessConfig {
    /// Returns terms in which `issuer` checks credentials, and memberships have no metadata.
    #[must_use]
    pub const fn of(issuer: Address) -> Self {
        Self { issuer, base_uri: String::new() }
    }
}

impl Run<'_> {
    /// Creates Membership. GOV asks it who is a member, and so comes after it.
    pub(super) async fn membership(&mut self) -> Result<Address, Error> {
        let base_uri = self.config.access.base_uri.clone();
        let deployer = self.sender.address();
        self.contract(&MEMBERSHIP, &[DynSolValue::Address(deployer), DynSolValue::String(base_uri)])
            .await
    }

    /// Creates what asks Membership, and hands all of it to `governance`.
    pub(super) async fn access(
        &mut self,
        membership: Address,
        governance: Address,
    ) -> Result<(), Error> {
        let issuer = self.config.access.issuer;
        self.contract(&CONSENT_REGISTRY, &[DynSolValue::Address(membership)]).await?;
        self.grant((&MEMBERSHIP, membership), "ISSUER", issuer).await?;
        self.hand_over((&MEMBERSHIP, membership), governance).await
    }
}
