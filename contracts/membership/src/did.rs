//! Decides which DID a membership is bound to: one at a time, at the member's word, and none that is
//! bound to another.
//!
//! Only the hash is stored; the text is in the event. That the member controls the DID is for the
//! DID's own document to say, which names the account.

use alloy_primitives::B256;
use datacoop_kit::{Result, Revert, Uint, event::emit, host, layout, word::Word};
use stylus_sdk::host::VM;

use crate::membership::IMembership::{DidChanged, MembershipDidInUse, MembershipInvalidDid};

/// The fewest bytes of a DID: `did:`, a method, `:` and something (DID Core 1.0, section 3.1).
pub const MIN_LEN: usize = 7;

/// The most bytes of a DID.
pub const MAX_LEN: usize = 256;

/// What every DID begins with.
const SCHEME: &[u8] = b"did:";

layout! {
    /// The storage of DIDs.
    pub struct DidStorage {
        /// By token id, the hash of its DID. Written by [`DidStorage::write`].
        hashes: Mapping<Uint, Uint>,
        /// By hash of a DID, the token id. Written by [`DidStorage::write`].
        tokens: Mapping<B256, Uint>,
    }
}

impl DidStorage {
    /// Returns the hash of a membership's DID, or zero.
    pub(crate) fn hash(&self, vm: &VM, id: &Uint) -> Uint {
        self.hashes.of(vm, id).get(vm)
    }

    /// Returns the membership that a DID is bound to, or zero.
    pub(crate) fn token(&self, vm: &VM, hash: &B256) -> Uint {
        self.tokens.of(vm, hash).get(vm)
    }

    /// Binds a DID to a membership in place of the one before; an empty text binds none.
    ///
    /// # Errors
    ///
    /// - [`MembershipInvalidDid`] for a text that is too short, too long or does not begin as a DID,
    /// - [`MembershipDidInUse`] when it is bound to another membership.
    ///
    /// # Events
    ///
    /// [`DidChanged`] when it changes.
    pub(crate) fn bind(&self, vm: &mut VM, id: u64, did: &[u8]) -> Result<()> {
        if did.is_empty() {
            self.write(vm, id, &Uint::ZERO, did);
            return Ok(());
        }
        if !(MIN_LEN..=MAX_LEN).contains(&did.len()) || !did.starts_with(SCHEME) {
            let [len, min, max] = [did.len(), MIN_LEN, MAX_LEN].map(|len| len as u64);
            return Err(Revert::new::<MembershipInvalidDid>((len, min, max)));
        }
        let hash = host::hash(vm, did);
        let bound = self.token(vm, &hash);
        if !bound.is_zero() && bound != Uint::from(id) {
            return Err(Revert::new::<MembershipDidInUse>((&hash, &bound)));
        }
        self.write(vm, id, Uint::from_word(&hash), did);
        Ok(())
    }

    /// Writes which DID, by its hash, is bound to a membership; zero is none.
    fn write(&self, vm: &mut VM, id: u64, new: &Uint, did: &[u8]) {
        let id = Uint::from(id);
        let old = self.hash(vm, &id);
        if old == *new {
            return;
        }
        if !old.is_zero() {
            self.tokens.of(vm, old.word()).set(vm, &Uint::ZERO);
        }
        if !new.is_zero() {
            self.tokens.of(vm, new.word()).set(vm, &id);
        }
        self.hashes.of(vm, &id).set(vm, new);
        emit::<DidChanged>(vm, (&id, old.word(), new.word()), (did,));
    }
}
