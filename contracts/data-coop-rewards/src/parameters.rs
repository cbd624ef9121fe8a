//! Decides what governance can tune, and how far: each parameter with its unit, its start, its
//! bounds and its event.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    event::emit,
    host, layout,
    storage::Stored,
    word::{Word, join, split},
};
use stylus_sdk::host::VM;

use crate::{
    rewards::IDataCoopRewards::{
        CooldownPeriodChanged, GovRewardChanged, MinQualityChanged, RarityCurveChanged,
        RewardRateChanged, RewardsInvalidAddress, RewardsOutOfBounds, TimeBonusChanged,
    },
    score::ONE,
};

/// Seconds in a day.
const DAY: u64 = 86_400;

/// The most that a reward rate can be, in wei: 1,000 tokens.
pub const MAX_RATE: u128 = 1_000 * ONE as u128;

/// The most that the cooldown can be, in seconds: 365 days.
pub const MAX_COOLDOWN: u64 = 365 * DAY;

/// The most that the least quality can be: a half.
pub const MAX_MIN_QUALITY: u64 = ONE / 2;

/// The most that the rarity multiplier can be: ten.
pub const MAX_PEAK: u64 = 10 * ONE;

/// The most contributions after which the multiplier has come half the way: 10^9.
pub const MAX_HALF_COUNT: u64 = 1_000_000_000;

/// The most that the time bonus can be, in points: one.
pub const MAX_BONUS: u64 = ONE;

/// The bounds of a period, in seconds: one day and 365 days.
pub const PERIODS: (u64, u64) = (DAY, 365 * DAY);

/// The most that the gap can be, in seconds: 730 days.
pub const MAX_GAP: u64 = 730 * DAY;

layout! {
    /// The storage of the parameters.
    pub struct ParametersStorage {
        /// Rate and cooldown. Written by [`ParametersStorage::set_rate`] and
        /// [`ParametersStorage::set_cooldown`].
        terms: Slot<Terms>,
        /// The rarity curve and the least quality. Written by [`ParametersStorage::set_curve`] and
        /// [`ParametersStorage::set_min_quality`].
        curve: Slot<Curve>,
        /// The time bonus. Written by [`ParametersStorage::set_bonus`].
        bonus: Slot<Bonus>,
        /// What is paid in GOV. Written by [`ParametersStorage::set_gov`].
        gov: Slot<GovReward>,
    }
}

/// Rate and cooldown, in one slot: `uint128 rate`, `uint64 cooldown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// DATA for a plain contribution, and for one point, in wei.
    pub rate: u128,
    /// Seconds between two contributions of a member.
    pub cooldown: u64,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, cooldown, _] = Stored::from_slot(word);
        Self { rate: join(low, high), cooldown }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.rate);
        Uint::from_lanes(low, high, self.cooldown, 0)
    }
}

/// The rarity curve and the least quality, in one slot: four times `uint64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    /// The multiplier of a class without contributions, in fixed point.
    pub peak: u64,
    /// What the multiplier falls towards, in fixed point.
    pub floor: u64,
    /// After how many contributions it has come half the way.
    pub half_count: u64,
    /// The least quality of a contribution, in fixed point.
    pub min_quality: u64,
}

impl Stored for Curve {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [peak, floor, half_count, min_quality] = Stored::from_slot(word);
        Self { peak, floor, half_count, min_quality }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.peak, self.floor, self.half_count, self.min_quality)
    }
}

/// The time bonus, in one slot: four times `uint64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bonus {
    /// Points for each whole period of the unbroken record.
    pub step: u64,
    /// The most points.
    pub maximum: u64,
    /// Seconds in a period.
    pub period: u64,
    /// The longest silence that does not break the record, in seconds.
    pub gap: u64,
}

impl Stored for Bonus {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [step, maximum, period, gap] = Stored::from_slot(word);
        Self { step, maximum, period, gap }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.step, self.maximum, self.period, self.gap)
    }
}

/// What is paid in GOV, in one slot: `address token`, `uint96 rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GovReward {
    /// The GOV token; the zero address when there is none.
    pub token: Account,
    /// GOV for each contribution, in wei.
    pub rate: u128,
}

impl Stored for GovReward {
    type Held<'a> = B256;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let mut word = *word.word();
        let mut rate = [0; 16];
        rate[4..].copy_from_slice(&word[..12]);
        word[..12].fill(0);
        Self { token: Account::from_slot(Uint::new(word)), rate: u128::from_be_bytes(rate) }
    }

    #[inline(always)]
    fn to_slot(&self) -> B256 {
        let mut word = *self.token.word();
        word[..12].copy_from_slice(&self.rate.to_be_bytes()[4..]);
        word
    }
}

/// Returns a number that lies within bounds.
fn bounded(value: &Uint, (minimum, maximum): (u64, u64)) -> Result<u64> {
    let number = value.to_u64();
    if (minimum..=maximum).contains(&number) {
        Ok(number)
    } else {
        Err(Revert::new::<RewardsOutOfBounds>((value, minimum, maximum)))
    }
}

/// Returns a rate that lies within its bounds.
fn bounded_rate(value: &Uint) -> Result<u128> {
    let rate = value.to_u128();
    if rate <= MAX_RATE {
        Ok(rate)
    } else {
        Err(Revert::new::<RewardsOutOfBounds>((value, 0_u64, MAX_RATE)))
    }
}

impl ParametersStorage {
    /// Writes the parameters that everything starts with.
    pub(crate) fn start(&self, vm: &mut VM) {
        self.terms.set(vm, &Terms { rate: 10 * u128::from(ONE), cooldown: 7 * DAY });
        self.curve.set(
            vm,
            &Curve { peak: 3 * ONE, floor: ONE, half_count: 1_000, min_quality: ONE / 10 },
        );
        self.bonus
            .set(vm, &Bonus { step: ONE / 100, maximum: ONE / 2, period: 7 * DAY, gap: 30 * DAY });
    }

    /// Returns rate and cooldown.
    pub(crate) fn terms(&self, vm: &VM) -> Terms {
        self.terms.get(vm)
    }

    /// Returns the rarity curve and the least quality.
    pub(crate) fn curve(&self, vm: &VM) -> Curve {
        self.curve.get(vm)
    }

    /// Returns the time bonus.
    pub(crate) fn bonus(&self, vm: &VM) -> Bonus {
        self.bonus.get(vm)
    }

    /// Returns what is paid in GOV.
    pub(crate) fn gov(&self, vm: &VM) -> GovReward {
        self.gov.get(vm)
    }

    /// Sets the rate: at most [`MAX_RATE`].
    pub(crate) fn set_rate(&self, vm: &mut VM, value: &Uint) -> Result<()> {
        let (old, rate) = (self.terms(vm), bounded_rate(value)?);
        self.terms.set(vm, &Terms { rate, ..old });
        emit::<RewardRateChanged>(vm, (), (old.rate, value));
        Ok(())
    }

    /// Sets the cooldown: at most [`MAX_COOLDOWN`].
    pub(crate) fn set_cooldown(&self, vm: &mut VM, value: &Uint) -> Result<()> {
        let (old, cooldown) = (self.terms(vm), bounded(value, (0, MAX_COOLDOWN))?);
        self.terms.set(vm, &Terms { cooldown, ..old });
        emit::<CooldownPeriodChanged>(vm, (), (old.cooldown, value));
        Ok(())
    }

    /// Sets the least quality: more than zero, at most [`MAX_MIN_QUALITY`].
    pub(crate) fn set_min_quality(&self, vm: &mut VM, value: &Uint) -> Result<()> {
        let (old, min_quality) = (self.curve(vm), bounded(value, (1, MAX_MIN_QUALITY))?);
        self.curve.set(vm, &Curve { min_quality, ..old });
        emit::<MinQualityChanged>(vm, (), (old.min_quality, value));
        Ok(())
    }

    /// Sets the rarity curve: the peak at most [`MAX_PEAK`], the floor at most the peak, the half
    /// count from one to [`MAX_HALF_COUNT`].
    pub(crate) fn set_curve(&self, vm: &mut VM, new: [&Uint; 3]) -> Result<()> {
        let old = self.curve(vm);
        let peak = bounded(new[0], (0, MAX_PEAK))?;
        let floor = bounded(new[1], (0, peak))?;
        let half_count = bounded(new[2], (1, MAX_HALF_COUNT))?;
        self.curve.set(vm, &Curve { peak, floor, half_count, ..old });
        emit::<RarityCurveChanged>(
            vm,
            (),
            (old.peak, old.floor, old.half_count, peak, floor, half_count),
        );
        Ok(())
    }

    /// Sets the time bonus: the maximum at most [`MAX_BONUS`], the step at most the maximum, the
    /// period within [`PERIODS`], the gap from the period to [`MAX_GAP`].
    pub(crate) fn set_bonus(&self, vm: &mut VM, new: [&Uint; 4]) -> Result<()> {
        let old = self.bonus(vm);
        let maximum = bounded(new[1], (0, MAX_BONUS))?;
        let step = bounded(new[0], (0, maximum))?;
        let period = bounded(new[2], PERIODS)?;
        let gap = bounded(new[3], (period, MAX_GAP))?;
        self.bonus.set(vm, &Bonus { step, maximum, period, gap });
        emit::<TimeBonusChanged>(
            vm,
            (),
            (old.step, old.maximum, old.period, old.gap, step, maximum, period, gap),
        );
        Ok(())
    }

    /// Sets what is paid in GOV: at most [`MAX_RATE`] of a token that is a contract, or nothing of
    /// no token.
    pub(crate) fn set_gov(&self, vm: &mut VM, token: &Account, value: &Uint) -> Result<()> {
        let (old, rate) = (self.gov(vm), bounded_rate(value)?);
        let none = token.is_zero() && rate == 0;
        if !none && !host::is_contract(vm, token) {
            return Err(Revert::new::<RewardsInvalidAddress>((token,)));
        }
        self.gov.set(vm, &GovReward { token: *token, rate });
        emit::<GovRewardChanged>(vm, (), (old.token, old.rate, token, value));
        Ok(())
    }
}
