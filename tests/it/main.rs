//! The integration tests, in one binary: `cargo test -p datacoop-tests`.

mod second_abi;
mod tidy;
