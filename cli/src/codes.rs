//! Decides by which code a failure is known, and which codes there are.
//!
//! A failure has the code of the innermost library that has a word for it; a contract's error has its
//! own name; what nothing else names goes by its exit status.

use std::error::Error as StdError;

use datacoop_deploy::{DecodedError, notes::Note};

use crate::{
    exit::{ReceiptsBroken, RolesLeft, Status},
    words,
};

/// What is said about a failure of input files.
mod ingest {
    use datacoop_deploy::note_table;
    use datacoop_ingest::Error;

    note_table! {
        Error {
            Read "input-unreadable"
                "A file or folder with input could not be opened or read."
                "Check that the path is spelt right and that you may read it."
            Syntax "malformed-json"
                "The text is no JSON, or none that has one canonical form, such as an object with a key twice."
                "Correct the file at the line and column of the message."
            NotFhir "not-fhir"
                "A file that was named holds JSON that is no FHIR resource: it has no `resourceType`."
                "Name FHIR resources, or a folder of them, in which other files are passed over."
            Field "malformed-field"
                "A field of an entry or of the map of addresses is missing, or holds what it may not hold."
                "Correct the field at the line and column of the message."
            MappedTwice "mapped-twice"
                "The map of addresses gives one patient two members."
                "Leave one of the rows; a person has one membership."
            Nothing "no-input"
                "The file or folder has nothing of what was looked for: it may be mistyped."
                "Name the folder that has the input itself."
            Write "entries-unwritten"
                "The entries could not be written: the disk is full, or the file may not be written."
                "Write them elsewhere; nothing was recorded."
        }
    }
}

/// A failure that has a code of this program alone.
const ROLES_LEFT: Note = Note {
    code: "roles-left",
    meaning: "Accounts that deployed contracts still hold power over the cooperative.",
    way_out: "Whoever administers a role in the message takes it away; run `datacoop deploy` again, which hands over what it has not handed over.",
};

const RECEIPTS_BROKEN: Note = Note {
    code: "receipts-broken",
    meaning: "Receipts of consents are not the hash of what they are receipts of: the node leaves changes out, or changed them.",
    way_out: "Ask another node, and do not rely on what this one says.",
};

/// Reverts that no interface names.
const REVERTS: [Note; 4] = [
    Note {
        code: "revert-text",
        meaning: "A contract rejected the call with a text in place of an error of its interface, as older contracts and tokens do.",
        way_out: "The text is the contract's own reason; look it up in what documents that contract.",
    },
    Note {
        code: "revert-panic",
        meaning: "A contract ran into a fault of its code, such as an overflow or a division by zero (Solidity's `Panic`).",
        way_out: "Check the arguments, above all amounts; if they are sound, the contract has a fault.",
    },
    Note {
        code: "revert-without-reason",
        meaning: "A contract rejected the call and gave no reason: it ran out of gas, has no such function, or is none of this suite.",
        way_out: "Check that the address is the contract's; `datacoop trace` shows where a transaction ended.",
    },
    Note {
        code: "revert-of-another-contract",
        meaning: "A contract rejected the call with an error that no interface of this suite has.",
        way_out: "Look its first four bytes up in the interface of the contract that was called.",
    },
];

/// What is said about a failure of which nothing is known but its exit status.
const fn note_of_status(status: Status) -> Note {
    let (code, meaning, way_out) = match status {
        Status::Internal => (
            "internal",
            "Something failed that the program has no word for: a fault of the program.",
            "Run it again; when it fails again, report it with the whole message and what you did.",
        ),
        Status::Usage => (
            "usage",
            "The command line is not one that the command understands, or its parts do not go together.",
            "The message says what is missing or too much; `--help` has examples.",
        ),
        Status::Input => (
            "input",
            "A file, a key or a setting is missing, or holds what it may not hold.",
            "Correct what the message names.",
        ),
        Status::Chain => (
            "chain",
            "The chain cannot be reached, is another one, or refused the request.",
            "Check `--rpc-url` and `--network`, and what the message says.",
        ),
        Status::Rejected => (
            "rejected",
            "What was asked for is against a rule of the contracts, as things stand.",
            "The message says which; nothing was done.",
        ),
        Status::Funds => (
            "funds",
            "The account cannot pay.",
            "Send ether to it, or sign with another one (`--from`).",
        ),
        Status::Build => (
            "build",
            "A contract could not be built, checked or translated.",
            "Mend what the message names, and run the command again.",
        ),
        Status::Worse => (
            "benchmarks-worse",
            "An action costs more than the committed figures say.",
            "When that is meant, run `datacoop bench` and commit the figures with the change; otherwise the change has a price.",
        ),
        Status::Check => (
            "check",
            "The chain is not as it should be.",
            "The message says what differs; rely on nothing that depends on it.",
        ),
        Status::Interrupted => (
            "interrupted",
            "The command was interrupted from the keyboard, or asked to end.",
            "Run it again: what is done is left alone, and nothing is done twice.",
        ),
    };
    Note { code, meaning, way_out }
}

/// Every exit status that is a failure.
const STATUSES: [Status; 10] = [
    Status::Internal,
    Status::Usage,
    Status::Input,
    Status::Chain,
    Status::Rejected,
    Status::Funds,
    Status::Build,
    Status::Worse,
    Status::Check,
    Status::Interrupted,
];

/// Returns every code of the program and its libraries, by its name.
pub(crate) fn notes() -> Vec<Note> {
    let own = [ROLES_LEFT, RECEIPTS_BROKEN].into_iter().chain(REVERTS);
    let mut all: Vec<_> = own
        .chain(STATUSES.map(note_of_status))
        .chain(ingest::NOTES.iter().copied())
        .chain(datacoop_bench::notes())
        .chain(datacoop_deploy::notes::notes())
        .collect();
    all.sort_unstable_by_key(|note| note.code);
    all
}

/// Returns the code of a failure that no contract's error is.
pub(crate) fn code(error: &anyhow::Error, status: Status) -> &'static str {
    let note = error.chain().find_map(note_of);
    note.unwrap_or_else(|| note_of_status(status)).code
}

/// Returns the code of a contract's error: its name, the code of Safe's, or what kind of revert it
/// is.
pub(crate) fn code_of_revert(error: &DecodedError) -> String {
    let [text, panic, empty, unknown] = REVERTS.map(|note| note.code);
    let code = match error.name.as_str() {
        "Error" if words::safes(&error.text).is_some() => &error.text,
        "Error" => text,
        "Panic" => panic,
        "empty" => empty,
        "unknown" => unknown,
        name => name,
    };
    code.to_owned()
}

/// The note of one error of a chain, if it has one.
fn note_of(error: &(dyn StdError + 'static)) -> Option<Note> {
    if let Some(error) = crate::exit::deploy_error(error) {
        return error.note();
    }
    if let Some(error) = error.downcast_ref::<datacoop_bench::Error>() {
        return error.note();
    }
    if let Some(error) = error.downcast_ref::<datacoop_ingest::Error>() {
        return ingest::note(error);
    }
    if error.is::<RolesLeft>() {
        return Some(ROLES_LEFT);
    }
    error.is::<ReceiptsBroken>().then_some(RECEIPTS_BROKEN)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::{
        primitives::{U256, hex},
        sol_types::{Panic, Revert, SolError},
    };
    use datacoop_deploy::decode_error;

    use super::*;
    use crate::exit::{BenchmarksWorse, Input, Interrupted, Usage};

    #[test]
    fn codes_are_unique_and_no_contracts() {
        let notes = notes();
        let codes: BTreeSet<_> = notes.iter().map(|note| note.code).collect();
        assert_eq!(codes.len(), notes.len());
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(codes.iter().all(|code| code.chars().all(is_word)), "{codes:?}");
    }

    #[test]
    fn every_failure_has_a_code_that_is_listed() {
        let place = datacoop_ingest::Error::Nothing { path: "x".into(), expected: "entry" };
        let action = datacoop_bench::Error::UnknownAction { name: "x".into(), known: "y".into() };
        let chain = datacoop_deploy::Error::WrongChain { expected: 1, actual: 2 };
        for (error, status, expected) in [
            (anyhow::anyhow!("what?"), Status::Internal, "internal"),
            (Usage("no".to_owned()).into(), Status::Usage, "usage"),
            (Input("no".to_owned()).into(), Status::Input, "input"),
            (Interrupted.into(), Status::Interrupted, "interrupted"),
            (BenchmarksWorse(Vec::new()).into(), Status::Worse, "benchmarks-worse"),
            (RolesLeft(Vec::new()).into(), Status::Check, "roles-left"),
            (ReceiptsBroken { broken: 1, of: 2 }.into(), Status::Check, "receipts-broken"),
            (place.into(), Status::Input, "no-input"),
            (action.into(), Status::Usage, "unknown-bench-action"),
            (anyhow::Error::from(chain).context("while deploying"), Status::Chain, "wrong-chain"),
        ] {
            assert_eq!(code(&error, status), expected, "{error:#}");
            assert!(notes().iter().any(|note| note.code == expected), "{expected}");
        }
    }

    #[test]
    fn a_revert_goes_by_its_name_or_its_kind() {
        let code = |data: &[u8]| code_of_revert(&decode_error(data));
        assert_eq!(code(&[]), "revert-without-reason");
        assert_eq!(code(&hex!("12345678")), "revert-of-another-contract");
        assert_eq!(code(&Revert::from("too late").abi_encode()), "revert-text");
        assert_eq!(code(&Revert::from("GS013").abi_encode()), "GS013");
        assert_eq!(code(&Panic { code: U256::from(0x11) }.abi_encode()), "revert-panic");
        let paused = datacoop_deploy::bindings::IDataToken::EnforcedPause {}.abi_encode();
        assert_eq!(code(&paused), "EnforcedPause");
        let listed: Vec<_> = notes().iter().map(|note| note.code).collect();
        assert!(REVERTS.iter().all(|note| listed.contains(&note.code)));
    }
}
