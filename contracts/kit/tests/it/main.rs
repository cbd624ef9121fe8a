//! The kit's routes, arguments, results and calls, on a contract that has nothing else.

#![allow(clippy::unwrap_used, reason = "in a test a missing value is a failure")]

mod dynamic;
mod ether;
mod merkle;
mod mirror;
mod sequences;
mod tokens;
