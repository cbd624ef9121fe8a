//! Every contract of the suite comes onto a Stylus chain, and its constructor has run.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolEvent},
};
use anyhow::{Result, ensure};
use datacoop_deploy::{
    Error,
    bindings::{
        IConsentRegistry, IDataCoopRewards, IDataMarket, IDataRegistry, IDataToken, IGovToken,
        IGovernor, IMembership, IRevenueDistributor, ITimelock, ITreasury,
    },
    chain::{Chain, ChainKind, Receipt},
    contracts::{
        CONSENT_REGISTRY, CONTRACTS, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN,
        GOV_TOKEN, GOVERNOR, MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
    },
    stylus::{
        Activation, STYLUS_DEPLOYER, Salt, StylusError,
        precompiles::{ARB_WASM, ArbWasm},
    },
};
use datacoop_tests::{ALICE, BOB, GOVERNANCE, GUARDIAN, ORACLE, StylusNode};

use super::{balance, built, deploy, deploy_through, refused, sender, timelock_arguments};

/// A million in the smallest unit of a token.
fn million() -> U256 {
    U256::from(10).pow(U256::from(24))
}

fn list<T: Into<DynSolValue>>(values: impl IntoIterator<Item = T>) -> DynSolValue {
    DynSolValue::Array(values.into_iter().map(Into::into).collect())
}

/// A number of a type that is narrower than a word.
fn narrow(value: u64, bits: usize) -> DynSolValue {
    DynSolValue::Uint(U256::from(value), bits)
}

async fn is<C: SolCall>(chain: &Chain, to: Address, call: C, expected: C::Return) -> Result<()>
where
    C::Return: PartialEq + std::fmt::Debug,
{
    let answer = chain.read(to, &call).await?;
    ensure!(answer == expected, "{} answers {answer:?}, not {expected:?}", C::SIGNATURE);
    Ok(())
}

#[tokio::test]
async fn all_contracts_are_deployed_and_constructed() -> Result<()> {
    let node = StylusNode::start().await?;
    let chain = &node.chain;
    assert_eq!(chain.kind(), ChainKind::Stylus { version: 2 });
    assert!(!chain.is_dev_node(), "a node of a Stylus chain has no dev methods");
    let sender = sender(chain)?;
    let mut deployed = Vec::new();
    macro_rules! program {
        ($contract:expr, $($value:expr),* $(,)?) => {{
            let (deployment, _) = deploy(&sender, &$contract, &[$($value.into()),*]).await?;
            deployed.push(($contract, deployment.address));
            deployment.address
        }};
    }
    let data = program!(DATA_TOKEN, GOVERNANCE, ALICE, million(), million(), U256::from(1_000));
    is(chain, data, IDataToken::balanceOfCall { account: ALICE }, million()).await?;
    let rewards = program!(DATA_COOP_REWARDS, data, GOVERNANCE, ORACLE, GUARDIAN);
    is(chain, rewards, IDataCoopRewards::verifiedOracleCall {}, ORACLE).await?;
    let membership = program!(MEMBERSHIP, GOVERNANCE, "https://members.example/".to_owned());
    let admin = IMembership::hasRoleCall { role: B256::ZERO, account: GOVERNANCE };
    is(chain, membership, admin, true).await?;
    let gov = program!(
        GOV_TOKEN,
        GOVERNANCE,
        million(),
        membership,
        list([DynSolValue::FixedBytes(keccak256("founders"), 32)]),
        list([BOB]),
        list([U256::from(7)])
    );
    is(chain, gov, IGovToken::balanceOfCall { account: BOB }, U256::from(7)).await?;
    let timelock = program!(TIMELOCK, U256::from(60), list([BOB]), list([BOB]), GOVERNANCE);
    is(chain, timelock, ITimelock::getMinDelayCall {}, U256::from(60)).await?;
    let governor = program!(
        GOVERNOR,
        gov,
        timelock,
        narrow(60, 48),
        narrow(3_600, 32),
        U256::from(1),
        U256::from(4),
        narrow(60, 48),
        Address::ZERO,
        narrow(0, 64),
        "ipfs://who-we-are".to_owned(),
    );
    is(chain, governor, IGovernor::daoURICall {}, "ipfs://who-we-are".to_owned()).await?;
    is(chain, governor, IGovernor::votingPeriodCall {}, U256::from(3_600)).await?;
    let treasury =
        program!(TREASURY, list([ALICE, BOB]), U256::from(2), Address::ZERO, timelock, U256::ZERO);
    is(chain, treasury, ITreasury::getThresholdCall {}, U256::from(2)).await?;
    let consents = program!(CONSENT_REGISTRY, membership);
    is(chain, consents, IConsentRegistry::membershipCall {}, membership).await?;
    let registry = program!(DATA_REGISTRY, GOVERNANCE, membership, consents);
    is(chain, registry, IDataRegistry::consentRegistryCall {}, consents).await?;
    let revenue = program!(REVENUE_DISTRIBUTOR, GOVERNANCE, registry);
    is(chain, revenue, IRevenueDistributor::dataRegistryCall {}, registry).await?;
    let market =
        program!(DATA_MARKET, GOVERNANCE, membership, consents, registry, revenue, data, data);
    is(chain, market, IDataMarket::distributorCall {}, revenue).await?;

    assert_eq!(deployed.len(), CONTRACTS.len());
    for (contract, address) in deployed {
        let payload = &built(&contract)?.stylus_payload;
        assert_eq!(chain.code(address).await?, *payload, "{}", contract.name);
    }
    assert_eq!(balance(chain, STYLUS_DEPLOYER).await?, U256::ZERO, "what was too much came back");
    Ok(())
}

/// The fee that an activation of a transaction took, if there was one.
fn fee_of(receipt: &Receipt) -> Option<U256> {
    let logs = receipt.logs.iter().filter(|log| log.address == ARB_WASM);
    let mut events = logs.filter_map(|log| ArbWasm::ProgramActivated::decode_log(log).ok());
    events.next().map(|event| event.dataFee)
}

#[tokio::test]
async fn code_is_activated_once_and_the_second_deployment_pays_no_fee() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let before = balance(&node.chain, ARB_WASM).await?;
    let (first, receipt) = deploy(&sender, &TIMELOCK, &timelock_arguments(60)).await?;
    let Activation::Needed(fee) = first.activation else { anyhow::bail!("{first:?}") };
    assert_eq!(fee_of(&receipt), Some(fee.fee_wei));
    let paid = balance(&node.chain, ARB_WASM).await? - before;
    assert_eq!(paid, fee.fee_wei, "a fifth more was sent, and came back");
    let (second, receipt) = deploy(&sender, &TIMELOCK, &timelock_arguments(61)).await?;
    assert_eq!(second.activation, Activation::Active { version: 2 });
    assert_eq!((fee_of(&receipt), second.outgoing.value), (None, U256::ZERO));
    assert_ne!(second.address, first.address);
    Ok(())
}

#[tokio::test]
async fn the_same_program_is_not_created_twice_and_stays_as_it_is() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let (first, _) = deploy(&sender, &TIMELOCK, &timelock_arguments(60)).await?;
    let again = deploy(&sender, &TIMELOCK, &timelock_arguments(60)).await;
    assert_eq!(refused(again), StylusError::NotCreated);
    is(&node.chain, first.address, ITimelock::getMinDelayCall {}, U256::from(60)).await?;
    let other = Salt::of_name("another");
    let arguments = timelock_arguments(60);
    let (second, _) =
        deploy_through(&sender, STYLUS_DEPLOYER, &TIMELOCK, &arguments, other).await?;
    assert_ne!(second.address, first.address);
    Ok(())
}

#[tokio::test]
async fn a_constructor_that_reverts_says_why_and_leaves_nothing() -> Result<()> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let nobody: DynSolValue = Address::ZERO.into();
    let values = [nobody.clone(), nobody.clone(), nobody.clone(), nobody];
    match deploy(&sender, &DATA_COOP_REWARDS, &values).await {
        Err(Error::Reverted { call, error, .. }) => {
            assert!(call.starts_with("the constructor of the program at 0x"), "{call}");
            assert!(error.name.starts_with("Rewards"), "{error:?}");
            let address = call.rsplit(' ').next().unwrap_or_default().parse()?;
            assert!(node.chain.code(address).await?.is_empty());
        }
        other => anyhow::bail!("not rejected: {other:?}"),
    }
    Ok(())
}

#[tokio::test]
async fn a_simulation_leaves_nothing_behind() -> Result<()> {
    let node = StylusNode::start().await?;
    let chain = &node.chain;
    let arguments = TIMELOCK.encode_constructor(&timelock_arguments(60))?;
    let program = datacoop_deploy::stylus::NewProgram {
        name: TIMELOCK.name,
        payload: &built(&TIMELOCK)?.stylus_payload,
        arguments: &arguments,
        value_wei: U256::ZERO,
        salt: Salt::of_name("simulated"),
    };
    let deployment =
        datacoop_deploy::stylus::deployment(chain, STYLUS_DEPLOYER, &program, 0).await?;
    let from = GOVERNANCE;
    let request = alloy::rpc::types::TransactionRequest::default()
        .from(from)
        .to(STYLUS_DEPLOYER)
        .value(deployment.outgoing.value)
        .input(deployment.outgoing.data.into());
    let answer = alloy::providers::Provider::call(chain.provider(), request.clone()).await?;
    assert_eq!(Address::from_word(B256::from_slice(&answer)), deployment.address);
    let gas = alloy::providers::Provider::estimate_gas(chain.provider(), request).await?;
    assert!(gas > 1_659_168, "the activation is in the estimate: {gas}");
    assert!(chain.code(deployment.address).await?.is_empty());
    let behind = Chain::connect(&node.node.url()).await?;
    assert!(behind.code(deployment.address).await?.is_empty());
    Ok(())
}
