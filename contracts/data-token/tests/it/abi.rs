//! The edges of the ABI: malformed calldata, ether, and the interface against the components.

use alloy_primitives::{Address, B256, U256, hex};
use alloy_sol_types::{SolCall, SolEvent};
use data_token::{
    IDataToken::{
        self, IDataTokenCalls, IDataTokenErrors, IDataTokenEvents, approveCall, balanceOfCall,
        nameCall, permitCall, supportsInterfaceCall, transferCall,
    },
    emission::EmissionStorage,
};
use datacoop_kit::{
    access_control::{self, AccessControlStorage, IAccessControlErrors, IAccessControlEvents},
    ecdsa::IEcdsaErrors,
    erc20::{self, Erc20Storage, IErc20Errors, IErc20Events},
    nonces::NoncesStorage,
    pausable::{self, IPausableErrors, IPausableEvents, PausableStorage},
    permit::IPermitErrors,
};

use crate::support::{MALLORY, TOKEN, Token, alice, data};

/// Sends raw calldata, which is refused without a word.
#[track_caller]
fn refused(token: &Token, calldata: &[u8]) {
    assert_eq!(token.chain.call(alice().address(), TOKEN, calldata), Err(Vec::new()));
}

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let token = Token::new();
    let transfer = transferCall { to: MALLORY, value: data(1) }.abi_encode();
    refused(&token, &[]);
    refused(&token, &transfer[..3]);
    refused(&token, &hex!("12345678"));
    for len in 4..transfer.len() {
        refused(&token, &transfer[..len]);
    }
    for dirty in 4..16 {
        let mut calldata = transfer.clone();
        calldata[dirty] = 1;
        refused(&token, &calldata);
    }
    let id = supportsInterfaceCall { interfaceId: [1; 4].into() }.abi_encode();
    for dirty in 8..36 {
        let mut calldata = id.clone();
        calldata[dirty] = 1;
        refused(&token, &calldata);
    }
    let permit = permitCall {
        owner: Address::ZERO,
        spender: Address::ZERO,
        value: U256::ZERO,
        deadline: U256::ZERO,
        v: 0,
        r: B256::ZERO,
        s: B256::ZERO,
    };
    for dirty in 4 + 4 * 32..4 + 5 * 32 - 1 {
        let mut calldata = permit.abi_encode();
        calldata[dirty] = 1;
        refused(&token, &calldata);
    }
}

#[test]
fn bytes_after_the_arguments_are_ignored() {
    let token = Token::new();
    let mut calldata = balanceOfCall { account: alice().address() }.abi_encode();
    calldata.extend([0xff; 33]);
    let output = token.chain.call(MALLORY, TOKEN, &calldata).expect("it is read");
    assert_eq!(U256::from_be_slice(&output), data(1_000));
}

#[test]
fn no_function_takes_ether() {
    let token = Token::new();
    let calls = [
        nameCall {}.abi_encode(),
        approveCall { spender: MALLORY, value: data(1) }.abi_encode(),
        Vec::new(),
    ];
    for calldata in calls {
        let outcome = token.chain.call_with_value(MALLORY, TOKEN, &calldata, U256::ONE);
        assert_eq!(outcome, Err(Vec::new()));
    }
}

#[test]
fn every_function_is_routed() {
    // The compiler holds this too; here it is seen to run: no selector falls through to the refusal
    // without a word that an unknown one gets, given enough clean zeros.
    let token = Token::new();
    for selector in IDataTokenCalls::SELECTORS {
        let mut calldata = selector.to_vec();
        calldata.resize(4 + 7 * 32, 0);
        assert_ne!(token.chain.call(MALLORY, TOKEN, &calldata), Err(Vec::new()), "{selector:02x?}");
    }
}

#[test]
fn errors_and_events_of_the_components_are_in_the_interface() {
    let errors = [
        IErc20Errors::SELECTORS,
        IAccessControlErrors::SELECTORS,
        IEcdsaErrors::SELECTORS,
        IPausableErrors::SELECTORS,
        IPermitErrors::SELECTORS,
    ];
    for selector in errors.concat() {
        assert!(IDataTokenErrors::SELECTORS.contains(&selector), "{selector:02x?}");
    }
    let events =
        [IErc20Events::SELECTORS, IAccessControlEvents::SELECTORS, IPausableEvents::SELECTORS];
    for selector in events.concat() {
        assert!(IDataTokenEvents::SELECTORS.contains(&selector), "{selector:02x?}");
    }
}

/// Compiles only when two events have the same topics, indexed arguments included.
const fn same_topics<E: SolEvent, F: SolEvent<TopicList = E::TopicList>>() {}

#[test]
fn events_of_the_components_index_what_the_interface_indexes() {
    same_topics::<erc20::Transfer, IDataToken::Transfer>();
    same_topics::<erc20::Approval, IDataToken::Approval>();
    same_topics::<access_control::RoleGranted, IDataToken::RoleGranted>();
    same_topics::<access_control::RoleRevoked, IDataToken::RoleRevoked>();
    same_topics::<pausable::Paused, IDataToken::Paused>();
    same_topics::<pausable::Unpaused, IDataToken::Unpaused>();
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 5] = [
        ("Erc20", Erc20Storage::FIELDS),
        ("Pausable", PausableStorage::FIELDS),
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Nonces", NoncesStorage::FIELDS),
        ("Emission", EmissionStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
