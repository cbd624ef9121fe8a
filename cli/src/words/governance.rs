//! Decides how the errors of GOV, the governor, the timelock and the treasury are said.

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
    // The treasury.
    phrase("TreasuryGovernorNotModule", "{governor} is no module of the treasury, and the governor must be one"),
    phrase("TreasuryModuleNotGovernor", "the module {module} is not the governor {governor}, who alone may do this"),
    phrase("TreasuryModuleIsGovernor", "the module {module} is the governor and stays enabled"),
    phrase("TreasuryDelayTooLong", "a delay of {delay} seconds is above {maximum}"),
    phrase("TreasuryDelayActive", "transactions of the owners wait {delay} seconds in a queue")
        .hint("`datacoop treasury execute` queues it now and executes it afterwards"),
    phrase("TreasuryNoDelay", "the treasury has no delay, and so no queue"),
    phrase("TreasuryNotQueued", "transaction {txHash} is not queued: never, executed, cancelled, or voided by a change of owners"),
    phrase("TreasuryNotReady", "transaction {txHash} can be executed from {readyAt}"),
    phrase("TreasuryQueueExpired", "transaction {txHash} could be executed until {expiredAt}"),
    phrase("TreasuryUnauthorizedCanceller", "{account} is no owner and not the governor, and cannot cancel"),
    phrase("TreasuryInvalidSpender", "{spender} cannot have a spending limit"),
    phrase("TreasuryInvalidLine", "there is no budget line {line}; the last one is {maximum}"),
    phrase("TreasuryCapTooHigh", "a cap of {cap} is above {maximum}"),
    phrase("TreasuryPeriodOutOfBounds", "a period of {period} seconds is not from {minimum} to {maximum}"),
    phrase("TreasurySpendingLimitExceeded", "{spender} wants to spend {requested} of the token {token} and may spend {available}"),
    phrase("TreasuryBudgetExceeded", "{requested} of the token {token} are asked of budget line {line}, which has {available} left"),
    phrase("TreasuryTransferFailed", "the treasury cannot pay {amount} of the token {token} to {to}")
        .hint("it may not hold so much, or the token may refuse the transfer"),
    phrase("TreasuryOwnersMayOnlyPay", "budgets are strict: the owners may only pay from lines, and not call {to}"),
    phrase("TreasuryGovernorRequired", "strict budgets need a governor, who alone can change them"),
];

/// The treasury's errors that Safe has as codes.
const CODES: &[(&str, &str)] = &[
    ("GS000", "the treasury is not set up"),
    ("GS001", "the threshold is not set"),
    ("GS002", "a guard was to be set in a call that is none of the treasury's own"),
    ("GS010", "too little gas for the transaction"),
    ("GS011", "the treasury cannot pay the gas in ether"),
    ("GS012", "the treasury cannot pay the gas in the token"),
    (
        "GS013",
        "the transaction failed, and it has neither a gas price nor a gas limit of its own to go on with",
    ),
    ("GS020", "there are too few signatures"),
    ("GS021", "a contract's signature points into the signatures before it"),
    ("GS022", "a contract's signature lies outside of the data"),
    ("GS023", "a contract's signature is cut off"),
    ("GS024", "an owner's contract does not accept its signature"),
    ("GS025", "an owner has not approved the hash"),
    ("GS026", "a signature is of nobody who owns the treasury, or they are not sorted by owner"),
    ("GS030", "only an owner can approve a hash"),
    ("GS031", "only the treasury itself may do this"),
    ("GS100", "modules are set up already"),
    ("GS101", "this address cannot be a module"),
    ("GS102", "the module is enabled already"),
    ("GS103", "the module before it is another one"),
    ("GS104", "the caller is no enabled module of the treasury"),
    ("GS105", "modules begin at another address"),
    ("GS106", "a page has at least one module"),
    ("GS200", "the treasury is set up already"),
    ("GS201", "the threshold is above the number of owners"),
    ("GS202", "the threshold is at least one"),
    ("GS203", "this address cannot be an owner"),
    ("GS204", "the address is an owner already"),
    ("GS205", "the owner before it is another one"),
    ("GS300", "the guard does not answer as one"),
    ("GS301", "the module guard does not answer as one"),
    ("GS400", "the treasury cannot be its own fallback handler"),
];

/// Says a code of Safe.
pub(super) fn safe_code(code: &str) -> Option<String> {
    let (code, sentence) = CODES.iter().find(|(known, _)| *known == code)?;
    Some(format!("{sentence} ({code})"))
}

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
    fn codes_of_safe_are_said_in_words() {
        assert_eq!(safe_code("GS020").unwrap(), "there are too few signatures (GS020)");
        assert_eq!(safe_code("GS999"), None);
        assert!(CODES.is_sorted_by_key(|(code, _)| code));
    }

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
