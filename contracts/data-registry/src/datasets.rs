//! Decides which datasets there are: each of one data class and some purposes, under a name of its
//! own, in the hands of one curator.

use alloy_primitives::B256;
use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host, layout, storage::Stored};
use stylus_sdk::host::VM;

use crate::{
    packed::Packed,
    registering::check_data_class,
    registry::IDataRegistry::{
        CuratorChanged, DatasetCreated, DatasetInvalidName, DatasetInvalidPurposes,
        DatasetNameInUse, DatasetUnknown,
    },
    schemas::MAX_NAME_LEN,
};

/// Every purpose, one bit each: those of the consent registry.
pub const ALL_PURPOSES: u8 = (1 << 5) - 1;

layout! {
    /// The storage of datasets.
    pub struct DatasetsStorage {
        /// How many there are; the last one's id. Written by [`DatasetsStorage::create`].
        count: Slot<Uint>,
        /// By the hash of a name, the dataset. Written by [`DatasetsStorage::create`].
        names: Mapping<B256, Uint>,
        /// By id, two slots: what it is, and the hash of its name. Written by
        /// [`DatasetsStorage::create`] and [`DatasetsStorage::write`].
        datasets: Mapping<Uint, Dataset>,
    }
}

/// A dataset, in one slot: `address curator`, `uint8 dataClass`, `uint8 purposes`, 16 bits of
/// nothing, `uint32 latest`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dataset {
    /// Who publishes its versions; the zero address for a dataset that there is not.
    pub(crate) curator: Account,
    /// Which kind of data its records are.
    pub(crate) data_class: u8,
    /// What it is for, one bit each.
    pub(crate) purposes: u8,
    /// The last version's number, from one.
    pub(crate) latest: u32,
}

impl Stored for Dataset {
    type Held<'a> = Uint;

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "written from 32 bits")]
    fn from_slot(word: Uint) -> Self {
        let Packed { account, middle, high } = Packed::read(&word);
        let [data_class, purposes, ..] = middle.to_le_bytes();
        Self { curator: account, data_class, purposes, latest: high as u32 }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let middle = u32::from_le_bytes([self.data_class, self.purposes, 0, 0]);
        Packed { account: self.curator, middle, high: self.latest.into() }.write()
    }
}

impl DatasetsStorage {
    /// Returns how many datasets there are.
    pub(crate) fn count(&self, vm: &VM) -> Uint {
        self.count.get(vm)
    }

    /// Returns the dataset with a name, by its hash, or zero.
    pub(crate) fn named(&self, vm: &VM, name_hash: &B256) -> Uint {
        self.names.of(vm, name_hash).get(vm)
    }

    /// Returns the dataset with an id.
    pub(crate) fn dataset(&self, vm: &VM, id: &Uint) -> Dataset {
        self.datasets.of(vm, id).get(vm)
    }

    /// Returns the hash of a dataset's name.
    pub(crate) fn name_hash(&self, vm: &VM, id: &Uint) -> Uint {
        self.datasets.of(vm, id).next(1).get(vm)
    }

    /// Returns a dataset that there is.
    ///
    /// # Errors
    ///
    /// [`DatasetUnknown`].
    pub(crate) fn known(&self, vm: &VM, id: &Uint) -> Result<Dataset> {
        let dataset = self.dataset(vm, id);
        if dataset.curator.is_zero() {
            return Err(Revert::new::<DatasetUnknown>((id,)));
        }
        Ok(dataset)
    }

    /// Begins a dataset without versions, and returns its id.
    ///
    /// # Errors
    ///
    /// - `RecordInvalidDataClass`,
    /// - [`DatasetInvalidPurposes`] for a mask that is empty or has a bit too many,
    /// - [`DatasetInvalidName`] for no name or one of more than [`MAX_NAME_LEN`] bytes,
    /// - [`DatasetNameInUse`].
    ///
    /// # Events
    ///
    /// [`DatasetCreated`].
    pub(crate) fn create(&self, vm: &mut VM, dataset: &Dataset, name: &[u8]) -> Result<Uint> {
        let Dataset { curator, data_class, purposes, .. } = *dataset;
        check_data_class(data_class)?;
        if purposes == 0 || purposes > ALL_PURPOSES {
            return Err(Revert::new::<DatasetInvalidPurposes>((purposes, ALL_PURPOSES)));
        }
        if !(1..=MAX_NAME_LEN).contains(&name.len()) {
            let [len, max] = [name.len(), MAX_NAME_LEN].map(|len| len as u64);
            return Err(Revert::new::<DatasetInvalidName>((len, 1_u64, max)));
        }
        let name_hash = host::hash(vm, name);
        let named = self.names.of(vm, &name_hash);
        let holder = named.get(vm);
        if !holder.is_zero() {
            return Err(Revert::new::<DatasetNameInUse>((&name_hash, &holder)));
        }
        let mut id = self.count.get(vm);
        // Each was begun by a transaction.
        id.wrapping_add(&Uint::from(1_u64));
        self.count.set(vm, &id);
        named.set(vm, &id);
        self.write(vm, &id, dataset);
        self.datasets.of(vm, &id).next(1).set(vm, Uint::from_word(&name_hash));
        let topics = (&id, &curator, &name_hash);
        emit::<DatasetCreated>(vm, topics, (data_class, purposes, name));
        Ok(id)
    }

    /// Hands a dataset to another curator.
    ///
    /// # Errors
    ///
    /// [`DatasetUnknown`].
    ///
    /// # Events
    ///
    /// [`CuratorChanged`] when it changes.
    pub(crate) fn hand_over(&self, vm: &mut VM, id: &Uint, curator: &Account) -> Result<()> {
        let dataset = self.known(vm, id)?;
        if dataset.curator != *curator {
            self.write(vm, id, &Dataset { curator: *curator, ..dataset });
            emit::<CuratorChanged>(vm, (id, &dataset.curator, curator), ());
        }
        Ok(())
    }

    /// Writes what a dataset is.
    pub(crate) fn write(&self, vm: &mut VM, id: &Uint, dataset: &Dataset) {
        self.datasets.of(vm, id).set(vm, dataset);
    }
}

/// Returns the number of a version for ever: `datasetId << 32 | version`.
pub(crate) fn edition(id: &Uint, version: u32) -> Uint {
    // Each dataset was begun by a transaction: there are far fewer than 2^32.
    Uint::from(id.to_u64() << 32 | u64::from(version))
}
