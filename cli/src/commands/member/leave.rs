//! Decides what `datacoop member leave` does: a member ends its membership.

use std::io::{self, Write};

use datacoop_deploy::{
    bindings::IMembership::leaveCall,
    chain::{Outgoing, Sender},
    members::Members,
};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Ends the signer's membership, and with it every consent that it gave.
///
/// Who comes back with the same credential gets the same id again; what was consented to before is
/// not consented to any more.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member leave --from dev:3"
))]
pub(crate) struct LeaveArgs {
    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Left {
    #[serde(flatten)]
    changed: Changed,
    /// The id that the account had.
    left: String,
}

impl LeaveArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let (members, account) = (Members::of_book(&chain, &book)?, signer.address());
        let left = members.member(account).await?.id.to_string();
        let outgoing = Outgoing::call(members.address, &leaveCall {});
        let sender = Sender::new(&chain, signer);
        let changed = Changed::send(&members, &sender, &outgoing, account).await?;
        out.result(&Left { changed, left })
    }
}

impl Report for Left {
    const COMMAND: &'static str = "member leave";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.changed.show(to)
    }
}
