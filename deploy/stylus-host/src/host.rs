//! Decides what users of the crate hold: a host that deploys programs and runs transactions.

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, U256};

use crate::{
    chain::{Block, Chain},
    create::PROGRAM_PREFIX,
    error::Error,
    message::{CallKind, Message, MessageResult},
    meter::Metering,
    outcome::{GasReport, Outcome, Status},
    precompiles,
    prices::intrinsic_gas,
    program::{Machine, Program},
    state::{Account, Code},
    units::Gas,
};

/// The native stack of a transaction: its calls nest, each with an engine of its own.
const NATIVE_STACK_BYTES: usize = 128 << 20;

/// A transaction that calls an account.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Who sends it.
    pub from: Address,
    /// Whom it calls.
    pub to: Address,
    /// Value sent, in wei.
    pub value: U256,
    /// Calldata.
    pub data: Bytes,
    /// Gas it may use.
    pub gas_limit: u64,
}

impl Transaction {
    /// Gas that transactions may use unless they say otherwise.
    pub const DEFAULT_GAS_LIMIT: u64 = 1_000_000_000;

    /// Returns a transaction without value.
    pub fn new(from: Address, to: Address, data: impl Into<Bytes>) -> Self {
        let gas_limit = Self::DEFAULT_GAS_LIMIT;
        Self { from, to, value: U256::ZERO, data: data.into(), gas_limit }
    }

    /// Sets the value that is sent.
    #[must_use]
    pub const fn with_value(mut self, value_wei: U256) -> Self {
        self.value = value_wei;
        self
    }

    /// Sets the gas limit.
    #[must_use]
    pub const fn with_gas_limit(mut self, gas_limit: u64) -> Self {
        self.gas_limit = gas_limit;
        self
    }
}

/// A program that was deployed.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Its address.
    pub address: Address,
    /// What its constructor did. Unless it succeeded, nothing is at the address.
    pub outcome: Outcome,
}

/// A chain in memory that runs Stylus programs.
///
/// Gas is counted but not paid for: a sender needs balance only for the value it sends.
///
/// # Examples
///
/// ```
/// use alloy_primitives::Address;
/// use stylus_host::{Host, Transaction};
///
/// let wasm = wat::parse_str(
///     r#"(module
///         (import "vm_hooks" "read_args" (func $read_args (param i32)))
///         (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
///         (memory (export "memory") 1 1)
///         (func (export "user_entrypoint") (param $len i32) (result i32)
///             (call $read_args (i32.const 0))
///             (call $write_result (i32.const 0) (local.get $len))
///             (i32.const 0)))"#,
/// )?;
/// let mut host = Host::new();
/// let alice = Address::with_last_byte(0xa1);
/// let echo = host.deploy(alice, &wasm, None)?;
/// let outcome = host.call(&Transaction::new(alice, echo.address, vec![1, 2, 3]));
/// assert_eq!(outcome.output.as_ref(), [1, 2, 3]);
/// assert!(outcome.gas.uncached() > outcome.gas.cached());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Host {
    machine: Arc<Machine>,
    chain: Chain,
    metering: Metering,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// Returns a host with no accounts, of chain id 31337.
    #[must_use]
    pub fn new() -> Self {
        let chain = Chain { chain_id: 31_337, ..Chain::default() };
        Self { machine: Machine::new(), chain, metering: Metering::Plain }
    }

    /// Returns the host, set to meter the programs that are deployed from now on as told.
    #[must_use]
    pub const fn with_metering(mut self, metering: Metering) -> Self {
        self.metering = metering;
        self
    }

    /// Deploys a program as `from` at the address that its next nonce gives, and calls it with
    /// `constructor` as calldata, in one transaction.
    ///
    /// # Errors
    ///
    /// See [`Error`]: the module is refused.
    pub fn deploy(
        &mut self,
        from: Address,
        wasm: &[u8],
        constructor: Option<&[u8]>,
    ) -> Result<Deployment, Error> {
        let nonce = self.chain.state.nonce(from);
        let address = from.create(nonce);
        self.begin(from, address);
        let mut bytes = PROGRAM_PREFIX.to_vec();
        bytes.push(0);
        bytes.extend_from_slice(wasm);
        let code = self.program(wasm, bytes.into())?;
        self.chain.state.bump_nonce(from);
        let checkpoint = self.chain.state.checkpoint();
        self.chain.state.bump_nonce(address);
        self.chain.state.set_code(address, code);
        let gas = Gas(Transaction::DEFAULT_GAS_LIMIT);
        let result = match constructor {
            Some(data) => {
                let data = Bytes::copy_from_slice(data);
                let caller = from;
                let (target, code) = (address, address);
                let input = data;
                let base = Message { caller, target, code, input, gas, ..Message::default() };
                self.execute(base)
            }
            None => MessageResult::refused(Status::Success, gas),
        };
        if !result.status.is_success() {
            self.chain.state.roll_back(checkpoint);
        }
        let outcome = self.finish(result, gas, Gas(0));
        Ok(Deployment { address, outcome })
    }

    /// Puts a program at an address, without a constructor or a transaction.
    ///
    /// # Errors
    ///
    /// See [`Error`]: the module is refused.
    pub fn set_program(&mut self, address: Address, wasm: &[u8], code: Bytes) -> Result<(), Error> {
        self.chain.state.account_mut(address).code = self.program(wasm, code)?;
        Ok(())
    }

    /// Runs a transaction.
    pub fn call(&mut self, transaction: &Transaction) -> Outcome {
        let Transaction { from, to, value, data, gas_limit } = transaction;
        self.begin(*from, *to);
        let intrinsic = intrinsic_gas(data);
        self.chain.state.bump_nonce(*from);
        let limit = Gas(*gas_limit);
        let Some(gas) = limit.pay(intrinsic) else {
            let result = MessageResult::refused(Status::OutOfGas, Gas(0));
            return self.finish(result, limit, limit);
        };
        let message = Message {
            kind: CallKind::Call,
            caller: *from,
            target: *to,
            code: *to,
            value: *value,
            input: data.clone(),
            gas,
            read_only: false,
        };
        let result = self.execute(message);
        self.finish(result, limit, intrinsic)
    }

    /// Returns the block that the next transaction runs in, to be set.
    pub const fn block_mut(&mut self) -> &mut Block {
        &mut self.chain.block
    }

    /// Sets the chain's id.
    pub const fn set_chain_id(&mut self, chain_id: u64) {
        self.chain.chain_id = chain_id;
    }

    /// Sets the gas price that transactions tell, in wei.
    pub const fn set_gas_price(&mut self, gas_price_wei: U256) {
        self.chain.gas_price = gas_price_wei;
    }

    /// Sets an account's balance in wei.
    pub fn set_balance(&mut self, address: Address, balance_wei: U256) {
        self.chain.state.account_mut(address).balance = balance_wei;
    }

    /// Sets a slot of an account's storage.
    pub fn set_storage(&mut self, address: Address, key: B256, value: B256) {
        self.chain.state.begin_transaction();
        self.chain.state.set_storage(address, key, value);
    }

    /// Returns a slot of an account's storage.
    #[must_use]
    pub fn storage(&self, address: Address, key: B256) -> B256 {
        self.chain.state.storage(address, key)
    }

    /// Returns an account's balance in wei.
    #[must_use]
    pub fn balance(&self, address: Address) -> U256 {
        self.chain.state.balance(address)
    }

    /// Returns an account's nonce.
    #[must_use]
    pub fn nonce(&self, address: Address) -> u64 {
        self.chain.state.nonce(address)
    }

    /// Returns an account, if there is anything at the address.
    #[must_use]
    pub fn account(&self, address: Address) -> Option<&Account> {
        self.chain.state.account(address)
    }

    /// Returns all accounts by address, those that are as good as absent left out.
    pub fn accounts(&self) -> impl Iterator<Item = (&Address, &Account)> {
        self.chain.state.accounts().filter(|(_, account)| !account.is_empty())
    }

    fn program(&self, wasm: &[u8], bytes: Bytes) -> Result<Code, Error> {
        let program = Program::new(&self.machine, wasm, self.metering)?;
        Ok(Code { bytes, program: Some(Arc::new(program)) })
    }

    /// Starts a transaction: what it names is warm (EIP-2929, EIP-3651).
    fn begin(&mut self, from: Address, to: Address) {
        self.chain.begin_transaction(from);
        let coinbase = self.chain.block.coinbase;
        let warm = (1..=precompiles::LAST).map(Address::with_last_byte);
        for address in warm.chain([from, to, coinbase]) {
            self.chain.state.warm_account(address);
        }
    }

    /// Executes a transaction's message where there is stack enough for the deepest nesting.
    fn execute(&mut self, message: Message) -> MessageResult {
        let (machine, chain) = (&self.machine, &mut self.chain);
        let run = move || chain.execute(machine, message);
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(NATIVE_STACK_BYTES);
            let result = thread.spawn_scoped(scope, run).map(std::thread::ScopedJoinHandle::join);
            match result {
                Ok(Ok(result)) => result,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(error) => MessageResult::refused(Status::Failure(error.to_string()), Gas(0)),
            }
        })
    }

    /// Ends a transaction and reports it.
    fn finish(&mut self, result: MessageResult, limit: Gas, intrinsic: Gas) -> Outcome {
        let (logs, refund) = self.chain.state.end_transaction();
        let parts = self.chain.report;
        let used = limit - result.gas_left;
        let accounted = intrinsic + parts.cached_init + parts.memory + parts.evm;
        let gas =
            GasReport { intrinsic, wasm: used - accounted, refund_counter: Gas(refund), ..parts };
        let profile = std::mem::take(&mut self.chain.profile);
        Outcome { status: result.status, output: result.output, logs, gas, profile }
    }
}
