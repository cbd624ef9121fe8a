//! Decides what only governance may do: what the timelock calls while this contract executes a
//! proposal that has this very call in it.
//!
//! So it is not enough to be the timelock, which others may schedule on, too. While a proposal is
//! executed its calls of this contract are in a queue, and each call takes itself from the queue,
//! with everything before it; afterwards the queue is emptied. All as OpenZeppelin has it.

use alloy_sol_types::{Panic, SolCall};
use datacoop_kit::{Result, Revert, Uint, abi::Decode, host, layout, output, storage::Place};
use stylus_sdk::host::VM;

use crate::{
    actions::Actions,
    governor::{Governor, IGovernor::GovernorOnlyExecutor, SETTINGS},
};

layout! {
    /// The storage of calls that may be made.
    pub struct CallsStorage {
        /// The number of the first call in the queue, and that of the next one. Written by
        /// [`CallsStorage::register`], [`CallsStorage::take`] and [`CallsStorage::clear`].
        ends: Slot<[u64; 4]>,
        /// Hashes of calls by their numbers. Written by [`CallsStorage::register`] and
        /// [`CallsStorage::take`].
        calls: Mapping<Uint, Uint>,
    }
}

/// Panics as Solidity does when something is taken from an empty queue.
const EMPTY_QUEUE: u64 = 0x31;

impl CallsStorage {
    /// Queues the calls of a proposal that this contract makes to itself.
    pub(crate) fn register(&self, vm: &mut VM, actions: &Actions<'_>) {
        let this = host::this(vm);
        for action in actions.iter() {
            if *action.target == this {
                let hash = host::hash(vm, action.data);
                let [first, next, ..] = self.ends.get(vm);
                self.call(vm, next).set(vm, Uint::from_word(&hash));
                // Each was part of calldata: there are far fewer than 2^64.
                self.ends.set(vm, &[first, next.wrapping_add(1), 0, 0]);
            }
        }
    }

    /// Takes a call from the queue, with everything before it.
    fn take(&self, vm: &mut VM, hash: &Uint) -> Result<()> {
        loop {
            let [first, next, ..] = self.ends.get(vm);
            if first == next {
                return Err(Revert::new::<Panic>((EMPTY_QUEUE,)));
            }
            let call = self.call(vm, first);
            let found = call.get(vm);
            call.set(vm, &Uint::ZERO);
            self.ends.set(vm, &[first.wrapping_add(1), next, 0, 0]);
            if found == *hash {
                return Ok(());
            }
        }
    }

    /// Empties the queue.
    pub(crate) fn clear(&self, vm: &mut VM) {
        let [first, next, ..] = self.ends.get(vm);
        if first != next {
            self.ends.set(vm, &[0; 4]);
        }
    }

    fn call(&self, vm: &VM, number: u64) -> Place<Uint> {
        self.calls.of(vm, &Uint::from(number))
    }
}

/// Where the queue lies.
pub(crate) const CALLS: CallsStorage = CallsStorage::at(14);

/// The arguments of a call that only governance may make, and how they were encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Governed<'a, A> {
    args: A,
    input: &'a [u8],
}

impl<'a, T, A: Decode<'a, T>> Decode<'a, T> for Governed<'a, A> {
    #[inline(always)]
    fn decode(input: &'a [u8]) -> Option<Self> {
        Some(Self { args: A::decode(input)?, input })
    }
}

impl Governor {
    /// Does what only governance may do, when the call `C` is one of a proposal that is executed.
    ///
    /// # Errors
    ///
    /// - `GovernorOnlyExecutor` when another than the timelock calls,
    /// - `Panic(0x31)` when the call is not one of a proposal that is executed,
    /// - what `act` fails with.
    #[inline(always)]
    pub(crate) fn govern<C: SolCall, A, R: Outcome>(
        &mut self,
        call: Governed<'_, A>,
        act: impl FnOnce(&mut VM, A) -> R,
    ) -> Result<()> {
        self.only_governance(u32::from_be_bytes(C::SELECTOR), call.input)?;
        act(&mut self.vm, call.args).outcome()
    }

    #[inline(never)]
    fn only_governance(&mut self, selector: u32, input: &[u8]) -> Result<()> {
        let sender = host::sender(&self.vm);
        if sender != SETTINGS.timelock(&self.vm) {
            return Err(Revert::new::<GovernorOnlyExecutor>((&sender,)));
        }
        let start = output::len();
        output::push_selector(selector);
        output::push_bytes(input);
        let hash = Uint::new(host::hash_output(&self.vm, start));
        CALLS.take(&mut self.vm, &hash)
    }
}

/// What a governed act returns: nothing, or whether it failed.
pub(crate) trait Outcome {
    /// Returns whether it failed.
    fn outcome(self) -> Result<()>;
}

impl Outcome for () {
    #[inline(always)]
    fn outcome(self) -> Result<()> {
        Ok(())
    }
}

impl Outcome for Result<()> {
    #[inline(always)]
    fn outcome(self) -> Self {
        self
    }
}
