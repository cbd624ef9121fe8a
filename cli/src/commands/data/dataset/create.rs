//! Decides what `datacoop data dataset create` does: begins a dataset in the signer's hands.

use std::io::{self, Write};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    bindings::IDataRegistry::{DatasetCreated, createDatasetCall},
    chain::Sender,
};
use datacoop_ingest::DataClass;
use serde::Serialize;

use super::super::{purpose::Purpose, registry};
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Begins a dataset, without editions yet. The signer must hold the curator role, and becomes the
/// dataset's curator.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data dataset create heart --class clinical --purposes academic,public-health --from dev:3"
))]
pub(crate) struct CreateArgs {
    /// The name, of 1 to 64 bytes, which no other dataset has.
    name: String,

    /// The class of its records: genomic, clinical, lifestyle or imaging.
    #[arg(long, value_name = "CLASS")]
    class: DataClass,

    /// What it is for: academic, clinical, commercial, ai-training, public-health.
    #[arg(long, value_name = "PURPOSES", required = true, value_delimiter = ',')]
    purposes: Vec<Purpose>,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    dataset: U256,
    name: String,
    curator: Account,
    data_class: &'static str,
    purposes: Vec<&'static str>,
    transaction: B256,
    gas_used: u64,
}

impl CreateArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { name, class, purposes, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let registry = registry(rpc).await?;
        let sender = Sender::new(registry.chain(), signer);
        let purposes = Purpose::mask(&purposes);
        let call = createDatasetCall { dataClass: class as u8, purposes, name: name.clone() };
        let receipt = sender.call(registry.address(), &call).await?;
        let event = receipt.events_of::<DatasetCreated>(registry.address()).next();
        out.result(&Created {
            dataset: event.map_or(U256::ZERO, |event| event.datasetId),
            name,
            curator: Account(sender.address()),
            data_class: class.name(),
            purposes: Purpose::names(purposes),
            transaction: receipt.transaction,
            gas_used: receipt.gas_used,
        })
    }
}

impl Report for Created {
    const COMMAND: &'static str = "data dataset create";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { dataset, name, curator, data_class, purposes, transaction, gas_used } = self;
        pairs(
            to,
            &[
                ("dataset", dataset),
                ("name", name),
                ("curator", curator),
                ("class", data_class),
                ("purposes", &purposes.join(", ")),
                ("transaction", transaction),
                ("gas", gas_used),
            ],
        )
    }
}
