//! Decides which Rust types stand for the contracts: those that are generated from the interfaces
//! that are committed beside them. A crate of its own, since generating takes its time.
#![allow(
    missing_docs,
    clippy::missing_const_for_fn,
    clippy::too_many_arguments,
    clippy::doc_markdown,
    clippy::use_self,
    reason = "the macro generates these items; their documentation is in the interface files"
)]

use alloy::sol;

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/data-token/IDataToken.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/data-coop-rewards/IDataCoopRewards.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/governor/IGovernor.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/gov-token/IGovToken.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/treasury/ITreasury.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/timelock/ITimelock.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/membership/IMembership.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/consent-registry/IConsentRegistry.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/data-registry/IDataRegistry.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/data-market/IDataMarket.sol"
);

sol!(
    #[sol(abi, all_derives)]
    "../../contracts/revenue-distributor/IRevenueDistributor.sol"
);
