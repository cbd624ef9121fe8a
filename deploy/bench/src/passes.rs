//! Decides how the translator's passes are weighed: each is left out in turn, and what that costs
//! is its gain.

use std::fmt::Write as _;

use datacoop_deploy::{Progress, build::Passes};
use serde::Serialize;

use crate::{Bench, Error, Report};

/// The actions that passes are weighed by.
const ACTIONS: [&str; 3] = ["transfer, again", "mint, again", "recordBatch of 10"];

/// What the contracts cost with some passes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Weighed {
    /// What is left out.
    pub without: String,
    /// Gas of each action on the EVM.
    pub gas: Vec<u64>,
    /// Bytes of each contract's EVM code.
    pub bytes: Vec<u64>,
}

/// What each pass is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassTable {
    /// Names of the figures.
    pub figures: Vec<String>,
    /// All passes first, then all but one, in the end none that can be left out.
    pub rows: Vec<Weighed>,
}

impl Bench {
    /// Measures the contracts with all passes of the translator, without each of them, and without
    /// all.
    ///
    /// # Errors
    ///
    /// As [`Bench::run`].
    pub async fn weigh_passes(&self, progress: &dyn Progress) -> Result<PassTable, Error> {
        let mut all = vec![("nothing", Passes::default())];
        all.extend(Passes::without_each());
        all.push(("all of them", Passes::none()));
        let mut table = PassTable { figures: Vec::new(), rows: Vec::new() };
        for (without, passes) in all {
            let report = self.clone().translated_with(&passes)?.run("", progress).await?;
            let row = Weighed::of(without, &report);
            if table.figures.is_empty() {
                let contracts = report.contracts.iter().map(|size| size.contract.clone());
                let actions = ACTIONS.iter().map(|&action| action.to_owned());
                table.figures = actions.chain(contracts).collect();
            }
            table.rows.push(row);
        }
        Ok(table)
    }
}

impl Weighed {
    fn of(without: &str, report: &Report) -> Self {
        let gas = ACTIONS.iter().filter_map(|name| {
            report.actions.iter().find(|cost| cost.action == *name).map(|cost| cost.evm)
        });
        let bytes = report.contracts.iter().map(|size| size.evm_bytes as u64);
        Self { without: without.to_owned(), gas: gas.collect(), bytes: bytes.collect() }
    }

    fn figures(&self) -> impl Iterator<Item = u64> {
        self.gas.iter().chain(&self.bytes).copied()
    }
}

impl PassTable {
    /// Returns the table as Markdown: the figures with all passes, then how much more each of the
    /// others is.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!("| without | {} |\n| --- |", self.figures.join(" | "));
        page.push_str(&" ---: |".repeat(self.figures.len()));
        page.push('\n');
        for (number, row) in self.rows.iter().enumerate() {
            let _ = write!(page, "| {} |", row.without);
            for (figure, all) in row.figures().zip(self.rows[0].figures()) {
                let _ = match number {
                    0 => write!(page, " {figure} |"),
                    _ => write!(page, " {:+} |", i128::from(figure) - i128::from(all)),
                };
            }
            page.push('\n');
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_show_what_is_more_than_with_all_passes() {
        let row = |without: &str, gas| Weighed {
            without: without.to_owned(),
            gas: vec![gas],
            bytes: vec![7],
        };
        let table = PassTable {
            figures: vec!["burn".to_owned(), "DataToken".to_owned()],
            rows: vec![row("nothing", 100), row("merge", 103), row("tail", 98)],
        };
        assert_eq!(
            table.markdown(),
            "| without | burn | DataToken |\n| --- | ---: | ---: |\n| nothing | 100 | 7 |\n\
             | merge | +3 | +0 |\n| tail | -2 | +0 |\n"
        );
    }
}
