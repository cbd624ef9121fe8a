//! Decides what is known of a treasury's transactions: those that wait, and what became of others.

use alloy::{
    consensus::Transaction as _,
    eips::BlockId,
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::Log,
    sol_types::{SolCall, SolEvent},
};

use super::{Operation, SafeTx, Treasury};
use crate::{
    Error,
    bindings::ITreasury::{
        ExecutionFailure, ExecutionSuccess, QueueCancelled, TransactionCancelled,
        TransactionQueued, execTransactionCall,
    },
};

/// For how long a queued transaction can be executed, in seconds (`ITreasury.readyAt`).
const QUEUE_LIFE_SECS: u64 = 14 * 86_400;

/// The events that tell what became of transactions.
pub(crate) const HISTORY_EVENTS: [B256; 5] = [
    TransactionQueued::SIGNATURE_HASH,
    TransactionCancelled::SIGNATURE_HASH,
    QueueCancelled::SIGNATURE_HASH,
    ExecutionSuccess::SIGNATURE_HASH,
    ExecutionFailure::SIGNATURE_HASH,
];

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its delay.
    Queued {
        /// When it can be executed, in seconds since 1970.
        ready_at: u64,
    },
    /// It can be executed.
    Ready {
        /// Until when, in seconds since 1970.
        until: u64,
    },
    /// It was executed too late, or never.
    Expired,
    /// Somebody who may cancelled it.
    Cancelled {
        /// Who did.
        by: Address,
    },
    /// A change of owners or threshold made it void.
    Voided,
    /// It was executed.
    Executed,
    /// It was used up, and what it called failed.
    Failed,
}

/// A transaction that the treasury has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its hash.
    pub hash: B256,
    /// What it is, where the chain tells.
    pub transaction: Option<SafeTx>,
    /// What became of it.
    pub state: State,
    /// The block of its last event.
    pub block: u64,
    /// When that was, in seconds since 1970.
    pub time: u64,
    /// The chain's transaction that this event is of.
    pub sent_in: B256,
}

impl Treasury {
    /// Returns when a queued transaction cannot be executed any more, in seconds since 1970.
    #[must_use]
    pub const fn queue_end(ready_at: u64) -> u64 {
        ready_at.saturating_add(QUEUE_LIFE_SECS)
    }
}

/// Asks for the transactions of a treasury, newest first: all that wait, and of the others at most
/// `limit`.
///
/// # Errors
///
/// As [`Treasury::settings`].
pub async fn history(treasury: &Treasury, limit: usize) -> Result<Vec<Record>, Error> {
    history_of(treasury, &treasury.logs(&HISTORY_EVENTS).await?, limit).await
}

/// As [`history`], when the treasury's [logs](HISTORY_EVENTS) are known.
pub(crate) async fn history_of(
    treasury: &Treasury,
    logs: &[Log],
    limit: usize,
) -> Result<Vec<Record>, Error> {
    let now = treasury.chain().now().await?;
    let mut all = fold(logs);
    all.reverse();
    let (mut records, mut others) = (Vec::new(), 0);
    for mut record in all {
        if matches!(record.state, State::Voided) {
            record.state = waiting(treasury.ready_at(record.hash).await?, now);
        }
        let waits = matches!(record.state, State::Queued { .. } | State::Ready { .. });
        if !waits {
            others += 1;
            if others > limit {
                continue;
            }
        }
        record.time = treasury.chain().header(BlockId::number(record.block)).await?.timestamp;
        if record.transaction.is_none() {
            record.transaction = sent(treasury, record.hash, record.sent_in).await?;
        }
        records.push(record);
    }
    Ok(records)
}

/// What becomes of a queued transaction that was neither executed nor cancelled.
const fn waiting(ready_at: Option<u64>, now: u64) -> State {
    match ready_at {
        None => State::Voided,
        Some(ready_at) if now < ready_at => State::Queued { ready_at },
        Some(ready_at) if now <= Treasury::queue_end(ready_at) => {
            State::Ready { until: Treasury::queue_end(ready_at) }
        }
        Some(_) => State::Expired,
    }
}

/// Folds the events, oldest first. What is queued and nothing else is taken for void: the chain
/// has to be asked.
fn fold(logs: &[Log]) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for log in logs {
        let (block, sent_in) =
            (log.block_number.unwrap_or_default(), log.transaction_hash.unwrap_or_default());
        let mut note = |hash, transaction: Option<SafeTx>, state| {
            let known = records.iter().position(|record| record.hash == hash);
            let queued = known.and_then(|place| records.remove(place).transaction);
            let transaction = transaction.or(queued);
            records.push(Record { hash, transaction, state, block, time: 0, sent_in });
        };
        let data = &log.inner.data;
        if let Ok(event) = TransactionQueued::decode_log_data(data) {
            note(event.txHash, queued(event), State::Voided);
        } else if let Ok(event) = TransactionCancelled::decode_log_data(data) {
            note(event.txHash, None, State::Cancelled { by: event.canceller });
        } else if let Ok(event) = ExecutionSuccess::decode_log_data(data) {
            note(event.txHash, None, State::Executed);
        } else if let Ok(event) = ExecutionFailure::decode_log_data(data) {
            note(event.txHash, None, State::Failed);
        } else if let Ok(event) = QueueCancelled::decode_log_data(data) {
            let queued = records.iter_mut().filter(|record| record.state == State::Voided);
            for record in queued {
                record.state = State::Cancelled { by: event.canceller };
                (record.block, record.sent_in) = (block, sent_in);
            }
        }
    }
    records
}

fn queued(event: TransactionQueued) -> Option<SafeTx> {
    Some(SafeTx {
        to: event.to,
        value: event.value,
        data: event.data,
        operation: Operation::try_from(event.operation).ok()?,
        safe_tx_gas: event.safeTxGas,
        base_gas: event.baseGas,
        gas_price: event.gasPrice,
        gas_token: event.gasToken,
        refund_receiver: event.refundReceiver,
        nonce: event.nonce,
    })
}

/// Reads a transaction that was executed without a queue from the call that executed it. The
/// nonce is not in it: the one that gives the right hash is looked for below the treasury's.
async fn sent(treasury: &Treasury, hash: B256, sent_in: B256) -> Result<Option<SafeTx>, Error> {
    let chain = treasury.chain();
    let by_hash = chain.provider().get_transaction_by_hash(sent_in);
    let Some(sent) = chain.ask("eth_getTransactionByHash", by_hash).await? else {
        return Ok(None);
    };
    if sent.to() != Some(treasury.address()) {
        return Ok(None);
    }
    let Ok(call) = execTransactionCall::abi_decode(sent.input()) else { return Ok(None) };
    let next = treasury.nonce().await?.saturating_to::<u64>();
    let Some(transaction) = executed(call) else { return Ok(None) };
    let found =
        (0..next).rev().map(|nonce| SafeTx { nonce: U256::from(nonce), ..transaction.clone() });
    Ok(found.into_iter().find(|tx| tx.hash(chain.id(), treasury.address()) == hash))
}

fn executed(call: execTransactionCall) -> Option<SafeTx> {
    Some(SafeTx {
        to: call.to,
        value: call.value,
        data: call.data,
        operation: Operation::try_from(call.operation).ok()?,
        safe_tx_gas: call.safeTxGas,
        base_gas: call.baseGas,
        gas_price: call.gasPrice,
        gas_token: call.gasToken,
        refund_receiver: call.refundReceiver,
        nonce: U256::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Log as RawLog, LogData};

    use super::*;

    fn log(block: u64, data: LogData) -> Log {
        Log {
            inner: RawLog { address: Address::ZERO, data },
            block_number: Some(block),
            ..Log::default()
        }
    }

    fn queue(hash: u8, block: u64) -> Log {
        let event = TransactionQueued {
            txHash: B256::repeat_byte(hash),
            nonce: U256::from(hash),
            ..Default::default()
        };
        log(block, event.encode_log_data())
    }

    fn states(logs: &[Log]) -> Vec<(u8, State, u64)> {
        fold(logs).iter().map(|r| (r.hash[0], r.state, r.block)).collect()
    }

    #[test]
    fn the_last_event_of_a_transaction_says_what_became_of_it() {
        let hash = B256::repeat_byte;
        let by = Address::repeat_byte(9);
        let payment = U256::ZERO;
        let success = ExecutionSuccess { txHash: hash(1), payment }.encode_log_data();
        let failure = ExecutionFailure { txHash: hash(4), payment }.encode_log_data();
        let cancelled = TransactionCancelled { txHash: hash(2), canceller: by }.encode_log_data();
        let logs = [
            queue(1, 1),
            queue(2, 2),
            queue(3, 3),
            log(4, success),
            log(5, failure),
            log(6, cancelled),
        ];
        assert_eq!(
            states(&logs),
            [
                (3, State::Voided, 3),
                (1, State::Executed, 4),
                (4, State::Failed, 5),
                (2, State::Cancelled { by }, 6),
            ]
        );
        let folded = fold(&logs);
        assert_eq!(folded[1].transaction.as_ref().map(|tx| tx.nonce), Some(U256::from(1)));
        assert_eq!(folded[2].transaction, None);
    }

    #[test]
    fn all_that_wait_are_cancelled_at_once() {
        let by = Address::repeat_byte(9);
        let all = QueueCancelled { canceller: by }.encode_log_data();
        let done = ExecutionSuccess { txHash: B256::repeat_byte(1), payment: U256::ZERO };
        let logs =
            [queue(1, 1), queue(2, 1), log(2, done.encode_log_data()), log(3, all), queue(3, 4)];
        let cancelled = State::Cancelled { by };
        let expected = [(2, cancelled, 3), (1, State::Executed, 2), (3, State::Voided, 4)];
        assert_eq!(states(&logs), expected);
    }

    #[test]
    fn what_waits_becomes_ready_and_then_expires() {
        let end = Treasury::queue_end(100);
        assert_eq!(waiting(None, 5), State::Voided);
        assert_eq!(waiting(Some(100), 99), State::Queued { ready_at: 100 });
        assert_eq!(waiting(Some(100), 100), State::Ready { until: end });
        assert_eq!(waiting(Some(100), end), State::Ready { until: end });
        assert_eq!(waiting(Some(100), end + 1), State::Expired);
    }
}
