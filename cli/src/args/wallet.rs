//! Decides which flags name the account that signs.

use std::{env, path::PathBuf};

use datacoop_deploy::keys::{KeySource, PasswordSource, Signer};

use super::RpcArgs;
use crate::{ask, output::Out};

/// The environment variable with a keystore's password.
pub(crate) const PASSWORD_VARIABLE: &str = "DATACOOP_PASSWORD";

/// The account that signs and pays.
// The parser takes a group inside of a group for missing where the outer one may be: so the flag of
// the password stands in both.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct WalletArgs {
    /// Where the account's key is: `keystore:NAME` is an encrypted keystore (`datacoop key`; a
    /// path works, too), `ledger` or `ledger:1` a Ledger's account, `env:NAME` an environment
    /// variable, `dev:0` to `dev:9` are Anvil's accounts, `unlocked:ADDRESS` is one that the
    /// node signs for.
    // A text, since the parser would repeat a mistyped value, which may be a key.
    #[arg(long, value_name = "KEY", env = "DATACOOP_FROM", hide_env_values = true)]
    from: String,

    /// A file with the keystore's password; without it, the variable `DATACOOP_PASSWORD` has it, or
    /// the terminal asks.
    #[arg(long, value_name = "FILE", env = "DATACOOP_PASSWORD_FILE", hide_env_values = true)]
    password_file: Option<PathBuf>,
}

/// The account that signs and pays, where a command does something without one.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct OptionalWalletArgs {
    /// Where the account's key is, when something is to be signed: `keystore:NAME` is an encrypted
    /// keystore (`datacoop key`; a path works, too), `ledger` or `ledger:1` a Ledger's account,
    /// `env:NAME` an environment variable, `dev:0` to `dev:9` are Anvil's accounts,
    /// `unlocked:ADDRESS` is one that the node signs for.
    #[arg(long, value_name = "KEY", env = "DATACOOP_FROM", hide_env_values = true)]
    from: Option<String>,

    /// A file with the keystore's password; without it, the variable `DATACOOP_PASSWORD` has it, or
    /// the terminal asks.
    #[arg(long, value_name = "FILE", env = "DATACOOP_PASSWORD_FILE", hide_env_values = true)]
    password_file: Option<PathBuf>,
}

/// Where the password of a keystore is.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PasswordArgs {
    /// A file with the keystore's password; without it, the variable `DATACOOP_PASSWORD` has it, or
    /// the terminal asks.
    #[arg(long, value_name = "FILE", env = "DATACOOP_PASSWORD_FILE", hide_env_values = true)]
    password_file: Option<PathBuf>,
}

impl WalletArgs {
    /// Finds what signs. Commands do so before they ask the chain anything.
    pub(crate) async fn signer(&self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<Signer> {
        let password_file = self.password_file.clone();
        load(&self.from, &PasswordArgs { password_file }, rpc, out).await
    }
}

impl OptionalWalletArgs {
    /// The flags of a command that signs, when an account was named.
    pub(crate) fn named(&self) -> Option<WalletArgs> {
        let Self { from, password_file } = self.clone();
        from.map(|from| WalletArgs { from, password_file })
    }

    /// Finds what signs, if it was named.
    pub(crate) async fn signer(&self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<Option<Signer>> {
        match &self.from {
            Some(from) => {
                let password_file = self.password_file.clone();
                load(from, &PasswordArgs { password_file }, rpc, out).await.map(Some)
            }
            None => Ok(None),
        }
    }
}

impl PasswordArgs {
    /// Where the password of a keystore is, if flags or the environment say it.
    pub(crate) fn source(&self) -> Option<PasswordSource> {
        let file = self.password_file.clone().map(PasswordSource::File);
        let is_set = env::var_os(PASSWORD_VARIABLE).is_some();
        file.or_else(|| is_set.then(|| PasswordSource::Variable(PASSWORD_VARIABLE.to_owned())))
    }
}

/// Finds what signs for an account, and asks for a password when there is none.
pub(crate) async fn load(
    from: &str,
    passwords: &PasswordArgs,
    rpc: &RpcArgs,
    out: &Out,
) -> anyhow::Result<Signer> {
    let mut source: KeySource = from.parse()?;
    match &mut source {
        KeySource::Keystore { path, password } => {
            let name = path.display().to_string();
            *path = rpc.keyring()?.find(path).map_err(datacoop_deploy::Error::from)?;
            *password = match passwords.source() {
                Some(source) => source,
                None => PasswordSource::Given(ask::password(out, &format!("`{name}`"))?),
            };
        }
        KeySource::Unlocked(address) => {
            return Ok(Signer::unlocked(&rpc.connect().await?, *address).await?);
        }
        _ => {}
    }
    Ok(source.load().await?)
}
