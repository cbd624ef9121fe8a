//! Decides how contributions come onto the chain: in chunks, several in flight, none twice.
//!
//! What the chain has already is asked for before anything is sent, so that a batch that was
//! interrupted is carried on by running it again. The contract itself refuses a proof that it
//! knows, so that a contribution is never paid twice even when two batches run at once.

mod batch;
mod chunk;
mod known;

pub use batch::{BatchMode, BatchOptions, BatchReport, BatchTransaction, Skipped, record_batch};
pub use known::known_proofs;
