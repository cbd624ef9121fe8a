//! A cooperative governs itself on a real Anvil: from delegation to what a proposal did.

mod classes;
mod life;
mod power;
mod treasury;
