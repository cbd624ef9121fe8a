//! Decides what a revert is: the knowledge that the output holds a typed error.

use alloy_sol_types::{Panic, SolError, sol_data};
use stylus_sdk::host::VM;

use crate::{abi::ToWords, host, output};

/// What a contract's functions return.
pub type Result<T, E = Revert> = core::result::Result<T, E>;

/// The knowledge that a call is to be reverted and that the output holds the error.
///
/// Nothing on chain matches on an error: it is passed on to the caller, or logged. So an error is
/// written where it is raised, and what is handed back takes no room. [`new`](Self::new) writes
/// nothing but an error of an interface with its arguments.
#[derive(Debug)]
#[must_use]
pub struct Revert(());

impl Revert {
    /// Writes a typed error: `Revert::new::<ERC20InvalidSender>((sender,))`.
    #[inline(always)]
    pub fn new<'a, E: SolError>(args: impl ToWords<E::Parameters<'a>>) -> Self {
        output::begin();
        output::push_selector(u32::from_be_bytes(E::SELECTOR));
        args.push_all();
        Self(())
    }

    /// Reverts without a word, as Solidity does on malformed calldata.
    #[inline(always)]
    pub const fn empty() -> Self {
        Self(())
    }

    /// Writes what Solidity reverts with when a checked sum overflows: `Panic(0x11)`.
    #[cold]
    pub fn overflow() -> Self {
        Self::new::<Panic>((0x11_u64,))
    }

    /// Writes what the last called contract reverted with.
    #[cold]
    pub fn bubble(vm: &VM) -> Self {
        host::returned(vm);
        Self(())
    }

    /// Wraps this error in another one, of a number and the bytes of this one.
    #[cold]
    pub fn wrap<'a, E>(self, number: u64) -> Self
    where
        E: SolError<Parameters<'a> = (sol_data::Uint<256>, sol_data::Bytes)>,
    {
        let inner = output::len();
        output::push_selector(u32::from_be_bytes(E::SELECTOR));
        // The head is two words; the bytes follow it.
        output::push_number(number);
        output::push_number(2 * 32);
        output::push_tail(inner);
        output::remove_front(inner);
        self
    }
}
