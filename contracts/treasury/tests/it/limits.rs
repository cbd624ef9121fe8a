//! Spending limits, budget lines and strict budgets, each bound at its edge.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use treasury::{
    BudgetsStorage,
    ITreasury::{
        TreasuryBudgetExceeded, TreasuryCapTooHigh, TreasuryGovernorRequired, TreasuryInvalidLine,
        TreasuryInvalidSpender, TreasuryOwnersMayOnlyPay, TreasuryPeriodOutOfBounds,
        TreasurySpendingLimitExceeded, payCall, setBudgetCall, setGovernorCall,
        setSpendingLimitCall, setStrictBudgetsCall, spendCall, spendingLimitCall,
    },
    LAST_LINE, MAX_CAP, MAX_PERIOD_SECS, MIN_PERIOD_SECS, ModulesStorage, OwnersStorage,
    QueueStorage, SettingsStorage, SignaturesStorage,
};

use crate::support::{ETHER, MALLORY, PAYEE, TREASURY, Treasury, gs};

/// May spend.
const SPENDER: Address = Address::repeat_byte(0x51);

fn limit(cap: u128, period: u64, line: u8) -> setSpendingLimitCall {
    let (cap, period) = (U256::from(cap), U256::from(period));
    setSpendingLimitCall { spender: SPENDER, token: ETHER, cap, period, line }
}

fn budget(line: u8, cap: u64) -> setBudgetCall {
    let (cap, period) = (U256::from(cap), U256::from(MIN_PERIOD_SECS));
    setBudgetCall { line, token: ETHER, cap, period }
}

fn spend(amount: u64) -> spendCall {
    spendCall { token: ETHER, to: PAYEE, amount: U256::from(amount) }
}

fn exceeded(requested: u64, available: u64) -> TreasurySpendingLimitExceeded {
    TreasurySpendingLimitExceeded {
        spender: SPENDER,
        token: ETHER,
        requested: U256::from(requested),
        available: U256::from(available),
    }
}

#[test]
fn a_spender_spends_its_cap_in_each_period_and_no_more() {
    let treasury = Treasury::new();
    treasury.fails(SPENDER, &spend(0), &exceeded(0, 0));
    treasury.govern(&limit(100, MIN_PERIOD_SECS, 0)).unwrap();
    treasury.fails(SPENDER, &spend(101), &exceeded(101, 100));
    treasury.ok(SPENDER, &spend(60));
    treasury.fails(SPENDER, &spend(41), &exceeded(41, 40));
    treasury.ok(SPENDER, &spend(40));
    treasury.wait(MIN_PERIOD_SECS - 1);
    treasury.fails(SPENDER, &spend(1), &exceeded(1, 0));
    treasury.wait(1);
    treasury.ok(SPENDER, &spend(100));
    assert_eq!(treasury.balance(PAYEE), U256::from(200));
}

#[test]
fn a_period_of_zero_never_starts_anew() {
    let treasury = Treasury::new();
    treasury.govern(&limit(100, 0, 0)).unwrap();
    treasury.ok(SPENDER, &spend(100));
    treasury.wait(MAX_PERIOD_SECS * 2);
    treasury.fails(SPENDER, &spend(1), &exceeded(1, 0));
}

#[test]
fn a_changed_limit_keeps_what_was_spent() {
    let treasury = Treasury::new();
    treasury.govern(&limit(100, MIN_PERIOD_SECS, 0)).unwrap();
    treasury.ok(SPENDER, &spend(60));
    treasury.govern(&limit(50, MIN_PERIOD_SECS, 0)).unwrap();
    treasury.fails(SPENDER, &spend(1), &exceeded(1, 0));
    treasury.govern(&limit(70, MIN_PERIOD_SECS, 0)).unwrap();
    treasury.fails(SPENDER, &spend(11), &exceeded(11, 10));
}

#[test]
fn limits_are_set_within_their_bounds_alone() {
    let treasury = Treasury::new();
    treasury.govern(&limit(MAX_CAP, 0, LAST_LINE)).unwrap();
    let maximum = U256::from(MAX_CAP);
    let cap = maximum + U256::ONE;
    treasury.ungoverned(&limit(MAX_CAP + 1, 0, 0), &TreasuryCapTooHigh { cap, maximum });
    let (minimum, maximum) = (U256::from(MIN_PERIOD_SECS), U256::from(MAX_PERIOD_SECS));
    for good in [0, MIN_PERIOD_SECS, MAX_PERIOD_SECS] {
        treasury.govern(&limit(1, good, 0)).unwrap();
    }
    for bad in [1, MIN_PERIOD_SECS - 1, MAX_PERIOD_SECS + 1, u64::MAX] {
        let error = TreasuryPeriodOutOfBounds { period: U256::from(bad), minimum, maximum };
        treasury.ungoverned(&limit(1, bad, 0), &error);
    }
    let error = |line| TreasuryInvalidLine { line, maximum: LAST_LINE };
    treasury.ungoverned(&limit(1, 0, LAST_LINE + 1), &error(LAST_LINE + 1));
    treasury.ungoverned(&budget(LAST_LINE + 1, 1), &error(LAST_LINE + 1));
    treasury.ungoverned(&budget(0, 1), &error(0));
    for spender in [Address::ZERO, TREASURY] {
        let call = setSpendingLimitCall { spender, ..limit(1, 0, 0) };
        treasury.ungoverned(&call, &TreasuryInvalidSpender { spender });
    }
}

#[test]
fn a_spender_spends_within_its_line_too() {
    let treasury = Treasury::new();
    treasury.govern(&limit(100, MIN_PERIOD_SECS, 1)).unwrap();
    treasury.govern(&budget(1, 50)).unwrap();
    let error = TreasuryBudgetExceeded {
        line: 1,
        token: ETHER,
        requested: U256::from(51),
        available: U256::from(50),
    };
    treasury.fails(SPENDER, &spend(51), &error);
    let spent = treasury.ok(MALLORY, &spendingLimitCall { spender: SPENDER, token: ETHER }).spent;
    assert_eq!(spent, U256::ZERO, "a refused payment counts");
    treasury.ok(SPENDER, &spend(50));
    assert_eq!(treasury.balance(PAYEE), U256::from(50));
}

#[test]
fn only_the_treasury_itself_sets_limits_and_pays() {
    let treasury = Treasury::new();
    let pay = payCall { line: 1, token: ETHER, to: PAYEE, amount: U256::ONE };
    for from in [MALLORY, treasury.owner(0), crate::support::GOVERNOR] {
        treasury.refuses(from, &limit(1, 0, 0), &gs("GS031"));
        treasury.refuses(from, &budget(1, 1), &gs("GS031"));
        treasury.refuses(from, &pay, &gs("GS031"));
        treasury.refuses(from, &setStrictBudgetsCall { strict: true }, &gs("GS031"));
    }
}

#[test]
fn with_strict_budgets_owners_only_pay_from_lines() {
    let treasury = Treasury::new();
    treasury.govern(&budget(1, 50)).unwrap();
    treasury.govern(&setStrictBudgetsCall { strict: true }).unwrap();
    let call = treasury.signed(PAYEE, 1, &[]);
    treasury.fails(MALLORY, &call, &TreasuryOwnersMayOnlyPay { to: PAYEE });
    let pay = payCall { line: 1, token: ETHER, to: PAYEE, amount: U256::from(50) }.abi_encode();
    treasury.ok(MALLORY, &treasury.signed(TREASURY, 0, &pay));
    assert_eq!(treasury.balance(PAYEE), U256::from(50));
    // Whoever may undo it stays.
    let zero = setGovernorCall { newGovernor: Address::ZERO };
    treasury.ungoverned(&zero, &TreasuryGovernorRequired {});
}

#[test]
fn strict_budgets_need_a_governor() {
    let treasury = Treasury::with(Address::ZERO, 0);
    let data = setStrictBudgetsCall { strict: true }.abi_encode();
    treasury.fails(MALLORY, &treasury.signed(TREASURY, 0, &data), &TreasuryGovernorRequired {});
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 7] = [
        // Where a proxy of Safe has its singleton.
        ("Nothing", &[("unused", "Slot<Account>")]),
        ("Modules", ModulesStorage::FIELDS),
        ("Owners", OwnersStorage::FIELDS),
        ("Signatures", SignaturesStorage::FIELDS),
        ("Settings", SettingsStorage::FIELDS),
        ("Queue", QueueStorage::FIELDS),
        ("Budgets", BudgetsStorage::FIELDS),
    ];
    let layout = datacoop_kit::testing::describe_layout(&components);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt");
    datacoop_kit::testing::snapshot(path, &layout);
}
