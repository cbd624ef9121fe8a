//! Decides how a membership, and a change of it, is shown.

use std::{
    fmt,
    io::{self, Write},
};

use alloy::primitives::{Address, B256};
use datacoop_deploy::{
    chain::{Outgoing, Receipt, Sender},
    members::{ActorRoles, Member, Members},
};
use serde::Serialize;

use crate::{
    output::{Account, pairs},
    time::Time,
};

/// A membership.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    /// The token's id: one person has one for ever.
    pub(super) id: String,
    pub(super) roles: ActorRoles,
    pub(super) since: Time,
    pub(super) credential: B256,
    /// The hash of the DID, if one is bound.
    pub(super) did: Option<B256>,
}

/// What a change of a membership left.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    pub(super) account: Account,
    /// What it is now; nothing when the account is no member any more.
    pub(super) membership: Option<Membership>,
    #[serde(flatten)]
    pub(super) receipt: Receipt,
}

impl From<Member> for Membership {
    fn from(member: Member) -> Self {
        Self {
            id: member.id.to_string(),
            roles: member.roles,
            since: Time(member.since),
            credential: member.credential,
            did: (!member.did.is_zero()).then_some(member.did),
        }
    }
}

impl Changed {
    /// Sends a call, and looks up what has become of an account.
    pub(super) async fn send(
        members: &Members,
        sender: &Sender,
        outgoing: &Outgoing,
        account: Address,
    ) -> anyhow::Result<Self> {
        let receipt = sender.send(outgoing).await?;
        let membership = members.find(account).await?.map(Membership::from);
        Ok(Self { account: Account(account), membership, receipt })
    }

    /// Writes it for people.
    pub(super) fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows: Vec<(&str, &dyn fmt::Display)> = vec![("account", &self.account)];
        let none = "no member";
        match &self.membership {
            Some(membership) => membership.rows(&mut rows),
            None => rows.push(("membership", &none)),
        }
        rows.push(("transaction", &self.receipt.transaction));
        rows.push(("gas", &self.receipt.gas_used));
        pairs(to, &rows)
    }
}

impl Membership {
    /// The lines that say it to people.
    pub(super) fn rows<'a>(&'a self, rows: &mut Vec<(&'a str, &'a dyn fmt::Display)>) {
        rows.push(("membership", &self.id));
        rows.push(("acts as", &self.roles));
        rows.push(("member since", &self.since));
        if let Some(did) = &self.did {
            rows.push(("DID's hash", did));
        }
    }
}
