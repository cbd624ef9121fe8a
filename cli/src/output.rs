//! Decides how a result is written: text or JSON on stdout, prose on stderr.

use std::{
    fmt,
    io::{self, Write},
};

use alloy::primitives::Address;
use comfy_table::{
    CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
};
use serde::{Serialize, Serializer};

use crate::progress::Bars;

/// The version of all JSON documents; it changes when a field changes its meaning or goes away.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// In which form results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one document.
    Json,
    /// For programs: a line for each event, and the document as the last.
    Events,
}

/// Where a command's words go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    format: Format,
    is_quiet: bool,
    may_ask: bool,
    is_withheld: bool,
}

/// A command's result.
pub(crate) trait Report: Serialize {
    /// The command, as its documents carry it.
    const COMMAND: &'static str;

    /// Writes the result for people.
    fn show(&self, to: &mut dyn Write) -> io::Result<()>;
}

/// A JSON document about a command.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a, T> {
    schema_version: u32,
    command: &'a str,
    ok: bool,
    #[serde(flatten)]
    body: &'a T,
}

impl Out {
    pub(crate) const fn new(format: Format, is_quiet: bool, may_ask: bool) -> Self {
        Self { format, is_quiet, may_ask, is_withheld: false }
    }

    /// The same, but for results, which are not written: what they tell did not happen.
    pub(crate) const fn withheld(self) -> Self {
        Self { is_withheld: true, ..self }
    }

    /// Whether somebody may be asked something.
    pub(crate) const fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Writes a question on stderr.
    pub(crate) fn prompt(question: &str) {
        // Nobody is left to be asked when stderr is closed.
        let _ = write!(io::stderr().lock(), "{question} ");
    }

    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// Writes a command's result on stdout.
    pub(crate) fn result<T: Report>(&self, report: &T) -> anyhow::Result<()> {
        if self.is_withheld {
            return Ok(());
        }
        match self.format {
            Format::Json | Format::Events => Ok(self.document(T::COMMAND, true, report)?),
            Format::Text => {
                let mut stdout = io::stdout().lock();
                report.show(&mut stdout)?;
                Ok(stdout.flush()?)
            }
        }
    }

    /// Writes one JSON document on stdout.
    pub(crate) fn document<T: Serialize>(
        &self,
        command: &str,
        ok: bool,
        body: &T,
    ) -> io::Result<()> {
        let document = Document { schema_version: SCHEMA_VERSION, command, ok, body };
        let mut stdout = io::stdout().lock();
        match self.format {
            Format::Events => serde_json::to_writer(&mut stdout, &document)?,
            Format::Text | Format::Json => serde_json::to_writer_pretty(&mut stdout, &document)?,
        }
        stdout.write_all(b"\n")?;
        stdout.flush()
    }

    /// Says something on stderr, unless the user wants quiet.
    pub(crate) fn say(&self, text: impl fmt::Display) {
        if !self.is_quiet {
            self.error(text);
        }
    }

    /// Says something on stderr in any case.
    pub(crate) fn error(&self, text: impl fmt::Display) {
        // Nobody is left to be told when stderr is closed.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Shows the progress of long work: on stderr, unless the user wants quiet, or as events on
    /// stdout.
    pub(crate) fn progress(&self) -> Bars {
        match self.format {
            Format::Events => Bars::as_events(),
            _ if self.is_quiet => Bars::hidden(),
            _ => Bars::on_stderr(),
        }
    }
}

/// An address that is written with its EIP-55 checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account(pub(crate) Address);

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_checksum(None))
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A line below the header, and nothing else.
const TABLE_STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none());

/// How wide a table is when stdout is no terminal, in characters.
const WIDTH: u16 = 160;

/// A table for people. The columns of `numbers`, counted from 0, are aligned right.
pub(crate) fn table<const N: usize>(header: [&str; N], numbers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(TABLE_STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    table.set_header(header);
    for &column in numbers {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Writes pairs of a name and a value, the values below each other.
pub(crate) fn pairs(to: &mut dyn Write, pairs: &[(&str, &dyn fmt::Display)]) -> io::Result<()> {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    pairs.iter().try_for_each(|(name, value)| writeln!(to, "{name:width$}  {value}"))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;

    use super::*;

    #[test]
    fn an_account_is_written_with_its_checksum() {
        let account = Account(address!("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"));
        let text = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(account.to_string(), text);
        assert_eq!(serde_json::to_value(account).unwrap(), text);
    }

    #[test]
    fn pairs_stand_below_each_other() {
        let mut text = Vec::new();
        pairs(&mut text, &[("a", &1), ("name", &"x")]).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "a     1\nname  x\n");
    }
}
