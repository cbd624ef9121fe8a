//! Decides what may be spent without the owners' signatures, and from which line of the budget: the
//! spending limits of named spenders, and the caps of lines.

use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host, layout, storage::Place};
use stylus_sdk::host::VM;

use crate::{
    cap::{Cap, CapPlace},
    payments,
    treasury::ITreasury::{
        BudgetChanged, Paid, SpendingLimitChanged, TreasuryBudgetExceeded, TreasuryInvalidLine,
        TreasuryInvalidSpender, TreasurySpendingLimitExceeded,
    },
};

/// The last line: 1 grants, 2 audits, 3 infrastructure, 4 research, 5 operations, 6 dividends.
pub const LAST_LINE: u8 = 6;

layout! {
    /// The storage of spending limits and budgets.
    pub struct BudgetsStorage {
        /// By spender and token, the limit. Written by [`set_limit`](Self::set_limit) and
        /// [`spend`](Self::spend).
        limits: NestedMapping<Account, Account, [u64; 4]>,
        /// By line and token, the budget. Written by [`set_budget`](Self::set_budget) and
        /// [`charge`](Self::charge).
        lines: NestedMapping<Uint, Account, [u64; 4]>,
    }
}

/// A payment: the token (zero for ether), who receives it, and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment<'a> {
    pub(crate) token: &'a Account,
    pub(crate) to: &'a Account,
    pub(crate) amount: &'a Uint,
}

impl BudgetsStorage {
    #[inline(never)]
    fn limit_of(&self, vm: &VM, spender: &Account, token: &Account) -> CapPlace {
        self.limits.of(vm, spender, token)
    }

    #[inline(never)]
    fn line_of(&self, vm: &VM, line: u8, token: &Account) -> CapPlace {
        self.lines.of(vm, &Uint::from(u64::from(line)), token)
    }

    /// Returns a spender's limit as it is now.
    pub(crate) fn limit(&self, vm: &VM, spender: &Account, token: &Account) -> Cap {
        Cap::read(vm, &self.limit_of(vm, spender, token), host::timestamp(vm))
    }

    /// Returns a line's budget as it is now.
    pub(crate) fn budget(&self, vm: &VM, line: u8, token: &Account) -> Cap {
        Cap::read(vm, &self.line_of(vm, line, token), host::timestamp(vm))
    }

    /// Sets what a spender may spend of a token.
    ///
    /// # Errors
    ///
    /// `TreasuryInvalidSpender` for the zero address and the treasury itself, `TreasuryInvalidLine`
    /// for a line that there is not, and as [`Cap::change`].
    pub(crate) fn set_limit(
        &self,
        vm: &mut VM,
        (spender, token): (&Account, &Account),
        (cap, period): (&Uint, &Uint),
        line: u8,
    ) -> Result<()> {
        if spender.is_zero() || *spender == host::this(vm) {
            return Err(Revert::new::<TreasuryInvalidSpender>((spender,)));
        }
        check_line(line, 0)?;
        let place = self.limit_of(vm, spender, token);
        let old = change(vm, &place, (cap, period), line)?;
        emit::<SpendingLimitChanged>(
            vm,
            (spender, token),
            (old.cap, old.period, old.line(), cap, period, line),
        );
        Ok(())
    }

    /// Sets what may be paid of a token from a line.
    ///
    /// # Errors
    ///
    /// `TreasuryInvalidLine` for a line that there is not, and as [`Cap::change`].
    pub(crate) fn set_budget(
        &self,
        vm: &mut VM,
        (line, token): (u8, &Account),
        cap: &Uint,
        period: &Uint,
    ) -> Result<()> {
        check_line(line, 1)?;
        let place = self.line_of(vm, line, token);
        let old = change(vm, &place, (cap, period), 0)?;
        emit::<BudgetChanged>(vm, (line, token), (old.cap, old.period, cap, period));
        Ok(())
    }

    /// Pays inside the caller's limit and its line's budget. What is spent is written before
    /// anything is sent: whoever is called by it finds less.
    ///
    /// # Errors
    ///
    /// `TreasurySpendingLimitExceeded`, and as [`charge`](Self::charge) and [`payments::send`].
    pub(crate) fn spend(&self, vm: &mut VM, payment: &Payment<'_>) -> Result<()> {
        let spender = host::sender(vm);
        let place = self.limit_of(vm, &spender, payment.token);
        let mut limit = Cap::read(vm, &place, host::timestamp(vm));
        let available = limit.available();
        if !limit.spend(payment.amount) {
            return Err(Revert::new::<TreasurySpendingLimitExceeded>((
                &spender,
                payment.token,
                payment.amount,
                available,
            )));
        }
        limit.write(vm, &place);
        if limit.line != 0 {
            self.charge(vm, limit.line(), payment)?;
        }
        pay_out(vm, &spender, limit.line(), payment)
    }

    /// Pays from a line.
    ///
    /// # Errors
    ///
    /// `TreasuryInvalidLine` for a line that there is not, and as [`charge`](Self::charge) and
    /// [`payments::send`].
    pub(crate) fn pay(&self, vm: &mut VM, line: u8, payment: &Payment<'_>) -> Result<()> {
        check_line(line, 1)?;
        self.charge(vm, line, payment)?;
        let this = host::this(vm);
        pay_out(vm, &this, line, payment)
    }

    /// Takes a payment from a line's budget.
    ///
    /// # Errors
    ///
    /// `TreasuryBudgetExceeded`.
    #[inline(never)]
    fn charge(&self, vm: &mut VM, line: u8, payment: &Payment<'_>) -> Result<()> {
        let place = self.line_of(vm, line, payment.token);
        let mut budget = Cap::read(vm, &place, host::timestamp(vm));
        let available = budget.available();
        if !budget.spend(payment.amount) {
            return Err(Revert::new::<TreasuryBudgetExceeded>((
                line,
                payment.token,
                payment.amount,
                available,
            )));
        }
        budget.write(vm, &place);
        Ok(())
    }
}

/// Requires a line from `first` to the last one.
#[inline(never)]
fn check_line(line: u8, first: u8) -> Result<()> {
    if (first..=LAST_LINE).contains(&line) {
        Ok(())
    } else {
        Err(Revert::new::<TreasuryInvalidLine>((line, LAST_LINE)))
    }
}

/// Changes the cap at a place, and returns the old one.
#[inline(never)]
fn change(
    vm: &mut VM,
    place: &Place<[u64; 4]>,
    (cap, period): (&Uint, &Uint),
    line: u8,
) -> Result<Cap> {
    let now = host::timestamp(vm);
    let old = Cap::read(vm, place, now);
    let mut new = old;
    new.change(cap, period, now)?;
    new.line = line.into();
    new.write(vm, place);
    Ok(old)
}

/// Tells of a payment, and makes it.
#[inline(never)]
fn pay_out(vm: &mut VM, spender: &Account, line: u8, payment: &Payment<'_>) -> Result<()> {
    let Payment { token, to, amount } = *payment;
    emit::<Paid>(vm, (spender, token, to), (amount, line));
    payments::send(vm, payment)
}
