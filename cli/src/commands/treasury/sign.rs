//! Decides what `datacoop treasury sign` does: adds an owner's consent to a transaction's file.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    chain::{Receipt, Sender},
    contracts::TREASURY,
    keys::Signer,
    treasury::{OwnerSignature, SignatureKind, Signing, TransactionFile, approve},
};
use serde::Serialize;

use super::{names::Names, place::PlaceArgs, say};
use crate::{
    args::{ContractArgs, ContractConsent, RpcArgs, WalletArgs, nobody_signs, unless_signed},
    cli::after_help,
    output::{Account, Out, Report, pairs},
};

/// Signs a transaction of the treasury in its file, as one of its owners. Needs no chain.
///
/// The hash is made again of the file's fields, and what is signed is said in words. Addresses have
/// names as far as the address book on this machine knows them. Signing twice changes nothing.
///
/// An owner that is a contract (ERC-1271) signs by its own owners: with `--contract` the key is one
/// of theirs.
#[derive(Debug, clap::Args)]
#[command(mut_arg("from", unless_signed), after_help = after_help!(
    "datacoop treasury sign treasury-7.json --from keystore:owner.json"
    "datacoop treasury sign treasury-7.json --eth-sign --from env:OWNER_KEY"
    "datacoop treasury sign treasury-7.json --approve --from dev:1     on chain, by a transaction"
    "datacoop treasury sign treasury-7.json --contract 0x… --from dev:1     for a Safe that is an owner"
    "datacoop treasury sign treasury-7.json --contract 0x… --signature 0xc0ffee     made by another tool"
))]
pub(crate) struct SignArgs {
    /// The transaction's file.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Sign the hash as an Ethereum message, in place of typed data.
    #[arg(long, conflicts_with = "contract")]
    eth_sign: bool,

    /// Approve the hash by a transaction on chain, in place of a signature.
    #[arg(long, conflicts_with_all = ["eth_sign", "contract"])]
    approve: bool,

    #[command(flatten)]
    contract: ContractArgs,

    /// Where the signed file goes [default: the same file]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    wallet: Option<WalletArgs>,
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
    kind: Option<SignatureKind>,
    state: Signing,
    signers: Vec<Account>,
    /// The transaction that approved the hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Receipt>,
}

impl SignArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { file: path, eth_sign, approve, contract, out: target, place, wallet } = self;
        let mut file = TransactionFile::read(&path)?;
        let signer = match wallet {
            Some(wallet) => Some(wallet.signer(rpc, out).await?),
            None => None,
        };
        let names =
            rpc.book_path_of(file.chain_id).map(|path| Names::read(&path)).unwrap_or_default();
        if names.address(TREASURY.name).is_some_and(|own| own != file.treasury) {
            out.say("this is not the treasury of the address book on this machine");
        }
        let does = say::transaction(&file.transaction, file.treasury, &names);
        let way = match (contract.consent(), approve, eth_sign) {
            (Some((contract, consent)), ..) => Way::Contract(contract, consent),
            (None, true, _) => Way::Approval,
            (None, false, true) => Way::Key(SignatureKind::EthSign),
            (None, false, false) => Way::Key(SignatureKind::Eip712),
        };
        let (owner, state, approval) = sign(&mut file, way, signer, &place, rpc).await?;
        let path = target.unwrap_or(path);
        file.write(&path)?;
        out.result(&Signed {
            chain_id: file.chain_id,
            treasury: Account(file.treasury),
            safe_tx_hash: file.safe_tx_hash,
            does,
            nonce: file.transaction.nonce.to_string(),
            owner: Account(owner),
            kind: file.signature_of(owner).map(|signature| signature.kind),
            state,
            signers: file.signatures.iter().map(|signature| Account(signature.owner)).collect(),
            approval,
            file: path,
        })
    }
}

/// How an owner consents.
enum Way {
    Key(SignatureKind),
    Approval,
    Contract(Address, ContractConsent),
}

/// Adds the consent of an owner, and returns whose it is and what became of it.
async fn sign(
    file: &mut TransactionFile,
    way: Way,
    signer: Option<Signer>,
    place: &PlaceArgs,
    rpc: &RpcArgs,
) -> anyhow::Result<(Address, Signing, Option<Receipt>)> {
    let signer = || signer.ok_or_else(nobody_signs);
    Ok(match way {
        Way::Contract(contract, ContractConsent::Made(signature)) => {
            (contract, file.put_contracts(contract, signature), None)
        }
        Way::Contract(contract, ContractConsent::Key(form)) => {
            (contract, file.sign_for(contract, form, &signer()?).await?, None)
        }
        Way::Approval => {
            let signer = signer()?;
            let owner = signer.address();
            let (state, approval) = approved(file, signer, place, rpc).await?;
            (owner, state, approval)
        }
        Way::Key(kind) => {
            let signer = signer()?;
            (signer.address(), file.sign(&signer, kind).await?, None)
        }
    })
}

/// Approves the hash on chain, and notes that in the file.
async fn approved(
    file: &mut TransactionFile,
    signer: Signer,
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
