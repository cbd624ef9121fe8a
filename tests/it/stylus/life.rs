//! Programs expire, are kept alive when they are old enough, and are revived by another activation.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use datacoop_deploy::{
    Error,
    bindings::ITimelock,
    contracts::TIMELOCK,
    stylus::{
        Activation, Expiry, Life, Standing, StylusError, activation, codehash, life,
        precompiles::ARB_WASM, renew, renewal,
    },
};
use datacoop_tests::{GOVERNANCE, StylusNode};

use super::{balance, built, deploy, refused, sender, timelock_arguments, with_timelock};

const DAY: u64 = 86_400;

/// The program's life, which must not have ended.
async fn expiry(node: &StylusNode, address: Address) -> Result<Expiry> {
    match life(&node.chain, address).await? {
        (_, Life::Active(expiry)) => Ok(expiry),
        (_, ended) => anyhow::bail!("it does not run: {ended:?}"),
    }
}

#[tokio::test]
async fn a_program_runs_for_a_year_in_whole_hours() -> Result<()> {
    let (node, _, address) = with_timelock().await?;
    let fresh = expiry(&node, address).await?;
    assert_eq!(fresh.version, 2);
    assert!(fresh.activated_at <= fresh.now && fresh.now < fresh.activated_at + 3_600);
    assert_eq!(fresh.expires_at - fresh.activated_at, 365 * DAY);
    assert_eq!(fresh.keepalive_from - fresh.activated_at, 31 * DAY);
    assert!((364..=365).contains(&fresh.days_left()) && !fresh.is_renewable());
    node.pass_days(100).await?;
    let older = expiry(&node, address).await?;
    assert_eq!((older.activated_at, older.expires_at), (fresh.activated_at, fresh.expires_at));
    assert!((264..=265).contains(&older.days_left()) && older.is_renewable());
    Ok(())
}

#[tokio::test]
async fn it_is_too_soon_to_keep_a_young_program_alive() -> Result<()> {
    let (node, sender, _) = with_timelock().await?;
    let hash = codehash(&built(&TIMELOCK)?.stylus_payload);
    node.pass_days(30).await?;
    match refused(renew(&sender, hash, 2_000).await) {
        StylusError::KeepaliveTooSoon { age_secs } => assert_eq!(age_secs / DAY, 30),
        error => anyhow::bail!("another error: {error}"),
    }
    Ok(())
}

#[tokio::test]
async fn a_program_that_is_kept_alive_runs_for_another_year() -> Result<()> {
    let (node, sender, address) = with_timelock().await?;
    let hash = codehash(&built(&TIMELOCK)?.stylus_payload);
    node.pass_days(200).await?;
    let before = expiry(&node, address).await?;
    let planned = renewal(&node.chain, hash, 2_000).await?;
    assert!(planned.fee.fee_wei > U256::ZERO && planned.fee.offered_wei > planned.fee.fee_wei);
    let held = balance(&node.chain, ARB_WASM).await?;
    let (fee, _) = renew(&sender, hash, 2_000).await?;
    assert_eq!(fee, planned.fee.fee_wei);
    assert_eq!(balance(&node.chain, ARB_WASM).await? - held, fee, "the bump came back");
    let after = expiry(&node, address).await?;
    assert!((after.expires_at - before.expires_at).abs_diff(200 * DAY) <= 3_600);
    assert!(matches!(refused(renew(&sender, hash, 0).await), StylusError::KeepaliveTooSoon { .. }));
    Ok(())
}

#[tokio::test]
async fn an_expired_program_is_not_kept_alive_but_activated_again() -> Result<()> {
    let (node, sender, address) = with_timelock().await?;
    let payload = &built(&TIMELOCK)?.stylus_payload;
    let hash = codehash(payload);
    node.pass_days(366).await?;
    match life(&node.chain, address).await? {
        (found, Life::Ended(Standing::Expired { age_secs })) => {
            assert_eq!((found, age_secs / DAY), (hash, 366));
        }
        other => anyhow::bail!("it has not expired: {other:?}"),
    }
    assert!(matches!(refused(renewal(&node.chain, hash, 0).await), StylusError::Expired { .. }));
    assert!(matches!(activation(&node.chain, payload, 0).await?, Activation::Needed(_)));
    // Whoever deploys the same code revives all programs of it, with what they have stored.
    deploy(&sender, &TIMELOCK, &timelock_arguments(61)).await?;
    assert_eq!(expiry(&node, address).await?.days_left() / 2, 182);
    let delay = node.chain.read(address, &ITimelock::getMinDelayCall {}).await?;
    assert_eq!(delay, U256::from(60));
    Ok(())
}

#[tokio::test]
async fn what_was_never_activated_is_not_kept_alive() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let hash = codehash(&built(&TIMELOCK)?.stylus_payload);
    assert_eq!(refused(renew(&sender, hash, 0).await), StylusError::NotActivated);
    Ok(())
}

#[tokio::test]
async fn evm_code_and_nothing_have_no_life() -> Result<()> {
    let node = StylusNode::start().await?;
    let (_, found) = life(&node.chain, ARB_WASM).await?;
    assert_eq!(found, Life::EvmCode);
    let nothing = life(&node.chain, GOVERNANCE).await;
    assert!(matches!(nothing, Err(Error::NoContract { address }) if address == GOVERNANCE));
    Ok(())
}
