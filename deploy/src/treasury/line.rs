//! Decides which budget lines the treasury has, by number and by name.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// What money of the treasury is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Line {
    /// Grants.
    Grants = 1,
    /// Audits.
    Audits = 2,
    /// Infrastructure.
    Infrastructure = 3,
    /// Research.
    Research = 4,
    /// Operations.
    Operations = 5,
    /// Dividends.
    Dividends = 6,
}

impl Line {
    /// All lines, by number.
    pub const ALL: [Self; 6] = [
        Self::Grants,
        Self::Audits,
        Self::Infrastructure,
        Self::Research,
        Self::Operations,
        Self::Dividends,
    ];

    /// Returns the line's number in the contract.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the line of a number; zero is none, as others are.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|line| line.number() == number)
    }

    /// Returns the line's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grants => "grants",
            Self::Audits => "audits",
            Self::Infrastructure => "infrastructure",
            Self::Research => "research",
            Self::Operations => "operations",
            Self::Dividends => "dividends",
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|line| line.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no budget line `{text}`; there are {names}")
        })
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_number_and_by_name() {
        for line in Line::ALL {
            assert_eq!(Line::of(line.number()), Some(line));
            assert_eq!(line.name().parse(), Ok(line));
        }
        assert_eq!((Line::of(0), Line::of(7)), (None, None));
        assert!("salaries".parse::<Line>().unwrap_err().contains("grants, audits"));
    }
}
