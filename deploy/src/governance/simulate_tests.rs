//! Decides that what a simulation shows is what the states and the events say.

use alloy::{
    primitives::{B256, LogData, U256},
    rpc::types::trace::geth::AccountState,
    sol_types::SolEvent,
};

use super::*;

fn state(balance: Option<u64>, storage: &[(u8, u8)]) -> AccountState {
    AccountState {
        balance: balance.map(U256::from),
        storage: storage
            .iter()
            .map(|(slot, word)| (B256::with_last_byte(*slot), B256::with_last_byte(*word)))
            .collect(),
        ..AccountState::default()
    }
}

fn account(byte: u8) -> Address {
    Address::repeat_byte(byte)
}

#[test]
fn a_slot_that_is_missing_on_one_side_is_zero_there() {
    let difference = DiffMode {
        pre: BTreeMap::from([(account(1), state(None, &[(1, 5), (2, 6)]))]),
        post: BTreeMap::from([
            (account(1), state(None, &[(1, 7), (3, 8)])),
            (account(2), state(Some(1), &[])),
        ]),
    };
    let word = B256::with_last_byte;
    let slots =
        vec![(word(1), word(5), word(7)), (word(2), word(6), word(0)), (word(3), word(0), word(8))];
    assert_eq!(contracts(&difference), [ContractChange { contract: account(1), slots }]);
}

#[test]
fn ether_and_tokens_are_received_and_spent_and_fees_are_not_shown() {
    let difference = DiffMode {
        pre: BTreeMap::from([(VOTER, state(Some(100), &[])), (account(1), state(Some(50), &[]))]),
        post: BTreeMap::from([
            (VOTER, state(Some(90), &[])),
            (Address::ZERO, state(Some(10), &[])),
            (account(1), state(Some(20), &[])),
            (account(2), state(Some(30), &[])),
        ]),
    };
    let transfer = |from, to, value: u64| {
        let event = Transfer { from, to, value: U256::from(value) };
        let inner = alloy::primitives::Log { address: account(9), data: event.encode_log_data() };
        Log { inner, ..Log::default() }
    };
    let other = LogData::new_unchecked(vec![B256::ZERO], Bytes::new());
    let other = alloy::primitives::Log { address: account(9), data: other };
    let logs = [
        transfer(account(1), account(2), 4),
        transfer(account(2), account(1), 1),
        transfer(Address::ZERO, account(3), 2),
        Log { inner: other, ..Log::default() },
    ];
    let row = |token, holder, received: u64, spent: u64| BalanceChange {
        account: holder,
        token,
        received: U256::from(received),
        spent: U256::from(spent),
    };
    assert_eq!(
        balances(&difference, &logs),
        [
            row(Address::ZERO, account(1), 0, 30),
            row(Address::ZERO, account(2), 30, 0),
            row(account(9), account(1), 1, 4),
            row(account(9), account(2), 4, 1),
            row(account(9), account(3), 2, 0),
        ]
    );
}

#[test]
fn the_stand_in_jumps_where_its_destinations_are() {
    let is_destination = |at: usize| STAND_IN[at] == 0x5b;
    assert!(is_destination(0x3b) && is_destination(0x47));
    assert_eq!(STAND_IN.len(), 0x47 + 8);
}
