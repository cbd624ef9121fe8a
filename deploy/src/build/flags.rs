//! Decides with which flags contracts are compiled: every byte is gas on a Stylus chain.
//!
//! The profile `contract` of the workspace's manifest has what cargo knows by name (`opt-level`,
//! `lto` and the like); this table has the rest. All of it is part of an artifact's fingerprint.

/// A flag and why it is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flag {
    /// The flag, as one argument.
    pub(crate) flag: &'static str,
    /// What it is for.
    #[allow(dead_code, reason = "it is the table's documentation, kept beside each flag")]
    why: &'static str,
}

const fn flag(flag: &'static str, why: &'static str) -> Flag {
    Flag { flag, why }
}

/// The target that contracts are compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The cargo profile that contracts are compiled with.
pub(crate) const PROFILE: &str = "contract";

/// The variable that lets the pinned stable toolchain take the flags below that are not stable.
/// The toolchain is pinned, so that they mean the same everywhere.
pub(crate) const BOOTSTRAP: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// Flags of cargo.
pub(crate) const CARGO: [Flag; 6] = [
    flag("--locked", "the versions of the lock file and no others"),
    flag("-Zbuild-std=std,panic_abort", "the standard library is compiled with the same flags"),
    flag("-Ztrim-paths", "allows the setting below"),
    flag("--config=profile.contract.trim-paths=\"all\"", "no folder of this machine in the module"),
    flag("--config=profile.contract.strip=\"none\"", "function names, for traces"),
    flag("--lib", "a contract is a library"),
];

/// Flags of rustc.
pub(crate) const RUSTC: [Flag; 5] = [
    flag("-Zunstable-options", "allows the panic strategy below"),
    flag("-Cpanic=immediate-abort", "a panic is a trap: no message, no formatting code"),
    flag("-Zlocation-detail=none", "no file names and lines of panics"),
    flag("-Zfmt-debug=none", "no code behind `Debug`"),
    flag("-Clink-arg=-zstack-size=8192", "a small shadow stack: memory is paid for by the page"),
];

/// Flags of wasm-opt.
pub(crate) const WASM_OPT: [Flag; 7] = [
    flag("-Oz", "the smallest code"),
    flag("--converge", "again until it gets no smaller"),
    flag("--debuginfo", "function names are kept, and cut off when the module is normalised"),
    flag("--mvp-features", "nothing beyond the first version of WebAssembly, except:"),
    flag("--enable-bulk-memory-opt", "memory.copy and memory.fill"),
    flag("--enable-sign-ext", "sign extension"),
    flag("--enable-mutable-globals", "the stack pointer is one"),
];

/// Variables that a user may have set for other builds and that would change the bytes of this
/// one. A prefix ends in `*`.
pub(crate) const IGNORED_VARIABLES: [&str; 9] = [
    "RUSTFLAGS",
    "RUSTC",
    "RUSTC_*",
    "RUSTUP_TOOLCHAIN",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_*",
    "CARGO_PROFILE_*",
    "CARGO_TARGET_*",
    "CARGO_INCREMENTAL",
];

/// Returns the values of a table.
pub(crate) fn values(table: &[Flag]) -> impl Iterator<Item = &'static str> {
    table.iter().map(|row| row.flag)
}

/// Returns whether the variable `name` is one of [`IGNORED_VARIABLES`].
pub(crate) fn is_ignored(name: &str) -> bool {
    IGNORED_VARIABLES.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_change_the_bytes_are_ignored() {
        for name in ["RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_PROFILE_CONTRACT_OPT_LEVEL"] {
            assert!(is_ignored(name), "{name}");
        }
        for name in ["PATH", "CARGO_HOME", "CARGO_HTTP_PROXY", "RUSTUP_HOME", "HOME"] {
            assert!(!is_ignored(name), "{name}");
        }
    }
}
