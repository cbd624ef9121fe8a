//! Decides when the pinned npm tools are installed: when they are missing or not those of the
//! lock file.

use std::{fs, path::Path, process::Command};

use serde_json::{Map, Value};

use super::{command::run, lock::Lock};
use crate::{Error, Event, Progress, Stage, Workspace};

const WAY_OUT: &str = "install Node.js 20 or later, which brings npm";

/// Installs the pinned npm tools and inputs, unless they are there.
///
/// # Errors
///
/// - [`Error::MissingProgram`]: npm is not installed.
/// - [`Error::ProgramFailed`]: npm failed.
/// - [`Error::Io`], [`Error::MalformedFile`]: the lock file cannot be used.
pub fn ensure_npm(workspace: &Workspace, progress: &dyn Progress) -> Result<(), Error> {
    let folder = workspace.fixtures();
    if is_current(&folder)? {
        return Ok(());
    }
    let _lock = Lock::take(&workspace.artifacts().join("npm.lock"))?;
    if is_current(&folder)? {
        return Ok(());
    }
    let stage = Stage::Install;
    progress.report(Event::Began { stage, subject: "npm tools and FHIR examples", total: None });
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    let result = run(&mut npm, stage, WAY_OUT, progress).map(drop);
    progress.report(Event::Ended { stage });
    result
}

/// Returns whether what is installed is what the lock file has. npm keeps a second lock file with
/// what it installed; packages for other platforms are optional and are not in it.
fn is_current(folder: &Path) -> Result<bool, Error> {
    let wanted = packages(&folder.join("package-lock.json"))?;
    let Ok(installed) = packages(&folder.join("node_modules/.package-lock.json")) else {
        return Ok(false);
    };
    let is_wanted = |(path, package): (&String, &Value)| {
        wanted.get(path).is_some_and(|wanted| wanted["version"] == package["version"])
    };
    let is_installed = |(path, package): (&String, &Value)| {
        path.is_empty() || package["optional"] == true || installed.contains_key(path)
    };
    Ok(installed.iter().all(is_wanted) && wanted.iter().all(is_installed))
}

fn packages(path: &Path) -> Result<Map<String, Value>, Error> {
    let text = fs::read(path).map_err(|source| Error::Io {
        path: path.to_path_buf(),
        action: "read",
        source,
    })?;
    let malformed = |reason: String| Error::MalformedFile { path: path.to_path_buf(), reason };
    let mut lock: Value =
        serde_json::from_slice(&text).map_err(|source| malformed(source.to_string()))?;
    match lock["packages"].take() {
        Value::Object(packages) => Ok(packages),
        _ => Err(malformed("it has no `packages`".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn folder(wanted: Value, installed: Option<Value>) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("node_modules")).unwrap();
        fs::write(folder.path().join("package-lock.json"), wanted.to_string()).unwrap();
        if let Some(installed) = installed {
            let path = folder.path().join("node_modules/.package-lock.json");
            fs::write(path, installed.to_string()).unwrap();
        }
        folder
    }

    #[test]
    fn tools_are_current_when_their_versions_are_those_of_the_lock_file() {
        let wanted = json!({ "packages": {
            "": {}, "a": { "version": "1.0.0" }, "a-win32": { "version": "1.0.0", "optional": true },
        }});
        let check = |installed: Option<Value>, current: bool| {
            let folder = folder(wanted.clone(), installed.clone());
            assert_eq!(is_current(folder.path()).unwrap(), current, "{installed:?}");
        };
        check(None, false);
        check(Some(json!({ "packages": {} })), false);
        check(Some(json!({ "packages": { "a": { "version": "1.0.0" } } })), true);
        check(Some(json!({ "packages": { "a": { "version": "1.0.1" } } })), false);
        let more = json!({ "packages": { "a": { "version": "1.0.0" }, "b": { "version": "1" } } });
        check(Some(more), false);
    }

    #[test]
    fn a_lock_file_without_packages_is_malformed() {
        let folder = folder(json!({}), None);
        assert!(matches!(is_current(folder.path()), Err(Error::MalformedFile { .. })));
    }
}
