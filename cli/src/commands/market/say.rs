//! Decides how sums of tokens, editions and purposes are written in results.

use std::fmt;

use alloy::primitives::U256;
use datacoop_deploy::market::{Edition, Purpose, TokenInfo};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::output::Account;

/// The data classes, by number: those of `DataCoopRewards`.
const CLASSES: [&str; 4] = ["genomic", "clinical", "lifestyle", "imaging"];

/// An amount of a token.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub(super) token: TokenInfo,
    pub(super) amount: U256,
}

impl Sum {
    pub(super) fn new(token: &TokenInfo, amount: U256) -> Self {
        Self { token: token.clone(), amount }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.token.write(self.amount))
    }
}

impl Serialize for Sum {
    /// Writes both the exact integer and the decimal: neither fits a JSON number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Sum", 3)?;
        object.serialize_field("token", &Account(self.token.address))?;
        object.serialize_field("smallestUnit", &self.amount.to_string())?;
        object.serialize_field("text", &self.to_string())?;
        object.end()
    }
}

/// Writes something as its text.
pub(super) fn text<T: fmt::Display, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Writes purposes as a list of their names.
pub(super) fn purposes(purposes: &[Purpose]) -> Vec<String> {
    purposes.iter().map(ToString::to_string).collect()
}

/// Returns the name of a data class.
pub(super) fn class(number: u8) -> String {
    CLASSES.get(usize::from(number)).map_or_else(|| number.to_string(), |name| (*name).to_owned())
}

/// An edition, as JSON documents carry it: `3.1`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of(pub(super) Edition);

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Of {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
