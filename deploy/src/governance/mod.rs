//! Decides how token holders govern: what a proposal does in words, where it stands, how it is
//! voted on, and what it would change.
//!
//! The way of a proposal: [`read_sentences`] turns words into [`Sentence`]s, [`Sentence::encode`]
//! those into [`Action`]s, which a [`Draft`] proposes; [`Dao::proposals`] finds it again,
//! [`describe`] says its actions in the same words, and [`simulate()`] tries them on a fork.

mod ballot;
mod content;
mod dao;
mod decode;
mod encode;
mod events;
mod file;
mod measures;
mod parameters;
mod parse;
mod places;
mod roles;
mod sentence;
mod simulate;
mod standing;
mod units;
mod vocabulary;
mod words_error;

pub use ballot::{Ballot, BallotTerms, SignedBallot, Support};
pub use content::{Action, Class, Draft};
pub use dao::{Dao, Power};
pub use decode::{decode, describe};
pub use encode::{encode_all, present};
pub use events::Proposal;
pub(crate) use events::{PROPOSAL_EVENTS, proposals_of};
pub use file::ProposalFile;
pub use measures::Measure;
pub use parameters::{Key, PARAMETERS, Parameter};
pub(crate) use parse::parameter;
pub use parse::{read_action, read_sentences};
pub use places::Place;
pub use roles::{Role, roles};
pub use sentence::{LINES, Period, Sentence, Setting};
pub use simulate::{BalanceChange, Change, ContractChange, Observed, Simulation, simulate};
pub use standing::{Next, Standing, State, Tally};
pub use units::{Symbol, Unit, write_decimal};
pub use vocabulary::Vocabulary;
pub use words_error::WordsError;
