//! Decides what runs when the program is called: the market.

use crate::DataMarket;

datacoop_kit::program!(DataMarket);
