//! Decides in how many ways transactions that are sent later are refused, and what each says.

use std::path::PathBuf;

use alloy::primitives::{Address, B256};

/// What can be wrong with transactions that are not sent at once.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfflineError {
    /// Something has to be asked of a chain, and there is none.
    #[error(
        "without a chain `{request}` cannot be asked, and this command has to ask: leave `--chain-id` out where the chain is in reach, sign there with `--sign-only FILE`, or use a command that only sends"
    )]
    NeedsChain {
        /// What was to be asked.
        request: String,
    },
    /// A transaction was laid aside, and what it would do is not known.
    #[error("the transactions are laid aside, and what they will do is not known yet")]
    LaidAside,
    /// The gas of a transaction that is laid aside is not known.
    #[error("this node cannot tell the gas of `{step}`: say it with `--gas-limit`")]
    GasUnknown {
        /// The step of a deployment.
        step: String,
    },
    /// A command laid nothing aside.
    #[error("this command would send no transaction here; nothing was written")]
    Nothing,
    /// A file is there already.
    #[error(
        "`{}` is there already, and may have signed transactions in it: choose another name",
        path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A Safe's batch creates no contract.
    #[error("`{call}` creates a contract, and a Safe's batch has calls alone; use `--sign-only`")]
    Creation {
        /// What it does.
        call: String,
    },
    /// A file of signed transactions is not what was signed.
    #[error("`{}`, transaction {number}: {reason}; nothing was sent", path.display())]
    Tampered {
        /// The file.
        path: PathBuf,
        /// Which of its transactions, from 1.
        number: usize,
        /// What is wrong.
        reason: String,
    },
    /// Another transaction has the nonce.
    #[error(
        "nonce {nonce} of {sender} was used by another transaction, so {transaction} can never be mined: sign the rest anew"
    )]
    NonceUsed {
        /// The account.
        sender: Address,
        /// The nonce.
        nonce: u64,
        /// The transaction that wanted it.
        transaction: B256,
    },
    /// Transactions before these are missing.
    #[error(
        "the next nonce of {sender} is {next} and the file begins with {nonce}: send what comes before it first"
    )]
    NonceAhead {
        /// The account.
        sender: Address,
        /// The nonce of the first transaction that is not mined.
        nonce: u64,
        /// The account's next nonce.
        next: u64,
    },
}
