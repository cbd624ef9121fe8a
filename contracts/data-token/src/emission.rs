//! Decides how much DATA may be minted: in any window of 365 days at most the larger of a floor
//! and a share of the supply at the window's start.
//!
//! # How it counts
//!
//! A year is counted in twelfths, numbered from 1970. The first mint of a twelfth notes what had
//! been emitted before it (a *mark*). What counts against the cap at a moment in twelfth `p` is
//! everything emitted since the first mark of the twelfths `p − 12 ..= p`: at most 13 twelfths, at
//! least the last 365 days. It is the difference of two running sums, and both, with the number of
//! the twelfth, fill one slot; only the first mint of a twelfth looks the marks up, twelve at most.
//!
//! # Proof
//!
//! Let `Y` be 365 days and `τ` a twelfth of it. A mint of `v` at the time `z`, when `S(z)` is the
//! supply before it and `T(z)` what counts, is let through only if
//!
//! ```text
//! T(z) + v ≤ max(floor, bps · max(0, S(z) − T(z)) / 10 000).                                  (1)
//! ```
//!
//! Take any window from `a` to `a + Y`, both included, and let `z` be its last mint. The first
//! twelfth that counts at `z` starts at `τ·⌊z/τ⌋ − Y ≤ z − Y ≤ a`. So every mint of the window
//! counts, and the window's mints sum to at most `T(z) + v`, the left side of (1).
//!
//! Let `S(a)` be the supply at the window's start. Since then it grew by what the window minted
//! before `z`, which is at most `T(z)`, and shrank by what was burned: `S(a) ≥ S(z) − T(z)`. So the
//! right side of (1) is at most `max(floor, bps · S(a) / 10 000)`, with the floor and the basis
//! points in force at `z`. Together: **no window of 365 days mints more than the larger of the
//! floor and the basis points of the supply at its start.** ∎
//!
//! What was minted stops counting when the thirteenth twelfth after its own begins: at least 365
//! and at most 396 days later. The supply that the constructor creates does not count.

use datacoop_kit::{
    Result, Revert, Uint,
    event::emit,
    host, layout,
    storage::Stored,
    word::{join, split},
};
use stylus_sdk::host::VM;

use crate::IDataToken::{
    EmissionBpsTooHigh, EmissionCapChanged, EmissionCapExceeded, EmissionFloorTooHigh,
};

/// A twelfth of 365 days, in seconds.
pub const TWELFTH_SECS: u64 = 365 * 86_400 / 12;

/// Twelfths before the current one that count.
const TWELFTHS_BACK: u64 = 12;

/// One, in basis points.
const ONE_BPS: u64 = 10_000;

/// The most that the basis points can be set to: a fifth of the supply a year.
pub const MAX_BPS: u64 = 2_000;

/// The most that the floor can be set to, in wei: a thousand million DATA a year.
pub const MAX_FLOOR: u128 = 1_000_000_000 * 10_u128.pow(18);

/// The most that can ever be emitted, in wei: 2^112 − 1, the width of the running sum.
pub const MAX_EMITTED: u128 = (1 << 112) - 1;

layout! {
    /// The storage of the emission cap.
    pub struct EmissionStorage {
        /// The running sums. Written by [`EmissionStorage::emit_within_cap`].
        sums: Slot<Sums>,
        /// The cap's terms. Written by [`EmissionStorage::set_terms`].
        terms: Slot<Terms>,
        /// What the constructor created, in wei. Written by the constructor.
        genesis: Slot<Uint>,
        /// By twelfth, what had been emitted before its first mint. Written by
        /// [`EmissionStorage::emit_within_cap`].
        marks: Mapping<Uint, Mark>,
    }
}

/// The running sums, in one slot: `uint112 emitted`, `uint16 twelfth`, `uint112 base`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sums {
    /// Everything emitted, in wei.
    emitted: u128,
    /// The twelfth of the last mint. Sixteen bits last until the year 7431.
    twelfth: u64,
    /// What had been emitted before the first mint that counts in that twelfth, in wei.
    base: u128,
}

impl Sums {
    /// Returns what counts against the cap.
    const fn counted(&self) -> u128 {
        // `base` is an earlier value of `emitted`, which only grows.
        self.emitted.wrapping_sub(self.base)
    }
}

impl Stored for Sums {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, base_low, base_high] = Stored::from_slot(word);
        Self {
            emitted: join(low, high & MASK_48),
            twelfth: high >> 48,
            base: join(base_low, base_high),
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.emitted);
        let [base_low, base_high] = split(self.base);
        Uint::from_lanes(low, high | self.twelfth << 48, base_low, base_high)
    }
}

/// The terms of the cap, in one slot: `uint128 floor`, `uint64 bps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    /// What may be emitted a year whatever the supply, in wei.
    floor: u128,
    /// The share of the supply that may be emitted a year, in basis points.
    bps: u64,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, bps, _] = Stored::from_slot(word);
        Self { floor: join(low, high), bps }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.floor);
        Uint::from_lanes(low, high, self.bps, 0)
    }
}

/// What had been emitted before a twelfth's first mint, in one slot: `uint128`, `uint64 noted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    /// In wei.
    emitted: u128,
    /// Whether there is such a mint.
    noted: bool,
}

impl Stored for Mark {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, high, noted, _] = Stored::from_slot(word);
        Self { emitted: join(low, high), noted: noted != 0 }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, high] = split(self.emitted);
        Uint::from_lanes(low, high, self.noted.into(), 0)
    }
}

/// The low 48 bits: what is left of a sum's high half beside the twelfth.
const MASK_48: u64 = (1 << 48) - 1;

/// Returns the basis points' share of an amount, rounded down; `bps` is at most [`MAX_BPS`].
///
/// Divides by hand, 32 bits at a time: a 128-bit division would cost the program a kilobyte.
fn share(mut amount: u128, bps: u64) -> u128 {
    let (mut quotient, mut rest) = (0_u128, 0_u64);
    for _ in 0..4 {
        // The next digit, from the highest.
        let [_, high] = split(amount);
        let digit = high >> 32;
        amount <<= 32;
        // `digit` < 2^32, `bps` < 2^14 and `rest` < 2^14: every sum is below 2^47. The quotient
        // never exceeds the amount.
        let part = digit.wrapping_mul(bps).wrapping_add(rest << 32);
        quotient = (quotient << 32).wrapping_add((part / ONE_BPS).into());
        rest = part % ONE_BPS;
    }
    quotient
}

impl EmissionStorage {
    /// Returns the floor, in wei.
    #[inline(always)]
    pub(crate) fn floor(&self, vm: &VM) -> u128 {
        self.terms.get(vm).floor
    }

    /// Returns the basis points.
    #[inline(always)]
    pub(crate) fn bps(&self, vm: &VM) -> u64 {
        self.terms.get(vm).bps
    }

    /// Returns what may be minted now, when the supply is `supply`.
    pub(crate) fn available(&self, vm: &VM, supply: &Uint) -> u128 {
        self.room(vm, &self.forward(vm, self.sums.get(vm)), supply)
    }

    /// Returns what was ever created, in wei: at construction and since.
    #[inline(always)]
    pub(crate) fn created(&self, vm: &VM) -> Uint {
        let emitted = self.sums.get(vm).emitted;
        let mut created = self.genesis.get(vm);
        // Everything created was once part of a supply that fits.
        created.wrapping_add(&Uint::from(emitted));
        created
    }

    /// Counts `value` against the cap, when the supply before it is `supply`.
    ///
    /// # Errors
    ///
    /// [`EmissionCapExceeded`] when it is more than there is room for.
    pub(crate) fn emit_within_cap(&self, vm: &mut VM, supply: &Uint, value: &Uint) -> Result<()> {
        let noted = self.sums.get(vm);
        let mut sums = self.forward(vm, noted);
        let room = self.room(vm, &sums, supply);
        let amount = value.to_u128();
        if amount > room {
            return Err(Revert::new::<EmissionCapExceeded>((value, room)));
        }
        if noted.twelfth != sums.twelfth {
            self.mark(vm, &sums);
        }
        // `amount` ≤ `room` ≤ MAX_EMITTED − `emitted`.
        sums.emitted = sums.emitted.wrapping_add(amount);
        self.sums.set(vm, &sums);
        Ok(())
    }

    /// Sets the terms, and starts the count: the constructor's part.
    ///
    /// # Errors
    ///
    /// As [`set_terms`](Self::set_terms).
    ///
    /// # Events
    ///
    /// [`EmissionCapChanged`].
    pub(crate) fn start(
        &self,
        vm: &mut VM,
        genesis: &Uint,
        floor: &Uint,
        bps: &Uint,
    ) -> Result<()> {
        self.genesis.set(vm, genesis);
        let sums = Sums { emitted: 0, twelfth: this_twelfth(vm), base: 0 };
        self.mark(vm, &sums);
        self.sums.set(vm, &sums);
        self.set_terms(vm, floor, bps)
    }

    /// Sets the terms.
    ///
    /// # Errors
    ///
    /// - [`EmissionFloorTooHigh`] when the floor is above [`MAX_FLOOR`],
    /// - [`EmissionBpsTooHigh`] when the basis points are above [`MAX_BPS`].
    ///
    /// # Events
    ///
    /// [`EmissionCapChanged`].
    pub(crate) fn set_terms(&self, vm: &mut VM, floor: &Uint, bps: &Uint) -> Result<()> {
        let new = Terms { floor: floor.to_u128(), bps: bps.to_u64() };
        if new.floor > MAX_FLOOR {
            return Err(Revert::new::<EmissionFloorTooHigh>((floor, MAX_FLOOR)));
        }
        if new.bps > MAX_BPS {
            return Err(Revert::new::<EmissionBpsTooHigh>((bps, MAX_BPS)));
        }
        let old = self.terms.get(vm);
        self.terms.set(vm, &new);
        emit::<EmissionCapChanged>(vm, (), (old.floor, old.bps, floor, bps));
        Ok(())
    }

    /// Notes what was emitted before the first mint of a twelfth.
    fn mark(&self, vm: &mut VM, sums: &Sums) {
        let place = self.marks.of(vm, &Uint::from(sums.twelfth));
        place.set(vm, &Mark { emitted: sums.emitted, noted: true });
    }

    /// Returns the sums as they stand in this twelfth, from those that are noted.
    fn forward(&self, vm: &VM, mut sums: Sums) -> Sums {
        let now = this_twelfth(vm);
        if now != sums.twelfth {
            sums.base = self.base_at(vm, now, &sums);
            sums.twelfth = now;
        }
        sums
    }

    /// Returns what had been emitted before the first mint that counts in the twelfth `now`, when
    /// `sums` are those of an earlier one.
    fn base_at(&self, vm: &VM, now: u64, sums: &Sums) -> u128 {
        let mut twelfth = now.saturating_sub(TWELFTHS_BACK);
        // No mint is later than `sums.twelfth`, which is noted.
        while twelfth <= sums.twelfth {
            let mark = self.marks.of(vm, &Uint::from(twelfth)).get(vm);
            if mark.noted {
                return mark.emitted;
            }
            twelfth = twelfth.wrapping_add(1);
        }
        sums.emitted
    }

    /// Returns what may be emitted by (1) of the proof, and within [`MAX_EMITTED`].
    fn room(&self, vm: &VM, sums: &Sums, supply: &Uint) -> u128 {
        let Terms { floor, bps } = self.terms.get(vm);
        let counted = sums.counted();
        let mut reference = *supply;
        if !reference.subtract(&Uint::from(counted)) {
            reference = Uint::ZERO;
        }
        // A supply beyond the width of the sums earns no more than one of their width.
        let reference = reference.to_u128().min(MAX_EMITTED);
        let cap = floor.max(share(reference, bps));
        cap.saturating_sub(counted).min(MAX_EMITTED.wrapping_sub(sums.emitted))
    }
}

/// Returns the number of the current twelfth.
fn this_twelfth(vm: &VM) -> u64 {
    host::timestamp(vm) / TWELFTH_SECS
}
