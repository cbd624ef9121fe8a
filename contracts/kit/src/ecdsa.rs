//! Decides who signed a hash, as OpenZeppelin's `ECDSA.recover` does.

use alloy_primitives::{B256, b256};
use alloy_sol_types::sol;
use stylus_sdk::host::VM;

use crate::{Account, Result, Revert, Uint, host, output, word};

sol! {
    /// Errors of OpenZeppelin's `ECDSA`.
    #[derive(Debug)]
    interface IEcdsa {
        error ECDSAInvalidSignature();
        error ECDSAInvalidSignatureLength(uint256 length);
        error ECDSAInvalidSignatureS(bytes32 s);
    }
}

pub use IEcdsa::{
    ECDSAInvalidSignature, ECDSAInvalidSignatureLength, ECDSAInvalidSignatureS, IEcdsaErrors,
};

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
    if is_malleable(s) {
        return Err(Revert::new::<ECDSAInvalidSignatureS>((s,)));
    }
    let signer = ask(vm, hash, v, r, s);
    if signer.is_zero() {
        return Err(Revert::new::<ECDSAInvalidSignature>(()));
    }
    Ok(signer)
}

/// Returns who signed `hash` with a signature of 65 bytes: `r`, `s` and `v`.
///
/// # Errors
///
/// - [`ECDSAInvalidSignatureLength`] when it has another length,
/// - as [`recover`].
pub fn recover_bytes(vm: &VM, hash: &B256, signature: &[u8]) -> Result<Account> {
    let Some((r, s, v)) = parts(signature) else {
        return Err(Revert::new::<ECDSAInvalidSignatureLength>((signature.len() as u64,)));
    };
    recover(vm, hash, v, r, s)
}

/// Returns who signed `hash` with a signature of 65 bytes, or `None` where [`recover_bytes`] fails.
#[must_use]
pub fn try_recover(vm: &VM, hash: &B256, signature: &[u8]) -> Option<Account> {
    let (r, s, v) = parts(signature)?;
    let signer = if is_malleable(s) { Account::ZERO } else { ask(vm, hash, v, r, s) };
    (!signer.is_zero()).then_some(signer)
}

/// Returns `r`, `s` and `v` of a signature of 65 bytes.
const fn parts(signature: &[u8]) -> Option<(&B256, &B256, u8)> {
    match (word::words(signature), signature) {
        ([r, s], [.., v]) if signature.len() == 65 => Some((r, s, *v)),
        _ => None,
    }
}

/// Returns whether somebody else could have turned another signature into one with this `s`.
fn is_malleable(s: &B256) -> bool {
    Uint::new(word::constant(HALF_ORDER)) < *Uint::from_word(s)
}

/// Asks the precompile who signed; zero when nobody did. `s` may be any.
#[must_use]
pub fn ask(vm: &VM, hash: &B256, v: u8, r: &B256, s: &B256) -> Account {
    let start = output::len();
    output::push(hash);
    output::push_number(v.into());
    output::push(r);
    output::push(s);
    // The precompile returns nothing for a bad signature, and fails only without gas.
    let (signer, len) = if host::call_precompile(vm, PRECOMPILE, start) {
        host::returned_word(vm)
    } else {
        (B256::ZERO, 0)
    };
    match Account::from_word(&signer) {
        Some(signer) if len == 32 => *signer,
        _ => Account::ZERO,
    }
}
