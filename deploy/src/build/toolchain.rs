//! Decides that the pinned toolchain has what contracts need: the WebAssembly target and the
//! sources of the standard library.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{command::run, flags::TARGET};
use crate::{Error, Event, Progress, Stage, Workspace};

const WAY_OUT: &str = "install Rust with rustup (https://rustup.rs)";

/// The pinned toolchain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toolchain {
    /// Its name, as rustup has it.
    pub(crate) channel: String,
}

impl Toolchain {
    /// Reads the workspace's toolchain file.
    pub(crate) fn pinned(workspace: &Workspace) -> Result<Self, Error> {
        let path = workspace.root().join("rust-toolchain.toml");
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
            path: path.clone(),
            action: "read",
            source,
        })?;
        let malformed = |reason: String| Error::MalformedFile { path: path.clone(), reason };
        let file: toml::Table =
            text.parse().map_err(|source: toml::de::Error| malformed(source.to_string()))?;
        let channel = file.get("toolchain").and_then(|table| table.get("channel")?.as_str());
        let channel = channel.ok_or_else(|| malformed("it names no channel".to_owned()))?;
        Ok(Self { channel: channel.to_owned() })
    }

    /// Returns a command of the toolchain: `cargo`, `rustc`.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("RUSTUP_TOOLCHAIN", &self.channel);
        command
    }

    /// Installs what is missing.
    pub(crate) fn ensure(&self, progress: &dyn Progress) -> Result<(), Error> {
        let sysroot = self.sysroot(progress);
        let has = |part: &str| sysroot.as_ref().is_ok_and(|root| root.join(part).is_dir());
        if has(&format!("lib/rustlib/{TARGET}")) && has("lib/rustlib/src/rust/library") {
            return Ok(());
        }
        let stage = Stage::Install;
        let subject = format!("Rust {} for {TARGET}", self.channel);
        progress.report(Event::Began { stage, subject: &subject, total: None });
        let mut rustup = Command::new("rustup");
        rustup.args(["toolchain", "install", &self.channel, "--profile", "minimal"]);
        rustup.args(["--target", TARGET, "--component", "rust-src", "--no-self-update"]);
        let result = run(&mut rustup, stage, WAY_OUT, progress).map(drop);
        progress.report(Event::Ended { stage });
        result
    }

    fn sysroot(&self, progress: &dyn Progress) -> Result<PathBuf, Error> {
        let mut rustc = self.command("rustc");
        let printed = run(rustc.args(["--print", "sysroot"]), Stage::Install, WAY_OUT, progress)?;
        Ok(Path::new(printed.trim()).to_path_buf())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_toolchain_is_read_from_its_file() {
        let workspace = Workspace::find().unwrap();
        assert_eq!(Toolchain::pinned(&workspace).unwrap().channel, "1.95.0");
    }
}
