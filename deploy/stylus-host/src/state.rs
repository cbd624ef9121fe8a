//! Decides what the chain remembers and how a failed call undoes it: accounts, storage, logs and
//! the warm sets, each change noted in a journal that can be rolled back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, Log, U256, keccak256};

use crate::program::Program;

/// The code of an account.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The bytes that `account_code` shows; for a program, those it was deployed as.
    pub bytes: Bytes,
    pub(crate) program: Option<Arc<Program>>,
}

/// An account of the chain.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Balance in wei.
    pub balance: U256,
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// Its code, empty for most.
    pub code: Code,
    /// Its storage; slots that are zero are absent.
    pub storage: BTreeMap<B256, B256>,
}

impl Account {
    /// Whether the account is as good as absent (EIP-161).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.balance.is_zero() && self.nonce == 0 && self.code.bytes.is_empty()
    }
}

/// One change, told by what it overwrote.
#[derive(Debug)]
enum Change {
    Balance(Address, U256),
    Nonce(Address, u64),
    Code(Address, Code),
    Storage(Address, B256, B256),
    Transient(Address, B256, B256),
    WarmAccount(Address),
    WarmSlot(Address, B256),
    Refund(i64),
    Log,
}

/// A moment that the state can be rolled back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint(usize);

/// The accounts of the chain, and what a transaction has touched.
#[derive(Debug, Default)]
pub(crate) struct State {
    accounts: BTreeMap<Address, Account>,
    transient: BTreeMap<(Address, B256), B256>,
    /// Slots as they were when the transaction began, for those written since (EIP-2200).
    committed: BTreeMap<(Address, B256), B256>,
    warm_accounts: BTreeSet<Address>,
    warm_slots: BTreeSet<(Address, B256)>,
    refund: i64,
    logs: Vec<Log>,
    journal: Vec<Change>,
}

impl State {
    pub(crate) fn account(&self, address: Address) -> Option<&Account> {
        self.accounts.get(&address)
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = (&Address, &Account)> {
        self.accounts.iter()
    }

    pub(crate) fn account_mut(&mut self, address: Address) -> &mut Account {
        self.accounts.entry(address).or_default()
    }

    pub(crate) fn is_empty(&self, address: Address) -> bool {
        self.account(address).is_none_or(Account::is_empty)
    }

    pub(crate) fn balance(&self, address: Address) -> U256 {
        self.account(address).map_or(U256::ZERO, |account| account.balance)
    }

    pub(crate) fn nonce(&self, address: Address) -> u64 {
        self.account(address).map_or(0, |account| account.nonce)
    }

    pub(crate) fn code(&self, address: Address) -> Code {
        self.account(address).map_or_else(Code::default, |account| account.code.clone())
    }

    /// Returns the hash of an account's code: zero for an account that is absent.
    pub(crate) fn code_hash(&self, address: Address) -> B256 {
        match self.account(address) {
            Some(account) if !account.is_empty() => match account.code.bytes.is_empty() {
                true => KECCAK256_EMPTY,
                false => keccak256(&account.code.bytes),
            },
            _ => B256::ZERO,
        }
    }

    pub(crate) fn storage(&self, address: Address, key: B256) -> B256 {
        self.account(address).and_then(|a| a.storage.get(&key)).copied().unwrap_or_default()
    }

    /// Returns a slot as it was when the transaction began.
    pub(crate) fn committed_storage(&self, address: Address, key: B256) -> B256 {
        self.committed.get(&(address, key)).copied().unwrap_or_else(|| self.storage(address, key))
    }

    pub(crate) fn transient(&self, address: Address, key: B256) -> B256 {
        self.transient.get(&(address, key)).copied().unwrap_or_default()
    }

    pub(crate) fn set_balance(&mut self, address: Address, balance: U256) {
        let old = std::mem::replace(&mut self.account_mut(address).balance, balance);
        self.journal.push(Change::Balance(address, old));
    }

    pub(crate) fn bump_nonce(&mut self, address: Address) -> u64 {
        let account = self.account_mut(address);
        let old = account.nonce;
        account.nonce += 1;
        self.journal.push(Change::Nonce(address, old));
        old
    }

    pub(crate) fn set_code(&mut self, address: Address, code: Code) {
        let old = std::mem::replace(&mut self.account_mut(address).code, code);
        self.journal.push(Change::Code(address, old));
    }

    pub(crate) fn set_storage(&mut self, address: Address, key: B256, value: B256) {
        let old = self.write_storage(address, key, value);
        self.committed.entry((address, key)).or_insert(old);
        self.journal.push(Change::Storage(address, key, old));
    }

    fn write_storage(&mut self, address: Address, key: B256, value: B256) -> B256 {
        let storage = &mut self.account_mut(address).storage;
        match value.is_zero() {
            true => storage.remove(&key),
            false => storage.insert(key, value),
        }
        .unwrap_or_default()
    }

    pub(crate) fn set_transient(&mut self, address: Address, key: B256, value: B256) {
        let old = self.transient.insert((address, key), value).unwrap_or_default();
        self.journal.push(Change::Transient(address, key, old));
    }

    /// Warms an account and returns whether it was cold.
    pub(crate) fn warm_account(&mut self, address: Address) -> bool {
        let cold = self.warm_accounts.insert(address);
        if cold {
            self.journal.push(Change::WarmAccount(address));
        }
        cold
    }

    /// Warms a slot and returns whether it was cold.
    pub(crate) fn warm_slot(&mut self, address: Address, key: B256) -> bool {
        let cold = self.warm_slots.insert((address, key));
        if cold {
            self.journal.push(Change::WarmSlot(address, key));
        }
        cold
    }

    /// Adds to the refund counter, which may fall below zero within a transaction.
    pub(crate) fn add_refund(&mut self, gas: i64) {
        self.journal.push(Change::Refund(self.refund));
        self.refund += gas;
    }

    pub(crate) fn add_log(&mut self, log: Log) {
        self.logs.push(log);
        self.journal.push(Change::Log);
    }

    /// Forgets what belongs to one transaction.
    pub(crate) fn begin_transaction(&mut self) {
        self.transient.clear();
        self.committed.clear();
        self.warm_accounts.clear();
        self.warm_slots.clear();
        self.refund = 0;
        self.logs.clear();
        self.journal.clear();
    }

    /// Takes the logs and the refund of the transaction.
    pub(crate) fn end_transaction(&mut self) -> (Vec<Log>, u64) {
        self.journal.clear();
        (std::mem::take(&mut self.logs), self.refund.max(0).cast_unsigned())
    }

    pub(crate) const fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.journal.len())
    }

    /// Undoes every change since `checkpoint`, the latest first.
    pub(crate) fn roll_back(&mut self, checkpoint: Checkpoint) {
        while self.journal.len() > checkpoint.0 {
            match self.journal.pop() {
                Some(Change::Balance(address, old)) => self.account_mut(address).balance = old,
                Some(Change::Nonce(address, old)) => self.account_mut(address).nonce = old,
                Some(Change::Code(address, old)) => self.account_mut(address).code = old,
                Some(Change::Storage(address, key, old)) => {
                    self.write_storage(address, key, old);
                }
                Some(Change::Transient(address, key, old)) => {
                    self.transient.insert((address, key), old);
                }
                Some(Change::WarmAccount(address)) => {
                    self.warm_accounts.remove(&address);
                }
                Some(Change::WarmSlot(address, key)) => {
                    self.warm_slots.remove(&(address, key));
                }
                Some(Change::Refund(old)) => self.refund = old,
                Some(Change::Log) => {
                    self.logs.pop();
                }
                None => return,
            }
        }
    }
}
