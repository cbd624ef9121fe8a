//! Who holds power after a deployment: the timelock, and never the deployer.

use alloy::primitives::{Address, B256, U256};
use anyhow::Result;
use datacoop_deploy::{
    Silent,
    bindings::{
        IConsentRegistry,
        IDataCoopRewards::setRewardRateCall,
        IDataToken::{balanceOfCall, grantRoleCall, totalSupplyCall},
        IGovToken, IGovernor, IMembership, ITimelock,
    },
    chain::Sender,
    deploy::{CoopConfig, Existing, deploy_coop},
    keys::dev_account,
    roles::{self, left_with_deployer},
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, GOVERNANCE, GUARDIAN, ORACLE, artifacts};

#[tokio::test]
async fn the_whole_role_table_is_as_designed() -> Result<()> {
    let dao = Dao::start().await?;
    let table = roles::table(&dao.chain, &dao.book).await?;
    let (timelock, governor) = (dao.timelock.address, dao.governor.address);
    let owner = "owner, 2 of 3 must sign";
    let mut expected = [
        ("DataToken", "administrator", timelock),
        ("DataToken", "minter", dao.rewards.address),
        ("DataToken", "pauser", GUARDIAN),
        ("GovToken", "administrator", timelock),
        ("Timelock", "administrator", timelock),
        ("Timelock", "proposer", governor),
        ("Timelock", "canceller", governor),
        ("Timelock", "executor", Address::ZERO),
        ("DataCoopRewards", "governance", timelock),
        ("DataCoopRewards", "verified oracle", ORACLE),
        ("DataCoopRewards", "guardian", GUARDIAN),
        ("Governor", "executor", timelock),
        ("Treasury", owner, ALICE),
        ("Treasury", owner, BOB),
        ("Treasury", owner, CAROL),
        ("Treasury", "governor", timelock),
        ("Treasury", "module", timelock),
        ("Membership", "administrator", timelock),
        ("Membership", "issuer", ORACLE),
        ("DataRegistry", "administrator", timelock),
        ("DataRegistry", "attestor", ORACLE),
        ("DataRegistry", "curator", ORACLE),
        ("DataRegistry", "guardian", GUARDIAN),
        ("DataRegistry", "schema", timelock),
        ("RevenueDistributor", "administrator", timelock),
        ("RevenueDistributor", "shares", timelock),
        ("DataMarket", "administrator", timelock),
        ("DataMarket", "lister", ORACLE),
        ("DataMarket", "server", ORACLE),
        ("DataMarket", "ruling", timelock),
        ("DataMarket", "pauser", GUARDIAN),
    ]
    .map(|(contract, role, holder)| (contract.to_owned(), role.to_owned(), holder));
    expected.sort();
    let mut found: Vec<_> = table
        .iter()
        .map(|held| (held.contract.to_owned(), held.role.clone(), held.holder))
        .collect();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(left_with_deployer(&table, &dao.book), []);
    let named = table.iter().filter(|held| held.holder_name.as_deref() == Some("Timelock")).count();
    assert_eq!(named, 14);
    Ok(())
}

#[tokio::test]
async fn the_deployer_can_do_nothing_any_more() -> Result<()> {
    let dao = Dao::start().await?;
    let rate = setRewardRateCall { newRate: U256::ZERO };
    dao.rewards.refusal(GOVERNANCE, rate).await?;
    let grant = grantRoleCall { role: Default::default(), account: GOVERNANCE };
    dao.data.refusal(GOVERNANCE, grant).await?;
    let grant = IGovToken::grantRoleCall { role: Default::default(), account: GOVERNANCE };
    dao.gov.refusal(GOVERNANCE, grant).await?;
    let grant = ITimelock::grantRoleCall { role: Default::default(), account: GOVERNANCE };
    dao.timelock.refusal(GOVERNANCE, grant).await?;
    let grant = IMembership::grantRoleCall { role: Default::default(), account: GOVERNANCE };
    dao.membership.refusal(GOVERNANCE, grant).await?;
    let issue = IMembership::issueCall {
        account: GOVERNANCE,
        credential: B256::repeat_byte(1),
        actorRoles: 0,
    };
    dao.membership.refusal(GOVERNANCE, issue).await?;
    let set = IGovernor::setVotingPeriodCall { newVotingPeriod: 1 };
    dao.governor.refusal(GOVERNANCE, set).await?;
    Ok(())
}

#[tokio::test]
async fn the_first_supplies_are_with_the_treasury_and_the_founders() -> Result<()> {
    let dao = Dao::start().await?;
    let supply = dao.data.read(totalSupplyCall {}).await?;
    let account = dao.treasury.address;
    assert_eq!(dao.data.read(balanceOfCall { account }).await?, supply);
    let buckets = dao.gov.read(IGovToken::genesisBucketsCall {}).await?;
    assert_eq!(buckets.len(), dao.terms.genesis.len());
    for (bucket, part) in buckets.into_iter().zip(&dao.terms.genesis) {
        let found = dao.gov.read(IGovToken::genesisAllocationCall { bucket }).await?;
        assert_eq!((found.recipient, found.amount), (part.recipient, part.amount));
    }
    Ok(())
}

#[tokio::test]
async fn gov_and_the_consents_ask_the_deployed_membership_who_is_a_member() -> Result<()> {
    let dao = Dao::start().await?;
    let membership = dao.membership.address;
    assert_eq!(dao.gov.read(IGovToken::membershipCall {}).await?, membership);
    assert_eq!(dao.consents.read(IConsentRegistry::membershipCall {}).await?, membership);

    // The policy of a new cooperative is members only.
    let amount = U256::from(5);
    let to_carol = IGovToken::transferCall { to: CAROL, value: amount };
    dao.gov.refusal(ALICE, to_carol.clone()).await?;
    let (credential, patient) = (B256::repeat_byte(1), 1);
    let issue = IMembership::issueCall { account: CAROL, credential, actorRoles: patient };
    dao.membership.send(ORACLE, issue).await?;
    let before = dao.gov.read(IGovToken::balanceOfCall { account: CAROL }).await?;
    dao.gov.send(ALICE, to_carol).await?;
    let after = dao.gov.read(IGovToken::balanceOfCall { account: CAROL }).await?;
    assert_eq!(after, before + amount);
    Ok(())
}

#[tokio::test]
async fn deploying_again_does_nothing_and_governance_cannot_be_put_under_what_is_there()
-> Result<()> {
    let dao = Dao::start().await?;
    let path = dao.folder.path().join("31337.json");
    let sender = Sender::new(&dao.chain, dev_account(0)?);
    let config = CoopConfig {
        self_government: Some(dao.terms.clone()),
        ..CoopConfig::of_one(GOVERNANCE, ORACLE)
    };
    let again =
        deploy_coop(&sender, artifacts()?, &config, &path, Existing::Reuse, &Silent).await?;
    assert_eq!(again.steps, []);
    assert_eq!(again.book, dao.book);

    let plain = dao.folder.path().join("plain.json");
    let of_one = CoopConfig::of_one(GOVERNANCE, ORACLE);
    deploy_coop(&sender, artifacts()?, &of_one, &plain, Existing::Reuse, &Silent).await?;
    let refused =
        deploy_coop(&sender, artifacts()?, &config, &plain, Existing::Reuse, &Silent).await;
    let error = refused.unwrap_err();
    assert!(error.to_string().contains("has no governor"), "{error}");
    Ok(())
}
