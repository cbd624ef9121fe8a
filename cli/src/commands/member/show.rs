//! Decides what `datacoop member show` shows: what members are, contributed and earned.

use std::{
    fmt,
    io::{self, Write},
};

use alloy::primitives::Address;
use datacoop_deploy::{
    bindings::{
        IDataCoopRewards::{cooldownPeriodCall, lastContributionCall, memberRecordCall},
        IDataToken::balanceOfCall,
    },
    members::Members,
};
use serde::Serialize;

use super::view::Membership;
use crate::{
    amount::Amount,
    args::{Coop, RpcArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Shows what members act as, what they contributed and hold, and when they may contribute again.
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
struct Shown {
    members: Vec<Member>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    member: Account,
    /// The membership, if the account has one.
    membership: Option<Membership>,
    balance: Amount,
    contributions: u64,
    /// When the member last contributed, if ever.
    last_contribution: Option<Time>,
    /// Since when the member contributes without a gap.
    streak_start: Option<Time>,
    /// When the cooldown ends, if it has not ended.
    may_contribute_at: Option<Time>,
}

impl ShowArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { members } = self;
        let (chain, book) = rpc.deployed().await?;
        let coop = Coop::of_book(&chain, &book)?;
        // A cooperative of an earlier version has no Membership.
        let register = Members::of_book(&chain, &book).ok();
        let cooldown = coop.chain.read(coop.rewards, &cooldownPeriodCall {}).await?.saturating_to();
        let now = coop.chain.now().await?;
        let mut shown = Vec::with_capacity(members.len());
        for member in members {
            let membership = match &register {
                Some(register) => register.find(member).await?.map(Membership::from),
                None => None,
            };
            let read = Member::read(&coop, member, cooldown, now).await?;
            shown.push(Member { membership, ..read });
        }
        out.result(&Shown { members: shown })
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
            membership: None,
            balance: Amount(balance),
            contributions: record.count,
            last_contribution: has_contributed.then_some(Time(last)),
            streak_start: has_contributed.then_some(Time(record.streakStart)),
            may_contribute_at: (has_contributed && free_at > now).then_some(Time(free_at)),
        })
    }
}

impl Report for Shown {
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
            let (last, unbroken, may) = (
                time(member.last_contribution, "never"),
                time(member.streak_start, "never"),
                time(member.may_contribute_at, "now"),
            );
            let none = "none: an issuer invites with `datacoop member invite`";
            let mut rows: Vec<(&str, &dyn fmt::Display)> = vec![("member", &member.member)];
            match &member.membership {
                Some(membership) => membership.rows(&mut rows),
                None => rows.push(("membership", &none)),
            }
            rows.push(("balance", &balance));
            rows.push(("contributions", &member.contributions));
            rows.push(("last", &last));
            rows.push(("unbroken since", &unbroken));
            rows.push(("may contribute", &may));
            pairs(to, &rows)?;
        }
        Ok(())
    }
}
