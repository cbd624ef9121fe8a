//! Decides what a measurement says: figures for programs, tables for people.

use std::fmt::{self, Write};

use datacoop_deploy::Artifact;
use serde::{Deserialize, Serialize};

use crate::{Error, check::TOLERANCE_PERCENT};

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What each action costs.
    pub actions: Vec<ActionCost>,
    /// How large each contract is.
    pub contracts: Vec<ContractSize>,
}

/// What an action costs, in gas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionCost {
    /// The action, with the state that it is measured in.
    pub action: String,
    /// What no implementation avoids.
    pub floor: u64,
    /// Ours, translated, on Anvil.
    pub evm: u64,
    /// The Solidity peer on Anvil, and on any chain.
    pub peer: Option<u64>,
    /// Ours on a Stylus chain, by the model.
    pub stylus: StylusGas,
    /// Ours by the peer's.
    pub ratios: Option<Ratios>,
}

/// What an action costs on a Stylus chain, in gas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StylusGas {
    /// With all programs in the chain's cache.
    pub cached: u64,
    /// With none there.
    pub uncached: u64,
}

/// What ours costs, in parts of what the peer costs, to three digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ratios {
    /// On the EVM.
    pub evm: f64,
    /// On a Stylus chain, cached.
    pub stylus_cached: f64,
    /// On a Stylus chain, not cached.
    pub stylus_uncached: f64,
}

/// How large a contract is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContractSize {
    /// The contract.
    pub contract: String,
    /// Bytes of WebAssembly.
    pub wasm_bytes: usize,
    /// Operators in its functions.
    pub wasm_operators: usize,
    /// Bytes of the Stylus program's code.
    pub payload_bytes: usize,
    /// Bytes of EVM code when deployed.
    pub evm_bytes: usize,
    /// Bytes of EVM code, data not counted, for each operator, to three digits.
    pub evm_bytes_per_operator: f64,
    /// Bytes of the Solidity peer's code when deployed.
    pub peer_bytes: Option<usize>,
}

impl ActionCost {
    pub(crate) fn new(
        action: &str,
        floor: u64,
        evm: u64,
        peer: Option<u64>,
        stylus: StylusGas,
    ) -> Self {
        let ratios = peer.map(|peer| Ratios {
            evm: ratio(evm, peer),
            stylus_cached: ratio(stylus.cached, peer),
            stylus_uncached: ratio(stylus.uncached, peer),
        });
        Self { action: action.to_owned(), floor, evm, peer, stylus, ratios }
    }
}

impl ContractSize {
    pub(crate) fn of(artifact: &Artifact, peer_bytes: Option<usize>) -> Result<Self, Error> {
        let stats = artifact.translation()?.stats;
        Ok(Self {
            contract: artifact.name.clone(),
            wasm_bytes: artifact.sizes.wasm_bytes,
            wasm_operators: stats.wasm_instructions,
            payload_bytes: artifact.sizes.stylus_payload_bytes,
            evm_bytes: artifact.sizes.deployed_bytecode_bytes,
            evm_bytes_per_operator: ratio(stats.code_bytes as u64, stats.wasm_instructions as u64),
            peer_bytes,
        })
    }
}

impl Report {
    /// Returns the report as a page of Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = self.write_page(&mut page);
        page
    }

    fn write_page(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "# What it costs\n\n\
             Written by `datacoop bench`; `datacoop bench --check`, which the tests run, fails when a figure of ours\n\
             is more than {TOLERANCE_PERCENT} % worse than here.\n\n\
             ## Gas\n"
        )?;
        self.write_actions(page)?;
        writeln!(page, "\n{LEGEND}\n## Bytes\n")?;
        self.write_contracts(page)
    }

    fn write_actions(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "| action | floor | Solidity | ours on Anvil | | ours on Stylus, cached | | not cached | |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        )?;
        for cost in &self.actions {
            let ActionCost { action, floor, evm, peer, stylus, ratios } = cost;
            let times = |pick: fn(&Ratios) -> f64| {
                ratios.as_ref().map_or_else(String::new, |ratios| format!("{:.2}×", pick(ratios)))
            };
            writeln!(
                page,
                "| {action} | {} | {} | {} | {} | {} | {} | {} | {} |",
                grouped(*floor),
                peer.map_or_else(|| "–".to_owned(), grouped),
                grouped(*evm),
                times(|ratios| ratios.evm),
                grouped(stylus.cached),
                times(|ratios| ratios.stylus_cached),
                grouped(stylus.uncached),
                times(|ratios| ratios.stylus_uncached),
            )?;
        }
        Ok(())
    }

    fn write_contracts(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "| contract | wasm | operators | Stylus payload | EVM code | per operator | Solidity |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        )?;
        for size in &self.contracts {
            let bytes = |bytes: usize| grouped(bytes as u64);
            writeln!(
                page,
                "| {} | {} | {} | {} | {} | {:.2} | {} |",
                size.contract,
                bytes(size.wasm_bytes),
                bytes(size.wasm_operators),
                bytes(size.payload_bytes),
                bytes(size.evm_bytes),
                size.evm_bytes_per_operator,
                size.peer_bytes.map_or_else(|| "–".to_owned(), bytes),
            )?;
        }
        Ok(())
    }
}

/// What the columns of the table of actions mean.
const LEGEND: &str = "\
- **Solidity** is the peer in `anvil-fixtures/src`, OpenZeppelin's code compiled by solc with the optimiser on and 200
  runs. It costs the same on a Stylus chain. DATA does more than its peer: it keeps its emission cap and counts what
  was burned. DataCoopRewards and the contracts of access have no peer.
- **Ours on Anvil** is the translated EVM code, by the receipts. **Ours on Stylus** is the model of
  `deploy/stylus-host`, which gives an echo program's figures on a node to a thousandth, without the part for posting
  data to the parent chain, which is the same for all. × is ours by Solidity's.
- **The floor** is what no implementation avoids: the transaction and its calldata, each storage slot and each further
  contract that is touched (EIP-2929), each changed slot written once (EIP-2200, less the refund of EIP-3529), the logs,
  and 3,000 gas for each signer that is recovered. Which slots those are is read from the access list of the call, what
  happens to them from the chain before and after; the lower of ours and the peer's counts. Computing is free in it.
- Each action runs on the same state: Alice holds DATA, and something was minted in this twelfth of the year. \"Again\"
  follows the same call; batches are of members who contribute for the first time, and follow one of each data class.
  \"Join\" is by an issuer's signature; \"buy\" and \"bid\" are in DATA; the pot of \"claim\" has 51 contributors.
  Accounts, times and signatures are fixed, so that every run gives the same figures.
";

/// Divides to three digits.
fn ratio(ours: u64, theirs: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "gas and bytes are far below 2^53")]
    let ratio = ours as f64 / theirs.max(1) as f64;
    (ratio * 1_000.0).round() / 1_000.0
}

/// Writes a number with a comma after each thousand.
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
    fn ratios_have_three_digits() {
        assert_eq!(ratio(2, 3).to_string(), "0.667");
        assert_eq!(ratio(7, 0).to_string(), "7");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn an_action_without_a_peer_has_no_ratios() {
        let stylus = StylusGas { cached: 15, uncached: 20 };
        let cost = ActionCost::new("burn", 9, 20, Some(10), stylus);
        let ratios = Ratios { evm: 2.0, stylus_cached: 1.5, stylus_uncached: 2.0 };
        assert_eq!(cost.ratios, Some(ratios));
        assert_eq!(ActionCost::new("burn", 9, 20, None, stylus).ratios, None);
    }

    #[test]
    fn the_page_has_a_line_for_each_action_and_contract() {
        let stylus = StylusGas { cached: 34_777, uncached: 46_891 };
        let report = Report {
            actions: vec![ActionCost::new("transfer", 30_000, 68_000, Some(34_000), stylus)],
            contracts: Vec::new(),
        };
        let line =
            "| transfer | 30,000 | 34,000 | 68,000 | 2.00× | 34,777 | 1.02× | 46,891 | 1.38× |";
        assert!(report.markdown().contains(line), "{}", report.markdown());
    }
}
