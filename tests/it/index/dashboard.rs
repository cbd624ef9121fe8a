//! What the dashboard says of a cooperative that governs itself, beside what the contracts' views say.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::anvil::ReorgOptions,
};
use anyhow::Result;
use datacoop_deploy::{
    Silent,
    bindings::{
        IDataCoopRewards::{
            Entry, classCountCall, recordContributionCall, rewardRateCall, setCooldownPeriodCall,
            verifiedOracleCall,
        },
        IDataToken::{balanceOfCall, mintableCall, totalBurnedCall, totalSupplyCall},
        IGovernor, IMembership,
    },
    chain::Sender,
    dashboard::{Dashboard, Recorded, Snapshot},
    governance::State,
    keys::dev_account,
    record::{BatchOptions, record_batch},
    stylus::Life,
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, ORACLE, Proposal, TOKEN};

fn entries(from: u64, to: u64) -> Vec<Entry> {
    let entry = |number: u64| Entry {
        member: Address::from_word(keccak256(number.to_be_bytes())),
        proof: B256::from(U256::from(number + 1)),
        quality: 500_000_000_000_000_000,
        dataClass: u8::try_from(number % 4).unwrap_or_default(),
    };
    (from..to).map(entry).collect()
}

async fn record(dao: &Dao, entries: &[Entry]) -> Result<usize> {
    let oracle = Sender::new(&dao.chain, dev_account(1)?);
    let (at, options) =
        (dao.rewards.address, BatchOptions { chunk: Some(10), ..BatchOptions::default() });
    Ok(record_batch(&oracle, at, entries, &options, &Silent).await?.recorded)
}

/// Asserts that what is said of contributions, of which some are `plain`, of DATA, the oracle and the treasury is
/// what views say.
async fn assert_is_so(dao: &Dao, seen: &Snapshot, plain: u64) -> Result<()> {
    let mut recorded = U256::ZERO;
    for class in 0..4 {
        recorded += dao.rewards.read(classCountCall { dataClass: class }).await?;
    }
    // Plain contributions have no class.
    assert_eq!(U256::from(seen.rewards.ever.recorded), recorded + U256::from(plain));
    assert_eq!(seen.rewards.rate, dao.rewards.read(rewardRateCall {}).await?);
    let emission = seen.rewards.emission;
    assert_eq!(emission.supply, dao.data.read(totalSupplyCall {}).await?);
    assert_eq!(emission.burned, dao.data.read(totalBurnedCall {}).await?);
    assert_eq!(emission.left, dao.data.read(mintableCall {}).await?);
    assert_eq!(emission.cap - emission.minted, emission.left, "{emission:?}");
    // Nothing else mints.
    assert_eq!(seen.rewards.paid, emission.minted);
    assert_eq!(seen.oracle.address, dao.rewards.read(verifiedOracleCall {}).await?);
    let provider = dao.chain.provider();
    assert_eq!(seen.oracle.balance, provider.get_balance(seen.oracle.address).await?);
    let treasury = seen.treasury.as_ref().expect("there is a treasury");
    let account = dao.treasury.address;
    let held = treasury.balances.iter().map(|balance| balance.amount).collect::<Vec<_>>();
    let data = dao.data.read(balanceOfCall { account }).await?;
    let gov = dao.gov.read(balanceOfCall { account }).await?;
    assert_eq!(held, [provider.get_balance(account).await?, data, gov]);
    let members = dao.membership.read(IMembership::totalSupplyCall {}).await?;
    assert_eq!(U256::from(seen.people.members), members);
    Ok(())
}

#[tokio::test]
async fn the_dashboard_says_what_the_contracts_say_before_and_after_a_reorganisation() -> Result<()>
{
    let dao = Dao::start().await?;
    let mut dashboard = Dashboard::open(&dao.chain, dao.book.path()).await?;
    let empty = dashboard.refresh(&Silent).await?;
    assert_is_so(&dao, &empty, 0).await?;
    assert_eq!((empty.rewards.ever.recorded, empty.oracle.last), (0, None));
    assert_eq!(empty.contracts.len(), dao.book.contracts.len());
    assert!(empty.contracts.iter().all(|contract| contract.life == Life::EvmCode));

    assert_eq!(record(&dao, &entries(0, 40)).await?, 40);
    // Some of these are bad, and are left out with their reason.
    let mut mixed = entries(40, 50);
    mixed[3].quality = 0;
    mixed[7].quality = 0;
    assert_eq!(record(&dao, &mixed).await?, 8);
    let plain = recordContributionCall { member: BOB, proof: B256::repeat_byte(0xee) };
    dao.rewards.send(ORACLE, plain).await?;
    let first = dashboard.refresh(&Silent).await?;
    assert_is_so(&dao, &first, 1).await?;
    let recorded = Recorded { recorded: 49, rejected: 2 };
    assert_eq!((first.rewards.ever, first.rewards.last_day), (recorded, recorded));
    assert!(first.oracle.last.is_some_and(|last| last.at <= first.now));

    // A day later they are not of the last 24 hours any more.
    dao.pass_time(86_401).await?;
    assert_eq!(record(&dao, &entries(60, 65)).await?, 5);
    let later = dashboard.refresh(&Silent).await?;
    assert_is_so(&dao, &later, 1).await?;
    assert_eq!(later.rewards.ever, Recorded { recorded: 54, rejected: 2 });
    assert_eq!(later.rewards.last_day, Recorded { recorded: 5, rejected: 0 });

    // What the chain takes back is not said any more, and the rest is.
    let options = ReorgOptions { depth: 2, tx_block_pairs: Vec::new() };
    dao.chain.provider().anvil_reorg(options).await?;
    let after = dashboard.refresh(&Silent).await?;
    assert!(after.synced.reorganised_from.is_some());
    assert_is_so(&dao, &after, 1).await?;
    assert_eq!(after.rewards.ever.recorded, 49);

    // Who comes new sees the same, from the same file and from none.
    let mut again = Dashboard::open(&dao.chain, dao.book.path()).await?;
    let seen = again.refresh(&Silent).await?;
    assert_eq!((seen.events, seen.synced.added), (after.events, 0));
    drop((dashboard, again));
    std::fs::remove_file(dao.folder.path().join("31337.events.sqlite"))?;
    let anew = Dashboard::open(&dao.chain, dao.book.path()).await?.refresh(&Silent).await?;
    assert_eq!((anew.events, &anew.rewards), (after.events, &seen.rewards));
    Ok(())
}

#[tokio::test]
async fn proposals_and_what_waits_in_the_treasury_are_shown_until_they_are_over() -> Result<()> {
    let dao = Dao::start().await?;
    let mut dashboard = Dashboard::open(&dao.chain, dao.book.path()).await?;
    let none = dashboard.refresh(&Silent).await?.governance.expect("it governs itself");
    assert_eq!((none.total, none.open.len(), none.last_executed), (0, 0, None));

    let shorter = setCooldownPeriodCall { newPeriod: U256::from(5 * 86_400) };
    let done = Proposal::new("# Shorter cooldown").call(dao.rewards.address, &shorter);
    dao.enact(&done).await?;
    let longer = setCooldownPeriodCall { newPeriod: U256::from(9 * 86_400) };
    let open = Proposal::new("Longer cooldown").call(dao.rewards.address, &longer);
    let id = dao.propose(BOB, &open).await?;
    let seen = dashboard.refresh(&Silent).await?.governance.expect("it governs itself");
    assert_eq!((seen.total, seen.open.len()), (2, 1));
    assert_eq!((seen.open[0].proposal.id, seen.open[0].standing.state), (id, State::Pending));
    assert_eq!(seen.open[0].actions, ["set rewards.cooldown to 9 days"]);
    let last = seen.last_executed.expect("one was executed");
    assert_eq!(last.actions, ["set rewards.cooldown to 5 days"]);

    dao.pass_time(dao.terms.voting_delay + 1).await?;
    let vote = IGovernor::castVoteCall { proposalId: id, support: 1 };
    dao.governor.send(ALICE, vote).await?;
    dao.pass_time(dao.terms.voting_period + 1).await?;
    dao.governor.send(BOB, open.queue()).await?;
    let seen = dashboard.refresh(&Silent).await?.governance.expect("it governs itself");
    assert_eq!(seen.open[0].standing.state, State::Queued);
    assert!(seen.open[0].standing.eta.is_some());
    dao.pass_time(dao.terms.timelock_delay + 1).await?;
    dao.governor.send(BOB, open.execute()).await?;
    let seen = dashboard.refresh(&Silent).await?;
    let governance = seen.governance.as_ref().expect("it governs itself");
    assert!(governance.open.is_empty());
    assert_eq!(governance.last_executed.as_ref().map(|last| last.proposal.id), Some(id));

    dao.send_ether(ORACLE, dao.treasury.address, TOKEN).await?;
    for (account, credential) in [(ALICE, 1), (CAROL, 2)] {
        let credential = B256::repeat_byte(credential);
        let call = IMembership::issueCall { account, credential, actorRoles: 1 };
        dao.membership.send(ORACLE, call).await?;
    }
    let seen = dashboard.refresh(&Silent).await?;
    assert_is_so(&dao, &seen, 0).await?;
    assert_eq!(seen.people.members, 2);
    let treasury = seen.treasury.expect("there is a treasury");
    assert_eq!(treasury.balances[0].amount, TOKEN);
    assert_eq!((treasury.owners.len(), treasury.threshold), (3, dao.terms.threshold));
    Ok(())
}
