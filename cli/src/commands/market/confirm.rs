//! Decides where the market asks before money moves: where all commands ask.

pub(super) use crate::ask::confirm;
