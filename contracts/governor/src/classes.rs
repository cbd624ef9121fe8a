//! Decides what sets proposals of other classes than the standard one apart: their terms, what they
//! may call, and who may propose optimistic ones.

use alloy_primitives::B256;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::{FromWord, ToWord},
    event::emit,
    host, layout,
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    actions::Actions,
    governor::{
        IGovernor::{
            ActionAllowed, ClassTermsSet, GovernorActionNotAllowed, GovernorInvalidActionRule,
            GovernorInvalidClassTerms, OptimisticProposerSet, ProposalClass,
        },
        SETTINGS,
    },
};

/// The longest voting delay of a class: 7 days.
const MAX_DELAY: u64 = 7 * 86_400;

/// The shortest voting period of the fast track: one hour.
const MIN_FAST_TRACK_PERIOD: u64 = 3_600;

/// The shortest voting period of optimistic proposals: one day, so that objections can be heard.
const MIN_OPTIMISTIC_PERIOD: u64 = 86_400;

/// The longest voting period of a class: 30 days.
const MAX_PERIOD: u64 = 30 * 86_400;

/// The most hundredths of all votes that it may take to defeat an optimistic proposal.
const MAX_VETO_NUMERATOR: u64 = 50;

layout! {
    /// The storage of classes.
    pub struct ClassesStorage {
        /// Terms of the fast track: voting delay, voting period (zero when the class is off), zero.
        /// Written by [`ClassesStorage::set_terms`].
        fast_track: Slot<[u64; 4]>,
        /// Terms of optimistic proposals, the third their veto numerator. Written by
        /// [`ClassesStorage::set_terms`].
        optimistic: Slot<[u64; 4]>,
        /// Whether a class may call a function: by selector, class and target in one word. Written
        /// by [`ClassesStorage::set_allowed`].
        allowed: Mapping<Uint, bool>,
        /// Who may propose optimistic proposals. Written by [`ClassesStorage::set_proposer`].
        proposers: Mapping<Account, bool>,
    }
}

/// The class of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    /// Any action, on the governor's own terms.
    Standard,
    /// Allowed actions, on terms of their own, with the timelock's own delay only.
    FastTrack,
    /// Allowed actions, which pass unless a veto quorum objects.
    Optimistic,
}

impl Class {
    /// Returns the class with a number.
    pub(crate) const fn from_number(number: u64) -> Option<Self> {
        match number {
            0 => Some(Self::Standard),
            1 => Some(Self::FastTrack),
            2 => Some(Self::Optimistic),
            _ => None,
        }
    }
}

impl ToWord<ProposalClass> for Class {
    #[inline(always)]
    fn push(self) {
        datacoop_kit::output::push_number(self as u64);
    }
}

impl FromWord<'_, ProposalClass> for Class {
    #[inline(never)]
    fn from_word(word: &B256) -> Option<Self> {
        Self::from_number(Uint::from_word(word).to_u64())
    }
}

/// The terms of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClassTerms {
    /// Seconds from proposing to voting.
    pub(crate) delay: u64,
    /// Seconds of voting; zero when the class is off.
    pub(crate) period: u32,
    /// The hundredths of all votes that defeat a proposal by objecting; zero when there is no veto.
    pub(crate) veto_numerator: u64,
}

/// A function that a class may or may not call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) class: Class,
    pub(crate) target: &'a Account,
    pub(crate) selector: u32,
}

impl Rule<'_> {
    /// Returns the rule's key: selector, class and target.
    fn key(&self) -> Uint {
        let [low, second, third, _] = Uint::from_word(self.target.word()).lanes();
        let third = third | (self.class as u64) << 32;
        Uint::from_lanes(low, second, third, self.selector.into())
    }

    /// Returns whether the target is this contract or the timelock: what no proposal of a class may
    /// touch, since it could widen its own rules or go round the delay.
    fn is_protected(&self, vm: &VM) -> bool {
        *self.target == host::this(vm) || *self.target == SETTINGS.timelock(vm)
    }
}

impl ClassesStorage {
    /// Returns the terms of a class.
    #[inline(never)]
    #[allow(clippy::cast_possible_truncation, reason = "a period is at most 30 days")]
    pub(crate) fn terms(&self, vm: &VM, class: Class) -> ClassTerms {
        let [delay, period, veto_numerator, _] = match class {
            Class::Standard => {
                let terms = SETTINGS.terms(vm);
                [terms.delay, terms.period.into(), 0, 0]
            }
            Class::FastTrack => self.fast_track.get(vm),
            Class::Optimistic => self.optimistic.get(vm),
        };
        ClassTerms { delay, period: period as u32, veto_numerator }
    }

    /// Changes the terms of a class.
    ///
    /// # Errors
    ///
    /// `GovernorInvalidClassTerms` for the standard class, and when a term is out of its bounds.
    pub(crate) fn set_terms(
        &self,
        vm: &mut VM,
        class: Class,
        (delay, period, veto): (u64, u32, &Uint),
    ) -> Result<()> {
        let (period, veto_numerator) = (u64::from(period), veto.to_u64());
        let (slot, min_period, is_veto) = match class {
            Class::Optimistic => (
                &self.optimistic,
                MIN_OPTIMISTIC_PERIOD,
                (1..=MAX_VETO_NUMERATOR).contains(&veto_numerator),
            ),
            _ => (&self.fast_track, MIN_FAST_TRACK_PERIOD, veto_numerator == 0),
        };
        let is_off = delay | period | veto_numerator == 0;
        let is_on = delay <= MAX_DELAY && (min_period..=MAX_PERIOD).contains(&period) && is_veto;
        if class == Class::Standard || !(is_off || is_on) {
            return Err(Revert::new::<GovernorInvalidClassTerms>((class, delay, period, veto)));
        }
        let [old_delay, old_period, old_veto, _] = slot.get(vm);
        slot.set(vm, &[delay, period, veto_numerator, 0]);
        emit::<ClassTermsSet>(
            vm,
            (class,),
            (old_delay, old_period, old_veto, delay, period, veto_numerator),
        );
        Ok(())
    }

    /// Returns whether a class may call a function.
    #[inline(never)]
    pub(crate) fn is_allowed(&self, vm: &VM, rule: &Rule<'_>) -> bool {
        rule.class == Class::Standard
            || self.allowed.of(vm, &rule.key()).get(vm) && !rule.is_protected(vm)
    }

    /// Changes whether a class may call a function.
    ///
    /// # Errors
    ///
    /// `GovernorInvalidActionRule` for the standard class, and when this contract or the timelock
    /// were to be allowed.
    pub(crate) fn set_allowed(&self, vm: &mut VM, rule: &Rule<'_>, allowed: bool) -> Result<()> {
        let Rule { class, target, selector } = *rule;
        if class == Class::Standard || allowed && rule.is_protected(vm) {
            return Err(Revert::new::<GovernorInvalidActionRule>((class, target, selector)));
        }
        let place = self.allowed.of(vm, &rule.key());
        let old = place.get(vm);
        place.set(vm, &allowed);
        emit::<ActionAllowed>(vm, (class, target, selector), (old, allowed));
        Ok(())
    }

    /// Requires that a class may do all the actions: call allowed functions, without ether.
    ///
    /// # Errors
    ///
    /// `GovernorActionNotAllowed` with the first that it may not do.
    pub(crate) fn check(&self, vm: &VM, class: Class, actions: &Actions<'_>) -> Result<()> {
        let mut index = 0_u64;
        for action in actions.iter() {
            let selector = action.data.first_chunk().map(|selector| u32::from_be_bytes(*selector));
            let rule = Rule { class, target: action.target, selector: selector.unwrap_or(0) };
            let may = selector.is_some() && action.value.is_zero() && self.is_allowed(vm, &rule);
            if !may {
                return Err(Revert::new::<GovernorActionNotAllowed>((
                    class,
                    index,
                    rule.target,
                    rule.selector,
                )));
            }
            // Actions lie in the calldata: there are far fewer than 2^64.
            index = index.wrapping_add(1);
        }
        Ok(())
    }

    /// Returns whether an account may propose optimistic proposals.
    pub(crate) fn is_proposer(&self, vm: &VM, proposer: &Account) -> bool {
        self.proposers.of(vm, proposer).get(vm)
    }

    /// Changes whether an account may propose optimistic proposals.
    pub(crate) fn set_proposer(&self, vm: &mut VM, proposer: &Account, allowed: bool) {
        let place = self.proposers.of(vm, proposer);
        let old = place.get(vm);
        place.set(vm, &allowed);
        emit::<OptimisticProposerSet>(vm, (proposer,), (old, allowed));
    }
}
