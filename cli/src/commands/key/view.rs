//! Decides how a stored key is shown: its name, its address and its file.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::keys::StoredKey;
use serde::Serialize;

use crate::output::{Account, pairs};

#[derive(Serialize)]
pub(super) struct View {
    pub(super) name: String,
    pub(super) address: Option<Account>,
    pub(super) path: PathBuf,
}

impl View {
    pub(super) fn of(key: StoredKey) -> Self {
        let StoredKey { name, address, path } = key;
        Self { name, address: address.map(Account), path }
    }

    pub(super) fn address(&self) -> String {
        self.address.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
    }

    /// Writes what a new key is, and how it is used.
    pub(super) fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let from = format!("--from keystore:{}", self.name);
        pairs(
            to,
            &[("address", &self.address()), ("file", &self.path.display()), ("sign with", &from)],
        )
    }
}
