//! Decides who takes what data earned.

use alloy::primitives::{U256, keccak256};
use anyhow::Result;
use datacoop_deploy::bindings::IRevenueDistributor::{
    claimCall, claimSharedCall, claimableCall, claimableSharedCall,
};

use super::{Attempt, Composer};

impl Composer<'_> {
    /// A contributor is paid what it is owed, once, and no more than its share.
    pub(super) async fn claim(&mut self) -> Result<Option<Attempt>> {
        let (at, token) = (self.stage.at.revenue, self.stage.at.data);
        let pots: Vec<_> = self.ledger.revenue.pots.keys().map(|key| key.0).collect();
        let Some(edition) = self.pick(&pots) else { return Ok(None) };
        let Some(published) = self.ledger.access.editions.get(&edition) else { return Ok(None) };
        let contributors = self.manifests.shares(published.root);
        let Some((account, shares)) = self.pick(&contributors) else { return Ok(None) };
        let claim = self.manifests.claim(self.ledger, (edition, token), account);
        let Some(call) = claim else { return Ok(None) };
        let from = self.outsider();
        if self.is_flawed() {
            let call = claimCall { shares: shares + U256::ONE, ..call };
            return Ok(Some(Attempt::refused(from, at, &call, "RevenueInvalidProof")));
        }
        let due = self.ask(at, claimableCall { edition, token, account, shares }).await?;
        let error = due.is_zero().then_some("RevenueNothingToClaim");
        let attempt = Attempt::ends(from, at, &call, error);
        Ok(Some(attempt.stopped_by(&[self.ledger.data_stands_still() && !due.is_zero()])))
    }

    /// A validator is paid its part of the pool, once.
    pub(super) async fn claim_shared(&mut self) -> Result<Option<Attempt>> {
        let (at, token) = (self.stage.at.revenue, self.stage.at.data);
        let pool = keccak256("VALIDATORS");
        let sharers: Vec<_> = self.ledger.revenue.sharers.iter().map(|(_, of)| *of).collect();
        let validator = self.pick(&sharers);
        let nobody = self.is_flawed().then(|| self.outsider());
        let Some(account) = nobody.or(validator) else { return Ok(None) };
        let due = self.ask(at, claimableSharedCall { pool, token, account }).await?;
        let error = due.is_zero().then_some("RevenueNothingToClaim");
        let attempt = Attempt::ends(account, at, &claimSharedCall { pool, token, account }, error);
        Ok(Some(attempt.stopped_by(&[self.ledger.data_stands_still() && !due.is_zero()])))
    }
}
