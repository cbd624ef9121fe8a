//! Decides what a made-up cooperative looks like, so that screens can be compared with committed ones.

use alloy::primitives::{Address, B256, U256, address};
use datacoop_deploy::{
    dashboard::{
        Balance, ContractLife, Emission, Executed, Governance, LastReport, MarketState,
        OpenProposal, Oracle, People, Recorded, Rewards, Snapshot, TokenRevenue, TokenSum,
        TreasuryState,
    },
    governance::{Class, Draft, Proposal, Standing, State, Tally},
    index::Synced,
    market::{Auction, AuctionState, Edition, Purpose, TokenInfo},
    stylus::{Expiry, Life},
    treasury::{self, Operation, Record, SafeTx},
};

use super::panels::Panels;
use crate::commands::treasury::names::Names;

/// The time of the sample: 2026-03-01, 12:00.
const NOW: u64 = 1_772_366_400;

const DAY: u64 = 86_400;

const ALICE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

pub(super) fn panels() -> Panels {
    Panels::of(&snapshot(), &Names::default())
}

fn whole(amount: u64) -> U256 {
    U256::from(amount) * U256::from(10).pow(U256::from(18))
}

fn token(symbol: &str, decimals: u8) -> TokenInfo {
    TokenInfo { address: Address::repeat_byte(decimals), symbol: symbol.to_owned(), decimals }
}

pub(super) fn snapshot() -> Snapshot {
    let hash = B256::repeat_byte(1);
    Snapshot {
        chain_id: 42_161,
        synced: Synced { block: 312_000_001, hash, time: NOW, added: 4, reorganised_from: None },
        events: 100_412,
        now: NOW,
        contracts: contracts(),
        governance: Some(Governance {
            total: 9,
            open: vec![open(State::Active, None), open(State::Queued, Some(NOW + 2 * DAY))],
            last_executed: Some(Executed {
                proposal: proposal(77, "Pay the auditors"),
                actions: vec!["pay 1.5 ETH to 0x3C44…93BC".to_owned()],
                at: NOW - 3 * DAY,
            }),
        }),
        treasury: Some(treasury()),
        rewards: Rewards {
            rate: whole(10),
            paid: U256::from(123_456_789) * U256::from(10).pow(U256::from(12)),
            ever: Recorded { recorded: 25_000, rejected: 3 },
            last_day: Recorded { recorded: 120, rejected: 0 },
            emission: Emission {
                supply: whole(12_000_000),
                burned: whole(1_000),
                cap: whole(1_000_000),
                minted: whole(250_000),
                left: whole(750_000),
            },
        },
        oracle: Oracle {
            address: ALICE,
            balance: whole(3) / U256::from(7),
            last: Some(LastReport { block: 311_999_000, at: NOW - 754 }),
        },
        market: Some(market()),
        revenue: vec![TokenRevenue {
            token: token("DATA", 18),
            deposited: whole(700),
            paid: whole(300),
        }],
        people: People {
            members: 10_000,
            consents_given: 9_500,
            consents_revoked: 12,
            records: 25_000,
            records_erased: 2,
        },
    }
}

fn contracts() -> Vec<ContractLife> {
    let expiry = Expiry {
        version: 2,
        activated_at: NOW - 300 * DAY,
        expires_at: NOW + 65 * DAY,
        keepalive_from: NOW - 269 * DAY,
        now: NOW,
    };
    [("DataToken", Life::Active(expiry)), ("Governor", Life::EvmCode)]
        .map(|(name, life)| ContractLife { name: name.to_owned(), address: ALICE, life })
        .to_vec()
}

fn proposal(id: u64, description: &str) -> Proposal {
    Proposal {
        id: U256::from(id) << 200,
        proposer: ALICE,
        draft: Draft {
            class: Class::Standard,
            actions: Vec::new(),
            description: description.to_owned(),
        },
        snapshot: NOW - DAY,
        announced_deadline: NOW + DAY,
        transaction: B256::ZERO,
    }
}

fn open(state: State, eta: Option<u64>) -> OpenProposal {
    let tally = Tally {
        in_favour: whole(5),
        against: U256::ZERO,
        abstain: U256::ZERO,
        quorum: Some(whole(4)),
        veto_quorum: None,
    };
    OpenProposal {
        proposal: proposal(state as u64 + 1, "# Shorter cooldown\nBecause."),
        standing: Standing {
            state,
            now: NOW,
            snapshot: NOW - DAY,
            deadline: NOW + DAY + 90,
            eta,
            needs_queuing: true,
            tally,
        },
        actions: vec!["set rewards.cooldown to 5 days".to_owned()],
    }
}

fn treasury() -> TreasuryState {
    let transaction =
        SafeTx { to: ALICE, value: whole(2), operation: Operation::Call, ..SafeTx::default() };
    TreasuryState {
        address: Address::repeat_byte(0x77),
        owners: vec![ALICE; 5],
        threshold: 3,
        delay: 2 * DAY,
        balances: vec![
            Balance { token: token("ETH", 18), amount: whole(12) },
            Balance { token: token("DATA", 18), amount: whole(5_000) },
        ],
        pending: vec![Record {
            hash: B256::repeat_byte(5),
            transaction: Some(transaction),
            state: treasury::State::Queued { ready_at: NOW + DAY },
            block: 1,
            time: NOW - DAY,
            sent_in: B256::ZERO,
        }],
    }
}

fn market() -> MarketState {
    MarketState {
        licences: 42,
        renewals: 7,
        income: vec![
            TokenSum { token: token("DATA", 18), amount: whole(1_000) },
            TokenSum { token: token("USDX", 6), amount: U256::from(12_500_000) },
        ],
        live_editions: 3,
        coming_editions: 1,
        auctions: vec![Auction {
            id: U256::from(4),
            state: AuctionState::Running,
            edition: Edition::new(3, 1),
            token: Address::repeat_byte(18),
            purpose: Purpose(0),
            periods: 2,
            is_exclusive: true,
            start: NOW - DAY,
            end: NOW + 3 * DAY,
            terms: B256::ZERO,
            best: Some((ALICE, whole(250))),
            minimum: whole(260),
        }],
    }
}
