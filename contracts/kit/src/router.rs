//! Decides which function a call runs, by the interface's own selectors.

use alloc::vec::Vec;

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, abi::internal::CONSTRUCTOR_EXECUTED_SLOT};

use crate::{
    Contract, Revert,
    abi::{Decode, Encode},
    host,
    revert::Result,
    storage::Place,
};

/// An encoded result.
pub type Output = Vec<u8>;

/// A contract that answers calls. Written by [`routes!`](crate::routes).
pub trait Router: Contract {
    /// Runs the function that the selector names.
    ///
    /// # Errors
    ///
    /// Returns what the function reverts with; nothing when there is no such function or its
    /// arguments are malformed.
    fn route(&mut self, selector: u32, input: &[u8]) -> Result<Output>;
}

/// Runs a call on a contract: what the entrypoint does.
///
/// # Errors
///
/// Returns the revert's data. Ether is refused before anything else, since no function takes any.
#[inline]
pub fn enter(mut contract: impl Router, input: &[u8]) -> ArbResult {
    if host::has_value(contract.vm()) {
        return Err(Vec::new());
    }
    let Some((selector, input)) = input.split_first_chunk() else { return Err(Vec::new()) };
    contract.route(u32::from_be_bytes(*selector), input).map_err(Revert::into_bytes)
}

/// Runs one function: reads its arguments, calls it, writes its result.
///
/// # Errors
///
/// Returns what the function reverts with; nothing when the arguments are malformed.
#[inline(always)]
pub fn run<'a, C: SolCall, A, R>(
    input: &'a [u8],
    function: impl FnOnce(A) -> Result<R>,
) -> Result<Output>
where
    A: Decode<'a, C::Parameters<'a>>,
    R: Encode<C::ReturnTuple<'a>>,
{
    let args = A::decode(input).ok_or_else(Revert::empty)?;
    function(args).map(R::encode)
}

/// Calls a function of a contract; its types follow from the function's.
///
/// # Errors
///
/// Returns what the function reverts with.
#[inline(always)]
pub fn apply<C, A, R>(
    contract: &mut C,
    function: impl FnOnce(&mut C, A) -> Result<R>,
    args: A,
) -> Result<R> {
    function(contract, args)
}

/// Runs the constructor, with arguments of the types `T`.
///
/// # Errors
///
/// Returns what the constructor reverts with; nothing when the arguments are malformed or the
/// contract is already constructed.
#[inline(always)]
pub fn construct<'a, C: Contract, T, A>(
    contract: &mut C,
    input: &'a [u8],
    constructor: impl FnOnce(&mut C, A) -> Result<()>,
) -> Result<Output>
where
    A: Decode<'a, T>,
{
    // The flag that the SDK's own constructors use.
    let done = Place::<bool>::at(B256::new(CONSTRUCTOR_EXECUTED_SLOT.to_be_bytes()));
    if done.get(contract.vm()) {
        return Err(Revert::empty());
    }
    done.set(contract.vm_mut(), &true);
    let args = A::decode(input).ok_or_else(Revert::empty)?;
    constructor(contract, args).map(|()| Vec::new())
}

/// Returns whether `routed`, in any order, are exactly the interface's `selectors`.
#[must_use]
pub const fn covers(routed: &[u32], selectors: &[[u8; 4]]) -> bool {
    if routed.len() != selectors.len() {
        return false;
    }
    let mut i = 0;
    while i < selectors.len() {
        let selector = u32::from_be_bytes(selectors[i]);
        let mut j = 0;
        while j < routed.len() && routed[j] != selector {
            j = next(j);
        }
        if j == routed.len() {
            return false;
        }
        i = next(i);
    }
    true
}

/// Returns the next index; an index is below a length and cannot overflow.
const fn next(index: usize) -> usize {
    index.wrapping_add(1)
}

/// Makes a contract answer the calls of an interface.
///
/// Each line names a call of the interface that `sol!` read, and what it does with the arguments.
/// The compiler checks argument and result types against the interface, and that no function of
/// the interface is left out.
#[macro_export]
macro_rules! routes {
    (
        $contract:ty as $interface:ident ($calls:ident);
        constructor($($param:ty),*) => $constructor:expr;
        $($call:ident => $function:expr;)*
    ) => {
        impl $crate::router::Router for $contract {
            #[allow(non_upper_case_globals, reason = "a selector is named after its call")]
            fn route(
                &mut self,
                selector: u32,
                input: &[u8],
            ) -> $crate::Result<$crate::router::Output> {
                use $crate::reexport::{alloy_sol_types::SolCall, stylus_sdk::abi};
                $(const $call: u32 =
                    u32::from_be_bytes(<$interface::$call as SolCall>::SELECTOR);)*
                const _: () = assert!(
                    $crate::router::covers(&[$($call),*], $interface::$calls::SELECTORS),
                    "every function of the interface is routed, and no other",
                );
                match selector {
                    abi::CONSTRUCTOR_SELECTOR => $crate::router::construct::<
                        _, ($($param,)*), _,
                    >(self, input, $constructor),
                    $($call => $crate::router::run::<$interface::$call, _, _>(
                        input,
                        |args| $crate::router::apply(self, $function, args),
                    ),)*
                    _ => Err($crate::Revert::empty()),
                }
            }
        }
    };
}
