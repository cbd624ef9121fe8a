//! Decides how a proposal is tried: on a fork of the chain, where it goes its whole way from the
//! proposal to the timelock, and nothing of it is sent to the chain itself.
//!
//! On the fork GOV is replaced by a stand-in that gives all votes to one account, until the proposal
//! is queued; then it is itself again. So the governor and the timelock do what they would do after
//! a vote, in the same order and with the same checks, whoever holds GOV.

use std::collections::BTreeMap;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, hex},
    providers::{
        Provider,
        ext::{AnvilApi, DebugApi},
    },
    rpc::types::{
        Log, TransactionRequest,
        trace::geth::{
            DiffMode, GethDebugTracingOptions, GethTrace, PreStateConfig, PreStateFrame,
        },
    },
    sol_types::{SolCall, SolEvent},
};

use super::{Action, Class, Dao, Draft, PARAMETERS, Parameter, Place, Support, encode::present};
use crate::{
    DecodedError, DecodedEvent, Error, Progress, Workspace,
    bindings::{
        IDataToken::Transfer,
        IGovernor::{
            castVoteCall, executeCall, proposalDeadlineCall, proposalEtaCall, proposalSnapshotCall,
            queueCall,
        },
    },
    chain::{Chain, ChainKind},
    decode_event,
    node::{ForkUrl, Node, NodeOptions},
};

/// Who has all votes on the fork.
const VOTER: Address = address!("5151515151515151515151515151515151515151");

/// What the voter pays with on the fork: a thousand ether.
const FUNDS: U256 = U256::from_limbs([0x35c9_adc5_dea0_0000, 0x36, 0, 0]);

/// What stands in for GOV: 2^100 votes of [`VOTER`], and of the whole supply; no votes of anybody
/// else; the clock is the block's time.
///
/// | code | stack after |
/// | --- | --- |
/// | `PUSH1 4 CALLDATALOAD PUSH20 VOTER EQ PUSH1 all JUMPI` | |
/// | `PUSH0 CALLDATALOAD PUSH1 224 SHR` | selector |
/// | `DUP1 PUSH4 getPastTotalSupply(uint256) EQ PUSH1 all JUMPI` | selector |
/// | `PUSH4 clock() EQ PUSH1 clock JUMPI` | |
/// | `PUSH0 PUSH0 MSTORE PUSH1 32 PUSH0 RETURN` | |
/// | `all: JUMPDEST PUSH1 1 PUSH1 100 SHL PUSH0 MSTORE PUSH1 32 PUSH0 RETURN` | |
/// | `clock: JUMPDEST TIMESTAMP PUSH0 MSTORE PUSH1 32 PUSH0 RETURN` | |
const STAND_IN: [u8; 79] = hex!(
    "60043573515151515151515151515151515151515151515114603b57"
    "5f3560e01c"
    "80638e539e8c14603b57"
    "6391ddadf414604757"
    "5f5f5260205ff3"
    "5b600160641b5f5260205ff3"
    "5b425f5260205ff3"
);

/// What the draft on the fork is called. Only the id depends on it.
const DESCRIPTION: &str = "simulation";

/// What a proposal would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    /// The block that the chain was forked at.
    pub block: u64,
    /// The error that it would fail with, if it would.
    pub failure: Option<Box<DecodedError>>,
    /// The gas of the execution.
    pub gas_used: u64,
    /// The parameters that would be changed.
    pub parameters: Vec<Change>,
    /// The contracts whose storage would be changed.
    pub contracts: Vec<ContractChange>,
    /// What accounts would receive and spend.
    pub balances: Vec<BalanceChange>,
    /// The events.
    pub events: Vec<Observed>,
}

/// A parameter that would be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The parameter.
    pub parameter: &'static Parameter,
    /// Its value before.
    pub before: U256,
    /// Its value after.
    pub after: U256,
}

/// A contract whose storage would be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractChange {
    /// The contract.
    pub contract: Address,
    /// Its slots, with their words before and after.
    pub slots: Vec<(B256, B256, B256)>,
}

/// What an account would receive and spend of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceChange {
    /// The account.
    pub account: Address,
    /// The token; zero is ether.
    pub token: Address,
    /// How much it would receive, in the token's smallest unit.
    pub received: U256,
    /// How much it would spend.
    pub spent: U256,
}

/// An event that would be left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The contract that would leave it.
    pub contract: Address,
    /// The event, if the suite knows it.
    pub event: Option<DecodedEvent>,
}

/// Tries actions on a fork of the chain behind `url`.
///
/// # Errors
///
/// - [`Error::CannotFork`]: the chain's contracts cannot run there.
/// - [`Error::Reverted`]: the governor does not take the proposal at all.
/// - The failures of [`Node::start`] and of requests to the fork.
pub async fn simulate(
    dao: &Dao,
    url: &str,
    actions: &[Action],
    progress: &dyn Progress,
) -> Result<Simulation, Error> {
    if let ChainKind::Stylus { .. } = dao.chain.kind() {
        return Err(Error::CannotFork { chain_id: dao.chain.id() });
    }
    let options = NodeOptions { fork: Some(ForkUrl::new(url)), ..NodeOptions::default() };
    let node = Node::start(&Workspace::find()?, options, progress).await?;
    let chain = Chain::connect(&node.url()).await?;
    let draft = Draft {
        class: Class::Standard,
        actions: actions.to_vec(),
        description: DESCRIPTION.to_owned(),
    };
    let fork = Fork { dao, chain, draft };
    let block = fork.chain.ask("eth_blockNumber", fork.provider().get_block_number()).await?;
    fork.pass().await?;
    Ok(Simulation { block, ..fork.execute().await? })
}

/// A fork of the chain, and what is tried on it.
struct Fork<'a> {
    dao: &'a Dao,
    chain: Chain,
    draft: Draft,
}

impl Fork<'_> {
    const fn provider(&self) -> &alloy::providers::DynProvider {
        self.chain.provider()
    }

    /// Brings the proposal through the vote and the timelock's delay.
    async fn pass(&self) -> Result<(), Error> {
        let (chain, provider) = (&self.chain, self.provider());
        let (governor, token) = (self.dao.governor, self.dao.token);
        let proposal = self.draft.id();
        let impersonation = provider.anvil_auto_impersonate_account(true);
        chain.ask("anvil_autoImpersonateAccount", impersonation).await?;
        chain.ask("anvil_setBalance", provider.anvil_set_balance(VOTER, FUNDS)).await?;
        let code = chain.code(token).await?;
        let stand_in = Bytes::from_static(&STAND_IN);
        chain.ask("anvil_setCode", provider.anvil_set_code(token, stand_in)).await?;

        self.act(&self.draft.propose()).await?;
        let snapshot = chain.read(governor, &proposalSnapshotCall { proposalId: proposal }).await?;
        self.wait_until(snapshot + U256::ONE).await?;
        let support = Support::For.number();
        self.act(&castVoteCall { proposalId: proposal, support }).await?;
        let deadline = chain.read(governor, &proposalDeadlineCall { proposalId: proposal }).await?;
        self.wait_until(deadline + U256::ONE).await?;
        let (targets, values, calldatas) = self.draft.lists();
        let description_hash = self.draft.description_hash();
        self.act(&queueCall { targets, values, calldatas, descriptionHash: description_hash })
            .await?;
        let eta = chain.read(governor, &proposalEtaCall { proposalId: proposal }).await?;
        self.wait_until(eta).await?;

        chain.ask("anvil_setCode", provider.anvil_set_code(token, code)).await
    }

    /// Executes the proposal and sees what is different afterwards.
    async fn execute(&self) -> Result<Simulation, Error> {
        let (targets, values, calldatas) = self.draft.lists();
        let description_hash = self.draft.description_hash();
        let call = executeCall { targets, values, calldatas, descriptionHash: description_hash };
        match self.chain.read_as(VOTER, self.dao.governor, &call).await {
            Ok(_) => {}
            Err(Error::Reverted { error, .. }) => {
                return Ok(Simulation { failure: Some(error), ..Simulation::default() });
            }
            Err(error) => return Err(error),
        }
        let before = self.parameters().await?;
        let (transaction, gas_used, logs) = self.act(&call).await?;
        let after = self.parameters().await?;
        let difference = self.difference(transaction).await?;
        let changes =
            before.into_iter().zip(after).filter(|((_, before), (_, after))| before != after);
        Ok(Simulation {
            gas_used,
            parameters: changes
                .map(|((parameter, before), (_, after))| Change { parameter, before, after })
                .collect(),
            contracts: contracts(&difference),
            balances: balances(&difference, &logs),
            events: logs
                .iter()
                .map(|log| Observed {
                    contract: log.address(),
                    event: decode_event(&log.inner.data),
                })
                .collect(),
            ..Simulation::default()
        })
    }

    /// Calls the governor as the voter, in a transaction.
    async fn act(&self, call: &impl SolCall) -> Result<(B256, u64, Vec<Log>), Error> {
        // What the governor refuses is said with its reason by a call.
        self.chain.read_as(VOTER, self.dao.governor, call).await?;
        let request = TransactionRequest::default()
            .with_from(VOTER)
            .with_to(self.dao.governor)
            .with_gas_limit(self.chain.block_gas_limit())
            .with_input(call.abi_encode());
        let receipt: alloy::rpc::types::TransactionReceipt = self
            .chain
            .ask(
                "eth_sendTransactionSync",
                self.provider().raw_request("eth_sendTransactionSync".into(), (request,)),
            )
            .await?;
        let transaction = receipt.transaction_hash;
        if !receipt.status() {
            let error = Box::new(crate::decode_error(&[]));
            let call = "the simulation".to_owned();
            return Err(Error::Reverted { call, error, transaction: Some(transaction) });
        }
        Ok((transaction, receipt.gas_used, receipt.inner.logs().to_vec()))
    }

    async fn wait_until(&self, time: U256) -> Result<(), Error> {
        let now = self.chain.now().await?;
        match time.saturating_to::<u64>().saturating_sub(now) {
            0 => Ok(()),
            seconds => self.chain.advance_time(seconds).await,
        }
    }

    /// Reads every parameter of the contracts that there are.
    async fn parameters(&self) -> Result<Vec<(&'static Parameter, U256)>, Error> {
        let mut values = Vec::with_capacity(PARAMETERS.len());
        for parameter in PARAMETERS {
            if self.dao.vocabulary.address(parameter.place).is_ok() {
                match present(parameter, &self.dao.vocabulary, &self.chain).await {
                    Ok(value) => values.push((parameter, value)),
                    // A governor that has nothing beyond OpenZeppelin's has not all of them.
                    Err(Error::Reverted { .. } | Error::Answer { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(values)
    }

    /// Asks which accounts the execution changed.
    async fn difference(&self, transaction: B256) -> Result<DiffMode, Error> {
        let config = PreStateConfig { diff_mode: Some(true), ..PreStateConfig::default() };
        let options = GethDebugTracingOptions::prestate_tracer(config);
        let trace = self.provider().debug_trace_transaction(transaction, options);
        match self.chain.ask("debug_traceTransaction", trace).await? {
            GethTrace::PreStateTracer(PreStateFrame::Diff(difference)) => Ok(difference),
            _ => Err(Error::Answer {
                request: "debug_traceTransaction".to_owned(),
                reason: "no difference of states".to_owned(),
            }),
        }
    }
}

/// The storage that changed. A slot that is missing on one side is zero there.
fn contracts(difference: &DiffMode) -> Vec<ContractChange> {
    let mut changes: BTreeMap<Address, BTreeMap<B256, (B256, B256)>> = BTreeMap::new();
    for (account, state) in &difference.pre {
        for (slot, word) in &state.storage {
            changes.entry(*account).or_default().entry(*slot).or_default().0 = *word;
        }
    }
    for (account, state) in &difference.post {
        for (slot, word) in &state.storage {
            changes.entry(*account).or_default().entry(*slot).or_default().1 = *word;
        }
    }
    changes
        .into_iter()
        .map(|(contract, slots)| ContractChange {
            contract,
            slots: slots.into_iter().map(|(slot, (before, after))| (slot, before, after)).collect(),
        })
        .collect()
}

/// The ether that moved, but for fees, and the tokens, by their events.
fn balances(difference: &DiffMode, logs: &[Log]) -> Vec<BalanceChange> {
    let mut changes: BTreeMap<(Address, Address), (U256, U256)> = BTreeMap::new();
    for (account, after) in &difference.post {
        let before = difference.pre.get(account).and_then(|state| state.balance);
        if *account == VOTER || account.is_zero() {
            continue;
        }
        if let Some(after) = after.balance {
            let before = before.unwrap_or_default();
            let change = changes.entry((Address::ZERO, *account)).or_default();
            *change = (after.saturating_sub(before), before.saturating_sub(after));
        }
    }
    for log in logs {
        let Ok(Transfer { from, to, value }) = Transfer::decode_log_data(&log.inner.data) else {
            continue;
        };
        let spent = &mut changes.entry((log.address(), from)).or_default().1;
        *spent = spent.saturating_add(value);
        let received = &mut changes.entry((log.address(), to)).or_default().0;
        *received = received.saturating_add(value);
    }
    changes
        .into_iter()
        .filter(|((token, account), change)| {
            // Tokens that are minted or burned are nobody's.
            let is_somebodys = token.is_zero() || !account.is_zero();
            is_somebodys && *change != (U256::ZERO, U256::ZERO)
        })
        .map(|((token, account), (received, spent))| BalanceChange {
            account,
            token,
            received,
            spent,
        })
        .collect()
}

impl Observed {
    /// Returns which contract of the cooperative would leave it, if one would.
    #[must_use]
    pub fn place(&self, dao: &Dao) -> Option<Place> {
        dao.vocabulary.place(self.contract)
    }
}

#[cfg(test)]
#[path = "simulate_tests.rs"]
mod tests;
