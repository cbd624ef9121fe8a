//! Decides how votes are cast and counted: once each, by the voter or with the voter's signature.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    eip712::{Eip712, hash_of},
    event::emit,
    host,
    nonces::Nonces,
    output, signature_checker,
    word::Word,
};

use crate::{
    classes::Class,
    governor::{
        Governor,
        IGovernor::{
            GovernorAlreadyCastVote, GovernorExcludedVoter, GovernorInvalidSignature,
            GovernorInvalidVoteType, ProposalExtended, VoteCast, VoteCastWithParams,
        },
        PROPOSALS, QUORUM, SETTINGS,
    },
    proposal::{KINDS, Proposal},
    state::State,
};

/// The type of a signed ballot.
pub(crate) const BALLOT_TYPEHASH: B256 =
    hash_of("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");

/// The type of a signed ballot with a reason and parameters.
pub(crate) const EXTENDED_BALLOT_TYPEHASH: B256 = hash_of(
    "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)",
);

/// A vote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ballot<'a> {
    /// The proposal's id.
    pub(crate) id: &'a Uint,
    /// 0 against, 1 for, 2 abstaining.
    pub(crate) support: u8,
    /// Why, for people.
    pub(crate) reason: &'a [u8],
    /// Parameters, which this governor only logs.
    pub(crate) params: &'a [u8],
}

impl Governor {
    /// Casts the caller's vote, and returns its weight.
    ///
    /// # Errors
    ///
    /// As [`cast`](Self::cast).
    pub(crate) fn cast_own(&mut self, ballot: &Ballot<'_>) -> Result<Uint> {
        let voter = host::sender(&self.vm);
        self.cast(&voter, ballot)
    }

    /// Casts the vote that somebody signed, and returns its weight.
    ///
    /// # Errors
    ///
    /// - `GovernorInvalidSignature` when the voter did not sign it, or already used it,
    /// - as [`cast`](Self::cast).
    #[inline(never)]
    pub(crate) fn cast_signed(
        &mut self,
        voter: &Account,
        ballot: &Ballot<'_>,
        typehash: &B256,
        signature: &[u8],
    ) -> Result<Uint> {
        let nonce = self.use_nonce(voter);
        let start = output::len();
        output::push(typehash);
        output::push(ballot.id.word());
        output::push_number(ballot.support.into());
        output::push(voter.word());
        output::push(nonce.word());
        if !datacoop_kit::word::same(typehash, &datacoop_kit::word::constant(BALLOT_TYPEHASH)) {
            output::push(&host::hash(&self.vm, ballot.reason));
            output::push(&host::hash(&self.vm, ballot.params));
        }
        let struct_hash = host::hash_output(&self.vm, start);
        let hash = self.typed_data_hash(&struct_hash);
        if !signature_checker::is_valid(&self.vm, voter, &hash, signature) {
            return Err(Revert::new::<GovernorInvalidSignature>((voter,)));
        }
        self.cast(voter, ballot)
    }

    /// Casts a vote, and returns its weight.
    ///
    /// # Errors
    ///
    /// - `GovernorUnexpectedProposalState` when voting is not on,
    /// - `GovernorExcludedVoter` when the voter's votes did not count at the snapshot,
    /// - `GovernorAlreadyCastVote`, `GovernorInvalidVoteType`,
    /// - what the token reverts with; `Panic(0x11)` when the votes do not add up.
    ///
    /// # Events
    ///
    /// `VoteCast` or, with parameters, `VoteCastWithParams`; `ProposalExtended`.
    #[inline(never)]
    fn cast(&mut self, voter: &Account, ballot: &Ballot<'_>) -> Result<Uint> {
        let proposal = PROPOSALS.load(&self.vm, ballot.id);
        self.require_state(&proposal, State::Active.only())?;
        let snapshot = proposal.core.start();
        let weight = self.votes(voter, &Uint::from(snapshot))?;
        if QUORUM.is_excluded(&self.vm, voter, snapshot) {
            return Err(Revert::new::<GovernorExcludedVoter>((voter,)));
        }
        self.count(&proposal, voter, ballot.support, &weight)?;
        let Ballot { id, support, reason, params } = *ballot;
        if params.is_empty() {
            emit::<VoteCast>(&mut self.vm, (voter,), (id, support, &weight, reason));
        } else {
            emit::<VoteCastWithParams>(
                &mut self.vm,
                (voter,),
                (id, support, &weight, reason, params),
            );
        }
        self.extend(proposal)?;
        Ok(weight)
    }

    /// Counts a vote.
    fn count(
        &mut self,
        proposal: &Proposal,
        voter: &Account,
        support: u8,
        weight: &Uint,
    ) -> Result<()> {
        let voted = proposal.voted(&self.vm, voter);
        if voted.get(&self.vm) {
            return Err(Revert::new::<GovernorAlreadyCastVote>((voter,)));
        }
        voted.set(&mut self.vm, &true);
        if u64::from(support) >= KINDS {
            return Err(Revert::new::<GovernorInvalidVoteType>(()));
        }
        let tally = proposal.tally(support.into());
        let mut votes = tally.get(&self.vm);
        if !votes.add(weight) {
            return Err(Revert::overflow());
        }
        tally.set(&mut self.vm, &votes);
        Ok(())
    }

    /// Gives others the time to react when a vote has the quorum reached late. An optimistic
    /// proposal needs none: what comes late can only defeat it.
    fn extend(&mut self, mut proposal: Proposal) -> Result<()> {
        if proposal.schedule.extended != 0
            || proposal.schedule.class == Class::Optimistic
            || !self.quorum_reached(&proposal)?
        {
            return Ok(());
        }
        // A time and an extension that is bounded by a voting period: far below 2^48.
        let extended = host::timestamp(&self.vm).wrapping_add(SETTINGS.terms(&self.vm).extension);
        if extended > proposal.deadline() {
            emit::<ProposalExtended>(&mut self.vm, (&proposal.id,), (extended,));
        }
        proposal.schedule.extended = extended;
        proposal.set_schedule(&mut self.vm);
        Ok(())
    }
}
