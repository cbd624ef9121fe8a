//! Decides the proof of a resource: keccak-256 over its canonical JSON (RFC 8785).
//!
//! Canonical JSON has no white space, its properties are sorted by UTF-16 code units, its strings
//! are escaped in one way, and its numbers are written as ECMAScript writes a double. Whoever holds
//! the resource can compute the proof again, in any language, from any formatting of it.
//!
//! # Numbers
//!
//! FHIR says that a decimal's precision is part of its value (`1.0` is not `1.00`), and allows more
//! digits than a double holds. RFC 8785 knows doubles only. So the proof commits to the **nearest
//! double**:
//! - `1.0` and `1.00` have one proof. That is wanted: adding a zero must not make a record new.
//! - A number that no double holds exactly as written (more than 15 to 17 significant digits,
//!   integers beyond 2^53) shares its proof with its neighbours. [`Proof::inexact`] tells how many
//!   such numbers there were, and the report names the resources.
//! - A number too large for a double has no canonical form and is refused when it is parsed.
//!
//! A hash hides its content only from those who cannot guess it.

use alloy::primitives::{B256, keccak256};
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::Value;

use crate::json::{self, Fault};

/// The proof of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// keccak-256 of the canonical JSON.
    pub hash: B256,
    /// How many numbers of the text no double holds exactly as they are written.
    pub inexact: u32,
}

/// Proves a JSON text: parses, canonicalises and hashes it.
///
/// # Errors
///
/// A text that is no JSON, repeats a property name, or holds a number beyond a double's range.
pub fn prove(text: &str) -> Result<Proof, String> {
    let value = json::parse(text).map_err(|fault| fault.reason)?;
    of_value(&value, text).map_err(|fault| fault.reason)
}

/// Proves a parsed resource; `text` is what it was parsed from.
pub(crate) fn of_value(value: &Value, text: &str) -> Result<Proof, Fault> {
    let canonical = serde_json_canonicalizer::to_vec(&Plain(value))?;
    let inexact = numbers(text).filter(|number| !is_exact(number)).count();
    Ok(Proof { hash: keccak256(canonical), inexact: u32::try_from(inexact).unwrap_or(u32::MAX) })
}

/// A value whose numbers are serialized as numbers, whatever features `serde_json` is built with.
struct Plain<'a>(&'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(whole), _, _) => serializer.serialize_u64(whole),
                (None, Some(whole), _) => serializer.serialize_i64(whole),
                (None, None, Some(double)) => serializer.serialize_f64(double),
                (None, None, None) => Err(S::Error::custom("number out of range")),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Plain)),
            Value::Object(object) => {
                serializer.collect_map(object.iter().map(|(name, value)| (name, Plain(value))))
            }
        }
    }
}

/// The number tokens of a well-formed JSON text, in order.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut in_string = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' if in_string => at += 1,
                b'"' => in_string = !in_string,
                b'-' | b'0'..=b'9' if !in_string => {
                    let is_part =
                        |b: &u8| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                    let length = bytes[at..].iter().take_while(|b| is_part(b)).count();
                    let token = &text[at..at + length];
                    at += length;
                    return Some(token);
                }
                _ => {}
            }
            at += 1;
        }
        None
    })
}

/// Whether the number's nearest double, written in its shortest form, is the same number.
fn is_exact(number: &str) -> bool {
    // Any decimal of at most 15 significant digits survives a double, within its range.
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let has_exponent = number.contains(['e', 'E']);
    if digits <= 15 && !has_exponent {
        return true;
    }
    let Ok(double) = number.parse::<f64>() else { return false };
    significand(number) == significand(&format!("{double:e}"))
}

/// A decimal as its significant digits and the power of ten of the last one; signs are left out,
/// since a double keeps them.
fn significand(number: &str) -> (String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String =
        whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit).map(char::from).collect();
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return (String::new(), 0);
    }
    let stripped = (digits.len() - significant.len()) as i64;
    let exponent: i64 = exponent.parse().unwrap_or(i64::MAX / 2);
    (significant.to_owned(), exponent + stripped - fraction.len() as i64)
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
