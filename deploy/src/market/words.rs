//! Decides by which words people name editions and purposes.

use std::{fmt, str::FromStr};

use alloy::primitives::U256;

use crate::consent::PURPOSES;

/// The bits of a version's number in the id of an edition.
const VERSION_BITS: usize = 32;

/// Why a text names no edition or no purpose.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarketWordsError {
    /// It is no edition.
    #[error("an edition is a dataset and a version from 1, as in `3.1`, or its number on chain")]
    Edition,
    /// It is no purpose.
    #[error("there are {}", PURPOSES.join(", "))]
    Purpose,
}

/// One frozen version of a dataset, by its number on chain: `datasetId << 32 | version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition(pub U256);

impl Edition {
    /// The edition of a dataset with a version's number.
    #[must_use]
    pub fn new(dataset: u64, version: u32) -> Self {
        Self(U256::from(dataset) << VERSION_BITS | U256::from(version))
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dataset = self.0 >> VERSION_BITS;
        let version = self.0 & U256::from(u32::MAX);
        f.pad(&format!("{dataset}.{version}"))
    }
}

impl FromStr for Edition {
    type Err = MarketWordsError;

    fn from_str(text: &str) -> Result<Self, MarketWordsError> {
        let wrong = MarketWordsError::Edition;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((dataset, version)) = text.split_once('.') {
            if !digits(dataset) || !digits(version) {
                return Err(wrong);
            }
            let dataset = dataset.parse().map_err(|_| wrong.clone())?;
            let version = version.parse().map_err(|_| wrong.clone())?;
            return if version == 0 { Err(wrong) } else { Ok(Self::new(dataset, version)) };
        }
        let number = if digits(text) { U256::from_str_radix(text, 10).ok() } else { None };
        // Below it there is no dataset: a bare `3` would be taken for one.
        number.filter(|number| *number >> VERSION_BITS != U256::ZERO).map(Self).ok_or(wrong)
    }
}

/// What data is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purpose(pub u8);

impl Purpose {
    /// Returns the purposes of a mask.
    #[must_use]
    pub fn of_mask(mask: u8) -> Vec<Self> {
        (0_u8..).zip(PURPOSES).map(|(number, _)| Self(number)).filter(|p| p.is_in(mask)).collect()
    }

    fn is_in(self, mask: u8) -> bool {
        mask.checked_shr(self.0.into()).is_some_and(|rest| rest & 1 == 1)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match PURPOSES.get(usize::from(self.0)) {
            Some(name) => f.pad(name),
            None => f.pad(&self.0.to_string()),
        }
    }
}

impl FromStr for Purpose {
    type Err = MarketWordsError;

    fn from_str(text: &str) -> Result<Self, MarketWordsError> {
        let known = (0..).zip(PURPOSES).find(|(_, name)| *name == text);
        known.map(|(number, _)| Self(number)).ok_or(MarketWordsError::Purpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_a_dataset_and_a_version_or_its_number() {
        let edition = Edition::new(3, 1);
        assert_eq!(edition.0, U256::from(3_u64 << 32 | 1));
        assert_eq!((edition.to_string().as_str(), "3.1".parse()), ("3.1", Ok(edition)));
        assert_eq!(edition.0.to_string().parse(), Ok(edition));
        for text in ["", "3", "3.0", "3.", ".1", "3.1.2", "a.1", "-1.1", "+3.1", "3.4294967296"] {
            assert_eq!(text.parse::<Edition>(), Err(MarketWordsError::Edition), "{text}");
        }
    }

    #[test]
    fn purposes_have_names() {
        for (number, name) in (0..).zip(PURPOSES) {
            assert_eq!(name.parse(), Ok(Purpose(number)));
            assert_eq!(Purpose(number).to_string(), name);
        }
        assert_eq!("science".parse::<Purpose>(), Err(MarketWordsError::Purpose));
        assert_eq!(Purpose::of_mask(0b10_0101), [Purpose(0), Purpose(2)]);
        assert_eq!(Purpose(9).to_string(), "9");
    }
}
