//! Decides how ether is read and written: exactly, with up to 18 decimals.

use std::{fmt, str::FromStr};

use alloy::primitives::U256;
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::amount::{Amount, NotAnAmount};

/// Ether, in wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ether(pub(crate) U256);

impl FromStr for Ether {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        // DATA has as many decimals as ether.
        text.parse().map(|Amount(wei)| Self(wei))
    }
}

impl fmt::Display for Ether {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Amount(self.0).to_string())
    }
}

impl Serialize for Ether {
    /// Writes both the exact integer and the decimal: neither fits a JSON number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Ether", 2)?;
        object.serialize_field("wei", &self.0.to_string())?;
        object.serialize_field("ether", &self.to_string())?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ether_is_read_and_written_exactly() {
        let ether: Ether = "0.0001".parse().unwrap();
        assert_eq!((ether.0, ether.to_string()), (U256::from(10_u64.pow(14)), "0.0001".to_owned()));
        let json = serde_json::json!({"wei": "100000000000000", "ether": "0.0001"});
        assert_eq!(serde_json::to_value(ether).unwrap(), json);
        assert_eq!("1 ETH".parse::<Ether>(), Err(NotAnAmount::Form));
    }
}
