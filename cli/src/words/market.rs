//! Decides how the errors of the data market are said.

use datacoop_deploy::market::{Edition, Purpose};

use super::{Phrase, phrase};
use crate::time::Time;

/// The errors of the data market.
pub(super) const PHRASES: &[Phrase] = &[
    // What governance sets.
    phrase("MarketInvalidDataClass", "there is no data class {dataClass}; the last is {maximum}"),
    phrase("MarketInvalidUnit", "there is no unit {unit}: 0 is an edition, 1 a record"),
    phrase("MarketPriceTooHigh", "a price is at most {maximum}, not {amount}"),
    phrase("MarketTokenNotAllowed", "the market does not take token {token}")
        .hint("governance allows tokens one by one; `datacoop market list` shows what is taken"),
    phrase("MarketInvalidContract", "there is no contract at {account}"),
    phrase(
        "MarketInvalidSplit",
        "the shares sum to {sum} and not to 10000, or the contributors' {contributors} is below {minimumContributors}",
    ),
    phrase("MarketInvalidRecipients", "{treasury} and {infrastructure} cannot be the recipients"),
    phrase("MarketNoRecipients", "nobody was named yet for the treasury's part")
        .hint("governance names the recipients once; until then nothing is sold or slashed"),
    phrase(
        "MarketInexactPayment",
        "token {token} moved {received} where {expected} was due (in its smallest unit)",
    )
    .hint("tokens that keep a part of what they move are not taken"),
    // Listings and purchases.
    phrase("MarketEditionNotLive", "edition {edition} is not for sale: it was not published, was voided, or is live only from {liveFrom} on"),
    phrase("MarketInvalidPurposes", "{purposes} is no mask of the purposes {allowed} of the edition"),
    phrase("MarketInvalidPeriods", "{periods} periods are not from {minimum} to {maximum}"),
    phrase("MarketMissingTerms", "the hash of the terms is needed"),
    phrase("MarketNotListed", "edition {edition} is not offered in token {token}")
        .hint("`datacoop market list` shows what is offered"),
    phrase("MarketNoPrice", "data class {dataClass} has no price by unit {unit} in token {token}")
        .hint("governance sets prices"),
    phrase("MarketNotVetted", "{account} is not vetted")
        .hint("a researcher is a member with that role, has the required stake (`datacoop market stake`) and is not barred"),
    phrase("MarketPurposeNotListed", "edition {edition} is not offered for purpose {purpose}"),
    phrase("MarketPriceAboveMaximum", "the price is {price}, above the {maximum} that was agreed to")
        .hint("ask for a new quote; the price changed"),
    phrase("MarketTermsMismatch", "the terms {given} are not those that are offered, {listed}")
        .hint("read the terms that are offered now, and give their hash"),
    phrase("MarketMissingPublicKey", "a public key is needed, to which keys are released"),
    phrase(
        "MarketExclusive",
        "edition {edition} is kept from sale for purpose {purpose}: auction {auctionId} runs, or it is sold as exclusive until {until}",
    ),
    // Licences and access.
    phrase(
        "ERC1155InsufficientBalance",
        "{sender} holds {balance} of licence {tokenId} and not {needed}",
    ),
    phrase("ERC1155InvalidReceiver", "{receiver} does not take licences"),
    phrase("ERC1155MissingApprovalForAll", "{operator} may not move the licences of {owner}"),
    phrase("ERC1155InvalidOperator", "{operator} cannot be an operator"),
    phrase("ERC1155InvalidArrayLength", "{idsLength} ids and {valuesLength} values do not match"),
    phrase("MarketNotHolder", "{account} does not hold licence {licenceId}"),
    phrase("MarketLicenceNotLive", "licence {licenceId} ended at {end}"),
    phrase("MarketURITooLong", "a URI has at most {maximum} bytes, not {length}"),
    phrase("MarketNoAccess", "licence {licenceId} gives {holder} no access now")
        .hint("`datacoop market access` tells why"),
    phrase("MarketUnreadable", "licence {licenceId} does not let record {recordId} be read now")
        .hint("`datacoop market access` tells why"),
    phrase("MarketInvalidKeyLength", "a key has {minimum} to {maximum} bytes, not {length}"),
    // Stakes.
    phrase("MarketInvalidAmount", "{amount} is not from {minimum} to {maximum}"),
    phrase("MarketInsufficientStake", "{account} has {stake} staked, and {needed} is more"),
    phrase(
        "MarketStakeLocked",
        "the stake of {account} is kept until {until}, while a licence lives, and by {auctionsLed} auctions in which it leads",
    ),
    phrase("MarketUnstakeNotReady", "{amount} was asked for by {account}, and is paid from {readyAt} on")
        .hint("ask with `datacoop market stake --request`"),
    phrase("MarketMissingRuling", "the hash of a ruling is needed"),
    phrase("MarketInvalidCooldown", "{secs} seconds are not from {minimum} to {maximum}"),
    // Auctions.
    phrase("MarketInvalidIncrement", "{bps} basis points are not from {minimum} to {maximum}"),
    phrase("MarketInvalidTimes", "an auction cannot run from {start} to {end}")
        .hint("it lasts an hour to 30 days, and starts within 30 days"),
    phrase("MarketAuctionRunning", "auction {auctionId} of edition {edition} for purpose {purpose} runs"),
    phrase("MarketLicencesLive", "licences of edition {edition} for purpose {purpose} live until {until}")
        .hint("it can be sold as exclusive once they have ended"),
    phrase("MarketAuctionNotOpen", "auction {auctionId} is not open"),
    phrase("MarketOutsideAuction", "it is {at}, and auction {auctionId} runs from {start} to {end}")
        .hint("bids are taken until the end, and it is settled from then on"),
    phrase("MarketBidTooLow", "a bid of {amount} is below {minimum}"),
    phrase("MarketAlreadyLeading", "the bidder leads in auction {auctionId} already"),
    phrase("MarketAuctionHasBid", "auction {auctionId} has a bid and cannot be cancelled"),
    phrase("MarketNothingOwed", "{account} is owed nothing in token {token}"),
    phrase("SafeERC20FailedOperation", "token {token} refused to move, or said nothing that counts")
        .hint("the account may have too little of it, or has not allowed the market to take it"),
];

/// Writes an argument of one of these errors.
pub(super) fn named(error: &str, argument: &str, value: &str) -> Option<String> {
    if !error.starts_with("Market") && !error.starts_with("ERC1155") {
        return None;
    }
    Some(match argument {
        "edition" => Edition(value.parse().ok()?).to_string(),
        "purpose" => Purpose(value.parse().ok()?).to_string(),
        "until" | "liveFrom" | "start" | "end" | "at" | "readyAt" => {
            Time(value.parse().ok()?).to_string()
        }
        _ => value.to_owned(),
    })
}
