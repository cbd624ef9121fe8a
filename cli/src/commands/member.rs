//! Decides what `datacoop member show` shows: what members contributed and earned.

use std::io::{self, Write};

use alloy::primitives::Address;
use clap::Subcommand;
use datacoop_deploy::bindings::{
    IDataCoopRewards::{cooldownPeriodCall, lastContributionCall, memberRecordCall},
    IDataToken::balanceOfCall,
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{Coop, RpcArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    Show(ShowArgs),
}

/// Shows what members contributed, what they hold, and when they may contribute again.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member show 0x7099…79C8"
    "datacoop member show 0x7099…79C8 0x3C44…93BC --json"
))]
pub(crate) struct ShowArgs {
    /// The members.
    #[arg(required = true, value_name = "ADDRESS")]
    members: Vec<Address>,
}

#[derive(Serialize)]
struct Members {
    members: Vec<Member>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    member: Account,
    balance: Amount,
    contributions: u64,
    /// When the member last contributed, if ever.
    last_contribution: Option<Time>,
    /// Since when the member contributes without a gap.
    streak_start: Option<Time>,
    /// When the cooldown ends, if it has not ended.
    may_contribute_at: Option<Time>,
}

impl MemberCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "member show",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Show(args) => args.run(rpc, out).await,
        }
    }
}

impl ShowArgs {
    async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { members } = self;
        let coop = rpc.coop().await?;
        let cooldown = coop.chain.read(coop.rewards, &cooldownPeriodCall {}).await?.saturating_to();
        let now = coop.chain.now().await?;
        let mut shown = Vec::with_capacity(members.len());
        for member in members {
            shown.push(Member::read(&coop, member, cooldown, now).await?);
        }
        out.result(&Members { members: shown })
    }
}

impl Member {
    async fn read(coop: &Coop, member: Address, cooldown: u64, now: u64) -> anyhow::Result<Self> {
        let Coop { chain, token, rewards } = coop;
        let balance = chain.read(*token, &balanceOfCall { account: member }).await?;
        let last: u64 =
            chain.read(*rewards, &lastContributionCall { member }).await?.saturating_to();
        let record = chain.read(*rewards, &memberRecordCall { member }).await?;
        let has_contributed = last != 0;
        let free_at = last.saturating_add(cooldown);
        Ok(Self {
            member: Account(member),
            balance: Amount(balance),
            contributions: record.count,
            last_contribution: has_contributed.then_some(Time(last)),
            streak_start: has_contributed.then_some(Time(record.streakStart)),
            may_contribute_at: (has_contributed && free_at > now).then_some(Time(free_at)),
        })
    }
}

impl Report for Members {
    const COMMAND: &'static str = "member show";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        for (index, member) in self.members.iter().enumerate() {
            if index > 0 {
                writeln!(to)?;
            }
            let time = |time: Option<Time>, none: &str| {
                time.map_or_else(|| none.to_owned(), |time| time.to_string())
            };
            let balance = format!("{} DATA", member.balance);
            pairs(
                to,
                &[
                    ("member", &member.member),
                    ("balance", &balance),
                    ("contributions", &member.contributions),
                    ("last", &time(member.last_contribution, "never")),
                    ("unbroken since", &time(member.streak_start, "never")),
                    ("may contribute", &time(member.may_contribute_at, "now")),
                ],
            )?;
        }
        Ok(())
    }
}
