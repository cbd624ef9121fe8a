//! Decides the EVM side of a twin run: a chain in memory without limits of size or fees.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    context::{BlockEnv, CfgEnv, Journal, TxEnv, result::ExecutionResult},
    database::InMemoryDB,
    handler::MainnetEvm,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};
use stylus_host::{Block, Transaction};

type Mainnet = MainnetEvm<Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>>>;

/// How a transaction ended, as far as both worlds must agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It returned.
    Success,
    /// It reverted with data.
    Revert,
    /// It failed without data: by a trap, a revert without data, or for want of gas.
    Failure,
}

/// What a transaction did on the EVM.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) ending: Ending,
    pub(crate) output: Bytes,
    pub(crate) logs: Vec<Log>,
    /// What revm calls the ending.
    pub(crate) reason: String,
}

/// An EVM chain.
pub(crate) struct Evm {
    chain: Mainnet,
}

impl Evm {
    pub(crate) fn new(chain_id: u64) -> Self {
        let context = Context::mainnet()
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::CANCUN);
                cfg.chain_id = chain_id;
                cfg.tx_chain_id_check = false;
                cfg.limit_contract_code_size = Some(usize::MAX);
                cfg.limit_contract_initcode_size = Some(usize::MAX);
                cfg.tx_gas_limit_cap = Some(u64::MAX);
            })
            .with_db(InMemoryDB::default());
        Self { chain: context.build_mainnet() }
    }

    pub(crate) fn set_block(&mut self, block: &Block) {
        self.chain.ctx.block.number = U256::from(block.number);
        self.chain.ctx.block.timestamp = U256::from(block.timestamp);
        self.chain.ctx.block.beneficiary = block.coinbase;
        self.chain.ctx.block.gas_limit = block.gas_limit;
        self.chain.ctx.block.basefee = 0;
    }

    pub(crate) fn set_balance(&mut self, address: Address, balance_wei: U256) {
        let info = AccountInfo { balance: balance_wei, ..self.info(address) };
        self.database().insert_account_info(address, info);
    }

    pub(crate) fn info(&mut self, address: Address) -> AccountInfo {
        let account = self.database().load_account(address);
        account.map_or_else(|never| match never {}, |account| account.info.clone())
    }

    /// Returns the slots of an account that are not zero.
    pub(crate) fn storage(&mut self, address: Address) -> BTreeMap<B256, B256> {
        let Some(account) = self.database().cache.accounts.get(&address) else {
            return BTreeMap::new();
        };
        let set = account.storage.iter().filter(|(_, value)| !value.is_zero());
        set.map(|(key, value)| (B256::from(*key), B256::from(*value))).collect()
    }

    const fn database(&mut self) -> &mut InMemoryDB {
        &mut self.chain.ctx.journaled_state.database
    }

    pub(crate) fn call(&mut self, transaction: &Transaction) -> Effect {
        self.send(TxKind::Call(transaction.to), transaction)
    }

    /// Creates a contract with the transaction's data as initcode.
    pub(crate) fn create(&mut self, transaction: &Transaction) -> Effect {
        self.send(TxKind::Create, transaction)
    }

    fn send(&mut self, kind: TxKind, transaction: &Transaction) -> Effect {
        let nonce = self.info(transaction.from).nonce;
        let tx = TxEnv::builder()
            .caller(transaction.from)
            .nonce(nonce)
            .kind(kind)
            .data(transaction.data.clone())
            .value(transaction.value)
            .gas_limit(transaction.gas_limit)
            .gas_price(0)
            .build()
            .expect("the transaction is complete");
        match self.chain.transact_commit(tx) {
            Ok(ExecutionResult::Success { logs, output, reason, .. }) => Effect {
                ending: Ending::Success,
                output: output.into_data(),
                logs,
                reason: format!("{reason:?}"),
            },
            Ok(ExecutionResult::Revert { output, .. }) => Effect {
                ending: if output.is_empty() { Ending::Failure } else { Ending::Revert },
                output,
                logs: Vec::new(),
                reason: "Revert".to_owned(),
            },
            Ok(ExecutionResult::Halt { reason, .. }) => Effect {
                ending: Ending::Failure,
                output: Bytes::new(),
                logs: Vec::new(),
                reason: format!("{reason:?}"),
            },
            Err(error) => Effect {
                ending: Ending::Failure,
                output: Bytes::new(),
                logs: Vec::new(),
                reason: error.to_string(),
            },
        }
    }
}
