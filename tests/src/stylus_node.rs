//! A node that answers as one of a Stylus chain does, for lack of one: an Anvil with stand-ins for the
//! precompiles and the deployer, and a proxy that lets programs run.
//!
//! Anvil runs no WASM, and creates no code that begins as a program does (EIP-3541). So when a
//! transaction or a simulation goes to a deployer, the program's EVM code, which the build translated from
//! the very module that the payload has in it, is put at the address where the program will be; the
//! deployer's stand-in checks, activates and constructs it there. Whoever asks for the code gets the
//! payload. A simulation has the code for its own length only; the code of a transaction that failed is
//! taken away.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use alloy::{
    consensus::{Transaction, TxEnvelope},
    eips::eip2718::Decodable2718,
    primitives::{Address, B256, Bytes, address, keccak256},
    sol,
    sol_types::SolCall,
};
use anyhow::{Context, Result, anyhow};
use datacoop_bench::peers::peer;
use datacoop_deploy::{
    chain::Chain,
    node::{Node, NodeOptions},
    stylus::{
        self, OWN_INITCODE, STYLUS_DEPLOYER, Salt,
        precompiles::{
            ARB_WASM, ARB_WASM_CACHE, ArbWasm, NODE_INTERFACE, StylusDeployer::deployCall,
        },
    },
    wasm,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    coop::{artifacts, start_node},
    rpc_proxy::{Hook, Reply, RpcProxy, Upstream},
};

/// Where the cache manager's stand-in is.
pub const CACHE_MANAGER: Address = address!("000000000000000000000000000000000000cac4");

/// The code of a JSON-RPC error for a method that there is not (JSON-RPC 2.0, 5.1).
const METHOD_NOT_FOUND: i64 = -32_601;

/// The code of Nitro's errors that are no reverts.
const SERVER_ERROR: i64 = -32_000;

/// Methods of Anvil that a node of a chain has not.
const DEV_METHODS: [&str; 3] = ["anvil_", "evm_", "hardhat_"];

sol! {
    /// What the stand-ins have for tests, and for the node.
    interface StandIns {
        function standInPlaced(address program) external view returns (bytes32 codehash);
        function testVersion(uint16 version) external;
        function testActivationGas(uint64 gas) external;
        function testFeePerByte(uint256 feeWei) external;
        function testAdmit(bytes32 codehash) external;
        function testWithoutManager() external;
        function testSize(uint64 size) external;
        function testPause() external;
    }
}

/// A Stylus chain of its own, gone when dropped.
#[derive(Debug)]
pub struct StylusNode {
    /// The Anvil behind it, whose clock may be changed.
    pub node: Node,
    /// The chain as its users reach it.
    pub chain: Chain,
    proxy: RpcProxy,
    upstream: Upstream,
}

impl StylusNode {
    /// Starts a Stylus chain.
    ///
    /// # Errors
    ///
    /// When building, starting or installing the stand-ins fails.
    pub async fn start() -> Result<Self> {
        Self::start_with(|hook| hook).await
    }

    /// Starts a Stylus chain whose requests go through the hook that `wrap` makes.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_with<H: Hook>(wrap: impl FnOnce(StylusHook) -> H) -> Result<Self> {
        let (node, _) = start_node(NodeOptions::default()).await?;
        let upstream = Upstream::new(&node.url())?;
        let hook = StylusHook::install(&upstream).await?;
        let proxy = RpcProxy::start(&node.url(), wrap(hook)).await?;
        let chain = Chain::connect(proxy.url()).await?;
        Ok(Self { node, chain, proxy, upstream })
    }

    /// Where its users reach it.
    #[must_use]
    pub fn url(&self) -> &str {
        self.proxy.url()
    }

    /// Calls what a stand-in has for tests.
    ///
    /// # Errors
    ///
    /// When the call fails.
    pub async fn set<C: SolCall>(&self, to: Address, call: C) -> Result<()> {
        let call =
            json!({"from": crate::GOVERNANCE, "to": to, "data": Bytes::from(call.abi_encode())});
        let receipt = self.upstream.ask("eth_sendTransactionSync", json!([call])).await?;
        anyhow::ensure!(receipt["status"] == "0x1", "{} failed", C::SIGNATURE);
        Ok(())
    }

    /// Takes the code at an address away, as if it had never been there.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn remove(&self, address: Address) -> Result<()> {
        set_code(&self.upstream, address, &Bytes::new()).await
    }

    /// Lets time pass.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn pass_days(&self, days: u64) -> Result<()> {
        self.upstream.ask("evm_increaseTime", json!([days * 86_400])).await?;
        self.upstream.ask("evm_mine", json!([])).await?;
        Ok(())
    }
}

/// A program of the suite.
#[derive(Debug)]
struct Program {
    payload: Bytes,
    evm_code: Bytes,
}

/// The programs of the suite, by the hash of their code.
static PROGRAMS: LazyLock<Result<HashMap<B256, Program>, String>> = LazyLock::new(|| {
    let artifacts = artifacts().map_err(|error| format!("{error:#}"))?;
    let program = |artifact: &datacoop_deploy::Artifact| {
        let payload = artifact.stylus_payload.clone();
        (keccak256(&payload), Program { payload, evm_code: artifact.deployed_bytecode.clone() })
    };
    Ok(artifacts.iter().map(program).collect())
});

fn programs() -> Result<&'static HashMap<B256, Program>> {
    PROGRAMS.as_ref().map_err(|error| anyhow!(error.clone()))
}

/// A program that will be at an address.
#[derive(Clone, Copy, Debug)]
struct Placement {
    address: Address,
    codehash: B256,
}

/// What is to be looked after once a transaction is mined.
#[derive(Clone, Copy, Debug)]
enum Pending {
    /// Whether the program is there; else its code is taken away.
    Program { transaction: B256, address: Address },
    /// Where our deployer is; its stand-in takes its place.
    Deployer { transaction: B256 },
}

#[derive(Debug, Default)]
struct State {
    /// Our deployers, by address, with their own code.
    deployers: HashMap<Address, Bytes>,
    pending: Vec<Pending>,
}

/// Makes an Anvil answer as a node of a Stylus chain.
#[derive(Clone, Debug)]
pub struct StylusHook {
    deployer_code: Bytes,
    state: Arc<Mutex<State>>,
}

impl StylusHook {
    /// Puts the stand-ins on a node.
    ///
    /// # Errors
    ///
    /// When they do not compile, or the node does not take them.
    pub async fn install(node: &Upstream) -> Result<Self> {
        let deployer_code = peer("StylusDeployerStandIn")?.deployed_bytecode;
        for (address, name) in [
            (ARB_WASM, "ArbWasmStandIn"),
            (ARB_WASM_CACHE, "ArbWasmCacheStandIn"),
            (CACHE_MANAGER, "CacheManagerStandIn"),
            (NODE_INTERFACE, "NodeInterfaceStandIn"),
        ] {
            set_code(node, address, &peer(name)?.deployed_bytecode).await?;
        }
        set_code(node, STYLUS_DEPLOYER, &deployer_code).await?;
        Ok(Self { deployer_code, state: Arc::default() })
    }

    /// The program that a call would put somewhere, if it would.
    fn placement(state: &State, to: Option<Address>, input: &[u8]) -> Result<Option<Placement>> {
        let Some(to) = to else { return Ok(None) };
        if to != STYLUS_DEPLOYER && !state.deployers.contains_key(&to) {
            return Ok(None);
        }
        let Ok(call) = deployCall::abi_decode(input) else { return Ok(None) };
        let (Some(payload), Ok(salt)) = (stylus::payload_of(&call.bytecode), Salt::new(call.salt))
        else {
            return Ok(None);
        };
        let codehash = keccak256(payload);
        let address = stylus::address(to, salt, &call.initData, call.initValue, &call.bytecode);
        Ok(programs()?.contains_key(&codehash).then_some(Placement { address, codehash }))
    }

    /// Looks after transactions that were mined in the meantime.
    async fn settle(&self, node: &Upstream) -> Result<()> {
        let mut state = self.state.lock().await;
        let mut left = Vec::new();
        for pending in std::mem::take(&mut state.pending) {
            let (Pending::Program { transaction, .. } | Pending::Deployer { transaction }) =
                pending;
            let receipt = node.ask("eth_getTransactionReceipt", json!([transaction])).await?;
            if receipt.is_null() {
                left.push(pending);
                continue;
            }
            match pending {
                Pending::Program { address, .. } => {
                    if placed(node, address, json!("latest")).await?.is_zero() {
                        set_code(node, address, &Bytes::new()).await?;
                    }
                }
                Pending::Deployer { .. } => {
                    let created = &receipt["contractAddress"];
                    let address = if created.is_null() {
                        stylus::own_deployer()
                    } else {
                        serde_json::from_value(created.clone())?
                    };
                    let code: Bytes = code(node, address, json!("latest")).await?;
                    if !code.is_empty() {
                        set_code(node, address, &self.deployer_code).await?;
                        state.deployers.insert(address, code);
                    }
                }
            }
        }
        state.pending = left;
        Ok(())
    }

    /// Passes a transaction on, with the code where it will be needed.
    async fn send(&self, node: &Upstream, request: &Value) -> Result<Value> {
        let (to, input) = transaction(request).context("no transaction")?;
        let mut state = self.state.lock().await;
        let placement = Self::placement(&state, to, &input)?;
        if let Some(Placement { address, codehash }) = placement
            && placed(node, address, json!("latest")).await?.is_zero()
        {
            let program = programs()?.get(&codehash).context("no such program")?;
            set_code(node, address, &program.evm_code).await?;
            // A created contract begins with nonce 1 (EIP-161).
            node.ask("anvil_setNonce", json!([address, "0x1"])).await?;
        }
        let answer = node.pass(request).await?;
        let result = &answer["result"];
        // The methods that wait answer with the receipt.
        let hash = result.get("transactionHash").unwrap_or(result);
        let transaction = serde_json::from_value::<B256>(hash.clone()).unwrap_or_default();
        match placement {
            Some(Placement { address, .. })
                if transaction.is_zero()
                    && placed(node, address, json!("latest")).await?.is_zero() =>
            {
                set_code(node, address, &Bytes::new()).await?;
            }
            Some(_) if transaction.is_zero() => {}
            Some(Placement { address, .. }) => {
                state.pending.push(Pending::Program { transaction, address });
            }
            None if input.ends_with(&OWN_INITCODE) && !transaction.is_zero() => {
                state.pending.push(Pending::Deployer { transaction });
            }
            None => {}
        }
        Ok(answer)
    }

    /// Passes a simulation on, with the code for its length.
    async fn simulate(&self, node: &Upstream, mut request: Value) -> Result<Value> {
        let call = request["params"][0].clone();
        let (to, input) = (address_of(&call["to"]), input_of(&call));
        if to == Some(ARB_WASM)
            && let Some(reason) = refusal(&input, &request["params"][2])
        {
            return Ok(error(&request, SERVER_ERROR, &reason));
        }
        let placement = Self::placement(&*self.state.lock().await, to, &input)?;
        if let Some(Placement { address, codehash }) = placement
            && placed(node, address, json!("latest")).await?.is_zero()
        {
            let program = programs()?.get(&codehash).context("no such program")?;
            let params = request["params"].as_array_mut().context("no parameters")?;
            params.resize(params.len().max(2), json!("latest"));
            params.resize(params.len().max(3), json!({}));
            params[2][address.to_string()]["code"] = json!(program.evm_code);
        }
        node.pass(&request).await
    }

    /// Answers with the payload where a program is, and with the code of our deployers.
    async fn code(&self, node: &Upstream, request: &Value) -> Result<Value> {
        let address = address_of(&request["params"][0]).context("no address")?;
        let block = request["params"].get(1).cloned().unwrap_or_else(|| json!("latest"));
        let codehash = placed(node, address, block).await?;
        let own = self.state.lock().await.deployers.get(&address).cloned();
        let known = programs()?.get(&codehash).map(|program| program.payload.clone());
        match known.or(own) {
            Some(code) => Ok(json!({"jsonrpc": "2.0", "id": request["id"], "result": code})),
            None => node.pass(request).await,
        }
    }
}

impl Hook for StylusHook {
    async fn answer(&self, node: &Upstream, request: Value) -> Result<Reply> {
        let method = request["method"].as_str().unwrap_or_default().to_owned();
        if DEV_METHODS.iter().any(|prefix| method.starts_with(prefix)) {
            let reason = format!("the method {method} does not exist/is not available");
            return Ok(Reply::Answer(error(&request, METHOD_NOT_FOUND, &reason)));
        }
        self.settle(node).await?;
        let answer = match method.as_str() {
            "eth_sendRawTransaction" | "eth_sendRawTransactionSync" => {
                let answer = self.send(node, &request).await?;
                self.settle(node).await?;
                answer
            }
            "eth_call" | "eth_estimateGas" => self.simulate(node, request).await?,
            "eth_getCode" => self.code(node, &request).await?,
            _ => node.pass(&request).await?,
        };
        Ok(Reply::Answer(answer))
    }
}

/// What a signed transaction calls, and with what.
fn transaction(request: &Value) -> Option<(Option<Address>, Bytes)> {
    let raw: Bytes = serde_json::from_value(request["params"][0].clone()).ok()?;
    let transaction = TxEnvelope::decode_2718(&mut raw.as_ref()).ok()?;
    Some((transaction.to(), transaction.input().clone()))
}

/// Why the chain would not compile a program whose activation is simulated, if so. The stand-in of
/// the precompile cannot know.
fn refusal(input: &[u8], overrides: &Value) -> Option<String> {
    let program = ArbWasm::activateProgramCall::abi_decode(input).ok()?.program;
    let (_, account) = overrides.as_object()?.iter().find(|(key, _)| key.parse() == Ok(program))?;
    let code: Bytes = serde_json::from_value(account["code"].clone()).ok()?;
    let failed = |reason: &dyn std::fmt::Display| format!("program activation failed: {reason}");
    match wasm::decompress(&code) {
        // The stand-in refuses what is no program.
        Err(datacoop_deploy::Error::NotAPayload) => None,
        Err(error) => Some(failed(&error)),
        Ok(module) => {
            let report = wasm::check(&module, &wasm::Limits::default());
            report.violations.first().map(|violation| failed(violation))
        }
    }
}

fn error(request: &Value, code: i64, message: &str) -> Value {
    let error = json!({"code": code, "message": message});
    json!({"jsonrpc": "2.0", "id": request["id"], "error": error})
}

fn address_of(value: &Value) -> Option<Address> {
    serde_json::from_value(value.clone()).ok()
}

fn input_of(call: &Value) -> Bytes {
    let data = call.get("input").or_else(|| call.get("data")).cloned().unwrap_or_default();
    serde_json::from_value(data).unwrap_or_default()
}

/// The hash of the payload of the program at an address; zero when there is none.
async fn placed(node: &Upstream, program: Address, block: Value) -> Result<B256> {
    let data = Bytes::from(StandIns::standInPlacedCall { program }.abi_encode());
    let call = json!([{"to": ARB_WASM, "data": data}, block]);
    let answer: Bytes = serde_json::from_value(node.ask("eth_call", call).await?)?;
    // Without the precompile there are no programs.
    Ok(StandIns::standInPlacedCall::abi_decode_returns(&answer).unwrap_or_default())
}

async fn code(node: &Upstream, address: Address, block: Value) -> Result<Bytes> {
    Ok(serde_json::from_value(node.ask("eth_getCode", json!([address, block])).await?)?)
}

async fn set_code(node: &Upstream, address: Address, code: &Bytes) -> Result<()> {
    node.ask("anvil_setCode", json!([address, code])).await.map(drop)
}
