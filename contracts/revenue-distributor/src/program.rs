//! Decides what runs when the program is called: the distributor.

use crate::RevenueDistributor;

datacoop_kit::program!(RevenueDistributor);
