//! Decides what the tests start from: the registry and what it asks on a chain, and people; and a
//! second, naive implementation of trees and histories.

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{
    Eip712Domain, SolCall, SolError, SolEvent, SolStruct, SolValue, eip712_domain, sol,
};
use data_registry::{
    ATTESTOR_ROLE, CURATOR_ROLE, GUARDIAN_ROLE,
    IDataRegistry::{
        Entry, createDatasetCall, grantRoleCall, publishCall, publishSchemaCall, recordDetailsCall,
        recordDetailsReturn, recordOfCall, registerBySigCall, registerCall, registerForCall,
        registerManyCall, revokeRoleCall,
    },
    SCHEMA_ROLE,
};
use datacoop_kit::testing::{Chain, Log, START, Signer};
use membership::{IMembership, ISSUER_ROLE};

/// Where the membership, the consent registry and the registry are.
pub(crate) const MEMBERSHIP: Address = address!("00000000000000000000000000000000da7a0003");
pub(crate) const CONSENTS: Address = address!("00000000000000000000000000000000da7a0004");
pub(crate) const REGISTRY: Address = address!("00000000000000000000000000000000da7a0005");
/// Holds the admin role, issues memberships.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// An attestor.
pub(crate) const HOSPITAL: Address = address!("00000000000000000000000000000000000000d0");
/// A curator.
pub(crate) const CURATOR: Address = address!("00000000000000000000000000000000000000c0");
/// A guardian.
pub(crate) const GUARDIAN: Address = address!("00000000000000000000000000000000000000e0");
/// No member.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// Numbers of data classes.
pub(crate) const GENOMIC: u8 = 0;
pub(crate) const CLINICAL: u8 = 1;
/// What each status is called.
pub(crate) const REGISTERED: u8 = 1;
pub(crate) const ATTESTED: u8 = 2;
pub(crate) const ERASED: u8 = 3;

/// The name of the schema that is live from the start.
pub(crate) const SCHEMA: &str = "hl7.fhir.r4/Observation";

/// The id of the schema with a name.
pub(crate) fn schema_id(name: &str) -> u32 {
    u32::from_be_bytes(keccak256(name)[..4].try_into().expect("four bytes"))
}

sol! {
    struct Register {
        address owner;
        bytes32 recordId;
        bytes pointer;
        uint8 dataClass;
        uint32 schemaId;
        uint16 schemaVersion;
        uint256 nonce;
        uint256 deadline;
    }
}

/// A member and patient: the owner of most records.
pub(crate) fn alice() -> Signer {
    Signer::new(1)
}

/// A member and patient.
pub(crate) fn bob() -> Signer {
    Signer::new(2)
}

/// A patient with the given number.
pub(crate) fn patient(number: u8) -> Address {
    Signer::new(number).address()
}

/// A record's id.
pub(crate) fn record(number: u64) -> B256 {
    keccak256(number.to_be_bytes())
}

/// A record's pointer.
pub(crate) fn pointer(number: u64) -> Vec<u8> {
    format!("ipfs://record/{number}").into_bytes()
}

/// The domain that signatures are bound to, on a chain and at a contract.
pub(crate) const fn domain(chain_id: u64, contract: Address) -> Eip712Domain {
    eip712_domain! {
        name: "Datacoop Records",
        version: "1",
        chain_id: chain_id,
        verifying_contract: contract,
    }
}

/// The domain of the registry under test.
pub(crate) const fn here() -> Eip712Domain {
    domain(Chain::ID, REGISTRY)
}

/// The call that registers a clinical record of the caller.
pub(crate) fn register(number: u64) -> registerCall {
    registerCall {
        recordId: record(number),
        pointer: pointer(number).into(),
        dataClass: CLINICAL,
        schemaId: schema_id(SCHEMA),
        schemaVersion: 1,
    }
}

/// The call that registers a clinical record of somebody else.
pub(crate) fn register_for(owner: Address, number: u64) -> registerForCall {
    let registerCall { recordId, pointer, dataClass, schemaId, schemaVersion } = register(number);
    registerForCall { owner, recordId, pointer, dataClass, schemaId, schemaVersion }
}

/// The call that registers clinical records of others.
pub(crate) fn register_many(records: &[(Address, u64)]) -> registerManyCall {
    let entry = |&(owner, number): &(Address, u64)| Entry {
        owner,
        recordId: record(number),
        locator: B256::from(U256::from(number)),
    };
    registerManyCall {
        dataClass: CLINICAL,
        schemaId: schema_id(SCHEMA),
        schemaVersion: 1,
        base: b"ipfs://batch/".to_vec().into(),
        entries: records.iter().map(entry).collect(),
    }
}

/// The pointer of a record that [`register_many`] registers.
pub(crate) fn batch_pointer(number: u64) -> Vec<u8> {
    [b"ipfs://batch/".as_slice(), &U256::from(number).to_be_bytes::<32>()].concat()
}

/// The call that registers a record of alice's, signed for a domain at a nonce, until [`START`].
pub(crate) fn signed_register(
    by: &Signer,
    number: u64,
    nonce: u64,
    domain: &Eip712Domain,
) -> registerBySigCall {
    let registerCall { recordId, pointer, dataClass, schemaId, schemaVersion } = register(number);
    let (owner, deadline) = (alice().address(), U256::from(START));
    let message = Register {
        owner,
        recordId,
        pointer: pointer.clone(),
        dataClass,
        schemaId,
        schemaVersion,
        nonce: U256::from(nonce),
        deadline,
    };
    let (v, r, s) = by.sign(message.eip712_signing_hash(domain));
    registerBySigCall {
        owner,
        recordId,
        pointer,
        dataClass,
        schemaId,
        schemaVersion,
        deadline,
        signature: [r.as_slice(), s.as_slice(), &[v]].concat().into(),
    }
}

/// The registry on a chain.
pub(crate) struct Registry {
    pub(crate) chain: Chain,
}

impl Registry {
    /// A registry without records, where alice, bob and the patients 10 to 19 are members, the
    /// observation schema is live, and everybody has their role.
    pub(crate) fn new() -> Self {
        let chain = Chain::new();
        let args = (ADMIN, String::new()).abi_encode_params();
        chain.deploy(ADMIN, MEMBERSHIP, membership::program, &args).expect("the membership");
        let args = (MEMBERSHIP,).abi_encode_params();
        chain.deploy(ADMIN, CONSENTS, consent_registry::program, &args).expect("the consents");
        let args = (ADMIN, MEMBERSHIP, CONSENTS).abi_encode_params();
        chain.deploy(ADMIN, REGISTRY, data_registry::program, &args).expect("the registry");
        let registry = Self { chain };
        registry.member(&IMembership::grantRoleCall { role: ISSUER_ROLE, account: ADMIN });
        let roles = [
            (ATTESTOR_ROLE, HOSPITAL),
            (CURATOR_ROLE, CURATOR),
            (GUARDIAN_ROLE, GUARDIAN),
            (SCHEMA_ROLE, ADMIN),
        ];
        for (role, account) in roles {
            registry.ok(ADMIN, &grantRoleCall { role, account });
        }
        for number in [1, 2].into_iter().chain(10..20) {
            registry.enrol(patient(number), 1);
        }
        registry.ok(ADMIN, &publish_schema(SCHEMA, 1));
        registry.forget();
        registry
    }

    /// The same, where alice has registered the record 1.
    pub(crate) fn with_record() -> Self {
        let registry = Self::new();
        registry.ok(alice().address(), &register(1));
        registry.forget();
        registry
    }

    /// The same, where CURATOR has the clinical dataset 1, for everything, and the hospital has
    /// registered the records 10 to 19 of ten patients.
    pub(crate) fn with_dataset() -> Self {
        let registry = Self::new();
        let records: Vec<_> = (10..20).map(|number| (patient(number), number.into())).collect();
        registry.ok(HOSPITAL, &register_many(&records));
        registry.ok(CURATOR, &create_dataset("everything"));
        registry.forget();
        registry
    }

    /// The same, where its first edition, of the given records, was published a second ago.
    pub(crate) fn with_edition(records: &[u64]) -> (Self, Tree) {
        let registry = Self::with_dataset();
        let tree = Tree::of_records(records);
        registry.ok(CURATOR, &publish(tree.root()));
        registry.chain.set_time(START + 1);
        registry.forget();
        (registry, tree)
    }

    /// Makes an account a member, by a credential of its own.
    pub(crate) fn enrol(&self, account: Address, actorRoles: u8) {
        let credential = keccak256(account);
        self.member(&IMembership::issueCall { account, credential, actorRoles });
    }

    /// Calls the membership as its issuer, and it agrees.
    #[track_caller]
    pub(crate) fn member<C: SolCall>(&self, call: &C) -> C::Return {
        self.chain.send(ADMIN, MEMBERSHIP, call).expect("the membership agrees")
    }

    /// Makes an account an attestor, or no attestor.
    pub(crate) fn set_attestor(&self, account: Address, is_one: bool) {
        let role = ATTESTOR_ROLE;
        if is_one {
            self.ok(ADMIN, &grantRoleCall { role, account });
        } else {
            self.ok(ADMIN, &revokeRoleCall { role, account });
        }
        self.forget();
    }

    /// Calls the registry.
    pub(crate) fn call<C: SolCall>(&self, from: Address, call: &C) -> Result<C::Return, Vec<u8>> {
        self.chain.send(from, REGISTRY, call)
    }

    /// Calls the registry, which agrees.
    #[track_caller]
    pub(crate) fn ok<C: SolCall>(&self, from: Address, call: &C) -> C::Return {
        self.call(from, call).expect("the call succeeds")
    }

    /// Calls the registry, which refuses with exactly this error and emits nothing.
    #[track_caller]
    pub(crate) fn fails<C: SolCall>(&self, from: Address, call: &C, error: &impl SolError) {
        let outcome = self.call(from, call).map(|_| ());
        assert_eq!(outcome, Err(error.abi_encode()));
        assert_eq!(self.chain.take_logs(), []);
    }

    /// Requires that exactly these events were emitted.
    #[track_caller]
    pub(crate) fn emitted(&self, events: &[Log]) {
        assert_eq!(self.chain.take_logs(), events);
    }

    /// Forgets what was emitted.
    pub(crate) fn forget(&self) {
        let _ = self.chain.take_logs();
    }

    /// Whose a record is, its class and its status.
    pub(crate) fn record_of(&self, number: u64) -> (Address, u8, u8) {
        let found = self.ok(MALLORY, &recordOfCall { recordId: record(number) });
        (found.owner, found.dataClass, found.status)
    }

    pub(crate) fn details(&self, number: u64) -> recordDetailsReturn {
        self.ok(MALLORY, &recordDetailsCall { recordId: record(number) })
    }

    /// The head of a record's history.
    pub(crate) fn head(&self, number: u64) -> B256 {
        self.details(number).head
    }
}

/// The call that makes the next version of a schema live.
pub(crate) fn publish_schema(name: &str, hash: u8) -> publishSchemaCall {
    let (name, uri) = (name.to_owned(), "https://schemas.example".to_owned());
    publishSchemaCall { name, hash: B256::repeat_byte(hash), uri }
}

/// The call that begins a clinical dataset for everything.
pub(crate) fn create_dataset(name: &str) -> createDatasetCall {
    createDatasetCall { dataClass: CLINICAL, purposes: 31, name: name.to_owned() }
}

/// The call that publishes the next version of the first dataset, with ten records of ten
/// contributors.
pub(crate) fn publish(recordsRoot: B256) -> publishCall {
    publishCall {
        datasetId: U256::ONE,
        recordsRoot,
        sharesRoot: B256::repeat_byte(2),
        records: 10,
        contributors: 10,
        totalShares: U256::from(10),
        manifestHash: B256::repeat_byte(3),
        manifestUri: "https://manifests.example/1".to_owned(),
    }
}

/// The number of the version of the first dataset.
pub(crate) fn edition(version: u32) -> U256 {
    U256::from(1_u64 << 32 | u64::from(version))
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    let data = event.encode_log_data();
    Log { emitter: REGISTRY, topics: data.topics().to_vec(), data: data.data.to_vec() }
}

/// A change in a record's history, by a second implementation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) action: u8,
    pub(crate) actor: Address,
    pub(crate) owner: Address,
    pub(crate) status: u8,
    pub(crate) since: u64,
    pub(crate) pointer_hash: B256,
    pub(crate) at: u64,
}

impl Change {
    /// The head after the change, of a clinical record under the observation schema.
    pub(crate) fn head(&self, previous: B256) -> B256 {
        let Self { action, actor, owner, status, since, pointer_hash, at } = *self;
        let kinds = u64::from(CLINICAL) | u64::from(status) << 4;
        let state = U256::from_be_slice(owner.as_slice())
            | U256::from(kinds) << 160
            | U256::from(1) << 168
            | U256::from(schema_id(SCHEMA)) << 184
            | U256::from(since) << 216;
        let action = U256::from(action);
        keccak256((previous, action, actor, state, pointer_hash, at).abi_encode_params())
    }

    /// Alice registers a record at [`START`].
    pub(crate) fn registered(number: u64) -> Self {
        let owner = alice().address();
        Self {
            action: 1,
            actor: owner,
            owner,
            status: REGISTERED,
            since: START,
            pointer_hash: keccak256(pointer(number)),
            at: START,
        }
    }
}

/// A tree of sorted pairs, in which an odd node goes up as it is.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    levels: Vec<Vec<B256>>,
}

impl Tree {
    /// The tree of records, in the given order.
    pub(crate) fn of_records(numbers: &[u64]) -> Self {
        Self::of_leaves(numbers.iter().map(|number| leaf(record(*number))).collect())
    }

    pub(crate) fn of_leaves(leaves: Vec<B256>) -> Self {
        let mut levels = vec![leaves];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            levels.push(below.chunks(2).map(parent).collect());
        }
        Self { levels }
    }

    pub(crate) fn root(&self) -> B256 {
        self.levels[self.levels.len() - 1][0]
    }

    /// The siblings of the leaf with an index, from the leaf up.
    pub(crate) fn proof(&self, index: usize) -> Vec<B256> {
        let siblings = self.levels.iter().enumerate();
        siblings.filter_map(|(height, level)| level.get(index >> height ^ 1).copied()).collect()
    }
}

fn parent(pair: &[B256]) -> B256 {
    match *pair {
        [left, right] => keccak256([left.min(right).0, left.max(right).0].concat()),
        _ => pair[0],
    }
}

/// The leaf of a record.
pub(crate) fn leaf(record: B256) -> B256 {
    keccak256(keccak256(record))
}
