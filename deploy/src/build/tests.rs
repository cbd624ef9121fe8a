//! Nothing is built that did not change, and contracts are the same bytes wherever they are built.

use std::{path::Path, sync::Mutex};

use alloy::primitives::keccak256;
use walkdir::WalkDir;

use super::*;
use crate::{Event, contracts::DATA_TOKEN};

/// Keeps what tools say.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Progress for Lines {
    fn report(&self, event: Event<'_>) {
        if let Event::Said { line, .. } = event {
            self.0.lock().unwrap().push(line.to_owned());
        }
    }
}

#[test]
fn no_compiler_runs_while_the_sources_are_the_same() {
    let (_folder, workspace) = fingerprint::tests::workspace();
    let module = wat::parse_str(
        r#"(module (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#,
    );
    let compiled = Made {
        module: fingerprint::of_module(&workspace, &DATA_TOKEN).unwrap(),
        artifact: "of an older translator".to_owned(),
    };
    write_atomically(&module_path(&workspace, &DATA_TOKEN), &module.unwrap()).unwrap();
    remember(&workspace, &DATA_TOKEN, &compiled).unwrap();

    // There is nothing in this workspace that could be compiled: only the artifact is made.
    let first = build(&workspace, &[DATA_TOKEN], &Lines::default()).unwrap();
    assert!(!first[0].deployed_bytecode.is_empty());
    let again = build(&workspace, &[DATA_TOKEN], &Lines::default()).unwrap();
    assert_eq!(first, again);

    fs::remove_file(workspace.artifacts().join("DataToken.json")).unwrap();
    assert_eq!(build(&workspace, &[DATA_TOKEN], &Lines::default()).unwrap(), first);

    let source = workspace.contract("data-token").join("src/lib.rs");
    fs::write(source, "other").unwrap();
    assert!(build(&workspace, &[DATA_TOKEN], &Lines::default()).is_err());
}

/// Copies the sources of a workspace: everything but what was installed or built.
fn copy(from: &Workspace, to: &Path) {
    let is_source = |entry: &walkdir::DirEntry| {
        !matches!(entry.file_name().to_str(), Some("target" | "node_modules" | ".git"))
    };
    for entry in WalkDir::new(from.root()).into_iter().filter_entry(is_source) {
        let entry = entry.unwrap();
        let path = to.join(entry.path().strip_prefix(from.root()).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(&path).unwrap();
        } else {
            fs::copy(entry.path(), &path).unwrap();
        }
    }
}

/// The two clones share the workspace's target folder, so that what they have in common is
/// compiled once: the standard library and the dependencies, whose folders are the same for all.
#[test]
fn two_clones_in_two_folders_give_identical_bytes() {
    let workspace = Workspace::find().unwrap();
    let toolchain = Toolchain::pinned(&workspace).unwrap();
    toolchain.ensure(&Lines::default()).unwrap();
    let target = workspace.wasm_target();
    let _lock = Lock::take(&workspace.artifacts().join("build.lock")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut original = workspace.clone();
    let modules = ["a", "another/folder"].map(|name| {
        // Each clone is copied from the one before it, just before it is built: its files are
        // newer than what was built, so that cargo builds it again.
        let root = folder.path().join(name);
        copy(&original, &root);
        original = Workspace::at(root).unwrap();
        let lines = Lines::default();
        cargo::compile(&original, &toolchain, &[DATA_TOKEN], &target, &lines).unwrap();
        let compiled = format!("({})", original.contract(DATA_TOKEN.package).display());
        assert!(lines.0.lock().unwrap().iter().any(|line| line.contains(&compiled)));
        fs::read(cargo::output(&target, &DATA_TOKEN)).unwrap()
    });
    assert_eq!(keccak256(&modules[0]), keccak256(&modules[1]));
    let home = std::env::home_dir().unwrap();
    let text = String::from_utf8_lossy(&modules[0]).into_owned();
    for folder in [home.to_str().unwrap(), workspace.root().to_str().unwrap(), "registry/src"] {
        assert!(!text.contains(folder), "{folder} is in the module");
    }
}
