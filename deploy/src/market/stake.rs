//! Decides what is known of a researcher's stake, and how it is raised and taken back.

use alloy::primitives::{Address, U256};

use super::Market;
use crate::{
    Error,
    bindings::IDataMarket::{
        isVettedCall, requestUnstakeCall, requiredStakeCall, stakeCall, stakeOfCall,
        stakeTokenCall, unstakeCall,
    },
    chain::{Receipt, Sender},
};

/// An account's stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    /// All of it.
    pub staked: U256,
    /// What of it was asked back.
    pub unstaking: U256,
    /// When that is paid, in seconds since 1970.
    pub ready_at: u64,
    /// Until when a licence keeps it, in seconds since 1970.
    pub locked_until: u64,
    /// In how many auctions the account leads.
    pub auctions_led: u32,
    /// Whether a ruling bars the account.
    pub is_barred: bool,
    /// What is required.
    pub required: U256,
    /// Whether the account may buy.
    pub is_vetted: bool,
}

impl Market {
    /// Returns what is staked.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn stake_token(&self) -> Result<Address, Error> {
        self.read(&stakeTokenCall {}).await
    }

    /// Returns an account's stake.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn stake(&self, account: Address) -> Result<Stake, Error> {
        let held = self.read(&stakeOfCall { account }).await?;
        Ok(Stake {
            staked: held.staked,
            unstaking: held.unstaking,
            ready_at: held.readyAt,
            locked_until: held.lockedUntil,
            auctions_led: held.auctionsLed,
            is_barred: held.barred,
            required: self.read(&requiredStakeCall {}).await?,
            is_vetted: self.read(&isVettedCall { account }).await?,
        })
    }

    /// Adds to the sender's stake; allows the market to take it first, when it may not yet.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn add_stake(&self, sender: &Sender, amount: U256) -> Result<Receipt, Error> {
        let token = self.stake_token().await?;
        self.allow(sender, token, amount).await?;
        sender.call(self.address, &stakeCall { amount }).await
    }

    /// Asks for a part of the sender's stake, in place of what was asked for before.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn request_unstake(&self, sender: &Sender, amount: U256) -> Result<Receipt, Error> {
        sender.call(self.address, &requestUnstakeCall { amount }).await
    }

    /// Takes what the sender asked for.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn unstake(&self, sender: &Sender) -> Result<Receipt, Error> {
        sender.call(self.address, &unstakeCall {}).await
    }
}
