//! Decides how permits are signed, since no random signature would do: ERC-2612 by the letter.

use alloy::{dyn_abi::DynSolValue, signers::SignerSync};
use alloy_primitives::{Address, B256, U256, keccak256, uint};
use alloy_sol_types::{SolCall, SolValue, sol};
use rand::Rng;
use stylus_host::Transaction;

use super::{
    actors::Cast,
    generate::Generator,
    twin::{Difference, Twin},
};

sol! {
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
}

/// The order of secp256k1 (SEC 2).
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// Puts a signature of the owner into a permit's arguments. One in eight has a high `s`.
pub(crate) fn sign(
    arguments: &mut [DynSolValue],
    twin: &mut Twin,
    cast: &Cast,
    generator: &mut Generator,
    token: Address,
) -> Result<(), Box<Difference>> {
    let people = cast.people();
    let owner = &people[generator.rng().random_range(0..people.len())];
    let mut ask = |call: Vec<u8>| -> Result<B256, Box<Difference>> {
        let (_, outcome) = twin.call(&Transaction::new(owner.address(), token, call))?;
        Ok(B256::try_from(outcome.output.as_ref()).unwrap_or_default())
    };
    let nonce = ask(noncesCall { owner: owner.address() }.abi_encode())?;
    let domain = ask(DOMAIN_SEPARATORCall {}.abi_encode())?;
    arguments[0] = DynSolValue::Address(owner.address());
    let word = |index: usize| arguments[index].as_uint().map_or(U256::ZERO, |value| value.0);
    let spender = arguments[1].as_address().unwrap_or_default();
    let typehash = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
    );
    let fields = (typehash, owner.address(), spender, word(2), nonce, word(3));
    let digest =
        keccak256([&[0x19, 0x01][..], &domain[..], &keccak256(fields.abi_encode())[..]].concat());
    let signature = owner.sign_hash_sync(&digest).expect("a key signs any hash");
    let high = generator.rng().random_ratio(1, 8);
    let s = if high { ORDER - signature.s() } else { signature.s() };
    let v = 27 + u64::from(signature.v() != high);
    arguments[4] = DynSolValue::Uint(U256::from(v), 8);
    arguments[5] = DynSolValue::FixedBytes(signature.r().into(), 32);
    arguments[6] = DynSolValue::FixedBytes(s.into(), 32);
    Ok(())
}
