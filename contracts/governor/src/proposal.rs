//! Decides how a proposal is kept: who proposed it, when it is voted on, what became of it, and its
//! votes.

use datacoop_kit::{
    Account, Uint, host, layout, output,
    storage::{Place, Stored},
    word::Word,
};
use stylus_sdk::host::VM;

use crate::classes::Class;

layout! {
    /// The storage of proposals.
    pub struct ProposalsStorage {
        /// Proposals by id. A proposal has seven slots: its [`Core`], its [`Schedule`], the
        /// timelock's id of its operation, the votes against, for and abstaining, and a mapping of
        /// who voted. Written by [`Proposal`].
        proposals: Mapping<Uint, Core>,
        /// What each proposer proposed last while only one proposal might be live. Written by
        /// [`ProposalsStorage::set_latest`].
        latest: Mapping<Account, Uint>,
    }
}

/// The low bits of a time.
const TIME_BITS: u32 = 48;

/// A time in the low bits of a number.
const TIME_MASK: u64 = (1 << TIME_BITS) - 1;

/// Marks a proposal as executed.
const EXECUTED: u64 = 1 << TIME_BITS;

/// Marks a proposal as canceled.
const CANCELED: u64 = 1 << (TIME_BITS + 8);

/// An account, and beside it in its slot 32 bits and 64 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tagged {
    /// The account.
    pub(crate) account: Account,
    /// The lower bits.
    pub(crate) low: u32,
    /// The higher bits.
    pub(crate) high: u64,
}

impl Stored for Tagged {
    type Held<'a> = Uint;

    #[inline(never)]
    #[allow(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
    fn from_slot(word: Uint) -> Self {
        let [first, second, third, high] = word.lanes();
        let account = Uint::from_lanes(first, second, third & u64::from(u32::MAX), 0);
        // The bits above an account's were just taken off.
        let account = *Account::from_word(account.word()).unwrap_or(&Account::ZERO);
        Self { account, low: (third >> 32) as u32, high }
    }

    #[inline(never)]
    fn to_slot(&self) -> Uint {
        let [first, second, third, _] = Uint::from_word(self.account.word()).lanes();
        Uint::from_lanes(first, second, third | u64::from(self.low) << 32, self.high)
    }
}

/// Who proposed, when voting starts and how long it lasts, and whether the proposal is done with.
///
/// Packed as OpenZeppelin's: the proposer, 48 bits of start and 32 of duration, and two flags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Core(Tagged);

impl Stored for Core {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        Self(Tagged::from_slot(word))
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        self.0.to_slot()
    }
}

impl Core {
    /// A new proposal's.
    pub(crate) const fn new(proposer: &Account, start: u64, duration: u32) -> Self {
        Self(Tagged { account: *proposer, low: duration, high: start })
    }

    /// Returns who proposed; the zero address when there is no such proposal.
    pub(crate) const fn proposer(&self) -> &Account {
        &self.0.account
    }

    /// Returns the time of the votes that count; zero when there is no such proposal.
    pub(crate) const fn start(&self) -> u64 {
        self.0.high & TIME_MASK
    }

    /// Returns whether the proposal was executed.
    pub(crate) const fn executed(&self) -> bool {
        self.0.high & EXECUTED != 0
    }

    /// Returns whether the proposal was canceled.
    pub(crate) const fn canceled(&self) -> bool {
        self.0.high & CANCELED != 0
    }
}

/// When a proposal may be executed, how long its vote was extended, and its class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    /// When it may be executed; zero until it is queued.
    pub(crate) eta: u64,
    /// The deadline that the late quorum set, or zero.
    pub(crate) extended: u64,
    /// Its class.
    pub(crate) class: Class,
    /// Of an optimistic proposal: the hundredths of all votes that defeat it.
    pub(crate) veto_numerator: u64,
}

impl Stored for Schedule {
    type Held<'a> = Uint;

    #[inline(always)]
    fn from_slot(word: Uint) -> Self {
        let [eta, extended, class, veto_numerator] = word.lanes();
        // Only classes are written there.
        let class = Class::from_number(class).unwrap_or(Class::Standard);
        Self { eta, extended, class, veto_numerator }
    }

    #[inline(always)]
    fn to_slot(&self) -> Uint {
        let Self { eta, extended, class, veto_numerator } = *self;
        Uint::from_lanes(eta, extended, class as u64, veto_numerator)
    }
}

/// A proposal as it is read, and where it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    pub(crate) id: Uint,
    pub(crate) core: Core,
    pub(crate) schedule: Schedule,
    at: Place<Core>,
}

/// The slots of a proposal after its core.
const SCHEDULE: u64 = 1;
const OPERATION: u64 = 2;
const TALLY: u64 = 3;
const VOTERS: u64 = 6;

/// How many kinds of votes there are.
pub(crate) const KINDS: u64 = 3;

impl Proposal {
    /// Returns when voting ends.
    pub(crate) fn deadline(&self) -> u64 {
        // A time and a duration: far below 2^64.
        let deadline = self.core.start().wrapping_add(self.core.0.low.into());
        deadline.max(self.schedule.extended)
    }

    /// Writes the proposal's core, with its schedule unless it is a standard one's.
    pub(crate) fn create(&self, vm: &mut VM) {
        self.at.set(vm, &self.core);
        if self.schedule.class != Class::Standard {
            self.set_schedule(vm);
        }
    }

    /// Writes the schedule.
    pub(crate) fn set_schedule(&self, vm: &mut VM) {
        self.at.next(SCHEDULE).set(vm, &self.schedule);
    }

    /// Notes that the proposal is executed.
    pub(crate) fn set_executed(&mut self, vm: &mut VM) {
        self.core.0.high |= EXECUTED;
        self.at.set(vm, &self.core);
    }

    /// Notes that the proposal is canceled.
    pub(crate) fn set_canceled(&mut self, vm: &mut VM) {
        self.core.0.high |= CANCELED;
        self.at.set(vm, &self.core);
    }

    /// Returns the place of the timelock's id of the proposal's operation.
    pub(crate) fn operation(&self) -> Place<Uint> {
        self.at.next(OPERATION)
    }

    /// Returns the place of the votes of a kind: against, for, abstaining.
    pub(crate) fn tally(&self, kind: u64) -> Place<Uint> {
        // One of three slots.
        self.at.next(TALLY.wrapping_add(kind))
    }

    /// Returns the place of whether an account voted.
    pub(crate) fn voted(&self, vm: &VM, voter: &Account) -> Place<bool> {
        let voters: Place<Core> = self.at.next(VOTERS);
        let start = output::len();
        output::push(voter.word());
        output::push(voters.key());
        Place::at(host::hash_output(vm, start))
    }
}

impl ProposalsStorage {
    /// Reads the proposal with an id; all zero when there is none.
    #[inline(never)]
    pub(crate) fn load(&self, vm: &VM, id: &Uint) -> Proposal {
        let at = self.proposals.of(vm, id);
        let schedule = at.next(SCHEDULE).get(vm);
        Proposal { id: *id, core: at.get(vm), schedule, at }
    }

    /// Returns what a proposer proposed last while the rule was on, or zero.
    pub(crate) fn latest(&self, vm: &VM, proposer: &Account) -> Uint {
        self.latest.of(vm, proposer).get(vm)
    }

    /// Notes what a proposer proposed last.
    pub(crate) fn set_latest(&self, vm: &mut VM, proposer: &Account, id: &Uint) {
        self.latest.of(vm, proposer).set(vm, id);
    }
}
