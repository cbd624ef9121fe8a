//! What the dashboard says of sales and of what contributors are owed, beside what the contracts' views say.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    Silent,
    bindings::{
        IDataMarket, IDataRegistry, IDataToken, IMembership,
        IRevenueDistributor::{self, totalsOfCall},
    },
    chain::Sender,
    contracts::{DATA_MARKET, DATA_REGISTRY, REVENUE_DISTRIBUTOR},
    dashboard::Dashboard,
    data::merkle::{Tree, record_leaf, share_leaf},
    keys::dev_account,
    market::Edition,
};
use datacoop_tests::{ALICE, BOB, Coop, GUARDIAN, TOKEN};

const TERMS: B256 = B256::repeat_byte(0x7e);

/// Two records, and whose they are.
const RECORDS: [(Address, B256); 2] =
    [(ALICE, B256::repeat_byte(0xa1)), (GUARDIAN, B256::repeat_byte(0xb2))];

/// Who pays: the operator, the oracle with its offices, and a researcher, by their dev accounts.
const OPERATOR: usize = 0;
const ORACLE: usize = 1;
const RESEARCHER: usize = 4;

async fn send(coop: &Coop, from: usize, to: Address, call: &impl SolCall) -> Result<()> {
    Sender::new(&coop.chain, dev_account(from)?).call(to, call).await?;
    Ok(())
}

/// Makes the members, and the edition 1.1 of both records, which is for sale.
async fn stock(coop: &Coop, registry: Address, market: Address) -> Result<()> {
    for (account, roles) in [(ALICE, 1), (GUARDIAN, 1), (BOB, 1 << 4)] {
        let call =
            IMembership::issueCall { account, credential: keccak256(account), actorRoles: roles };
        send(coop, ORACLE, coop.membership.address, &call).await?;
    }
    let [first, second, third, last, ..] = keccak256("hl7.fhir.r4").0;
    for (owner, record) in RECORDS {
        let call = IDataRegistry::registerForCall {
            owner,
            recordId: record,
            pointer: Bytes::from_static(b"ipfs://somewhere"),
            dataClass: 0,
            schemaId: u32::from_be_bytes([first, second, third, last]),
            schemaVersion: 1,
        };
        send(coop, ORACLE, registry, &call).await?;
    }
    let name = "everything".to_owned();
    let call = IDataRegistry::createDatasetCall { dataClass: 0, purposes: 5, name };
    send(coop, ORACLE, registry, &call).await?;
    let root = |leaves: Vec<B256>| Tree::of(leaves).map(|tree| tree.root()).context("no leaves");
    let call = IDataRegistry::publishCall {
        datasetId: U256::ONE,
        recordsRoot: root(RECORDS.map(|(_, record)| record_leaf(record)).to_vec())?,
        sharesRoot: root(RECORDS.map(|(owner, _)| share_leaf(owner, U256::ONE)).to_vec())?,
        records: 2,
        contributors: 2,
        totalShares: U256::from(2),
        manifestHash: TERMS,
        manifestUri: String::new(),
    };
    send(coop, ORACLE, registry, &call).await?;
    let call = IDataMarket::listCall {
        edition: Edition::new(1, 1).0,
        token: coop.data.address,
        unit: 0,
        purposes: 5,
        maxPeriods: 12,
        termsHash: TERMS,
    };
    send(coop, ORACLE, market, &call).await
}

#[tokio::test]
async fn sales_and_what_is_owed_are_what_the_contracts_say() -> Result<()> {
    let coop = Coop::start_with(|config| {
        let terms = &mut config.access.terms;
        (terms.challenge_period, terms.min_cohort, terms.required_stake) = (0, 2, U256::ZERO);
    })
    .await?;
    let [registry, market, revenue] = [
        coop.book.address(&DATA_REGISTRY)?,
        coop.book.address(&DATA_MARKET)?,
        coop.book.address(&REVENUE_DISTRIBUTOR)?,
    ];
    let mut dashboard = Dashboard::open(&coop.chain, coop.book.path()).await?;
    let none = dashboard.refresh(&Silent).await?;
    assert!(none.governance.is_none() && none.treasury.is_none() && none.revenue.is_empty());
    assert_eq!(none.market.context("there is a market")?.licences, 0);

    stock(&coop, registry, market).await?;
    let token = coop.data.address;
    let call = IDataToken::transferCall { to: BOB, value: U256::from(10_000) * TOKEN };
    send(&coop, OPERATOR, token, &call).await?;
    let call = IDataToken::approveCall { spender: market, value: U256::MAX };
    send(&coop, RESEARCHER, token, &call).await?;
    let edition = Edition::new(1, 1).0;
    let price = IDataMarket::priceOfCall { dataClass: 0, unit: 0, token };
    let price = coop.chain.read(market, &price).await?;
    for _ in 0..2 {
        let call = IDataMarket::buyCall {
            edition,
            token,
            purpose: 0,
            periods: 1,
            maxPrice: price,
            termsHash: TERMS,
            publicKey: TERMS,
        };
        send(&coop, RESEARCHER, market, &call).await?;
    }
    let now = coop.chain.next_time().await?;
    let call = IDataMarket::startAuctionCall {
        edition,
        token,
        purpose: 2,
        periods: 1,
        exclusive: false,
        reserve: TOKEN,
        incrementBps: 500,
        start: now + 60,
        end: now + 7_260,
        termsHash: TERMS,
    };
    send(&coop, ORACLE, market, &call).await?;
    let call = IRevenueDistributor::claimCall {
        edition,
        token,
        account: ALICE,
        shares: U256::ONE,
        proof: vec![share_leaf(GUARDIAN, U256::ONE)],
    };
    send(&coop, OPERATOR, revenue, &call).await?;

    let seen = dashboard.refresh(&Silent).await?;
    let sales = seen.market.context("there is a market")?;
    assert_eq!((sales.licences, sales.renewals), (2, 0));
    assert_eq!((sales.live_editions, sales.coming_editions), (1, 0));
    assert_eq!(sales.auctions.iter().map(|auction| auction.id).collect::<Vec<_>>(), [U256::ONE]);
    let income: Vec<_> =
        sales.income.iter().map(|one| (one.token.symbol.as_str(), one.amount)).collect();
    assert_eq!(income, [("DATA", price * U256::from(2))]);
    let totals = coop.chain.read(revenue, &totalsOfCall { token }).await?;
    let [owed] = seen.revenue.as_slice() else { panic!("one token, not {:?}", seen.revenue) };
    assert_eq!((owed.deposited, owed.paid), (totals.deposited, totals.paid));
    assert!(!owed.paid.is_zero() && !owed.owed().is_zero());
    let held = coop.balance(revenue).await?;
    assert_eq!(owed.owed(), held);
    assert_eq!((seen.people.records, seen.people.members), (2, 3));

    let call = IDataMarket::cancelAuctionCall { auctionId: U256::ONE };
    send(&coop, ORACLE, market, &call).await?;
    let after = dashboard.refresh(&Silent).await?.market.context("there is a market")?;
    assert!(after.auctions.is_empty());
    Ok(())
}
