//! Decides how a consent, and a change of it, is shown.

use std::{
    fmt,
    io::{self, Write},
};

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    bindings::IConsentRegistry::{ConsentAmended, ConsentGranted, ConsentRevoked},
    chain::{Outgoing, Receipt, Sender},
    consent::{Consent, Consents, Scope, Status},
};
use serde::Serialize;

use crate::{
    output::{Account, pairs},
    time::Time,
};

/// A consent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentView {
    pub(super) id: String,
    pub(super) subject: Account,
    pub(super) version: u64,
    pub(super) status: Status,
    #[serde(flatten)]
    pub(super) scope: ScopeView,
    /// When this version was made.
    pub(super) at: Time,
    pub(super) receipt: B256,
}

/// What is consented to, in words.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScopeView {
    pub(super) data_classes: Vec<&'static str>,
    pub(super) purposes: Vec<&'static str>,
    pub(super) grantee: String,
    /// The last second at which it covers anything.
    pub(super) until: Time,
    pub(super) terms: B256,
}

/// What a change left.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    pub(super) consent: ConsentView,
    #[serde(flatten)]
    pub(super) transaction: Receipt,
}

impl From<&Scope> for ScopeView {
    fn from(scope: &Scope) -> Self {
        Self {
            data_classes: scope.classes.names().collect(),
            purposes: scope.purposes.names().collect(),
            grantee: scope.grantee.to_string(),
            until: Time(scope.expiry),
            terms: scope.terms,
        }
    }
}

impl From<&Consent> for ConsentView {
    fn from(consent: &Consent) -> Self {
        Self {
            id: consent.id.to_string(),
            subject: Account(consent.subject),
            version: consent.version,
            status: consent.status,
            scope: ScopeView::from(&consent.scope),
            at: Time(consent.at),
            receipt: consent.receipt,
        }
    }
}

impl fmt::Display for ScopeView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { data_classes, purposes, grantee, until, .. } = self;
        let (data, purposes) = (data_classes.join(", "), purposes.join(", "));
        write!(f, "{data} data for {purposes} to {grantee} until {until}")
    }
}

impl Changed {
    /// Sends a call that changes one consent, and looks up what it has become.
    pub(super) async fn send(
        consents: &Consents,
        sender: &Sender,
        outgoing: &Outgoing,
    ) -> anyhow::Result<Self> {
        let transaction = sender.send(outgoing).await?;
        let id = changed(&transaction, consents).ok_or_else(|| datacoop_deploy::Error::Answer {
            request: outgoing.call.clone(),
            reason: "no consent was changed".to_owned(),
        })?;
        let consent = ConsentView::from(&consents.consent(id).await?);
        Ok(Self { consent, transaction })
    }

    /// Writes it for people.
    pub(super) fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        self.consent.show(to)?;
        let Receipt { transaction, gas_used, .. } = &self.transaction;
        pairs(to, &[("transaction", transaction), ("gas        ", gas_used)])
    }
}

/// The consent that a transaction changed.
fn changed(receipt: &Receipt, consents: &Consents) -> Option<U256> {
    let at = consents.address;
    let granted = receipt.events_of::<ConsentGranted>(at).map(|event| event.consentId);
    let amended = receipt.events_of::<ConsentAmended>(at).map(|event| event.consentId);
    let revoked = receipt.events_of::<ConsentRevoked>(at).map(|event| event.consentId);
    granted.chain(amended).chain(revoked).next()
}

impl ConsentView {
    /// Writes it for people.
    pub(super) fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, subject, version, status, scope, at, receipt } = self;
        let (data, purposes) = (scope.data_classes.join(", "), scope.purposes.join(", "));
        pairs(
            to,
            &[
                ("consent", id),
                ("of", subject),
                ("status", status),
                ("data", &data),
                ("purposes", &purposes),
                ("to", &scope.grantee),
                ("until", &scope.until),
                ("terms", &scope.terms),
                ("version", version),
                ("since", at),
                ("receipt    ", receipt),
            ],
        )
    }
}
