//! Random calls, made on the contract and on its model.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::SolCall,
};
use anyhow::{Result, ensure};
use datacoop_deploy::bindings::{
    IDataCoopRewards::{
        Entry, IDataCoopRewardsErrors as Error, IDataCoopRewardsEvents as Event, classCountCall,
        cooldownPeriodCall, lastContributionCall, memberRecordCall, minQualityCall, pauseCall,
        rarityCurveCall, rarityMultiplierCall, recordBatchCall, recordContributionCall,
        rewardRateCall, setCooldownPeriodCall, setMinQualityCall, setRarityCurveCall,
        setRewardRateCall, setTimeBonusCall, timeBonusCall, unpauseCall,
    },
    IDataToken::totalSupplyCall,
};
use datacoop_tests::{BOB, Coop, GOVERNANCE, GUARDIAN, ORACLE, Random, random};
use rand::{Rng, seq::IndexedRandom};

use super::model::{Model, ONE};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// How many members contribute, and of how many proofs: few enough that they come up again.
const MEMBERS: usize = 8;
const PROOFS: u64 = 1_800;

pub(super) struct Run {
    coop: Coop,
    model: Model,
    rng: Random,
    members: Vec<Address>,
    genesis: U256,
}

impl Run {
    pub(super) async fn new(seed: u64) -> Result<Self> {
        let billion = U256::from(10).pow(U256::from(27));
        let coop = Coop::start_with(|config| config.emission_floor = billion).await?;
        let mut rng = random::seeded(seed);
        let mut model = Model::new(ORACLE);
        model.now = coop.chain.now().await?;
        model.rate = coop.rewards.read(rewardRateCall {}).await?;
        model.cooldown = coop.rewards.read(cooldownPeriodCall {}).await?.to();
        model.min_quality = coop.rewards.read(minQualityCall {}).await?.to();
        let curve = coop.rewards.read(rarityCurveCall {}).await?;
        model.curve = [curve.peak, curve.floor, curve.halfCount].map(|word| word.to());
        let bonus = coop.rewards.read(timeBonusCall {}).await?;
        model.bonus = [bonus.step, bonus.maximum, bonus.period, bonus.gap].map(|word| word.to());
        let members = (0..MEMBERS).map(|_| random::address(&mut rng)).collect();
        let genesis = coop.data.read(totalSupplyCall {}).await?;
        Ok(Self { coop, model, rng, members, genesis })
    }

    /// Makes the next call, and returns whether it was accepted.
    pub(super) async fn next(&mut self) -> Result<bool> {
        self.model.now += match self.rng.random_range(0..6) {
            0 => self.rng.random_range(1..60),
            1..=3 => self.rng.random_range(1..3 * DAY),
            4 => self.model.cooldown.max(1),
            _ => self.rng.random_range(DAY..60 * DAY),
        };
        self.coop.next_block_at(self.model.now).await?;
        match self.rng.random_range(0..20) {
            0..=6 => self.record().await,
            7..=14 => self.record_batch().await,
            15 => self.pause_or_resume().await,
            _ => self.set_a_parameter().await,
        }
    }

    async fn record(&mut self) -> Result<bool> {
        let (caller, member, proof) = (self.caller(), self.member(), self.proof());
        let expected = self.model.record(caller, member, proof);
        self.check(caller, recordContributionCall { member, proof }, expected).await
    }

    async fn record_batch(&mut self) -> Result<bool> {
        let caller = self.caller();
        let len = self.rng.random_range(0..10);
        let entries: Vec<Entry> = (0..len).map(|_| self.entry()).collect();
        // Most random batches have a bad entry: strict ones are mostly short.
        let strict = self.rng.random_ratio(1, if len < 3 { 2 } else { 6 });
        let expected = self.model.record_batch(caller, &entries, strict);
        self.check(caller, recordBatchCall { entries, strict }, expected).await
    }

    async fn pause_or_resume(&mut self) -> Result<bool> {
        self.model.is_paused = !self.model.is_paused;
        if self.model.is_paused {
            self.coop.rewards.send(GUARDIAN, pauseCall {}).await?;
            // A long pause would show little.
            self.coop.next_block_at(self.model.now + 1).await?;
            self.model.now += 1;
            return self.record().await;
        }
        self.coop.rewards.send(GOVERNANCE, unpauseCall {}).await?;
        Ok(true)
    }

    async fn set_a_parameter(&mut self) -> Result<bool> {
        let rng = &mut self.rng;
        match rng.random_range(0..5) {
            0 => {
                self.model.rate = U256::from(rng.random_range(0..100 * u128::from(ONE)));
                self.govern(setRewardRateCall { newRate: self.model.rate }).await
            }
            1 => {
                self.model.cooldown = rng.random_range(0..10 * DAY);
                let period = U256::from(self.model.cooldown);
                self.govern(setCooldownPeriodCall { newPeriod: period }).await
            }
            2 => {
                self.model.min_quality = rng.random_range(1..=ONE / 2);
                let minimum = U256::from(self.model.min_quality);
                self.govern(setMinQualityCall { newMinimum: minimum }).await
            }
            3 => {
                let peak = rng.random_range(0..=10 * ONE);
                self.model.curve = [peak, rng.random_range(0..=peak), rng.random_range(1..100)];
                let [peak, floor, half_count] = self.model.curve.map(U256::from);
                let call =
                    setRarityCurveCall { newPeak: peak, newFloor: floor, newHalfCount: half_count };
                self.govern(call).await
            }
            _ => {
                // The period stays: contributions are counted in periods of one length.
                let maximum = rng.random_range(0..=ONE);
                let [_, _, period, _] = self.model.bonus;
                let gap = rng.random_range(period..=2 * period);
                self.model.bonus = [rng.random_range(0..=maximum), maximum, period, gap];
                let [step, maximum, period, gap] = self.model.bonus.map(U256::from);
                let call = setTimeBonusCall {
                    newStep: step,
                    newMaximum: maximum,
                    newPeriod: period,
                    newGap: gap,
                };
                self.govern(call).await
            }
        }
    }

    async fn govern<C: SolCall + Clone>(&self, call: C) -> Result<bool> {
        self.coop.rewards.send(GOVERNANCE, call).await?;
        Ok(true)
    }

    /// Makes a call of which the model knows the outcome.
    async fn check<C: SolCall>(
        &self,
        caller: Address,
        call: C,
        expected: Result<Vec<Event>, Error>,
    ) -> Result<bool> {
        match expected {
            Ok(events) => {
                let done = self.coop.rewards.send(caller, call).await?;
                ensure!(done.events == events, "logged {:?}\nnot {events:?}", done.events);
                Ok(true)
            }
            Err(expected) => {
                let error = self.coop.rewards.refusal(caller, call).await?;
                ensure!(error == expected, "refused with {error:?}\nnot with {expected:?}");
                Ok(false)
            }
        }
    }

    /// Compares everything that the contracts know with the model.
    pub(super) async fn compare_state(&self) -> Result<()> {
        let mut supply = self.genesis;
        for member in self.members.iter().copied() {
            let balance = self.coop.balance(member).await?;
            let expected = self.model.balances.get(&member).copied().unwrap_or_default();
            ensure!(balance == expected, "{member} has {balance}, not {expected}");
            supply += balance;
            let (last, streak_start, count) = self.model.member_record(member);
            let record = self.coop.rewards.read(memberRecordCall { member }).await?;
            ensure!((record.streakStart, record.count) == (streak_start, count), "{member}");
            let time = self.coop.rewards.read(lastContributionCall { member }).await?;
            ensure!(time == U256::from(last), "{member} contributed at {time}, not {last}");
        }
        for (class, count) in (0..).zip(self.model.class_counts) {
            let counted = self.coop.rewards.read(classCountCall { dataClass: class }).await?;
            ensure!(counted == U256::from(count), "class {class} has {counted}, not {count}");
            let multiplier = rarityMultiplierCall { dataClass: class };
            let multiplier = self.coop.rewards.read(multiplier).await?;
            ensure!(multiplier == self.model.multiplier(count), "class {class}");
        }
        let total = self.coop.data.read(totalSupplyCall {}).await?;
        ensure!(total == supply, "the supply is {total}, not {supply}");
        Ok(())
    }

    fn entry(&mut self) -> Entry {
        let rng = &mut self.rng;
        let quality = match rng.random_range(0..12) {
            0 => rng.random_range(0..=ONE / 10),
            1 => ONE,
            2 => ONE + rng.random_range(0..2),
            _ => rng.random_range(ONE / 10..=ONE),
        };
        let class = if rng.random_ratio(1, 30) { rng.random() } else { rng.random_range(0..4) };
        Entry { member: self.member(), proof: self.proof(), quality, dataClass: class }
    }

    fn caller(&mut self) -> Address {
        if self.rng.random_ratio(1, 30) { BOB } else { ORACLE }
    }

    fn member(&mut self) -> Address {
        if self.rng.random_ratio(1, 60) {
            return Address::ZERO;
        }
        *self.members.choose(&mut self.rng).expect("there are members")
    }

    fn proof(&mut self) -> B256 {
        if self.rng.random_ratio(1, 60) {
            return B256::ZERO;
        }
        B256::from(U256::from(self.rng.random_range(1..PROOFS)))
    }
}
