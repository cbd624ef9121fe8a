//! Decides which licences there are, who holds each, and by which of them an account has access.
//!
//! The licence that an account uses is one that it holds: who gives a licence away uses it no more.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout, output,
    storage::{Place, Stored},
    word::{Word, join, split},
};
use stylus_sdk::host::VM;

use crate::market::{
    IDataMarket::{
        LicenceUsed, MarketLicenceNotLive, MarketMissingPublicKey, MarketNotHolder, TransferSingle,
    },
    STAKES,
};

/// How long a period is, in seconds: 30 days.
pub const PERIOD_SECS: u64 = 30 * 86_400;

/// The most periods of a licence: ten years, as long as a consent lasts.
pub const MAX_PERIODS: u32 = 120;

layout! {
    /// The storage of licences.
    pub struct LicencesStorage {
        /// How many were granted; the last one's id. Written by [`LicencesStorage::grant`].
        count: Slot<Uint>,
        /// By id, four slots: the core, the holder, the hash of the terms and the holder's public
        /// key. Written by [`LicencesStorage::grant`], [`LicencesStorage::extend`],
        /// [`LicencesStorage::hand_over`] and [`LicencesStorage::set_use`].
        licences: Mapping<Uint, Core>,
        /// By holder, edition and purpose, hashed together, the licence in use. Written by
        /// [`LicencesStorage::set_use`] and [`LicencesStorage::hand_over`].
        in_use: Mapping<B256, Uint>,
    }
}

/// What a licence is for, in one slot: `uint128 edition`, `uint56 start`, `uint8 purpose`, `uint64
/// end`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Core {
    /// The edition, below 2^128.
    pub(crate) edition: u128,
    /// The purpose, by number.
    pub(crate) purpose: u8,
    /// The first second of it, since 1970.
    pub(crate) start: u64,
    /// The first second after it, since 1970.
    pub(crate) end: u64,
}

/// The bits of a start.
const START_BITS: u32 = 56;

impl Stored for Core {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "what is left of 64 bits is eight")]
    fn from_slot(word: Uint) -> Self {
        let [low, high, packed, end] = Stored::from_slot(word);
        Self {
            edition: join(low, high),
            purpose: (packed >> START_BITS) as u8,
            start: packed & ((1 << START_BITS) - 1),
            end,
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.edition);
        let packed = self.start | u64::from(self.purpose) << START_BITS;
        Uint::from_lanes(low, high, packed, self.end)
    }
}

impl Core {
    /// Returns the edition.
    pub(crate) fn edition(&self) -> Uint {
        Uint::from(self.edition)
    }
}

/// A licence that is to be granted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant<'a> {
    /// To whom.
    pub(crate) holder: &'a Account,
    /// What for.
    pub(crate) core: Core,
    /// The hash of the terms that it accepted.
    pub(crate) terms: &'a B256,
    /// What keys are released to.
    pub(crate) public_key: &'a B256,
}

impl LicencesStorage {
    /// Returns how many licences were granted.
    pub(crate) fn count(&self, vm: &VM) -> Uint {
        self.count.get(vm)
    }

    /// Returns what a licence is for.
    pub(crate) fn core(&self, vm: &VM, id: &Uint) -> Core {
        self.licences.of(vm, id).get(vm)
    }

    /// Returns who holds a licence; nobody one that never was.
    pub(crate) fn holder(&self, vm: &VM, id: &Uint) -> Account {
        self.holder_of(vm, id).get(vm)
    }

    /// Returns the hash of a licence's terms.
    pub(crate) fn terms(&self, vm: &VM, id: &Uint) -> B256 {
        self.licences.of(vm, id).next::<B256>(2).get(vm)
    }

    /// Returns what keys are released to.
    pub(crate) fn public_key(&self, vm: &VM, id: &Uint) -> B256 {
        self.key_of(vm, id).get(vm)
    }

    /// Returns the licence that an account uses for an edition and a purpose, or zero.
    pub(crate) fn in_use(&self, vm: &VM, holder: &Account, edition: &Uint, purpose: u8) -> Uint {
        let key = use_key(vm, Some(holder), edition, purpose);
        self.in_use.of(vm, &key).get(vm)
    }

    /// Returns what a licence of an account is for.
    ///
    /// # Errors
    ///
    /// [`MarketNotHolder`] when it does not hold it.
    pub(crate) fn own(&self, vm: &VM, id: &Uint, account: &Account) -> Result<Core> {
        if self.holder(vm, id) == *account && !account.is_zero() {
            Ok(self.core(vm, id))
        } else {
            Err(Revert::new::<MarketNotHolder>((id, account)))
        }
    }

    /// Grants a licence, which its holder then uses, and returns its id.
    ///
    /// # Events
    ///
    /// [`TransferSingle`] from the zero address, [`LicenceUsed`].
    #[inline(never)]
    pub(crate) fn grant(&self, vm: &mut VM, grant: &Grant<'_>) -> Uint {
        let Grant { holder, core, terms, public_key } = grant;
        let mut id = self.count.get(vm);
        let one = Uint::from(1_u64);
        // Each was granted by a transaction.
        id.wrapping_add(&one);
        self.count.set(vm, &id);
        let place = self.licences.of(vm, &id);
        place.set(vm, core);
        place.next(1).set(vm, *holder);
        place.next(2).set(vm, *terms);
        let operator = host::sender(vm);
        let topics = (&operator, &Account::ZERO, *holder);
        emit::<TransferSingle>(vm, topics, (&id, &one));
        self.set_use(vm, holder, (&id, core), public_key);
        id
    }

    /// Makes a licence that an account holds the one that it uses.
    ///
    /// # Errors
    ///
    /// - [`MarketMissingPublicKey`] without a key,
    /// - [`MarketNotHolder`] when it does not hold it,
    /// - [`MarketLicenceNotLive`] when it is over.
    ///
    /// # Events
    ///
    /// [`LicenceUsed`].
    pub(crate) fn start_use(
        &self,
        vm: &mut VM,
        holder: &Account,
        id: &Uint,
        public_key: &B256,
    ) -> Result<()> {
        require_key(public_key)?;
        let core = self.own(vm, id, holder)?;
        if core.end <= host::timestamp(vm) {
            return Err(Revert::new::<MarketLicenceNotLive>((id, core.end)));
        }
        self.set_use(vm, holder, (id, &core), public_key);
        Ok(())
    }

    /// Lengthens a licence, under other terms, and keeps its holder's stake as long.
    pub(crate) fn extend(&self, vm: &mut VM, id: &Uint, (core, terms): (&Core, &B256)) {
        let place = self.licences.of(vm, id);
        place.set(vm, core);
        place.next(2).set(vm, terms);
        let holder = self.holder(vm, id);
        STAKES.lock(vm, &holder, core.end);
    }

    /// Moves a licence from its holder to another account, which does not use it yet.
    pub(crate) fn hand_over(&self, vm: &mut VM, id: &Uint, from: &Account, to: &Account) {
        let core = self.core(vm, id);
        let key = use_key(vm, Some(from), &core.edition(), core.purpose);
        let used = self.in_use.of(vm, &key);
        if used.get(vm) == *id {
            used.set(vm, &Uint::ZERO);
        }
        self.key_of(vm, id).set(vm, &B256::ZERO);
        self.holder_of(vm, id).set(vm, to);
    }

    /// Writes that a holder uses a licence of its own, with a key, and keeps its stake as long.
    fn set_use(
        &self,
        vm: &mut VM,
        holder: &Account,
        (id, core): (&Uint, &Core),
        public_key: &B256,
    ) {
        let key = use_key(vm, Some(holder), &core.edition(), core.purpose);
        let used = self.in_use.of(vm, &key);
        let old_id = used.get(vm);
        if old_id != *id {
            used.set(vm, id);
        }
        let old_key = self.public_key(vm, id);
        self.key_of(vm, id).set(vm, public_key);
        emit::<LicenceUsed>(vm, (id, holder), (&old_id, &old_key, public_key));
        STAKES.lock(vm, holder, core.end);
    }

    fn holder_of(&self, vm: &VM, id: &Uint) -> Place<Account> {
        self.licences.of(vm, id).next(1)
    }

    fn key_of(&self, vm: &VM, id: &Uint) -> Place<B256> {
        self.licences.of(vm, id).next(3)
    }
}

/// Requires what keys can be released to.
///
/// # Errors
///
/// [`MarketMissingPublicKey`] for zero.
pub(crate) fn require_key(public_key: &B256) -> Result<()> {
    if *public_key == B256::ZERO {
        return Err(Revert::new::<MarketMissingPublicKey>(()));
    }
    Ok(())
}

/// Returns the key of an edition and a purpose, and of an account where there is one.
#[inline(never)]
pub(crate) fn use_key(vm: &VM, holder: Option<&Account>, edition: &Uint, purpose: u8) -> B256 {
    let start = output::len();
    if let Some(holder) = holder {
        output::push(holder.word());
    }
    output::push(edition.word());
    output::push_number(purpose.into());
    host::hash_output(vm, start)
}
