//! Reading: only with a live licence in use, of a record of a live edition, by its owner's live
//! consent; and what is logged of it.

use alloy_primitives::{B256, U256};
use consent_registry::IConsentRegistry;
use data_market::IDataMarket::*;
use membership::IMembership;

use crate::{
    stand_ins::proof,
    support::{
        ACADEMIC, ALICE, BOB, CAROL, CONSENTS, EDITION, KEY, MALLORY, MEMBERSHIP, Market, PERIOD,
        RECORD, RULER, RULING, SERVER, transfer,
    },
};
use datacoop_kit::testing::START;

fn log(licenceId: U256) -> logAccessCall {
    logAccessCall { licenceId, recordId: RECORD, proof: proof(EDITION, RECORD) }
}

#[test]
fn a_record_is_readable_while_everything_holds_and_its_use_is_logged() {
    let market = Market::new();
    assert!(!market.can_read(BOB));
    let licence = market.bought();
    assert!(!market.can_read(BOB), "without a consent");
    market.consent(BOB);
    assert!(market.can_read(BOB) && !market.can_read(CAROL));
    market.ok(SERVER, &log(licence));
    let logged = AccessLogged {
        licenceId: licence,
        recordId: RECORD,
        owner: ALICE,
        holder: BOB,
        purpose: ACADEMIC,
        at: START,
    };
    market.logged(&[logged]);
}

#[test]
fn a_revocation_bites_at_once() {
    let market = Market::new();
    let licence = market.bought();
    market.consent(BOB);
    assert!(market.can_read(BOB));
    let call = IConsentRegistry::revokeCall { consentId: U256::ONE };
    market.send(ALICE, CONSENTS, &call);
    assert!(!market.can_read(BOB) && market.has_access(BOB));
    let error = MarketUnreadable { licenceId: licence, recordId: RECORD };
    market.fails(SERVER, &log(licence), &error);
}

#[test]
fn nothing_is_logged_without_a_consent_or_of_another_record() {
    let market = Market::new();
    let licence = market.bought();
    let error = MarketUnreadable { licenceId: licence, recordId: RECORD };
    market.fails(SERVER, &log(licence), &error);
    market.consent(BOB);
    for proof in [vec![], vec![RECORD], proof(EDITION, B256::ZERO)] {
        let call = logAccessCall { proof, ..log(licence) };
        market.fails(SERVER, &call, &error);
    }
    let recordId = B256::repeat_byte(2);
    let call = logAccessCall { recordId, proof: proof(EDITION, recordId), licenceId: licence };
    market.fails(SERVER, &call, &MarketUnreadable { licenceId: licence, recordId });
    // Of another class than the consent is for, not attested, or erased.
    for (class, status) in [(1, 2), (0, 0), (0, 1), (0, 3)] {
        market.set_record(RECORD, ALICE, class, status);
        market.fails(SERVER, &log(licence), &error);
    }
    market.set_record(RECORD, MALLORY, 0, 2);
    market.fails(SERVER, &log(licence), &error);
    market.set_record(RECORD, ALICE, 0, 2);
    for (status, live_from) in [(2, START), (1, START + 1)] {
        market.set_edition(status, live_from);
        assert!(market.has_access(BOB) && !market.can_read(BOB));
        market.fails(SERVER, &log(licence), &error);
    }
    market.set_edition(1, START);
    market.ok(SERVER, &log(licence));
}

#[test]
fn nothing_is_logged_or_released_without_access() {
    let market = Market::new();
    market.consent(BOB);
    let release = |licenceId| releaseKeyCall { licenceId, encryptedKey: vec![7; 48].into() };
    for id in [U256::ZERO, U256::ONE, U256::MAX] {
        let error = MarketNoAccess { licenceId: id, holder: alloy_primitives::Address::ZERO };
        market.fails(SERVER, &log(id), &error);
        market.fails(SERVER, &release(id), &error);
    }
    let (first, second) = (market.bought(), market.bought());
    // One that is not in use gives no access.
    let refused = |market: &Market, id, holder| {
        let error = MarketNoAccess { licenceId: id, holder };
        market.fails(SERVER, &log(id), &error);
        market.fails(SERVER, &release(id), &error);
    };
    refused(&market, first, BOB);
    market.ok(SERVER, &log(second));
    market.ok(RULER, &barCall { account: BOB, rulingHash: RULING });
    refused(&market, second, BOB);
    market.ok(RULER, &unbarCall { account: BOB, rulingHash: RULING });
    market.ok(BOB, &transfer(BOB, CAROL, second));
    refused(&market, second, CAROL);
    market.wait(PERIOD);
    refused(&market, second, CAROL);
    refused(&market, first, BOB);
}

#[test]
fn a_researcher_who_leaves_reads_no_more() {
    let market = Market::new();
    market.bought();
    market.consent(BOB);
    assert!(market.can_read(BOB));
    market.send(BOB, MEMBERSHIP, &IMembership::leaveCall {});
    assert!(!market.has_access(BOB) && !market.can_read(BOB));
}

#[test]
fn a_key_is_released_to_the_licences_public_key() {
    let market = Market::new();
    let licenceId = market.bought();
    for len in [0_usize, 1_025] {
        let call = releaseKeyCall { licenceId, encryptedKey: vec![1; len].into() };
        let [length, minimum, maximum] = [len as u64, 1, 1_024].map(U256::from);
        market.fails(SERVER, &call, &MarketInvalidKeyLength { length, minimum, maximum });
    }
    for len in [1, 31, 32, 33, 1_024] {
        let encryptedKey: alloy_primitives::Bytes = vec![9; len].into();
        market.ok(SERVER, &releaseKeyCall { licenceId, encryptedKey: encryptedKey.clone() });
        let released = KeyReleased { licenceId, holder: BOB, publicKey: KEY, encryptedKey };
        market.logged(&[released]);
    }
}
