//! Decides what `datacoop member recover` and `member revoke` do: an issuer moves the membership of
//! a lost account, or ends one.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{chain::Sender, members::Members};
use serde::Serialize;

use super::view::Changed;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report},
};

/// Moves the membership of a lost account to another, as an issuer.
///
/// The lost account is no member from then on, and what it consented to is not consented to any
/// more. Id, roles, DID and the date of joining go along.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member recover 0x7099…79C8 0x3C44…93BC --reason 'ticket 812' --from dev:1"
))]
pub(crate) struct RecoverArgs {
    /// The account that is lost.
    #[arg(value_name = "LOST")]
    lost: Address,

    /// The account that takes its place.
    #[arg(value_name = "REPLACEMENT")]
    replacement: Address,

    #[command(flatten)]
    reason: ReasonArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// Ends a membership, as an issuer.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member revoke 0x7099…79C8 --reason 'ruling 4' --from dev:1"
))]
pub(crate) struct RevokeArgs {
    /// The member.
    #[arg(value_name = "ADDRESS")]
    account: Address,

    #[command(flatten)]
    reason: ReasonArgs,

    #[command(flatten)]
    wallet: SenderArgs,
}

/// Why an issuer acts without the member.
#[derive(Debug, clap::Args)]
struct ReasonArgs {
    /// Why, in words that the issuer keeps; on chain is their hash.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Serialize)]
struct Recovered {
    lost: Account,
    #[serde(flatten)]
    changed: Changed,
}

#[derive(Serialize)]
struct Revoked(Changed);

impl ReasonArgs {
    fn text(&self) -> anyhow::Result<&str> {
        let text = self.reason.trim();
        if text.is_empty() {
            return Err(Usage("say a reason (`--reason`)".to_owned()).into());
        }
        Ok(text)
    }
}

impl RecoverArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { lost, replacement, reason, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let reason = reason.text()?;
        let (chain, book) = rpc.deployed().await?;
        let members = Members::of_book(&chain, &book)?;
        let outgoing = members.reissue(lost, replacement, reason);
        let sender = Sender::new(&chain, signer);
        let changed = Changed::send(&members, &sender, &outgoing, replacement).await?;
        out.result(&Recovered { lost: Account(lost), changed })
    }
}

impl RevokeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, reason, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let reason = reason.text()?;
        let (chain, book) = rpc.deployed().await?;
        let members = Members::of_book(&chain, &book)?;
        let outgoing = members.revoke(&members.member(account).await?, reason);
        let sender = Sender::new(&chain, signer);
        out.result(&Revoked(Changed::send(&members, &sender, &outgoing, account).await?))
    }
}

impl Report for Recovered {
    const COMMAND: &'static str = "member recover";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "{} is no member any more.\n", self.lost)?;
        self.changed.show(to)
    }
}

impl Report for Revoked {
    const COMMAND: &'static str = "member revoke";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
