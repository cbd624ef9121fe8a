//! Decides in how many ways the treasury's files and signatures are refused, and what each says.

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256};

/// What can be wrong with a transaction of the treasury before the chain sees it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreasuryError {
    // The treasury.
    /// The address book has no treasury.
    #[error("`{}` has no treasury; deploy one with `datacoop deploy --dao`, or name one with `--treasury`", path.display())]
    NoTreasury {
        /// The address book.
        path: PathBuf,
    },
    /// The treasury makes another hash of a transaction.
    #[error(
        "{treasury} makes the hash {answered} of a transaction that has {computed} here: it is no Safe of this version"
    )]
    HashDisagrees {
        /// The treasury.
        treasury: Address,
        /// The hash that was computed here.
        computed: B256,
        /// The hash that the contract answers with.
        answered: B256,
    },
    /// A change of owners or modules names one that is none.
    #[error("{account} is no {what} of the treasury")]
    NotInList {
        /// The account.
        account: Address,
        /// `owner` or `module`.
        what: &'static str,
    },
    /// One transaction does one thing.
    #[error(
        "a transaction does one thing and {count} were asked for: propose them one after the other, each with the next `--nonce`, or let a MultiSend contract do all at once (`--multi-send ADDRESS`; Safe's own is not on this chain)"
    )]
    SeveralActions {
        /// How many.
        count: usize,
    },

    // Files.
    /// A file was written by a later version.
    #[error("`{}` has version {version} and this version of the tool knows {known}; use a newer tool", path.display())]
    FileVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        version: u64,
        /// The version that is known.
        known: u64,
    },
    /// A file's hash is not that of its fields.
    #[error("`{}` was tampered with or damaged: it says that its hash is {written}, and its fields have {computed}; do not sign it", path.display())]
    HashDiffers {
        /// The file.
        path: PathBuf,
        /// The hash that it says it has.
        written: B256,
        /// The hash of its fields.
        computed: B256,
    },
    /// A signature in a file is not its owner's.
    #[error("`{}` has a signature of {owner} that is not theirs: {reason}", path.display())]
    BadSignature {
        /// The file.
        path: PathBuf,
        /// Who is said to have signed.
        owner: Address,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is to be written holds another transaction.
    #[error("`{}` holds another transaction, maybe with signatures; choose another name with `--out`", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },
    /// Two files are not of the same transaction.
    #[error("`{}` is of transaction {actual}, not of {expected}", path.display())]
    OtherTransaction {
        /// The second file.
        path: PathBuf,
        /// The hash in the first one.
        expected: B256,
        /// The hash in the second one.
        actual: B256,
    },
    /// A file is of another chain.
    #[error("the transaction is for chain {expected}, and this is chain {actual}")]
    OtherChain {
        /// The chain that the transaction is for.
        expected: u64,
        /// The chain that was reached.
        actual: u64,
    },
    /// A file is of another treasury.
    #[error("the transaction is for the treasury {expected}, and this cooperative's is {actual}")]
    OtherTreasury {
        /// The treasury that the transaction is for.
        expected: Address,
        /// The one that was found.
        actual: Address,
    },

    // Files of the transaction builder.
    /// A batch is not understood.
    #[error("`{}` is no batch of Safe's transaction builder: {reason}", path.display())]
    MalformedBatch {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A batch is of another chain.
    #[error("`{}` is a batch for chain {written}, and this is chain {actual}", path.display())]
    BatchOfAnotherChain {
        /// The file.
        path: PathBuf,
        /// The chain that it names.
        written: String,
        /// The chain that was reached.
        actual: u64,
    },
    /// A batch was changed after it was written.
    #[error("`{}` was changed after it was written: its checksum is {written}, and its content has {computed}", path.display())]
    BatchChecksum {
        /// The file.
        path: PathBuf,
        /// The checksum in the file.
        written: String,
        /// The checksum of its content.
        computed: B256,
    },
    /// A batch has nothing in it.
    #[error("`{}` has no transactions", path.display())]
    EmptyBatch {
        /// The file.
        path: PathBuf,
    },

    // Signing and executing.
    /// Somebody who is no owner would sign or cancel.
    #[error("{account} is no owner of the treasury; the owners are {}", list(owners))]
    NotAnOwner {
        /// The account.
        account: Address,
        /// The owners.
        owners: Vec<Address>,
    },
    /// Too few owners have signed.
    #[error(
        "{have} of the {threshold} signatures that are needed are there; missing are {} of {}{}{}",
        threshold.saturating_sub(*have), list(missing), strangers_text(strangers), refused_text(refused)
    )]
    MissingSignatures {
        /// Signatures of owners.
        have: u64,
        /// Signatures that are needed.
        threshold: u64,
        /// Owners who have not signed.
        missing: Vec<Address>,
        /// Who signed and is no owner.
        strangers: Vec<Address>,
        /// Contracts that do not take their signature for one (ERC-1271).
        refused: Vec<Address>,
    },
    /// The nonce was used.
    #[error(
        "nonce {nonce} is used up, by this transaction or another (`datacoop treasury list`); the next one is {next}"
    )]
    NonceUsed {
        /// The transaction's nonce.
        nonce: U256,
        /// The treasury's next nonce.
        next: U256,
    },
    /// Transactions with lower nonces go first.
    #[error("nonce {nonce} is not next: {next} is, and transactions are executed in order")]
    NonceAhead {
        /// The transaction's nonce.
        nonce: U256,
        /// The treasury's next nonce.
        next: U256,
    },
    /// A queued transaction waits for its delay.
    #[error(
        "{hash} is queued and can be executed in {seconds} seconds, from {ready_at} on (seconds since 1970)"
    )]
    NotReady {
        /// The transaction's hash.
        hash: B256,
        /// When it can be executed, in seconds since 1970.
        ready_at: u64,
        /// How long that is from the chain's time.
        seconds: u64,
    },
    /// The called contract refused, which does not revert a transaction with gas of its own.
    #[error(
        "the transaction {hash} would be used up without effect: what it calls fails with the gas that it gives"
    )]
    InnerFailure {
        /// The transaction's hash.
        hash: B256,
    },
}

fn list(accounts: &[Address]) -> String {
    accounts.iter().map(|account| account.to_checksum(None)).collect::<Vec<_>>().join(", ")
}

fn strangers_text(strangers: &[Address]) -> String {
    if strangers.is_empty() {
        return String::new();
    }
    format!("; signatures of {} do not count, they are no owners", list(strangers))
}

fn refused_text(refused: &[Address]) -> String {
    if refused.is_empty() {
        return String::new();
    }
    format!(
        "; the contract {} does not take its signature for one: too few of its owners have signed, or it is of another form",
        list(refused)
    )
}
