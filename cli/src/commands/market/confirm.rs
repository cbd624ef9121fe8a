//! Decides how somebody is asked before money moves.

use std::io::{self, BufRead, IsTerminal};

use crate::{exit::Usage, output::Out};

/// Asks a question on stderr and requires a yes on stdin, unless it was given beforehand.
pub(super) fn confirm(out: &Out, is_given: bool, question: &str) -> anyhow::Result<()> {
    if is_given {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        let text = format!("{question}: nobody is there to ask; say yes with `--yes`");
        return Err(Usage(text).into());
    }
    out.error(format_args!("{question}? [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(Usage("nothing was done".to_owned()).into())
}
