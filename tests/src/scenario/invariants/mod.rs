//! Decides what holds after every interaction: the invariants of the design, each a function of its own that
//! compares what the contracts say with the fold of all logs.

mod money;
mod power;
mod tokens;

use alloy::primitives::{Address, B256, U256};
use anyhow::{Result, ensure};

use super::{
    ledger::Ledger,
    manifest::Manifests,
    stage::{Places, Stage},
    view::View,
};

/// What does not change in a scenario: who held which power when it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) at: Places,
    /// The account that deployed everything, and one that has no office: neither may hold a role.
    pub(super) nobodies: [Address; 2],
    pub(super) roles: Vec<(Address, B256, Address)>,
    pub(super) offices: Vec<(&'static str, Address)>,
    pub(super) owners: (Vec<Address>, U256),
    /// Hundredths of all votes that a proposal needs.
    pub(super) quorum_percent: u64,
}

/// All that an invariant may look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(super) view: &'a View,
    pub(super) ledger: &'a Ledger,
    pub(super) manifests: &'a Manifests,
    pub(super) start: &'a Start,
}

/// An invariant: its name and what holds.
pub(super) type Invariant = (&'static str, fn(&Facts<'_>) -> Result<()>);

/// All invariants.
pub(super) const INVARIANTS: [Invariant; 19] = [
    ("sum of balances = total supply", tokens::sum_of_balances_is_the_supply),
    ("balances are what was moved", tokens::balances_are_what_was_moved),
    ("votes are what is delegated", tokens::votes_are_what_is_delegated),
    ("votes at any past time = what was delegated then", tokens::past_votes_stay),
    ("nobody votes twice with one token", tokens::nobody_votes_twice),
    ("DATA minted in any window ≤ the emission cap", tokens::emission_is_capped),
    ("burned counter = sum of burn events", tokens::burned_is_counted),
    ("a proof hash pays once", tokens::a_proof_pays_once),
    ("the distributor: money in = claimable + claimed + dust", money::distributor_owes_what_it_has),
    ("no pot pays more than came into it", money::no_pot_pays_more_than_came),
    ("the market holds stakes, refunds and bids", money::market_owes_what_it_has),
    ("the treasury pays by its rules alone", money::treasury_pays_by_its_rules),
    ("spenders and lines stay within their limits", money::limits_are_kept),
    ("no read without licence and consent", money::no_read_without_consent),
    ("members are who joined", power::members_are_who_joined),
    ("nothing happens before the delay", power::nothing_before_the_delay),
    ("only what was voted for is executed", power::only_what_was_voted_for),
    ("no power outside the role table", power::no_power_outside_the_table),
    ("a paused contract lets owners withdraw", money::paused_lets_owners_withdraw),
];

/// Which do not hold, and why.
pub(super) fn broken(facts: &Facts<'_>) -> Vec<(&'static str, anyhow::Error)> {
    let all = INVARIANTS.iter();
    all.filter_map(|(name, holds)| Some((*name, holds(facts).err()?))).collect()
}

/// Checks all.
pub(super) fn check(facts: &Facts<'_>) -> Result<()> {
    let broken = broken(facts).into_iter().map(|(name, error)| format!("\n  {name}: {error}"));
    let broken: String = broken.collect();
    ensure!(broken.is_empty(), "broken invariants:{broken}");
    Ok(())
}

impl Start {
    /// Who holds which power now.
    pub(super) fn of(stage: &Stage, ledger: &Ledger, view: &View, quorum_percent: u64) -> Self {
        Self {
            at: stage.at,
            nobodies: [crate::GOVERNANCE, stage.people.outsider.address()],
            roles: ledger.power.roles.iter().copied().collect(),
            offices: view.standing.offices.clone(),
            owners: view.standing.owners.clone(),
            quorum_percent,
        }
    }
}
