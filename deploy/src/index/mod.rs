//! Decides which events of a cooperative are kept on this machine, so that its history is asked for once.
//!
//! An index is a database in one file, bound to one chain. It holds the logs of the cooperative's contracts as the
//! chain gave them, and with them what is counted. It is a copy: whoever deletes it loses nothing but time.
//!
//! | step | file |
//! | --- | --- |
//! | a file is made or opened, and bound to its chain | `file` |
//! | ranges of blocks are asked for | `sync` |
//! | a range is written, all of it or nothing | `page` |
//! | what the chain took back is deleted | `fork` |
//! | each log adds to a count and a sum | `measure` |
//! | both are read again | `query` |
//! | times and blocks are brought together | `times` |

mod error;
mod file;
mod fork;
mod measure;
mod page;
mod query;
mod sync;
mod times;

#[cfg(test)]
mod tests;

pub use error::IndexError;
pub use file::EventIndex;
pub use measure::{BURNED, MINTED};
pub use query::Counted;
pub use sync::{Source, Synced};
