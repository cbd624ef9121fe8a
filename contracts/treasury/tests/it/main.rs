//! The treasury called as on a chain: what it does beyond Safe, and attacks on it.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

mod attacks;
mod limits;
mod queue;
mod support;
