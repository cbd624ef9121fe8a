//! Decides what `datacoop gov vote` does: a vote by transaction, or by a signature that anybody
//! submits.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, U256};
use clap::ValueEnum;
use datacoop_deploy::{
    bindings::IGovernor::{VoteCast, castVoteCall, castVoteWithReasonCall},
    chain::{Outgoing, Receipt, Sender},
    governance::{Ballot, BallotTerms, Dao, Next, Place, SignedBallot, Support},
    keys::Signer,
};
use serde::Serialize;

use super::view::Votes;
use crate::{
    args::{ContractArgs, ContractConsent, RpcArgs, WalletArgs, nobody_signs, unless_signed},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
};

/// Votes on a proposal.
///
/// With `--sign-only` the vote is signed and not sent: anybody can submit the file with `--by-sig`
/// and pay for it. With a `--nonce` besides, signing asks no chain at all.
///
/// A contract votes by its signature (ERC-1271): with `--contract` the key is that of one of its
/// owners. When several must sign, each names the same file with `--sign-only`.
#[derive(Debug, clap::Args)]
#[command(mut_arg("from", unless_signed), after_help = after_help!(
    "datacoop gov vote latest for --from dev:3"
    "datacoop gov vote 57101234 against --reason 'Too soon' --from dev:3"
    "datacoop gov vote 57101234 for --sign-only ballot.json --from dev:3"
    "datacoop gov vote --by-sig ballot.json --from dev:0      dev:0 pays, dev:3 votes"
    "datacoop gov vote 57101234 for --sign-only ballot.json --contract 0x… --from dev:3     for a Safe"
))]
pub(crate) struct VoteArgs {
    /// The proposal's id, the beginning of it, or `latest`.
    #[arg(value_name = "ID", required_unless_present = "by_sig")]
    proposal: Option<String>,

    /// The vote.
    #[arg(value_enum, required_unless_present = "by_sig")]
    support: Option<SupportArg>,

    /// Why, for everybody to read.
    #[arg(long, value_name = "TEXT", conflicts_with = "by_sig")]
    reason: Option<String>,

    /// Write the signed vote to this file, and send nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "by_sig")]
    sign_only: Option<PathBuf>,

    /// Submit the signed vote of this file, whoever's it is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["proposal", "support"])]
    by_sig: Option<PathBuf>,

    /// The voter's nonce at the governor, to sign without a chain. The id must be whole then.
    #[arg(long, value_name = "N", requires = "sign_only")]
    nonce: Option<u64>,

    #[command(flatten)]
    contract: ContractArgs,

    #[command(flatten)]
    wallet: Option<WalletArgs>,
}

/// A vote, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SupportArg {
    For,
    Against,
    Abstain,
}

impl From<SupportArg> for Support {
    fn from(support: SupportArg) -> Self {
        match support {
            SupportArg::For => Self::For,
            SupportArg::Against => Self::Against,
            SupportArg::Abstain => Self::Abstain,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Voted {
    proposal: String,
    voter: Account,
    support: Support,
    reason: String,
    weight: Option<Votes>,
    /// Where the signed vote is, when it was only signed.
    file: Option<PathBuf>,
    #[serde(flatten)]
    receipt: Option<Receipt>,
}

impl VoteArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { proposal, support, reason, sign_only, by_sig, nonce, contract, wallet } = self;
        let signer = match wallet {
            Some(wallet) => Some(wallet.signer(rpc, out).await?),
            None => None,
        };
        let contract = contract.consent();
        if contract.is_some() && sign_only.is_none() {
            let why = "a contract votes by its signature: say where it goes, with `--sign-only`";
            return Err(Usage(why.to_owned()).into());
        }
        if let Some(path) = by_sig {
            return submit(&path, signer.ok_or_else(nobody_signs)?, rpc, out).await;
        }
        let (Some(reference), Some(support)) = (proposal, support.map(Support::from)) else {
            return Err(Usage("say which proposal, and how you vote".to_owned()).into());
        };
        let reason = reason.unwrap_or_default();
        let Some(path) = sign_only else {
            let signer = signer.ok_or_else(nobody_signs)?;
            return cast(&reference, support, reason, signer, rpc, out).await;
        };
        let voter = match (&contract, &signer) {
            (Some((contract, _)), _) => *contract,
            (None, Some(signer)) => signer.address(),
            (None, None) => return Err(nobody_signs().into()),
        };
        let (terms, proposal, nonce) = match nonce {
            Some(nonce) => offline(&reference, nonce, rpc)?,
            None => {
                let dao = rpc.dao().await?;
                let proposal = dao.proposal(&reference).await?.id;
                let nonce = dao.ballot_nonce(voter).await?;
                (dao.ballot_terms().await?, proposal, nonce)
            }
        };
        let ballot = Ballot { proposal, support, voter, nonce, reason };
        let consent = contract.map(|(_, consent)| consent);
        signed(&ballot, &terms, consent, signer, &path).await?.write(&path)?;
        out.result(&Voted {
            proposal: proposal.to_string(),
            voter: Account(ballot.voter),
            support,
            reason: ballot.reason,
            weight: None,
            file: Some(path),
            receipt: None,
        })
    }
}

/// Signs a ballot. That of a contract keeps what others of its owners signed in the same file.
async fn signed(
    ballot: &Ballot,
    terms: &BallotTerms,
    consent: Option<ContractConsent>,
    signer: Option<Signer>,
    path: &Path,
) -> anyhow::Result<SignedBallot> {
    let signer = || signer.ok_or_else(nobody_signs);
    Ok(match consent {
        None => ballot.sign(terms, &signer()?).await?,
        Some(ContractConsent::Made(signature)) => ballot.signed(terms, signature),
        Some(ContractConsent::Key(form)) => {
            let before = SignedBallot::read(path).ok();
            ballot.sign_for(terms, form, &signer()?, before.as_ref()).await?
        }
    })
}

/// What a ballot is signed for, without asking a chain.
fn offline(
    reference: &str,
    nonce: u64,
    rpc: &RpcArgs,
) -> anyhow::Result<(BallotTerms, U256, U256)> {
    let whole = || Usage("without a chain the id must be whole".to_owned());
    let id: U256 = reference.parse().map_err(|_| whole())?;
    let book = rpc.offline_book()?;
    let governor = book.address(&Place::Governor.contract())?;
    Ok((BallotTerms::offline(book.chain_id, governor), id, U256::from(nonce)))
}

/// Votes by a transaction of the voter.
async fn cast(
    reference: &str,
    support: Support,
    reason: String,
    signer: Signer,
    rpc: &RpcArgs,
    out: &Out,
) -> anyhow::Result<()> {
    let dao = rpc.dao().await?;
    let proposal = dao.proposal(reference).await?;
    dao.expect_next(&proposal, "vote on", |next| matches!(next, Next::Vote(_))).await?;
    let (proposal_id, number) = (proposal.id, support.number());
    let outgoing = if reason.is_empty() {
        Outgoing::call(dao.governor, &castVoteCall { proposalId: proposal_id, support: number })
    } else {
        let call = castVoteWithReasonCall { proposalId: proposal_id, support: number, reason };
        Outgoing::call(dao.governor, &call)
    };
    send(&dao, signer, &outgoing, out).await
}

/// Submits a vote that somebody signed.
async fn submit(path: &Path, signer: Signer, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
    let signed = SignedBallot::read(path)?;
    let dao = rpc.dao().await?;
    let outgoing = dao.cast_signed(path, &signed).await?;
    let proposal = dao.proposal(&signed.proposal).await?;
    dao.expect_next(&proposal, "vote on", |next| matches!(next, Next::Vote(_))).await?;
    send(&dao, signer, &outgoing, out).await
}

async fn send(dao: &Dao, signer: Signer, outgoing: &Outgoing, out: &Out) -> anyhow::Result<()> {
    let sender = Sender::new(&dao.chain, signer);
    let receipt = sender.send(outgoing).await?;
    let cast = receipt.events_of::<VoteCast>(dao.governor).next();
    let voter = cast.as_ref().map_or(Address::ZERO, |cast| cast.voter);
    let support = cast.as_ref().map(|cast| cast.support);
    let support = Support::ALL.into_iter().find(|known| Some(known.number()) == support);
    let weight = cast.as_ref().map(|cast| Votes(cast.weight));
    if weight.is_some_and(|votes| votes.0.is_zero()) {
        out.say(format_args!(
            "{} had no votes when they were counted: GOV give votes once they are delegated, `datacoop gov delegate self`",
            Account(voter)
        ));
    }
    out.result(&Voted {
        proposal: cast.as_ref().map(|cast| cast.proposalId.to_string()).unwrap_or_default(),
        voter: Account(voter),
        support: support.unwrap_or(Support::Abstain),
        reason: cast.map(|cast| cast.reason).unwrap_or_default(),
        weight,
        file: None,
        receipt: Some(receipt),
    })
}

impl Report for Voted {
    const COMMAND: &'static str = "gov vote";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { proposal, voter, support, weight, file, receipt, .. } = self;
        let mut rows: Vec<(&str, &dyn std::fmt::Display)> =
            vec![("proposal", proposal), ("voter", voter), ("vote", support)];
        if let (Some(receipt), Some(weight)) = (receipt, weight) {
            rows.push(("weight", weight));
            rows.push(("transaction", &receipt.transaction));
            rows.push(("gas", &receipt.gas_used));
        }
        pairs(to, &rows)?;
        match file {
            Some(file) => writeln!(
                to,
                "\nSigned and not sent. Anybody can submit it: `datacoop gov vote --by-sig {} --from KEY`.",
                file.display()
            ),
            None => Ok(()),
        }
    }
}
