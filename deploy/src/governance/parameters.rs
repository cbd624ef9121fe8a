//! Decides which parameters governance can set by name: one table for reading sentences, for
//! writing them, for reading present values, and for the help.
//!
//! To add one is to add a row. Setters that take several values have a row for each of them.

use alloy::primitives::U256;

use super::{
    Place, Vocabulary, WordsError,
    units::{
        Symbol::{Data, Gov},
        Unit::{
            self, Account, Amount, BasisPoints, Choice, Count, Number, Percent, Span, Switch, Time,
        },
    },
};

/// A value that governance can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The contract that has it.
    pub place: Place,
    /// Its name there: `cooldown` of `rewards.cooldown`.
    pub name: &'static str,
    /// The signature of the function that sets it.
    pub setter: &'static str,
    /// Which argument of the setter it is, counted from 0.
    pub argument: usize,
    /// The signature of the view that returns it.
    pub getter: &'static str,
    /// Which result of the view it is, counted from 0.
    pub result: usize,
    /// What the first arguments of the setter and of the view are, where the parameter is one of
    /// several kinds of it.
    pub keys: &'static [Key],
    /// In which unit it is written.
    pub unit: Unit,
}

/// What an argument before the values is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A number, such as that of a proposal class.
    Number(u8),
    /// The address of a contract of the cooperative, such as that of DATA.
    Contract(Place),
}

impl Key {
    /// Returns the argument.
    ///
    /// # Errors
    ///
    /// [`WordsError::NotDeployed`] when the cooperative has not that contract.
    pub fn word(self, vocabulary: &Vocabulary) -> Result<U256, WordsError> {
        match self {
            Self::Number(number) => Ok(U256::from(number)),
            Self::Contract(place) => Ok(vocabulary.address(place)?.into_word().into()),
        }
    }
}

/// What GOV's transfer policy can be, by its number.
const POLICIES: &[&str] = &["open", "members-only", "locked"];

/// `ProposalClass` of the governor.
const FAST_TRACK: &[Key] = &[Key::Number(1)];
const OPTIMISTIC: &[Key] = &[Key::Number(2)];

/// The keys of the prices of a data class.
macro_rules! prices {
    ($class:literal) => {
        [
            &[Key::Number($class), Key::Number(0), Key::Contract(Place::Data)],
            &[Key::Number($class), Key::Number(1), Key::Contract(Place::Data)],
        ]
    };
}

/// Prices in DATA: of an edition, and of each of its records, by data class.
const PRICES: [[&[Key]; 2]; 4] = [prices!(0), prices!(1), prices!(2), prices!(3)];

const RARITY: (&str, &str) = ("setRarityCurve(uint256,uint256,uint256)", "rarityCurve()");
const BONUS: (&str, &str) = ("setTimeBonus(uint256,uint256,uint256,uint256)", "timeBonus()");
const GOV_REWARD: (&str, &str) = ("setGovReward(address,uint256)", "govReward()");
const EMISSION: &str = "setEmissionCap(uint256,uint256)";
const GUARDIAN: (&str, &str) = ("setGuardian(address,uint64)", "guardian()");
const SPLIT: (&str, &str) = ("setSplit(uint16,uint16,uint16,uint16,uint16)", "split()");
const RECIPIENTS: (&str, &str) = ("setRecipients(address,address)", "recipients()");
const PRICE: (&str, &str) =
    ("setPrice(uint8,uint8,address,uint256)", "priceOf(uint8,uint8,address)");
const TERMS: (&str, &str) = ("setClassTerms(uint8,uint48,uint32,uint256)", "classTerms(uint8)");

/// Every parameter.
#[rustfmt::skip]
pub const PARAMETERS: &[Parameter] = &[
    one(Place::Rewards, "rewardRate", ("setRewardRate(uint256)", "rewardRate()"), Amount(Data)),
    one(Place::Rewards, "cooldown", ("setCooldownPeriod(uint256)", "cooldownPeriod()"), Span),
    one(Place::Rewards, "minQuality", ("setMinQuality(uint256)", "minQuality()"), Number),
    part(Place::Rewards, "rarityCurve.peak", RARITY, 0, Number),
    part(Place::Rewards, "rarityCurve.floor", RARITY, 1, Number),
    part(Place::Rewards, "rarityCurve.halfCount", RARITY, 2, Count),
    part(Place::Rewards, "timeBonus.step", BONUS, 0, Number),
    part(Place::Rewards, "timeBonus.maximum", BONUS, 1, Number),
    part(Place::Rewards, "timeBonus.period", BONUS, 2, Span),
    part(Place::Rewards, "timeBonus.gap", BONUS, 3, Span),
    part(Place::Rewards, "govReward.token", GOV_REWARD, 0, Account),
    part(Place::Rewards, "govReward.rate", GOV_REWARD, 1, Amount(Gov)),
    one(Place::Rewards, "oracle", ("setVerifiedOracle(address)", "verifiedOracle()"), Account),
    one(Place::Rewards, "guardian", ("setGuardian(address)", "guardian()"), Account),
    one(Place::Rewards, "pendingGovernance", ("transferGovernance(address)", "pendingGovernance()"), Account),

    Parameter { argument: 0, ..one(Place::Data, "emissionFloor", (EMISSION, "emissionFloor()"), Amount(Data)) },
    Parameter { argument: 1, ..one(Place::Data, "emissionBps", (EMISSION, "emissionBps()"), BasisPoints) },

    one(Place::Gov, "policy", ("setTransferPolicy(uint8)", "transferPolicy()"), Choice(POLICIES)),
    one(Place::Gov, "membership", ("setMembership(address)", "membership()"), Account),

    one(Place::Governor, "votingDelay", ("setVotingDelay(uint48)", "votingDelay()"), Span),
    one(Place::Governor, "votingPeriod", ("setVotingPeriod(uint32)", "votingPeriod()"), Span),
    one(Place::Governor, "proposalThreshold", ("setProposalThreshold(uint256)", "proposalThreshold()"), Amount(Gov)),
    one(Place::Governor, "quorum", ("updateQuorumNumerator(uint256)", "quorumNumerator()"), Percent),
    one(Place::Governor, "voteExtension", ("setLateQuorumVoteExtension(uint48)", "lateQuorumVoteExtension()"), Span),
    one(Place::Governor, "oneLiveProposal", ("setOneLiveProposal(bool)", "oneLiveProposal()"), Switch),
    one(Place::Governor, "standardDelay", ("setStandardDelay(uint32)", "standardDelay()"), Span),
    one(Place::Governor, "timelock", ("updateTimelock(address)", "timelock()"), Account),
    part(Place::Governor, "guardian", GUARDIAN, 0, Account),
    part(Place::Governor, "guardianExpiry", GUARDIAN, 1, Time),
    term(FAST_TRACK, "fastTrack.votingDelay", 0, Span),
    term(FAST_TRACK, "fastTrack.votingPeriod", 1, Span),
    term(FAST_TRACK, "fastTrack.vetoQuorum", 2, Percent),
    term(OPTIMISTIC, "optimistic.votingDelay", 0, Span),
    term(OPTIMISTIC, "optimistic.votingPeriod", 1, Span),
    term(OPTIMISTIC, "optimistic.vetoQuorum", 2, Percent),

    one(Place::Timelock, "delay", ("updateDelay(uint256)", "getMinDelay()"), Span),

    one(Place::Treasury, "delay", ("setDelay(uint256)", "delay()"), Span),
    one(Place::Treasury, "threshold", ("changeThreshold(uint256)", "getThreshold()"), Count),
    one(Place::Treasury, "strictBudgets", ("setStrictBudgets(bool)", "strictBudgets()"), Switch),
    one(Place::Treasury, "governor", ("setGovernor(address)", "governor()"), Account),

    one(Place::Registry, "challengePeriod", ("setChallengePeriod(uint64)", "challengePeriod()"), Span),
    one(Place::Registry, "minCohort", ("setMinCohort(uint64)", "minCohort()"), Count),

    one(Place::Distributor, "activationDelay", ("setActivationDelay(uint64)", "activationDelay()"), Span),

    price("price.genomic.edition", PRICES[0][0]),
    price("price.genomic.record", PRICES[0][1]),
    price("price.clinical.edition", PRICES[1][0]),
    price("price.clinical.record", PRICES[1][1]),
    price("price.lifestyle.edition", PRICES[2][0]),
    price("price.lifestyle.record", PRICES[2][1]),
    price("price.imaging.edition", PRICES[3][0]),
    price("price.imaging.record", PRICES[3][1]),
    part(Place::Market, "split.contributors", SPLIT, 0, BasisPoints),
    part(Place::Market, "split.validators", SPLIT, 1, BasisPoints),
    part(Place::Market, "split.treasury", SPLIT, 2, BasisPoints),
    part(Place::Market, "split.infrastructure", SPLIT, 3, BasisPoints),
    part(Place::Market, "split.burned", SPLIT, 4, BasisPoints),
    part(Place::Market, "recipients.treasury", RECIPIENTS, 0, Account),
    part(Place::Market, "recipients.infrastructure", RECIPIENTS, 1, Account),
    one(Place::Market, "requiredStake", ("setRequiredStake(uint256)", "requiredStake()"), Amount(Data)),
    one(Place::Market, "unstakeCooldown", ("setUnstakeCooldown(uint64)", "unstakeCooldown()"), Span),
];

/// A parameter with a setter and a view of its own.
const fn one(
    place: Place,
    name: &'static str,
    (setter, getter): (&'static str, &'static str),
    unit: Unit,
) -> Parameter {
    Parameter { place, name, setter, argument: 0, getter, result: 0, keys: &[], unit }
}

/// A parameter that is set and returned together with others, in the same order.
const fn part(
    place: Place,
    name: &'static str,
    functions: (&'static str, &'static str),
    index: usize,
    unit: Unit,
) -> Parameter {
    Parameter { argument: index, result: index, ..one(place, name, functions, unit) }
}

/// A term of a proposal class: the setter has the class before the values.
const fn term(class: &'static [Key], name: &'static str, index: usize, unit: Unit) -> Parameter {
    let place = Place::Governor;
    Parameter { argument: index + 1, keys: class, ..part(place, name, TERMS, index, unit) }
}

/// A price in DATA: class, unit and token come before it.
const fn price(name: &'static str, keys: &'static [Key]) -> Parameter {
    Parameter { argument: keys.len(), keys, ..one(Place::Market, name, PRICE, Amount(Data)) }
}

impl Parameter {
    /// Returns the parameter's whole name: `rewards.cooldown`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.place.name(), self.name)
    }

    /// Returns the parameters that are set together with this one, itself included, in the order
    /// of the setter's arguments.
    pub fn siblings(&self) -> impl Iterator<Item = &'static Self> + use<> {
        let this = *self;
        PARAMETERS.iter().filter(move |other| this.is_set_with(other))
    }

    /// Returns whether one call sets both.
    #[must_use]
    pub fn is_set_with(&self, other: &Self) -> bool {
        (self.place, self.setter, self.keys) == (other.place, other.setter, other.keys)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::json_abi::StateMutability;

    use super::*;

    #[test]
    fn every_row_names_functions_that_the_contract_has() {
        for row in PARAMETERS {
            let name = row.full_name();
            let setter = row.place.function(row.setter).unwrap_or_else(|| panic!("{name}"));
            let getter = row.place.function(row.getter).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(getter.state_mutability, StateMutability::View, "{name}");
            assert_ne!(setter.state_mutability, StateMutability::View, "{name}");
            let (input, output) = (&setter.inputs[row.argument], &getter.outputs[row.result]);
            let kind = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            assert_eq!(kind(&input.ty), kind(&output.ty), "{name}");
            let expected = match row.unit {
                Account => "address",
                Switch => "bool",
                _ => "uint",
            };
            assert_eq!(kind(&input.ty), expected, "{name}");
            assert_eq!(getter.inputs.len(), row.keys.len(), "{name}");
        }
    }

    #[test]
    fn every_argument_of_a_setter_has_a_row_or_is_the_key() {
        for row in PARAMETERS {
            let setter = row.place.function(row.setter).unwrap();
            let covered: BTreeSet<_> = row.siblings().map(|sibling| sibling.argument).collect();
            let first = row.keys.len();
            assert_eq!(covered, (first..setter.inputs.len()).collect(), "{}", row.full_name());
        }
    }

    #[test]
    fn prices_are_named_after_what_they_are_of() {
        for (class, class_name) in (0..).zip(crate::consent::DATA_CLASSES) {
            for (unit, unit_name) in [(0, "edition"), (1, "record")] {
                let name = format!("market.price.{class_name}.{unit_name}");
                let row = PARAMETERS.iter().find(|row| row.full_name() == name);
                let row = row.unwrap_or_else(|| panic!("no {name}"));
                let (class, unit) = (Key::Number(class), Key::Number(unit));
                assert_eq!(row.keys, [class, unit, Key::Contract(Place::Data)], "{name}");
            }
        }
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        let names: BTreeSet<_> =
            PARAMETERS.iter().map(|row| row.full_name().to_lowercase()).collect();
        assert_eq!(names.len(), PARAMETERS.len());
    }

    /// Setters that have a sentence of their own, or whose values cannot be read back by a view.
    const WITHOUT_A_ROW: [&str; 17] = [
        "setActionAllowed",
        "setActorRoles",
        "setApprovalForAll",
        "setBaseURI",
        "setBudget",
        "setCurator",
        "setDaoURI",
        "setFallbackHandler",
        "setGuard",
        "setModuleGuard",
        "setOptimisticProposer",
        "setQuorumExclusion",
        "setShares",
        "setSpendingLimit",
        "setTokenAllowed",
        "setTransferExemption",
        "setURI",
    ];

    #[test]
    fn every_setter_of_the_suite_has_a_row() {
        for place in Place::ALL {
            for function in place.abi().functions() {
                let begins = |verb: &str| {
                    let rest = function.name.strip_prefix(verb);
                    rest.is_some_and(|rest| rest.starts_with(char::is_uppercase))
                };
                let is_setter = ["set", "update"].into_iter().any(begins);
                let signature = function.signature();
                let has_row =
                    PARAMETERS.iter().any(|row| row.place == place && row.setter == signature);
                let is_known = has_row || WITHOUT_A_ROW.contains(&function.name.as_str());
                assert!(!is_setter || is_known, "{}: {signature}", place.name());
            }
        }
    }
}
