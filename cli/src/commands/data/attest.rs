//! Decides what `datacoop data attest` does: an attestor vouches for records that their owners
//! registered.

use std::io::{self, Write};

use alloy::primitives::B256;
use datacoop_deploy::{bindings::IDataRegistry::attestManyCall, chain::Sender};
use serde::Serialize;

use super::registry;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// The most records of one transaction.
const MOST_RECORDS: usize = 200;

/// Attests to records that their owners registered. The signer must hold the attestor role, and none of
/// the records.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data attest 0x4e03…7d45 --from dev:2"
))]
pub(crate) struct AttestArgs {
    /// The records.
    #[arg(required = true, value_name = "RECORD")]
    records: Vec<B256>,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attested {
    attestor: Account,
    records: Vec<B256>,
    transactions: Vec<B256>,
    gas_used: u64,
}

impl AttestArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { records, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let registry = registry(rpc).await?;
        let sender = Sender::new(registry.chain(), signer);
        let (mut transactions, mut gas_used) = (Vec::new(), 0);
        for records in records.chunks(MOST_RECORDS) {
            let call = attestManyCall { recordIds: records.to_vec() };
            let receipt = sender.call(registry.address(), &call).await?;
            transactions.push(receipt.transaction);
            gas_used += receipt.gas_used;
        }
        let attestor = Account(sender.address());
        out.result(&Attested { attestor, records, transactions, gas_used })
    }
}

impl Report for Attested {
    const COMMAND: &'static str = "data attest";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { attestor, records, transactions, gas_used } = self;
        pairs(
            to,
            &[
                ("attestor", attestor),
                ("attested", &records.len()),
                ("transactions", &transactions.len()),
                ("gas", gas_used),
            ],
        )
    }
}
