//! Decides what runs when the program is called: the membership.

use crate::Membership;

datacoop_kit::program!(Membership);
