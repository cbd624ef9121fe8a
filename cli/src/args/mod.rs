//! Decides which flags several commands share.

mod contract;
mod offline;
mod output;
mod rpc;
mod wallet;

pub(crate) use contract::{ContractArgs, ContractConsent, nobody_signs, unless_signed};
pub(crate) use offline::{Aside, OfflineArgs, OptionalSenderArgs, SenderArgs};
pub(crate) use output::OutputArgs;
pub(crate) use rpc::{Coop, RpcArgs, explorer};
pub(crate) use wallet::{OptionalWalletArgs, PasswordArgs, WalletArgs, load as load_signer};

/// The flags of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct GlobalArgs {
    #[command(flatten)]
    pub(crate) rpc: RpcArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
