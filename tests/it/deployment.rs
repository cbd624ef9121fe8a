//! Deploying: who has power afterwards, on which nodes it works, and when an address book is refused.

use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256, utils::parse_ether},
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use datacoop_deploy::{
    AddressBook, BookEntry, Error, Silent,
    bindings::{
        IDataCoopRewards::{governanceCall, recordContributionCall},
        IDataMarket, IDataRegistry,
        IDataToken::hasRoleCall,
        IMembership, IRevenueDistributor,
    },
    chain::{Chain, Outgoing, Sender},
    contracts::{
        DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, MEMBERSHIP, REVENUE_DISTRIBUTOR,
    },
    deploy::{AccessTerms, CoopConfig, Deployment, Existing, deploy_coop, plan},
    keys::dev_account,
    node::{NodeLimits, NodeOptions},
    roles::{self, left_with_deployer},
};
use datacoop_tests::{ALICE, Coop, GOVERNANCE, GUARDIAN, ORACLE, artifacts, start_node};

fn config() -> CoopConfig {
    CoopConfig { guardian: GUARDIAN, ..CoopConfig::of_one(GOVERNANCE, ORACLE) }
}

async fn deploy(
    chain: &Chain,
    signer: PrivateKeySigner,
    folder: &tempfile::TempDir,
    existing: Existing,
) -> Result<Deployment, Error> {
    let config = config();
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
async fn contracts_are_found_again_when_the_address_book_is_lost() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let whole = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;
    let journal = folder.path().join("book.journal.jsonl");

    std::fs::remove_file(whole.path())?;
    let found = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    assert_eq!((found.steps.len(), &found.book), (0, &whole));

    // Without the journal it is not known any more which transactions created them.
    std::fs::remove_file(whole.path())?;
    std::fs::remove_file(journal)?;
    let found = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    let addresses = |book: &AddressBook| {
        let entry = |(name, entry): (&String, &BookEntry)| (name.clone(), entry.address);
        book.contracts.iter().map(entry).collect::<Vec<_>>()
    };
    assert_eq!((found.steps.len(), addresses(&found.book)), (0, addresses(&whole)));
    Ok(())
}

#[tokio::test]
async fn addresses_follow_from_the_configuration_and_not_from_nonces() -> Result<()> {
    let mut books = Vec::new();
    for transactions in [0, 3] {
        let (_node, chain) = start_node(NodeOptions::default()).await?;
        let sender = Sender::new(&chain, dev_account(0)?);
        let call = "nothing".to_owned();
        let nothing = Outgoing { call, to: Some(ALICE), data: Bytes::new(), value: U256::ZERO };
        for _ in 0..transactions {
            sender.send(&nothing).await?;
        }
        let folder = tempfile::tempdir()?;
        let book = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;
        books.push(book.contracts.into_iter().map(|(name, entry)| (name, entry.address)));
    }
    let second = books.remove(1);
    assert!(books.remove(0).eq(second));
    Ok(())
}

#[tokio::test]
async fn only_what_is_missing_is_done() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let folder = tempfile::tempdir()?;
    let whole = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?.book;

    let mut half = whole.clone();
    half.roles_given = false;
    half.write()?;
    let (issuer, membership) = (keccak256("ISSUER_ROLE"), whole.address(&MEMBERSHIP)?);
    let governance = Sender::new(&chain, dev_account(0)?);
    let revoke = IMembership::revokeRoleCall { role: issuer, account: ORACLE };
    governance.call(membership, &revoke).await?;

    let resumed = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    let names: Vec<_> = resumed.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, [format!("{ORACLE} made issuer of Membership")]);
    assert!(holds(&chain, membership, issuer, ORACLE).await?);
    assert_eq!(resumed.book, whole);
    Ok(())
}

#[tokio::test]
async fn a_chain_without_a_deployment_proxy_gets_one() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let proxy = address!("4e59b44847b379578588920cA78FbF26c0B4956C");
    let code = chain.code(proxy).await?;
    chain.provider().anvil_set_code(proxy, Bytes::new()).await?;
    let folder = tempfile::tempdir()?;
    let (path, account) = (folder.path().join("book.json"), dev_account(0)?.address());
    let planned = plan(&chain, account, artifacts()?, &config(), &path).await?;
    let first = &planned.transactions[0];
    assert_eq!(first.title, "paying for the deployment proxy");
    assert_eq!(first.value, parse_ether("0.01")?);
    assert_eq!(planned.value, first.value);
    assert!(planned.gas.is_some(), "it is simulated as if the proxy were there");
    let deployed = deploy(&chain, dev_account(0)?, &folder, Existing::Reuse).await?;
    assert_eq!(chain.code(proxy).await?, code);
    assert!(deployed.book.roles_given);
    assert_eq!(deployed.steps.len() + 1, planned.transactions.len());
    for contract in &planned.contracts {
        assert_eq!(deployed.book.contracts[contract.name].address, contract.address);
    }
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
