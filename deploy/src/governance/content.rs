//! Decides what a proposal consists of, and which id it has.

use std::{fmt, str::FromStr};

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolValue,
};
use serde::Serialize;

use super::WordsError;
use crate::bindings::IGovernor::{ProposalClass, proposeCall, proposeWithClassCall};

/// What a proposal makes the timelock do: one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Action {
    /// The account that is called.
    pub target: Address,
    /// The value that goes with it, in wei.
    pub value: U256,
    /// The calldata.
    pub calldata: Bytes,
}

impl fmt::Display for Action {
    /// Writes the call as `--call` takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.target.to_checksum(None), self.calldata)?;
        if self.value.is_zero() { Ok(()) } else { write!(f, ":{}", self.value) }
    }
}

impl FromStr for Action {
    type Err = WordsError;

    /// Reads `TARGET:0xCALLDATA` or `TARGET:0xCALLDATA:WEI`.
    fn from_str(text: &str) -> Result<Self, WordsError> {
        let malformed = || WordsError::Raw { given: text.to_owned() };
        let mut parts = text.split(':');
        let (target, calldata) = parts.next().zip(parts.next()).ok_or_else(malformed)?;
        let value = parts.next().map_or(Some(U256::ZERO), super::units::whole);
        let (target, value) = target.parse().ok().zip(value).ok_or_else(malformed)?;
        if parts.next().is_some() || !calldata.starts_with("0x") {
            return Err(malformed());
        }
        let calldata = calldata.parse().map_err(|_| malformed())?;
        Ok(Self { target, value, calldata })
    }
}

/// The class of a proposal: what it may touch and how it is decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Any action, by a majority and a quorum, after the long delay.
    #[default]
    Standard,
    /// Allowed actions only, decided and executed sooner.
    FastTrack,
    /// Allowed actions only; passes unless enough votes are against it.
    Optimistic,
}

impl Class {
    /// Every class, by its number.
    pub const ALL: [Self; 3] = [Self::Standard, Self::FastTrack, Self::Optimistic];

    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::FastTrack => "fast-track",
            Self::Optimistic => "optimistic",
        }
    }

    /// Returns the class as the governor has it.
    #[must_use]
    pub const fn on_chain(self) -> ProposalClass {
        match self {
            Self::Standard => ProposalClass::Standard,
            Self::FastTrack => ProposalClass::FastTrack,
            Self::Optimistic => ProposalClass::Optimistic,
        }
    }
}

impl From<ProposalClass> for Class {
    fn from(class: ProposalClass) -> Self {
        Self::ALL
            .into_iter()
            .find(|known| known.on_chain() as u8 == class as u8)
            .unwrap_or_default()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Class {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        let name = text.to_lowercase().replace([' ', '_'], "-");
        let named = |class: &Self| class.name() == name || class.name().replace('-', "") == name;
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| WordsError::Class { given: text.to_owned() })
    }
}

/// A proposal as it goes to the governor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its class, on which the id does not depend.
    pub class: Class,
    /// What it does, in order.
    pub actions: Vec<Action>,
    /// What it is for.
    pub description: String,
}

impl Draft {
    /// Returns the id that the governor gives it (OpenZeppelin's `hashProposal`).
    #[must_use]
    pub fn id(&self) -> U256 {
        let (targets, values, calldatas) = self.lists();
        let content = (targets, values, calldatas, self.description_hash());
        keccak256(content.abi_encode_params()).into()
    }

    /// Returns the hash of the description, by which the governor knows it.
    #[must_use]
    pub fn description_hash(&self) -> B256 {
        keccak256(&self.description)
    }

    /// Returns the actions as the governor's functions take them.
    #[must_use]
    pub fn lists(&self) -> (Vec<Address>, Vec<U256>, Vec<Bytes>) {
        let targets = self.actions.iter().map(|action| action.target).collect();
        let values = self.actions.iter().map(|action| action.value).collect();
        let calldatas = self.actions.iter().map(|action| action.calldata.clone()).collect();
        (targets, values, calldatas)
    }

    /// Returns the call that proposes it in the standard class, as every OpenZeppelin governor
    /// takes it.
    #[must_use]
    pub fn propose(&self) -> proposeCall {
        let (targets, values, calldatas) = self.lists();
        proposeCall { targets, values, calldatas, description: self.description.clone() }
    }

    /// Returns the call that proposes it in its class.
    #[must_use]
    pub fn propose_with_class(&self) -> proposeWithClassCall {
        let (targets, values, calldatas) = self.lists();
        proposeWithClassCall {
            proposalClass: self.class.on_chain(),
            targets,
            values,
            calldatas,
            description: self.description.clone(),
        }
    }

    /// Says that only `proposer` may submit it, so that nobody else can before (OpenZeppelin's
    /// suffix rule).
    #[must_use]
    pub fn reserved_for(mut self, proposer: Address) -> Self {
        self.description += &format!("#proposer={}", proposer.to_checksum(None));
        self
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::uint;

    use super::*;

    fn draft() -> Draft {
        let action = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8:0x12345678:5".parse().unwrap();
        Draft { class: Class::Standard, actions: vec![action], description: "why not".to_owned() }
    }

    #[test]
    fn the_id_is_the_hash_of_the_lists_and_the_descriptions_hash() {
        let draft = draft();
        // keccak256(abi.encode(address[], uint256[], bytes[], bytes32)), laid out by hand.
        let word = |value: u64| U256::from(value).to_be_bytes::<32>().to_vec();
        let words = [
            word(0x80),
            word(0xc0),
            word(0x100),
            draft.description_hash().to_vec(),
            word(1),
            draft.actions[0].target.into_word().to_vec(),
            word(1),
            word(5),
            word(1),
            word(0x20),
            word(4),
            [&[0x12, 0x34, 0x56, 0x78][..], &[0; 28]].concat(),
        ];
        assert_eq!(draft.id(), U256::from_be_bytes(keccak256(words.concat()).0));
    }

    #[test]
    fn the_id_depends_on_the_content_and_not_on_the_class() {
        let id = draft().id();
        assert_eq!(Draft { class: Class::FastTrack, ..draft() }.id(), id);
        assert_ne!(draft().reserved_for(Address::ZERO).id(), id);
        let mut other = draft();
        other.actions[0].value = uint!(6_U256);
        assert_ne!(other.id(), id);
    }

    #[test]
    fn a_call_is_read_as_it_is_written() {
        for text in [
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8:0x12345678:5",
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8:0x",
        ] {
            assert_eq!(text.parse::<Action>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_call_is_refused() {
        let target = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
        for text in ["", target, "x:0x", &format!("{target}:12"), &format!("{target}:0x1")] {
            assert!(matches!(text.parse::<Action>(), Err(WordsError::Raw { .. })), "{text}");
        }
        for rest in [":0x:-1", ":0x:1:1", ":0x:one", ":0xzz"] {
            let text = format!("{target}{rest}");
            assert!(matches!(text.parse::<Action>(), Err(WordsError::Raw { .. })), "{text}");
        }
    }

    #[test]
    fn classes_have_the_governors_numbers() {
        for (number, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class.on_chain() as usize, number);
            assert_eq!(Class::from(class.on_chain()), class);
            assert_eq!(class.name().parse(), Ok(class));
        }
        assert_eq!("Fast Track".parse(), Ok(Class::FastTrack));
        assert_eq!("fasttrack".parse(), Ok(Class::FastTrack));
        assert!(matches!("slow".parse::<Class>(), Err(WordsError::Class { .. })));
    }

    #[test]
    fn the_proposers_suffix_is_the_one_that_the_governor_knows() {
        let proposer = draft().actions[0].target;
        let description = draft().reserved_for(proposer).description;
        // OpenZeppelin looks at the last 52 bytes.
        let suffix = &description[description.len() - 52..];
        assert_eq!(suffix, "#proposer=0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    }
}
