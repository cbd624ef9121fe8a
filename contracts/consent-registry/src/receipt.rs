//! Decides what the receipt of a change is: an EIP-712 hash of all that it says, so that whoever
//! holds the document computes it again.
//!
//! It is bound to the chain and the contract by the domain, to the consent by its id and version,
//! and to everything before by the previous receipt.

use alloy_primitives::B256;
use datacoop_kit::{
    Contract, Uint,
    eip712::{Eip712, hash_of},
    host, output,
    word::Word,
};

use crate::{ConsentRegistry, ledger::Consent};

/// The type of a receipt.
pub const RECEIPT_TYPE: &str = "Receipt(uint256 consentId,uint64 version,uint8 action,\
     address subject,uint8 dataClasses,uint8 purposes,uint8 granteeKind,address account,\
     uint8 actorRole,uint64 expiry,bytes32 terms,uint64 at,bytes32 previous)";

/// The hash of that type.
const RECEIPT_TYPEHASH: B256 = hash_of(RECEIPT_TYPE);

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Action {
    /// The consent was given.
    Grant = 1,
    /// It was replaced by its next version.
    Amend = 2,
    /// It was ended; the receipt repeats the scope that ended.
    Revoke = 3,
}

impl ConsentRegistry {
    /// Returns the receipt of a change after which the consent is `consent`, whose receipt is still
    /// the previous one.
    pub(crate) fn receipt(&self, id: &Uint, action: Action, consent: &Consent) -> B256 {
        let start = output::len();
        output::push_constant(RECEIPT_TYPEHASH);
        output::push(id.word());
        output::push_number(consent.version);
        output::push_number((action as u8).into());
        output::push(consent.subject.word());
        consent.scope.push();
        output::push_number(consent.at);
        output::push(&consent.receipt);
        let struct_hash = host::hash_output(self.vm(), start);
        self.typed_data_hash(&struct_hash)
    }
}
