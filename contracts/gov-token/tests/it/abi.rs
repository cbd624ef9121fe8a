//! The edges of the ABI: malformed calldata, ether, and the interface against the components.

use alloy_primitives::{B256, U256, hex, keccak256};
use alloy_sol_types::{SolCall, SolEvent};
use datacoop_kit::{
    access_control::{self, AccessControlStorage, IAccessControlErrors, IAccessControlEvents},
    checkpoints::ICheckpointsErrors,
    ecdsa::IEcdsaErrors,
    erc20::{self, Erc20Storage, IErc20Errors, IErc20Events},
    nonces::{INoncesErrors, NoncesStorage},
    permit::IPermitErrors,
    testing,
    votes::{self, IVotesErrors, IVotesEvents, VotesStorage},
};
use gov_token::{
    IGovToken::{
        self, IGovTokenErrors, IGovTokenEvents, checkpointsCall, delegateCall, getPastVotesCall,
        nameCall, symbolCall, transferCall,
    },
    MINTER_ROLE, SupplyCapStorage,
    genesis::GenesisStorage,
    policy::PolicyStorage,
};

use crate::support::{MALLORY, TOKEN, Token, alice, gov};

/// Sends raw calldata, which is refused without a word.
#[track_caller]
fn refused(token: &Token, calldata: &[u8]) {
    assert_eq!(token.chain.call(alice().address(), TOKEN, calldata), Err(Vec::new()));
}

#[test]
fn metadata_is_as_documented() {
    let token = Token::new();
    assert_eq!(token.ok(MALLORY, &nameCall {}), "Datacoop Governance");
    assert_eq!(token.ok(MALLORY, &symbolCall {}), "GOV");
    assert_eq!(token.ok(MALLORY, &IGovToken::decimalsCall {}), 18);
    assert_eq!(token.ok(MALLORY, &IGovToken::MINTER_ROLECall {}), keccak256("MINTER_ROLE"));
    assert_eq!(MINTER_ROLE, keccak256("MINTER_ROLE"));
    assert_eq!(token.ok(MALLORY, &IGovToken::DEFAULT_ADMIN_ROLECall {}), B256::ZERO);
}

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let token = Token::new();
    refused(&token, &[]);
    refused(&token, &hex!("12345678"));
    let calls = [
        transferCall { to: MALLORY, value: gov(1) }.abi_encode(),
        delegateCall { delegatee: MALLORY }.abi_encode(),
        getPastVotesCall { account: MALLORY, timepoint: U256::ZERO }.abi_encode(),
        checkpointsCall { account: MALLORY, pos: 0 }.abi_encode(),
    ];
    for call in calls {
        for len in 1..call.len() {
            refused(&token, &call[..len]);
        }
        for dirty in 4..16 {
            let mut calldata = call.clone();
            calldata[dirty] = 1;
            refused(&token, &calldata);
        }
    }
    // Above the 32 bits of a place.
    let mut calldata = checkpointsCall { account: MALLORY, pos: 0 }.abi_encode();
    calldata[4 + 32 + 27] = 1;
    refused(&token, &calldata);
}

#[test]
fn no_function_takes_ether() {
    let token = Token::new();
    token.chain.give(MALLORY, U256::from(9));
    for calldata in
        [nameCall {}.abi_encode(), delegateCall { delegatee: MALLORY }.abi_encode(), Vec::new()]
    {
        let outcome = token.chain.call_with_value(MALLORY, TOKEN, &calldata, U256::ONE);
        assert_eq!(outcome, Err(Vec::new()));
    }
}

#[test]
fn errors_and_events_of_the_components_are_in_the_interface() {
    let errors = [
        IErc20Errors::SELECTORS,
        IAccessControlErrors::SELECTORS,
        ICheckpointsErrors::SELECTORS,
        IEcdsaErrors::SELECTORS,
        INoncesErrors::SELECTORS,
        IPermitErrors::SELECTORS,
        IVotesErrors::SELECTORS,
    ];
    for selector in errors.concat() {
        assert!(IGovTokenErrors::SELECTORS.contains(&selector), "{selector:02x?}");
    }
    let events =
        [IErc20Events::SELECTORS, IAccessControlEvents::SELECTORS, IVotesEvents::SELECTORS];
    for selector in events.concat() {
        assert!(IGovTokenEvents::SELECTORS.contains(&selector), "{selector:02x?}");
    }
}

/// Compiles only when two events have the same topics, indexed arguments included.
const fn same_topics<E: SolEvent, F: SolEvent<TopicList = E::TopicList>>() {}

#[test]
fn events_of_the_components_index_what_the_interface_indexes() {
    same_topics::<erc20::Transfer, IGovToken::Transfer>();
    same_topics::<erc20::Approval, IGovToken::Approval>();
    same_topics::<access_control::RoleGranted, IGovToken::RoleGranted>();
    same_topics::<access_control::RoleRevoked, IGovToken::RoleRevoked>();
    same_topics::<votes::DelegateChanged, IGovToken::DelegateChanged>();
    same_topics::<votes::DelegateVotesChanged, IGovToken::DelegateVotesChanged>();
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 7] = [
        ("Erc20", Erc20Storage::FIELDS),
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Nonces", NoncesStorage::FIELDS),
        ("Votes", VotesStorage::FIELDS),
        ("SupplyCap", SupplyCapStorage::FIELDS),
        ("Genesis", GenesisStorage::FIELDS),
        ("Policy", PolicyStorage::FIELDS),
    ];
    let layout = testing::describe_layout(&components);
    testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
