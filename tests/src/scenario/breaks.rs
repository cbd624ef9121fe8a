//! Decides how each invariant is broken on purpose, so that its check is seen to fail: what the contracts say,
//! or what the logs say, is changed by the least that breaks it.

use alloy::primitives::{Address, B256, U256};

use super::{
    ledger::{Ledger, tokens::Minted},
    view::View,
};

/// What breaks an invariant, by its name.
pub(super) type Break = (&'static str, fn(&mut View, &mut Ledger));

/// One for each invariant.
pub(super) const BREAKS: [Break; 19] = [
    ("sum of balances = total supply", |view, _| view.standing.data.supply += U256::ONE),
    ("balances are what was moved", |_, ledger| add(ledger.data.balances.values_mut().next())),
    ("votes are what is delegated", |view, _| add(view.standing.votes.values_mut().next())),
    ("votes at any past time = what was delegated then", |view, _| {
        add(view.past_votes.values_mut().next());
    }),
    ("nobody votes twice with one token", |_, ledger| {
        let voted = ledger.power.proposals.values_mut().find(|made| !made.ballots.is_empty());
        if let Some(made) = voted {
            made.ballots.push(made.ballots[0]);
        }
    }),
    ("DATA minted in any window ≤ the emission cap", |_, ledger| {
        if let Some(last) = ledger.data.minted.last().copied() {
            let amount = last.cap.0 + U256::ONE;
            ledger.data.minted.push(Minted { amount, ..last });
        }
    }),
    ("burned counter = sum of burn events", |view, _| view.standing.burned += U256::ONE),
    ("a proof hash pays once", |_, ledger| {
        if let Some((times, _)) = ledger.paid.proofs.values_mut().next() {
            *times += 1;
        }
    }),
    ("the distributor: money in = claimable + claimed + dust", |view, ledger| {
        let (revenue, held) = (ledger.revenue_place(), U256::from(1_000));
        *view.standing.data.balances.entry(revenue).or_default() += held;
        view.standing.totals.0 += held;
    }),
    ("no pot pays more than came into it", |view, _| {
        if let Some((_, paid)) = view.standing.pots.values_mut().next() {
            *paid += U256::ONE;
        }
    }),
    ("the market holds stakes, refunds and bids", |view, _| {
        if let Some((staked, _)) = view.standing.stakes.values_mut().next() {
            (*staked, view.standing.staked) =
                (*staked + U256::ONE, view.standing.staked + U256::ONE);
        }
    }),
    ("the treasury pays by its rules alone", |_, ledger| {
        ledger.power.outflows.insert(B256::repeat_byte(1));
    }),
    ("spenders and lines stay within their limits", |view, _| {
        if let Some(limit) = view.limits.values_mut().next() {
            limit.spent += U256::ONE;
        }
    }),
    ("no read without licence and consent", |view, _| {
        if let Some(allowed) = view.reads.values_mut().next() {
            *allowed = !*allowed;
        }
    }),
    ("members are who joined", |view, _| {
        if let Some((_, roles, _)) = view.standing.members.values_mut().next() {
            *roles ^= 1;
        }
    }),
    ("nothing happens before the delay", |_, ledger| {
        let ran = ledger.power.operations.values_mut().find(|of| of.executed_at.is_some());
        if let Some(operation) = ran {
            operation.executed_at = Some(operation.ready_at - 1);
        }
    }),
    ("only what was voted for is executed", |_, ledger| {
        if let Some(made) = ledger.power.proposals.values_mut().find(|made| made.executed) {
            made.ballots.clear();
        }
    }),
    ("no power outside the role table", |view, _| {
        if let Some(holds) = view.standing.roles.values_mut().find(|holds| !**holds) {
            *holds = true;
        }
    }),
    ("a paused contract lets owners withdraw", |view, _| {
        view.withdrawable.push((Address::ZERO, false));
    }),
];

fn add(amount: Option<&mut U256>) {
    if let Some(amount) = amount {
        *amount += U256::ONE;
    }
}
