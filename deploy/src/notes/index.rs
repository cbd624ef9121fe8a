//! Decides what is said about the failures of an event index.

use crate::{index::IndexError, note_table};

note_table! {
    IndexError {
        OtherChain "index-of-another-chain"
            "The event index was made of another chain: a local node was started anew, or the index was copied from elsewhere."
            "Move the file away; it is a copy of what the chain has, and is made anew."
        NotAnIndex "not-an-index"
            "The file at the event index's place is something else, or it was damaged on the disk."
            "Move the file away, with those beside it that end in `-wal` and `-shm`; it is made anew from the chain."
        Version "index-version"
            "A later version of the tool wrote the event index, in a form that this one does not know."
            "Use that version, or move the file away; it is made anew from the chain."
        Busy "index-busy"
            "Another process was writing to the event index for longer than this one waits."
            "Run the command again; what the other process wrote is not asked for again."
        Unusable "index-unusable"
            "The event index could not be read or written: the disk is full, the folder may not be written, or the disk fails."
            "Make room, or name another folder with `--deployments`; the cause stands at the end of the message."
        Unsettled "chain-unsettled"
            "The chain took blocks back again and again while its events were read, so that no range of them stood still."
            "Run the command again; if it lasts, several nodes that disagree may be behind one endpoint: name another one."
    }
}
