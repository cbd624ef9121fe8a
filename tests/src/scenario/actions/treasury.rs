//! Decides how the treasury pays: by its owners' signatures, and by a spender within a limit.

use alloy::{
    primitives::{Address, U256},
    signers::local::PrivateKeySigner,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    bindings::{
        IDataToken::transferCall,
        ITreasury::{budgetCall, execTransactionCall, nonceCall, spendCall, spendingLimitCall},
    },
    treasury::{Operation, OwnerSignature, SafeTx, SignatureKind, packed},
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::{
    TOKEN,
    scenario::{
        people::{OWNERS, SPENDER},
        stage::Stage,
    },
};

/// The most that owners pay at a time, in DATA.
const MOST: u64 = 300;

/// A transfer of DATA, signed by some for a nonce of the treasury.
pub(crate) fn paid_by_owners(
    stage: &Stage,
    (to, value): (Address, U256),
    nonce: U256,
    signers: &[&PrivateKeySigner],
) -> Result<execTransactionCall> {
    let transaction = SafeTx {
        to: stage.at.data,
        data: transferCall { to, value }.abi_encode().into(),
        operation: Operation::Call,
        nonce,
        ..SafeTx::default()
    };
    let hash = transaction.hash(stage.chain.id(), stage.at.treasury);
    let kinds = [SignatureKind::Eip712, SignatureKind::EthSign];
    let signatures = signers
        .iter()
        .zip(kinds.into_iter().cycle())
        .map(|(signer, kind)| OwnerSignature::sign(signer, kind, hash));
    Ok(transaction.exec_call(packed(&signatures.collect::<Result<Vec<_>, _>>()?)))
}

impl Composer<'_> {
    /// Two of three owners pay a member; one alone does not, nor one with an outsider, nor do two signatures
    /// that were used.
    pub(super) async fn owners_pay(&mut self) -> Result<Option<Attempt>> {
        let Some(to) = self.member() else { return Ok(None) };
        let (people, at) = (&self.stage.people, self.stage.at.treasury);
        let mut owners = people.members(OWNERS);
        owners.swap_remove(self.rng.random_range(0..owners.len()));
        let keys = owners.iter().map(|owner| people.key(*owner));
        let mut keys: Vec<_> = keys.collect::<Option<_>>().context("owners have keys")?;
        let value = U256::from(self.rng.random_range(1..MOST)) * TOKEN;
        let mut nonce = self.ask(at, nonceCall {}).await?;
        let flaw = if self.is_flawed() { self.rng.random_range(1..4) } else { 0 };
        let error = match flaw {
            0 => None,
            1 => {
                keys.truncate(1);
                Some("GS020")
            }
            2 => {
                keys[1] = &people.outsider;
                Some("GS026")
            }
            _ => {
                nonce -= U256::ONE;
                Some("GS026")
            }
        };
        let call = paid_by_owners(self.stage, (to, value), nonce, &keys)?;
        let relayer = self.outsider();
        let attempt = Attempt::ends(relayer, at, &call, error);
        Ok(Some(attempt.stopped_by(&[self.ledger.data_stands_still()])))
    }

    /// A spender spends within its limit and its line, or tries to spend more; one without a limit spends
    /// nothing.
    pub(super) async fn spend(&mut self) -> Result<Option<Attempt>> {
        let Some(to) = self.member() else { return Ok(None) };
        let (at, token) = (self.stage.at.treasury, self.stage.at.data);
        let stopped = [self.ledger.data_stands_still()];
        let spender = self.stage.people.member(SPENDER);
        let limit = self.ask(at, spendingLimitCall { spender, token }).await?;
        let budget = self.ask(at, budgetCall { line: limit.line, token }).await?;
        // A cap that was lowered may be below what was spent.
        let left = limit.cap.saturating_sub(limit.spent);
        let line = budget.cap.saturating_sub(budget.spent);
        let flaw = if self.is_flawed() { self.rng.random_range(1..3) } else { 0 };
        let attempt = match flaw {
            1 => {
                let call = spendCall { token, to, amount: left + U256::ONE };
                Attempt::refused(spender, at, &call, "TreasurySpendingLimitExceeded")
            }
            2 => {
                let call = spendCall { token, to, amount: TOKEN };
                let nobody = self.outsider();
                Attempt::refused(nobody, at, &call, "TreasurySpendingLimitExceeded")
            }
            _ => {
                let amount = self.up_to(left) + U256::ONE;
                let call = spendCall { token, to, amount };
                let error = if amount > left {
                    Some("TreasurySpendingLimitExceeded")
                } else {
                    (amount > line).then_some("TreasuryBudgetExceeded")
                };
                Attempt::ends(spender, at, &call, error)
            }
        };
        Ok(Some(attempt.stopped_by(&stopped)))
    }
}
