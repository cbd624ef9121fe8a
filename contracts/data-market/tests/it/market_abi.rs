//! The edges of the ABI: malformed calldata, ether, the constructor, ids of interfaces and the layout.

use alloy_primitives::{Address, B256, FixedBytes, fixed_bytes};
use alloy_sol_types::{SolCall, SolValue};
use data_market::{
    IDataMarket::*, LISTER_ROLE, PAUSER_ROLE, RULING_ROLE, SERVER_ROLE, auctions::AuctionsStorage,
    licences::LicencesStorage, neighbours::NeighboursStorage, prices::PricesStorage, program,
    sales::SalesStorage, split::SplitStorage, stakes::StakesStorage, transfers::TransfersStorage,
    uri::UriStorage,
};
use datacoop_kit::{
    access_control::AccessControlStorage, pausable::PausableStorage, testing::Chain,
};

use crate::support::{
    ADMIN, BOB, CAROL, CONSENTS, DATA, DISTRIBUTOR, MALLORY, MARKET, MEMBERSHIP, Market, REGISTRY,
    buy, transfer,
};

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let market = Market::new();
    let refused = |data: &[u8]| {
        let outcome = market.chain.call(BOB, MARKET, data);
        assert_eq!(outcome, Err(Vec::new()));
    };
    let call = buy(DATA, alloy_primitives::U256::MAX).abi_encode();
    for len in 0..call.len() {
        refused(&call[..len]);
    }
    // Everything above the 160, 8 or 32 bits of an argument.
    for (index, bytes) in [(1, 12), (2, 31), (3, 28)] {
        for byte in 0..bytes {
            let mut data = call.clone();
            data[4 + 32 * index + byte] = 1;
            refused(&data);
        }
    }
    let call = transfer(BOB, CAROL, alloy_primitives::U256::ONE).abi_encode();
    for len in 0..call.len() {
        refused(&call[..len]);
    }
}

#[test]
fn no_function_takes_ether_and_every_one_is_routed() {
    let market = Market::new();
    for selector in IDataMarketCalls::SELECTORS {
        let mut data = selector.to_vec();
        data.resize(4 + 12 * 32, 0);
        let one = alloy_primitives::U256::ONE;
        let outcome = market.chain.call_with_value(MALLORY, MARKET, &data, one);
        assert_eq!(outcome, Err(Vec::new()), "{selector:02x?}");
        let outcome = market.chain.call(MALLORY, MARKET, &data);
        assert_ne!(outcome, Err(Vec::new()), "{selector:02x?}");
    }
}

#[test]
fn the_neighbours_are_contracts_and_fixed_for_ever() {
    let market = Market::new();
    assert_eq!(market.ok(MALLORY, &membershipCall {}), MEMBERSHIP);
    assert_eq!(market.ok(MALLORY, &consentRegistryCall {}), CONSENTS);
    assert_eq!(market.ok(MALLORY, &dataRegistryCall {}), REGISTRY);
    assert_eq!(market.ok(MALLORY, &distributorCall {}), DISTRIBUTOR);
    assert_eq!(market.ok(MALLORY, &dataTokenCall {}), DATA);
    assert_eq!(market.ok(MALLORY, &stakeTokenCall {}), DATA);
    let again = market.chain.deploy(MALLORY, MARKET, program, &Market::arguments());
    assert_eq!(again, Err(Vec::new()));
    for index in 1..7 {
        let mut args: [Address; 7] =
            [ADMIN, MEMBERSHIP, CONSENTS, REGISTRY, DISTRIBUTOR, DATA, DATA];
        args[index] = MALLORY;
        let at = Address::repeat_byte(u8::try_from(index).expect("few"));
        let outcome = market.chain.deploy(MALLORY, at, program, &args.abi_encode());
        let error = MarketInvalidContract { account: MALLORY };
        assert_eq!(outcome, Err(datacoop_kit::testing::error(&error)));
    }
    assert!(Chain::new().deploy(ADMIN, MARKET, program, &Market::arguments()).is_err());
}

#[test]
fn interfaces_and_roles_have_their_ids() {
    let market = Market::new();
    let supports =
        |id: [u8; 4]| market.ok(MALLORY, &supportsInterfaceCall { interfaceId: FixedBytes(id) });
    for id in [0x01ff_c9a7_u32, 0xd9b6_7a26, 0x0e89_341c, 0x7965_db0b] {
        assert!(supports(id.to_be_bytes()), "{id:08x}");
    }
    for id in [0xffff_ffff_u32, 0, 0x80ac_58cd] {
        assert!(!supports(id.to_be_bytes()), "{id:08x}");
    }
    // The ids are what the standards say: the exclusive or of the selectors.
    let xor = [
        safeTransferFromCall::SELECTOR,
        safeBatchTransferFromCall::SELECTOR,
        balanceOfCall::SELECTOR,
        balanceOfBatchCall::SELECTOR,
        setApprovalForAllCall::SELECTOR,
        isApprovedForAllCall::SELECTOR,
    ];
    let id = xor.iter().fold(0, |id, selector| id ^ u32::from_be_bytes(*selector));
    assert_eq!((id, uriCall::SELECTOR), (0xd9b6_7a26, 0x0e89_341c_u32.to_be_bytes()));
    assert_eq!(market.ok(MALLORY, &DEFAULT_ADMIN_ROLECall {}), B256::ZERO);
    assert_eq!(market.ok(MALLORY, &LISTER_ROLECall {}), LISTER_ROLE);
    assert_eq!(market.ok(MALLORY, &RULING_ROLECall {}), RULING_ROLE);
    assert_eq!(market.ok(MALLORY, &SERVER_ROLECall {}), SERVER_ROLE);
    assert_eq!(market.ok(MALLORY, &PAUSER_ROLECall {}), PAUSER_ROLE);
    let minter = fixed_bytes!("9f2df0fed2c77648de5860a4cc508cd0818c85b8b8a1ab4ceeef8d981c8956a6");
    assert_eq!(alloy_primitives::keccak256("MINTER_ROLE"), minter);
    assert!(market.ok(MALLORY, &hasRoleCall { role: B256::ZERO, account: ADMIN }));
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 11] = [
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Pausable", PausableStorage::FIELDS),
        ("Neighbours", NeighboursStorage::FIELDS),
        ("Prices", PricesStorage::FIELDS),
        ("Split", SplitStorage::FIELDS),
        ("Stakes", StakesStorage::FIELDS),
        ("Sales", SalesStorage::FIELDS),
        ("Licences", LicencesStorage::FIELDS),
        ("Transfers", TransfersStorage::FIELDS),
        ("Auctions", AuctionsStorage::FIELDS),
        ("Uri", UriStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
