//! Decides what the logs of a token say: who holds what, what was minted and burned, and whose votes whose
//! tokens are.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{IDataToken::IDataTokenEvents, IGovToken::IGovTokenEvents};

/// What an account had since when, in ascending order of time.
pub(crate) type History = Vec<(u64, U256)>;

/// A mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Minted {
    /// When, in seconds since 1970.
    pub(crate) at: u64,
    /// How much, in wei.
    pub(crate) amount: U256,
    /// The supply before.
    pub(crate) before: U256,
    /// The emission cap's floor and its basis points at that time.
    pub(crate) cap: (U256, U256),
}

/// A token by its logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) balances: BTreeMap<Address, U256>,
    pub(crate) supply: U256,
    pub(crate) burned: U256,
    pub(crate) minted: Vec<Minted>,
    /// Owners and whom they allowed something, ever.
    pub(crate) allowed: BTreeSet<(Address, Address)>,
    pub(crate) paused: bool,
    cap: (U256, U256),
}

/// Votes by the logs of GOV.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Votes {
    pub(crate) delegates: BTreeMap<Address, Address>,
    pub(crate) of: BTreeMap<Address, History>,
    pub(crate) supply: History,
}

/// What a history says of a time.
pub(crate) fn at(history: &History, time: u64) -> U256 {
    let last = history.iter().rev().find(|(since, _)| *since <= time);
    last.map_or(U256::ZERO, |(_, amount)| *amount)
}

impl Token {
    pub(crate) fn balance(&self, account: Address) -> U256 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    fn moved(&mut self, from: Address, to: Address, value: U256, time: u64) -> Result<()> {
        if from.is_zero() {
            let (before, cap) = (self.supply, self.cap);
            self.minted.push(Minted { at: time, amount: value, before, cap });
            self.supply += value;
        } else {
            let left = self.balance(from).checked_sub(value);
            self.balances.insert(from, left.context("more was sent than was there")?);
        }
        if to.is_zero() {
            self.burned += value;
            self.supply -= value;
        } else {
            *self.balances.entry(to).or_default() += value;
        }
        Ok(())
    }

    /// Takes a log of DATA.
    pub(super) fn take(&mut self, event: IDataTokenEvents, time: u64) -> Result<()> {
        match event {
            IDataTokenEvents::Transfer(moved) => {
                self.moved(moved.from, moved.to, moved.value, time)?;
            }
            IDataTokenEvents::Approval(given) => {
                self.allowed.insert((given.owner, given.spender));
            }
            IDataTokenEvents::EmissionCapChanged(new) => self.cap = (new.newFloor, new.newBps),
            IDataTokenEvents::Paused(_) => self.paused = true,
            IDataTokenEvents::Unpaused(_) => self.paused = false,
            _ => {}
        }
        Ok(())
    }

    /// Takes a log of GOV.
    pub(super) fn take_gov(
        &mut self,
        votes: &mut Votes,
        event: IGovTokenEvents,
        time: u64,
    ) -> Result<()> {
        match event {
            IGovTokenEvents::Transfer(moved) => {
                self.moved(moved.from, moved.to, moved.value, time)?;
                votes.supply.push((time, self.supply));
            }
            IGovTokenEvents::DelegateChanged(changed) => {
                votes.delegates.insert(changed.delegator, changed.toDelegate);
            }
            IGovTokenEvents::DelegateVotesChanged(changed) => {
                votes.of.entry(changed.delegate).or_default().push((time, changed.newVotes));
            }
            _ => {}
        }
        Ok(())
    }
}
