//! Decides what is said of costs and sizes: figures for programs, a page for people.

use std::fmt::{self, Write};

use serde::Serialize;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScaleReport {
    /// One row for each size.
    pub rows: Vec<ScaleRow>,
}

/// What a dataset of one size costs, in gas of the translated contracts on Anvil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleRow {
    /// How many records it has.
    pub records: usize,
    /// How many contributors.
    pub contributors: usize,
    /// How many of the records are registered and attested on chain.
    pub registered: usize,
    /// How many siblings prove that a record belongs to it.
    pub record_proof: usize,
    /// How many siblings prove a contributor's shares.
    pub share_proof: usize,
    /// Registering and attesting a record, one of a hundred and fifty in a transaction at most.
    pub register: u64,
    /// Publishing the edition.
    pub publish: u64,
    /// Buying a licence: the first one, which opens the edition's pot.
    pub buy: u64,
    /// Asking whether a record can be read, as a transaction.
    pub can_read: u64,
    /// Depositing for the edition once more.
    pub deposit: u64,
    /// One contributor's claim.
    pub claim: u64,
    /// How many claims were in the first transaction of many.
    pub claims_at_once: usize,
    /// That transaction.
    pub claim_many: u64,
    /// How many contributors were paid, all of them.
    pub paid: usize,
    /// What is left of the pot when all were paid, in the token's smallest unit.
    pub dust: u64,
}

/// What the page begins with.
const HEAD: &str = "\
# Scale

What it costs to publish, sell, read and claim from a dataset does not grow with it, but for the proofs: one sibling
more, about 3,500 gas, for each doubling. `datacoop bench --scale` measures this on a real Anvil and writes this page;
a test measures the first two sizes. Gas of the translated contracts.

";

/// What it ends with.
const FOOT: &str = "
- Each edition is published by root, bought by a vetted researcher for DATA, read by proof with the owner's consent,
  and paid out to every contributor in transactions of fifty claims. All its records are registered and attested on
  chain before, in transactions of a hundred and fifty, and all contributors are members.
- The last column is the first size once more. What it differs by from the first column is due to what was sold before
  it, and not to size: sums and ids that have more digits.
- `buy` is the first purchase of the edition: it takes the price, burns and splits it, opens the edition's pot and mints
  the licence. `canRead` is asked in a transaction, so that it has a cost: membership, stake, licence, the edition, the
  proof, the record and its owner's consent. `deposit` is a later one.
- `register` is the gas of one record in a batch. It is paid once for each record, whatever the dataset.
- The dust is what rounding leaves, in 10^-18 DATA, and is part of the next deposit.
";

/// A line of the table: its name, and the figure of a dataset.
type Line = (&'static str, fn(&ScaleRow) -> u64);

impl ScaleReport {
    /// Returns the page.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = HEAD.to_owned();
        // Writing to a string does not fail.
        let _ = self.write_rows(&mut page);
        page + FOOT
    }

    fn write_rows(&self, to: &mut String) -> fmt::Result {
        write!(to, "| |")?;
        for row in &self.rows {
            write!(to, " {} records |", grouped(row.records as u64))?;
        }
        writeln!(to, "\n| --- |{}", " ---: |".repeat(self.rows.len()))?;
        let lines: [Line; 14] = [
            ("contributors", |row| row.contributors as u64),
            ("registered on chain", |row| row.registered as u64),
            ("siblings of a record", |row| row.record_proof as u64),
            ("siblings of a share", |row| row.share_proof as u64),
            ("`register`, a record", |row| row.register),
            ("`publish`", |row| row.publish),
            ("`buy`", |row| row.buy),
            ("`canRead`", |row| row.can_read),
            ("`deposit`", |row| row.deposit),
            ("`claim`", |row| row.claim),
            ("claims in one `claimFor`", |row| row.claims_at_once as u64),
            ("that `claimFor`", |row| row.claim_many),
            ("contributors paid", |row| row.paid as u64),
            ("dust", |row| row.dust),
        ];
        for (name, figure) in lines {
            write!(to, "| {name} |")?;
            for row in &self.rows {
                write!(to, " {} |", grouped(figure(row)))?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

/// Writes a number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        let numbers = [0, 999, 1_000, 99_999, 100_000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "99,999", "100,000", "1,234,567"]);
    }
}
