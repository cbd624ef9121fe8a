//! Decides what the governor is: which components it is made of, where their storage lies, and how
//! it comes to be.

#![allow(
    clippy::too_many_arguments,
    missing_docs,
    clippy::use_self,
    reason = "`sol!` makes a function of all fields of an event, and a variant of its own for each enum"
)]

use alloy_sol_types::{SolCall, sol};
use datacoop_kit::{
    Account, Result, Revert, Uint, contract,
    dynamic::Text,
    eip712::Eip712,
    host,
    nonces::{Nonces, NoncesStorage},
};
use stylus_sdk::host::VM;

use crate::{
    classes::ClassesStorage,
    dao_uri::{self, DaoUriStorage},
    external::{IVotesToken, ask},
    guardian::GuardianStorage,
    proposal::ProposalsStorage,
    quorum::QuorumStorage,
    settings::SettingsStorage,
};

sol!(
    #[sol(all_derives)]
    "IGovernor.sol"
);

use IGovernor::{ERC6372InconsistentClock, GovernorDisabledDeposit};

/// How votes are counted, for wallets (ERC-6372 has the form).
pub(crate) const COUNTING_MODE: Text = Text::new("support=bravo&quorum=for,abstain");

/// What time is counted in (ERC-6372).
pub(crate) const CLOCK_MODE: Text = Text::new("mode=timestamp");

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl Nonces for Governor {
    const NONCES: NoncesStorage = NoncesStorage::at(0);
}

pub(crate) const SETTINGS: SettingsStorage = SettingsStorage::at(1);

pub(crate) const PROPOSALS: ProposalsStorage = ProposalsStorage::at(5);

pub(crate) const QUORUM: QuorumStorage = QuorumStorage::at(7);

pub(crate) const CLASSES: ClassesStorage = ClassesStorage::at(9);

pub(crate) const GUARDIAN: GuardianStorage = GuardianStorage::at(13);

pub(crate) const DAO_URI: DaoUriStorage = DaoUriStorage::at(16);

/// The governor.
#[derive(Debug)]
pub struct Governor {
    pub(crate) vm: VM,
}

/// What the constructor is given about votes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voting<'a> {
    pub(crate) delay: u64,
    pub(crate) period: u32,
    pub(crate) threshold: &'a Uint,
    pub(crate) quorum_numerator: &'a Uint,
    pub(crate) extension: u64,
}

impl Governor {
    /// Makes the governor.
    ///
    /// # Errors
    ///
    /// - `ERC6372InconsistentClock` when the token does not count time in seconds; nothing when it
    ///   tells no time,
    /// - `GovernorInvalidVotingPeriod`, `GovernorInvalidQuorumFraction`,
    ///   `GovernorPreventLateQuorumVoteExtensionTooLarge`, `GovernorGuardianTermTooLong`,
    ///   `GovernorDAOURITooLong`.
    ///
    /// # Events
    ///
    /// `VotingDelaySet`, `VotingPeriodSet`, `ProposalThresholdSet`, `QuorumNumeratorUpdated`,
    /// `LateQuorumVoteExtensionSet`, `TimelockChange`, `GuardianSet` when there is a guardian, and
    /// `DAOURIUpdate` when there is a URI.
    #[inline(never)]
    pub(crate) fn construct(
        &mut self,
        token: &Account,
        timelock: &Account,
        voting: Voting<'_>,
        guardian: (&Account, u64),
        uri: &[u8],
    ) -> Result<()> {
        let vm = &mut self.vm;
        let clock = ask::<IVotesToken::clockCall>(vm, token, ())?;
        if clock != Uint::from(host::timestamp(vm)) {
            return Err(Revert::new::<ERC6372InconsistentClock>(()));
        }
        SETTINGS.start(vm, token);
        SETTINGS.set_delay(vm, voting.delay);
        SETTINGS.set_period(vm, voting.period)?;
        SETTINGS.set_threshold(vm, voting.threshold);
        QUORUM.set_numerator(vm, voting.quorum_numerator)?;
        SETTINGS.set_extension(vm, voting.extension)?;
        SETTINGS.set_timelock(vm, timelock);
        let (guardian, expiry) = guardian;
        if !guardian.is_zero() {
            GUARDIAN.set(vm, guardian, expiry)?;
        }
        if uri.is_empty() {
            return Ok(());
        }
        dao_uri::set(vm, uri)
    }

    /// Refuses ether and tokens: what the cooperative owns is the timelock's or the treasury's.
    ///
    /// # Errors
    ///
    /// `GovernorDisabledDeposit`, always.
    #[inline(never)]
    pub(crate) fn refuse_deposit<R>() -> Result<R> {
        Err(Revert::new::<GovernorDisabledDeposit>(()))
    }

    /// Returns whether the governor has an interface (ERC-165).
    pub(crate) const fn has_interface(interface: u32) -> bool {
        matches!(
            interface,
            ERC165 | ERC1155_RECEIVER | ERC4824 | GOVERNOR | GOVERNOR_BEFORE_PROPOSAL_IDS
        )
    }
}

/// The interface of `supportsInterface` itself (ERC-165).
const ERC165: u32 = selector::<IGovernor::supportsInterfaceCall>();

/// The interface of receivers of multi-tokens (ERC-1155).
const ERC1155_RECEIVER: u32 = selector::<IGovernor::onERC1155ReceivedCall>()
    ^ selector::<IGovernor::onERC1155BatchReceivedCall>();

/// The interface of DAOs that describe themselves (ERC-4824).
const ERC4824: u32 = selector::<IGovernor::daoURICall>();

/// OpenZeppelin's `IGovernor` before it had `getProposalId`.
const GOVERNOR_BEFORE_PROPOSAL_IDS: u32 = GOVERNOR ^ selector::<IGovernor::getProposalIdCall>();

/// OpenZeppelin's `IGovernor`.
const GOVERNOR: u32 = selector::<IGovernor::nameCall>()
    ^ selector::<IGovernor::versionCall>()
    ^ selector::<IGovernor::COUNTING_MODECall>()
    ^ selector::<IGovernor::hashProposalCall>()
    ^ selector::<IGovernor::getProposalIdCall>()
    ^ selector::<IGovernor::stateCall>()
    ^ selector::<IGovernor::proposalThresholdCall>()
    ^ selector::<IGovernor::proposalSnapshotCall>()
    ^ selector::<IGovernor::proposalDeadlineCall>()
    ^ selector::<IGovernor::proposalProposerCall>()
    ^ selector::<IGovernor::proposalEtaCall>()
    ^ selector::<IGovernor::proposalNeedsQueuingCall>()
    ^ selector::<IGovernor::votingDelayCall>()
    ^ selector::<IGovernor::votingPeriodCall>()
    ^ selector::<IGovernor::quorumCall>()
    ^ selector::<IGovernor::getVotesCall>()
    ^ selector::<IGovernor::getVotesWithParamsCall>()
    ^ selector::<IGovernor::hasVotedCall>()
    ^ selector::<IGovernor::proposeCall>()
    ^ selector::<IGovernor::queueCall>()
    ^ selector::<IGovernor::executeCall>()
    ^ selector::<IGovernor::cancelCall>()
    ^ selector::<IGovernor::castVoteCall>()
    ^ selector::<IGovernor::castVoteWithReasonCall>()
    ^ selector::<IGovernor::castVoteWithReasonAndParamsCall>()
    ^ selector::<IGovernor::castVoteBySigCall>()
    ^ selector::<IGovernor::castVoteWithReasonAndParamsBySigCall>();

const fn selector<C: SolCall>() -> u32 {
    u32::from_be_bytes(C::SELECTOR)
}

contract!(Governor);

impl Eip712 for Governor {
    const NAME: &'static str = "Datacoop Governor";
    const VERSION: &'static str = "1";
}
