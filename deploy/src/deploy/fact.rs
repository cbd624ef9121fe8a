//! Decides how it is found out that a step is done: by what views of the chain answer.

use std::{fmt, sync::Arc};

use alloy::{
    primitives::{Address, Bytes},
    sol_types::SolCall,
};
use tokio::task::JoinSet;

use crate::{Error, chain::Chain};

/// How many facts are asked for at a time.
const AT_A_TIME: usize = 32;

/// What a view must answer.
type Expectation = dyn Fn(&[u8]) -> bool + Send + Sync;

/// Something that is so or not on a chain.
#[derive(Clone)]
pub(super) struct Fact {
    /// The contract that is asked.
    pub(super) to: Address,
    /// The calldata of the view.
    pub(super) data: Bytes,
    /// The view's signature.
    view: &'static str,
    expected: Arc<Expectation>,
}

impl Fact {
    /// Makes the fact that a view's answer is as `expected`.
    pub(super) fn new<C: SolCall>(
        to: Address,
        call: &C,
        expected: impl Fn(C::Return) -> bool + Send + Sync + 'static,
    ) -> Self {
        let expected = move |answer: &[u8]| C::abi_decode_returns(answer).is_ok_and(&expected);
        Self {
            to,
            data: call.abi_encode().into(),
            view: C::SIGNATURE,
            expected: Arc::new(expected),
        }
    }

    /// Returns whether an answer is the expected one. No answer is none: nothing is at the address.
    pub(super) fn is_shown_by(&self, answer: &[u8]) -> bool {
        !answer.is_empty() && (self.expected)(answer)
    }

    /// Asks the chain.
    async fn holds(&self, chain: &Chain) -> Result<bool, Error> {
        match chain.view(self.to, self.view, &self.data).await {
            Ok(answer) => Ok(self.is_shown_by(&answer)),
            // What rejects the question does not know of it.
            Err(Error::Reverted { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fact({} of {})", self.view, self.to)
    }
}

/// Returns for each of these facts whether it holds.
pub(super) async fn hold(chain: &Chain, facts: &[&Fact]) -> Result<Vec<bool>, Error> {
    let mut hold = vec![false; facts.len()];
    let mut questions = facts.iter().enumerate();
    let mut asked = JoinSet::new();
    loop {
        while asked.len() < AT_A_TIME {
            let Some((index, fact)) = questions.next() else { break };
            let (chain, fact) = (chain.clone(), (*fact).clone());
            asked.spawn(async move { (index, fact.holds(&chain).await) });
        }
        match asked.join_next().await {
            Some(Ok((index, holds))) => hold[index] = holds?,
            // Nobody cancels these tasks: one that did not end has panicked.
            Some(Err(ended)) => std::panic::resume_unwind(ended.into_panic()),
            None => return Ok(hold),
        }
    }
}
