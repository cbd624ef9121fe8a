//! The edges of the ABI: malformed calldata, ether, and the interface against the components.

use alloy_primitives::{Address, FixedBytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use datacoop_kit::access_control::{
    AccessControlStorage, IAccessControlErrors, IAccessControlEvents,
};
use membership::{
    IMembership::{
        self, AccessControlUnauthorizedAccount, BaseURIChanged, IMembershipCalls,
        IMembershipErrors, IMembershipEvents, MembershipBaseURITooLong, RoleGranted, baseURICall,
        grantRoleCall, hasRoleCall, issueCall, renounceRoleCall, revokeRoleCall, setBaseURICall,
        supportsInterfaceCall, tokenURICall,
    },
    ISSUER_ROLE,
    did::DidStorage,
    metadata::{MAX_LEN, MetadataStorage},
    program,
    register::RegisterStorage,
};

use crate::support::{
    ADMIN, BASE, MALLORY, MEMBERSHIP, Members, alice, bob, credential, issuer, log,
};

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let members = Members::new();
    let refused = |data: &[u8]| {
        let outcome = members.chain.call(issuer().address(), MEMBERSHIP, data);
        assert_eq!(outcome, Err(Vec::new()));
    };
    let call = issueCall { account: MALLORY, credential: credential(1), actorRoles: 1 };
    let issue = call.abi_encode();
    refused(&[]);
    for len in 0..issue.len() {
        refused(&issue[..len]);
    }
    for dirty in (4..16).chain(68..99) {
        let mut data = issue.clone();
        data[dirty] = 1;
        refused(&data);
    }
}

#[test]
fn no_function_takes_ether_and_every_one_is_routed() {
    let members = Members::new();
    for selector in IMembershipCalls::SELECTORS {
        let mut data = selector.to_vec();
        data.resize(4 + 8 * 32, 0);
        let outcome = members.chain.call(MALLORY, MEMBERSHIP, &data);
        assert_ne!(outcome, Err(Vec::new()), "{selector:02x?}");
        let outcome = members.chain.call_with_value(MALLORY, MEMBERSHIP, &data, U256::ONE);
        assert_eq!(outcome, Err(Vec::new()), "{selector:02x?}");
    }
}

#[test]
fn errors_and_events_of_the_components_are_in_the_interface() {
    for selector in IAccessControlErrors::SELECTORS {
        assert!(IMembershipErrors::SELECTORS.contains(selector), "{selector:02x?}");
    }
    for selector in IAccessControlEvents::SELECTORS {
        assert!(IMembershipEvents::SELECTORS.contains(selector), "{selector:02x?}");
    }
}

#[test]
fn interfaces_are_those_of_the_standards() {
    let members = Members::new();
    let supports =
        |id: [u8; 4]| members.ok(MALLORY, &supportsInterfaceCall { interfaceId: FixedBytes(id) });
    let id_of = |selectors: &[[u8; 4]]| {
        selectors
            .iter()
            .fold([0; 4], |id: [u8; 4], selector| core::array::from_fn(|i| id[i] ^ selector[i]))
    };
    let erc721 = [
        IMembership::balanceOfCall::SELECTOR,
        IMembership::ownerOfCall::SELECTOR,
        IMembership::safeTransferFrom_0Call::SELECTOR,
        IMembership::safeTransferFrom_1Call::SELECTOR,
        IMembership::transferFromCall::SELECTOR,
        IMembership::approveCall::SELECTOR,
        IMembership::setApprovalForAllCall::SELECTOR,
        IMembership::getApprovedCall::SELECTOR,
        IMembership::isApprovedForAllCall::SELECTOR,
    ];
    let metadata = [
        IMembership::nameCall::SELECTOR,
        IMembership::symbolCall::SELECTOR,
        tokenURICall::SELECTOR,
    ];
    let access_control = [
        hasRoleCall::SELECTOR,
        IMembership::getRoleAdminCall::SELECTOR,
        grantRoleCall::SELECTOR,
        revokeRoleCall::SELECTOR,
        renounceRoleCall::SELECTOR,
    ];
    assert_eq!(id_of(&erc721), [0x80, 0xac, 0x58, 0xcd], "EIP-721");
    assert_eq!(id_of(&metadata), [0x5b, 0x5e, 0x13, 0x9f], "EIP-721");
    assert_eq!(IMembership::lockedCall::SELECTOR, [0xb4, 0x5a, 0x3c, 0x0e], "EIP-5192");
    let ids = [id_of(&erc721), id_of(&metadata), id_of(&access_control)];
    for id in ids.into_iter().chain([IMembership::lockedCall::SELECTOR, [0x01, 0xff, 0xc9, 0xa7]]) {
        assert!(supports(id), "{id:02x?}");
    }
    assert!(!supports([0xff; 4]));
    assert!(!supports([0; 4]));
}

#[test]
fn functions_of_issuers_and_admins_refuse_everybody_else() {
    fn check(call: &impl SolCall, role: FixedBytes<32>) {
        let members = Members::with_alice();
        let strangers = if role.is_zero() { issuer().address() } else { ADMIN };
        for account in [MALLORY, Address::ZERO, alice().address(), strangers] {
            members.fails(
                account,
                call,
                &AccessControlUnauthorizedAccount { account, neededRole: role },
            );
        }
    }
    let (tokenId, reason) = (U256::ONE, FixedBytes::ZERO);
    check(&issueCall { account: MALLORY, credential: credential(2), actorRoles: 255 }, ISSUER_ROLE);
    check(&IMembership::revokeCall { tokenId, reason }, ISSUER_ROLE);
    let lost = alice().address();
    check(&IMembership::reissueCall { lost, replacement: MALLORY, reason }, ISSUER_ROLE);
    check(&IMembership::setActorRolesCall { tokenId, actorRoles: 127 }, ISSUER_ROLE);
    check(&setBaseURICall { newURI: String::new() }, FixedBytes::ZERO);
    check(&grantRoleCall { role: ISSUER_ROLE, account: MALLORY }, FixedBytes::ZERO);
    check(&revokeRoleCall { role: ISSUER_ROLE, account: issuer().address() }, FixedBytes::ZERO);
}

#[test]
fn the_admin_makes_issuers_and_issuers_resign() {
    let members = Members::new();
    assert_eq!(ISSUER_ROLE, keccak256("ISSUER_ROLE"));
    let (role, account) = (ISSUER_ROLE, bob().address());
    members.ok(ADMIN, &grantRoleCall { role, account });
    members.emitted(&[log(&RoleGranted { role, account, sender: ADMIN })]);
    members.ok(account, &renounceRoleCall { role, callerConfirmation: account });
    assert!(!members.ok(MALLORY, &hasRoleCall { role, account }));
    let error = AccessControlUnauthorizedAccount { account, neededRole: role };
    let _ = members.chain.take_logs();
    let call = issueCall { account, credential: credential(2), actorRoles: 0 };
    members.fails(account, &call, &error);
}

#[test]
fn the_token_uri_is_the_base_and_the_id_in_decimal() {
    let members = Members::with_alice();
    let uri = |id: u64| members.ok(MALLORY, &tokenURICall { tokenId: U256::from(id) });
    assert_eq!(uri(1), format!("{BASE}1"));
    for number in 2..=12 {
        let account = Address::with_last_byte(u8::try_from(number).expect("small"));
        members.issue(account, number, 0);
        assert_eq!(uri(number), format!("{BASE}{number}"));
    }
    for len in [0, 1, 31, 32, 33, 64, MAX_LEN - 1, MAX_LEN] {
        let (oldURI, newURI) = (members.ok(MALLORY, &baseURICall {}), "x".repeat(len));
        members.ok(ADMIN, &setBaseURICall { newURI: newURI.clone() });
        members.emitted(&[log(&BaseURIChanged { oldURI, newURI: newURI.clone() })]);
        assert_eq!(members.ok(MALLORY, &baseURICall {}), newURI);
        assert_eq!(uri(12), if len == 0 { newURI } else { format!("{newURI}12") });
    }
}

#[test]
fn a_base_uri_that_is_too_long_is_refused() {
    let members = Members::new();
    let length = U256::from(MAX_LEN + 1);
    let error = MembershipBaseURITooLong { length, maximum: U256::from(MAX_LEN) };
    members.fails(ADMIN, &setBaseURICall { newURI: "x".repeat(MAX_LEN + 1) }, &error);
    assert_eq!(members.ok(MALLORY, &baseURICall {}), BASE);
}

#[test]
fn the_constructor_runs_once() {
    let members = Members::new();
    let args = (MALLORY, String::new()).abi_encode_params();
    let again = members.chain.deploy(MALLORY, MEMBERSHIP, program, &args);
    assert_eq!(again, Err(Vec::new()));
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 4] = [
        ("AccessControl", AccessControlStorage::FIELDS),
        ("Register", RegisterStorage::FIELDS),
        ("Did", DidStorage::FIELDS),
        ("Metadata", MetadataStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    datacoop_kit::testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
