//! Decides how a contract is stopped and started again, as OpenZeppelin's `Pausable` does.

use alloy_sol_types::sol;

use crate::{Contract, Result, Revert, event::emit, host, layout};

sol! {
    /// Events and errors of OpenZeppelin's `Pausable`.
    #[derive(Debug)]
    interface IPausable {
        event Paused(address account);
        event Unpaused(address account);

        error EnforcedPause();
        error ExpectedPause();
    }
}

pub use IPausable::{
    EnforcedPause, ExpectedPause, IPausableErrors, IPausableEvents, Paused, Unpaused,
};

layout! {
    /// The storage of a contract that can be paused.
    pub struct PausableStorage {
        /// Whether the contract is paused. Written by [`Pausable::pause`] and
        /// [`Pausable::unpause`].
        paused: Slot<bool>,
    }
}

/// A contract that can be paused; it decides itself who may.
pub trait Pausable: Contract {
    /// Where the contract keeps the flag.
    const PAUSABLE: PausableStorage;

    /// Returns whether the contract is paused.
    fn paused(&self) -> bool {
        Self::PAUSABLE.paused.get(self.vm())
    }

    /// Requires that the contract is not paused.
    ///
    /// # Errors
    ///
    /// [`EnforcedPause`] when it is.
    fn require_not_paused(&self) -> Result<()> {
        if self.paused() { Err(Revert::new::<EnforcedPause>(())) } else { Ok(()) }
    }

    /// Pauses the contract.
    ///
    /// # Errors
    ///
    /// [`EnforcedPause`] when it is paused already.
    ///
    /// # Events
    ///
    /// [`Paused`].
    fn pause(&mut self) -> Result<()> {
        self.require_not_paused()?;
        Self::PAUSABLE.paused.set(self.vm_mut(), &true);
        let account = host::sender(self.vm());
        emit::<Paused>(self.vm_mut(), (), (&account,));
        Ok(())
    }

    /// Starts the contract again.
    ///
    /// # Errors
    ///
    /// [`ExpectedPause`] when it is not paused.
    ///
    /// # Events
    ///
    /// [`Unpaused`].
    fn unpause(&mut self) -> Result<()> {
        if !self.paused() {
            return Err(Revert::new::<ExpectedPause>(()));
        }
        Self::PAUSABLE.paused.set(self.vm_mut(), &false);
        let account = host::sender(self.vm());
        emit::<Unpaused>(self.vm_mut(), (), (&account,));
        Ok(())
    }
}
