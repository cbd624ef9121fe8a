//! Decides how a fault in the input is named: the file, the line, the column and the reason.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A place in an input file, counted as editors count: from line 1, column 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the operator named it.
    pub file: PathBuf,
    /// The line.
    pub line: u64,
    /// The column, in bytes.
    pub column: u64,
}

impl Place {
    /// Names a place in `file`.
    pub fn new(file: &Path, line: u64, column: u64) -> Self {
        Self { file: file.to_path_buf(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Why the input could not be read. None of these leaves a partial result behind.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be opened or read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The text is not well-formed JSON, or not JSON that has one canonical form.
    #[error("{place}: {reason}")]
    Syntax {
        /// Where the fault is.
        place: Place,
        /// What is wrong there.
        reason: String,
    },
    /// A file that was named by the operator holds JSON that is no FHIR resource.
    #[error("{place}: not a FHIR resource: {reason}")]
    NotFhir {
        /// Where the text begins.
        place: Place,
        /// What was found.
        reason: String,
    },
    /// A field of an entry or of the address map is missing or holds a value it may not hold.
    #[error("{place}: `{field}` is `{value}`: {reason}")]
    Field {
        /// The row.
        place: Place,
        /// The field.
        field: &'static str,
        /// What it holds; empty when it is missing.
        value: String,
        /// What it should hold.
        reason: String,
    },
    /// One patient is mapped to two members.
    #[error("{place}: patient `{patient}` is mapped to {second}, but before to {first}")]
    MappedTwice {
        /// The second row.
        place: Place,
        /// The patient.
        patient: String,
        /// The member of the first row.
        first: alloy::primitives::Address,
        /// The member of the second row.
        second: alloy::primitives::Address,
    },
    /// The path holds no input at all: a mistyped folder must not look like success.
    #[error("`{}` holds no {expected}", path.display())]
    Nothing {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
    /// Entries could not be written.
    #[error("cannot write entries")]
    Write(#[source] std::io::Error),
}
