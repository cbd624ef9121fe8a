//! Decides which JSON is accepted: RFC 8259 text with unique property names (I-JSON, RFC 7493).
//!
//! `serde_json` keeps the last of two properties with one name, silently. Two readers could then
//! see two records behind one proof, so a repeated name is refused here.

use std::{fmt, path::Path};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use crate::{Error, Place};

/// A fault in a JSON text, placed from line 1, column 1 of that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) reason: String,
}

impl Fault {
    /// The error for a fault in a file's text as a whole.
    pub(crate) fn in_file(self, path: &Path) -> Error {
        Error::Syntax { place: Place::new(path, self.line, self.column), reason: self.reason }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let reason = text.strip_suffix(&format!(" at line {line} column {column}"));
        Self {
            line: line.max(1) as u64,
            column: column.max(1) as u64,
            reason: reason.unwrap_or(&text).to_owned(),
        }
    }
}

/// Parses one JSON text, refusing repeated property names and anything after the value.
pub(crate) fn parse(text: &str) -> Result<Value, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Unique.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads only what `T` asks for; the rest is checked for syntax and dropped.
pub(crate) fn peek<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Fault> {
    Ok(serde_json::from_str(text)?)
}

/// Builds a [`Value`] in which every object's names are unique.
#[derive(Clone, Copy)]
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            if name == BIG_NUMBER {
                return number(&entries.next_value::<String>()?).map_err(A::Error::custom);
            }
            let value = entries.next_value_seed(self)?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("property `{name}` appears twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// The name under which `serde_json` hands over a number's text when anything in the build asks for
/// its feature `arbitrary_precision`. A proof must not depend on that.
const BIG_NUMBER: &str = "$serde_json::private::Number";

/// The value that `serde_json` makes of a number's text without that feature.
fn number(text: &str) -> Result<Value, &'static str> {
    if let Ok(whole) = text.parse::<u64>() {
        return Ok(whole.into());
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(whole.into());
    }
    let double = text.parse().ok().and_then(Number::from_f64);
    double.map(Value::Number).ok_or("number out of range")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, line: u64, column: u64, reason: &str) {
        let fault = parse(text).unwrap_err();
        assert_eq!(fault, Fault { line, column, reason: reason.to_owned() }, "{text}");
    }

    #[test]
    fn a_fault_carries_its_place_and_reason() {
        check("", 1, 1, "EOF while parsing a value");
        check("{\n \"a\": trx\n}", 2, 9, "expected ident");
        check("{} {}", 1, 4, "trailing characters");
        check("{\"a\": 1e999}", 1, 11, "number out of range");
        check(r#"{"a": "\ud800"}"#, 1, 14, "unexpected end of hex escape");
    }

    #[test]
    fn a_repeated_name_is_refused_at_any_depth() {
        check(r#"{"a":1,"a":1}"#, 1, 13, "property `a` appears twice");
        check(r#"{"a":[{"b":{"c":1,"\u0063":2}}]}"#, 1, 29, "property `c` appears twice");
    }

    #[test]
    fn endless_nesting_is_refused() {
        assert_eq!(parse(&"[".repeat(100_000)).unwrap_err().reason, "recursion limit exceeded");
    }
}
