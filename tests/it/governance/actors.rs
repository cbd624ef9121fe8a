//! Contracts that take part in governance: a wallet with one key, and an attacker.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolCall, SolEvent, SolValue},
};
use anyhow::{Result, ensure};
use datacoop_deploy::{bindings::ITreasury::execTransactionFromModuleCall, decode_error};
use datacoop_tests::{Dao, GOVERNANCE, create_raw, peer};

alloy::sol! {
    #![sol(all_derives)]

    /// `GovernanceActors.sol`.
    contract KeyWallet {
        function forward(address to, uint256 value, bytes calldata data) external returns (bytes memory);
        function setKey(address newKey) external;
    }

    /// `GovernanceActors.sol`.
    contract Attacker {
        struct Attempt {
            address to;
            bytes data;
        }

        event Attempted(uint256 indexed index, bool success, bytes output);

        function attempt(Attempt[] memory attempts) external;
        function plan(Attempt[] calldata attempts) external;
    }
}

use Attacker::{Attempt, Attempted, attemptCall, planCall};

/// Gas for every transaction.
const GAS: u64 = 100_000_000;

/// A wallet whose key is that of `key`.
pub(super) async fn key_wallet(dao: &Dao, key: Address) -> Result<Address> {
    let initcode = [peer("KeyWallet")?.bytecode.to_vec(), key.abi_encode()].concat();
    create_raw(dao.chain.provider(), GOVERNANCE, initcode.into()).await
}

/// Somebody's contract that tries things.
pub(super) struct Foe {
    pub(super) address: Address,
}

impl Foe {
    pub(super) async fn new(dao: &Dao) -> Result<Self> {
        let initcode = peer("Attacker")?.bytecode;
        Ok(Self { address: create_raw(dao.chain.provider(), GOVERNANCE, initcode).await? })
    }

    /// Has it try all in one transaction, and returns how each ended.
    pub(super) async fn attempts(
        &self,
        dao: &Dao,
        attempts: Vec<Attempt>,
    ) -> Result<Vec<Result<Bytes, String>>> {
        let receipt = send(dao, GOVERNANCE, self.address, &attemptCall { attempts }).await?;
        self.outcomes(&receipt)
    }

    /// Has it try all of this when it is called.
    pub(super) async fn plans(&self, dao: &Dao, attempts: Vec<Attempt>) -> Result<()> {
        send(dao, GOVERNANCE, self.address, &planCall { attempts }).await.map(drop)
    }

    /// How what it tried in a transaction ended: with an output, or with the name of an error.
    pub(super) fn outcomes(
        &self,
        receipt: &TransactionReceipt,
    ) -> Result<Vec<Result<Bytes, String>>> {
        let own = receipt.inner.logs().iter().filter(|log| log.address() == self.address);
        own.map(|log| {
            let Attempted { success, output, .. } = Attempted::decode_log_data(&log.inner.data)?;
            Ok(if success { Ok(output) } else { Err(decode_error(&output).name) })
        })
        .collect()
    }
}

/// Something to try.
pub(super) fn attempt<C: SolCall>(to: Address, call: &C) -> Attempt {
    Attempt { to, data: call.abi_encode().into() }
}

/// Sends a call that must succeed.
pub(super) async fn send<C: SolCall>(
    dao: &Dao,
    from: Address,
    to: Address,
    call: &C,
) -> Result<TransactionReceipt> {
    let request = TransactionRequest::default()
        .with_from(from)
        .with_to(to)
        .with_input(call.abi_encode())
        .with_gas_limit(GAS);
    let receipt: TransactionReceipt =
        dao.chain.provider().raw_request("eth_sendTransactionSync".into(), (request,)).await?;
    ensure!(receipt.status(), "{} failed", C::SIGNATURE);
    Ok(receipt)
}

/// A self-call of the treasury, as the timelock has it made.
pub(super) fn by_governance<C: SolCall>(dao: &Dao, call: &C) -> execTransactionFromModuleCall {
    execTransactionFromModuleCall {
        to: dao.treasury.address,
        value: U256::ZERO,
        data: call.abi_encode().into(),
        operation: 0,
    }
}
