//! Decides what holds of power: who is a member, who holds which role, and what was done with it.

use std::collections::BTreeSet;

use alloy::primitives::{B256, U256};
use anyhow::{Context, Result, ensure};

use super::Facts;
use crate::scenario::{ledger::tokens::at, reading::Reader, view::Read};

impl Facts<'_> {
    /// Whether the logs let somebody read a record.
    pub(super) fn may_read(&self, read: &Read) -> bool {
        let standing = &self.view.standing;
        let (staked, unstaking) = standing.stakes.get(&read.holder).copied().unwrap_or_default();
        let has_stake = staked - unstaking >= standing.required;
        Reader { ledger: self.ledger, manifests: self.manifests, has_stake }
            .may_read(read, self.view.time)
    }
}

/// Each account is the member that joining, leaving and replacement made it.
pub(super) fn members_are_who_joined(facts: &Facts<'_>) -> Result<()> {
    for (account, said) in &facts.view.standing.members {
        let member = facts.ledger.access.members.get(account);
        let joined = member.map(|member| (member.token, member.roles, member.since));
        ensure!(*said == joined.unwrap_or_default(), "{account} is {said:?}, joined {joined:?}");
    }
    let tokens: BTreeSet<U256> =
        facts.ledger.access.members.values().map(|member| member.token).collect();
    ensure!(tokens.len() == facts.ledger.access.members.len(), "two accounts, one membership");
    Ok(())
}

/// Design: "Nothing with power happens … before the delay": each operation of the timelock waited at least as
/// long as everything had to when it was scheduled.
pub(super) fn nothing_before_the_delay(facts: &Facts<'_>) -> Result<()> {
    let power = &facts.ledger.power;
    for (id, operation) in &power.operations {
        let (delay, least) = (operation.delay, operation.least_delay);
        ensure!(delay >= least, "{id} waits {delay} s, not {least} s");
        if let Some(at) = operation.executed_at {
            ensure!(at >= operation.ready_at, "{id} ran at {at}, not {}", operation.ready_at);
            ensure!(!operation.cancelled, "{id} ran though it was cancelled");
        }
    }
    let standing = &facts.view.standing;
    let delay = standing.least_delay;
    ensure!(delay == power.least_delay, "the delay is {delay}, not {}", power.least_delay);
    let waiting = power.operations.values();
    let waiting =
        waiting.filter(|operation| operation.executed_at.is_none() && !operation.cancelled);
    let waiting = U256::from(waiting.count());
    ensure!(standing.pending == waiting, "{} wait, not {waiting}", standing.pending);
    Ok(())
}

/// Design: "Nothing with power happens below the threshold": what was queued or executed, more were for than
/// against, and enough voted; whatever was executed in the timelock is a proposal's.
pub(super) fn only_what_was_voted_for(facts: &Facts<'_>) -> Result<()> {
    let (power, votes) = (&facts.ledger.power, &facts.ledger.votes);
    let mut executed = 0;
    for (id, made) in &power.proposals {
        executed += usize::from(made.executed);
        if made.eta.is_none() && !made.executed {
            continue;
        }
        let [against, in_favour, abstaining] = made.counted();
        ensure!(in_favour > against, "{id} passed with {in_favour} for and {against} against");
        let supply = at(&votes.supply, made.snapshot);
        let quorum = supply * U256::from(facts.start.quorum_percent) / U256::from(100);
        let voted = in_favour + abstaining;
        ensure!(voted >= quorum, "{id} passed with {voted} votes of {quorum}");
        ensure!(!(made.executed && made.cancelled), "{id} ran though it was cancelled");
        if made.executed {
            made.eta.context("a proposal ran that was never queued")?;
        }
    }
    let ran = power.operations.values().filter(|operation| operation.executed_at.is_some()).count();
    ensure!(ran == executed, "{ran} operations ran for {executed} proposals");
    Ok(())
}

/// Design: "… or by an address outside the role table; after deployment the deployer holds no role". Roles
/// and offices are those of the start, the deployer and an outsider hold none, and the timelock alone
/// administers.
pub(super) fn no_power_outside_the_table(facts: &Facts<'_>) -> Result<()> {
    let (standing, start) = (&facts.view.standing, facts.start);
    let found: Vec<_> = facts.ledger.power.roles.iter().copied().collect();
    ensure!(found == start.roles, "roles were given or taken: {found:?}");
    for (held, holds) in &standing.roles {
        let should = start.roles.contains(held);
        ensure!(*holds == should, "{held:?} is {holds}, not {should}");
    }
    for (contract, role, account) in &start.roles {
        let is_nobody = start.nobodies.contains(account);
        ensure!(!is_nobody, "{account} has the role {role} of {contract}");
        let administers = *role == B256::ZERO;
        let is_timelock = *account == start.at.timelock;
        ensure!(!administers || is_timelock, "{account} administers {contract}");
    }
    let (offices, owners) = (&standing.offices, &standing.owners);
    ensure!(*offices == start.offices, "{offices:?} are not {:?}", start.offices);
    ensure!(*owners == start.owners, "{owners:?} are not {:?}", start.owners);
    for (office, holder) in offices {
        ensure!(!start.nobodies.contains(holder), "{holder} is {office}");
    }
    Ok(())
}
