//! A cooperative governs itself on a real Anvil: from delegation to what a proposal did.

mod actors;
mod attacks;
mod classes;
mod contract_accounts;
mod life;
mod power;
mod replay;
mod shares;
mod treasury;
