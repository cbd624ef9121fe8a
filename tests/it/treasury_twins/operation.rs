//! Random operations: what owners, modules, strangers and attackers might send.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::ITreasury::{
        VERSIONCall, addOwnerWithThresholdCall, approveHashCall, approvedHashesCall,
        changeThresholdCall, checkNSignatures_0Call, checkNSignatures_1Call, checkSignatures_0Call,
        checkSignatures_1Call, disableModuleCall, domainSeparatorCall, enableModuleCall,
        execTransactionFromModuleCall, execTransactionFromModuleReturnDataCall,
        getModulesPaginatedCall, getStorageAtCall, getTransactionHashCall, isModuleEnabledCall,
        removeOwnerCall, setFallbackHandlerCall, setGuardCall, setModuleGuardCall, setupCall,
        signedMessagesCall, simulateAndRevertCall, swapOwnerCall,
    },
    treasury::{SENTINEL, SafeTx},
};
use datacoop_tests::{Drive, random};
use rand::{Rng, seq::IndexedRandom};

use super::{
    calls::{self, Deed, IMocks},
    consent::{Consent, Twist},
    world::World,
};

/// The chain's id: Anvil's own.
pub(super) const CHAIN_ID: u64 = 31_337;

/// An operation: the calls of both twins, of which the last is the one that counts.
#[derive(Debug)]
pub(super) struct Operation {
    /// Which of [`KINDS`] it is.
    pub(super) kind: &'static str,
    pub(super) drives: Vec<Drive>,
    /// Whether it may change who must sign.
    pub(super) changes: bool,
}

/// What a kind makes.
struct Made {
    drives: Vec<Drive>,
    changes: bool,
}

impl From<Drive> for Made {
    fn from(drive: Drive) -> Self {
        Self { drives: vec![drive], changes: false }
    }
}

/// A kind of operation.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Whether some of them succeed, and whether some fail, in any long run.
    pub(super) can_succeed: bool,
    pub(super) can_fail: bool,
    /// How often it is chosen, in relation to the others.
    weight: u32,
    make: fn(&mut World) -> Result<Made>,
}

/// Every kind of operation there is.
pub(super) const KINDS: &[Kind] = &[
    kind("execute", 24, execute),
    kind("manage", 26, manage),
    Kind { can_succeed: false, ..kind("execute with bad signatures", 22, execute_badly) },
    Kind { can_fail: false, ..kind("execute, come what may", 7, execute_failing) },
    Kind { can_succeed: false, ..kind("refund that cannot be", 6, refund) },
    Kind { can_succeed: false, ..kind("execute with too little gas", 3, too_little_gas) },
    kind("execute from module", 16, module),
    kind("manage from module", 5, manage_from_module),
    kind("check signatures", 12, check),
    kind("check without a threshold", 6, check_unset),
    kind("approveHash", 4, approve),
    Kind { can_succeed: false, ..kind("manage by anybody", 3, manage_by_anybody) },
    Kind { can_succeed: false, ..kind("enemy of the owners", 10, enemy) },
    kind("view", 16, view),
    Kind { can_succeed: false, ..kind("simulateAndRevert", 4, simulate) },
    Kind { can_fail: false, ..kind("receive ether", 3, receive) },
    kind("fallback", 8, fallback),
    kind("malformed calldata", 5, malformed),
    Kind { can_succeed: false, ..kind("ether sent along", 3, ether_sent_along) },
];

const fn kind(name: &'static str, weight: u32, make: fn(&mut World) -> Result<Made>) -> Kind {
    Kind { name, can_succeed: true, can_fail: true, weight, make }
}

impl Operation {
    /// Draws the next operation.
    pub(super) fn random(world: &mut World) -> Result<Self> {
        let kind = KINDS
            .choose_weighted(&mut world.rng, |kind| kind.weight)
            .expect("the weights are not all zero");
        let Made { drives, changes } = (kind.make)(world)?;
        Ok(Self { kind: kind.name, drives, changes })
    }
}

/// Lets the owners execute a deed, after those of them who must have approved its hash.
fn by_owners(world: &mut World, deed: &Deed, twist: Twist) -> Result<Made> {
    // What spoils one signature must spoil one that is looked at.
    let more = if twist.is_harmless() { world.rng.random_range(0..2) } else { 0 };
    let people = world.signers(more);
    let consent = world.consent(people, twist);
    let executor = world.any_actor();
    let nonce = world.known.nonce;
    let plans = world.twins.map(|twin| SafeTx { nonce, ..deed.of(twin) });
    let hashes = [0, 1].map(|twin| plans[twin].hash(CHAIN_ID, world.twins[twin]));
    let mut drives = approvals(world, &consent, executor, hashes);
    let sender = world.driver.actors[executor];
    let mut drive = Drive { actor: executor, ..Drive::default() };
    for (twin, tx) in plans.into_iter().enumerate() {
        let signatures = consent.bytes(hashes, twin)?;
        let address = world.twins[twin];
        let told = deed.told(address, &signatures, sender);
        drive.own[twin] = vec![hashes[twin], told];
        drive.data[twin] = tx.exec_call(signatures).abi_encode().into();
    }
    drives.push(drive);
    Ok(Made { drives, changes: deed.changes })
}

/// The owners that call approve, but the one that executes.
fn approvals(world: &World, consent: &Consent, executor: usize, hashes: [B256; 2]) -> Vec<Drive> {
    let actors = consent.approving().filter_map(|actor| world.actor_at(actor));
    actors
        .filter(|actor| *actor != executor)
        .map(|actor| Drive {
            actor,
            data: hashes.map(|hash| approveHashCall { hashToApprove: hash }.abi_encode().into()),
            own: hashes.map(|hash| vec![hash]),
            ..Drive::default()
        })
        .collect()
}

fn execute(world: &mut World) -> Result<Made> {
    let (deed, twist) = (calls::any(world), Twist::harmless(&mut world.rng));
    let made = by_owners(world, &deed, twist)?;
    if deed.good {
        world.known.nonce += U256::ONE;
    }
    Ok(made)
}

fn manage(world: &mut World) -> Result<Made> {
    let (deed, twist) = (calls::management(world), Twist::harmless(&mut world.rng));
    by_owners(world, &deed, twist)
}

fn execute_badly(world: &mut World) -> Result<Made> {
    let (mut deed, twist) = (calls::any(world), Twist::harmful(&mut world.rng));
    // One signature is in order, and its own double.
    if world.known.threshold == 1 && matches!(twist, Twist::Twice | Twist::Reversed) {
        deed.tx.safe_tx_gas = U256::MAX;
    }
    by_owners(world, &deed, twist)
}

/// With gas of its own, a transaction that fails uses its nonce up.
fn execute_failing(world: &mut World) -> Result<Made> {
    let mut deed = calls::any(world);
    while deed.data.last() == Some(&super::world::MARK) {
        deed = calls::any(world);
    }
    deed.tx.safe_tx_gas = U256::from(300_000);
    let made = by_owners(world, &deed, Twist::None)?;
    world.known.nonce += U256::ONE;
    Ok(made)
}

/// A payment that overflows, or that is refused.
fn refund(world: &mut World) -> Result<Made> {
    let mut deed = calls::any(world);
    let tx = &mut deed.tx;
    (tx.safe_tx_gas, tx.gas_price) = (U256::from(300_000), U256::ONE);
    let tokens = &world.mocks.bad_tokens;
    match world.rng.random_range(0..6) {
        0 => tx.base_gas = U256::MAX,
        1 => {
            tx.gas_token = tokens[0];
            tx.gas_price = U256::MAX;
        }
        // It has no function that takes ether.
        2 | 3 => tx.refund_receiver = world.mocks.library,
        _ => tx.gas_token = *tokens.choose(&mut world.rng).expect("there are some"),
    }
    by_owners(world, &deed, Twist::None)
}

fn too_little_gas(world: &mut World) -> Result<Made> {
    let mut deed = calls::any(world);
    let amounts = [U256::from(1_u64 << 40), U256::ONE << 200, U256::ONE << 255, U256::MAX];
    deed.tx.safe_tx_gas = *amounts.choose(&mut world.rng).expect("there are some");
    by_owners(world, &deed, Twist::None)
}

/// Mostly a module that calls.
fn module_actor(world: &mut World) -> usize {
    let modules: Vec<_> =
        world.known.modules.iter().filter_map(|module| world.actor_at(*module)).collect();
    match modules.choose(&mut world.rng) {
        Some(actor) if world.rng.random_ratio(5, 6) => *actor,
        _ => world.any_actor(),
    }
}

/// Lets a module execute a deed.
fn by_module(world: &mut World, deed: &Deed) -> Made {
    let actor = module_actor(world);
    let sender = world.driver.actors[actor];
    let with_data = world.rng.random();
    let mut drive = Drive { actor, ..Drive::default() };
    for (twin, address) in world.twins.into_iter().enumerate() {
        let SafeTx { to, value, data, operation, .. } = deed.of(address);
        let operation = operation.into();
        drive.own[twin] = vec![deed.told_of_module(address, sender)];
        drive.data[twin] = if with_data {
            execTransactionFromModuleReturnDataCall { to, value, data, operation }.abi_encode()
        } else {
            execTransactionFromModuleCall { to, value, data, operation }.abi_encode()
        }
        .into();
    }
    Made { drives: vec![drive], changes: deed.changes }
}

fn module(world: &mut World) -> Result<Made> {
    let deed = calls::any(world);
    Ok(by_module(world, &deed))
}

fn manage_from_module(world: &mut World) -> Result<Made> {
    let deed = calls::management(world);
    Ok(by_module(world, &deed))
}

fn check(world: &mut World) -> Result<Made> {
    let harmless = world.rng.random_ratio(2, 3);
    let rng = &mut world.rng;
    let twist = if harmless { Twist::harmless(rng) } else { Twist::harmful(rng) };
    let people = world.signers(1);
    let consent = world.consent(people, twist);
    let (hash, actor) = (world.word(), world.any_actor());
    let executor = world.anybody();
    let signatures = consent.bytes([hash; 2], 0)?;
    let mut drives = approvals(world, &consent, actor, [hash; 2]);
    let required = match world.rng.random_range(0..8) {
        0 => U256::MAX,
        1 => U256::MAX / U256::from(65),
        _ => U256::from(world.rng.random_range(0..5)),
    };
    let data = Bytes::from_static(b"ignored");
    drives.push(match world.rng.random_range(0..4) {
        0 => Drive::call(actor, &checkSignatures_0Call { executor, dataHash: hash, signatures }),
        1 => Drive::call(actor, &checkSignatures_1Call { dataHash: hash, data, signatures }),
        2 => Drive::call(
            actor,
            &checkNSignatures_0Call {
                executor,
                dataHash: hash,
                signatures,
                requiredSignatures: required,
            },
        ),
        _ => Drive::call(
            actor,
            &checkNSignatures_1Call {
                dataHash: hash,
                data,
                signatures,
                requiredSignatures: required,
            },
        ),
    });
    Ok(Made { drives, changes: false })
}

/// A library takes the threshold away, somebody checks, the library puts it back.
fn check_unset(world: &mut World) -> Result<Made> {
    let threshold = world.known.threshold as u64;
    let Some(module) = world.known.modules.iter().find_map(|module| world.actor_at(*module)) else {
        // First there must be a module that calls.
        let module = world.driver.actors[world.driver.actors.len() - 1];
        let deed = Deed::itself(&enableModuleCall { module });
        return by_owners(world, &deed, Twist::None);
    };
    let write = |deed: Deed| {
        let SafeTx { to, value, data, operation, .. } = deed.of(Address::ZERO);
        let operation = operation.into();
        Drive::call(module, &execTransactionFromModuleCall { to, value, data, operation })
    };
    let away = write(calls::write(world, 4, 0));
    let back = write(calls::write(world, 4, threshold));
    let (executor, hash) = (Address::ZERO, world.word());
    let call = checkSignatures_0Call { executor, dataHash: hash, signatures: Bytes::new() };
    let check = Drive::call(module, &call);
    // The last call is the one that counts: it fails as nobody has signed.
    Ok(Made { drives: vec![away, check.clone(), back, check], changes: false })
}

fn approve(world: &mut World) -> Result<Made> {
    let (actor, hash) = (world.any_actor(), world.word());
    Ok(Drive::call(actor, &approveHashCall { hashToApprove: hash }).into())
}

fn manage_by_anybody(world: &mut World) -> Result<Made> {
    let (deed, actor) = (calls::management(world), world.any_actor());
    Ok(Drive { actor, data: [deed.data.clone(), deed.data], ..Drive::default() }.into())
}

/// What would break the lists of owners and modules, brick a guard, or make the treasury its own
/// fallback handler.
fn enemy(world: &mut World) -> Result<Made> {
    let owners = world.known.owners.clone();
    let first = owners[0];
    let second = owners.get(1).copied().unwrap_or(first);
    let which = world.rng.random_range(0..11);
    let module = world.known.modules.first().copied().unwrap_or(SENTINEL);
    let no_guard = world.mocks.bad_guards[0];
    let threshold = U256::ONE;
    let data = world.twins.map(|twin| match which {
        0 => addOwnerWithThresholdCall { owner: twin, _threshold: threshold }.abi_encode(),
        1 => setFallbackHandlerCall { handler: twin }.abi_encode(),
        2 => addOwnerWithThresholdCall { owner: first, _threshold: threshold }.abi_encode(),
        3 => addOwnerWithThresholdCall { owner: SENTINEL, _threshold: threshold }.abi_encode(),
        4 => {
            let call = swapOwnerCall { prevOwner: SENTINEL, oldOwner: first, newOwner: second };
            call.abi_encode()
        }
        5 => {
            let call = removeOwnerCall { prevOwner: first, owner: first, _threshold: threshold };
            call.abi_encode()
        }
        6 => enableModuleCall { module }.abi_encode(),
        7 => disableModuleCall { prevModule: first, module }.abi_encode(),
        8 => setGuardCall { guard: no_guard }.abi_encode(),
        9 => setModuleGuardCall { moduleGuard: no_guard }.abi_encode(),
        _ => changeThresholdCall { _threshold: U256::ZERO }.abi_encode(),
    });
    // One deed for each twin, as calldata differs.
    let mut parts = Vec::new();
    for data in data {
        let call = changeThresholdCall { _threshold: U256::ONE };
        parts.push(Deed { data: data.into(), changes: false, ..Deed::itself(&call) });
    }
    let (seed, known) = (world.rng.clone(), world.known.clone());
    let ours = by_owners(world, &parts[0], Twist::None)?;
    (world.rng, world.known) = (seed, known);
    let peers = by_owners(world, &parts[1], Twist::None)?;
    let drives = ours.drives.into_iter().zip(peers.drives).map(|(ours, peer)| {
        let ([data, _], [_, other]) = (ours.data, peer.data);
        let ([own, _], [_, others]) = (ours.own, peer.own);
        Drive { actor: ours.actor, value: ours.value, data: [data, other], own: [own, others] }
    });
    Ok(Made { drives: drives.collect(), changes: false })
}

fn view(world: &mut World) -> Result<Made> {
    let actor = world.any_actor();
    let (account, hash) = (world.anybody(), world.word());
    let size = U256::from(world.rng.random_range(0..3));
    let start = if world.rng.random_ratio(2, 3) { SENTINEL } else { account };
    let offset = U256::from(world.rng.random_range(0..30));
    let length = U256::from(world.rng.random_range(0..40));
    let drive = match world.rng.random_range(0..10) {
        0 => Drive::call(actor, &VERSIONCall {}),
        1 => Drive::call(actor, &signedMessagesCall { messageHash: hash }),
        2 => Drive::call(actor, &approvedHashesCall { owner: account, messageHash: hash }),
        3 => Drive::call(actor, &isModuleEnabledCall { module: account }),
        4 | 8 | 9 => Drive::call(actor, &getModulesPaginatedCall { start, pageSize: size }),
        5 => Drive::call(actor, &getStorageAtCall { offset, length }),
        6 => domain(world, actor),
        _ if world.rng.random() => transaction_hash(world, actor),
        _ => {
            let call = setupCall {
                _owners: vec![account],
                _threshold: U256::ONE,
                to: account,
                data: Bytes::new(),
                fallbackHandler: Address::ZERO,
                paymentToken: Address::ZERO,
                payment: U256::ZERO,
                paymentReceiver: Address::ZERO,
            };
            Drive::call(actor, &call)
        }
    };
    Ok(drive.into())
}

/// What binds signatures to each twin.
fn domain(world: &World, actor: usize) -> Drive {
    let kind = keccak256("EIP712Domain(uint256 chainId,address verifyingContract)");
    let own = world.twins.map(|twin| vec![keccak256((kind, CHAIN_ID, twin).abi_encode())]);
    Drive { own, ..Drive::call(actor, &domainSeparatorCall {}) }
}

fn transaction_hash(world: &mut World, actor: usize) -> Drive {
    let deed = calls::any(world);
    let nonce = random::unsigned(256, &mut world.rng);
    let gas = random::unsigned(256, &mut world.rng);
    let mut drive = Drive { actor, ..Drive::default() };
    for (twin, address) in world.twins.into_iter().enumerate() {
        let tx = SafeTx { nonce, base_gas: gas, ..deed.of(address) };
        drive.own[twin] = vec![tx.hash(CHAIN_ID, address)];
        let call = getTransactionHashCall {
            to: tx.to,
            value: tx.value,
            data: tx.data,
            operation: tx.operation.into(),
            safeTxGas: tx.safe_tx_gas,
            baseGas: tx.base_gas,
            gasPrice: tx.gas_price,
            gasToken: tx.gas_token,
            refundReceiver: tx.refund_receiver,
            _nonce: tx.nonce,
        };
        drive.data[twin] = call.abi_encode().into();
    }
    drive
}

fn simulate(world: &mut World) -> Result<Made> {
    let len = world.rng.random_range(0..70);
    let data = Bytes::from(random::bytes(len, &mut world.rng));
    let call = match world.rng.random_range(0..4) {
        0 => IMocks::refuseCall { data }.abi_encode(),
        1 => IMocks::writeCall { slot: world.word(), value: world.word() }.abi_encode(),
        _ => IMocks::noteCall { data }.abi_encode(),
    };
    let code = [world.mocks.library, world.mocks.target, world.stranger.address()];
    let target = *code.choose(&mut world.rng).expect("there are some");
    let call = simulateAndRevertCall { targetContract: target, calldataPayload: call.into() };
    Ok(Drive::call(world.any_actor(), &call).into())
}

fn receive(world: &mut World) -> Result<Made> {
    let value = U256::from(world.rng.random_range(0..1_000));
    Ok(Drive { actor: world.any_actor(), value, ..Drive::default() }.into())
}

fn fallback(world: &mut World) -> Result<Made> {
    let len = world.rng.random_range(1..100);
    let mut data = random::bytes(len, &mut world.rng);
    data[0] = 0xff; // None of the functions begins so.
    let data = Bytes::from(data);
    Ok(Drive { actor: world.any_actor(), data: [data.clone(), data], ..Drive::default() }.into())
}

/// A call whose bytes were cut or lengthened.
fn malformed(world: &mut World) -> Result<Made> {
    let mut made = match world.rng.random_range(0..3) {
        0 => view(world)?,
        1 => check(world)?,
        _ => execute_badly(world)?,
    };
    if let Some(drive) = made.drives.last_mut() {
        let new_len = world.rng.random_range(4..=drive.data[0].len() + 40);
        drive.data = drive.data.clone().map(|data| {
            let mut data = data.to_vec();
            data.resize(new_len, 0);
            data.into()
        });
    }
    Ok(made)
}

fn ether_sent_along(world: &mut World) -> Result<Made> {
    let mut made = match world.rng.random_range(0..3) {
        0 => view(world)?,
        1 => manage_by_anybody(world)?,
        _ => fallback(world)?,
    };
    for drive in &mut made.drives {
        drive.value = U256::ONE;
    }
    Ok(made)
}
