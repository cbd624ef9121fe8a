//! Decides what happened to a record, and whether what is told of it adds up to the head on chain.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    rpc::types::Log,
    sol_types::{SolEvent, SolValue},
};
use serde::Serialize;

use super::{DataError, Registry};
use crate::{
    Error,
    bindings::IDataRegistry::{
        CustodyOffered, CustodyTransferred, PointerRotated, RecordAttested, RecordErased,
        RecordRegistered,
    },
};

/// Something that happened to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub deed: Deed,
    /// Who did it.
    pub actor: Address,
    /// When, in seconds since 1970.
    pub at: u64,
    /// The chain's transaction.
    pub transaction: B256,
    /// The head of the history from then on; none when the record itself did not change.
    pub head: Option<B256>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Deed {
    /// Its owner or an attestor registered it.
    #[serde(rename_all = "camelCase")]
    Registered {
        /// Whose it is.
        owner: Address,
        /// Whether an attestor did, who thereby attested to it.
        attested: bool,
        /// Where its encrypted bytes lie.
        pointer: String,
    },
    /// An attestor attested to it.
    Attested,
    /// Its owner offered it to somebody, or to nobody any more.
    Offered {
        /// To whom.
        candidate: Option<Address>,
    },
    /// Who was offered it took it.
    #[serde(rename_all = "camelCase")]
    Transferred {
        /// Whose it was.
        old_owner: Address,
    },
    /// Its owner said where its bytes lie now.
    Rotated {
        /// Where.
        pointer: String,
    },
    /// Its owner erased it.
    Erased,
}

impl Deed {
    /// Returns what was done, in one word.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered { attested: false, .. } => "registered",
            Self::Registered { attested: true, .. } => "registered and attested",
            Self::Attested => "attested",
            Self::Offered { candidate: Some(_) } => "offered",
            Self::Offered { candidate: None } => "offer taken back",
            Self::Transferred { .. } => "transferred",
            Self::Rotated { .. } => "moved",
            Self::Erased => "erased",
        }
    }
}

/// A record's state, as the registry packs it.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    owner: Address,
    data_class: u8,
    status: u8,
    schema_version: u16,
    schema: u32,
    since: u64,
}

impl State {
    /// Returns the word of the state.
    fn word(&self) -> U256 {
        let parts = [
            (u64::from(self.data_class), 160),
            (u64::from(self.status), 164),
            (u64::from(self.schema_version), 168),
            (u64::from(self.schema), 184),
            (self.since, 216),
        ];
        let owner = U256::from_be_slice(self.owner.as_slice());
        parts.into_iter().fold(owner, |word, (part, shift)| word | U256::from(part) << shift)
    }
}

/// Reads the history of a record and checks that it leads to the head on chain.
///
/// # Errors
///
/// - [`DataError::UnknownRecord`]: it was never registered.
/// - [`DataError::BrokenHistory`]: the events do not add up.
/// - The failures of [`Registry::events`].
pub async fn history(registry: &Registry, record: B256) -> Result<Vec<Step>, Error> {
    let kinds = [
        RecordRegistered::SIGNATURE_HASH,
        RecordAttested::SIGNATURE_HASH,
        CustodyOffered::SIGNATURE_HASH,
        CustodyTransferred::SIGNATURE_HASH,
        PointerRotated::SIGNATURE_HASH,
        RecordErased::SIGNATURE_HASH,
    ];
    let logs = registry.events(&kinds, Some(record)).await?;
    let head = registry.record(record).await?.head;
    if logs.is_empty() {
        return Err(DataError::UnknownRecord { record }.into());
    }
    let steps = replay(record, &logs)?;
    match steps.iter().rev().find_map(|step| step.head) {
        Some(computed) if computed == head => Ok(steps),
        computed => {
            let computed = computed.unwrap_or_default();
            Err(DataError::BrokenHistory { record, computed, head }.into())
        }
    }
}

/// What is known of a record while its events are replayed.
struct Replay {
    record: B256,
    state: State,
    pointer_hash: B256,
    head: B256,
    at: u64,
}

impl Replay {
    /// Moves the head on, and requires that it is the one that the event tells.
    fn advance(
        &mut self,
        (action, actor): (u8, Address),
        at: u64,
        told: B256,
    ) -> Result<(), Error> {
        let action = U256::from(action);
        let words = (self.head, action, actor, self.state.word(), self.pointer_hash, at);
        let computed = keccak256(words.abi_encode_params());
        if computed != told {
            let record = self.record;
            return Err(DataError::BrokenHistory { record, computed, head: told }.into());
        }
        (self.head, self.at) = (computed, at);
        Ok(())
    }

    /// Replays one event, and returns what was done, by whom, and whether the head moved.
    fn step(&mut self, log: &Log) -> Result<Option<(Deed, Address, bool)>, Error> {
        let data = &log.inner.data;
        if let Ok(event) = RecordRegistered::decode_log_data(data) {
            self.state = State {
                owner: event.owner,
                data_class: event.dataClass,
                status: event.status,
                schema_version: event.schemaVersion,
                schema: event.schemaId,
                since: event.at,
            };
            self.pointer_hash = keccak256(&event.pointer);
            self.advance((1, event.source), event.at, event.head)?;
            let (owner, attested) = (event.owner, event.status == 2);
            let pointer = readable(&event.pointer);
            return Ok(Some((Deed::Registered { owner, attested, pointer }, event.source, true)));
        }
        if let Ok(event) = RecordAttested::decode_log_data(data) {
            (self.state.status, self.state.since) = (2, event.at);
            self.advance((2, event.attestor), event.at, event.head)?;
            return Ok(Some((Deed::Attested, event.attestor, true)));
        }
        if let Ok(event) = CustodyOffered::decode_log_data(data) {
            let candidate = Some(event.newCandidate).filter(|candidate| !candidate.is_zero());
            return Ok(Some((Deed::Offered { candidate }, event.owner, false)));
        }
        if let Ok(event) = CustodyTransferred::decode_log_data(data) {
            self.state.owner = event.newOwner;
            self.advance((3, event.newOwner), event.at, event.head)?;
            let old_owner = event.oldOwner;
            return Ok(Some((Deed::Transferred { old_owner }, event.newOwner, true)));
        }
        if let Ok(event) = PointerRotated::decode_log_data(data) {
            self.pointer_hash = keccak256(&event.pointer);
            self.advance((4, event.owner), event.at, event.head)?;
            let pointer = readable(&event.pointer);
            return Ok(Some((Deed::Rotated { pointer }, event.owner, true)));
        }
        let Ok(event) = RecordErased::decode_log_data(data) else { return Ok(None) };
        (self.state.status, self.state.since, self.pointer_hash) = (3, event.at, B256::ZERO);
        self.advance((5, event.owner), event.at, event.head)?;
        Ok(Some((Deed::Erased, event.owner, true)))
    }
}

/// Replays a record's events and requires that each tells the head that follows.
fn replay(record: B256, logs: &[Log]) -> Result<Vec<Step>, Error> {
    let (state, pointer_hash) = (State::default(), B256::ZERO);
    let mut replay = Replay { record, state, pointer_hash, head: record, at: 0 };
    let mut steps = Vec::new();
    for log in logs {
        let Some((deed, actor, moved)) = replay.step(log)? else { continue };
        let at = if moved { replay.at } else { log.block_timestamp.unwrap_or(replay.at) };
        let transaction = log.transaction_hash.unwrap_or_default();
        steps.push(Step { deed, actor, at, transaction, head: moved.then_some(replay.head) });
    }
    Ok(steps)
}

/// A pointer for people: its text, and in hexadecimal what is none.
fn readable(pointer: &[u8]) -> String {
    let printable = |byte: &u8| byte.is_ascii_graphic();
    let text = pointer.iter().take_while(|byte| printable(byte)).count();
    // A locator is 32 bytes after a text.
    let split = if text == pointer.len() { text } else { pointer.len().saturating_sub(32) };
    let (text, rest) = pointer.split_at(split);
    let text: String = if text.iter().all(printable) {
        String::from_utf8_lossy(text).into_owned()
    } else {
        alloy::hex::encode_prefixed(text)
    };
    if rest.is_empty() { text } else { format!("{text}{}", alloy::hex::encode(rest)) }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Bytes, Log as RawLog};

    use super::*;

    fn log<E: SolEvent>(event: &E) -> Log {
        let data = event.encode_log_data();
        Log { inner: RawLog { address: Address::ZERO, data }, ..Log::default() }
    }

    fn registered(head: B256) -> RecordRegistered {
        RecordRegistered {
            recordId: B256::repeat_byte(1),
            owner: Address::repeat_byte(2),
            source: Address::repeat_byte(2),
            dataClass: 1,
            schemaId: 0x8040_2010,
            schemaVersion: 3,
            status: 1,
            pointer: Bytes::from_static(b"ipfs://x"),
            at: 1_767_225_600,
            head,
        }
    }

    fn first_head() -> B256 {
        let state = U256::from_be_slice(Address::repeat_byte(2).as_slice())
            | U256::from(0x11) << 160
            | U256::from(3) << 168
            | U256::from(0x8040_2010_u64) << 184
            | U256::from(1_767_225_600_u64) << 216;
        let words = (
            B256::repeat_byte(1),
            U256::from(1),
            Address::repeat_byte(2),
            state,
            keccak256("ipfs://x"),
            1_767_225_600_u64,
        );
        keccak256(words.abi_encode_params())
    }

    #[test]
    fn a_history_that_adds_up_is_told() {
        let steps = replay(B256::repeat_byte(1), &[log(&registered(first_head()))]).unwrap();
        let [step] = &steps[..] else { panic!("it is one") };
        assert_eq!((step.head, step.deed.name()), (Some(first_head()), "registered"));
        assert_eq!((step.actor, step.at), (Address::repeat_byte(2), 1_767_225_600));
    }

    #[test]
    fn an_event_that_tells_another_head_is_refused() {
        let told = B256::repeat_byte(7);
        let error = replay(B256::repeat_byte(1), &[log(&registered(told))]).unwrap_err();
        let Error::Data(DataError::BrokenHistory { computed, head, .. }) = error else {
            panic!("{error}");
        };
        assert_eq!((computed, head), (first_head(), told));
        // An event left out is noticed by the next.
        let erased = RecordErased {
            recordId: B256::repeat_byte(1),
            owner: Address::repeat_byte(2),
            oldStatus: 1,
            oldPointerHash: B256::ZERO,
            at: 1_767_225_601,
            head: told,
        };
        assert!(replay(B256::repeat_byte(1), &[log(&erased)]).is_err());
    }

    #[test]
    fn pointers_are_readable() {
        assert_eq!(readable(b"ipfs://bafy"), "ipfs://bafy");
        let locator = [&b"urn:x:"[..], &[0xab; 32]].concat();
        assert_eq!(readable(&locator), format!("urn:x:{}", "ab".repeat(32)));
        assert_eq!(readable(&[0, 1]), "0001");
    }
}
