//! Decides in which words actions of access tell their calls, and the state that they begin in: an
//! edition of a member's records and those of fifty others is for sale.

#![allow(non_snake_case, reason = "the fields of calls are named as in Solidity")]

use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256},
    signers::{Error as SignerError, SignerSync},
    sol_types::SolCall,
};
use datacoop_deploy::{
    bindings::{
        IConsentRegistry, IDataMarket, IDataRegistry, IDataToken, IMembership, IRevenueDistributor,
    },
    data::{
        edition_number,
        merkle::{Tree, record_leaf, share_leaf},
        schema_id,
    },
    members::{ActorRoles, InvitationTerms},
};

use crate::story::{ADMIN, ALICE, CAROL, Call, Cast, DATA, DAY_SECS, START_SECS, Target};

/// Buys and bids: dev account 6.
pub(crate) const RESEARCHER: Address = address!("976EA74026E726554dB657fA54763abd0C3a0aa9");
/// Buys and bids after: dev account 7.
pub(crate) const RIVAL: Address = address!("14dC79964da2C08b23698B3D3cc7Ca32193d9955");

/// How many contributors there are beside Alice: as many as are paid at once.
const OTHERS: u64 = 50;

/// The actor roles of patients and of researchers, as masks.
const PATIENT: u8 = 1;
const IS_RESEARCHER: u8 = 1 << 4;

/// The data class of all records: clinical.
const CLASS: u8 = 1;

/// The purpose of consents and licences, by number and as a mask: academic research.
const PURPOSE: (u8, u8) = (0, 1);

/// The schema of the records.
const SCHEMA: &str = "bench";

/// The price of the edition, and the least bid.
fn price() -> U256 {
    U256::from(100) * DATA
}

/// What the market requires of researchers at first.
fn stake() -> U256 {
    U256::from(1_000) * DATA
}

/// The edition that is for sale: the first version of the first dataset.
fn edition() -> U256 {
    edition_number(1, 1)
}

fn terms() -> B256 {
    keccak256("the terms")
}

/// Alice, and the others.
fn contributors() -> impl Iterator<Item = Address> {
    let other = |number: u64| Address::from_word(keccak256(format!("contributor {number}")));
    std::iter::once(ALICE).chain((1..=OTHERS).map(other))
}

/// The tree of the shares: one of each contributor.
fn shares() -> Option<Tree> {
    Tree::of(contributors().map(|account| share_leaf(account, U256::ONE)).collect())
}

fn share_proof(account: Address) -> Vec<B256> {
    shares().and_then(|tree| tree.proof(share_leaf(account, U256::ONE))).unwrap_or_default()
}

/// What is done before every story: offices, people, a schema, an edition that is listed, and two
/// vetted researchers with DATA.
pub(crate) fn setup(cast: &Cast) -> Vec<Call> {
    let mut calls = offices();
    calls.extend([(ALICE, PATIENT), (RESEARCHER, IS_RESEARCHER), (RIVAL, IS_RESEARCHER)].map(
        |(account, actor_roles)| {
            let credential = keccak256(account);
            let call = IMembership::issueCall { account, credential, actorRoles: actor_roles };
            Call::new(ADMIN, Target::Membership, &call)
        },
    ));
    calls.extend(shop(cast));
    for account in [RESEARCHER, RIVAL] {
        let spender = cast.place(Target::Market);
        let value = U256::from(10_000) * DATA;
        calls.push(Call::data(ADMIN, &IDataToken::transferCall { to: account, value }));
        calls.push(Call::data(account, &IDataToken::approveCall { spender, value }));
        let stake = IDataMarket::stakeCall { amount: stake() };
        calls.push(Call::new(account, Target::Market, &stake));
    }
    calls
}

/// Who may do what.
fn offices() -> Vec<Call> {
    let offices = [
        (Target::Membership, "ISSUER_ROLE", ADMIN),
        (Target::Membership, "ISSUER_ROLE", ALICE),
        (Target::Registry, "ATTESTOR_ROLE", ADMIN),
        (Target::Registry, "CURATOR_ROLE", ADMIN),
        (Target::Registry, "SCHEMA_ROLE", ADMIN),
        (Target::Revenue, "SHARES_ROLE", ADMIN),
        (Target::Market, "LISTER_ROLE", ADMIN),
    ];
    let grant = |(target, role, account)| {
        let role = keccak256(role);
        Call::new(ADMIN, target, &IMembership::grantRoleCall { role, account })
    };
    offices.map(grant).to_vec()
}

/// The edition, who shares in what it earns, and its offer.
fn shop(cast: &Cast) -> Vec<Call> {
    let token = cast.place(Target::Data);
    let mut calls = published();
    let pool = keccak256("VALIDATORS");
    let delay = IRevenueDistributor::setActivationDelayCall { delay: 0 };
    let validator = IRevenueDistributor::setSharesCall { pool, account: ADMIN, shares: 1 };
    calls.extend([
        Call::new(ADMIN, Target::Revenue, &IRevenueDistributor::listPoolTokenCall { token }),
        Call::new(ADMIN, Target::Revenue, &delay),
        Call::new(ADMIN, Target::Revenue, &validator),
    ]);
    let (treasury, infrastructure) = (cast.place(Target::Treasury), cast.place(Target::Timelock));
    let price = IDataMarket::setPriceCall { dataClass: CLASS, unit: 0, token, amount: price() };
    let offer = IDataMarket::listCall {
        edition: edition(),
        token,
        unit: 0,
        purposes: PURPOSE.1,
        maxPeriods: 1,
        termsHash: terms(),
    };
    let recipients = IDataMarket::setRecipientsCall { treasury, infrastructure };
    calls.extend([
        market(ADMIN, &IDataMarket::setTokenAllowedCall { token, allowed: true }),
        market(ADMIN, &price),
        market(ADMIN, &recipients),
        market(ADMIN, &offer),
    ]);
    calls
}

/// A schema, and an edition of one record of each contributor.
fn published() -> Vec<Call> {
    let registry = |call: Vec<u8>| Call::raw(ADMIN, Target::Registry, call.into());
    let (name, hash, uri) = (SCHEMA.to_owned(), keccak256("the schema"), String::new());
    let schema = IDataRegistry::publishSchemaCall { name, hash, uri };
    let period = IDataRegistry::setChallengePeriodCall { newPeriod: 0 };
    let name = "bench".to_owned();
    let dataset = IDataRegistry::createDatasetCall { dataClass: CLASS, purposes: PURPOSE.1, name };
    let records = contributors().map(|account| record_leaf(keccak256(account))).collect();
    let root = |tree: Option<Tree>| tree.map(|tree| tree.root()).unwrap_or_default();
    let edition = IDataRegistry::publishCall {
        datasetId: U256::ONE,
        recordsRoot: root(Tree::of(records)),
        sharesRoot: root(shares()),
        records: OTHERS + 1,
        contributors: OTHERS + 1,
        totalShares: U256::from(OTHERS + 1),
        manifestHash: keccak256("the manifest"),
        manifestUri: String::new(),
    };
    [schema.abi_encode(), period.abi_encode(), dataset.abi_encode(), edition.abi_encode()]
        .map(registry)
        .to_vec()
}

fn market(from: Address, call: &impl SolCall) -> Call {
    Call::new(from, Target::Market, call)
}

/// Carol joins, by Alice's invitation.
pub(crate) fn join(cast: &Cast) -> Result<Call, SignerError> {
    let credential = keccak256("carol");
    let deadline = START_SECS + 365 * DAY_SECS;
    let terms = InvitationTerms {
        account: CAROL,
        credential,
        roles: ActorRoles(PATIENT),
        nonce: U256::ZERO,
        deadline,
    };
    let digest = terms.digest(cast.chain_id, cast.place(Target::Membership));
    let signature = cast.signers[0].sign_hash_sync(&digest)?;
    let call = IMembership::joinCall {
        issuer: ALICE,
        credential,
        actorRoles: PATIENT,
        deadline: U256::from(deadline),
        signature: signature.as_bytes().into(),
    };
    Ok(Call { recoveries: 1, ..Call::new(CAROL, Target::Membership, &call) })
}

/// Alice lets everybody vetted use her clinical data for research, for a year.
pub(crate) fn grant() -> Call {
    let call = IConsentRegistry::grantCall {
        dataClasses: 1 << CLASS,
        purposes: PURPOSE.1,
        granteeKind: 2,
        account: Address::ZERO,
        actorRole: 0,
        expiry: START_SECS + 365 * DAY_SECS,
        terms: terms(),
    };
    Call::new(ALICE, Target::Consents, &call)
}

/// Alice takes her first consent back.
pub(crate) fn revoke() -> Call {
    Call::new(ALICE, Target::Consents, &IConsentRegistry::revokeCall { consentId: U256::ONE })
}

/// Alice registers a record.
pub(crate) fn register() -> Call {
    let recordId = keccak256("a record");
    let call = IDataRegistry::registerCall {
        recordId,
        pointer: [&b"ipfs://"[..], &recordId[..]].concat().into(),
        dataClass: CLASS,
        schemaId: schema_id(SCHEMA),
        schemaVersion: 1,
    };
    Call::new(ALICE, Target::Registry, &call)
}

/// The attestor registers and attests many records of Alice.
pub(crate) fn register_many(count: u64) -> Call {
    let entry = |number: u64| {
        let recordId = keccak256(format!("record {number}"));
        IDataRegistry::Entry { owner: ALICE, recordId, locator: recordId }
    };
    let call = IDataRegistry::registerManyCall {
        dataClass: CLASS,
        schemaId: schema_id(SCHEMA),
        schemaVersion: 1,
        base: Bytes::from_static(b"ipfs://"),
        entries: (1..=count).map(entry).collect(),
    };
    Call::new(ADMIN, Target::Registry, &call)
}

/// A researcher buys a licence.
pub(crate) fn buy(cast: &Cast, buyer: Address) -> Call {
    let call = IDataMarket::buyCall {
        edition: edition(),
        token: cast.place(Target::Data),
        purpose: PURPOSE.0,
        periods: 1,
        maxPrice: price(),
        termsHash: terms(),
        publicKey: keccak256(buyer),
    };
    market(buyer, &call)
}

/// An auction of one licence, of some days.
pub(crate) fn auction(cast: &Cast) -> Call {
    let call = IDataMarket::startAuctionCall {
        edition: edition(),
        token: cast.place(Target::Data),
        purpose: PURPOSE.0,
        periods: 1,
        exclusive: false,
        reserve: price(),
        incrementBps: 500,
        start: 0,
        end: START_SECS + 5 * DAY_SECS,
        termsHash: terms(),
    };
    market(ADMIN, &call)
}

/// A researcher bids some times the least bid.
pub(crate) fn bid(bidder: Address, times: u64) -> Call {
    let call = IDataMarket::bidCall {
        auctionId: U256::ONE,
        amount: price() * U256::from(times),
        termsHash: terms(),
        publicKey: keccak256(bidder),
    };
    market(bidder, &call)
}

/// Alice claims her part of what the edition has earned.
pub(crate) fn claim(cast: &Cast) -> Call {
    let call = IRevenueDistributor::claimCall {
        edition: edition(),
        token: cast.place(Target::Data),
        account: ALICE,
        shares: U256::ONE,
        proof: share_proof(ALICE),
    };
    Call::new(ALICE, Target::Revenue, &call)
}

/// Everybody else gets theirs, in one transaction.
pub(crate) fn claim_for_others(cast: &Cast) -> Call {
    let proofs: Vec<_> = contributors().skip(1).map(share_proof).collect();
    let length = |proof: &Vec<B256>| u8::try_from(proof.len()).unwrap_or(u8::MAX);
    let entry = |account: Address| U256::from_be_slice(account.as_slice()) << 96 | U256::ONE;
    let call = IRevenueDistributor::claimForCall {
        edition: edition(),
        token: cast.place(Target::Data),
        entries: contributors().skip(1).map(entry).collect(),
        lengths: proofs.iter().map(length).collect::<Vec<_>>().into(),
        siblings: proofs.concat(),
    };
    Call::new(ADMIN, Target::Revenue, &call)
}
