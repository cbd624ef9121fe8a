//! Decides what `datacoop consent grant`, `amend` and `revoke` do: a subject changes a consent in
//! person.

use std::io::{self, Write};

use alloy::primitives::U256;
use datacoop_deploy::{chain::Sender, consent::Consents};
use serde::Serialize;

use super::{
    terms::{AmendedArgs, ScopeArgs},
    view::Changed,
};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report},
};

/// Gives a consent, as a member: which data may be used by whom, for what, until when.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent grant --class genomic,clinical --purpose academic --to role:researcher --until 2027-01-01 --terms terms.txt --from dev:3"
    "datacoop consent grant --class all --purpose public-health --to anyone --until '90 days' --terms terms.txt --from dev:3"
    "datacoop consent grant --class imaging --purpose clinical --to 0x7099…79C8 --until 2027-01-01 --terms-hash 0x4e03…7d45 --from dev:3"
))]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    scope: ScopeArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// Replaces a consent by its next version, as its subject. What is not said stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent amend 1 --purpose academic,public-health --from dev:3"
    "datacoop consent amend 1 --until 2028-01-01 --terms terms-2.txt --from dev:3"
))]
pub(crate) struct AmendArgs {
    /// The consent.
    #[arg(value_name = "ID")]
    id: U256,

    #[command(flatten)]
    amended: AmendedArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// Takes a consent back, as its subject. From that block on nothing is covered by it.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent revoke 1 --from dev:3"
))]
pub(crate) struct RevokeArgs {
    /// The consent.
    #[arg(value_name = "ID")]
    id: U256,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
struct Granted(Changed);

#[derive(Serialize)]
struct Amended(Changed);

#[derive(Serialize)]
struct Revoked(Changed);

impl GrantArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { scope, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        let scope = scope.scope(chain.next_time().await?)?;
        let outgoing = consents.grant(&scope);
        let sender = Sender::new(&chain, signer);
        out.result(&Granted(Changed::send(&consents, &sender, &outgoing).await?))
    }
}

impl AmendArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { id, amended, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        let before = consents.consent_of(id, signer.address()).await?;
        let scope = amended.scope(&before.scope, chain.next_time().await?)?;
        let outgoing = consents.amend(id, &scope);
        let sender = Sender::new(&chain, signer);
        out.result(&Amended(Changed::send(&consents, &sender, &outgoing).await?))
    }
}

impl RevokeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { id, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        consents.consent_of(id, signer.address()).await?;
        let outgoing = consents.revoke(id);
        let sender = Sender::new(&chain, signer);
        out.result(&Revoked(Changed::send(&consents, &sender, &outgoing).await?))
    }
}

impl Report for Granted {
    const COMMAND: &'static str = "consent grant";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}

impl Report for Amended {
    const COMMAND: &'static str = "consent amend";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}

impl Report for Revoked {
    const COMMAND: &'static str = "consent revoke";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
