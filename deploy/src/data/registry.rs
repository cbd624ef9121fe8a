//! Decides how the data registry of a cooperative is found and asked.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};

use super::DataError;
use crate::{
    AddressBook, Error,
    bindings::IDataRegistry::{
        consentRegistryCall, datasetByNameCall, datasetOfCall, membershipCall, recordDetailsCall,
        recordOfCall, schemaOfCall, schemaVersionOfCall, statusesOfCall,
    },
    chain::Chain,
    contracts::{CONSENT_REGISTRY, DATA_REGISTRY},
};

/// How many records one request asks about.
const RECORDS_PER_REQUEST: usize = 400;

/// The status of a schema's version under which records are registered.
const LIVE: u8 = 1;

/// The data registry of a cooperative.
#[derive(Clone, Debug)]
pub struct Registry {
    chain: Chain,
    address: Address,
    consents: Address,
    membership: Address,
    /// The block from which on it has events.
    since: u64,
    /// The block from which on the consent registry has events.
    consents_since: u64,
}

/// What becomes of a record, as the registry numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Nobody registered it.
    Unknown,
    /// Its owner registered it.
    Registered,
    /// An attestor vouches for it.
    Attested,
    /// Its owner erased it.
    Erased,
}

impl Status {
    /// Returns the name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Registered => "registered",
            Self::Attested => "attested",
            Self::Erased => "erased",
        }
    }
}

impl From<u8> for Status {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Registered,
            2 => Self::Attested,
            3 => Self::Erased,
            _ => Self::Unknown,
        }
    }
}

/// A version of a schema under which records are registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveSchema {
    /// The schema's id.
    pub id: u32,
    /// The version's number, from one.
    pub version: u16,
}

/// A record, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: B256,
    /// Whose it is.
    pub owner: Address,
    /// The number of its data class.
    pub data_class: u8,
    /// What became of it.
    pub status: Status,
    /// Since when it has that status, in seconds since 1970.
    pub since: u64,
    /// The id of the schema that it was registered under.
    pub schema: u32,
    /// The version of that schema.
    pub schema_version: u16,
    /// The hash of its pointer; zero without one.
    pub pointer_hash: B256,
    /// The head of its history.
    pub head: B256,
    /// Whom it is offered to, if anybody.
    pub candidate: Option<Address>,
}

/// A dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// Its id.
    pub id: u64,
    /// Who publishes its versions.
    pub curator: Address,
    /// The number of its data class.
    pub data_class: u8,
    /// Mask of its purposes.
    pub purposes: u8,
    /// The number of its last version.
    pub latest: u32,
}

/// Returns the id of the schema with a name: the first four bytes of the name's hash.
#[must_use]
pub fn schema_id(name: &str) -> u32 {
    let [first, second, third, fourth, ..] = keccak256(name).0;
    u32::from_be_bytes([first, second, third, fourth])
}

impl Registry {
    /// Finds the registry in a cooperative's address book.
    ///
    /// # Errors
    ///
    /// [`Error::NotDeployed`] when the book has none, and the failures of [`Chain::read`].
    pub async fn of_book(chain: &Chain, book: &AddressBook) -> Result<Self, Error> {
        let address = book.address(&DATA_REGISTRY)?;
        let block = |name: &str| book.contracts.get(name).map_or(0, |entry| entry.block);
        Ok(Self {
            chain: chain.clone(),
            address,
            consents: chain.read(address, &consentRegistryCall {}).await?,
            membership: chain.read(address, &membershipCall {}).await?,
            since: block(DATA_REGISTRY.name),
            consents_since: block(CONSENT_REGISTRY.name),
        })
    }

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the registry's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Returns the address of the membership that the registry asks.
    #[must_use]
    pub const fn membership(&self) -> Address {
        self.membership
    }

    /// Returns what is known of a record.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn record(&self, id: B256) -> Result<Record, Error> {
        let head = self.chain.read(self.address, &recordOfCall { recordId: id }).await?;
        let more = self.chain.read(self.address, &recordDetailsCall { recordId: id }).await?;
        Ok(Record {
            id,
            owner: head.owner,
            data_class: head.dataClass,
            status: head.status.into(),
            since: more.since,
            schema: more.schemaId,
            schema_version: more.schemaVersion,
            pointer_hash: more.pointerHash,
            head: more.head,
            candidate: Some(more.candidate).filter(|candidate| !candidate.is_zero()),
        })
    }

    /// Returns the status of each of many records.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn statuses(&self, ids: &[B256]) -> Result<Vec<Status>, Error> {
        let mut statuses = Vec::with_capacity(ids.len());
        for ids in ids.chunks(RECORDS_PER_REQUEST) {
            let call = statusesOfCall { recordIds: ids.to_vec() };
            let answer = self.chain.read(self.address, &call).await?;
            if answer.len() != ids.len() {
                return Err(Error::Answer {
                    request: "statusesOf".to_owned(),
                    reason: format!("{} answers to {} questions", answer.len(), ids.len()),
                });
            }
            statuses.extend(answer.into_iter().map(Status::from));
        }
        Ok(statuses)
    }

    /// Returns the schema for records of a kind: the last live version of the one with the name, or of
    /// the one that the name begins with, up to its last `/`: a schema for all resources of FHIR R4
    /// serves until one for the type is published.
    ///
    /// # Errors
    ///
    /// [`DataError::NoSchema`] when there is none, and the failures of [`Chain::read`].
    pub async fn schema_for(&self, name: &str) -> Result<LiveSchema, Error> {
        for name in [Some(name), name.rsplit_once('/').map(|(family, _)| family)] {
            let Some(id) = name.map(schema_id) else { continue };
            let found = self.chain.read(self.address, &schemaOfCall { schemaId: id }).await?;
            for version in (1..=found.latest).rev() {
                let call = schemaVersionOfCall { schemaId: id, version };
                if self.chain.read(self.address, &call).await?.status == LIVE {
                    return Ok(LiveSchema { id, version });
                }
            }
        }
        Err(DataError::NoSchema { name: name.to_owned() }.into())
    }

    /// Finds a dataset by its name or its id.
    ///
    /// # Errors
    ///
    /// [`DataError::UnknownDataset`] when there is none, and the failures of [`Chain::read`].
    pub async fn dataset(&self, reference: &str) -> Result<Dataset, Error> {
        let call = datasetByNameCall { nameHash: keccak256(reference) };
        let named = self.chain.read(self.address, &call).await?;
        let id = if named.is_zero() { reference.parse().unwrap_or_default() } else { named };
        let found = self.chain.read(self.address, &datasetOfCall { datasetId: id }).await?;
        if found.curator.is_zero() {
            return Err(DataError::UnknownDataset { reference: reference.to_owned() }.into());
        }
        Ok(Dataset {
            id: id.saturating_to(),
            curator: found.curator,
            data_class: found.dataClass,
            purposes: found.purposes,
            latest: found.latest,
        })
    }

    /// Returns the registry's events of some kinds, in order; of one record or edition when it is
    /// given.
    ///
    /// # Errors
    ///
    /// As [`Chain::logs`].
    pub async fn events(&self, kinds: &[B256], about: Option<B256>) -> Result<Vec<Log>, Error> {
        let mut filter = Filter::new().address(self.address).event_signature(kinds.to_vec());
        if let Some(about) = about {
            filter = filter.topic1(about);
        }
        self.chain.logs(&filter, self.since).await
    }

    /// Returns the only event of a kind about a record or an edition.
    ///
    /// # Errors
    ///
    /// As [`Chain::logs`].
    pub async fn event<E: SolEvent>(&self, about: B256) -> Result<Option<E>, Error> {
        let logs = self.events(&[E::SIGNATURE_HASH], Some(about)).await?;
        Ok(logs.iter().find_map(|log| E::decode_log_data(&log.inner.data).ok()))
    }

    /// Returns the consent registry's events of some kinds, in order.
    pub(super) async fn consent_events(&self, kinds: &[B256]) -> Result<Vec<Log>, Error> {
        let filter = Filter::new().address(self.consents).event_signature(kinds.to_vec());
        self.chain.logs(&filter, self.consents_since).await
    }
}

/// Returns the number of a version for ever.
#[must_use]
pub fn edition_number(dataset: u64, version: u32) -> U256 {
    U256::from(dataset) << 32 | U256::from(version)
}
