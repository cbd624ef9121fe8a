//! Decides what the treasury is: where its storage lies, and which function of the interface runs
//! what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Uint, contract,
    dynamic::{Elements, Text},
    event::emit,
    host, routes,
};
use stylus_sdk::host::VM;

use crate::{
    budgets::{BudgetsStorage, Payment},
    execution, guards,
    modules::ModulesStorage,
    owners::OwnersStorage,
    queue::{self, QueueStorage},
    revert::gs,
    settings::SettingsStorage,
    signatures::SignaturesStorage,
    storage_access,
    transaction::{self, Action, Arguments, Transaction},
};

sol!("ITreasury.sol");

use ITreasury::{SafeReceived, SafeSetup};

// The layout: append only, never reorder. `layout.txt` is its snapshot. The first slots are Safe's
// own, so that code that Safe delegates to finds what it looks for: slot 0 has a proxy's singleton
// there, and nothing here.

pub(crate) const MODULES: ModulesStorage = ModulesStorage::at(1);

pub(crate) const OWNERS: OwnersStorage = OwnersStorage::at(2);

pub(crate) const SIGNATURES: SignaturesStorage = SignaturesStorage::at(5);

pub(crate) const SETTINGS: SettingsStorage = SettingsStorage::at(9);

const QUEUE: QueueStorage = QueueStorage::at(10);

const BUDGETS: BudgetsStorage = BudgetsStorage::at(11);

/// Safe's version, whose behaviour this is.
const VERSION: Text = Text::new("1.5.0");

/// The treasury.
#[derive(Debug)]
pub struct Treasury {
    vm: VM,
}

impl Treasury {
    /// Makes the treasury, as Safe's `setup` does.
    ///
    /// # Errors
    ///
    /// - GS201 to GS204 for wrong owners or threshold, GS400 when the treasury is its own handler,
    /// - GS101 when the governor is the sentinel,
    /// - `TreasuryDelayTooLong`.
    ///
    /// # Events
    ///
    /// `SafeSetup`; `EnabledModule` and `GovernorChanged` with a governor, `DelayChanged` with a
    /// delay.
    fn construct(
        &mut self,
        owners: Elements<'_, sol_data::Address>,
        threshold: &Uint,
        handler: &Account,
        governor: &Account,
        delay: &Uint,
    ) -> Result<()> {
        let vm = &mut self.vm;
        let sender = host::sender(vm);
        emit::<SafeSetup>(vm, (&sender,), (owners, threshold, &Account::ZERO, handler));
        OWNERS.start(vm, owners, threshold)?;
        if !handler.is_zero() {
            guards::start_handler(vm, handler)?;
        }
        MODULES.start(vm);
        if !governor.is_zero() {
            MODULES.enable(vm, governor)?;
            SETTINGS.set_governor(vm, governor)?;
        }
        if !delay.is_zero() {
            SETTINGS.set_delay(vm, delay)?;
        }
        Ok(())
    }

    /// Does what is the treasury's alone: what it calls itself.
    #[inline(always)]
    fn itself<T>(&mut self, act: impl FnOnce(&mut VM) -> Result<T>) -> Result<T> {
        self.only_itself()?;
        act(&mut self.vm)
    }

    #[inline(never)]
    fn only_itself(&self) -> Result<()> {
        if host::sender(&self.vm) == host::this(&self.vm) { Ok(()) } else { Err(gs(31)) }
    }

    /// Does something with a transaction and the argument after it.
    #[inline(always)]
    fn with<'a, L: Copy, T>(
        &mut self,
        arguments: Arguments<'a, L>,
        act: impl FnOnce(&mut VM, &Transaction<'a>, L) -> Result<T>,
    ) -> Result<T> {
        let (tx, last) = Transaction::new(arguments);
        act(&mut self.vm, &tx, last)
    }
}

contract!(Treasury);

/// The arguments of `setup`.
type Setup<'a> = (
    Elements<'a, sol_data::Address>,
    &'a Uint,
    &'a Account,
    &'a [u8],
    &'a Account,
    &'a Account,
    &'a Uint,
    &'a Account,
);

routes! {
    Treasury as ITreasury (ITreasuryCalls);

    constructor(
        sol_data::Array<sol_data::Address>, sol_data::Uint<256>, sol_data::Address,
        sol_data::Address, sol_data::Uint<256>
    ) => |treasury, (owners, threshold, handler, governor, delay)| {
        treasury.construct(owners, threshold, handler, governor, delay)
    };

    reads {
        VERSIONCall => |_, ()| VERSION;
        nonceCall => |treasury, ()| SIGNATURES.nonce(&treasury.vm);
        signedMessagesCall => |treasury, (hash,)| SIGNATURES.signed_message(&treasury.vm, hash);
        approvedHashesCall => |treasury, (owner, hash)| {
            SIGNATURES.approval(&treasury.vm, owner, hash)
        };
        domainSeparatorCall => |treasury, ()| transaction::domain_separator(&treasury.vm);
        getTransactionHashCall => |treasury, arguments: Arguments<'_, &Uint>| {
            let (tx, nonce) = Transaction::new(arguments);
            tx.hash(&treasury.vm, nonce)
        };
        getThresholdCall => |treasury, ()| OWNERS.threshold(&treasury.vm);
        isOwnerCall => |treasury, (owner,)| OWNERS.is_owner(&treasury.vm, owner);
        getOwnersCall => |treasury, ()| OWNERS.list(&treasury.vm);
        isModuleEnabledCall => |treasury, (module,)| MODULES.is_enabled(&treasury.vm, module);

        governorCall => |treasury, ()| SETTINGS.get(&treasury.vm).governor;
        delayCall => |treasury, ()| SETTINGS.get(&treasury.vm).delay;
        strictBudgetsCall => |treasury, ()| SETTINGS.get(&treasury.vm).strict;
        readyAtCall => |treasury, (hash,)| QUEUE.ready_at(&treasury.vm, hash);
        spendingLimitCall => |treasury, (spender, token)| {
            let limit = BUDGETS.limit(&treasury.vm, spender, token);
            (limit.cap, limit.period, limit.spent, limit.start, limit.line())
        };
        budgetCall => |treasury, (line, token)| {
            let budget = BUDGETS.budget(&treasury.vm, line, token);
            (budget.cap, budget.period, budget.spent, budget.start)
        };
    }

    views {
        checkSignatures_0Call => |treasury, (executor, hash, signatures)| {
            SIGNATURES.check(&treasury.vm, executor, hash, signatures)
        };
        checkSignatures_1Call => |treasury, (hash, _, signatures): (_, &[u8], _)| {
            let executor = host::sender(&treasury.vm);
            SIGNATURES.check(&treasury.vm, &executor, hash, signatures)
        };
        checkNSignatures_0Call => |treasury, (executor, hash, signatures, required)| {
            SIGNATURES.check_some(&treasury.vm, (executor, hash), signatures, required)
        };
        checkNSignatures_1Call => |treasury, (hash, _, signatures, required): (_, &[u8], _, _)| {
            let executor = host::sender(&treasury.vm);
            SIGNATURES.check_some(&treasury.vm, (&executor, hash), signatures, required)
        };
        getModulesPaginatedCall => |treasury, (start, size)| {
            MODULES.page(&treasury.vm, start, size)
        };
        getStorageAtCall => |treasury, (slot, words)| {
            storage_access::read(&treasury.vm, slot, words)
        };
    }

    acts {
        setupCall => |_, _arguments: Setup<'_>| Err::<(), _>(gs(200));
        approveHashCall => |treasury, (hash,)| SIGNATURES.approve(&mut treasury.vm, hash);

        addOwnerWithThresholdCall => |treasury, (owner, threshold)| {
            treasury.itself(|vm| OWNERS.add(vm, owner, threshold))
        };
        removeOwnerCall => |treasury, (previous, owner, threshold)| {
            treasury.itself(|vm| OWNERS.remove(vm, previous, owner, threshold))
        };
        swapOwnerCall => |treasury, (previous, old, new)| {
            treasury.itself(|vm| OWNERS.swap(vm, previous, old, new))
        };
        changeThresholdCall => |treasury, (threshold,)| {
            treasury.itself(|vm| OWNERS.change_threshold(vm, threshold))
        };

        enableModuleCall => |treasury, (module,)| {
            treasury.itself(|vm| MODULES.enable(vm, module))
        };
        disableModuleCall => |treasury, (previous, module)| {
            treasury.itself(|vm| MODULES.disable(vm, previous, module))
        };
        execTransactionFromModuleCall => |treasury, (to, value, data, operation)| {
            let action = Action { to, value, data, operation };
            execution::execute_from_module(&mut treasury.vm, &action)
        };
        execTransactionFromModuleReturnDataCall => |treasury, (to, value, data, operation)| {
            let action = Action { to, value, data, operation };
            execution::execute_with_data(&mut treasury.vm, &action)
        };
        setModuleGuardCall => |treasury, (guard,)| {
            treasury.itself(|vm| guards::set_module_guard(vm, guard))
        };
        setGuardCall => |treasury, (guard,)| treasury.itself(|vm| guards::set_guard(vm, guard));
        setFallbackHandlerCall => |treasury, (handler,)| {
            treasury.itself(|vm| guards::set_handler(vm, handler))
        };
        simulateAndRevertCall => |treasury, (code, data)| {
            storage_access::simulate(&mut treasury.vm, code, data)
        };

        setGovernorCall => |treasury, (governor,)| {
            treasury.itself(|vm| SETTINGS.set_governor(vm, governor))
        };
        setDelayCall => |treasury, (delay,)| treasury.itself(|vm| SETTINGS.set_delay(vm, delay));
        queueTransactionCall => |treasury, arguments: Arguments<'_, &[u8]>| {
            treasury.with(arguments, |vm, tx, signatures| QUEUE.add(vm, tx, signatures))
        };
        cancelQueuedCall => |treasury, (hash,)| QUEUE.cancel(&mut treasury.vm, hash);
        cancelAllQueuedCall => |treasury, ()| queue::cancel_all(&mut treasury.vm);

        setSpendingLimitCall => |treasury, (spender, token, cap, period, line)| {
            treasury.itself(|vm| BUDGETS.set_limit(vm, (spender, token), (cap, period), line))
        };
        setBudgetCall => |treasury, (line, token, cap, period)| {
            treasury.itself(|vm| BUDGETS.set_budget(vm, (line, token), cap, period))
        };
        setStrictBudgetsCall => |treasury, (strict,)| {
            treasury.itself(|vm| SETTINGS.set_strict(vm, strict))
        };
        spendCall => |treasury, (token, to, amount)| {
            BUDGETS.spend(&mut treasury.vm, &Payment { token, to, amount })
        };
        payCall => |treasury, (line, token, to, amount)| {
            treasury.itself(|vm| BUDGETS.pay(vm, line, &Payment { token, to, amount }))
        };
    }

    payable {
        execTransactionCall => |treasury, arguments: Arguments<'_, &[u8]>| {
            treasury.with(arguments, execution::execute_signed)
        };
        executeQueuedCall => |treasury, arguments: Arguments<'_, &Uint>| {
            treasury.with(arguments, |vm, tx, nonce| QUEUE.execute(vm, tx, nonce))
        };
    }

    receive => |treasury| {
        let vm = &mut treasury.vm;
        let (sender, value) = (host::sender(vm), host::value(vm));
        emit::<SafeReceived>(vm, (&sender,), (&value,));
        Ok(())
    };
    fallback => |treasury, calldata| guards::fall_back(&mut treasury.vm, calldata);
}
