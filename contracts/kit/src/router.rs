//! Decides which function a call runs, by the interface's own selectors.

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use stylus_sdk::{abi::internal::CONSTRUCTOR_EXECUTED_SLOT, host::VM};

use crate::{
    Result, Revert,
    abi::{Decode, Encode},
    host,
    storage::Place,
    word,
};

/// A contract: the owner of the host's handle. Written by [`contract!`](crate::contract).
///
/// Reading takes `&self`, writing `&mut self`; a view cannot write, because the host writes only
/// through [`vm_mut`](Self::vm_mut).
pub trait Contract: Sized {
    /// The contract on a host.
    fn new(vm: VM) -> Self;

    /// Returns the host for reading.
    fn vm(&self) -> &VM;

    /// Returns the host for writing.
    fn vm_mut(&mut self) -> &mut VM;
}

/// Makes a struct whose one field is `vm`, the host's handle, a contract.
#[macro_export]
macro_rules! contract {
    ($contract:ty) => {
        impl $crate::Contract for $contract {
            #[inline(always)]
            fn new(vm: $crate::reexport::stylus_sdk::host::VM) -> Self {
                Self { vm }
            }

            #[inline(always)]
            fn vm(&self) -> &$crate::reexport::stylus_sdk::host::VM {
                &self.vm
            }

            #[inline(always)]
            fn vm_mut(&mut self) -> &mut $crate::reexport::stylus_sdk::host::VM {
                &mut self.vm
            }
        }
    };
}

/// A contract that answers calls. Written by [`routes!`](crate::routes).
pub trait Router: Contract {
    /// Returns whether the function that the selector names takes ether.
    #[inline(always)]
    fn takes_ether(_selector: u32) -> bool {
        false
    }

    /// Runs the function that the selector names, and writes its result. `input` is what follows
    /// the selector in `calldata`.
    ///
    /// # Errors
    ///
    /// Returns what the function reverts with; nothing when there is no such function or its
    /// arguments are malformed.
    fn route(&mut self, selector: u32, input: &[u8], calldata: &[u8]) -> Result<()>;

    /// Runs a call without calldata, with or without ether.
    ///
    /// # Errors
    ///
    /// Returns what it reverts with: nothing, unless the contract says otherwise.
    #[inline(always)]
    fn receive(&mut self) -> Result<()> {
        Err(Revert::empty())
    }

    /// Runs a call of a function that the contract does not have; it brings no ether.
    ///
    /// # Errors
    ///
    /// Returns what it reverts with: nothing, unless the contract says otherwise.
    #[inline(always)]
    fn fallback(&mut self, _calldata: &[u8]) -> Result<()> {
        Err(Revert::empty())
    }
}

/// Runs a call on a contract.
///
/// # Errors
///
/// Returns what the call reverts with: nothing when it brings ether to a function that takes none.
#[inline(always)]
pub fn enter<C: Router>(contract: &mut C, calldata: &[u8]) -> Result<()> {
    if calldata.is_empty() {
        return contract.receive();
    }
    let parts = calldata.split_first_chunk();
    let parts = parts.map(|(selector, input)| (u32::from_be_bytes(*selector), input));
    if !parts.is_some_and(|(selector, _)| C::takes_ether(selector))
        && host::has_value(contract.vm())
    {
        return Err(Revert::empty());
    }
    match parts {
        Some((selector, input)) => contract.route(selector, input, calldata),
        None => contract.fallback(calldata),
    }
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
) -> Result<()>
where
    A: Decode<'a, C::Parameters<'a>>,
    R: Encode<C::ReturnTuple<'a>>,
{
    let Some(args) = A::decode(input) else { return Err(Revert::empty()) };
    function(args)?.encode();
    Ok(())
}

/// Runs one function that cannot fail: reads its arguments, calls it, writes its result.
///
/// # Errors
///
/// Returns nothing when the arguments are malformed.
#[inline(always)]
pub fn read<'a, C: SolCall, A, R>(input: &'a [u8], function: impl FnOnce(A) -> R) -> Result<()>
where
    A: Decode<'a, C::Parameters<'a>>,
    R: Encode<C::ReturnTuple<'a>>,
{
    let Some(args) = A::decode(input) else { return Err(Revert::empty()) };
    function(args).encode();
    Ok(())
}

/// Calls a function of a contract; its types follow from the function's.
#[inline(always)]
pub fn apply<C, A, R>(contract: C, function: impl FnOnce(C, A) -> R, args: A) -> R {
    function(contract, args)
}

/// Does something with a contract; its types follow from the function's.
#[inline(always)]
pub fn apply_alone<C, R>(contract: C, function: impl FnOnce(C) -> R) -> R {
    function(contract)
}

/// Where it is noted that the constructor ran: the slot that the SDK's own constructors use.
const CONSTRUCTED: B256 = B256::new(CONSTRUCTOR_EXECUTED_SLOT.to_be_bytes());

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
) -> Result<()>
where
    A: Decode<'a, T>,
{
    let done = Place::<bool>::at(word::constant(CONSTRUCTED));
    if done.get(contract.vm()) {
        return Err(Revert::empty());
    }
    done.set(contract.vm_mut(), &true);
    let Some(args) = A::decode(input) else { return Err(Revert::empty()) };
    constructor(contract, args)
}

/// Returns whether `routed`, in any order, are exactly the interface's `selectors`.
#[must_use]
#[allow(clippy::arithmetic_side_effects, reason = "evaluated while compiling")]
pub const fn covers(routed: &[u32], selectors: &[[u8; 4]]) -> bool {
    if routed.len() != selectors.len() {
        return false;
    }
    let mut i = 0;
    while i < selectors.len() {
        let selector = u32::from_be_bytes(selectors[i]);
        let mut j = 0;
        while j < routed.len() && routed[j] != selector {
            j += 1;
        }
        if j == routed.len() {
            return false;
        }
        i += 1;
    }
    true
}

/// Makes a contract answer the calls of an interface.
///
/// Each line names a call of the interface that `sol!` read, and what it does with the arguments:
///
/// - under `reads` it sees the contract and returns its result,
/// - under `views` it sees the contract and may fail: it returns a [`Result`](crate::Result),
/// - under `acts` it may change the contract, or fail,
/// - under `payable` it may do so and takes ether, which all others refuse.
///
/// `receive` is what a call without calldata does, which takes ether; `fallback` what a call of
/// another function does, which takes none. Without them such calls revert. Sections may be left
/// out. The compiler checks argument and result types against the interface, and that no function
/// of the interface is left out.
#[macro_export]
macro_rules! routes {
    (
        $contract:ty as $interface:ident ($calls:ident);
        constructor($($param:ty),*) => $constructor:expr;
        $(reads { $($read:ident => $reading:expr;)* })?
        $(views { $($view:ident => $viewing:expr;)* })?
        $(acts { $($act:ident => $acting:expr;)* })?
        $(payable { $($paid:ident => $paying:expr;)* })?
        $(receive => $receive:expr;)?
        $(fallback => $fallback:expr;)?
    ) => {
        #[allow(non_upper_case_globals, reason = "a selector is named after its call")]
        const _: () = {
            use $crate::reexport::{alloy_sol_types::SolCall, stylus_sdk::abi};
            $($(const $read: u32 = u32::from_be_bytes(<$interface::$read as SolCall>::SELECTOR);)*)?
            $($(const $view: u32 = u32::from_be_bytes(<$interface::$view as SolCall>::SELECTOR);)*)?
            $($(const $act: u32 = u32::from_be_bytes(<$interface::$act as SolCall>::SELECTOR);)*)?
            $($(const $paid: u32 = u32::from_be_bytes(<$interface::$paid as SolCall>::SELECTOR);)*)?
            assert!(
                $crate::router::covers(
                    &[$($($read,)*)? $($($view,)*)? $($($act,)*)? $($($paid,)*)?],
                    $interface::$calls::SELECTORS,
                ),
                "every function of the interface is routed, and no other",
            );

            impl $crate::router::Router for $contract {
                $(
                    #[inline(always)]
                    fn takes_ether(selector: u32) -> bool {
                        matches!(selector, $($paid)|*)
                    }
                )?

                #[inline(always)]
                fn route(
                    &mut self,
                    selector: u32,
                    input: &[u8],
                    calldata: &[u8],
                ) -> $crate::Result<()> {
                    match selector {
                        abi::CONSTRUCTOR_SELECTOR => $crate::router::construct::<
                            _, ($($param,)*), _,
                        >(self, input, $constructor),
                        $($($read => $crate::router::read::<$interface::$read, _, _>(
                            input,
                            |args| $crate::router::apply(&*self, $reading, args),
                        ),)*)?
                        $($($view => $crate::router::run::<$interface::$view, _, _>(
                            input,
                            |args| $crate::router::apply(&*self, $viewing, args),
                        ),)*)?
                        $($($act => $crate::router::run::<$interface::$act, _, _>(
                            input,
                            |args| $crate::router::apply(&mut *self, $acting, args),
                        ),)*)?
                        $($($paid => $crate::router::run::<$interface::$paid, _, _>(
                            input,
                            |args| $crate::router::apply(&mut *self, $paying, args),
                        ),)*)?
                        _ => self.fallback(calldata),
                    }
                }

                $(
                    #[inline(always)]
                    fn receive(&mut self) -> $crate::Result<()> {
                        $crate::router::apply_alone(self, $receive)
                    }
                )?

                $(
                    #[inline(always)]
                    fn fallback(&mut self, calldata: &[u8]) -> $crate::Result<()> {
                        $crate::router::apply(self, $fallback, calldata)
                    }
                )?
            }
        };
    };
}
