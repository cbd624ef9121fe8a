//! Decides which proposals are shown: those with which something can happen still, and the last that was
//! executed.

use std::collections::BTreeSet;

use alloy::{primitives::U256, sol_types::SolEvent};
use futures_util::future::try_join_all;

use super::View;
use crate::{
    Error,
    bindings::IGovernor::{ProposalCanceled, ProposalExecuted},
    governance::{Dao, Next, PROPOSAL_EVENTS, Proposal, Standing, proposals_of},
};

/// How many proposals are asked about, the latest first: those that failed stay open for ever as far as
/// events tell.
const ASKED: usize = 40;

/// The proposals of a cooperative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governance {
    /// How many there ever were.
    pub total: usize,
    /// Those with which something can happen still, the latest first.
    pub open: Vec<OpenProposal>,
    /// The one that was executed last.
    pub last_executed: Option<Executed>,
}

/// A proposal with which something can happen still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenProposal {
    /// What was proposed.
    pub proposal: Proposal,
    /// Where it stands.
    pub standing: Standing,
    /// What it does, in words.
    pub actions: Vec<String>,
}

/// A proposal that was executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// What was proposed.
    pub proposal: Proposal,
    /// What it did, in words.
    pub actions: Vec<String>,
    /// When, in seconds since 1970.
    pub at: u64,
}

impl View<'_> {
    pub(super) async fn governance(
        &self,
        dao: Option<&mut Dao>,
    ) -> Result<Option<Governance>, Error> {
        let Some(dao) = dao else { return Ok(None) };
        let all = proposals_of(&self.index.logs(dao.governor, &PROPOSAL_EVENTS)?);
        let ended = [ProposalExecuted::SIGNATURE_HASH, ProposalCanceled::SIGNATURE_HASH];
        let (mut over, mut executed) = (BTreeSet::new(), None);
        for log in self.index.logs(dao.governor, &ended)? {
            let data = &log.inner.data;
            if let Ok(event) = ProposalExecuted::decode_log_data(data) {
                over.insert(event.proposalId);
                executed = Some((event.proposalId, log.block_number.unwrap_or_default()));
            } else if let Ok(event) = ProposalCanceled::decode_log_data(data) {
                over.insert(event.proposalId);
            }
        }
        let asked: Vec<_> =
            all.iter().rev().filter(|one| !over.contains(&one.id)).take(ASKED).collect();
        let standings = try_join_all(asked.iter().map(|one| dao.standing(one))).await?;
        let mut open = Vec::new();
        for (proposal, standing) in asked.into_iter().zip(standings) {
            if standing.next() != Next::Over {
                let actions = dao.describe(&proposal.draft.actions).await;
                open.push(OpenProposal { proposal: proposal.clone(), standing, actions });
            }
        }
        let last_executed = self.executed(dao, &all, executed).await?;
        Ok(Some(Governance { total: all.len(), open, last_executed }))
    }

    async fn executed(
        &self,
        dao: &mut Dao,
        all: &[Proposal],
        last: Option<(U256, u64)>,
    ) -> Result<Option<Executed>, Error> {
        let Some((id, block)) = last else { return Ok(None) };
        let Some(proposal) = all.iter().find(|one| one.id == id).cloned() else { return Ok(None) };
        let actions = dao.describe(&proposal.draft.actions).await;
        let at = self.index.time_of(self.chain, block).await?;
        Ok(Some(Executed { proposal, actions, at }))
    }
}
