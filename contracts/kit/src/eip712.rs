//! Decides what signed messages are bound to: the EIP-712 domain of this contract on this chain.
//!
//! Unlike OpenZeppelin's `EIP712` nothing is cached: hashing five words costs less than a slot.

use core::marker::PhantomData;

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use stylus_sdk::keccak_const::Keccak256;

use crate::{Account, Contract, Uint, abi::Encode, dynamic::Text, host, output, word::Word};

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

    /// The name as it is written.
    const NAME_TEXT: Text = Text::new(Self::NAME);

    /// The version as it is written.
    const VERSION_TEXT: Text = Text::new(Self::VERSION);

    /// The hash of the name.
    const NAME_HASH: B256 = hash_of(Self::NAME);

    /// The hash of the version.
    const VERSION_HASH: B256 = hash_of(Self::VERSION);

    /// Returns the domain separator.
    fn domain_separator(&self) -> B256 {
        let start = output::len();
        output::push_constant(DOMAIN_TYPEHASH);
        output::push_constant(Self::NAME_HASH);
        output::push_constant(Self::VERSION_HASH);
        output::push_number(host::chain_id(self.vm()));
        output::push(host::this(self.vm()).word());
        host::hash_output(self.vm(), start)
    }

    /// Returns the hash that is signed for a struct's hash:
    /// `keccak256(0x1901 ‖ domain separator ‖ struct hash)`.
    fn typed_data_hash(&self, struct_hash: &B256) -> B256 {
        let domain = self.domain_separator();
        let start = output::len();
        output::append(2, |room| {
            if let Some(room) = room.first_chunk_mut() {
                *room = [0x19, 0x01];
            }
        });
        output::push(&domain);
        output::push(struct_hash);
        host::hash_output(self.vm(), start)
    }

    /// Returns the domain as EIP-5267 describes it.
    fn eip712_domain(&self) -> Domain<Self> {
        Domain {
            chain_id: host::chain_id(self.vm()),
            contract: host::this(self.vm()),
            texts: PhantomData,
        }
    }
}

/// A domain with a name, a version, a chain and a contract, and neither salt nor extensions.
#[derive(Clone, Copy, Debug)]
pub struct Domain<C> {
    chain_id: u64,
    contract: Account,
    texts: PhantomData<C>,
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

impl<C: Eip712> Encode<DomainTuple> for Domain<C> {
    fn encode(self) {
        // The head is seven words; the tails follow in order: the name and the version, each a
        // length and one word, then the empty list.
        const NAME_AT: u64 = 7 * 32;
        const VERSION_AT: u64 = NAME_AT + 64;
        const EXTENSIONS_AT: u64 = VERSION_AT + 64;
        // Which fields there are, from the lowest bit: name, version, chain and contract.
        const FIELDS: u64 = 0b0_1111;

        output::begin();
        output::push(Uint::from_lanes(0, 0, 0, FIELDS << 56).word());
        output::push_number(NAME_AT);
        output::push_number(VERSION_AT);
        output::push_number(self.chain_id);
        output::push(self.contract.word());
        output::push_number(0);
        output::push_number(EXTENSIONS_AT);
        C::NAME_TEXT.push();
        C::VERSION_TEXT.push();
        output::push_number(0);
    }
}
