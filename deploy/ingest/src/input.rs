//! Decides which files are read, in which order, and what counts as one text.

use std::path::{Path, PathBuf};

use crate::{Error, Place, json::Fault};

/// One input file.
#[derive(Debug)]
pub(crate) struct InputFile {
    pub(crate) path: PathBuf,
    /// Whether the operator named it, rather than a folder that it is in.
    pub(crate) is_named: bool,
}

impl InputFile {
    /// Whether every line is a text of its own.
    pub(crate) fn is_ndjson(&self) -> bool {
        is_ndjson(&self.path)
    }
}

/// Whether a file's name says that every line is a JSON text.
pub(crate) fn is_ndjson(path: &Path) -> bool {
    path.extension().is_some_and(|ext| ext == "ndjson" || ext == "jsonl")
}

/// The files behind the operator's paths: a file itself; of a folder every `.json`, `.ndjson` and
/// `.jsonl` in it, sorted by path, hidden ones left out.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<InputFile>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(InputFile { path: path.clone(), is_named: true });
            continue;
        }
        let before = files.len();
        let visible = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        for entry in
            walkdir::WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(visible)
        {
            let entry = entry.map_err(|error| Error::Read {
                path: error.path().unwrap_or(path).to_path_buf(),
                source: error.into(),
            })?;
            let is_json = is_ndjson(entry.path())
                || entry.path().extension().is_some_and(|extension| extension == "json");
            if entry.file_type().is_file() && is_json {
                files.push(InputFile { path: entry.into_path(), is_named: false });
            }
        }
        if files.len() == before {
            return Err(Error::Nothing { path: path.clone(), expected: "JSON or NDJSON file" });
        }
    }
    Ok(files)
}

/// Reads a file as UTF-8, without its byte order mark.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    let bytes =
        std::fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let (valid, _) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        Error::Syntax { place: place_after(path, valid, 1), reason: "not UTF-8".to_owned() }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// A text, or a line of a file, that knows where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    pub(crate) path: &'a Path,
    /// The text as a whole.
    pub(crate) whole: &'a str,
    /// The line of the file on which it begins.
    pub(crate) first_line: u64,
}

impl Text<'_> {
    /// The place of a fault found in `part`, which is a slice of this text.
    pub(crate) fn syntax(&self, part: &str, fault: Fault) -> Error {
        let start = self.place(part);
        let column = if fault.line == 1 { start.column + fault.column - 1 } else { fault.column };
        let place = Place { line: start.line + fault.line - 1, column, ..start };
        Error::Syntax { place, reason: fault.reason }
    }

    /// Where `part`, a slice of this text, begins.
    pub(crate) fn place(&self, part: &str) -> Place {
        let offset = part.as_ptr().addr().saturating_sub(self.whole.as_ptr().addr());
        let before = &self.whole.as_bytes()[..offset.min(self.whole.len())];
        place_after(self.path, before, self.first_line)
    }
}

/// The place right after `before`, whose first byte is on `first_line`.
fn place_after(path: &Path, before: &[u8], first_line: u64) -> Place {
    let newlines = before.iter().filter(|&&byte| byte == b'\n').count() as u64;
    let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() as u64;
    Place::new(path, first_line + newlines, column + 1)
}
