//! Decides what is said of transactions that were laid aside in place of sent.

use std::io::{self, Write};

use datacoop_deploy::{
    Error,
    offline::{LaidAside, OfflineError, Way},
};
use serde::Serialize;

use crate::{
    args::Aside,
    output::{Account, Format, Out},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    file: String,
    form: &'static str,
    chain_id: u64,
    sender: Account,
    transactions: Vec<&'a str>,
}

/// Ends a command whose transactions were laid aside: writes them, and says so in place of its own
/// result, which did not happen yet.
pub(crate) fn finish(
    result: anyhow::Result<()>,
    aside: &Aside,
    command: &str,
    out: &Out,
) -> anyhow::Result<()> {
    let is_laid = |error: &anyhow::Error| {
        matches!(error.downcast_ref(), Some(Error::Offline(OfflineError::LaidAside)))
    };
    match result {
        Err(error) if !is_laid(&error) => return Err(error),
        _ => {}
    }
    let laid = aside.outbox.laid();
    let Some(first) = laid.first() else {
        return Err(Error::from(OfflineError::Nothing).into());
    };
    aside.write()?;
    let chain_id = first.chain_id;
    let written = Written {
        file: aside.path().display().to_string(),
        form: match aside.outbox.way() {
            Way::Signed => "signed",
            Way::Batch => "safeBatch",
        },
        chain_id,
        sender: Account(first.from),
        transactions: laid.iter().map(|one| one.outgoing.call.as_str()).collect(),
    };
    match out.format() {
        Format::Text => Ok(show(&written, &laid)?),
        Format::Json | Format::Events => Ok(out.document(command, true, &written)?),
    }
}

fn show(written: &Written<'_>, laid: &[LaidAside]) -> io::Result<()> {
    let mut to = io::stdout().lock();
    for LaidAside { outgoing, .. } in laid {
        let receiver = outgoing.to.map_or_else(|| "a new contract".to_owned(), |to| to.to_string());
        writeln!(to, "{} to {receiver}", outgoing.call)?;
    }
    let Written { file, chain_id, sender, .. } = written;
    match written.form {
        "signed" => writeln!(
            to,
            "\nSigned by {sender} for chain {chain_id}, and not sent: `datacoop send {file}` submits it."
        ),
        _ => writeln!(
            to,
            "\nNot sent: {file} is a batch for the owners of {sender} on chain {chain_id}, for Safe's transaction builder or `datacoop treasury propose --import`."
        ),
    }
}
