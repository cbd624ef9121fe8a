//! The twins, whom they know, and what was last read of them.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::TransactionRequest,
    signers::local::PrivateKeySigner,
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::ITreasury::{
        getModulesPaginatedCall, getOwnersCall, getStorageAtCall, getThresholdCall, isOwnerCall,
        nonceCall,
    },
    chain::{Chain, Sender},
    contracts::TREASURY,
    deploy::create,
    keys::dev_account,
    treasury::SENTINEL,
};
use datacoop_tests::{Driver, GOVERNANCE, Random, artifact, create_raw, peer, random};
use rand::{Rng, seq::SliceRandom};

use super::{
    Tallies,
    consent::{Consent, Person, Twist},
    operation::Operation,
};

/// How many contracts call.
pub(super) const ACTORS: usize = 4;

/// How many of them can be owners; the last one never is.
const OWNING_ACTORS: usize = 3;

/// Ether that each twin has at first, in wei.
const ETHER: u64 = 1_000_000_000;

/// The byte that ends what the guards refuse.
pub(super) const MARK: u8 = 0xee;

/// The contracts that the twins meet.
#[derive(Clone, Debug)]
pub(super) struct Mocks {
    pub(super) target: Address,
    pub(super) library: Address,
    pub(super) guard: Address,
    /// Those that are no guards, each in its way.
    pub(super) bad_guards: Vec<Address>,
    pub(super) handler: Address,
    /// Tokens that cannot be paid in.
    pub(super) bad_tokens: Vec<Address>,
    /// Signs as ERC-1271 has it, and never is an owner.
    pub(super) contract: Address,
}

/// What was read before the batch, and is believed of the steps in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) owners: Vec<Address>,
    pub(super) threshold: usize,
    pub(super) modules: Vec<Address>,
    pub(super) nonce: U256,
}

pub(super) struct World {
    pub(super) twins: [Address; 2],
    pub(super) rng: Random,
    pub(super) mocks: Mocks,
    pub(super) known: Known,
    pub(super) people: Vec<Person>,
    /// A key that never is an owner's.
    pub(super) stranger: PrivateKeySigner,
    pub(super) driver: Driver,
    provider: DynProvider,
}

impl World {
    pub(super) async fn new(chain: &Chain, seed: u64) -> Result<Self> {
        let provider = chain.provider().clone();
        let driver = Driver::new(provider.clone(), ACTORS).await?;
        let mocks = Mocks::new(&provider).await?;
        let mut people = Vec::new();
        for index in 5..9 {
            people.push(Person::Key(dev_account(index)?));
        }
        people.extend(driver.actors[..OWNING_ACTORS].iter().copied().map(Person::Actor));
        for _ in 0..2 {
            people.push(Person::Signer(mock(&provider, "ActorMock", &[]).await?));
        }
        let owners = [0, 1, 4, 7].map(|index: usize| people[index].address()).to_vec();
        let terms = (owners, U256::from(2), Address::ZERO);
        let twins = twins(chain, &terms).await?;
        for twin in twins {
            provider.anvil_set_balance(twin, U256::from(ETHER)).await?;
        }
        let (rng, stranger) = (random::seeded(seed), dev_account(9)?);
        let known = Known::default();
        Ok(Self { twins, rng, mocks, known, people, stranger, driver, provider })
    }

    /// Runs a batch of random operations, which ends when one may change who must sign.
    pub(super) async fn run_batch(&mut self, most: usize, tallies: &mut Tallies) -> Result<()> {
        self.look().await?;
        let mut operations = Vec::new();
        while operations.len() < most {
            let operation = Operation::random(self)?;
            let last = operation.changes;
            operations.push(operation);
            if last {
                break;
            }
        }
        let drives: Vec<_> =
            operations.iter().flat_map(|operation| operation.drives.clone()).collect();
        let ends = self.driver.run(self.twins, &drives, &self.probes()).await;
        let ends = ends.with_context(|| describe(&operations))?;
        let mut rest = &ends[..];
        for operation in &operations {
            let (its, after) = rest.split_at(operation.drives.len());
            tallies.count(operation.kind, its);
            rest = after;
        }
        let [ours, peer] =
            [self.twins[0], self.twins[1]].map(|twin| self.provider.get_balance(twin));
        ensure!(ours.await? == peer.await?, "the balances differ");
        Ok(())
    }

    /// Reads who must sign.
    pub(super) async fn look(&mut self) -> Result<()> {
        let (start, size) = (SENTINEL, U256::from(50));
        self.known = Known {
            owners: self.ask(&getOwnersCall {}).await?,
            threshold: self.ask(&getThresholdCall {}).await?.to(),
            modules: self.ask(&getModulesPaginatedCall { start, pageSize: size }).await?.array,
            nonce: self.ask(&nonceCall {}).await?,
        };
        Ok(())
    }

    /// What ours answers.
    async fn ask<C: SolCall>(&self, call: &C) -> Result<C::Return> {
        let request = TransactionRequest::default()
            .to(self.twins[0])
            .input(Bytes::from(call.abi_encode()).into());
        Ok(C::abi_decode_returns(&self.provider.call(request).await?)?)
    }

    /// What is read of both twins after every step.
    fn probes(&self) -> Vec<Bytes> {
        let pages = getModulesPaginatedCall { start: SENTINEL, pageSize: U256::from(50) };
        let slot = |text: &str| {
            let offset = U256::from_be_bytes(keccak256(text).0);
            getStorageAtCall { offset, length: U256::ONE }.abi_encode()
        };
        let mut probes = vec![
            nonceCall {}.abi_encode(),
            getThresholdCall {}.abi_encode(),
            getOwnersCall {}.abi_encode(),
            pages.abi_encode(),
            getStorageAtCall { offset: U256::ZERO, length: U256::from(9) }.abi_encode(),
            slot("guard_manager.guard.address"),
            slot("module_manager.module_guard.address"),
            slot("fallback_manager.handler.address"),
        ];
        for person in &self.people {
            probes.push(isOwnerCall { owner: person.address() }.abi_encode());
        }
        probes.into_iter().map(Bytes::from).collect()
    }

    /// As many owners as must sign, any of them, and `more`.
    pub(super) fn signers(&mut self, more: usize) -> Vec<Person> {
        let is_owner = |person: &&Person| self.known.owners.contains(&person.address());
        let mut owners: Vec<_> = self.people.iter().filter(is_owner).cloned().collect();
        owners.shuffle(&mut self.rng);
        owners.truncate(self.known.threshold + more);
        owners
    }

    pub(super) fn consent(&mut self, people: Vec<Person>, twist: Twist) -> Consent {
        let strangers = (self.stranger.clone(), self.mocks.contract);
        Consent::new(people, twist, strangers, &mut self.rng)
    }

    /// Which actor an address is.
    pub(super) fn actor_at(&self, address: Address) -> Option<usize> {
        self.driver.actors.iter().position(|actor| *actor == address)
    }

    pub(super) fn any_actor(&mut self) -> usize {
        self.rng.random_range(0..ACTORS)
    }

    /// An account of any kind, also none.
    pub(super) fn anybody(&mut self) -> Address {
        match self.rng.random_range(0..16) {
            0 => Address::ZERO,
            1 => SENTINEL,
            2 => self.mocks.target,
            3 => self.stranger.address(),
            _ => self.people[self.rng.random_range(0..self.people.len())].address(),
        }
    }

    pub(super) fn word(&mut self) -> B256 {
        self.rng.random::<[u8; 32]>().into()
    }
}

impl Mocks {
    async fn new(provider: &DynProvider) -> Result<Self> {
        let mut bad_guards = Vec::new();
        for mode in 0..4 {
            bad_guards.push(mock(provider, "BadGuardMock", &U256::from(mode).abi_encode()).await?);
        }
        let mut bad_tokens = Vec::new();
        for manner in [2, 3, 4] {
            let arguments = U256::from(manner).abi_encode();
            bad_tokens.push(mock(provider, "TreasuryTokenMock", &arguments).await?);
        }
        let mut mark = [0; 32];
        mark[0] = MARK;
        Ok(Self {
            target: mock(provider, "TargetMock", &[]).await?,
            library: mock(provider, "LibraryMock", &[]).await?,
            guard: mock(provider, "GuardMock", &mark).await?,
            bad_guards,
            handler: mock(provider, "HandlerMock", &[]).await?,
            bad_tokens,
            contract: mock(provider, "ActorMock", &[]).await?,
        })
    }
}

/// Creates one of the mocks.
pub(super) async fn mock(provider: &DynProvider, name: &str, arguments: &[u8]) -> Result<Address> {
    let initcode = [&peer(name)?.bytecode[..], arguments].concat();
    create_raw(provider, GOVERNANCE, initcode.into()).await.context(name.to_owned())
}

/// Deploys both, ours with nothing beyond Safe switched on.
async fn twins(chain: &Chain, terms: &(Vec<Address>, U256, Address)) -> Result<[Address; 2]> {
    let (owners, threshold, handler) = terms.clone();
    let beyond = (Address::ZERO, U256::ZERO);
    let arguments = (owners, threshold, handler, beyond.0, beyond.1).abi_encode_params();
    let sender = Sender::new(chain, dev_account(0)?);
    let ours = create(&sender, &artifact(&TREASURY)?, &arguments).await?.address;
    let initcode = [&peer("TreasuryPeer")?.bytecode[..], &terms.abi_encode_params()].concat();
    Ok([ours, create_raw(chain.provider(), GOVERNANCE, initcode.into()).await?])
}

/// The operations of a batch, with the step that each begins at.
fn describe(operations: &[Operation]) -> String {
    let mut step = 0;
    let mut text = String::new();
    for operation in operations {
        text.push_str(&format!("{step}: {operation:?}\n"));
        step += operation.drives.len();
    }
    text
}
