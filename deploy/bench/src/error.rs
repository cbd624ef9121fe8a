//! Decides in how many ways measuring fails.

use alloy::transports::TransportError;
use foundry_compilers::error::SolcError;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The contracts could not be built or deployed, or the node not started.
    #[error(transparent)]
    Deploy(#[from] datacoop_deploy::Error),
    /// The compiler of Solidity could not be run.
    #[error("solc could not be run")]
    Solc(#[source] Box<SolcError>),
    /// The compiler of Solidity refused the sources.
    #[error("solc refuses `{sources}`: {output}")]
    Refused {
        /// The folder of the sources.
        sources: String,
        /// What the compiler said.
        output: String,
    },
    /// The Solidity sources have no such contract, or not wholly.
    #[error("`{sources}` has no {part} of a contract `{name}`")]
    NoPeer {
        /// The folder of the sources.
        sources: String,
        /// The contract.
        name: String,
        /// What is missing of it.
        part: &'static str,
    },
    /// The reference host does not take a program.
    #[error("the reference host refuses `{contract}`")]
    Host {
        /// The contract.
        contract: String,
        /// Why.
        source: Box<stylus_host::Error>,
    },
    /// The node of the measurement refused a request.
    #[error("the node refused `{request}`")]
    Node {
        /// What was asked.
        request: &'static str,
        /// Why.
        source: TransportError,
    },
    /// The node has not what it was asked for.
    #[error("the node has no {wanted}")]
    Missing {
        /// What was asked for.
        wanted: &'static str,
    },
    /// A call of an action failed, so that it has no cost to speak of.
    #[error("`{action}` failed in {place}: {reason}")]
    ActionFailed {
        /// The action.
        action: String,
        /// Where: on the node, or in the reference host.
        place: &'static str,
        /// How it ended.
        reason: String,
    },
    /// A dataset of some size is not as it should be.
    #[error("with {records} records: {reason}")]
    Scale {
        /// How many records it has.
        records: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A signature could not be made.
    #[error("a permit could not be signed")]
    Signature(#[from] alloy::signers::Error),
    /// No action is called so.
    #[error("no action's name has `{name}` in it; there are: {known}")]
    UnknownAction {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
}

impl From<SolcError> for Error {
    fn from(source: SolcError) -> Self {
        Self::Solc(Box::new(source))
    }
}

impl Error {
    /// Returns what puts the failure of a request into this enum.
    pub(crate) fn node(request: &'static str) -> impl FnOnce(TransportError) -> Self {
        move |source| Self::Node { request, source }
    }
}
