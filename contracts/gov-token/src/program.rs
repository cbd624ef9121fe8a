//! Decides what runs when the program is called: the token.

use crate::GovToken;

datacoop_kit::program!(GovToken);
