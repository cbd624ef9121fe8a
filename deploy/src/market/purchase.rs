//! Decides how a licence is bought: allowed for exactly the price, bought for at most that.

use alloy::primitives::{Address, B256, U256};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::{
        IDataMarket::{LicenceGranted, buyCall},
        IDataToken::{allowanceCall, approveCall},
    },
    chain::{Receipt, Sender},
};

/// What is to be bought, on which terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The edition.
    pub edition: Edition,
    /// What to pay with.
    pub token: Address,
    /// What for.
    pub purpose: Purpose,
    /// For how many periods.
    pub periods: u32,
    /// The most to pay.
    pub max_price: U256,
    /// The hash of the terms that are accepted.
    pub terms: B256,
    /// What keys are to be released to.
    pub public_key: B256,
}

/// A licence that was bought.
#[derive(Clone, Debug)]
pub struct Bought {
    /// The licence's id.
    pub licence: U256,
    /// What it cost.
    pub price: U256,
    /// The first second of it, since 1970.
    pub start: u64,
    /// The first second after it, since 1970.
    pub end: u64,
    /// The transaction that allowed the payment, if one was needed.
    pub approval: Option<Receipt>,
    /// The transaction that bought it.
    pub receipt: Receipt,
}

impl Market {
    /// Buys a licence for the sender; allows the market to take the highest price first, when it may
    /// not yet.
    ///
    /// # Errors
    ///
    /// As [`Sender::send`].
    pub async fn buy(&self, sender: &Sender, order: &Order) -> Result<Bought, Error> {
        let Order { edition, token, purpose, periods, max_price, terms, public_key } = *order;
        let approval = self.allow(sender, token, max_price).await?;
        let call = buyCall {
            edition: edition.0,
            token,
            purpose: purpose.0,
            periods,
            maxPrice: max_price,
            termsHash: terms,
            publicKey: public_key,
        };
        let receipt = sender.call(self.address, &call).await?;
        let granted = receipt.events_of::<LicenceGranted>(self.address).next();
        let granted =
            granted.ok_or_else(|| receipt.lacks("buy", "the transaction left no licence"))?;
        let LicenceGranted { licenceId: licence, price, start, end, .. } = granted;
        Ok(Bought { licence, price, start, end, approval, receipt })
    }

    /// Allows the market to take an amount of the sender's tokens, when it may take less.
    pub(super) async fn allow(
        &self,
        sender: &Sender,
        token: Address,
        amount: U256,
    ) -> Result<Option<Receipt>, Error> {
        let call = allowanceCall { owner: sender.address(), spender: self.address };
        if self.chain.read(token, &call).await? >= amount {
            return Ok(None);
        }
        let call = approveCall { spender: self.address, value: amount };
        Ok(Some(sender.call(token, &call).await?))
    }
}
