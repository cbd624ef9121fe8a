//! Our deployer, for chains that have none: its committed code is what solc makes of its source, and it
//! does what `StylusDeployer` does.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, hex, keccak256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result};
use datacoop_bench::peers::stylus_deployer;
use datacoop_deploy::{
    Error,
    bindings::ITimelock,
    chain::{Chain, Outgoing, Sender},
    contracts::TIMELOCK,
    stylus::{
        DETERMINISTIC_PROXY, DeployerPlace, OWN_INITCODE, STYLUS_DEPLOYER, Salt, StylusError,
        address, deployed_address, explain, find_deployer, own_deployer,
        precompiles::{
            ARB_WASM,
            StylusDeployer::{self, deployCall},
        },
    },
};
use datacoop_tests::{GOVERNANCE, StandIns, StylusNode};

use super::{balance, deploy_through, refused, sender, timelock_arguments};

/// The deterministic deployment proxy: the code that its pre-signed transaction creates.
const PROXY_CODE: [u8; 69] = hex!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
    "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

#[test]
fn the_committed_code_is_what_solc_makes_of_the_source() -> Result<()> {
    let compiled = stylus_deployer()?.bytecode;
    let path = datacoop_tests::workspace_root().join("deploy/src/stylus/DatacoopDeployer.hex");
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(&path, format!("{}\n", hex::encode(&compiled)))?);
    }
    assert_eq!(compiled[..], OWN_INITCODE[..], "`BLESS=1` writes it anew");
    Ok(())
}

/// A chain without a `StylusDeployer`, with or without the deterministic deployment proxy.
async fn bare(proxy: &[u8]) -> Result<(StylusNode, Sender)> {
    let node = StylusNode::start().await?;
    node.remove(STYLUS_DEPLOYER).await?;
    let behind = Chain::connect(&node.node.url()).await?;
    behind.provider().anvil_set_code(DETERMINISTIC_PROXY, proxy.to_vec().into()).await?;
    let sender = sender(&node.chain)?;
    Ok((node, sender))
}

/// Deploys a program through our deployer, and checks that it runs.
async fn a_program_runs(sender: &Sender, deployer: Address) -> Result<()> {
    let (values, salt) = (timelock_arguments(60), Salt::of_name("own"));
    let (deployment, _) = deploy_through(sender, deployer, &TIMELOCK, &values, salt).await?;
    let delay = ITimelock::getMinDelayCall {};
    assert_eq!(sender.chain().read(deployment.address, &delay).await?, U256::from(60));
    let again = deploy_through(sender, deployer, &TIMELOCK, &values, salt).await;
    assert_eq!(refused(again), StylusError::NotCreated);
    Ok(())
}

#[tokio::test]
async fn a_chain_that_has_one_is_asked_no_further() -> Result<()> {
    let node = StylusNode::start().await?;
    let present = DeployerPlace::Present { address: STYLUS_DEPLOYER };
    assert_eq!(find_deployer(&node.chain).await?, present);
    Ok(())
}

#[tokio::test]
async fn ours_comes_to_a_foretold_address_where_the_proxy_is() -> Result<()> {
    let (node, sender) = bare(&PROXY_CODE).await?;
    let DeployerPlace::Foretold { address, creation } = find_deployer(&node.chain).await? else {
        anyhow::bail!("it is not foretold");
    };
    assert_eq!(address, own_deployer());
    sender.send(&creation).await?;
    assert_eq!(find_deployer(&node.chain).await?, DeployerPlace::Present { address });
    let runtime = stylus_deployer()?.deployed_bytecode;
    assert_eq!(node.chain.code(address).await?, runtime);
    a_program_runs(&sender, address).await
}

#[tokio::test]
async fn ours_is_created_plainly_where_there_is_no_proxy() -> Result<()> {
    let (node, sender) = bare(&[]).await?;
    let DeployerPlace::Plain { creation } = find_deployer(&node.chain).await? else {
        anyhow::bail!("it is foretold");
    };
    let receipt = sender.send(&creation).await?;
    a_program_runs(&sender, receipt.contract.context("nothing was created")?).await
}

/// Our deployer itself, on a chain that takes ordinary code for programs when it is told to: Anvil creates
/// no code of programs, whoever asks.
struct Own {
    node: StylusNode,
    behind: Chain,
    sender: Sender,
    deployer: Address,
}

impl Own {
    async fn start() -> Result<Self> {
        let node = StylusNode::start().await?;
        let behind = Chain::connect(&node.node.url()).await?;
        let sender = sender(&behind)?;
        let creation = Outgoing {
            call: "creation".to_owned(),
            to: None,
            data: Bytes::from(&OWN_INITCODE),
            value: U256::ZERO,
        };
        let deployer = sender.send(&creation).await?.contract.context("nothing was created")?;
        Ok(Self { node, behind, sender, deployer })
    }

    /// Sends a deployment of what `runtime` is, with a value.
    async fn deploy(
        &self,
        runtime: &[u8],
        init_data: &[u8],
        (init_value, value): (u64, u64),
        salt: Salt,
    ) -> Result<Address, Error> {
        let call = deployCall {
            bytecode: returning(runtime),
            initData: Bytes::copy_from_slice(init_data),
            initValue: U256::from(init_value),
            salt: salt.get(),
        };
        let outgoing = Outgoing {
            call: "deploy".to_owned(),
            to: Some(self.deployer),
            data: call.abi_encode().into(),
            value: U256::from(value),
        };
        let receipt = self.sender.send(&outgoing).await.map_err(explain)?;
        Ok(deployed_address(self.deployer, &receipt.logs)?)
    }

    /// Takes code for that of a program, whose data fee is 1 wei a byte.
    async fn admit(&self, runtime: &[u8]) -> Result<()> {
        self.node.set(ARB_WASM, StandIns::testFeePerByteCall { feeWei: U256::ONE }).await?;
        self.node.set(ARB_WASM, StandIns::testAdmitCall { codehash: keccak256(runtime) }).await
    }
}

/// Initcode that returns what follows its 11 bytes.
fn returning(runtime: &[u8]) -> Bytes {
    let length = u8::try_from(runtime.len()).unwrap_or(u8::MAX);
    // PUSH1 length · DUP1 · PUSH1 11 · PUSH0 · CODECOPY · PUSH0 · RETURN, and two bytes of nothing.
    let prelude = [0x60, length, 0x80, 0x60, 11, 0x5f, 0x39, 0x5f, 0xf3, 0, 0];
    [&prelude[..], runtime].concat().into()
}

/// Runtime that takes any call, with ether.
const WILLING: [u8; 1] = [0x00];

/// Runtime that reverts with the four bytes `cafebabe`: PUSH4 · PUSH0 · MSTORE · PUSH1 4 · PUSH1 28 · REVERT.
const UNWILLING: [u8; 12] = hex!("63cafebabe5f526004601cfd");

#[tokio::test]
async fn it_activates_constructs_and_returns_what_was_too_much() -> Result<()> {
    let own = Own::start().await?;
    own.admit(&WILLING).await?;
    let salt = Salt::of_name("a");
    let fees = balance(&own.behind, ARB_WASM).await?;
    let program = own.deploy(&WILLING, &[1, 2, 3, 4], (5, 105), salt).await?;
    let foretold = address(own.deployer, salt, &[1, 2, 3, 4], U256::from(5), &returning(&WILLING));
    assert_eq!(program, foretold);
    assert_eq!(own.behind.code(program).await?, Bytes::from(&WILLING));
    let held = |address| balance(&own.behind, address);
    assert_eq!(held(program).await?, U256::from(5), "the constructor's value");
    assert_eq!(held(ARB_WASM).await? - fees, U256::ONE, "the data fee of one byte");
    assert_eq!(held(own.deployer).await?, U256::ZERO, "99 wei came back");
    // Code of this hash is active now: nothing is paid, and what is sent comes back.
    own.deploy(&WILLING, &[], (0, 50), Salt::of_name("b")).await?;
    assert_eq!(held(ARB_WASM).await? - fees, U256::ONE);
    assert_eq!(held(own.deployer).await?, U256::ZERO);
    Ok(())
}

#[tokio::test]
async fn it_takes_no_ether_of_others_that_lies_there() -> Result<()> {
    let own = Own::start().await?;
    own.admit(&WILLING).await?;
    own.behind.provider().anvil_set_balance(own.deployer, U256::from(1_000)).await?;
    own.deploy(&WILLING, &[], (0, 7), Salt::of_name("a")).await?;
    assert_eq!(balance(&own.behind, own.deployer).await?, U256::from(1_000));
    Ok(())
}

#[tokio::test]
async fn it_refuses_as_the_chains_deployer_does() -> Result<()> {
    let own = Own::start().await?;
    own.admit(&UNWILLING).await?;
    let salt = Salt::of_name("a");
    match own.deploy(&UNWILLING, &[1, 2, 3, 4], (0, 100), salt).await {
        Err(Error::Reverted { call, error, .. }) => {
            assert!(call.starts_with("the constructor of the program at"), "{call}");
            assert_eq!(error.data[..], [0xca, 0xfe, 0xba, 0xbe]);
        }
        other => anyhow::bail!("not refused: {other:?}"),
    }
    let cheap = own.deploy(&UNWILLING, &[], (0, 11), salt).await;
    let (have_wei, want_wei) = (U256::from(11), U256::from(12));
    assert_eq!(refused(cheap), StylusError::FeeTooLow { have_wei, want_wei });
    assert!(matches!(
        own.deploy(&UNWILLING, &[], (1, 100), salt).await,
        Err(Error::Reverted { error, .. })
            if error.data[..] == StylusDeployer::InitValueButNotInitData {}.abi_encode()
    ));
    own.deploy(&UNWILLING, &[], (0, 100), salt).await?;
    assert_eq!(refused(own.deploy(&UNWILLING, &[], (0, 100), salt).await), StylusError::NotCreated);
    // Anvil creates no code that begins as a program's does.
    let forbidden = own.deploy(&[0xef, 0xf0, 0, 0], &[], (0, 100), salt).await;
    assert_eq!(refused(forbidden), StylusError::NotCreated);
    let empty = deployCall {
        bytecode: Bytes::new(),
        initData: Bytes::new(),
        initValue: U256::ZERO,
        salt: salt.get(),
    };
    let request = TransactionRequest::default()
        .with_from(GOVERNANCE)
        .with_to(own.deployer)
        .with_input(empty.abi_encode());
    let error = own.behind.provider().call(request).await.unwrap_err();
    let data = error.as_error_resp().and_then(|error| error.as_revert_data());
    assert_eq!(data, Some(StylusDeployer::EmptyBytecode {}.abi_encode().into()));
    Ok(())
}

/// A constructor's arguments are in the address: nobody can take it with others.
#[tokio::test]
async fn other_arguments_have_another_address() -> Result<()> {
    let (node, sender) = bare(&PROXY_CODE).await?;
    let DeployerPlace::Foretold { address, creation } = find_deployer(&node.chain).await? else {
        anyhow::bail!("it is not foretold");
    };
    sender.send(&creation).await?;
    let salt = Salt::of_name("one");
    let mut places = Vec::new();
    for delay_secs in [1, 2] {
        let values = timelock_arguments(delay_secs);
        let (deployment, _) = deploy_through(&sender, address, &TIMELOCK, &values, salt).await?;
        places.push(deployment.address);
    }
    assert_ne!(places[0], places[1]);
    Ok(())
}
