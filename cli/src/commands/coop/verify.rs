//! Decides what `datacoop verify` shows: whether a cooperative is what its declaration and this build say.

use std::io::{self, Write};

use datacoop_deploy::{
    AddressBook, Workspace, build,
    contracts::CONTRACTS,
    deploy::{self, Drift, Verification, drift},
    roles::{self, Held},
};
use serde::Serialize;

use super::{DeclarationArgs, plan::show_changes};
use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::NotAsDeclared,
    output::{Account, Out, Report, table},
};

/// Compares a cooperative with its declaration and with a build of these sources: code, what the contracts were
/// created with, parameters, and the whole table of roles.
///
/// Exits with 9 when anything differs, or when who deployed it still holds power.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop verify"
    "datacoop verify coop.toml --network 42161 --json"
))]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    declaration: DeclarationArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    is_clean: bool,
    #[serde(flatten)]
    verification: Verification,
    /// Powers of accounts that deployed a contract, where the declaration gives them none.
    left_with_deployer: Vec<Held>,
    /// Parameters that are not as declared.
    changes: Vec<Drift>,
    by_proposal: bool,
}

impl VerifyArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let (declaration, chain) = self.declaration.connect(rpc).await?;
        let progress = out.progress();
        let workspace = Workspace::find()?;
        let artifacts =
            tokio::task::block_in_place(|| build::build(&workspace, &CONTRACTS, &progress))?;
        let path = rpc.book_path(&chain)?;
        let verification = deploy::verify(&chain, &artifacts, &declaration.config(), &path).await?;
        let book = AddressBook::deployed(&path, &chain).await?;
        let left = roles::left_with_deployer(&verification.unexpected, &book);
        let changes = drift(&chain, &book, &declaration).await?;
        let is_clean = verification.is_clean() && changes.is_empty();
        out.result(&Verified {
            is_clean,
            verification,
            left_with_deployer: left,
            changes,
            by_proposal: declaration.organs.is_some(),
        })?;
        if is_clean { Ok(()) } else { Err(NotAsDeclared.into()) }
    }
}

impl Report for Verified {
    const COMMAND: &'static str = "verify";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { verification, left_with_deployer, changes, .. } = self;
        let mut rows = table(["contract", "address", "code", "created with"], &[]);
        for contract in &verification.contracts {
            let code = if contract.code { "as built" } else { "DIFFERS from this build" };
            let differs = contract.differs.iter();
            let differs: Vec<_> =
                differs.map(|a| format!("{} should be {}", a.name, a.value)).collect();
            let created =
                if differs.is_empty() { "as declared".to_owned() } else { differs.join("\n") };
            let address = Account(contract.address).to_string();
            rows.add_row([contract.name.to_owned(), address, code.to_owned(), created]);
        }
        writeln!(to, "{rows}\n")?;
        writeln!(to, "{} roles and offices are as declared.", verification.as_configured)?;
        for power in &verification.missing {
            let (holder, role) = (Account(power.holder), &power.role);
            writeln!(to, "MISSING: {holder} is not {role} of {}", power.contract)?;
        }
        for held in &verification.unexpected {
            let (holder, role) = (Account(held.holder), &held.role);
            let is_left = left_with_deployer.contains(held);
            let who = if is_left { ", who deployed it," } else { "" };
            writeln!(to, "UNEXPECTED: {holder}{who} is {role} of {}", held.contract)?;
        }
        if changes.is_empty() {
            return writeln!(to, "Parameters are as declared.");
        }
        writeln!(to)?;
        show_changes(to, changes, self.by_proposal)
    }
}
