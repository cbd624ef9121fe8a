//! Decides what an attempt is: a call, and how it must end.

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolCall,
};
use anyhow::{Result, ensure};

use crate::scenario::{ledger::Ledger, stage::Sent};

/// How a pause shows, whichever contract it stops on the way.
const STOPPED: [&str; 4] =
    ["EnforcedPause", "SafeERC20FailedOperation", "GS013", "TreasuryTransferFailed"];

/// How an attempt must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// It succeeds.
    Done,
    /// It is refused, with one of these errors.
    Refused(Vec<&'static str>),
}

/// A call, and how it must end.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) from: Address,
    pub(crate) to: Address,
    /// The function, for people.
    pub(crate) call: &'static str,
    pub(crate) data: Bytes,
    pub(crate) expect: Expect,
    /// The events that it must log, and how many of them.
    logs: Option<(B256, usize)>,
}

impl Attempt {
    /// What must succeed.
    pub(crate) fn done<C: SolCall>(from: Address, to: Address, call: &C) -> Self {
        let (data, expect) = (call.abi_encode().into(), Expect::Done);
        Self { from, to, call: C::SIGNATURE, data, expect, logs: None }
    }

    /// What must be refused with this error.
    pub(crate) fn refused<C: SolCall>(
        from: Address,
        to: Address,
        call: &C,
        error: &'static str,
    ) -> Self {
        Self { expect: Expect::Refused(vec![error]), ..Self::done(from, to, call) }
    }

    /// What must succeed, or be refused with an error when there is one.
    pub(crate) fn ends<C: SolCall>(
        from: Address,
        to: Address,
        call: &C,
        error: Option<&'static str>,
    ) -> Self {
        match error {
            Some(error) => Self::refused(from, to, call, error),
            None => Self::done(from, to, call),
        }
    }

    /// What another error would be as right for.
    pub(crate) fn or(mut self, error: &'static str) -> Self {
        if let Expect::Refused(errors) = &mut self.expect {
            errors.push(error);
        }
        self
    }

    /// What is refused whatever else is so, while one of these is paused.
    pub(crate) fn stopped_by(mut self, pauses: &[bool]) -> Self {
        if pauses.contains(&true) {
            match &mut self.expect {
                Expect::Refused(errors) => errors.extend(STOPPED),
                Expect::Done => self.expect = Expect::Refused(STOPPED.to_vec()),
            }
        }
        self
    }

    /// What must log so many events.
    pub(crate) const fn logs(mut self, event: B256, count: usize) -> Self {
        self.logs = Some((event, count));
        self
    }

    /// Whether it must succeed.
    pub(crate) fn must_succeed(&self) -> bool {
        self.expect == Expect::Done
    }

    /// Compares how it ended with how it must.
    pub(crate) fn check(&self, sent: &Sent) -> Result<()> {
        match (&self.expect, &sent.error) {
            (Expect::Done, None) => self.check_logs(sent),
            (Expect::Done, Some(error)) => {
                anyhow::bail!(
                    "it must succeed, and is refused with {} ({})",
                    error.name,
                    error.text
                )
            }
            (Expect::Refused(errors), None) => {
                anyhow::bail!("it must be refused with {errors:?}, and succeeds")
            }
            (Expect::Refused(errors), Some(error)) => {
                // Safe's errors are strings.
                let name = if error.name == "Error" { &error.text } else { &error.name };
                let is_foretold = errors.iter().any(|foretold| name == foretold);
                ensure!(is_foretold, "it is refused with {name} ({}), not {errors:?}", error.text);
                ensure!(sent.receipt.inner.logs().is_empty(), "it is refused, and logs something");
                Ok(())
            }
        }
    }

    fn check_logs(&self, sent: &Sent) -> Result<()> {
        let Some((event, count)) = self.logs else { return Ok(()) };
        let logs = sent.receipt.inner.logs().iter();
        let found = logs.filter(|log| log.topic0() == Some(&event)).count();
        ensure!(found == count, "it logs {found} of {event}, not {count}");
        Ok(())
    }
}

impl Ledger {
    /// Whether DATA is paused.
    pub(crate) const fn data_stands_still(&self) -> bool {
        self.data.paused
    }
}
