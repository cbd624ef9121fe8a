//! The chain on which the twins live: who acts there, what time it is, and what was scheduled.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::ITimelock::{
        getMinDelayCall, getOperationStateCall, getTimestampCall, hasRoleCall,
        isOperationPendingCall, pendingCountCall, pendingOperationsCall,
    },
    chain::Chain,
};
use datacoop_tests::{Drive, Driver, Random, random};
use rand::{Rng, seq::IndexedRandom};

use super::{
    Tallies,
    calls::Plan,
    operation::{Operation, ROLES},
};

/// How many contracts call.
pub(super) const ACTORS: usize = 4;

/// How many of the last operations are drawn from.
const RECENT: usize = 24;

/// Ether that each twin has at first, in wei.
const ETHER: u64 = 1_000;

pub(super) struct World {
    pub(super) twins: [Address; 2],
    pub(super) rng: Random,
    /// The contract that most operations call.
    pub(super) target: Address,
    /// Everything that somebody tried to schedule.
    pub(super) plans: Vec<Plan>,
    driver: Driver,
    provider: DynProvider,
    /// The time of the batch, in seconds since 1970.
    now: u64,
}

impl World {
    pub(super) async fn new(
        chain: &Chain,
        driver: Driver,
        twins: [Address; 2],
        target: Address,
        seed: u64,
    ) -> Result<Self> {
        let provider = chain.provider().clone();
        let latest = provider.get_block(alloy::eips::BlockId::latest()).await?;
        for twin in twins {
            provider.anvil_set_balance(twin, U256::from(ETHER)).await?;
        }
        Ok(Self {
            twins,
            rng: random::seeded(seed),
            target,
            plans: Vec::new(),
            driver,
            now: latest.context("no block")?.header.timestamp,
            provider,
        })
    }

    pub(super) fn actor(&self, index: usize) -> Address {
        self.driver.actors[index]
    }

    /// One of the last operations that somebody tried to schedule, with its place.
    pub(super) fn recent(&mut self) -> Option<Plan> {
        let start = self.plans.len().saturating_sub(RECENT);
        self.plans[start..].choose(&mut self.rng).cloned()
    }

    /// One of them whose id is the same on both twins.
    pub(super) fn recent_of_both(&mut self) -> Option<Plan> {
        let plan = self.recent()?;
        let [ours, peer] = plan.ids(self.twins);
        (ours == peer).then_some(plan)
    }

    /// Runs a batch of random operations at a later time.
    pub(super) async fn run_batch(&mut self, steps: usize, tallies: &mut Tallies) -> Result<()> {
        self.now += self.rng.random_range(1..150);
        self.provider.anvil_set_next_block_timestamp(self.now).await?;
        let operations: Vec<_> = (0..steps).map(|_| Operation::random(self)).collect();
        let drives: Vec<_> = operations.iter().map(|operation| operation.drive.clone()).collect();
        let probes = self.probes();
        let ends = self.driver.run(self.twins, &drives, &probes).await;
        let ends = ends.with_context(|| describe(&operations))?;
        for (operation, end) in operations.iter().zip(ends) {
            tallies.count(operation, end.success, &end.output);
        }
        Ok(())
    }

    /// What is read of both twins after every step.
    fn probes(&self) -> Vec<Bytes> {
        let mut probes = vec![getMinDelayCall {}.abi_encode()];
        let start = self.plans.len().saturating_sub(RECENT);
        for plan in &self.plans[start..] {
            let [id, other] = plan.ids(self.twins);
            // An operation on the timelock itself has another id on each twin.
            if id == other {
                probes.push(getTimestampCall { id }.abi_encode());
                probes.push(getOperationStateCall { id }.abi_encode());
            }
        }
        for role in ROLES.map(|role| role()) {
            for account in self.driver.actors.iter().copied().chain([Address::ZERO, self.target]) {
                probes.push(hasRoleCall { role, account }.abi_encode());
            }
        }
        probes.into_iter().map(Bytes::from).collect()
    }

    /// The list of pending operations has each of those that are pending once, and no other.
    pub(super) async fn check_the_list(&self) -> Result<()> {
        let mut pending = BTreeSet::new();
        for id in self.plans.iter().map(|plan| plan.ids(self.twins)[0]) {
            if self.ask(&isOperationPendingCall { id }).await? {
                pending.insert(id);
            }
        }
        let count = self.ask(&pendingCountCall {}).await?;
        ensure!(count == U256::from(pending.len()), "{count} pending, not {}", pending.len());
        let mut listed = Vec::new();
        for offset in (0..=pending.len()).step_by(7) {
            let call = pendingOperationsCall { offset: U256::from(offset), limit: U256::from(7) };
            let page = self.ask(&call).await?;
            for (id, timestamp) in page.ids.into_iter().zip(page.timestamps) {
                ensure!(timestamp == self.ask(&getTimestampCall { id }).await?, "a wrong time");
                listed.push(id);
            }
        }
        let unique: BTreeSet<B256> = listed.iter().copied().collect();
        ensure!(unique == pending && listed.len() == pending.len(), "the list is {listed:?}");
        Ok(())
    }

    /// What ours answers.
    async fn ask<C: SolCall>(&self, call: &C) -> Result<C::Return> {
        let request = TransactionRequest::default()
            .to(self.twins[0])
            .input(Bytes::from(call.abi_encode()).into());
        Ok(C::abi_decode_returns(&self.provider.call(request).await?)?)
    }

    /// Calldata for both twins, with the words that differ between them because of `plan`.
    pub(super) fn drive(
        &self,
        actor: usize,
        plan: &Plan,
        encode: impl Fn(usize, Address) -> Vec<u8>,
    ) -> Drive {
        let ids = plan.ids(self.twins);
        Drive {
            actor,
            data: [0, 1].map(|twin| Bytes::from(encode(twin, self.twins[twin]))),
            own: [0, 1].map(|twin| vec![ids[twin], plan.predecessor[twin]]),
            ..Drive::default()
        }
    }
}

/// The operations of a batch, one a line.
fn describe(operations: &[Operation]) -> String {
    let lines = operations.iter().enumerate();
    lines.map(|(step, operation)| format!("{step}: {operation:?}\n")).collect()
}
