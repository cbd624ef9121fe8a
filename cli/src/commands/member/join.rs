//! Decides what `datacoop member join` does: somebody becomes a member by an issuer's invitation.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use datacoop_deploy::{
    chain::Sender,
    members::{Invitation, Members},
};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Becomes a member, by an invitation that an issuer signed for the signer's account.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member join alice.json --from dev:3"
))]
pub(crate) struct JoinArgs {
    /// The invitation, as `datacoop member invite` wrote it.
    #[arg(value_name = "FILE")]
    invitation: PathBuf,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Joined(Changed);

impl JoinArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { invitation: path, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let invitation = Invitation::read(&path)?;
        let (chain, book) = rpc.deployed().await?;
        let (members, account) = (Members::of_book(&chain, &book)?, signer.address());
        let outgoing = members.join(account, &path, &invitation).await?;
        let sender = Sender::new(&chain, signer);
        out.result(&Joined(Changed::send(&members, &sender, &outgoing, account).await?))
    }
}

impl Report for Joined {
    const COMMAND: &'static str = "member join";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
