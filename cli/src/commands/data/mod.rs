//! Decides which commands there are for records and datasets.

mod attest;
mod dataset;
mod history;
mod purpose;
mod register;
mod schema;
mod verify;

use clap::Subcommand;
use datacoop_deploy::{AddressBook, data::Registry};

pub(crate) use register::document;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop data register my-records/ --salts my.salts --from dev:3"
    "datacoop data dataset publish heart --from dev:1"
))]
pub(crate) enum DataCommand {
    Register(register::RegisterArgs),
    Attest(attest::AttestArgs),
    Verify(verify::VerifyArgs),
    History(history::HistoryArgs),
    /// Publishes the schemas that records are registered under.
    #[command(subcommand)]
    Schema(schema::SchemaCommand),
    /// Makes datasets, publishes their editions and looks at them.
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
}

impl DataCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Register(_) => "data register",
            Self::Attest(_) => "data attest",
            Self::Verify(_) => "data verify",
            Self::History(_) => "data history",
            Self::Schema(command) => command.name(),
            Self::Dataset(command) => command.name(),
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Register(args) => args.run(rpc, out).await,
            Self::Attest(args) => args.run(rpc, out).await,
            Self::Verify(args) => args.run(rpc, out).await,
            Self::History(args) => args.run(rpc, out).await,
            Self::Schema(command) => command.run(rpc, out).await,
            Self::Dataset(command) => command.run(rpc, out).await,
        }
    }
}

/// Connects to the chain and finds the data registry of the cooperative there.
async fn registry(rpc: &RpcArgs) -> anyhow::Result<Registry> {
    let chain = rpc.connect().await?;
    let book = AddressBook::deployed(&rpc.book_path(&chain)?, &chain).await?;
    Ok(Registry::of_book(&chain, &book).await?)
}

/// The name of a data class, or its number when there is none of this number.
fn class_name(number: u8) -> String {
    let class = datacoop_ingest::DataClass::ALL.into_iter().find(|class| *class as u8 == number);
    class.map_or_else(|| number.to_string(), |class| class.to_string())
}
