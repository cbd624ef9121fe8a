//! Decides what `datacoop completions` does: prints what makes a shell complete the command line.

use std::io;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::{Cli, after_help};

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop completions bash > ~/.local/share/bash-completion/completions/datacoop"
    "datacoop completions zsh > ~/.zfunc/_datacoop"
    "datacoop completions fish > ~/.config/fish/completions/datacoop.fish"
))]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl CompletionsArgs {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let Self { shell } = self;
        let mut text = Vec::new();
        generate(shell, &mut Cli::command(), "datacoop", &mut text);
        io::Write::write_all(&mut io::stdout().lock(), &text)?;
        Ok(())
    }
}
