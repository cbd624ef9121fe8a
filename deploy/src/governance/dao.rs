//! Decides where the organs of a cooperative are, and what an account may do with its votes.

use std::fmt;

use alloy::{
    primitives::{Address, U256},
    sol_types::SolCall,
};

use super::{Action, Class, Draft, Place, Vocabulary, decode::tokens_of, describe};
use crate::{
    AddressBook, Error,
    bindings::{
        IGovToken::{balanceOfCall, delegatesCall},
        IGovernor::{clockCall, getVotesCall, proposalThresholdCall, tokenCall},
    },
    chain::{Chain, Outgoing, Receipt, Sender},
};

/// A cooperative that governs itself.
#[derive(Clone, Debug)]
pub struct Dao {
    /// Its chain.
    pub chain: Chain,
    /// What names stand for.
    pub vocabulary: Vocabulary,
    /// The governor.
    pub governor: Address,
    /// GOV, as the governor knows it.
    pub token: Address,
    /// The block that the governor was created in.
    pub since: u64,
}

/// What an account has to propose with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power {
    /// The account.
    pub account: Address,
    /// Its votes, in wei of GOV.
    pub votes: U256,
    /// The votes that it takes to propose.
    pub threshold: U256,
    /// The GOV that it holds, which give votes to whom they are delegated.
    pub balance: U256,
    /// Whom it delegates to; the zero address is nobody.
    pub delegate: Address,
}

impl Dao {
    /// Finds the organs of the cooperative of an address book.
    ///
    /// # Errors
    ///
    /// - [`Error::NotSelfGoverned`]: it has no governor.
    /// - The failures of [`Chain::read`].
    pub async fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        let name = Place::Governor.contract().name;
        let entry = book
            .contracts
            .get(name)
            .ok_or_else(|| Error::NotSelfGoverned { path: book.path().to_path_buf() })?;
        let (governor, since) = (entry.address, entry.block);
        let token = chain.read(governor, &tokenCall {}).await?;
        let vocabulary = Vocabulary::of_book(book);
        Ok(Self { chain: chain.clone(), vocabulary, governor, token, since })
    }

    /// Calls a view as the next block would see it.
    ///
    /// # Errors
    ///
    /// Those of [`Chain::read`].
    pub async fn read<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Error> {
        self.chain.read_next(to, call).await
    }

    /// Reads what an account has to propose with.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`].
    pub async fn power(&self, account: Address) -> Result<Power, Error> {
        let clock = self.read(self.governor, &clockCall {}).await?.to::<u64>();
        let timepoint = U256::from(clock.saturating_sub(1));
        Ok(Power {
            account,
            votes: self.read(self.governor, &getVotesCall { account, timepoint }).await?,
            threshold: self.read(self.governor, &proposalThresholdCall {}).await?,
            balance: self.read(self.token, &balanceOfCall { account }).await?,
            delegate: self.read(self.token, &delegatesCall { account }).await?,
        })
    }

    /// Checks that an account may propose in a class.
    ///
    /// # Errors
    ///
    /// - [`Error::NotEnoughVotes`]: it may not, and what is missing.
    /// - The failures of [`Chain::read`].
    pub async fn expect_power(&self, account: Address, class: Class) -> Result<(), Error> {
        if class == Class::Optimistic {
            // These need no votes but an allowance, and the governor says when it is missing.
            return Ok(());
        }
        let power = self.power(account).await?;
        if power.votes >= power.threshold {
            return Ok(());
        }
        Err(Error::NotEnoughVotes { power: Box::new(power) })
    }

    /// Proposes a draft.
    ///
    /// # Errors
    ///
    /// Those of [`Sender::send`].
    pub async fn propose(&self, sender: &Sender, draft: &Draft) -> Result<Receipt, Error> {
        let outgoing = match draft.class {
            Class::Standard => Outgoing::call(self.governor, &draft.propose()),
            _ => Outgoing::call(self.governor, &draft.propose_with_class()),
        };
        sender.send(&outgoing).await
    }

    /// Says actions in words. The decimals of tokens are asked for where they are needed.
    pub async fn describe(&mut self, actions: &[Action]) -> Vec<String> {
        for token in actions.iter().flat_map(tokens_of) {
            if self.vocabulary.decimals(token).is_err() {
                // What is no token is said as the call that it is.
                let _ = self.vocabulary.learn(&self.chain, token).await;
            }
        }
        actions.iter().map(|action| describe(action, &self.vocabulary)).collect()
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gov = |wei| super::write_decimal(wei, super::units::DECIMALS);
        let Self { account, votes, threshold, balance, delegate } = self;
        write!(
            f,
            "{account} has {} votes and it takes {} to propose; it holds {} GOV",
            gov(*votes),
            gov(*threshold),
            gov(*balance)
        )?;
        if balance.is_zero() {
            f.write_str(", so others must delegate to it")
        } else if delegate.is_zero() {
            f.write_str(
                ", which give no votes until they are delegated: `datacoop gov delegate self`",
            )
        } else if delegate != account {
            write!(f, ", delegated to {delegate}: `datacoop gov delegate self` takes them back")
        } else {
            f.write_str(", so others must delegate to it; votes count from the second after they are delegated")
        }
    }
}
