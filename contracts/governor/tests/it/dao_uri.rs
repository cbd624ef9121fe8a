//! Where the cooperative describes itself (ERC-4824).

use alloy_primitives::{FixedBytes, U256};
use alloy_sol_types::SolCall;
use governor::IGovernor::{
    DAOURIUpdate, GovernorDAOURITooLong, daoURICall, setDaoURICall, supportsInterfaceCall,
};

use crate::support::{GOVERNOR, Stage, arguments, log};

fn update(uri: &str) -> DAOURIUpdate {
    DAOURIUpdate { daoAddress: GOVERNOR, daoURI: uri.to_owned() }
}

#[test]
fn the_uri_is_that_of_the_constructor() {
    let stage = Stage::before();
    let mut arguments = arguments();
    arguments.9 = "ipfs://dao".to_owned();
    stage.deploy(arguments).expect("it is constructed");
    assert_eq!(stage.chain.take_logs().last(), Some(&log(&update("ipfs://dao"))));
    assert_eq!(stage.ask(&daoURICall {}), "ipfs://dao");
}

#[test]
fn there_is_none_at_first_when_the_constructor_has_none() {
    let stage = Stage::new();
    assert_eq!(stage.ask(&daoURICall {}), "");
}

#[test]
fn governance_sets_it_and_takes_it_away() {
    let stage = Stage::new();
    for length in [1, 31, 32, 33, 255, 256, 40, 0] {
        let new = "u".repeat(length);
        stage.governs(&setDaoURICall { newURI: new.clone() }, &update(&new));
        assert_eq!(stage.ask(&daoURICall {}), new);
    }
}

#[test]
fn it_has_at_most_256_bytes() {
    let stage = Stage::new();
    let error = GovernorDAOURITooLong { length: U256::from(257), maximum: U256::from(256) };
    stage.govern_fails(&setDaoURICall { newURI: "u".repeat(257) }, &error);
    assert_eq!(stage.ask(&daoURICall {}), "");
    let stage = Stage::before();
    let mut arguments = arguments();
    arguments.9 = "u".repeat(257);
    assert_eq!(stage.deploy(arguments), Err(alloy_sol_types::SolError::abi_encode(&error)));
}

#[test]
fn the_interface_is_told_by_its_id() {
    let stage = Stage::new();
    let interfaceId = FixedBytes(daoURICall::SELECTOR);
    assert!(stage.ask(&supportsInterfaceCall { interfaceId }));
}
