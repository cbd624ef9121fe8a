//! Decides what the host answers a running program.

use alloy_primitives::{Address, B256, U256, keccak256};
use stylus_sdk::stylus_core::{
    AccountAccess, BlockAccess, CalldataAccess, ChainAccess, CryptographyAccess, Host,
    MemoryAccess, MessageAccess, MeteringAccess, RawLogAccess, StorageAccess, UnsafeCallAccess,
    UnsafeDeploymentAccess,
};

use super::{Chain, Log};

/// A call: who calls, whose storage is used, whose program runs, and the ether that it sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) sender: Address,
    pub(super) this: Address,
    pub(super) code: Address,
    pub(super) value: U256,
}

/// The host of one running call.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) chain: Chain,
    pub(super) frame: Frame,
    pub(super) reentrant: bool,
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
