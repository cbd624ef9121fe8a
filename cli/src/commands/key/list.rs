//! Decides what `datacoop key list` does: shows the keystores, without opening any.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use serde::Serialize;

use super::view::View;
use crate::{
    args::RpcArgs,
    cli::after_help,
    output::{Out, Report, table},
};

/// Shows the keystores and the addresses that they say to be of.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop key list"
    "datacoop key list --keys /media/stick/keys --json"
))]
pub(crate) struct ListArgs {}

#[derive(Serialize)]
struct Listed {
    folder: PathBuf,
    keys: Vec<View>,
}

impl ListArgs {
    pub(crate) fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self {} = self;
        let keyring = rpc.keyring()?;
        let keys = keyring.list()?.into_iter().map(View::of).collect();
        out.result(&Listed { folder: keyring.folder().to_path_buf(), keys })
    }
}

impl Report for Listed {
    const COMMAND: &'static str = "key list";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.keys.is_empty() {
            let folder = self.folder.display();
            return writeln!(to, "no keys in {folder}; `datacoop key create NAME` makes one");
        }
        let mut table = table(["name", "address", "file"], &[]);
        for key in &self.keys {
            let file = key.path.display().to_string();
            table.add_row([key.name.clone(), key.address(), file]);
        }
        writeln!(to, "{table}")
    }
}
