//! Decides what `datacoop member issue` does: an issuer makes somebody a member.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{chain::Sender, members::Members};
use serde::Serialize;

use super::{person::PersonArgs, view::Changed};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Makes an account a member, as an issuer. The account need not do anything.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member issue 0x7099…79C8 --person 'mrn|12345' --from dev:1"
    "datacoop member issue 0x7099…79C8 --person-file alice.txt --from dev:1"
    "datacoop member issue 0x7099…79C8 --person 'lab|7' --role researcher,validator --from dev:1"
))]
pub(crate) struct IssueArgs {
    /// The account.
    #[arg(value_name = "ADDRESS")]
    account: Address,

    #[command(flatten)]
    person: PersonArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Issued(Changed);

impl IssueArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, person, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let credential = person.credential()?;
        let (chain, book) = rpc.deployed().await?;
        let members = Members::of_book(&chain, &book)?;
        let outgoing = members.issue(account, credential, person.roles());
        let sender = Sender::new(&chain, signer);
        out.result(&Issued(Changed::send(&members, &sender, &outgoing, account).await?))
    }
}

impl Report for Issued {
    const COMMAND: &'static str = "member issue";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
