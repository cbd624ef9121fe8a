//! Decides what an artifact depends on: nothing is rebuilt while the hash of it is the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alloy::hex;
use sha2::{Digest, Sha256};
use toml::{Table, Value};
use walkdir::WalkDir;

use super::flags::{self, CARGO, PROFILE, RUSTC, TARGET, WASM_OPT};
use crate::{Error, Workspace, contracts::Contract};

/// Folders of a crate that its compiled form does not depend on.
const NOT_COMPILED: [&str; 4] = ["tests", "benches", "examples", "target"];

/// A hash over labelled inputs.
struct Hasher(Sha256);

impl Hasher {
    fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds an input. Lengths are hashed too, so that no two lists of inputs look alike.
    fn add(&mut self, label: &str, content: &[u8]) {
        for part in [label.as_bytes(), content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Hashes what the compiled and optimised module of `contract` depends on.
pub(crate) fn of_module(workspace: &Workspace, contract: &Contract) -> Result<String, Error> {
    let mut hasher = Hasher::new();
    for table in [&CARGO[..], &RUSTC, &WASM_OPT] {
        for flag in flags::values(table) {
            hasher.add("flag", flag.as_bytes());
        }
    }
    hasher.add("profile", PROFILE.as_bytes());
    hasher.add("target", TARGET.as_bytes());
    for file in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo/config.toml"] {
        add_file(&mut hasher, workspace.root(), &workspace.root().join(file))?;
    }
    let npm = workspace.fixtures().join("package-lock.json");
    add_file(&mut hasher, workspace.root(), &npm)?;
    for folder in crates(workspace, contract)? {
        add_sources(&mut hasher, workspace.root(), &folder)?;
        if let Some(script) = build_script(&folder)? {
            add_file(&mut hasher, workspace.root(), &script)?;
        }
    }
    Ok(hasher.finish())
}

/// Hashes what the artifact made of a module depends on.
pub(crate) fn of_artifact(module: &str, contract: &Contract) -> String {
    let mut hasher = Hasher::new();
    hasher.add("module", module.as_bytes());
    hasher.add("interface", contract.interface.as_bytes());
    hasher.add("assembler", env!("DATACOOP_ASSEMBLER").as_bytes());
    hasher.finish()
}

/// Returns the folders of the contract's crate and of the workspace's crates that it depends on.
fn crates(workspace: &Workspace, contract: &Contract) -> Result<BTreeSet<PathBuf>, Error> {
    let root = read_toml(&workspace.root().join("Cargo.toml"))?;
    let shared = root.get("workspace").and_then(|table| table.get("dependencies"));
    let shared: BTreeMap<&str, PathBuf> = shared
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .filter_map(|(name, dependency)| {
            let path = dependency.get("path")?.as_str()?;
            Some((name.as_str(), workspace.root().join(path)))
        })
        .collect();
    let mut found = BTreeSet::new();
    let mut open = vec![workspace.contract(contract.package)];
    while let Some(folder) = open.pop() {
        if !found.insert(folder.clone()) {
            continue;
        }
        let manifest = read_toml(&folder.join("Cargo.toml"))?;
        for section in ["dependencies", "build-dependencies"] {
            let dependencies = manifest.get(section).and_then(Value::as_table);
            for (name, dependency) in dependencies.into_iter().flatten() {
                if let Some(path) = dependency.get("path").and_then(Value::as_str) {
                    open.push(folder.join(path));
                } else if let Some(path) = shared.get(name.as_str()) {
                    open.push(path.clone());
                }
            }
        }
    }
    Ok(found)
}

/// Returns the build script that a crate's manifest names, which may lie outside of its folder.
fn build_script(folder: &Path) -> Result<Option<PathBuf>, Error> {
    let manifest = read_toml(&folder.join("Cargo.toml"))?;
    let script = manifest.get("package").and_then(|package| package.get("build"));
    Ok(script.and_then(Value::as_str).map(|script| folder.join(script)))
}

fn add_sources(hasher: &mut Hasher, root: &Path, folder: &Path) -> Result<(), Error> {
    let is_compiled = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let skipped = entry.file_type().is_dir() && NOT_COMPILED.contains(&name.as_ref());
        entry.depth() == 0 || !name.starts_with('.') && !skipped
    };
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_compiled);
    for entry in files {
        let entry = entry.map_err(|source| Error::Io {
            path: folder.to_path_buf(),
            action: "list",
            source: source.into(),
        })?;
        if entry.file_type().is_file() {
            add_file(hasher, root, entry.path())?;
        }
    }
    Ok(())
}

fn add_file(hasher: &mut Hasher, root: &Path, path: &Path) -> Result<(), Error> {
    let label = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    hasher.add(&label, &fs::read(path).map_err(|source| reading(path, source))?);
    Ok(())
}

fn read_toml(path: &Path) -> Result<Table, Error> {
    let text = fs::read_to_string(path).map_err(|source| reading(path, source))?;
    text.parse().map_err(|source: toml::de::Error| Error::MalformedFile {
        path: path.to_path_buf(),
        reason: source.to_string(),
    })
}

fn reading(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_path_buf(), action: "read", source }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::contracts::DATA_TOKEN;

    /// A workspace of one contract `data-token`, which depends on `kit`.
    pub(in crate::build) fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            (
                "Cargo.toml",
                "[workspace.dependencies]\nkit = { path = \"contracts/kit\" }\nx = \"1\"",
            ),
            ("Cargo.lock", ""),
            ("rust-toolchain.toml", ""),
            (".cargo/config.toml", ""),
            ("anvil-fixtures/package-lock.json", "{}"),
            ("contracts/data-token/Cargo.toml", "[dependencies]\nkit.workspace = true\nx = \"1\""),
            ("contracts/data-token/src/lib.rs", "a"),
            ("contracts/data-token/tests/it.rs", "a"),
            ("contracts/kit/Cargo.toml", ""),
            ("contracts/kit/src/lib.rs", "a"),
            ("contracts/other/src/lib.rs", "a"),
        ];
        for (path, content) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let workspace = Workspace::at(folder.path()).unwrap();
        (folder, workspace)
    }

    #[test]
    fn only_what_the_module_is_made_of_changes_its_fingerprint() {
        let check = |path: &str, content: &str, changes: bool| {
            let (_folder, workspace) = workspace();
            let before = of_module(&workspace, &DATA_TOKEN).unwrap();
            fs::write(workspace.root().join(path), content).unwrap();
            let after = of_module(&workspace, &DATA_TOKEN).unwrap();
            assert_eq!(before != after, changes, "{path}");
        };
        check("contracts/data-token/src/lib.rs", "b", true);
        check("contracts/data-token/src/new.rs", "", true);
        check("contracts/kit/src/lib.rs", "b", true);
        check("Cargo.lock", "b", true);
        check("anvil-fixtures/package-lock.json", "{ }", true);
        check("contracts/data-token/src/lib.rs", "a", false);
        check("contracts/data-token/tests/it.rs", "b", false);
        check("contracts/data-token/.swap", "b", false);
        check("contracts/other/src/lib.rs", "b", false);
    }

    #[test]
    fn the_folder_of_the_workspace_is_no_part_of_the_fingerprint() {
        let ((_a, first), (_b, second)) = (workspace(), workspace());
        let of = |workspace| of_module(workspace, &DATA_TOKEN).unwrap();
        assert_eq!(of(&first), of(&second));
    }

    #[test]
    fn another_module_makes_another_artifact() {
        assert_ne!(of_artifact("a", &DATA_TOKEN), of_artifact("b", &DATA_TOKEN));
    }
}
