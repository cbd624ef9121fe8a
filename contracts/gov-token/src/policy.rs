//! Decides where GOV may move: anywhere, to members only, or nowhere.
//!
//! Under *members only* the receiver decides: it holds a membership, or is exempt because it is a
//! contract that must hold GOV (treasury, timelock, vesting). So GOV never reaches anybody who is
//! neither, and whoever has lost a membership can still send what is left to members. A membership
//! contract that reverts, answers with less than a word or is not there makes nobody a member.

use alloy_sol_types::sol;
use datacoop_kit::{
    Account, Result, Revert, Uint, event::emit, host, layout, storage::Stored, word::Word,
};
use stylus_sdk::host::VM;

use crate::IGovToken::{
    GovInvalidMembership, GovInvalidTransferPolicy, GovReceiverNotMember, GovTransfersLocked,
    MembershipChanged, TransferExemptionChanged, TransferPolicyChanged,
};

sol! {
    /// What is asked of the membership contract: a part of ERC-721.
    interface IMembership {
        function balanceOf(address owner) external view returns (uint256);
    }
}

/// Tokens move freely.
pub const OPEN: u8 = 0;

/// Tokens move to members and exempt accounts.
pub const MEMBERS_ONLY: u8 = 1;

/// Tokens do not move.
pub const LOCKED: u8 = 2;

layout! {
    /// The storage of the transfer policy.
    pub struct PolicyStorage {
        /// The policy and the membership contract. Written by `PolicyStorage::set_policy` and
        /// `PolicyStorage::set_membership`.
        terms: Slot<Terms>,
        /// Who may receive without being a member. Written by `PolicyStorage::set_exemption`.
        exempt: Mapping<Account, bool>,
    }
}

/// The terms of the policy, in one slot: `address membership`, `uint8 policy`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Whose `balanceOf` tells members; zero when there is none.
    pub(crate) membership: Account,
    /// [`OPEN`], [`MEMBERS_ONLY`] or [`LOCKED`].
    pub(crate) policy: u8,
}

impl Stored for Terms {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [low, second, third, _] = word.lanes();
        let membership = Uint::from_lanes(low, second, third & u64::from(u32::MAX), 0);
        Self {
            membership: Account::from_slot(membership),
            #[allow(clippy::cast_possible_truncation, reason = "the policy is one byte")]
            policy: (third >> 32) as u8,
        }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let [low, second, third, _] = Uint::from_word(self.membership.word()).lanes();
        Uint::from_lanes(low, second, third | u64::from(self.policy) << 32, 0)
    }
}

impl PolicyStorage {
    /// Returns the terms.
    pub(crate) fn terms(&self, vm: &VM) -> Terms {
        self.terms.get(vm)
    }

    /// Returns whether an account may receive without being a member.
    pub(crate) fn is_exempt(&self, vm: &VM, account: &Account) -> bool {
        self.exempt.of(vm, account).get(vm)
    }

    /// Returns whether an account may receive a transfer now.
    pub(crate) fn can_receive(&self, vm: &VM, account: &Account) -> bool {
        let Terms { membership, policy } = self.terms(vm);
        policy == OPEN
            || policy == MEMBERS_ONLY
                && (self.is_exempt(vm, account) || is_member(vm, &membership, account))
    }

    /// Requires that tokens may move between two accounts now.
    ///
    /// # Errors
    ///
    /// - [`GovTransfersLocked`] when no tokens may,
    /// - [`GovReceiverNotMember`] when the receiver must be a member or exempt, and is not.
    pub(crate) fn check(&self, vm: &VM, from: &Account, to: &Account) -> Result<()> {
        if self.can_receive(vm, to) {
            Ok(())
        } else if self.terms(vm).policy == LOCKED {
            Err(Revert::new::<GovTransfersLocked>((from, to)))
        } else {
            Err(Revert::new::<GovReceiverNotMember>((to,)))
        }
    }

    /// Starts with members only: the constructor's part.
    ///
    /// # Errors
    ///
    /// As [`set_membership`](Self::set_membership).
    ///
    /// # Events
    ///
    /// [`TransferPolicyChanged`], [`MembershipChanged`].
    pub(crate) fn start(&self, vm: &mut VM, membership: &Account) -> Result<()> {
        self.set_policy(vm, MEMBERS_ONLY)?;
        self.set_membership(vm, membership)
    }

    /// Sets the policy.
    ///
    /// # Errors
    ///
    /// [`GovInvalidTransferPolicy`] when there is no such policy.
    ///
    /// # Events
    ///
    /// [`TransferPolicyChanged`].
    pub(crate) fn set_policy(&self, vm: &mut VM, policy: u8) -> Result<()> {
        if policy > LOCKED {
            return Err(Revert::new::<GovInvalidTransferPolicy>((policy, LOCKED)));
        }
        let old = self.terms(vm);
        self.terms.set(vm, &Terms { policy, ..old });
        emit::<TransferPolicyChanged>(vm, (), (old.policy, policy));
        Ok(())
    }

    /// Sets the membership contract; with the zero account nobody is a member.
    ///
    /// # Errors
    ///
    /// [`GovInvalidMembership`] when the account is not zero and has no code.
    ///
    /// # Events
    ///
    /// [`MembershipChanged`].
    pub(crate) fn set_membership(&self, vm: &mut VM, membership: &Account) -> Result<()> {
        if !membership.is_zero() && !host::is_contract(vm, membership) {
            return Err(Revert::new::<GovInvalidMembership>((membership,)));
        }
        let old = self.terms(vm);
        self.terms.set(vm, &Terms { membership: *membership, ..old });
        emit::<MembershipChanged>(vm, (&old.membership, membership), ());
        Ok(())
    }

    /// Sets whether an account may receive without being a member.
    ///
    /// # Events
    ///
    /// [`TransferExemptionChanged`].
    pub(crate) fn set_exemption(&self, vm: &mut VM, account: &Account, exempt: bool) {
        let place = self.exempt.of(vm, account);
        let old = place.get(vm);
        place.set(vm, &exempt);
        emit::<TransferExemptionChanged>(vm, (account,), (old, exempt));
    }
}

/// Returns whether the membership contract says that an account holds a membership.
fn is_member(vm: &VM, membership: &Account, account: &Account) -> bool {
    if !host::static_call::<IMembership::balanceOfCall>(vm, membership, (account,)) {
        return false;
    }
    // An account without code answers with nothing.
    let (balance, len) = host::returned_word(vm);
    len == 32 && !Uint::new(balance).is_zero()
}
