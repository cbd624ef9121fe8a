//! Decides how contracts come to be: the addresses, and initcode that leaves a program behind.

use std::sync::Arc;

use alloy_primitives::{Address, B256, Bytes, U256};

use crate::{
    chain::Chain,
    initcode::{self, Halt},
    message::MAX_CALL_DEPTH,
    meter::Metering,
    outcome::Status,
    prices::CODE_BYTE_GAS,
    program::{Machine, Program},
    state::Code,
    units::Gas,
};

/// What code begins with that is a program: then follows the dictionary's number, 0 for none.
pub(crate) const PROGRAM_PREFIX: [u8; 3] = [0xef, 0xf0, 0x00];
/// The most bytes of code a contract may have (EIP-170).
const MAX_CODE_BYTES: usize = 24_576;

/// A contract about to be created.
#[derive(Debug)]
pub(crate) struct Creation {
    pub(crate) creator: Address,
    pub(crate) value: U256,
    pub(crate) initcode: Bytes,
    pub(crate) salt: Option<B256>,
    pub(crate) gas: Gas,
}

/// How a creation ended.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) status: Status,
    pub(crate) address: Option<Address>,
    pub(crate) output: Bytes,
    pub(crate) gas_left: Gas,
}

impl Created {
    const fn failed(status: Status, gas_left: Gas) -> Self {
        Self { status, address: None, output: Bytes::new(), gas_left }
    }
}

impl Chain {
    /// Creates a contract; what it did is undone unless it succeeds, but for the creator's nonce.
    pub(crate) fn create(&mut self, machine: &Arc<Machine>, creation: Creation) -> Created {
        let Creation { creator, value, initcode, salt, gas } = creation;
        if self.depth > MAX_CALL_DEPTH {
            return Created::failed(Status::CallDepth, gas);
        }
        if self.state.balance(creator) < value {
            return Created::failed(Status::InsufficientBalance, gas);
        }
        let nonce = self.state.bump_nonce(creator);
        let address = match salt {
            Some(salt) => creator.create2_from_code(salt, &initcode),
            None => creator.create(nonce),
        };
        self.state.warm_account(address);
        let taken = self.state.account(address);
        if taken.is_some_and(|taken| taken.nonce != 0 || !taken.code.bytes.is_empty()) {
            return Created::failed(Status::OutOfGas, Gas(0));
        }
        let checkpoint = self.state.checkpoint();
        self.state.bump_nonce(address);
        self.transfer(creator, address, value);
        let created = self.leave_code(machine, address, &initcode, gas);
        if !created.status.is_success() {
            self.state.roll_back(checkpoint);
        }
        created
    }

    /// Runs initcode and sets the code that it returns.
    fn leave_code(
        &mut self,
        machine: &Machine,
        address: Address,
        initcode: &Bytes,
        gas: Gas,
    ) -> Created {
        let (halt, steps_gas) = match initcode::run(initcode) {
            Some(run) => run,
            None => {
                let status = Status::Unsupported("initcode that computes");
                return Created::failed(status, Gas(0));
            }
        };
        let Some(gas) = gas.pay(steps_gas) else {
            return Created::failed(Status::OutOfGas, Gas(0));
        };
        let bytes = match halt {
            Halt::Return(bytes) => bytes,
            Halt::Revert(output) => {
                let status = Status::Revert;
                return Created { status, address: None, output, gas_left: gas };
            }
        };
        let deposit = Gas(CODE_BYTE_GAS * bytes.len() as u64);
        let Some(gas_left) = gas.pay(deposit).filter(|_| bytes.len() <= MAX_CODE_BYTES) else {
            return Created::failed(Status::OutOfGas, Gas(0));
        };
        let Ok(code) = self.code(machine, bytes) else {
            return Created::failed(Status::Unsupported("a program that is refused"), Gas(0));
        };
        self.state.set_code(address, code);
        let output = Bytes::new();
        Created { status: Status::Success, address: Some(address), output, gas_left }
    }

    /// Makes code of bytes, decompressing and compiling them if they are a program. Activation,
    /// on the chain a transaction of its own, is taken for granted.
    fn code(&self, machine: &Machine, bytes: Bytes) -> Result<Code, crate::error::Error> {
        let payload = bytes.strip_prefix(&PROGRAM_PREFIX).and_then(<[u8]>::split_first);
        let Some((0, compressed)) = payload else {
            return Ok(Code { bytes, program: None });
        };
        let mut wasm = Vec::new();
        brotli::BrotliDecompress(&mut &*compressed, &mut wasm)
            .map_err(crate::error::Error::Decompress)?;
        let program = Program::new(machine, &wasm, Metering::Plain)?;
        Ok(Code { bytes, program: Some(Arc::new(program)) })
    }
}
