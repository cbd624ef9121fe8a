//! Decides who may propose what, and on which terms.

use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host};

use crate::{
    actions::{Draft, NoSignatures, Operation},
    classes::{Class, ClassTerms},
    external::{IVotesToken, ask},
    governor::{
        CLASSES, Governor,
        IGovernor::{
            GovernorClassDisabled, GovernorInsufficientProposerVotes,
            GovernorInvalidProposalLength, GovernorLiveProposal, GovernorNotOptimisticProposer,
            GovernorRestrictedProposer, ProposalClassified, ProposalCreated,
            SafeCastOverflowedUintDowncast,
        },
        PROPOSALS, SETTINGS,
    },
    proposal::{Core, Proposal, Schedule},
};

/// What a description ends with that names its only proposer, before the address.
const MARKER: &[u8; 10] = b"#proposer=";

/// The characters of an address in a description: `0x` and forty digits.
const ADDRESS_CHARS: usize = 42;

/// Returns whether a description lets an account propose it.
///
/// One that ends with `#proposer=0x` and forty hexadecimal digits is for that address alone, so that
/// nobody else takes the proposal's id away. Any other is for all.
fn is_valid_for(description: &[u8], proposer: &Account) -> bool {
    let Some((rest, address)) = description.split_last_chunk::<ADDRESS_CHARS>() else {
        return true;
    };
    let [b'0', b'x', digits @ ..] = address else { return true };
    if !rest.ends_with(MARKER) {
        return true;
    }
    let mut same = true;
    for (pair, byte) in digits.chunks_exact(2).zip(proposer.address()) {
        let [Some(high), Some(low)] = [digit(pair, 0), digit(pair, 1)] else { return true };
        same &= high << 4 | low == *byte;
    }
    same
}

/// Returns the value of a hexadecimal digit.
fn digit(digits: &[u8], index: usize) -> Option<u8> {
    let digit = *digits.get(index)?;
    // Each is below the character after the last that its arm allows.
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a' - 10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A' - 10)),
        _ => None,
    }
}

/// Requires that a time fits into 48 bits, and returns it.
///
/// # Errors
///
/// `SafeCastOverflowedUintDowncast` when it does not.
pub(crate) fn time(time: &Uint) -> Result<u64> {
    let number = time.to_u64();
    if number >> 48 != 0 {
        return Err(Revert::new::<SafeCastOverflowedUintDowncast>((48_u8, time)));
    }
    Ok(number)
}

impl Governor {
    /// Returns the votes that an account had at a time.
    ///
    /// # Errors
    ///
    /// What the token reverts with.
    #[inline(never)]
    pub(crate) fn votes(&self, account: &Account, time: &Uint) -> Result<Uint> {
        let token = SETTINGS.token(&self.vm);
        ask::<IVotesToken::getPastVotesCall>(&self.vm, &token, (account, time))
    }

    /// Proposes, and returns the proposal's id.
    ///
    /// # Errors
    ///
    /// - `GovernorRestrictedProposer` when the description is for somebody else,
    /// - `GovernorInsufficientProposerVotes` or, for an optimistic proposal,
    ///   `GovernorNotOptimisticProposer`,
    /// - `GovernorInvalidProposalLength` when there are no actions or incomplete ones,
    /// - `GovernorUnexpectedProposalState` when it was proposed before,
    /// - `GovernorClassDisabled` and `GovernorActionNotAllowed` for another class than the standard one,
    /// - `GovernorLiveProposal` when the proposer has a live one and may have no other,
    /// - `SafeCastOverflowedUintDowncast` when voting would start after the year 8,921,556.
    ///
    /// # Events
    ///
    /// `ProposalCreated`, and `ProposalClassified` when it is not a standard one.
    #[inline(never)]
    pub(crate) fn propose(&mut self, class: Class, draft: &Draft<'_>) -> Result<Uint> {
        let proposer = host::sender(&self.vm);
        if !is_valid_for(draft.description, &proposer) {
            return Err(Revert::new::<GovernorRestrictedProposer>((&proposer,)));
        }
        self.may_propose(class, &proposer)?;
        let description_hash = host::hash(&self.vm, draft.description);
        let operation = Operation { actions: draft.actions, description_hash: &description_hash };
        let id = operation.id(&self.vm);
        let [targets, calldatas, values] = draft.actions.lens();
        if targets == 0 || targets != values || targets != calldatas {
            let lens = (targets, calldatas, values);
            return Err(Revert::new::<GovernorInvalidProposalLength>(lens));
        }
        let proposal = PROPOSALS.load(&self.vm, &id);
        if proposal.core.start() != 0 {
            return Err(Self::unexpected(&id, self.state(&proposal)?, 0));
        }
        let terms = self.class_terms(class, draft)?;
        self.note_live(&proposer, &id)?;
        self.create(proposal, &proposer, (class, terms), draft)?;
        Ok(id)
    }

    /// Requires that an account may propose in a class.
    fn may_propose(&self, class: Class, proposer: &Account) -> Result<()> {
        let vm = &self.vm;
        if class == Class::Optimistic {
            if CLASSES.is_proposer(vm, proposer) {
                return Ok(());
            }
            return Err(Revert::new::<GovernorNotOptimisticProposer>((proposer,)));
        }
        let threshold = SETTINGS.threshold(vm);
        if !threshold.is_zero() {
            // No block is of the first second of 1970.
            let before = Uint::from(host::timestamp(vm).wrapping_sub(1));
            let votes = self.votes(proposer, &before)?;
            if votes < threshold {
                let args = (proposer, &votes, &threshold);
                return Err(Revert::new::<GovernorInsufficientProposerVotes>(args));
            }
        }
        Ok(())
    }

    /// Returns the terms of a class, whose proposals may do all of the draft.
    fn class_terms(&self, class: Class, draft: &Draft<'_>) -> Result<ClassTerms> {
        let terms = CLASSES.terms(&self.vm, class);
        if class != Class::Standard {
            if terms.period == 0 {
                return Err(Revert::new::<GovernorClassDisabled>((class,)));
            }
            CLASSES.check(&self.vm, class, &draft.actions)?;
        }
        Ok(terms)
    }

    /// Notes a proposer's latest proposal, when a proposer may have only one live one.
    fn note_live(&mut self, proposer: &Account, id: &Uint) -> Result<()> {
        if !SETTINGS.terms(&self.vm).one_live {
            return Ok(());
        }
        let latest = PROPOSALS.load(&self.vm, &PROPOSALS.latest(&self.vm, proposer));
        let is_done = latest.core.executed() || latest.core.canceled();
        if !is_done && latest.deadline() >= host::timestamp(&self.vm) {
            return Err(Revert::new::<GovernorLiveProposal>((proposer, &latest.id)));
        }
        PROPOSALS.set_latest(&mut self.vm, proposer, id);
        Ok(())
    }

    /// Writes a new proposal.
    fn create(
        &mut self,
        mut proposal: Proposal,
        proposer: &Account,
        (class, terms): (Class, ClassTerms),
        draft: &Draft<'_>,
    ) -> Result<()> {
        let Draft { actions, description } = *draft;
        // Below 2^49, and a duration more.
        let snapshot = host::timestamp(&self.vm).wrapping_add(terms.delay);
        let end = snapshot.wrapping_add(terms.period.into());
        proposal.core = Core::new(proposer, time(&Uint::from(snapshot))?, terms.period);
        let veto_numerator = terms.veto_numerator;
        proposal.schedule = Schedule { class, veto_numerator, ..proposal.schedule };
        proposal.create(&mut self.vm);
        emit::<ProposalCreated>(
            &mut self.vm,
            (),
            (
                &proposal.id,
                proposer,
                actions.targets,
                actions.values,
                NoSignatures(actions.targets.len() as u64),
                actions.calldatas,
                snapshot,
                end,
                description,
            ),
        );
        if class != Class::Standard {
            emit::<ProposalClassified>(&mut self.vm, (), (&proposal.id, class));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::address;

    use super::*;

    #[test]
    fn a_description_with_an_address_is_for_that_address_alone() {
        let alice = Account::from(address!("00112233445566778899aAbBcCdDeEfF00112233"));
        let bob = Account::from(address!("00112233445566778899aAbBcCdDeEfF00112234"));
        let for_alice = |description: &str| {
            let description = description.as_bytes();
            (is_valid_for(description, &alice), is_valid_for(description, &bob))
        };
        let digits = "00112233445566778899aabbccddeeff00112233";
        assert_eq!(for_alice(&format!("Do it#proposer=0x{digits}")), (true, false));
        assert_eq!(for_alice(&format!("#proposer=0x{}", digits.to_uppercase())), (true, false));
        for free in [
            String::new(),
            "Do it".to_owned(),
            format!("#proposer=0X{digits}"),
            format!("#proposer=00{digits}"),
            format!("#proposer=0x{digits} "),
            format!("#proposer=0x{digits}\n"),
            format!("#proposal=0x{digits}"),
            format!("proposer=0x{digits}"),
            format!("#proposer=0x{}g", &digits[1..]),
            format!("#proposer=0xg{}", &digits[1..]),
            format!("#proposer=0x{}", &digits[1..]),
            format!("#proposer={digits}"),
        ] {
            assert_eq!(for_alice(&free), (true, true), "{free:?}");
        }
    }
}
