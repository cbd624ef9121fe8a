//! Decides who has how many votes, and had at any past time, as OpenZeppelin's `Votes` does with a
//! clock of timestamps (ERC-5805, ERC-6372).
//!
//! An account's votes count for the delegate that it has chosen, and for nobody before it chose
//! one. Past votes are those at the end of a second, and only of seconds that are over: what is
//! borrowed and given back within one second has never been a vote.
//!
//! # Invariants
//!
//! - The votes of a delegate are the sum of the units of those who delegate to it; with units that
//!   sum up to at most 2^208 − 1 no sum here overflows.
//! - A delegate's history has one writer, `Votes::shift_votes`, and the total's is
//!   [`Votes::transfer_voting_units`].

use alloy_primitives::B256;
use alloy_sol_types::sol;

use crate::{
    Account, Result, Revert, Uint,
    checkpoints::{self, Change, Checkpoint},
    dynamic::Text,
    ecdsa,
    eip712::{Eip712, hash_of},
    event::emit,
    host, layout,
    nonces::Nonces,
    output,
    permit::Signature,
    storage::Sequence,
    word::Word,
};

sol! {
    /// Events and errors of OpenZeppelin's `Votes`.
    #[derive(Debug)]
    interface IVotes {
        event DelegateChanged(
            address indexed delegator,
            address indexed fromDelegate,
            address indexed toDelegate
        );
        event DelegateVotesChanged(
            address indexed delegate,
            uint256 previousVotes,
            uint256 newVotes
        );

        error VotesExpiredSignature(uint256 expiry);
        error ERC5805FutureLookup(uint256 timepoint, uint48 clock);
    }
}

pub use IVotes::{
    DelegateChanged, DelegateVotesChanged, ERC5805FutureLookup, IVotesErrors, IVotesEvents,
    VotesExpiredSignature,
};

/// The description of the clock (ERC-6372).
pub const CLOCK_MODE: Text = Text::new("mode=timestamp");

/// The type of a delegation, as OpenZeppelin's `Votes` spells it.
const DELEGATION_TYPEHASH: B256 =
    hash_of("Delegation(address delegatee,uint256 nonce,uint256 expiry)");

layout! {
    /// The storage of votes.
    pub struct VotesStorage {
        /// For whom the votes of an account count. Written by [`Votes::delegate_for`].
        delegatees: Mapping<Account, Account>,
        /// The votes of each delegate over time. Written by `Votes::shift_votes`.
        delegate_checkpoints: Mapping<Account, Sequence<Checkpoint>>,
        /// The sum of all units over time. Written by [`Votes::transfer_voting_units`].
        total_checkpoints: Array<Checkpoint>,
    }
}

/// What a delegator signs for, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Delegation<'a> {
    /// Who is to have the votes.
    pub delegatee: &'a Account,
    /// The delegator's next nonce.
    pub nonce: &'a Uint,
    /// The last second at which the signature is good.
    pub expiry: &'a Uint,
}

/// A contract in which units of voting are held and delegated.
pub trait Votes: Eip712 + Nonces {
    /// Where the contract keeps the votes.
    const VOTES: VotesStorage;

    /// Returns the units that an account holds.
    fn voting_units(&self, account: &Account) -> Uint;

    /// Returns the time by which votes are counted: the block's, in seconds since 1970.
    fn clock(&self) -> u64 {
        host::timestamp(self.vm())
    }

    /// Returns for whom the votes of an account count; zero when it has not chosen.
    fn delegates(&self, account: &Account) -> Account {
        Self::VOTES.delegatees.of(self.vm(), account).get(self.vm())
    }

    /// Returns the votes of a delegate.
    fn votes(&self, account: &Account) -> Uint {
        let trace = Self::VOTES.delegate_checkpoints.sequence(self.vm(), account);
        checkpoints::latest(self.vm(), &trace)
    }

    /// Returns the votes of a delegate at the end of a past second.
    ///
    /// # Errors
    ///
    /// As [`past`](Self::past).
    fn past_votes(&self, account: &Account, timepoint: &Uint) -> Result<Uint> {
        let key = self.past(timepoint)?;
        let trace = Self::VOTES.delegate_checkpoints.sequence(self.vm(), account);
        Ok(checkpoints::upper_lookup_recent(self.vm(), &trace, key))
    }

    /// Returns the sum of all units, delegated or not, at the end of a past second.
    ///
    /// # Errors
    ///
    /// As [`past`](Self::past).
    fn past_total_supply(&self, timepoint: &Uint) -> Result<Uint> {
        let key = self.past(timepoint)?;
        Ok(checkpoints::upper_lookup_recent(self.vm(), &Self::VOTES.total_checkpoints.all(), key))
    }

    /// Returns how many checkpoints a delegate's history has. Each took a transaction: there are
    /// far fewer than 2^32.
    #[allow(clippy::cast_possible_truncation, reason = "the number is far below 2^32")]
    fn num_checkpoints(&self, account: &Account) -> u32 {
        Self::VOTES.delegate_checkpoints.sequence(self.vm(), account).len(self.vm()) as u32
    }

    /// Returns a checkpoint of a delegate's history.
    ///
    /// # Errors
    ///
    /// `Panic(0x32)` when there is none at that place.
    fn checkpoint(&self, account: &Account, index: u32) -> Result<Checkpoint> {
        let trace = Self::VOTES.delegate_checkpoints.sequence(self.vm(), account);
        checkpoints::checkpoint(self.vm(), &trace, index.into())
    }

    /// Returns a time, which must be over.
    ///
    /// # Errors
    ///
    /// [`ERC5805FutureLookup`] when it is not.
    fn past(&self, timepoint: &Uint) -> Result<u64> {
        let (key, clock) = (timepoint.to_u64(), self.clock());
        if key < clock {
            Ok(key)
        } else {
            Err(Revert::new::<ERC5805FutureLookup>((timepoint, clock)))
        }
    }

    /// Delegates the caller's votes.
    ///
    /// # Errors
    ///
    /// As [`delegate_for`](Self::delegate_for).
    ///
    /// # Events
    ///
    /// As [`delegate_for`](Self::delegate_for).
    fn delegate(&mut self, delegatee: &Account) -> Result<()> {
        let account = host::sender(self.vm());
        self.delegate_for(&account, delegatee)
    }

    /// Delegates the votes of whoever signed for it.
    ///
    /// # Errors
    ///
    /// - [`VotesExpiredSignature`] after the expiry,
    /// - as [`recover`](ecdsa::recover) for a bad signature,
    /// - as [`use_checked_nonce`](Nonces::use_checked_nonce),
    /// - as [`delegate_for`](Self::delegate_for).
    ///
    /// # Events
    ///
    /// As [`delegate_for`](Self::delegate_for).
    fn delegate_by_sig(
        &mut self,
        delegation: Delegation<'_>,
        signature: Signature<'_>,
    ) -> Result<()> {
        let Delegation { delegatee, nonce, expiry } = delegation;
        if expiry.to_u64() < host::timestamp(self.vm()) {
            return Err(Revert::new::<VotesExpiredSignature>((expiry,)));
        }
        let start = output::len();
        output::push_constant(DELEGATION_TYPEHASH);
        output::push(delegatee.word());
        output::push(nonce.word());
        output::push(expiry.word());
        let struct_hash = host::hash_output(self.vm(), start);
        let hash = self.typed_data_hash(&struct_hash);
        let signer = ecdsa::recover(self.vm(), &hash, signature.v, signature.r, signature.s)?;
        self.use_checked_nonce(&signer, nonce)?;
        self.delegate_for(&signer, delegatee)
    }

    /// Delegates all units of an account, who must have agreed.
    ///
    /// # Errors
    ///
    /// As [`move_votes`](Self::move_votes).
    ///
    /// # Events
    ///
    /// [`DelegateChanged`], then as [`move_votes`](Self::move_votes).
    fn delegate_for(&mut self, account: &Account, delegatee: &Account) -> Result<()> {
        let place = Self::VOTES.delegatees.of(self.vm(), account);
        let old = place.get(self.vm());
        place.set(self.vm_mut(), delegatee);
        emit::<DelegateChanged>(self.vm_mut(), (account, &old, delegatee), ());
        let units = self.voting_units(account);
        self.move_votes(&old, delegatee, &units)
    }

    /// Follows units from one holder to another; the zero account stands for nowhere when minting
    /// and burning. All units together must be at most 2^208 − 1.
    ///
    /// # Errors
    ///
    /// As [`move_votes`](Self::move_votes).
    ///
    /// # Events
    ///
    /// As [`move_votes`](Self::move_votes).
    fn transfer_voting_units(&mut self, from: &Account, to: &Account, units: &Uint) -> Result<()> {
        let total = Self::VOTES.total_checkpoints.all();
        let key = self.clock();
        if from.is_zero() {
            checkpoints::change(self.vm_mut(), &total, key, Change::Add, units)?;
        }
        if to.is_zero() {
            // What is burned is part of the total.
            checkpoints::change(self.vm_mut(), &total, key, Change::Subtract, units)?;
        }
        self.move_votes(&self.delegates(from), &self.delegates(to), units)
    }

    /// Moves votes from one delegate to another; the zero account stands for no delegate.
    ///
    /// # Errors
    ///
    /// As [`checkpoints::push`], which a clock that only goes forward does not meet.
    ///
    /// # Events
    ///
    /// [`DelegateVotesChanged`] for each delegate whose votes change.
    fn move_votes(&mut self, from: &Account, to: &Account, units: &Uint) -> Result<()> {
        if units.is_zero() || from == to {
            return Ok(());
        }
        // The units were among those that `from` has, and all together fit.
        self.shift_votes(from, Change::Subtract, units)?;
        self.shift_votes(to, Change::Add, units)
    }

    /// Changes the votes of a delegate, unless it is the zero account: the one writer of a
    /// delegate's history.
    ///
    /// # Errors
    ///
    /// As [`checkpoints::push`].
    ///
    /// # Events
    ///
    /// [`DelegateVotesChanged`].
    fn shift_votes(&mut self, delegate: &Account, change: Change, units: &Uint) -> Result<()> {
        if delegate.is_zero() {
            return Ok(());
        }
        let key = self.clock();
        let trace = Self::VOTES.delegate_checkpoints.sequence(self.vm(), delegate);
        let (old, new) = checkpoints::change(self.vm_mut(), &trace, key, change, units)?;
        emit::<DelegateVotesChanged>(self.vm_mut(), (delegate,), (&old, &new));
        Ok(())
    }
}
