//! Decides the version of what makes artifacts of modules: a hash of the sources of this crate's
//! part in it and of the translator's. Artifacts made by another version are made again.

use std::{
    collections::hash_map::DefaultHasher,
    env, fs,
    hash::Hasher,
    io,
    path::{Path, PathBuf},
};

/// What the form of an artifact depends on.
const SOURCES: [&str; 4] = ["stylus-evm/src", "src/wasm", "src/build", "src/artifact.rs"];

#[allow(
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "cargo reads what a build script prints"
)]
fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hasher = DefaultHasher::new();
    for source in SOURCES {
        println!("cargo:rerun-if-changed={source}");
        add(&mut hasher, &root.join(source))?;
    }
    println!("cargo:rustc-env=DATACOOP_ASSEMBLER={:016x}", hasher.finish());
    Ok(())
}

fn add(hasher: &mut DefaultHasher, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        return entries.iter().try_for_each(|entry| add(hasher, &entry.path()));
    }
    let content = fs::read(path)?;
    hasher.write_usize(content.len());
    hasher.write(&content);
    Ok(())
}
