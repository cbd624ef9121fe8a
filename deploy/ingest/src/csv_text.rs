//! Decides how CSV is read: a header with known columns, every fault with its line.

use std::path::Path;

use crate::{Error, Place};

/// A CSV text whose header has been checked.
#[derive(Debug)]
pub(crate) struct CsvText<'a> {
    path: &'a Path,
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
    header: csv::StringRecord,
    record: csv::StringRecord,
    /// How far the lines have been counted: byte and line.
    counted: (usize, u64),
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    header: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
    place: Place,
}

impl<'a> CsvText<'a> {
    /// Reads the header, which must have every one of `columns`, in any order.
    pub(crate) fn new(
        path: &'a Path,
        text: &'a str,
        columns: &[&'static str],
    ) -> Result<Self, Error> {
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| fault(path, &error))?.clone();
        for &column in columns {
            if !header.iter().any(|name| name == column) {
                return Err(Error::Field {
                    place: Place::new(path, 1, 1),
                    field: column,
                    value: String::new(),
                    reason: format!(
                        "the header has no such column; it should be `{}`",
                        columns.join(",")
                    ),
                });
            }
        }
        let record = csv::StringRecord::new();
        Ok(Self { path, text, reader, header, record, counted: (0, 1) })
    }

    /// The next row, or nothing at the end.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, Error> {
        let more = self.reader.read_record(&mut self.record);
        if !more.map_err(|error| fault(self.path, &error))? {
            return Ok(None);
        }
        let start = self.record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        let line = self.line_of_row(start);
        let place = Place::new(self.path, line, 1);
        Ok(Some(Row { header: &self.header, record: &self.record, place }))
    }

    /// The line of the row at byte `start`; the reader's own count stops before empty lines.
    fn line_of_row(&mut self, start: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let blank = bytes[start..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let (byte, line) = self.counted;
        let newlines = bytes[byte..start + blank].iter().filter(|&&b| b == b'\n').count() as u64;
        self.counted = (start + blank, line + newlines);
        self.counted.1
    }
}

impl Row<'_> {
    /// Where the row begins.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// The field of a column, if the file has the column.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        let at = self.header.iter().position(|name| name == column)?;
        self.record.get(at)
    }

    /// The field of a column that must not be empty.
    pub(crate) fn required(&self, column: &'static str) -> Result<&str, Error> {
        self.get(column).filter(|value| !value.is_empty()).ok_or_else(|| Error::Field {
            place: self.place.clone(),
            field: column,
            value: String::new(),
            reason: "it is missing".to_owned(),
        })
    }
}

fn fault(path: &Path, error: &csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} fields, the header {expected_len}")
        }
        _ => error.to_string(),
    };
    Error::Syntax { place: Place::new(path, line, 1), reason }
}
