//! Contracts come onto a real Anvil both ways, with the same result.

use alloy::primitives::{B256, U256, uint};

use super::*;
use crate::{
    Artifact, Error, Silent, Workspace,
    artifact::Parts,
    chain::{CODE_LIMIT_BYTES, Chain, ChainKind, Receipt, Sender},
    contracts::DATA_TOKEN,
    keys::dev_account,
    node::{Node, NodeLimits, NodeOptions},
};

/// A contract in the form that the translator gives: the constructor stores the last word of the
/// code, or reverts without data when it is zero, and a call returns what is stored.
fn artifact(runtime_bytes: usize) -> Artifact {
    let size = u16::try_from(runtime_bytes).unwrap().to_be_bytes();
    let mut runtime = Vec::new();
    // PUSH2 size · CODESIZE · GT · PUSH1 constructor · JUMPI: more code is there than runtime.
    runtime.extend([0x61, size[0], size[1], 0x38, 0x11, 0x60, 0x12, 0x57]);
    // PUSH0 · SLOAD · PUSH0 · MSTORE · PUSH1 32 · PUSH0 · RETURN
    runtime.extend([0x5f, 0x54, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, 0x00, 0x00]);
    // constructor (0x12): JUMPDEST · PUSH1 32 · PUSH1 32 · CODESIZE · SUB · PUSH0 · CODECOPY
    runtime.extend([0x5b, 0x60, 0x20, 0x60, 0x20, 0x38, 0x03, 0x5f, 0x39]);
    // PUSH0 · MLOAD · DUP1 · PUSH1 store · JUMPI · PUSH0 · PUSH0 · REVERT
    runtime.extend([0x5f, 0x51, 0x80, 0x60, 0x24, 0x57, 0x5f, 0x5f, 0xfd]);
    // store (0x24): JUMPDEST · PUSH0 · SSTORE · PUSH2 size · PUSH0 · PUSH0 · CODECOPY
    runtime.extend([0x5b, 0x5f, 0x55, 0x61, size[0], size[1], 0x5f, 0x5f, 0x39]);
    // PUSH2 size · PUSH0 · RETURN
    runtime.extend([0x61, size[0], size[1], 0x5f, 0xf3]);
    runtime.resize(runtime_bytes, 0);
    let bytecode = [runtime.as_slice(), &[0]].concat();
    Artifact::from(Parts {
        name: "Stored".to_owned(),
        abi: DATA_TOKEN.abi(),
        wasm: Vec::new(),
        named_wasm: Vec::new(),
        stylus_payload: Vec::new(),
        bytecode,
        deployed_bytecode: runtime,
        measures: Default::default(),
    })
}

async fn node(limits: NodeLimits) -> (Node, Sender) {
    let workspace = Workspace::find().unwrap();
    let options = NodeOptions { limits, ..NodeOptions::default() };
    let node = Node::start(&workspace, options, &Silent).await.unwrap();
    let chain = Chain::connect(&node.url()).await.unwrap();
    let sender = Sender::new(&chain, dev_account(0).unwrap());
    (node, sender)
}

async fn stored(chain: &Chain, created: &Created) -> U256 {
    chain
        .ask("eth_getStorageAt", {
            use alloy::providers::Provider;
            chain.provider().get_storage_at(created.address, U256::ZERO)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_node_tells_what_kind_of_chain_it_is() {
    let (mut node, sender) = node(NodeLimits::Lifted).await;
    let chain = sender.chain();
    assert_eq!((chain.id(), chain.kind(), chain.is_dev_node()), (31_337, ChainKind::Evm, true));
    assert_eq!(chain.block_gas_limit(), 1_000_000_000);
    assert_ne!(chain.genesis(), B256::ZERO);
    let before = chain.now().await.unwrap();
    chain.advance_time(1_000).await.unwrap();
    assert!(chain.now().await.unwrap() >= before + 1_000);
    assert!(std::fs::read_to_string(node.log()).unwrap().contains("Listening on"));

    let pid = node.pid();
    assert_ne!(pid, 0);
    node.kill();
    node.ended().await;
    let error = sender.chain().now().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { endpoint, .. } if endpoint == node.url()));
}

#[tokio::test]
async fn a_contract_is_created_the_same_way_and_the_other() {
    let argument = B256::from(uint!(42_U256));
    for (limits, bytes, way) in [
        (NodeLimits::Lifted, CODE_LIMIT_BYTES + 1, Way::Create),
        (NodeLimits::AnvilsOwn, CODE_LIMIT_BYTES, Way::Create),
        (NodeLimits::AnvilsOwn, CODE_LIMIT_BYTES + 1, Way::SetCode),
        (NodeLimits::AnvilsOwn, 2 * CODE_LIMIT_BYTES, Way::SetCode),
    ] {
        let (_node, sender) = node(limits).await;
        let artifact = artifact(bytes);
        let created = create(&sender, &artifact, argument.as_slice()).await.unwrap();
        assert_eq!(created.way, way, "{bytes}");
        assert_eq!(created.address, sender.address().create(0));
        assert_eq!(stored(sender.chain(), &created).await, uint!(42_U256));
        let Receipt { gas_used, block, .. } = created.receipt;
        assert!(gas_used > 40_000 && block > 0);
    }
}

#[tokio::test]
async fn a_constructor_that_reverts_leaves_nothing() {
    for bytes in [CODE_LIMIT_BYTES, CODE_LIMIT_BYTES + 1] {
        let (_node, sender) = node(NodeLimits::AnvilsOwn).await;
        let error = create(&sender, &artifact(bytes), B256::ZERO.as_slice()).await.unwrap_err();
        let Error::Reverted { call, error, transaction: None } = error else {
            panic!("{error}");
        };
        assert_eq!((call.as_str(), error.name.as_str()), ("creation of Stored", "empty"));
        let code = sender.chain().code(sender.address().create(0)).await.unwrap();
        assert!(code.is_empty());
    }
}

#[tokio::test]
async fn an_account_without_funds_is_told_so() {
    let (_node, sender) = node(NodeLimits::Lifted).await;
    let poor = alloy::signers::local::PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).unwrap();
    let poor = Sender::new(sender.chain(), poor);
    let error = create(&poor, &artifact(100), B256::repeat_byte(1).as_slice()).await.unwrap_err();
    assert!(
        matches!(error, Error::InsufficientFunds { account, balance: U256::ZERO, .. }
            if account == poor.address()),
        "{error}"
    );
}
