//! Random operations: what governors, executors, guardians and attackers might send.

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256},
    sol_types::SolCall,
};
use datacoop_deploy::bindings::ITimelock::{
    cancelCall, getMinDelayCall, getRoleAdminCall, getTimestampCall, grantRoleCall, hasRoleCall,
    isOperationCall, isOperationDoneCall, isOperationPendingCall, isOperationReadyCall,
    onERC721ReceivedCall, onERC1155BatchReceivedCall, onERC1155ReceivedCall, renounceRoleCall,
    revokeRoleCall, scheduleBatchCall, supportsInterfaceCall, updateDelayCall,
};
use datacoop_tests::{Drive, random};
use rand::{Rng, seq::IndexedRandom};

use super::{
    calls::{
        Call, Plan, Target, callBackCall, cancelItselfCall, noteCall, reexecuteCall, refuseCall,
        refuseSilentlyCall,
    },
    world::{ACTORS, World},
};

/// The roles that there are.
pub(super) const ROLES: [fn() -> B256; 4] = [
    || B256::ZERO,
    || keccak256("PROPOSER_ROLE"),
    || keccak256("EXECUTOR_ROLE"),
    || keccak256("CANCELLER_ROLE"),
];

/// An operation, encoded for each twin.
#[derive(Debug)]
pub(super) struct Operation {
    /// Which of [`KINDS`] it is.
    pub(super) kind: &'static str,
    pub(super) drive: Drive,
}

/// A kind of operation.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Whether some of them succeed, and whether some fail, in any long run.
    pub(super) can_succeed: bool,
    pub(super) can_fail: bool,
    /// How often it is chosen, in relation to the others.
    weight: u32,
    make: fn(&mut World) -> Drive,
}

/// Every kind of operation there is.
pub(super) const KINDS: &[Kind] = &[
    kind("schedule", 24, schedule),
    kind("schedule again", 4, schedule_again),
    Kind { can_succeed: false, ..kind("lists of different lengths", 3, uneven) },
    kind("execute", 30, execute),
    kind("cancel", 7, cancel),
    Kind { can_succeed: false, ..kind("updateDelay by anybody", 2, update_delay) },
    kind("grantRole", 4, grant_role),
    kind("revokeRole", 3, revoke_role),
    kind("renounceRole", 2, renounce_role),
    Kind { can_fail: false, ..kind("view", 14, view) },
    Kind { can_fail: false, ..kind("hash", 4, hash) },
    Kind { can_fail: false, ..kind("receive", 4, receive) },
    kind("malformed calldata", 5, malformed),
    Kind { can_succeed: false, ..kind("unknown selector", 2, unknown_selector) },
    Kind { can_succeed: false, ..kind("ether sent along", 2, ether_sent_along) },
];

const fn kind(name: &'static str, weight: u32, make: fn(&mut World) -> Drive) -> Kind {
    Kind { name, can_succeed: true, can_fail: true, weight, make }
}

impl Operation {
    /// Draws the next operation.
    pub(super) fn random(world: &mut World) -> Self {
        let kind = KINDS
            .choose_weighted(&mut world.rng, |kind| kind.weight)
            .expect("the weights are not all zero");
        Self { kind: kind.name, drive: (kind.make)(world) }
    }
}

fn actor(world: &mut World) -> usize {
    world.rng.random_range(0..ACTORS)
}

/// Mostly one of those who may, sometimes anybody.
fn mostly(world: &mut World, who: &[usize]) -> usize {
    let right = *who.choose(&mut world.rng).expect("there are some");
    if world.rng.random_ratio(5, 6) { right } else { actor(world) }
}

fn role(world: &mut World) -> B256 {
    ROLES.choose(&mut world.rng).expect("there are some")()
}

fn who(world: &mut World) -> Address {
    match world.rng.random_range(0..8) {
        0 | 1 => Address::ZERO,
        2 | 3 => world.target,
        _ => {
            let index = actor(world);
            world.actor(index)
        }
    }
}

/// Calldata that changes roles or the delay.
fn administration(world: &mut World) -> Vec<u8> {
    let (role, account) = (role(world), who(world));
    match world.rng.random_range(0..4) {
        0 => grantRoleCall { role, account }.abi_encode(),
        1 if !role.is_zero() => revokeRoleCall { role, account }.abi_encode(),
        _ => {
            let delays = [0, 1, 60, 100, 200];
            let delay = *delays.choose(&mut world.rng).expect("there are some");
            updateDelayCall { newDelay: U256::from(delay) }.abi_encode()
        }
    }
}

/// A call of an operation; `terms` are those of the operation.
fn call(world: &mut World, (predecessor, salt): (B256, B256)) -> Call {
    let value = U256::from(world.rng.random_range(0..40_u8).saturating_sub(30));
    let (mut target, mut value) = (Target::Is(world.target), value);
    let len = world.rng.random_range(0..70);
    let bytes = Bytes::from(random::bytes(len, &mut world.rng));
    let data = match world.rng.random_range(0..24) {
        0 => refuseCall { code: U256::from(world.rng.random::<u8>()) }.abi_encode(),
        1 => refuseSilentlyCall {}.abi_encode(),
        2 | 3 => reexecuteCall { predecessor, salt }.abi_encode(),
        4 | 5 => cancelItselfCall { predecessor, salt }.abi_encode(),
        6 | 7 => callBackCall { data: administration(world).into() }.abi_encode(),
        8 | 9 => {
            let plan = world.recent_of_both();
            let data = plan.map(|plan| plan.execute(0, world.twins[0])).unwrap_or_default();
            callBackCall { data: data.into() }.abi_encode()
        }
        10..13 => {
            (target, value) = (Target::Itself, U256::ZERO);
            administration(world)
        }
        13 => {
            target = Target::Is(Address::repeat_byte(0xee)); // Nobody.
            bytes.to_vec()
        }
        14 => bytes.to_vec(),
        15 => {
            value = U256::MAX; // More than there is.
            noteCall { data: bytes }.abi_encode()
        }
        _ => noteCall { data: bytes }.abi_encode(),
    };
    Call { target, value, data: data.into() }
}

fn plan(world: &mut World) -> Plan {
    let salt = if world.rng.random() { B256::ZERO } else { world.rng.random::<[u8; 32]>().into() };
    let predecessor = match (world.rng.random_range(0..8), world.recent_of_both()) {
        (0, _) => [world.rng.random::<[u8; 32]>().into(); 2],
        (1 | 2, Some(before)) => before.ids(world.twins),
        _ => [B256::ZERO; 2],
    };
    let batch = world.rng.random_ratio(1, 3);
    let count = if batch { world.rng.random_range(0..4) } else { 1 };
    let calls = (0..count).map(|_| call(world, (predecessor[0], salt))).collect();
    Plan { calls, batch, predecessor, salt }
}

/// A delay, mostly one that will do.
fn delay(world: &mut World) -> U256 {
    match world.rng.random_range(0..10) {
        0 => U256::ZERO,
        1 => U256::MAX,
        2 => U256::from(world.rng.random_range(0..400)),
        3 => U256::from(u32::MAX),
        _ => U256::from([100, 101, 200][world.rng.random_range(0..3)]),
    }
}

fn schedule(world: &mut World) -> Drive {
    let (by, plan, delay) = (mostly(world, &[0, 1]), plan(world), delay(world));
    world.plans.push(plan.clone());
    world.drive(by, &plan, |twin, timelock| plan.schedule(twin, timelock, delay))
}

fn schedule_again(world: &mut World) -> Drive {
    let Some(plan) = world.recent() else { return schedule(world) };
    let (by, delay) = (mostly(world, &[0, 1]), delay(world));
    world.drive(by, &plan, |twin, timelock| plan.schedule(twin, timelock, delay))
}

fn uneven(world: &mut World) -> Drive {
    let lens: [usize; 3] = [0; 3].map(|_| world.rng.random_range(0..3));
    let longer = if lens[0] == lens[1] && lens[1] == lens[2] { 1 } else { 0 };
    let call = scheduleBatchCall {
        targets: vec![world.target; lens[0] + longer],
        values: vec![U256::ZERO; lens[1]],
        payloads: vec![Bytes::new(); lens[2]],
        predecessor: B256::ZERO,
        salt: B256::ZERO,
        delay: U256::MAX,
    };
    Drive::call(mostly(world, &[0, 1]), &call)
}

fn execute(world: &mut World) -> Drive {
    let Some(plan) = world.recent() else { return schedule(world) };
    let by = mostly(world, &[2]);
    let value = U256::from(world.rng.random_range(0..10_u8).saturating_sub(5));
    let drive = world.drive(by, &plan, |twin, timelock| plan.execute(twin, timelock));
    Drive { value, ..drive }
}

fn cancel(world: &mut World) -> Drive {
    let Some(plan) = world.recent() else { return schedule(world) };
    let (by, ids) = (mostly(world, &[0, 1]), plan.ids(world.twins));
    world.drive(by, &plan, |twin, _| cancelCall { id: ids[twin] }.abi_encode())
}

fn update_delay(world: &mut World) -> Drive {
    let by = actor(world);
    Drive::call(by, &updateDelayCall { newDelay: random::unsigned(256, &mut world.rng) })
}

fn grant_role(world: &mut World) -> Drive {
    let (by, role, account) = (mostly(world, &[0]), role(world), who(world));
    Drive::call(by, &grantRoleCall { role, account })
}

fn revoke_role(world: &mut World) -> Drive {
    let (by, role, account) = (mostly(world, &[0]), role(world), who(world));
    // Those who make the run what it is keep their roles; the others come and go.
    let index = (0..3).find(|index| world.actor(*index) == account);
    if role.is_zero() || index.is_some() {
        return grant_role(world);
    }
    Drive::call(by, &revokeRoleCall { role, account })
}

fn renounce_role(world: &mut World) -> Drive {
    let (role, named) = (role(world), actor(world));
    let confirmation = world.actor(named);
    Drive::call(3, &renounceRoleCall { role, callerConfirmation: confirmation })
}

fn view(world: &mut World) -> Drive {
    let by = actor(world);
    let (role, account) = (role(world), who(world));
    let Some(plan) = world.recent() else { return Drive::call(by, &getMinDelayCall {}) };
    let ids = plan.ids(world.twins);
    let encode: Box<dyn Fn(B256) -> Vec<u8>> = match world.rng.random_range(0..10) {
        0 => Box::new(|id| isOperationCall { id }.abi_encode()),
        1 => Box::new(|id| isOperationPendingCall { id }.abi_encode()),
        2 => Box::new(|id| isOperationReadyCall { id }.abi_encode()),
        3 => Box::new(|id| isOperationDoneCall { id }.abi_encode()),
        4 => Box::new(|id| getTimestampCall { id }.abi_encode()),
        5 => Box::new(|_| getMinDelayCall {}.abi_encode()),
        6 => Box::new(move |_| hasRoleCall { role, account }.abi_encode()),
        7 => Box::new(move |_| getRoleAdminCall { role }.abi_encode()),
        _ => {
            // Of AccessControl, ERC-165 and ERC-1155's receiver, the one that must not be, and any.
            const IDS: [u32; 4] = [0x7965_db0b, 0x01ff_c9a7, 0x4e23_12e0, 0xffff_ffff];
            let id = *IDS.choose(&mut world.rng).expect("there are some");
            let id = if world.rng.random() { id } else { world.rng.random() };
            Box::new(move |_| {
                supportsInterfaceCall { interfaceId: FixedBytes::from(id) }.abi_encode()
            })
        }
    };
    world.drive(by, &plan, |twin, _| encode(ids[twin]))
}

fn hash(world: &mut World) -> Drive {
    let (by, plan) = (actor(world), plan(world));
    world.drive(by, &plan, |twin, timelock| plan.hash(twin, timelock))
}

/// Ether without calldata, and tokens.
fn receive(world: &mut World) -> Drive {
    let (by, len) = (actor(world), world.rng.random_range(0..70));
    let data = Bytes::from(random::bytes(len, &mut world.rng));
    let (operator, from) = (who(world), who(world));
    let [id, value] = [0; 2].map(|_| random::unsigned(256, &mut world.rng));
    match world.rng.random_range(0..5) {
        0 => Drive::call(by, &onERC721ReceivedCall { operator, from, tokenId: id, data }),
        1 => Drive::call(by, &onERC1155ReceivedCall { operator, from, id, value, data }),
        2 => {
            let (ids, values) = (vec![id; len % 4], vec![value; len % 3]);
            Drive::call(by, &onERC1155BatchReceivedCall { operator, from, ids, values, data })
        }
        _ => Drive { actor: by, value: U256::from(len), ..Drive::default() },
    }
}

/// A call whose bytes were cut or lengthened, by somebody who may make it.
fn malformed(world: &mut World) -> Drive {
    let mut drive = match world.rng.random_range(0..3) {
        0 => grant_role(world),
        1 => receive(world),
        _ => {
            let plan = plan(world);
            world.drive(0, &plan, |twin, timelock| plan.hash(twin, timelock))
        }
    };
    let len = drive.data[0].len();
    let new_len = world.rng.random_range(1..=len + 40);
    drive.data = drive.data.map(|data| {
        let mut data = data.to_vec();
        data.resize(new_len, 0);
        data.into()
    });
    Drive { value: U256::ZERO, ..drive }
}

fn unknown_selector(world: &mut World) -> Drive {
    let len = world.rng.random_range(4..100);
    let data = Bytes::from(random::bytes(len, &mut world.rng));
    Drive { actor: actor(world), data: [data.clone(), data], ..Drive::default() }
}

fn ether_sent_along(world: &mut World) -> Drive {
    let drive = match world.rng.random_range(0..4) {
        0 => grant_role(world),
        1 => cancel(world),
        2 => view(world),
        _ => schedule_again(world),
    };
    Drive { value: U256::ONE, ..drive }
}
