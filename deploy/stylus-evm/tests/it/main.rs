//! The translator's tests, one binary: behaviour of operators and host functions, rejections,
//! disassembly and random modules.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod control;
mod creation;
mod frames;
mod fuzz;
mod hosts;
mod lower;
mod memory;
mod numeric;
mod reject;
mod support;
