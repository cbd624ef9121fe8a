//! An EVM chain in memory.

use alloy_primitives::{Address, Bytes, Log, TxKind, U256};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::{BlockEnv, CfgEnv, Journal, TxEnv, result::ExecutionResult},
    database::InMemoryDB,
    handler::MainnetEvm,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};

type Evm = MainnetEvm<Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>>>;

/// Gas limit of every transaction.
pub(crate) const GAS_LIMIT: u64 = 1_000_000_000;

/// How a transaction ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It returned.
    Success,
    /// It reverted.
    Revert,
    /// It ran out of gas or worse.
    Halt(String),
}

/// What a transaction did.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: Status,
    pub(crate) output: Bytes,
    pub(crate) logs: Vec<Log>,
    pub(crate) gas: u64,
}

impl Outcome {
    pub(crate) fn succeeded(&self) -> bool {
        self.status == Status::Success
    }
}

/// A chain.
pub(crate) struct Chain {
    evm: Evm,
}

/// Who sends transactions.
pub(crate) const ALICE: Address = Address::repeat_byte(0xa1);

/// Where tests put a contract without creating it.
pub(crate) const CONTRACT: Address = Address::repeat_byte(0xc0);

impl Default for Chain {
    fn default() -> Self {
        let context = Context::mainnet()
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::CANCUN);
                cfg.limit_contract_code_size = Some(usize::MAX);
                cfg.limit_contract_initcode_size = Some(usize::MAX);
                cfg.disable_nonce_check = true;
                cfg.tx_gas_limit_cap = Some(u64::MAX);
            })
            .modify_block_chained(|block| {
                block.gas_limit = u64::MAX;
                block.number = U256::from(1_234);
                block.timestamp = U256::from(1_700_000_000);
                block.basefee = 7;
                block.beneficiary = Address::repeat_byte(0xcb);
            })
            .with_db(InMemoryDB::default());
        let mut chain = Self { evm: context.build_mainnet() };
        chain.set_balance(ALICE, U256::MAX >> 1);
        chain
    }
}

impl Chain {
    pub(crate) fn set_balance(&mut self, account: Address, balance: U256) {
        let db = &mut self.evm.ctx.journaled_state.database;
        db.insert_account_info(account, AccountInfo { balance, ..AccountInfo::default() });
    }

    /// Puts code at an address.
    pub(crate) fn set_code(&mut self, account: Address, code: &[u8]) {
        let code = Bytecode::new_raw(Bytes::copy_from_slice(code));
        let db = &mut self.evm.ctx.journaled_state.database;
        db.insert_account_info(
            account,
            AccountInfo { nonce: 1, ..AccountInfo::from_bytecode(code) },
        );
    }

    /// A word of an account's storage.
    pub(crate) fn storage(&mut self, account: Address, key: U256) -> U256 {
        let db = &mut self.evm.ctx.journaled_state.database;
        revm::Database::storage(db, account, key).unwrap()
    }

    pub(crate) fn code(&mut self, account: Address) -> Bytes {
        let db = &mut self.evm.ctx.journaled_state.database;
        let info = db.load_account(account).unwrap().info.clone();
        info.code.map(|code| code.original_bytes()).unwrap_or_default()
    }

    pub(crate) fn balance(&mut self, account: Address) -> U256 {
        self.evm.ctx.journaled_state.database.load_account(account).unwrap().info.balance
    }

    /// Sends a transaction from Alice.
    pub(crate) fn send(
        &mut self,
        kind: TxKind,
        data: &[u8],
        value: U256,
    ) -> (Outcome, Option<Address>) {
        let tx = TxEnv::builder()
            .caller(ALICE)
            .kind(kind)
            .data(Bytes::copy_from_slice(data))
            .value(value)
            .gas_limit(GAS_LIMIT)
            .gas_price(9)
            .build()
            .unwrap();
        match self.evm.transact_commit(tx).unwrap() {
            ExecutionResult::Success { gas, logs, output, .. } => {
                let created = output.address().copied();
                let output = output.into_data();
                let gas = gas.tx_gas_used();
                (Outcome { status: Status::Success, output, logs, gas }, created)
            }
            ExecutionResult::Revert { gas, output, .. } => {
                let gas = gas.tx_gas_used();
                (Outcome { status: Status::Revert, output, logs: vec![], gas }, None)
            }
            ExecutionResult::Halt { reason, gas, .. } => {
                let (status, gas) = (Status::Halt(format!("{reason:?}")), gas.tx_gas_used());
                (Outcome { status, output: Bytes::new(), logs: vec![], gas }, None)
            }
        }
    }

    pub(crate) fn call(&mut self, to: Address, data: &[u8]) -> Outcome {
        self.send(TxKind::Call(to), data, U256::ZERO).0
    }

    pub(crate) fn create(&mut self, code: &[u8]) -> Result<Address, Outcome> {
        let (outcome, created) = self.send(TxKind::Create, code, U256::ZERO);
        created.ok_or(outcome)
    }
}
