//! Decides what a run starts from: the contracts on one chain, wired as a deployment does it, and
//! people.

use std::ops::Deref;

use alloy::{
    primitives::{Address, B256, U256, address, keccak256},
    sol_types::{SolCall, SolValue},
};
use data_market::IDataMarket;
use data_registry::IDataRegistry;
use data_token::IDataToken;
use datacoop_kit::testing::{
    Chain, Program,
    odd_token::{self, IOddToken},
};
use membership::IMembership;
use revenue_distributor::IRevenueDistributor;

use super::model::Model;

pub(super) const DATA: Address = address!("00000000000000000000000000000000da7a0001");
pub(super) const COIN: Address = address!("00000000000000000000000000000000da7a0002");
pub(super) const MEMBERSHIP: Address = address!("00000000000000000000000000000000da7a0003");
pub(super) const CONSENTS: Address = address!("00000000000000000000000000000000da7a0004");
pub(super) const REGISTRY: Address = address!("00000000000000000000000000000000da7a0005");
pub(super) const REVENUE: Address = address!("00000000000000000000000000000000da7a0006");
pub(super) const MARKET: Address = address!("00000000000000000000000000000000da7a0007");

/// Has every office: administers, issues, attests, curates, lists, rules, serves.
pub(super) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Has the tokens that nobody else has.
pub(super) const BANK: Address = address!("00000000000000000000000000000000000000ba");
pub(super) const TREASURY: Address = address!("00000000000000000000000000000000000000f1");
pub(super) const INFRASTRUCTURE: Address = address!("00000000000000000000000000000000000000f2");
/// Who has the shares of the validators' pool.
pub(super) const VALIDATOR: Address = address!("00000000000000000000000000000000000000f3");

/// How many patients, and how many researchers there are.
const PATIENTS: u8 = 7;
const RESEARCHERS: u8 = 3;

/// The bits of the actor roles.
pub(super) const PATIENT: u8 = 1;
pub(super) const RESEARCHER: u8 = 1 << 4;

/// The tokens that buy.
pub(super) const TOKENS: [Address; 2] = [DATA, COIN];

/// The name of the schema that records are registered under, and its id.
const SCHEMA: &str = "hl7.fhir.r4/Observation";

/// The datasets: their class and the mask of their purposes.
pub(super) const DATASETS: [(u8, u8); 2] = [(0, 0b00101), (1, 0b11111)];

/// What a researcher has staked at first.
const FIRST_STAKE: u64 = 5_000;

/// What a researcher has of each token at first.
pub(super) const PURSE: U256 = U256::from_limbs([0, 1 << 40, 0, 0]);

/// The contracts on a chain, and what is known of them without asking.
pub(super) struct World {
    pub(super) chain: Chain,
    pub(super) model: Model,
}

impl Deref for World {
    type Target = Chain;

    fn deref(&self) -> &Chain {
        &self.chain
    }
}

/// The patient with a number.
pub(super) const fn patient(number: u8) -> Address {
    Address::with_last_byte(0x10 + number % PATIENTS)
}

/// The researcher with a number.
pub(super) const fn researcher(number: u8) -> Address {
    Address::with_last_byte(0x80 + number % RESEARCHERS)
}

pub(super) fn patients() -> impl Iterator<Item = Address> {
    (0..PATIENTS).map(patient)
}

pub(super) fn researchers() -> impl Iterator<Item = Address> {
    (0..RESEARCHERS).map(researcher)
}

/// The id of the schema.
pub(super) fn schema_id() -> u32 {
    let [first, second, third, last, ..] = keccak256(SCHEMA).0;
    u32::from_be_bytes([first, second, third, last])
}

fn role(name: &str) -> B256 {
    keccak256(format!("{name}_ROLE"))
}

impl World {
    pub(super) fn new() -> Self {
        let chain = Chain::new();
        let deploy = |at, program: Program, args: Vec<u8>| {
            chain.deploy(ADMIN, at, program, &args).expect("it is constructed");
        };
        let supply = PURSE * U256::from(1_000);
        let terms = (ADMIN, BANK, supply, U256::ZERO, U256::ZERO);
        deploy(DATA, data_token::program, terms.abi_encode_params());
        deploy(COIN, odd_token::program, Vec::new());
        deploy(MEMBERSHIP, membership::program, (ADMIN, String::new()).abi_encode_params());
        deploy(CONSENTS, consent_registry::program, (MEMBERSHIP,).abi_encode_params());
        let neighbours = (ADMIN, MEMBERSHIP, CONSENTS);
        deploy(REGISTRY, data_registry::program, neighbours.abi_encode_params());
        deploy(REVENUE, revenue_distributor::program, (ADMIN, REGISTRY).abi_encode_params());
        let neighbours = (ADMIN, MEMBERSHIP, CONSENTS, REGISTRY, REVENUE, DATA, DATA);
        deploy(MARKET, data_market::program, neighbours.abi_encode_params());
        let mut world = Self { chain, model: Model::default() };
        world.hand_out_roles();
        world.open_shop();
        for account in patients() {
            world.join(account, PATIENT);
        }
        for account in researchers() {
            world.join(account, RESEARCHER);
            world.enrich(account);
        }
        world
    }

    fn hand_out_roles(&self) {
        let role_of = |name: &str| (role(name), ADMIN);
        let (role, account) = role_of("ISSUER");
        self.ok(ADMIN, MEMBERSHIP, &IMembership::grantRoleCall { role, account });
        for name in ["ATTESTOR", "CURATOR", "GUARDIAN", "SCHEMA"] {
            let (role, account) = role_of(name);
            self.ok(ADMIN, REGISTRY, &IDataRegistry::grantRoleCall { role, account });
        }
        let (role, account) = role_of("SHARES");
        self.ok(ADMIN, REVENUE, &IRevenueDistributor::grantRoleCall { role, account });
        for name in ["LISTER", "RULING", "SERVER", "PAUSER"] {
            let (role, account) = role_of(name);
            self.ok(ADMIN, MARKET, &IDataMarket::grantRoleCall { role, account });
        }
    }

    /// Sets prices, the split, the validators' shares and the datasets.
    fn open_shop(&self) {
        let (treasury, infrastructure) = (TREASURY, INFRASTRUCTURE);
        self.ok(ADMIN, MARKET, &IDataMarket::setRecipientsCall { treasury, infrastructure });
        let split = IDataMarket::setSplitCall {
            contributors: 5_001,
            validators: 999,
            treasury: 1_333,
            infrastructure: 667,
            burned: 2_000,
        };
        self.ok(ADMIN, MARKET, &split);
        for token in TOKENS {
            self.ok(ADMIN, MARKET, &IDataMarket::setTokenAllowedCall { token, allowed: true });
            for (dataClass, unit) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let amount = U256::from(1_000_003_u64 + u64::from(dataClass) * 77);
                let price = IDataMarket::setPriceCall { dataClass, unit, token, amount };
                self.ok(ADMIN, MARKET, &price);
            }
            self.ok(ADMIN, REVENUE, &IRevenueDistributor::listPoolTokenCall { token });
        }
        self.ok(ADMIN, MARKET, &IDataMarket::setRequiredStakeCall { amount: U256::from(1_000) });
        let (pool, account) = (keccak256("VALIDATORS"), VALIDATOR);
        let delay = IRevenueDistributor::setActivationDelayCall { delay: 0 };
        self.ok(ADMIN, REVENUE, &delay);
        self.ok(ADMIN, REVENUE, &IRevenueDistributor::setSharesCall { pool, account, shares: 3 });
        let (hash, uri) = (B256::repeat_byte(1), String::new());
        let schema = IDataRegistry::publishSchemaCall { name: SCHEMA.to_owned(), hash, uri };
        self.ok(ADMIN, REGISTRY, &schema);
        self.ok(ADMIN, REGISTRY, &IDataRegistry::setMinCohortCall { newCohort: 2 });
        self.ok(ADMIN, REGISTRY, &IDataRegistry::setChallengePeriodCall { newPeriod: 3_600 });
        for (number, (dataClass, purposes)) in DATASETS.into_iter().enumerate() {
            let name = format!("dataset {number}");
            let call = IDataRegistry::createDatasetCall { dataClass, purposes, name };
            self.ok(ADMIN, REGISTRY, &call);
        }
    }

    /// Gives a researcher tokens, lets the market take them, and stakes some.
    fn enrich(&mut self, account: Address) {
        self.ok(BANK, DATA, &IDataToken::transferCall { to: account, value: PURSE });
        self.ok(account, DATA, &IDataToken::approveCall { spender: MARKET, value: U256::MAX });
        self.ok(BANK, COIN, &IOddToken::mintCall { to: account, amount: PURSE });
        self.ok(account, MARKET, &IDataMarket::stakeCall { amount: U256::from(FIRST_STAKE) });
        self.model.stakes.insert(account, FIRST_STAKE);
    }

    /// Makes an account a member, by the credential that is its for ever.
    pub(super) fn join(&mut self, account: Address, actorRoles: u8) -> bool {
        let call = IMembership::issueCall { account, credential: keccak256(account), actorRoles };
        let joined = self.did(ADMIN, MEMBERSHIP, &call);
        if joined {
            let now = self.time();
            self.model.members.insert(account, (actorRoles, now));
        }
        joined
    }

    /// Calls a contract, which agrees.
    #[track_caller]
    pub(super) fn ok<C: SolCall>(&self, from: Address, to: Address, call: &C) -> C::Return {
        let agreed = self.chain.send(from, to, call);
        agreed.unwrap_or_else(|error| panic!("refused with {error:02x?}"))
    }

    /// Calls a contract, and returns whether it agreed.
    pub(super) fn did<C: SolCall>(&self, from: Address, to: Address, call: &C) -> bool {
        self.chain.send(from, to, call).is_ok()
    }

    /// Asks a contract.
    #[track_caller]
    pub(super) fn ask<C: SolCall>(&self, to: Address, call: &C) -> C::Return {
        self.ok(BANK, to, call)
    }
}
