//! Programs on a Stylus chain: put there, activated, constructed, kept alive and cached by the library,
//! on a node that holds the chain's rules.

mod activation;
mod caching;
mod calldata;
mod cooperative;
mod deployer;
mod deploying;
mod life;

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, U256},
};
use anyhow::{Result, bail};
use datacoop_deploy::{
    Artifact, Error,
    chain::{Chain, Receipt, Sender},
    contracts::{Contract, TIMELOCK},
    keys::dev_account,
    stylus::{
        self, DEFAULT_FEE_BUMP_BPS, Deployment, NewProgram, STYLUS_DEPLOYER, Salt, StylusError,
    },
};
use datacoop_tests::{GOVERNANCE, StylusNode, artifacts};

/// Dev account 0, on a chain.
fn sender(chain: &Chain) -> Result<Sender> {
    Ok(Sender::new(chain, dev_account(0)?))
}

/// What the build made of a contract.
fn built(contract: &Contract) -> Result<&'static Artifact> {
    let artifact = artifacts()?.iter().find(|artifact| artifact.name == contract.name);
    artifact.ok_or_else(|| anyhow::anyhow!("{} was not built", contract.name))
}

/// Puts a contract on a chain through `deployer`, and checks that it is where it was foretold.
async fn deploy_through(
    sender: &Sender,
    deployer: Address,
    contract: &Contract,
    values: &[DynSolValue],
    salt: Salt,
) -> Result<(Deployment, Receipt), Error> {
    let artifact = built(contract).expect("the contract is built");
    let arguments = contract.encode_constructor(values)?;
    let program = NewProgram {
        name: contract.name,
        payload: &artifact.stylus_payload,
        arguments: &arguments,
        value_wei: U256::ZERO,
        salt,
    };
    let chain = sender.chain();
    let deployment = stylus::deployment(chain, deployer, &program, DEFAULT_FEE_BUMP_BPS).await?;
    let receipt = sender.send(&deployment.outgoing).await.map_err(stylus::explain)?;
    assert_eq!(stylus::deployed_address(deployer, &receipt.logs)?, deployment.address);
    Ok((deployment, receipt))
}

/// Puts a contract on a chain through its `StylusDeployer`.
async fn deploy(
    sender: &Sender,
    contract: &Contract,
    values: &[DynSolValue],
) -> Result<(Deployment, Receipt), Error> {
    let salt = Salt::of_name(contract.name);
    deploy_through(sender, STYLUS_DEPLOYER, contract, values, salt).await
}

/// Arguments of a small contract's constructor.
fn timelock_arguments(delay_secs: u64) -> [DynSolValue; 4] {
    [
        U256::from(delay_secs).into(),
        DynSolValue::Array(Vec::new()),
        DynSolValue::Array(Vec::new()),
        GOVERNANCE.into(),
    ]
}

/// A chain with one program on it, and where that is.
async fn with_timelock() -> Result<(StylusNode, Sender, Address)> {
    let node = StylusNode::start().await?;
    let sender = sender(&node.chain)?;
    let (deployment, _) = deploy(&sender, &TIMELOCK, &timelock_arguments(60)).await?;
    Ok((node, sender, deployment.address))
}

/// The failure of Stylus that something must end in.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> StylusError {
    match result {
        Err(Error::Stylus(error)) => error,
        other => panic!("not refused in the words of Stylus: {other:?}"),
    }
}

/// Ether, in wei, at an address.
async fn balance(chain: &Chain, address: Address) -> Result<U256> {
    use alloy::providers::Provider;
    match chain.provider().get_balance(address).await {
        Ok(balance) => Ok(balance),
        Err(error) => bail!("no balance: {error}"),
    }
}
