//! Decides what holds of tokens, votes and rewards.

use std::collections::BTreeSet;

use alloy::primitives::U256;
use anyhow::{Result, ensure};

use super::Facts;
use crate::scenario::{
    ledger::tokens::{Token, at},
    view::TokenView,
};

/// Seconds of a year.
const YEAR: u64 = 365 * 86_400;

/// Basis points of everything.
const ALL_BPS: U256 = U256::from_limbs([10_000, 0, 0, 0]);

/// Design: "Sum of balances = total supply", of DATA and GOV, over everybody who ever had some.
pub(super) fn sum_of_balances_is_the_supply(facts: &Facts<'_>) -> Result<()> {
    let standing = &facts.view.standing;
    for (name, token) in [("DATA", &standing.data), ("GOV", &standing.gov)] {
        let sum: U256 = token.balances.values().sum();
        ensure!(sum == token.supply, "{name}: {sum} is held of {}", token.supply);
    }
    Ok(())
}

/// Each balance is what the transfers made it, and the supply what was minted and not burned.
pub(super) fn balances_are_what_was_moved(facts: &Facts<'_>) -> Result<()> {
    let (standing, ledger) = (&facts.view.standing, facts.ledger);
    let compare = |name: &str, view: &TokenView, token: &Token| -> Result<()> {
        for (account, balance) in &view.balances {
            let moved = token.balance(*account);
            ensure!(*balance == moved, "{account} has {balance} of {name}, and was sent {moved}");
        }
        ensure!(view.supply == token.supply, "the supply of {name} is {}", view.supply);
        Ok(())
    };
    compare("DATA", &standing.data, &ledger.data)?;
    compare("GOV", &standing.gov, &ledger.gov)
}

/// The votes of an account are the tokens of those who delegated to it.
pub(super) fn votes_are_what_is_delegated(facts: &Facts<'_>) -> Result<()> {
    let (standing, votes) = (&facts.view.standing, &facts.ledger.votes);
    for (account, has) in &standing.votes {
        let delegators = votes.delegates.iter().filter(|(_, delegate)| *delegate == account);
        let balance = |holder| standing.gov.balances.get(holder).copied().unwrap_or_default();
        let delegated: U256 = delegators.map(|(holder, _)| balance(holder)).sum();
        ensure!(*has == delegated, "{account} has {has} votes of {delegated}");
    }
    let all: U256 = standing.votes.values().sum();
    ensure!(all <= standing.gov.supply, "there are {all} votes of {}", standing.gov.supply);
    Ok(())
}

/// Design: "votes at any past time = what was delegated then", whatever happened since.
pub(super) fn past_votes_stay(facts: &Facts<'_>) -> Result<()> {
    let votes = &facts.ledger.votes;
    for ((account, time), said) in &facts.view.past_votes {
        let had = votes.of.get(account).map_or(U256::ZERO, |history| at(history, *time));
        ensure!(*said == had, "{account} had {had} votes at {time}, and now is said to: {said}");
    }
    for (time, said) in &facts.view.past_supply {
        let was = at(&votes.supply, *time);
        ensure!(*said == was, "the supply of GOV at {time} was {was}, and is said to: {said}");
    }
    Ok(())
}

/// Design: "nobody votes twice with one token": each voter casts one ballot, of the votes that it had at
/// the snapshot, and all ballots are no more than there was.
pub(super) fn nobody_votes_twice(facts: &Facts<'_>) -> Result<()> {
    let votes = &facts.ledger.votes;
    for (id, made) in &facts.ledger.power.proposals {
        let mut voters = BTreeSet::new();
        for (voter, _, weight) in &made.ballots {
            ensure!(voters.insert(*voter), "{voter} votes twice on {id}");
            let had = votes.of.get(voter).map_or(U256::ZERO, |of| at(of, made.snapshot));
            ensure!(*weight == had, "{voter} votes on {id} with {weight}, and had {had}");
        }
        let counted = made.counted();
        let all: U256 = counted.iter().sum();
        let supply = at(&votes.supply, made.snapshot);
        ensure!(all <= supply, "{all} votes on {id} of {supply}");
        if let Some(said) = facts.view.standing.counted.get(id) {
            ensure!(*said == counted, "{said:?} is counted of {counted:?} on {id}");
        }
    }
    Ok(())
}

/// Design: "DATA minted in any window ≤ the emission cap": whatever window of a year a mint is the last of,
/// by the cap at that mint and the supply at the window's start.
pub(super) fn emission_is_capped(facts: &Facts<'_>) -> Result<()> {
    // The first is the genesis, which the cap is not about.
    let minted = facts.ledger.data.minted.get(1..).unwrap_or_default();
    for (index, last) in minted.iter().enumerate() {
        let window = minted[..=index].iter().rev();
        let window: Vec<_> = window.take_while(|mint| last.at - mint.at < YEAR).collect();
        let sum: U256 = window.iter().map(|mint| mint.amount).sum();
        let largest = window.iter().map(|mint| mint.before).max().unwrap_or_default();
        let (floor, bps) = last.cap;
        let cap = floor.max(largest * bps / ALL_BPS);
        ensure!(sum <= cap, "{sum} minted in the year until {}, not {cap}", last.at);
    }
    Ok(())
}

/// Design: "burned counter = sum of burn events".
pub(super) fn burned_is_counted(facts: &Facts<'_>) -> Result<()> {
    let (counter, burned) = (facts.view.standing.burned, facts.ledger.data.burned);
    ensure!(counter == burned, "{counter} is counted, {burned} was burned");
    Ok(())
}

/// Design: "a proof hash pays once": each proof was recorded once, for the member that it stands for, with
/// one reward, and all DATA that was ever minted after the genesis is rewards.
pub(super) fn a_proof_pays_once(facts: &Facts<'_>) -> Result<()> {
    let paid = &facts.ledger.paid;
    for (proof, (times, _)) in &paid.proofs {
        ensure!(*times == 1, "{proof} was recorded {times} times");
    }
    let proofs = paid.proofs.len() as u64;
    ensure!(paid.rewards == proofs, "{} rewards for {proofs} proofs", paid.rewards);
    for (proof, said) in &facts.view.proofs {
        let contributed = paid.proofs.get(proof).map(|(_, member)| *member);
        ensure!(contributed == Some(*said), "{proof} is said to be {said}'s");
    }
    let minted = facts.ledger.data.minted.iter().skip(1).map(|mint| mint.amount);
    let minted: U256 = minted.sum();
    ensure!(minted == paid.amount, "{minted} was minted for rewards of {}", paid.amount);
    Ok(())
}
