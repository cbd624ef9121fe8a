//! Decides by which flags people say what they consent to.

use std::path::PathBuf;

use alloy::primitives::B256;
use datacoop_deploy::consent::{DataClasses, Grantee, Purposes, Scope, Until, terms_of};

/// What is consented to.
#[derive(Debug, clap::Args)]
pub(super) struct ScopeArgs {
    /// Which data: genomic, clinical, lifestyle, imaging, or `all`.
    #[arg(long = "class", value_name = "CLASS,…")]
    classes: DataClasses,

    /// What for: academic, clinical, commercial, ai-training, public-health, or `all`.
    #[arg(long = "purpose", value_name = "PURPOSE,…")]
    purposes: Purposes,

    /// To whom: an address, an actor role such as `role:researcher`, or `anyone` for anyone vetted.
    #[arg(long = "to", value_name = "WHOM")]
    grantee: Grantee,

    /// Until when: a day with its last second, a time, or a span such as `90 days` from now.
    #[arg(long, value_name = "TIME")]
    until: Until,

    #[command(flatten)]
    terms: TermsArgs,
}

/// What a consent is amended to; what is not said stays as it is.
#[derive(Debug, clap::Args)]
#[group(id = "amendment", required = true, multiple = true)]
pub(super) struct AmendedArgs {
    /// Which data: genomic, clinical, lifestyle, imaging, or `all`.
    #[arg(long = "class", value_name = "CLASS,…")]
    classes: Option<DataClasses>,

    /// What for: academic, clinical, commercial, ai-training, public-health, or `all`.
    #[arg(long = "purpose", value_name = "PURPOSE,…")]
    purposes: Option<Purposes>,

    /// To whom: an address, an actor role such as `role:researcher`, or `anyone` for anyone vetted.
    #[arg(long = "to", value_name = "WHOM")]
    grantee: Option<Grantee>,

    /// Until when: a day with its last second, a time, or a span such as `90 days` from now.
    #[arg(long, value_name = "TIME")]
    until: Option<Until>,

    /// The terms that the subject read: the hash of this file goes on chain.
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,

    /// The hash of the terms itself.
    #[arg(long, value_name = "HASH", conflicts_with = "terms")]
    terms_hash: Option<B256>,
}

/// The terms that the subject read.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct TermsArgs {
    /// The terms that the subject read: the hash of this file goes on chain.
    #[arg(long, value_name = "FILE")]
    terms: Option<PathBuf>,

    /// The hash of the terms itself.
    #[arg(long, value_name = "HASH")]
    terms_hash: Option<B256>,
}

impl ScopeArgs {
    /// The scope, when it is `now`; a time that is no span needs no clock.
    pub(super) fn scope(&self, now: u64) -> anyhow::Result<Scope> {
        let Self { classes, purposes, grantee, until, terms } = self;
        let terms = match &terms.terms {
            Some(path) => terms_of(path)?,
            None => terms.terms_hash.unwrap_or_default(),
        };
        let expiry = until.from(now);
        Ok(Scope { classes: *classes, purposes: *purposes, grantee: *grantee, expiry, terms })
    }

    /// Whether the end is so many seconds from now.
    pub(super) const fn needs_clock(&self) -> bool {
        matches!(self.until, Until::In(_))
    }
}

impl AmendedArgs {
    /// What the scope becomes, when it is `now`.
    pub(super) fn scope(&self, before: &Scope, now: u64) -> anyhow::Result<Scope> {
        let Self { classes, purposes, grantee, until, terms, terms_hash } = self;
        let terms = match terms {
            Some(path) => terms_of(path)?,
            None => terms_hash.unwrap_or(before.terms),
        };
        Ok(Scope {
            classes: classes.unwrap_or(before.classes),
            purposes: purposes.unwrap_or(before.purposes),
            grantee: grantee.unwrap_or(before.grantee),
            expiry: until.map_or(before.expiry, |until| until.from(now)),
            terms,
        })
    }
}
