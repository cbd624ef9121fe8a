//! Decides how contracts are tested natively: several of them on one small chain, called with
//! encoded calldata as on a real one, a revert undoing what the call did.
//!
//! It stands behind the SDK's [`VM`] as the SDK's own `TestVM` does, and can do what that cannot:
//! call from contract to contract with ether, delegate, revert, and recover signers.

use core::cell::RefCell;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{SolCall, SolError, SolEvent};
use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use stylus_sdk::{
    ArbResult,
    abi::CONSTRUCTOR_SELECTOR,
    host::VM,
    stylus_core::{
        AccountAccess, BlockAccess, CalldataAccess, ChainAccess, CryptographyAccess, Host,
        MemoryAccess, MessageAccess, MeteringAccess, RawLogAccess, StorageAccess, UnsafeCallAccess,
        UnsafeDeploymentAccess,
    },
};

/// Where the precompile that recovers signers is.
const RECOVER: Address = address!("0000000000000000000000000000000000000001");

/// A time to start from: 2026-01-01.
pub const START: u64 = 1_767_225_600;

/// A contract's program: what its entrypoint runs.
pub type Program = fn(&[u8], VM) -> ArbResult;

/// An emitted log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Which contract emitted it.
    pub emitter: Address,
    /// Its topics.
    pub topics: Vec<B256>,
    /// Its data.
    pub data: Vec<u8>,
}

impl Log {
    /// Decodes the log as an event, if it is one.
    #[must_use]
    pub fn decode<E: SolEvent>(&self) -> Option<E> {
        E::decode_raw_log_validate(self.topics.iter().copied(), &self.data).ok()
    }
}

/// What a revert undoes.
#[derive(Clone, Debug, Default)]
struct State {
    storage: BTreeMap<(Address, B256), B256>,
    balances: BTreeMap<Address, U256>,
    logs: Vec<Log>,
}

#[derive(Debug, Default)]
struct World {
    state: State,
    programs: BTreeMap<Address, Program>,
    running: Vec<Address>,
    read_only: usize,
    time: u64,
    returned: Vec<u8>,
    written: BTreeSet<(Address, B256)>,
}

/// A chain of contracts.
#[derive(Clone, Debug)]
pub struct Chain(Rc<RefCell<World>>);

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
    fn enter(&self, frame: Frame, data: &[u8], moved: U256) -> ArbResult {
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

/// A person with a key.
#[derive(Clone, Debug)]
pub struct Signer(SigningKey);

impl Signer {
    /// The person with the given number, which is not zero.
    ///
    /// # Panics
    ///
    /// Panics when it is zero.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).expect("a number but zero is a key"))
    }

    /// Returns the person's address.
    #[must_use]
    pub fn address(&self) -> Address {
        address_of(self.0.verifying_key())
    }

    /// Signs a hash.
    ///
    /// # Panics
    ///
    /// Panics when the library refuses to sign, which it does not.
    #[must_use]
    pub fn sign(&self, hash: B256) -> (u8, B256, B256) {
        let (signature, id) = self.0.sign_prehash_recoverable(&hash.0).expect("it signs");
        let (r, s) = signature.split_bytes();
        (id.to_byte().wrapping_add(27), B256::from_slice(&r), B256::from_slice(&s))
    }
}

fn address_of(key: &VerifyingKey) -> Address {
    Address::from_raw_public_key(&key.to_encoded_point(false).as_bytes()[1..])
}

/// What the precompile returns: nothing for a bad signature.
fn recover(data: &[u8]) -> Option<Vec<u8>> {
    let mut input = [0; 128];
    for (to, from) in input.iter_mut().zip(data) {
        *to = *from;
    }
    let v = U256::from_be_slice(&input[32..64]);
    let mut id = RecoveryId::from_byte(u8::try_from(v).ok()?.checked_sub(27)?)?;
    if id.is_x_reduced() {
        return None;
    }
    let mut signature = Signature::from_slice(&input[64..]).ok()?;
    // The precompile takes both forms of a signature; the library takes one, for the other parity.
    if let Some(lower) = signature.normalize_s() {
        signature = lower;
        id = RecoveryId::new(!id.is_y_odd(), false);
    }
    let key = VerifyingKey::recover_from_prehash(&input[..32], &signature, id).ok()?;
    Some(address_of(&key).into_word().to_vec())
}

/// Returns the bytes of a typed error.
#[must_use]
pub fn error<E: SolError>(error: &E) -> Vec<u8> {
    error.abi_encode()
}

/// A call: who calls, whose storage is used, whose program runs, and the ether that it sees.
#[derive(Clone, Copy, Debug)]
struct Frame {
    sender: Address,
    this: Address,
    code: Address,
    value: U256,
}

/// The host of one running call.
#[derive(Clone, Debug)]
struct Node {
    chain: Chain,
    frame: Frame,
    reentrant: bool,
}

/// Reads the address that a host function is given.
///
/// # Safety
///
/// As for the host function: there are 20 bytes.
#[allow(unsafe_code, reason = "the host interface passes raw pointers")]
unsafe fn address_at(pointer: *const u8) -> Address {
    // SAFETY: the caller's promise.
    Address::from_slice(unsafe { core::slice::from_raw_parts(pointer, 20) })
}

impl Node {
    /// Runs a call of another contract and keeps what it returns.
    fn relay(&self, frame: Frame, data: &[u8], moved: U256, outs_len: &mut usize) -> u8 {
        let (status, output) = match self.chain.enter(frame, data, moved) {
            Ok(output) => (0, output),
            Err(output) => (1, output),
        };
        *outs_len = output.len();
        self.chain.0.borrow_mut().returned = output;
        status
    }

    /// A call of another contract, in its own name.
    const fn frame_of(&self, to: Address, value: U256) -> Frame {
        Frame { sender: self.frame.this, this: to, code: to, value }
    }
}

impl Host for Node {}

impl CryptographyAccess for Node {
    fn native_keccak256(&self, input: &[u8]) -> B256 {
        keccak256(input)
    }
}

impl CalldataAccess for Node {
    fn read_args(&self, _: usize) -> Vec<u8> {
        unreachable!("natively an entrypoint is handed its calldata")
    }

    fn read_return_data(&self, offset: usize, size: Option<usize>) -> Vec<u8> {
        let world = self.chain.0.borrow();
        let rest = world.returned.get(offset..).unwrap_or_default();
        rest[..size.unwrap_or(rest.len()).min(rest.len())].to_vec()
    }

    fn return_data_size(&self) -> usize {
        self.chain.0.borrow().returned.len()
    }

    fn write_result(&self, _: &[u8]) {
        unreachable!("natively an entrypoint returns its result")
    }
}

#[allow(unsafe_code, reason = "the trait is unsafe")]
// SAFETY: nothing is done with the pointers.
unsafe impl UnsafeDeploymentAccess for Node {
    unsafe fn create1(&self, _: *const u8, _: usize, _: *const u8, _: *mut u8, _: *mut usize) {
        unreachable!("the kit has no function that creates a contract")
    }

    unsafe fn create2(
        &self,
        _: *const u8,
        _: usize,
        _: *const u8,
        _: *const u8,
        _: *mut u8,
        _: *mut usize,
    ) {
        unreachable!("the kit has no function that creates a contract")
    }
}

impl StorageAccess for Node {
    fn storage_load_bytes32(&self, key: U256) -> B256 {
        self.chain.storage(self.frame.this, key.into())
    }

    #[allow(unsafe_code, reason = "the trait says so")]
    unsafe fn storage_cache_bytes32(&self, key: U256, value: B256) {
        let mut world = self.chain.0.borrow_mut();
        assert_eq!(world.read_only, 0, "a read-only call writes");
        world.state.storage.insert((self.frame.this, key.into()), value);
        world.written.insert((self.frame.this, key.into()));
    }

    fn flush_cache(&self, _: bool) {}
}

#[allow(unsafe_code, reason = "the trait is unsafe")]
// SAFETY: pointers are used as the trait says.
unsafe impl UnsafeCallAccess for Node {
    unsafe fn call_contract(
        &self,
        to: *const u8,
        data: *const u8,
        data_len: usize,
        value: *const u8,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: the caller promises that the pointers are valid for their lengths.
        let (to, data, value) = unsafe {
            let value = core::slice::from_raw_parts(value, 32);
            (
                address_at(to),
                core::slice::from_raw_parts(data, data_len),
                U256::from_be_slice(value),
            )
        };
        assert!(
            value.is_zero() || self.chain.0.borrow().read_only == 0,
            "a read-only call sends ether"
        );
        self.relay(self.frame_of(to, value), data, value, outs_len)
    }

    unsafe fn static_call_contract(
        &self,
        to: *const u8,
        data: *const u8,
        data_len: usize,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: the caller promises that the pointers are valid for their lengths.
        let (to, data) = unsafe { (address_at(to), core::slice::from_raw_parts(data, data_len)) };
        let outside = self.chain.0.borrow().read_only;
        self.chain.0.borrow_mut().read_only = outside.saturating_add(1);
        let status = self.relay(self.frame_of(to, U256::ZERO), data, U256::ZERO, outs_len);
        self.chain.0.borrow_mut().read_only = outside;
        status
    }

    unsafe fn delegate_call_contract(
        &self,
        to: *const u8,
        data: *const u8,
        data_len: usize,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: the caller promises that the pointers are valid for their lengths.
        let (to, data) = unsafe { (address_at(to), core::slice::from_raw_parts(data, data_len)) };
        self.relay(Frame { code: to, ..self.frame }, data, U256::ZERO, outs_len)
    }
}

impl BlockAccess for Node {
    fn block_basefee(&self) -> U256 {
        U256::ZERO
    }

    fn block_coinbase(&self) -> Address {
        Address::ZERO
    }

    fn block_number(&self) -> u64 {
        1
    }

    fn block_timestamp(&self) -> u64 {
        self.chain.time()
    }

    fn block_gas_limit(&self) -> u64 {
        u64::MAX
    }
}

impl ChainAccess for Node {
    fn chain_id(&self) -> u64 {
        Chain::ID
    }
}

impl AccountAccess for Node {
    fn balance(&self, account: Address) -> U256 {
        self.chain.balance(account)
    }

    fn contract_address(&self) -> Address {
        self.frame.this
    }

    fn code(&self, _: Address) -> Vec<u8> {
        Vec::new()
    }

    fn code_size(&self, account: Address) -> usize {
        self.chain.0.borrow().programs.contains_key(&account).into()
    }

    /// A hash of its own for each program, and that of no code for all other accounts.
    fn code_hash(&self, account: Address) -> B256 {
        if self.code_size(account) == 0 { keccak256([]) } else { keccak256(account) }
    }
}

impl MemoryAccess for Node {
    fn pay_for_memory_grow(&self, _: u16) {}
}

impl MessageAccess for Node {
    fn msg_sender(&self) -> Address {
        self.frame.sender
    }

    fn msg_reentrant(&self) -> bool {
        self.reentrant
    }

    fn msg_value(&self) -> U256 {
        self.frame.value
    }

    fn tx_origin(&self) -> Address {
        self.frame.sender
    }
}

impl MeteringAccess for Node {
    fn evm_gas_left(&self) -> u64 {
        u64::MAX
    }

    fn evm_ink_left(&self) -> u64 {
        u64::MAX
    }

    fn tx_gas_price(&self) -> U256 {
        U256::ZERO
    }

    fn tx_ink_price(&self) -> u32 {
        1
    }
}

impl RawLogAccess for Node {
    fn emit_log(&self, input: &[u8], num_topics: usize) {
        let (topics, data) = input.split_at(num_topics.saturating_mul(32));
        let topics = topics.chunks(32).map(B256::from_slice).collect();
        let mut world = self.chain.0.borrow_mut();
        assert_eq!(world.read_only, 0, "a read-only call logs");
        world.state.logs.push(Log { emitter: self.frame.this, topics, data: data.to_vec() });
    }

    fn raw_log(&self, topics: &[B256], data: &[u8]) -> Result<(), &'static str> {
        let mut input = topics.concat();
        input.extend(data);
        self.emit_log(&input, topics.len());
        Ok(())
    }
}

/// Describes a contract's storage: its components' fields in consecutive slots.
#[must_use]
pub fn describe_layout(components: &[(&str, &[(&str, &str)])]) -> String {
    let mut text = String::from("slot  component.field: type\n");
    let fields = components
        .iter()
        .flat_map(|(component, fields)| fields.iter().map(move |field| (component, field)));
    for (slot, (component, (field, kind))) in fields.enumerate() {
        text.push_str(&format!("{slot:>4}  {component}.{field}: {kind}\n"));
    }
    text
}

/// Compares a text with a committed file, or writes the file when `BLESS=1`.
///
/// # Panics
///
/// Panics when they differ.
#[track_caller]
pub fn snapshot(path: &str, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("the snapshot is written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, committed, "differs from {path}; BLESS=1 accepts the change");
}
