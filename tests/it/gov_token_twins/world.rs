//! The chain on which the twins live: who acts there, what time it is, and what is compared.

use alloy::{
    primitives::{Address, Bytes, U256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
    sol_types::{Eip712Domain, SolCall, SolValue, eip712_domain},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    bindings::IGovToken::{
        balanceOfCall, getPastTotalSupplyCall, getPastVotesCall, getVotesCall, noncesCall,
        numCheckpointsCall, totalSupplyCall, transferCall,
    },
    chain::Chain,
    keys::dev_account,
};
use datacoop_tests::{Drive, Driver, Random, random};
use rand::{Rng, seq::IndexedRandom};

use super::{SUPPLY, Tallies, operation::Operation};

/// How many contracts call. The first administers both twins.
pub(super) const ACTORS: usize = 4;

/// How many people sign.
pub(super) const SIGNERS: usize = 3;

/// What a person holds and has used, as of the last batch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) balance: U256,
    pub(super) nonce: U256,
    /// Whether a signature of this batch may have used the nonce.
    pub(super) signed: bool,
}

pub(super) struct World {
    pub(super) twins: [Address; 2],
    pub(super) rng: Random,
    pub(super) cap: U256,
    pub(super) supply: U256,
    /// The time of the batch, in seconds since 1970.
    pub(super) now: u64,
    /// When batches were.
    pub(super) past: Vec<u64>,
    pub(super) signers: Vec<PrivateKeySigner>,
    pub(super) standings: Vec<Standing>,
    pub(super) domains: [Eip712Domain; 2],
    driver: Driver,
    provider: DynProvider,
}

impl World {
    /// A world in which everybody holds something.
    pub(super) async fn new(
        chain: &Chain,
        driver: Driver,
        twins: [Address; 2],
        seed: u64,
        cap: U256,
    ) -> Result<Self> {
        let provider = chain.provider().clone();
        let chain_id = provider.get_chain_id().await?;
        let latest = provider.get_block(alloy::eips::BlockId::latest()).await?;
        let mut world = Self {
            twins,
            rng: random::seeded(seed),
            cap,
            supply: U256::from(SUPPLY),
            now: latest.context("no block")?.header.timestamp,
            past: Vec::new(),
            signers: (1..=SIGNERS).map(dev_account).collect::<Result<_, _>>()?,
            standings: vec![Standing::default(); ACTORS + SIGNERS],
            domains: twins.map(|twin| {
                eip712_domain! {
                    name: "Datacoop Governance", version: "1", chain_id: chain_id,
                    verifying_contract: twin,
                }
            }),
            driver,
            provider,
        };
        let value = U256::from(SUPPLY / 20);
        let gifts = world.people().into_iter().skip(1).map(|to| transferCall { to, value });
        let gifts: Vec<_> = gifts.map(|call| Drive::call(0, &call)).collect();
        world.advance(1).await?;
        world.driver.run(twins, &gifts, &[]).await?;
        world.refresh().await?;
        Ok(world)
    }

    /// Everybody: those who call, then those who sign.
    pub(super) fn people(&self) -> Vec<Address> {
        let signers = self.signers.iter().map(PrivateKeySigner::address);
        self.driver.actors.iter().copied().chain(signers).collect()
    }

    pub(super) fn person(&self, index: usize) -> Address {
        self.people()[index]
    }

    /// Runs a batch of random operations at a later time.
    pub(super) async fn run_batch(&mut self, steps: usize, tallies: &mut Tallies) -> Result<()> {
        let secs = if self.rng.random() { 1 } else { self.rng.random_range(1..1_000_000) };
        self.advance(secs).await?;
        let operations: Vec<_> = (0..steps).map(|_| Operation::random(self)).collect();
        let drives: Vec<_> = operations.iter().map(|operation| operation.drive.clone()).collect();
        let probes = self.probes();
        let ends = self.driver.run(self.twins, &drives, &probes).await;
        let ends = ends.with_context(|| describe(&operations))?;
        for (operation, end) in operations.iter().zip(ends) {
            tallies.count(operation, end.success, &end.output);
        }
        self.refresh().await
    }

    /// Sets the time of the next block.
    async fn advance(&mut self, secs: u64) -> Result<()> {
        self.past.push(self.now);
        self.now += secs;
        Ok(self.provider.anvil_set_next_block_timestamp(self.now).await?)
    }

    /// What is read of both twins after every step.
    fn probes(&mut self) -> Vec<Bytes> {
        let people = self.people();
        let mut probes = vec![totalSupplyCall {}.abi_encode()];
        for account in people.iter().copied() {
            probes.push(balanceOfCall { account }.abi_encode());
            probes.push(getVotesCall { account }.abi_encode());
            probes.push(numCheckpointsCall { account }.abi_encode());
            probes.push(noncesCall { owner: account }.abi_encode());
        }
        for _ in 0..2 {
            let account = *people.choose(&mut self.rng).expect("there are some");
            let timepoint = U256::from(*self.past.choose(&mut self.rng).expect("there are some"));
            probes.push(getPastVotesCall { account, timepoint }.abi_encode());
            probes.push(getPastTotalSupplyCall { timepoint }.abi_encode());
        }
        probes.into_iter().map(Bytes::from).collect()
    }

    /// Learns what everybody holds now.
    async fn refresh(&mut self) -> Result<()> {
        self.supply = self.number(&totalSupplyCall {}).await?;
        for (index, account) in self.people().into_iter().enumerate() {
            let balance = self.number(&balanceOfCall { account }).await?;
            let nonce = self.number(&noncesCall { owner: account }).await?;
            self.standings[index] = Standing { balance, nonce, signed: false };
        }
        Ok(())
    }

    /// What the peer answers.
    async fn number(&self, call: &impl SolCall) -> Result<U256> {
        let request = alloy::rpc::types::TransactionRequest::default()
            .to(self.twins[1])
            .input(Bytes::from(call.abi_encode()).into());
        Ok(U256::abi_decode(&self.provider.call(request).await?)?)
    }
}

/// The operations of a batch, one a line.
fn describe(operations: &[Operation]) -> String {
    let lines = operations.iter().enumerate();
    lines.map(|(step, operation)| format!("{step}: {operation:?}\n")).collect()
}
