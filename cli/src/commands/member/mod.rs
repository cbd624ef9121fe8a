//! Decides which commands there are for members: from an invitation to leaving.

mod did;
mod invite;
mod issue;
mod join;
mod leave;
mod person;
mod recover;
mod roles;
mod show;
mod vet;
mod view;

use clap::Subcommand;

use crate::{args::RpcArgs, cli::after_help, output::Out};

#[derive(Debug, Subcommand)]
#[command(after_help = after_help!(
    "datacoop member invite 0x7099…79C8 --person-file alice.txt --file alice.json --from dev:1"
    "datacoop member join alice.json --from dev:3"
    "datacoop member show 0x7099…79C8"
))]
pub(crate) enum MemberCommand {
    Invite(invite::InviteArgs),
    Join(join::JoinArgs),
    Issue(issue::IssueArgs),
    Show(show::ShowArgs),
    Vet(vet::VetArgs),
    Roles(roles::RolesArgs),
    BindDid(did::BindDidArgs),
    Recover(recover::RecoverArgs),
    Revoke(recover::RevokeArgs),
    Leave(leave::LeaveArgs),
}

impl MemberCommand {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Invite(_) => "member invite",
            Self::Join(_) => "member join",
            Self::Issue(_) => "member issue",
            Self::Show(_) => "member show",
            Self::Vet(_) => "member vet",
            Self::Roles(_) => "member roles",
            Self::BindDid(_) => "member bind-did",
            Self::Recover(_) => "member recover",
            Self::Revoke(_) => "member revoke",
            Self::Leave(_) => "member leave",
        }
    }

    pub(crate) async fn run(self, rpc: &RpcArgs, out: &Out) -> anyhow::Result<()> {
        match self {
            Self::Invite(args) => args.run(rpc, out).await,
            Self::Join(args) => args.run(rpc, out).await,
            Self::Issue(args) => args.run(rpc, out).await,
            Self::Show(args) => args.run(rpc, out).await,
            Self::Vet(args) => args.run(rpc, out).await,
            Self::Roles(args) => args.run(rpc, out).await,
            Self::BindDid(args) => args.run(rpc, out).await,
            Self::Recover(args) => args.run(rpc, out).await,
            Self::Revoke(args) => args.run(rpc, out).await,
            Self::Leave(args) => args.run(rpc, out).await,
        }
    }
}
