//! Decides how often a signed message of an account is good: once, as OpenZeppelin's `Nonces` does.

use alloy_sol_types::sol;

use crate::{Account, Contract, Result, Revert, Uint, layout};

sol! {
    /// Errors of OpenZeppelin's `Nonces`.
    #[derive(Debug)]
    interface INonces {
        error InvalidAccountNonce(address account, uint256 currentNonce);
    }
}

pub use INonces::{INoncesErrors, InvalidAccountNonce};

layout! {
    /// The storage of nonces.
    pub struct NoncesStorage {
        /// How many signatures of an account were used. Written by [`Nonces::use_nonce`].
        nonces: Mapping<Account, Uint>,
    }
}

/// A contract that counts the signatures it accepted.
pub trait Nonces: Contract {
    /// Where the contract keeps the nonces.
    const NONCES: NoncesStorage;

    /// Returns the nonce that an account must sign next.
    fn nonces(&self, owner: &Account) -> Uint {
        Self::NONCES.nonces.of(self.vm(), owner).get(self.vm())
    }

    /// Returns an account's nonce and counts it up.
    fn use_nonce(&mut self, owner: &Account) -> Uint {
        let place = Self::NONCES.nonces.of(self.vm(), owner);
        let nonce = place.get(self.vm());
        // It starts at zero and grows by one: no chain lives long enough to overflow it.
        let mut next = nonce;
        next.wrapping_add(&Uint::from(1_u64));
        place.set(self.vm_mut(), &next);
        nonce
    }

    /// Uses the nonce that an account has signed.
    ///
    /// # Errors
    ///
    /// [`InvalidAccountNonce`] when it is not the next one.
    fn use_checked_nonce(&mut self, owner: &Account, nonce: &Uint) -> Result<()> {
        let current = self.use_nonce(owner);
        if current == *nonce {
            Ok(())
        } else {
            Err(Revert::new::<InvalidAccountNonce>((owner, &current)))
        }
    }
}
