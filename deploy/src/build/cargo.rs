//! Decides how cargo compiles contracts to WebAssembly.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    command::run,
    flags::{self, BOOTSTRAP, CARGO, PROFILE, RUSTC, TARGET},
    toolchain::Toolchain,
};
use crate::{Error, Event, Progress, Stage, Workspace, contracts::Contract};

/// What separates flags in `CARGO_ENCODED_RUSTFLAGS` (cargo's documentation).
const SEPARATOR: &str = "\x1f";

/// Compiles `contracts` in one run of cargo, into the target folder `target`.
pub(crate) fn compile(
    workspace: &Workspace,
    toolchain: &Toolchain,
    contracts: &[Contract],
    target: &Path,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let stage = Stage::Compile;
    let names: Vec<_> = contracts.iter().map(|contract| contract.name).collect();
    progress.report(Event::Began { stage, subject: &names.join(", "), total: None });
    let mut cargo = toolchain.command("cargo");
    forget_ignored(&mut cargo);
    cargo
        .current_dir(workspace.root())
        .env(BOOTSTRAP.0, BOOTSTRAP.1)
        .env("CARGO_ENCODED_RUSTFLAGS", flags::values(&RUSTC).collect::<Vec<_>>().join(SEPARATOR))
        .env("CARGO_TERM_COLOR", "never")
        .args(["build", "--profile", PROFILE, "--target", TARGET])
        .args(flags::values(&CARGO))
        .arg("--target-dir")
        .arg(target);
    for contract in contracts {
        cargo.args(["--package", contract.package]);
    }
    let result = run(&mut cargo, stage, "install Rust with rustup (https://rustup.rs)", progress);
    progress.report(Event::Ended { stage });
    result.map(drop)
}

/// Returns where cargo leaves the module of a contract in the target folder `target`.
pub(crate) fn output(target: &Path, contract: &Contract) -> PathBuf {
    let file = format!("{}.wasm", contract.package.replace('-', "_"));
    target.join(TARGET).join(PROFILE).join(file)
}

/// Takes variables out of a command's environment that would change the bytes of the build.
fn forget_ignored(command: &mut Command) {
    let kept: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    for (name, _) in env::vars_os() {
        if flags::is_ignored(&name.to_string_lossy()) && !kept.contains(&name) {
            command.env_remove(name);
        }
    }
}
