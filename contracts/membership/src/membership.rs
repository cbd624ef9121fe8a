//! Decides what the membership is: which components it is made of, where their storage lies, and
//! which function of the interface runs what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::Constant,
    access_control::{AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE},
    contract,
    dynamic::Text,
    eip712::{Eip712, hash_of},
    event::emit,
    host, output, routes, signature_checker,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::{
    did::DidStorage,
    metadata::{self, MetadataStorage},
    register::RegisterStorage,
};

sol!("IMembership.sol");

use IMembership::{
    ERC721InvalidOwner, MembershipInvalidSignature, MembershipIssued, MembershipLeft,
    MembershipMissingReason, MembershipReissued, MembershipRevoked, MembershipSignatureExpired,
    MembershipSoulbound,
};

/// The token's symbol.
const SYMBOL: Text = Text::new("MEMBER");

/// Who may issue, revoke and reissue: `keccak256("ISSUER_ROLE")`.
pub const ISSUER_ROLE: B256 = hash_of("ISSUER_ROLE");

/// The type of what an issuer signs for a person who joins.
const CREDENTIAL_TYPEHASH: B256 = hash_of(
    "Credential(address account,bytes32 credential,uint8 actorRoles,uint256 nonce,uint256 deadline)",
);

/// The ERC-165 ids of ERC-721, of its metadata and of ERC-5192.
const INTERFACES: [u32; 3] = [0x80ac_58cd, 0x5b5e_139f, 0xb45a_3c0e];

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl AccessControl for Membership {
    const ROLES: AccessControlStorage = AccessControlStorage::at(0);

    fn supports_interface(&self, interface: u32) -> bool {
        use datacoop_kit::access_control::{ACCESS_CONTROL_INTERFACE, ERC165_INTERFACE};
        interface == ACCESS_CONTROL_INTERFACE
            || interface == ERC165_INTERFACE
            || INTERFACES.contains(&interface)
    }
}

const REGISTER: RegisterStorage = RegisterStorage::at(1);

const DIDS: DidStorage = DidStorage::at(6);

pub(crate) const METADATA: MetadataStorage = MetadataStorage::at(8);

impl Eip712 for Membership {
    const NAME: &'static str = "Datacoop Membership";
    const VERSION: &'static str = "1";
}

/// What an issuer signs for a person.
#[derive(Clone, Copy, Debug)]
struct Credential<'a> {
    /// The hash of what the issuer knows the person by.
    hash: &'a B256,
    /// What the person is to act as.
    roles: u8,
    /// The last second at which the signature is good.
    deadline: &'a Uint,
}

/// The membership.
#[derive(Debug)]
pub struct Membership {
    vm: VM,
}

impl Membership {
    /// Makes the membership: `admin` gets the admin role.
    ///
    /// # Errors
    ///
    /// `MembershipBaseURITooLong`.
    ///
    /// # Events
    ///
    /// `RoleGranted`, `BaseURIChanged`.
    fn construct(&mut self, admin: &Account, base_uri: &[u8]) -> Result<()> {
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        metadata::set(&mut self.vm, base_uri)
    }

    /// Makes an account a member, at an issuer's word.
    fn issue(&mut self, account: &Account, credential: &B256, roles: u8) -> Result<u64> {
        let issuer = self.only_issuer()?;
        self.admit(&issuer, account, credential, roles)
    }

    /// Makes the caller a member, by an issuer's signature.
    fn join(
        &mut self,
        issuer: &Account,
        credential: Credential<'_>,
        signature: &[u8],
    ) -> Result<u64> {
        let Credential { hash, roles, deadline } = credential;
        let account = host::sender(&self.vm);
        if deadline.to_u64() < host::timestamp(&self.vm) {
            return Err(Revert::new::<MembershipSignatureExpired>((deadline,)));
        }
        let start = output::len();
        output::push_constant(CREDENTIAL_TYPEHASH);
        output::push(account.word());
        output::push(hash);
        output::push_number(roles.into());
        output::push_number(REGISTER.nonce(&self.vm, hash));
        output::push(deadline.word());
        let struct_hash = host::hash_output(&self.vm, start);
        let digest = self.typed_data_hash(&struct_hash);
        // The role is asked for now, so that what a dismissed issuer signed is void.
        if !self.has_role(&word::constant(ISSUER_ROLE), issuer)
            || !signature_checker::is_valid(&self.vm, issuer, &digest, signature)
        {
            return Err(Revert::new::<MembershipInvalidSignature>((issuer,)));
        }
        self.admit(issuer, &account, hash, roles)
    }

    /// Begins a membership.
    fn admit(
        &mut self,
        issuer: &Account,
        account: &Account,
        credential: &B256,
        roles: u8,
    ) -> Result<u64> {
        let vm = &mut self.vm;
        let id = REGISTER.enrol(vm, account, credential, roles)?;
        emit::<MembershipIssued>(vm, (id, account, credential), (issuer, roles));
        Ok(id)
    }

    /// Ends the caller's membership.
    fn leave(&mut self) -> Result<()> {
        let account = host::sender(&self.vm);
        let id = self.end(&account)?;
        emit::<MembershipLeft>(&mut self.vm, (id, &account), ());
        Ok(())
    }

    /// Ends a membership, at an issuer's word.
    fn revoke_membership(&mut self, id: &Uint, reason: &B256) -> Result<()> {
        let issuer = self.only_issuer()?;
        require_reason(reason)?;
        let account = REGISTER.holder(&self.vm, id)?;
        self.end(&account)?;
        emit::<MembershipRevoked>(&mut self.vm, (id, &account, &issuer), (reason,));
        Ok(())
    }

    /// Ends an account's membership, and returns its id.
    fn end(&mut self, account: &Account) -> Result<u64> {
        let standing = REGISTER.member(&self.vm, account)?;
        DIDS.bind(&mut self.vm, standing.id, &[])?;
        REGISTER.end(&mut self.vm, account, &standing);
        Ok(standing.id)
    }

    /// Moves the membership of a lost account to another, at an issuer's word.
    fn reissue(&mut self, lost: &Account, replacement: &Account, reason: &B256) -> Result<()> {
        let issuer = self.only_issuer()?;
        require_reason(reason)?;
        let vm = &mut self.vm;
        let standing = REGISTER.replace(vm, lost, replacement)?;
        let topics = (standing.id, lost, replacement);
        emit::<MembershipReissued>(vm, topics, (&issuer, reason));
        Ok(())
    }

    /// Sets what a member acts as, at an issuer's word.
    fn set_actor_roles(&mut self, id: &Uint, roles: u8) -> Result<()> {
        self.only_issuer()?;
        REGISTER.set_roles(&mut self.vm, id, roles)
    }

    /// Returns whether an account acts as this.
    fn has_actor_role(&self, account: &Account, role: u8) -> bool {
        let roles = REGISTER.standing(&self.vm, account).roles;
        roles.checked_shr(role.into()).is_some_and(|rest| rest & 1 != 0)
    }

    /// Binds a DID to the caller's membership.
    fn bind_did(&mut self, did: &[u8]) -> Result<()> {
        let caller = host::sender(&self.vm);
        let standing = REGISTER.member(&self.vm, &caller)?;
        DIDS.bind(&mut self.vm, standing.id, did)
    }

    /// Returns how many memberships an account has.
    fn balance_of(&self, owner: &Account) -> Result<bool> {
        if owner.is_zero() {
            return Err(Revert::new::<ERC721InvalidOwner>((owner,)));
        }
        Ok(REGISTER.standing(&self.vm, owner).id != 0)
    }

    /// Requires that an issuer calls, and returns it.
    fn only_issuer(&self) -> Result<Account> {
        self.only_role(&word::constant(ISSUER_ROLE))?;
        Ok(host::sender(&self.vm))
    }
}

/// Requires the hash of a reason.
fn require_reason(reason: &B256) -> Result<()> {
    if *reason == B256::ZERO {
        return Err(Revert::new::<MembershipMissingReason>(()));
    }
    Ok(())
}

/// Refuses what would move a membership by its owner's will.
fn soulbound() -> Result<()> {
    Err(Revert::new::<MembershipSoulbound>(()))
}

contract!(Membership);

routes! {
    Membership as IMembership (IMembershipCalls);

    constructor(sol_data::Address, sol_data::String) => |members, (admin, base_uri)| {
        members.construct(admin, base_uri)
    };

    reads {
        nameCall => |_, ()| Membership::NAME_TEXT;
        symbolCall => |_, ()| SYMBOL;
        isApprovedForAllCall => |_, (_, _): (&Account, &Account)| false;
        credentialNonceCall => |members, (credential,)| REGISTER.nonce(&members.vm, credential);
        DOMAIN_SEPARATORCall => |members, ()| members.domain_separator();
        eip712DomainCall => |members, ()| members.eip712_domain();
        hasActorRoleCall => |members, (account, role)| members.has_actor_role(account, role);
        actorRolesOfCall => |members, (account,)| REGISTER.standing(&members.vm, account).roles;
        didOfCall => |members, (id,)| *DIDS.hash(&members.vm, id).word();
        tokenOfDidCall => |members, (did,)| DIDS.token(&members.vm, did);
        membershipOfCall => |members, (account,)| {
            let standing = REGISTER.standing(&members.vm, account);
            (standing.id, standing.roles, standing.since)
        };
        credentialOfCall => |members, (id,)| *REGISTER.credential(&members.vm, id).word();
        tokenOfCredentialCall => |members, (credential,)| {
            REGISTER.live_id(&members.vm, credential)
        };
        totalSupplyCall => |members, ()| REGISTER.live(&members.vm);
        baseURICall => |members, ()| metadata::base(&members.vm);
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        ISSUER_ROLECall => |_, ()| Constant(ISSUER_ROLE);
        hasRoleCall => |members, (role, account)| members.has_role(role, account);
        getRoleAdminCall => |members, (role,)| members.role_admin(role);
        supportsInterfaceCall => |members, (interface,)| members.supports_interface(interface);
    }

    views {
        balanceOfCall => |members, (owner,)| members.balance_of(owner).map(u64::from);
        ownerOfCall => |members, (id,)| REGISTER.holder(&members.vm, id);
        getApprovedCall => |members, (id,)| {
            REGISTER.holder(&members.vm, id).map(|_| Account::ZERO)
        };
        lockedCall => |members, (id,)| REGISTER.holder(&members.vm, id).map(|_| true);
        tokenURICall => |members, (id,): (&Uint,)| {
            REGISTER.holder(&members.vm, id)?;
            Ok(metadata::of(&members.vm, id.to_u64()))
        };
        transferFromCall => |_, (_, _, _): (&Account, &Account, &Uint)| soulbound();
        safeTransferFrom_0Call => |_, (_, _, _): (&Account, &Account, &Uint)| soulbound();
        safeTransferFrom_1Call => |_, (_, _, _, _): (&Account, &Account, &Uint, &[u8])| {
            soulbound()
        };
        approveCall => |_, (_, _): (&Account, &Uint)| soulbound();
        setApprovalForAllCall => |_, (_, _): (&Account, bool)| soulbound();
    }

    acts {
        issueCall => |members, (account, credential, roles)| {
            members.issue(account, credential, roles)
        };
        joinCall => |members, (issuer, hash, roles, deadline, signature)| {
            members.join(issuer, Credential { hash, roles, deadline }, signature)
        };
        leaveCall => |members, ()| members.leave();
        revokeCall => |members, (id, reason)| members.revoke_membership(id, reason);
        reissueCall => |members, (lost, replacement, reason)| {
            members.reissue(lost, replacement, reason)
        };
        setActorRolesCall => |members, (id, roles)| members.set_actor_roles(id, roles);
        bindDidCall => |members, (did,)| members.bind_did(did);
        setBaseURICall => |members, (uri,)| {
            members.only_role(&DEFAULT_ADMIN_ROLE)?;
            metadata::set(&mut members.vm, uri)
        };
        grantRoleCall => |members, (role, account)| members.grant_role(role, account);
        revokeRoleCall => |members, (role, account)| members.revoke_role(role, account);
        renounceRoleCall => |members, (role, account)| members.renounce_role(role, account);
    }
}
