//! Decides who is a member: one live membership per account and per credential, under an id that
//! belongs to the credential for ever.
//!
//! All that other contracts ask about an account (is it a member, what does it act as) lies in one
//! slot.

use alloy_primitives::B256;
use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host, layout, storage::Stored};
use stylus_sdk::host::VM;

use crate::membership::IMembership::{
    ActorRolesChanged, ERC721InvalidReceiver, ERC721NonexistentToken, Locked,
    MembershipAlreadyMember, MembershipCredentialInUse, MembershipInvalidActorRoles,
    MembershipInvalidCredential, MembershipNotMember, Transfer,
};

/// Every actor role: seven bits.
pub const ALL_ROLES: u8 = (1 << 7) - 1;

layout! {
    /// The storage of the register.
    pub struct RegisterStorage {
        /// By account, its live membership. Written by [`RegisterStorage::write`].
        standings: Mapping<Account, Standing>,
        /// By id, whose the live membership is. Written by [`RegisterStorage::write`].
        holders: Mapping<Uint, Account>,
        /// By id, the credential that it belongs to. Written by [`RegisterStorage::enrol`].
        credentials: Mapping<Uint, Uint>,
        /// By credential, its id and nonce. Written by [`RegisterStorage::enrol`] and
        /// [`RegisterStorage::count_up`].
        files: Mapping<B256, File>,
        /// How many ids and live memberships there are. Written by [`RegisterStorage::enrol`] and
        /// [`RegisterStorage::end`].
        counts: Slot<Counts>,
    }
}

/// An account's membership, in one slot: `uint64 id`, `uint64 roles`, `uint64 since`. All zero for
/// an account that is no member.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// The token id, from one.
    pub(crate) id: u64,
    /// What the member acts as, one bit each.
    pub(crate) roles: u8,
    /// Since when the account has it, in seconds since 1970.
    pub(crate) since: u64,
}

impl Stored for Standing {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [id, roles, since, _] = Stored::from_slot(word);
        #[allow(clippy::cast_possible_truncation, reason = "written from eight bits")]
        Self { id, roles: roles as u8, since }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.id, self.roles.into(), self.since, 0)
    }
}

/// What is known of a credential, in one slot: `uint64 id`, `uint64 nonce`.
#[derive(Clone, Copy, Debug)]
struct File {
    /// Its id; zero when it never had a membership.
    id: u64,
    /// How often its membership began, moved or ended.
    nonce: u64,
}

impl Stored for File {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [id, nonce, _, _] = Stored::from_slot(word);
        Self { id, nonce }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.id, self.nonce, 0, 0)
    }
}

/// How many there are, in one slot: `uint64 ids`, `uint64 live`.
#[derive(Clone, Copy, Debug)]
struct Counts {
    /// Ids given so far; the last one's number.
    ids: u64,
    /// Memberships that are live.
    live: u64,
}

impl Stored for Counts {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [ids, live, _, _] = Stored::from_slot(word);
        Self { ids, live }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.ids, self.live, 0, 0)
    }
}

/// Requires that a mask has no bit beside those of the roles.
fn check_roles(roles: u8) -> Result<()> {
    if roles > ALL_ROLES {
        return Err(Revert::new::<MembershipInvalidActorRoles>((roles, ALL_ROLES)));
    }
    Ok(())
}

impl RegisterStorage {
    /// Returns an account's membership.
    pub(crate) fn standing(&self, vm: &VM, account: &Account) -> Standing {
        self.standings.of(vm, account).get(vm)
    }

    /// Returns an account's membership, which it must have.
    ///
    /// # Errors
    ///
    /// [`MembershipNotMember`] when it has none.
    pub(crate) fn member(&self, vm: &VM, account: &Account) -> Result<Standing> {
        let standing = self.standing(vm, account);
        if standing.id == 0 {
            return Err(Revert::new::<MembershipNotMember>((account,)));
        }
        Ok(standing)
    }

    /// Returns whose a live membership is.
    ///
    /// # Errors
    ///
    /// [`ERC721NonexistentToken`] when there is no such membership.
    pub(crate) fn holder(&self, vm: &VM, id: &Uint) -> Result<Account> {
        let holder = self.holders.of(vm, id).get(vm);
        if holder.is_zero() {
            return Err(Revert::new::<ERC721NonexistentToken>((id,)));
        }
        Ok(holder)
    }

    /// Returns the credential that an id belongs to.
    pub(crate) fn credential(&self, vm: &VM, id: &Uint) -> Uint {
        self.credentials.of(vm, id).get(vm)
    }

    /// Returns the live membership of a credential, or zero.
    pub(crate) fn live_id(&self, vm: &VM, credential: &B256) -> u64 {
        let id = self.files.of(vm, credential).get(vm).id;
        if self.holders.of(vm, &Uint::from(id)).get(vm).is_zero() { 0 } else { id }
    }

    /// Returns the nonce that an issuer signs next for a credential.
    pub(crate) fn nonce(&self, vm: &VM, credential: &B256) -> u64 {
        self.files.of(vm, credential).get(vm).nonce
    }

    /// Returns how many memberships are live.
    pub(crate) fn live(&self, vm: &VM) -> u64 {
        self.counts.get(vm).live
    }

    /// Begins a membership, and returns its id.
    ///
    /// # Errors
    ///
    /// - [`MembershipInvalidActorRoles`] for a mask beyond the roles,
    /// - [`ERC721InvalidReceiver`] for the zero address,
    /// - [`MembershipAlreadyMember`] when the account has a membership,
    /// - [`MembershipInvalidCredential`] for the zero hash,
    /// - [`MembershipCredentialInUse`] when the credential has one.
    ///
    /// # Events
    ///
    /// [`Transfer`] from the zero address, [`Locked`], and [`ActorRolesChanged`] for any role.
    pub(crate) fn enrol(
        &self,
        vm: &mut VM,
        account: &Account,
        credential: &B256,
        roles: u8,
    ) -> Result<u64> {
        check_roles(roles)?;
        self.check_free(vm, account)?;
        if *credential == B256::ZERO {
            return Err(Revert::new::<MembershipInvalidCredential>((credential,)));
        }
        let live = self.live_id(vm, credential);
        if live != 0 {
            return Err(Revert::new::<MembershipCredentialInUse>((credential, live)));
        }
        // Every count below is of things that a transaction did: none comes near 2^64.
        let mut counts = self.counts.get(vm);
        let mut file = self.files.of(vm, credential).get(vm);
        if file.id == 0 {
            counts.ids = counts.ids.wrapping_add(1);
            file.id = counts.ids;
            let owned = self.credentials.of(vm, &Uint::from(file.id));
            owned.set(vm, Uint::from_word(credential));
        }
        counts.live = counts.live.wrapping_add(1);
        self.counts.set(vm, &counts);
        file.nonce = file.nonce.wrapping_add(1);
        self.files.of(vm, credential).set(vm, &file);
        let since = host::timestamp(vm);
        self.write(vm, &Account::ZERO, account, &Standing { id: file.id, roles, since });
        emit::<Locked>(vm, (), (file.id,));
        log_roles(vm, file.id, 0, roles);
        Ok(file.id)
    }

    /// Ends a membership.
    ///
    /// # Events
    ///
    /// [`Transfer`] to the zero address, and [`ActorRolesChanged`] when it had any role.
    pub(crate) fn end(&self, vm: &mut VM, account: &Account, standing: &Standing) {
        self.count_up(vm, standing.id);
        let mut counts = self.counts.get(vm);
        // The one that ends is counted.
        counts.live = counts.live.wrapping_sub(1);
        self.counts.set(vm, &counts);
        self.write(vm, account, &Account::ZERO, standing);
        log_roles(vm, standing.id, standing.roles, 0);
    }

    /// Moves the membership of a lost account to another, which has it from now on, and returns it.
    ///
    /// # Errors
    ///
    /// - [`MembershipNotMember`] when the lost account has none,
    /// - [`ERC721InvalidReceiver`] and [`MembershipAlreadyMember`] as for [`enrol`](Self::enrol).
    ///
    /// # Events
    ///
    /// [`Transfer`].
    pub(crate) fn replace(&self, vm: &mut VM, lost: &Account, to: &Account) -> Result<Standing> {
        let standing = self.member(vm, lost)?;
        self.check_free(vm, to)?;
        self.count_up(vm, standing.id);
        // What the account did as a member before, and ended by leaving, does not come back to life.
        let standing = Standing { since: host::timestamp(vm), ..standing };
        self.write(vm, lost, to, &standing);
        Ok(standing)
    }

    /// Sets what a member acts as.
    ///
    /// # Errors
    ///
    /// - [`MembershipInvalidActorRoles`] for a mask beyond the roles,
    /// - [`ERC721NonexistentToken`] when there is no such membership.
    ///
    /// # Events
    ///
    /// [`ActorRolesChanged`] when it changes.
    pub(crate) fn set_roles(&self, vm: &mut VM, id: &Uint, roles: u8) -> Result<()> {
        check_roles(roles)?;
        let holder = self.holder(vm, id)?;
        let standing = self.standing(vm, &holder);
        self.standings.of(vm, &holder).set(vm, &Standing { roles, ..standing });
        log_roles(vm, standing.id, standing.roles, roles);
        Ok(())
    }

    /// Requires an account that can become a member.
    fn check_free(&self, vm: &VM, account: &Account) -> Result<()> {
        if account.is_zero() {
            return Err(Revert::new::<ERC721InvalidReceiver>((account,)));
        }
        let id = self.standing(vm, account).id;
        if id != 0 {
            return Err(Revert::new::<MembershipAlreadyMember>((account, id)));
        }
        Ok(())
    }

    /// Voids every signature that an issuer gave for the credential of an id.
    fn count_up(&self, vm: &mut VM, id: u64) {
        let credential = self.credential(vm, &Uint::from(id));
        let place = self.files.of(vm, datacoop_kit::word::Word::word(&credential));
        let File { id, nonce } = place.get(vm);
        place.set(vm, &File { id, nonce: nonce.wrapping_add(1) });
    }

    /// Moves a membership from one account to another: the only writer of who is a member. The zero
    /// address is nobody, from whom it begins and to whom it ends.
    fn write(&self, vm: &mut VM, from: &Account, to: &Account, standing: &Standing) {
        let id = Uint::from(standing.id);
        if !from.is_zero() {
            self.standings.of(vm, from).set(vm, &Standing::default());
        }
        if !to.is_zero() {
            self.standings.of(vm, to).set(vm, standing);
        }
        self.holders.of(vm, &id).set(vm, to);
        emit::<Transfer>(vm, (from, to, &id), ());
    }
}

/// Logs a change of what a member acts as, if it is one.
fn log_roles(vm: &mut VM, id: u64, old: u8, new: u8) {
    if old != new {
        emit::<ActorRolesChanged>(vm, (id,), (old, new));
    }
}
