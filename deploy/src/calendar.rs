//! Decides how times and spans of time are read and written: UTC, as RFC 3339, and in words.

use alloy::primitives::U256;

const DAY_SECS: u64 = 86_400;

/// The last second of the year 9999; a later time is no date but a sentinel.
const LAST_SECS: u64 = 253_402_300_799;

/// The units of a span, in seconds, from the largest that is written.
const SPAN_UNITS: [(&str, u64); 4] =
    [("day", DAY_SECS), ("hour", 3_600), ("minute", 60), ("second", 1)];

/// The units that are only read, since their plurals are spans of the others.
const MORE_SPAN_UNITS: [(&str, u64); 1] = [("week", 7 * DAY_SECS)];

/// Writes a time, in seconds since 1970, as RFC 3339 in UTC.
#[must_use]
pub fn write_utc(time: u64) -> String {
    if time > LAST_SECS {
        return time.to_string();
    }
    let (year, month, day) = date(time / DAY_SECS);
    let seconds = time % DAY_SECS;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads a time as [`write_utc`] writes it, or a date, which is its first second.
#[must_use]
pub fn read_utc(text: &str) -> Option<u64> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, time.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let numbers = |text: &str, separator, digits: [usize; 3]| -> Option<[u64; 3]> {
        let mut parts = text.split(separator);
        let mut number = |digits| {
            let part = parts.next()?;
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<u64>().ok()).flatten()
        };
        let numbers = [number(digits[0])?, number(digits[1])?, number(digits[2])?];
        parts.next().is_none().then_some(numbers)
    };
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let day = days_to(year, month, day)?;
    Some(day * DAY_SECS + hour * 3_600 + minute * 60 + second)
}

/// Writes a span in words, as `1 day 12 hours`.
#[must_use]
pub fn write_span(seconds: U256) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for (name, size) in SPAN_UNITS {
        let (count, after) = rest.div_rem(U256::from(size));
        rest = after;
        if !count.is_zero() {
            let plural = if count == U256::ONE { "" } else { "s" };
            words.push(format!("{count} {name}{plural}"));
        }
    }
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

/// Reads a span in words: whole numbers, each with its unit.
#[must_use]
pub fn read_span(text: &str) -> Option<U256> {
    let mut words = text.split_whitespace();
    let mut sum = None;
    while let Some(count) = words.next() {
        let name = words.next()?.to_lowercase();
        let name = name.strip_suffix('s').unwrap_or(&name);
        let (_, size) =
            SPAN_UNITS.into_iter().chain(MORE_SPAN_UNITS).find(|(unit, _)| *unit == name)?;
        if !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds = count.parse::<U256>().ok()?.checked_mul(U256::from(size))?;
        sum = Some(sum.unwrap_or(U256::ZERO).checked_add(seconds)?);
    }
    sum
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

/// The day of a date counted from 1970-01-01; none when there is no such date, or it is earlier.
fn days_to(year: u64, month: u64, day: u64) -> Option<u64> {
    // The inverse of `date`; what is no date does not come back as it went in.
    const DAYS_TO_1970: u64 = 719_468;
    let year_from_march = if month <= 2 { year.checked_sub(1)? } else { year };
    let (era, year_of_era) = (year_from_march / 400, year_from_march % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = (era * 146_097 + day_of_era).checked_sub(DAYS_TO_1970)?;
    (date(days) == (year, month, day)).then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_and_read_back() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST_SECS, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(write_utc(seconds), text);
            assert_eq!(read_utc(text), Some(seconds));
        }
        assert_eq!(write_utc(u64::MAX), "18446744073709551615");
        assert_eq!(read_utc("2024-03-01"), Some(1_709_251_200));
    }

    #[test]
    fn every_day_of_four_centuries_is_read_back() {
        for day in 0..150_000 {
            let text = write_utc(day * DAY_SECS);
            assert_eq!(read_utc(&text[..10]), Some(day * DAY_SECS), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2024",
            "2024-3-1",
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "1969-12-31",
            "2024-03-01T",
            "2024-03-01T24:00:00Z",
            "2024-03-01T00:00:00",
            "2024-03-01-01",
            "2024-03-01T00:60:00Z",
            "+024-03-01",
        ] {
            assert_eq!(read_utc(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_is_written_in_words_and_read_back() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (7 * DAY_SECS, "7 days"),
            (DAY_SECS + 2 * 3600 + 60 + 5, "1 day 2 hours 1 minute 5 seconds"),
        ] {
            assert_eq!(write_span(U256::from(seconds)), text);
            assert_eq!(read_span(text), Some(U256::from(seconds)));
        }
        assert_eq!(read_span("2 weeks"), Some(U256::from(14 * DAY_SECS)));
        assert_eq!(read_span("90 Minutes"), Some(U256::from(5_400)));
        assert_eq!(read_span(&write_span(U256::MAX)), Some(U256::MAX));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "5", "days", "5 fortnights", "-1 days", "1.5 days", "5days", "+5 days"] {
            assert_eq!(read_span(text), None, "{text}");
        }
        assert_eq!(read_span(&format!("{} days", U256::MAX)), None);
    }
}
