//! Decides what a transaction reports: its status, output, logs, and where its gas went.

use std::{collections::BTreeMap, fmt};

use alloy_primitives::{Address, Bytes, Log};

use crate::{
    prices::REFUND_QUOTIENT,
    units::{Gas, Ink},
};

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It returned; its effects stand.
    Success,
    /// It reverted with its output as data.
    Revert,
    /// It trapped, or a host function refused; it reverted without data. Says why and, for a
    /// program that is profiled, in which function.
    Failure(String),
    /// It ran out of gas, all of which is gone.
    OutOfGas,
    /// It recursed too deeply; all its gas is gone.
    OutOfStack,
    /// The value sent exceeds the sender's balance.
    InsufficientBalance,
    /// The call depth of 1,024 is exceeded.
    CallDepth,
    /// It asked for what this host leaves out; says what. No chain would answer so.
    Unsupported(&'static str),
}

impl Status {
    /// Whether the effects of the call stand.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Success)
    }

    /// Whether a caller gets the unused gas back.
    pub(crate) const fn keeps_gas(&self) -> bool {
        !matches!(self, Self::OutOfGas | Self::OutOfStack | Self::Unsupported(_))
    }
}

/// Where the gas of a transaction went. The parts sum to what was used before the refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GasReport {
    /// The transaction itself and its calldata.
    pub intrinsic: Gas,
    /// Starting its programs, each of them cached.
    pub cached_init: Gas,
    /// What starting them costs on top when none is cached; not among the parts.
    pub uncached_init: Gas,
    /// Memory pages beyond the free ones.
    pub memory: Gas,
    /// The EVM's prices: storage, logs, calls, creations, precompiles.
    pub evm: Gas,
    /// Ink of the programs and their host calls, in gas.
    pub wasm: Gas,
    /// Refunds counted, before they are capped.
    pub refund_counter: Gas,
}

impl GasReport {
    /// Returns what the transaction costs when its programs are cached.
    #[must_use]
    pub fn cached(&self) -> Gas {
        self.after_refund(self.intrinsic + self.cached_init + self.memory + self.evm + self.wasm)
    }

    /// Returns what the transaction costs when its programs are not cached.
    #[must_use]
    pub fn uncached(&self) -> Gas {
        let cached = self.intrinsic + self.cached_init + self.memory + self.evm + self.wasm;
        self.after_refund(cached + self.uncached_init)
    }

    fn after_refund(&self, used: Gas) -> Gas {
        used - self.refund_counter.min(Gas(used.0 / REFUND_QUOTIENT))
    }
}

/// What a function of a program cost, its callees not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionProfile {
    /// How often it was called.
    pub calls: u64,
    /// The ink of its own blocks.
    pub ink: Ink,
    /// Its host calls by name: how many, and their ink with the EVM's gas in it. A call of another
    /// contract costs what that one does, whose functions are listed as well.
    pub hooks: BTreeMap<&'static str, (u64, Ink)>,
}

/// Where the ink of a transaction went, by program and function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What each function cost.
    pub functions: BTreeMap<(Address, String), FunctionProfile>,
}

impl Profile {
    /// Returns the functions with the most expensive first, host calls included.
    #[must_use]
    pub fn ranked(&self) -> Vec<(&Address, &str, &FunctionProfile, Ink)> {
        let total = |f: &FunctionProfile| f.hooks.values().fold(f.ink, |sum, hook| sum + hook.1);
        let mut rows: Vec<_> = self
            .functions
            .iter()
            .map(|((address, name), f)| (address, name.as_str(), f, total(f)))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.3));
        rows
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10} {:>10} {:>7}  function", "total gas", "own gas", "calls")?;
        for (_, name, function, total) in self.ranked() {
            let (total, own) = (total.to_gas(), function.ink.to_gas());
            writeln!(f, "{total:>10} {own:>10} {:>7}  {name}", function.calls)?;
            for (hook, (calls, ink)) in &function.hooks {
                writeln!(f, "{:>10} {:>10} {calls:>7}    {hook}", ink.to_gas(), "")?;
            }
        }
        Ok(())
    }
}

/// What a transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// What it returned, or the data it reverted with.
    pub output: Bytes,
    /// The logs it emitted, if it succeeded.
    pub logs: Vec<Log>,
    /// Where its gas went.
    pub gas: GasReport,
    /// Where its ink went, when the host was told to profile.
    pub profile: Profile,
}
