//! Decides what equal means: after each transaction both worlds agree in ending, output, logs,
//! and in every account's storage, balance and nonce.

use std::fmt;

use alloy_primitives::{Address, U256};
use stylus_evm::{Constructor, Options, translate};
use stylus_host::{Block, Host, Outcome, Status, Transaction};

use super::evm::{Effect, Ending, Evm};

const CHAIN_ID: u64 = 412_346;

/// A program in the host and its translation in the EVM, over equal states.
pub(crate) struct Twin {
    host: Host,
    evm: Evm,
    block: Block,
    /// The accounts whose state is compared.
    accounts: Vec<Address>,
}

/// Where the two worlds differ.
#[derive(Debug)]
pub(crate) struct Difference {
    what: String,
    transaction: Transaction,
    host: Outcome,
    evm: Effect,
}

impl Difference {
    /// Adds where in a run it is.
    pub(crate) fn at(mut self: Box<Self>, place: String) -> Box<Self> {
        self.what = format!("{} ({place})", self.what);
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Transaction { from, to, value, data, .. } = &self.transaction;
        writeln!(f, "the worlds differ in {}", self.what)?;
        writeln!(f, "from {from} to {to} value {value} data {data}")?;
        writeln!(f, "host: {:?} {} {:?}", self.host.status, self.host.output, self.host.logs)?;
        write!(f, "evm: {} {} {:?}", self.evm.reason, self.evm.output, self.evm.logs)
    }
}

impl Twin {
    /// Returns a twin whose `actors` have balance.
    pub(crate) fn new(actors: &[Address]) -> Self {
        let mut host = Host::new();
        host.set_chain_id(CHAIN_ID);
        let mut evm = Evm::new(CHAIN_ID);
        for actor in actors {
            let balance = U256::from(10).pow(U256::from(20));
            host.set_balance(*actor, balance);
            evm.set_balance(*actor, balance);
        }
        let block = Block { coinbase: Address::repeat_byte(0xcb), ..Block::default() };
        let mut twin = Self { host, evm, block, accounts: actors.to_vec() };
        twin.advance(0);
        twin
    }

    /// Lets time pass, and a block.
    pub(crate) fn advance(&mut self, secs: u64) {
        self.block.number += 1;
        self.block.timestamp += secs;
        *self.host.block_mut() = self.block.clone();
        self.evm.set_block(&self.block);
    }

    /// Returns the time of the block in seconds.
    pub(crate) const fn now(&self) -> u64 {
        self.block.timestamp
    }

    /// Deploys a program and its translation; with arguments, the SDK's constructor runs.
    pub(crate) fn deploy(
        &mut self,
        from: Address,
        wasm: &[u8],
        arguments: Option<&[u8]>,
    ) -> Result<Address, Box<Difference>> {
        self.deploy_pair(from, wasm, wasm, arguments)
    }

    /// Deploys a program in the host and the translation of another in the EVM.
    pub(crate) fn deploy_pair(
        &mut self,
        from: Address,
        wasm: &[u8],
        translated: &[u8],
        arguments: Option<&[u8]>,
    ) -> Result<Address, Box<Difference>> {
        let constructor = if arguments.is_some() { Constructor::Stylus } else { Constructor::None };
        let translated = translate(translated, &Options { constructor, ..Options::default() });
        let mut initcode = translated.expect("the program translates").bytecode;
        initcode.extend_from_slice(arguments.unwrap_or_default());
        let selector = alloy_primitives::keccak256("stylus_constructor()");
        let calldata = arguments.map(|arguments| [&selector[..4], arguments].concat());
        let deployed = self.host.deploy(from, wasm, calldata.as_deref());
        let deployed = deployed.expect("the host takes the program");
        let mut evm = self.evm.create(&Transaction::new(from, Address::ZERO, initcode));
        if evm.ending == Ending::Success {
            evm.output = deployed.outcome.output.clone();
        }
        self.accounts.push(deployed.address);
        let transaction = Transaction::new(from, deployed.address, calldata.unwrap_or_default());
        self.compare(&transaction, deployed.outcome, evm)?;
        Ok(deployed.address)
    }

    /// Runs a transaction in both worlds and returns what they agree on.
    pub(crate) fn call(
        &mut self,
        transaction: &Transaction,
    ) -> Result<(Ending, Outcome), Box<Difference>> {
        let host = self.host.call(transaction);
        let evm = self.evm.call(transaction);
        self.compare(transaction, host, evm)
    }

    fn compare(
        &mut self,
        transaction: &Transaction,
        host: Outcome,
        evm: Effect,
    ) -> Result<(Ending, Outcome), Box<Difference>> {
        let ending = ending(&host);
        let what = if ending != evm.ending {
            Some(format!("ending: {ending:?}, {:?}", evm.ending))
        } else if host.output != evm.output {
            Some("output".to_owned())
        } else if host.logs != evm.logs {
            Some("logs".to_owned())
        } else {
            self.state_difference()
        };
        match what {
            Some(what) => {
                let transaction = transaction.clone();
                Err(Box::new(Difference { what, transaction, host, evm }))
            }
            None => Ok((ending, host)),
        }
    }

    fn state_difference(&mut self) -> Option<String> {
        for address in &self.accounts {
            let info = self.evm.info(*address);
            let (balance, nonce) = (self.host.balance(*address), self.host.nonce(*address));
            if balance != info.balance {
                return Some(format!("balance of {address}: {balance}, {}", info.balance));
            }
            if nonce != info.nonce {
                return Some(format!("nonce of {address}: {nonce}, {}", info.nonce));
            }
            let storage = self.evm.storage(*address);
            let host = self.host.account(*address).map(|account| &account.storage);
            for key in host.iter().flat_map(|slots| slots.keys()).chain(storage.keys()) {
                let value = self.host.storage(*address, *key);
                let other = storage.get(key).copied().unwrap_or_default();
                if value != other {
                    return Some(format!("slot {key} of {address}: {value}, {other}"));
                }
            }
        }
        None
    }
}

fn ending(host: &Outcome) -> Ending {
    match host.status {
        Status::Success => Ending::Success,
        Status::Revert if !host.output.is_empty() => Ending::Revert,
        _ => Ending::Failure,
    }
}
