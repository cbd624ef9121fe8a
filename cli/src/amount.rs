//! Decides how amounts of DATA are read and written: exactly, with up to 18 decimals.

use std::{fmt, str::FromStr};

use alloy::primitives::{U256, utils::format_ether};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Decimals of DATA (ERC-20 `decimals`).
const DECIMALS: usize = 18;

/// An amount of DATA, in wei of DATA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(pub(crate) U256);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAnAmount {
    #[error("an amount is written like `12.5`, with digits and at most one point")]
    Form,
    #[error("there are {0} decimals, and this has more")]
    Decimals(usize),
    #[error("this is more than a contract can hold")]
    TooLarge,
}

impl FromStr for Amount {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        parse(text, DECIMALS).map(Self)
    }
}

/// Reads an amount of a token with so many decimals, in its smallest unit.
pub(crate) fn parse(text: &str, decimals: usize) -> Result<U256, NotAnAmount> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return Err(NotAnAmount::Form);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return Err(NotAnAmount::Decimals(decimals));
    }
    let smallest = format!("{whole}{fraction:0<decimals$}");
    U256::from_str_radix(&smallest, 10).map_err(|_| NotAnAmount::TooLarge)
}

impl fmt::Display for Amount {
    /// Writes the exact amount: with as many decimals as it has, or with all 18 by `{:.18}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_ether(self.0);
        if f.precision() == Some(DECIMALS) {
            return f.write_str(&text);
        }
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Amount {
    /// Writes both the exact integer and the decimal: neither fits a JSON number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Amount", 2)?;
        object.serialize_field("wei", &self.0.to_string())?;
        object.serialize_field("data", &self.to_string())?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_and_written_exactly() {
        for (text, wei) in [
            ("0", "0"),
            ("12.5", "12500000000000000000"),
            ("0.000000000000000001", "1"),
            ("1000000", "1000000000000000000000000"),
            (
                "115792089237316195423570985008687907853269984665640564039457.584007913129639935",
                "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            ),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.0.to_string(), wei);
            assert_eq!(amount.to_string(), text);
        }
        assert_eq!(format!("{:.18}", Amount(U256::from(5))), "0.000000000000000005");
        assert_eq!("1.500000000000000000000".parse::<Amount>().unwrap().to_string(), "1.5");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let check =
            |text: &str, expected| assert_eq!(text.parse::<Amount>(), Err(expected), "{text}");
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1 ", "0x1", "1.2.3", "DATA"] {
            check(text, NotAnAmount::Form);
        }
        check("0.0000000000000000001", NotAnAmount::Decimals(18));
        check(&"9".repeat(61), NotAnAmount::TooLarge);
    }

    #[test]
    fn tokens_have_other_decimals() {
        assert_eq!(parse("12.5", 6), Ok(U256::from(12_500_000)));
        assert_eq!(parse("12", 0), Ok(U256::from(12)));
        assert_eq!(parse("12.5", 0), Err(NotAnAmount::Decimals(0)));
    }

    #[test]
    fn json_has_the_integer_and_the_decimal() {
        let json = serde_json::to_value("12.5".parse::<Amount>().unwrap()).unwrap();
        assert_eq!(json, serde_json::json!({"wei": "12500000000000000000", "data": "12.5"}));
    }
}
