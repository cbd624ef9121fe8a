//! Decides whether a Stylus chain would activate a module, rule by rule.
//!
//! A chain answers a refused activation with one opaque revert. Here each broken rule is reported
//! with the function and the byte at which it is broken, before anything is paid.

mod functions;
mod limits;
mod operators;
mod rule;
mod sections;

use std::fmt;

pub use limits::Limits;
pub use rule::Rule;

use super::MAX_PAYLOAD_BYTES;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The index of the function in which it is broken, counting imports.
    pub function: Option<u32>,
    /// The offset in the module at which it is broken, in bytes.
    pub offset: Option<u64>,
    /// What was found.
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)?;
        if let Some(function) = self.function {
            write!(f, ", in function {function}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, ", at byte {offset:#x}")?;
        }
        Ok(())
    }
}

/// How large a module is in the things that are limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measures {
    /// Bytes of the module.
    pub wasm_bytes: usize,
    /// Functions, without imports.
    pub functions: u32,
    /// Imports.
    pub imports: u32,
    /// Operators over all functions.
    pub operators: u64,
    /// Most operators in one function.
    pub most_operators: u32,
    /// Most locals in one function, parameters counted.
    pub most_locals: u32,
    /// Largest frame of a function, in words.
    pub largest_frame_words: u32,
    /// Pages of memory at the start.
    pub memory_pages: u64,
}

/// The outcome of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How large the module is.
    pub measures: Measures,
    /// The broken rules, in the order in which they were found.
    pub violations: Vec<Violation>,
}

impl Report {
    /// Returns whether a chain would activate the module.
    #[must_use]
    pub const fn passes(&self) -> bool {
        self.violations.is_empty()
    }

    fn add(&mut self, rule: Rule, offset: Option<u64>, found: impl Into<String>) {
        self.violations.push(Violation { rule, function: None, offset, found: found.into() });
    }

    fn add_in(&mut self, function: u32, offset: u64, rule: Rule, found: impl Into<String>) {
        let (function, offset) = (Some(function), Some(offset));
        self.violations.push(Violation { rule, function, offset, found: found.into() });
    }

    /// Adds `rule` when `count` is above `limit`.
    fn limit(&mut self, rule: Rule, count: u64, limit: u64) {
        if count > limit {
            self.add(rule, None, format!("{count}, where {limit} are allowed"));
        }
    }
}

/// Checks a module against the rules of activation.
#[must_use]
pub fn check(wasm: &[u8], limits: &Limits) -> Report {
    let mut report = Report::default();
    report.measures.wasm_bytes = wasm.len();
    report.limit(Rule::WasmBytes, wasm.len() as u64, limits.wasm_bytes);
    if let Err(error) = sections::check(wasm, limits, &mut report) {
        report.add(Rule::Invalid, Some(error.offset()), error.message());
    }
    report
}

/// Checks the size of a program's code against what an account can hold.
#[must_use]
pub fn check_payload(payload: &[u8]) -> Option<Violation> {
    (payload.len() > MAX_PAYLOAD_BYTES).then(|| Violation {
        rule: Rule::PayloadBytes,
        function: None,
        offset: None,
        found: format!("{}, where {MAX_PAYLOAD_BYTES} are allowed", payload.len()),
    })
}

#[cfg(test)]
mod tests;
