//! Decides where an account's key comes from, and keeps it out of every text.
//!
//! A key is read when it is needed and lives in the signer alone. What this module prints or
//! reports names the place of a key, never its value.

mod dev;
mod error;
mod keyring;
mod ledger;
mod node;
mod password;
mod signer;
mod source;
mod typed;

#[cfg(test)]
pub(crate) mod testing;

pub use dev::{DEV_ACCOUNTS, dev_account, dev_index};
pub use error::KeyError;
pub use keyring::{Keyring, StoredKey};
pub use ledger::connect as connect_ledger;
pub use node::NodeAccount;
pub use password::{Password, PasswordSource};
pub use signer::{Answer, Device, Signer};
pub use source::{KeySource, parse_key};
pub use typed::Typed;
