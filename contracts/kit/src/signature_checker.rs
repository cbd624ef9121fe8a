//! Decides whether an account signed a hash, be it a person or a contract, as OpenZeppelin's
//! `SignatureChecker` does.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol};
use stylus_sdk::host::VM;

use crate::{Account, Uint, ecdsa, host, word};

sol! {
    /// ERC-1271.
    #[derive(Debug)]
    interface IERC1271 {
        function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4 magicValue);
    }
}

/// What a contract answers for a good signature: the function's own selector, in the high bytes.
const MAGIC: u32 = u32::from_be_bytes(IERC1271::isValidSignatureCall::SELECTOR);

/// Returns whether `signer` signed `hash`: by its key when it has no code, else by its own word
/// (ERC-1271), which a reverting or silent contract does not give.
#[must_use]
pub fn is_valid(vm: &VM, signer: &Account, hash: &B256, signature: &[u8]) -> bool {
    if host::is_contract(vm, signer) {
        is_valid_erc1271(vm, signer, hash, signature)
    } else {
        ecdsa::try_recover(vm, hash, signature).is_some_and(|found| found == *signer)
    }
}

/// Returns whether a contract says that it signed `hash` (ERC-1271).
#[must_use]
pub fn is_valid_erc1271(vm: &VM, signer: &Account, hash: &B256, signature: &[u8]) -> bool {
    let succeeded =
        host::static_call::<IERC1271::isValidSignatureCall>(vm, signer, (hash, signature));
    let (answer, len) = host::returned_word(vm);
    let magic = Uint::from_lanes(0, 0, 0, u64::from(MAGIC) << 32);
    succeeded && len == 32 && word::same(&answer, word::Word::word(&magic))
}
