//! The integration tests, in one binary: `cargo test -p datacoop-tests`.

mod connection;
mod deployment;
mod emission;
mod governance;
mod recording;
mod rewards;
mod rewards_model;
mod second_abi;
mod tidy;
mod token_twins;
