//! Decides how spans of time are written on the command line: `48h`, `30d`, `600`, `never`.

use std::str::FromStr;

/// A span of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period(pub(super) u64);

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(0));
        }
        let (digits, unit_secs) = match text.as_bytes().last() {
            Some(b'd') => (&text[..text.len() - 1], 86_400),
            Some(b'h') => (&text[..text.len() - 1], 3_600),
            Some(b'm') => (&text[..text.len() - 1], 60),
            Some(b's') => (&text[..text.len() - 1], 1),
            _ => (text, 1),
        };
        let are_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let count: Option<u64> = are_digits.then(|| digits.parse().ok()).flatten();
        count.and_then(|count| count.checked_mul(unit_secs)).map(Self).ok_or_else(|| {
            format!("`{text}` is no span of time: write `30d`, `48h`, `10m`, seconds, or `never`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_unit_or_is_in_seconds() {
        for (text, seconds) in
            [("600", 600), ("600s", 600), ("10m", 600), ("48h", 172_800), ("30d", 2_592_000)]
        {
            assert_eq!(text.parse(), Ok(Period(seconds)));
        }
        assert_eq!("never".parse(), Ok(Period(0)));
        for text in ["", "d", "-1", "1w", "1.5h", "+1", "999999999999999999d", "é"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
