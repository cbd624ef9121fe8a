//! The governor: the holders of GOV propose, vote and act through the timelock, exactly as with
//! OpenZeppelin Contracts 5.7; and beyond it a guardian, proposal classes, one live proposal per
//! proposer, votes that do not count for the quorum, and a URI of the cooperative (ERC-4824).
//!
//! # Invariants
//!
//! - A proposal is executed at most once, and only by the timelock, after it succeeded and waited.
//! - Nobody's votes count twice for a proposal: they are those of its snapshot, and each account
//!   casts them once.
//! - Settings change only by a call of a proposal that is being executed (`governance`).
//! - A proposal of the fast track or of the optimistic class calls only what its class allows, and
//!   never this contract or the timelock.
//! - What was decided stays decided: quorums, veto quorums and exclusions of the past do not change.

#![warn(clippy::arithmetic_side_effects)]

mod actions;
mod ballot;
mod classes;
mod dao_uri;
mod execution;
mod external;
mod governance;
mod governor;
mod guardian;
mod program;
mod proposal;
mod proposing;
mod quorum;
mod routing;
mod settings;
mod state;

pub use governor::{Governor, IGovernor};

/// What is kept in storage, for the snapshot of the layout.
pub mod layout {
    pub use crate::{
        classes::ClassesStorage, dao_uri::DaoUriStorage, governance::CallsStorage,
        guardian::GuardianStorage, proposal::ProposalsStorage, quorum::QuorumStorage,
        settings::SettingsStorage,
    };
}

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
