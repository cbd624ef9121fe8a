//! Decides what runs when the program is called: the token.

use crate::DataToken;

datacoop_kit::program!(DataToken);
