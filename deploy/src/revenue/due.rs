//! Decides what contributors of an edition are owed, by its manifest.

use std::path::Path;

use alloy::primitives::{Address, B256, U256};

use super::{Pot, Revenue};
use crate::{
    Error,
    bindings::IRevenueDistributor::{claimableCall, paidToCall, termsOfCall},
    data::{DataError, Manifest},
};

/// What an account is owed of what came for an edition in one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The edition.
    pub edition: U256,
    /// The token.
    pub token: Address,
    /// Whose it is.
    pub account: Address,
    /// The account's shares of the edition.
    pub shares: U256,
    /// The proof of the shares.
    pub proof: Vec<B256>,
    /// What the account is owed, in the token's smallest unit.
    pub amount: U256,
    /// What it got before.
    pub paid: U256,
}

impl Revenue {
    /// Requires that a manifest is of this chain's registry, and that its shares are those that the
    /// distributor pays by, once something came.
    ///
    /// # Errors
    ///
    /// [`DataError::ManifestElsewhere`], [`DataError::ManifestDiffers`], and the failures of
    /// [`crate::chain::Chain::read`].
    pub async fn require(&self, path: &Path, manifest: &Manifest) -> Result<(), Error> {
        let (head, edition) = (manifest.head(), manifest.edition());
        let here = (self.chain().id(), self.registry());
        if (head.chain_id, head.registry) != here {
            let place = |(chain, registry)| format!("registry {registry} on chain {chain}");
            return Err(DataError::ManifestElsewhere {
                path: path.to_path_buf(),
                found: place((head.chain_id, head.registry)),
                expected: place(here),
            }
            .into());
        }
        let terms = self.chain().read(self.address(), &termsOfCall { edition }).await?;
        let same = terms.sharesRoot == manifest.shares_root()
            && terms.totalShares == manifest.total_shares();
        if !terms.totalShares.is_zero() && !same {
            let differences = vec!["the root of the shares"];
            let (path, number) = (path.to_path_buf(), edition);
            return Err(DataError::ManifestDiffers { path, number, differences }.into());
        }
        Ok(())
    }

    /// Returns what an account is owed of an edition's pots, whether it is something or nothing; none
    /// when it is no contributor.
    ///
    /// # Errors
    ///
    /// As [`crate::chain::Chain::read`].
    pub async fn due(
        &self,
        manifest: &Manifest,
        pots: &[Pot],
        account: Address,
    ) -> Result<Option<Vec<Due>>, Error> {
        let Some((shares, proof)) = manifest.share_proof(account) else { return Ok(None) };
        let edition = manifest.edition();
        let mut dues = Vec::with_capacity(pots.len());
        for Pot { token, .. } in pots {
            let token = *token;
            let call = claimableCall { edition, token, account, shares };
            let amount = self.chain().read(self.address(), &call).await?;
            let call = paidToCall { edition, token, account };
            let paid = self.chain().read(self.address(), &call).await?;
            dues.push(Due { edition, token, account, shares, proof: proof.clone(), amount, paid });
        }
        Ok(Some(dues))
    }
}
