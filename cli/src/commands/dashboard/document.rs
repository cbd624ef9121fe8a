//! Decides what the document of `datacoop dashboard --json` has.

use alloy::primitives::{B256, U256};
use datacoop_deploy::{
    dashboard::{
        ContractLife, Emission, Executed, Governance, MarketState, OpenProposal, Oracle, People,
        Recorded, Rewards, Snapshot, TokenRevenue, TreasuryState,
    },
    governance::{Class, State as ProposalState},
    market::{Auction, TokenInfo},
    stylus::Life,
    treasury::{Record, State},
};
use serde::Serialize;

use crate::{
    amount::Amount,
    commands::treasury::{names::Names, say},
    ether::Ether,
    output::Account,
    time::Time,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    chain_id: u64,
    block: Block,
    events: u64,
    events_added: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reorganised_from: Option<u64>,
    contracts: Vec<Contract>,
    governance: Option<Proposals>,
    treasury: Option<Treasury>,
    rewards: RewardsPart,
    oracle: OraclePart,
    market: Option<Market>,
    revenue: Vec<Revenue>,
    members: u64,
    consents: Consents,
    records: Records,
}

#[derive(Serialize)]
struct Block {
    number: u64,
    hash: B256,
    time: Time,
}

#[derive(Serialize)]
struct Contract {
    name: String,
    address: Account,
    /// `runs`, `ended`, or `doesNotExpire`.
    life: &'static str,
    expires: Option<Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposals {
    total: usize,
    open: Vec<Proposal>,
    last_executed: Option<Past>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposal {
    id: String,
    title: String,
    state: ProposalState,
    class: Class,
    proposer: Account,
    eta: Option<Time>,
    seconds_left: Option<u64>,
    actions: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Past {
    id: String,
    title: String,
    executed: Time,
    actions: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Treasury {
    address: Account,
    owners: Vec<Account>,
    threshold: u64,
    delay_seconds: u64,
    balances: Vec<Sum>,
    pending: Vec<Pending>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pending {
    safe_tx_hash: B256,
    /// `queued` or `ready`.
    state: &'static str,
    ready_at: Option<Time>,
    ready_until: Option<Time>,
    does: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RewardsPart {
    rate: Amount,
    paid: Amount,
    contributions: Contributions,
    last24_hours: Contributions,
    supply: Amount,
    burned: Amount,
    emission_cap: Amount,
    minted_in_window: Amount,
    mintable: Amount,
}

#[derive(Serialize)]
struct Contributions {
    recorded: u64,
    rejected: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OraclePart {
    address: Account,
    balance: Ether,
    last_report: Option<Time>,
    age_seconds: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Market {
    licences: u64,
    renewals: u64,
    income: Vec<Sum>,
    live_editions: u64,
    coming_editions: u64,
    open_auctions: Vec<OpenAuction>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenAuction {
    id: String,
    edition: String,
    start: Time,
    end: Time,
    best: Option<Sum>,
}

#[derive(Serialize)]
struct Revenue {
    token: Account,
    symbol: String,
    came: Sum,
    paid: Sum,
    owed: Sum,
}

#[derive(Serialize)]
struct Consents {
    given: u64,
    revoked: u64,
}

#[derive(Serialize)]
struct Records {
    registered: u64,
    erased: u64,
}

/// An amount of any token.
#[derive(Serialize)]
struct Sum {
    token: Account,
    /// In the token's smallest unit.
    units: String,
    text: String,
}

impl Sum {
    fn of(token: &TokenInfo, amount: U256) -> Self {
        let (units, text) = (amount.to_string(), token.write(amount));
        Self { token: Account(token.address), units, text }
    }
}

impl Document {
    pub(super) fn of(snapshot: &Snapshot, names: &Names) -> Self {
        let Snapshot { synced, now, people, .. } = snapshot;
        let People { members, consents_given, consents_revoked, records, records_erased } = *people;
        Self {
            chain_id: snapshot.chain_id,
            block: Block { number: synced.block, hash: synced.hash, time: Time(synced.time) },
            events: snapshot.events,
            events_added: synced.added,
            reorganised_from: synced.reorganised_from,
            contracts: snapshot.contracts.iter().map(Contract::of).collect(),
            governance: snapshot.governance.as_ref().map(Proposals::of),
            treasury: snapshot.treasury.as_ref().map(|treasury| Treasury::of(treasury, names)),
            rewards: RewardsPart::of(&snapshot.rewards),
            oracle: OraclePart::of(&snapshot.oracle, *now),
            market: snapshot.market.as_ref().map(|market| Market::of(market, &snapshot.revenue)),
            revenue: snapshot.revenue.iter().map(Revenue::of).collect(),
            members,
            consents: Consents { given: consents_given, revoked: consents_revoked },
            records: Records { registered: records, erased: records_erased },
        }
    }
}

impl Contract {
    fn of(contract: &ContractLife) -> Self {
        let (life, expires) = match &contract.life {
            Life::Active(expiry) => ("runs", Some(Time(expiry.expires_at))),
            Life::Ended(_) => ("ended", None),
            Life::EvmCode => ("doesNotExpire", None),
        };
        Self { name: contract.name.clone(), address: Account(contract.address), life, expires }
    }
}

impl Proposals {
    fn of(governance: &Governance) -> Self {
        let Governance { total, open, last_executed } = governance;
        Self {
            total: *total,
            open: open.iter().map(Proposal::of).collect(),
            last_executed: last_executed.as_ref().map(Past::of),
        }
    }
}

impl Proposal {
    fn of(open: &OpenProposal) -> Self {
        let OpenProposal { proposal, standing, actions } = open;
        Self {
            id: proposal.id.to_string(),
            title: super::panels::title(proposal),
            state: standing.state,
            class: proposal.draft.class,
            proposer: Account(proposal.proposer),
            eta: standing.eta.map(Time),
            seconds_left: standing.seconds_left(),
            actions: actions.clone(),
        }
    }
}

impl Past {
    fn of(executed: &Executed) -> Self {
        let Executed { proposal, actions, at } = executed;
        let (id, title) = (proposal.id.to_string(), super::panels::title(proposal));
        Self { id, title, executed: Time(*at), actions: actions.clone() }
    }
}

impl Treasury {
    fn of(state: &TreasuryState, names: &Names) -> Self {
        let TreasuryState { address, owners, threshold, delay, balances, pending } = state;
        let pending = pending.iter().map(|record| Pending::of(record, state, names));
        Self {
            address: Account(*address),
            owners: owners.iter().copied().map(Account).collect(),
            threshold: *threshold,
            delay_seconds: *delay,
            balances: balances.iter().map(|one| Sum::of(&one.token, one.amount)).collect(),
            pending: pending.collect(),
        }
    }
}

impl Pending {
    fn of(record: &Record, treasury: &TreasuryState, names: &Names) -> Self {
        let (state, ready_at, ready_until) = match record.state {
            State::Ready { until } => ("ready", None, Some(Time(until))),
            State::Queued { ready_at } => ("queued", Some(Time(ready_at)), None),
            // Others do not wait.
            _ => ("over", None, None),
        };
        let does = record.transaction.as_ref();
        let does = does.map(|sent| say::transaction(sent, treasury.address, names));
        let does = does.unwrap_or_default();
        Self { safe_tx_hash: record.hash, state, ready_at, ready_until, does }
    }
}

impl RewardsPart {
    fn of(rewards: &Rewards) -> Self {
        let Rewards { rate, paid, ever, last_day, emission } = rewards;
        let Emission { supply, burned, cap, minted, left } = *emission;
        let contributions =
            |Recorded { recorded, rejected }: Recorded| Contributions { recorded, rejected };
        Self {
            rate: Amount(*rate),
            paid: Amount(*paid),
            contributions: contributions(*ever),
            last24_hours: contributions(*last_day),
            supply: Amount(supply),
            burned: Amount(burned),
            emission_cap: Amount(cap),
            minted_in_window: Amount(minted),
            mintable: Amount(left),
        }
    }
}

impl OraclePart {
    fn of(oracle: &Oracle, now: u64) -> Self {
        let Oracle { address, balance, last } = oracle;
        Self {
            address: Account(*address),
            balance: Ether(*balance),
            last_report: last.map(|last| Time(last.at)),
            age_seconds: last.map(|last| now.saturating_sub(last.at)),
        }
    }
}

impl Market {
    fn of(market: &MarketState, known: &[TokenRevenue]) -> Self {
        let MarketState { licences, renewals, income, live_editions, coming_editions, auctions } =
            market;
        Self {
            licences: *licences,
            renewals: *renewals,
            income: income.iter().map(|one| Sum::of(&one.token, one.amount)).collect(),
            live_editions: *live_editions,
            coming_editions: *coming_editions,
            open_auctions: auctions.iter().map(|auction| OpenAuction::of(auction, known)).collect(),
        }
    }
}

impl OpenAuction {
    fn of(auction: &Auction, known: &[TokenRevenue]) -> Self {
        let token = super::panels::token_of(auction, known);
        Self {
            id: auction.id.to_string(),
            edition: auction.edition.to_string(),
            start: Time(auction.start),
            end: Time(auction.end),
            best: auction.best.map(|(_, amount)| Sum::of(&token, amount)),
        }
    }
}

impl Revenue {
    fn of(revenue: &TokenRevenue) -> Self {
        let TokenRevenue { token, deposited, paid } = revenue;
        Self {
            token: Account(token.address),
            symbol: token.symbol.clone(),
            came: Sum::of(token, *deposited),
            paid: Sum::of(token, *paid),
            owed: Sum::of(token, revenue.owed()),
        }
    }
}
