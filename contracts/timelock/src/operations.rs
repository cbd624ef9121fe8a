//! Decides which operations there are, when each may be executed, and how they are listed.
//!
//! An operation is known by its hash. Its slot holds the time at which it becomes ready and its
//! place in the list of pending operations; the list's length shares a slot with the minimum delay,
//! so that listing costs a schedule one slot more than OpenZeppelin's. When an operation ends, the
//! last of the list takes its place.
//!
//! # Invariant
//!
//! An operation is pending if and only if the list has it, at the place that its slot names.
//! [`OperationsStorage::schedule`] and [`OperationsStorage::end`] are the only writers of both.

use alloy_primitives::B256;
use datacoop_kit::{
    Result, Revert, Uint,
    abi::ToWord,
    event::emit,
    host, layout, output,
    storage::{Place, Stored},
    word::Word,
};
use stylus_sdk::host::VM;

use crate::ITimelock::{
    self, MinDelayChange, TimelockDelayTooLong, TimelockInsufficientDelay,
    TimelockUnexecutedPredecessor, TimelockUnexpectedOperationState,
};

/// The longest that the minimum delay can be: 365 days, in seconds.
pub const MAX_DELAY_SECS: u64 = 365 * 86_400;

/// The most operations that are listed at once.
pub const MAX_PAGE: u64 = 100;

/// The time of an operation that is done, as in OpenZeppelin's.
const DONE: u64 = 1;

layout! {
    /// The storage of operations.
    pub struct OperationsStorage {
        /// Every operation by its id. Written by [`OperationsStorage::schedule`] and
        /// [`OperationsStorage::end`].
        operations: Mapping<B256, Operation>,
        /// The minimum delay and the number of pending operations. Written by
        /// [`OperationsStorage::set_min_delay`], and by those of `operations`.
        terms: Slot<Terms>,
        /// The pending operations by their place. Written by those of `operations`.
        pending: Mapping<Uint, B256>,
    }
}

/// An operation, in one slot: `uint64 ready_at`, `uint64 rank`.
#[derive(Clone, Copy, Debug)]
struct Operation {
    /// When it becomes ready, in seconds since 1970; zero when there is none, [`DONE`] when it is
    /// done.
    ready_at: u64,
    /// One more than its place in the list of pending operations; zero when it is not pending.
    rank: u64,
}

impl Operation {
    /// Returns what has become of it.
    fn state(&self, vm: &VM) -> State {
        match self.ready_at {
            0 => State::Unset,
            DONE => State::Done,
            ready_at if ready_at > host::timestamp(vm) => State::Waiting,
            _ => State::Ready,
        }
    }
}

impl Stored for Operation {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [ready_at, rank, ..] = word.lanes();
        Self { ready_at, rank }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.ready_at, self.rank, 0, 0)
    }
}

/// The terms of all operations, in one slot: `uint64 min_delay`, `uint64 pending`.
#[derive(Clone, Copy, Debug)]
struct Terms {
    /// The least time between scheduling and execution, in seconds.
    min_delay: u64,
    /// How many operations are pending.
    pending: u64,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [min_delay, pending, ..] = word.lanes();
        Self { min_delay, pending }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        Uint::from_lanes(self.min_delay, self.pending, 0, 0)
    }
}

/// What has become of an operation, in the interface's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// There is none.
    Unset,
    /// Its delay is not over.
    Waiting,
    /// It can be executed.
    Ready,
    /// It was executed.
    Done,
}

impl State {
    /// Returns whether the operation is scheduled and neither executed nor cancelled.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Waiting | Self::Ready)
    }

    /// Returns the state's bit in a set of states.
    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

impl ToWord<ITimelock::OperationState> for State {
    #[inline(always)]
    fn push(self) {
        output::push_number(self as u64);
    }
}

/// How an operation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its calls were made.
    Done,
    /// It was cancelled, and may be scheduled again.
    Cancelled,
}

impl End {
    /// Returns the states, one bit each, in which an operation may end so.
    const fn states(self) -> u64 {
        match self {
            Self::Done => State::Ready.bit(),
            Self::Cancelled => State::Waiting.bit() | State::Ready.bit(),
        }
    }

    /// Returns what is kept of when the operation was ready.
    const fn ready_at(self) -> u64 {
        match self {
            Self::Done => DONE,
            Self::Cancelled => 0,
        }
    }
}

impl OperationsStorage {
    /// Returns when an operation becomes ready; zero when there is none, one when it is done.
    pub(crate) fn timestamp(&self, vm: &VM, id: &B256) -> u64 {
        self.operations.of(vm, id).get(vm).ready_at
    }

    /// Returns what has become of an operation.
    pub(crate) fn state(&self, vm: &VM, id: &B256) -> State {
        self.operations.of(vm, id).get(vm).state(vm)
    }

    /// Returns the minimum delay, in seconds.
    pub(crate) fn min_delay(&self, vm: &VM) -> u64 {
        self.terms.get(vm).min_delay
    }

    /// Returns how many operations are pending.
    pub(crate) fn pending_count(&self, vm: &VM) -> u64 {
        self.terms.get(vm).pending
    }

    /// Returns the pending operations from place `offset` on, at most `limit` and [`MAX_PAGE`].
    pub(crate) fn page(
        &self,
        vm: &VM,
        offset: &Uint,
        limit: &Uint,
    ) -> impl ExactSizeIterator<Item = B256> + Clone {
        let (start, count) = (offset.to_u64(), self.pending_count(vm));
        let len = count.saturating_sub(start).min(limit.to_u64()).min(MAX_PAGE);
        let pending = self.pending;
        #[allow(clippy::cast_possible_truncation, reason = "a page is short")]
        let places = 0..len as u32;
        // `start` + `len` ≤ `count`, or the page is empty.
        places
            .map(move |place| pending.of(vm, &Uint::from(start.wrapping_add(place.into()))).get(vm))
    }

    /// Sets the minimum delay of what is scheduled from now on.
    ///
    /// # Errors
    ///
    /// [`TimelockDelayTooLong`] when it is above [`MAX_DELAY_SECS`].
    ///
    /// # Events
    ///
    /// [`MinDelayChange`].
    pub(crate) fn set_min_delay(&self, vm: &mut VM, delay: &Uint) -> Result<()> {
        let min_delay = delay.to_u64();
        if min_delay > MAX_DELAY_SECS {
            return Err(Revert::new::<TimelockDelayTooLong>((delay, MAX_DELAY_SECS)));
        }
        let old = self.terms.get(vm);
        self.terms.set(vm, &Terms { min_delay, ..old });
        emit::<MinDelayChange>(vm, (), (old.min_delay, delay));
        Ok(())
    }

    /// Schedules an operation, last in the list.
    ///
    /// # Errors
    ///
    /// - [`TimelockUnexpectedOperationState`] when there is such an operation already, done or not,
    /// - [`TimelockInsufficientDelay`] when the delay is below the minimum,
    /// - `Panic(0x11)` when it would be ready after the second 2^64 − 1.
    pub(crate) fn schedule(&self, vm: &mut VM, id: &B256, delay: &Uint) -> Result<()> {
        let place = self.operations.of(vm, id);
        if place.get(vm).ready_at != 0 {
            return Err(unexpected(id, State::Unset.bit()));
        }
        let mut terms = self.terms.get(vm);
        if delay.to_u64() < terms.min_delay {
            let args = (delay, terms.min_delay);
            return Err(Revert::new::<TimelockInsufficientDelay>(args));
        }
        let Some(ready_at) = host::timestamp(vm).checked_add(delay.to_u64()) else {
            return Err(Revert::overflow());
        };
        self.pending.of(vm, &Uint::from(terms.pending)).set(vm, id);
        // Each pending operation took a transaction: there are far fewer than 2^64.
        terms.pending = terms.pending.wrapping_add(1);
        self.terms.set(vm, &terms);
        place.set(vm, &Operation { ready_at, rank: terms.pending });
        Ok(())
    }

    /// Requires that an operation is ready.
    ///
    /// # Errors
    ///
    /// [`TimelockUnexpectedOperationState`] when it is not.
    pub(crate) fn require_ready(&self, vm: &VM, id: &B256) -> Result<()> {
        if self.state(vm, id) == State::Ready {
            Ok(())
        } else {
            Err(unexpected(id, State::Ready.bit()))
        }
    }

    /// Requires that what must come before an operation is done; zero stands for nothing.
    ///
    /// # Errors
    ///
    /// [`TimelockUnexecutedPredecessor`] when it is not.
    pub(crate) fn require_predecessor(&self, vm: &VM, predecessor: &B256) -> Result<()> {
        if *predecessor == B256::ZERO || self.state(vm, predecessor) == State::Done {
            Ok(())
        } else {
            Err(Revert::new::<TimelockUnexecutedPredecessor>((*predecessor,)))
        }
    }

    /// Ends an operation, which must be pending, and ready to be done; takes it from the list.
    ///
    /// # Errors
    ///
    /// [`TimelockUnexpectedOperationState`] when it is not.
    pub(crate) fn end(&self, vm: &mut VM, id: &B256, end: End) -> Result<()> {
        let place = self.operations.of(vm, id);
        let operation = place.get(vm);
        let bit = operation.state(vm).bit();
        if bit & end.states() == 0 {
            return Err(unexpected(id, end.states()));
        }
        self.unlist(vm, operation.rank);
        place.set(vm, &Operation { ready_at: end.ready_at(), rank: 0 });
        Ok(())
    }

    /// Takes the operation of a rank from the list; the last one takes its place.
    fn unlist(&self, vm: &mut VM, rank: u64) {
        let mut terms = self.terms.get(vm);
        let last = self.pending_at(vm, terms.pending);
        if rank != terms.pending {
            let id = last.get(vm);
            self.pending_at(vm, rank).set(vm, &id);
            let moved = self.operations.of(vm, &id);
            let operation = moved.get(vm);
            moved.set(vm, &Operation { rank, ..operation });
        }
        last.set(vm, &B256::ZERO);
        // The operation is one of those that are counted.
        terms.pending = terms.pending.wrapping_sub(1);
        self.terms.set(vm, &terms);
    }

    /// Returns where the list has the operation of a rank, which is not zero.
    fn pending_at(&self, vm: &VM, rank: u64) -> Place<B256> {
        self.pending.of(vm, &Uint::from(rank.wrapping_sub(1)))
    }
}

/// Refuses an operation whose state is none of `states`.
#[cold]
fn unexpected(id: &B256, states: u64) -> Revert {
    let states = Uint::from(states);
    Revert::new::<TimelockUnexpectedOperationState>((*id, *states.word()))
}
