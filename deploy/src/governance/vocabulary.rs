//! Decides what the names in sentences stand for: the contracts of one cooperative, and tokens.

use std::collections::{BTreeMap, HashMap};

use alloy::{primitives::Address, sol};

use super::{Place, WordsError, units::DECIMALS};
use crate::{AddressBook, Error, chain::Chain};

sol! {
    /// What every token that is paid by its decimals has (ERC-20).
    interface IDecimals {
        function decimals() external view returns (uint8);
    }
}

/// The word for the chain's own currency, which contracts know as token zero.
const ETHER: &str = "ETH";

/// What names stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    addresses: BTreeMap<Place, Address>,
    decimals: HashMap<Address, u8>,
}

impl Vocabulary {
    /// Takes the names of the contracts of an address book.
    #[must_use]
    pub fn of_book(book: &AddressBook) -> Self {
        let address = |place: Place| Some((place, book.address(&place.contract()).ok()?));
        Self::new(Place::ALL.into_iter().filter_map(address))
    }

    /// Takes these names.
    #[must_use]
    pub fn new(addresses: impl IntoIterator<Item = (Place, Address)>) -> Self {
        let addresses: BTreeMap<_, _> = addresses.into_iter().collect();
        let mut decimals = HashMap::from([(Address::ZERO, DECIMALS)]);
        for token in [Place::Data, Place::Gov] {
            decimals.extend(addresses.get(&token).map(|address| (*address, DECIMALS)));
        }
        Self { addresses, decimals }
    }

    /// Returns where a contract is.
    ///
    /// # Errors
    ///
    /// [`WordsError::NotDeployed`] when the cooperative does not have it.
    pub fn address(&self, place: Place) -> Result<Address, WordsError> {
        self.addresses
            .get(&place)
            .copied()
            .ok_or_else(|| WordsError::NotDeployed { place: place.name() })
    }

    /// Returns which contract is at an address.
    #[must_use]
    pub fn place(&self, address: Address) -> Option<Place> {
        self.addresses.iter().find(|(_, known)| **known == address).map(|(place, _)| *place)
    }

    /// Returns the contracts that the cooperative has.
    pub fn places(&self) -> impl Iterator<Item = (Place, Address)> + '_ {
        self.addresses.iter().map(|(place, address)| (*place, *address))
    }

    /// Returns a token's decimals.
    ///
    /// # Errors
    ///
    /// [`WordsError::Decimals`] when they are not known yet: see [`learn`](Self::learn).
    pub fn decimals(&self, token: Address) -> Result<u8, WordsError> {
        self.decimals.get(&token).copied().ok_or(WordsError::Decimals { token })
    }

    /// Remembers a token's decimals.
    pub fn define(&mut self, token: Address, decimals: u8) {
        self.decimals.insert(token, decimals);
    }

    /// Asks a token for its decimals.
    ///
    /// # Errors
    ///
    /// Those of [`Chain::read`]: the account is no token that has decimals.
    pub async fn learn(&mut self, chain: &Chain, token: Address) -> Result<(), Error> {
        let decimals = chain.read(token, &IDecimals::decimalsCall {}).await?;
        self.define(token, decimals);
        Ok(())
    }

    /// Reads the name of a token: `ETH`, `DATA`, `GOV`, or the address of any ERC-20.
    pub(super) fn token(&self, text: &str) -> Result<Address, WordsError> {
        if text.eq_ignore_ascii_case(ETHER) {
            return Ok(Address::ZERO);
        }
        match Place::named(text) {
            Some(place @ (Place::Data | Place::Gov)) => self.address(place),
            _ if text.starts_with("0x") => self.account(text),
            _ => Err(WordsError::Token { given: text.to_owned() }),
        }
    }

    /// Writes the name of a token. A token that is not the cooperative's own goes by its address:
    /// a symbol is whatever the token says of itself.
    #[must_use]
    pub fn write_token(&self, token: Address) -> String {
        match self.place(token) {
            Some(place @ (Place::Data | Place::Gov)) => place.name().to_uppercase(),
            _ if token.is_zero() => ETHER.to_owned(),
            _ => token.to_checksum(None),
        }
    }
}
