//! Decides how tokens are named on the command line, and how their amounts are read.

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    bindings::IDataToken::decimalsCall,
    chain::Chain,
    contracts::{DATA_TOKEN, GOV_TOKEN},
};

use super::names::{DECIMALS, Names};
use crate::{
    amount,
    exit::{Input, Usage},
};

/// Finds a token: `DATA`, `GOV`, `ETH` or an address.
pub(super) fn find(text: &str, names: &Names) -> anyhow::Result<Address> {
    let contract = match text {
        "ETH" => return Ok(Address::ZERO),
        "DATA" => DATA_TOKEN.name,
        "GOV" => GOV_TOKEN.name,
        other => {
            return other.parse().map_err(|_| {
                Usage(format!("`{other}` is no token: write DATA, GOV, ETH or an address")).into()
            });
        }
    };
    let missing = || Input(format!("the address book has no {contract}; name the token's address"));
    Ok(names.address(contract).ok_or_else(missing)?)
}

/// Reads an amount of a token, in its unit.
pub(super) async fn amount(
    text: &str,
    token: Address,
    chain: &Chain,
    names: &Names,
) -> anyhow::Result<U256> {
    let decimals = match names.symbol(token) {
        Some(_) => DECIMALS,
        None => usize::from(chain.read(token, &decimalsCall {}).await?),
    };
    Ok(amount::parse(text, decimals).map_err(|fault| Usage(format!("`{text}`: {fault}")))?)
}
