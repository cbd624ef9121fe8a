//! Random values from a fixed seed: the same run on every machine.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue},
    primitives::{Address, B256, I256, U256},
};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random source of the tests.
pub type Random = ChaCha8Rng;

/// The longest array, string or byte string that [`value`] makes.
const MAX_LEN: usize = 70;

/// A random source that says by its seed all that follows.
pub fn seeded(seed: u64) -> Random {
    Random::seed_from_u64(seed)
}

/// A random value of the Solidity type `ty`: any number of bits is as likely as any other, so that
/// small numbers, large ones and the edges between them all come up.
pub fn value(ty: &DynSolType, rng: &mut Random) -> DynSolValue {
    match ty {
        DynSolType::Bool => DynSolValue::Bool(rng.random()),
        DynSolType::Int(bits) => DynSolValue::Int(signed(*bits, rng), *bits),
        DynSolType::Uint(bits) => DynSolValue::Uint(unsigned(*bits, rng), *bits),
        DynSolType::FixedBytes(len) => {
            let mut word = B256::ZERO;
            rng.fill_bytes(&mut word[..*len]);
            DynSolValue::FixedBytes(word, *len)
        }
        DynSolType::Address => DynSolValue::Address(address(rng)),
        DynSolType::Function => DynSolValue::Function(rng.random::<[u8; 24]>().into()),
        DynSolType::Bytes => DynSolValue::Bytes(bytes(rng.random_range(0..=MAX_LEN), rng)),
        DynSolType::String => {
            let len = rng.random_range(0..=MAX_LEN);
            DynSolValue::String((0..len).map(|_| rng.random::<char>()).collect())
        }
        DynSolType::Array(item) => {
            let len = rng.random_range(0..=5);
            DynSolValue::Array((0..len).map(|_| value(item, rng)).collect())
        }
        DynSolType::FixedArray(item, len) => {
            DynSolValue::FixedArray((0..*len).map(|_| value(item, rng)).collect())
        }
        DynSolType::Tuple(items) => {
            DynSolValue::Tuple(items.iter().map(|item| value(item, rng)).collect())
        }
    }
}

/// A random address.
pub fn address(rng: &mut Random) -> Address {
    Address::new(rng.random())
}

/// `len` random bytes.
pub fn bytes(len: usize, rng: &mut Random) -> Vec<u8> {
    let mut bytes = vec![0; len];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// A random unsigned number below 2^`bits`, every length of it equally likely.
pub fn unsigned(bits: usize, rng: &mut Random) -> U256 {
    match rng.random_range(0..=bits) {
        0 => U256::ZERO,
        len => U256::from_be_bytes(rng.random::<[u8; 32]>()) >> (256 - len),
    }
}

fn signed(bits: usize, rng: &mut Random) -> I256 {
    let magnitude = I256::from_raw(unsigned(bits - 1, rng));
    if rng.random() { magnitude } else { !magnitude }
}
