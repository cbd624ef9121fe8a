//! Decides what is written down of a deployment while it happens, so that it can be carried on from
//! wherever it was cut off.
//!
//! The journal is a file of one JSON object a line, which only grows. What is about to be sent is written,
//! and on the disk, before it is sent; each line has a hash of itself and the line before, so that a
//! line that was changed, lost or put elsewhere is noticed. A last line without an end was being
//! written when the tool was killed: it is dropped, since nothing was sent after it. The state of
//! a deployment is the fold of these lines. There are no secrets among them: a signed transaction says no more
//! than the chain will.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Target, coop::CoopConfig};
use crate::{Error, chain::Chain};

/// The version of the journal's form.
const VERSION: u64 = 1;

/// The field of a line that has its hash.
const HASH: &str = "hash";

/// What a deployment is of: two runs with the same beginning carry on the same deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Beginning {
    /// The version of this form.
    pub(super) version: u64,
    /// The chain's id.
    pub(super) chain_id: u64,
    /// The hash of the chain's first block.
    pub(super) genesis: B256,
    /// Who sends.
    pub(super) deployer: Address,
    /// What runs the contracts.
    pub(super) target: Target,
    /// What the cooperative is to be.
    pub(super) config: CoopConfig,
    /// The hash of every contract's code, by its name.
    pub(super) code: BTreeMap<String, B256>,
}

/// Something that is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "event")]
pub(super) enum Line {
    /// A deployment begins.
    Begun(Box<Beginning>),
    /// A transaction is about to be sent.
    Intent(Intent),
    /// A transaction was mined and did what it was for.
    Confirmed {
        /// Which step it is of.
        step: usize,
        /// The transaction.
        transaction: B256,
        /// Its block.
        block: u64,
        /// The gas that it used.
        gas_used: u64,
    },
    /// A transaction was mined and reverted.
    Reverted {
        /// Which step it is of.
        step: usize,
        /// The transaction.
        transaction: B256,
    },
    /// The nonce of an intended transaction was taken by another one, or is out of reach.
    Superseded {
        /// Which step it was of.
        step: usize,
        /// The nonce.
        nonce: u64,
    },
    /// A step was found done that no transaction of this journal did.
    Found {
        /// The step.
        step: usize,
    },
    /// Everything is done.
    Complete,
}

/// A transaction that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Intent {
    /// Which step it is of, counted from 0.
    pub(super) step: usize,
    /// What the step does, in words.
    pub(super) title: String,
    /// Its nonce.
    pub(super) nonce: u64,
    /// Its hash.
    pub(super) transaction: B256,
    /// What is sent, to be sent again if it gets lost.
    pub(super) raw: Bytes,
    /// Its gas limit.
    pub(super) gas: u64,
    /// The most that it pays for a unit of gas, in wei.
    pub(super) max_fee: U256,
}

/// A transaction that did a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) transaction: B256,
    pub(super) block: u64,
    pub(super) gas_used: u64,
}

/// The state that the lines of a journal make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// What the deployment is of.
    pub(super) beginning: Option<Box<Beginning>>,
    /// What is known of each step that was begun.
    pub(super) sent: BTreeMap<usize, Sent>,
    /// Transactions of one nonce, of which it is not known what became.
    pub(super) open: Vec<Intent>,
    /// Whether everything is done.
    pub(super) is_complete: bool,
}

impl State {
    fn fold(mut self, line: Line) -> Self {
        match line {
            Line::Begun(beginning) => self = Self { beginning: Some(beginning), ..Self::default() },
            Line::Intent(intent) => {
                self.open.retain(|open| open.nonce == intent.nonce);
                self.open.push(intent);
            }
            Line::Confirmed { step, transaction, block, gas_used } => {
                self.sent.insert(step, Sent { transaction, block, gas_used });
                self.open.clear();
            }
            Line::Reverted { .. } | Line::Superseded { .. } => self.open.clear(),
            Line::Found { .. } => {}
            Line::Complete => self.is_complete = true,
        }
        self
    }
}

/// A journal that is open. No other process can open it meanwhile.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    /// The hash of the last line.
    last: B256,
    pub(super) state: State,
}

impl Journal {
    /// Returns where the journal of an address book is: beside it.
    pub(super) fn path_of(book: &Path) -> PathBuf {
        book.with_extension("journal.jsonl")
    }

    /// Opens a journal, and makes it when there is none.
    ///
    /// # Errors
    ///
    /// - [`Error::Busy`]: another process has it open.
    /// - [`Error::JournalCorrupted`]: a line is not what was written.
    /// - [`Error::Io`]: the file cannot be used.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |action| move |source| Error::Io { path: path.to_path_buf(), action, source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed("make"))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let file = options.open(path).map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { path: path.to_path_buf() }),
            Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
        }
        let text = fs::read(path).map_err(failed("read"))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        // What follows the last line end was being written when the tool was killed.
        file.set_len(whole as u64).map_err(failed("write"))?;
        let (state, last) = read(path, &text[..whole])?;
        Ok(Self { path: path.to_path_buf(), file, last, state })
    }

    /// Reads the state of a journal without holding it; there is none when the file is missing.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), but for [`Error::Busy`].
    pub(super) fn peek(path: &Path) -> Result<Option<State>, Error> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(Error::Io { path: path.to_path_buf(), action: "read", source });
            }
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        read(path, &text[..whole]).map(|(state, _)| Some(state))
    }

    /// Writes a line. An intent is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub(super) fn write(&mut self, line: Line) -> Result<(), Error> {
        let failed = |source| Error::Io { path: self.path.clone(), action: "write", source };
        let mut value = serde_json::to_value(&line).map_err(|source| failed(source.into()))?;
        let hash = hash_of(self.last, &value);
        value[HASH] = Value::String(hash.to_string());
        self.file.write_all(format!("{value}\n").as_bytes()).map_err(failed)?;
        if matches!(line, Line::Begun(_) | Line::Intent(_) | Line::Complete) {
            self.file.sync_data().map_err(failed)?;
        }
        self.last = hash;
        self.state = std::mem::take(&mut self.state).fold(line);
        Ok(())
    }

    /// Returns where the journal is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Folds the lines of a journal, and returns the last one's hash too.
fn read(path: &Path, text: &[u8]) -> Result<(State, B256), Error> {
    let (mut state, mut last) = (State::default(), B256::ZERO);
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        let corrupted = |reason: &str| Error::JournalCorrupted {
            path: path.to_path_buf(),
            line: index + 1,
            reason: reason.to_owned(),
        };
        let mut value: Value =
            serde_json::from_slice(line).map_err(|error| corrupted(&error.to_string()))?;
        let version = value["version"].as_u64();
        if version.is_some_and(|version| version > VERSION) {
            return Err(corrupted("a later version of the tool wrote it"));
        }
        let written = value.as_object_mut().and_then(|object| object.shift_remove(HASH));
        let hash = hash_of(last, &value);
        if written.and_then(|written| Some(written.as_str()? == hash.to_string())) != Some(true) {
            return Err(corrupted("it is not what was written there"));
        }
        let line = serde_json::from_value(value).map_err(|error| corrupted(&error.to_string()))?;
        state = state.fold(line);
        last = hash;
    }
    Ok((state, last))
}

/// Returns the hash of a line: of the hash of the line before, and its text without a hash.
fn hash_of(before: B256, value: &Value) -> B256 {
    keccak256([before.as_slice(), value.to_string().as_bytes()].concat())
}

impl Beginning {
    /// Says what a deployment to this chain is of.
    pub(super) fn new(
        chain: &Chain,
        deployer: Address,
        target: Target,
        config: &CoopConfig,
        code: BTreeMap<String, B256>,
    ) -> Self {
        Self {
            version: VERSION,
            chain_id: chain.id(),
            genesis: chain.genesis(),
            deployer,
            target,
            config: config.clone(),
            code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(step: usize, nonce: u64) -> Line {
        Line::Intent(Intent {
            step,
            title: format!("step {step}"),
            nonce,
            transaction: B256::with_last_byte(u8::try_from(nonce).unwrap_or_default()),
            raw: Bytes::from_static(&[2, 1]),
            gas: 21_000,
            max_fee: U256::MAX,
        })
    }

    fn confirmed(step: usize) -> Line {
        Line::Confirmed { step, transaction: B256::ZERO, block: 7, gas_used: 8 }
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/journal");
        assert_eq!(Journal::peek(&path).unwrap(), None);
        let mut journal = Journal::open(&path).unwrap();
        for line in [intent(0, 4), confirmed(0), intent(1, 5), intent(1, 5)] {
            journal.write(line).unwrap();
        }
        let state = journal.state.clone();
        drop(journal);
        assert_eq!(Journal::peek(&path).unwrap(), Some(state.clone()));
        assert_eq!(Journal::open(&path).unwrap().state, state);
        assert_eq!((state.sent.len(), state.open.len(), state.is_complete), (1, 2, false));
    }

    #[test]
    fn what_became_of_a_transaction_closes_it() {
        let open = State::default().fold(intent(3, 9));
        assert_eq!(open.open.len(), 1);
        let reverted = Line::Reverted { step: 3, transaction: B256::ZERO };
        for line in [confirmed(3), reverted, Line::Superseded { step: 3, nonce: 9 }] {
            assert_eq!(open.clone().fold(line).open, []);
        }
        // A later nonce is another transaction; a raised fee is the same one.
        assert_eq!(open.clone().fold(intent(3, 9)).open.len(), 2);
        assert_eq!(open.fold(intent(4, 10)).open.len(), 1);
    }

    #[test]
    fn a_line_that_was_being_written_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::open(&path).unwrap().write(confirmed(0)).unwrap();
        let whole = fs::read(&path).unwrap();
        for torn in ["{", "{\"event\":\"complete\",\"hash\":\"0x"] {
            fs::write(&path, [whole.as_slice(), torn.as_bytes()].concat()).unwrap();
            let mut journal = Journal::open(&path).unwrap();
            assert!(!journal.state.is_complete);
            journal.write(Line::Complete).unwrap();
            drop(journal);
            assert!(Journal::peek(&path).unwrap().unwrap().is_complete);
        }
    }

    #[test]
    fn a_line_that_was_changed_lost_or_moved_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        for step in 0..4 {
            journal.write(confirmed(step)).unwrap();
        }
        drop(journal);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let join = |lines: &[&str]| lines.join("\n") + "\n";
        for (damaged, number) in [
            (text.replacen("\"step\":2", "\"step\":3", 1), 3),
            (join(&[lines[0], lines[2], lines[3]]), 2),
            (join(&[lines[1], lines[0], lines[2], lines[3]]), 1),
            (text.replacen('{', "[", 1), 1),
        ] {
            fs::write(&path, damaged).unwrap();
            let error = Journal::open(&path).unwrap_err();
            let is_named = matches!(error, Error::JournalCorrupted { line, .. } if line == number);
            assert!(is_named, "{error}");
        }
    }

    #[test]
    fn a_journal_is_open_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let first = Journal::open(&path).unwrap();
        assert!(matches!(Journal::open(&path), Err(Error::Busy { .. })));
        drop(first);
        Journal::open(&path).unwrap();
    }
}
