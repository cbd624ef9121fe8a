//! Decides how times and spans of time are written: UTC, as RFC 3339, and in days and hours.

use std::fmt;

use alloy::primitives::U256;
use datacoop_deploy::calendar::{write_span, write_utc};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// A time of a block, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&write_utc(self.0))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Time", 2)?;
        object.serialize_field("timestamp", &self.0)?;
        object.serialize_field("utc", &self.to_string())?;
        object.end()
    }
}

/// A span of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.pad("no time"),
            seconds => f.pad(&write_span(U256::from(seconds))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_in_text_and_both_ways_in_json() {
        let time = Time(1_709_251_200);
        assert_eq!(time.to_string(), "2024-03-01T00:00:00Z");
        let json = serde_json::json!({"timestamp": 1_709_251_200, "utc": "2024-03-01T00:00:00Z"});
        assert_eq!(serde_json::to_value(time).unwrap(), json);
    }

    #[test]
    fn a_span_is_written_in_words() {
        assert_eq!(Span(0).to_string(), "no time");
        assert_eq!(Span(7 * 86_400 + 1).to_string(), "7 days 1 second");
    }
}
