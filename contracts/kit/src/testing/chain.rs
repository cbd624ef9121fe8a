//! Decides what a chain is: programs, what they store, and what a revert undoes.

use core::cell::RefCell;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, abi::CONSTRUCTOR_SELECTOR, host::VM};

use super::{
    Log,
    host::{Frame, Node},
    signer::recover,
};

/// Where the precompile that recovers signers is.
const RECOVER: Address = address!("0000000000000000000000000000000000000001");

/// A time to start from: 2026-01-01.
pub const START: u64 = 1_767_225_600;

/// A contract's program: what its entrypoint runs.
pub type Program = fn(&[u8], VM) -> ArbResult;

/// What a revert undoes.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) storage: BTreeMap<(Address, B256), B256>,
    pub(super) balances: BTreeMap<Address, U256>,
    pub(super) logs: Vec<Log>,
}

/// Everything on a chain.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) programs: BTreeMap<Address, Program>,
    pub(super) running: Vec<Address>,
    pub(super) read_only: usize,
    pub(super) time: u64,
    pub(super) returned: Vec<u8>,
    pub(super) written: BTreeSet<(Address, B256)>,
}

/// A chain of contracts.
#[derive(Clone, Debug)]
pub struct Chain(pub(super) Rc<RefCell<World>>);

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    /// The chain's id.
    pub const ID: u64 = 412_346;

    /// An empty chain at [`START`].
    #[must_use]
    pub fn new() -> Self {
        Self(Rc::new(RefCell::new(World { time: START, ..World::default() })))
    }

    /// Puts a program at an address and runs its constructor with encoded arguments.
    ///
    /// # Errors
    ///
    /// Returns what the constructor reverts with.
    pub fn deploy(&self, from: Address, at: Address, program: Program, args: &[u8]) -> ArbResult {
        self.0.borrow_mut().programs.insert(at, program);
        let mut data = CONSTRUCTOR_SELECTOR.to_be_bytes().to_vec();
        data.extend(args);
        self.call(from, at, &data)
    }

    /// Calls a contract with typed arguments and decodes its result.
    ///
    /// # Errors
    ///
    /// Returns what the call reverts with.
    ///
    /// # Panics
    ///
    /// Panics when the result is not of the declared type.
    pub fn send<C: SolCall>(
        &self,
        from: Address,
        to: Address,
        call: &C,
    ) -> Result<C::Return, Vec<u8>> {
        let output = self.call(from, to, &call.abi_encode())?;
        Ok(C::abi_decode_returns_validate(&output).expect("the result is of the declared type"))
    }

    /// Calls a contract.
    ///
    /// # Errors
    ///
    /// Returns what the call reverts with.
    pub fn call(&self, from: Address, to: Address, data: &[u8]) -> ArbResult {
        self.call_with_value(from, to, data, U256::ZERO)
    }

    /// Calls a contract, bringing ether that is given to the caller for it.
    ///
    /// # Errors
    ///
    /// Returns what the call reverts with.
    pub fn call_with_value(
        &self,
        from: Address,
        to: Address,
        data: &[u8],
        value: U256,
    ) -> ArbResult {
        self.give(from, value);
        self.enter(Frame { sender: from, this: to, code: to, value }, data, value)
    }

    /// Runs a call: moves `moved` wei, and undoes everything when the program reverts. An account
    /// without a program takes every call.
    pub(super) fn enter(&self, frame: Frame, data: &[u8], moved: U256) -> ArbResult {
        let Frame { sender, this, code, .. } = frame;
        if code == RECOVER {
            return Ok(recover(data).unwrap_or_default());
        }
        let before = self.0.borrow().state.clone();
        if !self.pay(sender, this, moved) {
            return Err(Vec::new());
        }
        let Some(program) = self.0.borrow().programs.get(&code).copied() else {
            return Ok(Vec::new());
        };
        let reentrant = self.0.borrow().running.contains(&this);
        self.0.borrow_mut().running.push(this);
        let node = Node { chain: self.clone(), frame, reentrant };
        let outcome = program(data, VM { host: Box::new(node) });
        let mut world = self.0.borrow_mut();
        world.running.pop();
        if outcome.is_err() {
            world.state = before;
        }
        outcome
    }

    /// Moves ether, and returns whether there was enough of it.
    fn pay(&self, from: Address, to: Address, value: U256) -> bool {
        let balances = &mut self.0.borrow_mut().state.balances;
        let Some(rest) = balances.get(&from).copied().unwrap_or_default().checked_sub(value) else {
            return false;
        };
        balances.insert(from, rest);
        let balance = balances.entry(to).or_default();
        *balance = balance.wrapping_add(value);
        true
    }

    /// Gives an account ether, in wei.
    pub fn give(&self, to: Address, value: U256) {
        let balances = &mut self.0.borrow_mut().state.balances;
        let balance = balances.entry(to).or_default();
        *balance = balance.wrapping_add(value);
    }

    /// Returns the ether of an account, in wei.
    #[must_use]
    pub fn balance(&self, of: Address) -> U256 {
        self.0.borrow().state.balances.get(&of).copied().unwrap_or_default()
    }

    /// Returns the chain's time.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.0.borrow().time
    }

    /// Sets the chain's time.
    pub fn set_time(&self, time: u64) {
        self.0.borrow_mut().time = time;
    }

    /// Takes the logs emitted since the last time.
    #[must_use]
    pub fn take_logs(&self) -> Vec<Log> {
        core::mem::take(&mut self.0.borrow_mut().state.logs)
    }

    /// Reads a contract's storage.
    #[must_use]
    pub fn storage(&self, of: Address, key: B256) -> B256 {
        self.0.borrow().state.storage.get(&(of, key)).copied().unwrap_or_default()
    }

    /// Returns every slot that was written so far.
    #[must_use]
    pub fn written(&self) -> BTreeSet<(Address, B256)> {
        self.0.borrow().written.clone()
    }
}
