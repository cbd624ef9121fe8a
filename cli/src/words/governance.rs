//! Decides how the errors of GOV, the governor and the timelock are said.

use super::{Phrase, phrase};

/// What an account without votes can do.
const DELEGATE: &str =
    "GOV give votes from the second after they are delegated: `datacoop gov delegate self`";

/// Where to look at a proposal.
const SHOW: &str = "`datacoop gov show` says where the proposal stands and what happens next";

/// Every error of governance that the rest of the suite has not.
pub(super) const PHRASES: &[Phrase] = &[
    // GOV.
    phrase("ERC20ExceededCap", "the supply of GOV would be {increasedSupply}, above its cap of {cap}"),
    phrase("ERC20ExceededSafeSupply", "the supply of GOV would be {increasedSupply}, more than the {cap} that votes can count"),
    phrase("ERC20InvalidCap", "GOV cannot have a cap of {cap}"),
    phrase("ERC5805FutureLookup", "the votes of {timepoint} are not known yet; it is {clock}"),
    phrase("ERC6372InconsistentClock", "the votes token does not count time in seconds"),
    phrase("CheckpointUnorderedInsertion", "a checkpoint would be older than the last one"),
    phrase("SafeCastOverflowedUintDowncast", "{value} does not fit {bits} bits"),
    phrase("VotesExpiredSignature", "the delegation was valid until {expiry}"),
    phrase("GovGenesisInvalidLength", "the genesis allocation has {buckets} buckets, {recipients} recipients and {amounts} amounts"),
    phrase("GovGenesisTooManyBuckets", "the genesis allocation has {buckets} buckets, and {maximum} at most"),
    phrase("GovGenesisDuplicateBucket", "the genesis allocation has the bucket {bucket} twice"),
    phrase("GovInvalidMembership", "there is no contract at {membership} that could be asked for memberships"),
    phrase("GovInvalidTransferPolicy", "there is no transfer policy {policy}; the last one is {maximum}"),
    phrase("GovReceiverNotMember", "{receiver} is no member, and GOV go to members only")
        .hint("a proposal may change that: `set gov.policy to open`"),
    phrase("GovTransfersLocked", "GOV cannot be transferred now, from {from} to {to}")
        .hint("a proposal may change that: `set gov.policy to members-only`"),
    // The governor: proposals and votes.
    phrase("GovernorInsufficientProposerVotes", "{proposer} has {votes} votes and it takes {threshold} to propose")
        .hint(DELEGATE),
    phrase("GovernorRestrictedProposer", "this proposal is reserved for another proposer than {proposer}"),
    phrase("GovernorInvalidProposalLength", "a proposal of {targets} targets, {calldatas} calldatas and {values} values is none"),
    phrase("GovernorNonexistentProposal", "there is no proposal {proposalId}")
        .hint("`datacoop gov list` shows those that there are"),
    phrase("GovernorUnexpectedProposalState", "proposal {proposalId} is {current}, and would have to be {expectedStates}")
        .hint(SHOW),
    phrase("GovernorUnableToCancel", "{account} cannot cancel proposal {proposalId}")
        .hint("its proposer can before the vote begins, the guardian until it is executed"),
    phrase("GovernorAlreadyCastVote", "{voter} has voted already"),
    phrase("GovernorInvalidVoteType", "a vote is for, against or abstain"),
    phrase("GovernorInvalidSignature", "{voter} did not sign this vote"),
    phrase("GovernorExcludedVoter", "the votes of {voter} do not count, and so cannot be cast"),
    phrase("GovernorOnlyExecutor", "{account} is not the timelock that executes proposals"),
    phrase("GovernorDisabledDeposit", "the governor takes no tokens and no ether; the timelock does"),
    phrase("GovernorAlreadyQueuedProposal", "proposal {proposalId} is queued already"),
    phrase("GovernorProposalQueueingFailed", "proposal {proposalId} could not be queued"),
    phrase("GovernorProposalQueueingNotRequired", "proposal {proposalId} needs no queueing"),
    phrase("GovernorInvalidVoteParams", "a vote takes no parameters"),
    phrase("GovernorNotTimelockProposer", "the governor may not schedule on the timelock {timelock}, and could never act again"),
    phrase("FailedCall", "a call failed without a reason"),
    // The governor: its terms.
    phrase("GovernorInvalidVotingPeriod", "a vote cannot last {votingPeriod} seconds"),
    phrase("GovernorInvalidQuorumFraction", "a quorum of {quorumNumerator} in {quorumDenominator} is more than all votes"),
    phrase("GovernorPreventLateQuorumVoteExtensionTooLarge", "an extension of {newVoteExtension} seconds is above {maxVoteExtension}"),
    phrase("GovernorDelayTooLong", "a delay of {delay} seconds is above {maximum}"),
    phrase("GovernorGuardianExpired", "the veto of {guardian} ended at {expiry}"),
    phrase("GovernorGuardianTermTooLong", "a veto until {expiry} is too long; it can end at {maximum} at the latest"),
    phrase("GovernorDAOURITooLong", "a URI has at most {maximum} bytes, not {length}"),
    phrase("GovernorLiveProposal", "proposal {proposalId} of {proposer} is still pending or active")
        .hint("each proposer may have one live proposal; wait until it is decided, or cancel it"),
    // The governor: classes.
    phrase("GovernorClassDisabled", "{proposalClass} proposals are off")
        .hint("a standard proposal may turn them on: `set governor.fastTrack.votingPeriod to 1 day`"),
    phrase("GovernorActionNotAllowed", "{proposalClass} proposals may not call {selector} of {target}, as action {index} (counted from 0) does")
        .hint("propose it in the standard class, or allow it first: `allow CONTRACT FUNCTION on CLASS`"),
    phrase("GovernorNotOptimisticProposer", "{proposer} may not make optimistic proposals"),
    phrase("GovernorInvalidClassTerms", "{proposalClass} proposals cannot have a voting delay of {votingDelay} seconds, a voting period of {votingPeriod} seconds and a veto quorum of {vetoNumerator}%"),
    phrase("GovernorInvalidActionRule", "{proposalClass} proposals cannot be allowed or forbidden {selector} of {target}"),
    phrase("GovernorTooManyQuorumExclusions", "there were {maximum} exclusions from the quorum already"),
    phrase("GovernorQuorumExclusionUnchanged", "the exclusion of {account} from the quorum is {excluded} already"),
    // The timelock.
    phrase("TimelockInvalidOperationLength", "an operation of {targets} targets, {payloads} payloads and {values} values is none"),
    phrase("TimelockInsufficientDelay", "a delay of {delay} seconds is below the least, {minDelay}"),
    phrase("TimelockDelayTooLong", "a delay of {delay} seconds is above {maximum}"),
    phrase("TimelockUnexpectedOperationState", "operation {operationId} is not {expectedStates}")
        .hint("the timelock's delay may not be over, or it was executed or cancelled"),
    phrase("TimelockUnexecutedPredecessor", "operation {predecessorId} goes first and was not executed"),
    phrase("TimelockUnauthorizedCaller", "{caller} is not the timelock itself"),
    phrase("TreasuryNoDelay", "the treasury has no delay, and so no queue"),
];

/// The states of proposals by their numbers on chain.
const STATES: [&str; 8] =
    ["pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed"];

/// The states of the timelock's operations by their numbers on chain.
const OPERATION_STATES: [&str; 4] = ["unset", "waiting", "ready", "done"];

/// The classes of proposals by their numbers on chain.
const CLASSES: [&str; 3] = ["standard", "fast-track", "optimistic"];

/// Writes an argument that stands for a state or a class.
pub(super) fn named(error: &str, argument: &str, value: &str) -> Option<String> {
    let by_number = |names: &[&str]| {
        let index: usize = value.parse().ok()?;
        names.get(index).map(|name| (*name).to_owned())
    };
    match (error, argument) {
        (_, "proposalClass") => by_number(&CLASSES),
        ("GovernorUnexpectedProposalState", "current") => by_number(&STATES),
        ("GovernorUnexpectedProposalState", "expectedStates") => states(value, &STATES),
        ("TimelockUnexpectedOperationState", "expectedStates") => states(value, &OPERATION_STATES),
        _ => None,
    }
}

/// Names the states of a set, in which each has the bit of its number.
fn states(value: &str, names: &[&str]) -> Option<String> {
    let word: alloy::primitives::U256 = value.parse().ok()?;
    let set: Vec<_> = names
        .iter()
        .enumerate()
        .filter(|(index, _)| word.bit(*index))
        .map(|(_, name)| *name)
        .collect();
    Some(if set.is_empty() { "none".to_owned() } else { set.join(" or ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_states_are_named() {
        let word = format!("0x{:064x}", 0b1_0000);
        let named = |argument, value| named("GovernorUnexpectedProposalState", argument, value);
        assert_eq!(named("expectedStates", &word).unwrap(), "succeeded");
        let word = format!("0x{:064x}", 0b11);
        assert_eq!(named("expectedStates", &word).unwrap(), "pending or active");
        assert_eq!(named("current", "7").unwrap(), "executed");
        assert_eq!(named("current", "9"), None);
        assert_eq!(named("proposalId", "7"), None);
    }
}
