//! Decides by which names people speak of purposes.

use std::{fmt, str::FromStr};

/// What data is used for; the numbers are the consent registry's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Purpose(u8);

/// The names, in the order of the numbers.
const NAMES: [&str; 5] = ["academic", "clinical", "commercial", "ai-training", "public-health"];

impl Purpose {
    /// The mask of some purposes.
    pub(crate) fn mask(purposes: &[Self]) -> u8 {
        purposes.iter().fold(0, |mask, purpose| mask | 1 << purpose.0)
    }

    /// The names in a mask.
    pub(crate) fn names(mask: u8) -> Vec<&'static str> {
        (0..).zip(NAMES).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| name).collect()
    }
}

/// A text that names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownPurpose;

impl fmt::Display for UnknownPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there are {}", NAMES.join(", "))
    }
}

impl std::error::Error for UnknownPurpose {}

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        let named = (0..).zip(NAMES).find(|(_, name)| *name == text);
        named.map(|(number, _)| Self(number)).ok_or(UnknownPurpose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_named_there_and_back() {
        let purposes = ["commercial", "academic"].map(|name| name.parse::<Purpose>().unwrap());
        assert_eq!(Purpose::mask(&purposes), 0b101);
        assert_eq!(Purpose::names(0b101), ["academic", "commercial"]);
        assert_eq!(Purpose::names(31), NAMES);
        assert_eq!("marketing".parse::<Purpose>(), Err(UnknownPurpose));
    }
}
