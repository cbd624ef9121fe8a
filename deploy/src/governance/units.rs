//! Decides in which units values are read and written, exactly in both directions.

use alloy::primitives::{Address, U256};

use super::{WordsError, vocabulary::Vocabulary};
use crate::calendar::{read_span, read_utc, write_span, write_utc};

/// Decimals of DATA, GOV and ether, and of numbers in fixed point.
pub(super) const DECIMALS: u8 = 18;

/// Basis points in one hundredth.
const BPS_DECIMALS: u8 = 2;

/// The word for the zero address.
const NOBODY: &str = "nobody";

/// A token of the cooperative that amounts are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// DATA.
    Data,
    /// GOV.
    Gov,
}

impl Symbol {
    const fn text(self) -> &'static str {
        match self {
            Self::Data => "DATA",
            Self::Gov => "GOV",
        }
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds, in words.
    Span,
    /// Seconds since 1970, as a date.
    Time,
    /// An amount of a token with 18 decimals.
    Amount(Symbol),
    /// A number with 18 decimals.
    Number,
    /// Hundredths.
    Percent,
    /// Hundredths of hundredths, written as per cent too.
    BasisPoints,
    /// A whole number.
    Count,
    /// An address, or the name of a contract.
    Account,
    /// On or off.
    Switch,
    /// One of these, by its place.
    Choice(&'static [&'static str]),
}

impl Unit {
    /// Reads a value.
    ///
    /// # Errors
    ///
    /// - [`WordsError::Value`]: the text is not in this unit.
    /// - [`WordsError::Account`], [`WordsError::Checksum`], [`WordsError::NotDeployed`]: it names
    ///   no account.
    pub fn read(self, text: &str, vocabulary: &Vocabulary) -> Result<U256, WordsError> {
        let value = match self {
            Self::Span => read_span(text),
            Self::Time => match text.strip_prefix('@') {
                Some(seconds) => whole(seconds),
                None => read_utc(text).map(U256::from),
            },
            Self::Amount(symbol) => text
                .split_once(' ')
                .filter(|(_, token)| token.trim().eq_ignore_ascii_case(symbol.text()))
                .and_then(|(number, _)| read_decimal(number, DECIMALS)),
            Self::Number => read_decimal(text, DECIMALS),
            Self::Percent => hundredths(text).and_then(|number| read_decimal(number, 0)),
            Self::BasisPoints => match hundredths(text) {
                Some(number) => read_decimal(number, BPS_DECIMALS),
                None => ["bps", "basis points", "basis point"]
                    .iter()
                    .find_map(|unit| text.strip_suffix(unit))
                    .and_then(|number| read_decimal(number.trim_end(), 0)),
            },
            Self::Count => read_decimal(text, 0),
            Self::Account => Some(vocabulary.account(text)?.into_word().into()),
            Self::Switch => ["off", "on"].iter().position(|word| *word == text).map(U256::from),
            Self::Choice(words) => words
                .iter()
                .position(|word| word.eq_ignore_ascii_case(&text.replace(' ', "-")))
                .map(U256::from),
        };
        value.ok_or_else(|| WordsError::Value { given: text.to_owned(), expected: self.example() })
    }

    /// Writes a value, so that [`read`](Self::read) gives it back.
    #[must_use]
    pub fn write(self, value: U256, vocabulary: &Vocabulary) -> String {
        match self {
            Self::Span => write_span(value),
            Self::Time => match u64::try_from(value).map(write_utc) {
                Ok(time) if time.ends_with('Z') && !value.is_zero() => time,
                _ => format!("@{value}"),
            },
            Self::Amount(symbol) => format!("{} {}", write_decimal(value, DECIMALS), symbol.text()),
            Self::Number => write_decimal(value, DECIMALS),
            Self::Percent => format!("{value}%"),
            Self::BasisPoints => format!("{}%", write_decimal(value, BPS_DECIMALS)),
            Self::Count => value.to_string(),
            Self::Account => vocabulary.write_account(Address::from_word(value.into())),
            Self::Switch if value == U256::ONE => "on".to_owned(),
            Self::Switch => "off".to_owned(),
            Self::Choice(words) => {
                let word = usize::try_from(value).ok().and_then(|index| words.get(index));
                word.map_or_else(|| value.to_string(), |word| (*word).to_owned())
            }
        }
    }

    /// Returns what a value of this unit looks like, for the help and for errors.
    #[must_use]
    pub fn example(self) -> String {
        match self {
            Self::Span => {
                "a duration: `5 days`, `1 day 12 hours` (seconds, minutes, hours, days, weeks)"
            }
            Self::Time => "a time in UTC: `2027-01-31`, `2027-01-31T12:00:00Z`, `@0`",
            Self::Amount(Symbol::Data) => "an amount: `12.5 DATA`",
            Self::Amount(Symbol::Gov) => "an amount: `12.5 GOV`",
            Self::Number => "a number: `0.25`",
            Self::Percent => "a whole percentage: `4%`",
            Self::BasisPoints => "a percentage or basis points: `2.5%`, `250 bps`",
            Self::Count => "a whole number: `3`",
            Self::Account => "an address, a contract's name, or `nobody`",
            Self::Switch => "`on` or `off`",
            Self::Choice(words) => return format!("one of `{}`", words.join("`, `")),
        }
        .to_owned()
    }
}

/// Returns the number of a percentage.
fn hundredths(text: &str) -> Option<&str> {
    let number = text.strip_suffix('%').or_else(|| text.strip_suffix("percent"))?;
    Some(number.trim_end())
}

/// Reads a whole number.
pub(super) fn whole(text: &str) -> Option<U256> {
    read_decimal(text, 0)
}

/// Reads a number with at most `decimals` decimals as the integer that a contract holds. Digits
/// may be set apart by underscores.
pub(super) fn read_decimal(text: &str, decimals: u8) -> Option<U256> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.ends_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (whole.replace('_', ""), fraction.replace('_', ""));
    let fraction = fraction.trim_end_matches('0');
    let decimals = usize::from(decimals);
    if fraction.len() > decimals {
        return None;
    }
    U256::from_str_radix(&format!("{whole}{fraction:0<decimals$}"), 10).ok()
}

/// Writes the integer that a contract holds as a number, with as many decimals as it needs.
#[must_use]
pub fn write_decimal(value: U256, decimals: u8) -> String {
    let width = usize::from(decimals) + 1;
    let digits = format!("{:0>width$}", value.to_string());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

impl Vocabulary {
    /// Reads an account: an address, the name of a contract, or `nobody`.
    pub(super) fn account(&self, text: &str) -> Result<Address, WordsError> {
        if text.eq_ignore_ascii_case(NOBODY) {
            return Ok(Address::ZERO);
        }
        if let Some(place) = super::Place::named(text) {
            return self.address(place);
        }
        let address: Address = match text.strip_prefix("0x").map(|_| text.parse()) {
            Some(Ok(address)) => address,
            _ => return Err(WordsError::Account { given: text.to_owned() }),
        };
        // An address of one case has no checksum; one of both cases has it for a reason.
        let digits = &text[2..];
        let is_mixed = digits.contains(|c: char| c.is_ascii_lowercase())
            && digits.contains(|c: char| c.is_ascii_uppercase());
        if is_mixed && address.to_checksum(None) != text {
            return Err(WordsError::Checksum { given: text.to_owned() });
        }
        Ok(address)
    }

    /// Writes an account by the contract's name, if it is one, else its address.
    #[must_use]
    pub fn write_account(&self, account: Address) -> String {
        match self.place(account) {
            Some(place) => place.name().to_owned(),
            None if account.is_zero() => NOBODY.to_owned(),
            None => account.to_checksum(None),
        }
    }
}
