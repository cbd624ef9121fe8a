//! DataCoopRewards: the verified oracle records contributions, and their members are rewarded in
//! DATA, plainly or by score.
//!
//! # Invariants
//!
//! - A proof pays once, for anybody, on any path ([`records`]).
//! - A member is paid again at the earliest a cooldown after the last time; the first time never
//!   waits.
//! - Every parameter stays within its bounds ([`parameters`]), and only governance moves it.
//! - However many contributions a member makes in a period, they earn less than twice what the best
//!   of them would earn alone, beside one time bonus ([`score`]).
//! - Everything is written before DATA is called, and nothing can call back: the entrypoint refuses
//!   to be entered twice.

#![warn(clippy::arithmetic_side_effects)]

mod batch;
mod minting;
pub mod offices;
pub mod parameters;
mod program;
pub mod records;
mod rewards;
pub mod score;

#[cfg(not(target_arch = "wasm32"))]
pub use program::program;
#[cfg(target_arch = "wasm32")]
pub use program::user_entrypoint;
pub use rewards::{DataCoopRewards, IDataCoopRewards};
