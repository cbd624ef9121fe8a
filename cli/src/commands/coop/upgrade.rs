//! Decides what `datacoop upgrade` does: shows which contracts are of this build, and has a new governor take
//! over by proposal.

use std::io::{self, Write};

use datacoop_deploy::{
    AddressBook, Artifact, Workspace, build,
    chain::Sender,
    contracts::CONTRACTS,
    deploy::{Built, Succession, SuccessionState, Target, built},
    governance::Place,
};
use serde::Serialize;

use crate::{
    args::{OptionalWalletArgs, RpcArgs},
    ask,
    cli::after_help,
    exit::{Input, Usage},
    output::{Account, Out, Report, pairs, table},
};

/// Shows which contracts are of this build, and replaces the governor by one of this build.
///
/// No contract can be changed in place, and all but the governor keep what must not be lost. The new
/// governor is created with the terms of the old one, and a proposal of the old one hands its offices
/// over. Run again, this carries on: it notes the new governor in the address book once it is in office.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop upgrade                                 which contracts are of this build"
    "datacoop upgrade governor --from keystore:carol  creates it and proposes that it takes over"
    "datacoop upgrade governor                        how far that is"
))]
pub(crate) struct UpgradeArgs {
    /// The contract that is to be replaced.
    contract: Option<String>,

    /// Do not ask.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    wallet: OptionalWalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contracts {
    contracts: Vec<Built>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Upgraded {
    contract: &'static str,
    is_current: bool,
    #[serde(flatten)]
    succession: Option<SuccessionView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuccessionView {
    old: Account,
    new: Account,
    state: SuccessionState,
    proposal: String,
    actions: Vec<String>,
}

impl UpgradeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { contract, yes, wallet } = self;
        let contract = contract.map(|name| named(&name)).transpose()?;
        let signer = wallet.signer(rpc, out).await?;
        let chain = rpc.connect().await?;
        let mut book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
        let progress = out.progress();
        let workspace = Workspace::find()?;
        let artifacts =
            tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
        let contracts = built(&book, &artifacts, Target::of(&chain).await?)?;
        let Some(place) = contract else {
            if signer.is_some() {
                let text = "say which contract is to be replaced: `datacoop upgrade governor`";
                return Err(Usage(text.to_owned()).into());
            }
            return out.result(&Contracts { contracts });
        };
        let name = place.contract().name;
        if let Some(reason) =
            contracts.iter().find(|one| one.contract == name).and_then(|c| c.keeps)
        {
            return Err(Input(format!("{name} is never replaced: {reason}")).into());
        }
        let Some(mut succession) = Succession::of(&chain, &book, &artifacts).await? else {
            let succession = None;
            return out.result(&Upgraded { contract: name, is_current: true, succession });
        };
        if succession.state == SuccessionState::InOffice {
            succession.enter(&mut book, &artifacts).await?;
        } else if let Some(signer) = signer {
            let sender = Sender::new(&chain, signer);
            let asks = !(yes || chain.is_dev_node());
            carry_on(&mut succession, &sender, &artifacts, asks, out).await?;
        }
        let view = SuccessionView {
            old: Account(succession.old),
            new: Account(succession.new),
            state: succession.state,
            proposal: succession.proposal().to_string(),
            actions: succession.words().await,
        };
        let is_current = succession.state == SuccessionState::InOffice;
        out.result(&Upgraded { contract: name, is_current, succession: Some(view) })
    }
}

/// Takes the steps that are left until all wait for the vote.
async fn carry_on(
    succession: &mut Succession,
    sender: &Sender,
    artifacts: &[Artifact],
    asks: bool,
    out: &Out,
) -> anyhow::Result<()> {
    if succession.state == SuccessionState::Proposed {
        return Ok(());
    }
    succession.expect_power(sender.address()).await?;
    let question = format!("Propose that a governor at {} takes over", succession.new);
    ask::confirm(out, !asks, &question)?;
    if succession.state == SuccessionState::Absent {
        succession.create(sender, artifacts).await?;
    }
    succession.propose(sender).await?;
    Ok(())
}

fn named(name: &str) -> anyhow::Result<Place> {
    Place::named(name).ok_or_else(|| {
        let known = Place::ALL.map(Place::name).join(", ");
        Input(format!("there is no contract `{name}`; there are {known}")).into()
    })
}

impl Report for Contracts {
    const COMMAND: &'static str = "upgrade";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows = table(["contract", "address", "code", "replaced"], &[]);
        for Built { contract, address, is_current, keeps } in &self.contracts {
            let code = if *is_current { "of this build" } else { "of another build" };
            let how = keeps.map_or_else(
                || "by proposal: `datacoop upgrade governor`".to_owned(),
                |reason| format!("never: {reason}"),
            );
            let address = Account(*address).to_string();
            rows.add_row([(*contract).to_owned(), address, code.to_owned(), how]);
        }
        writeln!(to, "{rows}")
    }
}

impl Report for Upgraded {
    const COMMAND: &'static str = "upgrade";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Some(succession) = &self.succession else {
            return writeln!(to, "Nothing to do: {} is of this build.", self.contract);
        };
        let SuccessionView { old, new, state, proposal, actions } = succession;
        pairs(to, &[("in office until now", old), ("of this build", new)])?;
        writeln!(to)?;
        for action in actions {
            writeln!(to, "  {action}")?;
        }
        writeln!(to)?;
        match state {
            SuccessionState::Absent => writeln!(
                to,
                "The new governor is not there. `datacoop upgrade governor --from …` creates it and proposes this."
            ),
            SuccessionState::Created => writeln!(
                to,
                "The new governor is there. `datacoop upgrade governor --from …` proposes this."
            ),
            SuccessionState::Proposed => writeln!(
                to,
                "This is proposed: `datacoop gov show {proposal}`. When it is executed, run this again."
            ),
            SuccessionState::InOffice => writeln!(
                to,
                "The new governor is in office, and in the address book. Classes of proposals and other rules of the old one begin anew: `datacoop plan` names what the file declares of them."
            ),
        }
    }
}
