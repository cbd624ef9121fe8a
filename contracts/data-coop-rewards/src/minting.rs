//! Decides how rewards are paid: minted by the DATA and GOV tokens, through DATA's interface.

use alloy_sol_types::sol;
use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host};
use stylus_sdk::host::VM;

use crate::{parameters::GovReward, rewards::IDataCoopRewards::GovRewardMinted};

sol!("../data-token/IDataToken.sol");

/// Mints a token to a member.
///
/// # Errors
///
/// Passes on what the token reverts with.
pub(crate) fn mint(vm: &mut VM, token: &Account, member: &Account, amount: &Uint) -> Result<()> {
    if host::call::<IDataToken::mintCall>(vm, token, (member, amount)) {
        Ok(())
    } else {
        Err(Revert::bubble(vm))
    }
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
    let amount = Uint::from(gov.rate.wrapping_mul(contributions.into()));
    emit::<GovRewardMinted>(vm, (member,), (&amount,));
    mint(vm, &gov.token, member, &amount)
}

/// Returns what DATA may mint now.
///
/// # Errors
///
/// Passes on what the token reverts with.
pub(crate) fn mintable(vm: &VM, token: &Account) -> Result<Uint> {
    if !host::static_call::<IDataToken::mintableCall>(vm, token, ()) {
        return Err(Revert::bubble(vm));
    }
    let (word, len) = host::returned_word(vm);
    if len == 32 { Ok(Uint::new(word)) } else { Err(Revert::empty()) }
}
