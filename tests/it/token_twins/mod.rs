//! DATA beside OpenZeppelin's ERC20 + Permit + Burnable + Pausable + `AccessControl`, on one Anvil.
//!
//! Thousands of random operations from a fixed seed must give equal results, equal events, equal
//! error data and equal state. A failure names the seed, the number and the operation.

mod operation;
mod world;

use std::collections::BTreeMap;

use alloy::{
    hex,
    primitives::{Address, U256},
    sol_types::SolValue,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::IDataToken::{approveCall, nameCall},
    chain::{Chain, Sender},
    contracts::DATA_TOKEN,
    deploy::create,
    keys::dev_account,
    node::NodeOptions,
};
use datacoop_tests::{BOB, GOVERNANCE, Twins, artifact, create_raw, peer, start_node};
use operation::Operation;
use world::World;

/// The runs of `cargo test`, each on a chain of its own: an Anvil is slower with every block.
const SEEDS: [u64; 4] = [0xda7a_0001, 0xda7a_0002, 0xda7a_0003, 0xda7a_0004];

/// Operations in each run.
const OPERATIONS: usize = 650;

/// How often all state is compared, and balances are added up.
const COMPARED_EVERY: usize = 65;

/// How often each kind of operation succeeded and failed.
type Tallies = BTreeMap<&'static str, Tally>;

#[tokio::test]
async fn data_cannot_be_told_from_openzeppelin() -> Result<()> {
    let [first, second, third, fourth] = SEEDS.map(run);
    let (first, second, third, fourth) = tokio::try_join!(first, second, third, fourth)?;
    let runs = [first, second, third, fourth];
    for kind in operation::KINDS {
        let tallies = runs.iter().filter_map(|run| run.get(kind.name));
        let (succeeded, failed) =
            tallies.fold((0, 0), |(good, bad), tally| (good + tally.succeeded, bad + tally.failed));
        ensure!(succeeded > 0 || !kind.can_succeed, "no `{}` succeeded", kind.name);
        ensure!(failed > 0 || !kind.can_fail, "no `{}` failed", kind.name);
    }
    Ok(())
}

/// Runs random operations of `seed` on both twins.
async fn run(seed: u64) -> Result<Tallies> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let addresses = [data(&chain).await?, openzeppelin(&chain, "Datacoop Data").await?];
    let twins = Twins { provider: chain.provider().clone(), addresses };
    let mut world = World::new(twins, seed).await?;
    let mut tallies = Tallies::new();
    for number in 0..OPERATIONS {
        let operation = Operation::random(&mut world);
        let context = || format!("operation {number} of seed {seed:#x}: {operation:?}");
        let succeeded = world.run(&operation).await.with_context(context)?;
        tallies.entry(operation.kind).or_default().count(succeeded);
        if number % COMPARED_EVERY == 0 {
            world.compare_state().await.with_context(context)?;
        }
    }
    world.compare_state().await.context("after the last operation")?;
    Ok(tallies)
}

/// How often a kind of operation succeeded and failed: a run that only fails proves little.
#[derive(Clone, Copy, Default)]
struct Tally {
    succeeded: usize,
    failed: usize,
}

impl Tally {
    const fn count(&mut self, succeeded: bool) {
        if succeeded { self.succeeded += 1 } else { self.failed += 1 }
    }
}

/// What the constructors give to the first actor.
const SUPPLY: u128 = 1_000_000_000_000_000_000_000_000;

/// Deploys DATA, its emission cap as wide as it can be.
async fn data(chain: &Chain) -> Result<Address> {
    let artifact = artifact(&DATA_TOKEN)?;
    let floor = U256::from(10).pow(U256::from(27));
    let arguments = (GOVERNANCE, GOVERNANCE, U256::from(SUPPLY), floor, U256::ZERO);
    let sender = Sender::new(chain, dev_account(0)?);
    Ok(create(&sender, &artifact, &arguments.abi_encode_params()).await?.address)
}

/// Deploys OpenZeppelin's code under the same name.
async fn openzeppelin(chain: &Chain, name: &str) -> Result<Address> {
    let arguments = (name, "DATA", GOVERNANCE, GOVERNANCE, U256::from(SUPPLY)).abi_encode_params();
    let initcode = [peer("DataTokenPeer")?.bytecode.to_vec(), arguments].concat();
    create_raw(chain.provider(), GOVERNANCE, initcode.into()).await
}

#[tokio::test]
async fn a_difference_between_twins_is_noticed() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let names = ["Datacoop Data", "Another Name"];
    let addresses = [openzeppelin(&chain, names[0]).await?, openzeppelin(&chain, names[1]).await?];
    let twins = Twins { provider: chain.provider().clone(), addresses };
    let world = World::new(twins, SEEDS[0]).await?;
    world.send(approveCall { spender: BOB, value: U256::ONE }).await?;
    let error = world.send(nameCall {}).await.expect_err("the names differ");
    assert!(error.to_string().contains(&hex::encode("Another Name")), "{error}");
    Ok(())
}
