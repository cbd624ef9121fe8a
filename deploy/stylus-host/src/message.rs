//! Decides how a message is executed: value, precompiles, programs, and what failure undoes.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};

use crate::{
    chain::Chain,
    outcome::Status,
    precompiles,
    prices::{self, memory_gas},
    program::{Machine, Program},
    state::Code,
    units::Gas,
};

/// Calls may nest this deep (Yellow Paper, section 9.4.1).
pub(crate) const MAX_CALL_DEPTH: usize = 1_024;

/// The kinds of call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// Runs the callee's code on its own storage, and moves value.
    #[default]
    Call,
    /// Runs the callee's code on the caller's storage, for the caller's own caller and value.
    Delegate,
    /// Like a call without value that may not write.
    Static,
}

/// A call of an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    pub(crate) kind: CallKind,
    /// Who calls, as `msg_sender` tells.
    pub(crate) caller: Address,
    /// Whose storage and balance it acts on.
    pub(crate) target: Address,
    /// Whose code runs.
    pub(crate) code: Address,
    /// The value that `msg_value` tells; moved unless the call is delegated.
    pub(crate) value: U256,
    pub(crate) input: Bytes,
    pub(crate) gas: Gas,
    /// Whether nothing may be written, from here down.
    pub(crate) read_only: bool,
}

/// How a message ended.
#[derive(Debug)]
pub(crate) struct MessageResult {
    pub(crate) status: Status,
    pub(crate) output: Bytes,
    pub(crate) gas_left: Gas,
}

impl MessageResult {
    pub(crate) const fn refused(status: Status, gas_left: Gas) -> Self {
        Self { status, output: Bytes::new(), gas_left }
    }
}

impl Chain {
    /// Executes a message; what it did is undone unless it succeeds.
    pub(crate) fn execute(&mut self, machine: &Arc<Machine>, message: Message) -> MessageResult {
        if self.depth > MAX_CALL_DEPTH {
            return MessageResult::refused(Status::CallDepth, message.gas);
        }
        let moves_value = message.kind == CallKind::Call && !message.value.is_zero();
        if moves_value && self.state.balance(message.caller) < message.value {
            return MessageResult::refused(Status::InsufficientBalance, message.gas);
        }
        let checkpoint = self.state.checkpoint();
        if moves_value {
            self.transfer(message.caller, message.target, message.value);
        }
        let mut result = self.run_code(machine, message);
        if !result.status.is_success() {
            self.state.roll_back(checkpoint);
        }
        if !result.status.keeps_gas() {
            result.gas_left = Gas(0);
        }
        result
    }

    /// Moves value; the caller has made sure of the balance.
    pub(crate) fn transfer(&mut self, from: Address, to: Address, value: U256) {
        let sent = self.state.balance(from).saturating_sub(value);
        self.state.set_balance(from, sent);
        let received = self.state.balance(to).wrapping_add(value);
        self.state.set_balance(to, received);
    }

    fn run_code(&mut self, machine: &Arc<Machine>, message: Message) -> MessageResult {
        if let Some(precompile) = precompiles::at(message.code) {
            return self.run_precompile(precompile, &message);
        }
        match self.state.code(message.code) {
            Code { program: Some(program), .. } => self.run_program(machine, &program, message),
            code if code.bytes.is_empty() => MessageResult::refused(Status::Success, message.gas),
            _ => MessageResult::refused(Status::Unsupported("EVM bytecode"), Gas(0)),
        }
    }

    fn run_precompile(
        &mut self,
        precompile: precompiles::Precompile,
        message: &Message,
    ) -> MessageResult {
        let (cost, output) = precompile(&message.input);
        match message.gas.pay(cost) {
            Some(gas_left) => {
                self.report.evm += cost;
                MessageResult { status: Status::Success, output, gas_left }
            }
            None => MessageResult::refused(Status::OutOfGas, Gas(0)),
        }
    }

    /// Pays for a program's start and memory, then runs it (Nitro `CallProgram`).
    fn run_program(
        &mut self,
        machine: &Arc<Machine>,
        program: &Program,
        message: Message,
    ) -> MessageResult {
        let starting_gas = message.gas;
        let (open, footprint) = (self.pages_open, program.size.start_pages);
        let memory = memory_gas(footprint, open, self.pages_ever);
        let init = program.size.cached_init_gas();
        let Some(gas) = starting_gas.pay(memory + init) else {
            return MessageResult::refused(Status::OutOfGas, Gas(0));
        };
        self.report.memory += memory;
        self.report.cached_init += init;
        self.report.uncached_init += program.size.uncached_init_gas();
        self.open_pages(footprint);

        let span = (message.kind != CallKind::Delegate).then_some(message.target);
        if let Some(span) = span {
            *self.spans.entry(span).or_default() += 1;
        }
        self.depth += 1;
        let run = program.run(machine, self, message, gas.to_ink());
        self.depth -= 1;
        if let Some(count) = span.and_then(|span| self.spans.get_mut(&span)) {
            *count -= 1;
        }
        self.pages_open = open;

        match run {
            Ok(run) => {
                // Returning data costs no less than it would in the EVM.
                let at_most = starting_gas - prices::return_data_gas(run.output.len());
                let gas_left = run.ink_left.to_gas().min(at_most);
                MessageResult { status: run.status, output: run.output, gas_left }
            }
            Err(error) => MessageResult::refused(Status::Failure(error.to_string()), Gas(0)),
        }
    }

    /// Opens pages, which stay counted among those that were ever open.
    pub(crate) fn open_pages(&mut self, pages: u16) {
        self.pages_open = self.pages_open.saturating_add(pages);
        self.pages_ever = self.pages_ever.max(self.pages_open);
    }

    /// Whether more than one call of the account's own is under way (Nitro `tx_processor.go`).
    pub(crate) fn is_reentrant(&self, address: Address) -> bool {
        self.spans.get(&address).is_some_and(|count| *count > 1)
    }
}
