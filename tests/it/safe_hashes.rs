//! What owners sign must be the same for the tool, for our treasury, for Safe and for a wallet.

use alloy::{
    dyn_abi::{DynSolValue, JsonAbiExt},
    primitives::{Address, B256},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    chain::Sender,
    contracts::TREASURY,
    deploy::create,
    keys::dev_account,
    node::NodeOptions,
    treasury::{Operation, SafeTx, Treasury},
};
use datacoop_tests::{Random, artifact, create_raw, peer, random, start_node};
use ethers_core::types::transaction::eip712::{Eip712, TypedData};

/// How many random transactions are hashed.
const ROUNDS: usize = 32;

const SEED: u64 = 0x5afe_7a5e;

fn transaction(rng: &mut Random) -> SafeTx {
    let is_delegate_call = random::unsigned(1, rng).to::<u8>() == 1;
    let length = random::unsigned(7, rng).to::<usize>();
    SafeTx {
        to: random::address(rng),
        value: random::unsigned(256, rng),
        data: random::bytes(length, rng).into(),
        operation: if is_delegate_call { Operation::DelegateCall } else { Operation::Call },
        safe_tx_gas: random::unsigned(256, rng),
        base_gas: random::unsigned(256, rng),
        gas_price: random::unsigned(256, rng),
        gas_token: random::address(rng),
        refund_receiver: random::address(rng),
        nonce: random::unsigned(256, rng),
    }
}

/// The transaction as a wallet would be asked to sign it.
fn typed_data(transaction: &SafeTx, chain_id: u64, treasury: Address) -> Result<TypedData> {
    let field = |(name, kind): (&str, &str)| serde_json::json!({ "name": name, "type": kind });
    let fields = [
        ("to", "address"),
        ("value", "uint256"),
        ("data", "bytes"),
        ("operation", "uint8"),
        ("safeTxGas", "uint256"),
        ("baseGas", "uint256"),
        ("gasPrice", "uint256"),
        ("gasToken", "address"),
        ("refundReceiver", "address"),
        ("nonce", "uint256"),
    ];
    Ok(serde_json::from_value(serde_json::json!({
        "primaryType": "SafeTx",
        "types": {
            "EIP712Domain": [field(("chainId", "uint256")), field(("verifyingContract", "address"))],
            "SafeTx": fields.map(field),
        },
        "domain": { "chainId": chain_id.to_string(), "verifyingContract": treasury },
        "message": transaction,
    }))?)
}

#[test]
fn ethers_hashes_the_treasurys_transactions_alike() -> Result<()> {
    let rng = &mut random::seeded(SEED);
    for _ in 0..ROUNDS {
        let (chain_id, treasury) = (random::unsigned(60, rng).to::<u64>(), random::address(rng));
        let transaction = transaction(rng);
        let theirs = typed_data(&transaction, chain_id, treasury)?.encode_eip712()?;
        assert_eq!(transaction.hash(chain_id, treasury), B256::from(theirs), "{transaction:?}");
    }
    Ok(())
}

#[tokio::test]
async fn safe_and_our_treasury_hash_transactions_alike() -> Result<()> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let sender = Sender::new(&chain, dev_account(0)?);
    let owners = DynSolValue::Array(vec![DynSolValue::Address(sender.address())]);
    let zero = DynSolValue::Address(Address::ZERO);
    let number = |value: u64| DynSolValue::Uint(alloy::primitives::U256::from(value), 256);

    let arguments = [owners.clone(), number(1), zero.clone(), zero.clone(), number(0)];
    let arguments = TREASURY.encode_constructor(&arguments)?;
    let ours = create(&sender, &artifact(&TREASURY)?, &arguments).await?.address;
    let safe = peer("TreasuryPeer")?;
    let constructor = safe.abi.constructor().context("a constructor")?;
    let arguments = constructor.abi_encode_input(&[owners, number(1), zero])?;
    let initcode = [&safe.bytecode[..], &arguments].concat();
    let theirs = create_raw(chain.provider(), sender.address(), initcode.into()).await?;

    let rng = &mut random::seeded(SEED);
    for address in [ours, theirs] {
        let treasury = Treasury::new(&chain, address, 0);
        for _ in 0..ROUNDS {
            let transaction = transaction(rng);
            let hash = treasury.check_hash(&transaction).await?;
            assert_eq!(hash, transaction.hash(chain.id(), address));
        }
    }
    Ok(())
}
