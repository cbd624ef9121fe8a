//! Decides what `datacoop treasury sign` does: adds an owner's consent to a transaction's file.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::{primitives::B256, signers::local::PrivateKeySigner};
use datacoop_deploy::{
    chain::{Receipt, Sender},
    treasury::{OwnerSignature, SignatureKind, Signing, TransactionFile, approve},
};
use serde::Serialize;

use super::{names::Names, place::PlaceArgs, say};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Signs a transaction of the treasury in its file, as one of its owners. Needs no chain.
///
/// The hash is made again of the file's fields, and what is signed is said in words. Addresses have
/// names as far as the address book on this machine knows them. Signing twice changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop treasury sign treasury-7.json --from keystore:owner.json"
    "datacoop treasury sign treasury-7.json --eth-sign --from env:OWNER_KEY"
    "datacoop treasury sign treasury-7.json --approve --from dev:1     on chain, by a transaction"
))]
pub(crate) struct SignArgs {
    /// The transaction's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Sign the hash as an Ethereum message, in place of typed data.
    #[arg(long)]
    eth_sign: bool,

    /// Approve the hash by a transaction on chain, in place of a signature.
    #[arg(long, conflicts_with = "eth_sign")]
    approve: bool,

    /// Where the signed file goes [default: the same file]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    file: PathBuf,
    chain_id: u64,
    treasury: Account,
    safe_tx_hash: B256,
    does: Vec<String>,
    nonce: String,
    owner: Account,
    kind: SignatureKind,
    state: Signing,
    signers: Vec<Account>,
    /// The transaction that approved the hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Receipt>,
}

impl SignArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file: path, eth_sign, approve: is_approval, out: target, place, wallet } = self;
        let mut file = TransactionFile::read(&path)?;
        let signer = wallet.signer()?;
        let owner = signer.address();
        let names =
            rpc.book_path_of(file.chain_id).map(|path| Names::read(&path)).unwrap_or_default();
        let does = say::transaction(&file.transaction, file.treasury, &names);
        let kind = match (is_approval, eth_sign) {
            (true, _) => SignatureKind::ApprovedHash,
            (_, true) => SignatureKind::EthSign,
            _ => SignatureKind::Eip712,
        };
        let (state, approval) = if is_approval {
            approved(&mut file, signer, &place, rpc).await?
        } else {
            (file.sign(&signer, kind)?, None)
        };
        let path = target.unwrap_or(path);
        file.write(&path)?;
        out.result(&Signed {
            chain_id: file.chain_id,
            treasury: Account(file.treasury),
            safe_tx_hash: file.safe_tx_hash,
            does,
            nonce: file.transaction.nonce.to_string(),
            owner: Account(owner),
            kind: file.signature_of(owner).map_or(kind, |signature| signature.kind),
            state,
            signers: file.signatures.iter().map(|signature| Account(signature.owner)).collect(),
            approval,
            file: path,
        })
    }
}

/// Approves the hash on chain, and notes that in the file.
async fn approved(
    file: &mut TransactionFile,
    signer: PrivateKeySigner,
    place: &PlaceArgs,
    rpc: &RpcArgs,
) -> anyhow::Result<(Signing, Option<Receipt>)> {
    let (treasury, _) = place.find(rpc).await?;
    let sender = Sender::new(treasury.chain(), signer);
    let approval = approve(&treasury, &sender, file).await?;
    let is_known = file.signature_of(sender.address()).is_some();
    file.add(OwnerSignature::approved(sender.address()));
    let is_new = approval.is_some() || !is_known;
    Ok((if is_new { Signing::Added } else { Signing::AlreadySigned }, approval))
}

impl Report for Signed {
    const COMMAND: &'static str = "treasury sign";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        say::lines(to, &self.does)?;
        let signers: Vec<_> = self.signers.iter().map(ToString::to_string).collect();
        let state = match self.state {
            Signing::Added => "signed by",
            Signing::AlreadySigned => "already signed by",
        };
        pairs(
            to,
            &[
                ("treasury", &self.treasury),
                ("chain", &self.chain_id),
                ("nonce", &self.nonce),
                ("hash", &self.safe_tx_hash),
                (state, &self.owner),
                ("all signatures", &signers.join(" ")),
                ("file", &self.file.display()),
            ],
        )
    }
}
