//! Decides what happens between a call and the contract: the host hands over the calldata, and gets
//! back a status and the output.

use stylus_sdk::host::VM;

use crate::router::{self, Router};

/// Bytes of the output beside those of the calldata: more than any result, error or log of a fixed
/// size, and what is put together while a larger result is written. What is longer still moves to a
/// larger block.
#[cfg(target_arch = "wasm32")]
const SPARE: usize = 640;

/// Runs a call on a contract as the host asks for it: `len` bytes of calldata, and a status of zero
/// for a result or one for an error.
///
/// Unless it is `REENTRANT`, a contract cannot be entered again while it runs.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
#[allow(unsafe_code, reason = "the functions of the host take raw pointers")]
pub fn run<C: Router, const REENTRANT: bool>(len: usize) -> usize {
    use stylus_sdk::{host::WasmVM, hostio};

    use crate::{arena, output};

    // SAFETY: the host writes `len` bytes, which is what the input holds, and reads what the output
    // holds.
    unsafe {
        if !REENTRANT && hostio::msg_reentrant() {
            return 1;
        }
        // Does nothing, but has the function imported, without which a program is not activated.
        hostio::pay_for_memory_grow(0);
        // A result is seldom longer than the calldata and this.
        let block = arena::take(len.wrapping_mul(2).wrapping_add(SPARE));
        let (input, buffer) = block.split_at_mut_unchecked(len);
        hostio::read_args(input.as_mut_ptr());
        output::open(buffer);
        let failed = router::enter(&mut C::new(VM { host: WasmVM {} }), input).is_err();
        if !failed {
            hostio::storage_flush_cache(false);
        }
        output::take(0, |data| hostio::write_result(data.as_ptr(), data.len()));
        failed.into()
    }
}

/// Runs a call on a contract natively, keeping the output of the call that it comes from.
///
/// # Errors
///
/// Returns the error's bytes.
#[cfg(not(target_arch = "wasm32"))]
pub fn run<C: Router, const REENTRANT: bool>(input: &[u8], vm: VM) -> stylus_sdk::ArbResult {
    use stylus_sdk::stylus_core::MessageAccess;

    use crate::output;

    if !REENTRANT && vm.msg_reentrant() {
        return Err(Vec::new());
    }
    let take = || output::take(0, <[u8]>::to_vec);
    let before = take();
    let outcome = router::enter(&mut C::new(vm), input);
    let output = take();
    output::append(before.len(), |room| room.copy_from_slice(&before));
    outcome.map(|()| output.clone()).map_err(|_| output)
}

/// Makes a crate the program of a contract.
///
/// On chain that is the function that the host enters; natively it is `program`, for tests. A
/// contract that is called back by what it calls, itself among it, is `reentrant`.
#[macro_export]
macro_rules! program {
    ($contract:ty) => {
        $crate::program!(@ $contract, false);
    };
    ($contract:ty, reentrant) => {
        $crate::program!(@ $contract, true);
    };
    (@ $contract:ty, $reentrant:literal) => {
        /// Runs one call of the contract, for the host.
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "the host finds the function by its name")]
        #[unsafe(no_mangle)]
        pub extern "C" fn user_entrypoint(len: usize) -> usize {
            $crate::entrypoint::run::<$contract, $reentrant>(len)
        }

        /// Runs one call of the contract, natively.
        ///
        /// # Errors
        ///
        /// Returns the error's bytes.
        #[cfg(not(target_arch = "wasm32"))]
        pub fn program(
            input: &[u8],
            vm: $crate::reexport::stylus_sdk::host::VM,
        ) -> $crate::reexport::stylus_sdk::ArbResult {
            $crate::entrypoint::run::<$contract, $reentrant>(input, vm)
        }
    };
}
