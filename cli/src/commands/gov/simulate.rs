//! Decides what `datacoop gov simulate` shows: what a proposal would change, tried on a fork.

use std::io::{self, Write};

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::{
    DecodedError,
    governance::{
        BalanceChange, Change, ContractChange, Dao, Observed, Simulation, simulate, write_decimal,
    },
};
use serde::Serialize;

use super::{
    actions::{ActionArgs, language},
    view::{ActionView, Calldata, clean, show_actions},
};
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::Usage,
    output::{Out, Report, table},
    words,
};

/// The treasury's event about a call that failed (Safe's `ExecutionFromModuleFailure`).
const FAILURE: &str = "ExecutionFromModuleFailure";

/// Shows what a proposal would change, on a fork of the present chain. Sends nothing.
///
/// A second Anvil begins with the chain's present state; there the proposal passes, waits in the
/// timelock and is executed, and what is different afterwards is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{}\n\n{}", language(), after_help!(
    "datacoop gov simulate latest"
    "datacoop gov simulate -a 'set rewards.cooldown to 5 days' -a 'pay 1 ETH to 0x7099…79C8'"
)))]
pub(crate) struct SimulateArgs {
    /// The proposal's id, the beginning of it, or `latest`; without it, what the actions say.
    #[arg(value_name = "ID")]
    proposal: Option<String>,

    #[command(flatten)]
    actions: ActionArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Simulated {
    block: u64,
    actions: Vec<ActionView>,
    would_succeed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Box<DecodedError>>,
    gas_used: u64,
    /// Calls that the treasury would make and that would fail.
    failed_payments: usize,
    parameters: Vec<ParameterRow>,
    balances: Vec<BalanceRow>,
    storage: Vec<StorageRow>,
    events: Vec<EventRow>,
}

#[derive(Serialize)]
struct ParameterRow {
    name: String,
    before: String,
    after: String,
}

#[derive(Serialize)]
struct BalanceRow {
    account: String,
    token: String,
    received: String,
    spent: String,
}

#[derive(Serialize)]
struct StorageRow {
    contract: String,
    slots: Vec<SlotRow>,
}

#[derive(Serialize)]
struct SlotRow {
    slot: B256,
    before: B256,
    after: B256,
}

#[derive(Serialize)]
struct EventRow {
    contract: String,
    event: String,
}

impl SimulateArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { proposal, actions } = self;
        if proposal.is_some() != actions.is_empty() {
            let usage = "say either which proposal or which actions (`--action`)";
            return Err(Usage(usage.to_owned()).into());
        }
        let file = actions.read_file()?;
        let mut dao = rpc.dao().await?;
        let actions = match proposal {
            Some(reference) => dao.proposal(&reference).await?.draft.actions,
            None => actions.encode(&file, &mut dao).await?,
        };
        let words = dao.describe(&actions).await;
        let simulation = simulate(&dao, rpc.url(), &actions, &out.progress()).await?;
        for change in &simulation.balances {
            if dao.vocabulary.decimals(change.token).is_err() {
                // An amount of a token without decimals is shown in its smallest unit.
                let _ = dao.vocabulary.learn(&dao.chain, change.token).await;
            }
        }
        out.result(&Simulated::new(&dao, ActionView::all(&actions, words), simulation))
    }
}

impl Simulated {
    fn new(dao: &Dao, actions: Vec<ActionView>, simulation: Simulation) -> Self {
        let Simulation { block, failure, gas_used, parameters, contracts, balances, events } =
            simulation;
        let vocabulary = &dao.vocabulary;
        let name = |account: Address| vocabulary.write_account(account);
        let parameter = |Change { parameter, before, after }| ParameterRow {
            name: parameter.full_name(),
            before: parameter.unit.write(before, vocabulary),
            after: parameter.unit.write(after, vocabulary),
        };
        let balance = |BalanceChange { account, token, received, spent }| {
            let decimals = vocabulary.decimals(token).unwrap_or_default();
            let amount = |value: U256| write_decimal(value, decimals);
            BalanceRow {
                account: name(account),
                token: vocabulary.write_token(token),
                received: amount(received),
                spent: amount(spent),
            }
        };
        let storage = |ContractChange { contract, slots }| StorageRow {
            contract: name(contract),
            slots: slots
                .into_iter()
                .map(|(slot, before, after)| SlotRow { slot, before, after })
                .collect(),
        };
        let is_failure = |observed: &&Observed| {
            let name = observed.event.as_ref().map(|event| event.name.as_str());
            name == Some(FAILURE)
        };
        Self {
            block,
            actions,
            failed_payments: events.iter().filter(is_failure).count(),
            would_succeed: failure.is_none(),
            error: failure,
            gas_used,
            parameters: parameters.into_iter().map(parameter).collect(),
            balances: balances.into_iter().map(balance).collect(),
            storage: contracts.into_iter().map(storage).collect(),
            events: events
                .into_iter()
                .map(|observed| EventRow {
                    contract: name(observed.contract),
                    event: observed.event.map_or_else(
                        || "an event that no interface here has".to_owned(),
                        |event| event.to_string(),
                    ),
                })
                .collect(),
        }
    }
}

impl Report for Simulated {
    const COMMAND: &'static str = "gov simulate";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "On a fork of block {}:", self.block)?;
        show_actions(to, &self.actions, Calldata::Hidden)?;
        if let Some(error) = &self.error {
            return writeln!(to, "\nIt would fail: {}", clean(&words::explain(error)));
        }
        writeln!(to, "\nIt would succeed, with {} gas.", self.gas_used)?;
        if self.failed_payments > 0 {
            let failed = self.failed_payments;
            writeln!(
                to,
                "But {failed} of the treasury's calls would fail; it may not hold so much."
            )?;
        }
        if !self.parameters.is_empty() {
            let mut rows = table(["parameter", "before", "after"], &[]);
            for ParameterRow { name, before, after } in &self.parameters {
                rows.add_row([name, before, after]);
            }
            writeln!(to, "\n{rows}")?;
        }
        if !self.balances.is_empty() {
            let mut rows = table(["account", "token", "received", "spent"], &[2, 3]);
            for BalanceRow { account, token, received, spent } in &self.balances {
                rows.add_row([account, token, received, spent]);
            }
            writeln!(to, "\n{rows}")?;
        }
        if !self.storage.is_empty() {
            let mut rows = table(["contract", "slots changed"], &[1]);
            for StorageRow { contract, slots } in &self.storage {
                rows.add_row([contract.clone(), slots.len().to_string()]);
            }
            writeln!(to, "\n{rows}")?;
        }
        let mut rows = table(["contract", "event"], &[]);
        for EventRow { contract, event } in &self.events {
            rows.add_row([contract.clone(), clean(event)]);
        }
        writeln!(to, "\n{rows}")?;
        writeln!(to, "Nothing was sent to the chain.")
    }
}
