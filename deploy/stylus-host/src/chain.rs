//! Decides what surrounds a call besides state: block, transaction, and what is open in it.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use crate::{
    outcome::{GasReport, Profile},
    state::State,
};

/// The block that transactions run in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number; on the chain, an estimate of the parent chain's.
    pub number: u64,
    /// Its time in seconds since 1970.
    pub timestamp: u64,
    /// Who gets the fees.
    pub coinbase: Address,
    /// Wei per gas.
    pub basefee: U256,
    /// Gas that the block may use.
    pub gas_limit: u64,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            number: 1,
            timestamp: 1_700_000_000,
            coinbase: Address::ZERO,
            basefee: U256::ZERO,
            gas_limit: 1 << 50,
        }
    }
}

/// The chain as a message sees it.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub(crate) state: State,
    pub(crate) block: Block,
    pub(crate) chain_id: u64,
    pub(crate) gas_price: U256,
    /// The sender of the transaction.
    pub(crate) origin: Address,
    /// Calls under way.
    pub(crate) depth: usize,
    /// How many calls of each account's own are under way.
    pub(crate) spans: BTreeMap<Address, u32>,
    /// Memory pages that are open, and that ever were at once in the transaction.
    pub(crate) pages_open: u16,
    pub(crate) pages_ever: u16,
    pub(crate) report: GasReport,
    pub(crate) profile: Profile,
}

impl Chain {
    /// Forgets what belongs to one transaction.
    pub(crate) fn begin_transaction(&mut self, origin: Address) {
        self.state.begin_transaction();
        self.origin = origin;
        self.depth = 0;
        self.spans.clear();
        self.pages_open = 0;
        self.pages_ever = 0;
        self.report = GasReport::default();
        self.profile = Profile::default();
    }
}
