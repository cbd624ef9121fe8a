//! Decides what `datacoop market stake` does: shows a researcher's stake, raises it, takes it back.

use std::io::{self, Write};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    chain::{Receipt, Sender},
    keys::Signer,
    market::{Market, TokenInfo},
};
use serde::Serialize;

use super::{
    place::{PlaceArgs, units},
    say::Sum,
};
use crate::{
    args::{OptionalSenderArgs, RpcArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Shows a researcher's stake; with a flag, adds to it, asks for a part of it back, or takes what
/// was asked for.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop market stake --account 0x7099…79C8"
    "datacoop market stake --add 1000 --from dev:3"
    "datacoop market stake --request 1000 --from dev:3     paid after the cooldown"
    "datacoop market stake --withdraw --from dev:3"
))]
pub(crate) struct StakeArgs {
    /// Whose stake to show [default: the signer's]
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,

    /// How much to add, in the unit of the token of stakes.
    #[arg(long, value_name = "AMOUNT", group = "act")]
    add: Option<String>,

    /// How much to ask back, in place of what was asked for before; 0 takes the request back.
    #[arg(long, value_name = "AMOUNT", group = "act")]
    request: Option<String>,

    /// Takes what was asked for.
    #[arg(long, group = "act")]
    withdraw: bool,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: OptionalSenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Staked {
    account: Account,
    is_vetted: bool,
    staked: Sum,
    required: Sum,
    unstaking: Sum,
    /// When what was asked for is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Time>,
    /// Until when a licence keeps the stake.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_until: Option<Time>,
    auctions_led: u32,
    is_barred: bool,
    /// What was done, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<B256>,
}

impl StakeArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, add, request, withdraw, place, wallet } = self;
        let acts = add.is_some() || request.is_some() || withdraw;
        let signer = wallet.signer(rpc, out).await?;
        let owner = match (&signer, account) {
            (Some(signer), None) => signer.address(),
            (_, Some(account)) if !acts => account,
            (Some(signer), Some(account)) if signer.address() == account => account,
            (Some(_), Some(_)) => {
                return Err(Usage("a stake is moved by its owner alone".to_owned()).into());
            }
            (None, _) => {
                let text = "name an account with `--account`, or sign with `--from`";
                return Err(Usage(text.to_owned()).into());
            }
        };
        let market = place.find(rpc).await?;
        let token = market.token(market.stake_token().await?).await?;
        let done = match signer {
            Some(signer) if acts => Some(act(&market, signer, &token, (add, request)).await?),
            _ => None,
        };
        let stake = market.stake(owner).await?;
        let sum = |amount| Sum::new(&token, amount);
        out.result(&Staked {
            account: Account(owner),
            is_vetted: stake.is_vetted,
            staked: sum(stake.staked),
            required: sum(stake.required),
            unstaking: sum(stake.unstaking),
            ready_at: (!stake.unstaking.is_zero()).then_some(Time(stake.ready_at)),
            locked_until: (stake.locked_until != 0).then_some(Time(stake.locked_until)),
            auctions_led: stake.auctions_led,
            is_barred: stake.is_barred,
            transaction: done.map(|receipt| receipt.transaction),
        })
    }
}

/// Adds, asks back, or takes what was asked for.
async fn act(
    market: &Market,
    signer: Signer,
    token: &TokenInfo,
    amounts: (Option<String>, Option<String>),
) -> anyhow::Result<Receipt> {
    let sender = Sender::new(market.chain(), signer);
    Ok(match amounts {
        (Some(text), _) => market.add_stake(&sender, units(token, &text)?).await?,
        (_, Some(text)) => market.request_unstake(&sender, units(token, &text)?).await?,
        _ => market.unstake(&sender).await?,
    })
}

impl Report for Staked {
    const COMMAND: &'static str = "market stake";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let time = |time: Option<Time>| time.map_or_else(|| "-".to_owned(), |at| at.to_string());
        pairs(
            to,
            &[
                ("account", &self.account),
                ("vetted", &yes(self.is_vetted)),
                ("staked", &self.staked),
                ("required", &self.required),
                ("asked back", &self.unstaking),
                ("paid from", &time(self.ready_at)),
                ("kept until", &time(self.locked_until)),
                ("leads in", &format_args!("{} auctions", self.auctions_led)),
                ("barred", &yes(self.is_barred)),
            ],
        )
    }
}
