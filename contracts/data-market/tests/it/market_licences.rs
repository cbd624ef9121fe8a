//! Licences as ERC-1155 tokens: who holds, moves and uses them.

use alloy_primitives::{B256, U256};
use alloy_sol_types::SolCall;
use data_market::IDataMarket::*;

use crate::{
    stand_ins::{ANSWERS_WRONGLY, ITaker, REVERTS, TAKES, relay},
    support::{
        ACADEMIC, ALICE, BOB, CAROL, DATA, EDITION, KEY, MALLORY, MARKET, Market, PERIOD, PRICE,
        RULER, RULING, TAKER, buy, transfer,
    },
};

const OTHER_KEY: B256 = B256::repeat_byte(0x55);

#[test]
fn a_licence_moves_and_is_used_by_its_receiver_alone() {
    let market = Market::new();
    let id = market.bought();
    let _ = market.chain.take_logs();
    market.ok(BOB, &transfer(BOB, CAROL, id));
    let moved = TransferSingle { operator: BOB, from: BOB, to: CAROL, id, value: U256::ONE };
    market.logged(&[moved]);
    let balance = |account| market.ok(MALLORY, &balanceOfCall { account, id });
    assert_eq!((balance(BOB), balance(CAROL)), (U256::ZERO, U256::ONE));
    // Neither has access: the one no more, the other not yet.
    assert!(!market.has_access(BOB) && !market.has_access(CAROL));
    assert_eq!(market.ok(MALLORY, &licenceCall { licenceId: id }).publicKey, B256::ZERO);
    let call = useLicenceCall { licenceId: id, publicKey: OTHER_KEY };
    let error = MarketNotHolder { licenceId: id, account: BOB };
    market.fails(BOB, &call, &error);
    let empty = useLicenceCall { licenceId: id, publicKey: B256::ZERO };
    market.fails(CAROL, &empty, &MarketMissingPublicKey {});
    market.ok(CAROL, &call);
    let used = LicenceUsed {
        licenceId: id,
        holder: CAROL,
        oldLicenceId: U256::ZERO,
        oldPublicKey: B256::ZERO,
        newPublicKey: OTHER_KEY,
    };
    market.logged(&[used]);
    assert!(!market.has_access(BOB) && market.has_access(CAROL));
}

#[test]
fn a_licence_that_comes_back_is_to_be_used_anew() {
    let market = Market::new();
    let id = market.bought();
    market.ok(BOB, &transfer(BOB, CAROL, id));
    market.ok(CAROL, &transfer(CAROL, BOB, id));
    assert!(!market.has_access(BOB));
    market.ok(BOB, &useLicenceCall { licenceId: id, publicKey: KEY });
    assert!(market.has_access(BOB));
    // Sending it to oneself changes nothing.
    market.ok(BOB, &transfer(BOB, BOB, id));
    assert!(market.has_access(BOB));
}

#[test]
fn access_follows_the_licence_in_use() {
    let market = Market::new();
    let (first, second) = (market.bought(), market.bought());
    let in_use = licenceInUseCall { holder: BOB, edition: EDITION, purpose: ACADEMIC };
    assert_eq!(market.ok(MALLORY, &in_use), second);
    market.ok(BOB, &useLicenceCall { licenceId: first, publicKey: KEY });
    assert_eq!(market.ok(MALLORY, &in_use), first);
    // Giving away the one that is not used leaves him the other.
    market.ok(BOB, &transfer(BOB, CAROL, second));
    assert!(market.has_access(BOB));
    market.ok(BOB, &transfer(BOB, CAROL, first));
    assert!(!market.has_access(BOB));
    assert_eq!(market.ok(MALLORY, &in_use), U256::ZERO);
}

#[test]
fn a_licence_that_is_over_gives_nothing() {
    let market = Market::new();
    let id = market.bought();
    market.wait(PERIOD - 1);
    assert!(market.has_access(BOB));
    market.wait(1);
    assert!(!market.has_access(BOB));
    let end = market.chain.time();
    let error = MarketLicenceNotLive { licenceId: id, end };
    market.fails(BOB, &useLicenceCall { licenceId: id, publicKey: KEY }, &error);
}

#[test]
fn licences_go_to_the_vetted_alone() {
    let market = Market::new();
    let id = market.bought();
    for to in [ALICE, MALLORY, MARKET] {
        market.fails(BOB, &transfer(BOB, to, id), &MarketNotVetted { account: to });
    }
    let receiver = alloy_primitives::Address::ZERO;
    market.fails(BOB, &transfer(BOB, receiver, id), &ERC1155InvalidReceiver { receiver });
    market.ok(RULER, &barCall { account: CAROL, rulingHash: RULING });
    market.fails(BOB, &transfer(BOB, CAROL, id), &MarketNotVetted { account: CAROL });
    // A barred one may still give away what it holds.
    market.ok(RULER, &unbarCall { account: CAROL, rulingHash: RULING });
    market.ok(RULER, &barCall { account: BOB, rulingHash: RULING });
    market.ok(BOB, &transfer(BOB, CAROL, id));
}

#[test]
fn operators_move_what_they_were_let_to() {
    let market = Market::new();
    let id = market.bought();
    let error = ERC1155MissingApprovalForAll { operator: CAROL, owner: BOB };
    market.fails(CAROL, &transfer(BOB, CAROL, id), &error);
    let operator = alloy_primitives::Address::ZERO;
    let call = setApprovalForAllCall { operator, approved: true };
    market.fails(BOB, &call, &ERC1155InvalidOperator { operator });
    market.ok(BOB, &setApprovalForAllCall { operator: CAROL, approved: true });
    let approval = ApprovalForAll { account: BOB, operator: CAROL, approved: true };
    market.logged(&[approval]);
    assert!(market.ok(MALLORY, &isApprovedForAllCall { account: BOB, operator: CAROL }));
    market.ok(CAROL, &transfer(BOB, CAROL, id));
    market.ok(BOB, &setApprovalForAllCall { operator: CAROL, approved: false });
    let (sender, needed) = (BOB, U256::ONE);
    let error = ERC1155InsufficientBalance { sender, balance: U256::ZERO, needed, tokenId: id };
    market.fails(BOB, &transfer(BOB, CAROL, id), &error);
}

#[test]
fn amounts_beyond_one_are_refused_and_none_moves_nothing() {
    let market = Market::new();
    let id = market.bought();
    for needed in [U256::from(2), U256::MAX] {
        let call = safeTransferFromCall { value: needed, ..transfer(BOB, CAROL, id) };
        let error =
            ERC1155InsufficientBalance { sender: BOB, balance: U256::ONE, needed, tokenId: id };
        market.fails(BOB, &call, &error);
    }
    let call = safeTransferFromCall { value: U256::ZERO, ..transfer(BOB, CAROL, id) };
    market.ok(BOB, &call);
    assert!(market.has_access(BOB));
    // One that never was is nobody's.
    let tokenId = U256::from(9);
    let (sender, needed) = (BOB, U256::ONE);
    let error = ERC1155InsufficientBalance { sender, balance: U256::ZERO, needed, tokenId };
    market.fails(BOB, &transfer(BOB, CAROL, tokenId), &error);
}

#[test]
fn several_licences_move_at_once_or_not_at_all() {
    let market = Market::new();
    let ids = vec![market.bought(), market.bought()];
    let accounts = vec![BOB, CAROL];
    let one = U256::ONE;
    let call = safeBatchTransferFromCall {
        from: BOB,
        to: CAROL,
        ids: ids.clone(),
        values: vec![one, one],
        data: Default::default(),
    };
    let wrong = safeBatchTransferFromCall { values: vec![one], ..call.clone() };
    let (idsLength, valuesLength) = (U256::from(2), one);
    market.fails(BOB, &wrong, &ERC1155InvalidArrayLength { idsLength, valuesLength });
    // The same one twice: the second time it is gone.
    let twice = safeBatchTransferFromCall { ids: vec![one, one], ..call.clone() };
    let error =
        ERC1155InsufficientBalance { sender: BOB, balance: U256::ZERO, needed: one, tokenId: one };
    market.fails(BOB, &twice, &error);
    assert!(market.has_access(BOB));
    market.ok(BOB, &call);
    let moved = TransferBatch {
        operator: BOB,
        from: BOB,
        to: CAROL,
        ids: ids.clone(),
        values: vec![one, one],
    };
    market.logged(&[moved]);
    let balances = market.ok(MALLORY, &balanceOfBatchCall { accounts, ids: ids.clone() });
    assert_eq!(balances, [U256::ZERO, U256::ONE]);
    let call = balanceOfBatchCall { accounts: vec![BOB], ids };
    let error = ERC1155InvalidArrayLength { idsLength, valuesLength };
    market.fails(MALLORY, &call, &error);
}

#[test]
fn contracts_are_asked_whether_they_take_a_licence() {
    let market = Market::new();
    let ids = vec![market.bought(), market.bought()];
    let batch = safeBatchTransferFromCall {
        from: BOB,
        to: TAKER,
        ids: ids.clone(),
        values: vec![U256::ONE; 2],
        data: Default::default(),
    };
    market.send(BOB, TAKER, &ITaker::setModeCall { mode: ANSWERS_WRONGLY });
    let error = ERC1155InvalidReceiver { receiver: TAKER };
    market.fails(BOB, &transfer(BOB, TAKER, ids[0]), &error);
    market.fails(BOB, &batch, &error);
    market.send(BOB, TAKER, &ITaker::setModeCall { mode: REVERTS });
    for data in [transfer(BOB, TAKER, ids[0]).abi_encode(), batch.abi_encode()] {
        let outcome = market.chain.call(BOB, MARKET, &data);
        assert_eq!(outcome, Err(b"no licences here".to_vec()));
    }
    // It buys, and is asked too.
    let outcome = market.chain.send(BOB, TAKER, &relay(MARKET, &buy(DATA, PRICE)));
    assert_eq!(outcome.map(|_| ()), Err(b"no licences here".to_vec()));
    market.send(BOB, TAKER, &ITaker::setModeCall { mode: TAKES });
    market.send(BOB, TAKER, &relay(MARKET, &buy(DATA, PRICE)));
    assert!(market.has_access(TAKER));
    market.ok(BOB, &batch);
    let balances = balanceOfBatchCall { accounts: vec![TAKER; 2], ids };
    assert_eq!(market.ok(MALLORY, &balances), [U256::ONE; 2]);
}
