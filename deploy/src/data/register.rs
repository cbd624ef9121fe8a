//! Decides how documents become records on chain: by their owner one by one, by an attestor many in a
//! transaction, none twice.

use std::collections::{BTreeMap, VecDeque};

use alloy::primitives::{Address, B256, Bytes};
use serde::Serialize;

use super::{
    Registry, Salts,
    registry::{LiveSchema, Status},
};
use crate::{
    Error, Event, Progress, Stage,
    bindings::IDataRegistry::{Entry, registerCall, registerManyCall},
    chain::{Outgoing, Receipt, Sender},
};

/// The most records of one transaction. With [`RECORD_GAS`] each they stay below the 2^24 gas that newer
/// chains let a transaction use (EIP-7825), and their calldata far below what the contract has memory for.
const MOST_RECORDS: usize = 150;

/// The gas that each record of a transaction is given at least, whatever the first of them were
/// estimated at: three slots that were empty, a log with a pointer of 256 bytes, and an owner who has
/// to be asked about.
const RECORD_GAS: u64 = 100_000;

/// The gas that a transaction is given beside that of its records.
const SPARE_GAS: u64 = 300_000;

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

/// A transaction that is to be sent.
enum Planned {
    /// A record of the sender's own.
    Own(registerCall),
    /// Records of others, of one kind.
    Others(registerManyCall),
}

impl Planned {
    /// Returns how many records it registers.
    const fn count(&self) -> usize {
        match self {
            Self::Own(_) => 1,
            Self::Others(call) => call.entries.len(),
        }
    }

    fn outgoing(&self, registry: Address) -> Outgoing {
        match self {
            Self::Own(call) => Outgoing::call(registry, call),
            Self::Others(call) => Outgoing::call(registry, call),
        }
    }

    /// Tells whether it would succeed, without sending it.
    async fn simulate(&self, sender: &Sender, registry: Address) -> Result<(), Error> {
        match self {
            Self::Own(call) => sender.simulate(registry, call).await.map(drop),
            Self::Others(call) => sender.simulate(registry, call).await.map(drop),
        }
    }
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
    let mut schemas = BTreeMap::new();
    for Document { kind, .. } in documents {
        if !schemas.contains_key(&kind.schema) {
            schemas.insert(kind.schema.clone(), registry.schema_for(&kind.schema).await?);
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
    let report =
        Registered { known: documents.len() - open.len(), records, ..Registered::default() };
    let planned = plan(sender.address(), &open, &schemas, base);
    let stage = Stage::Record;
    let total = Some(open.len() as u64);
    progress.report(Event::Began { stage, subject: "records", total });
    let mut run = Run { registry: registry.address(), sender, record_gas: 0, report, progress };
    let result = run.all(planned).await;
    progress.report(Event::Ended { stage });
    result.map(|()| run.report)
}

/// Puts records into transactions: those of the sender one by one, the others by kind.
fn plan(
    sender: Address,
    open: &[(&Document, B256)],
    schemas: &BTreeMap<String, LiveSchema>,
    base: &Bytes,
) -> Vec<Planned> {
    let mut planned = Vec::new();
    let mut of_others = BTreeMap::<(u8, LiveSchema), Vec<Entry>>::new();
    for (document, record) in open {
        let Document { owner, kind, .. } = document;
        let schema = schemas.get(&kind.schema).copied().unwrap_or_default();
        if *owner != sender {
            let entry = Entry { owner: *owner, recordId: *record, locator: *record };
            of_others.entry((kind.data_class, schema)).or_default().push(entry);
            continue;
        }
        let call = registerCall {
            recordId: *record,
            pointer: [base.as_ref(), record.as_slice()].concat().into(),
            dataClass: kind.data_class,
            schemaId: schema.id,
            schemaVersion: schema.version,
        };
        planned.push(Planned::Own(call));
    }
    for ((data_class, schema), mut entries) in of_others {
        // An owner who comes twice in a row is asked about once.
        entries.sort_by_key(|entry| (entry.owner, entry.recordId));
        for entries in entries.chunks(MOST_RECORDS) {
            planned.push(Planned::Others(registerManyCall {
                dataClass: data_class,
                schemaId: schema.id,
                schemaVersion: schema.version,
                base: base.clone(),
                entries: entries.to_vec(),
            }));
        }
    }
    planned
}

/// Records on their way.
struct Run<'a> {
    registry: Address,
    sender: &'a Sender,
    /// What a record of the first large transaction was estimated at; zero before it.
    record_gas: u64,
    report: Registered,
    progress: &'a dyn Progress,
}

/// A transaction that was sent.
type Flying = VecDeque<(Planned, Outgoing, B256)>;

impl Run<'_> {
    /// Sends all transactions, several at a time; each is simulated before it is sent.
    async fn all(&mut self, planned: Vec<Planned>) -> Result<(), Error> {
        let mut nonce = self.sender.next_nonce().await?;
        let mut flying = Flying::new();
        let mut result = Ok(());
        for planned in planned {
            let outgoing = planned.outgoing(self.registry);
            match self.submit(&planned, &outgoing, nonce).await {
                Ok(transaction) => flying.push_back((planned, outgoing, transaction)),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
            nonce += 1;
            if flying.len() >= IN_FLIGHT {
                result = self.land(&mut flying).await;
            }
            if result.is_err() {
                break;
            }
        }
        // What was sent may be mined even when something after it failed: it is counted.
        while !flying.is_empty() {
            let landed = self.land(&mut flying).await;
            result = result.and(landed);
        }
        result
    }

    /// Sends one. A node's estimate takes some twenty runs of the transaction, so that of the large ones
    /// only the first is estimated.
    async fn submit(
        &mut self,
        planned: &Planned,
        outgoing: &Outgoing,
        nonce: u64,
    ) -> Result<B256, Error> {
        let count = planned.count() as u64;
        let gas = if self.record_gas == 0 || matches!(planned, Planned::Own(_)) {
            let gas = self.sender.estimate(outgoing).await?;
            if matches!(planned, Planned::Others(_)) {
                self.record_gas = (gas / count.max(1)).max(RECORD_GAS);
            }
            gas
        } else {
            planned.simulate(self.sender, self.registry).await?;
            SPARE_GAS + self.record_gas * count
        };
        let limit = self.sender.chain().block_gas_limit();
        self.sender.submit(outgoing, nonce, gas.min(limit)).await
    }

    /// Waits for the transaction that was sent first.
    async fn land(&mut self, flying: &mut Flying) -> Result<(), Error> {
        let Some((planned, outgoing, transaction)) = flying.pop_front() else { return Ok(()) };
        let receipt = self.sender.confirm(&outgoing, transaction).await?;
        self.report.add(planned.count(), &receipt);
        let done = self.report.registered as u64;
        self.progress.report(Event::Advanced { stage: Stage::Record, done });
        Ok(())
    }
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
        let schema = LiveSchema { id: 7, version: 4 };
        let schemas = BTreeMap::from([("hl7.fhir.r4/Observation".to_owned(), schema)]);
        let base = Bytes::from_static(b"ipfs://");
        let planned = plan(Address::repeat_byte(1), &open, &schemas, &base);
        let counts: Vec<_> = planned.iter().map(Planned::count).collect();
        assert_eq!(counts, [1, 125, 125]);
        let [Planned::Own(single), _, Planned::Others(many)] = &planned[..] else {
            panic!("one of the sender's own comes first");
        };
        assert_eq!(single.recordId, B256::repeat_byte(250));
        assert_eq!(single.pointer, [&b"ipfs://"[..], &[250; 32]].concat());
        assert_eq!((many.dataClass, many.schemaId, many.schemaVersion), (1, 7, 4));
        assert_eq!(many.base, base);
        let owners: Vec<_> = many.entries.iter().map(|entry| entry.owner).collect();
        assert!(owners.is_sorted());
        assert!(many.entries.iter().all(|entry| entry.locator == entry.recordId));
    }

    #[test]
    fn a_transaction_has_no_more_records_than_fit() {
        let documents: Vec<_> = (0..=255).map(|number| document(2, number, 0)).collect();
        let open: Vec<_> = documents.iter().map(|one| (one, one.proof)).collect();
        let planned = plan(Address::ZERO, &open, &BTreeMap::new(), &Bytes::new());
        assert_eq!(planned.iter().map(Planned::count).collect::<Vec<_>>(), [150, 106]);
    }
}
