//! Decides which commands an oracle has.

mod batch;
mod ingest;
mod record;

pub(crate) use batch::for_chain;

use clap::Subcommand;

use crate::{args::RpcArgs, output::Out};

#[derive(Debug, Subcommand)]
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
