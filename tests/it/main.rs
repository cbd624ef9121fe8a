//! The integration tests, in one binary: `cargo test -p datacoop-tests`.

mod connection;
mod deployment;
mod emission;
mod governance;
mod gov_token_twins;
mod governance_gas;
mod recording;
mod rewards;
mod rewards_model;
mod second_abi;
mod tidy;
mod timelock_twins;
mod token_twins;
