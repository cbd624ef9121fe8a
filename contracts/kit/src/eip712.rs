//! Decides what signed messages are bound to: the EIP-712 domain of this contract on this chain.
//!
//! Unlike OpenZeppelin's `EIP712` nothing is cached: hashing five words costs less than a slot.

use alloc::vec::Vec;

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use stylus_sdk::keccak_const::Keccak256;

use crate::{
    Account, Contract,
    abi::{self, Encode},
    host, word,
};

/// Hashes a text while compiling.
#[must_use]
pub const fn hash_of(text: &str) -> B256 {
    B256::new(Keccak256::new().update(text.as_bytes()).finalize())
}

/// `keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")`
const DOMAIN_TYPEHASH: B256 =
    hash_of("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

/// A contract that people sign messages for.
pub trait Eip712: Contract {
    /// The name of the signing domain.
    const NAME: &'static str;

    /// The version of the signing domain.
    const VERSION: &'static str;

    /// The hash of the name.
    const NAME_HASH: B256 = hash_of(Self::NAME);

    /// The hash of the version.
    const VERSION_HASH: B256 = hash_of(Self::VERSION);

    /// Returns the domain separator.
    fn domain_separator(&self) -> B256 {
        let words = [
            DOMAIN_TYPEHASH,
            Self::NAME_HASH,
            Self::VERSION_HASH,
            word::from_u64(host::chain_id(self.vm())),
            *host::this(self.vm()).word(),
        ];
        host::keccak_words(self.vm(), &words)
    }

    /// Returns the hash that is signed for a struct's hash:
    /// `keccak256(0x1901 ‖ domain separator ‖ struct hash)`.
    fn typed_data_hash(&self, struct_hash: &B256) -> B256 {
        let mut message = [0; 66];
        let (prefix, words) = message.split_at_mut(2);
        prefix.copy_from_slice(&[0x19, 0x01]);
        let (domain, hash) = words.split_at_mut(32);
        domain.copy_from_slice(&self.domain_separator().0);
        hash.copy_from_slice(&struct_hash.0);
        host::keccak(self.vm(), &message)
    }

    /// Returns the domain as EIP-5267 describes it.
    fn eip712_domain(&self) -> Domain {
        Domain {
            name: Self::NAME,
            version: Self::VERSION,
            chain_id: host::chain_id(self.vm()),
            contract: host::this(self.vm()),
        }
    }
}

/// A domain with a name, a version, a chain and a contract, and neither salt nor extensions.
#[derive(Clone, Copy, Debug)]
pub struct Domain {
    name: &'static str,
    version: &'static str,
    chain_id: u64,
    contract: Account,
}

/// The results of `eip712Domain()`.
type DomainTuple = (
    sol_data::FixedBytes<1>,
    sol_data::String,
    sol_data::String,
    sol_data::Uint<256>,
    sol_data::Address,
    sol_data::FixedBytes<32>,
    sol_data::Array<sol_data::Uint<256>>,
);

impl Encode<DomainTuple> for Domain {
    fn encode(self) -> Vec<u8> {
        // The head is seven words; the tails follow in order: the name (a length and one word for
        // a name of at most 32 bytes), the version (the same), the empty list.
        const NAME_AT: u64 = 7 * 32;
        const VERSION_AT: u64 = NAME_AT + 64;
        const EXTENSIONS_AT: u64 = VERSION_AT + 64;

        let mut fields = B256::ZERO;
        // Which fields there are, from the lowest bit: name, version, chain and contract.
        fields[0] = 0b0_1111;
        let mut out = abi::encode_words(&[
            fields,
            word::from_u64(NAME_AT),
            word::from_u64(VERSION_AT),
            word::from_u64(self.chain_id),
            *self.contract.word(),
            B256::ZERO,
            word::from_u64(EXTENSIONS_AT),
        ]);
        abi::push_text(&mut out, self.name);
        abi::push_text(&mut out, self.version);
        abi::push_word(&mut out, &B256::ZERO);
        out
    }
}
