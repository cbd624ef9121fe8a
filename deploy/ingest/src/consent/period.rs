//! Decides which seconds a FHIR `Period` is: from the first of its start to the last of its end.
//!
//! A `dateTime` may stop after its year, month or day, and then is all of it (FHIR R4, datatypes,
//! `Period`: "2012-02-03 includes any time that day"). Without a time zone it is taken in UTC.

use serde_json::Value;

use super::unmapped::Unmapped;

const DAY_SECS: i64 = 86_400;

/// The seconds of a period, both ends included; an end that is not said is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
}

impl Period {
    /// Reads a `Period`; nothing when it is missing.
    pub(super) fn of(period: &Value) -> Result<Self, Unmapped> {
        let side = |name: &str| match period[name].as_str() {
            None => Ok(None),
            Some(text) => {
                span(text).map(Some).ok_or_else(|| Unmapped::NotATime { text: text.to_owned() })
            }
        };
        let (start, end) = (side("start")?, side("end")?);
        Ok(Self { start: start.map(|(first, _)| first), end: end.map(|(_, last)| last) })
    }

    /// The seconds of both.
    pub(super) fn and(self, other: Self) -> Self {
        let end = match (self.end, other.end) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self { start: self.start.max(other.start), end }
    }
}

/// Writes the day of a second.
pub(super) fn write(second: i64) -> String {
    let days = second.div_euclid(DAY_SECS);
    // A year has more than 365 days on average, so the year is found from below.
    let mut year = 1970 + days.div_euclid(366);
    while days_to(year + 1, 1, 1) <= days {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days_to(year, *month, 1) <= days).unwrap_or(1);
    let day = days - days_to(year, month, 1) + 1;
    format!("{year:04}-{month:02}-{day:02}")
}

/// The first and the last second of a `dateTime`.
fn span(text: &str) -> Option<(i64, i64)> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map(|part| number(part, 2).filter(|m| (1..=12).contains(m)));
    let day = parts.next().map(|part| number(part, 2));
    if parts.next().is_some() {
        return None;
    }
    let (first, after) = match (month, day) {
        (None, _) => (days_to(year, 1, 1), days_to(year + 1, 1, 1)),
        (Some(month), None) => (days_to(year, month?, 1), month_after(year, month?)),
        (Some(month), Some(day)) => {
            let first = days_to(year, month?, day.filter(|day| *day >= 1)?);
            (first < month_after(year, month?)).then_some((first, first + 1))?
        }
    };
    match (time, day) {
        (None, _) => Some((first * DAY_SECS, after * DAY_SECS - 1)),
        (Some(time), Some(_)) => {
            let second = first * DAY_SECS + second_of_day(time)?;
            Some((second, second))
        }
        (Some(_), None) => None,
    }
}

/// The second of a time of day, in UTC: `hh:mm:ss`, a fraction that is dropped, and a time zone.
fn second_of_day(time: &str) -> Option<i64> {
    let clock = time.get(..8)?;
    let rest =
        time.get(8..)?.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
    let field = |from: usize, below: i64| {
        let value = number(clock.get(from..from + 2)?, 2)?;
        (value < below).then_some(value)
    };
    let colons = clock.as_bytes().get(2) == Some(&b':') && clock.as_bytes().get(5) == Some(&b':');
    let second = field(0, 24)? * 3_600 + field(3, 60)? * 60 + field(6, 61)?.min(59);
    let offset = match rest {
        "Z" => 0,
        _ => {
            let (sign, zone) = (rest.get(..1)?, rest.get(1..)?);
            let (hours, minutes) = zone.split_once(':')?;
            let offset = number(hours, 2)? * 3_600 + number(minutes, 2)? * 60;
            match sign {
                "+" => offset,
                "-" => -offset,
                _ => return None,
            }
        }
    };
    colons.then_some(second - offset)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

const fn month_after(year: i64, month: i64) -> i64 {
    if month == 12 { days_to(year + 1, 1, 1) } else { days_to(year, month + 1, 1) }
}

/// The day of a date counted from 1970-01-01, in the Gregorian calendar.
const fn days_to(year: i64, month: i64, day: i64) -> i64 {
    // Counted from 0000-03-01, leap days come last in each cycle of 400, 100 and 4 years.
    const DAYS_TO_1970: i64 = 719_468;
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - DAYS_TO_1970
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, first: i64, last: i64) {
        assert_eq!(span(text), Some((first, last)), "{text}");
    }

    #[test]
    fn a_time_is_as_long_as_it_is_precise() {
        check("1970", 0, 365 * DAY_SECS - 1);
        check("1970-02", 31 * DAY_SECS, 59 * DAY_SECS - 1);
        check("2000-12", 11_292 * DAY_SECS, 11_323 * DAY_SECS - 1);
        check("1970-01-01", 0, DAY_SECS - 1);
        check("1964-01-01", -2_192 * DAY_SECS, -2_191 * DAY_SECS - 1);
        check("2016-06-23T17:02:33+10:00", 1_466_665_353, 1_466_665_353);
        check("1970-01-01T00:00:00.5Z", 0, 0);
        check("1970-01-01T00:00:00-04:30", 16_200, 16_200);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "70",
            "1970-13",
            "1970-00",
            "1970-02-30",
            "1970-01-00",
            "1970-01-01-01",
            "1970T00:00:00Z",
            "1970-01-01T",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:00:00",
            "1970-01-01T00-00-00Z",
            "1970-01-01T00:00:00*01:00",
            "2023-02-29",
            "soon",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
        let period = json!({"start": "soon"});
        assert_eq!(Period::of(&period), Err(Unmapped::NotATime { text: "soon".to_owned() }));
    }

    #[test]
    fn a_period_is_open_where_nothing_is_said_and_two_have_in_common_what_both_have() {
        let period = |value| Period::of(&value).unwrap();
        assert_eq!(period(Value::Null), Period::default());
        let whole = period(json!({"start": "1970-01-01", "end": "1970-01-03"}));
        assert_eq!(whole, Period { start: Some(0), end: Some(3 * DAY_SECS - 1) });
        let open = period(json!({"start": "1970-01-02"}));
        assert_eq!(whole.and(open), Period { start: Some(DAY_SECS), ..whole });
        assert_eq!(open.and(whole), whole.and(open));
        assert_eq!(whole.and(Period::default()), whole);
    }

    #[test]
    fn a_day_is_written_as_it_is_read() {
        for text in ["1964-01-01", "1970-01-01", "2000-02-29", "2016-12-31", "2100-03-01"] {
            let (first, last) = span(text).unwrap();
            assert_eq!((write(first).as_str(), write(last).as_str()), (text, text));
        }
    }
}
