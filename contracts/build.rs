//! Decides where the memory of every contract's program lies: one page, at its top the stack, below it the static
//! data, and below that what the program takes while it runs (`datacoop_kit`'s arena).

/// Bytes of the memory: one page.
const MEMORY: usize = 1 << 16;

/// Bytes of the stack. The deepest call of the program is far from it, as the build's report shows.
const STACK: usize = 4096;

/// Bytes kept for the static data; the linker refuses more.
const DATA: usize = 1024;

#[allow(clippy::disallowed_macros, clippy::print_stdout, reason = "cargo reads what is printed")]
fn main() {
    println!("cargo::rerun-if-changed=../build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        let base = MEMORY - STACK - DATA;
        for arg in [
            "--no-stack-first".to_owned(),
            format!("--global-base={base}"),
            format!("--initial-memory={MEMORY}"),
            format!("--max-memory={MEMORY}"),
            format!("-zstack-size={STACK}"),
        ] {
            println!("cargo::rustc-link-arg-cdylib={arg}");
        }
    }
}
