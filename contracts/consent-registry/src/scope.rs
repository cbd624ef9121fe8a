//! Decides what a consent can be for: which data, which purposes, which grantee, until when.

use alloy_primitives::B256;
use datacoop_kit::{Account, Result, Revert, abi::ToAbi, output, word::Word};

use crate::registry::IConsentRegistry::{
    self, ConsentInvalidDataClasses, ConsentInvalidExpiry, ConsentInvalidGrantee,
    ConsentInvalidPurposes, ConsentMissingTerms,
};

/// Every data class, one bit each: those of DataCoopRewards.
pub const ALL_DATA_CLASSES: u8 = (1 << 4) - 1;

/// Every purpose, one bit each.
pub const ALL_PURPOSES: u8 = (1 << 5) - 1;

/// How many actor roles there are: those of Membership.
pub const ACTOR_ROLES: u8 = 7;

/// The longest that a consent lasts, in seconds: ten years of 365 days.
pub const MAX_TERM_SECS: u64 = 10 * 365 * 86_400;

/// A grantee that is one account.
pub const ONE_ACCOUNT: u8 = 0;

/// Grantees that are members with an actor role.
pub const ACTOR_ROLE: u8 = 1;

/// Grantees that are anyone vetted: members with an actor role other than patient.
pub const ANYONE_VETTED: u8 = 2;

/// The bit of the actor role that vets nobody: patient.
const PATIENT: u8 = 1;

/// What a consent is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// What of it fits in one number.
    pub(crate) bits: Bits,
    /// The grantee that is one account.
    pub(crate) account: Account,
    /// The last second at which it covers anything.
    pub(crate) expiry: u64,
    /// The hash of the terms that the subject read.
    pub(crate) terms: B256,
}

/// The small parts of a scope. Packed: `uint8 dataClasses`, `uint8 purposes`, `uint8 granteeKind`,
/// `uint8 actorRole`, from the lowest bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    /// Mask of the data classes.
    pub(crate) data_classes: u8,
    /// Mask of the purposes.
    pub(crate) purposes: u8,
    /// One of the three kinds.
    pub(crate) grantee_kind: u8,
    /// The actor role's number.
    pub(crate) actor_role: u8,
}

impl Bits {
    /// Returns the parts as one number below 2^32.
    pub(crate) fn pack(self) -> u64 {
        let Self { data_classes, purposes, grantee_kind, actor_role } = self;
        u32::from_le_bytes([data_classes, purposes, grantee_kind, actor_role]).into()
    }

    /// Returns the parts of a number whose low 32 bits hold them.
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    pub(crate) const fn unpack(packed: u64) -> Self {
        let [data_classes, purposes, grantee_kind, actor_role] = (packed as u32).to_le_bytes();
        Self { data_classes, purposes, grantee_kind, actor_role }
    }

    /// Returns whether data of a class may be used for a purpose; false for one that there is not.
    pub(crate) fn allows(self, data_class: u8, purpose: u8) -> bool {
        has_bit(self.data_classes, data_class) && has_bit(self.purposes, purpose)
    }

    /// Returns whether somebody with these actor roles is a grantee of a kind that goes by them.
    pub(crate) fn admits(self, roles: u8) -> bool {
        match self.grantee_kind {
            ACTOR_ROLE => has_bit(roles, self.actor_role),
            ANYONE_VETTED => roles & !PATIENT != 0,
            _ => false,
        }
    }
}

/// Returns whether a mask has the bit with the given number.
fn has_bit(mask: u8, number: u8) -> bool {
    mask.checked_shr(number.into()).is_some_and(|rest| rest & 1 != 0)
}

impl Scope {
    /// Requires a scope that can be consented to now.
    ///
    /// # Errors
    ///
    /// - [`ConsentInvalidDataClasses`] and [`ConsentInvalidPurposes`] for a mask that is empty or has
    ///   a bit too many,
    /// - [`ConsentInvalidGrantee`] for a grantee that is none of its kind,
    /// - [`ConsentInvalidExpiry`] when it is over, or further away than [`MAX_TERM_SECS`],
    /// - [`ConsentMissingTerms`] without a hash of terms.
    pub(crate) fn check(&self, now: u64) -> Result<()> {
        let Bits { data_classes, purposes, grantee_kind, actor_role } = self.bits;
        if data_classes == 0 || data_classes > ALL_DATA_CLASSES {
            let values = (data_classes, ALL_DATA_CLASSES);
            return Err(Revert::new::<ConsentInvalidDataClasses>(values));
        }
        if purposes == 0 || purposes > ALL_PURPOSES {
            return Err(Revert::new::<ConsentInvalidPurposes>((purposes, ALL_PURPOSES)));
        }
        let is_grantee = match grantee_kind {
            ONE_ACCOUNT => !self.account.is_zero() && actor_role == 0,
            ACTOR_ROLE => self.account.is_zero() && actor_role < ACTOR_ROLES,
            ANYONE_VETTED => self.account.is_zero() && actor_role == 0,
            _ => false,
        };
        if !is_grantee {
            let values = (grantee_kind, &self.account, actor_role);
            return Err(Revert::new::<ConsentInvalidGrantee>(values));
        }
        let latest = now.saturating_add(MAX_TERM_SECS);
        if !(now..=latest).contains(&self.expiry) {
            return Err(Revert::new::<ConsentInvalidExpiry>((self.expiry, now, latest)));
        }
        if self.terms == B256::ZERO {
            return Err(Revert::new::<ConsentMissingTerms>(()));
        }
        Ok(())
    }

    /// Appends the scope's seven words to the output.
    #[inline(never)]
    pub(crate) fn push(&self) {
        output::push_number(self.bits.data_classes.into());
        output::push_number(self.bits.purposes.into());
        output::push_number(self.bits.grantee_kind.into());
        output::push(self.account.word());
        output::push_number(self.bits.actor_role.into());
        output::push_number(self.expiry);
        output::push(&self.terms);
    }
}

impl ToAbi<IConsentRegistry::Scope> for Scope {
    fn push_head(&self, _: &mut u64) {
        self.push();
    }

    fn push_tail(self) {}
}
