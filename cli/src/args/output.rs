//! Decides which flags say how results are shown.

use crate::output::{Format, Out};

/// How results are shown.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct OutputArgs {
    /// Print one JSON document on stdout, in place of text; `--json=events` prints a line of JSON
    /// for each step of long work before, and the document as the last line.
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "document"
    )]
    json: Option<JsonForm>,

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

/// How much JSON is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum JsonForm {
    /// The result.
    Document,
    /// The steps of long work, and the result in one line.
    Events,
}

impl OutputArgs {
    pub(crate) const fn out(&self) -> Out {
        let format = match self.json {
            None => Format::Text,
            Some(JsonForm::Document) => Format::Json,
            Some(JsonForm::Events) => Format::Events,
        };
        Out::new(format, self.quiet, !self.non_interactive)
    }
}
