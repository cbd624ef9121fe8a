//! Decides how times and spans of time are written: UTC, as RFC 3339, and in days and hours.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

const DAY_SECS: u64 = 86_400;

/// The last second of the year 9999; a later time is no date but a sentinel.
const LAST_SECS: u64 = 253_402_300_799;

/// A time of a block, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > LAST_SECS {
            return write!(f, "{}", self.0);
        }
        let (year, month, day) = date(self.0 / DAY_SECS);
        let seconds = self.0 % DAY_SECS;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
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

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
const fn date(days: u64) -> (u64, u64, u64) {
    // Counted from 0000-03-01, leap days come last in each cycle of 400, 100 and 4 years.
    const DAYS_TO_1970: u64 = 719_468;
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let days = days + DAYS_TO_1970;
    let (era, day) = (days / DAYS_IN_400_YEARS, days % DAYS_IN_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// A span of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.0 / DAY_SECS, "day"),
            (self.0 / 3600 % 24, "hour"),
            (self.0 / 60 % 60, "minute"),
            (self.0 % 60, "second"),
        ];
        let words: Vec<_> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        f.write_str(if words.is_empty() { "no time" } else { "" })?;
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST_SECS, "9999-12-31T23:59:59Z"),
            (u64::MAX, "18446744073709551615"),
        ] {
            assert_eq!(Time(seconds).to_string(), text);
        }
    }

    #[test]
    fn a_span_is_written_in_words() {
        for (seconds, text) in [
            (0, "no time"),
            (1, "1 second"),
            (7 * DAY_SECS, "7 days"),
            (DAY_SECS + 2 * 3600 + 60 + 5, "1 day 2 hours 1 minute 5 seconds"),
        ] {
            assert_eq!(Span(seconds).to_string(), text);
        }
    }
}
