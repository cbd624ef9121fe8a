//! Random operations: what voters, their wallets and attackers might send.

use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256};
use datacoop_deploy::bindings::IGovToken::{
    CLOCK_MODECall, allowanceCall, approveCall, balanceOfCall, burnCall, burnFromCall, capCall,
    checkpointsCall, clockCall, decimalsCall, delegateCall, delegatesCall, eip712DomainCall,
    getPastTotalSupplyCall, getPastVotesCall, getRoleAdminCall, getVotesCall, grantRoleCall,
    hasRoleCall, mintCall, nameCall, noncesCall, numCheckpointsCall, renounceRoleCall,
    revokeRoleCall, supportsInterfaceCall, symbolCall, transferCall, transferFromCall,
};
use datacoop_tests::{Drive, random};
use rand::{Rng, seq::IndexedRandom};

use super::{
    signed::{FORGERIES, Forgery},
    world::{ACTORS, World},
};

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
    kind("transfer", 20, transfer),
    kind("transferFrom", 14, transfer_from),
    kind("approve", 8, approve),
    Kind { can_fail: false, ..kind("delegate", 16, delegate) },
    Kind {
        can_fail: false,
        ..kind("delegateBySig", 8, |world| delegate_by_sig(world, Forgery::None))
    },
    kind("forged delegateBySig", 10, |world| {
        let forgery = *FORGERIES.choose(&mut world.rng).expect("there are some");
        delegate_by_sig(world, forgery)
    }),
    kind("permit", 8, |world| permit(world, Forgery::None)),
    Kind {
        can_succeed: false,
        ..kind("forged permit", 8, |world| {
            let forgery = *FORGERIES.choose(&mut world.rng).expect("there are some");
            permit(world, forgery)
        })
    },
    kind("mint", 8, mint),
    kind("burn", 6, burn),
    kind("burnFrom", 6, burn_from),
    kind("grantRole", 3, grant_role),
    kind("revokeRole", 3, revoke_role),
    kind("renounceRole", 3, renounce_role),
    kind("past", 14, past),
    kind("checkpoints", 6, checkpoints),
    Kind { can_fail: false, ..kind("view", 10, view) },
    kind("malformed calldata", 8, malformed),
    Kind { can_succeed: false, ..kind("unknown selector", 2, unknown_selector) },
    Kind { can_succeed: false, ..kind("ether sent along", 3, ether_sent_along) },
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

/// Mostly the administrator, who holds most roles; sometimes anybody.
fn somebody_with_power(world: &mut World) -> usize {
    if world.rng.random_ratio(3, 4) { 0 } else { actor(world) }
}

/// An address that is not the twin's own: mostly somebody's, sometimes nobody's.
fn who(world: &mut World) -> Address {
    let people = world.people();
    match world.rng.random_range(0..20) {
        0 => Address::ZERO,
        1 => Address::repeat_byte(world.rng.random_range(1..4)),
        _ => *people.choose(&mut world.rng).expect("there are some"),
    }
}

/// An amount near what `holder` has, or at one of the edges.
fn amount(world: &mut World, holder: usize) -> U256 {
    let balance = world.standings[holder].balance;
    match world.rng.random_range(0..12) {
        0 => U256::ZERO,
        1 => balance,
        2 => balance.saturating_add(U256::ONE),
        3 => U256::MAX,
        4 => random::unsigned(256, &mut world.rng),
        5 | 6 => U256::from(world.rng.random_range(1..1_000_u64)),
        _ => balance / U256::from(world.rng.random_range(2..50_u64)),
    }
}

fn role(world: &mut World) -> B256 {
    match world.rng.random_range(0..6) {
        0 | 1 => B256::ZERO,
        2..=4 => keccak256("MINTER_ROLE"),
        _ => keccak256("NO_SUCH_ROLE"),
    }
}

fn transfer(world: &mut World) -> Drive {
    let (from, to) = (actor(world), who(world));
    let value = amount(world, from);
    Drive::call(from, &transferCall { to, value })
}

fn transfer_from(world: &mut World) -> Drive {
    let (by, owner, to) =
        (actor(world), world.rng.random_range(0..world.standings.len()), who(world));
    let (from, value) = (world.person(owner), amount(world, owner));
    Drive::call(by, &transferFromCall { from, to, value })
}

fn approve(world: &mut World) -> Drive {
    let (owner, spender) = (actor(world), who(world));
    let value = amount(world, owner);
    Drive::call(owner, &approveCall { spender, value })
}

fn delegate(world: &mut World) -> Drive {
    let (by, delegatee) = (actor(world), who(world));
    Drive::call(by, &delegateCall { delegatee })
}

fn delegate_by_sig(world: &mut World, forgery: Forgery) -> Drive {
    let (by, delegatee) = (actor(world), who(world));
    match world.signer() {
        Some(signer) => world.delegation(by, signer, delegatee, forgery),
        None => Drive::call(by, &delegateCall { delegatee }),
    }
}

fn permit(world: &mut World, forgery: Forgery) -> Drive {
    let (by, spender) = (actor(world), who(world));
    // Without a signer left, an old signature in a wrong way is as good.
    match world.signer() {
        Some(owner) => {
            let value = amount(world, ACTORS + owner);
            world.permit(by, owner, (spender, value), forgery)
        }
        None => {
            let value = amount(world, by);
            world.permit(by, 0, (spender, value), Forgery::GarbageV)
        }
    }
}

fn mint(world: &mut World) -> Drive {
    let (by, to) = (somebody_with_power(world), who(world));
    let room = world.cap.saturating_sub(world.supply);
    let amount = match world.rng.random_range(0..10) {
        0 => U256::ZERO,
        1 => U256::MAX,
        2 => U256::ONE << 208,
        3 => room.saturating_add(U256::ONE),
        4 => U256::from(1).wrapping_shl(208).saturating_sub(world.supply),
        _ => random::unsigned(70, &mut world.rng).min(room),
    };
    Drive::call(by, &mintCall { to, amount })
}

fn burn(world: &mut World) -> Drive {
    let from = actor(world);
    let value = amount(world, from);
    Drive::call(from, &burnCall { value })
}

fn burn_from(world: &mut World) -> Drive {
    let (by, owner) = (actor(world), world.rng.random_range(0..world.standings.len()));
    let (account, value) = (world.person(owner), amount(world, owner));
    Drive::call(by, &burnFromCall { account, value })
}

fn grant_role(world: &mut World) -> Drive {
    let (by, role, account) = (somebody_with_power(world), role(world), who(world));
    Drive::call(by, &grantRoleCall { role, account })
}

fn revoke_role(world: &mut World) -> Drive {
    let (by, role, account) = (somebody_with_power(world), role(world), who(world));
    if role.is_zero() && account == world.person(0) {
        return grant_role(world); // The administrator stays, or nothing could be granted again.
    }
    Drive::call(by, &revokeRoleCall { role, account })
}

fn renounce_role(world: &mut World) -> Drive {
    let (by, role) = (actor(world), role(world));
    let named = if by == 0 || world.rng.random() { 1 } else { by };
    let confirmation = world.person(named);
    Drive::call(by, &renounceRoleCall { role, callerConfirmation: confirmation })
}

/// A time: past, present, future or none at all.
fn timepoint(world: &mut World) -> U256 {
    let now = world.now;
    let recorded = *world.past.choose(&mut world.rng).expect("there are some");
    match world.rng.random_range(0..10) {
        0 => U256::from(now),
        1 => U256::from(now + 1),
        2 => random::unsigned(256, &mut world.rng),
        3 => U256::from(now - 1),
        // The twins were made one block after the other: between, they differ.
        4 if recorded > world.past[0] => U256::from(recorded - 1),
        4 => U256::ZERO,
        5 => U256::from(world.rng.random_range(world.past[0]..now)),
        _ => U256::from(recorded),
    }
}

fn past(world: &mut World) -> Drive {
    let (by, account, timepoint) = (actor(world), who(world), timepoint(world));
    if world.rng.random_ratio(2, 3) {
        Drive::call(by, &getPastVotesCall { account, timepoint })
    } else {
        Drive::call(by, &getPastTotalSupplyCall { timepoint })
    }
}

fn checkpoints(world: &mut World) -> Drive {
    let (by, account) = (actor(world), who(world));
    let pos = if world.rng.random_ratio(1, 8) { u32::MAX } else { world.rng.random_range(0..20) };
    Drive::call(by, &checkpointsCall { account, pos })
}

fn view(world: &mut World) -> Drive {
    let (by, account, owner, role) = (actor(world), who(world), who(world), role(world));
    match world.rng.random_range(0..17) {
        0 => Drive::call(by, &nameCall {}),
        1 => Drive::call(by, &symbolCall {}),
        2 => Drive::call(by, &decimalsCall {}),
        3 => Drive::call(by, &capCall {}),
        4 => Drive::call(by, &clockCall {}),
        5 => Drive::call(by, &CLOCK_MODECall {}),
        6 => Drive::call(by, &eip712DomainCall {}),
        7 => Drive::call(by, &balanceOfCall { account }),
        8 => Drive::call(by, &allowanceCall { owner, spender: account }),
        9 => Drive::call(by, &noncesCall { owner }),
        10 => Drive::call(by, &hasRoleCall { role, account }),
        11 => Drive::call(by, &getRoleAdminCall { role }),
        12 => Drive::call(by, &numCheckpointsCall { account }),
        13 => Drive::call(by, &getVotesCall { account }),
        14 | 15 => Drive::call(by, &delegatesCall { account }),
        _ => {
            // Of AccessControl and of ERC-165, the one that must not be, and any other.
            const IDS: [u32; 3] = [0x7965_db0b, 0x01ff_c9a7, 0xffff_ffff];
            let id = *IDS.choose(&mut world.rng).expect("there are some");
            let id = if world.rng.random() { id } else { world.rng.random() };
            Drive::call(by, &supportsInterfaceCall { interfaceId: FixedBytes::from(id) })
        }
    }
}

/// A well-formed call whose bytes were cut, lengthened or changed in one place.
fn malformed(world: &mut World) -> Drive {
    const MAKERS: [fn(&mut World) -> Drive; 7] =
        [transfer, transfer_from, approve, delegate, past, checkpoints, view];
    let maker = *MAKERS.choose(&mut world.rng).expect("there are some");
    let mut drive = maker(world);
    let len = drive.data[0].len();
    let mut data = drive.data[0].to_vec();
    if len > 4 && world.rng.random() {
        // Above an address, where nothing may be.
        let word = world.rng.random_range(0..(len - 4) / 32);
        data[4 + 32 * word + world.rng.random_range(0..12)] ^= world.rng.random_range(1..=u8::MAX);
    } else {
        let (new_len, fill) = (world.rng.random_range(1..=len + 40), world.rng.random());
        data.resize(new_len, fill);
    }
    drive.data = [Bytes::from(data.clone()), Bytes::from(data)];
    drive
}

fn unknown_selector(world: &mut World) -> Drive {
    let len = world.rng.random_range(4..100);
    let data = Bytes::from(random::bytes(len, &mut world.rng));
    Drive { actor: actor(world), data: [data.clone(), data], ..Drive::default() }
}

fn ether_sent_along(world: &mut World) -> Drive {
    let drive = match world.rng.random_range(0..5) {
        0 => transfer(world),
        1 => approve(world),
        2 => view(world),
        3 => delegate(world),
        _ => Drive { actor: actor(world), ..Drive::default() },
    };
    Drive { value: U256::ONE, ..drive }
}
