//! Decides who is vetted, and what becomes of stakes: money of researchers that a ruling can take,
//! and that nothing else touches.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout, safe_erc20,
    storage::{Place, Stored},
    word::{join, split},
};
use stylus_sdk::host::VM;

use crate::{
    market::{
        IDataMarket::{
            Barred, MarketInsufficientStake, MarketInvalidAmount, MarketInvalidCooldown,
            MarketMissingRuling, MarketNotVetted, MarketStakeLocked, MarketUnstakeNotReady,
            RequiredStakeChanged, Slashed, Staked, UnstakeCooldownChanged, UnstakeRequested,
            Unstaked,
        },
        NEIGHBOURS, SPLIT,
    },
    neighbours::require_contract,
    payments,
};

/// The highest required stake, and the most that is staked at once: 2^96 − 1.
pub const MAX_STAKE: u128 = (1 << 96) - 1;

/// The required stake at the start: 1,000 of a token of 18 decimals.
pub const FIRST_REQUIRED: u128 = 1_000_000_000_000_000_000_000;

/// The shortest cooldown, in seconds: a day.
pub const MIN_COOLDOWN_SECS: u64 = 86_400;

/// The longest cooldown, in seconds: 90 days.
pub const MAX_COOLDOWN_SECS: u64 = 90 * 86_400;

/// The cooldown at the start, in seconds: 14 days.
pub const FIRST_COOLDOWN_SECS: u64 = 14 * 86_400;

layout! {
    /// The storage of stakes.
    pub struct StakesStorage {
        /// What is staked. Written by the constructor.
        token: Slot<Account>,
        /// What is required. Written by [`StakesStorage::set_terms`].
        terms: Slot<Terms>,
        /// Everything that is staked. Written by [`StakesStorage::write`].
        total: Slot<Uint>,
        /// By account, two slots: its stake, and its standing. Written by
        /// [`StakesStorage::write`] and [`StakesStorage::set_standing`].
        stakes: Mapping<Account, Stake>,
    }
}

/// What is required of a researcher, in one slot: `uint128 required`, `uint64 cooldown`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The stake that vets.
    pub(crate) required: u128,
    /// How long a part that was asked for waits, in seconds.
    pub(crate) cooldown: u64,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, cooldown, _] = Stored::from_slot(word);
        Self { required: join(low, high), cooldown }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.required);
        Uint::from_lanes(low, high, self.cooldown, 0)
    }
}

/// An account's stake, in one slot: `uint128 staked`, `uint128 unstaking`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stake {
    /// All of it.
    pub(crate) staked: u128,
    /// What of it was asked for: not more.
    pub(crate) unstaking: u128,
}

impl Stored for Stake {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, unstaking_low, unstaking_high] = Stored::from_slot(word);
        Self { staked: join(low, high), unstaking: join(unstaking_low, unstaking_high) }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let ([low, high], [unstaking_low, unstaking_high]) =
            (split(self.staked), split(self.unstaking));
        Uint::from_lanes(low, high, unstaking_low, unstaking_high)
    }
}

/// What else is known of an account, in one slot: `uint64 readyAt`, `uint64 lockedUntil`, `uint64
/// led`, `uint64 barred`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// When what was asked for can be paid, in seconds since 1970.
    pub(crate) ready_at: u64,
    /// When the last licence ends that it used, in seconds since 1970.
    pub(crate) locked_until: u64,
    /// In how many auctions it leads.
    pub(crate) led: u32,
    /// Whether a ruling keeps it out.
    pub(crate) barred: bool,
}

impl Stored for Standing {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "written from 32 bits")]
    fn from_slot(word: Uint) -> Self {
        let [ready_at, locked_until, led, barred] = Stored::from_slot(word);
        Self { ready_at, locked_until, led: led as u32, barred: barred != 0 }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let Self { ready_at, locked_until, led, barred } = *self;
        Uint::from_lanes(ready_at, locked_until, led.into(), barred.into())
    }
}

impl StakesStorage {
    /// Writes what is staked, for ever, and what is required at first.
    ///
    /// # Errors
    ///
    /// `MarketInvalidContract` when the token is no contract.
    pub(crate) fn construct(&self, vm: &mut VM, token: &Account) -> Result<()> {
        require_contract(vm, token)?;
        self.token.set(vm, token);
        self.set_terms(vm, Terms { required: FIRST_REQUIRED, cooldown: FIRST_COOLDOWN_SECS });
        Ok(())
    }

    /// Returns what is staked.
    pub(crate) fn token(&self, vm: &VM) -> Account {
        self.token.get(vm)
    }

    /// Returns what is required.
    pub(crate) fn terms(&self, vm: &VM) -> Terms {
        self.terms.get(vm)
    }

    /// Returns everything that is staked.
    pub(crate) fn total(&self, vm: &VM) -> Uint {
        self.total.get(vm)
    }

    /// Returns an account's stake.
    pub(crate) fn stake(&self, vm: &VM, account: &Account) -> Stake {
        self.stakes.of(vm, account).get(vm)
    }

    /// Returns what else is known of an account.
    pub(crate) fn standing(&self, vm: &VM, account: &Account) -> Standing {
        self.standing_of(vm, account).get(vm)
    }

    /// Returns whether an account may buy, hold and use licences.
    #[inline(never)]
    pub(crate) fn is_vetted(&self, vm: &VM, account: &Account) -> bool {
        let Stake { staked, unstaking } = self.stake(vm, account);
        // What was asked for is a part of the stake.
        staked.wrapping_sub(unstaking) >= self.terms(vm).required
            && !self.standing(vm, account).barred
            && NEIGHBOURS.is_researcher(vm, account)
    }

    /// Requires that an account is vetted.
    ///
    /// # Errors
    ///
    /// [`MarketNotVetted`] when it is not.
    pub(crate) fn require_vetted(&self, vm: &VM, account: &Account) -> Result<()> {
        if self.is_vetted(vm, account) {
            Ok(())
        } else {
            Err(Revert::new::<MarketNotVetted>((account,)))
        }
    }

    /// Adds to an account's stake.
    ///
    /// # Errors
    ///
    /// - [`MarketInvalidAmount`] for nothing, and above [`MAX_STAKE`],
    /// - as [`payments::take`].
    ///
    /// # Events
    ///
    /// [`Staked`].
    pub(crate) fn add(&self, vm: &mut VM, account: &Account, amount: &Uint) -> Result<()> {
        let added = bounded(amount, 1, MAX_STAKE)?;
        let stake = self.stake(vm, account);
        let Some(staked) = stake.staked.checked_add(added) else {
            return Err(Revert::overflow());
        };
        self.write(vm, account, &Stake { staked, ..stake });
        let data = (amount, &Uint::from(stake.staked), &Uint::from(staked));
        emit::<Staked>(vm, (account,), data);
        let token = self.token(vm);
        payments::take(vm, &token, account, amount)
    }

    /// Asks for a part of an account's stake, in place of what was asked for before.
    ///
    /// # Errors
    ///
    /// - [`MarketStakeLocked`] when something keeps the stake and more is asked for than before,
    /// - [`MarketInsufficientStake`] when it is less.
    ///
    /// # Events
    ///
    /// [`UnstakeRequested`].
    pub(crate) fn request(&self, vm: &mut VM, account: &Account, amount: &Uint) -> Result<()> {
        let stake = self.stake(vm, account);
        let unstaking = amount.to_u128();
        let standing = if unstaking > stake.unstaking {
            self.require_free(vm, account)?
        } else {
            self.standing(vm, account)
        };
        if unstaking > stake.staked {
            return Err(insufficient(account, &stake, amount));
        }
        let ready_at = host::timestamp(vm).saturating_add(self.terms(vm).cooldown);
        self.write(vm, account, &Stake { unstaking, ..stake });
        self.set_standing(vm, account, &Standing { ready_at, ..standing });
        let data = (&Uint::from(stake.unstaking), amount, ready_at);
        emit::<UnstakeRequested>(vm, (account,), data);
        Ok(())
    }

    /// Pays what an account asked for, and returns it.
    ///
    /// # Errors
    ///
    /// - [`MarketStakeLocked`] when something keeps the stake,
    /// - [`MarketUnstakeNotReady`] when nothing was asked for, or not long enough ago,
    /// - `SafeERC20FailedOperation` when the token fails.
    ///
    /// # Events
    ///
    /// [`Unstaked`].
    pub(crate) fn pay(&self, vm: &mut VM, account: &Account) -> Result<Uint> {
        let Standing { ready_at, .. } = self.require_free(vm, account)?;
        let old = self.stake(vm, account);
        let amount = Uint::from(old.unstaking);
        if old.unstaking == 0 || host::timestamp(vm) < ready_at {
            let values = (account, &amount, ready_at);
            return Err(Revert::new::<MarketUnstakeNotReady>(values));
        }
        // What was asked for is a part of the stake.
        let staked = old.staked.wrapping_sub(old.unstaking);
        self.write(vm, account, &Stake { staked, unstaking: 0 });
        let data = (&amount, &Uint::from(old.staked), &Uint::from(staked));
        emit::<Unstaked>(vm, (account,), data);
        let token = self.token(vm);
        safe_erc20::send(vm, &token, account, &amount)?;
        Ok(amount)
    }

    /// Takes a part of an account's stake to the treasury.
    ///
    /// # Errors
    ///
    /// - [`MarketMissingRuling`] without the hash of a ruling,
    /// - [`MarketInvalidAmount`] for nothing,
    /// - [`MarketInsufficientStake`] when the stake is less,
    /// - `MarketNoRecipients` when there is no treasury,
    /// - `SafeERC20FailedOperation` when the token fails.
    ///
    /// # Events
    ///
    /// [`Slashed`].
    pub(crate) fn slash(
        &self,
        vm: &mut VM,
        account: &Account,
        amount: &Uint,
        ruling: &B256,
    ) -> Result<()> {
        require_ruling(ruling)?;
        let old = self.stake(vm, account);
        let Some(staked) = old.staked.checked_sub(amount.to_u128()) else {
            return Err(insufficient(account, &old, amount));
        };
        bounded(amount, 1, u128::MAX)?;
        let (treasury, _) = SPLIT.known_recipients(vm)?;
        self.write(vm, account, &Stake { staked, unstaking: old.unstaking.min(staked) });
        let data = (amount, &Uint::from(old.staked), &Uint::from(staked));
        emit::<Slashed>(vm, (account, ruling), data);
        let token = self.token(vm);
        safe_erc20::send(vm, &token, &treasury, amount)
    }

    /// Keeps an account out, or lets it in again.
    ///
    /// # Errors
    ///
    /// [`MarketMissingRuling`] without the hash of a ruling.
    ///
    /// # Events
    ///
    /// [`Barred`].
    pub(crate) fn set_barred(
        &self,
        vm: &mut VM,
        account: &Account,
        ruling: &B256,
        barred: bool,
    ) -> Result<()> {
        require_ruling(ruling)?;
        let old = self.standing(vm, account);
        self.set_standing(vm, account, &Standing { barred, ..old });
        emit::<Barred>(vm, (account, ruling), (old.barred, barred));
        Ok(())
    }

    /// Keeps an account's stake until a time, at least.
    pub(crate) fn lock(&self, vm: &mut VM, account: &Account, until: u64) {
        let standing = self.standing(vm, account);
        if standing.locked_until < until {
            let locked = Standing { locked_until: until, ..standing };
            self.set_standing(vm, account, &locked);
        }
    }

    /// Counts one more auction in which an account leads, or one less.
    pub(crate) fn lead(&self, vm: &mut VM, account: &Account, leads: bool) {
        let standing = self.standing(vm, account);
        // Each auction was begun by a transaction, and counted before it is no more.
        let led = if leads { standing.led.wrapping_add(1) } else { standing.led.wrapping_sub(1) };
        self.set_standing(vm, account, &Standing { led, ..standing });
    }

    /// Sets the required stake.
    ///
    /// # Errors
    ///
    /// [`MarketInvalidAmount`] above [`MAX_STAKE`].
    ///
    /// # Events
    ///
    /// [`RequiredStakeChanged`].
    pub(crate) fn set_required(&self, vm: &mut VM, amount: &Uint) -> Result<()> {
        let required = bounded(amount, 0, MAX_STAKE)?;
        let old = self.terms(vm);
        self.set_terms(vm, Terms { required, ..old });
        emit::<RequiredStakeChanged>(vm, (), (&Uint::from(old.required), amount));
        Ok(())
    }

    /// Sets the cooldown.
    ///
    /// # Errors
    ///
    /// [`MarketInvalidCooldown`] outside its bounds.
    ///
    /// # Events
    ///
    /// [`UnstakeCooldownChanged`].
    pub(crate) fn set_cooldown(&self, vm: &mut VM, cooldown: u64) -> Result<()> {
        if !(MIN_COOLDOWN_SECS..=MAX_COOLDOWN_SECS).contains(&cooldown) {
            let values = (cooldown, MIN_COOLDOWN_SECS, MAX_COOLDOWN_SECS);
            return Err(Revert::new::<MarketInvalidCooldown>(values));
        }
        let old = self.terms(vm);
        self.set_terms(vm, Terms { cooldown, ..old });
        emit::<UnstakeCooldownChanged>(vm, (), (old.cooldown, cooldown));
        Ok(())
    }

    /// Returns what else is known of an account, when nothing keeps its stake.
    fn require_free(&self, vm: &VM, account: &Account) -> Result<Standing> {
        let standing = self.standing(vm, account);
        if host::timestamp(vm) < standing.locked_until || standing.led != 0 {
            let values = (account, standing.locked_until, standing.led);
            return Err(Revert::new::<MarketStakeLocked>(values));
        }
        Ok(standing)
    }

    /// Writes an account's stake: the only writer of what is staked.
    fn write(&self, vm: &mut VM, account: &Account, new: &Stake) {
        let place = self.stakes.of(vm, account);
        let old: Stake = place.get(vm);
        place.set(vm, new);
        if old.staked != new.staked {
            // The total is the sum of the stakes, which the token's supply bounds.
            let mut total = self.total.get(vm);
            total.wrapping_sub(&Uint::from(old.staked));
            total.wrapping_add(&Uint::from(new.staked));
            self.total.set(vm, &total);
        }
    }

    fn standing_of(&self, vm: &VM, account: &Account) -> Place<Standing> {
        self.stakes.of(vm, account).next(1)
    }

    fn set_standing(&self, vm: &mut VM, account: &Account, new: &Standing) {
        self.standing_of(vm, account).set(vm, new);
    }

    fn set_terms(&self, vm: &mut VM, new: Terms) {
        self.terms.set(vm, &new);
    }
}

/// Returns an amount that is in bounds.
///
/// # Errors
///
/// [`MarketInvalidAmount`] when it is not.
pub(crate) fn bounded(amount: &Uint, minimum: u128, maximum: u128) -> Result<u128> {
    let small = amount.to_u128();
    if small < minimum || small > maximum || amount.bits() > 128 {
        let values = (amount, &Uint::from(minimum), &Uint::from(maximum));
        return Err(Revert::new::<MarketInvalidAmount>(values));
    }
    Ok(small)
}

fn require_ruling(ruling: &B256) -> Result<()> {
    if *ruling == B256::ZERO {
        return Err(Revert::new::<MarketMissingRuling>(()));
    }
    Ok(())
}

#[cold]
fn insufficient(account: &Account, stake: &Stake, needed: &Uint) -> Revert {
    Revert::new::<MarketInsufficientStake>((account, &Uint::from(stake.staked), needed))
}
