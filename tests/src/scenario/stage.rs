//! Decides on which cooperative a scenario plays, and how its actors reach it: deployed by the library as
//! operators do it, with offices in different hands.

use std::path::{Path, PathBuf};

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256, uint},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{BlockOverrides, TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    AddressBook, DecodedError, Silent,
    chain::{Chain, Sender},
    contracts::{
        CONSENT_REGISTRY, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN, GOV_TOKEN,
        GOVERNOR, MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
    },
    decode_error,
    deploy::{
        AccessConfig, AccessTerms, Allocation, CoopConfig, Existing, GovernanceConfig, deploy_coop,
    },
    keys::dev_account,
};

use super::{
    bundle::{Answers, Bundle},
    people::{FOUNDERS, OWNERS, People, VALIDATORS},
};
use crate::{GOVERNANCE, TOKEN, artifacts, create_raw, peer};

/// Gas for every transaction: no estimate, so that failing ones are mined too.
const GAS: u64 = 100_000_000;

/// Ether of everybody, in wei.
const ETHER: U256 = uint!(1_000_000_000_000_000_000_000_000_U256);

/// What may be minted in any year, in DATA: little, so that the cap is met.
const EMISSION_FLOOR: u64 = 1_500;

/// How long the guardian may veto, in seconds: for the whole run.
const VETO_SECS: u64 = 300 * 86_400;

/// Where the contracts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) data: Address,
    pub(super) gov: Address,
    pub(super) rewards: Address,
    pub(super) governor: Address,
    pub(super) timelock: Address,
    pub(super) treasury: Address,
    pub(super) membership: Address,
    pub(super) consents: Address,
    pub(super) registry: Address,
    pub(super) revenue: Address,
    pub(super) market: Address,
}

impl Places {
    pub(super) fn of(book: &AddressBook) -> Result<Self> {
        Ok(Self {
            data: book.address(&DATA_TOKEN)?,
            gov: book.address(&GOV_TOKEN)?,
            rewards: book.address(&DATA_COOP_REWARDS)?,
            governor: book.address(&GOVERNOR)?,
            timelock: book.address(&TIMELOCK)?,
            treasury: book.address(&TREASURY)?,
            membership: book.address(&MEMBERSHIP)?,
            consents: book.address(&CONSENT_REGISTRY)?,
            registry: book.address(&DATA_REGISTRY)?,
            revenue: book.address(&REVENUE_DISTRIBUTOR)?,
            market: book.address(&DATA_MARKET)?,
        })
    }

    /// All of them.
    pub(super) const fn all(&self) -> [Address; 11] {
        let Self { data, gov, rewards, governor, timelock, treasury, .. } = *self;
        let Self { membership, consents, registry, revenue, market, .. } = *self;
        [
            data, gov, rewards, governor, timelock, treasury, membership, consents, registry,
            revenue, market,
        ]
    }
}

/// A cooperative on a chain, and those who use it.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) chain: Chain,
    pub(super) book: AddressBook,
    pub(super) at: Places,
    pub(super) people: People,
    views: Address,
}

/// What became of a transaction.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) receipt: TransactionReceipt,
    /// Why it was refused, if it was.
    pub(super) error: Option<DecodedError>,
}

/// What the cooperative of a scenario is declared to be.
pub(super) fn config(people: &People, beginning: u64) -> CoopConfig {
    let owners = people.members(OWNERS);
    let local = GovernanceConfig::local(&owners);
    let genesis = people.members(FOUNDERS).into_iter().enumerate().map(|(number, recipient)| {
        // The first have more, so that a few votes make a quorum and no one alone has all.
        let thousands = if number < 4 { 1_500 } else { 500 };
        let amount = U256::from(thousands * 1_000_u64) * TOKEN;
        Allocation { bucket: format!("founder {number}"), recipient, amount }
    });
    let terms = GovernanceConfig {
        genesis: genesis.collect(),
        threshold: 2,
        veto_until: beginning + VETO_SECS,
        ..local
    };
    let validators = people.members(VALIDATORS).into_iter().zip(1..).collect();
    let access = AccessConfig {
        issuer: people.issuer.address(),
        attestor: people.attestor.address(),
        curator: people.curator.address(),
        server: people.server.address(),
        base_uri: String::new(),
        terms: AccessTerms { validators, min_cohort: 3, ..AccessTerms::local(GOVERNANCE) },
    };
    CoopConfig {
        guardian: people.guardian.address(),
        recipient: Address::ZERO,
        emission_floor: U256::from(EMISSION_FLOOR) * TOKEN,
        emission_bps: U256::ZERO,
        self_government: Some(terms),
        access,
        ..CoopConfig::of_one(GOVERNANCE, people.oracle.address())
    }
}

/// Deploys the cooperative of a configuration.
pub(super) async fn deploy(
    chain: &Chain,
    config: &CoopConfig,
    book: &Path,
) -> Result<datacoop_deploy::deploy::Deployment> {
    let sender = Sender::new(chain, dev_account(0)?);
    Ok(deploy_coop(&sender, artifacts()?, config, book, Existing::Reuse, &Silent).await?)
}

impl Stage {
    /// Prepares a chain on which a cooperative stands.
    pub(super) async fn new(chain: &Chain, book: &AddressBook, people: People) -> Result<Self> {
        let provider = chain.provider();
        provider.anvil_auto_impersonate_account(true).await?;
        for account in people.all() {
            provider.anvil_set_balance(account, ETHER).await?;
        }
        let views = create_raw(provider, GOVERNANCE, peer("Views")?.bytecode).await?;
        let at = Places::of(book)?;
        Ok(Self { chain: chain.clone(), book: book.clone(), at, people, views })
    }

    /// The time of the last block.
    pub(super) async fn now(&self) -> Result<u64> {
        Ok(self.chain.now().await?)
    }

    /// Sends calldata in a block of its own at `time`.
    pub(super) async fn send(
        &self,
        (from, to): (Address, Address),
        data: Bytes,
        time: u64,
    ) -> Result<Sent> {
        let provider = self.chain.provider();
        provider.anvil_set_next_block_timestamp(time).await?;
        let request =
            TransactionRequest::default().from(from).to(to).input(data.into()).gas_limit(GAS);
        let receipt: TransactionReceipt = provider
            .raw_request("eth_sendTransactionSync".into(), (request.clone(),))
            .await
            .context("it was not mined")?;
        let error = if receipt.status() { None } else { Some(self.reason(request).await?) };
        Ok(Sent { receipt, error })
    }

    /// Why a transaction was refused that has just been mined.
    async fn reason(&self, request: TransactionRequest) -> Result<DecodedError> {
        let error = match self.chain.provider().call(request).await {
            Ok(_) => anyhow::bail!("it is not refused when it is asked again"),
            Err(error) => error,
        };
        let data = error.as_error_resp().and_then(|payload| payload.as_revert_data());
        Ok(decode_error(&data.with_context(|| format!("it did not revert: {error}"))?))
    }

    /// Asks a view what it will say at `time`: its answer, or the name of its error.
    pub(super) async fn either<C: SolCall>(
        &self,
        to: Address,
        call: C,
        time: u64,
    ) -> Result<Result<C::Return, String>> {
        let mut bundle = Bundle::default();
        let asked = bundle.ask(to, &call);
        self.answers(bundle, Some(time)).await?.either(&asked)
    }

    /// Asks a view what it will say at `time`.
    pub(super) async fn ask<C: SolCall>(
        &self,
        to: Address,
        call: C,
        time: u64,
    ) -> Result<C::Return> {
        let answer = self.either(to, call, time).await?;
        answer.map_err(|error| anyhow::anyhow!("{} reverted with {error}", C::SIGNATURE))
    }

    /// Asks many views at once: of the last block, or at a time to come.
    pub(super) async fn answers(&self, bundle: Bundle, time: Option<u64>) -> Result<Answers> {
        let request = TransactionRequest::default().to(self.views).input(bundle.calldata().into());
        let mut call = self.chain.provider().call(request.gas_limit(10 * GAS));
        if let Some(time) = time {
            call = call.with_block_overrides(BlockOverrides::default().with_time(time));
        }
        Answers::of(&call.await?)
    }

    /// Whether a call would succeed at `time`.
    pub(super) async fn would_succeed(
        &self,
        (from, to): (Address, Address),
        data: Bytes,
        time: u64,
    ) -> Result<bool> {
        let request =
            TransactionRequest::default().from(from).to(to).input(data.into()).gas_limit(GAS);
        let overrides = BlockOverrides::default().with_time(time);
        match self.chain.provider().call(request).with_block_overrides(overrides).await {
            Ok(_) => Ok(true),
            Err(error) if error.as_error_resp().is_some() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The id of a role.
pub(super) fn role(name: &str) -> B256 {
    keccak256(format!("{name}_ROLE"))
}

/// Where a cooperative's address book is kept.
pub(super) fn book_in(folder: &Path) -> PathBuf {
    folder.join("31337.json")
}
