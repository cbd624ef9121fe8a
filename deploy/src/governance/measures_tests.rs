//! Decides that what is said about access to data is read as it is written, and encoded as the
//! contracts take it.

use alloy::primitives::{Bytes, address};

use super::{
    super::{decode, describe, read_action},
    *,
};

const ALICE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
const USDC: Address = address!("A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");
const HASH: B256 = B256::repeat_byte(0x7e);

fn vocabulary() -> Vocabulary {
    let address = |place: Place| Address::with_last_byte(0x10 + place as u8);
    let mut vocabulary = Vocabulary::new(Place::ALL.map(|place| (place, address(place))));
    vocabulary.define(USDC, 6);
    vocabulary
}

#[track_caller]
fn check(text: &str, place: Place, call: &impl SolCall) {
    let vocabulary = vocabulary();
    let target = vocabulary.address(place).unwrap();
    let action = Action { target, value: U256::ZERO, calldata: call.abi_encode().into() };
    let sentences = read_action(text, &vocabulary).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(sentences.len(), 1, "{text}");
    assert_eq!(sentences[0].encode(&vocabulary), Ok(action.clone()), "{text}");
    assert_eq!(describe(&action, &vocabulary), text);
    // What carries more than the call is not said in these words.
    let longer = Bytes::from([&action.calldata[..], &[0]].concat());
    let longer = Action { calldata: longer, ..action };
    assert!(describe(&longer, &vocabulary).starts_with("raw "), "{text}");
}

#[test]
fn prices_in_other_tokens_are_in_their_decimals() {
    let amount = U256::from(12_500_000);
    let call = setPriceCall { dataClass: 3, unit: 1, token: USDC, amount };
    check(&format!("price imaging by record at 12.5 {USDC}"), Place::Market, &call);
    // Without its decimals a token's price is the call that it is.
    let vocabulary = Vocabulary::new(vocabulary().places());
    let target = vocabulary.address(Place::Market).unwrap();
    let action = Action { target, value: U256::ZERO, calldata: call.abi_encode().into() };
    assert!(describe(&action, &vocabulary).starts_with("call market setPrice("));
    assert_eq!(Measure::token_of(&action), Some(USDC));
}

#[test]
fn a_price_in_data_is_a_parameter() {
    let vocabulary = vocabulary();
    let text = "price genomic by edition at 500 DATA";
    let action = read_action(text, &vocabulary).unwrap()[0].encode(&vocabulary).unwrap();
    let words = "set market.price.genomic.edition to 500 DATA";
    assert_eq!(describe(&action, &vocabulary), words);
    assert_eq!(read_action(words, &vocabulary).unwrap()[0].encode(&vocabulary), Ok(action));
}

#[test]
fn tokens_are_taken_and_refused() {
    let taken = |allowed| setTokenAllowedCall { token: USDC, allowed };
    check(&format!("accept {USDC} in market"), Place::Market, &taken(true));
    check(&format!("refuse {USDC} in market"), Place::Market, &taken(false));
    let token = vocabulary().address(Place::Data).unwrap();
    check("accept DATA in distributor", Place::Distributor, &listPoolTokenCall { token });
}

#[test]
fn schemas_go_live_by_name_and_hash() {
    let call = |uri: &str| publishSchemaCall {
        name: "hl7.fhir.r4".to_owned(),
        hash: HASH,
        uri: uri.to_owned(),
    };
    check(&format!("publish hl7.fhir.r4 {HASH}"), Place::Registry, &call(""));
    let uri = "https://hl7.org/fhir/R4?a=b,c";
    check(&format!("publish hl7.fhir.r4 {HASH} at {uri}"), Place::Registry, &call(uri));
    // A text that would be read as several words is the argument of a call.
    for name in ["two words", "", "(r4)"] {
        let call = publishSchemaCall { name: name.to_owned(), ..call("") };
        let target = vocabulary().address(Place::Registry).unwrap();
        let action = Action { target, value: U256::ZERO, calldata: call.abi_encode().into() };
        assert!(describe(&action, &vocabulary()).starts_with("call registry publishSchema("));
    }
}

#[test]
fn shares_of_pools_are_given() {
    let pool = keccak256("VALIDATORS");
    let call = setSharesCall { pool, account: ALICE, shares: 5 };
    check(&format!("give 5 shares of validators to {ALICE}"), Place::Distributor, &call);
    let call = setSharesCall { pool: HASH, account: ALICE, shares: 5 };
    let target = vocabulary().address(Place::Distributor).unwrap();
    let action = Action { target, value: U256::ZERO, calldata: call.abi_encode().into() };
    assert!(describe(&action, &vocabulary()).starts_with("call distributor setShares("));
}

#[test]
fn rulings_slash_bar_and_let_in_again() {
    let (account, ruling) = (ALICE, HASH);
    let amount = U256::from(100) * U256::from(10).pow(U256::from(18));
    let call = slashCall { account, amount, rulingHash: ruling };
    check(&format!("slash {ALICE} by 100 DATA under {HASH}"), Place::Market, &call);
    let call = barCall { account, rulingHash: ruling };
    check(&format!("bar {ALICE} under {HASH}"), Place::Market, &call);
    let call = unbarCall { account, rulingHash: ruling };
    check(&format!("unbar {ALICE} under {HASH}"), Place::Market, &call);
}

#[test]
fn a_call_of_another_contract_is_none_of_these() {
    let call = barCall { account: ALICE, rulingHash: HASH };
    let action = Action { target: ALICE, value: U256::ZERO, calldata: call.abi_encode().into() };
    assert_eq!(Measure::decode(&action, &vocabulary()), None);
    assert!(matches!(decode(&action, &vocabulary()), super::super::Sentence::Call { .. }));
}

#[test]
fn wrong_words_are_refused_with_their_form() {
    let hash = HASH.to_string();
    for (text, expected) in [
        ("price genomic at 5 DATA", PRICE),
        ("price genetic by edition at 5 DATA", "one of `genomic`, `clinical`"),
        ("price genomic by page at 5 DATA", "one of `edition`, `record`"),
        ("price genomic by edition at 5 ETH", PRICE),
        ("price genomic by edition at much DATA", "no amount of DATA"),
        ("accept USDC in market", "there is no token `USDC`"),
        ("accept ETH in market", ACCEPT),
        ("accept DATA in registry", ACCEPT),
        ("refuse DATA in distributor", ACCEPT),
        ("publish r4", PUBLISH),
        ("publish r4 0x12", "a hash"),
        ("give five shares of validators to nobody", "a whole number"),
        ("give 5 shares of coffee to nobody", "one of `validators`"),
        ("give 18446744073709551616 shares of validators to nobody", "more than"),
        ("slash nobody by 100 DATA", SLASH),
        ("slash nobody by 100 GOV under HASH", "an amount: `12.5 DATA`"),
        ("bar nobody", BAR),
        ("bar bob under HASH", "`bob` is no account"),
        ("unbar nobody under 0x12", "a hash"),
    ] {
        let text = text.replace("HASH", &hash);
        let error = read_action(&text, &vocabulary()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn every_verb_begins_a_sentence() {
    for verb in VERBS {
        let error = read_action(verb, &vocabulary()).unwrap_err();
        assert!(matches!(error, WordsError::Form { .. }), "{verb}: {error}");
        let all = read_action("nothing", &vocabulary()).unwrap_err().to_string();
        assert!(all.contains(verb), "{verb}: {all}");
    }
}
