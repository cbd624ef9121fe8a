//! Decides the file forms of ready entries: CSV and NDJSON with the same four fields.
//!
//! `member` is an address, `proof` 32 bytes in hexadecimal, `quality` a decimal from 0 to 1,
//! `data_class` a name. Other fields are ignored. An entries file holds what goes on chain, no more.

use std::{io::Write, path::Path, str::FromStr};

use alloy::primitives::B256;
use serde_json::Value;

use crate::{
    Entry, Error, Place, Report, Source,
    csv_text::CsvText,
    input::{Text, is_ndjson, read_text},
    json,
    map::parse_member,
};

const COLUMNS: [&str; 4] = ["member", "proof", "quality", "data_class"];

/// Reads a file of entries: NDJSON if its name ends in `.ndjson` or `.jsonl` or its text begins
/// with `{`, else CSV. An entry whose proof came before is left out and noted.
///
/// # Errors
///
/// A file that cannot be read, is malformed, has a field that does not hold what it should, or has
/// no entry at all. There is no partial result.
pub fn read_entries(path: &Path) -> Result<Report, Error> {
    let text = read_text(path)?;
    let report = if is_ndjson(path) || text.trim_start().starts_with('{') {
        from_ndjson(path, &text)?
    } else {
        from_csv(path, &text)?
    };
    if report.seen == 0 {
        return Err(Error::Nothing { path: path.to_path_buf(), expected: "entry" });
    }
    Ok(report)
}

/// Writes entries as CSV.
///
/// # Errors
///
/// A writer that fails.
pub fn write_csv(entries: &[Entry], mut to: impl Write) -> Result<(), Error> {
    writeln!(to, "{}", COLUMNS.join(",")).map_err(Error::Write)?;
    for Entry { member, proof, quality, data_class, .. } in entries {
        writeln!(to, "{member},{proof},{quality},{data_class}").map_err(Error::Write)?;
    }
    to.flush().map_err(Error::Write)
}

/// Writes entries as NDJSON.
///
/// # Errors
///
/// A writer that fails.
pub fn write_ndjson(entries: &[Entry], mut to: impl Write) -> Result<(), Error> {
    for Entry { member, proof, quality, data_class, .. } in entries {
        let row = serde_json::json!({
            "member": member.to_checksum(None),
            "proof": proof,
            "quality": quality.to_string(),
            "data_class": data_class.name(),
        });
        writeln!(to, "{row}").map_err(Error::Write)?;
    }
    to.flush().map_err(Error::Write)
}

fn from_csv(path: &Path, text: &str) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut csv = CsvText::new(path, text, &COLUMNS)?;
    while let Some(row) = csv.next_row()? {
        let mut fields = [""; 4];
        for (field, column) in fields.iter_mut().zip(COLUMNS) {
            *field = row.required(column)?;
        }
        report.seen += 1;
        report.add(entry(row.place(), fields)?);
    }
    Ok(report)
}

fn from_ndjson(path: &Path, text: &str) -> Result<Report, Error> {
    let mut report = Report::default();
    for (line, first_line) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let text = Text { path, whole: line, first_line };
        let object = json::parse(line).map_err(|fault| text.syntax(line, fault))?;
        let place = text.place(line);
        let mut fields: [String; 4] = Default::default();
        for (field, name) in fields.iter_mut().zip(COLUMNS) {
            *field = match &object[name] {
                Value::Null => {
                    let reason = "it is missing".to_owned();
                    return Err(Error::Field { place, field: name, value: String::new(), reason });
                }
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
        }
        report.seen += 1;
        report.add(entry(&place, fields.each_ref().map(String::as_str))?);
    }
    Ok(report)
}

/// An entry from its four fields, in the order of [`COLUMNS`].
fn entry(place: &Place, [member, proof, quality, class]: [&str; 4]) -> Result<Entry, Error> {
    let source = Source { file: place.file.clone(), line: place.line, resource: None };
    Ok(Entry {
        member: parse_member(place, member)?,
        proof: parse_proof(place, proof)?,
        quality: parse(place, "quality", quality)?,
        data_class: parse(place, "data_class", class)?,
        source,
    })
}

fn parse<T: FromStr<Err: ToString>>(
    place: &Place,
    field: &'static str,
    text: &str,
) -> Result<T, Error> {
    text.parse().map_err(|error: T::Err| Error::Field {
        place: place.clone(),
        field,
        value: text.to_owned(),
        reason: error.to_string(),
    })
}

fn parse_proof(place: &Place, text: &str) -> Result<B256, Error> {
    let fault = |reason: String| Error::Field {
        place: place.clone(),
        field: "proof",
        value: text.to_owned(),
        reason,
    };
    if !text.starts_with("0x") {
        return Err(fault("a proof begins with 0x".to_owned()));
    }
    let proof: B256 =
        text.parse().map_err(|error| fault(format!("not 64 hexadecimal digits ({error})")))?;
    if proof.is_zero() {
        return Err(fault("the zero proof stands for nothing".to_owned()));
    }
    Ok(proof)
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
