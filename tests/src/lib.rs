//! What the integration tests share: Solidity peers, random values, a chain of their own.

pub mod random;
pub mod scenario;

mod contract;
mod coop;
mod dao;
mod driver;
mod proxy;
mod rpc_proxy;
mod stylus_node;
mod twins;

use std::path::{Path, PathBuf};

pub use contract::{Contract, Done, Interface};
pub use coop::{
    ALICE, BOB, Consents, Coop, Data, GOVERNANCE, GUARDIAN, Membership, ORACLE, Rewards, artifact,
    artifacts, start_node,
};
pub use dao::{CAROL, Dao, Gov, Governor, Proposal, TOKEN, Timelock, Treasury};
pub use datacoop_bench::peers::{Peer, interface, peer};
pub use driver::{Drive, Driver, End};
pub use proxy::BreakingProxy;
pub use random::Random;
pub use rpc_proxy::{Hook, PassOn, Reply, RpcProxy, Upstream};
pub use stylus_node::{CACHE_MANAGER, StandIns, StylusHook, StylusNode};
pub use twins::{Effect, Outcome, Request, Twins, create_raw};

/// The root of the repository.
pub fn workspace_root() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.parent().unwrap_or(crate_folder).to_path_buf()
}
