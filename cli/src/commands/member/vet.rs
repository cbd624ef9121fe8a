//! Decides what `datacoop member vet` does: an issuer vouches for what a member acts as.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{
    chain::Sender,
    members::{ActorRole, Members},
};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Adds an actor role to a member's, as an issuer that has checked it, or takes it away.
///
/// Whoever has a role other than patient is vetted: consents for anyone vetted cover it.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member vet 0x7099…79C8 --role researcher --from dev:1"
    "datacoop member vet 0x7099…79C8 --role researcher --withdraw --from dev:1"
))]
pub(crate) struct VetArgs {
    /// The member.
    #[arg(value_name = "ADDRESS")]
    account: Address,

    /// The role: patient, practitioner, provider, payer, researcher, oracle or validator.
    #[arg(long, value_name = "ROLE", default_value = "researcher")]
    role: ActorRole,

    /// Take the role away.
    #[arg(long)]
    withdraw: bool,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Vetted(Changed);

impl VetArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, role, withdraw, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let members = Members::of_book(&chain, &book)?;
        let member = members.member(account).await?;
        let roles = if withdraw { member.roles.without(role) } else { member.roles.and(role) };
        let outgoing = members.set_roles(&member, roles);
        let sender = Sender::new(&chain, signer);
        out.result(&Vetted(Changed::send(&members, &sender, &outgoing, account).await?))
    }
}

impl Report for Vetted {
    const COMMAND: &'static str = "member vet";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
