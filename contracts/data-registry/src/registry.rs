//! Decides what the registry is: which components it is made of, where their storage lies, and which
//! function of the interface runs what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert,
    abi::Constant,
    access_control::{AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE},
    contract,
    dynamic::{Elements, List},
    eip712::{Eip712, hash_of},
    host,
    nonces::{Nonces, NoncesStorage},
    routes,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::{
    datasets::DatasetsStorage,
    editions::{Content, EditionsStorage},
    parameters::ParametersStorage,
    records::RecordsStorage,
    registering::{Kind, New},
    schemas::{Schema, SchemasStorage},
};

sol!("IDataRegistry.sol");

use IDataRegistry::DataRegistryInvalidContract;

/// Who attests to records: `keccak256("ATTESTOR_ROLE")`.
pub const ATTESTOR_ROLE: B256 = hash_of("ATTESTOR_ROLE");

/// Who makes datasets: `keccak256("CURATOR_ROLE")`.
pub const CURATOR_ROLE: B256 = hash_of("CURATOR_ROLE");

/// Who voids editions in time: `keccak256("GUARDIAN_ROLE")`.
pub const GUARDIAN_ROLE: B256 = hash_of("GUARDIAN_ROLE");

/// Who makes schemas live and retires them: `keccak256("SCHEMA_ROLE")`.
pub const SCHEMA_ROLE: B256 = hash_of("SCHEMA_ROLE");

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl AccessControl for DataRegistry {
    const ROLES: AccessControlStorage = AccessControlStorage::at(0);
}

impl Nonces for DataRegistry {
    const NONCES: NoncesStorage = NoncesStorage::at(1);
}

pub(crate) const PARAMETERS: ParametersStorage = ParametersStorage::at(2);

pub(crate) const SCHEMAS: SchemasStorage = SchemasStorage::at(5);

pub(crate) const RECORDS: RecordsStorage = RecordsStorage::at(7);

pub(crate) const DATASETS: DatasetsStorage = DatasetsStorage::at(9);

pub(crate) const EDITIONS: EditionsStorage = EditionsStorage::at(12);

impl Eip712 for DataRegistry {
    const NAME: &'static str = "Datacoop Records";
    const VERSION: &'static str = "1";
}

/// The registry.
#[derive(Debug)]
pub struct DataRegistry {
    pub(crate) vm: VM,
}

impl DataRegistry {
    /// Makes the registry: `admin` gets the admin role.
    ///
    /// # Errors
    ///
    /// `DataRegistryInvalidContract` when one of the others is not a contract.
    ///
    /// # Events
    ///
    /// `RoleGranted`, `ChallengePeriodChanged`, `MinCohortChanged`.
    fn construct(
        &mut self,
        admin: &Account,
        membership: &Account,
        consent_registry: &Account,
    ) -> Result<()> {
        for account in [membership, consent_registry] {
            if !host::is_contract(&self.vm, account) {
                return Err(Revert::new::<DataRegistryInvalidContract>((account,)));
            }
        }
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        PARAMETERS.begin(&mut self.vm, membership, consent_registry);
        Ok(())
    }

    /// Returns the status of each record.
    fn statuses<'a>(
        &'a self,
        ids: Elements<'a, sol_data::FixedBytes<32>>,
    ) -> List<impl ExactSizeIterator<Item = u8> + 'a> {
        List(ids.words().iter().map(|id| RECORDS.open(&self.vm, id).state.status))
    }

    /// Makes the next version of a schema live, at the word of whoever may.
    fn publish_schema(&mut self, name: &[u8], hash: &B256, uri: &[u8]) -> Result<(u32, u16)> {
        self.only_role(&word::constant(SCHEMA_ROLE))?;
        let Schema { id, version } = SCHEMAS.publish(&mut self.vm, name, hash, uri)?;
        Ok((id, version))
    }
}

/// Returns the kind of records from the arguments of a call.
const fn kind(data_class: u8, id: u32, version: u16) -> Kind {
    Kind { data_class, schema: Schema { id, version } }
}

contract!(DataRegistry);

routes! {
    DataRegistry as IDataRegistry (IDataRegistryCalls);

    constructor(sol_data::Address, sol_data::Address, sol_data::Address) =>
        |registry, (admin, membership, consents)| registry.construct(admin, membership, consents);

    reads {
        recordOfCall => |registry, (id,)| {
            let state = RECORDS.open(&registry.vm, id).state;
            (state.owner, state.data_class, state.status)
        };
        recordDetailsCall => |registry, (id,)| {
            let (vm, record) = (&registry.vm, RECORDS.open(&registry.vm, id));
            let Schema { id: schema, version } = record.state.schema;
            let hashes = (*record.pointer_hash(vm).word(), *record.head(vm).word());
            (schema, version, record.state.since, hashes.0, hashes.1, RECORDS.candidate(vm, id))
        };
        statusesOfCall => |registry, (ids,)| registry.statuses(ids);
        schemaOfCall => |registry, (id,)| {
            let (name_hash, latest) = SCHEMAS.schema(&registry.vm, id);
            (*name_hash.word(), latest)
        };
        schemaVersionOfCall => |registry, (id, version)| {
            let (status, hash) = SCHEMAS.version(&registry.vm, Schema { id, version });
            (status, *hash.word())
        };
        datasetOfCall => |registry, (id,)| {
            let dataset = DATASETS.dataset(&registry.vm, id);
            let name_hash = *DATASETS.name_hash(&registry.vm, id).word();
            (dataset.curator, dataset.data_class, dataset.purposes, dataset.latest, name_hash)
        };
        datasetByNameCall => |registry, (name_hash,)| DATASETS.named(&registry.vm, name_hash);
        datasetCountCall => |registry, ()| DATASETS.count(&registry.vm);
        editionOfCall => |registry, (number,)| {
            let found = EDITIONS.edition(&registry.vm, number);
            let kinds = (found.status, found.data_class, found.purposes);
            (kinds.0, kinds.1, kinds.2, found.records, found.contributors, found.live_from)
        };
        rootsOfCall => |registry, (number,)| {
            let [records, shares, total] = EDITIONS.roots(&registry.vm, number);
            (*records.word(), *shares.word(), total)
        };
        manifestOfCall => |registry, (number,)| {
            let published_at = EDITIONS.edition(&registry.vm, number).published_at;
            (*EDITIONS.manifest_hash(&registry.vm, number).word(), published_at)
        };
        isLiveCall => |registry, (number,)| EDITIONS.is_live(&registry.vm, number);
        containsCall => |registry, (number, id, proof): (_, _, Proof<'_>)| {
            EDITIONS.contains(&registry.vm, number, id, proof.words())
        };
        challengePeriodCall => |registry, ()| PARAMETERS.terms(&registry.vm).0;
        minCohortCall => |registry, ()| PARAMETERS.terms(&registry.vm).1;
        membershipCall => |registry, ()| PARAMETERS.membership(&registry.vm);
        consentRegistryCall => |registry, ()| PARAMETERS.consent_registry(&registry.vm);
        noncesCall => |registry, (owner,)| registry.nonces(owner);
        DOMAIN_SEPARATORCall => |registry, ()| registry.domain_separator();
        eip712DomainCall => |registry, ()| registry.eip712_domain();
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        ATTESTOR_ROLECall => |_, ()| Constant(ATTESTOR_ROLE);
        CURATOR_ROLECall => |_, ()| Constant(CURATOR_ROLE);
        GUARDIAN_ROLECall => |_, ()| Constant(GUARDIAN_ROLE);
        SCHEMA_ROLECall => |_, ()| Constant(SCHEMA_ROLE);
        hasRoleCall => |registry, (role, account)| registry.has_role(role, account);
        getRoleAdminCall => |registry, (role,)| registry.role_admin(role);
        supportsInterfaceCall => |registry, (interface,)| registry.supports_interface(interface);
    }

    acts {
        registerCall => |registry, (id, pointer, class, schema, version)| {
            registry.register(id, pointer, kind(class, schema, version))
        };
        registerForCall => |registry, (owner, id, pointer, class, schema, version)| {
            registry.register_for(&New { owner, id, pointer }, kind(class, schema, version))
        };
        registerManyCall => |registry, (class, schema, version, base, entries)| {
            registry.register_many(kind(class, schema, version), base, entries)
        };
        registerBySigCall => |registry, args| {
            let (owner, id, pointer, class, schema, version, deadline, signature) = args;
            let new = New { owner, id, pointer };
            registry.register_by_sig(&new, kind(class, schema, version), deadline, signature)
        };
        voidSignaturesCall => |registry, ()| {
            registry.void_signatures();
            Ok(())
        };
        attestCall => |registry, (id,)| registry.attest(id);
        attestManyCall => |registry, (ids,): (Proof<'_>,)| registry.attest_many(ids.words());
        offerCustodyCall => |registry, (id, candidate)| registry.offer_custody(id, candidate);
        acceptCustodyCall => |registry, (id,)| registry.accept_custody(id);
        rotatePointerCall => |registry, (id, pointer)| registry.rotate_pointer(id, pointer);
        eraseCall => |registry, (id,)| registry.erase(id);
        publishSchemaCall => |registry, (name, hash, uri)| {
            registry.publish_schema(name, hash, uri)
        };
        retireSchemaCall => |registry, (id, version)| {
            registry.only_role(&word::constant(SCHEMA_ROLE))?;
            SCHEMAS.retire(&mut registry.vm, Schema { id, version })
        };
        createDatasetCall => |registry, (class, purposes, name)| {
            registry.create_dataset(class, purposes, name)
        };
        setCuratorCall => |registry, (id, curator)| registry.set_curator(id, curator);
        publishCall => |registry, args| {
            let (id, records_root, shares_root, records, contributors, total, manifest, uri) = args;
            let content = Content {
                records_root,
                shares_root,
                total_shares: total,
                manifest_hash: manifest,
            };
            registry.publish(id, &content, (records, contributors), uri)
        };
        voidForRecordCall => |registry, (number, id, proof): (_, _, Proof<'_>)| {
            registry.void_for_record(number, id, proof.words())
        };
        voidForDuplicateCall => |registry, (number, id, proof, other): (_, _, Proof<'_>, Proof<'_>)| {
            registry.void_for_duplicate(number, id, proof.words(), other.words())
        };
        voidByDecisionCall => |registry, (number, reason)| {
            registry.void_by_decision(number, reason)
        };
        setChallengePeriodCall => |registry, (period,)| {
            registry.only_role(&DEFAULT_ADMIN_ROLE)?;
            PARAMETERS.set_challenge_period(&mut registry.vm, period)
        };
        setMinCohortCall => |registry, (cohort,)| {
            registry.only_role(&DEFAULT_ADMIN_ROLE)?;
            PARAMETERS.set_min_cohort(&mut registry.vm, cohort)
        };
        grantRoleCall => |registry, (role, account)| registry.grant_role(role, account);
        revokeRoleCall => |registry, (role, account)| registry.revoke_role(role, account);
        renounceRoleCall => |registry, (role, account)| registry.renounce_role(role, account);
    }
}

/// A list of 32-byte words, such as a Merkle proof.
type Proof<'a> = Elements<'a, sol_data::FixedBytes<32>>;
