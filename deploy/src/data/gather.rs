//! Decides which records make the next edition of a dataset: attested ones of its class, whose owners'
//! live consents cover one of its purposes.
//!
//! Records and consents are folded from the events that their contracts left; since when an owner has
//! been a member is asked, once for each owner. A consent for any grantee counts: whether a certain
//! licensee may read a record is decided when it is read.

use std::collections::{BTreeMap, HashMap};

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::Log,
    sol_types::SolEvent,
};

use super::{
    Dataset,
    registry::{Registry, Status},
};
use crate::{
    Error,
    bindings::{
        IConsentRegistry::{ConsentAmended, ConsentGranted, ConsentRevoked, Scope},
        IDataRegistry::{CustodyTransferred, RecordAttested, RecordErased, RecordRegistered},
        IMembership::membershipOfCall,
    },
};

/// What was found for an edition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The records that are in, by owner.
    pub records: BTreeMap<Address, Vec<B256>>,
    /// Records of the class that nobody attests to.
    pub unattested: u64,
    /// Records of the class that are erased.
    pub erased: u64,
    /// Attested records without a live consent for any of the purposes.
    pub without_consent: u64,
    /// The time at which the consents were looked at, in seconds since 1970.
    pub at: u64,
}

/// A record, as the events tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    owner: Address,
    data_class: u8,
    status: Status,
}

/// A consent that was given and not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Given {
    subject: Address,
    data_classes: u8,
    purposes: u8,
    expiry: u64,
    at: u64,
}

/// Gathers the records of a dataset's next edition.
///
/// # Errors
///
/// The failures of [`Registry::events`] and of reading.
pub async fn gather(registry: &Registry, dataset: &Dataset) -> Result<Gathered, Error> {
    let kinds = [
        RecordRegistered::SIGNATURE_HASH,
        RecordAttested::SIGNATURE_HASH,
        CustodyTransferred::SIGNATURE_HASH,
        RecordErased::SIGNATURE_HASH,
    ];
    let records = fold_records(&registry.events(&kinds, None).await?);
    let kinds = [
        ConsentGranted::SIGNATURE_HASH,
        ConsentAmended::SIGNATURE_HASH,
        ConsentRevoked::SIGNATURE_HASH,
    ];
    let consents = fold_consents(&registry.consent_events(&kinds).await?);
    let now = registry.chain().next_time().await?;
    let mut willing = Willing::new(registry, dataset, &consents, now);
    let mut gathered = Gathered { at: now, ..Gathered::default() };
    for (id, record) in records {
        if record.data_class != dataset.data_class {
            continue;
        }
        match record.status {
            Status::Attested if willing.is_one(record.owner).await? => {
                gathered.records.entry(record.owner).or_default().push(id);
            }
            Status::Attested => gathered.without_consent += 1,
            Status::Erased => gathered.erased += 1,
            Status::Registered | Status::Unknown => gathered.unattested += 1,
        }
    }
    Ok(gathered)
}

/// Whose consents cover one of the purposes, each owner looked up once.
struct Willing<'a> {
    registry: &'a Registry,
    /// By subject, when each consent was given that covers the class and a purpose.
    given: HashMap<Address, Vec<u64>>,
    known: HashMap<Address, bool>,
}

impl<'a> Willing<'a> {
    fn new(
        registry: &'a Registry,
        dataset: &Dataset,
        consents: &HashMap<U256, Given>,
        now: u64,
    ) -> Self {
        let mut given = HashMap::<_, Vec<_>>::new();
        for consent in consents.values() {
            let covers = consent.data_classes >> dataset.data_class & 1 == 1
                && consent.purposes & dataset.purposes != 0
                && consent.expiry >= now;
            if covers {
                given.entry(consent.subject).or_default().push(consent.at);
            }
        }
        Self { registry, given, known: HashMap::new() }
    }

    async fn is_one(&mut self, owner: Address) -> Result<bool, Error> {
        if let Some(known) = self.known.get(&owner) {
            return Ok(*known);
        }
        let answer = match self.given.get(&owner) {
            None => false,
            Some(given) => {
                // What was given before a membership began is void.
                let call = membershipOfCall { account: owner };
                let member = self.registry.chain().read(self.registry.membership(), &call).await?;
                !member.tokenId.is_zero() && given.iter().any(|at| *at >= member.since)
            }
        };
        self.known.insert(owner, answer);
        Ok(answer)
    }
}

fn fold_records(logs: &[Log]) -> HashMap<B256, Known> {
    let mut records = HashMap::new();
    for log in logs {
        let data = &log.inner.data;
        if let Ok(event) = RecordRegistered::decode_log_data(data) {
            let RecordRegistered { recordId, owner, dataClass, status, .. } = event;
            let status = status.into();
            records.insert(recordId, Known { owner, data_class: dataClass, status });
        } else if let Ok(event) = RecordAttested::decode_log_data(data) {
            note(&mut records, event.recordId, |record| record.status = Status::Attested);
        } else if let Ok(event) = CustodyTransferred::decode_log_data(data) {
            note(&mut records, event.recordId, |record| record.owner = event.newOwner);
        } else if let Ok(event) = RecordErased::decode_log_data(data) {
            note(&mut records, event.recordId, |record| record.status = Status::Erased);
        }
    }
    records
}

fn note(records: &mut HashMap<B256, Known>, id: B256, change: impl FnOnce(&mut Known)) {
    if let Some(record) = records.get_mut(&id) {
        change(record);
    }
}

fn fold_consents(logs: &[Log]) -> HashMap<U256, Given> {
    let mut consents = HashMap::new();
    let given = |subject, scope: Scope, at| Given {
        subject,
        data_classes: scope.dataClasses,
        purposes: scope.purposes,
        expiry: scope.expiry,
        at,
    };
    for log in logs {
        let data = &log.inner.data;
        if let Ok(event) = ConsentGranted::decode_log_data(data) {
            consents.insert(event.consentId, given(event.subject, event.scope, event.at));
        } else if let Ok(event) = ConsentAmended::decode_log_data(data) {
            consents.insert(event.consentId, given(event.subject, event.newScope, event.at));
        } else if let Ok(event) = ConsentRevoked::decode_log_data(data) {
            consents.remove(&event.consentId);
        }
    }
    consents
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Bytes, Log as RawLog, LogData};

    use super::*;

    fn log(data: LogData) -> Log {
        Log { inner: RawLog { address: Address::ZERO, data }, ..Log::default() }
    }

    fn registered(number: u8, status: u8) -> Log {
        log(RecordRegistered {
            recordId: B256::repeat_byte(number),
            owner: Address::repeat_byte(number),
            source: Address::ZERO,
            dataClass: 1,
            schemaId: 7,
            schemaVersion: 1,
            status,
            pointer: Bytes::new(),
            at: 0,
            head: B256::ZERO,
        }
        .encode_log_data())
    }

    #[test]
    fn records_are_what_their_last_events_say() {
        let (owner, zero, at) = (Address::repeat_byte(9), B256::ZERO, 0);
        let logs = [
            registered(1, 2),
            registered(2, 1),
            registered(3, 1),
            log(RecordAttested {
                recordId: B256::repeat_byte(3),
                owner,
                attestor: owner,
                at,
                head: zero,
            }
            .encode_log_data()),
            log(CustodyTransferred {
                recordId: B256::repeat_byte(3),
                oldOwner: Address::repeat_byte(3),
                newOwner: owner,
                at,
                head: zero,
            }
            .encode_log_data()),
            log(RecordErased {
                recordId: B256::repeat_byte(1),
                owner,
                oldStatus: 2,
                oldPointerHash: zero,
                at,
                head: zero,
            }
            .encode_log_data()),
        ];
        let records = fold_records(&logs);
        let record = |number| records[&B256::repeat_byte(number)];
        assert_eq!(record(1).status, Status::Erased);
        assert_eq!(record(2).status, Status::Registered);
        assert_eq!((record(3).status, record(3).owner), (Status::Attested, owner));
    }

    #[test]
    fn consents_are_what_their_last_events_say() {
        let scope = |purposes| Scope {
            dataClasses: 2,
            purposes,
            granteeKind: 2,
            account: Address::ZERO,
            actorRole: 0,
            expiry: 100,
            terms: B256::ZERO,
        };
        let (subject, receipt) = (Address::repeat_byte(1), B256::ZERO);
        let granted = |id: u64| {
            let event = ConsentGranted {
                consentId: U256::from(id),
                subject,
                receipt,
                scope: scope(1),
                at: 5,
            };
            log(event.encode_log_data())
        };
        let logs = [
            granted(1),
            granted(2),
            log(ConsentAmended {
                consentId: U256::from(1),
                subject,
                receipt,
                version: 2,
                oldScope: scope(1),
                newScope: scope(4),
                at: 6,
                oldReceipt: receipt,
            }
            .encode_log_data()),
            log(ConsentRevoked {
                consentId: U256::from(2),
                subject,
                receipt,
                version: 2,
                oldScope: scope(1),
                at: 7,
                oldReceipt: receipt,
            }
            .encode_log_data()),
        ];
        let consents = fold_consents(&logs);
        assert_eq!(consents.len(), 1);
        let given = consents[&U256::from(1)];
        assert_eq!((given.purposes, given.at, given.subject), (4, 6, subject));
    }
}
