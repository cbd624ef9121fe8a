//! Decides what `datacoop member roles` does: an issuer sets what a member acts as.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{
    chain::Sender,
    members::{ActorRole, ActorRoles, Members},
};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// The word for no role.
const NONE: &str = "none";

/// Sets what a member acts as, as an issuer: these roles and no other.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member roles 0x7099…79C8 patient,researcher --from dev:1"
    "datacoop member roles 0x7099…79C8 none --from dev:1"
))]
pub(crate) struct RolesArgs {
    /// The member.
    #[arg(value_name = "ADDRESS")]
    account: Address,

    /// The roles: patient, practitioner, provider, payer, researcher, oracle, validator, or `none`.
    #[arg(value_name = "ROLE,…", value_parser = roles)]
    roles: ActorRoles,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RolesSet {
    old_roles: ActorRoles,
    #[serde(flatten)]
    changed: Changed,
}

/// Reads roles with commas between them.
fn roles(text: &str) -> Result<ActorRoles, datacoop_deploy::members::NotAnActorRole> {
    if text.eq_ignore_ascii_case(NONE) {
        return Ok(ActorRoles::default());
    }
    text.split(',').map(|role| role.trim().parse::<ActorRole>()).collect()
}

impl RolesArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, roles, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let members = Members::of_book(&chain, &book)?;
        let member = members.member(account).await?;
        let outgoing = members.set_roles(&member, roles);
        let sender = Sender::new(&chain, signer);
        let changed = Changed::send(&members, &sender, &outgoing, account).await?;
        out.result(&RolesSet { old_roles: member.roles, changed })
    }
}

impl Report for RolesSet {
    const COMMAND: &'static str = "member roles";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.changed.show(to)
    }
}
