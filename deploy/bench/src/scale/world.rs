//! Decides what a dataset goes through: its owners join, its records are registered, it is published,
//! sold, read and claimed from, each by whoever may.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use datacoop_deploy::{
    Artifact, Progress, Workspace,
    bindings::{
        IConsentRegistry, IDataMarket, IDataRegistry, IDataToken, IMembership, IRevenueDistributor,
    },
    chain::{Chain, Outgoing, Receipt, Sender},
    data::{edition_number, schema_id},
    deploy,
    keys::dev_account,
    node::{Node, NodeOptions},
};

use super::{Collection, ScaleRow, crowd};
use crate::Error;

/// The data class of all records: clinical.
const CLASS: u8 = 1;

/// The purpose that licences are for, by number and as a mask: academic research.
const PURPOSE: (u8, u8) = (0, 1);

/// The most records of one transaction.
const BATCH: usize = 150;

/// The most claims of one transaction.
const CLAIMS: usize = 50;

/// The actor roles of a patient and of a researcher.
const PATIENT: u8 = 1;
const RESEARCHER: u8 = 1 << 4;

/// The status of a record that is registered and attested.
const ATTESTED: u8 = 2;

/// The gas that transactions of the preparation may use, which is not asked for before.
const GAS: u64 = 100_000_000;

/// The schema of all records.
const SCHEMA: &str = "scale";

/// Where the contracts are.
#[derive(Clone, Copy, Debug)]
struct Places {
    data: Address,
    membership: Address,
    consents: Address,
    registry: Address,
    revenue: Address,
    market: Address,
}

/// A chain with the contracts of access and the people who use them.
#[derive(Debug)]
pub(super) struct World {
    chain: Chain,
    places: Places,
    /// Issues, attests, curates and lists.
    admin: Sender,
    /// Has the first record of every dataset.
    alice: Sender,
    /// Buys.
    researcher: Sender,
    /// How many contributors have joined.
    joined: usize,
    /// How many datasets there are.
    datasets: u64,
    _node: Node,
}

/// An amount of DATA, in its smallest unit.
fn data(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

/// The hash that stands for a document.
fn hash(of: &str) -> B256 {
    keccak256(of)
}

impl World {
    /// Starts a chain and brings it to where datasets can be published and sold.
    pub(super) async fn start(
        workspace: &Workspace,
        artifacts: &[Artifact],
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let node = Node::start(workspace, NodeOptions::default(), progress).await?;
        let chain = Chain::connect(&node.url()).await?;
        let sender = |index| Ok::<_, Error>(Sender::new(&chain, dev_account(index)?));
        let (admin, alice, researcher) = (sender(0)?, sender(3)?, sender(4)?);
        let places = create(&admin, artifacts).await?;
        let (joined, datasets) = (0, 0);
        let mut world =
            Self { chain, places, admin, alice, researcher, joined, datasets, _node: node };
        world.allow().await?;
        world.open().await?;
        Ok(world)
    }

    /// Returns who has the first record of every dataset.
    pub(super) const fn alice(&self) -> Address {
        self.alice.address()
    }

    /// Has the admin call a function of a contract.
    async fn admin(&self, to: Address, call: &impl SolCall) -> Result<Receipt, Error> {
        Ok(self.admin.send_with_gas(&Outgoing::call(to, call), GAS).await?)
    }

    /// Has the admin call a function of a contract many times, and returns the receipts.
    async fn admin_all<C: SolCall>(
        &self,
        to: Address,
        calls: impl Iterator<Item = C>,
    ) -> Result<Vec<Receipt>, Error> {
        let calls = calls.map(|call| call.abi_encode().into()).collect();
        let parties = (self.admin.address(), to);
        crowd::send_all(self.chain.provider(), parties, C::SIGNATURE, calls).await
    }

    /// Gives the admin every role that the preparation needs.
    async fn allow(&self) -> Result<(), Error> {
        let Places { membership, registry, revenue, market, .. } = self.places;
        let account = self.admin.address();
        for (to, role) in [
            (membership, "ISSUER_ROLE"),
            (registry, "ATTESTOR_ROLE"),
            (registry, "CURATOR_ROLE"),
            (registry, "SCHEMA_ROLE"),
            (revenue, "SHARES_ROLE"),
            (market, "LISTER_ROLE"),
        ] {
            let role = keccak256(role);
            self.admin(to, &IMembership::grantRoleCall { role, account }).await?;
        }
        Ok(())
    }

    /// Sets what purchases need: people, a schema, a price, a pool, a consent and money.
    async fn open(&mut self) -> Result<(), Error> {
        let Places { data: token, membership, consents, registry, revenue, market } = self.places;
        let researcher = self.researcher.address();
        self.admin(membership, &issue(researcher, RESEARCHER)).await?;
        self.admin(membership, &issue(self.alice(), PATIENT)).await?;
        self.joined = 1;
        let call = IDataRegistry::publishSchemaCall {
            name: SCHEMA.to_owned(),
            hash: hash("the schema"),
            uri: String::new(),
        };
        self.admin(registry, &call).await?;
        self.admin(registry, &IDataRegistry::setChallengePeriodCall { newPeriod: 0 }).await?;
        let pool = keccak256("VALIDATORS");
        self.admin(revenue, &IRevenueDistributor::listPoolTokenCall { token }).await?;
        let call = IRevenueDistributor::setActivationDelayCall { delay: 0 };
        self.admin(revenue, &call).await?;
        let call = IRevenueDistributor::setSharesCall { pool, account: membership, shares: 1 };
        self.admin(revenue, &call).await?;
        self.admin(market, &IDataMarket::setTokenAllowedCall { token, allowed: true }).await?;
        let call =
            IDataMarket::setPriceCall { dataClass: CLASS, unit: 0, token, amount: data(100) };
        self.admin(market, &call).await?;
        let (treasury, infrastructure) = (registry, consents);
        self.admin(market, &IDataMarket::setRecipientsCall { treasury, infrastructure }).await?;
        self.admin(market, &IDataMarket::setRequiredStakeCall { amount: U256::ZERO }).await?;
        let value = data(1_000_000);
        self.admin(token, &IDataToken::transferCall { to: researcher, value }).await?;
        self.admin(token, &IDataToken::approveCall { spender: revenue, value }).await?;
        self.researcher.call(token, &IDataToken::approveCall { spender: market, value }).await?;
        let call = IConsentRegistry::grantCall {
            dataClasses: 1 << CLASS,
            purposes: PURPOSE.1,
            granteeKind: 2,
            account: Address::ZERO,
            actorRole: 0,
            expiry: self.chain.now().await?.saturating_add(365 * 86_400),
            terms: hash("the consent"),
        };
        self.alice.call(consents, &call).await?;
        Ok(())
    }

    /// Takes a collection through everything, and returns what it cost.
    pub(super) async fn measure(&mut self, of: &Collection) -> Result<ScaleRow, Error> {
        let (registered, registering) = self.register(of).await?;
        let (edition, publish) = self.publish(of).await?;
        let buy = self.buy(edition).await?;
        let can_read = self.read(of, edition).await?;
        let token = self.places.data;
        let call =
            IRevenueDistributor::depositCall { edition, token, amount: data(1), tag: hash("more") };
        let deposit = self.admin(self.places.revenue, &call).await?.gas_used;
        let claim = self.claim(of, edition).await?;
        let (claims_at_once, claim_many, paid) = self.claim_all(of, edition).await?;
        let size = of.size;
        Ok(ScaleRow {
            records: size.records,
            contributors: size.contributors,
            registered,
            record_proof: of.record_proof(0).len(),
            share_proof: of.share_proof(0).len(),
            register: registering / (size.records as u64).max(1),
            publish,
            buy,
            can_read,
            deposit,
            claim,
            claims_at_once,
            claim_many,
            paid,
            dust: self.dust(of, edition).await?,
        })
    }

    /// Has the owners join, and registers and attests all records; returns how many are registered
    /// and attested now, and the gas of that.
    async fn register(&mut self, of: &Collection) -> Result<(usize, u64), Error> {
        let joining = of.contributors.iter().skip(self.joined);
        let joining = joining.map(|account| issue(*account, PATIENT));
        self.admin_all(self.places.membership, joining).await?;
        self.joined = self.joined.max(of.contributors.len());
        let places: Vec<_> = (0..of.size.records).collect();
        let entry = |place: &usize| IDataRegistry::Entry {
            owner: of.owner(*place),
            recordId: of.records[*place],
            locator: of.records[*place],
        };
        let batches = places.chunks(BATCH).map(|places| IDataRegistry::registerManyCall {
            dataClass: CLASS,
            schemaId: schema_id(SCHEMA),
            schemaVersion: 1,
            base: Bytes::from_static(b"ipfs://"),
            entries: places.iter().map(entry).collect(),
        });
        let receipts = self.admin_all(self.places.registry, batches).await?;
        let registry = self.places.registry;
        let attested = |receipt: &Receipt| {
            let records = receipt.events_of::<IDataRegistry::RecordRegistered>(registry);
            records.filter(|record| record.status == ATTESTED).count()
        };
        let gas = receipts.iter().map(|receipt| receipt.gas_used).sum();
        Ok((receipts.iter().map(attested).sum(), gas))
    }

    /// Publishes and lists the edition, and returns its number and the gas of publishing.
    async fn publish(&mut self, of: &Collection) -> Result<(U256, u64), Error> {
        let Places { data: token, registry, market, .. } = self.places;
        let name = format!("dataset {}", self.datasets);
        let call = IDataRegistry::createDatasetCall { dataClass: CLASS, purposes: PURPOSE.1, name };
        self.admin(registry, &call).await?;
        self.datasets += 1;
        let call = IDataRegistry::publishCall {
            datasetId: U256::from(self.datasets),
            recordsRoot: of.records_root(),
            sharesRoot: of.shares_root(),
            records: of.size.records as u64,
            contributors: of.size.contributors as u64,
            totalShares: of.total_shares(),
            manifestHash: hash("the manifest"),
            manifestUri: String::new(),
        };
        let gas = self.admin(registry, &call).await?.gas_used;
        let edition = edition_number(self.datasets, 1);
        let call = IDataMarket::listCall {
            edition,
            token,
            unit: 0,
            purposes: PURPOSE.1,
            maxPeriods: 1,
            termsHash: hash("the terms"),
        };
        self.admin(market, &call).await?;
        Ok((edition, gas))
    }

    /// Has the researcher buy a licence.
    async fn buy(&self, edition: U256) -> Result<u64, Error> {
        let call = IDataMarket::buyCall {
            edition,
            token: self.places.data,
            purpose: PURPOSE.0,
            periods: 1,
            maxPrice: data(100),
            termsHash: hash("the terms"),
            publicKey: hash("the researcher's key"),
        };
        Ok(self.researcher.call(self.places.market, &call).await?.gas_used)
    }

    /// Has the researcher ask whether alice's record can be read, which it can, unlike another.
    async fn read(&self, of: &Collection, edition: U256) -> Result<u64, Error> {
        let market = self.places.market;
        let call = |place: usize| IDataMarket::canReadCall {
            holder: self.researcher.address(),
            edition,
            purpose: PURPOSE.0,
            recordId: of.records[place],
            proof: of.record_proof(0),
        };
        let records = of.size.records;
        if !self.chain.read(market, &call(0)).await? {
            return Err(Error::Scale { records, reason: "a record of it cannot be read" });
        }
        if self.chain.read(market, &call(1)).await? {
            return Err(Error::Scale { records, reason: "a record is read by another's proof" });
        }
        Ok(self.researcher.call(market, &call(0)).await?.gas_used)
    }

    /// Has alice claim her part.
    async fn claim(&self, of: &Collection, edition: U256) -> Result<u64, Error> {
        let call = IRevenueDistributor::claimCall {
            edition,
            token: self.places.data,
            account: self.alice(),
            shares: of.shares(0),
            proof: of.share_proof(0),
        };
        Ok(self.alice.call(self.places.revenue, &call).await?.gas_used)
    }

    /// Has everybody paid; returns how many were in the first transaction, its gas, and how many got
    /// their part in all.
    async fn claim_all(
        &self,
        of: &Collection,
        edition: U256,
    ) -> Result<(usize, u64, usize), Error> {
        let others: Vec<_> = (1..of.contributors.len()).collect();
        let calls = others.chunks(CLAIMS).map(|places| {
            let entry = |place: &usize| {
                let account = U256::from_be_slice(of.contributors[*place].as_slice());
                account << 96 | of.shares(*place)
            };
            let proofs: Vec<_> = places.iter().map(|place| of.share_proof(*place)).collect();
            let length = |proof: &Vec<B256>| u8::try_from(proof.len()).unwrap_or(u8::MAX);
            IRevenueDistributor::claimForCall {
                edition,
                token: self.places.data,
                entries: places.iter().map(entry).collect(),
                lengths: proofs.iter().map(length).collect::<Vec<_>>().into(),
                siblings: proofs.concat(),
            }
        });
        let revenue = self.places.revenue;
        let receipts = self.admin_all(revenue, calls).await?;
        let paid = |receipt: &Receipt| {
            receipt.events_of::<IRevenueDistributor::RevenueClaimed>(revenue).count()
        };
        let first = receipts.first().map(|receipt| (paid(receipt), receipt.gas_used));
        let (count, gas) = first.unwrap_or_default();
        Ok((count, gas, 1 + receipts.iter().map(paid).sum::<usize>()))
    }

    /// Returns what is left of the pot, and requires that the distributor has what it should.
    async fn dust(&self, of: &Collection, edition: U256) -> Result<u64, Error> {
        let Places { data: token, revenue, .. } = self.places;
        let totals = self.chain.read(revenue, &IRevenueDistributor::totalsOfCall { token }).await?;
        let held = self.chain.read(token, &IDataToken::balanceOfCall { account: revenue }).await?;
        let records = of.size.records;
        if totals.deposited - totals.paid != held {
            return Err(Error::Scale { records, reason: "money is not where it should be" });
        }
        let call = IRevenueDistributor::potOfCall { edition, token };
        let pot = self.chain.read(revenue, &call).await?;
        let dust: u64 = (pot.deposited - pot.paid).saturating_to();
        if dust >= of.contributors.len() as u64 {
            return Err(Error::Scale { records, reason: "somebody was not paid" });
        }
        Ok(dust)
    }
}

/// Makes an account a member that acts in these roles.
fn issue(account: Address, actor_roles: u8) -> IMembership::issueCall {
    IMembership::issueCall { account, credential: keccak256(account), actorRoles: actor_roles }
}

/// Creates the contracts, each with those before it.
async fn create(admin: &Sender, artifacts: &[Artifact]) -> Result<Places, Error> {
    let me = admin.address();
    let create = async |name: &'static str, arguments: Vec<u8>| {
        let artifact = artifacts.iter().find(|artifact| artifact.name == name);
        let artifact = artifact.ok_or(Error::Missing { wanted: "artifact" })?;
        Ok::<_, Error>(deploy::create(admin, artifact, &arguments).await?.address)
    };
    let args = (me, me, data(10_000_000), data(1_000_000), U256::from(500)).abi_encode_params();
    let token = create("DataToken", args).await?;
    let membership = create("Membership", (me, String::new()).abi_encode_params()).await?;
    let consents = create("ConsentRegistry", (membership,).abi_encode_params()).await?;
    let args = (me, membership, consents).abi_encode_params();
    let registry = create("DataRegistry", args).await?;
    let revenue = create("RevenueDistributor", (me, registry).abi_encode_params()).await?;
    let args = (me, membership, consents, registry, revenue, token, token).abi_encode_params();
    let market = create("DataMarket", args).await?;
    Ok(Places { data: token, membership, consents, registry, revenue, market })
}
