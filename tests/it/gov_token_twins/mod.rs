//! GOV beside OpenZeppelin's ERC20 + Burnable + Capped + `AccessControl` + Permit + Votes, on one
//! Anvil, its transfer policy open.
//!
//! Thousands of random operations from fixed seeds must give equal results, events and errors, and
//! leave equal state: balances, votes now and at past times, checkpoints and nonces. A failure
//! names the seed, the batch and the step.

mod operation;
mod signed;
mod world;

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, FixedBytes, U256, keccak256},
    sol_types::{Panic, SolCall, SolError, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::IGovToken::{
        IGovTokenErrors, capCall, grantRoleCall, revokeRoleCall, setTransferPolicyCall,
        totalSupplyCall, transferCall,
    },
    chain::{Chain, Sender},
    contracts::GOV_TOKEN,
    deploy::create,
    keys::dev_account,
    node::NodeOptions,
};
use datacoop_tests::{
    Contract, Drive, Driver, GOVERNANCE, Gov, artifact, create_raw, peer, start_node,
};
use operation::Operation;
use world::{ACTORS, World};

/// Batches in each run.
const BATCHES: usize = 40;

/// Steps in each batch, which share a second.
const STEPS: usize = 36;

/// What the constructors give to the first actor.
const SUPPLY: u128 = 1_000_000_000_000_000_000_000_000;

/// How often each kind of operation, and each error, was seen.
#[derive(Default)]
struct Tallies {
    kinds: BTreeMap<&'static str, [usize; 2]>,
    errors: BTreeMap<FixedBytes<4>, usize>,
}

#[tokio::test]
async fn gov_cannot_be_told_from_openzeppelin() -> Result<()> {
    run(0x60f0_0001, U256::from(3 * SUPPLY)).await
}

#[tokio::test]
async fn gov_cannot_be_told_from_openzeppelin_with_another_seed() -> Result<()> {
    run(0x60f0_0002, U256::from(2 * SUPPLY)).await
}

#[tokio::test]
async fn gov_cannot_be_told_from_openzeppelin_with_a_cap_beyond_what_checkpoints_hold() -> Result<()>
{
    run(0x60f0_0003, U256::MAX).await
}

#[tokio::test]
async fn gov_cannot_be_told_from_openzeppelin_when_it_is_scarce() -> Result<()> {
    run(0x60f0_0004, U256::from(SUPPLY) + U256::from(1_000_000)).await
}

/// Runs random operations of `seed` on both twins.
async fn run(seed: u64, cap: U256) -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let driver = Driver::new(chain.provider().clone(), ACTORS).await?;
    let twins =
        [gov(&chain, cap, driver.actors[0]).await?, openzeppelin(&chain, cap, &driver).await?];
    let mut world = World::new(&chain, driver, twins, seed, cap).await?;
    let mut tallies = Tallies::default();
    for batch in 0..BATCHES {
        let context = || format!("batch {batch} of seed {seed:#x}");
        world.run_batch(STEPS, &mut tallies).await.with_context(context)?;
    }
    tallies.check(cap).with_context(|| format!("seed {seed:#x}"))
}

impl Tallies {
    fn count(&mut self, operation: &Operation, success: bool, output: &[u8]) {
        self.kinds.entry(operation.kind).or_default()[usize::from(!success)] += 1;
        if let Some(selector) = output.first_chunk::<4>().filter(|_| !success) {
            *self.errors.entry(FixedBytes(*selector)).or_default() += 1;
        }
    }

    /// A run that only fails, or never does, proves little.
    fn check(&self, cap: U256) -> Result<()> {
        for kind in operation::KINDS {
            let [good, bad] = self.kinds.get(kind.name).copied().unwrap_or_default();
            ensure!(good > 0 || !kind.can_succeed, "no `{}` succeeded", kind.name);
            ensure!(bad > 0 || !kind.can_fail, "no `{}` failed", kind.name);
        }
        let bounded = cap < U256::MAX;
        for selector in IGovTokenErrors::SELECTORS {
            let name = IGovTokenErrors::name_by_selector(*selector).unwrap_or_default();
            let expected = match name {
                // The cap comes before what a checkpoint holds.
                "ERC20ExceededSafeSupply" => !bounded,
                "ERC20ExceededCap" => bounded,
                // Nobody is the zero address; the clock only goes forward; every time is a
                // `uint48` once it is past; signatures here come in three words.
                "ERC20InvalidSender"
                | "ERC20InvalidApprover"
                | "CheckpointUnorderedInsertion"
                | "SafeCastOverflowedUintDowncast"
                | "ECDSAInvalidSignatureLength"
                | "ERC20InvalidCap" => false,
                own => !own.starts_with("Gov"),
            };
            let seen = self.errors.contains_key(&FixedBytes(*selector));
            ensure!(seen == expected, "`{name}` was seen: {seen}, expected: {expected}");
        }
        ensure!(self.errors.contains_key(&FixedBytes(Panic::SELECTOR)), "nothing panicked");
        Ok(())
    }
}

/// Deploys GOV and opens its transfers.
async fn gov(chain: &Chain, cap: U256, admin: Address) -> Result<Address> {
    let artifact = artifact(&GOV_TOKEN)?;
    let buckets = (vec![keccak256("community")], vec![admin], vec![U256::from(SUPPLY)]);
    let arguments = (GOVERNANCE, cap, Address::ZERO, buckets.0, buckets.1, buckets.2);
    let sender = Sender::new(chain, dev_account(0)?);
    let token = create(&sender, &artifact, &arguments.abi_encode_params()).await?.address;
    let gov = Contract::<Gov>::new(chain.provider().clone(), token);
    gov.send(GOVERNANCE, setTransferPolicyCall { policy: 0 }).await?;
    gov.send(GOVERNANCE, grantRoleCall { role: B256::ZERO, account: admin }).await?;
    gov.send(GOVERNANCE, revokeRoleCall { role: B256::ZERO, account: GOVERNANCE }).await?;
    Ok(token)
}

/// Deploys OpenZeppelin's code under the same name.
async fn openzeppelin(chain: &Chain, cap: U256, driver: &Driver) -> Result<Address> {
    let admin = driver.actors[0];
    let name = ("Datacoop Governance", "GOV", admin, cap, admin, U256::from(SUPPLY));
    let initcode = [peer("GovTokenPeer")?.bytecode.to_vec(), name.abi_encode_params()].concat();
    create_raw(chain.provider(), GOVERNANCE, initcode.into()).await
}

#[tokio::test]
async fn a_difference_of_results_or_of_state_is_noticed() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let driver = Driver::new(chain.provider().clone(), ACTORS).await?;
    let cap = U256::from(3 * SUPPLY);
    let twins = [
        openzeppelin(&chain, cap, &driver).await?,
        openzeppelin(&chain, cap + U256::ONE, &driver).await?,
    ];
    let (to, value) = (GOVERNANCE, U256::from(SUPPLY));
    let transfer = Drive::call(0, &transferCall { to, value });
    let total = totalSupplyCall {}.abi_encode().into();
    driver.run(twins, std::slice::from_ref(&transfer), &[total]).await?;
    let error = driver.run(twins, &[Drive::call(0, &capCall {})], &[]).await;
    let error = error.expect_err("the caps differ").to_string();
    ensure!(error.contains("step 0: ours"), "{error}");
    let probe = capCall {}.abi_encode().into();
    let error = driver.run(twins, &[transfer], &[probe]).await;
    let error = error.expect_err("the caps differ").to_string();
    ensure!(error.contains("step 0 leaves different states"), "{error}");
    Ok(())
}
