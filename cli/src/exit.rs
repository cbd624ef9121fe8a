//! Decides which failure gives which exit status, and how a failure is said.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use datacoop_deploy::keys::KeyError;
use serde::Serialize;

use crate::{
    codes,
    output::{Format, Out},
    words,
};

/// Why the process ended without success. The numbers are in the help of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[repr(u8)]
pub(crate) enum Status {
    /// A fault of this program, or the answer no.
    Internal = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A file, a key or a setting is missing or wrong.
    Input = 3,
    /// The chain cannot be reached, is another one, or refused the request.
    Chain = 4,
    /// A contract rejected the call.
    Rejected = 5,
    /// The account cannot pay.
    Funds = 6,
    /// A contract could not be built, checked or translated.
    Build = 7,
    /// A benchmark is worse than the committed one.
    Worse = 8,
    /// The chain is not as it should be.
    Check = 9,
    /// The user interrupted the command.
    Interrupted = 130,
}

/// A command line that the parser accepts and the command does not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// A file or setting that is wrong in a way that no library says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Input(pub(crate) String);

/// Benchmarks that are worse than the committed ones.
#[derive(Debug, thiserror::Error)]
#[error("benchmarks got worse; when that is meant, run `datacoop bench` and commit:{}", lines(.0))]
pub(crate) struct BenchmarksWorse(pub(crate) Vec<datacoop_bench::Worse>);

fn lines(worse: &[datacoop_bench::Worse]) -> String {
    worse.iter().map(|worse| format!("\n  {worse}")).collect()
}

/// Roles that are still held by accounts that deployed a contract.
#[derive(Debug, thiserror::Error)]
#[error("who deployed the cooperative still holds power over it; a transaction of whoever administers the role takes it:{}", roles(.0))]
pub(crate) struct RolesLeft(pub(crate) Vec<datacoop_deploy::roles::Held>);

fn roles(held: &[datacoop_deploy::roles::Held]) -> String {
    let line = |held: &datacoop_deploy::roles::Held| {
        format!("\n  {} is {} of {}", held.holder, held.role, held.contract)
    };
    held.iter().map(line).collect()
}

/// Programs that expire soon, or have expired, each with what is to be done.
#[derive(Debug, thiserror::Error)]
#[error("programs of the cooperative expire within {days} days, or do not run any more:{}", each(.programs))]
pub(crate) struct ProgramsEnd {
    pub(crate) days: u64,
    pub(crate) programs: Vec<String>,
}

fn each(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

/// Receipts of consents that are not the hash of what they are receipts of.
#[derive(Debug, thiserror::Error)]
#[error(
    "{broken} of {of} receipts are not the hash of their change and the one before; do not rely on what this node says"
)]
pub(crate) struct ReceiptsBroken {
    pub(crate) broken: usize,
    pub(crate) of: usize,
}

/// The answer is no; it was written, and nothing is to be said about it.
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub(crate) struct Denied;

/// A cooperative is not as declared; what differs was written, and nothing is to be said about it.
#[derive(Debug, thiserror::Error)]
#[error("the cooperative is not as declared")]
pub(crate) struct NotAsDeclared;

/// The user interrupted the command.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub(crate) struct Interrupted;

/// A failure in words.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    /// What `datacoop explain` explains.
    code: String,
    status: Status,
    exit_status: u8,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<datacoop_deploy::DecodedError>,
    #[serde(skip)]
    is_broken_pipe: bool,
    #[serde(skip)]
    is_answer: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a Failure,
}

impl Failure {
    /// Puts an error into words and finds its exit status.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let status = status(error);
        let rejection = rejection(error);
        let message = match &rejection {
            Some((call, decoded)) => {
                // What stands around the rejection is kept, the rejection itself is put better.
                let around: Vec<_> = error.chain().map(ToString::to_string).collect();
                let around = &around[..around.len().saturating_sub(1)];
                let own = format!("{call} was rejected: {}", words::explain(decoded));
                around.iter().cloned().chain([own]).collect::<Vec<_>>().join(": ")
            }
            None => format!("{error:#}"),
        };
        Self {
            code: match &rejection {
                Some((_, decoded)) => codes::code_of_revert(decoded),
                None => codes::code(error, status).to_owned(),
            },
            status,
            exit_status: status as u8,
            message,
            hint: rejection.as_ref().and_then(|(_, decoded)| words::hint(decoded)),
            error: rejection.map(|(_, decoded)| decoded),
            is_broken_pipe: is_broken_pipe(error),
            is_answer: error.is::<Denied>() || error.is::<NotAsDeclared>(),
        }
    }
}

/// Says what the parser refuses, or shows the help that was asked for. What may be a private key
/// is not repeated.
pub(crate) fn misused(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    if !has_key(&text) {
        error.exit();
    }
    let mut words: Vec<_> = text.split(char::is_whitespace).map(str::to_owned).collect();
    words.retain(|word| !has_key(word));
    // Nobody is left to be told when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{}\n\n{}", words.join(" "), KeyError::KeyGiven);
    ExitCode::from(Status::Usage as u8)
}

/// Whether a text has as many hexadecimal digits in a row as a private key has.
fn has_key(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(|word| word.trim_start_matches("0x"))
        .any(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Says a failure, once, and returns its exit status. A reader that went away is none, and an
/// answer was written before.
pub(crate) fn report(failure: &Failure, command: &str, out: &Out) -> ExitCode {
    if failure.is_broken_pipe {
        return ExitCode::SUCCESS;
    }
    if failure.is_answer {
        return ExitCode::from(failure.exit_status);
    }
    if out.format() != Format::Text {
        // When stdout is closed, stderr still says it.
        let _ = out.document(command, false, &Body { error: failure });
    }
    out.error(format_args!("error[{}]: {}", failure.code, failure.message));
    if let Some(hint) = failure.hint {
        out.error(format_args!("hint: {hint}"));
    }
    ExitCode::from(failure.exit_status)
}

fn status(error: &anyhow::Error) -> Status {
    error.chain().find_map(status_of).unwrap_or(Status::Internal)
}

/// The status of one error of a chain, if it decides it.
fn status_of(error: &(dyn std::error::Error + 'static)) -> Option<Status> {
    if let Some(error) = deploy_error(error) {
        return status_of_deploy(error);
    }
    if error.is::<datacoop_ingest::Error>() || error.is::<Input>() {
        Some(Status::Input)
    } else if error.is::<Usage>() {
        Some(Status::Usage)
    } else if error.is::<BenchmarksWorse>() {
        Some(Status::Worse)
    } else if error.is::<RolesLeft>()
        || error.is::<ReceiptsBroken>()
        || error.is::<ProgramsEnd>()
        || error.is::<NotAsDeclared>()
    {
        Some(Status::Check)
    } else if let Some(error) = error.downcast_ref::<datacoop_bench::Error>() {
        status_of_bench(error)
    } else if error.is::<Interrupted>() {
        Some(Status::Interrupted)
    } else {
        None
    }
}

const fn status_of_deploy(error: &datacoop_deploy::Error) -> Option<Status> {
    use datacoop_deploy::Error as E;
    Some(match error {
        E::UnknownKeySource { .. }
        | E::UnknownContract { .. }
        | E::MalformedUrl
        | E::Sentence { .. }
        | E::Words(_)
        | E::ConsentWords(_) => Status::Usage,
        E::WorkspaceNotFound { .. }
        | E::Io { .. }
        | E::MalformedFile { .. }
        | E::NoSuchDevAccount { .. }
        | E::VariableNotSet { .. }
        | E::MalformedKey { .. }
        | E::Keystore { .. }
        | E::NoSuchProposal { .. }
        | E::AmbiguousProposal { .. }
        | E::Ballot { .. }
        | E::Signing(_)
        | E::ConstructorArguments { .. }
        | E::BookVersion { .. }
        | E::BookOfAnotherChain { .. }
        | E::BookIsStale { .. }
        | E::NotSelfGoverned { .. }
        | E::Declaration { .. }
        | E::Busy { .. }
        | E::JournalCorrupted { .. }
        | E::BegunOtherwise { .. }
        | E::NotInBook { .. }
        | E::Signed { .. }
        | E::Credential(_)
        | E::NoSuchConsent { .. }
        | E::NotDeployed { .. } => Status::Input,
        E::Unreachable { .. }
        | E::Refusal { .. }
        | E::Answer { .. }
        | E::WrongChain { .. }
        | E::NotMined { .. }
        | E::NoFactory { .. }
        | E::NonceTaken { .. }
        | E::NoContract { .. }
        | E::CodeTooLarge { .. }
        | E::StylusChain { .. }
        | E::CannotFork { .. }
        | E::OtherDomain { .. }
        | E::CodeDiffers { .. } => Status::Chain,
        E::Treasury(error) => status_of_treasury(error),
        E::Key(error) => status_of_key(error),
        E::Offline(error) => status_of_offline(error),
        E::Data(error) => status_of_data(error),
        E::Stylus(error) => status_of_stylus(error),
        E::Index(error) => status_of_index(error),
        E::Reverted { .. }
        | E::NotEnoughVotes { .. }
        | E::NotYet { .. }
        | E::NotAMember { .. }
        | E::NotYourConsent { .. }
        | E::NotContributor { .. } => Status::Rejected,
        E::InsufficientFunds { .. } => Status::Funds,
        E::MissingProgram { .. }
        | E::ProgramFailed { .. }
        | E::InvalidWasm { .. }
        | E::Refused { .. }
        | E::Translation { .. }
        | E::Compression { .. }
        | E::NotAPayload
        | E::NodeFailed { .. } => Status::Build,
        // Its source decides.
        _ => return None,
    })
}

const fn status_of_key(error: &KeyError) -> Status {
    use KeyError as E;
    match error {
        E::KeyGiven | E::Name { .. } => Status::Usage,
        E::Locked { .. } | E::NeedsNode { .. } => Status::Chain,
        _ => Status::Input,
    }
}

const fn status_of_offline(error: &datacoop_deploy::offline::OfflineError) -> Status {
    use datacoop_deploy::offline::OfflineError as E;
    match error {
        E::NeedsChain { .. } | E::NonceUsed { .. } | E::NonceAhead { .. } => Status::Chain,
        E::Tampered { .. } | E::Exists { .. } => Status::Input,
        _ => Status::Usage,
    }
}

const fn status_of_index(error: &datacoop_deploy::index::IndexError) -> Status {
    use datacoop_deploy::index::IndexError as E;
    match error {
        E::Unsettled { .. } => Status::Chain,
        _ => Status::Input,
    }
}

const fn status_of_data(error: &datacoop_deploy::data::DataError) -> Status {
    use datacoop_deploy::data::DataError as E;
    match error {
        E::ManifestElsewhere { .. } => Status::Chain,
        E::ManifestDiffers { .. } | E::BrokenHistory { .. } => Status::Check,
        E::EmptyManifest { .. }
        | E::UnknownRecord { .. }
        | E::UnknownDataset { .. }
        | E::NoSchema { .. } => Status::Rejected,
        _ => Status::Input,
    }
}

const fn status_of_stylus(error: &datacoop_deploy::stylus::StylusError) -> Status {
    use datacoop_deploy::stylus::StylusError as E;
    match error {
        E::ZeroSalt => Status::Input,
        E::PayloadTooLarge { .. } | E::NotWasm => Status::Build,
        E::ConstructorFailed { .. }
        | E::NotRefunded { .. }
        | E::KeepaliveTooSoon { .. }
        | E::BidTooSmall { .. }
        | E::AlreadyCached { .. } => Status::Rejected,
        _ => Status::Chain,
    }
}

const fn status_of_treasury(error: &datacoop_deploy::treasury::TreasuryError) -> Status {
    use datacoop_deploy::treasury::TreasuryError as E;
    match error {
        E::SeveralActions { .. } => Status::Usage,
        E::OtherChain { .. } | E::BatchOfAnotherChain { .. } | E::HashDisagrees { .. } => {
            Status::Chain
        }
        E::MissingSignatures { .. }
        | E::NonceUsed { .. }
        | E::NonceAhead { .. }
        | E::NotReady { .. }
        | E::NotAnOwner { .. }
        | E::InnerFailure { .. } => Status::Rejected,
        _ => Status::Input,
    }
}

const fn status_of_bench(error: &datacoop_bench::Error) -> Option<Status> {
    use datacoop_bench::Error as E;
    Some(match error {
        E::Deploy(error) => return status_of_deploy(error),
        E::Solc(_) | E::Refused { .. } | E::NoPeer { .. } | E::Host { .. } => Status::Build,
        E::Node { .. } | E::Missing { .. } => Status::Chain,
        E::ActionFailed { .. } => Status::Rejected,
        E::UnknownAction { .. } => Status::Usage,
        _ => return None,
    })
}

/// The library's error behind a link of a chain, which may have it boxed.
pub(crate) fn deploy_error<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a datacoop_deploy::Error> {
    let boxed = || error.downcast_ref::<Box<datacoop_deploy::Error>>().map(AsRef::as_ref);
    error.downcast_ref().or_else(boxed)
}

/// The innermost rejection by a contract: what was called, and the decoded error.
fn rejection(error: &anyhow::Error) -> Option<(String, datacoop_deploy::DecodedError)> {
    match deploy_error(error.root_cause())? {
        datacoop_deploy::Error::Reverted { call, error, .. } => {
            Some((call.clone(), error.as_ref().clone()))
        }
        _ => None,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        io.or_else(|| cause.downcast_ref::<serde_json::Error>().and_then(|e| e.io_error_kind()))
    };
    error.chain().any(|cause| kind(cause) == Some(io::ErrorKind::BrokenPipe))
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::Address, sol_types::SolError};
    use datacoop_deploy::{
        Error, bindings::IDataCoopRewards::RewardsUnauthorizedOracle, decode_error,
    };

    use super::*;

    fn reverted() -> Error {
        let data = RewardsUnauthorizedOracle { caller: Address::ZERO }.abi_encode();
        let error = Box::new(decode_error(&data));
        Error::Reverted { call: "recordContribution".to_owned(), error, transaction: None }
    }

    #[test]
    fn every_kind_of_failure_has_its_status() {
        let check = |error: anyhow::Error, expected: Status| {
            assert_eq!(Failure::of(&error).status, expected, "{error:#}");
        };
        check(anyhow::anyhow!("what?"), Status::Internal);
        check(Usage("no".to_owned()).into(), Status::Usage);
        check(Input("no".to_owned()).into(), Status::Input);
        check(Interrupted.into(), Status::Interrupted);
        check(Error::WrongChain { expected: 1, actual: 2 }.into(), Status::Chain);
        check(anyhow::Error::from(reverted()).context("while recording"), Status::Rejected);
        let source = Box::new(reverted());
        check(Error::BatchInterrupted { recorded: 1, total: 2, source }.into(), Status::Rejected);
        let funds = Error::InsufficientFunds {
            account: Address::ZERO,
            balance: Default::default(),
            needed: Default::default(),
            call: String::new(),
        };
        check(funds.into(), Status::Funds);
        check(Error::NotAPayload.into(), Status::Build);
        let ingest = datacoop_ingest::Error::Nothing { path: "x".into(), expected: "entry" };
        check(ingest.into(), Status::Input);
        let action = datacoop_bench::Error::UnknownAction { name: "x".into(), known: "y".into() };
        check(action.into(), Status::Usage);
        check(datacoop_bench::Error::from(Error::NotAPayload).into(), Status::Build);
        check(BenchmarksWorse(Vec::new()).into(), Status::Worse);
    }

    #[test]
    fn a_rejection_is_said_once_with_its_surroundings_and_a_hint() {
        let source = Box::new(reverted());
        let error = Error::BatchInterrupted { recorded: 1, total: 2, source };
        let failure = Failure::of(&error.into());
        assert!(failure.message.starts_with("1 of 2 contributions are on chain"));
        assert!(failure.message.ends_with(
            "recordContribution was rejected: 0x0000000000000000000000000000000000000000 is not the verified oracle"
        ));
        assert!(failure.hint.is_some());
        assert_eq!(failure.code, "RewardsUnauthorizedOracle");
    }

    #[test]
    fn a_chain_of_causes_is_said_in_one_line() {
        let error = anyhow::anyhow!("inner").context("middle").context("outer");
        assert_eq!(Failure::of(&error).message, "outer: middle: inner");
    }

    #[test]
    fn a_closed_stdout_is_no_failure() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(Failure::of(&pipe().into()).is_broken_pipe);
        let writing = datacoop_ingest::Error::Write(pipe());
        assert!(Failure::of(&writing.into()).is_broken_pipe);
        assert!(!Failure::of(&anyhow::anyhow!("x")).is_broken_pipe);
    }

    /// The status after another one, so that none can be forgotten.
    const fn next(status: Status) -> Option<Status> {
        Some(match status {
            Status::Internal => Status::Usage,
            Status::Usage => Status::Input,
            Status::Input => Status::Chain,
            Status::Chain => Status::Rejected,
            Status::Rejected => Status::Funds,
            Status::Funds => Status::Build,
            Status::Build => Status::Worse,
            Status::Worse => Status::Check,
            Status::Check => Status::Interrupted,
            Status::Interrupted => return None,
        })
    }

    #[test]
    fn the_help_has_every_exit_status_and_no_other() {
        let number = |line: &str| line.trim().split(' ').next()?.parse::<u8>().ok();
        let documented: Vec<u8> = crate::cli::exit_status!().lines().filter_map(number).collect();
        let all = std::iter::successors(Some(Status::Internal), |status| next(*status));
        let all: Vec<u8> = std::iter::once(0).chain(all.map(|status| status as u8)).collect();
        assert_eq!(documented, all);
    }

    #[test]
    fn what_may_be_a_key_is_seen_in_any_dress() {
        let key = "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a";
        for text in
            [key.to_owned(), format!("'0x{key}'"), format!("--x=0x{key}."), key.to_uppercase()]
        {
            assert!(has_key(&text), "{text}");
        }
        assert!(!has_key(&key[1..]) && !has_key(&format!("{key}0")) && !has_key("words"));
    }
}
