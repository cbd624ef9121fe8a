//! The parts that the cooperative's contracts are composed of: a lean layer between a contract and
//! the Stylus SDK, and the components (ERC-20, roles, pausing, permit) on top of it.
//!
//! # Why not the SDK's `#[public]`, `#[storage]` and `#[entrypoint]`
//!
//! Every byte of a program is gas: a Stylus chain charges each call for the size of the program
//! (and three quarters of a gas for each byte of static data), and the translation to EVM code grows
//! with it. The SDK's macros decode arguments in line for each method, keep 32 bytes of slot for
//! each field, turn byte orders at every storage access, and put results on a heap. The kit keeps
//! the SDK's host ([`VM`](stylus_sdk::host::VM)) and its conventions for entrypoint and
//! constructor, and replaces the rest:
//!
//! - The **interface file is the source of the ABI**. A contract's `I<Name>.sol` is read by `sol!`;
//!   [`routes!`] dispatches on its selectors and checks argument and result types against it,
//!   [`emit`](event::emit) and [`Revert::new`] do the same for events and errors. A contract that
//!   differs from its interface does not compile.
//! - **Words stay words** ([`word`]). An argument is borrowed from the calldata where it lies, and is
//!   passed by reference to where it is stored, logged or returned.
//! - **Slots are small constants** ([`layout!`]), laid out as Solidity would.
//! - **One buffer, no heap** ([`output`]). Results, errors, logs, calls and hashed bytes are put
//!   together in one place.
//!
//! # Invariants
//!
//! - No contract code is `unsafe`; the kit's own `unsafe` is in `host`, `word`, `output`, `arena`
//!   and `entrypoint`, each with its proof.
//! - A component writes only the slots of its own layout, and each of them in one function.

#![warn(clippy::arithmetic_side_effects)]

pub mod abi;
#[cfg(target_arch = "wasm32")]
mod arena;
pub mod dynamic;
pub mod entrypoint;
pub mod event;
pub mod host;
pub mod output;
pub mod revert;
pub mod router;
pub mod storage;
#[cfg(feature = "testing")]
pub mod testing;
pub mod word;

pub mod access_control;
pub mod checkpoints;
pub mod ecdsa;
pub mod eip712;
pub mod erc20;
pub mod merkle;
pub mod nonces;
pub mod pausable;
pub mod permit;
pub mod safe_erc20;
pub mod signature_checker;
pub mod text;
pub mod votes;

pub use revert::{Result, Revert};
pub use router::Contract;
pub use word::{Account, Uint};

/// What the macros need to name from a contract crate.
#[doc(hidden)]
pub mod reexport {
    pub use alloy_sol_types;
    pub use stylus_sdk;
}
