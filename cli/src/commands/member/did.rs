//! Decides what `datacoop member bind-did` does: a member says which DID it has.

use std::io::{self, Write};

use datacoop_deploy::{
    bindings::IMembership::bindDidCall,
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

/// The word for no DID.
const NONE: &str = "none";

/// Binds a DID to the signer's membership, in place of the one before.
///
/// The text is in an event for everybody to read, and its hash is kept. That the member controls the
/// DID is for the DID's document to say, which names the account.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member bind-did did:web:alice.example --from dev:3"
    "datacoop member bind-did none --from dev:3                  binds none any more"
))]
pub(crate) struct BindDidArgs {
    /// The DID, or `none`.
    #[arg(value_name = "DID")]
    did: String,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Bound {
    #[serde(rename = "didText")]
    text: String,
    #[serde(flatten)]
    changed: Changed,
}

impl BindDidArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { did, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let text = if did.eq_ignore_ascii_case(NONE) { String::new() } else { did };
        let (chain, book) = rpc.deployed().await?;
        let (members, account) = (Members::of_book(&chain, &book)?, signer.address());
        let outgoing = Outgoing::call(members.address, &bindDidCall { did: text.clone() });
        let sender = Sender::new(&chain, signer);
        let changed = Changed::send(&members, &sender, &outgoing, account).await?;
        out.result(&Bound { text, changed })
    }
}

impl Report for Bound {
    const COMMAND: &'static str = "member bind-did";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.changed.show(to)
    }
}
