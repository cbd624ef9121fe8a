//! Decides how proposals are shown to people: their actions, votes, times, and what happens next.

use std::{
    fmt,
    io::{self, Write},
};

use alloy::primitives::{Bytes, U256};
use datacoop_deploy::{
    calendar::write_span,
    governance::{Action, Next, Proposal, Standing, State, Tally},
};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{amount::Amount, output::Account, time::Time};

/// The fewest digits of an id that are shown where it is cut short.
const ID_DIGITS: usize = 8;

/// How many characters a bar has.
const BAR: u8 = 20;

/// Votes, in wei of GOV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Votes(pub(super) U256);

impl fmt::Display for Votes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} GOV", Amount(self.0))
    }
}

impl Serialize for Votes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Votes", 2)?;
        object.serialize_field("wei", &self.0.to_string())?;
        object.serialize_field("gov", &Amount(self.0).to_string())?;
        object.end()
    }
}

/// An action, in words and as the call that it is.
#[derive(Serialize)]
pub(super) struct ActionView {
    words: String,
    /// The parameters' present values, where it sets some.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    target: Account,
    value: String,
    calldata: Bytes,
}

impl ActionView {
    pub(super) fn new(action: &Action, words: String, now: Option<String>) -> Self {
        let Action { target, value, calldata } = action.clone();
        Self { words, now, target: Account(target), value: value.to_string(), calldata }
    }

    /// Says actions in words, in the order in which they are executed.
    pub(super) fn all(actions: &[Action], words: Vec<String>) -> Vec<Self> {
        actions.iter().zip(words).map(|(action, words)| Self::new(action, words, None)).collect()
    }
}

/// Writes actions, numbered; with their calldata when `in_full`.
pub(super) fn show_actions(
    to: &mut dyn Write,
    actions: &[ActionView],
    calldata: Calldata,
) -> io::Result<()> {
    for (index, action) in actions.iter().enumerate() {
        writeln!(to, "  {}. {}", index + 1, clean(&action.words))?;
        if let Some(now) = &action.now {
            writeln!(to, "     now: {}", clean(now))?;
        }
        if calldata == Calldata::Shown {
            let ActionView { target, value, calldata, .. } = action;
            writeln!(to, "     target {target}, value {value} wei\n     {calldata}")?;
        }
    }
    Ok(())
}

/// Whether calldata is shown beside the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calldata {
    Shown,
    Hidden,
}

/// The votes of a proposal, for documents.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TallyView {
    #[serde(rename = "for")]
    in_favour: Votes,
    against: Votes,
    abstain: Votes,
    quorum: Option<Votes>,
    quorum_reached: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    veto_quorum: Option<Votes>,
}

impl TallyView {
    pub(super) fn new(tally: &Tally) -> Self {
        Self {
            in_favour: Votes(tally.in_favour),
            against: Votes(tally.against),
            abstain: Votes(tally.abstain),
            quorum: tally.quorum.map(Votes),
            quorum_reached: tally.quorum.map(|quorum| tally.for_quorum() >= quorum),
            veto_quorum: tally.veto_quorum.map(Votes),
        }
    }

    /// Writes the votes as bars, of which the longest is what was cast or the quorum.
    pub(super) fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let threshold = self.veto_quorum.or(self.quorum).map_or(U256::ZERO, |votes| votes.0);
        let rows = [("for", self.in_favour), ("against", self.against), ("abstain", self.abstain)];
        let whole = rows.iter().map(|(_, votes)| votes.0).fold(threshold, U256::max);
        for (name, votes) in rows {
            writeln!(to, "  {name:8} {} {votes}", bar(votes.0, whole))?;
        }
        let Some(quorum) = self.quorum else {
            return writeln!(to, "  quorum   is known when the vote begins");
        };
        if let Some(veto) = self.veto_quorum {
            return writeln!(
                to,
                "  veto     {} {veto} against would defeat it",
                bar(veto.0, whole)
            );
        }
        let reached = if self.quorum_reached == Some(true) { "reached" } else { "not reached" };
        writeln!(to, "  quorum   {} {quorum} for or abstain, {reached}", bar(quorum.0, whole))
    }
}

/// Draws a part of a whole.
fn bar(part: U256, whole: U256) -> String {
    let filled = if whole.is_zero() {
        0
    } else {
        // Votes are below 2^208.
        (part.saturating_mul(U256::from(BAR)) / whole).min(U256::from(BAR)).to::<usize>()
    };
    let filled = if filled == 0 && !part.is_zero() { 1 } else { filled };
    "█".repeat(filled) + &"░".repeat(usize::from(BAR) - filled)
}

/// The times of a proposal, for documents.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimesView {
    now: Time,
    snapshot: Time,
    deadline: Time,
    /// When the vote was to end, where a quorum that came late has extended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_from: Option<Time>,
    eta: Option<Time>,
    seconds_left: Option<u64>,
}

impl TimesView {
    pub(super) fn new(standing: &Standing, proposal: &Proposal) -> Self {
        let announced = proposal.announced_deadline;
        Self {
            now: Time(standing.now),
            snapshot: Time(standing.snapshot),
            deadline: Time(standing.deadline),
            extended_from: (standing.deadline > announced).then_some(Time(announced)),
            eta: standing.eta.map(Time),
            seconds_left: standing.seconds_left(),
        }
    }

    /// Says when votes count, when the vote ends, and when the proposal can be executed.
    pub(super) fn all(&self) -> [String; 3] {
        let Self { snapshot, deadline, extended_from, eta, .. } = self;
        let extended = extended_from.map(|announced| {
            format!(", extended from {announced} since the quorum was reached late")
        });
        let eta = eta.map_or_else(|| "not queued".to_owned(), |eta| eta.to_string());
        [snapshot.to_string(), format!("{deadline}{}", extended.unwrap_or_default()), eta]
    }
}

/// Says in one sentence what happens next, and what to type for it.
pub(super) fn what_next(standing: &Standing, id: &str) -> String {
    let at = |time: u64| {
        let left = time.saturating_sub(standing.now);
        format!("{} (in {})", Time(time), write_span(U256::from(left)))
    };
    match standing.next() {
        Next::Wait(time) => format!(
            "The vote begins after {}; then `datacoop gov vote {id} for|against|abstain --from KEY`.",
            at(time)
        ),
        Next::Vote(time) => {
            let forecast = standing.tally.defeat().map_or_else(
                || "it would pass as it stands".to_owned(),
                |reason| format!("as it stands it would be defeated, since {reason}"),
            );
            format!(
                "The vote ends at {}, and {forecast}: `datacoop gov vote {id} for|against|abstain --from KEY`.",
                at(time)
            )
        }
        Next::Queue => {
            format!(
                "It has passed, and anybody may queue it: `datacoop gov queue {id} --from KEY`."
            )
        }
        Next::Delay(time) => format!(
            "It can be executed from {}, by anybody: `datacoop gov execute {id} --from KEY`.",
            at(time)
        ),
        Next::Execute => {
            format!(
                "It is ready, and anybody may execute it: `datacoop gov execute {id} --from KEY`."
            )
        }
        Next::Over => match (standing.state, standing.tally.defeat()) {
            (State::Executed, _) => "Nothing: it was executed.".to_owned(),
            (State::Defeated, Some(reason)) => format!("Nothing: it was defeated, since {reason}."),
            (state, _) => format!("Nothing: it is {state}."),
        },
    }
}

/// Returns the beginning of an id, as long as no other proposal's begins with it.
pub(crate) fn short_id(id: U256, all: &[Proposal]) -> String {
    let digits = id.to_string();
    let others: Vec<_> =
        all.iter().filter(|other| other.id != id).map(|other| other.id.to_string()).collect();
    (ID_DIGITS..digits.len())
        .map(|length| &digits[..length])
        .find(|short| !others.iter().any(|other| other.starts_with(*short)))
        .unwrap_or(&digits)
        .to_owned()
}

/// Takes out what would steer a terminal: words of proposals are anybody's.
pub(crate) fn clean(text: &str) -> String {
    let is_hidden = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if is_hidden(letter) { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256};
    use datacoop_deploy::governance::{Class, Draft};

    use super::*;

    fn proposal(id: u64) -> Proposal {
        Proposal {
            id: U256::from(id),
            proposer: Address::ZERO,
            draft: Draft { class: Class::Standard, actions: vec![], description: String::new() },
            snapshot: 0,
            announced_deadline: 0,
            transaction: B256::ZERO,
        }
    }

    #[test]
    fn an_id_is_cut_where_it_is_still_the_only_one() {
        let all = [proposal(123_456_789_012), proposal(123_456_789_999), proposal(99)];
        assert_eq!(short_id(all[0].id, &all), "1234567890");
        assert_eq!(short_id(all[2].id, &all), "99");
        assert_eq!(short_id(all[0].id, &all[..1]), "12345678");
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let bar = |part: u64, whole: u64| bar(U256::from(part), U256::from(whole));
        let filled = |text: String| text.chars().filter(|letter| *letter == '█').count();
        assert_eq!(filled(bar(0, 0)), 0);
        assert_eq!(filled(bar(1, 2)), 10);
        assert_eq!(filled(bar(2, 2)), 20);
        assert_eq!(filled(bar(1, 1_000)), 1);
        assert_eq!(bar(1, 2).chars().count(), 20);
    }

    #[test]
    fn words_of_strangers_do_not_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\nc");
        assert_eq!(clean("pay \u{202e}ecila"), "pay \u{fffd}ecila");
    }

    #[test]
    fn what_happens_next_has_the_command_to_type() {
        let tally = Tally {
            in_favour: U256::ZERO,
            against: U256::ZERO,
            abstain: U256::ZERO,
            quorum: Some(U256::ONE),
            veto_quorum: None,
        };
        let standing = Standing {
            state: State::Active,
            now: 1_709_251_100,
            snapshot: 1_709_251_000,
            deadline: 1_709_251_200,
            eta: None,
            needs_queuing: true,
            tally,
        };
        assert_eq!(
            what_next(&standing, "1234"),
            "The vote ends at 2024-03-01T00:00:00Z (in 1 minute 40 seconds), and as it stands it would be defeated, since the quorum is not reached: `datacoop gov vote 1234 for|against|abstain --from KEY`."
        );
        let check = |state, eta, words: &str| {
            let sentence = what_next(&Standing { state, eta, ..standing }, "1234");
            assert!(sentence.contains(words), "{sentence}");
        };
        check(State::Succeeded, None, "`datacoop gov queue 1234 --from KEY`");
        check(
            State::Queued,
            Some(1_709_251_101),
            "(in 1 second), by anybody: `datacoop gov execute",
        );
        check(State::Queued, Some(1), "It is ready");
        check(State::Executed, Some(1), "it was executed");
        check(State::Canceled, None, "it is canceled");
        check(State::Defeated, None, "since the quorum is not reached");
    }
}
