//! Decides what `datacoop data schema` does: makes schemas live, and tells which are.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, keccak256};
use clap::Subcommand;
use datacoop_deploy::{
    Error,
    bindings::IDataRegistry::{SchemaPublished, publishSchemaCall},
    chain::Sender,
    data::schema_id,
};
use serde::Serialize;

use super::registry;
use crate::{
    args::{RpcArgs, SenderArgs},
    cli::after_help,
    output::{Out, Report, pairs},
};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop data schema publish hl7.fhir.r4/Observation --hash 0x4e03…7d45 --from dev:0"
))]
pub(crate) enum SchemaCommand {
    Publish(PublishArgs),
}

impl SchemaCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Publish(_) => "data schema publish",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Publish(args) => args.run(rpc, out).await,
        }
    }
}

/// Makes the next version of a schema live. The signer must hold the schema role.
///
/// Schemas of FHIR resources are named after their type: `hl7.fhir.r4/Observation`.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop data schema publish hl7.fhir.r4/Observation --hash 0x4e03…7d45 --from dev:0"
    "datacoop data schema publish steps --definition steps.json --uri https://x.example --from dev:0"
))]
pub(crate) struct PublishArgs {
    /// The name, of 1 to 64 bytes.
    name: String,

    /// The schema's definition: its keccak-256 hash goes on chain.
    #[arg(long, value_name = "FILE", required_unless_present = "hash")]
    definition: Option<PathBuf>,

    /// The hash of the definition.
    #[arg(long, value_name = "HASH", conflicts_with = "definition")]
    hash: Option<B256>,

    /// Where the definition is found.
    #[arg(long, value_name = "URI", default_value = "")]
    uri: String,

    #[command(flatten)]
    wallet: SenderArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    name: String,
    schema_id: u32,
    version: u16,
    hash: B256,
    transaction: B256,
    gas_used: u64,
}

impl PublishArgs {
    async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { name, definition, hash, uri, wallet } = self;
        let hash = match definition {
            Some(path) => keccak256(fs::read(&path).map_err(|source| Error::Io {
                path: path.clone(),
                action: "read",
                source,
            })?),
            None => hash.unwrap_or_default(),
        };
        let signer = wallet.signer(rpc, out).await?;
        let registry = registry(rpc).await?;
        let sender = Sender::new(registry.chain(), signer);
        let call = publishSchemaCall { name: name.clone(), hash, uri };
        let receipt = sender.call(registry.address(), &call).await?;
        let event = receipt.events_of::<SchemaPublished>(registry.address()).next();
        out.result(&Published {
            schema_id: schema_id(&name),
            name,
            version: event.map_or(0, |event| event.version),
            hash,
            transaction: receipt.transaction,
            gas_used: receipt.gas_used,
        })
    }
}

impl Report for Published {
    const COMMAND: &'static str = "data schema publish";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { name, schema_id, version, hash, transaction, gas_used } = self;
        pairs(
            to,
            &[
                ("schema", name),
                ("id", &format!("{schema_id:#010x}")),
                ("version", version),
                ("hash", hash),
                ("transaction", transaction),
                ("gas", gas_used),
            ],
        )
    }
}
