//! Decides what is asked of the contracts after every interaction: everything that the invariants are about,
//! in one call of one block.

mod asked;
mod subject;

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolCall,
};
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket::withdrawCall;

use super::bundle::{Answers, Bundle};
use crate::Random;
use asked::{AskedOfMoney, AskedOfPower, AskedOfTokens};

pub(super) use subject::Subject;

/// Contract, role, account.
type RoleOf = (Address, B256, Address);

/// A token by its own word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TokenView {
    pub(super) supply: U256,
    pub(super) balances: BTreeMap<Address, U256>,
}

/// What a spender or a line may spend and has spent: cap, period, spent, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spent {
    pub(super) cap: U256,
    pub(super) spent: U256,
    pub(super) since: U256,
}

/// What stays as it is while nobody does anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) data: TokenView,
    pub(super) burned: U256,
    pub(super) gov: TokenView,
    pub(super) votes: BTreeMap<Address, U256>,
    /// Against, for, abstaining.
    pub(super) counted: BTreeMap<U256, [U256; 3]>,
    pub(super) staked: U256,
    pub(super) stakes: BTreeMap<Address, (U256, U256)>,
    pub(super) required: U256,
    pub(super) owed: BTreeMap<Address, U256>,
    pub(super) bids: BTreeMap<U256, (Address, U256)>,
    /// All that came into the distributor, and all that it paid.
    pub(super) totals: (U256, U256),
    pub(super) pots: BTreeMap<U256, (U256, U256)>,
    /// By edition: what its contributors can claim.
    pub(super) claimable: BTreeMap<(U256, Address), U256>,
    pub(super) shared: BTreeMap<Address, U256>,
    pub(super) members: BTreeMap<Address, (U256, u8, u64)>,
    pub(super) roles: BTreeMap<RoleOf, bool>,
    pub(super) offices: Vec<(&'static str, Address)>,
    pub(super) owners: (Vec<Address>, U256),
    pub(super) least_delay: U256,
    pub(super) pending: U256,
    pub(super) nonce: U256,
    pub(super) paused: [bool; 3],
}

impl Standing {
    /// The first line in which it differs from another, if it does.
    pub(super) fn differs_from(&self, other: &Self) -> Option<(String, String)> {
        if self == other {
            return None;
        }
        let (ours, others) = (format!("{self:#?}"), format!("{other:#?}"));
        let mut lines = ours.lines().zip(others.lines()).filter(|(ours, others)| ours != others);
        lines.next().map(|(ours, others)| (ours.trim().to_owned(), others.trim().to_owned()))
    }
}

/// A read that somebody may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    pub(super) holder: Address,
    pub(super) edition: U256,
    pub(super) purpose: u8,
    pub(super) record: B256,
}

/// What the contracts say.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) standing: Standing,
    /// The time of the block, in seconds since 1970.
    pub(super) time: u64,
    /// What was spent in the present periods, which begin by themselves.
    pub(super) limits: BTreeMap<(Address, Address), Spent>,
    pub(super) budgets: BTreeMap<(u8, Address), Spent>,
    /// Some of the past: whose votes when, and the supply of GOV when.
    pub(super) past_votes: BTreeMap<(Address, u64), U256>,
    pub(super) past_supply: BTreeMap<u64, U256>,
    /// Some of the proofs, and who contributed them.
    pub(super) proofs: BTreeMap<B256, Address>,
    /// Some of the possible reads, and whether they are allowed.
    pub(super) reads: BTreeMap<Read, bool>,
    /// While the market is paused: who is owed something, and whether it can be withdrawn.
    pub(super) withdrawable: Vec<(Address, bool)>,
}

/// Asks everything.
pub(super) async fn read(of: &Subject<'_>, rng: &mut Random) -> Result<View> {
    let time = of.stage.now().await?;
    let mut bundle = Bundle::default();
    let tokens = AskedOfTokens::new(of, &mut bundle, rng, time);
    let money = AskedOfMoney::new(of, &mut bundle, rng);
    let power = AskedOfPower::new(of, &mut bundle);
    let answers = &of.stage.answers(bundle, None).await?;
    let standing = standing(answers, &tokens, &money, &power)?;
    let withdrawable = withdrawable(of, &standing, time).await?;
    let proofs =
        tokens.proofs.iter().map(|(proof, asked)| Ok((*proof, answers.get(asked)?.member)));
    Ok(View {
        time,
        limits: power.spent(answers)?,
        budgets: power.budgets(answers)?,
        past_votes: answers.all(&tokens.past_votes)?,
        past_supply: answers.all(&tokens.past_supply)?,
        proofs: proofs.collect::<Result<_>>()?,
        reads: answers.all(&money.reads)?,
        withdrawable,
        standing,
    })
}

fn standing(
    answers: &Answers,
    tokens: &AskedOfTokens,
    money: &AskedOfMoney,
    power: &AskedOfPower,
) -> Result<Standing> {
    let counted = tokens.counted.iter().map(|(id, asked)| {
        let votes = answers.get(asked)?;
        Ok((*id, [votes.againstVotes, votes.forVotes, votes.abstainVotes]))
    });
    let stakes = money.stakes.iter().map(|(account, asked)| {
        let stake = answers.get(asked)?;
        Ok((*account, (stake.staked, stake.unstaking)))
    });
    let bids = money.bids.iter().map(|(id, asked)| {
        let bid = answers.get(asked)?;
        Ok((*id, (bid.bidder, bid.amount)))
    });
    let pots = money.pots.iter().map(|(id, asked)| {
        let pot = answers.get(asked)?;
        Ok((*id, (pot.deposited, pot.paid)))
    });
    let members = tokens.members.iter().map(|(account, asked)| {
        let member = answers.get(asked)?;
        Ok((*account, (member.tokenId, member.actorRoles, member.since)))
    });
    let totals = answers.get(&money.totals)?;
    let (data, rewards, market) = &power.paused;
    Ok(Standing {
        data: TokenView {
            supply: answers.get(&tokens.data.0)?,
            balances: answers.all(&tokens.data.1)?,
        },
        burned: answers.get(&tokens.burned)?,
        gov: TokenView {
            supply: answers.get(&tokens.gov.0)?,
            balances: answers.all(&tokens.gov.1)?,
        },
        votes: answers.all(&tokens.votes)?,
        counted: counted.collect::<Result<_>>()?,
        staked: answers.get(&money.staked)?,
        stakes: stakes.collect::<Result<_>>()?,
        required: answers.get(&money.required)?,
        owed: answers.all(&money.owed)?,
        bids: bids.collect::<Result<_>>()?,
        totals: (totals.deposited, totals.paid),
        pots: pots.collect::<Result<_>>()?,
        claimable: answers.all(&money.claimable)?,
        shared: answers.all(&money.shared)?,
        members: members.collect::<Result<_>>()?,
        roles: answers.all(&power.roles)?,
        offices: power.offices(answers)?,
        owners: (answers.get(&power.owners.0)?, answers.get(&power.owners.1)?),
        least_delay: answers.get(&power.least_delay)?,
        pending: answers.get(&power.pending)?,
        nonce: answers.get(&power.nonce)?,
        paused: [answers.get(data)?, answers.get(rewards)?, answers.get(market)?],
    })
}

/// While the market is paused and DATA moves: whether those can take what is theirs who were outbid, and one
/// contributor of what was sold.
async fn withdrawable(
    of: &Subject<'_>,
    standing: &Standing,
    time: u64,
) -> Result<Vec<(Address, bool)>> {
    let (at, token) = (of.stage.at, of.stage.at.data);
    let [data_paused, _, market_paused] = standing.paused;
    let mut found = Vec::new();
    if data_paused || !market_paused {
        return Ok(found);
    }
    let mut try_it = async |account: Address, to: Address, data: Bytes| -> Result<()> {
        found.push((account, of.stage.would_succeed((account, to), data, time).await?));
        Ok(())
    };
    for account in standing.owed.iter().filter(|(_, owed)| !owed.is_zero()).map(|(of, _)| *of) {
        let call = withdrawCall { token }.abi_encode();
        try_it(account, at.market, call.into()).await?;
    }
    let claim = standing.claimable.iter().find(|(_, amount)| !amount.is_zero());
    if let Some((&(edition, account), _)) = claim
        && let Some(call) = of.manifests.claim(of.ledger, (edition, token), account)
    {
        try_it(account, at.revenue, call.abi_encode().into()).await?;
    }
    Ok(found)
}
