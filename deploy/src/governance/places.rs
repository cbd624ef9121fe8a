//! Decides by which short names sentences speak of the contracts of a cooperative.

use std::sync::LazyLock;

use alloy::json_abi::{Function, JsonAbi};

use crate::contracts::{
    CONSENT_REGISTRY, Contract, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN,
    GOV_TOKEN, GOVERNOR, MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
};

/// A contract of the cooperative, as sentences speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// DATA.
    Data,
    /// GOV.
    Gov,
    /// DataCoopRewards.
    Rewards,
    /// The timelock.
    Timelock,
    /// The governor.
    Governor,
    /// The treasury.
    Treasury,
    /// Membership.
    Membership,
    /// The consent registry.
    Consents,
    /// The data registry.
    Registry,
    /// The data market.
    Market,
    /// The revenue distributor.
    Distributor,
}

static ABIS: LazyLock<Vec<JsonAbi>> =
    LazyLock::new(|| Place::ALL.iter().map(|place| place.contract().abi()).collect());

impl Place {
    /// Every contract that has a name, in the order of their declaration.
    pub const ALL: [Self; 11] = [
        Self::Data,
        Self::Gov,
        Self::Rewards,
        Self::Timelock,
        Self::Governor,
        Self::Treasury,
        Self::Membership,
        Self::Consents,
        Self::Registry,
        Self::Market,
        Self::Distributor,
    ];

    /// Returns the short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Gov => "gov",
            Self::Rewards => "rewards",
            Self::Timelock => "timelock",
            Self::Governor => "governor",
            Self::Treasury => "treasury",
            Self::Membership => "membership",
            Self::Consents => "consents",
            Self::Registry => "registry",
            Self::Market => "market",
            Self::Distributor => "distributor",
        }
    }

    /// Returns the contract of the suite that it is.
    #[must_use]
    pub const fn contract(self) -> Contract {
        match self {
            Self::Data => DATA_TOKEN,
            Self::Gov => GOV_TOKEN,
            Self::Rewards => DATA_COOP_REWARDS,
            Self::Timelock => TIMELOCK,
            Self::Governor => GOVERNOR,
            Self::Treasury => TREASURY,
            Self::Membership => MEMBERSHIP,
            Self::Consents => CONSENT_REGISTRY,
            Self::Registry => DATA_REGISTRY,
            Self::Market => DATA_MARKET,
            Self::Distributor => REVENUE_DISTRIBUTOR,
        }
    }

    /// Finds a contract by its short name or the address book's, whatever their case.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| {
            text.eq_ignore_ascii_case(place.name())
                || text.eq_ignore_ascii_case(place.contract().name)
        })
    }

    /// Returns the contract's ABI.
    #[must_use]
    pub fn abi(self) -> &'static JsonAbi {
        &ABIS[self as usize]
    }

    /// Returns the function with a signature such as `setVotingDelay(uint48)`.
    #[must_use]
    pub fn function(self, signature: &str) -> Option<&'static Function> {
        let name = signature.split_once('(').map_or(signature, |(name, _)| name);
        self.abi().function(name)?.iter().find(|function| function.signature() == signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_are_found_by_every_name_that_they_have() {
        for place in Place::ALL {
            assert_eq!(Place::named(place.name()), Some(place));
            assert_eq!(Place::named(place.contract().name), Some(place));
            assert_eq!(Place::named(&place.name().to_uppercase()), Some(place));
            assert_eq!(place.abi().functions, place.contract().abi().functions);
        }
        assert_eq!(Place::named("bank"), None);
    }

    #[test]
    fn functions_are_found_by_their_whole_signature() {
        assert!(Place::Governor.function("quorumNumerator()").is_some());
        assert!(Place::Governor.function("quorumNumerator(uint256)").is_some());
        assert!(Place::Governor.function("quorumNumerator").is_none());
        assert!(Place::Governor.function("quorumNumerator(uint48)").is_none());
    }
}
