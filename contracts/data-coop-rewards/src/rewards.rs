//! Decides what DataCoopRewards is: where its storage lies, and which function of the interface
//! runs what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint, contract,
    dynamic::{Bools, Elements},
    event::emit,
    host, layout,
    pausable::{Pausable, PausableStorage},
    routes,
};
use stylus_sdk::host::VM;

use crate::{
    batch, minting,
    offices::OfficesStorage,
    parameters::ParametersStorage,
    records::{Proof, RecordsStorage},
    score,
};

sol!("IDataCoopRewards.sol");

use IDataCoopRewards::{ContributionRecorded, RewardMinted, RewardsInvalidAddress};

// The layout: append only, never reorder. `layout.txt` is its snapshot.

pub(crate) const OFFICES: OfficesStorage = OfficesStorage::at(0);

impl Pausable for DataCoopRewards {
    const PAUSABLE: PausableStorage = PausableStorage::at(4);
}

pub(crate) const PARAMETERS: ParametersStorage = ParametersStorage::at(5);

pub(crate) const RECORDS: RecordsStorage = RecordsStorage::at(9);

const TOKENS: TokensStorage = TokensStorage::at(12);

layout! {
    /// The storage of the tokens that are fixed for ever.
    pub struct TokensStorage {
        /// The DATA token. Written by the constructor.
        data: Slot<Account>,
    }
}

/// The rewards.
#[derive(Debug)]
pub struct DataCoopRewards {
    pub(crate) vm: VM,
}

impl DataCoopRewards {
    /// Makes the rewards.
    ///
    /// # Errors
    ///
    /// `RewardsInvalidAddress` when DATA is not a contract, or there is no governance or oracle.
    ///
    /// # Events
    ///
    /// `GovernanceTransferred`, `VerifiedOracleChanged`, `GuardianChanged`.
    fn construct(
        &mut self,
        data_token: &Account,
        governance: &Account,
        oracle: &Account,
        guardian: &Account,
    ) -> Result<()> {
        if !host::is_contract(&self.vm, data_token) {
            return Err(Revert::new::<RewardsInvalidAddress>((data_token,)));
        }
        TOKENS.data.set(&mut self.vm, data_token);
        PARAMETERS.start(&mut self.vm);
        OFFICES.start(&mut self.vm, governance, oracle, guardian)
    }

    /// Records one contribution, and mints exactly the reward rate.
    ///
    /// # Errors
    ///
    /// - `RewardsUnauthorizedOracle` when another than the verified oracle calls,
    /// - `EnforcedPause` when paused,
    /// - `RewardsInvalidMember`, `RewardsInvalidProof`, `RewardsProofAlreadyRecorded` and
    ///   `RewardsCooldownActive` as [`records`](crate::records) has them,
    /// - what DATA or GOV revert with.
    ///
    /// # Events
    ///
    /// `ContributionRecorded`, `RewardMinted`, and `GovRewardMinted` when GOV is paid.
    pub fn record_contribution(&mut self, member: &Account, proof: &B256) -> Result<()> {
        self.may_record()?;
        let vm = &mut self.vm;
        let (now, terms) = (host::timestamp(vm), PARAMETERS.terms(vm));
        let record = RECORDS.admit(vm, member, proof, (now, terms.cooldown))?;
        let standing = PARAMETERS.bonus(vm).advance(&record, now);
        RECORDS.write(vm, member, proof, &standing.record);
        let amount = Uint::from(terms.rate);
        emit::<ContributionRecorded>(vm, (member, proof), ());
        emit::<RewardMinted>(vm, (member,), (&amount,));
        minting::mint(vm, &TOKENS.data.get(vm), member, &amount)?;
        minting::mint_gov(vm, &PARAMETERS.gov(vm), member, 1)
    }

    /// Returns the points and the DATA that a scored contribution would earn now.
    ///
    /// # Errors
    ///
    /// `RewardsInvalidQuality` and `RewardsInvalidDataClass`.
    pub fn preview_reward(
        &self,
        member: &Account,
        quality: u64,
        data_class: u8,
    ) -> Result<(u64, Uint)> {
        let vm = &self.vm;
        let curve = PARAMETERS.curve(vm);
        batch::check_quality(quality, &curve)?;
        let multiplier = self.rarity_multiplier(data_class)?;
        let record = RECORDS.member(vm, member);
        let standing = PARAMETERS.bonus(vm).advance(&record, self.now());
        let points = score::points(vm, quality, multiplier, &standing);
        Ok((points, score::reward(vm, PARAMETERS.terms(vm).rate, points)))
    }

    /// Returns the multiplier of a class.
    fn rarity_multiplier(&self, data_class: u8) -> Result<u64> {
        let count = self.class_count(data_class)?;
        Ok(PARAMETERS.curve(&self.vm).multiplier(&self.vm, count))
    }

    /// Returns the count of a class.
    fn class_count(&self, data_class: u8) -> Result<u64> {
        batch::class_of(&RECORDS.class_counts(&self.vm), data_class).copied()
    }

    /// Returns for each proof whether it is recorded.
    fn are_recorded(
        &self,
        proofs: Elements<'_, sol_data::FixedBytes<32>>,
    ) -> Bools<impl ExactSizeIterator<Item = bool>> {
        Bools(proofs.iter().map(|words| {
            let [proof] = words else { return false };
            !RECORDS.proof(&self.vm, proof).member.is_zero()
        }))
    }

    /// Returns the DATA token.
    pub(crate) fn data_token(&self) -> Account {
        TOKENS.data.get(&self.vm)
    }

    /// Returns the block's time.
    pub(crate) fn now(&self) -> u64 {
        host::timestamp(&self.vm)
    }

    /// Requires that the oracle calls and recording is not paused.
    pub(crate) fn may_record(&self) -> Result<()> {
        OFFICES.only_oracle(&self.vm)?;
        self.require_not_paused()
    }

    /// Does what is governance's alone.
    fn govern(&mut self, act: impl FnOnce(&mut VM) -> Result<()>) -> Result<()> {
        OFFICES.only_governance(&self.vm)?;
        act(&mut self.vm)
    }
}

contract!(DataCoopRewards);

routes! {
    DataCoopRewards as IDataCoopRewards (IDataCoopRewardsCalls);

    constructor(
        sol_data::Address, sol_data::Address, sol_data::Address, sol_data::Address
    ) => |rewards, (data_token, governance, oracle, guardian)| {
        rewards.construct(data_token, governance, oracle, guardian)
    };

    reads {
        lastContributionCall => |rewards, (member,)| RECORDS.member(&rewards.vm, member).last;
        memberRecordCall => |rewards, (member,)| {
            let record = RECORDS.member(&rewards.vm, member);
            (record.streak_start, record.count)
        };
        contributionCall => |rewards, (proof,)| {
            let Proof { member, recorded_at } = RECORDS.proof(&rewards.vm, proof);
            (member, recorded_at)
        };
        areRecordedCall => |rewards, (proofs,)| rewards.are_recorded(proofs);

        rewardRateCall => |rewards, ()| PARAMETERS.terms(&rewards.vm).rate;
        cooldownPeriodCall => |rewards, ()| PARAMETERS.terms(&rewards.vm).cooldown;
        minQualityCall => |rewards, ()| PARAMETERS.curve(&rewards.vm).min_quality;
        rarityCurveCall => |rewards, ()| {
            let curve = PARAMETERS.curve(&rewards.vm);
            (curve.peak, curve.floor, curve.half_count)
        };
        timeBonusCall => |rewards, ()| {
            let bonus = PARAMETERS.bonus(&rewards.vm);
            (bonus.step, bonus.maximum, bonus.period, bonus.gap)
        };
        govRewardCall => |rewards, ()| {
            let gov = PARAMETERS.gov(&rewards.vm);
            (gov.token, gov.rate)
        };
        dataTokenCall => |rewards, ()| rewards.data_token();

        governanceCall => |rewards, ()| OFFICES.governance(&rewards.vm);
        pendingGovernanceCall => |rewards, ()| OFFICES.pending(&rewards.vm);
        verifiedOracleCall => |rewards, ()| OFFICES.oracle(&rewards.vm);
        guardianCall => |rewards, ()| OFFICES.guardian(&rewards.vm);
        pausedCall => |rewards, ()| rewards.paused();
    }

    acts {
        classCountCall => |rewards, (class,)| rewards.class_count(class);
        rarityMultiplierCall => |rewards, (class,)| rewards.rarity_multiplier(class);
        previewRewardCall => |rewards, (member, quality, class)| {
            rewards.preview_reward(member, quality, class)
        };

        recordContributionCall => |rewards, (member, proof)| {
            rewards.record_contribution(member, proof)
        };
        recordBatchCall => |rewards, (entries, strict)| rewards.record_batch(entries, strict);

        setRewardRateCall => |rewards, (rate,)| {
            rewards.govern(|vm| PARAMETERS.set_rate(vm, rate))
        };
        setCooldownPeriodCall => |rewards, (period,)| {
            rewards.govern(|vm| PARAMETERS.set_cooldown(vm, period))
        };
        setMinQualityCall => |rewards, (minimum,)| {
            rewards.govern(|vm| PARAMETERS.set_min_quality(vm, minimum))
        };
        setRarityCurveCall => |rewards, (peak, floor, half_count)| {
            rewards.govern(|vm| PARAMETERS.set_curve(vm, [peak, floor, half_count]))
        };
        setTimeBonusCall => |rewards, (step, maximum, period, gap)| {
            rewards.govern(|vm| PARAMETERS.set_bonus(vm, [step, maximum, period, gap]))
        };
        setGovRewardCall => |rewards, (token, rate)| {
            rewards.govern(|vm| PARAMETERS.set_gov(vm, token, rate))
        };

        transferGovernanceCall => |rewards, (to,)| {
            rewards.govern(|vm| { OFFICES.offer_governance(vm, to); Ok(()) })
        };
        acceptGovernanceCall => |rewards, ()| OFFICES.accept_governance(&mut rewards.vm);
        setVerifiedOracleCall => |rewards, (oracle,)| {
            rewards.govern(|vm| OFFICES.set_oracle(vm, oracle))
        };
        setGuardianCall => |rewards, (guardian,)| {
            rewards.govern(|vm| { OFFICES.set_guardian(vm, guardian); Ok(()) })
        };

        pauseCall => |rewards, ()| {
            OFFICES.only_guardian(&rewards.vm)?;
            rewards.pause()
        };
        unpauseCall => |rewards, ()| {
            OFFICES.only_governance(&rewards.vm)?;
            rewards.unpause()
        };
    }
}
