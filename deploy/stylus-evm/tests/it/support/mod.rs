//! What the tests share: a chain in memory, a reference engine, and modules that make any exported
//! function callable.

pub(crate) mod chain;
pub(crate) mod compare;
pub(crate) mod random;
pub(crate) mod reference;
