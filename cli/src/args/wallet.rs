//! Decides which flags name the account that signs.

use std::path::PathBuf;

use alloy::signers::local::PrivateKeySigner;
use datacoop_deploy::keys::{KeySource, PasswordSource};

/// The account that signs and pays.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct WalletArgs {
    /// Where the account's key is: `dev:0` to `dev:9` are Anvil's accounts, `env:NAME` is an
    /// environment variable, `keystore:FILE` an encrypted keystore.
    // A text, since the parser would repeat a mistyped value, which may be a key.
    #[arg(long, value_name = "KEY", env = "DATACOOP_FROM", hide_env_values = true)]
    from: String,

    /// A file with the keystore's password; without it, the variable `DATACOOP_PASSWORD` has it.
    #[arg(long, value_name = "FILE", env = "DATACOOP_PASSWORD_FILE", hide_env_values = true)]
    password_file: Option<PathBuf>,
}

/// The account that signs and pays, where a command does something without one.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct OptionalWalletArgs {
    /// Where the account's key is, when something is to be signed: `dev:0` to `dev:9` are Anvil's
    /// accounts, `env:NAME` is an environment variable, `keystore:FILE` an encrypted keystore.
    #[arg(long, value_name = "KEY", env = "DATACOOP_FROM", hide_env_values = true)]
    from: Option<String>,

    /// A file with the keystore's password; without it, the variable `DATACOOP_PASSWORD` has it.
    #[arg(long, value_name = "FILE", env = "DATACOOP_PASSWORD_FILE", hide_env_values = true)]
    password_file: Option<PathBuf>,
}

impl WalletArgs {
    /// Reads the key. Commands do so before they ask the chain anything.
    pub(crate) fn signer(&self) -> anyhow::Result<PrivateKeySigner> {
        load(&self.from, self.password_file.as_ref())
    }
}

impl OptionalWalletArgs {
    /// Reads the key, if one was named.
    pub(crate) fn signer(&self) -> anyhow::Result<Option<PrivateKeySigner>> {
        let load = |from: &String| load(from, self.password_file.as_ref());
        self.from.as_ref().map(load).transpose()
    }
}

fn load(from: &str, password_file: Option<&PathBuf>) -> anyhow::Result<PrivateKeySigner> {
    let mut source: KeySource = from.parse()?;
    if let (KeySource::Keystore { password, .. }, Some(file)) = (&mut source, password_file) {
        *password = PasswordSource::File(file.clone());
    }
    Ok(source.load()?)
}
