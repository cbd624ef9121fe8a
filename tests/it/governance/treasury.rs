//! The treasury pays: by every kind of signature, within limits and budgets, after its delay.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolCall,
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{
        IDataToken::{balanceOfCall, transferCall},
        ITreasury::{
            ITreasuryErrors, approveHashCall, cancelQueuedCall, nonceCall, readyAtCall,
            setBudgetCall, setSpendingLimitCall, spendCall,
        },
    },
    keys::dev_account,
    treasury::{Operation, OwnerSignature, SafeTx, SignatureKind, packed},
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, GUARDIAN, Proposal, TOKEN};

use super::actors::by_governance;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// A payment of DATA to the guardian, with the next nonce.
pub(super) async fn payment(dao: &Dao, amount: u64) -> Result<SafeTx> {
    let call = transferCall { to: GUARDIAN, value: U256::from(amount) * TOKEN };
    Ok(SafeTx {
        to: dao.data.address,
        value: U256::ZERO,
        data: call.abi_encode().into(),
        operation: Operation::Call,
        safe_tx_gas: U256::ZERO,
        base_gas: U256::ZERO,
        gas_price: U256::ZERO,
        gas_token: Address::ZERO,
        refund_receiver: Address::ZERO,
        nonce: dao.treasury.read(nonceCall {}).await?,
    })
}

fn hash(dao: &Dao, transaction: &SafeTx) -> B256 {
    transaction.hash(dao.chain.id(), dao.treasury.address)
}

/// Signatures of Alice (dev account 3) and Bob (dev account 4).
fn signed(hash: B256, kinds: [SignatureKind; 2]) -> Result<Bytes> {
    let [alice, bob] = kinds;
    let signatures = [
        OwnerSignature::sign(&dev_account(3)?, alice, hash)?,
        OwnerSignature::sign(&dev_account(4)?, bob, hash)?,
    ];
    Ok(packed(&signatures))
}

pub(super) async fn paid(dao: &Dao) -> Result<U256> {
    dao.data.read(balanceOfCall { account: GUARDIAN }).await
}

#[tokio::test]
async fn two_of_three_pay_with_every_kind_of_signature() -> Result<()> {
    let dao = Dao::start().await?;
    let kinds = [
        [SignatureKind::Eip712, SignatureKind::Eip712],
        [SignatureKind::EthSign, SignatureKind::Eip712],
        [SignatureKind::EthSign, SignatureKind::EthSign],
    ];
    for (kinds, total) in kinds.into_iter().zip(1_u64..) {
        let transaction = payment(&dao, 1).await?;
        let call = transaction.exec_call(signed(hash(&dao, &transaction), kinds)?);
        dao.treasury.send(CAROL, call.clone()).await?;
        assert_eq!(paid(&dao).await?, U256::from(total) * TOKEN);
        // The nonce is used: the same signatures are of no transaction any more.
        dao.treasury.revert_data(CAROL, call).await?;
    }
    let transaction = payment(&dao, 1).await?;
    let approved = hash(&dao, &transaction);
    let signatures = packed(&[OwnerSignature::approved(ALICE), OwnerSignature::approved(BOB)]);
    let call = transaction.exec_call(signatures);
    dao.treasury.send(ALICE, approveHashCall { hashToApprove: approved }).await?;
    // Bob has not approved.
    dao.treasury.revert_data(CAROL, call.clone()).await?;
    dao.treasury.send(BOB, approveHashCall { hashToApprove: approved }).await?;
    dao.treasury.send(CAROL, call).await?;
    assert_eq!(paid(&dao).await?, U256::from(4) * TOKEN);
    // One owner is not enough, and a signature of another chain is nobody's.
    let transaction = payment(&dao, 1).await?;
    let alone =
        OwnerSignature::sign(&dev_account(3)?, SignatureKind::Eip712, hash(&dao, &transaction))?;
    dao.treasury.revert_data(CAROL, transaction.exec_call(packed(&[alone]))).await?;
    let elsewhere = transaction.hash(dao.chain.id() + 1, dao.treasury.address);
    let foreign = signed(elsewhere, [SignatureKind::Eip712; 2])?;
    dao.treasury.revert_data(CAROL, transaction.exec_call(foreign)).await?;
    assert_eq!(paid(&dao).await?, U256::from(4) * TOKEN);
    Ok(())
}

#[tokio::test]
async fn a_spender_stays_within_its_limit_and_its_line() -> Result<()> {
    let dao = Dao::start().await?;
    let token = dao.data.address;
    let cap = |tokens: u64| U256::from(tokens) * TOKEN;
    let period = U256::from(DAY);
    let limit = setSpendingLimitCall { spender: CAROL, token, cap: cap(10), period, line: 4 };
    let budget = setBudgetCall { line: 4, token, cap: cap(12), period };
    let target = dao.treasury.address;
    let proposal = Proposal::new("Carol spends for research")
        .call(target, &by_governance(&dao, &limit))
        .call(target, &by_governance(&dao, &budget));
    dao.enact(&proposal).await?;

    let spend = |amount: u64| spendCall { token, to: GUARDIAN, amount: cap(amount) };
    dao.treasury.send(CAROL, spend(8)).await?;
    let refused = dao.treasury.refusal(CAROL, spend(3)).await?;
    assert!(matches!(
        refused,
        ITreasuryErrors::TreasurySpendingLimitExceeded(error) if error.available == cap(2)
    ));
    let stranger = dao.treasury.refusal(BOB, spend(1)).await?;
    assert!(matches!(stranger, ITreasuryErrors::TreasurySpendingLimitExceeded(_)));
    dao.treasury.send(CAROL, spend(2)).await?;
    // A day later both begin anew, and the line is the narrower one when the limit is raised.
    let raised = setSpendingLimitCall { spender: CAROL, token, cap: cap(50), period, line: 4 };
    let proposal =
        Proposal::new("Carol may spend more").call(target, &by_governance(&dao, &raised));
    dao.enact(&proposal).await?;
    dao.pass_time(2 * DAY).await?;
    dao.treasury.send(CAROL, spend(12)).await?;
    let refused = dao.treasury.refusal(CAROL, spend(1)).await?;
    assert!(matches!(
        refused,
        ITreasuryErrors::TreasuryBudgetExceeded(error) if error.available.is_zero()
    ));
    assert_eq!(paid(&dao).await?, cap(22));
    Ok(())
}

#[tokio::test]
async fn what_owners_sign_waits_and_can_be_cancelled() -> Result<()> {
    let dao = Dao::start_with(|terms| terms.treasury_delay = 2 * DAY).await?;
    let both = [SignatureKind::Eip712; 2];
    let first = payment(&dao, 1).await?;
    let signatures = signed(hash(&dao, &first), both)?;
    let at_once = dao.treasury.refusal(CAROL, first.exec_call(signatures.clone())).await?;
    assert!(matches!(at_once, ITreasuryErrors::TreasuryDelayActive(_)));
    dao.treasury.send(CAROL, first.queue_call(signatures)).await?;
    let early = dao.treasury.refusal(CAROL, first.queued_call()).await?;
    assert!(matches!(early, ITreasuryErrors::TreasuryNotReady(_)));
    // The second is cancelled by one owner, the third by governance.
    let second = payment(&dao, 2).await?;
    dao.treasury.send(CAROL, second.queue_call(signed(hash(&dao, &second), both)?)).await?;
    let stranger = cancelQueuedCall { txHash: hash(&dao, &second) };
    let refused = dao.treasury.refusal(GUARDIAN, stranger.clone()).await?;
    assert!(matches!(refused, ITreasuryErrors::TreasuryUnauthorizedCanceller(_)));
    dao.treasury.send(CAROL, stranger).await?;
    let third = payment(&dao, 3).await?;
    dao.treasury.send(CAROL, third.queue_call(signed(hash(&dao, &third), both)?)).await?;
    let cancel = cancelQueuedCall { txHash: hash(&dao, &third) };
    let proposal = Proposal::new("Not this one").call(dao.treasury.address, &cancel);
    dao.enact(&proposal).await?;
    let ready = dao.treasury.read(readyAtCall { txHash: hash(&dao, &third) }).await?;
    assert_eq!(ready, U256::ZERO);

    dao.pass_time(2 * DAY + 1).await?;
    for cancelled in [&second, &third] {
        let refused = dao.treasury.refusal(CAROL, cancelled.queued_call()).await?;
        assert!(matches!(refused, ITreasuryErrors::TreasuryNotQueued(_)));
    }
    dao.treasury.send(CAROL, first.queued_call()).await?;
    assert_eq!(paid(&dao).await?, TOKEN);
    let twice = dao.treasury.refusal(CAROL, first.queued_call()).await?;
    assert!(matches!(twice, ITreasuryErrors::TreasuryNotQueued(_)));
    Ok(())
}
