//! The `datacoop` command as its users run it: a process, its output and its exit status.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod batch;
mod bench;
mod classes;
mod consents;
mod contract_accounts;
mod dashboard;
mod data;
mod demo;
mod five_minutes;
mod governance;
mod keys;
mod life;
mod machines;
mod market;
mod members;
mod offline;
mod operate;
mod process;
mod revenue;
mod stylus;
mod trace;
mod treasury;
mod upgrade;
