//! Decides which commands an oracle has.

mod batch;
mod ingest;
mod record;

pub(crate) use batch::for_chain;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop oracle ingest Observation.json --members members.csv --out entries.csv"
    "datacoop oracle batch entries.csv --from dev:1"
))]
pub(crate) enum OracleCommand {
    Record(record::RecordArgs),
    Batch(batch::BatchArgs),
    Ingest(ingest::IngestArgs),
}

impl OracleCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Record(_) => "oracle record",
            Self::Batch(_) => "oracle batch",
            Self::Ingest(_) => "oracle ingest",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Record(args) => args.run(rpc, out).await,
            Self::Batch(args) => args.run(rpc, out).await,
            Self::Ingest(args) => args.run(out),
        }
    }
}
