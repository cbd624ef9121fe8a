//! Decides what `datacoop key address` does: tells the address of what signs.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    args::{PasswordArgs, RpcArgs, load_signer},
    cli::after_help,
    output::{Account, Out, Report},
};

/// Tells the address of a key, proved by opening it: a keystore asks for its password, a Ledger
/// must be connected.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop key address keystore:admin"
    "datacoop key address ledger:0"
    "datacoop key address dev:0 --json"
))]
pub(crate) struct AddressArgs {
    /// Where the key is, as `--from` of other commands takes it.
    // A text, since the parser would repeat a mistyped value, which may be a key.
    #[arg(value_name = "SOURCE")]
    source: String,

    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Serialize)]
struct Answer {
    address: Account,
}

impl AddressArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { source, password } = self;
        let signer = load_signer(&source, &password, rpc, out).await?;
        out.result(&Answer { address: Account(signer.address()) })
    }
}

impl Report for Answer {
    const COMMAND: &'static str = "key address";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "{}", self.address)
    }
}
