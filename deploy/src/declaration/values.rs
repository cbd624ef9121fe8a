//! Decides how the values of a declaration are written, so that what is read cannot be nonsense.
//!
//! They are the units of proposals: a duration is `5 days` here and there.

use std::fmt;

use alloy::primitives::{Address, U256};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use crate::governance::{Symbol, Unit, Vocabulary};

/// A duration, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u64);

/// A time, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub u64);

/// An amount, in wei of DATA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataAmount(pub U256);

/// An amount, in wei of GOV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GovAmount(pub U256);

/// A share in whole hundredths, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u64);

/// A share in basis points, from 0 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasisPoints(pub u16);

/// A number with up to 18 decimals, as the integer that contracts hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub U256);

/// An account. The zero address is none, and a checksum must be right (EIP-55).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account(pub Address);

/// Reads a text in a unit.
struct Text(Unit);

impl Visitor<'_> for Text {
    type Value = U256;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.example())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<U256, E> {
        self.0.read(text, &Vocabulary::default()).map_err(E::custom)
    }
}

/// Implements reading and writing for a value of a unit.
macro_rules! value {
    ($name:ident, $unit:expr, |$read:ident| $from:expr, $bound:literal, |$write:ident| $into:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let $read = deserializer.deserialize_str(Text($unit))?;
                let value: Option<Self> = $from;
                value.ok_or_else(|| de::Error::custom($bound))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $write = self;
                f.write_str(&$unit.write($into, &Vocabulary::default()))
            }
        }

        impl From<$name> for U256 {
            fn from($write: $name) -> Self {
                $into
            }
        }
    };
}

value!(
    Span,
    Unit::Span,
    |value| u64::try_from(value).ok().map(Self),
    "the duration is too long",
    |span| U256::from(span.0)
);
value!(
    Time,
    Unit::Time,
    |value| u64::try_from(value).ok().map(Self),
    "the time is too far away",
    |time| U256::from(time.0)
);
value!(
    DataAmount,
    Unit::Amount(Symbol::Data),
    |value| Some(Self(value)),
    "the amount is too large",
    |amount| amount.0
);
value!(
    GovAmount,
    Unit::Amount(Symbol::Gov),
    |value| Some(Self(value)),
    "the amount is too large",
    |amount| amount.0
);
value!(
    Percent,
    Unit::Percent,
    |value| u64::try_from(value).ok().filter(|value| *value <= 100).map(Self),
    "a share is at most 100%",
    |percent| U256::from(percent.0)
);
value!(
    BasisPoints,
    Unit::BasisPoints,
    |value| u16::try_from(value).ok().filter(|value| *value <= 10_000).map(Self),
    "a share is at most 100%",
    |share| U256::from(share.0)
);
value!(Number, Unit::Number, |value| Some(Self(value)), "the number is too large", |number| number
    .0);
value!(
    Account,
    Unit::Account,
    |value| {
        let account = Address::from_word(value.into());
        (!account.is_zero()).then_some(Self(account))
    },
    "the zero address is nobody's; leave the line out where it may be missing",
    |account| account.0.into_word().into()
);

#[cfg(test)]
mod tests {
    use serde::de::{DeserializeOwned, value::StrDeserializer};

    use super::*;

    fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        let deserializer: StrDeserializer<'_, de::value::Error> =
            de::IntoDeserializer::into_deserializer(text);
        T::deserialize(deserializer).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        fn check<T: DeserializeOwned + fmt::Display>(texts: &[&str]) {
            for text in texts {
                assert_eq!(read::<T>(text).unwrap().to_string(), **text);
            }
        }
        check::<Span>(&["5 days", "1 day 12 hours", "0 seconds"]);
        check::<Time>(&["2027-01-31T12:00:00Z"]);
        check::<DataAmount>(&["1000000 DATA", "0.5 DATA"]);
        check::<GovAmount>(&["12.5 GOV"]);
        check::<Percent>(&["4%", "100%"]);
        check::<BasisPoints>(&["2.5%", "100%"]);
        check::<Number>(&["0.25"]);
        check::<Account>(&["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]);
    }

    #[test]
    fn nonsense_is_refused_in_words() {
        let error = |result: Result<(), String>| result.unwrap_err();
        let check = |found: String, expected: &str| assert!(found.contains(expected), "{found}");
        check(error(read::<Span>("soon").map(drop)), "duration");
        check(error(read::<DataAmount>("5 GOV").map(drop)), "12.5 DATA");
        check(error(read::<Percent>("101%").map(drop)), "at most 100%");
        check(error(read::<BasisPoints>("100.01%").map(drop)), "at most 100%");
        check(error(read::<Account>("nobody").map(drop)), "nobody's");
        check(error(read::<Account>("0x12").map(drop)), "0x12");
        let mistyped = "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        check(error(read::<Account>(mistyped).map(drop)), "checksum");
    }
}
