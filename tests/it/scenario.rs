//! A whole cooperative in use: many actors, a thousand interactions of every kind, and after each of them all
//! invariants of the design on chain. And the checks themselves: each is seen to fail.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256, uint},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};
use anyhow::{Result, ensure};
use datacoop_deploy::{
    bindings::{
        IDataToken::{grantRoleCall, mintCall, transferCall},
        ITimelock::{executeCall, scheduleCall},
    },
    contracts::{
        DATA_COOP_REWARDS, DATA_MARKET, DATA_TOKEN, GOVERNOR, REVENUE_DISTRIBUTOR, TIMELOCK,
        TREASURY,
    },
};
use datacoop_tests::{ALICE, scenario::Scenario};

/// What a run is drawn from.
const SEED: u64 = 0x5ce_0006;

/// How many interactions there are, and how many before something is broken on purpose.
const INTERACTIONS: usize = 1_000;
const BEFORE_BREAKING: usize = 150;

/// Gas of a transaction, and ether for it, in wei.
const GAS: u64 = 10_000_000;
const ETHER: U256 = uint!(1_000_000_000_000_000_000_U256);

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_interactions_of_every_kind_break_no_invariant() -> Result<()> {
    let mut scenario = Scenario::start(SEED).await?;
    let outcome = scenario.run(INTERACTIONS).await;
    eprintln!("seed {SEED:#x}\n{}", scenario.tally());
    outcome?;
    let (all, refused) = scenario.tally().sums();
    assert_eq!(all as usize, INTERACTIONS);
    assert!(refused as usize > INTERACTIONS / 10, "only {refused} were refused");
    assert_eq!(scenario.tally().never_done(), [""; 0], "never succeeded with seed {SEED:#x}");
    Ok(())
}

/// Sends what no contract of the suite would, in the name of one.
async fn in_the_name_of(
    scenario: &Scenario,
    (from, to): (Address, Address),
    data: Vec<u8>,
) -> Result<()> {
    let provider = scenario.chain().provider();
    provider.anvil_set_balance(from, ETHER).await?;
    let request = TransactionRequest::default()
        .from(from)
        .to(to)
        .input(Bytes::from(data).into())
        .gas_limit(GAS);
    let receipt: TransactionReceipt =
        provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?;
    ensure!(receipt.status(), "it is refused");
    Ok(())
}

/// The scenario finds this invariant broken now.
async fn finds(scenario: &mut Scenario, name: &str) {
    let error = scenario.examine().await.expect_err(name).to_string();
    assert!(error.contains(name), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_invariant_that_is_broken_is_named() -> Result<()> {
    let mut scenario = Scenario::start(SEED).await?;
    scenario.run(BEFORE_BREAKING).await?;
    for (name, found) in scenario.broken_on_purpose() {
        assert!(found.contains(&name), "{name} is broken on purpose, and found are {found:?}");
    }
    // Nothing of that was on chain: all is whole. What follows is.
    scenario.examine().await?;
    let book = scenario.book().clone();
    let (data, timelock) = (book.address(&DATA_TOKEN)?, book.address(&TIMELOCK)?);
    let take = transferCall { to: ALICE, value: U256::ONE }.abi_encode();
    for (holder, name) in [
        (&DATA_MARKET, "the market holds stakes, refunds and bids"),
        (&REVENUE_DISTRIBUTOR, "the distributor: money in = claimable + claimed + dust"),
        (&TREASURY, "the treasury pays by its rules alone"),
    ] {
        in_the_name_of(&scenario, (book.address(holder)?, data), take.clone()).await?;
        finds(&mut scenario, name).await;
    }
    let mint = mintCall { to: ALICE, amount: U256::ONE }.abi_encode();
    in_the_name_of(&scenario, (book.address(&DATA_COOP_REWARDS)?, data), mint).await?;
    finds(&mut scenario, "a proof hash pays once").await;
    let grant = grantRoleCall { role: keccak256("MINTER_ROLE"), account: ALICE }.abi_encode();
    in_the_name_of(&scenario, (timelock, data), grant.clone()).await?;
    finds(&mut scenario, "no power outside the role table").await;

    // What nobody voted for, past the governor.
    let (target, value, delay) = (data, U256::ZERO, U256::from(1_000));
    let (predecessor, salt, payload) = (B256::ZERO, B256::ZERO, Bytes::from(grant));
    let data = payload.clone();
    let schedule = scheduleCall { target, value, data, predecessor, salt, delay }.abi_encode();
    in_the_name_of(&scenario, (book.address(&GOVERNOR)?, timelock), schedule).await?;
    scenario.chain().advance_time(1_001).await?;
    let execute = executeCall { target, value, payload, predecessor, salt }.abi_encode();
    in_the_name_of(&scenario, (ALICE, timelock), execute).await?;
    finds(&mut scenario, "only what was voted for is executed").await;
    Ok(())
}
