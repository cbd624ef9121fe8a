//! Decides what the timelock is: who may schedule, cancel and execute, what an operation's id is,
//! how its calls are made, and which function of the interface runs what.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::{Constant, ToWords},
    access_control::{
        ACCESS_CONTROL_INTERFACE, AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE,
        ERC165_INTERFACE,
    },
    contract,
    dynamic::{Blobs, Elements, List},
    eip712::hash_of,
    event::emit,
    host, output, routes, word,
};
use stylus_sdk::host::VM;

use crate::operations::{End, OperationsStorage, State};
use ITimelock::{
    CallExecuted, CallSalt, CallScheduled, Cancelled, FailedCall, TimelockInvalidOperationLength,
    TimelockUnauthorizedCaller, hashOperationBatchCall, hashOperationCall,
};

sol!("ITimelock.sol");

/// Who may schedule: `keccak256("PROPOSER_ROLE")`.
pub const PROPOSER_ROLE: B256 = hash_of("PROPOSER_ROLE");

/// Who may execute; when the zero account has it, everybody: `keccak256("EXECUTOR_ROLE")`.
pub const EXECUTOR_ROLE: B256 = hash_of("EXECUTOR_ROLE");

/// Who may cancel: `keccak256("CANCELLER_ROLE")`.
pub const CANCELLER_ROLE: B256 = hash_of("CANCELLER_ROLE");

/// The ERC-165 id of `IERC1155Receiver`: the exclusive or of its selectors.
const ERC1155_RECEIVER_INTERFACE: u32 = 0x4e23_12e0;

/// A list of accounts in the calldata.
type Accounts<'a> = Elements<'a, sol_data::Address>;

/// A list of numbers in the calldata.
type Numbers<'a> = Elements<'a, sol_data::Uint<256>>;

/// One call of an operation.
#[derive(Clone, Copy)]
struct Call<'a> {
    target: &'a Account,
    /// In wei.
    value: &'a Uint,
    data: &'a [u8],
}

/// What makes an operation another one with the same calls.
#[derive(Clone, Copy)]
struct Terms<'a> {
    predecessor: &'a B256,
    salt: &'a B256,
}

/// The three lists of a batch's calls, which belong together place by place.
#[derive(Clone, Copy)]
struct Batch<'a> {
    targets: Accounts<'a>,
    values: Numbers<'a>,
    payloads: Blobs<'a>,
}

impl<'a> Batch<'a> {
    /// Requires that the lists are equally long, and that every target is an address.
    ///
    /// # Errors
    ///
    /// - [`TimelockInvalidOperationLength`] when they are not equally long,
    /// - as [`check_targets`](Self::check_targets).
    fn check(&self) -> Result<()> {
        let lens = [self.targets.len(), self.payloads.len(), self.values.len()];
        let [targets, payloads, values] = lens.map(|len| len as u64);
        if targets != values || targets != payloads {
            let args = (targets, payloads, values);
            return Err(Revert::new::<TimelockInvalidOperationLength>(args));
        }
        self.check_targets()
    }

    /// Requires that every target is an address.
    ///
    /// # Errors
    ///
    /// Nothing when one is not, as Solidity's decoder.
    fn check_targets(&self) -> Result<()> {
        let words = word::words(self.targets.bytes());
        if words.iter().all(|word| Account::from_word(word).is_some()) {
            Ok(())
        } else {
            Err(Revert::empty())
        }
    }

    /// Returns the calls with their places, in order, of a batch that was checked.
    fn calls(self) -> impl Iterator<Item = (u64, Call<'a>)> {
        let words = |bytes| word::words(bytes).iter();
        let targets = words(self.targets.bytes()).filter_map(Account::from_word);
        let values = words(self.values.bytes()).map(Uint::from_word);
        let calls = targets.zip(values).zip(self.payloads.iter());
        (0..).zip(calls.map(|((target, value), data)| Call { target, value, data }))
    }
}

/// The timelock.
#[derive(Debug)]
pub struct Timelock {
    vm: VM,
}

impl Timelock {
    /// Makes the timelock, which administers itself.
    ///
    /// # Errors
    ///
    /// `TimelockDelayTooLong` when the delay is out of bounds; nothing when an address is not one.
    ///
    /// # Events
    ///
    /// `RoleGranted` for each role, `MinDelayChange`.
    fn construct(
        &mut self,
        min_delay: &Uint,
        proposers: Accounts<'_>,
        executors: Accounts<'_>,
        admin: &Account,
    ) -> Result<()> {
        let this = host::this(&self.vm);
        self.grant(&DEFAULT_ADMIN_ROLE, &this);
        if !admin.is_zero() {
            self.grant(&DEFAULT_ADMIN_ROLE, admin);
        }
        self.grant_all(proposers, &[PROPOSER_ROLE, CANCELLER_ROLE])?;
        self.grant_all(executors, &[EXECUTOR_ROLE])?;
        OPERATIONS.set_min_delay(&mut self.vm, min_delay)
    }

    /// Grants each account every one of the roles.
    fn grant_all(&mut self, accounts: Accounts<'_>, roles: &[B256]) -> Result<()> {
        for word in word::words(accounts.bytes()) {
            let Some(account) = Account::from_word(word) else { return Err(Revert::empty()) };
            for role in roles {
                self.grant(role, account);
            }
        }
        Ok(())
    }

    /// Returns the id of an operation of one call.
    fn hash_operation(&self, call: Call<'_>, terms: Terms<'_>) -> B256 {
        let Call { target, value, data } = call;
        let args = (target, value, data, terms.predecessor, terms.salt);
        self.hash::<hashOperationCall>(args)
    }

    /// Returns the id of an operation of several calls.
    fn hash_batch(&self, batch: Batch<'_>, terms: Terms<'_>) -> B256 {
        let Batch { targets, values, payloads } = batch;
        let args = (targets, values, payloads, terms.predecessor, terms.salt);
        self.hash::<hashOperationBatchCall>(args)
    }

    /// Returns the hash of a function's encoded arguments.
    #[inline(always)]
    fn hash<'a, C: SolCall>(&self, args: impl ToWords<C::Parameters<'a>>) -> B256 {
        let start = output::len();
        args.push_all();
        host::hash_output(&self.vm, start)
    }

    /// Schedules an operation of one call.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a proposer,
    /// - as [`OperationsStorage::schedule`].
    ///
    /// # Events
    ///
    /// `CallScheduled`, and `CallSalt` when the salt is not zero.
    fn schedule(&mut self, call: Call<'_>, terms: Terms<'_>, delay: &Uint) -> Result<()> {
        self.only_role(&word::constant(PROPOSER_ROLE))?;
        let id = self.hash_operation(call, terms);
        OPERATIONS.schedule(&mut self.vm, &id, delay)?;
        self.log_scheduled(&id, 0, call, terms, delay);
        self.log_salt(&id, terms);
        Ok(())
    }

    /// Schedules an operation of several calls.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a proposer,
    /// - as [`Batch::check`],
    /// - as [`OperationsStorage::schedule`].
    ///
    /// # Events
    ///
    /// `CallScheduled` for each call, and `CallSalt` when the salt is not zero.
    fn schedule_batch(&mut self, batch: Batch<'_>, terms: Terms<'_>, delay: &Uint) -> Result<()> {
        self.only_role(&word::constant(PROPOSER_ROLE))?;
        batch.check()?;
        let id = self.hash_batch(batch, terms);
        OPERATIONS.schedule(&mut self.vm, &id, delay)?;
        for (index, call) in batch.calls() {
            self.log_scheduled(&id, index, call, terms, delay);
        }
        self.log_salt(&id, terms);
        Ok(())
    }

    #[inline(never)]
    fn log_scheduled(
        &mut self,
        id: &B256,
        index: u64,
        call: Call<'_>,
        terms: Terms<'_>,
        delay: &Uint,
    ) {
        let Call { target, value, data } = call;
        let data = (target, value, data, terms.predecessor, delay);
        emit::<CallScheduled>(&mut self.vm, (id, index), data);
    }

    fn log_salt(&mut self, id: &B256, terms: Terms<'_>) {
        if !word::is_zero(terms.salt) {
            emit::<CallSalt>(&mut self.vm, (id,), (terms.salt,));
        }
    }

    /// Cancels a pending operation.
    ///
    /// # Errors
    ///
    /// - `AccessControlUnauthorizedAccount` when the caller is not a canceller,
    /// - as [`OperationsStorage::end`].
    ///
    /// # Events
    ///
    /// `Cancelled`.
    fn cancel(&mut self, id: &B256) -> Result<()> {
        self.only_role(&word::constant(CANCELLER_ROLE))?;
        OPERATIONS.end(&mut self.vm, id, End::Cancelled)?;
        emit::<Cancelled>(&mut self.vm, (id,), ());
        Ok(())
    }

    /// Executes an operation of one call.
    ///
    /// # Errors
    ///
    /// - as [`only_executor`](Self::only_executor),
    /// - as [`before_calls`](Self::before_calls),
    /// - as [`call`](Self::call),
    /// - as [`after_calls`](Self::after_calls).
    ///
    /// # Events
    ///
    /// `CallExecuted`.
    fn execute(&mut self, call: Call<'_>, terms: Terms<'_>) -> Result<()> {
        self.only_executor()?;
        let id = self.hash_operation(call, terms);
        self.before_calls(&id, terms)?;
        self.call(&id, 0, call)?;
        self.after_calls(&id)
    }

    /// Executes an operation of several calls.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute), and as [`Batch::check`].
    ///
    /// # Events
    ///
    /// `CallExecuted` for each call.
    fn execute_batch(&mut self, batch: Batch<'_>, terms: Terms<'_>) -> Result<()> {
        self.only_executor()?;
        batch.check()?;
        let id = self.hash_batch(batch, terms);
        self.before_calls(&id, terms)?;
        for (index, call) in batch.calls() {
            self.call(&id, index, call)?;
        }
        self.after_calls(&id)
    }

    /// Requires that the caller may execute.
    ///
    /// # Errors
    ///
    /// `AccessControlUnauthorizedAccount` when neither it nor everybody may.
    fn only_executor(&self) -> Result<()> {
        let role = word::constant(EXECUTOR_ROLE);
        if self.has_role(&role, &Account::ZERO) { Ok(()) } else { self.only_role(&role) }
    }

    /// Requires that an operation may be executed now.
    ///
    /// # Errors
    ///
    /// - as [`OperationsStorage::require_ready`],
    /// - as [`OperationsStorage::require_predecessor`].
    fn before_calls(&self, id: &B256, terms: Terms<'_>) -> Result<()> {
        OPERATIONS.require_ready(&self.vm, id)?;
        OPERATIONS.require_predecessor(&self.vm, terms.predecessor)
    }

    /// Notes that an operation was executed. While its calls ran it must not have been executed or
    /// cancelled: it must be ready still.
    ///
    /// # Errors
    ///
    /// As [`OperationsStorage::end`].
    fn after_calls(&mut self, id: &B256) -> Result<()> {
        OPERATIONS.end(&mut self.vm, id, End::Done)
    }

    /// Makes one call of an operation.
    ///
    /// # Errors
    ///
    /// What the called contract reverts with, or [`FailedCall`] when it says nothing.
    ///
    /// # Events
    ///
    /// `CallExecuted`.
    #[inline(never)]
    fn call(&mut self, id: &B256, index: u64, call: Call<'_>) -> Result<()> {
        let Call { target, value, data } = call;
        if host::call_raw(&mut self.vm, target, value, data) {
            emit::<CallExecuted>(&mut self.vm, (id, index), (target, value, data));
            Ok(())
        } else if host::returned_len(&self.vm) > 0 {
            Err(Revert::bubble(&self.vm))
        } else {
            Err(Revert::new::<FailedCall>(()))
        }
    }

    /// Changes the minimum delay, by an operation of the timelock's own.
    ///
    /// # Errors
    ///
    /// - [`TimelockUnauthorizedCaller`] when another calls,
    /// - as [`OperationsStorage::set_min_delay`].
    ///
    /// # Events
    ///
    /// `MinDelayChange`.
    fn update_delay(&mut self, delay: &Uint) -> Result<()> {
        let caller = host::sender(&self.vm);
        if caller != host::this(&self.vm) {
            return Err(Revert::new::<TimelockUnauthorizedCaller>((&caller,)));
        }
        OPERATIONS.set_min_delay(&mut self.vm, delay)
    }

    /// Returns what has become of an operation.
    fn state(&self, id: &B256) -> State {
        OPERATIONS.state(&self.vm, id)
    }
}

contract!(Timelock);

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl AccessControl for Timelock {
    const ROLES: AccessControlStorage = AccessControlStorage::at(0);

    fn supports_interface(&self, interface: u32) -> bool {
        matches!(
            interface,
            ACCESS_CONTROL_INTERFACE | ERC165_INTERFACE | ERC1155_RECEIVER_INTERFACE
        )
    }
}

/// Where the operations are kept.
const OPERATIONS: OperationsStorage = OperationsStorage::at(1);

/// The selector of a function, which is what receiving a token is answered with.
const fn selector<C: SolCall>() -> u32 {
    u32::from_be_bytes(C::SELECTOR)
}

routes! {
    Timelock as ITimelock (ITimelockCalls);

    constructor(
        sol_data::Uint<256>, sol_data::Array<sol_data::Address>,
        sol_data::Array<sol_data::Address>, sol_data::Address
    ) => |timelock, (min_delay, proposers, executors, admin)| {
        timelock.construct(min_delay, proposers, executors, admin)
    };

    reads {
        isOperationCall => |timelock, (id,)| timelock.state(id) != State::Unset;
        isOperationPendingCall => |timelock, (id,)| timelock.state(id).is_pending();
        isOperationReadyCall => |timelock, (id,)| timelock.state(id) == State::Ready;
        isOperationDoneCall => |timelock, (id,)| timelock.state(id) == State::Done;
        getTimestampCall => |timelock, (id,)| OPERATIONS.timestamp(&timelock.vm, id);
        getOperationStateCall => |timelock, (id,)| timelock.state(id);
        getMinDelayCall => |timelock, ()| OPERATIONS.min_delay(&timelock.vm);
        hashOperationCall => |timelock, (target, value, data, predecessor, salt)| {
            timelock.hash_operation(Call { target, value, data }, Terms { predecessor, salt })
        };
        onERC721ReceivedCall => |_, _: (&Account, &Account, &Uint, &[u8])| {
            selector::<ITimelock::onERC721ReceivedCall>()
        };
        onERC1155ReceivedCall => |_, _: (&Account, &Account, &Uint, &Uint, &[u8])| {
            selector::<ITimelock::onERC1155ReceivedCall>()
        };
        onERC1155BatchReceivedCall => |
            _, _: (&Account, &Account, Numbers<'_>, Numbers<'_>, &[u8])
        | selector::<ITimelock::onERC1155BatchReceivedCall>();
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        PROPOSER_ROLECall => |_, ()| Constant(PROPOSER_ROLE);
        EXECUTOR_ROLECall => |_, ()| Constant(EXECUTOR_ROLE);
        CANCELLER_ROLECall => |_, ()| Constant(CANCELLER_ROLE);
        hasRoleCall => |timelock, (role, account)| timelock.has_role(role, account);
        getRoleAdminCall => |timelock, (role,)| timelock.role_admin(role);
        supportsInterfaceCall => |timelock, (interface,)| timelock.supports_interface(interface);
        pendingCountCall => |timelock, ()| OPERATIONS.pending_count(&timelock.vm);
        pendingOperationsCall => |timelock, (offset, limit)| {
            let vm = &timelock.vm;
            let ids = OPERATIONS.page(vm, offset, limit);
            let times = ids.clone().map(|id| OPERATIONS.timestamp(vm, &id));
            (List(ids), List(times))
        };
    }

    views {
        hashOperationBatchCall => |timelock, (targets, values, payloads, predecessor, salt)| {
            let batch = Batch { targets, values, payloads };
            batch.check_targets()?;
            Ok(timelock.hash_batch(batch, Terms { predecessor, salt }))
        };
    }

    acts {
        scheduleCall => |timelock, (target, value, data, predecessor, salt, delay)| {
            timelock.schedule(Call { target, value, data }, Terms { predecessor, salt }, delay)
        };
        scheduleBatchCall => |timelock, (targets, values, payloads, predecessor, salt, delay)| {
            let batch = Batch { targets, values, payloads };
            timelock.schedule_batch(batch, Terms { predecessor, salt }, delay)
        };
        cancelCall => |timelock, (id,)| timelock.cancel(id);
        updateDelayCall => |timelock, (delay,)| timelock.update_delay(delay);
        grantRoleCall => |timelock, (role, account)| timelock.grant_role(role, account);
        revokeRoleCall => |timelock, (role, account)| timelock.revoke_role(role, account);
        renounceRoleCall => |timelock, (role, account)| timelock.renounce_role(role, account);
    }

    payable {
        executeCall => |timelock, (target, value, data, predecessor, salt)| {
            timelock.execute(Call { target, value, data }, Terms { predecessor, salt })
        };
        executeBatchCall => |timelock, (targets, values, payloads, predecessor, salt)| {
            let batch = Batch { targets, values, payloads };
            timelock.execute_batch(batch, Terms { predecessor, salt })
        };
    }

    receive => |_| Ok(());
}
