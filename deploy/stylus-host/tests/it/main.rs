//! Integration tests of the reference host: one binary, one module per subject.

#![allow(clippy::unwrap_used, reason = "in a test a missing value is a failure")]

mod calls;
mod creates;
mod environment;
mod ink;
mod io;
mod math;
mod model;
mod storage;
mod support;

#[path = "../programs/mod.rs"]
mod programs;
