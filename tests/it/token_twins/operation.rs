//! Random operations: what an ERC-20's users, attackers and broken wallets might send.

use alloy::{
    primitives::{Address, B256, Bytes, FixedBytes, U256, keccak256},
    sol_types::SolCall,
};
use datacoop_deploy::bindings::IDataToken::{
    allowanceCall, approveCall, balanceOfCall, burnCall, burnFromCall, decimalsCall,
    eip712DomainCall, getRoleAdminCall, grantRoleCall, hasRoleCall, mintCall, nameCall, noncesCall,
    pauseCall, pausedCall, renounceRoleCall, revokeRoleCall, supportsInterfaceCall, symbolCall,
    totalSupplyCall, transferCall, transferFromCall, unpauseCall,
};
use datacoop_tests::{Random, Request, random};
use rand::{Rng, seq::IndexedRandom};

use super::world::{ACTORS, World};

/// An operation, encoded for each twin.
#[derive(Debug)]
pub(super) struct Operation {
    /// Which of [`KINDS`] it is.
    pub(super) kind: &'static str,
    /// The call of ours and of the peer.
    pub(super) requests: [Request; 2],
    /// Whose permit it spends if it succeeds.
    pub(super) permit_of: Option<usize>,
}

/// A kind of operation.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// Whether some of them succeed, and whether some fail, in any long run.
    pub(super) can_succeed: bool,
    pub(super) can_fail: bool,
    /// How often it is chosen, in relation to the others.
    weight: u32,
    make: fn(&mut World) -> Draft,
}

/// Every kind of operation there is.
pub(super) const KINDS: &[Kind] = &[
    kind("transfer", 18, transfer),
    kind("transferFrom", 16, transfer_from),
    kind("approve", 10, approve),
    kind("permit", 8, |world| permit(world, Forgery::None)),
    Kind { can_succeed: false, ..kind("forged permit", 12, forged_permit) },
    kind("burn", 6, burn),
    kind("burnFrom", 6, burn_from),
    kind("mint", 8, mint),
    kind("pause", 2, pause),
    kind("unpause", 6, unpause),
    kind("grantRole", 6, grant_role),
    kind("revokeRole", 4, revoke_role),
    kind("renounceRole", 3, renounce_role),
    Kind { can_fail: false, ..kind("view", 12, view) },
    kind("malformed calldata", 12, malformed),
    Kind { can_succeed: false, ..kind("unknown selector", 3, unknown_selector) },
    Kind { can_succeed: false, ..kind("ether sent along", 4, ether_sent_along) },
];

const fn kind(name: &'static str, weight: u32, make: fn(&mut World) -> Draft) -> Kind {
    Kind { name, can_succeed: true, can_fail: true, weight, make }
}

/// How a permit is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forgery {
    None,
    Expired,
    WrongSigner,
    Replayed,
    HighS,
    GarbageV,
    GarbageRs,
    DirtyV,
}

/// A call before it is known which twin gets it: calldata and own words may depend on its address.
pub(super) struct Draft {
    from: usize,
    value: U256,
    encoded: [Encoded; 2],
    permit_of: Option<usize>,
}

/// Calldata, and the words that only this twin can answer with.
#[derive(Clone, Default)]
pub(super) struct Encoded {
    pub(super) data: Vec<u8>,
    pub(super) own: Vec<B256>,
}

impl Operation {
    /// Draws the next operation.
    pub(super) fn random(world: &mut World) -> Self {
        let kind = KINDS
            .choose_weighted(&mut world.rng, |kind| kind.weight)
            .expect("the weights are not all zero");
        let draft = (kind.make)(world);
        let requests = draft.encoded.map(|encoded| Request {
            from: world.actor(draft.from),
            value: draft.value,
            data: Bytes::from(encoded.data),
            own: encoded.own,
        });
        Self { kind: kind.name, requests, permit_of: draft.permit_of }
    }
}

impl Draft {
    /// `call` by `from`, encoded for each twin's address.
    fn new<C: SolCall>(world: &World, from: usize, call: impl Fn(Address) -> C) -> Self {
        let encode = |twin| Encoded { data: call(twin).abi_encode(), own: Vec::new() };
        Self::raw(from, world.twins.addresses.map(encode))
    }

    const fn raw(from: usize, encoded: [Encoded; 2]) -> Self {
        Self { from, value: U256::ZERO, encoded, permit_of: None }
    }
}

/// An address that an operation names.
#[derive(Clone, Copy)]
enum Who {
    Is(Address),
    /// The token itself, whichever twin it is.
    Token,
}

impl Who {
    fn random(world: &mut World) -> Self {
        match world.rng.random_range(0..20) {
            0 => Self::Is(Address::ZERO),
            1 => Self::Token,
            2 | 3 => Self::Is(*world.strangers.choose(&mut world.rng).expect("there are some")),
            _ => {
                let index = any_actor(world);
                Self::Is(world.actor(index))
            }
        }
    }

    const fn of(self, twin: Address) -> Address {
        match self {
            Self::Is(address) => address,
            Self::Token => twin,
        }
    }
}

fn any_actor(world: &mut World) -> usize {
    world.rng.random_range(0..ACTORS)
}

/// Mostly the administrator, who holds most roles; sometimes anybody.
fn somebody_with_power(world: &mut World) -> usize {
    if world.rng.random_ratio(3, 4) { 0 } else { any_actor(world) }
}

/// An amount near what `holder` has, or at one of the edges.
fn amount(world: &mut World, holder: usize) -> U256 {
    let balance = world.balances[holder];
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

fn role(rng: &mut Random) -> B256 {
    match rng.random_range(0..8) {
        0 | 1 => B256::ZERO,
        2..=4 => keccak256("MINTER_ROLE"),
        5 | 6 => keccak256("PAUSER_ROLE"),
        _ => keccak256("NO_SUCH_ROLE"),
    }
}

fn transfer(world: &mut World) -> Draft {
    let (from, to) = (any_actor(world), Who::random(world));
    let value = amount(world, from);
    Draft::new(world, from, |twin| transferCall { to: to.of(twin), value })
}

fn transfer_from(world: &mut World) -> Draft {
    let (by, owner, to) = (any_actor(world), any_actor(world), Who::random(world));
    let value = amount(world, owner);
    let from = if world.rng.random_ratio(1, 20) { Who::Token } else { Who::Is(world.actor(owner)) };
    Draft::new(world, by, |twin| transferFromCall { from: from.of(twin), to: to.of(twin), value })
}

fn approve(world: &mut World) -> Draft {
    let (owner, spender) = (any_actor(world), Who::random(world));
    let value = amount(world, owner);
    Draft::new(world, owner, |twin| approveCall { spender: spender.of(twin), value })
}

fn permit(world: &mut World, forgery: Forgery) -> Draft {
    let (by, owner, spender) = (any_actor(world), any_actor(world), any_actor(world));
    let value = amount(world, owner);
    let nobody = world.rng.random_ratio(1, 10);
    let spender = if nobody { Address::ZERO } else { world.actor(spender) };
    let encoded = world.permit(owner, spender, value, forgery);
    Draft { permit_of: Some(owner), ..Draft::raw(by, encoded) }
}

fn forged_permit(world: &mut World) -> Draft {
    const FORGERIES: [Forgery; 7] = [
        Forgery::Expired,
        Forgery::WrongSigner,
        Forgery::Replayed,
        Forgery::HighS,
        Forgery::GarbageV,
        Forgery::GarbageRs,
        Forgery::DirtyV,
    ];
    let forgery = *FORGERIES.choose(&mut world.rng).expect("there are some");
    permit(world, forgery)
}

fn burn(world: &mut World) -> Draft {
    let from = any_actor(world);
    let value = amount(world, from);
    Draft::new(world, from, |_| burnCall { value })
}

fn burn_from(world: &mut World) -> Draft {
    let (by, owner) = (any_actor(world), any_actor(world));
    let (account, value) = (world.actor(owner), amount(world, owner));
    Draft::new(world, by, |_| burnFromCall { account, value })
}

/// Amounts that neither fill DATA's emission cap nor overflow: the cap is DATA's alone.
fn mint(world: &mut World) -> Draft {
    let (by, to) = (somebody_with_power(world), Who::random(world));
    let amount = random::unsigned(70, &mut world.rng);
    Draft::new(world, by, |twin| mintCall { to: to.of(twin), amount })
}

fn pause(world: &mut World) -> Draft {
    let by = somebody_with_power(world);
    Draft::new(world, by, |_| pauseCall {})
}

fn unpause(world: &mut World) -> Draft {
    let by = somebody_with_power(world);
    Draft::new(world, by, |_| unpauseCall {})
}

fn grant_role(world: &mut World) -> Draft {
    let (by, account, role) =
        (somebody_with_power(world), Who::random(world), role(&mut world.rng));
    Draft::new(world, by, |twin| grantRoleCall { role, account: account.of(twin) })
}

fn revoke_role(world: &mut World) -> Draft {
    let (by, role) = (somebody_with_power(world), role(&mut world.rng));
    let index = any_actor(world);
    let account = world.actor(index);
    if role.is_zero() && account == world.actor(0) {
        return grant_role(world); // The administrator stays, or nothing could be granted again.
    }
    Draft::new(world, by, |_| revokeRoleCall { role, account })
}

fn renounce_role(world: &mut World) -> Draft {
    let (by, role) = (any_actor(world), role(&mut world.rng));
    let named = if by == 0 || world.rng.random() { 1 } else { by };
    let caller_confirmation = world.actor(named);
    Draft::new(world, by, |_| renounceRoleCall { role, callerConfirmation: caller_confirmation })
}

fn view(world: &mut World) -> Draft {
    let (by, account, owner) = (any_actor(world), Who::random(world), Who::random(world));
    let role = role(&mut world.rng);
    match world.rng.random_range(0..12) {
        0 => Draft::new(world, by, |_| nameCall {}),
        1 => Draft::new(world, by, |_| symbolCall {}),
        2 => Draft::new(world, by, |_| decimalsCall {}),
        3 => Draft::new(world, by, |_| totalSupplyCall {}),
        4 => Draft::new(world, by, |_| pausedCall {}),
        5 => Draft::new(world, by, |_| eip712DomainCall {}),
        6 => Draft::new(world, by, |twin| balanceOfCall { account: account.of(twin) }),
        7 => Draft::new(world, by, |twin| allowanceCall {
            owner: owner.of(twin),
            spender: account.of(twin),
        }),
        8 => Draft::new(world, by, |twin| noncesCall { owner: owner.of(twin) }),
        9 => Draft::new(world, by, |twin| hasRoleCall { role, account: account.of(twin) }),
        10 => Draft::new(world, by, |_| getRoleAdminCall { role }),
        _ => {
            // Of AccessControl and of ERC-165, the one that must not be, and any other.
            const IDS: [u32; 3] = [0x7965_db0b, 0x01ff_c9a7, 0xffff_ffff];
            let id = *IDS.choose(&mut world.rng).expect("there are some");
            let id = if world.rng.random() { id } else { world.rng.random() };
            Draft::new(world, by, |_| supportsInterfaceCall { interfaceId: FixedBytes::from(id) })
        }
    }
}

/// A well-formed call whose bytes were cut, lengthened or changed in one place.
fn malformed(world: &mut World) -> Draft {
    const MAKERS: [fn(&mut World) -> Draft; 9] = [
        transfer,
        transfer_from,
        approve,
        burn_from,
        grant_role,
        renounce_role,
        pause,
        view,
        |world| permit(world, Forgery::None),
    ];
    let maker = *MAKERS.choose(&mut world.rng).expect("there are some");
    let mut draft = maker(world);
    let len = draft.encoded[0].data.len();
    if len > 4 && draft.permit_of.is_none() && world.rng.random() {
        // Above an address, where nothing may be; never in it, or tokens would go astray.
        let word = world.rng.random_range(0..(len - 4) / 32);
        let place = 4 + 32 * word + world.rng.random_range(0..12);
        let bits = world.rng.random_range(1..=u8::MAX);
        for encoded in &mut draft.encoded {
            encoded.data[place] ^= bits;
        }
    } else {
        let (new_len, fill) = (world.rng.random_range(0..=len + 40), world.rng.random());
        for encoded in &mut draft.encoded {
            encoded.data.resize(new_len, fill);
        }
    }
    draft
}

fn unknown_selector(world: &mut World) -> Draft {
    let len = world.rng.random_range(4..100);
    let data = random::bytes(len, &mut world.rng);
    let encoded = Encoded { data, own: Vec::new() };
    Draft::raw(any_actor(world), [encoded.clone(), encoded])
}

fn ether_sent_along(world: &mut World) -> Draft {
    let draft = match world.rng.random_range(0..5) {
        0 => transfer(world),
        1 => approve(world),
        2 => view(world),
        3 => pause(world),
        _ => Draft::raw(any_actor(world), [Encoded::default(), Encoded::default()]),
    };
    Draft { value: U256::ONE, ..draft }
}
