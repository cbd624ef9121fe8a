//! A cooperative that governs itself, for each test its own: an Anvil on a free port, with the
//! whole suite on it and every role with the timelock.

use std::ops::Deref;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, keccak256, uint},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::{
        IGovToken,
        IGovernor::{self, ProposalState, executeCall, proposeCall, queueCall, stateCall},
        ITimelock, ITreasury,
    },
    contracts::{GOV_TOKEN, GOVERNOR, TIMELOCK, TREASURY},
    deploy::{Allocation, GovernanceConfig},
};

use crate::{
    ALICE, BOB, Coop,
    contract::{Contract, Interface},
};

/// A voter of little weight, and the treasury's third owner: dev account 5.
pub const CAROL: Address = address!("9965507D1a55bcC2695C58ba16FB37d819B0A4dc");

/// One GOV or DATA, in wei.
pub const TOKEN: U256 = uint!(1_000_000_000_000_000_000_U256);

/// GOV, as a test talks to it.
#[derive(Debug)]
pub struct Gov;

impl Interface for Gov {
    type Events = IGovToken::IGovTokenEvents;
    type Errors = IGovToken::IGovTokenErrors;
}

/// The governor, as a test talks to it.
#[derive(Debug)]
pub struct Governor;

impl Interface for Governor {
    type Events = IGovernor::IGovernorEvents;
    type Errors = IGovernor::IGovernorErrors;
}

/// The timelock, as a test talks to it.
#[derive(Debug)]
pub struct Timelock;

impl Interface for Timelock {
    type Events = ITimelock::ITimelockEvents;
    type Errors = ITimelock::ITimelockErrors;
}

/// The treasury, as a test talks to it.
#[derive(Debug)]
pub struct Treasury;

impl Interface for Treasury {
    type Events = ITreasury::ITreasuryEvents;
    type Errors = ITreasury::ITreasuryErrors;
}

/// A self-governed cooperative on its own chain, gone when dropped.
#[derive(Debug)]
pub struct Dao {
    /// The chain, DATA and its rewards.
    pub coop: Coop,
    /// GOV.
    pub gov: Contract<Gov>,
    /// The governor.
    pub governor: Contract<Governor>,
    /// The timelock.
    pub timelock: Contract<Timelock>,
    /// The treasury.
    pub treasury: Contract<Treasury>,
    /// The terms that it was deployed with.
    pub terms: GovernanceConfig,
}

impl Deref for Dao {
    type Target = Coop;

    fn deref(&self) -> &Coop {
        &self.coop
    }
}

/// What a proposal is to do.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// The called contracts.
    pub targets: Vec<Address>,
    /// The ether that goes along, in wei.
    pub values: Vec<U256>,
    /// The calldata.
    pub calldatas: Vec<Bytes>,
    /// Why, in words.
    pub description: String,
}

impl Proposal {
    /// A proposal without actions.
    #[must_use]
    pub fn new(description: &str) -> Self {
        Self { description: description.to_owned(), ..Self::default() }
    }

    /// The proposal with one more call.
    #[must_use]
    pub fn call<C: SolCall>(mut self, target: Address, call: &C) -> Self {
        self.targets.push(target);
        self.values.push(U256::ZERO);
        self.calldatas.push(call.abi_encode().into());
        self
    }

    /// The hash of the description.
    #[must_use]
    pub fn description_hash(&self) -> B256 {
        keccak256(&self.description)
    }

    /// The call that proposes it.
    #[must_use]
    pub fn propose(&self) -> proposeCall {
        let Self { targets, values, calldatas, description } = self.clone();
        proposeCall { targets, values, calldatas, description }
    }

    /// The call that queues it.
    #[must_use]
    pub fn queue(&self) -> queueCall {
        let Self { targets, values, calldatas, .. } = self.clone();
        queueCall { targets, values, calldatas, descriptionHash: self.description_hash() }
    }

    /// The call that executes it.
    #[must_use]
    pub fn execute(&self) -> executeCall {
        let Self { targets, values, calldatas, .. } = self.clone();
        executeCall { targets, values, calldatas, descriptionHash: self.description_hash() }
    }
}

impl Dao {
    /// Starts a cooperative whose terms `change` has had a say in. Alice has nearly all votes, Bob
    /// three hundredths and Carol two; all have delegated to themselves.
    ///
    /// # Errors
    ///
    /// When building, starting or deploying fails.
    pub async fn start_with(change: impl FnOnce(&mut GovernanceConfig)) -> Result<Self> {
        let mut terms = GovernanceConfig::local(&[ALICE, BOB, CAROL]);
        let part = |bucket: &str, recipient, thousands: u64| Allocation {
            bucket: bucket.to_owned(),
            recipient,
            amount: U256::from(thousands * 1_000) * TOKEN,
        };
        terms.genesis = vec![part("a", ALICE, 9_500), part("b", BOB, 300), part("c", CAROL, 200)];
        change(&mut terms);
        let coop = Coop::start_with(|config| {
            config.recipient = Address::ZERO;
            config.self_government = Some(terms.clone());
        })
        .await?;
        let (book, provider) = (&coop.book, || coop.chain.provider().clone());
        let dao = Self {
            gov: Contract::new(provider(), book.address(&GOV_TOKEN)?),
            governor: Contract::new(provider(), book.address(&GOVERNOR)?),
            timelock: Contract::new(provider(), book.address(&TIMELOCK)?),
            treasury: Contract::new(provider(), book.address(&TREASURY)?),
            terms,
            coop,
        };
        for voter in [ALICE, BOB, CAROL] {
            dao.gov.send(voter, IGovToken::delegateCall { delegatee: voter }).await?;
        }
        dao.pass_time(1).await?;
        Ok(dao)
    }

    /// Starts a cooperative with the terms for a local chain.
    ///
    /// # Errors
    ///
    /// As [`start_with`](Self::start_with).
    pub async fn start() -> Result<Self> {
        Self::start_with(|_| ()).await
    }

    /// Proposes, and returns the proposal's id.
    ///
    /// # Errors
    ///
    /// When the governor refuses.
    pub async fn propose(&self, from: Address, proposal: &Proposal) -> Result<U256> {
        let done = self.governor.send(from, proposal.propose()).await?;
        let created = done.events.iter().find_map(|event| match event {
            IGovernor::IGovernorEvents::ProposalCreated(created) => Some(created.proposalId),
            _ => None,
        });
        created.context("no proposal was created")
    }

    /// Takes a proposal from its beginning to its end: Alice votes for it.
    ///
    /// # Errors
    ///
    /// When a step is refused.
    pub async fn enact(&self, proposal: &Proposal) -> Result<TransactionReceipt> {
        let id = self.propose(ALICE, proposal).await?;
        self.pass_time(self.terms.voting_delay + 1).await?;
        self.governor.send(ALICE, IGovernor::castVoteCall { proposalId: id, support: 1 }).await?;
        self.pass_time(self.terms.voting_period + 1).await?;
        self.finish(proposal).await
    }

    /// Queues a proposal that succeeded, waits, and executes it.
    ///
    /// # Errors
    ///
    /// When a step is refused.
    pub async fn finish(&self, proposal: &Proposal) -> Result<TransactionReceipt> {
        self.governor.send(BOB, proposal.queue()).await?;
        self.pass_time(self.terms.timelock_delay + 1).await?;
        Ok(self.governor.send(BOB, proposal.execute()).await?.receipt)
    }

    /// The state of a proposal.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn state(&self, id: U256) -> Result<ProposalState> {
        self.governor.read(stateCall { proposalId: id }).await
    }

    /// Lets time pass, in seconds.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn pass_time(&self, seconds: u64) -> Result<()> {
        Ok(self.chain.advance_time(seconds).await?)
    }

    /// Sends ether from a dev account.
    ///
    /// # Errors
    ///
    /// When it is refused.
    pub async fn send_ether(&self, from: Address, to: Address, wei: U256) -> Result<()> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_value(wei);
        let receipt: TransactionReceipt =
            self.chain.provider().raw_request("eth_sendTransactionSync".into(), (request,)).await?;
        ensure!(receipt.status(), "{to} takes no ether");
        Ok(())
    }
}
