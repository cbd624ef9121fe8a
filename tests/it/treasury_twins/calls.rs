//! What the treasury is made to do: calls of others, and of itself.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::SolCall,
};
use datacoop_deploy::{
    bindings::ITreasury::{
        addOwnerWithThresholdCall, changeThresholdCall, disableModuleCall, enableModuleCall,
        removeOwnerCall, setFallbackHandlerCall, setGuardCall, setModuleGuardCall, swapOwnerCall,
    },
    treasury::{Operation, SENTINEL, SafeTx},
};
use datacoop_tests::random;
use rand::{Rng, seq::IndexedRandom};

use super::world::{MARK, World};

alloy::sol! {
    /// `TreasuryMocks.sol`.
    interface IMocks {
        function record(bytes data) external payable returns (bytes);
        function refuse(bytes data) external payable;
        function callBack(bytes data) external payable;
        function note(bytes data) external payable returns (uint256);
        function write(bytes32 slot, bytes32 value) external;
        function checkTransaction(
            address to,
            uint256 value,
            bytes data,
            uint8 operation,
            uint256 safeTxGas,
            uint256 baseGas,
            uint256 gasPrice,
            address gasToken,
            address refundReceiver,
            bytes signatures,
            address sender
        ) external;
        function checkModuleTransaction(
            address to,
            uint256 value,
            bytes data,
            uint8 operation,
            address module
        ) external;
    }
}

/// Whom a call reaches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// The treasury itself, whichever twin it is.
    Itself,
    Is(Address),
}

/// What the treasury is to do.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub(super) target: Target,
    pub(super) data: Bytes,
    /// Whether it is believed to succeed.
    pub(super) good: bool,
    /// Whether it may change who must sign.
    pub(super) changes: bool,
    /// The transaction, without the account that it calls and its calldata.
    pub(super) tx: SafeTx,
}

impl Deed {
    fn call(to: Address, data: Vec<u8>, good: bool) -> Self {
        let (target, tx) = (Target::Is(to), SafeTx::default());
        Self { target, data: data.into(), good, changes: false, tx }
    }

    /// The treasury calls itself.
    pub(super) fn itself<C: SolCall>(call: &C) -> Self {
        let (target, tx) = (Target::Itself, SafeTx::default());
        Self { target, data: call.abi_encode().into(), good: true, changes: true, tx }
    }

    /// The transaction of a twin.
    pub(super) fn of(&self, twin: Address) -> SafeTx {
        let to = match self.target {
            Target::Itself => twin,
            Target::Is(to) => to,
        };
        SafeTx { to, data: self.data.clone(), ..self.tx.clone() }
    }

    /// What a transaction guard tells that it was told.
    pub(super) fn told(&self, twin: Address, signatures: &Bytes, sender: Address) -> B256 {
        let tx = self.of(twin);
        let call = IMocks::checkTransactionCall {
            to: tx.to,
            value: tx.value,
            data: tx.data,
            operation: tx.operation.into(),
            safeTxGas: tx.safe_tx_gas,
            baseGas: tx.base_gas,
            gasPrice: tx.gas_price,
            gasToken: tx.gas_token,
            refundReceiver: tx.refund_receiver,
            signatures: signatures.clone(),
            sender,
        };
        keccak256(call.abi_encode())
    }

    /// What a module guard tells that it was told.
    pub(super) fn told_of_module(&self, twin: Address, module: Address) -> B256 {
        let SafeTx { to, value, data, operation, .. } = self.of(twin);
        let operation = operation.into();
        let call = IMocks::checkModuleTransactionCall { to, value, data, operation, module };
        keccak256(call.abi_encode())
    }
}

/// Any call of others, mostly one that succeeds.
pub(super) fn any(world: &mut World) -> Deed {
    let len = world.rng.random_range(0..70);
    let mut data = random::bytes(len, &mut world.rng);
    let (target, library) = (world.mocks.target, world.mocks.library);
    let mut deed = match world.rng.random_range(0..16) {
        0 => {
            data.push(MARK);
            // The last byte of whole words is the last of the calldata.
            data.resize(data.len().next_multiple_of(32), MARK);
            Deed::call(target, [&[1, 2, 3, 4], &data[..]].concat(), false)
        }
        1 | 2 => Deed::call(target, IMocks::refuseCall { data: data.into() }.abi_encode(), false),
        3 => {
            let inside = management(world).data;
            Deed::call(target, IMocks::callBackCall { data: inside }.abi_encode(), true)
        }
        4 => Deed::call(target, Vec::new(), true),
        5 => Deed::call(world.stranger.address(), data, true),
        6 | 7 => library_call(world, data),
        8 => Deed::call(library, vec![0x12, 0x34, 0x56, 0x78], false),
        _ => Deed::call(target, IMocks::recordCall { data: data.into() }.abi_encode(), true),
    };
    let is_call = deed.tx.operation == Operation::Call;
    if is_call && world.rng.random_ratio(1, 3) {
        deed.tx.value = U256::from(world.rng.random_range(0..20));
        deed.good &=
            deed.tx.value.is_zero() || matches!(deed.target, Target::Is(to) if to == target);
    }
    if world.rng.random_ratio(1, 24) {
        deed.tx.value = U256::MAX; // More than there is.
        deed.good = !is_call && deed.good;
    }
    deed
}

/// A call by delegation.
fn library_call(world: &mut World, data: Vec<u8>) -> Deed {
    let data = if world.rng.random() {
        IMocks::noteCall { data: data.into() }.abi_encode()
    } else {
        // Nobody's slot.
        let (slot, value) = (keccak256([world.rng.random()]), world.word());
        IMocks::writeCall { slot, value }.abi_encode()
    };
    let mut deed = Deed::call(world.mocks.library, data, true);
    deed.tx.operation = Operation::DelegateCall;
    deed
}

/// The treasury writes a slot of its own.
pub(super) fn write(world: &World, slot: u64, value: u64) -> Deed {
    let [slot, value] = [slot, value].map(|word| B256::from(U256::from(word)));
    let call = IMocks::writeCall { slot, value };
    let mut deed = Deed::call(world.mocks.library, call.abi_encode(), true);
    deed.tx.operation = Operation::DelegateCall;
    deed
}

/// A change of owners, threshold, modules, guards or the fallback handler.
pub(super) fn management(world: &mut World) -> Deed {
    match world.rng.random_range(0..20) {
        0..3 => add_owner(world),
        3..6 => remove_owner(world),
        6..9 => swap_owner(world),
        9..11 => {
            let threshold = threshold(world);
            Deed::itself(&changeThresholdCall { _threshold: threshold })
        }
        11..13 => {
            let module = anybody(world);
            Deed::itself(&enableModuleCall { module })
        }
        13..15 => {
            let modules = world.known.modules.clone();
            let (prev, module) = neighbours(world, &modules);
            Deed::itself(&disableModuleCall { prevModule: prev, module })
        }
        15 | 16 => {
            let guard = guard(world);
            Deed::itself(&setGuardCall { guard })
        }
        17 | 18 => {
            let guard = guard(world);
            Deed::itself(&setModuleGuardCall { moduleGuard: guard })
        }
        _ => {
            let handlers = [Address::ZERO, world.mocks.handler, world.mocks.handler];
            let handler = *handlers.choose(&mut world.rng).expect("there are some");
            Deed::itself(&setFallbackHandlerCall { handler })
        }
    }
}

/// Mostly somebody who is not an owner and could be one.
fn anybody(world: &mut World) -> Address {
    let is_new = |address: &Address| !world.known.owners.contains(address);
    let new: Vec<_> =
        world.people.iter().map(super::consent::Person::address).filter(is_new).collect();
    match new.choose(&mut world.rng) {
        Some(new) if world.rng.random_ratio(2, 3) => *new,
        _ => nobody_else(world),
    }
}

/// Anybody but those who cannot sign.
fn nobody_else(world: &mut World) -> Address {
    let who = world.anybody();
    let cannot = who == world.mocks.target || who == world.stranger.address();
    if cannot { Address::ZERO } else { who }
}

fn threshold(world: &mut World) -> U256 {
    U256::from(match world.rng.random_range(0..8) {
        0 => 0,
        1 => world.known.owners.len() + 2,
        2 => 3,
        3 => 1,
        _ => 2,
    })
}

fn guard(world: &mut World) -> Address {
    match world.rng.random_range(0..8) {
        0 | 1 => world.mocks.guard,
        2 | 3 => world.mocks.bad_guards[0],
        4 => *world.mocks.bad_guards.choose(&mut world.rng).expect("there are some"),
        5 => world.stranger.address(),
        _ => Address::ZERO,
    }
}

/// Somebody in a list and who is before, mostly.
fn neighbours(world: &mut World, list: &[Address]) -> (Address, Address) {
    if list.is_empty() || world.rng.random_ratio(1, 3) {
        return (world.anybody(), world.anybody());
    }
    let index = world.rng.random_range(0..list.len());
    let previous = index.checked_sub(1).map_or(SENTINEL, |index| list[index]);
    (previous, list[index])
}

fn add_owner(world: &mut World) -> Deed {
    let (owner, threshold) = (anybody(world), threshold(world));
    Deed::itself(&addOwnerWithThresholdCall { owner, _threshold: threshold })
}

fn remove_owner(world: &mut World) -> Deed {
    let owners = world.known.owners.clone();
    let (previous, owner) = neighbours(world, &owners);
    let threshold = threshold(world);
    Deed::itself(&removeOwnerCall { prevOwner: previous, owner, _threshold: threshold })
}

fn swap_owner(world: &mut World) -> Deed {
    let owners = world.known.owners.clone();
    let (previous, old) = neighbours(world, &owners);
    let new = anybody(world);
    Deed::itself(&swapOwnerCall { prevOwner: previous, oldOwner: old, newOwner: new })
}
