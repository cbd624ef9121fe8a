//! Decides which spending limits and budgets there are: those that events name, as they are now.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, U256},
    sol_types::SolEvent,
};

use super::{Line, Treasury};
use crate::{
    Error,
    bindings::ITreasury::{
        BudgetChanged, SpendingLimitChanged, budgetCall, spendingLimitCall, strictBudgetsCall,
    },
};

/// What may be spent, and what is left. Amounts are in the token's smallest unit, times in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Who may spend; none for what the owners and the governor pay from a line.
    pub spender: Option<Address>,
    /// The budget line that it is paid from.
    pub line: Option<Line>,
    /// The token; zero is ether.
    pub token: Address,
    /// What may be spent in each period.
    pub cap: U256,
    /// What was spent in the present one.
    pub spent: U256,
    /// The length of a period; zero when it never ends.
    pub period: u64,
    /// When the present period ends, in seconds since 1970.
    pub period_end: Option<u64>,
}

/// All that limits what is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whether owners may only pay from budget lines.
    pub strict_budgets: bool,
    /// What accounts may spend by themselves.
    pub spending: Vec<Limit>,
    /// What may be paid from lines.
    pub budgets: Vec<Limit>,
}

impl Limit {
    /// Returns what may still be spent in the present period.
    #[must_use]
    pub const fn left(&self) -> U256 {
        self.cap.saturating_sub(self.spent)
    }
}

/// Asks for the limits of a treasury. Those that were taken away are left out.
///
/// # Errors
///
/// As [`Treasury::settings`].
pub async fn limits(treasury: &Treasury) -> Result<Limits, Error> {
    let events = [SpendingLimitChanged::SIGNATURE_HASH, BudgetChanged::SIGNATURE_HASH];
    let (mut spenders, mut lines) = (BTreeSet::new(), BTreeSet::new());
    for log in treasury.logs(&events).await? {
        let data = &log.inner.data;
        if let Ok(event) = SpendingLimitChanged::decode_log_data(data) {
            spenders.insert((event.spender, event.token));
        } else if let Ok(event) = BudgetChanged::decode_log_data(data) {
            lines.insert((event.line, event.token));
        }
    }
    let mut spending = Vec::new();
    for (spender, token) in spenders {
        let now = treasury.read(&spendingLimitCall { spender, token }).await?;
        spending.push(Limit {
            spender: Some(spender),
            line: Line::of(now.line),
            token,
            cap: now.cap,
            spent: now.spent,
            period: now.period.saturating_to(),
            period_end: end(now.periodStart, now.period),
        });
    }
    let mut budgets = Vec::new();
    for (line, token) in lines {
        let now = treasury.read(&budgetCall { line, token }).await?;
        budgets.push(Limit {
            spender: None,
            line: Line::of(line),
            token,
            cap: now.cap,
            spent: now.spent,
            period: now.period.saturating_to(),
            period_end: end(now.periodStart, now.period),
        });
    }
    spending.retain(|limit| !limit.cap.is_zero());
    budgets.retain(|limit| !limit.cap.is_zero());
    let strict_budgets = treasury.beyond_safe(&strictBudgetsCall {}).await?.unwrap_or_default();
    Ok(Limits { strict_budgets, spending, budgets })
}

/// When a period ends; a period of zero never does.
fn end(start: U256, period: U256) -> Option<u64> {
    (!period.is_zero()).then(|| start.saturating_add(period).saturating_to())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_zero_never_ends() {
        assert_eq!(end(U256::from(5), U256::ZERO), None);
        assert_eq!(end(U256::from(5), U256::from(10)), Some(15));
        assert_eq!(end(U256::MAX, U256::from(10)), Some(u64::MAX));
    }

    #[test]
    fn nothing_is_left_of_a_cap_that_was_lowered_below_what_was_spent() {
        let limit = |cap: u64, spent: u64| Limit {
            spender: None,
            line: None,
            token: Address::ZERO,
            cap: U256::from(cap),
            spent: U256::from(spent),
            period: 0,
            period_end: None,
        };
        assert_eq!(limit(5, 3).left(), U256::from(2));
        assert_eq!(limit(3, 5).left(), U256::ZERO);
    }
}
