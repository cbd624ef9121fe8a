//! Decides what members are owed of what their data earned, and in which transactions they get it.
//!
//! | step | file |
//! | --- | --- |
//! | the distributor is found and asked | `onchain` |
//! | manifests tell who is owed what | `due` |
//! | claims are put into transactions | `claim` |

mod claim;
mod due;
mod onchain;

pub use claim::{claims_of, claims_of_all};
pub use due::Due;
pub use onchain::{PoolDue, Pot, Revenue};
