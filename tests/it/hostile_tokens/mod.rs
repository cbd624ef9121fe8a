//! Tokens that misbehave, allowed in the market, on a real Anvil: what they do not pay buys nothing,
//! what they do not pay out stays owed, nobody is paid twice, and after every step all money is
//! where it should be.

mod inward;
mod outward;
mod reentry;
mod world;
