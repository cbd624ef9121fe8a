//! Builds, signs, checks and executes the transactions of the treasury, as Safe has them.
//!
//! What is signed and how it is packed is Safe 1.5.0's, so a file that was made here can be
//! executed by other tools, and the functions work for any Safe of that ABI.

mod action;
mod batch;
mod checksum;
mod contract;
mod error;
mod execute;
mod file;
mod history;
mod limits;
mod line;
mod multi_send;
mod onchain;
mod safe_tx;
mod signature;

pub use action::{Action, Call, Deed, SENTINEL};
pub use batch::{Batch, ChecksumState};
pub use contract::{ContractForm, ContractSigner, is_signed_by};
pub use error::TreasuryError;
pub use execute::{Outcome, approve, cancel_all, cancel_queued, check_place, execute};
pub use file::{SCHEMA, Signing, TransactionFile};
pub(crate) use history::{HISTORY_EVENTS, history_of};
pub use history::{Record, State, history};
pub use limits::{Limit, Limits, limits};
pub use line::Line;
pub use multi_send::{MULTI_SEND, multi_send_of, pack};
pub use onchain::{Settings, Treasury};
pub use safe_tx::{Operation, SafeTx};
pub use signature::{OwnerSignature, SignatureKind, packed};
