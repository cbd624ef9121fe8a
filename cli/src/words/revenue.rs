//! Decides how the errors of the revenue distributor are said.

use datacoop_deploy::market::Edition;

use super::{Phrase, phrase};
use crate::time::{Span, Time};

/// The errors of the revenue distributor.
pub(super) const PHRASES: &[Phrase] = &[
    phrase("RevenueEditionNotLive", "edition {edition} is not live")
        .hint("`datacoop data dataset show` tells from when on it is"),
    phrase(
        "RevenueInvalidTotalShares",
        "edition {edition} has {totalShares} shares, and not 1 to {maximum}",
    ),
    phrase("RevenueNothingDeposited", "of {amount} (smallest unit) of token {token} nothing came"),
    phrase(
        "RevenueTooMuch",
        "{received} (smallest unit) more of token {token} would be more than is counted; {deposited} came before",
    ),
    phrase("RevenueInvalidProof", "{account} has not {shares} shares of edition {edition}").hint(
        "use the manifest of that edition (`--manifest`), and wait until something came for it",
    ),
    phrase("RevenueNothingToClaim", "{account} is owed nothing of token {token} here"),
    phrase("RevenueTooManyTokens", "{count} tokens are more than {maximum}"),
    phrase(
        "RevenueMismatchedProofs",
        "{entries} claims with {lengths} lengths of proofs and {siblings} siblings do not match",
    ),
    phrase("RevenueNoShares", "nobody has shares of pool {pool} that count"),
    phrase("RevenueTokenNotListed", "pools do not take token {token}")
        .hint("governance lets a token into pools (`listPoolToken`)"),
    phrase("RevenueInvalidAccount", "{account} cannot have shares"),
    phrase("RevenueNothingScheduled", "no shares of {account} are scheduled for pool {pool}"),
    phrase(
        "RevenueSharesNotActive",
        "the scheduled shares of {account} in pool {pool} can count from {activeFrom} on",
    ),
    phrase("RevenueInvalidDelay", "a delay of {delay} is above {maximum}"),
    phrase("RevenueInvalidToken", "there is no contract at {token}"),
    phrase("RevenueTokenAlreadyListed", "pools take token {token} already"),
    phrase("RevenueInvalidRegistry", "there is no contract at {dataRegistry}"),
];

/// Writes an argument of one of these errors, when it has a unit.
pub(super) fn named(error: &str, argument: &str, value: &str) -> Option<String> {
    if !error.starts_with("Revenue") {
        return None;
    }
    Some(match (error, argument) {
        ("RevenueInvalidDelay", _) => Span(value.parse().ok()?).to_string(),
        (_, "edition") => Edition(value.parse().ok()?).to_string(),
        (_, "activeFrom") => Time(value.parse().ok()?).to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256, U256};
    use datacoop_deploy::{
        bindings::IRevenueDistributor::{
            RevenueEditionNotLive, RevenueInvalidDelay, RevenueSharesNotActive,
        },
        contracts::REVENUE_DISTRIBUTOR,
    };

    use super::super::tests::check;

    #[test]
    fn every_error_of_the_distributor_has_a_sentence_with_its_arguments() {
        for error in REVENUE_DISTRIBUTOR.abi().errors() {
            let phrase = super::super::named(&error.name);
            let phrase = phrase.unwrap_or_else(|| panic!("no phrase for {}", error.name));
            for part in phrase.sentence.split('{').skip(1) {
                let argument = part.split('}').next().unwrap_or_default();
                let is_known = error.inputs.iter().any(|input| input.name == argument);
                assert!(is_known, "{} has no argument {argument}", error.name);
            }
        }
    }

    #[test]
    fn arguments_are_written_in_their_units() {
        let edition = U256::from(3_u64 << 32 | 2);
        check(&RevenueEditionNotLive { edition }, "edition 3.2 is not live");
        check(
            &RevenueInvalidDelay { delay: 31 * 86_400, maximum: 30 * 86_400 },
            "a delay of 31 days is above 30 days",
        );
        let (pool, account) = (B256::ZERO, Address::ZERO);
        check(
            &RevenueSharesNotActive { pool, account, activeFrom: 1_709_251_200 },
            &format!(
                "the scheduled shares of {account} in pool {pool} can count from 2024-03-01T00:00:00Z on"
            ),
        );
    }
}
