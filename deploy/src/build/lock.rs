//! Decides that one process at a time builds or installs in a workspace.

use std::{
    fs::{self, File},
    path::Path,
};

use crate::Error;

/// A lock that is held until it is dropped, also among processes.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock on the file `path`, which is created when it is missing.
    pub(crate) fn take(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_path_buf(), action: "lock", source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::create(path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(Self { _file: file })
    }
}
