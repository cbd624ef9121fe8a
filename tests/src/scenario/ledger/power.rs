//! Decides what the logs say of power: proposals and ballots, what waits in the timelock, roles, and what the
//! treasury paid.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::{
    IGovernor::IGovernorEvents, ITimelock::ITimelockEvents, ITreasury::ITreasuryEvents,
};

use crate::Proposal;

/// A proposal by the logs of the governor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposed {
    pub(crate) proposer: Address,
    pub(crate) targets: Vec<Address>,
    pub(crate) values: Vec<U256>,
    pub(crate) calldatas: Vec<Bytes>,
    pub(crate) description: String,
    /// The time whose votes count, in seconds since 1970.
    pub(crate) snapshot: u64,
    pub(crate) deadline: u64,
    /// Voter, support, weight.
    pub(crate) ballots: Vec<(Address, u8, U256)>,
    /// When it can be executed.
    pub(crate) eta: Option<u64>,
    pub(crate) executed: bool,
    pub(crate) cancelled: bool,
}

impl Proposed {
    /// The votes against, for, and abstaining.
    pub(crate) fn counted(&self) -> [U256; 3] {
        let sum = |support| {
            let of = self.ballots.iter().filter(|ballot| ballot.1 == support);
            of.map(|ballot| ballot.2).sum()
        };
        [0, 1, 2].map(sum)
    }

    /// The proposal as it is sent.
    pub(crate) fn content(&self) -> Proposal {
        let Self { targets, values, calldatas, description, .. } = self.clone();
        Proposal { targets, values, calldatas, description }
    }

    /// The hash of its description.
    pub(crate) fn description_hash(&self) -> B256 {
        keccak256(&self.description)
    }
}

/// An operation by the logs of the timelock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) ready_at: u64,
    /// How long it waits, and how long everything had to wait at that time, in seconds.
    pub(crate) delay: U256,
    pub(crate) least_delay: U256,
    pub(crate) executed_at: Option<u64>,
    pub(crate) cancelled: bool,
}

/// A payment of the treasury.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) spender: Address,
    pub(crate) token: Address,
    pub(crate) amount: U256,
    pub(crate) line: u8,
    pub(crate) at: u64,
    /// The caps of the spender and of the line at that time; nothing for whom there is none.
    pub(crate) caps: [Option<U256>; 2],
}

/// Who decided what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Power {
    pub(crate) proposals: BTreeMap<U256, Proposed>,
    pub(crate) operations: BTreeMap<B256, Operation>,
    pub(crate) least_delay: U256,
    /// Contract, role, holder.
    pub(crate) roles: BTreeSet<(Address, B256, Address)>,
    pub(crate) payments: Vec<Payment>,
    /// The caps of spenders and of budget lines, by token.
    pub(crate) limits: BTreeMap<(Address, Address), U256>,
    pub(crate) lines: BTreeMap<(u8, Address), U256>,
    /// Transactions in which DATA left the treasury, and those in which somebody had it pay.
    pub(crate) outflows: BTreeSet<B256>,
    pub(crate) authorised: BTreeSet<B256>,
    /// Transactions of the owners.
    pub(crate) executions: u64,
}

impl Power {
    fn proposal(&mut self, id: U256) -> Result<&mut Proposed> {
        self.proposals.get_mut(&id).context("a proposal that was never made")
    }

    /// Takes a log of the governor.
    pub(super) fn take_governor(&mut self, event: IGovernorEvents) -> Result<()> {
        match event {
            IGovernorEvents::ProposalCreated(made) => {
                let proposed = Proposed {
                    proposer: made.proposer,
                    targets: made.targets,
                    values: made.values,
                    calldatas: made.calldatas,
                    description: made.description,
                    snapshot: made.voteStart.saturating_to(),
                    deadline: made.voteEnd.saturating_to(),
                    ballots: Vec::new(),
                    eta: None,
                    executed: false,
                    cancelled: false,
                };
                self.proposals.insert(made.proposalId, proposed);
            }
            IGovernorEvents::VoteCast(cast) => {
                let ballot = (cast.voter, cast.support, cast.weight);
                self.proposal(cast.proposalId)?.ballots.push(ballot);
            }
            IGovernorEvents::ProposalExtended(new) => {
                self.proposal(new.proposalId)?.deadline = new.extendedDeadline;
            }
            IGovernorEvents::ProposalQueued(queued) => {
                self.proposal(queued.proposalId)?.eta = Some(queued.etaSeconds.saturating_to());
            }
            IGovernorEvents::ProposalExecuted(done) => {
                self.proposal(done.proposalId)?.executed = true;
            }
            IGovernorEvents::ProposalCanceled(done) => {
                self.proposal(done.proposalId)?.cancelled = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a log of the timelock.
    pub(super) fn take_timelock(&mut self, event: ITimelockEvents, time: u64) -> Result<()> {
        let unknown = "an operation that was never scheduled";
        match event {
            ITimelockEvents::CallScheduled(call) => {
                let operation = Operation {
                    ready_at: time.saturating_add(call.delay.saturating_to()),
                    delay: call.delay,
                    least_delay: self.least_delay,
                    executed_at: None,
                    cancelled: false,
                };
                self.operations.insert(call.id, operation);
            }
            ITimelockEvents::CallExecuted(call) => {
                self.operations.get_mut(&call.id).context(unknown)?.executed_at = Some(time);
            }
            ITimelockEvents::Cancelled(call) => {
                self.operations.get_mut(&call.id).context(unknown)?.cancelled = true;
            }
            ITimelockEvents::MinDelayChange(new) => self.least_delay = new.newDuration,
            _ => {}
        }
        Ok(())
    }

    /// Takes a log of the treasury.
    pub(super) fn take_treasury(&mut self, event: ITreasuryEvents, time: u64) {
        match event {
            ITreasuryEvents::Paid(paid) => {
                let limit = self.limits.get(&(paid.spender, paid.token)).copied();
                let line = self.lines.get(&(paid.line, paid.token)).copied();
                self.payments.push(Payment {
                    spender: paid.spender,
                    token: paid.token,
                    amount: paid.amount,
                    line: paid.line,
                    at: time,
                    caps: [limit, line],
                });
            }
            ITreasuryEvents::SpendingLimitChanged(new) => {
                self.limits.insert((new.spender, new.token), new.newCap);
            }
            ITreasuryEvents::BudgetChanged(new) => {
                self.lines.insert((new.line, new.token), new.newCap);
            }
            ITreasuryEvents::ExecutionSuccess(_) => self.executions += 1,
            _ => {}
        }
    }

    /// Takes that a role was given or taken.
    pub(super) fn take_role(&mut self, held: (Address, B256, Address), is_given: bool) {
        if is_given {
            self.roles.insert(held);
        } else {
            self.roles.remove(&held);
        }
    }
}
