//! Decides what is said about the failures of measuring.

use datacoop_deploy::{note_table, notes::Note};

use crate::Error;

note_table! {
    Error {
        Solc "solc-missing"
            "The compiler of Solidity, which builds the peers that costs are compared with, could not be run."
            "Install the pinned tools with `npm ci` in `anvil-fixtures`; Node.js is needed too."
        Refused "solc-refused"
            "The compiler of Solidity does not take the sources of the peers."
            "Restore the pinned sources with `npm ci` in `anvil-fixtures`."
        NoPeer "no-peer"
            "The Solidity sources have no contract of this name, or not wholly."
            "Restore the pinned sources with `npm ci` in `anvil-fixtures`."
        Host "host-refused"
            "The reference host, which counts gas as a Stylus chain does, does not take the program."
            "Build the contract anew; a program that breaks a rule of the chain has no costs there."
        Node "measuring-node-refused"
            "The node of the measurement refused a request."
            "Use the pinned Anvil: it is started without limits that others have."
        Missing "measuring-node-incomplete"
            "The node of the measurement has not what it was asked for, such as a receipt or a trace."
            "Use the pinned Anvil, and run the command again."
        ActionFailed "action-failed"
            "A call that was to be measured failed, so that it has no cost to speak of."
            "It is a fault of the contract or of the measurement: the message says where it failed."
        Scale "scale-failed"
            "A dataset of some size is not as it should be, so that its costs say nothing."
            "It is a fault of the contracts or of the measurement: the message says which size."
        Signature "measuring-signature-failed"
            "A permit that was to be measured could not be signed."
            "Run the command again; it signs with keys of its own."
        UnknownAction "unknown-bench-action"
            "No action that is measured has this in its name."
            "Use a part of one of the names in the message."
    }
    else {
        Error::Deploy(source) => source.note(),
    }
}

/// Returns every note of this library.
pub fn notes() -> impl Iterator<Item = Note> {
    NOTES.iter().copied()
}

impl Error {
    /// Returns the note of the failure; none when a contract's error is it.
    #[must_use]
    pub fn note(&self) -> Option<Note> {
        note(self)
    }
}
