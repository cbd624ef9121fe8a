//! Decides how a declaration says what governance rules beside its parameters: limits of the treasury,
//! and what classes of proposals may call. They are the words of proposals without their verb.

use serde::{Deserialize, Deserializer, de::Error as _};

use alloy::primitives::Address;

use super::{Declaration, Organs};
use crate::governance::{Class, Place, Sentence, Vocabulary, WordsError, read_action};

/// A budget of a line, or what an account may spend: `grants to 1000 DATA per 30 days`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit(pub String);

/// What proposals of a class may call: `rewards.cooldown`, or `registry setMinCohort(uint64)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance(pub String);

/// Something that governance rules, and that a declaration holds it to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Where the declaration says it: `treasury.limits`.
    pub section: &'static str,
    /// The sentence of a proposal that makes it so.
    pub sentence: String,
}

impl Declaration {
    /// Returns what the declaration says of what governance rules beside its parameters.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.organs.as_ref().map(Organs::rules).unwrap_or_default()
    }
}

impl Organs {
    fn rules(&self) -> Vec<Rule> {
        let limits = self
            .treasury
            .limits
            .iter()
            .map(|limit| Rule { section: "treasury.limits", sentence: limit.sentence() });
        let classes = [
            ("governor.fastTrack.allow", Class::FastTrack, &self.governor.fast_track),
            ("governor.optimistic.allow", Class::Optimistic, &self.governor.optimistic),
        ];
        let allowances = classes.into_iter().flat_map(|(section, class, terms)| {
            let allowed = terms.iter().flat_map(|terms| &terms.allow);
            allowed.map(move |allowance| Rule { section, sentence: allowance.sentence(class) })
        });
        limits.chain(allowances).collect()
    }
}

impl Limit {
    fn sentence(&self) -> String {
        format!("limit {}", self.0)
    }

    /// Returns whether both limit the same, so that they contradict each other.
    pub(super) fn is_of_the_same_as(&self, other: &Self) -> bool {
        let of = |limit: &Self| match meaning(&limit.sentence()).ok().flatten() {
            Some(Sentence::Budget { line, token, .. }) => Some((Err(line), token)),
            Some(Sentence::Limit { spender, token, .. }) => Some((Ok(spender), token)),
            _ => None,
        };
        of(self).is_some_and(|of_this| of(other) == Some(of_this))
    }
}

impl Allowance {
    fn sentence(&self, class: Class) -> String {
        format!("allow {} on {class}", self.0)
    }
}

/// What a sentence means, whatever the addresses of the cooperative's contracts are. Nothing when that
/// depends on a token that only the chain knows.
///
/// # Errors
///
/// Those of [`read_action`].
fn meaning(sentence: &str) -> Result<Option<Sentence>, WordsError> {
    match read_action(sentence, &anywhere()) {
        Ok(mut sentences) => Ok(sentences.pop()),
        Err(WordsError::Decimals { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Every contract at an address of its own, which is nobody's.
fn anywhere() -> Vocabulary {
    let address = |number: u8| Address::with_last_byte(number);
    Vocabulary::new((1..).map(address).zip(Place::ALL).map(|(address, place)| (place, address)))
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = Self(String::deserialize(deserializer)?);
        meaning(&limit.sentence()).map_err(D::Error::custom)?;
        Ok(limit)
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowance = Self(String::deserialize(deserializer)?);
        let meaning = meaning(&allowance.sentence(Class::FastTrack)).map_err(D::Error::custom)?;
        let vocabulary = anywhere();
        let place = match meaning {
            Some(Sentence::Allow { target, .. }) => vocabulary.place(target),
            _ => None,
        };
        match place {
            Some(place @ (Place::Governor | Place::Timelock)) => {
                let place = place.name();
                Err(D::Error::custom(format!("only standard proposals may call the {place}")))
            }
            _ => Ok(allowance),
        }
    }
}
