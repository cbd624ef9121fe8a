//! Decides why an account may read, or may not: each thing that must hold, asked for by itself, beside
//! the market's own answer.

use alloy::primitives::{Address, B256, U256};

use super::{Edition, Market, Purpose};
use crate::{
    Error,
    bindings::{
        IConsentRegistry::coveringConsentCall,
        IDataMarket::{
            canReadCall, hasAccessCall, licenceCall, licenceInUseCall, requiredStakeCall,
            stakeOfCall,
        },
        IDataRegistry::{containsCall, isLiveCall, recordOfCall},
        IMembership::hasActorRoleCall,
    },
    calendar::write_utc,
};

/// The actor role of researchers: that of Membership.
const RESEARCHER: u8 = 4;

/// The statuses of a record: those of `DataRegistry`.
const STATUSES: [&str; 4] = ["not registered", "registered, not attested", "attested", "erased"];

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who wants to read.
    pub holder: Address,
    /// Of which edition.
    pub edition: Edition,
    /// What for.
    pub purpose: Purpose,
    /// One record of it, and the proof that it is.
    pub record: Option<(B256, Vec<B256>)>,
}

/// Something that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The holder is a member that acts as a researcher.
    Researcher,
    /// Its stake is what is required.
    Stake,
    /// No ruling keeps it out.
    NotBarred,
    /// It uses a licence for the edition and the purpose.
    Licence,
    /// That licence lives.
    Term,
    /// The edition is live.
    Edition,
    /// The record belongs to it.
    Record,
    /// The record is attested.
    Attested,
    /// Its owner's consent covers the use.
    Consent,
}

/// Whether something holds at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub reason: Reason,
    /// Whether it does.
    pub holds: bool,
    /// How that is known, in words.
    pub detail: String,
}

/// An answer and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What the market says.
    pub is_allowed: bool,
    /// What must hold, in the order in which the market asks.
    pub checks: Vec<Check>,
}

impl Market {
    /// Asks whether somebody may read, and why.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`](crate::chain::Chain::read).
    pub async fn access(&self, asked: &Asked) -> Result<Access, Error> {
        let Asked { holder, edition, purpose, record } = asked;
        let (holder, edition, purpose) = (*holder, edition.0, purpose.0);
        let mut checks = self.vetting(holder).await?;
        checks.extend(self.term(holder, edition, purpose).await?);
        let is_allowed = match record {
            None => self.read(&hasAccessCall { holder, edition, purpose }).await?,
            Some((record, proof)) => {
                checks.extend(self.reading(asked, (*record, proof)).await?);
                let call = canReadCall {
                    holder,
                    edition,
                    purpose,
                    recordId: *record,
                    proof: proof.clone(),
                };
                self.read(&call).await?
            }
        };
        Ok(Access { is_allowed, checks })
    }

    /// What makes somebody vetted.
    async fn vetting(&self, account: Address) -> Result<Vec<Check>, Error> {
        let call = hasActorRoleCall { account, role: RESEARCHER };
        let is_researcher = self.chain.read_next(self.membership, &call).await?;
        let held = self.read(&stakeOfCall { account }).await?;
        let required = self.read(&requiredStakeCall {}).await?;
        let token = self.token(self.stake_token().await?).await?;
        let vetting = held.staked.saturating_sub(held.unstaking);
        let check = |reason, holds, detail: String| Check { reason, holds, detail };
        let member = if is_researcher { "it is" } else { "it is not" };
        let stake = format!("{} of {}", token.write(vetting), token.write(required));
        let ruling = if held.barred { "a ruling bars it" } else { "no ruling bars it" };
        Ok(vec![
            check(Reason::Researcher, is_researcher, format!("{member} a member and researcher")),
            check(Reason::Stake, vetting >= required, stake),
            check(Reason::NotBarred, !held.barred, ruling.to_owned()),
        ])
    }

    /// What makes a licence live.
    async fn term(&self, holder: Address, edition: U256, purpose: u8) -> Result<Vec<Check>, Error> {
        let used = self.read(&licenceInUseCall { holder, edition, purpose }).await?;
        if used.is_zero() {
            let detail = "it uses none".to_owned();
            return Ok(vec![Check { reason: Reason::Licence, holds: false, detail }]);
        }
        let licence = self.read(&licenceCall { licenceId: used }).await?;
        let now = self.chain.next_time().await?;
        let licensed = format!("it uses licence {used}");
        let term = format!("from {} to {}", write_utc(licence.start), write_utc(licence.end));
        Ok(vec![
            Check { reason: Reason::Licence, holds: true, detail: licensed },
            Check { reason: Reason::Term, holds: now < licence.end, detail: term },
        ])
    }

    /// What makes a record readable, besides.
    async fn reading(
        &self,
        asked: &Asked,
        (record, proof): (B256, &[B256]),
    ) -> Result<Vec<Check>, Error> {
        let edition = asked.edition.0;
        let is_live = self.chain.read_next(self.registry, &isLiveCall { edition }).await?;
        let call = containsCall { edition, recordId: record, proof: proof.to_vec() };
        let belongs = self.chain.read_next(self.registry, &call).await?;
        let found = self.chain.read_next(self.registry, &recordOfCall { recordId: record }).await?;
        let subject = found.owner;
        let call = coveringConsentCall {
            subject,
            dataClass: found.dataClass,
            purpose: asked.purpose.0,
            grantee: asked.holder,
        };
        let consent = self.chain.read_next(self.consents, &call).await?;
        let status = STATUSES.get(usize::from(found.status)).copied().unwrap_or("unknown");
        let live = if is_live { "it is live" } else { "it is not live" };
        let part = if belongs { "the proof leads to its root" } else { "the proof does not" };
        let covered = match (subject.is_zero(), consent.is_zero()) {
            (true, _) => "nobody owns the record".to_owned(),
            (_, true) => format!("no consent of {subject} covers {} for it", asked.purpose),
            _ => format!("consent {consent} of {subject} covers {}", asked.purpose),
        };
        let check = |reason, holds, detail: String| Check { reason, holds, detail };
        Ok(vec![
            check(Reason::Edition, is_live, live.to_owned()),
            check(Reason::Record, belongs, part.to_owned()),
            check(Reason::Attested, found.status == 2, status.to_owned()),
            check(Reason::Consent, !consent.is_zero(), covered),
        ])
    }
}
