//! Decides what runs when the program is called: the timelock, which operations call back.

use crate::Timelock;

datacoop_kit::program!(Timelock, reentrant);
