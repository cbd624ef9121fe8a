//! Decides which records are registered and attested: new ones of patients, under a live schema, at
//! the word of the owner or of an attestor, who vouches for nothing of its own.

use alloy_primitives::{Address, B256, FixedBytes};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    access_control::AccessControl,
    dynamic::Elements,
    eip712::{Eip712, hash_of},
    event::emit,
    host,
    nonces::Nonces,
    output, signature_checker,
    word::{self, Word},
};

use crate::{
    DataRegistry, members,
    records::{ATTESTED, Action, Change, DATA_CLASSES, REGISTERED, State, UNKNOWN},
    registry::{
        ATTESTOR_ROLE,
        IDataRegistry::{
            Entry, RecordAlreadyRegistered, RecordAttested, RecordBatchEmpty,
            RecordBatchEntryFailed, RecordInvalidDataClass, RecordInvalidId, RecordInvalidPointer,
            RecordInvalidSignature, RecordOwnerNotPatient, RecordRegistered, RecordSelfAttestation,
            RecordSignatureExpired, RecordSignaturesVoided, RecordWrongStatus,
        },
        PARAMETERS, RECORDS, SCHEMAS,
    },
    schemas::Schema,
};

/// The type of what an owner signs to have a record registered.
const REGISTER_TYPEHASH: B256 = hash_of(
    "Register(address owner,bytes32 recordId,bytes pointer,uint8 dataClass,uint32 schemaId,\
     uint16 schemaVersion,uint256 nonce,uint256 deadline)",
);

/// The most bytes of a pointer.
pub(crate) const MAX_POINTER_LEN: usize = 256;

/// The most bytes that the pointers of a batch begin with.
const MAX_BASE_LEN: usize = MAX_POINTER_LEN - 32;

/// Holds [`DataRegistry::register_many`] to the order and the types of the interface's struct.
const _: fn((Address, FixedBytes<32>, FixedBytes<32>)) -> Entry = Entry::from;

/// What is the same for all records that one call registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Which kind of data.
    pub(crate) data_class: u8,
    /// What they are registered under.
    pub(crate) schema: Schema,
}

/// Who registers, when, and whose record came last.
#[derive(Clone, Copy, Debug)]
struct Registrar {
    kind: Kind,
    source: Account,
    status: u8,
    at: u64,
    membership: Account,
    /// The owner that was last seen to be a patient.
    patient: Account,
}

/// A record that is to be registered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct New<'a> {
    pub(crate) owner: &'a Account,
    pub(crate) id: &'a B256,
    pub(crate) pointer: &'a [u8],
}

impl DataRegistry {
    /// Registers a record of the caller.
    pub(crate) fn register(&mut self, id: &B256, pointer: &[u8], kind: Kind) -> Result<()> {
        let owner = host::sender(&self.vm);
        self.register_own(&New { owner: &owner, id, pointer }, kind)
    }

    /// Registers a record at the word of its owner.
    fn register_own(&mut self, new: &New<'_>, kind: Kind) -> Result<()> {
        let mut registrar = self.registrar(kind, new.owner, REGISTERED)?;
        self.add(&mut registrar, new)
    }

    /// Registers a record of somebody else, at an attestor's word.
    pub(crate) fn register_for(&mut self, new: &New<'_>, kind: Kind) -> Result<()> {
        let source = self.only_attestor()?;
        let mut registrar = self.registrar(kind, &source, ATTESTED)?;
        self.add(&mut registrar, new)
    }

    /// Registers many records of somebody else, at an attestor's word.
    ///
    /// # Errors
    ///
    /// - as [`registrar`](Self::registrar),
    /// - `RecordBatchEmpty` without records,
    /// - `RecordInvalidPointer` for a base of more than [`MAX_BASE_LEN`] bytes,
    /// - `RecordBatchEntryFailed` with the first bad entry's index and error,
    /// - nothing when an entry is malformed.
    pub(crate) fn register_many(
        &mut self,
        kind: Kind,
        base: &[u8],
        entries: Elements<'_, Entry>,
    ) -> Result<()> {
        let source = self.only_attestor()?;
        let mut registrar = self.registrar(kind, &source, ATTESTED)?;
        if entries.is_empty() {
            return Err(Revert::new::<RecordBatchEmpty>(()));
        }
        let mut pointers = Pointers::new(base)?;
        for (index, words) in entries.iter().enumerate() {
            let [owner, id, locator] = words else { return Err(Revert::empty()) };
            let owner = Account::from_word(owner).ok_or_else(Revert::empty)?;
            let new = New { owner, id, pointer: pointers.at(locator) };
            if let Err(reason) = self.add(&mut registrar, &new) {
                return Err(reason.wrap::<RecordBatchEntryFailed>(index as u64));
            }
        }
        Ok(())
    }

    /// Registers a record that its owner signed for.
    ///
    /// # Errors
    ///
    /// - `RecordSignatureExpired` and `RecordInvalidSignature`,
    /// - as [`registrar`](Self::registrar) and [`add`](Self::add).
    pub(crate) fn register_by_sig(
        &mut self,
        new: &New<'_>,
        kind: Kind,
        deadline: &Uint,
        signature: &[u8],
    ) -> Result<()> {
        let New { owner, id, pointer } = *new;
        if deadline.to_u64() < host::timestamp(&self.vm) {
            return Err(Revert::new::<RecordSignatureExpired>((deadline,)));
        }
        let pointer_hash = host::hash(&self.vm, pointer);
        let nonce = self.use_nonce(owner);
        let start = output::len();
        output::push_constant(REGISTER_TYPEHASH);
        output::push(owner.word());
        output::push(id);
        output::push(&pointer_hash);
        output::push_number(kind.data_class.into());
        output::push_number(kind.schema.id.into());
        output::push_number(kind.schema.version.into());
        output::push(nonce.word());
        output::push(deadline.word());
        let struct_hash = host::hash_output(&self.vm, start);
        let digest = self.typed_data_hash(&struct_hash);
        if !signature_checker::is_valid(&self.vm, owner, &digest, signature) {
            return Err(Revert::new::<RecordInvalidSignature>((owner,)));
        }
        self.register_own(new, kind)
    }

    /// Voids what the caller has signed.
    pub(crate) fn void_signatures(&mut self) {
        let caller = host::sender(&self.vm);
        let old = self.use_nonce(&caller);
        let new = self.nonces(&caller);
        emit::<RecordSignaturesVoided>(&mut self.vm, (&caller,), (&old, &new));
    }

    /// Returns who registers records of a kind now.
    ///
    /// # Errors
    ///
    /// `RecordInvalidDataClass`, and `RecordSchemaNotLive`.
    fn registrar(&self, kind: Kind, source: &Account, status: u8) -> Result<Registrar> {
        check_data_class(kind.data_class)?;
        SCHEMAS.check(&self.vm, kind.schema)?;
        Ok(Registrar {
            kind,
            source: *source,
            status,
            at: host::timestamp(&self.vm),
            membership: PARAMETERS.membership(&self.vm),
            patient: Account::ZERO,
        })
    }

    /// Registers one record.
    ///
    /// # Errors
    ///
    /// - `RecordInvalidId` for zero,
    /// - `RecordInvalidPointer` for no pointer or one of more than [`MAX_POINTER_LEN`] bytes,
    /// - `RecordSelfAttestation` when an attestor registers a record of its own,
    /// - `RecordOwnerNotPatient`,
    /// - `RecordAlreadyRegistered`.
    ///
    /// # Events
    ///
    /// `RecordRegistered`.
    fn add(&mut self, registrar: &mut Registrar, new: &New<'_>) -> Result<()> {
        let New { owner, id, pointer } = *new;
        let Registrar { kind: Kind { data_class, schema }, source, status, at, .. } = *registrar;
        if word::is_zero(id) {
            return Err(Revert::new::<RecordInvalidId>(()));
        }
        check_pointer(pointer)?;
        if status == ATTESTED {
            no_self_attestation(id, owner, &source)?;
        }
        self.require_patient(registrar, owner)?;
        let record = RECORDS.open(&self.vm, id);
        if record.state.status != UNKNOWN {
            return Err(Revert::new::<RecordAlreadyRegistered>((id, record.state.status)));
        }
        let state = State { owner: *owner, data_class, status, schema, since: at };
        let pointer_hash = Uint::new(host::hash(&self.vm, pointer));
        let change = Change { action: Action::Register, actor: &source, at };
        let head = record.write(&mut self.vm, &change, &state, &pointer_hash);
        let topics = (id, owner, &source);
        let data = (data_class, schema.id, schema.version, status, pointer, at, &head);
        emit::<RecordRegistered>(&mut self.vm, topics, data);
        Ok(())
    }

    /// Requires a member that is a patient; the same one is asked about once in a row.
    fn require_patient(&self, registrar: &mut Registrar, owner: &Account) -> Result<()> {
        if registrar.patient == *owner && !owner.is_zero() {
            return Ok(());
        }
        let roles = members::roles(&self.vm, &registrar.membership, owner);
        if roles.is_none_or(|roles| roles & members::PATIENT == 0) {
            return Err(Revert::new::<RecordOwnerNotPatient>((owner,)));
        }
        registrar.patient = *owner;
        Ok(())
    }

    /// Attests to a record, at an attestor's word.
    pub(crate) fn attest(&mut self, id: &B256) -> Result<()> {
        let attestor = self.only_attestor()?;
        self.vouch(id, &attestor)
    }

    /// Attests to many records, at an attestor's word.
    pub(crate) fn attest_many(&mut self, ids: &[B256]) -> Result<()> {
        let attestor = self.only_attestor()?;
        if ids.is_empty() {
            return Err(Revert::new::<RecordBatchEmpty>(()));
        }
        for (index, id) in ids.iter().enumerate() {
            if let Err(reason) = self.vouch(id, &attestor) {
                return Err(reason.wrap::<RecordBatchEntryFailed>(index as u64));
            }
        }
        Ok(())
    }

    /// Attests to one record.
    ///
    /// # Errors
    ///
    /// - `RecordWrongStatus` unless it is registered and nothing else,
    /// - `RecordSelfAttestation` when it is the attestor's own.
    ///
    /// # Events
    ///
    /// `RecordAttested`.
    fn vouch(&mut self, id: &B256, attestor: &Account) -> Result<()> {
        let record = RECORDS.open(&self.vm, id);
        let State { owner, status, .. } = record.state;
        if status != REGISTERED {
            return Err(Revert::new::<RecordWrongStatus>((id, status, REGISTERED)));
        }
        no_self_attestation(id, &owner, attestor)?;
        let at = host::timestamp(&self.vm);
        let state = State { status: ATTESTED, since: at, ..record.state };
        let pointer_hash = record.pointer_hash(&self.vm);
        let change = Change { action: Action::Attest, actor: attestor, at };
        let head = record.write(&mut self.vm, &change, &state, &pointer_hash);
        emit::<RecordAttested>(&mut self.vm, (id, &owner, attestor), (at, &head));
        Ok(())
    }

    /// Requires that an attestor calls, and returns it.
    fn only_attestor(&self) -> Result<Account> {
        self.only_role(&word::constant(ATTESTOR_ROLE))?;
        Ok(host::sender(&self.vm))
    }
}

/// The pointers of a batch, one at a time: a base and the locator after it.
#[derive(Debug)]
struct Pointers {
    bytes: [u8; MAX_POINTER_LEN],
    base_len: usize,
}

impl Pointers {
    /// Takes the base.
    fn new(base: &[u8]) -> Result<Self> {
        let mut bytes = [0; MAX_POINTER_LEN];
        match bytes.get_mut(..base.len()).filter(|_| base.len() <= MAX_BASE_LEN) {
            Some(room) => room.copy_from_slice(base),
            None => {
                let [len, max] = [base.len(), MAX_BASE_LEN].map(|len| len as u64);
                return Err(Revert::new::<RecordInvalidPointer>((len, 0_u64, max)));
            }
        }
        Ok(Self { bytes, base_len: base.len() })
    }

    /// Returns the pointer with a locator.
    fn at(&mut self, locator: &B256) -> &[u8] {
        // Both together are at most `MAX_POINTER_LEN`.
        let end = self.base_len.wrapping_add(32);
        if let Some(room) = self.bytes.get_mut(self.base_len..end) {
            room.copy_from_slice(locator.as_slice());
        }
        self.bytes.get(..end).unwrap_or_default()
    }
}

/// Requires a data class that there is.
pub(crate) fn check_data_class(data_class: u8) -> Result<()> {
    if data_class < DATA_CLASSES {
        return Ok(());
    }
    // There is one at least.
    Err(Revert::new::<RecordInvalidDataClass>((data_class, DATA_CLASSES.wrapping_sub(1))))
}

/// Requires a pointer of one to [`MAX_POINTER_LEN`] bytes.
pub(crate) fn check_pointer(pointer: &[u8]) -> Result<()> {
    if (1..=MAX_POINTER_LEN).contains(&pointer.len()) {
        return Ok(());
    }
    let [len, max] = [pointer.len(), MAX_POINTER_LEN].map(|len| len as u64);
    Err(Revert::new::<RecordInvalidPointer>((len, 1_u64, max)))
}

/// Requires that a record is not the attestor's own.
fn no_self_attestation(id: &B256, owner: &Account, attestor: &Account) -> Result<()> {
    if owner == attestor {
        return Err(Revert::new::<RecordSelfAttestation>((id, attestor)));
    }
    Ok(())
}
