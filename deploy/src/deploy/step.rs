//! Decides what a step of a deployment is: one transaction, and how it is known to be done.

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall,
};

use super::fact::Fact;

/// One transaction of a deployment.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// What it does, in words.
    pub(super) title: String,
    /// What is sent.
    pub(super) deed: Deed,
    /// What is so when it is done, all of it.
    pub(super) done: Vec<Fact>,
    /// What is so when it is done and what it is for is not, if that can be told.
    pub(super) or: Option<Fact>,
}

/// What a step sends.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    /// Creates a contract.
    Create(Creation),
    /// Calls a function.
    Call {
        /// The contract.
        to: Address,
        /// The function's name.
        function: &'static str,
        /// The calldata.
        data: Bytes,
    },
}

/// A contract that is to be created where it was foretold.
#[derive(Clone, Debug)]
pub(super) struct Creation {
    /// The contract's name.
    pub(super) contract: &'static str,
    /// Where it will be.
    pub(super) address: Address,
    /// The encoded arguments of its constructor.
    pub(super) arguments: Bytes,
    /// The hash of the code that will be there.
    pub(super) code_hash: B256,
    /// Who creates it.
    pub(super) factory: Address,
    /// What the factory is told.
    pub(super) data: Bytes,
}

impl Step {
    /// Makes a step that calls a function.
    pub(super) fn call<C: SolCall>(to: Address, call: &C, title: String, done: Vec<Fact>) -> Self {
        let function = C::SIGNATURE.split('(').next().unwrap_or_default();
        let deed = Deed::Call { to, function, data: call.abi_encode().into() };
        Self { title, deed, done, or: None }
    }

    /// Returns every fact that decides whether it is done.
    pub(super) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.done.iter().chain(&self.or)
    }

    /// Returns whether it is done, by which of its [`facts`](Self::facts) hold, in their order.
    pub(super) fn is_done_when(&self, hold: &[bool]) -> bool {
        let (done, or) = hold.split_at(self.done.len().min(hold.len()));
        (!done.is_empty() && done.iter().all(|holds| *holds)) || or.contains(&true)
    }

    /// Returns what it creates, if it creates something.
    pub(super) const fn creation(&self) -> Option<&Creation> {
        match &self.deed {
            Deed::Create(creation) => Some(creation),
            Deed::Call { .. } => None,
        }
    }
}
