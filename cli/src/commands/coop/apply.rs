//! Decides what `datacoop apply` does: makes a chain as a file declares it.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use datacoop_deploy::{
    AddressBook, Workspace, build,
    chain::{Outgoing, Sender},
    contracts::CONTRACTS,
    declaration::{Declaration, dao_document},
    deploy::{Deployment, Drift, Existing, deploy_coop, drift},
    governance::{Action, Class, Dao, Draft, encode_all},
};
use serde::Serialize;

use super::{DeclarationArgs, DeployerArgs, ether, link, plan};
use crate::{
    args::{OfflineArgs, RpcArgs},
    ask,
    cli::after_help,
    output::{Account, Out, Report, table},
};

/// Sends what makes the chain as the file declares it.
///
/// Every transaction is written to a journal before it is sent. Killed at any moment and run again, it
/// finishes with the same addresses and sends nothing twice. When nothing is to do it does nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop apply                     shows what it will send, and asks"
    "datacoop apply coop.toml --yes     does not ask"
    "datacoop apply --propose --yes     proposes what only governance may change"
    "datacoop resume --yes              the same command, after an interruption"
    "datacoop apply --yes --sign-only deployment.json --from ledger    signs all of it for `datacoop send`"
))]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    declaration: DeclarationArgs,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,

    /// Propose the changes that only governance may make.
    #[arg(long)]
    propose: bool,

    #[command(flatten)]
    deployer: DeployerArgs,

    #[command(flatten)]
    #[allow(dead_code, reason = "`OfflineArgs::of` finds these flags for every command")]
    offline: OfflineArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied {
    chain_id: u64,
    address_book: PathBuf,
    /// The cooperative's ERC-4824 document.
    document: PathBuf,
    contracts: Vec<AppliedContract>,
    steps: Vec<datacoop_deploy::deploy::Step>,
    /// Parameters that are still not as declared.
    changes: Vec<Drift>,
    by_proposal: bool,
    /// The proposal that was made.
    proposal: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AppliedContract {
    name: String,
    address: Account,
}

impl ApplyArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { declaration, yes, propose, deployer, .. } = self;
        let (declaration, chain) = declaration.connect(rpc).await?;
        let signer = deployer.signer(&declaration, rpc, out).await?;
        let sender = Sender::new(&chain, signer);
        let planned = plan::planned(&declaration, &chain, sender.address(), rpc, out).await?;
        let plan = &planned.plan;
        if !plan.is_empty() {
            let cost = planned.cost.map_or_else(|| "what gas costs".to_owned(), ether);
            let (count, id) = (plan.transactions.len(), chain.id());
            let question = format!("Send {count} transactions to chain {id} for about {cost}");
            ask::confirm(out, yes || chain.is_dev_node(), &question)?;
        }
        let path = rpc.book_path(&chain)?;
        let Deployment { book, steps } = deployed(&declaration, &sender, &path, out).await?;
        let changes = drift(&chain, &book, &declaration).await?;
        let document = path.with_extension("dao.json");
        write_document(&declaration, &book, &document)?;
        let (changes, proposal) = if propose && !changes.is_empty() && planned.by_proposal {
            let question = format!("Propose {} changes", changes.len());
            ask::confirm(out, yes || chain.is_dev_node(), &question)?;
            let proposal = proposed(&sender, &book, &changes).await?;
            (changes, Some(proposal))
        } else if planned.by_proposal || changes.is_empty() {
            (changes, None)
        } else {
            let question = format!("Change {} parameters", changes.len());
            ask::confirm(out, yes || chain.is_dev_node(), &question)?;
            change(&sender, &book, &changes).await?;
            (drift(&chain, &book, &declaration).await?, None)
        };
        let contracts = book.contracts.iter().map(|(name, entry)| AppliedContract {
            name: name.clone(),
            address: Account(entry.address),
        });
        out.result(&Applied {
            chain_id: chain.id(),
            address_book: path,
            document,
            contracts: contracts.collect(),
            steps,
            changes,
            by_proposal: planned.by_proposal,
            proposal,
        })
    }
}

async fn deployed(
    declaration: &Declaration,
    sender: &Sender,
    path: &Path,
    out: &Out,
) -> anyhow::Result<Deployment> {
    let progress = out.progress();
    let workspace = Workspace::find()?;
    let artifacts =
        tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
    let config = declaration.config();
    Ok(deploy_coop(sender, &artifacts, &config, path, Existing::Reuse, &progress).await?)
}

/// Proposes what makes the parameters as declared.
async fn proposed(
    sender: &Sender,
    book: &AddressBook,
    changes: &[Drift],
) -> anyhow::Result<String> {
    let dao = Dao::of_book(sender.chain(), book).await?;
    dao.expect_power(sender.address(), Class::Standard).await?;
    let actions = encode_all(Drift::sentences(changes), &dao.vocabulary, sender.chain()).await?;
    let lines = changes.iter().map(|change| format!("- {}", change.sentence));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let description = format!("Parameters as declared\n\n{lines}");
    let draft = Draft { class: Class::Standard, actions, description };
    dao.propose(sender, &draft).await?;
    Ok(draft.id().to_string())
}

/// Changes parameters as who governs.
async fn change(sender: &Sender, book: &AddressBook, changes: &[Drift]) -> anyhow::Result<()> {
    let vocabulary = datacoop_deploy::governance::Vocabulary::of_book(book);
    for action in encode_all(Drift::sentences(changes), &vocabulary, sender.chain()).await? {
        let Action { target, value, calldata } = action;
        let call = "change of a parameter".to_owned();
        sender.send(&Outgoing { call, to: Some(target), data: calldata, value }).await?;
    }
    Ok(())
}

/// Writes the document that the cooperative's `daoURI` is to lead to.
fn write_document(
    declaration: &Declaration,
    book: &AddressBook,
    path: &Path,
) -> anyhow::Result<()> {
    let contracts = book.contracts.iter().map(|(name, entry)| (name.as_str(), entry.address));
    Ok(dao_document(declaration, contracts).write(path)?)
}

impl Report for Applied {
    const COMMAND: &'static str = "apply";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.steps.is_empty() && self.changes.is_empty() {
            writeln!(to, "Nothing was to do: chain {} is as declared.\n", self.chain_id)?;
        }
        if !self.steps.is_empty() {
            let gas: u64 = self.steps.iter().map(|step| step.receipt.gas_used).sum();
            let count = self.steps.len();
            writeln!(to, "{count} transactions were sent; they used {gas} gas.\n")?;
        }
        let mut contracts = table(["contract", "address"], &[]);
        for AppliedContract { name, address } in &self.contracts {
            contracts.add_row([name.clone(), link(self.chain_id, address.0)]);
        }
        writeln!(to, "{contracts}\n")?;
        match &self.proposal {
            Some(proposal) => writeln!(to, "Proposed: {proposal}\n")?,
            None if !self.changes.is_empty() => {
                plan::show_changes(to, &self.changes, self.by_proposal)?;
                writeln!(to)?;
            }
            None => {}
        }
        writeln!(to, "Address book: {}", self.address_book.display())?;
        writeln!(to, "ERC-4824 document: {}", self.document.display())
    }
}
