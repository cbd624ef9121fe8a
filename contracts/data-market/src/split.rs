//! Decides who gets what of a price: governed shares that sum to the whole, and dust for the
//! contributors.

use alloy_sol_types::sol_data;
use datacoop_kit::{
    Account, Result, Revert, Uint, abi::ToAbi, event::emit, host, layout, output, storage::Stored,
};
use stylus_sdk::host::VM;

use crate::market::IDataMarket::{
    MarketInvalidRecipients, MarketInvalidSplit, MarketNoRecipients, RecipientsChanged,
    SplitChanged,
};

/// The whole, in basis points.
pub const WHOLE_BPS: u64 = 10_000;

/// The least share of those whose data it is, in basis points.
pub const MIN_CONTRIBUTORS_BPS: u16 = 1_000;

/// The shares at the start, in basis points.
pub const FIRST_SHARES: Shares = Shares {
    contributors: 7_000,
    validators: 1_000,
    treasury: 1_000,
    infrastructure: 500,
    burned: 500,
};

layout! {
    /// The storage of the split.
    pub struct SplitStorage {
        /// The shares. Written by [`SplitStorage::set`].
        shares: Slot<Shares>,
        /// Who gets the treasury's part, and what is slashed. Written by
        /// [`SplitStorage::set_recipients`].
        treasury: Slot<Account>,
        /// Who gets the infrastructure's part. Written by [`SplitStorage::set_recipients`].
        infrastructure: Slot<Account>,
    }
}

/// Shares in basis points, in one slot, 16 bits each, the contributors' in the lowest.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    /// Of those whose records the edition has, by the registry's shares.
    pub contributors: u16,
    /// Of the validators' pool.
    pub validators: u16,
    /// Of the treasury.
    pub treasury: u16,
    /// Of the infrastructure.
    pub infrastructure: u16,
    /// What is burned, of a price in DATA.
    pub burned: u16,
}

impl Stored for Shares {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "16 bits are taken at a time")]
    fn from_slot(word: Uint) -> Self {
        let [low, burned, _, _] = Stored::from_slot(word);
        Self {
            contributors: low as u16,
            validators: (low >> 16) as u16,
            treasury: (low >> 32) as u16,
            infrastructure: (low >> 48) as u16,
            burned: burned as u16,
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [contributors, validators, treasury, infrastructure, burned] = self.numbers();
        let low = contributors | validators << 16 | treasury << 32 | infrastructure << 48;
        Uint::from_lanes(low, burned, 0, 0)
    }
}

impl Shares {
    fn numbers(&self) -> [u64; 5] {
        let Self { contributors, validators, treasury, infrastructure, burned } = *self;
        [contributors, validators, treasury, infrastructure, burned].map(u64::from)
    }
}

impl ToAbi<sol_data::FixedArray<sol_data::Uint<16>, 5>> for Shares {
    fn push_head(&self, _: &mut u64) {
        for share in self.numbers() {
            output::push_number(share);
        }
    }

    fn push_tail(self) {}
}

/// The parts of a price, which sum to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) contributors: Uint,
    pub(crate) validators: Uint,
    pub(crate) treasury: Uint,
    pub(crate) infrastructure: Uint,
    pub(crate) burned: Uint,
}

impl SplitStorage {
    /// Returns the shares.
    pub(crate) fn shares(&self, vm: &VM) -> Shares {
        self.shares.get(vm)
    }

    /// Sets the shares.
    ///
    /// # Errors
    ///
    /// [`MarketInvalidSplit`] when they do not sum to the whole, or the contributors' is below
    /// [`MIN_CONTRIBUTORS_BPS`].
    ///
    /// # Events
    ///
    /// [`SplitChanged`].
    pub(crate) fn set(&self, vm: &mut VM, new: &Shares) -> Result<()> {
        // Five numbers of 16 bits.
        let sum = new.numbers().into_iter().fold(0, u64::wrapping_add);
        if sum != WHOLE_BPS || new.contributors < MIN_CONTRIBUTORS_BPS {
            let values = (sum, new.contributors, MIN_CONTRIBUTORS_BPS);
            return Err(Revert::new::<MarketInvalidSplit>(values));
        }
        let old = self.shares.get(vm);
        self.shares.set(vm, new);
        emit::<SplitChanged>(vm, (), (old, *new));
        Ok(())
    }

    /// Returns who gets the treasury's and the infrastructure's part.
    pub(crate) fn recipients(&self, vm: &VM) -> (Account, Account) {
        (self.treasury.get(vm), self.infrastructure.get(vm))
    }

    /// Returns who gets them, once that is known.
    ///
    /// # Errors
    ///
    /// [`MarketNoRecipients`] when it is not.
    pub(crate) fn known_recipients(&self, vm: &VM) -> Result<(Account, Account)> {
        let recipients = self.recipients(vm);
        // Both are set at once.
        if recipients.0.is_zero() {
            return Err(Revert::new::<MarketNoRecipients>(()));
        }
        Ok(recipients)
    }

    /// Sets who gets them.
    ///
    /// # Errors
    ///
    /// [`MarketInvalidRecipients`] when one is the zero address or this contract.
    ///
    /// # Events
    ///
    /// [`RecipientsChanged`].
    pub(crate) fn set_recipients(
        &self,
        vm: &mut VM,
        treasury: &Account,
        infrastructure: &Account,
    ) -> Result<()> {
        let this = host::this(vm);
        for recipient in [treasury, infrastructure] {
            if recipient.is_zero() || *recipient == this {
                let values = (treasury, infrastructure);
                return Err(Revert::new::<MarketInvalidRecipients>(values));
            }
        }
        let (old_treasury, old_infrastructure) = self.recipients(vm);
        self.treasury.set(vm, treasury);
        self.infrastructure.set(vm, infrastructure);
        let data = (&old_treasury, &old_infrastructure, treasury, infrastructure);
        emit::<RecipientsChanged>(vm, (), data);
        Ok(())
    }

    /// Returns the parts of a price, which is below 2^240. Of one that is not in DATA nothing is
    /// burned.
    pub(crate) fn parts(&self, vm: &VM, price: &Uint, is_data: bool) -> Parts {
        let shares = self.shares.get(vm);
        let whole = Uint::from(WHOLE_BPS);
        let part = |bps: u16| host::mul_div(vm, price, &Uint::from(u64::from(bps)), &whole);
        let [validators, treasury, infrastructure] =
            [shares.validators, shares.treasury, shares.infrastructure].map(part);
        let burned = if is_data { part(shares.burned) } else { Uint::ZERO };
        let mut contributors = *price;
        for other in [&validators, &treasury, &infrastructure, &burned] {
            // Each is rounded down from shares that sum to at most the whole.
            contributors.wrapping_sub(other);
        }
        Parts { contributors, validators, treasury, infrastructure, burned }
    }
}
