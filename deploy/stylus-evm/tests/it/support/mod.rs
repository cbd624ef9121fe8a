//! What the tests share: a chain in memory, a reference engine, and modules that make any exported
//! function callable.

pub mod chain;
pub mod compare;
pub mod reference;
