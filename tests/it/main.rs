//! The integration tests, in one binary: `cargo test -p datacoop-tests`.

mod rewards;
mod second_abi;
mod tidy;
mod token_twins;
