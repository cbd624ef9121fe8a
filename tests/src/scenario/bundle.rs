//! Decides how many views are asked at once: in one call, of one block.

use std::marker::PhantomData;

use alloy::{
    primitives::{Address, Bytes},
    sol_types::SolCall,
};
use anyhow::{Result, anyhow};
use datacoop_deploy::decode_error;

alloy::sol!(
    #![sol(all_derives)]
    "../anvil-fixtures/src/Views.sol"
);

use Views::{Answer, Ask, askCall};

/// Questions that are not asked yet.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    asks: Vec<Ask>,
}

/// A question's place in its bundle.
#[derive(Debug)]
pub(super) struct Asked<C> {
    place: usize,
    call: PhantomData<fn() -> C>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answers(Vec<Answer>);

impl Bundle {
    /// Adds a question.
    pub(super) fn ask<C: SolCall>(&mut self, to: Address, call: &C) -> Asked<C> {
        self.asks.push(Ask { to, data: call.abi_encode().into() });
        Asked { place: self.asks.len() - 1, call: PhantomData }
    }

    /// Adds a question for each of some things.
    pub(super) fn ask_each<T: Copy, C: SolCall>(
        &mut self,
        to: Address,
        things: impl IntoIterator<Item = T>,
        call: impl Fn(T) -> C,
    ) -> Vec<(T, Asked<C>)> {
        things.into_iter().map(|thing| (thing, self.ask(to, &call(thing)))).collect()
    }

    /// The calldata that asks all.
    pub(super) fn calldata(self) -> Bytes {
        askCall { asks: self.asks }.abi_encode().into()
    }
}

impl Answers {
    /// Takes what came back.
    pub(super) fn of(data: &[u8]) -> Result<Self> {
        Ok(Self(askCall::abi_decode_returns_validate(data)?))
    }

    /// The answer to a question that must be answered.
    pub(super) fn get<C: SolCall>(&self, asked: &Asked<C>) -> Result<C::Return> {
        self.either(asked)?.map_err(|error| anyhow!("{} reverted with {error}", C::SIGNATURE))
    }

    /// The answer to a question, or the name of the error.
    pub(super) fn either<C: SolCall>(&self, asked: &Asked<C>) -> Result<Result<C::Return, String>> {
        let answer = &self.0[asked.place];
        if answer.success {
            Ok(Ok(C::abi_decode_returns_validate(&answer.output)?))
        } else {
            Ok(Err(decode_error(&answer.output).name))
        }
    }

    /// The answers to questions about some things.
    pub(super) fn all<T: Copy + Ord, C: SolCall, M: FromIterator<(T, C::Return)>>(
        &self,
        asked: &[(T, Asked<C>)],
    ) -> Result<M> {
        asked.iter().map(|(thing, asked)| Ok((*thing, self.get(asked)?))).collect()
    }
}
