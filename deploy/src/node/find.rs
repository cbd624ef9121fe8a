//! Decides which Anvil is run: the one on the path when its version fits, else the pinned one.

use std::{
    env::consts::{ARCH, EXE_SUFFIX, OS},
    path::PathBuf,
    process::Command,
};

use crate::{Error, Progress, Workspace, build::ensure_npm};

/// The versions of Anvil that fit: this and later ones with the same beginning.
const VERSION: &str = "1.7.";

/// Finds Anvil, and installs the pinned one when none that fits is on the path.
///
/// # Errors
///
/// - [`Error::MissingProgram`], [`Error::ProgramFailed`]: npm could not install it.
/// - [`Error::MissingProgram`] for Anvil itself where npm has none for this platform.
pub fn find_anvil(workspace: &Workspace, progress: &dyn Progress) -> Result<PathBuf, Error> {
    let version = Command::new("anvil").arg("--version").output();
    if version.is_ok_and(|output| fits(&String::from_utf8_lossy(&output.stdout))) {
        return Ok(PathBuf::from("anvil"));
    }
    ensure_npm(workspace, progress)?;
    // npm's own command is a script that looks for this file, and may not have been linked.
    let package = format!("node_modules/@foundry-rs/anvil-{}-{}", npm_os(), npm_arch());
    let anvil = workspace.fixtures().join(package).join(format!("bin/anvil{EXE_SUFFIX}"));
    if anvil.is_file() {
        return Ok(anvil);
    }
    Err(Error::MissingProgram {
        program: "anvil".to_owned(),
        way_out: "install Foundry 1.7 (https://getfoundry.sh)",
    })
}

/// Returns whether the output of `anvil --version` is that of a version that fits.
fn fits(output: &str) -> bool {
    output.split_whitespace().any(|word| word.trim_start_matches('v').starts_with(VERSION))
}

fn npm_os() -> &'static str {
    match OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    }
}

fn npm_arch() -> &'static str {
    match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_that_were_tried_fit() {
        assert!(fits("anvil Version: 1.7.1\nCommit SHA: 4072e48"));
        assert!(fits("anvil 1.7.4-stable (abc)"));
        assert!(!fits("anvil Version: 1.4.0\n"));
        assert!(!fits(""));
    }
}
