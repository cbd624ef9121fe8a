//! One run of the `datacoop` command, and what may be expected of every run.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use datacoop_tests::Coop;
use serde_json::Value;

/// Exit statuses, as the help of every command has them.
pub(crate) const DONE: i32 = 0;
pub(crate) const USAGE: i32 = 2;
pub(crate) const INPUT: i32 = 3;
pub(crate) const CHAIN: i32 = 4;
pub(crate) const REJECTED: i32 = 5;
pub(crate) const FUNDS: i32 = 6;

/// Variables of the user who runs the tests that would change what the command does.
pub(crate) const VARIABLES: [&str; 13] = [
    "DATACOOP_RPC_URL",
    "DATACOOP_NETWORK",
    "DATACOOP_DEPLOYMENTS",
    "DATACOOP_FROM",
    "DATACOOP_TREASURY",
    "DATACOOP_REVENUE",
    "DATACOOP_MARKET",
    "DATACOOP_PASSWORD",
    "DATACOOP_ISSUER_SECRET",
    "DATACOOP_ISSUER_SECRET_FILE",
    "DATACOOP_PASSWORD_FILE",
    "DATACOOP_KEYS",
    "DATACOOP_NON_INTERACTIVE",
];

/// The command, before it is run.
pub(crate) struct Datacoop(Command);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Datacoop {
    /// The command with these words, apart from the user's own settings.
    pub(crate) fn new(words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_datacoop"));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command.args(words).stdin(Stdio::null());
        Self(command)
    }

    /// The command with these words, for a cooperative.
    pub(crate) fn on(coop: &Coop, words: &[&str]) -> Self {
        Self::new(words).at(&coop.node.url()).with_books(coop.folder.path())
    }

    /// Sets the RPC endpoint.
    pub(crate) fn at(self, url: &str) -> Self {
        self.env("DATACOOP_RPC_URL", url)
    }

    /// Sets the folder of the address books.
    pub(crate) fn with_books(mut self, folder: &Path) -> Self {
        self.0.env("DATACOOP_DEPLOYMENTS", folder);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Run {
        let output = self.0.output().expect("the command starts");
        Self::ended(output)
    }

    /// Runs it to its end with this text on stdin.
    pub(crate) fn run_with(mut self, input: &str) -> Run {
        let command = self.0.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        // A command that does not read it may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Self::ended(child.wait_with_output().expect("the command ends"))
    }

    fn ended(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("the command writes UTF-8");
        let run = Run {
            status: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }
}

impl Run {
    /// Asserts that it succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.status, DONE, "{}{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that it failed with this status and exactly one message, which has these words.
    #[track_caller]
    pub(crate) fn failed(self, status: i32, words: &[&str]) -> Self {
        assert_eq!(self.status, status, "{}{}", self.stdout, self.stderr);
        // The parser's own messages have no code.
        let is_message = |line: &&str| line.starts_with("error[") || line.starts_with("error: ");
        let messages = self.stderr.lines().filter(is_message).count();
        assert_eq!(messages, 1, "one message, not {messages}: {}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in: {}", self.stderr);
        }
        self
    }

    /// The one JSON document that stdout is.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(document) => document,
            Err(error) => panic!("stdout is not one JSON document: {error}\n{}", self.stdout),
        }
    }
}

/// Reads a number out of a JSON document.
#[track_caller]
pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("not a number: {value}"))
}
