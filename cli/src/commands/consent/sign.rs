//! Decides what `datacoop consent sign` does: a subject signs a change that somebody else submits.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{B256, U256};
use clap::Subcommand;
use datacoop_deploy::{
    consent::{ConsentDomain, Consents, Until, Wish},
    keys::Signer,
};
use serde::Serialize;

use super::{
    terms::{AmendedArgs, ScopeArgs},
    view::ScopeView,
};
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
    time::Time,
};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop consent sign grant --class all --purpose academic --to anyone --until 2027-01-01 --terms terms.txt --file grant.json --from dev:3"
    "datacoop consent relay grant.json --from dev:0"
))]
pub(crate) enum SignCommand {
    Grant(SignGrantArgs),
    Amend(SignAmendArgs),
    Revoke(SignRevokeArgs),
}

/// Signs a new consent.
///
/// With `--nonce`, and a `--valid-until` that is a day or a time, no chain is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent sign grant --class genomic --purpose academic --to anyone --until 2027-01-01 --terms terms.txt --file signed.json --from dev:3"
    "datacoop consent sign grant --class all --purpose academic --to anyone --until 2027-01-01 --terms terms.txt --nonce 0 --valid-until 2026-12-31 --file signed.json --from dev:3"
))]
pub(crate) struct SignGrantArgs {
    #[command(flatten)]
    scope: ScopeArgs,

    #[command(flatten)]
    signing: SigningArgs,
}

/// Signs the next version of a consent. What is not said stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent sign amend 1 --purpose academic --file signed.json --from dev:3"
))]
pub(crate) struct SignAmendArgs {
    /// The consent.
    #[arg(value_name = "ID")]
    id: U256,

    #[command(flatten)]
    amended: AmendedArgs,

    #[command(flatten)]
    signing: SigningArgs,
}

/// Signs the end of a consent.
///
/// With `--nonce`, and a `--valid-until` that is a day or a time, no chain is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop consent sign revoke 1 --file signed.json --from dev:3"
))]
pub(crate) struct SignRevokeArgs {
    /// The consent.
    #[arg(value_name = "ID")]
    id: U256,

    #[command(flatten)]
    signing: SigningArgs,
}

/// How a change is signed.
#[derive(Debug, clap::Args)]
struct SigningArgs {
    /// Where the signed change is written.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Until when it can be submitted: a day, a time, or a span from now.
    #[arg(long, value_name = "TIME", default_value = "7 days")]
    valid_until: Until,

    /// The signer's nonce at the consent registry [default: the next one]
    #[arg(long, value_name = "N")]
    nonce: Option<u64>,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    action: &'static str,
    subject: Account,
    consent: Option<String>,
    scope: Option<ScopeView>,
    nonce: String,
    deadline: Time,
    digest: B256,
    file: PathBuf,
}

impl SignCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Grant(_) => "consent sign grant",
            Self::Amend(_) => "consent sign amend",
            Self::Revoke(_) => "consent sign revoke",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Grant(SignGrantArgs { scope, signing }) => {
                let signer = signing.wallet.signer(rpc, out).await?;
                if !scope.needs_clock() && signing.is_offline() {
                    let wish = Wish::Grant { scope: scope.scope(0)? };
                    return signing.offline(wish, &signer, rpc, out).await;
                }
                let consents = consents(rpc).await?;
                let wish = Wish::Grant { scope: scope.scope(consents.chain.next_time().await?)? };
                signing.online(wish, &signer, &consents, out).await
            }
            Self::Amend(SignAmendArgs { id, amended, signing }) => {
                let signer = signing.wallet.signer(rpc, out).await?;
                let consents = consents(rpc).await?;
                let before = consents.consent_of(id, signer.address()).await?;
                let scope = amended.scope(&before.scope, consents.chain.next_time().await?)?;
                let wish = Wish::Amend { consent: id, version: before.version, scope };
                signing.online(wish, &signer, &consents, out).await
            }
            Self::Revoke(SignRevokeArgs { id, signing }) => {
                let signer = signing.wallet.signer(rpc, out).await?;
                let wish = Wish::Revoke { consent: id };
                if signing.is_offline() {
                    return signing.offline(wish, &signer, rpc, out).await;
                }
                let consents = consents(rpc).await?;
                consents.consent_of(id, signer.address()).await?;
                signing.online(wish, &signer, &consents, out).await
            }
        }
    }
}

async fn consents(rpc: &RpcArgs) -> anyhow::Result<Consents> {
    let (chain, book) = rpc.deployed().await?;
    Ok(Consents::of_book(&chain, &book)?)
}

impl SigningArgs {
    /// Whether what is signed is known without a chain.
    const fn is_offline(&self) -> bool {
        self.nonce.is_some() && matches!(self.valid_until, Until::At(_))
    }

    async fn offline(
        &self,
        wish: Wish,
        signer: &Signer,
        rpc: &RpcArgs,
        out: &Out,
    ) -> anyhow::Result<()> {
        let (Some(nonce), Until::At(deadline)) = (self.nonce, self.valid_until) else {
            return Err(Usage("without a chain a nonce and a time are needed".to_owned()).into());
        };
        let to = ConsentDomain::of_book(&rpc.offline_book()?)?;
        self.sign(wish, signer, &to, (U256::from(nonce), deadline), out).await
    }

    async fn online(
        &self,
        wish: Wish,
        signer: &Signer,
        consents: &Consents,
        out: &Out,
    ) -> anyhow::Result<()> {
        let nonce = match self.nonce {
            Some(nonce) => U256::from(nonce),
            None => consents.nonce(signer.address()).await?,
        };
        let deadline = self.valid_until.from(consents.chain.next_time().await?);
        self.sign(wish, signer, &consents.domain().await?, (nonce, deadline), out).await
    }

    async fn sign(
        &self,
        wish: Wish,
        signer: &Signer,
        to: &ConsentDomain,
        (nonce, deadline): (U256, u64),
        out: &Out,
    ) -> anyhow::Result<()> {
        wish.sign(to, nonce, deadline, signer).await?.write(&self.file)?;
        let (consent, scope) = match &wish {
            Wish::Grant { scope } => (None, Some(scope)),
            Wish::Amend { consent, scope, .. } => (Some(consent), Some(scope)),
            Wish::Revoke { consent } => (Some(consent), None),
        };
        let signed = Signed {
            action: wish.name(),
            subject: Account(signer.address()),
            consent: consent.map(ToString::to_string),
            scope: scope.map(ScopeView::from),
            nonce: nonce.to_string(),
            deadline: Time(deadline),
            digest: wish.digest(to, signer.address(), nonce, deadline),
            file: self.file.clone(),
        };
        match wish {
            Wish::Grant { .. } => out.result(&SignedGrant(signed)),
            Wish::Amend { .. } => out.result(&SignedAmend(signed)),
            Wish::Revoke { .. } => out.result(&SignedRevoke(signed)),
        }
    }
}

impl Signed {
    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { action, subject, consent, scope, nonce, deadline, file, .. } = self;
        let mut rows: Vec<(&str, &dyn std::fmt::Display)> =
            vec![("signed", action), ("subject", subject)];
        if let Some(consent) = consent {
            rows.push(("consent", consent));
        }
        if let Some(scope) = scope {
            rows.push(("scope", scope));
        }
        rows.extend([("nonce", nonce as &dyn std::fmt::Display), ("valid until", deadline)]);
        pairs(to, &rows)?;
        let file = file.display();
        writeln!(
            to,
            "\nSigned and not sent. Anybody can submit it: `datacoop consent relay {file} --from KEY`."
        )
    }
}

#[derive(Serialize)]
struct SignedGrant(Signed);

#[derive(Serialize)]
struct SignedAmend(Signed);

#[derive(Serialize)]
struct SignedRevoke(Signed);

impl Report for SignedGrant {
    const COMMAND: &'static str = "consent sign grant";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}

impl Report for SignedAmend {
    const COMMAND: &'static str = "consent sign amend";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}

impl Report for SignedRevoke {
    const COMMAND: &'static str = "consent sign revoke";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.0.show(to)
    }
}
