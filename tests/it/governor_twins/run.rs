//! A run of random operations from one seed: what voters, operators and attackers might send.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    hex,
    primitives::{Address, Bytes, FixedBytes, U256},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::bindings::IGovernor;
use datacoop_tests::{Random, random};
use rand::{Rng, seq::IndexedRandom};

use super::{
    ballot::{Forgery, Vote},
    plan::{Plan, u48},
    world::{ACTORS, GovernorWorldToken, OTHER_PROPOSER, PEOPLE, Step, World},
};

/// Operations of one block.
const BATCH: usize = 20;

/// How many of the latest proposals are acted on.
const REMEMBERED: usize = 12;

/// How many of them are probed after every operation.
const PROBED: usize = 4;

/// The states of proposals.
const PENDING: u8 = 0;
const ACTIVE: u8 = 1;
const SUCCEEDED: u8 = 4;
const QUEUED: u8 = 5;

/// How often each kind of operation succeeded and failed, and the errors that were seen.
#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) kinds: BTreeMap<&'static str, [usize; 2]>,
    pub(super) errors: BTreeMap<[u8; 4], usize>,
    pub(super) states: BTreeSet<u8>,
}

impl Tallies {
    /// Adds those of another run.
    pub(super) fn add(&mut self, other: Self) {
        for (kind, [succeeded, failed]) in other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            *sum = [sum[0] + succeeded, sum[1] + failed];
        }
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
        self.states.extend(other.states);
    }
}

/// A kind of operation.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Whether some of them succeed, and whether some fail, in any long run.
    pub(super) can_succeed: bool,
    pub(super) can_fail: bool,
    /// How often it is chosen, in relation to the others.
    weight: u32,
    make: fn(&mut Run) -> Option<Step>,
}

const fn kind(name: &'static str, weight: u32, make: fn(&mut Run) -> Option<Step>) -> Kind {
    Kind { name, can_succeed: true, can_fail: true, weight, make }
}

/// Every kind of operation there is.
pub(super) const KINDS: &[Kind] = &[
    kind("propose", 13, propose),
    Kind { can_succeed: false, ..kind("propose again", 2, propose_again) },
    kind("vote", 34, vote),
    kind("vote by signature", 14, |run| vote_signed(run, Forgery::None)),
    Kind {
        can_succeed: false,
        ..kind("vote by a forged signature", 8, |run| {
            let forgery = Forgery::random(run);
            vote_signed(run, forgery)
        })
    },
    kind("queue", 12, |run| act(run, SUCCEEDED, Plan::queue)),
    kind("execute", 14, execute),
    kind("cancel", 4, cancel),
    kind("execute on the timelock", 4, execute_on_timelock),
    kind("cancel on the timelock", 2, cancel_on_timelock),
    Kind { can_succeed: false, ..kind("govern without a proposal", 4, govern) },
    Kind { can_succeed: false, ..kind("deposit", 3, deposit) },
    Kind { can_fail: false, ..kind("move votes", 6, move_votes) },
    kind("view", 10, view),
    kind("malformed calldata", 8, malformed),
];

/// A run.
pub(super) struct Run {
    pub(super) world: World,
    pub(super) rng: Random,
    /// The latest proposals, each with its state before the present batch.
    plans: Vec<(Plan, u8)>,
    /// What was proposed in the present batch.
    proposed: Vec<Plan>,
    /// Voters whose nonces are not known before the present batch is over.
    signed: BTreeSet<usize>,
    nonces: Vec<U256>,
}

impl Run {
    /// A run on chains of its own.
    pub(super) async fn new(seed: u64) -> Result<Self> {
        Ok(Self {
            world: World::new().await?,
            rng: random::seeded(seed),
            plans: Vec::new(),
            proposed: Vec::new(),
            signed: BTreeSet::new(),
            nonces: vec![U256::ZERO; ACTORS + PEOPLE],
        })
    }

    /// Sends `count` random operations to both chains.
    pub(super) async fn operations(&mut self, count: usize) -> Result<Tallies> {
        let mut tallies = Tallies::default();
        let mut sent = 0;
        while sent < count {
            let (kinds, steps): (Vec<_>, Vec<_>) = (0..BATCH).map(|_| self.operation()).unzip();
            let probes = self.probes();
            let secs = self.rng.random_range(0..200);
            self.world.wait(secs);
            let context = || format!("operations from {sent} on: {}", list(&kinds, &steps));
            let ends = self.world.run(&steps, &probes).await.with_context(context)?;
            for (kind, end) in kinds.iter().zip(ends) {
                tallies.kinds.entry(kind).or_default()[usize::from(!end.success)] += 1;
                if let Some(selector) = end.output.first_chunk().filter(|_| !end.success) {
                    *tallies.errors.entry(*selector).or_default() += 1;
                }
            }
            sent += BATCH;
            self.learn(&mut tallies).await?;
        }
        Ok(tallies)
    }

    /// Draws the next operation.
    fn operation(&mut self) -> (&'static str, Step) {
        loop {
            let kind = KINDS
                .choose_weighted(&mut self.rng, |kind| kind.weight)
                .expect("the weights are not all zero");
            if let Some(step) = (kind.make)(self) {
                return (kind.name, step);
            }
        }
    }

    /// Learns what became of proposals and nonces.
    async fn learn(&mut self, tallies: &mut Tallies) -> Result<()> {
        let governor = self.world.places.governor;
        let proposed = std::mem::take(&mut self.proposed);
        self.plans.extend(proposed.into_iter().map(|plan| (plan, 0)));
        let mut known = Vec::new();
        for (plan, _) in std::mem::take(&mut self.plans) {
            let call = IGovernor::proposalSnapshotCall { proposalId: plan.id() };
            if self.world.ask(governor, &call).await?.is_zero() {
                continue; // It was refused.
            }
            let call = IGovernor::stateCall { proposalId: plan.id() };
            let state = self.world.ask(governor, &call).await? as u8;
            tallies.states.insert(state);
            if !known.iter().any(|(other, _): &(Plan, u8)| other.id() == plan.id()) {
                known.push((plan, state));
            }
        }
        let forgotten = known.len().saturating_sub(REMEMBERED);
        self.plans = known.split_off(forgotten);
        for voter in std::mem::take(&mut self.signed) {
            let owner = self.world.voters()[voter];
            self.nonces[voter] = self.world.ask(governor, &IGovernor::noncesCall { owner }).await?;
        }
        Ok(())
    }

    /// What is read after every operation.
    fn probes(&mut self) -> Vec<Vec<u8>> {
        let mut probes = vec![
            IGovernor::votingDelayCall {}.abi_encode(),
            IGovernor::votingPeriodCall {}.abi_encode(),
            IGovernor::proposalThresholdCall {}.abi_encode(),
            IGovernor::lateQuorumVoteExtensionCall {}.abi_encode(),
            IGovernor::quorumNumerator_0Call {}.abi_encode(),
            IGovernor::timelockCall {}.abi_encode(),
            IGovernor::clockCall {}.abi_encode(),
        ];
        let voters = self.world.voters();
        for owner in &voters {
            probes.push(IGovernor::noncesCall { owner: *owner }.abi_encode());
        }
        for (plan, _) in self.plans.iter().rev().take(PROBED) {
            let id = plan.id();
            probes.push(IGovernor::stateCall { proposalId: id }.abi_encode());
            probes.push(IGovernor::proposalVotesCall { proposalId: id }.abi_encode());
            probes.push(IGovernor::proposalDeadlineCall { proposalId: id }.abi_encode());
            probes.push(IGovernor::proposalEtaCall { proposalId: id }.abi_encode());
            let account = *voters.choose(&mut self.rng).expect("there are some");
            probes.push(IGovernor::hasVotedCall { proposalId: id, account }.abi_encode());
        }
        probes
    }

    /// One of the latest proposals.
    pub(super) fn any_plan(&mut self) -> Option<Plan> {
        Some(self.plans.choose(&mut self.rng)?.0.clone())
    }

    /// One of the latest proposals, mostly one in a state.
    fn plan_in(&mut self, state: u8) -> Option<Plan> {
        let fitting: Vec<_> = self.plans.iter().filter(|plan| plan.1 == state).collect();
        if fitting.is_empty() || self.rng.random_ratio(1, 8) {
            return self.any_plan();
        }
        Some(fitting.choose(&mut self.rng)?.0.clone())
    }

    fn any_actor(&mut self) -> usize {
        self.rng.random_range(0..ACTORS)
    }

    /// A call of the governor by anybody.
    fn call(&mut self, data: Vec<u8>) -> Step {
        let actor = self.any_actor();
        self.world.step(actor, self.world.places.governor, data)
    }

    /// A number of kinds of support, the last of which there is not.
    fn support(&mut self) -> u8 {
        *[0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3].choose(&mut self.rng).expect("there are some")
    }
}

fn list(kinds: &[&'static str], steps: &[Step]) -> String {
    let list = kinds.iter().zip(steps).enumerate().map(|(index, (kind, step))| {
        let Step { actor, to, value, data } = step;
        format!("\n{index}: {kind}: {actor} to {to} with {value}: {}", hex::encode(data))
    });
    list.collect()
}

fn propose(run: &mut Run) -> Option<Step> {
    let actor = run.any_actor();
    let plan = Plan::random(run, actor);
    let step = run.world.step(actor, run.world.places.governor, plan.propose());
    run.proposed.push(plan);
    Some(step)
}

fn propose_again(run: &mut Run) -> Option<Step> {
    let data = run.any_plan()?.propose();
    Some(run.call(data))
}

fn vote(run: &mut Run) -> Option<Step> {
    let id = match run.rng.random_range(0..30) {
        0 => U256::from(run.rng.random::<u64>()),
        _ => run.plan_in(ACTIVE)?.id(),
    };
    let support = run.support();
    let reason = reason(run);
    let data = match run.rng.random_range(0..3) {
        0 => IGovernor::castVoteCall { proposalId: id, support }.abi_encode(),
        1 => IGovernor::castVoteWithReasonCall { proposalId: id, support, reason }.abi_encode(),
        _ => IGovernor::castVoteWithReasonAndParamsCall {
            proposalId: id,
            support,
            reason,
            params: params(run),
        }
        .abi_encode(),
    };
    Some(run.call(data))
}

fn reason(run: &mut Run) -> String {
    let len = run.rng.random_range(0..50);
    (0..len).map(|_| run.rng.random::<char>()).collect()
}

fn params(run: &mut Run) -> Bytes {
    let len = run.rng.random_range(0..3) * run.rng.random_range(1..40);
    random::bytes(len, &mut run.rng).into()
}

fn vote_signed(run: &mut Run, forgery: Forgery) -> Option<Step> {
    let voter = run.rng.random_range(0..ACTORS + PEOPLE);
    if !run.signed.insert(voter) {
        return None;
    }
    let id = run.plan_in(ACTIVE)?.id();
    let extended = run.rng.random::<bool>().then(|| (reason(run), params(run)));
    let vote = Vote { id, support: run.support(), extended };
    let nonce = run.nonces[voter];
    let data = vote.signed(run, voter, nonce, forgery);
    Some(run.call(data))
}

/// A call about one of the latest proposals, mostly one in the state for it.
fn act(run: &mut Run, state: u8, call: impl Fn(&Plan) -> Vec<u8>) -> Option<Step> {
    let data = call(&run.plan_in(state)?);
    Some(run.call(data))
}

/// Mostly by the proposer.
fn cancel(run: &mut Run) -> Option<Step> {
    let plan = run.plan_in(PENDING)?;
    let actor = if run.rng.random_ratio(3, 4) { plan.proposer } else { run.any_actor() };
    Some(run.world.step(actor, run.world.places.governor, plan.cancel()))
}

fn execute(run: &mut Run) -> Option<Step> {
    let value = U256::from(u8::from(run.rng.random_ratio(1, 3)));
    Some(Step { value, ..act(run, QUEUED, Plan::execute)? })
}

fn execute_on_timelock(run: &mut Run) -> Option<Step> {
    let governor = run.world.places.governor;
    // Those that can succeed are the ones that do not call the governor.
    let fits = |plan: &&(Plan, u8)| plan.1 == QUEUED && !plan.0.targets.contains(&governor);
    let fitting: Vec<_> = run.plans.iter().filter(fits).collect();
    let data = match fitting.choose(&mut run.rng) {
        Some((plan, _)) => plan.execute_on_timelock(governor),
        None => run.any_plan()?.execute_on_timelock(governor),
    };
    let timelock = a_timelock(run);
    Some(Step { to: timelock, ..run.call(data) })
}

/// Mostly the one that the governor begins with.
fn a_timelock(run: &mut Run) -> Address {
    run.world.places.timelocks[usize::from(run.rng.random_ratio(1, 4))]
}

fn cancel_on_timelock(run: &mut Run) -> Option<Step> {
    let governor = run.world.places.governor;
    let data = run.plan_in(QUEUED)?.cancel_on_timelock(governor);
    let timelock = a_timelock(run);
    let actor = if run.rng.random_ratio(3, 4) { OTHER_PROPOSER } else { run.any_actor() };
    Some(run.world.step(actor, timelock, data))
}

/// What only governance may do, by anybody, or scheduled on the timelock by its other proposer.
fn govern(run: &mut Run) -> Option<Step> {
    let delay = u48(run.rng.random_range(0..100));
    let data = match run.rng.random_range(0..3) {
        0 => IGovernor::setVotingDelayCall { newVotingDelay: delay }.abi_encode(),
        1 => IGovernor::updateTimelockCall { newTimelock: run.world.places.actors[0] }.abi_encode(),
        _ => IGovernor::relayCall {
            target: run.world.places.target,
            value: U256::ZERO,
            data: Bytes::new(),
        }
        .abi_encode(),
    };
    Some(run.call(data))
}

fn deposit(run: &mut Run) -> Option<Step> {
    let (operator, from) = (Address::ZERO, random::address(&mut run.rng));
    let (id, data) = (U256::from(run.rng.random::<u32>()), params(run));
    let call = match run.rng.random_range(0..4) {
        0 => IGovernor::onERC721ReceivedCall { operator, from, tokenId: id, data }.abi_encode(),
        1 => IGovernor::onERC1155ReceivedCall { operator, from, id, value: id, data }.abi_encode(),
        2 => IGovernor::onERC1155BatchReceivedCall {
            operator,
            from,
            ids: vec![id; 2],
            values: vec![id],
            data,
        }
        .abi_encode(),
        _ => Vec::new(),
    };
    let value = U256::from(u8::from(run.rng.random_ratio(1, 2)));
    Some(Step { value, ..run.call(call) })
}

fn move_votes(run: &mut Run) -> Option<Step> {
    let (actor, voters) = (run.any_actor(), run.world.voters());
    let whom = *voters.choose(&mut run.rng)?;
    let value = U256::from(run.rng.random_range(0..300_u32));
    let data = match run.rng.random_range(0..3) {
        0 => GovernorWorldToken::delegateCall { delegatee: whom }.abi_encode(),
        1 => GovernorWorldToken::mintCall { to: whom, value }.abi_encode(),
        _ => GovernorWorldToken::approveCall { spender: whom, value }.abi_encode(),
    };
    Some(run.world.step(actor, run.world.places.token, data))
}

fn view(run: &mut Run) -> Option<Step> {
    let plan = run.any_plan()?;
    let (id, now) = (plan.id(), run.world.now());
    let account = *run.world.voters().choose(&mut run.rng)?;
    let timepoint = match run.rng.random_range(0..4) {
        0 => U256::from(now + run.rng.random_range(1..2_000)),
        1 => random::unsigned(256, &mut run.rng),
        _ => U256::from(now - run.rng.random_range(1..5_000)),
    };
    let data = match run.rng.random_range(0..20) {
        0 => IGovernor::nameCall {}.abi_encode(),
        1 => IGovernor::versionCall {}.abi_encode(),
        2 => IGovernor::CLOCK_MODECall {}.abi_encode(),
        3 => IGovernor::COUNTING_MODECall {}.abi_encode(),
        4 => IGovernor::eip712DomainCall {}.abi_encode(),
        5 => IGovernor::BALLOT_TYPEHASHCall {}.abi_encode(),
        6 => IGovernor::EXTENDED_BALLOT_TYPEHASHCall {}.abi_encode(),
        7 => IGovernor::tokenCall {}.abi_encode(),
        8 => IGovernor::quorumDenominatorCall {}.abi_encode(),
        9 => IGovernor::proposalProposerCall { proposalId: id }.abi_encode(),
        10 => IGovernor::proposalSnapshotCall { proposalId: id }.abi_encode(),
        11 => IGovernor::proposalNeedsQueuingCall { proposalId: id }.abi_encode(),
        12 | 13 => IGovernor::quorumCall { timepoint }.abi_encode(),
        14 => IGovernor::quorumNumerator_1Call { timepoint }.abi_encode(),
        15 => IGovernor::getVotesCall { account, timepoint }.abi_encode(),
        16 => {
            let params = params(run);
            IGovernor::getVotesWithParamsCall { account, timepoint, params }.abi_encode()
        }
        17 => IGovernor::stateCall { proposalId: timepoint }.abi_encode(),
        18 => {
            let Plan { targets, values, calldatas, .. } = plan.clone();
            let (hash, call) = (plan.hash(), run.rng.random::<bool>());
            if call {
                IGovernor::hashProposalCall { targets, values, calldatas, descriptionHash: hash }
                    .abi_encode()
            } else {
                IGovernor::getProposalIdCall { targets, values, calldatas, descriptionHash: hash }
                    .abi_encode()
            }
        }
        _ => {
            // ERC-165, of the governor with and without `getProposalId`, of receivers, and wrong ones.
            let known = [0x01ff_c9a7, 0x4e23_12e0, 0xffff_ffff, 0x65455a86, 0xdc2e_f4d6_u32];
            let id = *known.choose(&mut run.rng)?;
            let id = if run.rng.random_ratio(1, 4) { run.rng.random() } else { id };
            IGovernor::supportsInterfaceCall { interfaceId: FixedBytes::from(id) }.abi_encode()
        }
    };
    Some(run.call(data))
}

/// A well-formed call whose bytes were cut, lengthened, or changed where a word begins: above what
/// an address, a small number, an offset or a length may be, but not so far that Solidity panics.
fn malformed(run: &mut Run) -> Option<Step> {
    let mut step = match run.rng.random_range(0..7) {
        0 => propose(run),
        1 => vote(run),
        2 => vote_signed(run, Forgery::None),
        3 => act(run, SUCCEEDED, Plan::queue),
        4 => execute(run),
        5 => deposit(run),
        _ => view(run),
    }?;
    let mut data = step.data.to_vec();
    if data.len() > 4 && run.rng.random() {
        let word = run.rng.random_range(0..(data.len() - 4) / 32);
        // The byte above an address's is above all that a length or an offset here can be.
        let place = 4 + 32 * word + run.rng.random_range(26..31);
        if let Some(byte) = data.get_mut(place) {
            *byte ^= run.rng.random_range(1..=u8::MAX);
        }
    } else {
        let (len, fill) = (run.rng.random_range(0..=data.len() + 40), run.rng.random());
        data.resize(len, fill);
    }
    step.data = data.into();
    Some(step)
}
