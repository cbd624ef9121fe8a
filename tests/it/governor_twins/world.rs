//! Two chains that are alike in everything, addresses and times included, but for the governor's
//! code: what happens on one must happen on the other to the last byte.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, Log, U256, keccak256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
    sol_types::{SolCall, SolEvent, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{contracts::GOVERNOR, keys::dev_account, node::Node, node::NodeOptions};
use datacoop_tests::{GOVERNANCE, artifact, peer, start_node};

alloy::sol! {
    #![sol(all_derives)]

    contract GovernorWorldToken {
        function mint(address to, uint256 value) external;
        function delegate(address delegatee) external;
        function approve(address spender, uint256 value) external;
    }

    contract GovernorWorldTimelock {
        error TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates);

        function grantRole(bytes32 role, address account) external;
        function updateDelay(uint256 newDelay) external;
        function scheduleBatch(
            address[] calldata targets,
            uint256[] calldata values,
            bytes[] calldata payloads,
            bytes32 predecessor,
            bytes32 salt,
            uint256 delay
        ) external;
        function executeBatch(
            address[] calldata targets,
            uint256[] calldata values,
            bytes[] calldata payloads,
            bytes32 predecessor,
            bytes32 salt
        ) external payable;
        function cancel(bytes32 id) external;
    }

    contract GovernorWorldTarget {
        function set(uint256 newValue) external payable;
        function mirror(bytes calldata data) external payable returns (bytes memory);
    }

    contract GovernorWorldReenterer {
        function arm(address to, bytes calldata data) external;
        function done() external view returns (bool);
        function succeeded() external view returns (bool);
        function answer() external view returns (bytes memory);
    }

    contract GovernorWorldDriver {
        struct Step {
            uint256 actor;
            address to;
            uint256 value;
            bytes data;
        }

        event Ended(uint256 indexed step, bool success, bytes output);
        event Probed(uint256 indexed step, bytes32 state);

        function actors(uint256 index) external view returns (address);
        function run(Step[] calldata steps, address probed, bytes[] calldata probes) external;
    }
}

pub(super) use GovernorWorldDriver::Step;
use GovernorWorldDriver::{Ended, Probed, actorsCall, runCall};

/// How many contracts act; each votes by its owner's signature, too (ERC-1271).
pub(super) const ACTORS: usize = 6;

/// How many people vote by signature alone.
pub(super) const PEOPLE: usize = 3;

/// The actor that may schedule and cancel on the timelocks beside the governor.
pub(super) const OTHER_PROPOSER: usize = 5;

/// The terms on which the governors begin: seconds, and wei of the token.
pub(super) const VOTING_DELAY: u64 = 60;
pub(super) const VOTING_PERIOD: u32 = 900;
pub(super) const THRESHOLD: u64 = 1_000;
pub(super) const QUORUM_NUMERATOR: u64 = 20;
pub(super) const EXTENSION: u64 = 300;
pub(super) const MIN_DELAY: u64 = 120;

/// When the chains begin, in seconds since 1970.
const BEGINNING: u64 = 2_000_000_000;

/// Gas of every transaction.
const GAS: u64 = 900_000_000;

/// What proposals act on, and who acts: at the same addresses on both chains.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) driver: Address,
    pub(super) token: Address,
    pub(super) timelocks: [Address; 2],
    pub(super) target: Address,
    pub(super) governor: Address,
    pub(super) actors: Vec<Address>,
}

/// How a step ended on both chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) success: bool,
    pub(super) output: Bytes,
}

/// Two chains, ours first.
pub(super) struct World {
    providers: [DynProvider; 2],
    _nodes: [Node; 2],
    now: u64,
    pub(super) places: Places,
    /// The owners of actors, then people.
    pub(super) signers: Vec<PrivateKeySigner>,
}

impl World {
    /// Two chains with a governor, token, timelocks and target each; every voter holds votes.
    pub(super) async fn new() -> Result<Self> {
        let (ours, peers) = tokio::try_join!(
            start_node(NodeOptions::default()),
            start_node(NodeOptions::default())
        )?;
        let signers = (0..ACTORS + PEOPLE).map(dev_account).collect::<Result<Vec<_>, _>>()?;
        let mut world = Self {
            providers: [ours.1.provider().clone(), peers.1.provider().clone()],
            _nodes: [ours.0, peers.0],
            now: BEGINNING,
            places: Places {
                driver: Address::ZERO,
                token: Address::ZERO,
                timelocks: [Address::ZERO; 2],
                target: Address::ZERO,
                governor: Address::ZERO,
                actors: Vec::new(),
            },
            signers,
        };
        world.deploy().await?;
        world.distribute().await?;
        Ok(world)
    }

    async fn deploy(&mut self) -> Result<()> {
        let owners: Vec<_> = self.signers[..ACTORS].iter().map(PrivateKeySigner::address).collect();
        let ether = U256::from(10).pow(U256::from(20));
        let owners = (owners,).abi_encode_params();
        self.places.driver = self.create_peer("GovernorWorldDriver", &owners, ether).await?;
        for index in 0..ACTORS {
            let call = actorsCall { index: U256::from(index) };
            let actor = self.ask(self.places.driver, &call).await?;
            self.places.actors.push(actor);
        }
        self.places.token = self.create_peer("GovernorWorldToken", &[], U256::ZERO).await?;
        let nobody = Vec::<Address>::new();
        let anybody = vec![Address::ZERO];
        let arguments = (U256::from(MIN_DELAY), nobody, anybody, GOVERNANCE).abi_encode_params();
        for index in 0..2 {
            self.places.timelocks[index] =
                self.create_peer("GovernorWorldTimelock", &arguments, U256::ZERO).await?;
        }
        self.places.target = self.create_peer("GovernorWorldTarget", &[], U256::ZERO).await?;
        let voting = (
            self.places.token,
            self.places.timelocks[0],
            VOTING_DELAY,
            VOTING_PERIOD,
            U256::from(THRESHOLD),
            U256::from(QUORUM_NUMERATOR),
            EXTENSION,
        );
        let (token, timelock, delay, period, threshold, quorum, extension) = voting;
        let (guardian, expiry, uri) = (Address::ZERO, 0_u64, String::new());
        let ours =
            (token, timelock, delay, period, threshold, quorum, extension, guardian, expiry, uri);
        let ours = [artifact(&GOVERNOR)?.bytecode.to_vec(), ours.abi_encode_params()].concat();
        let peers = [peer("GovernorPeer")?.bytecode.to_vec(), voting.abi_encode_params()].concat();
        let creation = TransactionRequest::default().from(GOVERNANCE);
        let receipts = self
            .send([ours, peers].map(|code| creation.clone().with_deploy_code(code)))
            .await
            .context("the governors")?;
        self.places.governor = receipts[0].contract_address.context("no address")?;
        let [first, second] = self.places.timelocks;
        for provider in &self.providers {
            for account in [first, second, self.places.governor] {
                provider.anvil_set_balance(account, ether).await?;
            }
        }
        Ok(())
    }

    /// Gives roles, tokens and votes out.
    async fn distribute(&mut self) -> Result<()> {
        use GovernorWorldTimelock::grantRoleCall;
        use GovernorWorldToken::{delegateCall, mintCall};
        for timelock in self.places.timelocks {
            for role in ["PROPOSER_ROLE", "CANCELLER_ROLE"] {
                for account in [self.places.governor, self.places.actors[OTHER_PROPOSER]] {
                    let call = grantRoleCall { role: keccak256(role), account };
                    self.send_both(GOVERNANCE, timelock, call.abi_encode()).await?;
                }
            }
        }
        let mut steps = Vec::new();
        for (index, delegatee) in self.voters().into_iter().enumerate() {
            let value = U256::from(900 + 700 * (index as u64 % 4));
            let mint = mintCall { to: delegatee, value };
            steps.push(self.step(0, self.places.token, mint.abi_encode()));
            let delegate = delegateCall { delegatee };
            if index < ACTORS {
                steps.push(self.step(index, self.places.token, delegate.abi_encode()));
            } else {
                self.send_both(delegatee, self.places.token, delegate.abi_encode()).await?;
            }
        }
        let ends = self.run(&steps, &[]).await?;
        ensure!(ends.iter().all(|end| end.success), "{ends:?}");
        Ok(())
    }

    /// Everybody who has votes: actors, then people.
    pub(super) fn voters(&self) -> Vec<Address> {
        let people = self.signers[ACTORS..].iter().map(PrivateKeySigner::address);
        self.places.actors.iter().copied().chain(people).collect()
    }

    /// A step without ether.
    pub(super) fn step(&self, actor: usize, to: Address, data: Vec<u8>) -> Step {
        Step { actor: U256::from(actor), to, value: U256::ZERO, data: data.into() }
    }

    /// Lets time pass before the next transaction.
    pub(super) const fn wait(&mut self, secs: u64) {
        self.now += secs;
    }

    /// The time of the last transaction.
    pub(super) const fn now(&self) -> u64 {
        self.now
    }

    /// Runs steps on both chains, asking the governor with every probe after each, and returns how
    /// they ended, when nothing at all differs.
    pub(super) async fn run(&mut self, steps: &[Step], probes: &[Vec<u8>]) -> Result<Vec<End>> {
        let call = runCall {
            steps: steps.to_vec(),
            probed: self.places.governor,
            probes: probes.iter().map(|probe| Bytes::from(probe.clone())).collect(),
        };
        let request = self.request(GOVERNANCE, self.places.driver, call.abi_encode());
        let [ours, peers] = self.send([request.clone(), request]).await?;
        let [ours, peers] = [ours, peers].map(|receipt| logs_of(&receipt));
        let driver = self.places.driver;
        let mut ends = Vec::new();
        for index in 0..ours.len().max(peers.len()) {
            let (our, peer) = (ours.get(index), peers.get(index));
            let step = ends.len();
            ensure!(our == peer, "in step {step} ours logs {our:?}\nthe peer {peer:?}");
            let log = our.context("a log")?;
            if log.address != driver {
                continue;
            }
            if let Ok(ended) = Ended::decode_log(log) {
                let Ended { success, output, .. } = ended.data;
                ends.push(End { success, output });
            } else {
                Probed::decode_log(log)?;
            }
        }
        ensure!(ends.len() == steps.len(), "{} of {} steps", ends.len(), steps.len());
        Ok(ends)
    }

    /// Writes a slot on our chain alone: for the test that differences are noticed.
    pub(super) async fn tamper(&self, whom: Address, slot: U256, value: U256) -> Result<()> {
        let provider = &self.providers[0];
        Ok(provider.anvil_set_storage_at(whom, slot, value.into()).await.map(|_| ())?)
    }

    /// Sends a call by a person of its own, which succeeds, and returns the gas that ours and the
    /// peer used.
    pub(super) async fn gas(&mut self, from: Address, data: Vec<u8>) -> Result<[u64; 2]> {
        let request = self.request(from, self.places.governor, data);
        let receipts = self.send([request.clone(), request]).await?;
        Ok(receipts.map(|receipt| receipt.gas_used))
    }

    /// Asks our chain's contract.
    pub(super) async fn ask<C: SolCall>(&self, whom: Address, call: &C) -> Result<C::Return> {
        let request = TransactionRequest::default().to(whom).input(call.abi_encode().into());
        let answer = self.providers[0].call(request).await.context(C::SIGNATURE)?;
        Ok(C::abi_decode_returns_validate(&answer)?)
    }

    pub(super) async fn create_peer(
        &mut self,
        name: &str,
        arguments: &[u8],
        value: U256,
    ) -> Result<Address> {
        let code = [&peer(name)?.bytecode, arguments].concat();
        let creation =
            TransactionRequest::default().from(GOVERNANCE).value(value).with_deploy_code(code);
        let receipts = self.send([creation.clone(), creation]).await.context(name.to_owned())?;
        receipts[0].contract_address.context("no address")
    }

    async fn send_both(&mut self, from: Address, to: Address, data: Vec<u8>) -> Result<()> {
        let request = self.request(from, to, data);
        self.send([request.clone(), request]).await?;
        Ok(())
    }

    fn request(&self, from: Address, to: Address, data: Vec<u8>) -> TransactionRequest {
        TransactionRequest::default().from(from).to(to).input(Bytes::from(data).into())
    }

    /// Sends a transaction to each chain, in a block of the same time; both must succeed, create the
    /// same contract and log the same.
    async fn send(&mut self, requests: [TransactionRequest; 2]) -> Result<[TransactionReceipt; 2]> {
        self.now += 1;
        let [ours, peers] = requests.map(|request| request.with_gas_limit(GAS));
        let (ours, peers) = tokio::try_join!(
            mine(&self.providers[0], self.now, ours),
            mine(&self.providers[1], self.now, peers)
        )?;
        ensure!(ours.status() && peers.status(), "{}, {}", ours.status(), peers.status());
        ensure!(ours.contract_address == peers.contract_address, "different addresses");
        let created = ours.contract_address.is_some();
        ensure!(!created || logs_of(&ours) == logs_of(&peers), "constructors log differently");
        Ok([ours, peers])
    }
}

async fn mine(
    provider: &DynProvider,
    time: u64,
    request: TransactionRequest,
) -> Result<TransactionReceipt> {
    provider.anvil_set_next_block_timestamp(time).await?;
    Ok(provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?)
}

/// What was logged, and by whom.
fn logs_of(receipt: &TransactionReceipt) -> Vec<Log> {
    receipt.inner.logs().iter().map(|log| log.inner.clone()).collect()
}
