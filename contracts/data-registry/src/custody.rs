//! Decides what the owner of a record may do: hand it over in two steps, say where its bytes lie, and
//! erase it.
//!
//! None of this needs a membership of the owner: whoever left the cooperative still erases.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    access_control::AccessControl,
    event::emit,
    host,
    word::{self, Word},
};

use crate::{
    DataRegistry, members,
    records::{Action, Change, ERASED, State},
    registering::check_pointer,
    registry::{
        ATTESTOR_ROLE,
        IDataRegistry::{
            CustodyOffered, CustodyTransferred, PointerRotated, RecordCandidateNotMember,
            RecordErased, RecordSelfAttestation, RecordUnauthorizedCandidate,
        },
        PARAMETERS, RECORDS,
    },
};

impl DataRegistry {
    /// Offers a record of the caller to another account, or to nobody.
    pub(crate) fn offer_custody(&mut self, id: &B256, candidate: &Account) -> Result<()> {
        let caller = host::sender(&self.vm);
        RECORDS.own(&self.vm, id, &caller)?;
        self.offer(id, &caller, candidate);
        Ok(())
    }

    /// Writes whom a record is offered to.
    ///
    /// # Events
    ///
    /// `CustodyOffered` when that changes.
    fn offer(&mut self, id: &B256, owner: &Account, candidate: &Account) {
        let old = RECORDS.offer(&mut self.vm, id, candidate);
        if old != *candidate {
            emit::<CustodyOffered>(&mut self.vm, (id, owner), (&old, candidate));
        }
    }

    /// Takes a record that was offered to the caller.
    ///
    /// # Errors
    ///
    /// - `RecordNotLive`,
    /// - `RecordUnauthorizedCandidate` when it was offered to somebody else or nobody,
    /// - `RecordSelfAttestation` when the caller is an attestor,
    /// - `RecordCandidateNotMember`.
    ///
    /// # Events
    ///
    /// `CustodyOffered` to nobody, `CustodyTransferred`.
    pub(crate) fn accept_custody(&mut self, id: &B256) -> Result<()> {
        let caller = host::sender(&self.vm);
        let record = RECORDS.live(&self.vm, id)?;
        let candidate = RECORDS.candidate(&self.vm, id);
        if candidate != caller {
            return Err(Revert::new::<RecordUnauthorizedCandidate>((&caller, &candidate)));
        }
        if self.has_role(&word::constant(ATTESTOR_ROLE), &caller) {
            return Err(Revert::new::<RecordSelfAttestation>((id, &caller)));
        }
        if members::roles(&self.vm, &PARAMETERS.membership(&self.vm), &caller).is_none() {
            return Err(Revert::new::<RecordCandidateNotMember>((&caller,)));
        }
        let owner = record.state.owner;
        self.offer(id, &owner, &Account::ZERO);
        let at = host::timestamp(&self.vm);
        let state = State { owner: caller, ..record.state };
        let pointer_hash = record.pointer_hash(&self.vm);
        let change = Change { action: Action::Transfer, actor: &caller, at };
        let head = record.write(&mut self.vm, &change, &state, &pointer_hash);
        emit::<CustodyTransferred>(&mut self.vm, (id, &owner, &caller), (at, &head));
        Ok(())
    }

    /// Says where the bytes of a record of the caller lie now.
    ///
    /// # Errors
    ///
    /// `RecordInvalidPointer`, `RecordNotLive`, `RecordUnauthorizedOwner`.
    ///
    /// # Events
    ///
    /// `PointerRotated`.
    pub(crate) fn rotate_pointer(&mut self, id: &B256, pointer: &[u8]) -> Result<()> {
        check_pointer(pointer)?;
        let caller = host::sender(&self.vm);
        let record = RECORDS.own(&self.vm, id, &caller)?;
        let at = host::timestamp(&self.vm);
        let old = record.pointer_hash(&self.vm);
        let new = Uint::new(host::hash(&self.vm, pointer));
        let change = Change { action: Action::Rotate, actor: &caller, at };
        let head = record.write(&mut self.vm, &change, &record.state, &new);
        let data = (old.word(), new.word(), pointer, at, &head);
        emit::<PointerRotated>(&mut self.vm, (id, &caller), data);
        Ok(())
    }

    /// Erases a record of the caller.
    ///
    /// # Errors
    ///
    /// `RecordNotLive`, `RecordUnauthorizedOwner`.
    ///
    /// # Events
    ///
    /// `CustodyOffered` to nobody when it was offered to somebody, `RecordErased`.
    pub(crate) fn erase(&mut self, id: &B256) -> Result<()> {
        let caller = host::sender(&self.vm);
        let record = RECORDS.own(&self.vm, id, &caller)?;
        self.offer(id, &caller, &Account::ZERO);
        let at = host::timestamp(&self.vm);
        let state = State { status: ERASED, since: at, ..record.state };
        let old = record.pointer_hash(&self.vm);
        let change = Change { action: Action::Erase, actor: &caller, at };
        let head = record.write(&mut self.vm, &change, &state, &Uint::ZERO);
        let data = (record.state.status, old.word(), at, &head);
        emit::<RecordErased>(&mut self.vm, (id, &caller), data);
        Ok(())
    }
}
