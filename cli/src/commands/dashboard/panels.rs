//! Decides what is said in each part of the dashboard, be it on the screen or as tables.

use std::io::{self, Write};

use alloy::primitives::{Address, U256};
use datacoop_deploy::{
    calendar::write_span,
    dashboard::{Emission, Governance, MarketState, People, Snapshot, TokenRevenue, TreasuryState},
    governance::{Next, Proposal, Standing},
    market::{Auction, TokenInfo},
    stylus::Life,
    treasury::State,
};

use crate::{
    amount::Amount,
    commands::{
        gov::view::{clean, short_id},
        treasury::{names::Names, say},
    },
    output::{Account, table},
    time::{Span, Time},
};

/// Seconds of a minute, of an hour, and of a day.
const MINUTE_SECS: u64 = 60;
const HOUR_SECS: u64 = 60 * MINUTE_SECS;
const DAY_SECS: u64 = 24 * HOUR_SECS;

/// One part of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Panel {
    pub(super) title: &'static str,
    /// The names of the columns; none where each row is a name and a value.
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
    /// What is said when there are no rows.
    pub(super) otherwise: &'static str,
}

/// All parts, by what they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Panels {
    pub(super) head: String,
    pub(super) people: Panel,
    pub(super) rewards: Panel,
    pub(super) oracle: Panel,
    pub(super) market: Panel,
    pub(super) auctions: Panel,
    pub(super) revenue: Panel,
    pub(super) proposals: Panel,
    pub(super) treasury: Panel,
    pub(super) pending: Panel,
    pub(super) contracts: Panel,
}

impl Panels {
    pub(super) fn of(snapshot: &Snapshot, names: &Names) -> Self {
        let Snapshot { synced, revenue, now, .. } = snapshot;
        let (market, governance) = (snapshot.market.as_ref(), snapshot.governance.as_ref());
        let treasury = snapshot.treasury.as_ref();
        let (chain, block, events) = (snapshot.chain_id, synced.block, snapshot.events);
        let mut head =
            format!("chain {chain}  block {block}  {}  {events} events", Time(synced.time));
        if let Some(first) = synced.reorganised_from {
            head += &format!("  blocks from {first} on were taken back");
        }
        Self {
            head,
            people: people(&snapshot.people),
            rewards: rewards(snapshot),
            oracle: oracle(snapshot),
            market: sales(market),
            auctions: auctions(market, revenue, *now),
            revenue: owed(revenue),
            proposals: proposals(governance, *now),
            treasury: money(treasury),
            pending: pending(treasury, names, *now),
            contracts: contracts(snapshot),
        }
    }

    /// All of them, in the order in which they are written.
    const fn all(&self) -> [&Panel; 10] {
        [
            &self.contracts,
            &self.proposals,
            &self.treasury,
            &self.pending,
            &self.rewards,
            &self.oracle,
            &self.market,
            &self.auctions,
            &self.revenue,
            &self.people,
        ]
    }

    pub(super) fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "{}", self.head)?;
        self.all().into_iter().try_for_each(|panel| panel.write(to))
    }
}

impl Panel {
    const fn pairs(title: &'static str, rows: Vec<Vec<String>>) -> Self {
        Self { title, columns: &[], rows, otherwise: "" }
    }

    fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "\n{}", self.title)?;
        if self.rows.is_empty() {
            return writeln!(to, "  {}", self.otherwise);
        }
        if self.columns.is_empty() {
            let width =
                self.rows.iter().map(|row| row[0].chars().count()).max().unwrap_or_default();
            return self
                .rows
                .iter()
                .try_for_each(|row| writeln!(to, "  {:width$}  {}", row[0], row[1]));
        }
        let mut rows = table([""; 0], &[]);
        rows.set_header(self.columns);
        rows.add_rows(&self.rows);
        writeln!(to, "{rows}")
    }
}

fn pair(name: &str, value: impl ToString) -> Vec<String> {
    vec![name.to_owned(), value.to_string()]
}

fn people(people: &People) -> Panel {
    let People { members, consents_given, consents_revoked, records, records_erased } = *people;
    let consents = format!("{consents_given} given, {consents_revoked} revoked");
    let records = format!("{records} registered, {records_erased} erased");
    let rows = vec![pair("members", members), pair("consents", consents), pair("records", records)];
    Panel::pairs("Members", rows)
}

fn rewards(snapshot: &Snapshot) -> Panel {
    let rewards = &snapshot.rewards;
    let Emission { supply, burned, cap, minted, left } = rewards.emission;
    let data = |wei: U256| format!("{} DATA", rounded(wei));
    let day = format!("{}, {} rejected", rewards.last_day.recorded, rewards.last_day.rejected);
    let ever = format!("{}, {} rejected", rewards.ever.recorded, rewards.ever.rejected);
    let rows = vec![
        pair("contributions", ever),
        pair("last 24 hours", day),
        pair("earned", data(rewards.paid)),
        pair("reward rate", data(rewards.rate)),
        pair("emission cap", data(cap)),
        pair("minted of it", data(minted)),
        pair("left now", data(left)),
        pair("supply", data(supply)),
        pair("burned", data(burned)),
    ];
    Panel::pairs("Rewards and emission", rows)
}

fn oracle(snapshot: &Snapshot) -> Panel {
    let oracle = &snapshot.oracle;
    let last = match oracle.last {
        Some(last) => format!("{} ago", coarse(snapshot.now.saturating_sub(last.at))),
        None => "never".to_owned(),
    };
    let rows = vec![
        pair("address", short(oracle.address)),
        pair("for gas", format!("{} ETH", rounded(oracle.balance))),
        pair("last report", last),
    ];
    Panel::pairs("Oracle", rows)
}

fn sales(market: Option<&MarketState>) -> Panel {
    let mut panel = Panel::pairs("Market", Vec::new());
    panel.otherwise = "There is no market.";
    let Some(market) = market else { return panel };
    let editions = format!("{} live, {} coming", market.live_editions, market.coming_editions);
    panel.rows = vec![
        pair("licences sold", market.licences),
        pair("renewed", market.renewals),
        pair("editions", editions),
        pair("open auctions", market.auctions.len()),
    ];
    let income = market.income.iter().map(|one| pair("income", one.token.write(one.amount)));
    panel.rows.extend(income);
    panel
}

fn auctions(market: Option<&MarketState>, known: &[TokenRevenue], now: u64) -> Panel {
    let auctions = market.map(|market| market.auctions.as_slice()).unwrap_or_default();
    let row = |auction: &Auction| {
        let best = auction.best.map(|(_, amount)| token_of(auction, known).write(amount));
        let left = match (auction.start, auction.end) {
            (start, _) if now < start => format!("begins in {}", coarse(start - now)),
            (_, end) if now < end => coarse(end - now),
            _ => "to be settled".to_owned(),
        };
        let best = best.unwrap_or_else(|| "none".to_owned());
        vec![auction.id.to_string(), auction.edition.to_string(), best, left]
    };
    Panel {
        title: "Open auctions",
        columns: &["auction", "edition", "best bid", "time left"],
        rows: auctions.iter().map(row).collect(),
        otherwise: "No auction is open.",
    }
}

/// What is known of the token of an auction.
pub(super) fn token_of(auction: &Auction, known: &[TokenRevenue]) -> TokenInfo {
    let known = known.iter().find(|one| one.token.address == auction.token);
    known.map_or_else(
        || TokenInfo {
            address: auction.token,
            symbol: format!("(smallest unit) of {}", short(auction.token)),
            decimals: 0,
        },
        |one| one.token.clone(),
    )
}

fn owed(revenue: &[TokenRevenue]) -> Panel {
    let row = |one: &TokenRevenue| {
        [one.deposited, one.paid, one.owed()].map(|amount| one.token.write(amount)).to_vec()
    };
    Panel {
        title: "Revenue of contributors",
        columns: &["came", "paid", "owed"],
        rows: revenue.iter().map(row).collect(),
        otherwise: "Nothing came yet.",
    }
}

/// The first line of what was proposed, without what would steer a terminal.
pub(super) fn title(proposal: &Proposal) -> String {
    let title = proposal.draft.description.lines().next().unwrap_or_default();
    clean(title.trim_start_matches('#').trim())
}

fn proposals(governance: Option<&Governance>, now: u64) -> Panel {
    let mut panel = Panel {
        title: "Proposals",
        columns: &["proposal", "state", "time left", "for what"],
        rows: Vec::new(),
        otherwise: "The cooperative does not govern itself.",
    };
    let Some(Governance { open, last_executed, .. }) = governance else { return panel };
    panel.otherwise = "There are no proposals.";
    let all: Vec<Proposal> = open.iter().map(|one| one.proposal.clone()).collect();
    for one in open {
        panel.rows.push(vec![
            short_id(one.proposal.id, &all),
            one.standing.state.to_string(),
            left(&one.standing),
            said(&one.proposal, &one.actions),
        ]);
    }
    if let Some(last) = last_executed {
        panel.rows.push(vec![
            short_id(last.proposal.id, &all),
            "executed".to_owned(),
            format!("{} ago", coarse(now.saturating_sub(last.at))),
            said(&last.proposal, &last.actions),
        ]);
    }
    panel
}

fn left(standing: &Standing) -> String {
    let until = |time: u64| coarse(time.saturating_sub(standing.now));
    match standing.next() {
        Next::Wait(time) => format!("begins in {}", until(time)),
        Next::Vote(time) => until(time),
        Next::Queue => "to be queued".to_owned(),
        Next::Delay(time) => format!("due in {}", until(time)),
        Next::Execute => "due now".to_owned(),
        Next::Over => String::new(),
    }
}

/// What a proposal is for: its title, and each action in words.
fn said(proposal: &Proposal, actions: &[String]) -> String {
    let actions: Vec<_> = actions.iter().map(|action| clean(action)).collect();
    [title(proposal)]
        .into_iter()
        .chain(actions)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn money(treasury: Option<&TreasuryState>) -> Panel {
    let mut panel = Panel::pairs("Treasury", Vec::new());
    panel.otherwise = "There is no treasury.";
    let Some(treasury) = treasury else { return panel };
    let signers = format!("{} of {} owners", treasury.threshold, treasury.owners.len());
    panel.rows = vec![
        pair("address", short(treasury.address)),
        pair("must sign", signers),
        pair("delay", Span(treasury.delay)),
    ];
    let balances = treasury.balances.iter();
    let balances = balances.map(|one| pair("has", one.token.write(one.amount)));
    panel.rows.extend(balances);
    panel
}

fn pending(treasury: Option<&TreasuryState>, names: &Names, now: u64) -> Panel {
    let mut panel = Panel {
        title: "Waiting in the treasury",
        columns: &["state", "when", "what"],
        rows: Vec::new(),
        otherwise: "No transaction waits.",
    };
    let Some(treasury) = treasury else { return panel };
    for record in &treasury.pending {
        let (state, when) = match record.state {
            State::Ready { until } => {
                ("ready", format!("{} left", coarse(until.saturating_sub(now))))
            }
            State::Queued { ready_at } => {
                ("queued", format!("in {}", coarse(ready_at.saturating_sub(now))))
            }
            // Others do not wait.
            _ => continue,
        };
        let what = record.transaction.as_ref();
        let what = what.map(|sent| say::transaction(sent, treasury.address, names).join("\n"));
        let what = what.unwrap_or_else(|| record.hash.to_string());
        panel.rows.push(vec![state.to_owned(), when, clean(&what)]);
    }
    panel
}

fn contracts(snapshot: &Snapshot) -> Panel {
    let rows = snapshot.contracts.iter().map(|contract| {
        let life = match &contract.life {
            Life::Active(expiry) => format!("{} days left", expiry.days_left()),
            Life::Ended(_) => "does not run".to_owned(),
            Life::EvmCode => "does not expire".to_owned(),
        };
        vec![contract.name.clone(), life, Account(contract.address).to_string()]
    });
    Panel {
        title: "Contracts",
        columns: &["contract", "expires", "address"],
        rows: rows.collect(),
        otherwise: "There are no contracts.",
    }
}

/// An address by its ends.
fn short(address: Address) -> String {
    let whole = Account(address).to_string();
    format!("{}…{}", &whole[..6], &whole[whole.len() - 4..])
}

/// An amount with at most four decimals, rounded down.
fn rounded(wei: U256) -> String {
    let text = Amount(wei).to_string();
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.len() > 4 => format!("{whole}.{}…", &fraction[..4]),
        _ => text,
    }
}

/// A span without what does not matter at its length.
fn coarse(seconds: u64) -> String {
    let unit = match seconds {
        0..MINUTE_SECS => 1,
        MINUTE_SECS..DAY_SECS => MINUTE_SECS,
        _ => HOUR_SECS,
    };
    write_span(U256::from(seconds / unit * unit))
}
