//! Decides what the tests start from: the rewards and DATA on a chain, and the people around them.

use std::ops::Deref;

use alloy_primitives::{Address, B256, U256, address};
use alloy_sol_types::{SolCall, SolEvent, SolValue, sol};
use data_coop_rewards::IDataCoopRewards::{
    Entry, recordBatchCall, recordContributionCall, setCooldownPeriodCall,
};
use datacoop_kit::testing::{Chain, Log, Subject};

sol!("../data-token/IDataToken.sol");

/// Where DATA is.
pub(crate) const DATA_TOKEN: Address = address!("00000000000000000000000000000000da7a0001");
/// Where the rewards are.
pub(crate) const REWARDS: Address = address!("00000000000000000000000000000000da7a0002");
/// Governs both.
pub(crate) const GOVERNANCE: Address = address!("00000000000000000000000000000000000000a0");
/// The verified oracle.
pub(crate) const ORACLE: Address = address!("00000000000000000000000000000000000000a1");
/// May pause.
pub(crate) const GUARDIAN: Address = address!("00000000000000000000000000000000000000a2");
/// Holds no office.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// One, in fixed point, and one DATA in wei.
pub(crate) const ONE: u64 = 1_000_000_000_000_000_000;
/// Seconds in a day.
pub(crate) const DAY: u64 = 86_400;

/// Whole DATA in wei.
pub(crate) fn data(amount: u64) -> U256 {
    U256::from(amount) * U256::from(ONE)
}

/// The member with a number.
pub(crate) fn member(number: u64) -> Address {
    Address::left_padding_from(&(0xabcd_0000 + number).to_be_bytes())
}

/// The proof with a number.
pub(crate) fn proof(number: u64) -> B256 {
    B256::left_padding_from(&(0xffff_0000 + number).to_be_bytes())
}

/// An entry of full quality.
pub(crate) fn entry(member_number: u64, proof_number: u64) -> Entry {
    Entry { member: member(member_number), proof: proof(proof_number), quality: ONE, dataClass: 0 }
}

/// The rewards and DATA on a chain.
pub(crate) struct Coop {
    subject: Subject,
}

impl Deref for Coop {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Coop {
    /// The rewards, with the minter role on a DATA that may emit a million.
    pub(crate) fn new() -> Self {
        Self::with_emission(data(1_000_000))
    }

    /// The rewards, with the minter role on a DATA that may emit `floor`.
    pub(crate) fn with_emission(floor: U256) -> Self {
        let chain = Chain::new();
        let args = (GOVERNANCE, GOVERNANCE, data(1), floor, U256::ZERO).abi_encode_params();
        chain.deploy(GOVERNANCE, DATA_TOKEN, data_token::program, &args).expect("DATA");
        let args = (DATA_TOKEN, GOVERNANCE, ORACLE, GUARDIAN).abi_encode_params();
        chain.deploy(MALLORY, REWARDS, data_coop_rewards::program, &args).expect("rewards");
        let coop = Self { subject: Subject::new(chain, REWARDS) };
        for (role, account) in
            [(data_token::MINTER_ROLE, REWARDS), (data_token::PAUSER_ROLE, GOVERNANCE)]
        {
            coop.token(GOVERNANCE, &IDataToken::grantRoleCall { role, account });
        }
        let _ = coop.chain.take_logs();
        coop
    }

    /// Calls DATA, which agrees.
    #[track_caller]
    pub(crate) fn token<C: SolCall>(&self, from: Address, call: &C) -> C::Return {
        self.chain.send(from, DATA_TOKEN, call).expect("the call succeeds")
    }

    /// Records a plain contribution.
    #[track_caller]
    pub(crate) fn record(&self, member_number: u64, proof_number: u64) {
        self.ok(ORACLE, &plain(member_number, proof_number));
    }

    /// Records a strict batch.
    pub(crate) fn strict(&self, entries: Vec<Entry>) -> Result<u64, Vec<u8>> {
        let recorded = self.call(ORACLE, &recordBatchCall { entries, strict: true })?;
        Ok(recorded.to())
    }

    /// Records a lenient batch.
    #[track_caller]
    pub(crate) fn lenient(&self, entries: Vec<Entry>) -> u64 {
        self.ok(ORACLE, &recordBatchCall { entries, strict: false }).to()
    }

    /// Lets members contribute as often as they like.
    pub(crate) fn without_cooldown(self) -> Self {
        self.ok(GOVERNANCE, &setCooldownPeriodCall { newPeriod: U256::ZERO });
        let _ = self.chain.take_logs();
        self
    }

    /// What a member holds.
    pub(crate) fn balance(&self, number: u64) -> U256 {
        self.token(MALLORY, &IDataToken::balanceOfCall { account: member(number) })
    }
}

/// A plain contribution.
pub(crate) fn plain(member_number: u64, proof_number: u64) -> recordContributionCall {
    recordContributionCall { member: member(member_number), proof: proof(proof_number) }
}

/// The log of an event of the rewards.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(REWARDS, event)
}

/// The logs of the rewards, DATA's left out.
pub(crate) fn logs(coop: &Coop) -> Vec<Log> {
    coop.chain.take_logs().into_iter().filter(|log| log.emitter == REWARDS).collect()
}
