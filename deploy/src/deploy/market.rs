//! Decides how the data registry, the distributor of revenue and the market come onto the chain, and
//! what they start with.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, keccak256},
};

use super::{
    access::{AccessTerms, FirstSchema, Offices, Price},
    run::Run,
};
use crate::{
    Error,
    bindings::{
        IDataMarket::{
            isTokenAllowedCall, priceOfCall, recipientsCall, requiredStakeCall, setPriceCall,
            setRecipientsCall, setRequiredStakeCall, setSplitCall, setTokenAllowedCall,
            setUnstakeCooldownCall, splitCall, unstakeCooldownCall,
        },
        IDataRegistry::{
            challengePeriodCall, minCohortCall, publishSchemaCall, schemaOfCall,
            setChallengePeriodCall, setMinCohortCall,
        },
        IRevenueDistributor::{
            activationDelayCall, listPoolTokenCall, poolTokensCall, setActivationDelayCall,
            setSharesCall, sharesOfCall,
        },
    },
    contracts::{DATA_MARKET, DATA_REGISTRY, REVENUE_DISTRIBUTOR},
};

/// The validators' pool of the distributor, as the market names it.
const VALIDATORS: &str = "VALIDATORS";

/// The steps of the registry: the contract, four roles, two parameters, and an administration given
/// and given up.
const REGISTRY_STEPS: u64 = 9;

/// The steps of schemas: the right to publish them taken and given up.
const SCHEMA_STEPS: u64 = 2;

/// The steps of the distributor: the contract, a role, the token of its pools, a parameter, and an
/// administration given and given up. Validators need the right to give shares, taken and given up.
const DISTRIBUTOR_STEPS: u64 = 8;

/// The steps of the market: the contract, four roles, a token, the split, the recipients, two
/// parameters, and an administration given and given up.
const MARKET_STEPS: u64 = 12;

impl AccessTerms {
    /// Returns how many steps it takes to create what these terms are of.
    pub(super) const fn steps(&self) -> u64 {
        let schemas = SCHEMA_STEPS + self.schemas.len() as u64;
        let validators = self.validators.len() as u64;
        let prices = self.prices.len() as u64;
        REGISTRY_STEPS + schemas + DISTRIBUTOR_STEPS + validators + MARKET_STEPS + prices
    }
}

impl Run<'_> {
    /// Creates the data registry, with its first schemas.
    pub(super) async fn data_registry(
        &mut self,
        [membership, consents]: [Address; 2],
        offices: Offices,
    ) -> Result<Address, Error> {
        let (access, deployer) = (&self.config.access, self.sender.address());
        let terms = &access.terms;
        let arguments = [deployer, membership, consents].map(DynSolValue::Address);
        let registry = self.contract(&DATA_REGISTRY, &arguments).await?;
        let on = (&DATA_REGISTRY, registry);
        self.grant(on, "ATTESTOR", access.attestor).await?;
        self.grant(on, "CURATOR", access.curator).await?;
        self.grant(on, "GUARDIAN", offices.guardian).await?;
        self.grant(on, "SCHEMA", offices.governance).await?;
        let period = self.read(registry, &challengePeriodCall {}).await?;
        let wanted = terms.challenge_period;
        let call = setChallengePeriodCall { newPeriod: wanted };
        let said = format!("editions can be challenged for {wanted} s");
        self.set(period == wanted, registry, &call, said).await?;
        let cohort = self.read(registry, &minCohortCall {}).await?;
        let wanted = terms.min_cohort;
        let call = setMinCohortCall { newCohort: wanted };
        let said = format!("editions have {wanted} contributors or more");
        self.set(cohort == wanted, registry, &call, said).await?;
        self.schemas(registry, offices.governance).await?;
        self.hand_over(on, offices.governance).await?;
        Ok(registry)
    }

    /// Publishes the first schemas. Later ones are governance's.
    async fn schemas(&mut self, registry: Address, governance: Address) -> Result<(), Error> {
        let on = (&DATA_REGISTRY, registry);
        let mut missing = Vec::new();
        for schema in &self.config.access.terms.schemas {
            let schema_id = schema_id(&schema.name);
            let found = self.read(registry, &schemaOfCall { schemaId: schema_id }).await?;
            if found.latest == 0 {
                missing.push(schema);
            } else {
                self.advance();
            }
        }
        self.borrow(missing.is_empty(), on, "SCHEMA").await?;
        for FirstSchema { name, hash, uri } in missing {
            let said = format!("schema {name} published");
            let call = publishSchemaCall { name: name.clone(), hash: *hash, uri: uri.clone() };
            self.call(registry, &call, said).await?;
        }
        self.take_back(on, "SCHEMA", governance).await
    }

    /// Creates the distributor of revenue, with the validators' pool.
    pub(super) async fn distributor(
        &mut self,
        registry: Address,
        token: Address,
        offices: Offices,
    ) -> Result<Address, Error> {
        let (terms, deployer) = (&self.config.access.terms, self.sender.address());
        let arguments = [deployer, registry].map(DynSolValue::Address);
        let distributor = self.contract(&REVENUE_DISTRIBUTOR, &arguments).await?;
        let on = (&REVENUE_DISTRIBUTOR, distributor);
        self.grant(on, "SHARES", offices.governance).await?;
        let tokens = self.read(distributor, &poolTokensCall {}).await?;
        let said = "DATA let into pools".to_owned();
        let call = listPoolTokenCall { token };
        self.set(tokens.contains(&token), distributor, &call, said).await?;
        let found = self.read(distributor, &activationDelayCall {}).await?;
        let delay = terms.activation_delay;
        let said = format!("shares of pools count after {delay} s");
        let call = setActivationDelayCall { delay };
        self.set(found == delay, distributor, &call, said).await?;
        self.validators(distributor, offices.governance).await?;
        self.hand_over(on, offices.governance).await?;
        Ok(distributor)
    }

    /// Gives the validators their shares. Without a delay they count at once; otherwise anybody can
    /// make them count when their time has come.
    async fn validators(&mut self, distributor: Address, governance: Address) -> Result<(), Error> {
        let terms = &self.config.access.terms;
        let (on, pool) = ((&REVENUE_DISTRIBUTOR, distributor), keccak256(VALIDATORS));
        let mut missing = Vec::new();
        for &(account, shares) in &terms.validators {
            let found = self.read(distributor, &sharesOfCall { pool, account }).await?;
            if found.shares == shares || found.scheduled == shares {
                self.advance();
            } else {
                missing.push((account, shares));
            }
        }
        self.borrow(missing.is_empty(), on, "SHARES").await?;
        for (account, shares) in missing {
            let said = format!("{account} given {shares} shares of the validators' pool");
            self.call(distributor, &setSharesCall { pool, account, shares }, said).await?;
        }
        self.take_back(on, "SHARES", governance).await
    }

    /// Creates the market.
    pub(super) async fn market(
        &mut self,
        [membership, consents, registry, distributor, token]: [Address; 5],
        offices: Offices,
    ) -> Result<(), Error> {
        let (access, deployer) = (&self.config.access, self.sender.address());
        // What is staked is DATA (DESIGN decision 5).
        let arguments = [deployer, membership, consents, registry, distributor, token, token];
        let market = self.contract(&DATA_MARKET, &arguments.map(DynSolValue::Address)).await?;
        let on = (&DATA_MARKET, market);
        self.grant(on, "LISTER", access.curator).await?;
        self.grant(on, "SERVER", access.server).await?;
        self.grant(on, "RULING", offices.governance).await?;
        self.grant(on, "PAUSER", offices.guardian).await?;
        let is_allowed = self.read(market, &isTokenAllowedCall { token }).await?;
        let call = setTokenAllowedCall { token, allowed: true };
        self.set(is_allowed, market, &call, "DATA taken by the market".to_owned()).await?;
        for price in &access.terms.prices {
            self.price(market, token, *price).await?;
        }
        self.shares_of_prices(market, offices.treasury).await?;
        self.stakes(market).await?;
        self.hand_over(on, offices.governance).await
    }

    async fn price(&mut self, market: Address, token: Address, price: Price) -> Result<(), Error> {
        let Price { data_class, unit, amount } = price;
        let call = priceOfCall { dataClass: data_class, unit, token };
        let found = self.read(market, &call).await?;
        let per = if unit == 0 { "an edition" } else { "a record" };
        let said = format!("price of {per} of data class {data_class} set to {amount} wei of DATA");
        let call = setPriceCall { dataClass: data_class, unit, token, amount };
        self.set(found == amount, market, &call, said).await
    }

    /// Sets who gets what of a price.
    async fn shares_of_prices(&mut self, market: Address, treasury: Address) -> Result<(), Error> {
        let terms = &self.config.access.terms;
        let [contributors, validators, to_treasury, infrastructure, burned] = terms.split;
        let found = self.read(market, &splitCall {}).await?;
        let found = [
            found.contributors,
            found.validators,
            found.treasury,
            found.infrastructure,
            found.burned,
        ];
        let call = setSplitCall {
            contributors,
            validators,
            treasury: to_treasury,
            infrastructure,
            burned,
        };
        let said = "prices split among contributors, validators, treasury and others".to_owned();
        self.set(found == terms.split, market, &call, said).await?;
        let own = terms.infrastructure;
        let infrastructure = if own.is_zero() { treasury } else { own };
        let found = self.read(market, &recipientsCall {}).await?;
        let is_set = (found.treasury, found.infrastructure) == (treasury, infrastructure);
        let call = setRecipientsCall { treasury, infrastructure };
        let said = format!("{treasury} receives the treasury's part of prices");
        self.set(is_set, market, &call, said).await
    }

    /// Sets what researchers stake.
    async fn stakes(&mut self, market: Address) -> Result<(), Error> {
        let terms = &self.config.access.terms;
        let found = self.read(market, &requiredStakeCall {}).await?;
        let amount = terms.required_stake;
        let said = format!("required stake set to {amount} wei of DATA");
        self.set(found == amount, market, &setRequiredStakeCall { amount }, said).await?;
        let found = self.read(market, &unstakeCooldownCall {}).await?;
        let secs = terms.unstake_cooldown;
        let said = format!("stakes are given back after {secs} s");
        self.set(found == secs, market, &setUnstakeCooldownCall { secs }, said).await
    }
}

/// Returns the id of a schema: the first four bytes of the hash of its name.
fn schema_id(name: &str) -> u32 {
    let [a, b, c, d, ..] = keccak256(name).0;
    u32::from_be_bytes([a, b, c, d])
}
