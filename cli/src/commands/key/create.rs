//! Decides what `datacoop key create` does: makes a key and stores it encrypted.

use std::io::{self, Write};

use serde::Serialize;

use super::view::View;
use crate::{
    args::{PasswordArgs, RpcArgs},
    ask,
    cli::after_help,
    output::{Out, Report},
};

/// Makes a new key and stores it in an encrypted keystore, under a name.
///
/// The keystore and its password are all there is: keep a copy of both, in two places.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop key create admin"
    "datacoop key create oracle --password-file oracle.password --non-interactive"
))]
pub(crate) struct CreateArgs {
    /// What the key is called.
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Serialize)]
struct Created(View);

impl CreateArgs {
    pub(crate) fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { name, password } = self;
        let keyring = rpc.keyring()?;
        // Before anybody chooses a password.
        keyring.free_path(&name).map_err(datacoop_deploy::Error::from)?;
        let password = match password.source() {
            Some(source) => source.read()?,
            None => ask::new_password(out, &format!("`{name}`"))?,
        };
        out.result(&Created(View::of(keyring.create(&name, &password)?)))
    }
}

impl Report for Created {
    const COMMAND: &'static str = "key create";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)?;
        writeln!(
            to,
            "\nKeep a copy of the file and of the password: nobody can make the key again."
        )
    }
}
