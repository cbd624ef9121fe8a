//! Decides how rewards are paid: minted by the DATA and GOV tokens, through DATA's interface.

use alloy_primitives::U256;
use alloy_sol_types::{SolCall, sol};
use datacoop_kit::{Account, Result, Revert, abi, event::emit, host, word};
use stylus_sdk::host::VM;

use crate::{parameters::GovReward, rewards::IDataCoopRewards::GovRewardMinted};

sol!("../data-token/IDataToken.sol");

/// Mints a token to a member.
///
/// # Errors
///
/// Passes on what the token reverts with.
pub(crate) fn mint(vm: &mut VM, token: &Account, member: &Account, amount: &U256) -> Result<()> {
    let words = [*member.word(), word::from_uint(amount)];
    let data = abi::encode_call(IDataToken::mintCall::SELECTOR, &words);
    if host::call(vm, token, &data) { Ok(()) } else { Err(Revert::bubble(host::returned(vm))) }
}

/// Mints the GOV of some contributions to a member, if any is paid.
///
/// # Errors
///
/// Passes on what the token reverts with.
///
/// # Events
///
/// [`GovRewardMinted`].
pub(crate) fn mint_gov(
    vm: &mut VM,
    gov: &GovReward,
    member: &Account,
    contributions: u64,
) -> Result<()> {
    if gov.rate == 0 {
        return Ok(());
    }
    // A rate is below 2^70 and a count below 2^64.
    let amount = U256::from(gov.rate.wrapping_mul(contributions.into()));
    emit::<GovRewardMinted, _, _>(vm, (member,), (&amount,));
    mint(vm, &gov.token, member, &amount)
}

/// Returns what DATA may mint now.
///
/// # Errors
///
/// Passes on what the token reverts with.
pub(crate) fn mintable(vm: &VM, token: &Account) -> Result<U256> {
    if !host::static_call(vm, token, &IDataToken::mintableCall::SELECTOR) {
        return Err(Revert::bubble(host::returned(vm)));
    }
    let (word, len) = host::returned_word(vm);
    if len == 32 { Ok(word::to_uint(&word)) } else { Err(Revert::empty()) }
}
