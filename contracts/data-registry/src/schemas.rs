//! Decides under which schemas records are registered: versions that governance made live and has
//! not retired.

use alloy_primitives::B256;
use datacoop_kit::{Result, Revert, Uint, event::emit, host, layout, word::Word};
use stylus_sdk::host::VM;

use crate::registry::IDataRegistry::{
    RecordSchemaNotLive, SchemaInvalidName, SchemaMissingHash, SchemaNameCollision, SchemaNotLive,
    SchemaPublished, SchemaRetired, SchemaTooManyVersions, SchemaUriTooLong,
};

/// The most bytes of a name, of a schema and of a dataset.
pub const MAX_NAME_LEN: usize = 64;

/// The most bytes of a URI, of a schema and of a manifest.
pub const MAX_URI_LEN: usize = 256;

/// The status of a version under which records are registered.
pub const LIVE: u8 = 1;

/// The status of a version under which none are any more.
pub const RETIRED: u8 = 2;

layout! {
    /// The storage of schemas.
    pub struct SchemasStorage {
        /// By id, two slots: the hash of the name and the number of versions. Written by
        /// [`SchemasStorage::publish`].
        schemas: Mapping<Uint, Uint>,
        /// By id and version, two slots: the status and the hash of the schema. Written by
        /// [`SchemasStorage::publish`] and [`SchemasStorage::retire`].
        versions: Mapping<Uint, Uint>,
    }
}

/// A version of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    /// The first four bytes of the hash of its name.
    pub(crate) id: u32,
    /// The version's number, from one.
    pub(crate) version: u16,
}

impl Schema {
    fn key(self) -> Uint {
        Uint::from(u64::from(self.id) << 16 | u64::from(self.version))
    }
}

impl SchemasStorage {
    /// Requires that records may be registered under a version.
    ///
    /// # Errors
    ///
    /// [`RecordSchemaNotLive`].
    pub(crate) fn check(&self, vm: &VM, schema: Schema) -> Result<()> {
        if self.status(vm, schema) != LIVE {
            let Schema { id, version } = schema;
            return Err(Revert::new::<RecordSchemaNotLive>((id, version)));
        }
        Ok(())
    }

    /// Returns the hash of a schema's name and the number of its versions.
    pub(crate) fn schema(&self, vm: &VM, id: u32) -> (Uint, u16) {
        let place = self.schemas.of(vm, &Uint::from(u64::from(id)));
        let latest = place.next::<Uint>(1).get(vm).to_u64();
        #[allow(clippy::cast_possible_truncation, reason = "written from sixteen bits")]
        (place.get(vm), latest as u16)
    }

    /// Returns the status and the hash of a version.
    pub(crate) fn version(&self, vm: &VM, schema: Schema) -> (u8, Uint) {
        let hash = self.versions.of(vm, &schema.key()).next(1).get(vm);
        (self.status(vm, schema), hash)
    }

    fn status(&self, vm: &VM, schema: Schema) -> u8 {
        #[allow(clippy::cast_possible_truncation, reason = "written from eight bits")]
        let status = self.versions.of(vm, &schema.key()).get(vm).to_u64() as u8;
        status
    }

    /// Makes the next version of the schema with a name live, and returns it.
    ///
    /// # Errors
    ///
    /// - [`SchemaInvalidName`] for no name or one of more than [`MAX_NAME_LEN`] bytes,
    /// - [`SchemaMissingHash`] without a hash,
    /// - [`SchemaUriTooLong`] above [`MAX_URI_LEN`] bytes,
    /// - [`SchemaNameCollision`] when another name has the same id,
    /// - [`SchemaTooManyVersions`] after the last number.
    ///
    /// # Events
    ///
    /// [`SchemaPublished`].
    pub(crate) fn publish(
        &self,
        vm: &mut VM,
        name: &[u8],
        hash: &B256,
        uri: &[u8],
    ) -> Result<Schema> {
        if !(1..=MAX_NAME_LEN).contains(&name.len()) {
            let [len, max] = [name.len(), MAX_NAME_LEN].map(|len| len as u64);
            return Err(Revert::new::<SchemaInvalidName>((len, 1_u64, max)));
        }
        if *hash == B256::ZERO {
            return Err(Revert::new::<SchemaMissingHash>(()));
        }
        if uri.len() > MAX_URI_LEN {
            let [len, max] = [uri.len(), MAX_URI_LEN].map(|len| len as u64);
            return Err(Revert::new::<SchemaUriTooLong>((len, max)));
        }
        let name_hash = Uint::new(host::hash(vm, name));
        let [.., high] = name_hash.lanes();
        #[allow(clippy::cast_possible_truncation, reason = "the high half is below 2^32")]
        let id = (high >> 32) as u32;
        let (known, latest) = self.schema(vm, id);
        if !known.is_zero() && known != name_hash {
            return Err(Revert::new::<SchemaNameCollision>((id, known.word())));
        }
        let Some(version) = latest.checked_add(1) else {
            return Err(Revert::new::<SchemaTooManyVersions>((id, u16::MAX)));
        };
        let place = self.schemas.of(vm, &Uint::from(u64::from(id)));
        place.set(vm, &name_hash);
        place.next(1).set(vm, &Uint::from(u64::from(version)));
        let schema = Schema { id, version };
        let place = self.versions.of(vm, &schema.key());
        place.set(vm, &Uint::from(u64::from(LIVE)));
        place.next(1).set(vm, Uint::from_word(hash));
        emit::<SchemaPublished>(vm, (id, version, hash), (name, uri));
        Ok(schema)
    }

    /// Ends a live version.
    ///
    /// # Errors
    ///
    /// [`SchemaNotLive`] when it is not.
    ///
    /// # Events
    ///
    /// [`SchemaRetired`].
    pub(crate) fn retire(&self, vm: &mut VM, schema: Schema) -> Result<()> {
        let Schema { id, version } = schema;
        if self.status(vm, schema) != LIVE {
            return Err(Revert::new::<SchemaNotLive>((id, version)));
        }
        self.versions.of(vm, &schema.key()).set(vm, &Uint::from(u64::from(RETIRED)));
        emit::<SchemaRetired>(vm, (id, version), ());
        Ok(())
    }
}
