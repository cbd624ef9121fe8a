//! Decides what holds of money that contracts keep for others, and of what it buys.

use alloy::primitives::{Address, U256};
use anyhow::{Result, ensure};

use super::Facts;
use crate::scenario::view::Spent;

fn balance(facts: &Facts<'_>, account: Address) -> U256 {
    facts.view.standing.data.balances.get(&account).copied().unwrap_or_default()
}

/// Design: "Money in = money claimable + claimed + dust, for every token, in distributor": what it holds is what
/// came and was not paid, and all of it is somebody's but for less than a unit for each who shares.
pub(super) fn distributor_owes_what_it_has(facts: &Facts<'_>) -> Result<()> {
    let standing = &facts.view.standing;
    let (deposited, paid) = standing.totals;
    let left = deposited.checked_sub(paid);
    let held = balance(facts, facts.start.at.revenue);
    ensure!(left == Some(held), "it holds {held} of {deposited} less {paid}");
    let claimable: U256 = standing.claimable.values().chain(standing.shared.values()).sum();
    let shares = standing.claimable.len() + standing.shared.len();
    ensure!(claimable <= held, "{claimable} can be claimed of {held}");
    let dust = held - claimable;
    let most = U256::from(shares + 1);
    ensure!(dust < most, "{dust} of {held} is nobody's, with {shares} shares");
    Ok(())
}

/// The same for each pot: nothing that came for one edition is paid to another's contributors.
pub(super) fn no_pot_pays_more_than_came(facts: &Facts<'_>) -> Result<()> {
    let (standing, revenue) = (&facts.view.standing, &facts.ledger.revenue);
    let token = facts.start.at.data;
    let (mut into, mut out) = (U256::ZERO, U256::ZERO);
    for (edition, (deposited, paid)) in &standing.pots {
        let flow = revenue.pots.get(&(*edition, token)).copied().unwrap_or_default();
        ensure!((flow.into, flow.out) == (*deposited, *paid), "{edition} says {deposited}, {paid}");
        ensure!(paid <= deposited, "{edition} paid {paid} of {deposited}");
        let due = standing.claimable.iter().filter(|((of, _), _)| of == edition);
        let contributors = U256::from(due.clone().count());
        let due: U256 = due.map(|(_, amount)| amount).sum();
        ensure!(due <= deposited - paid, "{edition} owes {due} of {deposited} less {paid}");
        let dust = deposited - paid - due;
        ensure!(dust < contributors, "{dust} of {edition} is nobody's");
        (into, out) = (into + flow.into, out + flow.out);
    }
    for flow in revenue.pools.values() {
        (into, out) = (into + flow.into, out + flow.out);
    }
    ensure!(standing.totals == (into, out), "of {into}, {out} was paid: {:?}", standing.totals);
    Ok(())
}

/// Design: "Money in = money claimable + claimed + dust, for every token, in … market": it holds what is
/// staked, what is owed to those who were outbid, and what leads in auctions, and not a unit more.
pub(super) fn market_owes_what_it_has(facts: &Facts<'_>) -> Result<()> {
    let (standing, market) = (&facts.view.standing, &facts.ledger.market);
    let stakes: U256 = standing.stakes.values().map(|(staked, _)| staked).sum();
    ensure!(stakes == standing.staked, "{stakes} of {} is somebody's stake", standing.staked);
    let owed: U256 = standing.owed.values().sum();
    let noted: U256 = market.owed.values().sum();
    ensure!(owed == noted, "{owed} is owed, {noted} was noted");
    for (id, auction) in &market.auctions {
        let leads = standing.bids.get(id).copied().unwrap_or_default();
        ensure!(leads == (auction.leader, auction.bid), "auction {id}: {leads:?}");
    }
    let bids: U256 = standing.bids.values().map(|(_, bid)| bid).sum();
    let held = balance(facts, facts.start.at.market);
    ensure!(held == stakes + owed + bids, "{held} is not {stakes} + {owed} + {bids}");
    Ok(())
}

/// Design: "Money in = … in … treasury": whatever left the treasury, left by a transaction of the owners, of the
/// governor or of a spender, and each transaction of the owners has used up a nonce.
pub(super) fn treasury_pays_by_its_rules(facts: &Facts<'_>) -> Result<()> {
    let power = &facts.ledger.power;
    let nobodys = power.outflows.difference(&power.authorised).next();
    ensure!(nobodys.is_none(), "{nobodys:?} took from the treasury by nobody's word");
    let nonce = facts.view.standing.nonce;
    let executions = U256::from(power.executions);
    ensure!(nonce == executions, "{nonce} nonces for {executions} transactions of the owners");
    Ok(())
}

/// Treasury limits: what is counted as spent in the present period is what was paid in it, and no payment went
/// past the cap that there was then.
pub(super) fn limits_are_kept(facts: &Facts<'_>) -> Result<()> {
    let (view, power) = (facts.view, &facts.ledger.power);
    for ((spender, token), limit) in &view.limits {
        let payments = power.payments.iter().filter(|payment| {
            (payment.spender, payment.token) == (*spender, *token)
                && U256::from(payment.at) >= limit.since
        });
        let last = payments.clone().next_back().map(|payment| payment.caps[0].unwrap_or_default());
        let paid: U256 = payments.map(|payment| payment.amount).sum();
        kept("a spender", limit, paid, last)?;
    }
    for ((line, token), budget) in &view.budgets {
        let payments = power.payments.iter().filter(|payment| {
            (payment.line, payment.token) == (*line, *token)
                && U256::from(payment.at) >= budget.since
        });
        let last = payments.clone().next_back().map(|payment| payment.caps[1].unwrap_or_default());
        let paid: U256 = payments.map(|payment| payment.amount).sum();
        kept("a line", budget, paid, last)?;
    }
    Ok(())
}

fn kept(who: &str, spent: &Spent, paid: U256, cap: Option<U256>) -> Result<()> {
    ensure!(spent.spent == paid, "{who} is said to have spent {} of {paid}", spent.spent);
    let cap = cap.unwrap_or(spent.cap);
    ensure!(paid <= cap, "{who} spent {paid} of {cap}");
    Ok(())
}

/// Design: "No record is readable through any path unless a live licence and its owner's live consent cover the
/// purpose at that moment." What is readable is compared both ways with what the logs say.
pub(super) fn no_read_without_consent(facts: &Facts<'_>) -> Result<()> {
    for (read, allowed) in &facts.view.reads {
        let expected = facts.may_read(read);
        ensure!(*allowed == expected, "{read:?} is {allowed}, not {expected}");
    }
    Ok(())
}

/// Design: "A paused contract lets owners withdraw what is theirs."
pub(super) fn paused_lets_owners_withdraw(facts: &Facts<'_>) -> Result<()> {
    for (account, can) in &facts.view.withdrawable {
        ensure!(can, "{account} cannot take what is owed to it while the market is paused");
    }
    Ok(())
}
