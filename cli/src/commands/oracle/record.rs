//! Decides what `datacoop oracle record` does: one contribution at the plain rate.

use std::io::{self, Write};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    bindings::IDataCoopRewards::{RewardMinted, recordContributionCall},
    chain::{Receipt, Sender},
};
use serde::Serialize;

use crate::{
    amount::Amount,
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Records one contribution; the member earns exactly the reward rate.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop oracle record --member 0x7099…79C8 --proof 0x4e03…7d45 --from dev:0"
))]
pub(crate) struct RecordArgs {
    /// The member who contributed.
    #[arg(long, value_name = "ADDRESS")]
    member: Address,

    /// The proof: 32 bytes that stand for the record. `oracle ingest` makes them.
    #[arg(long, value_name = "HASH")]
    proof: B256,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    member: Account,
    proof: B256,
    reward: Amount,
    #[serde(flatten)]
    receipt: Receipt,
}

impl RecordArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { member, proof, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let coop = rpc.coop().await?;
        let sender = Sender::new(&coop.chain, signer);
        let receipt = sender.call(coop.rewards, &recordContributionCall { member, proof }).await?;
        let minted = receipt.events_of::<RewardMinted>(coop.rewards).map(|event| event.amount);
        let reward = Amount(minted.sum());
        out.result(&Recorded { member: Account(member), proof, reward, receipt })
    }
}

impl Report for Recorded {
    const COMMAND: &'static str = "oracle record";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { member, proof, reward, receipt } = self;
        let reward = format!("{reward} DATA");
        pairs(
            to,
            &[
                ("member", member),
                ("proof", proof),
                ("reward", &reward),
                ("transaction", &receipt.transaction),
                ("gas", &receipt.gas_used),
            ],
        )
    }
}
