//! Decides which flags keep a command's transactions from being sent: signed for later, or written
//! as the calls of a Safe.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use alloy::primitives::utils::parse_units;
use clap::{ArgMatches, FromArgMatches};
use datacoop_deploy::{
    chain::Chain,
    keys::Signer,
    offline::{Outbox, Terms, Way},
};

use super::{OptionalWalletArgs, RpcArgs, WalletArgs};
use crate::{exit::Usage, output::Out};

/// The account that signs and pays, and whether what it signs is sent.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SenderArgs {
    #[command(flatten)]
    wallet: WalletArgs,

    #[command(flatten)]
    #[allow(dead_code, reason = "`OfflineArgs::of` finds these flags for every command")]
    offline: OfflineArgs,
}

/// The account that signs and pays, where a command does something without one, and whether what
/// it signs is sent.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct OptionalSenderArgs {
    #[command(flatten)]
    wallet: OptionalWalletArgs,

    #[command(flatten)]
    #[allow(dead_code, reason = "`OfflineArgs::of` finds these flags for every command")]
    offline: OfflineArgs,
}

/// What becomes of transactions in place of sending them.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Sending later")]
pub(crate) struct OfflineArgs {
    /// Write the signed transactions to a file in place of sending them; `datacoop send FILE`
    /// submits them.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    sign_only: Option<PathBuf>,

    /// Write the calls to a file for Safe's transaction builder, in place of sending transactions;
    /// `--from` is the Safe's address.
    #[arg(long, value_name = "FILE", hide_short_help = true, conflicts_with = "sign_only")]
    safe_batch: Option<PathBuf>,

    /// The chain's id: sign without a chain. The four flags below are needed then.
    #[arg(long, value_name = "ID", hide_short_help = true, requires = "sign_only")]
    chain_id: Option<u64>,

    /// The nonce of the first transaction [default: the account's next]
    #[arg(long, value_name = "NUMBER", hide_short_help = true, requires = "sign_only")]
    nonce: Option<u64>,

    /// The gas limit of each transaction [default: what the chain estimates, and a quarter]
    #[arg(long, value_name = "GAS", hide_short_help = true, requires = "sign_only")]
    gas_limit: Option<u64>,

    /// The most to pay for a unit of gas, in gwei [default: what the chain suggests]
    #[arg(long, value_name = "GWEI", hide_short_help = true, requires = "sign_only")]
    max_fee: Option<Gwei>,

    /// What the block's producer gets of it, in gwei [default: what the chain suggests]
    #[arg(long, value_name = "GWEI", hide_short_help = true, requires = "sign_only")]
    priority_fee: Option<Gwei>,
}

/// A price of gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gwei(u128);

/// Where a command's transactions go in place of the chain.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    pub(crate) outbox: Arc<Outbox>,
    /// The chain's id, when there is no chain to ask.
    pub(crate) chain_id: Option<u64>,
    path: PathBuf,
}

impl SenderArgs {
    /// Finds what signs. Commands do so before they ask the chain anything.
    pub(crate) async fn signer(&self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<Signer> {
        self.wallet.signer(rpc, out).await
    }
}

impl OptionalSenderArgs {
    /// The flags of a command that signs, when an account was named.
    pub(crate) fn named(&self) -> Option<WalletArgs> {
        self.wallet.named()
    }

    /// Finds what signs, if it was named.
    pub(crate) async fn signer(&self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<Option<Signer>> {
        self.wallet.signer(rpc, out).await
    }
}

impl OfflineArgs {
    /// Finds where the transactions of a parsed command go, when they are not sent.
    pub(crate) fn of(matches: &ArgMatches) -> anyhow::Result<Option<Aside>> {
        let mut innermost = matches;
        while let Some((_, below)) = innermost.subcommand() {
            innermost = below;
        }
        // Commands that send nothing do not have the flags, or have others of their names.
        if innermost.try_contains_id("safe_batch").is_err() {
            return Ok(None);
        }
        Self::from_arg_matches(innermost)?.aside()
    }

    fn aside(self) -> anyhow::Result<Option<Aside>> {
        let Self { sign_only, safe_batch, chain_id, nonce, gas_limit, max_fee, priority_fee } =
            self;
        let (way, path) = match (sign_only, safe_batch) {
            (Some(path), _) => (Way::Signed, path),
            (None, Some(path)) => (Way::Batch, path),
            (None, None) => return Ok(None),
        };
        if chain_id.is_some() {
            let needed = [
                ("--nonce", nonce.is_none()),
                ("--gas-limit", gas_limit.is_none()),
                ("--max-fee", max_fee.is_none()),
                ("--priority-fee", priority_fee.is_none()),
            ];
            let missing: Vec<_> = needed
                .iter()
                .filter(|(_, is_missing)| *is_missing)
                .map(|(flag, _)| *flag)
                .collect();
            if !missing.is_empty() {
                let text = format!("without a chain say also {}", missing.join(", "));
                return Err(Usage(text).into());
            }
        }
        if path.exists() {
            let error = datacoop_deploy::offline::OfflineError::Exists { path };
            return Err(datacoop_deploy::Error::from(error).into());
        }
        let (max_fee_wei, priority_fee_wei) =
            (max_fee.map(|fee| fee.0), priority_fee.map(|fee| fee.0));
        let terms = Terms { nonce, gas_limit, max_fee_wei, priority_fee_wei };
        Ok(Some(Aside { outbox: Arc::new(Outbox::new(way, terms)), chain_id, path }))
    }
}

impl Aside {
    /// Has a chain lay transactions aside.
    pub(crate) fn chain(&self, chain: Chain) -> Chain {
        chain.laying_aside(Arc::clone(&self.outbox))
    }

    /// Where they are written.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what was laid aside.
    pub(crate) fn write(&self) -> Result<(), datacoop_deploy::Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or_default();
        self.outbox.write(&self.path, now_ms)
    }
}

/// Decimals of a gwei: wei.
const GWEI_DECIMALS: usize = 9;

impl FromStr for Gwei {
    type Err = Usage;

    fn from_str(text: &str) -> Result<Self, Usage> {
        let wrong = || Usage("a price of gas is a number such as 0.1, in gwei".to_owned());
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        // The parser takes no digit for zero, and drops those that are less than a wei.
        if !text.contains(|c: char| c.is_ascii_digit()) || fraction.len() > GWEI_DECIMALS {
            return Err(wrong());
        }
        let wei = parse_units(text, "gwei").map_err(|_| wrong())?;
        if wei.is_negative() {
            return Err(wrong());
        }
        wei.get_absolute().try_into().map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_of_gas_is_a_number_of_gwei() {
        assert_eq!("1.5".parse::<Gwei>().ok(), Some(Gwei(1_500_000_000)));
        assert_eq!("0".parse::<Gwei>().ok(), Some(Gwei(0)));
        for bad in ["", "-1", "x", "1 gwei", "0.0000000001"] {
            assert!(bad.parse::<Gwei>().is_err(), "{bad}");
        }
    }
}
