//! The integration tests, in one binary: `cargo test -p datacoop-tests`.

mod access_suite;
mod chaos;
mod connection;
mod deployment;
mod emission;
mod fork;
mod gov_token_twins;
mod governance;
mod governance_gas;
mod governor_twins;
mod hostile_tokens;
mod index;
mod recording;
mod rewards;
mod rewards_model;
mod safe_hashes;
mod scale;
mod scenario;
mod second_abi;
mod stylus;
mod tidy;
mod timelock_twins;
mod token_twins;
mod treasury_twins;
