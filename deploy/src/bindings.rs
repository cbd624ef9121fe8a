//! Rust types for the contracts, generated from the interfaces that are committed beside them.
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
    #[sol(rpc, abi, all_derives)]
    "../contracts/data-token/IDataToken.sol"
);

sol!(
    #[sol(rpc, abi, all_derives)]
    "../contracts/data-coop-rewards/IDataCoopRewards.sol"
);

sol!(
    #[sol(rpc, abi, all_derives)]
    "../contracts/membership/IMembership.sol"
);

sol!(
    #[sol(rpc, abi, all_derives)]
    "../contracts/consent-registry/IConsentRegistry.sol"
);
