//! Decides what `datacoop gov delegate` does: whose votes an account's GOV are.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::{
    bindings::IGovToken::{delegateCall, delegatesCall, getVotesCall},
    chain::{Receipt, Sender},
};
use serde::Serialize;

use super::view::Votes;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
};

/// The words for the signer and for no account.
const SELF: &str = "self";
const NOBODY: &str = "nobody";

/// Delegates the votes of the signer's GOV, to itself or to somebody else.
///
/// GOV give votes only once they are delegated. Who delegates keeps them, and can delegate anew at
/// any time; proposals whose votes are counted already are not affected.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop gov delegate self --from dev:3"
    "datacoop gov delegate 0x7099…79C8 --from dev:3"
    "datacoop gov delegate nobody --from dev:3      takes the votes back from everybody"
))]
pub(crate) struct DelegateArgs {
    /// Who gets the votes: an address, `self` or `nobody`.
    #[arg(value_name = "ADDRESS", default_value = SELF)]
    to: String,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Delegated {
    delegator: Account,
    before: Account,
    delegate: Account,
    /// The delegate's votes now, all that were delegated to it.
    votes: Votes,
    #[serde(flatten)]
    receipt: Receipt,
}

impl DelegateArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { to, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let delegator = signer.address();
        let unknown = || Usage(format!("`{to}` is no address, and not `self` or `nobody`"));
        let delegate = match to.to_lowercase().as_str() {
            SELF => delegator,
            NOBODY => Address::ZERO,
            _ => to.parse().map_err(|_| unknown())?,
        };
        let dao = rpc.dao().await?;
        let before = dao.read(dao.token, &delegatesCall { account: delegator }).await?;
        let sender = Sender::new(&dao.chain, signer);
        let receipt = sender.call(dao.token, &delegateCall { delegatee: delegate }).await?;
        let votes = dao.read(dao.token, &getVotesCall { account: delegate }).await?;
        out.result(&Delegated {
            delegator: Account(delegator),
            before: Account(before),
            delegate: Account(delegate),
            votes: Votes(votes),
            receipt,
        })
    }
}

impl Report for Delegated {
    const COMMAND: &'static str = "gov delegate";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { delegator, before, delegate, votes, receipt } = self;
        pairs(
            to,
            &[
                ("delegator", delegator),
                ("before", before),
                ("delegate", delegate),
                ("its votes now", votes),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )
    }
}
