//! Decides how documents become records on chain: by their owner one by one, by an attestor many in a
//! transaction, none twice.

use std::collections::{BTreeMap, VecDeque};

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall,
};
use serde::Serialize;

use super::{
    Registry, Salts,
    registry::{Status, schema_id},
};
use crate::{
    Error, Event, Progress, Stage,
    bindings::IDataRegistry::{Entry, registerCall, registerManyCall},
    chain::{Outgoing, Receipt, Sender},
};

/// The most records of one transaction: the contract has one page of memory for the calldata, twice.
const MOST_RECORDS: usize = 200;

/// Transactions that are sent before the first of them is mined.
const IN_FLIGHT: usize = 4;

/// A document that is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The hash of its canonical form.
    pub proof: B256,
    /// Whose it is.
    pub owner: Address,
    /// What kind of document it is.
    pub kind: Kind,
    /// Where it was read, in words.
    pub source: String,
}

/// What kind of document it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The number of its data class.
    pub data_class: u8,
    /// The name of its schema.
    pub schema: String,
}

/// What became of documents that were to be registered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The record of each document, in order.
    pub records: Vec<B256>,
    /// How many were registered now.
    pub registered: usize,
    /// How many the chain had before.
    pub known: usize,
    /// The transactions, in order.
    pub transactions: Vec<B256>,
    /// The gas of all of them.
    pub gas_used: u64,
}

impl Registered {
    fn add(&mut self, count: usize, receipt: &Receipt) {
        self.registered += count;
        self.gas_used += receipt.gas_used;
        self.transactions.push(receipt.transaction);
    }
}

/// A transaction that is to be sent, and the records that it registers.
struct Planned {
    outgoing: Outgoing,
    count: usize,
}

/// Registers those documents that the chain does not have yet. The pointer of a record is `base` and the
/// record's id. A sender that owns a document registers it in its own name; others' it registers as an
/// attestor.
///
/// # Errors
///
/// - [`super::DataError::NoSchema`]: a kind of document has no live schema.
/// - The failures of keeping salts, of reading and of [`Sender::send`].
pub async fn register(
    registry: &Registry,
    sender: &Sender,
    salts: &mut Salts,
    documents: &[Document],
    base: &Bytes,
    progress: &dyn Progress,
) -> Result<Registered, Error> {
    let mut versions = BTreeMap::new();
    for Document { kind, .. } in documents {
        if !versions.contains_key(&kind.schema) {
            versions.insert(kind.schema.clone(), registry.live_schema(&kind.schema).await?);
        }
    }
    let keys: Vec<_> =
        documents.iter().map(|one| (one.proof, one.owner, one.source.clone())).collect();
    let records = salts.records(&keys)?;
    let statuses = registry.statuses(&records).await?;
    let open: Vec<_> = documents
        .iter()
        .zip(&records)
        .zip(&statuses)
        .filter(|(_, status)| **status == Status::Unknown)
        .map(|((document, record), _)| (document, *record))
        .collect();
    let mut report =
        Registered { known: documents.len() - open.len(), records, ..Registered::default() };
    let planned = plan(registry.address(), sender.address(), &open, &versions, base);
    let stage = Stage::Record;
    let total = Some(open.len() as u64);
    progress.report(Event::Began { stage, subject: "records", total });
    let result = send_all(sender, planned, &mut report, progress).await;
    progress.report(Event::Ended { stage });
    result.map(|()| report)
}

/// Puts records into transactions: those of the sender one by one, the others by kind.
fn plan(
    registry: Address,
    sender: Address,
    open: &[(&Document, B256)],
    versions: &BTreeMap<String, u16>,
    base: &Bytes,
) -> Vec<Planned> {
    let version = |kind: &Kind| versions.get(&kind.schema).copied().unwrap_or_default();
    let mut planned = Vec::new();
    let mut of_others = BTreeMap::<&Kind, Vec<Entry>>::new();
    for (document, record) in open {
        let Document { owner, kind, .. } = document;
        if *owner != sender {
            let entry = Entry { owner: *owner, recordId: *record, locator: *record };
            of_others.entry(kind).or_default().push(entry);
            continue;
        }
        let call = registerCall {
            recordId: *record,
            pointer: [base.as_ref(), record.as_slice()].concat().into(),
            dataClass: kind.data_class,
            schemaId: schema_id(&kind.schema),
            schemaVersion: version(kind),
        };
        planned.push(one(registry, &call, 1));
    }
    for (kind, mut entries) in of_others {
        // An owner who comes twice in a row is asked about once.
        entries.sort_by_key(|entry| (entry.owner, entry.recordId));
        for entries in entries.chunks(MOST_RECORDS) {
            let call = registerManyCall {
                dataClass: kind.data_class,
                schemaId: schema_id(&kind.schema),
                schemaVersion: version(kind),
                base: base.clone(),
                entries: entries.to_vec(),
            };
            planned.push(one(registry, &call, entries.len()));
        }
    }
    planned
}

fn one(registry: Address, call: &impl SolCall, count: usize) -> Planned {
    Planned { outgoing: Outgoing::call(registry, call), count }
}

/// Sends all transactions, several at a time; each is estimated, and so simulated, before it is sent.
async fn send_all(
    sender: &Sender,
    planned: Vec<Planned>,
    report: &mut Registered,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let mut nonce = sender.next_nonce().await?;
    let mut flying = VecDeque::new();
    let mut result = Ok(());
    for planned in planned {
        let sent = async {
            let gas = sender.estimate(&planned.outgoing).await?;
            sender.submit(&planned.outgoing, nonce, gas).await
        };
        match sent.await {
            Ok(transaction) => flying.push_back((planned, transaction)),
            Err(error) => {
                result = Err(error);
                break;
            }
        }
        nonce += 1;
        if flying.len() >= IN_FLIGHT {
            result = land(sender, &mut flying, report, progress).await;
        }
        if result.is_err() {
            break;
        }
    }
    while !flying.is_empty() {
        let landed = land(sender, &mut flying, report, progress).await;
        result = result.and(landed);
    }
    result
}

/// Waits for the transaction that was sent first.
async fn land(
    sender: &Sender,
    flying: &mut VecDeque<(Planned, B256)>,
    report: &mut Registered,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let Some((planned, transaction)) = flying.pop_front() else { return Ok(()) };
    let receipt = sender.confirm(&planned.outgoing, transaction).await?;
    report.add(planned.count, &receipt);
    let done = report.registered as u64;
    progress.report(Event::Advanced { stage: Stage::Record, done });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(owner: u8, number: u8, class: u8) -> Document {
        Document {
            proof: B256::repeat_byte(number),
            owner: Address::repeat_byte(owner),
            kind: Kind { data_class: class, schema: "hl7.fhir.r4/Observation".to_owned() },
            source: String::new(),
        }
    }

    #[test]
    fn own_records_go_singly_and_those_of_others_by_kind() {
        let documents: Vec<_> = (0..250_u8)
            .map(|number| document(2 + number % 3, number, number % 2))
            .chain([document(1, 250, 0)])
            .collect();
        let open: Vec<_> = documents.iter().map(|one| (one, one.proof)).collect();
        let versions = BTreeMap::from([("hl7.fhir.r4/Observation".to_owned(), 4)]);
        let base = Bytes::from_static(b"ipfs://");
        let registry = Address::repeat_byte(9);
        let planned = plan(registry, Address::repeat_byte(1), &open, &versions, &base);
        let counts: Vec<_> = planned.iter().map(|one| one.count).collect();
        assert_eq!(counts, [1, 125, 125]);
        let single = registerCall::abi_decode(&planned[0].outgoing.data).unwrap();
        assert_eq!(single.recordId, B256::repeat_byte(250));
        assert_eq!(single.pointer, [&b"ipfs://"[..], &[250; 32]].concat());
        let many = registerManyCall::abi_decode(&planned[2].outgoing.data).unwrap();
        assert_eq!((many.dataClass, many.schemaVersion, many.base), (1, 4, base));
        let owners: Vec<_> = many.entries.iter().map(|entry| entry.owner).collect();
        assert!(owners.is_sorted());
        assert!(many.entries.iter().all(|entry| entry.locator == entry.recordId));
    }

    #[test]
    fn a_transaction_has_no_more_records_than_fit() {
        let documents: Vec<_> = (0..=255).map(|number| document(2, number, 0)).collect();
        let open: Vec<_> = documents.iter().map(|one| (one, one.proof)).collect();
        let versions = BTreeMap::new();
        let planned = plan(Address::ZERO, Address::ZERO, &open, &versions, &Bytes::new());
        assert_eq!(planned.iter().map(|one| one.count).collect::<Vec<_>>(), [200, 56]);
    }
}
