//! Decides who may do what, by roles, as OpenZeppelin's `AccessControl` does.
//!
//! Unlike there, the admin of every role is [`DEFAULT_ADMIN_ROLE`]: no contract here changes a
//! role's admin, so none is stored.

use alloy_primitives::B256;
use alloy_sol_types::sol;

use crate::{Account, Contract, Result, Revert, event::emit, host, layout};

sol! {
    /// Events and errors of OpenZeppelin's `AccessControl`.
    #[derive(Debug)]
    interface IAccessControl {
        event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);
        event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender);

        error AccessControlUnauthorizedAccount(address account, bytes32 neededRole);
        error AccessControlBadConfirmation();
    }
}

pub use IAccessControl::{
    AccessControlBadConfirmation, AccessControlUnauthorizedAccount, IAccessControlErrors,
    IAccessControlEvents, RoleGranted, RoleRevoked,
};

/// The role that grants and revokes every role, itself among them.
pub const DEFAULT_ADMIN_ROLE: B256 = B256::ZERO;

/// The ERC-165 id of OpenZeppelin's `IAccessControl`: the exclusive or of its selectors.
pub const ACCESS_CONTROL_INTERFACE: u32 = 0x7965_db0b;

/// The ERC-165 id of ERC-165 itself.
pub const ERC165_INTERFACE: u32 = 0x01ff_c9a7;

layout! {
    /// The storage of roles.
    pub struct AccessControlStorage {
        /// Who has which role. Written by [`AccessControl::grant`] and [`AccessControl::revoke`].
        members: NestedMapping<B256, Account, bool>,
    }
}

/// A contract whose functions are for the holders of roles.
pub trait AccessControl: Contract {
    /// Where the contract keeps the roles.
    const ROLES: AccessControlStorage;

    /// Returns whether an account has a role.
    fn has_role(&self, role: &B256, account: &Account) -> bool {
        Self::ROLES.members.of(self.vm(), role, account).get(self.vm())
    }

    /// Returns the role whose holders grant and revoke `role`.
    fn role_admin(&self, _role: &B256) -> B256 {
        DEFAULT_ADMIN_ROLE
    }

    /// Returns whether the contract has the functions of an ERC-165 interface.
    fn supports_interface(&self, interface: u32) -> bool {
        interface == ACCESS_CONTROL_INTERFACE || interface == ERC165_INTERFACE
    }

    /// Requires that the caller has a role.
    ///
    /// # Errors
    ///
    /// [`AccessControlUnauthorizedAccount`] when it has not.
    fn only_role(&self, role: &B256) -> Result<()> {
        let caller = host::sender(self.vm());
        if self.has_role(role, &caller) {
            Ok(())
        } else {
            Err(Revert::new::<AccessControlUnauthorizedAccount>((&caller, role)))
        }
    }

    /// Grants a role; does nothing when the account has it.
    ///
    /// # Errors
    ///
    /// As [`only_role`](Self::only_role), for the role's admin.
    ///
    /// # Events
    ///
    /// [`RoleGranted`].
    fn grant_role(&mut self, role: &B256, account: &Account) -> Result<()> {
        self.only_role(&self.role_admin(role))?;
        self.grant(role, account);
        Ok(())
    }

    /// Revokes a role; does nothing when the account does not have it.
    ///
    /// # Errors
    ///
    /// As [`only_role`](Self::only_role), for the role's admin.
    ///
    /// # Events
    ///
    /// [`RoleRevoked`].
    fn revoke_role(&mut self, role: &B256, account: &Account) -> Result<()> {
        self.only_role(&self.role_admin(role))?;
        self.revoke(role, account);
        Ok(())
    }

    /// Gives up a role of the caller, who names itself lest it does so by mistake.
    ///
    /// # Errors
    ///
    /// [`AccessControlBadConfirmation`] when it names another.
    ///
    /// # Events
    ///
    /// [`RoleRevoked`].
    fn renounce_role(&mut self, role: &B256, confirmation: &Account) -> Result<()> {
        if *confirmation != host::sender(self.vm()) {
            return Err(Revert::new::<AccessControlBadConfirmation>(()));
        }
        self.revoke(role, confirmation);
        Ok(())
    }

    /// Writes that an account has a role.
    ///
    /// # Events
    ///
    /// [`RoleGranted`] when it had not.
    fn grant(&mut self, role: &B256, account: &Account) {
        let place = Self::ROLES.members.of(self.vm(), role, account);
        if !place.get(self.vm()) {
            place.set(self.vm_mut(), &true);
            let sender = host::sender(self.vm());
            emit::<RoleGranted>(self.vm_mut(), (role, account, &sender), ());
        }
    }

    /// Writes that an account does not have a role.
    ///
    /// # Events
    ///
    /// [`RoleRevoked`] when it had.
    fn revoke(&mut self, role: &B256, account: &Account) {
        let place = Self::ROLES.members.of(self.vm(), role, account);
        if place.get(self.vm()) {
            place.set(self.vm_mut(), &false);
            let sender = host::sender(self.vm());
            emit::<RoleRevoked>(self.vm_mut(), (role, account, &sender), ());
        }
    }
}
