//! Decides what `datacoop member invite` does: an issuer's signature by which somebody joins.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use alloy::primitives::{Address, B256, U256};
use datacoop_deploy::{
    calendar::write_utc,
    consent::Until,
    contracts::MEMBERSHIP,
    members::{ActorRoles, InvitationTerms, Members},
};
use serde::Serialize;

use super::person::PersonArgs;
use crate::{
    args::{RpcArgs, WalletArgs},
    cli::after_help,
    exit::Usage,
    output::{Account, Out, Report, pairs},
    time::Time,
};

/// Signs an invitation, as an issuer: with the file, its account becomes a member. Sends nothing.
///
/// With `--nonce` and `--until` no chain is asked, so that the issuer's key may be on a machine
/// without a network. A person who never was a member has nonce 0.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop member invite 0x7099…79C8 --person 'mrn|12345' --file alice.json --from dev:1"
    "datacoop member invite 0x7099…79C8 --person 'lab|7' --role researcher --file lab.json --from dev:1"
    "datacoop member invite 0x7099…79C8 --person 'mrn|12345' --nonce 0 --until 2027-01-01 --file a.json --from dev:1"
))]
pub(crate) struct InviteArgs {
    /// The account that may join.
    #[arg(value_name = "ADDRESS")]
    account: Address,

    #[command(flatten)]
    person: PersonArgs,

    /// Where the invitation is written.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Until when it can be used: a day, a time, or a span such as `2 days` from now.
    #[arg(long, value_name = "TIME", default_value = "7 days")]
    until: Until,

    /// How often the person's membership began, moved or ended, to sign without a chain.
    #[arg(long, value_name = "N", requires = "until")]
    nonce: Option<u64>,

    #[command(flatten)]
    wallet: WalletArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invited {
    issuer: Account,
    account: Account,
    credential: B256,
    roles: ActorRoles,
    nonce: String,
    deadline: Time,
    file: PathBuf,
}

impl InviteArgs {
    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        let Self { account, person, file, until, nonce, wallet } = self;
        let signer = wallet.signer(rpc, out).await?;
        let (credential, roles) = (person.credential()?, person.roles());
        let (chain_id, membership, nonce, deadline) = match nonce {
            Some(nonce) => {
                let Until::At(deadline) = until else {
                    let reason = "without a chain `--until` is a day or a time, not a span";
                    return Err(Usage(reason.to_owned()).into());
                };
                let book = rpc.offline_book()?;
                (book.chain_id, book.address(&MEMBERSHIP)?, U256::from(nonce), deadline)
            }
            None => {
                let (chain, book) = rpc.deployed().await?;
                let members = Members::of_book(&chain, &book)?;
                members.expect_domain().await?;
                let deadline = until.from(chain.next_time().await?);
                (chain.id(), members.address, members.nonce(credential).await?, deadline)
            }
        };
        let terms = InvitationTerms { account, credential, roles, nonce, deadline };
        let invitation = terms.sign(chain_id, membership, &signer).await?;
        invitation.write(&file)?;
        out.result(&Invited {
            issuer: Account(invitation.issuer),
            account: Account(account),
            credential,
            roles,
            nonce: invitation.nonce,
            deadline: Time(deadline),
            file,
        })
    }
}

impl Report for Invited {
    const COMMAND: &'static str = "member invite";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { issuer, account, credential, roles, deadline, file, .. } = self;
        pairs(
            to,
            &[
                ("issuer", issuer),
                ("account", account),
                ("credential", credential),
                ("will act as", roles),
                ("valid until", &write_utc(deadline.0)),
            ],
        )?;
        let file = file.display();
        writeln!(
            to,
            "\nSigned and not sent. The account joins with it: `datacoop member join {file} --from KEY`."
        )
    }
}
