//! Decides how the errors of the treasury are said, its own and Safe's numbered ones.

use super::{Phrase, phrase};

/// The errors of the treasury.
pub(super) const PHRASES: &[Phrase] = &[
    phrase("TreasuryGovernorNotModule", "{governor} is no module of the treasury")
        .hint("enable it first (`datacoop treasury propose --enable-module`)"),
    phrase(
        "TreasuryModuleNotGovernor",
        "{module} is not the governor {governor}: it may not make the treasury call itself or run foreign code",
    ),
    phrase(
        "TreasuryModuleIsGovernor",
        "{module} is the governor, whose module stays enabled while it is",
    ),
    phrase("TreasuryDelayTooLong", "a delay of {delay} is above {maximum}"),
    phrase("TreasuryDelayActive", "the treasury has a delay of {delay}: transactions are queued first")
        .hint("`datacoop treasury execute` queues, and executes when the delay is over"),
    phrase(
        "TreasuryNotQueued",
        "{txHash} is not queued: never, or executed, cancelled, or voided by a change of owners",
    )
    .hint("`datacoop treasury list` shows what became of it"),
    phrase("TreasuryNotReady", "{txHash} can be executed from {readyAt} on"),
    phrase("TreasuryQueueExpired", "{txHash} could be executed until {expiredAt}")
        .hint("propose it again"),
    phrase(
        "TreasuryUnauthorizedCanceller",
        "{account} is neither an owner nor the governor, and cannot cancel",
    )
    .hint("sign with an owner's key (`--from`); `datacoop treasury owners` shows who they are"),
    phrase("TreasuryInvalidSpender", "{spender} cannot be given a spending limit"),
    phrase("TreasuryInvalidLine", "there is no budget line {line}; they go up to {maximum}"),
    phrase("TreasuryCapTooHigh", "a cap of {cap} is above {maximum} (in the smallest unit)"),
    phrase("TreasuryPeriodOutOfBounds", "a period of {period} is not from {minimum} to {maximum}"),
    phrase(
        "TreasurySpendingLimitExceeded",
        "{spender} may spend {available} of token {token} now, and not {requested} (in the smallest unit)",
    )
    .hint("`datacoop treasury limits` shows when the period ends"),
    phrase(
        "TreasuryBudgetExceeded",
        "budget line {line} has {available} of token {token} left, and not {requested} (in the smallest unit)",
    )
    .hint("`datacoop treasury limits` shows when the period ends"),
    phrase("TreasuryTransferFailed", "{amount} (smallest unit) of token {token} could not be sent to {to}")
        .hint("does the treasury hold as much?"),
    phrase("TreasuryOwnersMayOnlyPay", "budgets are strict: owners may only pay from lines, not call {to}")
        .hint("pay with `--line`, or let governance do it"),
    phrase("TreasuryGovernorRequired", "strict budgets need a governor, who alone can change anything then"),
];

/// Safe's own errors, which are texts (Safe 1.5.0, `docs/error_codes.md`).
const SAFE: &[(&str, &str)] = &[
    ("GS001", "the treasury has no threshold"),
    ("GS010", "there is not enough gas for the call"),
    ("GS011", "the executor could not be refunded in ether"),
    ("GS012", "the executor could not be refunded in the token"),
    ("GS013", "the call failed"),
    ("GS020", "there are too few signatures"),
    ("GS021", "a contract's signature lies inside of the others"),
    ("GS022", "a contract's signature has no length"),
    ("GS023", "a contract's signature is cut short"),
    ("GS024", "a contract does not take its signature for one"),
    ("GS025", "a hash was not approved"),
    ("GS026", "a signature is no owner's, or they are not in order, or twice the same"),
    ("GS030", "only owners can approve a hash"),
    ("GS031", "only the treasury itself may do that"),
    ("GS101", "this address cannot be a module"),
    ("GS102", "the module is enabled already"),
    ("GS103", "the module is not where the list was said to have it"),
    ("GS104", "only an enabled module may do that"),
    ("GS200", "the treasury is set up already"),
    ("GS201", "more owners would have to sign than there are"),
    ("GS202", "one owner at least must sign"),
    ("GS203", "this address cannot be an owner"),
    ("GS204", "this address is an owner already"),
    ("GS205", "the owner is not where the list was said to have them"),
    ("GS300", "this address is no guard of transactions"),
    ("GS301", "this address is no guard of modules"),
    ("GS400", "the treasury cannot be its own fallback handler"),
];

/// Says one of Safe's errors.
pub(super) fn safe(reason: &str) -> Option<String> {
    let (code, sentence) = SAFE.iter().find(|(code, _)| *code == reason)?;
    Some(format!("{sentence} ({code})"))
}
