//! Decides who signed a hash, as OpenZeppelin's `ECDSA.recover(hash, v, r, s)` does.

use alloy_primitives::{B256, b256};
use alloy_sol_types::sol;
use stylus_sdk::host::VM;

use crate::{Account, Result, Revert, Uint, host, output, word};

sol! {
    /// Errors of OpenZeppelin's `ECDSA`.
    #[derive(Debug)]
    interface IEcdsa {
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureS(bytes32 s);
    }
}

pub use IEcdsa::{ECDSAInvalidSignature, ECDSAInvalidSignatureS, IEcdsaErrors};

/// Half the order of secp256k1, rounded down: the greatest `s` of a signature that nobody can turn
/// into another (EIP-2).
const HALF_ORDER: B256 = b256!("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/// The number of the precompile that recovers signers.
const PRECOMPILE: u64 = 1;

/// Returns who signed `hash`.
///
/// # Errors
///
/// - [`ECDSAInvalidSignatureS`] when `s` is in the upper half of the order,
/// - [`ECDSAInvalidSignature`] when nobody can have made the signature.
pub fn recover(vm: &VM, hash: &B256, v: u8, r: &B256, s: &B256) -> Result<Account> {
    if Uint::new(word::constant(HALF_ORDER)) < *Uint::from_word(s) {
        return Err(Revert::new::<ECDSAInvalidSignatureS>((s,)));
    }
    output::begin();
    output::push(hash);
    output::push_number(v.into());
    output::push(r);
    output::push(s);
    // The precompile returns nothing for a bad signature, and fails only without gas.
    let (signer, len) = if host::call_precompile(vm, PRECOMPILE) {
        host::returned_word(vm)
    } else {
        (B256::ZERO, 0)
    };
    match Account::from_word(&signer) {
        Some(signer) if len == 32 && !signer.is_zero() => Ok(*signer),
        _ => Err(Revert::new::<ECDSAInvalidSignature>(())),
    }
}
