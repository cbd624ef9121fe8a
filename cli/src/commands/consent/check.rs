//! Decides what `datacoop consent check` says: whether somebody may use a member's data now.

use std::io::{self, Write};

use alloy::primitives::Address;
use datacoop_deploy::consent::{Consents, DataClasses, PURPOSES, Purposes};
use serde::Serialize;

use crate::{
    args::RpcArgs,
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report},
};

/// Asks whether a member lets an account use its data for a purpose, at this moment.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent check 0x7099…79C8 --class genomic --purpose academic --by 0x3C44…93BC"
))]
pub(crate) struct CheckArgs {
    /// The member.
    #[arg(value_name = "ADDRESS")]
    subject: Address,

    /// Which data: genomic, clinical, lifestyle or imaging.
    #[arg(long, value_name = "CLASS")]
    class: DataClasses,

    /// What for: academic, clinical, commercial, ai-training or public-health.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Purposes,

    /// Who would use it.
    #[arg(long, value_name = "ADDRESS")]
    by: Address,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    subject: Account,
    data_class: String,
    purpose: &'static str,
    by: Account,
    covered: bool,
    /// The consent that covers it.
    consent: Option<String>,
}

impl CheckArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { subject, class, purpose, by } = self;
        if class.0.count_ones() != 1 || purpose.0.count_ones() != 1 {
            return Err(Usage("ask for one class and one purpose at a time".to_owned()).into());
        }
        let (class_bit, purpose_bit) = (bit(class.0), bit(purpose.0));
        let (chain, book) = rpc.deployed().await?;
        let consents = Consents::of_book(&chain, &book)?;
        let consent = consents.covering(subject, class_bit, purpose_bit, by).await?;
        out.result(&Checked {
            subject: Account(subject),
            data_class: class.to_string(),
            purpose: PURPOSES.get(usize::from(purpose_bit)).copied().unwrap_or_default(),
            by: Account(by),
            covered: consent.is_some(),
            consent: consent.map(|id| id.to_string()),
        })
    }
}

/// The number of a mask's lowest bit.
fn bit(mask: u8) -> u8 {
    u8::try_from(mask.trailing_zeros()).unwrap_or(u8::MAX)
}

impl Report for Checked {
    const COMMAND: &'static str = "consent check";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { subject, data_class, purpose, by, consent, .. } = self;
        match consent {
            Some(id) => writeln!(
                to,
                "yes: consent {id} of {subject} lets {by} use {data_class} data for {purpose}"
            ),
            None => writeln!(
                to,
                "no: nothing lets {by} use {data_class} data of {subject} for {purpose}"
            ),
        }
    }
}
