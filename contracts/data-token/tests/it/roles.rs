//! Who may do what, and pausing.

use alloy_primitives::{Address, B256, FixedBytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue};
use data_token::IDataToken::{
    self, AccessControlBadConfirmation, AccessControlUnauthorizedAccount, EnforcedPause,
    ExpectedPause, Paused, RoleGranted, RoleRevoked, Unpaused, approveCall, burnCall,
    getRoleAdminCall, grantRoleCall, hasRoleCall, mintCall, pauseCall, pausedCall,
    renounceRoleCall, revokeRoleCall, setEmissionCapCall, supportsInterfaceCall, transferCall,
    unpauseCall,
};
use data_token::{MINTER_ROLE, PAUSER_ROLE};

use crate::support::{ADMIN, MALLORY, MINTER, PAUSER, TOKEN, Token, alice, bob, data};

const ADMIN_ROLE: B256 = B256::ZERO;

#[test]
fn roles_are_named_as_openzeppelin_names_them() {
    let token = Token::new();
    assert_eq!(token.ok(MALLORY, &IDataToken::DEFAULT_ADMIN_ROLECall {}), ADMIN_ROLE);
    assert_eq!(token.ok(MALLORY, &IDataToken::MINTER_ROLECall {}), keccak256("MINTER_ROLE"));
    assert_eq!(token.ok(MALLORY, &IDataToken::PAUSER_ROLECall {}), keccak256("PAUSER_ROLE"));
    assert_eq!(token.ok(MALLORY, &getRoleAdminCall { role: MINTER_ROLE }), ADMIN_ROLE);
}

#[test]
fn the_admin_grants_and_revokes() {
    let token = Token::new();
    let (role, account, sender) = (MINTER_ROLE, bob().address(), ADMIN);
    token.ok(ADMIN, &grantRoleCall { role, account });
    token.emitted(&RoleGranted { role, account, sender });
    assert!(token.ok(MALLORY, &hasRoleCall { role, account }));
    token.ok(ADMIN, &grantRoleCall { role, account });
    assert_eq!(token.chain.take_logs(), [], "granted twice, logged once");
    token.ok(ADMIN, &revokeRoleCall { role, account });
    token.emitted(&RoleRevoked { role, account, sender });
    assert!(!token.ok(MALLORY, &hasRoleCall { role, account }));
    token.ok(ADMIN, &revokeRoleCall { role, account });
    assert_eq!(token.chain.take_logs(), [], "revoked twice, logged once");
}

#[test]
fn a_role_is_renounced_by_its_holder_alone() {
    let token = Token::new();
    let role = MINTER_ROLE;
    token.fails(
        MALLORY,
        &renounceRoleCall { role, callerConfirmation: MINTER },
        &AccessControlBadConfirmation {},
    );
    token.ok(MINTER, &renounceRoleCall { role, callerConfirmation: MINTER });
    token.emitted(&RoleRevoked { role, account: MINTER, sender: MINTER });
    assert!(!token.ok(MALLORY, &hasRoleCall { role, account: MINTER }));
}

#[test]
fn functions_with_a_role_refuse_everybody_else() {
    fn check(call: &impl SolCall, role: B256) {
        let token = Token::new();
        for account in [MALLORY, Address::ZERO, alice().address()] {
            let error = AccessControlUnauthorizedAccount { account, neededRole: role };
            token.fails(account, call, &error);
        }
    }
    let account = MALLORY;
    check(&mintCall { to: MALLORY, amount: data(1) }, MINTER_ROLE);
    check(&mintCall { to: Address::ZERO, amount: U256::MAX }, MINTER_ROLE);
    check(&pauseCall {}, PAUSER_ROLE);
    check(&unpauseCall {}, PAUSER_ROLE);
    check(&grantRoleCall { role: MINTER_ROLE, account }, ADMIN_ROLE);
    check(&revokeRoleCall { role: MINTER_ROLE, account: MINTER }, ADMIN_ROLE);
    check(&setEmissionCapCall { floor: U256::MAX, bps: U256::MAX }, ADMIN_ROLE);
}

#[test]
fn pausing_stops_every_movement_and_nothing_else() {
    let token = Token::new();
    token.fails(PAUSER, &unpauseCall {}, &ExpectedPause {});
    token.ok(PAUSER, &pauseCall {});
    token.emitted(&Paused { account: PAUSER });
    assert!(token.ok(MALLORY, &pausedCall {}));
    token.fails(PAUSER, &pauseCall {}, &EnforcedPause {});
    let alice = alice().address();
    token.fails(alice, &transferCall { to: MALLORY, value: data(1) }, &EnforcedPause {});
    token.fails(alice, &burnCall { value: data(1) }, &EnforcedPause {});
    token.fails(MINTER, &mintCall { to: MALLORY, amount: data(1) }, &EnforcedPause {});
    token.ok(alice, &approveCall { spender: MALLORY, value: data(1) });
    let _ = token.chain.take_logs();
    token.ok(PAUSER, &unpauseCall {});
    token.emitted(&Unpaused { account: PAUSER });
    token.ok(alice, &transferCall { to: MALLORY, value: data(1) });
}

#[test]
fn interfaces_are_those_of_openzeppelin() {
    let token = Token::new();
    let supports =
        |id: [u8; 4]| token.ok(MALLORY, &supportsInterfaceCall { interfaceId: FixedBytes(id) });
    let access_control = [
        hasRoleCall::SELECTOR,
        getRoleAdminCall::SELECTOR,
        grantRoleCall::SELECTOR,
        revokeRoleCall::SELECTOR,
        renounceRoleCall::SELECTOR,
    ]
    .into_iter()
    .fold([0; 4], |id, selector| core::array::from_fn(|i| id[i] ^ selector[i]));
    assert!(supports(access_control));
    assert!(supports(supportsInterfaceCall::SELECTOR));
    assert!(!supports([0xff; 4]));
    assert!(!supports([0; 4]));
}

#[test]
fn the_constructor_runs_once() {
    let token = Token::new();
    let args = (MALLORY, MALLORY, data(1), data(1), U256::ONE).abi_encode_params();
    let again = token.chain.deploy(MALLORY, TOKEN, data_token::program, &args);
    assert_eq!(again, Err(Vec::new()));
}
