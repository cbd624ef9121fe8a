//! Decides which contracts the suite has. Adding one is one entry of [`CONTRACTS`].

use alloy::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    json_abi::{Constructor, JsonAbi},
};

use crate::{Argument, Error, bindings};

/// What the line of an interface that describes the constructor begins with.
const CONSTRUCTOR_MARK: &str = "Constructor: `(";

/// A contract of the suite.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The contract's name in artifacts and address books.
    pub name: &'static str,
    /// The crate that it is, which is also its folder's name.
    pub package: &'static str,
    /// The text of its committed interface.
    pub interface: &'static str,
    /// The ABI of the interface, which has no constructor.
    pub(crate) abi: fn() -> JsonAbi,
}

/// DATA.
pub const DATA_TOKEN: Contract = Contract {
    name: "DataToken",
    package: "data-token",
    interface: include_str!("../../contracts/data-token/IDataToken.sol"),
    abi: bindings::IDataToken::abi::contract,
};

/// DataCoopRewards.
pub const DATA_COOP_REWARDS: Contract = Contract {
    name: "DataCoopRewards",
    package: "data-coop-rewards",
    interface: include_str!("../../contracts/data-coop-rewards/IDataCoopRewards.sol"),
    abi: bindings::IDataCoopRewards::abi::contract,
};

/// The governor.
pub const GOVERNOR: Contract = Contract {
    name: "Governor",
    package: "governor",
    interface: include_str!("../../contracts/governor/IGovernor.sol"),
    abi: bindings::IGovernor::abi::contract,
};

/// The treasury.
pub const TREASURY: Contract = Contract {
    name: "Treasury",
    package: "treasury",
    interface: include_str!("../../contracts/treasury/ITreasury.sol"),
    abi: bindings::ITreasury::abi::contract,
};

/// GOV.
pub const GOV_TOKEN: Contract = Contract {
    name: "GovToken",
    package: "gov-token",
    interface: include_str!("../../contracts/gov-token/IGovToken.sol"),
    abi: bindings::IGovToken::abi::contract,
};

/// The timelock.
pub const TIMELOCK: Contract = Contract {
    name: "Timelock",
    package: "timelock",
    interface: include_str!("../../contracts/timelock/ITimelock.sol"),
    abi: bindings::ITimelock::abi::contract,
};

/// Membership.
pub const MEMBERSHIP: Contract = Contract {
    name: "Membership",
    package: "membership",
    interface: include_str!("../../contracts/membership/IMembership.sol"),
    abi: bindings::IMembership::abi::contract,
};

/// The consent registry.
pub const CONSENT_REGISTRY: Contract = Contract {
    name: "ConsentRegistry",
    package: "consent-registry",
    interface: include_str!("../../contracts/consent-registry/IConsentRegistry.sol"),
    abi: bindings::IConsentRegistry::abi::contract,
};

/// The data registry.
pub const DATA_REGISTRY: Contract = Contract {
    name: "DataRegistry",
    package: "data-registry",
    interface: include_str!("../../contracts/data-registry/IDataRegistry.sol"),
    abi: bindings::IDataRegistry::abi::contract,
};

/// The data market.
pub const DATA_MARKET: Contract = Contract {
    name: "DataMarket",
    package: "data-market",
    interface: include_str!("../../contracts/data-market/IDataMarket.sol"),
    abi: bindings::IDataMarket::abi::contract,
};

/// The revenue distributor.
pub const REVENUE_DISTRIBUTOR: Contract = Contract {
    name: "RevenueDistributor",
    package: "revenue-distributor",
    interface: include_str!("../../contracts/revenue-distributor/IRevenueDistributor.sol"),
    abi: bindings::IRevenueDistributor::abi::contract,
};

/// All contracts of the suite.
pub const CONTRACTS: [Contract; 11] = [
    DATA_TOKEN,
    DATA_COOP_REWARDS,
    GOV_TOKEN,
    GOVERNOR,
    TIMELOCK,
    TREASURY,
    MEMBERSHIP,
    CONSENT_REGISTRY,
    DATA_REGISTRY,
    DATA_MARKET,
    REVENUE_DISTRIBUTOR,
];

impl Contract {
    /// Finds a contract by its name or its crate's.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownContract`] when there is none.
    pub fn named(name: &str) -> Result<Self, Error> {
        CONTRACTS
            .into_iter()
            .find(|contract| contract.name == name || contract.package == name)
            .ok_or_else(|| Error::UnknownContract {
                name: name.to_owned(),
                known: CONTRACTS.map(|contract| contract.name).join(", "),
            })
    }

    /// Returns the contract's ABI with its constructor.
    #[must_use]
    pub fn abi(&self) -> JsonAbi {
        let mut abi = (self.abi)();
        abi.constructor = Some(self.constructor());
        abi
    }

    /// Returns the constructor that the interface's comment describes. Solidity has no place for
    /// it in an interface.
    fn constructor(&self) -> Constructor {
        let parameters = self
            .interface
            .split_once(CONSTRUCTOR_MARK)
            .map_or("", |(_, rest)| rest.split_once(')').map_or("", |(parameters, _)| parameters));
        Constructor::parse(&format!("constructor({parameters})")).unwrap_or_else(|_| Constructor {
            inputs: Vec::new(),
            state_mutability: Default::default(),
        })
    }

    /// Decodes the constructor's arguments; there are none when they are not of its types.
    #[must_use]
    pub fn decode_constructor(&self, data: &[u8]) -> Vec<Argument> {
        let constructor = self.constructor();
        let values = constructor.abi_decode_input(data).unwrap_or_default();
        Argument::of(&constructor.inputs, &values)
    }

    /// Encodes the constructor's arguments.
    ///
    /// # Errors
    ///
    /// [`Error::ConstructorArguments`] when they are not of the constructor's types.
    pub fn encode_constructor(&self, values: &[DynSolValue]) -> Result<Vec<u8>, Error> {
        self.constructor().abi_encode_input(values).map_err(|source| Error::ConstructorArguments {
            contract: self.name.to_owned(),
            reason: source.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructors_are_those_that_the_interfaces_describe() {
        let inputs = |contract: Contract| -> Vec<String> {
            let inputs = contract.constructor().inputs;
            inputs.into_iter().map(|input| format!("{} {}", input.ty, input.name)).collect()
        };
        assert_eq!(
            inputs(DATA_TOKEN),
            [
                "address admin",
                "address recipient",
                "uint256 supply",
                "uint256 emissionFloor",
                "uint256 emissionBps"
            ]
        );
        assert_eq!(
            inputs(DATA_COOP_REWARDS),
            [
                "address dataToken",
                "address governance",
                "address verifiedOracle",
                "address guardian"
            ]
        );
        assert_eq!(
            inputs(GOV_TOKEN),
            [
                "address admin",
                "uint256 cap",
                "address membership",
                "bytes32[] buckets",
                "address[] recipients",
                "uint256[] amounts"
            ]
        );
        assert_eq!(
            inputs(TIMELOCK),
            ["uint256 minDelay", "address[] proposers", "address[] executors", "address admin"]
        );
        assert_eq!(inputs(MEMBERSHIP), ["address admin", "string baseURI"]);
        assert_eq!(inputs(CONSENT_REGISTRY), ["address membership"]);
        assert_eq!(
            inputs(DATA_REGISTRY),
            ["address admin", "address membership", "address consentRegistry"]
        );
        assert_eq!(
            inputs(DATA_MARKET),
            [
                "address admin",
                "address membership",
                "address consentRegistry",
                "address dataRegistry",
                "address distributor",
                "address dataToken",
                "address stakeToken"
            ]
        );
        assert_eq!(inputs(REVENUE_DISTRIBUTOR), ["address admin", "address dataRegistry"]);
    }

    #[test]
    fn contracts_are_found_by_both_names() {
        assert_eq!(Contract::named("data-token").unwrap().name, "DataToken");
        assert_eq!(Contract::named("DataCoopRewards").unwrap().package, "data-coop-rewards");
        let error = Contract::named("Market").unwrap_err();
        assert!(error.to_string().contains("DataToken, DataCoopRewards, GovToken"));
    }

    #[test]
    fn arguments_of_wrong_types_are_refused() {
        let error = DATA_TOKEN.encode_constructor(&[DynSolValue::Bool(true)]).unwrap_err();
        assert!(matches!(error, Error::ConstructorArguments { .. }));
    }
}
