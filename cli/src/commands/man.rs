//! Decides what `datacoop man` does: writes a manual page for every command.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::CommandFactory;
use datacoop_deploy::Error;
use serde::Serialize;

use crate::{
    cli::{Cli, after_help},
    output::{Out, Report},
};

/// Writes a manual page for every command into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop man ~/.local/share/man/man1"
))]
pub(crate) struct ManArgs {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Serialize)]
struct Written {
    folder: PathBuf,
    pages: usize,
}

impl ManArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Self { folder } = self;
        let failed = |source| Error::Io { path: folder.clone(), action: "write", source };
        fs::create_dir_all(&folder).map_err(failed)?;
        clap_mangen::generate_to(Cli::command(), &folder).map_err(failed)?;
        let is_ours = |name: &str| name.starts_with("datacoop") && name.ends_with(".1");
        let entries = fs::read_dir(&folder).map_err(failed)?.flatten();
        let pages = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_ours)).count();
        out.result(&Written { folder, pages })
    }
}

impl Report for Written {
    const COMMAND: &'static str = "man";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "{} pages in {}", self.pages, self.folder.display())
    }
}
