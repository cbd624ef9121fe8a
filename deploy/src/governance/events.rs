//! Decides how proposals are found: by the events that the governor left when they were made.

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};

use super::{Action, Class, Dao, Draft};
use crate::{
    Error,
    bindings::IGovernor::{ProposalClassified, ProposalCreated},
};

/// The fewest digits of an id that name a proposal.
const FEWEST_DIGITS: usize = 4;

/// The word for the proposal that was made last.
const LATEST: &str = "latest";

/// The events that tell which proposals there are.
pub(crate) const PROPOSAL_EVENTS: [B256; 2] =
    [ProposalCreated::SIGNATURE_HASH, ProposalClassified::SIGNATURE_HASH];

/// A proposal that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: U256,
    /// Who made it.
    pub proposer: Address,
    /// What was proposed.
    pub draft: Draft,
    /// When the votes were counted that may be cast, in seconds since 1970.
    pub snapshot: u64,
    /// When the vote ended as it was announced; a late quorum extends it.
    pub announced_deadline: u64,
    /// The transaction.
    pub transaction: B256,
}

impl Dao {
    /// Returns all proposals, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// The failures of asking for logs.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, Error> {
        Ok(proposals_of(&self.logs().await?))
    }

    /// Finds a proposal by its id, the beginning of it, in decimal or hexadecimal digits, or the
    /// word `latest`.
    ///
    /// # Errors
    ///
    /// - [`Error::NoSuchProposal`], [`Error::AmbiguousProposal`]: none or several are meant.
    /// - The failures of asking for logs.
    pub async fn proposal(&self, reference: &str) -> Result<Proposal, Error> {
        choose(self.proposals().await?, reference)
    }

    /// Reads the governor's logs about new proposals.
    async fn logs(&self) -> Result<Vec<Log>, Error> {
        let events = PROPOSAL_EVENTS.to_vec();
        let filter = Filter::new().address(self.governor).event_signature(events);
        self.chain.logs(&filter, self.since).await
    }
}

/// Returns the proposals that the governor's [logs](PROPOSAL_EVENTS) tell of, in the order in which they
/// were made.
pub(crate) fn proposals_of(logs: &[Log]) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for log in logs {
        let data = &log.inner.data;
        if let Ok(event) = ProposalCreated::decode_log_data(data) {
            proposals.push(made(event, log.transaction_hash.unwrap_or_default()));
        } else if let Ok(event) = ProposalClassified::decode_log_data(data) {
            let classified = proposals.iter_mut().rev().find(|p| p.id == event.proposalId);
            if let Some(proposal) = classified {
                proposal.draft.class = Class::from(event.proposalClass);
            }
        }
    }
    proposals
}

fn made(event: ProposalCreated, transaction: B256) -> Proposal {
    let calls = event.targets.into_iter().zip(event.values).zip(event.calldatas);
    let actions = calls.map(|((target, value), calldata)| Action { target, value, calldata });
    let (class, actions) = (Class::Standard, actions.collect());
    Proposal {
        id: event.proposalId,
        proposer: event.proposer,
        draft: Draft { class, actions, description: event.description },
        snapshot: event.voteStart.saturating_to(),
        announced_deadline: event.voteEnd.saturating_to(),
        transaction,
    }
}

/// Finds the proposal that is meant.
fn choose(mut proposals: Vec<Proposal>, reference: &str) -> Result<Proposal, Error> {
    let missing = |count| Error::NoSuchProposal { reference: reference.to_owned(), count };
    let count = proposals.len();
    if reference.eq_ignore_ascii_case(LATEST) {
        return proposals.pop().ok_or_else(|| missing(count));
    }
    let digits = reference.to_lowercase();
    let is_long = digits.trim_start_matches("0x").len() >= FEWEST_DIGITS;
    let is_meant = |id: &U256| {
        digits == id.to_string()
            || is_long
                && (id.to_string().starts_with(&digits)
                    || format!("{id:#066x}").starts_with(&digits))
    };
    proposals.retain(|proposal| is_meant(&proposal.id));
    // A proposal with this very id is meant, whatever else begins with it.
    if let Some(exact) = proposals.iter().position(|proposal| proposal.id.to_string() == digits) {
        return Ok(proposals.swap_remove(exact));
    }
    match proposals.len() {
        0 => Err(missing(count)),
        1 => Ok(proposals.remove(0)),
        _ => Err(Error::AmbiguousProposal {
            reference: reference.to_owned(),
            ids: proposals.iter().map(|proposal| proposal.id).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(id: &str) -> Proposal {
        Proposal {
            id: id.parse().unwrap(),
            proposer: Address::ZERO,
            draft: Draft { class: Class::Standard, actions: vec![], description: String::new() },
            snapshot: 0,
            announced_deadline: 0,
            transaction: B256::ZERO,
        }
    }

    fn chosen(reference: &str) -> Result<String, Error> {
        let proposals = vec![proposal("123456789"), proposal("123499999"), proposal("55")];
        choose(proposals, reference).map(|proposal| proposal.id.to_string())
    }

    #[test]
    fn a_proposal_is_found_by_its_id_its_beginning_or_as_the_latest() {
        for (reference, id) in [
            ("latest", "55"),
            ("LATEST", "55"),
            ("55", "55"),
            ("12345", "123456789"),
            ("123499999", "123499999"),
            (&format!("{:#066x}", U256::from(123_456_789)), "123456789"),
        ] {
            assert_eq!(chosen(reference).unwrap(), id);
        }
    }

    #[test]
    fn what_names_none_or_several_is_refused() {
        for reference in ["", "0", "5", "123", "0x", "9999", "none", "1234567890"] {
            let error = chosen(reference).unwrap_err();
            assert!(matches!(error, Error::NoSuchProposal { count: 3, .. }), "{reference}");
        }
        let Err(Error::AmbiguousProposal { ids, .. }) = chosen("1234") else { panic!() };
        assert_eq!(ids, [U256::from(123_456_789), U256::from(123_499_999)]);
        let error = choose(Vec::new(), "latest").unwrap_err();
        assert!(matches!(error, Error::NoSuchProposal { count: 0, .. }));
    }

    #[test]
    fn an_id_that_another_one_begins_with_is_still_found() {
        let proposals = vec![proposal("12345"), proposal("123456")];
        assert_eq!(choose(proposals, "12345").unwrap().id, U256::from(12_345));
    }
}
