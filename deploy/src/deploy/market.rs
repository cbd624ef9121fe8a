//! Decides how the data registry, the distributor of revenue and the market come onto the chain, and
//! what they start with.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, keccak256},
};

use super::{
    access::{FirstSchema, Offices, Price},
    fact::Fact,
    step::Step,
    steps::Steps,
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

impl Steps<'_> {
    /// The data registry, with its first schemas.
    pub(super) fn data_registry(
        &mut self,
        [membership, consents]: [Address; 2],
        offices: Offices,
    ) -> Result<Address, Error> {
        let (access, deployer) = (&self.config.access, self.deployer);
        let terms = &access.terms;
        let arguments = [deployer, membership, consents].map(DynSolValue::Address);
        let registry = self.contract(&DATA_REGISTRY, &arguments)?;
        let on = (&DATA_REGISTRY, registry);
        self.grant(on, "ATTESTOR", access.attestor);
        self.grant(on, "CURATOR", access.curator);
        self.grant(on, "GUARDIAN", offices.guardian);
        self.grant(on, "SCHEMA", offices.governance);
        let wanted = terms.challenge_period;
        let fact = Fact::new(registry, &challengePeriodCall {}, move |period| period == wanted);
        let call = setChallengePeriodCall { newPeriod: wanted };
        self.set(registry, &call, format!("editions can be challenged for {wanted} s"), fact);
        let wanted = terms.min_cohort;
        let fact = Fact::new(registry, &minCohortCall {}, move |cohort| cohort == wanted);
        let call = setMinCohortCall { newCohort: wanted };
        self.set(registry, &call, format!("editions have {wanted} contributors or more"), fact);
        let schemas = terms.schemas.iter().map(|schema| publish(registry, schema)).collect();
        self.with_role(on, "SCHEMA", offices.governance, schemas);
        self.hand_over(on, offices.governance);
        Ok(registry)
    }

    /// The distributor of revenue, with the validators' pool.
    pub(super) fn distributor(
        &mut self,
        registry: Address,
        token: Address,
        offices: Offices,
    ) -> Result<Address, Error> {
        let (terms, deployer) = (&self.config.access.terms, self.deployer);
        let arguments = [deployer, registry].map(DynSolValue::Address);
        let distributor = self.contract(&REVENUE_DISTRIBUTOR, &arguments)?;
        let on = (&REVENUE_DISTRIBUTOR, distributor);
        self.grant(on, "SHARES", offices.governance);
        let fact =
            Fact::new(distributor, &poolTokensCall {}, move |tokens| tokens.contains(&token));
        let call = listPoolTokenCall { token };
        self.set(distributor, &call, "DATA let into pools".to_owned(), fact);
        let delay = terms.activation_delay;
        let fact = Fact::new(distributor, &activationDelayCall {}, move |found| found == delay);
        let title = format!("shares of pools count after {delay} s");
        self.set(distributor, &setActivationDelayCall { delay }, title, fact);
        let given = terms.validators.iter();
        let given = given.map(|&(account, shares)| give_shares(distributor, account, shares));
        self.with_role(on, "SHARES", offices.governance, given.collect());
        self.hand_over(on, offices.governance);
        Ok(distributor)
    }

    /// The market.
    pub(super) fn market(
        &mut self,
        [membership, consents, registry, distributor, token]: [Address; 5],
        offices: Offices,
    ) -> Result<(), Error> {
        let (access, deployer) = (&self.config.access, self.deployer);
        // What is staked is DATA (DESIGN decision 5).
        let arguments = [deployer, membership, consents, registry, distributor, token, token];
        let market = self.contract(&DATA_MARKET, &arguments.map(DynSolValue::Address))?;
        let on = (&DATA_MARKET, market);
        self.grant(on, "LISTER", access.curator);
        self.grant(on, "SERVER", access.server);
        self.grant(on, "RULING", offices.governance);
        self.grant(on, "PAUSER", offices.guardian);
        let fact = Fact::new(market, &isTokenAllowedCall { token }, |is_allowed| is_allowed);
        let call = setTokenAllowedCall { token, allowed: true };
        self.set(market, &call, "DATA taken by the market".to_owned(), fact);
        for price in &access.terms.prices {
            self.price(market, token, *price);
        }
        self.shares_of_prices(market, offices.treasury);
        self.stakes(market);
        self.hand_over(on, offices.governance);
        Ok(())
    }

    fn price(&mut self, market: Address, token: Address, price: Price) {
        let Price { data_class, unit, amount } = price;
        let call = priceOfCall { dataClass: data_class, unit, token };
        let fact = Fact::new(market, &call, move |found| found == amount);
        let per = if unit == 0 { "an edition" } else { "a record" };
        let title =
            format!("price of {per} of data class {data_class} set to {amount} wei of DATA");
        let call = setPriceCall { dataClass: data_class, unit, token, amount };
        self.set(market, &call, title, fact);
    }

    /// Who gets what of a price.
    fn shares_of_prices(&mut self, market: Address, treasury: Address) {
        let split = self.config.access.terms.split;
        let [contributors, validators, to_treasury, infrastructure, burned] = split;
        let fact = Fact::new(market, &splitCall {}, move |found| {
            let people = [found.contributors, found.validators, found.treasury];
            people == split[..3] && [found.infrastructure, found.burned] == split[3..]
        });
        let call = setSplitCall {
            contributors,
            validators,
            treasury: to_treasury,
            infrastructure,
            burned,
        };
        let title = "prices split among contributors, validators, treasury and others".to_owned();
        self.set(market, &call, title, fact);
        let own = self.config.access.terms.infrastructure;
        let infrastructure = if own.is_zero() { treasury } else { own };
        let fact = Fact::new(market, &recipientsCall {}, move |found| {
            (found.treasury, found.infrastructure) == (treasury, infrastructure)
        });
        let call = setRecipientsCall { treasury, infrastructure };
        let title = format!("{treasury} receives the treasury's part of prices");
        self.set(market, &call, title, fact);
    }

    /// What researchers stake.
    fn stakes(&mut self, market: Address) {
        let terms = &self.config.access.terms;
        let amount = terms.required_stake;
        let fact = Fact::new(market, &requiredStakeCall {}, move |found| found == amount);
        let title = format!("required stake set to {amount} wei of DATA");
        self.set(market, &setRequiredStakeCall { amount }, title, fact);
        let secs = terms.unstake_cooldown;
        let fact = Fact::new(market, &unstakeCooldownCall {}, move |found| found == secs);
        let title = format!("stakes are given back after {secs} s");
        self.set(market, &setUnstakeCooldownCall { secs }, title, fact);
    }
}

/// Publishes a schema. Later ones are governance's.
fn publish(registry: Address, schema: &FirstSchema) -> Step {
    let FirstSchema { name, hash, uri } = schema;
    let asked = schemaOfCall { schemaId: schema_id(name) };
    let fact = Fact::new(registry, &asked, |found| found.latest != 0);
    let call = publishSchemaCall { name: name.clone(), hash: *hash, uri: uri.clone() };
    Step::call(registry, &call, format!("schema {name} published"), vec![fact])
}

/// Gives a validator its shares. Without a delay they count at once; otherwise anybody can make
/// them count when their time has come.
fn give_shares(distributor: Address, account: Address, shares: u64) -> Step {
    let pool = keccak256(VALIDATORS);
    let fact = Fact::new(distributor, &sharesOfCall { pool, account }, move |found| {
        found.shares == shares || found.scheduled == shares
    });
    let title = format!("{account} given {shares} shares of the validators' pool");
    Step::call(distributor, &setSharesCall { pool, account, shares }, title, vec![fact])
}

/// Returns the id of a schema: the first four bytes of the hash of its name.
fn schema_id(name: &str) -> u32 {
    let [a, b, c, d, ..] = keccak256(name).0;
    u32::from_be_bytes([a, b, c, d])
}
