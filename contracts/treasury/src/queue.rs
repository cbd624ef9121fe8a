//! Decides how the owners' transactions wait: queued by their signatures, executed after the delay,
//! cancelled by any one owner or the governor.
//!
//! A nonce is used up when its transaction is queued. So signatures queue once; what is executed or
//! cancelled is gone, and its signatures with it; and what is queued does not wait for each other.
//! A change of owners or threshold voids what is queued: it was approved by others than would be
//! asked now. Cancelling is the safe direction, so one owner is enough; an owner who cancels
//! everything is removed by the governor, whom neither the delay nor the queue binds.

use alloy_primitives::B256;
use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host, layout};
use stylus_sdk::host::VM;

use crate::{
    execution,
    transaction::{Action, Transaction},
    treasury::{
        ITreasury::{
            QueueCancelled, TransactionCancelled, TransactionQueued, TreasuryNoDelay,
            TreasuryNotQueued, TreasuryNotReady, TreasuryQueueExpired,
            TreasuryUnauthorizedCanceller,
        },
        OWNERS, SETTINGS,
    },
};

/// How long a queued transaction can be executed once it is ready, in seconds: 14 days.
pub const QUEUE_LIFE_SECS: u64 = 14 * 86_400;

layout! {
    /// The storage of the queue.
    pub struct QueueStorage {
        /// By hash, when the transaction is ready, and the epoch in which it was queued. Written by
        /// [`add`](Self::add), [`execute`](Self::execute) and [`cancel`](Self::cancel).
        entries: Mapping<B256, [u64; 4]>,
    }
}

impl QueueStorage {
    /// Queues a transaction that the owners signed with the next nonce, and returns its hash.
    ///
    /// # Errors
    ///
    /// - `TreasuryNoDelay` without a delay,
    /// - as [`SignaturesStorage::check`](crate::SignaturesStorage::check).
    pub(crate) fn add(&self, vm: &mut VM, tx: &Transaction<'_>, signatures: &[u8]) -> Result<B256> {
        let settings = SETTINGS.get(vm);
        if settings.delay == 0 {
            return Err(Revert::new::<TreasuryNoDelay>(()));
        }
        let (hash, nonce) = execution::take_signed(vm, tx, signatures)?;
        // A time and at most 30 days.
        let ready_at = host::timestamp(vm).wrapping_add(settings.delay);
        self.entries.of(vm, &hash).set(vm, &[ready_at, settings.epoch, 0, 0]);
        let Action { to, value, data, operation } = tx.action;
        emit::<TransactionQueued>(
            vm,
            (&hash, &nonce),
            (
                ready_at,
                to,
                value,
                data,
                operation,
                tx.safe_tx_gas,
                tx.base_gas,
                tx.gas_price,
                tx.gas_token,
                tx.refund_receiver,
            ),
        );
        Ok(hash)
    }

    /// Returns when a queued transaction is ready; zero when it is not queued.
    #[inline(never)]
    pub(crate) fn ready_at(&self, vm: &VM, hash: &B256) -> u64 {
        let [ready_at, epoch, ..] = self.entries.of(vm, hash).get(vm);
        if epoch == SETTINGS.get(vm).epoch { ready_at } else { 0 }
    }

    /// Executes a queued transaction, and returns whether it succeeded.
    ///
    /// # Errors
    ///
    /// - `TreasuryNotQueued`, `TreasuryNotReady` before its time, `TreasuryQueueExpired` after it,
    /// - as [`execution::execute`].
    pub(crate) fn execute(&self, vm: &mut VM, tx: &Transaction<'_>, nonce: &Uint) -> Result<bool> {
        let hash = tx.hash(vm, nonce);
        let ready_at = self.take(vm, &hash)?;
        let now = host::timestamp(vm);
        if now < ready_at {
            return Err(Revert::new::<TreasuryNotReady>((&hash, ready_at)));
        }
        // A time and 14 days.
        let expired_at = ready_at.wrapping_add(QUEUE_LIFE_SECS);
        if now >= expired_at {
            return Err(Revert::new::<TreasuryQueueExpired>((&hash, expired_at)));
        }
        let settings = SETTINGS.get(vm);
        execution::execute(vm, &settings, tx, &hash, &[])
    }

    /// Cancels a queued transaction.
    ///
    /// # Errors
    ///
    /// As [`canceller`], and `TreasuryNotQueued`.
    pub(crate) fn cancel(&self, vm: &mut VM, hash: &B256) -> Result<()> {
        let canceller = canceller(vm)?;
        self.take(vm, hash)?;
        emit::<TransactionCancelled>(vm, (hash, &canceller), ());
        Ok(())
    }

    /// Takes a transaction out of the queue, and returns when it is ready.
    #[inline(never)]
    fn take(&self, vm: &mut VM, hash: &B256) -> Result<u64> {
        let ready_at = self.ready_at(vm, hash);
        if ready_at == 0 {
            return Err(Revert::new::<TreasuryNotQueued>((hash,)));
        }
        self.entries.of(vm, hash).set(vm, &[0; 4]);
        Ok(ready_at)
    }
}

/// Cancels all that is queued.
///
/// # Errors
///
/// As [`canceller`].
pub(crate) fn cancel_all(vm: &mut VM) -> Result<()> {
    let canceller = canceller(vm)?;
    SETTINGS.void_queue(vm);
    emit::<QueueCancelled>(vm, (&canceller,), ());
    Ok(())
}

/// Returns the caller, who may cancel.
///
/// # Errors
///
/// `TreasuryUnauthorizedCanceller` when it is neither an owner, nor the governor, nor the treasury.
#[inline(never)]
fn canceller(vm: &VM) -> Result<Account> {
    let caller = host::sender(vm);
    if OWNERS.is_owner(vm, &caller)
        || SETTINGS.get(vm).governor == caller
        || caller == host::this(vm)
    {
        return Ok(caller);
    }
    Err(Revert::new::<TreasuryUnauthorizedCanceller>((&caller,)))
}
