//! What GOV and the timelock cost beside their Solidity peers, on one Anvil: no action more than
//! twice as much.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::{
        IGovToken::{
            burnCall, delegateCall, grantRoleCall, mintCall, setTransferPolicyCall, transferCall,
        },
        ITimelock::{
            cancelCall, executeBatchCall, executeCall, hashOperationCall, scheduleBatchCall,
            scheduleCall,
        },
    },
    chain::Sender,
    contracts::{Contract, GOV_TOKEN, TIMELOCK},
    deploy::create,
    keys::dev_account,
    node::{Node, NodeOptions},
};
use datacoop_tests::{ALICE, BOB, GOVERNANCE, artifact, create_raw, peer, start_node};

/// The most that ours may cost, in hundredths of the peer's gas.
const LIMIT_PERCENT: u64 = 200;

/// Gas for every transaction.
const GAS: u64 = 15_000_000;

/// Ours and the peer, on one chain.
struct Pair {
    _node: Node,
    provider: DynProvider,
    addresses: [Address; 2],
    costs: Vec<(&'static str, [u64; 2])>,
}

impl Pair {
    async fn new(contract: Contract, ours: Vec<u8>, name: &str, peers: Vec<u8>) -> Result<Self> {
        let (node, chain) = start_node(NodeOptions::default()).await?;
        let sender = Sender::new(&chain, dev_account(0)?);
        let ours = create(&sender, &artifact(&contract)?, &ours).await?.address;
        let initcode = [peer(name)?.bytecode.to_vec(), peers].concat();
        let provider = chain.provider().clone();
        let addresses = [ours, create_raw(&provider, GOVERNANCE, initcode.into()).await?];
        Ok(Self { _node: node, provider, addresses, costs: Vec::new() })
    }

    /// Sends a call to ours alone.
    async fn prepare(&self, call: &impl SolCall) -> Result<()> {
        self.send(0, GOVERNANCE, call).await.map(|_| ())
    }

    /// Sends a call to both and notes what it cost.
    async fn measure(
        &mut self,
        action: &'static str,
        from: Address,
        call: &impl SolCall,
    ) -> Result<()> {
        let costs = [self.send(0, from, call).await?, self.send(1, from, call).await?];
        self.costs.push((action, costs));
        Ok(())
    }

    /// Sends a call a second after the last one, or both twins would not see a new checkpoint alike.
    async fn send(&self, twin: usize, from: Address, call: &impl SolCall) -> Result<u64> {
        let request = TransactionRequest::default()
            .from(from)
            .to(self.addresses[twin])
            .input(Bytes::from(call.abi_encode()).into())
            .with_gas_limit(GAS);
        let latest = self.provider.get_block(BlockId::latest()).await?.context("no block")?;
        let next = latest.header.timestamp + 1;
        self.provider.anvil_set_next_block_timestamp(next).await?;
        let receipt: TransactionReceipt =
            self.provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?;
        ensure!(receipt.status(), "the call failed");
        Ok(receipt.gas_used)
    }

    fn check(&self) -> Result<()> {
        let mut excess = Vec::new();
        for (action, [ours, peer]) in &self.costs {
            let percent = ours * 100 / peer;
            eprintln!("{action:<40} {ours:>8} {peer:>8} {percent:>4} %");
            if percent > LIMIT_PERCENT {
                excess.push(*action);
            }
        }
        ensure!(excess.is_empty(), "more than {LIMIT_PERCENT} %: {excess:?}");
        Ok(())
    }
}

#[tokio::test]
async fn gov_costs_at_most_twice_its_peer() -> Result<()> {
    let (supply, cap) = (U256::from(1_000_000), U256::from(10_000_000));
    let buckets = (vec![keccak256("all")], vec![GOVERNANCE], vec![supply]);
    let ours = (GOVERNANCE, cap, Address::ZERO, buckets.0, buckets.1, buckets.2);
    let peers = ("Datacoop Governance", "GOV", GOVERNANCE, cap, GOVERNANCE, supply);
    let (ours, peers) = (ours.abi_encode_params(), peers.abi_encode_params());
    let mut pair = Pair::new(GOV_TOKEN, ours, "GovTokenPeer", peers).await?;
    pair.prepare(&setTransferPolicyCall { policy: 0 }).await?;
    let transfer = |to| transferCall { to, value: U256::from(1_000) };
    pair.measure("transfer, first, nobody delegates", GOVERNANCE, &transfer(ALICE)).await?;
    pair.measure("transfer, nobody delegates", GOVERNANCE, &transfer(ALICE)).await?;
    pair.measure("delegate, first", GOVERNANCE, &delegateCall { delegatee: GOVERNANCE }).await?;
    pair.measure("delegate, first, of another", ALICE, &delegateCall { delegatee: ALICE }).await?;
    pair.measure("transfer, both delegate", GOVERNANCE, &transfer(ALICE)).await?;
    pair.measure("transfer, both delegate, again", GOVERNANCE, &transfer(ALICE)).await?;
    pair.measure("delegate to somebody else", ALICE, &delegateCall { delegatee: BOB }).await?;
    let role = keccak256("MINTER_ROLE");
    pair.measure("grantRole", GOVERNANCE, &grantRoleCall { role, account: GOVERNANCE }).await?;
    let mint = mintCall { to: ALICE, amount: U256::from(5) };
    pair.measure("mint, delegated", GOVERNANCE, &mint).await?;
    pair.measure("burn, delegated", ALICE, &burnCall { value: U256::from(5) }).await?;
    pair.check()
}

#[tokio::test]
async fn the_timelock_costs_at_most_twice_its_peer() -> Result<()> {
    let everybody = (vec![GOVERNANCE], vec![GOVERNANCE]);
    let arguments = (U256::from(10), everybody.0, everybody.1, GOVERNANCE).abi_encode_params();
    let mut pair = Pair::new(TIMELOCK, arguments.clone(), "TimelockPeer", arguments).await?;
    let (target, value, predecessor, delay) = (BOB, U256::ZERO, B256::ZERO, U256::from(10));
    let data = Bytes::from(vec![7; 68]);
    let schedule = |salt: u64| scheduleCall {
        target,
        value,
        data: data.clone(),
        predecessor,
        salt: U256::from(salt).into(),
        delay,
    };
    let (targets, values) = (vec![BOB; 3], vec![value; 3]);
    let payloads = vec![data.clone(); 3];
    let batch = scheduleBatchCall {
        targets: targets.clone(),
        values: values.clone(),
        payloads: payloads.clone(),
        predecessor,
        salt: B256::ZERO,
        delay,
    };
    pair.measure("schedule, first", GOVERNANCE, &schedule(0)).await?;
    pair.measure("schedule, with a salt", GOVERNANCE, &schedule(1)).await?;
    pair.measure("schedule, with another salt", GOVERNANCE, &schedule(2)).await?;
    pair.measure("scheduleBatch of three", GOVERNANCE, &batch).await?;
    let hash = hashOperationCall {
        target,
        value,
        data: data.clone(),
        predecessor,
        salt: U256::from(1).into(),
    };
    let id = keccak256(&hash.abi_encode()[4..]);
    pair.measure("cancel", GOVERNANCE, &cancelCall { id }).await?;
    let latest = pair.provider.get_block(BlockId::latest()).await?.context("no block")?;
    pair.provider.anvil_set_next_block_timestamp(latest.header.timestamp + 100).await?;
    pair.provider.evm_mine(None).await?;
    let execute = |salt: u64| executeCall {
        target,
        value,
        payload: data.clone(),
        predecessor,
        salt: U256::from(salt).into(),
    };
    pair.measure("execute, the first of three", GOVERNANCE, &execute(0)).await?;
    pair.measure("execute", GOVERNANCE, &execute(2)).await?;
    let salt = B256::ZERO;
    let batch = executeBatchCall { targets, values, payloads, predecessor, salt };
    pair.measure("executeBatch of three, the last", GOVERNANCE, &batch).await?;
    pair.check()
}
