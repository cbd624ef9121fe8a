//! Decides by which stable code each failure is known, and what there is to say about it beyond its
//! message.
//!
//! The tables beside this file have a row for every variant of the errors. They are the arms of a
//! `match` without a wildcard, so that a variant without a row does not compile.

mod data;
mod error;
mod index;
mod keys;
mod offline;
mod stylus;
mod treasury;
mod words;

use crate::Error;

/// A code, and what is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The code: words with hyphens, which stay what they are from version to version.
    pub code: &'static str,
    /// What it means, and why it happens.
    pub meaning: &'static str,
    /// The way out.
    pub way_out: &'static str,
}

/// Makes a table of notes: the constant `NOTES`, and a function `note` that finds the one of an
/// error. After `else` come the variants that another table decides.
#[macro_export]
macro_rules! note_table {
    (
        $error:ident {
            $($variant:ident $code:literal $meaning:literal $way_out:literal)*
        }
        $(else { $($pattern:pat => $other:expr),* $(,)? })?
    ) => {
        /// Every note of the table.
        pub(crate) const NOTES: &[$crate::notes::Note] = &[
            $($crate::notes::Note { code: $code, meaning: $meaning, way_out: $way_out },)*
        ];

        /// Returns the note of an error, unless it is one of a contract.
        #[allow(
            clippy::missing_const_for_fn,
            reason = "a table that asks others through a box cannot be constant"
        )]
        pub(crate) fn note(error: &$error) -> Option<$crate::notes::Note> {
            match error {
                $($error::$variant { .. } => Some($crate::notes::Note {
                    code: $code,
                    meaning: $meaning,
                    way_out: $way_out,
                }),)*
                $($($pattern => $other,)*)?
            }
        }
    };
}

/// Returns every note of this library.
pub fn notes() -> impl Iterator<Item = Note> {
    let words = [words::NOTES, words::CONSENT_NOTES, words::CREDENTIAL_NOTES];
    [error::NOTES, data::NOTES, treasury::NOTES, keys::NOTES, offline::NOTES, stylus::NOTES]
        .into_iter()
        .chain([index::NOTES])
        .chain(words)
        .flatten()
        .copied()
}

impl Error {
    /// Returns the note of the failure; none when a contract's error is it, which has a name of its
    /// own.
    #[must_use]
    pub fn note(&self) -> Option<Note> {
        error::note(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::primitives::Address;

    use super::*;
    use crate::governance::WordsError;

    #[test]
    fn codes_are_unique_and_in_words_with_hyphens() {
        let codes: Vec<_> = notes().map(|note| note.code).collect();
        let unique: BTreeSet<_> = codes.iter().collect();
        assert_eq!(unique.len(), codes.len());
        for code in codes {
            let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(code.chars().all(is_word) && !code.starts_with('-'), "{code}");
        }
    }

    #[test]
    fn notes_are_whole_sentences() {
        for note in notes() {
            for text in [note.meaning, note.way_out] {
                assert!(text.ends_with('.') && text.len() > 20, "{}: {text}", note.code);
                assert!(!text.contains("  "), "{}: {text}", note.code);
            }
        }
    }

    #[test]
    fn what_has_a_cause_of_ours_has_its_code() {
        let code = |error: Error| error.note().map(|note| note.code);
        assert_eq!(code(Error::WrongChain { expected: 1, actual: 2 }), Some("wrong-chain"));
        let source = WordsError::Line { given: "coffee".to_owned() };
        assert_eq!(code(source.clone().into()), Some("unknown-budget-line"));
        let text = "pay".to_owned();
        assert_eq!(code(Error::Sentence { text, source }), Some("unknown-budget-line"));
        let source = Box::new(Error::NoContract { address: Address::ZERO });
        let stopped = Error::BatchInterrupted { recorded: 1, total: 2, source };
        assert_eq!(code(stopped), Some("no-contract"));
        let error = Box::new(crate::decode_error(&[]));
        let reverted = Error::Reverted { call: "f".to_owned(), error, transaction: None };
        assert_eq!(code(reverted), None);
    }
}
