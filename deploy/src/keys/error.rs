//! Decides in how many ways keys and signing fail, and what each says. No text has a key in it.

use std::path::PathBuf;

use alloy::primitives::Address;

/// What can be wrong with a key, or with what should sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A text that should name the place of a key may be the key itself.
    #[error(
        "what was given may be a private key itself, and it is in the shell's history now: take it for known to others, move what it holds, and keep its successor in a keystore (`datacoop key create NAME`, `datacoop key import NAME`)"
    )]
    KeyGiven,
    /// A name that no keystore can have.
    #[error(
        "`{name}` is no name of a key: it takes letters, digits, `-`, `_` and `.`, begins with a letter or digit, and has 64 of them at most"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// There is a keystore of this name.
    #[error("there is a key `{name}` already, and a keystore is never overwritten: `{}`", path.display())]
    Exists {
        /// The name.
        name: String,
        /// The keystore.
        path: PathBuf,
    },
    /// There is no keystore of this name.
    #[error("there is no key `{name}` in `{}`, and no file of that name; `datacoop key list` shows those that there are", folder.display())]
    Unknown {
        /// The name.
        name: String,
        /// The folder of the keystores.
        folder: PathBuf,
    },
    /// A keystore has to have a password.
    #[error("a keystore without a password is none: choose a password")]
    NoPassword,
    /// No Ledger answers.
    #[error(
        "no Ledger answers ({reason}): connect it, unlock it, open its Ethereum app, and close Ledger Live and other wallets that use it"
    )]
    NoLedger {
        /// What its driver says.
        reason: String,
    },
    /// A device did not sign.
    #[error(
        "the device did not sign ({reason}): it asks on its screen, and must be unlocked with its Ethereum app open; typed data need version 1.6.0 of that app"
    )]
    Device {
        /// What its driver says.
        reason: String,
    },
    /// A hash alone is signed by a key alone.
    #[error("what signs for {signer} takes typed data and no bare hash; sign with a key")]
    BareHash {
        /// Whose signature was wanted.
        signer: Address,
    },
    /// An address alone signs nothing.
    #[error(
        "{address} is an address and has no key here: it is for `--safe-batch FILE`; sign with `keystore:NAME`, `ledger` or another source"
    )]
    NoKey {
        /// The address.
        address: Address,
    },
    /// A node does not sign for an account.
    #[error("the node does not sign for {address}; it signs for {known}")]
    Locked {
        /// The account.
        address: Address,
        /// The accounts that it signs for.
        known: String,
    },
    /// An unlocked account was to sign without its node.
    #[error("the node signs for `unlocked:{address}`, and no node is connected")]
    NeedsNode {
        /// The account.
        address: Address,
    },
    /// What came back is not the signature that was asked for.
    #[error("what signed for {expected} gave something else back: {reason}")]
    OtherSignature {
        /// Whose signature was wanted.
        expected: Address,
        /// What came instead.
        reason: String,
    },
}
