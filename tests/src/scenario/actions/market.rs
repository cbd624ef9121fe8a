//! Decides what is for sale, who may buy it, and how licences are used.

use alloy::primitives::{Address, B256, U256};
use anyhow::Result;
use datacoop_deploy::bindings::IDataMarket::{
    isVettedCall, listCall, logAccessCall, requestUnstakeCall, safeTransferFromCall, stakeCall,
    stakeOfCall, stakeOfReturn, unstakeCall, useLicenceCall,
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::{
    TOKEN,
    scenario::{
        ledger::money::Licence,
        people::{RESEARCHER, RESEARCHERS},
        reading::Reader,
        view::Read,
    },
};

/// The terms of every offer, hashed, and the key that keys are released to.
pub(crate) const TERMS: B256 = B256::repeat_byte(0x7e);
pub(super) const KEY: B256 = B256::repeat_byte(0x4b);

impl Composer<'_> {
    /// A researcher of the first day: mostly one that acts as such.
    pub(super) fn researcher(&mut self) -> Address {
        let acting = self.ledger.access.acting_as(RESEARCHER);
        if let Some(acting) = self.pick(&acting).filter(|_| !self.rng.random_ratio(1, 6)) {
            return acting;
        }
        let number = self.rng.random_range(RESEARCHERS);
        self.stage.people.member(number)
    }

    /// An edition that is live and not void, with its purposes.
    pub(super) fn live_edition(&mut self) -> Option<(U256, u8)> {
        let access = &self.ledger.access;
        let live = access
            .editions
            .iter()
            .filter(|(_, edition)| !edition.voided && edition.live_from <= self.time);
        let live: Vec<_> = live
            .filter_map(|(id, edition)| Some((*id, access.datasets.get(&edition.dataset)?.1)))
            .collect();
        self.pick(&live)
    }

    pub(super) fn list(&mut self) -> Option<Attempt> {
        let at = self.stage.at;
        let (edition, purposes) = self.live_edition()?;
        let call = listCall {
            edition,
            token: at.data,
            unit: self.rng.random_range(0..2),
            purposes,
            maxPeriods: 6,
            termsHash: TERMS,
        };
        let lister = self.stage.people.curator.address();
        if self.is_flawed() {
            let (from, call, error) = match self.rng.random_range(0..3) {
                0 => (self.outsider(), call, "AccessControlUnauthorizedAccount"),
                1 => (lister, listCall { token: at.gov, ..call }, "MarketTokenNotAllowed"),
                _ => (lister, listCall { termsHash: B256::ZERO, ..call }, "MarketMissingTerms"),
            };
            return Some(Attempt::refused(from, at.market, &call, error));
        }
        Some(Attempt::done(lister, at.market, &call))
    }

    pub(super) fn stake(&mut self) -> Option<Attempt> {
        let (at, researcher) = (self.stage.at.market, self.researcher());
        let stopped = [self.ledger.data_stands_still()];
        if self.is_flawed() {
            let call = stakeCall { amount: U256::ZERO };
            return Some(Attempt::refused(researcher, at, &call, "MarketInvalidAmount"));
        }
        let amount = U256::from(self.rng.random_range(1..200)) * TOKEN;
        if self.ledger.data.balance(researcher) < amount {
            return None;
        }
        Some(Attempt::done(researcher, at, &stakeCall { amount }).stopped_by(&stopped))
    }

    /// A researcher whose stake is as wanted, if there is one; anybody's otherwise, unless this is earnest.
    async fn staker(
        &mut self,
        wanted: impl Fn(&stakeOfReturn) -> bool,
    ) -> Result<Option<(Address, stakeOfReturn)>> {
        let (at, any) = (self.stage.at.market, self.researcher());
        if self.earnest || !self.rng.random_ratio(1, 4) {
            for account in self.stage.people.members(RESEARCHERS) {
                let stake = self.ask(at, stakeOfCall { account }).await?;
                if wanted(&stake) {
                    return Ok(Some((account, stake)));
                }
            }
        }
        if self.is_flawed() || (!self.earnest && self.rng.random_ratio(1, 4)) {
            let stake = self.ask(at, stakeOfCall { account: any }).await?;
            return Ok(Some((any, stake)));
        }
        Ok(None)
    }

    /// A part of a stake is asked back, unless a licence or a bid stands on it.
    pub(super) async fn request_unstake(&mut self) -> Result<Option<Attempt>> {
        let (at, time) = (self.stage.at.market, self.time);
        let is_locked =
            move |stake: &stakeOfReturn| stake.lockedUntil > time || stake.auctionsLed > 0;
        let is_free =
            |stake: &stakeOfReturn| !is_locked(stake) && stake.staked > stake.unstaking + TOKEN;
        let Some((account, stake)) = self.staker(is_free).await? else { return Ok(None) };
        let amount = if self.is_flawed() {
            stake.staked + U256::ONE
        } else {
            stake.staked.min(stake.unstaking + TOKEN)
        };
        let error = if amount > stake.staked {
            Some("MarketInsufficientStake")
        } else {
            (is_locked(&stake) && amount > stake.unstaking).then_some("MarketStakeLocked")
        };
        let attempt = Attempt::ends(account, at, &requestUnstakeCall { amount }, error);
        Ok(Some(attempt.or("MarketStakeLocked")))
    }

    /// What was asked back is paid when its time has come.
    pub(super) async fn unstake(&mut self) -> Result<Option<Attempt>> {
        let (at, time) = (self.stage.at.market, self.time);
        let is_locked =
            move |stake: &stakeOfReturn| stake.lockedUntil > time || stake.auctionsLed > 0;
        let is_ready =
            move |stake: &stakeOfReturn| !stake.unstaking.is_zero() && stake.readyAt <= time;
        let is_due = |stake: &stakeOfReturn| is_ready(stake) && !is_locked(stake);
        let Some((account, stake)) = self.staker(is_due).await? else { return Ok(None) };
        let error = if is_ready(&stake) {
            is_locked(&stake).then_some("MarketStakeLocked")
        } else {
            Some("MarketUnstakeNotReady")
        };
        let attempt = Attempt::ends(account, at, &unstakeCall {}, error).or("MarketStakeLocked");
        let stopped = [self.ledger.data_stands_still() && error.is_none()];
        Ok(Some(attempt.stopped_by(&stopped)))
    }

    /// A licence of somebody's, mostly one that lives.
    fn licence(&mut self) -> Option<(U256, Licence)> {
        let licences = self.ledger.market.licences.iter();
        let all: Vec<_> = licences.map(|(id, licence)| (*id, *licence)).collect();
        let time = self.time;
        let live: Vec<_> = all.iter().copied().filter(|(_, of)| of.end > time).collect();
        if self.is_flawed() { self.pick(&all) } else { self.pick(&live) }
    }

    /// A licence goes to somebody who is vetted, and to nobody else.
    pub(super) async fn transfer_licence(&mut self) -> Result<Option<Attempt>> {
        let Some((id, licence)) = self.licence() else { return Ok(None) };
        let (at, from) = (self.stage.at.market, licence.holder);
        let to = if self.is_flawed() { self.outsider() } else { self.researcher() };
        let is_vetted = self.ask(at, isVettedCall { account: to }).await?;
        let (value, data) = (U256::ONE, Vec::new().into());
        let call = safeTransferFromCall { from, to, id, value, data };
        if self.is_flawed() {
            let error = "ERC1155MissingApprovalForAll";
            return Ok(Some(Attempt::refused(self.outsider(), at, &call, error)));
        }
        let error = (!is_vetted).then_some("MarketNotVetted");
        Ok(Some(Attempt::ends(from, at, &call, error)))
    }

    pub(super) fn use_licence(&mut self) -> Option<Attempt> {
        let (id, licence) = self.licence()?;
        let at = self.stage.at.market;
        let call = useLicenceCall { licenceId: id, publicKey: KEY };
        if self.is_flawed() {
            return Some(Attempt::refused(self.outsider(), at, &call, "MarketNotHolder"));
        }
        let error = (licence.end <= self.time).then_some("MarketLicenceNotLive");
        Some(Attempt::ends(licence.holder, at, &call, error))
    }

    /// The access server logs a read exactly when the logs of all others say that it is allowed.
    pub(super) async fn log_access(&mut self) -> Result<Option<Attempt>> {
        let Some((id, licence)) = self.licence() else { return Ok(None) };
        let Licence { holder, edition, purpose, .. } = licence;
        let Some(published) = self.ledger.access.editions.get(&edition) else { return Ok(None) };
        let Some(manifest) = self.manifests.of(published.root) else { return Ok(None) };
        let number = self.rng.random_range(0..manifest.records.len());
        let record = manifest.records[number];
        let Some(proof) = manifest.proof_of(record) else { return Ok(None) };
        let at = self.stage.at.market;
        let call = logAccessCall { licenceId: id, recordId: record, proof };
        if self.is_flawed() {
            let error = "AccessControlUnauthorizedAccount";
            return Ok(Some(Attempt::refused(holder, at, &call, error)));
        }
        let stake = self.ask(at, stakeOfCall { account: holder }).await?;
        let required = datacoop_deploy::bindings::IDataMarket::requiredStakeCall {};
        let has_stake = stake.staked - stake.unstaking >= self.ask(at, required).await?;
        let reader = Reader { ledger: self.ledger, manifests: self.manifests, has_stake };
        let is_in_use = self.ledger.market.in_use.contains_key(&id);
        let may =
            is_in_use && reader.may_read(&Read { holder, edition, purpose, record }, self.time);
        let error = (!may).then_some("MarketUnreadable");
        let server = self.stage.people.server.address();
        Ok(Some(Attempt::ends(server, at, &call, error).or("MarketNoAccess")))
    }
}
