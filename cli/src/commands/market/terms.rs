//! Decides by which flags listers name the terms of what they offer.

use std::path::PathBuf;

use alloy::primitives::B256;
use datacoop_deploy::consent::terms_of;

/// The terms that a buyer accepts.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct TermsArgs {
    /// The terms that a buyer accepts: the hash of this file goes on chain.
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,

    /// The hash of the terms itself.
    #[arg(long, value_name = "HASH")]
    terms_hash: Option<B256>,
}

impl TermsArgs {
    /// The hash of the terms.
    pub(super) fn hash(&self) -> anyhow::Result<B256> {
        match &self.terms {
            Some(path) => Ok(terms_of(path)?),
            None => Ok(self.terms_hash.unwrap_or_default()),
        }
    }
}
