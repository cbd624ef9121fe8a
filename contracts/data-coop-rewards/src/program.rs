//! Decides what runs when the program is called: the rewards.

use crate::DataCoopRewards;

datacoop_kit::program!(DataCoopRewards);
