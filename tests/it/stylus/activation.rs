//! What an activation costs, and each way in which a chain refuses one.

use alloy::primitives::{Address, Bytes, U256};
use anyhow::Result;
use datacoop_deploy::{
    chain::Chain,
    contracts::{DATA_TOKEN, TIMELOCK},
    stylus::{
        Activation, DEFAULT_FEE_BUMP_BPS, DataFee, STYLUS_DEPLOYER, Standing, StylusError,
        activation, codehash, explain, l1_gas,
        precompiles::{ARB_WASM, NODE_INTERFACE},
        standing,
    },
    wasm,
};
use datacoop_tests::{StandIns, StylusNode, start_node};

use super::{built, deploy, refused, sender, timelock_arguments};

fn payload() -> Result<&'static [u8]> {
    Ok(&built(&TIMELOCK)?.stylus_payload)
}

#[tokio::test]
async fn the_fee_is_that_of_the_chain_and_the_bump_is_the_users() -> Result<()> {
    let node = StylusNode::start().await?;
    for (fee_per_byte, bump_bps, offered_per_byte) in
        [(1_000_u64, DEFAULT_FEE_BUMP_BPS, 1_200_u64), (5, 0, 5), (2, 10_000, 4)]
    {
        let call = StandIns::testFeePerByteCall { feeWei: U256::from(fee_per_byte) };
        node.set(ARB_WASM, call).await?;
        let size = payload()?.len() as u64;
        let expected = Activation::Needed(DataFee {
            fee_wei: U256::from(fee_per_byte * size),
            offered_wei: U256::from(offered_per_byte * size),
        });
        assert_eq!(activation(&node.chain, payload()?, bump_bps).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_fee_above_what_was_simulated_with_is_found_all_the_same() -> Result<()> {
    let node = StylusNode::start().await?;
    let ether = U256::from(10).pow(U256::from(18));
    node.set(ARB_WASM, StandIns::testFeePerByteCall { feeWei: ether }).await?;
    let fee = ether * U256::from(payload()?.len());
    let found = activation(&node.chain, payload()?, 0).await?;
    assert_eq!(found, Activation::Needed(DataFee { fee_wei: fee, offered_wei: fee }));
    Ok(())
}

#[tokio::test]
async fn a_fee_that_rose_beyond_the_bump_is_refused_with_both_amounts() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let arguments = TIMELOCK.encode_constructor(&timelock_arguments(60))?;
    let program = datacoop_deploy::stylus::NewProgram {
        name: TIMELOCK.name,
        payload: payload()?,
        arguments: &arguments,
        value_wei: U256::ZERO,
        salt: datacoop_deploy::stylus::Salt::of_name("late"),
    };
    let planned =
        datacoop_deploy::stylus::deployment(&node.chain, STYLUS_DEPLOYER, &program, 2_000).await?;
    let dearer = U256::from(20_000_000_000_u64);
    node.set(ARB_WASM, StandIns::testFeePerByteCall { feeWei: dearer }).await?;
    let late = sender.send(&planned.outgoing).await.map_err(explain);
    let want_wei = dearer * U256::from(payload()?.len());
    let have_wei = planned.activation.value_wei();
    assert_eq!(refused(late), StylusError::FeeTooLow { have_wei, want_wei });
    assert!(node.chain.code(planned.address).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn activations_may_be_paused() -> Result<()> {
    let node = StylusNode::start().await?;
    // A call has less gas than that, as on chains whose owner pauses activations in this way.
    let gas = u64::MAX;
    node.set(ARB_WASM, StandIns::testActivationGasCall { gas }).await?;
    let error = refused(activation(&node.chain, payload()?, 0).await);
    assert_eq!(error, StylusError::ActivationsPaused { gas });
    Ok(())
}

#[tokio::test]
async fn what_the_chain_does_not_compile_is_refused_in_its_words() -> Result<()> {
    let node = StylusNode::start().await?;
    // Without an entrypoint, and without what lets memory grow.
    let module = wasm::compress(&[0, b'a', b's', b'm', 1, 0, 0, 0])?;
    match refused(activation(&node.chain, &module, 0).await) {
        StylusError::ActivationRefused { reason } => {
            assert!(reason.starts_with("program activation failed: "), "{reason}");
        }
        error => anyhow::bail!("another error: {error}"),
    }
    let torn = [&wasm::PREFIX[..], &[0xff; 9]].concat();
    let error = refused(activation(&node.chain, &torn, 0).await);
    assert!(matches!(error, StylusError::ActivationRefused { .. }), "{error}");
    let dictionary = [&wasm::PREFIX[..3], &[2], &payload()?[4..]].concat();
    let error = refused(activation(&node.chain, &dictionary, 0).await);
    assert!(matches!(error, StylusError::ActivationRefused { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn what_is_no_program_or_too_large_a_one_is_refused_before_the_chain_is_asked() -> Result<()>
{
    let node = StylusNode::start().await?;
    let code = &built(&DATA_TOKEN)?.deployed_bytecode;
    assert_eq!(refused(activation(&node.chain, code, 0).await), StylusError::NotWasm);
    let mut large = payload()?.to_vec();
    large.resize(24_577, 0);
    let error = refused(activation(&node.chain, &large, 0).await);
    assert_eq!(error, StylusError::PayloadTooLarge { bytes: 24_577, limit: 24_576 });
    assert!(error.to_string().contains("two fragments"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_chain_without_the_precompile_is_told_apart() -> Result<()> {
    let missing = StylusError::MissingPrecompile { name: "ArbWasm", address: ARB_WASM };
    let (_anvil, chain) = start_node(Default::default()).await?;
    assert_eq!(refused(activation(&chain, payload()?, 0).await), missing);
    let node = StylusNode::start().await?;
    node.remove(ARB_WASM).await?;
    assert_eq!(refused(activation(&node.chain, payload()?, 0).await), missing);
    Ok(())
}

#[tokio::test]
async fn code_of_an_earlier_version_is_activated_again() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let hash = codehash(payload()?);
    assert_eq!(standing(&node.chain, hash).await?, Standing::NotActivated);
    deploy(&sender, &TIMELOCK, &timelock_arguments(60)).await?;
    assert_eq!(standing(&node.chain, hash).await?, Standing::Active { version: 2 });
    node.set(ARB_WASM, StandIns::testVersionCall { version: 3 }).await?;
    let outdated = Standing::NeedsUpgrade { version: 2, stylus_version: 3 };
    assert_eq!(standing(&node.chain, hash).await?, outdated);
    let (second, _) = deploy(&sender, &TIMELOCK, &timelock_arguments(61)).await?;
    assert!(matches!(second.activation, Activation::Needed(_)));
    assert_eq!(standing(&node.chain, hash).await?, Standing::Active { version: 3 });
    Ok(())
}

#[tokio::test]
async fn the_gas_of_the_parent_chain_is_told_where_there_is_one() -> Result<()> {
    let node = StylusNode::start().await?;
    let data = Bytes::from(vec![1; 100]);
    let gas = l1_gas(&node.chain, Address::ZERO, data.clone()).await?;
    assert_eq!(gas.map(|gas| gas.gas), Some(1_600));
    node.remove(NODE_INTERFACE).await?;
    assert_eq!(l1_gas(&node.chain, Address::ZERO, data).await?, None);
    Ok(())
}

/// The chain that is asked is never changed by asking.
#[tokio::test]
async fn asking_for_the_fee_activates_nothing() -> Result<()> {
    let node = StylusNode::start().await?;
    let behind = Chain::connect(&node.node.url()).await?;
    activation(&node.chain, payload()?, 0).await?;
    assert_eq!(standing(&behind, codehash(payload()?)).await?, Standing::NotActivated);
    Ok(())
}
