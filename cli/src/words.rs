//! Decides how the errors of the contracts are said to people, and what can be done about them.

mod governance;
mod market;
mod records;
mod revenue;
mod treasury;

use alloy::{primitives::Bytes, sol_types::SolError};
use datacoop_deploy::{
    Argument, DecodedError,
    bindings::{IDataCoopRewards::RewardsBatchEntryFailed, IDataRegistry::RecordBatchEntryFailed},
    decode_error,
};

use crate::{
    amount::Amount,
    time::{Span, Time},
};

/// An error in words: `{name}` stands for the argument of that name.
struct Phrase {
    error: &'static str,
    sentence: &'static str,
    hint: Option<&'static str>,
}

const fn phrase(error: &'static str, sentence: &'static str) -> Phrase {
    Phrase { error, sentence, hint: None }
}

impl Phrase {
    const fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

/// The errors of DATA and its rewards; with those of the other contracts beside this file they are
/// every error of the suite. A test fails when one is missing or an argument is misspelt.
const PHRASES: &[Phrase] = &[
    // Rewards.
    phrase("RewardsUnauthorizedOracle", "{caller} is not the verified oracle")
        .hint("sign with the oracle's key (`--from`); `datacoop token info` shows who that is"),
    phrase("RewardsUnauthorizedGovernance", "{caller} is not governance")
        .hint("sign with governance's key (`--from`)"),
    phrase("RewardsUnauthorizedGuardian", "{caller} is neither governance nor the guardian"),
    phrase("RewardsInvalidMember", "{member} cannot be a member"),
    phrase("RewardsInvalidProof", "{proof} cannot be a proof"),
    phrase(
        "RewardsProofAlreadyRecorded",
        "proof {proof} was recorded before, for {member} at {recordedAt}",
    )
    .hint("a proof pays once, whoever submits it"),
    phrase("RewardsCooldownActive", "{member} contributed lately and may again at {allowedAt}"),
    phrase("RewardsInvalidQuality", "quality {quality} is not from {minimum} to {maximum}"),
    phrase("RewardsInvalidDataClass", "there is no data class {dataClass}"),
    phrase("RewardsBatchEntryFailed", "entry {index} of the batch: {reason}")
        .hint("correct the entry, or leave out `--strict` to skip such entries"),
    phrase("RewardsOutOfBounds", "{value} is not from {minimum} to {maximum}"),
    phrase("RewardsInvalidAddress", "{account} cannot be used here"),
    // DATA.
    phrase(
        "EmissionCapExceeded",
        "{requested} DATA would exceed the emission cap; {available} DATA may be minted now",
    )
    .hint("the cap frees itself as the year goes on; governance may change it"),
    phrase("EmissionFloorTooHigh", "an emission floor of {floor} DATA is above {maximum} DATA"),
    phrase("EmissionBpsTooHigh", "{bps} basis points are above {maximum}"),
    phrase("ERC20InsufficientBalance", "{sender} has {balance} tokens and needs {needed}"),
    phrase(
        "ERC20InsufficientAllowance",
        "{spender} may spend {allowance} tokens of that account and needs {needed}",
    )
    .hint("the owner allows it with `datacoop token approve`"),
    phrase("ERC20InvalidSender", "{sender} cannot send tokens"),
    phrase("ERC20InvalidReceiver", "{receiver} cannot receive tokens"),
    phrase("ERC20InvalidApprover", "{approver} cannot allow spending"),
    phrase("ERC20InvalidSpender", "{spender} cannot be allowed to spend"),
    phrase("ERC2612ExpiredSignature", "the permit was valid until {deadline}"),
    phrase("ERC2612InvalidSigner", "the permit was signed by {signer}, not by {owner}"),
    phrase("ECDSAInvalidSignature", "this is no signature"),
    phrase("ECDSAInvalidSignatureLength", "a signature does not have {length} bytes"),
    phrase("ECDSAInvalidSignatureS", "the signature's second half {s} is not the lower one"),
    phrase("InvalidAccountNonce", "the nonce of {account} is {currentNonce}"),
    phrase("AccessControlUnauthorizedAccount", "{account} does not hold the role {neededRole}")
        .hint("sign with the key of an account that holds it (`--from`)"),
    phrase("AccessControlBadConfirmation", "a role is given up by its holder alone"),
    // Membership.
    phrase("MembershipSoulbound", "a membership is neither transferred nor approved")
        .hint("an issuer moves it when an account is lost"),
    phrase("MembershipAlreadyMember", "{account} is a member already, with id {tokenId}"),
    phrase("MembershipNotMember", "{account} is not a member"),
    phrase("MembershipInvalidCredential", "{credential} cannot be a credential"),
    phrase("MembershipCredentialInUse", "credential {credential} has a membership, id {tokenId}")
        .hint("one person has one membership; an issuer moves it when an account is lost"),
    phrase(
        "MembershipInvalidActorRoles",
        "a mask of actor roles is at most {maximum}, not {actorRoles}",
    ),
    phrase("MembershipSignatureExpired", "the issuer's signature was valid until {deadline}"),
    phrase("MembershipInvalidSignature", "{issuer} did not sign this, or is no issuer")
        .hint("a signature is for one account, and void once the credential's membership changed"),
    phrase("MembershipMissingReason", "the hash of a reason is needed"),
    phrase(
        "MembershipInvalidDid",
        "this is no DID of {minimum} to {maximum} bytes but {length} bytes",
    )
    .hint("a DID begins with `did:`, as in `did:web:example.org`"),
    phrase("MembershipDidInUse", "DID {did} is bound to membership {tokenId}"),
    phrase("MembershipBaseURITooLong", "a base URI has at most {maximum} bytes, not {length}"),
    phrase("ERC721InvalidOwner", "{owner} cannot own a membership"),
    phrase("ERC721InvalidReceiver", "{receiver} cannot receive a membership"),
    phrase("ERC721NonexistentToken", "there is no membership {tokenId}"),
    // Consents.
    phrase(
        "ConsentInvalidDataClasses",
        "{dataClasses} is no mask of data classes from 1 to {maximum}",
    ),
    phrase("ConsentInvalidPurposes", "{purposes} is no mask of purposes from 1 to {maximum}"),
    phrase(
        "ConsentInvalidGrantee",
        "kind {granteeKind} with account {account} and actor role {actorRole} is no grantee",
    )
    .hint("a grantee is one account, one actor role, or anyone vetted"),
    phrase("ConsentInvalidExpiry", "{expiry} is not from {minimum} to {maximum}"),
    phrase("ConsentMissingTerms", "the hash of the terms is needed"),
    phrase("ConsentSubjectNotMember", "{subject} is not a member"),
    phrase("ConsentTooMany", "{subject} has {maximum} live consents, and no more are allowed")
        .hint("revoke one, or amend one instead"),
    phrase("ConsentNotLive", "consent {consentId} does not exist, was revoked or has expired"),
    phrase("ConsentUnauthorizedSubject", "{caller} is not {subject}, whose consent this is")
        .hint("a consent is changed by its subject alone: sign with that key (`--from`)"),
    phrase("ConsentSignatureExpired", "the signature was valid until {deadline}"),
    phrase("ConsentInvalidSignature", "{subject} did not sign this")
        .hint("a signature is good once, in the order of nonces, and for one chain and contract"),
    phrase(
        "ConsentNotCovered",
        "no live consent of {subject} lets {grantee} use data class {dataClass} for purpose {purpose}",
    ),
    phrase("ConsentInvalidMembership", "there is no contract at {membership}"),
    // Several.
    phrase("EnforcedPause", "the contract is paused").hint("whoever paused it may unpause it"),
    phrase("ExpectedPause", "the contract is not paused"),
];

/// Says an error of a contract in one sentence.
pub(crate) fn explain(error: &DecodedError) -> String {
    let Some(phrase) = find(error) else {
        return treasury::safe(&error.text).unwrap_or_else(|| error.text.clone());
    };
    let inner = reason_of_entry(&error.data);
    error.args.iter().fold(phrase.sentence.to_owned(), |sentence, argument| {
        let value = match (argument.name.as_str(), &inner) {
            ("reason", Some(reason)) => explain(&decode_error(reason)),
            _ => value(&error.name, argument),
        };
        sentence.replace(&format!("{{{}}}", argument.name), &value)
    })
}

/// The error of the entry that a batch failed for.
fn reason_of_entry(data: &[u8]) -> Option<Bytes> {
    let rewards = RewardsBatchEntryFailed::abi_decode(data).map(|failed| failed.reason);
    rewards.or_else(|_| RecordBatchEntryFailed::abi_decode(data).map(|failed| failed.reason)).ok()
}

/// What can be done about an error, where that is not plain.
pub(crate) fn hint(error: &DecodedError) -> Option<&'static str> {
    find(error).and_then(|phrase| phrase.hint)
}

/// The sentence and the hint of an error, by its name.
pub(crate) fn phrase_of(error: &str) -> Option<(&'static str, Option<&'static str>)> {
    named(error).map(|phrase| (phrase.sentence, phrase.hint))
}

/// Says one of Safe's errors, if the text is its code.
pub(crate) fn safes(code: &str) -> Option<String> {
    treasury::safe(code)
}

fn find(error: &DecodedError) -> Option<&'static Phrase> {
    named(&error.name)
}

fn named(error: &str) -> Option<&'static Phrase> {
    let mut all = PHRASES
        .iter()
        .chain(records::PHRASES)
        .chain(market::PHRASES)
        .chain(revenue::PHRASES)
        .chain(treasury::PHRASES)
        .chain(governance::PHRASES);
    all.find(|phrase| phrase.error == error)
}

/// Writes an argument in its unit.
fn value(error: &str, Argument { name, value }: &Argument) -> String {
    let said = market::named(error, name, value).or_else(|| revenue::named(error, name, value));
    if let Some(said) = said {
        return said;
    }
    let wei = || value.parse().ok().map(|wei| Amount(wei).to_string());
    let time = || value.parse().ok().map(|seconds| Time(seconds).to_string());
    let span = || value.parse().ok().map(|seconds| Span(seconds).to_string());
    let in_unit = match (error, name.as_str()) {
        ("TreasuryPeriodOutOfBounds" | "TreasuryDelayTooLong" | "TreasuryDelayActive", _) => span(),
        (error, "requested" | "available") if error.starts_with("Treasury") => None,
        (_, "readyAt" | "expiredAt") => time(),
        ("RewardsInvalidQuality", "quality" | "minimum" | "maximum")
        | ("GovernorInsufficientProposerVotes", "votes" | "threshold")
        | (
            "EmissionFloorTooHigh"
            | "EmissionCapExceeded"
            | "ERC20ExceededCap"
            | "ERC20ExceededSafeSupply"
            | "ERC20InvalidCap",
            _,
        )
        | (_, "balance" | "needed" | "allowance") => wei(),
        (_, "allowedAt" | "recordedAt" | "deadline" | "expiry")
        | ("ERC5805FutureLookup" | "ConsentInvalidExpiry", _)
        | ("EditionNotChallengeable", "liveFrom")
        | ("GovernorGuardianTermTooLong", "maximum") => time(),
        (error, argument) => governance::named(error, argument, value),
    };
    in_unit.unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{Address, B256, U256},
        sol_types::Revert,
    };
    use datacoop_deploy::{
        bindings::{
            IDataCoopRewards::{RewardsCooldownActive, RewardsInvalidQuality},
            IDataToken::EmissionCapExceeded,
            ITreasury::{TreasuryBudgetExceeded, TreasuryDelayActive},
        },
        contracts::CONTRACTS,
    };

    use super::*;

    pub(super) fn check(error: &impl SolError, expected: &str) {
        assert_eq!(explain(&decode_error(&error.abi_encode())), expected);
    }

    #[test]
    fn every_error_of_the_suite_has_a_sentence_with_its_arguments() {
        for contract in CONTRACTS {
            for error in contract.abi().errors() {
                let name = &error.name;
                let mut rest =
                    named(name).unwrap_or_else(|| panic!("no phrase for {name}")).sentence;
                while let Some((_, after)) = rest.split_once('{') {
                    let (argument, after) = after.split_once('}').unwrap();
                    let is_known = error.inputs.iter().any(|input| input.name == argument);
                    assert!(is_known, "{name} has no argument {argument}");
                    rest = after;
                }
            }
        }
    }

    #[test]
    fn arguments_are_written_in_their_units() {
        let member = Address::repeat_byte(0x11);
        check(
            &RewardsCooldownActive { member, allowedAt: U256::from(1_709_251_200) },
            "0x1111111111111111111111111111111111111111 contributed lately and may again at 2024-03-01T00:00:00Z",
        );
        let data = |amount: u64| U256::from(amount) * U256::from(10).pow(U256::from(18));
        check(
            &EmissionCapExceeded { requested: data(10), available: U256::ZERO },
            "10 DATA would exceed the emission cap; 0 DATA may be minted now",
        );
        check(
            &RewardsInvalidQuality { quality: 0, minimum: 1, maximum: 10_u64.pow(18) },
            "quality 0 is not from 0.000000000000000001 to 1",
        );
    }

    #[test]
    fn safes_numbers_are_said_in_words() {
        let said = |code: &str| explain(&decode_error(&Revert::from(code).abi_encode()));
        assert_eq!(said("GS013"), "the call failed (GS013)");
        assert_eq!(said("GS999"), "GS999");
    }

    #[test]
    fn the_treasurys_amounts_are_in_the_tokens_smallest_unit() {
        let error = TreasuryBudgetExceeded {
            line: 1,
            token: Address::ZERO,
            requested: U256::from(5),
            available: U256::from(3),
        };
        check(
            &error,
            "budget line 1 has 3 of token 0x0000000000000000000000000000000000000000 left, and not 5 (in the smallest unit)",
        );
        check(
            &TreasuryDelayActive { delay: U256::from(172_800) },
            "the treasury has a delay of 2 days: transactions are queued first",
        );
    }

    #[test]
    fn the_reason_inside_a_batchs_error_is_explained_too() {
        let reason =
            RewardsCooldownActive { member: Address::repeat_byte(0x11), allowedAt: U256::ZERO };
        check(
            &RewardsBatchEntryFailed { index: U256::from(3), reason: reason.abi_encode().into() },
            "entry 3 of the batch: 0x1111111111111111111111111111111111111111 contributed lately and may again at 1970-01-01T00:00:00Z",
        );
    }

    #[test]
    fn an_error_of_another_contract_is_left_as_it_was_decoded() {
        let error = decode_error(&B256::repeat_byte(9)[..]);
        assert_eq!(explain(&error), error.text);
        assert_eq!(hint(&error), None);
    }
}
