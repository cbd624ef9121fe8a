//! Decides what a contribution entry is, and the unit of its quality.

use std::{fmt, path::PathBuf, str::FromStr};

use alloy::primitives::{Address, B256};

use crate::DataClass;

/// One contribution, ready to be attested on chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The member who contributed.
    pub member: Address,
    /// The hash that stands for the record; it pays once, whoever submits it.
    pub proof: B256,
    /// How good the record is.
    pub quality: Quality,
    /// What kind of data it is.
    pub data_class: DataClass,
    /// Where it was read; stays on this machine.
    pub source: Source,
}

/// Where an entry was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The line on which the resource or row begins, from 1.
    pub line: u64,
    /// Type and id of the resource (`Observation/example`), or only its type when it has no id.
    pub resource: Option<String>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)?;
        self.resource.iter().try_for_each(|resource| write!(f, " ({resource})"))
    }
}

/// A quality from 0 to 1, in fixed point with 18 decimals, as the rewards contract takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quality(u64);

impl Quality {
    /// Quality 1 in the contract's unit: 10^18.
    pub const ONE: Self = Self(1_000_000_000_000_000_000);

    /// The share `part / whole`, rounded down; `whole` of zero gives zero, a `part` above it one.
    pub fn share(part: u32, whole: u32) -> Self {
        if whole == 0 {
            return Self(0);
        }
        // Below 10^18 · 2^32 < 2^92; the quotient is at most 10^18 because of `min`.
        let fixed = u128::from(Self::ONE.0) * u128::from(part.min(whole)) / u128::from(whole);
        Self(u64::try_from(fixed).unwrap_or(Self::ONE.0))
    }

    /// The value in the contract's unit, 1 = 10^18.
    pub const fn fixed(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{fraction:018}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// Why a text is not a quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number from 0 to 1 with at most 18 decimals")]
pub struct NotAQuality;

impl FromStr for Quality {
    type Err = NotAQuality;

    fn from_str(text: &str) -> Result<Self, NotAQuality> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 18 {
            return Err(NotAQuality);
        }
        let whole: u64 = whole.parse().map_err(|_: std::num::ParseIntError| NotAQuality)?;
        let fraction: u64 =
            format!("{fraction:0<18}").parse().map_err(|_: std::num::ParseIntError| NotAQuality)?;
        match (whole, fraction) {
            (0, fraction) => Ok(Self(fraction)),
            (1, 0) => Ok(Self::ONE),
            _ => Err(NotAQuality),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quality_is_read_and_written_exactly() {
        for text in ["0", "1", "0.5", "0.000000000000000001", "0.999999999999999999"] {
            let quality: Quality = text.parse().unwrap();
            assert_eq!(quality.to_string(), text);
        }
        assert_eq!("1.000".parse::<Quality>(), Ok(Quality::ONE));
        assert_eq!("0.25".parse::<Quality>().unwrap().fixed(), 250_000_000_000_000_000);
    }

    #[test]
    fn what_is_no_quality_is_refused() {
        for text in [
            "",
            ".",
            "1.1",
            "2",
            "-0.1",
            "+1",
            "1e-3",
            "NaN",
            "0,5",
            " 0.5",
            ".5",
            "0.",
            "0.0000000000000000001",
            "99999999999999999999",
        ] {
            assert_eq!(text.parse::<Quality>(), Err(NotAQuality), "{text}");
        }
    }

    #[test]
    fn a_share_is_rounded_down_and_stays_within_one() {
        assert_eq!(Quality::share(1, 3).to_string(), "0.333333333333333333");
        assert_eq!(Quality::share(3, 3), Quality::ONE);
        assert_eq!(Quality::share(4, 3), Quality::ONE);
        assert_eq!(Quality::share(0, 0), Quality::default());
    }
}
