//! Decides by which words people speak of data classes, purposes and the end of a consent.

use std::{fmt, str::FromStr};

use alloy::primitives::U256;

use crate::{
    calendar::{read_span, read_utc},
    members::NotAnActorRole,
};

/// The data classes, in the order of their bits on chain.
pub(crate) const DATA_CLASSES: [&str; 4] = ["genomic", "clinical", "lifestyle", "imaging"];

/// The purposes, in the order of their bits on chain.
pub const PURPOSES: [&str; 5] =
    ["academic", "clinical", "commercial", "ai-training", "public-health"];

/// The word for every class, or every purpose.
const ALL: &str = "all";

/// Seconds from the beginning of a day to its last second.
const REST_OF_DAY_SECS: u64 = 86_399;

/// Data classes: a mask, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DataClasses(pub u8);

/// Purposes: a mask, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purposes(pub u8);

/// When a consent ends, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At this time, in seconds since 1970.
    At(u64),
    /// So many seconds from now.
    In(u64),
}

/// Why what is said of a consent is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentWordsError {
    /// A word names nothing.
    #[error("there is no {what} `{text}`; there are {}, and `all`", known.join(", "))]
    Unknown {
        /// `data class` or `purpose`.
        what: &'static str,
        /// The word.
        text: String,
        /// The words that there are.
        known: &'static [&'static str],
    },
    /// Nothing is named.
    #[error("a consent is for one {what} at least")]
    Empty {
        /// `data class` or `purpose`.
        what: &'static str,
    },
    /// A grantee is none.
    #[error(
        "`{text}` is nobody who could be consented to; say an address, `role:researcher` or another actor role, or `anyone` for anyone vetted"
    )]
    Grantee {
        /// The text.
        text: String,
    },
    /// A role of a grantee is none.
    #[error(transparent)]
    Role(#[from] NotAnActorRole),
    /// An end is no time.
    #[error(
        "`{text}` is no time; write `2027-01-01` for the end of that day, `2027-01-01T12:00:00Z`, or `90 days` from now"
    )]
    Until {
        /// The text.
        text: String,
    },
}

impl DataClasses {
    /// Every class.
    pub const ALL: Self = Self((1 << DATA_CLASSES.len()) - 1);

    /// Returns the names of the classes.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        names(&DATA_CLASSES, self.0)
    }
}

impl Purposes {
    /// Every purpose.
    pub const ALL: Self = Self((1 << PURPOSES.len()) - 1);

    /// Returns the names of the purposes.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        names(&PURPOSES, self.0)
    }
}

impl Until {
    /// Returns the last second of the consent, when it is `now`.
    #[must_use]
    pub const fn from(self, now: u64) -> u64 {
        match self {
            Self::At(time) => time,
            Self::In(seconds) => now.saturating_add(seconds),
        }
    }
}

fn names(known: &'static [&'static str], mask: u8) -> impl Iterator<Item = &'static str> {
    known.iter().enumerate().filter(move |(bit, _)| mask >> bit & 1 != 0).map(|(_, name)| *name)
}

/// Reads names, with commas between them, as a mask.
fn mask(
    what: &'static str,
    known: &'static [&'static str],
    text: &str,
) -> Result<u8, ConsentWordsError> {
    let mut mask = 0;
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if name.eq_ignore_ascii_case(ALL) {
            return Ok((1 << known.len()) - 1);
        }
        let bit = known.iter().position(|known| known.eq_ignore_ascii_case(name));
        let unknown = || ConsentWordsError::Unknown { what, text: name.to_owned(), known };
        mask |= 1 << bit.ok_or_else(unknown)?;
    }
    if mask == 0 { Err(ConsentWordsError::Empty { what }) } else { Ok(mask) }
}

impl FromStr for DataClasses {
    type Err = ConsentWordsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        mask("data class", &DATA_CLASSES, text).map(Self)
    }
}

impl FromStr for Purposes {
    type Err = ConsentWordsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        mask("purpose", &PURPOSES, text).map(Self)
    }
}

impl FromStr for Until {
    type Err = ConsentWordsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(time) = read_utc(text) {
            let is_day = !text.contains('T');
            return Ok(Self::At(if is_day { time + REST_OF_DAY_SECS } else { time }));
        }
        let span = read_span(text).filter(|span| *span <= U256::from(u64::MAX));
        let unknown = || ConsentWordsError::Until { text: text.to_owned() };
        span.map(|span| Self::In(span.saturating_to())).ok_or_else(unknown)
    }
}

impl fmt::Display for DataClasses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.names().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Purposes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.names().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bits_in_the_contracts_order() {
        assert_eq!("genomic, imaging".parse(), Ok(DataClasses(0b1001)));
        assert_eq!("All".parse(), Ok(DataClasses::ALL));
        assert_eq!("academic,ai-training,academic".parse(), Ok(Purposes(0b01001)));
        assert_eq!(Purposes::ALL.0, 31);
        assert_eq!(DataClasses::ALL.to_string(), "genomic, clinical, lifestyle, imaging");
        assert_eq!(Purposes(0b10010).to_string(), "clinical, public-health");
    }

    #[test]
    fn words_that_name_nothing_are_refused_with_those_that_there_are() {
        let error = "genomic,dental".parse::<DataClasses>().unwrap_err().to_string();
        assert!(error.contains("`dental`") && error.contains("lifestyle"), "{error}");
        let error = " , ".parse::<Purposes>().unwrap_err();
        assert_eq!(error, ConsentWordsError::Empty { what: "purpose" });
    }

    #[test]
    fn an_end_is_a_day_a_time_or_a_span() {
        assert_eq!("1970-01-02".parse(), Ok(Until::At(2 * 86_400 - 1)));
        assert_eq!("1970-01-02T00:00:00Z".parse(), Ok(Until::At(86_400)));
        assert_eq!("2 days".parse::<Until>().unwrap().from(10), 10 + 2 * 86_400);
        for text in ["", "soon", "1969-01-01", "2027-13-01", "99999999999999999999 days"] {
            assert!(text.parse::<Until>().is_err(), "{text}");
        }
    }
}
