//! The edges of the ABI: malformed calldata, ether, the constructor, the roles and the layout.

use alloy_primitives::{Address, FixedBytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use datacoop_kit::{
    access_control::{AccessControlStorage, DEFAULT_ADMIN_ROLE},
    testing::Chain,
};
use revenue_distributor::{
    IRevenueDistributor::{
        IRevenueDistributorCalls, RevenueInvalidRegistry, SHARES_ROLECall, claimForCall,
        dataRegistryCall, hasRoleCall, setSharesCall, supportsInterfaceCall,
    },
    SHARES_ROLE, SettingsStorage,
    pools::PoolsStorage,
    pots::PotsStorage,
    program,
    totals::TotalsStorage,
};

use crate::support::{
    ADMIN, ALICE, DATA, EDITION, MALLORY, MARKET, REGISTRY, REVENUE, Revenue, deposit, pool,
};

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let refused = |from: Address, data: &[u8]| {
        assert_eq!(revenue.chain.call(from, REVENUE, data), Err(Vec::new()));
    };
    let proof = shares.tree.proof(0);
    let lengths = vec![u8::try_from(proof.len()).expect("a short proof")].into();
    let entries = vec![U256::from_be_slice(ALICE.as_slice()) << 96 | U256::from(3)];
    let edition = U256::from(EDITION);
    let batch = claimForCall { edition, token: DATA, entries, lengths, siblings: proof };
    let calls = [
        (MARKET, deposit(EDITION, DATA, 5).abi_encode()),
        (ALICE, shares.claim(EDITION, DATA, 0).abi_encode()),
        (ALICE, batch.abi_encode()),
        (ADMIN, setSharesCall { pool: pool(), account: ALICE, shares: 1 }.abi_encode()),
    ];
    for (from, call) in &calls {
        for len in 0..call.len() {
            refused(*from, &call[..len]);
        }
    }
    // Everything above the 160 or 64 bits of an argument.
    let dirty = [(0, 1, 12), (1, 1, 12), (1, 2, 12), (2, 1, 12), (3, 1, 12), (3, 2, 24)];
    for (call, argument, bytes) in dirty {
        let (from, call) = &calls[call];
        for byte in 0..bytes {
            let mut data = call.clone();
            data[4 + 32 * argument + byte] = 1;
            refused(*from, &data);
        }
    }
    assert_eq!(revenue.totals(DATA), (600, 0));
    for (from, call) in &calls {
        revenue.chain.call(*from, REVENUE, call).map(|_| ()).unwrap_or_else(|error| {
            // The batch comes after the claim of the same.
            panic!("refused with {error:02x?}")
        });
    }
}

#[test]
fn no_function_takes_ether_and_every_one_is_routed() {
    let revenue = Revenue::new();
    for selector in IRevenueDistributorCalls::SELECTORS {
        let mut data = selector.to_vec();
        data.resize(4 + 8 * 32, 0);
        let outcome = revenue.chain.call(MALLORY, REVENUE, &data);
        assert_ne!(outcome, Err(Vec::new()), "{selector:02x?}");
        let outcome = revenue.chain.call_with_value(MALLORY, REVENUE, &data, U256::ONE);
        assert_eq!(outcome, Err(Vec::new()), "{selector:02x?}");
    }
    assert_eq!(revenue.chain.call(MALLORY, REVENUE, &[1, 2, 3, 4]), Err(Vec::new()));
}

#[test]
fn the_registry_is_a_contract_and_fixed_for_ever() {
    let revenue = Revenue::new();
    assert_eq!(revenue.ok(MALLORY, &dataRegistryCall {}), REGISTRY);
    let args = (MALLORY, MALLORY).abi_encode_params();
    assert_eq!(revenue.chain.deploy(MALLORY, REVENUE, program, &args), Err(Vec::new()));
    for dataRegistry in [MALLORY, Address::ZERO] {
        let args = (ADMIN, dataRegistry).abi_encode_params();
        let outcome = Chain::new().deploy(ADMIN, REVENUE, program, &args);
        let error = RevenueInvalidRegistry { dataRegistry };
        assert_eq!(outcome, Err(datacoop_kit::testing::error(&error)));
    }
}

#[test]
fn the_admin_has_the_admin_role_and_nobody_any_other() {
    let revenue = Revenue::new();
    let has = |role, account| revenue.ok(MALLORY, &hasRoleCall { role, account });
    assert!(has(DEFAULT_ADMIN_ROLE, ADMIN));
    assert!(!has(DEFAULT_ADMIN_ROLE, MALLORY));
    assert!(!has(SHARES_ROLE, MALLORY));
    assert_eq!(revenue.ok(MALLORY, &SHARES_ROLECall {}), SHARES_ROLE);
    let supports = |id: u32| {
        let interfaceId = FixedBytes(id.to_be_bytes());
        revenue.ok(MALLORY, &supportsInterfaceCall { interfaceId })
    };
    assert!(supports(0x7965_db0b) && supports(0x01ff_c9a7) && !supports(u32::MAX));
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 5] = [
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Settings", SettingsStorage::FIELDS),
        ("Totals", TotalsStorage::FIELDS),
        ("Pots", PotsStorage::FIELDS),
        ("Pools", PoolsStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
