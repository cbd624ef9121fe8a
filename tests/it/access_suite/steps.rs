//! Decides what happens in a run: anybody tries anything, allowed or not, and the model takes note
//! of what was.

use alloy::primitives::{Address, B256, U256, keccak256};
use consent_registry::IConsentRegistry;
use data_market::IDataMarket;
use data_registry::IDataRegistry;
use datacoop_tests::Random;
use membership::IMembership;
use rand::Rng;
use revenue_distributor::IRevenueDistributor;

use super::{
    model::{Consent, Edition, Grantee, Licence, Record},
    world::{
        ADMIN, CONSENTS, DATASETS, MARKET, MEMBERSHIP, PATIENT, REGISTRY, REVENUE, TOKENS,
        VALIDATOR, World, patient, researcher, schema_id,
    },
};

/// Seconds of an hour and of a day.
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

const TERMS: B256 = B256::repeat_byte(0x7e);
const KEY: B256 = B256::repeat_byte(0x4b);

/// What somebody tries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Grant,
    Revoke,
    Leave,
    Join,
    Register,
    Erase,
    Publish,
    Void,
    Wait,
    Stake,
    Unstake,
    Slash,
    Bar,
    List,
    Buy,
    Renew,
    Transfer,
    Use,
    Auction,
    Bid,
    Settle,
    Withdraw,
    Claim,
    ClaimShared,
    Log,
}

/// A random step: those that others need come more often.
pub(super) fn random(rng: &mut Random) -> Step {
    use Step::{
        Auction, Bar, Bid, Buy, Claim, ClaimShared, Erase, Grant, Join, Leave, List, Log, Publish,
        Register, Renew, Revoke, Settle, Slash, Stake, Transfer, Unstake, Use, Void, Wait,
        Withdraw,
    };
    const STEPS: [Step; 47] = [
        Grant,
        Grant,
        Grant,
        Grant,
        Grant,
        Revoke,
        Leave,
        Join,
        Join,
        Register,
        Register,
        Register,
        Register,
        Erase,
        Publish,
        Publish,
        Publish,
        Void,
        Wait,
        Wait,
        Wait,
        Stake,
        Stake,
        Stake,
        Unstake,
        Slash,
        Bar,
        List,
        List,
        List,
        List,
        Buy,
        Buy,
        Buy,
        Buy,
        Buy,
        Renew,
        Transfer,
        Use,
        Auction,
        Bid,
        Bid,
        Settle,
        Withdraw,
        Claim,
        ClaimShared,
        Log,
    ];
    STEPS[rng.random_range(0..STEPS.len())]
}

/// Takes a step, and returns whether it was allowed.
pub(super) fn take(world: &mut World, rng: &mut Random, step: Step) -> bool {
    match step {
        Step::Grant => grant(world, rng),
        Step::Revoke => revoke(world, rng),
        Step::Leave => leave(world, rng),
        Step::Join => world.join(patient(rng.random_range(0..7)), PATIENT),
        Step::Register => register(world, rng),
        Step::Erase => erase(world, rng),
        Step::Publish => publish(world, rng),
        Step::Void => void(world, rng),
        Step::Wait => wait(world, rng),
        Step::Stake | Step::Unstake | Step::Slash => stake(world, rng, step),
        Step::Bar => bar(world, rng),
        Step::List => list(world, rng),
        Step::Buy => buy(world, rng),
        Step::Renew => renew(world, rng),
        Step::Transfer | Step::Use => pass_on(world, rng, step),
        Step::Auction => auction(world, rng),
        Step::Bid | Step::Settle => bid(world, rng, step),
        Step::Withdraw => {
            let call = IDataMarket::withdrawCall { token: token(rng) };
            world.did(someone(rng), MARKET, &call)
        }
        Step::Claim => claim(world, rng),
        Step::ClaimShared => {
            let (pool, account) = (keccak256("VALIDATORS"), VALIDATOR);
            let call = IRevenueDistributor::claimSharedCall { pool, token: token(rng), account };
            world.did(someone(rng), REVENUE, &call)
        }
        Step::Log => log(world, rng),
    }
}

fn someone(rng: &mut Random) -> Address {
    researcher(rng.random_range(0..3))
}

fn token(rng: &mut Random) -> Address {
    TOKENS[rng.random_range(0..TOKENS.len())]
}

fn pick<T: Clone>(rng: &mut Random, list: &[T]) -> Option<T> {
    (!list.is_empty()).then(|| list[rng.random_range(0..list.len())].clone())
}

fn grant(world: &mut World, rng: &mut Random) -> bool {
    let subject = patient(rng.random_range(0..7));
    let grantee = match rng.random_range(0..3) {
        0 => Grantee::One(someone(rng)),
        1 => Grantee::Role(rng.random_range(3..6)),
        _ => Grantee::Anyone,
    };
    let (granteeKind, account, actorRole) = match grantee {
        Grantee::One(account) => (0, account, 0),
        Grantee::Role(role) => (1, Address::ZERO, role),
        Grantee::Anyone => (2, Address::ZERO, 0),
    };
    let (dataClasses, purposes) = (rng.random_range(1..16), rng.random_range(1..32));
    let at = world.time();
    let expiry = at + rng.random_range(1..90 * DAY);
    let call = IConsentRegistry::grantCall {
        dataClasses,
        purposes,
        granteeKind,
        account,
        actorRole,
        expiry,
        terms: TERMS,
    };
    let Ok(id) = world.send(subject, CONSENTS, &call) else { return false };
    let consent = Consent { id, subject, classes: dataClasses, purposes, grantee, expiry, at };
    world.model.consents.push(consent);
    true
}

fn revoke(world: &mut World, rng: &mut Random) -> bool {
    let Some(Consent { id, subject, .. }) = pick(rng, &world.model.consents) else { return false };
    let revoked = world.did(subject, CONSENTS, &IConsentRegistry::revokeCall { consentId: id });
    if revoked {
        world.model.consents.retain(|consent| consent.id != id);
    }
    revoked
}

fn leave(world: &mut World, rng: &mut Random) -> bool {
    let account = patient(rng.random_range(0..7));
    let left = world.did(account, MEMBERSHIP, &IMembership::leaveCall {});
    if left {
        world.model.members.remove(&account);
    }
    left
}

fn register(world: &mut World, rng: &mut Random) -> bool {
    let owner = patient(rng.random_range(0..7));
    let class = rng.random_range(0..2);
    world.model.ids += 1;
    let id = keccak256(world.model.ids.to_be_bytes());
    let call = IDataRegistry::registerForCall {
        owner,
        recordId: id,
        pointer: b"ipfs://record".as_slice().into(),
        dataClass: class,
        schemaId: schema_id(),
        schemaVersion: 1,
    };
    let registered = world.did(ADMIN, REGISTRY, &call);
    if registered {
        world.model.records.push(Record { id, owner, class, erased: false });
    }
    registered
}

fn erase(world: &mut World, rng: &mut Random) -> bool {
    let Some(Record { id, owner, .. }) = pick(rng, &world.model.records) else { return false };
    let erased = world.did(owner, REGISTRY, &IDataRegistry::eraseCall { recordId: id });
    if erased {
        let of_id = |record: &&mut Record| record.id == id;
        world.model.records.iter_mut().filter(of_id).for_each(|record| record.erased = true);
    }
    erased
}

/// Publishes any records, whether they are of the dataset's class, consented to, or erased: what can
/// be read must not depend on an honest curator.
fn publish(world: &mut World, rng: &mut Random) -> bool {
    let number = rng.random_range(0..DATASETS.len());
    let (_, purposes) = DATASETS[number];
    let some: Vec<Record> =
        world.model.records.iter().filter(|_| rng.random_bool(0.6)).copied().collect();
    if some.is_empty() {
        return false;
    }
    let live_from = world.time() + HOUR;
    let draft = Edition::new(U256::ZERO, purposes, &some, live_from);
    let call = IDataRegistry::publishCall {
        datasetId: U256::from(number + 1),
        recordsRoot: draft.tree.root(),
        sharesRoot: draft.shares_tree.root(),
        records: draft.records.len() as u64,
        contributors: draft.shares.len() as u64,
        totalShares: U256::from(draft.records.len()),
        manifestHash: TERMS,
        manifestUri: String::new(),
    };
    let Ok(id) = world.send(ADMIN, REGISTRY, &call) else { return false };
    world.model.editions.push(Edition { id, ..draft });
    true
}

/// The guardian voids the last edition, if there is time.
fn void(world: &mut World, rng: &mut Random) -> bool {
    let Some(edition) = world.model.editions.last().filter(|_| rng.random_bool(0.3)) else {
        return false;
    };
    let call = IDataRegistry::voidByDecisionCall { edition: edition.id, reason: TERMS };
    let voided = world.did(ADMIN, REGISTRY, &call);
    if let Some(edition) = world.model.editions.last_mut().filter(|_| voided) {
        edition.voided = true;
    }
    voided
}

fn wait(world: &World, rng: &mut Random) -> bool {
    let longest = [2 * HOUR, 3 * DAY, 20 * DAY][rng.random_range(0..3)];
    world.set_time(world.time() + rng.random_range(1..longest));
    true
}

fn stake(world: &mut World, rng: &mut Random, step: Step) -> bool {
    let (account, amount) = (someone(rng), rng.random_range(1..2_500_u64));
    let value = U256::from(amount);
    let did = match step {
        Step::Stake => world.did(account, MARKET, &IDataMarket::stakeCall { amount: value }),
        Step::Unstake if rng.random() => {
            world.did(account, MARKET, &IDataMarket::requestUnstakeCall { amount: value })
        }
        Step::Unstake => world.did(account, MARKET, &IDataMarket::unstakeCall {}),
        _ => {
            let call = IDataMarket::slashCall { account, amount: value, rulingHash: TERMS };
            world.did(ADMIN, MARKET, &call)
        }
    };
    // What vets is asked of the contract here: the arithmetic of stakes has tests of its own.
    let stake = world.ask(MARKET, &IDataMarket::stakeOfCall { account });
    let vets = (stake.staked - stake.unstaking).saturating_to();
    world.model.stakes.insert(account, vets);
    did
}

fn bar(world: &mut World, rng: &mut Random) -> bool {
    let (account, rulingHash) = (someone(rng), TERMS);
    if world.model.barred.contains(&account) {
        let did = world.did(ADMIN, MARKET, &IDataMarket::unbarCall { account, rulingHash });
        return did && world.model.barred.remove(&account);
    }
    let did =
        rng.random() && world.did(ADMIN, MARKET, &IDataMarket::barCall { account, rulingHash });
    did && world.model.barred.insert(account)
}

fn list(world: &World, rng: &mut Random) -> bool {
    let Some(Edition { id, purposes, .. }) = pick(rng, &world.model.editions) else { return false };
    let call = IDataMarket::listCall {
        edition: id,
        token: token(rng),
        unit: rng.random_range(0..2),
        purposes,
        maxPeriods: 6,
        termsHash: TERMS,
    };
    world.did(ADMIN, MARKET, &call)
}

/// A purpose that the edition is for, mostly.
fn purpose(rng: &mut Random) -> u8 {
    [0, 0, 2, 2, 1, 5][rng.random_range(0..6)]
}

fn buy(world: &mut World, rng: &mut Random) -> bool {
    let Some(Edition { id: edition, .. }) = pick(rng, &world.model.editions) else { return false };
    let (holder, purpose, periods) = (someone(rng), purpose(rng), rng.random_range(1..4));
    let call = IDataMarket::buyCall {
        edition,
        token: token(rng),
        purpose,
        periods,
        maxPrice: U256::from(1_u64 << 40),
        termsHash: TERMS,
        publicKey: KEY,
    };
    let Ok(id) = world.send(holder, MARKET, &call) else { return false };
    let end = world.time() + u64::from(periods) * 30 * DAY;
    own(world, Licence { id, holder, edition, purpose, end, used: true });
    true
}

/// Takes note of a licence that its holder uses, in place of another.
fn own(world: &mut World, licence: Licence) {
    let Licence { id, holder, edition, purpose, .. } = licence;
    for other in &mut world.model.licences {
        if (other.holder, other.edition, other.purpose) == (holder, edition, purpose) {
            other.used = false;
        }
    }
    world.model.licences.retain(|other| other.id != id);
    world.model.licences.push(licence);
}

fn renew(world: &mut World, rng: &mut Random) -> bool {
    let Some(licence) = pick(rng, &world.model.licences) else { return false };
    let call = IDataMarket::renewCall {
        licenceId: licence.id,
        token: token(rng),
        periods: 1,
        maxPrice: U256::from(1_u64 << 40),
        termsHash: TERMS,
    };
    let Ok(_) = world.send(licence.holder, MARKET, &call) else { return false };
    let now = world.time();
    for other in world.model.licences.iter_mut().filter(|other| other.id == licence.id) {
        other.end = licence.end.max(now) + 30 * DAY;
    }
    true
}

/// Hands a licence to another researcher, or uses one.
fn pass_on(world: &mut World, rng: &mut Random, step: Step) -> bool {
    let Some(licence) = pick(rng, &world.model.licences) else { return false };
    let Licence { id, holder, .. } = licence;
    if matches!(step, Step::Use) {
        let call = IDataMarket::useLicenceCall { licenceId: id, publicKey: KEY };
        let used = world.did(holder, MARKET, &call);
        if used {
            own(world, Licence { used: true, ..licence });
        }
        return used;
    }
    let to = someone(rng);
    let (value, data) = (U256::ONE, Vec::new().into());
    let call = IDataMarket::safeTransferFromCall { from: holder, to, id, value, data };
    let moved = world.did(holder, MARKET, &call);
    // Who sends a licence to itself keeps using it.
    if moved && to != holder {
        for other in world.model.licences.iter_mut().filter(|other| other.id == id) {
            *other = Licence { holder: to, used: false, ..*other };
        }
    }
    moved
}

fn auction(world: &World, rng: &mut Random) -> bool {
    let Some(Edition { id: edition, .. }) = pick(rng, &world.model.editions) else { return false };
    let call = IDataMarket::startAuctionCall {
        edition,
        token: token(rng),
        purpose: purpose(rng),
        periods: 1,
        exclusive: rng.random_bool(0.2),
        reserve: U256::from(1_000),
        incrementBps: 500,
        start: 0,
        end: world.time() + 2 * DAY,
        termsHash: TERMS,
    };
    world.did(ADMIN, MARKET, &call)
}

fn bid(world: &mut World, rng: &mut Random, step: Step) -> bool {
    let count: u64 = world.ask(MARKET, &IDataMarket::auctionCountCall {}).saturating_to();
    if count == 0 {
        return false;
    }
    // Mostly the last one.
    let back = if rng.random_bool(0.7) { 0 } else { rng.random_range(0..count) };
    let auctionId = U256::from(count - back);
    if matches!(step, Step::Bid) {
        let leading = world.ask(MARKET, &IDataMarket::leadingBidCall { auctionId });
        let amount = leading.minimumNext + U256::from(rng.random_range(0..2_000_u64));
        let call = IDataMarket::bidCall { auctionId, amount, termsHash: TERMS, publicKey: KEY };
        return world.did(someone(rng), MARKET, &call);
    }
    let Ok(id) = world.send(someone(rng), MARKET, &IDataMarket::settleCall { auctionId }) else {
        return false;
    };
    if !id.is_zero() {
        let granted = world.ask(MARKET, &IDataMarket::licenceCall { licenceId: id });
        let IDataMarket::licenceReturn { holder, edition, purpose, end, .. } = granted;
        own(world, Licence { id, holder, edition, purpose, end, used: true });
    }
    true
}

/// Claims, and then once more: the second time there is nothing.
fn claim(world: &World, rng: &mut Random) -> bool {
    let Some(edition) = pick(rng, &world.model.editions) else { return false };
    let index = rng.random_range(0..edition.shares.len());
    let (account, shares) = edition.shares[index];
    let call = IRevenueDistributor::claimCall {
        edition: edition.id,
        token: token(rng),
        account,
        shares: U256::from(shares),
        proof: edition.shares_tree.proof(index),
    };
    let more = IRevenueDistributor::claimCall { shares: U256::from(shares + 1), ..call.clone() };
    assert!(!world.did(account, REVENUE, &more), "a claim of more than the share");
    let claimed = world.did(account, REVENUE, &call);
    assert!(!claimed || !world.did(account, REVENUE, &call), "a claim paid twice");
    claimed
}

/// The access server logs a read exactly when it is allowed.
fn log(world: &World, rng: &mut Random) -> bool {
    let (Some(licence), Some(edition)) =
        (pick(rng, &world.model.licences), pick(rng, &world.model.editions))
    else {
        return false;
    };
    let index = rng.random_range(0..edition.records.len());
    let (recordId, proof) = (edition.records[index], edition.tree.proof(index));
    let record = world.model.records.iter().find(|record| record.id == recordId);
    let allowed = record.is_some_and(|record| {
        let Licence { holder, purpose, used, end, .. } = licence;
        let now = world.time();
        licence.edition == edition.id
            && used
            && end > now
            && world.model.can_read(holder, &edition, purpose, record, now)
    });
    let call = IDataMarket::logAccessCall { licenceId: licence.id, recordId, proof };
    assert_eq!(world.did(ADMIN, MARKET, &call), allowed, "logged or not");
    allowed
}
