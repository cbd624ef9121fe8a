//! Decides in how many ways this library fails, and what each says.

use std::{io, path::PathBuf};

use alloy::{
    primitives::{Address, B256, U256},
    signers::local::LocalSignerError,
};

use crate::{
    DecodedError, Violation,
    calendar::{write_span, write_utc},
    consent::ConsentWordsError,
    data::DataError,
    governance::{Next, Power, Standing, WordsError},
    index::IndexError,
    keys::KeyError,
    members::CredentialError,
    offline::OfflineError,
    stylus::StylusError,
    treasury::TreasuryError,
};

/// What can go wrong. Each message names the fault and, where there is one, the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // Files and the workspace.
    /// No workspace lies at or above a folder.
    #[error("no workspace of the cooperative at or above `{}`; run inside of a checkout or set `DATACOOP_ROOT`", start.display())]
    WorkspaceNotFound {
        /// The folder.
        start: PathBuf,
    },
    /// A file or folder cannot be used.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried: `read`, `write` and the like.
        action: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// A file of ours has content that is not understood.
    #[error("`{}` is malformed: {reason}", path.display())]
    MalformedFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    // Building.
    /// A contract of this name is not part of the suite.
    #[error("there is no contract `{name}`; there are: {known}")]
    UnknownContract {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A program that is needed is not installed.
    #[error("`{program}` is needed and was not found; {way_out}")]
    MissingProgram {
        /// The program.
        program: String,
        /// How to get it.
        way_out: &'static str,
    },
    /// A program that was run failed.
    #[error("`{program}` failed:\n{output}")]
    ProgramFailed {
        /// The program, with what it was to do.
        program: String,
        /// The end of what it printed.
        output: String,
    },
    /// Bytes are not a WebAssembly module.
    #[error("not a valid WebAssembly module: {reason}")]
    InvalidWasm {
        /// The parser's reason.
        reason: String,
    },
    /// A module would not be activated on a Stylus chain.
    #[error("`{contract}` would be refused by a Stylus chain: {}", lines(violations))]
    Refused {
        /// The contract.
        contract: String,
        /// The broken rules.
        violations: Vec<Violation>,
    },
    /// A module cannot be translated to EVM bytecode.
    #[error("`{contract}` cannot be translated to EVM bytecode")]
    Translation {
        /// The contract.
        contract: String,
        /// Why not.
        source: Box<stylus_evm::Error>,
    },
    /// Compression or decompression failed.
    #[error("brotli failed")]
    Compression {
        /// Why.
        source: io::Error,
    },
    /// Code is not that of a Stylus program.
    #[error("the code does not begin as a Stylus program does")]
    NotAPayload,

    // Keys.
    /// There is no dev account of this index.
    #[error("there is no dev account {index}; there are 0 to 9")]
    NoSuchDevAccount {
        /// The index.
        index: usize,
    },
    /// An environment variable is not set or not text.
    #[error("the environment variable `{name}` is not set or is not text")]
    VariableNotSet {
        /// The variable.
        name: String,
    },
    /// What should be a private key is none.
    #[error("`{place}` does not hold a private key of 64 hexadecimal digits")]
    MalformedKey {
        /// Where it was read.
        place: String,
    },
    /// A keystore cannot be opened.
    #[error("cannot open the keystore `{}`: wrong password or not a keystore", path.display())]
    Keystore {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<LocalSignerError>,
    },
    /// A text names no place of a key.
    #[error(
        "{given} names no key; use `keystore:<name>`, `ledger:<index>`, `env:<variable>`, `dev:<index>` or `unlocked:<address>`"
    )]
    UnknownKeySource {
        /// The text, unless it may be a key itself.
        given: String,
    },
    /// Transactions are not sent at once, and something is wrong with that.
    #[error(transparent)]
    Offline(#[from] OfflineError),
    /// A key cannot be used, or what should sign does not.
    #[error(transparent)]
    Key(#[from] KeyError),

    // The chain.
    /// A text is no URL of an RPC endpoint.
    #[error("not an `http` or `https` URL of an RPC endpoint")]
    MalformedUrl,
    /// A chain does not answer.
    #[error("{endpoint} does not answer: {reason}")]
    Unreachable {
        /// The scheme, host and port; the path may be a secret.
        endpoint: String,
        /// Why, in the words of the innermost cause.
        reason: String,
    },
    /// A chain answered a request with an error that is no revert.
    #[error("the node refused `{request}`: {message} (code {code})")]
    Refusal {
        /// What was asked.
        request: String,
        /// The node's message.
        message: String,
        /// The JSON-RPC error code.
        code: i64,
    },
    /// A chain answered with something that is not understood.
    #[error("the node's answer to `{request}` is not understood: {reason}")]
    Answer {
        /// What was asked.
        request: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The chain is not the one that was asked for.
    #[error("the chain has id {actual}, not {expected}")]
    WrongChain {
        /// The id that was asked for.
        expected: u64,
        /// The id that the chain has.
        actual: u64,
    },
    /// A contract reverted.
    #[error("{call} was rejected: {error}")]
    Reverted {
        /// The function or deed.
        call: String,
        /// The revert's data, decoded.
        error: Box<DecodedError>,
        /// The transaction, when it was mined and not only simulated.
        transaction: Option<B256>,
    },
    /// An account cannot pay for a transaction.
    #[error("account {account} has {balance} wei and needs {needed} wei for {call}")]
    InsufficientFunds {
        /// The account.
        account: Address,
        /// What it has, in wei.
        balance: U256,
        /// What the transaction may cost, in wei.
        needed: U256,
        /// The function or deed.
        call: String,
    },
    /// A transaction was not mined in time.
    #[error("transaction {transaction} was not mined within {seconds} s; it may still be")]
    NotMined {
        /// The transaction.
        transaction: B256,
        /// How long it was waited for.
        seconds: u64,
    },
    /// No contract is at an address.
    #[error("there is no contract at {address}")]
    NoContract {
        /// The address.
        address: Address,
    },

    // Nodes.
    /// A node did not start.
    #[error("Anvil did not start: {reason}")]
    NodeFailed {
        /// What it printed, or why it was given up.
        reason: String,
    },

    // Deploying.
    /// A contract's code is larger than the chain takes.
    #[error(
        "`{contract}` has {bytes} bytes of code and the chain takes {limit}; use a chain without the EIP-170 limit (Anvil: `--disable-code-size-limit`)"
    )]
    CodeTooLarge {
        /// The contract.
        contract: String,
        /// Bytes of its code.
        bytes: usize,
        /// Bytes that the chain takes.
        limit: usize,
    },
    /// The chain runs Stylus programs, which are not deployed by this version.
    #[error("chain {chain_id} is a Stylus chain; this version deploys to EVM chains only")]
    StylusChain {
        /// The chain.
        chain_id: u64,
    },
    /// A Stylus chain refuses a program.
    #[error(transparent)]
    Stylus(#[from] StylusError),
    /// Code was created and is not what was built.
    #[error("the code of `{contract}` at {address} is not what was built")]
    CodeDiffers {
        /// The contract.
        contract: String,
        /// Its address.
        address: Address,
    },

    /// A file is no declaration of a cooperative.
    #[error("`{}` does not declare a cooperative:\n{reason}", path.display())]
    Declaration {
        /// The file.
        path: PathBuf,
        /// The line, and what is wrong with it.
        reason: String,
    },
    /// A chain has no factory that creates contracts at foretold addresses.
    #[error(
        "there is no deployment proxy at {factory} and the chain does not take it: {reason}; ask who runs the chain to put it there (Anvil has it unless `--disable-default-create2-deployer` is given)"
    )]
    NoFactory {
        /// Where it would be.
        factory: Address,
        /// Why it could not be put there.
        reason: String,
    },
    /// Other transactions of the account came in between again and again.
    #[error(
        "other transactions of {account} took the nonce of `{step}` {attempts} times; stop what else sends from this account and run the command again"
    )]
    NonceTaken {
        /// The account.
        account: Address,
        /// How often it was tried.
        attempts: usize,
        /// What was to be done.
        step: String,
    },
    /// Another process carries out the same deployment.
    #[error("`{}` is in use: another process deploys to this chain; wait until it ends", path.display())]
    Busy {
        /// The journal.
        path: PathBuf,
    },
    /// A line of a journal is not what was written.
    #[error("line {line} of the journal `{}` is damaged: {reason}; restore the file from a copy, or move it away and run the command again: contracts are found again at their foretold addresses", path.display())]
    JournalCorrupted {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A deployment was begun in another way than it is to be carried on.
    #[error("the deployment of `{}` was begun otherwise; carry it on as it was begun, or start another with `--replace`:{}", path.display(), differences.iter().map(|line| format!("\n  {line}")).collect::<String>())]
    BegunOtherwise {
        /// The journal.
        path: PathBuf,
        /// What differs: field, then and now.
        differences: Vec<String>,
    },
    /// Arguments do not fit a contract's constructor.
    #[error("the arguments do not fit the constructor of `{contract}`: {reason}")]
    ConstructorArguments {
        /// The contract.
        contract: String,
        /// Why not.
        reason: String,
    },

    // The address book.
    /// An address book was written by a later version.
    #[error("`{}` has version {version} and this version of the tool knows {known}; use a newer tool", path.display())]
    BookVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        version: u64,
        /// The version that is known.
        known: u64,
    },
    /// An address book belongs to another chain.
    #[error("`{}` is of another chain: {reason}; move it away or deploy with `--replace`", path.display())]
    BookOfAnotherChain {
        /// The file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// A contract of the address book is not on the chain any more.
    #[error("`{}` has `{contract}` at {address}, where the chain has {found}; move it away or deploy with `--replace`", path.display())]
    BookIsStale {
        /// The file.
        path: PathBuf,
        /// The contract.
        contract: String,
        /// Its address.
        address: Address,
        /// What is there instead.
        found: &'static str,
    },
    /// No cooperative is deployed.
    #[error("nothing is deployed on chain {chain_id}: no `{}`; run `datacoop deploy` first", path.display())]
    NotDeployed {
        /// The chain.
        chain_id: u64,
        /// Where the address book would be.
        path: PathBuf,
    },

    /// A cooperative was deployed without a contract.
    #[error("the cooperative of `{}` has no {contract}: it was not deployed wholly, or by an earlier version; run `datacoop deploy` again, or deploy another with `--replace`", path.display())]
    NotInBook {
        /// The contract.
        contract: &'static str,
        /// The address book.
        path: PathBuf,
    },
    /// A cooperative that is there does not govern itself.
    #[error("the cooperative of `{}` has no governor, and governance cannot be put under it afterwards; deploy another with `--replace`", path.display())]
    NotSelfGoverned {
        /// The address book.
        path: PathBuf,
    },

    /// The event index cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),

    // Governing.
    /// A sentence of a proposal is not understood.
    #[error("cannot read the action “{text}”")]
    Sentence {
        /// The sentence.
        text: String,
        /// Why not.
        source: WordsError,
    },
    /// What a sentence says cannot be done here.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// There is no such proposal.
    #[error(
        "there is no proposal `{reference}` among {count}; `datacoop gov list` shows them, and their first digits will do"
    )]
    NoSuchProposal {
        /// What was asked for.
        reference: String,
        /// How many there are.
        count: usize,
    },
    /// Several proposals are meant.
    #[error("`{reference}` begins the ids of {} proposals: {}", ids.len(), list(ids))]
    AmbiguousProposal {
        /// What was asked for.
        reference: String,
        /// Their ids.
        ids: Vec<U256>,
    },
    /// An account has not the votes to propose.
    #[error("{power}")]
    NotEnoughVotes {
        /// What it has, and what it takes.
        power: Box<Power>,
    },
    /// A proposal is not where it would have to be.
    #[error("cannot {action} it: {}", where_it_stands(standing))]
    NotYet {
        /// What was to be done.
        action: &'static str,
        /// Where the proposal stands.
        standing: Box<Standing>,
    },
    /// A signed ballot cannot be used.
    #[error("`{}` is no ballot for this vote: {reason}", path.display())]
    Ballot {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A chain's contracts do not run on a fork of it.
    #[error("chain {chain_id} runs Stylus programs, which a fork in Anvil cannot run")]
    CannotFork {
        /// The chain.
        chain_id: u64,
    },
    // The treasury.
    /// A transaction of the treasury is refused before the chain sees it.
    #[error(transparent)]
    Treasury(#[from] TreasuryError),
    /// A key could not sign.
    #[error("the key could not sign")]
    Signing(#[source] alloy::signers::Error),

    // Records and datasets.
    /// Records, salts or manifests are refused before the chain sees them.
    #[error(transparent)]
    Data(#[from] DataError),
    // Members and consents.
    /// An account is no member.
    #[error("{account} is not a member; an issuer invites it with `datacoop member invite`")]
    NotAMember {
        /// The account.
        account: Address,
    },
    /// A signed file cannot be used.
    #[error("`{}` cannot be used: {reason}", path.display())]
    Signed {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A contract signs for another domain than this version of the tool.
    #[error("the contract at {contract} has another EIP-712 domain than `{name}` on this chain")]
    OtherDomain {
        /// The contract.
        contract: Address,
        /// The name of the domain that was expected.
        name: &'static str,
    },
    /// A person's credential cannot be made.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// What is said of a consent is not understood.
    #[error(transparent)]
    ConsentWords(#[from] ConsentWordsError),
    /// There is no such consent.
    #[error("there is no consent {id}; `datacoop consent log` shows what a member consented to")]
    NoSuchConsent {
        /// The id that was asked for.
        id: U256,
    },
    /// A consent belongs to somebody else.
    #[error(
        "consent {id} is {subject}'s, and changed by nobody else; sign with that key (`--from`), or let its owner sign with `datacoop consent sign`"
    )]
    NotYourConsent {
        /// The consent.
        id: U256,
        /// Whose it is.
        subject: Address,
    },

    /// An account is a contributor of none of the editions.
    #[error("{account} is a contributor of none of the editions of {manifests} manifests")]
    NotContributor {
        /// The account.
        account: Address,
        /// How many manifests were named.
        manifests: usize,
    },

    // Recording.
    /// A batch stopped before its end.
    #[error(
        "{recorded} of {total} contributions are on chain and the batch stopped; run it again to carry on, nothing is recorded twice"
    )]
    BatchInterrupted {
        /// Contributions that are confirmed.
        recorded: usize,
        /// Contributions that were to be recorded.
        total: usize,
        /// Why it stopped.
        source: Box<Self>,
    },
}

fn lines(violations: &[Violation]) -> String {
    violations.iter().map(|violation| format!("\n  {violation}")).collect()
}

fn list(ids: &[U256]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

/// Says where a proposal stands and when that changes.
fn where_it_stands(standing: &Standing) -> String {
    let left = |time: u64| write_span(U256::from(time.saturating_sub(standing.now)));
    match standing.next() {
        Next::Wait(time) => {
            format!("it is pending; the vote begins after {} (in {})", write_utc(time), left(time))
        }
        Next::Vote(time) => {
            format!("the vote is open until {} ({} left)", write_utc(time), left(time))
        }
        Next::Queue => "it has succeeded and is not queued; `datacoop gov queue`".to_owned(),
        Next::Delay(time) => {
            format!("it is queued and can be executed from {} (in {})", write_utc(time), left(time))
        }
        Next::Execute => "it is ready; `datacoop gov execute`".to_owned(),
        Next::Over => format!("it is {}, and that is final", standing.state),
    }
}
