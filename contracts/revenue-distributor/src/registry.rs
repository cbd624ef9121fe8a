//! Decides what is known of an edition: what `DataRegistry` says of it, at this moment.

use alloy_primitives::B256;
use alloy_sol_types::sol;
use datacoop_kit::{Account, Uint, host, output, word};
use stylus_sdk::host::VM;

sol! {
    /// What is asked of `DataRegistry`.
    #[derive(Debug)]
    interface IEditions {
        function isLive(uint256 edition) external view returns (bool);
        function rootsOf(uint256 edition)
            external
            view
            returns (bytes32 recordsRoot, bytes32 sharesRoot, uint256 totalShares);
    }
}

/// The shares of an edition, which never change once it is live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The Merkle root of the leaves of contributors and their shares.
    pub(crate) root: B256,
    /// What the shares add up to; zero for an edition that is not known.
    pub(crate) total: Uint,
}

/// Returns whether an edition is live.
pub(crate) fn is_live(vm: &VM, registry: &Account, edition: &Uint) -> bool {
    let succeeded = host::static_call::<IEditions::isLiveCall>(vm, registry, (edition,));
    let (word, len) = host::returned_word(vm);
    succeeded && len == 32 && Uint::new(word) == Uint::from(1_u64)
}

/// Returns the shares of an edition; without any when `registry` does not answer as it should.
pub(crate) fn terms(vm: &VM, registry: &Account, edition: &Uint) -> Terms {
    let nothing = Terms { root: B256::ZERO, total: Uint::ZERO };
    if !host::static_call::<IEditions::rootsOfCall>(vm, registry, (edition,)) {
        return nothing;
    }
    let start = output::len();
    host::returned(vm);
    output::take(start, |bytes| match word::words(bytes) {
        [_, root, total, ..] => Terms { root: *root, total: Uint::new(*total) },
        _ => nothing,
    })
}
