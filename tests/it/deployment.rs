//! Deploying: who has power afterwards, on which nodes it works, and when an address book is refused.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use datacoop_deploy::{
    AddressBook, Error, Silent,
    bindings::{
        IConsentRegistry,
        IDataCoopRewards::{governanceCall, recordContributionCall},
        IDataMarket, IDataRegistry,
        IDataToken::hasRoleCall,
        IMembership, IRevenueDistributor,
    },
    chain::{Chain, Sender},
    contracts::{
        CONSENT_REGISTRY, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, MEMBERSHIP,
        REVENUE_DISTRIBUTOR,
    },
    deploy::{AccessTerms, CoopConfig, Deployment, Existing, deploy_coop},
    keys::dev_account,
    node::{NodeLimits, NodeOptions},
    roles::{self, left_with_deployer},
};
use datacoop_tests::{ALICE, Coop, GOVERNANCE, GUARDIAN, ORACLE, artifacts, start_node};

async fn deploy(
    chain: &Chain,
    signer: PrivateKeySigner,
    folder: &tempfile::TempDir,
    existing: Existing,
) -> Result<Deployment, Error> {
    let config = CoopConfig { guardian: GUARDIAN, ..CoopConfig::of_one(GOVERNANCE, ORACLE) };
    let sender = Sender::new(chain, signer);
    let book = folder.path().join("book.json");
    let artifacts = artifacts().expect("the contracts build");
    deploy_coop(&sender, artifacts, &config, &book, existing, &Silent).await
}

async fn holds(chain: &Chain, token: Address, role: B256, account: Address) -> Result<bool> {
    Ok(chain.read(token, &hasRoleCall { role, account }).await?)
}

#[tokio::test]
async fn the_deployer_holds_no_role_afterwards() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let deployer = dev_account(7)?;
    let account = deployer.address();
    let book = deploy(&chain, deployer, &folder, Existing::Reuse).await?.book;
    let (token, rewards) = (book.address(&DATA_TOKEN)?, book.address(&DATA_COOP_REWARDS)?);
    let (minter, pauser) = (keccak256("MINTER_ROLE"), keccak256("PAUSER_ROLE"));
    for role in [B256::ZERO, minter, pauser] {
        assert!(!holds(&chain, token, role, account).await?);
    }
    assert!(holds(&chain, token, B256::ZERO, GOVERNANCE).await?);
    assert!(holds(&chain, token, pauser, GUARDIAN).await?);
    assert!(holds(&chain, token, minter, rewards).await?);
    assert!(!holds(&chain, token, minter, GOVERNANCE).await?);
    assert_eq!(chain.read(rewards, &governanceCall {}).await?, GOVERNANCE);
    let table = roles::table(&chain, &book).await?;
    assert_eq!(left_with_deployer(&table, &book), []);
    let of_membership = table.iter().filter(|held| held.contract == MEMBERSHIP.name);
    let held: Vec<_> = of_membership.map(|held| (held.role.as_str(), held.holder)).collect();
    assert_eq!(held, [("administrator", GOVERNANCE), ("issuer", ORACLE)]);
    Ok(())
}

#[tokio::test]
async fn deploying_again_sends_nothing() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let first = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    let block = chain.provider().get_block_number().await?;
    let second = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    assert_eq!(second.steps, []);
    assert_eq!(second.book, first.book);
    assert_eq!(chain.provider().get_block_number().await?, block);
    Ok(())
}

#[tokio::test]
async fn replacing_deploys_anew_beside_the_old() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let first = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;
    let second = deploy(&chain, dev_account(0)?, &folder, Existing::Replace).await?.book;
    assert_ne!(first.address(&DATA_TOKEN)?, second.address(&DATA_TOKEN)?);
    Ok(())
}

#[tokio::test]
async fn an_anvil_without_flags_will_do() -> Result<()> {
    let options = NodeOptions { limits: NodeLimits::AnvilsOwn, ..NodeOptions::default() };
    let (_node, chain) = start_node(options).await?;
    let folder = tempfile::tempdir()?;
    let book = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;
    let oracle = Sender::new(&chain, dev_account(1)?);
    let call = recordContributionCall { member: ALICE, proof: keccak256("a record") };
    let receipt = oracle.call(book.address(&DATA_COOP_REWARDS)?, &call).await?;
    assert!(receipt.events().iter().any(|event| event.name == "RewardMinted"));
    Ok(())
}

#[tokio::test]
async fn a_deployment_that_was_interrupted_is_carried_on() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let whole = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;

    let mut half = whole.clone();
    half.contracts.remove(DATA_COOP_REWARDS.name);
    half.roles_given = false;
    half.write()?;
    let resumed = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    assert_eq!(resumed.book.address(&DATA_TOKEN)?, whole.address(&DATA_TOKEN)?);
    assert!(resumed.book.roles_given);
    assert!(!resumed.steps.iter().any(|step| step.name.contains("DataToken created")));
    Ok(())
}

#[tokio::test]
async fn membership_is_carried_on_from_wherever_it_was_interrupted() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let whole = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;

    let mut half = whole.clone();
    for contract in [CONSENT_REGISTRY, DATA_REGISTRY, REVENUE_DISTRIBUTOR, DATA_MARKET] {
        half.contracts.remove(contract.name);
    }
    half.roles_given = false;
    half.write()?;
    let issuer = keccak256("ISSUER_ROLE");
    let membership = whole.address(&MEMBERSHIP)?;
    let governance = Sender::new(&chain, dev_account(0)?);
    let revoke = IMembership::revokeRoleCall { role: issuer, account: ORACLE };
    governance.call(membership, &revoke).await?;

    let resumed = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    let names: Vec<_> = resumed.steps.iter().map(|step| step.name.as_str()).collect();
    let first = ["ConsentRegistry created", &format!("{ORACLE} made issuer of Membership")];
    assert_eq!(names[..2], first);
    assert_eq!(names.iter().filter(|name| name.ends_with(" created")).count(), 4, "{names:?}");
    assert_eq!(resumed.book.address(&MEMBERSHIP)?, membership);
    assert!(holds(&chain, membership, issuer, ORACLE).await?);
    let consents = resumed.book.address(&CONSENT_REGISTRY)?;
    let asked = chain.read(consents, &IConsentRegistry::membershipCall {}).await?;
    assert_eq!(asked, membership);
    Ok(())
}

#[tokio::test]
async fn the_market_starts_with_the_terms_of_its_profile() -> Result<()> {
    for terms in [AccessTerms::standard(ORACLE), AccessTerms::local(ORACLE)] {
        let with = terms.clone();
        let coop = Coop::start_with(|config| config.access.terms = with).await?;
        let (chain, book) = (&coop.chain, &coop.book);
        let market = book.address(&DATA_MARKET)?;
        let token = book.address(&DATA_TOKEN)?;
        for price in &terms.prices {
            let (data_class, unit) = (price.data_class, price.unit);
            let call = IDataMarket::priceOfCall { dataClass: data_class, unit, token };
            assert_eq!(chain.read(market, &call).await?, price.amount);
        }
        let split = chain.read(market, &IDataMarket::splitCall {}).await?;
        let found = [
            split.contributors,
            split.validators,
            split.treasury,
            split.infrastructure,
            split.burned,
        ];
        assert_eq!(found, terms.split);
        let recipients = chain.read(market, &IDataMarket::recipientsCall {}).await?;
        assert_eq!((recipients.treasury, recipients.infrastructure), (GOVERNANCE, GOVERNANCE));
        let stake = chain.read(market, &IDataMarket::requiredStakeCall {}).await?;
        assert_eq!(stake, terms.required_stake);
        assert_eq!(chain.read(market, &IDataMarket::stakeTokenCall {}).await?, token);
        check_records(chain, book, &terms).await?;
    }
    Ok(())
}

/// What the registry and the distributor start with.
async fn check_records(chain: &Chain, book: &AddressBook, terms: &AccessTerms) -> Result<()> {
    let registry = book.address(&DATA_REGISTRY)?;
    let period = chain.read(registry, &IDataRegistry::challengePeriodCall {}).await?;
    assert_eq!(period, terms.challenge_period);
    let name = keccak256(&terms.schemas[0].name);
    let schema = u32::from_be_bytes([name[0], name[1], name[2], name[3]]);
    let found = chain.read(registry, &IDataRegistry::schemaOfCall { schemaId: schema }).await?;
    assert_eq!(found.latest, 1);
    let pool = keccak256("VALIDATORS");
    let call = IRevenueDistributor::sharesOfCall { pool, account: ORACLE };
    let shares = chain.read(book.address(&REVENUE_DISTRIBUTOR)?, &call).await?;
    let waits = terms.activation_delay > 0;
    assert_eq!((shares.shares, shares.scheduled), if waits { (0, 1) } else { (1, 0) });
    Ok(())
}

#[tokio::test]
async fn an_address_book_of_another_chain_is_refused() -> Result<()> {
    let coop = Coop::start().await?;
    let options = NodeOptions { chain_id: Some(4242), ..NodeOptions::default() };
    let (_node, other) = start_node(options).await?;
    let error = AddressBook::deployed(coop.book.path(), &other).await.unwrap_err();
    assert!(matches!(error, Error::BookOfAnotherChain { .. }), "{error}");
    assert!(error.to_string().contains("4242"), "{error}");
    Ok(())
}

#[tokio::test]
async fn an_address_book_of_a_node_that_was_started_anew_is_refused() -> Result<()> {
    let coop = Coop::start().await?;
    let (_node, another) = start_node(NodeOptions::default()).await?;
    let error = AddressBook::deployed(coop.book.path(), &another).await.unwrap_err();
    // Two nodes that were started in the same second share their first block.
    let told_apart = matches!(error, Error::BookOfAnotherChain { .. } | Error::BookIsStale { .. });
    assert!(told_apart, "{error}");
    Ok(())
}

#[tokio::test]
async fn an_account_without_funds_cannot_deploy() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let pauper = PrivateKeySigner::random();
    let account = pauper.address();
    match deploy(&chain, pauper, &folder, Existing::Reuse).await.unwrap_err() {
        Error::InsufficientFunds { account: named, balance, .. } => {
            assert_eq!((named, balance), (account, U256::ZERO));
        }
        error => anyhow::bail!("another error: {error}"),
    }
    Ok(())
}
