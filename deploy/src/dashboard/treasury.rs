//! Decides what is shown of the treasury: who signs, what it has, and what waits.

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
};

use super::View;
use crate::{
    Error,
    bindings::IDataToken::balanceOfCall,
    contracts::{DATA_TOKEN, GOV_TOKEN},
    market::TokenInfo,
    treasury::{HISTORY_EVENTS, Record, Treasury, history_of},
};

/// The treasury.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreasuryState {
    /// Its address.
    pub address: Address,
    /// Its owners.
    pub owners: Vec<Address>,
    /// How many of them must sign.
    pub threshold: u64,
    /// The delay of their transactions, in seconds.
    pub delay: u64,
    /// What it has in ether, DATA and GOV.
    pub balances: Vec<Balance>,
    /// The transactions that wait, newest first.
    pub pending: Vec<Record>,
}

/// What an account has of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The token; the zero address is ether.
    pub token: TokenInfo,
    /// How much, in the token's smallest unit.
    pub amount: U256,
}

impl View<'_> {
    pub(super) async fn treasury(
        &self,
        treasury: Option<&Treasury>,
    ) -> Result<Option<TreasuryState>, Error> {
        let Some(treasury) = treasury else { return Ok(None) };
        let logs = self.index.logs(treasury.address(), &HISTORY_EVENTS)?;
        let (owners, threshold, delay, balances, pending) = tokio::try_join!(
            treasury.owners(),
            treasury.threshold(),
            treasury.delay(),
            self.balances(treasury.address()),
            history_of(treasury, &logs, 0),
        )?;
        let address = treasury.address();
        Ok(Some(TreasuryState { address, owners, threshold, delay, balances, pending }))
    }

    async fn balances(&self, account: Address) -> Result<Vec<Balance>, Error> {
        let ether = self.chain.provider().get_balance(account);
        let ether = self.chain.ask("eth_getBalance", ether).await?;
        let own =
            |address, symbol: &str| TokenInfo { address, symbol: symbol.to_owned(), decimals: 18 };
        let mut balances = vec![Balance { token: own(Address::ZERO, "ETH"), amount: ether }];
        for (contract, symbol) in [(DATA_TOKEN, "DATA"), (GOV_TOKEN, "GOV")] {
            let Some(token) = self.address(&contract) else { continue };
            let amount = self.chain.read_next(token, &balanceOfCall { account }).await?;
            balances.push(Balance { token: own(token, symbol), amount });
        }
        Ok(balances)
    }
}
