//! Decides when a transaction may be executed, with whose signatures, and through which function.

use alloy::primitives::{Address, B256};

use super::{
    OwnerSignature, SafeTx, SignatureKind, TransactionFile, Treasury, TreasuryError, is_signed_by,
    packed,
};
use crate::{
    Error,
    bindings::ITreasury::{
        ExecutionFailure, approveHashCall, cancelAllQueuedCall, cancelQueuedCall,
    },
    chain::{Receipt, Sender},
};

/// What executing a transaction came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was executed.
    Executed(Receipt),
    /// It was queued, since there is a delay.
    Queued {
        /// The transaction that queued it.
        receipt: Receipt,
        /// When it can be executed, in seconds since 1970.
        ready_at: u64,
    },
}

/// Checks that a transaction is for a treasury and its chain.
///
/// # Errors
///
/// [`TreasuryError::OtherChain`], [`TreasuryError::OtherTreasury`].
pub fn check_place(treasury: &Treasury, file: &TransactionFile) -> Result<(), TreasuryError> {
    let (expected, actual) = (file.chain_id, treasury.chain().id());
    if expected != actual {
        return Err(TreasuryError::OtherChain { expected, actual });
    }
    let (expected, actual) = (file.treasury, treasury.address());
    if expected != actual {
        return Err(TreasuryError::OtherTreasury { expected, actual });
    }
    Ok(())
}

/// Executes a transaction, or queues it when there is a delay and it is not queued yet.
///
/// # Errors
///
/// - [`TreasuryError::OtherChain`], [`TreasuryError::OtherTreasury`]: it is not for this treasury.
/// - [`TreasuryError::HashDisagrees`]: the treasury is no Safe.
/// - [`TreasuryError::NotReady`]: it waits for its delay.
/// - [`TreasuryError::NonceUsed`], [`TreasuryError::NonceAhead`]: it is not its turn.
/// - [`TreasuryError::MissingSignatures`]: too few owners have signed.
/// - [`TreasuryError::InnerFailure`]: what it calls fails.
/// - The failures of [`Sender::send`].
pub async fn execute(
    treasury: &Treasury,
    sender: &Sender,
    file: &TransactionFile,
) -> Result<Outcome, Error> {
    check_place(treasury, file)?;
    let hash = treasury.check_hash(&file.transaction).await?;
    if let Some(ready_at) = treasury.ready_at(hash).await? {
        return execute_queued(treasury, sender, &file.transaction, hash, ready_at).await;
    }
    let (nonce, next) = (file.transaction.nonce, treasury.nonce().await?);
    if nonce < next {
        return Err(TreasuryError::NonceUsed { nonce, next }.into());
    }
    if nonce > next {
        return Err(TreasuryError::NonceAhead { nonce, next }.into());
    }
    let signatures = packed(&consents(treasury, file, hash).await?);
    if treasury.delay().await? == 0 {
        return execute_now(treasury, sender, file, signatures).await.map(Outcome::Executed);
    }
    let call = file.transaction.queue_call(signatures);
    let receipt = sender.call(treasury.address(), &call).await?;
    let ready_at = treasury.ready_at(hash).await?.unwrap_or_default();
    Ok(Outcome::Queued { receipt, ready_at })
}

async fn execute_now(
    treasury: &Treasury,
    sender: &Sender,
    file: &TransactionFile,
    signatures: alloy::primitives::Bytes,
) -> Result<Receipt, Error> {
    let call = file.transaction.exec_call(signatures);
    let would_succeed = sender.simulate(treasury.address(), &call).await?;
    succeeding(would_succeed, file.safe_tx_hash)?;
    succeeded(treasury, sender.call(treasury.address(), &call).await?, file.safe_tx_hash)
}

async fn execute_queued(
    treasury: &Treasury,
    sender: &Sender,
    transaction: &SafeTx,
    hash: B256,
    ready_at: u64,
) -> Result<Outcome, Error> {
    let now = treasury.chain().now().await?;
    if now < ready_at {
        let seconds = ready_at.saturating_sub(now);
        return Err(TreasuryError::NotReady { hash, ready_at, seconds }.into());
    }
    let call = transaction.queued_call();
    let would_succeed = sender.simulate(treasury.address(), &call).await?;
    succeeding(would_succeed, hash)?;
    let receipt = sender.call(treasury.address(), &call).await?;
    succeeded(treasury, receipt, hash).map(Outcome::Executed)
}

fn succeeding(would_succeed: bool, hash: B256) -> Result<(), Error> {
    if would_succeed { Ok(()) } else { Err(TreasuryError::InnerFailure { hash }.into()) }
}

fn succeeded(treasury: &Treasury, receipt: Receipt, hash: B256) -> Result<Receipt, Error> {
    let has_failed =
        receipt.events_of::<ExecutionFailure>(treasury.address()).any(|event| event.txHash == hash);
    succeeding(!has_failed, hash).map(|()| receipt)
}

/// Finds as many owners' consents as are needed, in the file or on chain.
async fn consents(
    treasury: &Treasury,
    file: &TransactionFile,
    hash: B256,
) -> Result<Vec<OwnerSignature>, Error> {
    let (owners, threshold) = (treasury.owners().await?, treasury.threshold().await?);
    let (mut consents, mut missing, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for &owner in &owners {
        let mut signed = file.signature_of(owner);
        if let Some(signature) = signed.filter(|signed| signed.kind == SignatureKind::Contract)
            && !is_signed_by(treasury.chain(), owner, hash, &signature.signature).await?
        {
            refused.push(owner);
            signed = None;
        }
        match signed.filter(|signature| signature.kind != SignatureKind::ApprovedHash) {
            Some(signature) => consents.push(signature.clone()),
            None if treasury.has_approved(owner, hash).await? => {
                consents.push(OwnerSignature::approved(owner));
            }
            None => missing.push(owner),
        }
    }
    let have = consents.len() as u64;
    if have < threshold {
        let signers = file.signatures.iter().map(|signature| signature.owner);
        let strangers = signers.filter(|signer| !owners.contains(signer)).collect();
        return Err(TreasuryError::MissingSignatures {
            have,
            threshold,
            missing,
            strangers,
            refused,
        }
        .into());
    }
    // The contract looks at no more than it needs.
    consents.truncate(usize::try_from(threshold).unwrap_or(usize::MAX));
    Ok(consents)
}

/// Approves the hash of a transaction on chain, as an owner. There is no receipt when it was
/// approved before.
///
/// # Errors
///
/// - [`TreasuryError::OtherChain`], [`TreasuryError::OtherTreasury`]: it is not for this treasury.
/// - [`TreasuryError::HashDisagrees`]: the treasury is no Safe.
/// - [`TreasuryError::NotAnOwner`]: the sender is no owner.
/// - The failures of [`Sender::send`].
pub async fn approve(
    treasury: &Treasury,
    sender: &Sender,
    file: &TransactionFile,
) -> Result<Option<Receipt>, Error> {
    check_place(treasury, file)?;
    let hash = treasury.check_hash(&file.transaction).await?;
    expect_owner(treasury, sender.address()).await?;
    if treasury.has_approved(sender.address(), hash).await? {
        return Ok(None);
    }
    sender.call(treasury.address(), &approveHashCall { hashToApprove: hash }).await.map(Some)
}

/// Cancels a queued transaction, as an owner or the governor.
///
/// # Errors
///
/// The failures of [`Sender::send`].
pub async fn cancel_queued(
    treasury: &Treasury,
    sender: &Sender,
    hash: B256,
) -> Result<Receipt, Error> {
    sender.call(treasury.address(), &cancelQueuedCall { txHash: hash }).await
}

/// Cancels all that is queued, as an owner or the governor.
///
/// # Errors
///
/// The failures of [`Sender::send`].
pub async fn cancel_all(treasury: &Treasury, sender: &Sender) -> Result<Receipt, Error> {
    sender.call(treasury.address(), &cancelAllQueuedCall {}).await
}

async fn expect_owner(treasury: &Treasury, account: Address) -> Result<(), Error> {
    let owners = treasury.owners().await?;
    if owners.contains(&account) {
        return Ok(());
    }
    Err(TreasuryError::NotAnOwner { account, owners }.into())
}
