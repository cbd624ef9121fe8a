//! Decides what `datacoop key import` does: stores a key that there is, encrypted.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

use datacoop_deploy::{
    Error,
    keys::{KeyError, parse_key},
};
use serde::Serialize;

use super::view::View;
use crate::{
    args::{PasswordArgs, RpcArgs},
    ask,
    cli::after_help,
    output::{Out, Report},
};

/// Stores a private key in an encrypted keystore, under a name.
///
/// The key is read from a file, from stdin, or asked for on the terminal. It is no argument:
/// arguments stay in the shell's history and are shown to everybody on the machine.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop key import admin"
    "datacoop key import oracle --key-file oracle.key --password-file oracle.password"
    "datacoop key import oracle --password-file oracle.password < oracle.key"
))]
pub(crate) struct ImportArgs {
    /// What the key is called.
    #[arg(value_name = "NAME")]
    name: String,

    /// A file with the key, as 64 hexadecimal digits.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    // Taken, so that what may be a key is refused here and not repeated by the parser.
    #[arg(hide = true, value_name = "KEY", allow_hyphen_values = true)]
    refused: Vec<String>,

    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Serialize)]
struct Imported(View);

impl ImportArgs {
    pub(crate) fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { name, key_file, refused, password } = self;
        let is_key = |text: &str| parse_key(text).is_some();
        let file = key_file.as_ref().and_then(|path| path.to_str());
        if !refused.is_empty() || is_key(&name) || file.is_some_and(is_key) {
            return Err(Error::from(KeyError::KeyGiven).into());
        }
        let keyring = rpc.keyring()?;
        keyring.free_path(&name).map_err(Error::from)?;
        let (text, place) = read(key_file.as_deref(), out)?;
        let key = parse_key(&text).ok_or(Error::MalformedKey { place })?;
        let password = match password.source() {
            Some(source) => source.read()?,
            None => ask::new_password(out, &format!("`{name}`"))?,
        };
        out.result(&Imported(View::of(keyring.import(&name, &key, &password)?)))
    }
}

/// Reads the key, and tells where it was.
fn read(file: Option<&Path>, out: &Out) -> anyhow::Result<(String, String)> {
    if let Some(path) = file {
        let text = fs::read_to_string(path).map_err(|source| Error::Io {
            path: path.to_path_buf(),
            action: "read",
            source,
        })?;
        return Ok((text, path.display().to_string()));
    }
    if io::stdin().is_terminal() {
        return Ok((ask::key(out)?, "the terminal".to_owned()));
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok((text, "stdin".to_owned()))
}

impl Report for Imported {
    const COMMAND: &'static str = "key import";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)?;
        writeln!(to, "\nThe keystore has the key now: remove what it was read from.")
    }
}
