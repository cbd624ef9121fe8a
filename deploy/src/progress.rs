//! Decides how long work tells its caller how far it is: the library itself prints nothing.

use std::fmt;

/// What a piece of long work does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Installs a missing part of the toolchain or the npm tools.
    Install,
    /// Compiles contracts to WebAssembly.
    Compile,
    /// Optimises, checks and translates a compiled contract.
    Assemble,
    /// Starts a node.
    StartNode,
    /// Deploys contracts and grants roles.
    Deploy,
    /// Asks the chain which contributions it has already.
    Compare,
    /// Records contributions.
    Record,
    /// Measures what actions cost.
    Measure,
    /// Submits signed transactions.
    Send,
    /// Reads the events of contracts.
    Index,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Install => "installing",
            Self::Compile => "compiling",
            Self::Assemble => "assembling",
            Self::StartNode => "starting",
            Self::Deploy => "deploying",
            Self::Compare => "comparing",
            Self::Record => "recording",
            Self::Measure => "measuring",
            Self::Send => "sending",
            Self::Index => "indexing",
        })
    }
}

/// Something that happened in long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A stage began. `total` is the number of units it has, when that is known.
    Began {
        /// The stage.
        stage: Stage,
        /// What it works on, in words.
        subject: &'a str,
        /// The number of units to do.
        total: Option<u64>,
    },
    /// `done` units of the stage are complete.
    Advanced {
        /// The stage.
        stage: Stage,
        /// Units complete since the stage began.
        done: u64,
    },
    /// A line that a tool printed while the stage ran.
    Said {
        /// The stage.
        stage: Stage,
        /// The line, without its end.
        line: &'a str,
    },
    /// The stage ended.
    Ended {
        /// The stage.
        stage: Stage,
    },
}

/// Takes reports of progress.
pub trait Progress: Send + Sync {
    /// Takes one report. It should return quickly.
    fn report(&self, event: Event<'_>);
}

/// Ignores every report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _: Event<'_>) {}
}
