//! Decides which flags say how results are shown.

use crate::output::{Format, Out};

/// How results are shown.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct OutputArgs {
    /// Print one JSON document on stdout, in place of text.
    #[arg(long, global = true)]
    json: bool,

    /// Say nothing on stderr but errors.
    #[arg(long, short, global = true)]
    quiet: bool,

    /// Never ask: what would be asked fails, and says what to pass.
    #[arg(
        long,
        global = true,
        env = "DATACOOP_NON_INTERACTIVE",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    non_interactive: bool,
}

impl OutputArgs {
    pub(crate) const fn out(&self) -> Out {
        let format = if self.json { Format::Json } else { Format::Text };
        Out::new(format, self.quiet, !self.non_interactive)
    }
}
