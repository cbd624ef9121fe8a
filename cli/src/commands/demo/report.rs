//! Decides what the demo says in the end: contracts, steps, members.

use std::io::{self, Write};

use datacoop_deploy::{
    AddressBook, Artifact,
    bindings::{IDataCoopRewards::memberRecordCall, IDataToken::balanceOfCall},
    chain::{Chain, ChainKind},
};
use serde::Serialize;

use super::{
    records::{Records, Summary},
    stage::{Outcome, Stage, Step},
};
use crate::{
    amount::Amount,
    output::{Account, Report, table},
};

/// Everything that the demo did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Demo {
    pub(super) chain: ChainInfo,
    pub(super) contracts: Vec<Contract>,
    pub(super) input: Summary,
    pub(super) steps: Vec<Step>,
    pub(super) members: Vec<Member>,
    /// What this chain does not allow to be shown; empty on an Anvil.
    pub(super) not_shown: Vec<String>,
    pub(super) seconds: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChainInfo {
    id: u64,
    endpoint: String,
    #[serde(flatten)]
    kind: ChainKind,
    /// Whether the demo started the node, and stopped it in the end.
    own_node: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contract {
    name: String,
    address: Account,
    wasm_bytes: usize,
    stylus_payload_bytes: usize,
    evm_bytes: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    /// The patient of the examples; on chain there is the address alone.
    patient: String,
    address: Account,
    contributions: u64,
    balance: Amount,
}

impl ChainInfo {
    pub(super) fn of(chain: &Chain, own_node: bool) -> Self {
        Self { id: chain.id(), endpoint: chain.endpoint(), kind: chain.kind(), own_node }
    }
}

/// The deployed contracts with their sizes.
pub(super) fn contracts(book: &AddressBook, artifacts: &[Artifact]) -> Vec<Contract> {
    artifacts
        .iter()
        .filter_map(|artifact| {
            let entry = book.contracts.get(&artifact.name)?;
            Some(Contract {
                name: artifact.name.clone(),
                address: Account(entry.address),
                wasm_bytes: artifact.sizes.wasm_bytes,
                stylus_payload_bytes: artifact.sizes.stylus_payload_bytes,
                evm_bytes: artifact.sizes.deployed_bytecode_bytes,
            })
        })
        .collect()
}

/// The members with what they hold, those who hold most in front.
pub(super) async fn members(stage: &Stage<'_>, records: &Records) -> anyhow::Result<Vec<Member>> {
    let (chain, coop) = (stage.chain(), &stage.coop);
    let mut members = Vec::with_capacity(records.members.len());
    for (patient, &member) in &records.members {
        let balance = chain.read(coop.token, &balanceOfCall { account: member }).await?;
        let record = chain.read(coop.rewards, &memberRecordCall { member }).await?;
        members.push(Member {
            patient: patient.clone(),
            address: Account(member),
            contributions: record.count,
            balance: Amount(balance),
        });
    }
    members.sort_by_key(|member| std::cmp::Reverse(member.balance));
    Ok(members)
}

impl Report for Demo {
    const COMMAND: &'static str = "demo";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.show_contracts(to)?;
        self.show_steps(to)?;
        self.show_members(to)?;
        for reason in &self.not_shown {
            writeln!(to, "Not shown: {reason}.")?;
        }
        writeln!(to, "Done in {:.1} s.", self.seconds)
    }
}

impl Demo {
    fn show_contracts(&self, to: &mut dyn Write) -> io::Result<()> {
        let ChainInfo { id, endpoint, .. } = &self.chain;
        writeln!(to, "Contracts on chain {id} ({endpoint}), sizes in bytes")?;
        let header = ["contract", "address", "wasm", "stylus payload", "evm code"];
        let mut rows = table(header, &[2, 3, 4]);
        for contract in &self.contracts {
            rows.add_row([
                contract.name.clone(),
                contract.address.to_string(),
                contract.wasm_bytes.to_string(),
                contract.stylus_payload_bytes.to_string(),
                contract.evm_bytes.to_string(),
            ]);
        }
        writeln!(to, "{rows}\n")
    }

    fn show_steps(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "What happened\n{}", "─".repeat(13))?;
        for step in &self.steps {
            let (mark, verb) = match step.outcome {
                Outcome::Done => ('✓', ""),
                Outcome::Rejected => ('✗', "rejected: "),
            };
            let transactions = match step.transactions {
                1 => format!("transaction {}", short(&step.transaction.to_string())),
                count => format!("{count} transactions"),
            };
            writeln!(to, " {mark} {}", step.title)?;
            if !step.result.is_empty() {
                let words: Vec<_> = step.result.split(' ').map(short).collect();
                writeln!(to, "     {verb}{}", words.join(" "))?;
            }
            writeln!(to, "     {transactions}, {} gas", step.gas_used)?;
        }
        writeln!(to)
    }

    fn show_members(&self, to: &mut dyn Write) -> io::Result<()> {
        let Summary { resources, contributions, patients, .. } = &self.input;
        writeln!(
            to,
            "Members: {patients} patients with {contributions} clinical resources of {resources}. \
             The addresses are made up for the demo; of a record the chain has its hash and scores."
        )?;
        let mut rows = table(["member", "address", "contributions", "DATA"], &[2, 3]);
        for member in &self.members {
            rows.add_row([
                member.patient.clone(),
                member.address.to_string(),
                member.contributions.to_string(),
                format!("{:.18}", member.balance),
            ]);
        }
        writeln!(to, "{rows}\n")
    }
}

/// The ends of a word that is a hash; any other word as it is.
fn short(word: &str) -> String {
    /// `0x` and 32 bytes in hexadecimal.
    const HASH: usize = 66;
    match (word.get(..10), word.get(HASH - 6..)) {
        (Some(head), Some(tail)) if word.len() == HASH && head.starts_with("0x") => {
            format!("{head}…{tail}")
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_shortened_and_other_words_are_not() {
        let hash = format!("0x{}", "12ab".repeat(16));
        assert_eq!(short(&hash), "0x12ab12ab…ab12ab");
        for word in ["", "gas", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"] {
            assert_eq!(short(word), word);
        }
    }
}
