//! Decides when figures have got worse than the committed ones.

use std::fmt;

use serde::Serialize;

use crate::report::{ActionCost, ContractSize, Report};

/// How much worse a figure may get, in per cent.
pub const TOLERANCE_PERCENT: u64 = 2;

/// A figure that got worse, or an action or contract without a committed one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Worse {
    /// The action or contract.
    pub subject: String,
    /// What was measured.
    pub figure: &'static str,
    /// What is committed; nothing when the subject is new.
    pub committed: Option<u64>,
    /// What was measured now; nothing when the subject is gone.
    pub measured: Option<u64>,
}

impl fmt::Display for Worse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, figure, committed, measured } = self;
        match (committed, measured) {
            (Some(committed), Some(measured)) => {
                write!(f, "{subject}: {figure} is {measured}, was {committed}")
            }
            (None, _) => write!(f, "{subject} is not in the committed table"),
            (_, None) => write!(f, "{subject} is in the committed table and was not measured"),
        }
    }
}

/// Compares figures of ours with the committed ones, and returns those that are more than
/// [`TOLERANCE_PERCENT`] worse. Actions and contracts must be the same.
#[must_use]
pub fn worse(committed: &Report, measured: &Report) -> Vec<Worse> {
    compare(&subjects(committed), &subjects(measured))
}

/// An action or contract with its figures.
type Subject<'a> = (&'a str, Vec<(&'static str, u64)>);

fn compare(committed: &[Subject<'_>], measured: &[Subject<'_>]) -> Vec<Worse> {
    let find = |subjects: &[Subject<'_>], name: &str| {
        subjects.iter().find(|subject| subject.0 == name).map(|subject| subject.1.clone())
    };
    let mut found = Vec::new();
    for (name, figures) in measured {
        let Some(before) = find(committed, name) else {
            let measured = figures.first().map(|figure| figure.1);
            found.push(worse_of(name, "cost", None, measured));
            continue;
        };
        for ((figure, now), (_, then)) in figures.iter().zip(before) {
            if exceeds(*now, then) {
                found.push(worse_of(name, figure, Some(then), Some(*now)));
            }
        }
    }
    for (name, figures) in committed {
        if find(measured, name).is_none() {
            let committed = figures.first().map(|figure| figure.1);
            found.push(worse_of(name, "cost", committed, None));
        }
    }
    found
}

fn worse_of(
    subject: &str,
    figure: &'static str,
    committed: Option<u64>,
    measured: Option<u64>,
) -> Worse {
    Worse { subject: subject.to_owned(), figure, committed, measured }
}

/// Whether `now` is worse than `then` by more than is tolerated.
const fn exceeds(now: u64, then: u64) -> bool {
    now as u128 * 100 > then as u128 * (100 + TOLERANCE_PERCENT as u128)
}

fn subjects(report: &Report) -> Vec<Subject<'_>> {
    let actions = report.actions.iter().map(|cost| (cost.action.as_str(), gas(cost)));
    let contracts = report.contracts.iter().map(|size| (size.contract.as_str(), bytes(size)));
    actions.chain(contracts).collect()
}

fn gas(cost: &ActionCost) -> Vec<(&'static str, u64)> {
    vec![
        ("gas on Anvil", cost.evm),
        ("gas on Stylus, cached,", cost.stylus.cached),
        ("gas on Stylus, not cached,", cost.stylus.uncached),
    ]
}

fn bytes(size: &ContractSize) -> Vec<(&'static str, u64)> {
    vec![
        ("wasm in bytes", size.wasm_bytes as u64),
        ("Stylus payload in bytes", size.payload_bytes as u64),
        ("EVM code in bytes", size.evm_bytes as u64),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::StylusGas;

    fn report(action: &str, evm: u64) -> Report {
        let stylus = StylusGas { cached: 100, uncached: 200 };
        Report {
            actions: vec![ActionCost::new(action, 10, evm, Some(50), stylus)],
            contracts: Vec::new(),
        }
    }

    #[test]
    fn two_per_cent_are_tolerated_and_no_more() {
        for (now, then, is_worse) in [
            (1_020, 1_000, false),
            (1_021, 1_000, true),
            (1, 1_000, false),
            (1, 0, true),
            (0, 0, false),
        ] {
            assert_eq!(exceeds(now, then), is_worse, "{now} after {then}");
        }
    }

    #[test]
    fn a_worse_figure_is_named_with_both_values() {
        let found = worse(&report("burn", 1_000), &report("burn", 1_021));
        let [only] = &found[..] else { panic!("{found:?}") };
        assert_eq!(only.to_string(), "burn: gas on Anvil is 1021, was 1000");
        assert_eq!(worse(&report("burn", 1_000), &report("burn", 900)), []);
    }

    #[test]
    fn a_table_of_other_actions_is_out_of_date() {
        let found = worse(&report("burn", 1_000), &report("mint", 1_000));
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "mint is not in the committed table",
                "burn is in the committed table and was not measured"
            ]
        );
    }
}
