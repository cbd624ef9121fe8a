//! Decides what `datacoop roles` shows: who holds which power over the cooperative.

use std::io::{self, Write};

use datacoop_deploy::{
    AddressBook,
    roles::{self, Held},
};
use serde::Serialize;

use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::RolesLeft,
    output::{Account, Out, Report, table},
};

/// Shows who holds which role and office of every contract, read from the chain.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop roles"
    "datacoop roles --check     fails when an account that deployed a contract holds anything"
))]
pub(crate) struct RolesArgs {
    /// Fail when an account that deployed a contract holds a role.
    #[arg(long)]
    check: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Roles {
    roles: Vec<Held>,
}

impl RolesArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let chain = rpc.connect().await?;
        let book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
        let roles = roles::table(&chain, &book).await?;
        if self.check {
            let left = roles::left_with_deployer(&roles, &book);
            if !left.is_empty() {
                return Err(RolesLeft(left).into());
            }
        }
        out.result(&Roles { roles })
    }
}

impl Report for Roles {
    const COMMAND: &'static str = "roles";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows = table(["contract", "role", "held by", ""], &[]);
        for Held { contract, role, holder, holder_name } in &self.roles {
            let address = Account(*holder).to_string();
            let holder = if holder.is_zero() { "everybody".to_owned() } else { address };
            let name = holder_name.clone().unwrap_or_default();
            rows.add_row([(*contract).to_owned(), role.clone(), holder, name]);
        }
        writeln!(to, "{rows}")
    }
}
