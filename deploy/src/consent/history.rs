//! Decides what the history of a subject's consents is, and whether its receipts prove it.
//!
//! Every event says what was changed; the receipt in it is computed here again from that, and from
//! the receipt before it. So a history that was shortened, reordered or altered does not hold.

use std::{collections::BTreeMap, fmt};

use alloy::{
    primitives::{Address, B256, U256},
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use serde::Serialize;

use super::{Consents, Receipted, Scope};
use crate::{
    Error,
    bindings::IConsentRegistry::{ConsentAmended, ConsentGranted, ConsentRevoked},
};

/// What was done to a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Deed {
    /// It was given.
    Granted = 1,
    /// It was replaced by its next version.
    Amended = 2,
    /// It was taken back.
    Revoked = 3,
}

/// A change of a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub deed: Deed,
    /// What the receipt says.
    pub said: Receipted,
    /// The receipt, as the contract made it.
    pub receipt: B256,
    /// Whether the receipt is the one of what it says, and follows on the one before.
    pub holds: bool,
    /// The transaction.
    pub transaction: B256,
}

impl Consents {
    /// Reads all changes of a subject's consents, in order.
    ///
    /// # Errors
    ///
    /// The failures of asking for logs.
    pub async fn history(&self, subject: Address) -> Result<Vec<Change>, Error> {
        let events = vec![
            ConsentGranted::SIGNATURE_HASH,
            ConsentAmended::SIGNATURE_HASH,
            ConsentRevoked::SIGNATURE_HASH,
        ];
        let filter = Filter::new()
            .address(self.address)
            .event_signature(events)
            .topic2(B256::left_padding_from(subject.as_slice()));
        let logs = self.chain.logs(&filter, self.since).await?;
        Ok(prove(logs.iter().filter_map(change), self.chain.id(), self.address))
    }
}

/// Checks each change against what it says and against the one before it.
fn prove(changes: impl Iterator<Item = Change>, chain_id: u64, registry: Address) -> Vec<Change> {
    let mut last: BTreeMap<U256, (u64, B256)> = BTreeMap::new();
    let judged = changes.map(|change| {
        let said = &change.said;
        let follows = match (last.get(&said.consent), change.deed) {
            (None, Deed::Granted) => said.version == 1 && said.previous.is_zero(),
            (Some((version, receipt)), Deed::Amended | Deed::Revoked) => {
                said.version == version + 1 && said.previous == *receipt
            }
            _ => false,
        };
        last.insert(said.consent, (said.version, change.receipt));
        let holds = follows && said.receipt(chain_id, registry) == change.receipt;
        Change { holds, ..change }
    });
    judged.collect()
}

/// Reads a change out of a log.
fn change(log: &Log) -> Option<Change> {
    let data = &log.inner.data;
    let transaction = log.transaction_hash.unwrap_or_default();
    let made =
        |deed: Deed, receipt, said| Change { deed, said, receipt, holds: false, transaction };
    if let Ok(event) = ConsentGranted::decode_log_data(data) {
        let said = Receipted {
            consent: event.consentId,
            version: 1,
            action: Deed::Granted as u8,
            subject: event.subject,
            scope: Scope::of_chain(&event.scope)?,
            at: event.at,
            previous: B256::ZERO,
        };
        return Some(made(Deed::Granted, event.receipt, said));
    }
    if let Ok(event) = ConsentAmended::decode_log_data(data) {
        let said = Receipted {
            consent: event.consentId,
            version: event.version,
            action: Deed::Amended as u8,
            subject: event.subject,
            scope: Scope::of_chain(&event.newScope)?,
            at: event.at,
            previous: event.oldReceipt,
        };
        return Some(made(Deed::Amended, event.receipt, said));
    }
    let event = ConsentRevoked::decode_log_data(data).ok()?;
    let said = Receipted {
        consent: event.consentId,
        version: event.version,
        action: Deed::Revoked as u8,
        subject: event.subject,
        scope: Scope::of_chain(&event.oldScope)?,
        at: event.at,
        previous: event.oldReceipt,
    };
    Some(made(Deed::Revoked, event.receipt, said))
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Granted => "granted",
            Self::Amended => "amended",
            Self::Revoked => "revoked",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::{DataClasses, Grantee, Purposes};

    const REGISTRY: Address = Address::repeat_byte(7);

    /// A consent that was granted, amended and revoked.
    fn history() -> Vec<Change> {
        let scope = Scope {
            classes: DataClasses(3),
            purposes: Purposes(1),
            grantee: Grantee::AnyoneVetted,
            expiry: 2_000_000_000,
            terms: B256::repeat_byte(9),
        };
        let mut previous = B256::ZERO;
        let mut history = Vec::new();
        for (version, deed) in (1..).zip([Deed::Granted, Deed::Amended, Deed::Revoked]) {
            let (consent, subject) = (U256::from(4), Address::repeat_byte(3));
            let action = deed as u8;
            let said =
                Receipted { consent, version, action, subject, scope, at: 100 + version, previous };
            let receipt = said.receipt(1, REGISTRY);
            let transaction = B256::ZERO;
            history.push(Change { deed, said, receipt, holds: false, transaction });
            previous = receipt;
        }
        history
    }

    fn holding(history: Vec<Change>) -> Vec<bool> {
        prove(history.into_iter(), 1, REGISTRY).iter().map(|change| change.holds).collect()
    }

    #[test]
    fn a_whole_history_holds() {
        assert_eq!(holding(history()), [true, true, true]);
    }

    #[test]
    fn a_history_that_was_altered_does_not() {
        let mut wider = history();
        wider[1].said.scope.purposes = Purposes(31);
        assert_eq!(holding(wider), [true, false, true]);
        let mut shortened = history();
        shortened.remove(1);
        assert_eq!(holding(shortened), [true, false]);
        let mut headless = history();
        headless.remove(0);
        assert_eq!(holding(headless), [false, true]);
        let mut reordered = history();
        reordered.swap(1, 2);
        assert_eq!(holding(reordered), [true, false, false]);
        assert!(!prove(history().into_iter(), 2, REGISTRY)[0].holds);
    }
}
