//! Long random runs against a model in exact fractions: money in = claimable + claimed + dust, for
//! every token, after every step, and nobody is paid more than its part.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use datacoop_kit::testing::odd_token::Habit;
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use revenue_distributor::IRevenueDistributor::{
    activateCall, claimManyCall, claimSharedCall, listPoolTokenCall, setSharesCall,
};

use crate::support::{
    ADMIN, ALICE, BOB, CAROL, COIN, DATA, DAY, EDITION, MALLORY, MARKET, REVENUE, Revenue, Shares,
    deposit, deposit_shared, pool,
};

/// The seed of the runs: a failure comes again, and proptest prints what failed.
const SEED: u64 = 20_261_121;

const PEOPLE: [Address; 3] = [ALICE, BOB, CAROL];
const TOKENS: [Address; 2] = [DATA, COIN];
const HABITS: [Habit; 5] = [Habit::Good, Habit::Good, Habit::Silent, Habit::Fee, Habit::False];

fn config() -> ProptestConfig {
    ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(SEED), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Deposit(u64, usize, u64),
    Share(usize, u64),
    Claim(u64, usize, usize),
    ClaimMany(usize),
    ClaimShared(usize, usize),
    SetShares(usize, u64),
    Activate(usize),
    Behave(usize, usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (edition, token, who) = (0..3_u64, 0..2_usize, 0..3_usize);
    let amount = prop_oneof![0..20_u64, 0..1_000_000_u64];
    prop_oneof![
        4 => (edition.clone(), token.clone(), amount.clone())
            .prop_map(|(e, t, a)| Step::Deposit(e, t, a)),
        4 => (token.clone(), amount).prop_map(|(t, a)| Step::Share(t, a)),
        5 => (edition, token.clone(), 0..4_usize).prop_map(|(e, t, i)| Step::Claim(e, t, i)),
        2 => who.clone().prop_map(Step::ClaimMany),
        4 => (token.clone(), who.clone()).prop_map(|(t, w)| Step::ClaimShared(t, w)),
        4 => (who.clone(), 0..6_u64).prop_map(|(w, s)| Step::SetShares(w, s)),
        4 => who.prop_map(Step::Activate),
        1 => (token, 0..HABITS.len()).prop_map(|(t, h)| Step::Behave(t, h)),
        3 => (0..6_u64).prop_map(Step::Wait),
    ]
}

/// The editions: a fair one, one with two leaves of one account, one whose shares add up to more
/// than it says.
fn editions() -> [(Shares, u64); 3] {
    [
        (Shares::new(&[(ALICE, 3), (BOB, 2), (CAROL, 1), (MALLORY, 7)]), 13),
        (Shares::new(&[(ALICE, 5), (ALICE, 2), (BOB, 9), (CAROL, 1)]), 17),
        (Shares::new(&[(ALICE, 4), (BOB, 4), (CAROL, 4), (MALLORY, 4)]), 9),
    ]
}

/// What a share of the pool has earned is a fraction of this: all totals from 1 to 15 divide it.
const WHOLE: u128 = 360_360;

/// What is known of money, apart from the contract.
#[derive(Default)]
struct Model {
    /// What came and was paid, by edition and token.
    pots: BTreeMap<(u64, usize), (u64, u64)>,
    /// What accounts got, by edition, token and account.
    paid: BTreeMap<(u64, usize, Address), u64>,
    /// What accounts have earned of the pool and got, by token and person, in parts of [`WHOLE`].
    earned: BTreeMap<(usize, usize), u128>,
    shared: BTreeMap<(usize, usize), u64>,
    /// The shares that count; those scheduled, and from when.
    shares: [u64; 3],
    scheduled: [Option<(u64, u64)>; 3],
    habits: [usize; 2],
}

impl Model {
    /// What comes of a token when an amount is moved; nothing when it is refused.
    const fn moved(&self, token: usize, amount: u64) -> Option<u64> {
        match HABITS[self.habits[token]] {
            Habit::False => None,
            Habit::Fee => Some(amount - amount / 100),
            _ => Some(amount),
        }
    }

    fn due(
        &self,
        edition: u64,
        token: usize,
        (account, shares): (Address, u64),
        total: u64,
    ) -> u64 {
        let (came, out) = self.pots.get(&(edition, token)).copied().unwrap_or_default();
        let paid = self.paid.get(&(edition, token, account)).copied().unwrap_or_default();
        let entitled = u128::from(came) * u128::from(shares) / u128::from(total);
        u64::try_from(entitled).expect("a part").saturating_sub(paid).min(came - out)
    }

    fn pay(&mut self, edition: u64, token: usize, account: Address, amount: u64) {
        self.pots.entry((edition, token)).or_default().1 += amount;
        *self.paid.entry((edition, token, account)).or_default() += amount;
    }

    /// What a person is owed of the pool, to within the unit that 2^-64 may be short of.
    fn shared_due(&self, token: usize, who: usize) -> (u64, u64) {
        let earned = self.earned.get(&(token, who)).copied().unwrap_or_default();
        let got = self.shared.get(&(token, who)).copied().unwrap_or_default();
        let most = u64::try_from(earned / WHOLE).expect("a part") - got;
        // A whole number of units may be held as a bit less than it.
        let least = if earned % WHOLE == 0 { most.saturating_sub(1) } else { most };
        (least, most)
    }
}

/// Does a step on both, and requires that they agree on whether it succeeds and what it pays.
fn perform(revenue: &Revenue, model: &mut Model, editions: &[(Shares, u64); 3], step: &Step) {
    match *step {
        Step::Deposit(edition, token, amount) => {
            let outcome = revenue.call(MARKET, &deposit(EDITION + edition, TOKENS[token], amount));
            let came = model.moved(token, amount).filter(|came| *came > 0);
            assert_eq!(outcome.ok(), came.map(U256::from));
            model.pots.entry((edition, token)).or_default().0 += came.unwrap_or_default();
        }
        Step::Claim(edition, token, index) => {
            let (shares, total) = &editions[usize::try_from(edition).expect("few")];
            let due = model.due(edition, token, shares.list[index], *total);
            let call = shares.claim(EDITION + edition, TOKENS[token], index);
            assert_eq!(revenue.claimable(&call), due);
            let paid = Some(due).filter(|due| *due > 0 && model.moved(token, *due).is_some());
            assert_eq!(revenue.call(MALLORY, &call).ok(), paid.map(U256::from));
            model.pay(edition, token, shares.list[index].0, paid.unwrap_or_default());
        }
        Step::ClaimMany(who) => claim_many(revenue, model, editions, PEOPLE[who]),
        Step::Behave(token, habit) => {
            model.habits[token] = habit;
            revenue.behave(TOKENS[token], HABITS[habit]);
        }
        Step::Wait(days) => revenue.wait(days * DAY),
        _ => perform_shared(revenue, model, step),
    }
}

/// The steps that are about the pool.
fn perform_shared(revenue: &Revenue, model: &mut Model, step: &Step) {
    let now = revenue.chain.time();
    match *step {
        Step::Share(token, amount) => {
            let total: u64 = model.shares.iter().sum();
            let came = model.moved(token, amount).filter(|came| *came > 0 && total > 0);
            let outcome = revenue.call(MARKET, &deposit_shared(TOKENS[token], amount));
            assert_eq!(outcome.ok(), came.map(U256::from));
            for who in 0..3 {
                let part = u128::from(came.unwrap_or_default()) * WHOLE / u128::from(total.max(1));
                *model.earned.entry((token, who)).or_default() +=
                    part * u128::from(model.shares[who]);
            }
        }
        Step::ClaimShared(token, who) => {
            let (least, most) = model.shared_due(token, who);
            let call = claimSharedCall { pool: pool(), token: TOKENS[token], account: PEOPLE[who] };
            let paid = revenue.call(MALLORY, &call).map(|paid| paid.to()).unwrap_or_default();
            if model.moved(token, 1).is_some() {
                assert!((least..=most).contains(&paid), "{paid} is not {least} to {most}");
            } else {
                assert_eq!(paid, 0);
            }
            *model.shared.entry((token, who)).or_default() += paid;
        }
        Step::SetShares(who, shares) => {
            let account = PEOPLE[who];
            revenue.ok(ADMIN, &setSharesCall { pool: pool(), account, shares });
            if shares > model.shares[who] {
                model.scheduled[who] = Some((shares, now + 7 * DAY));
            } else {
                model.shares[who] = shares;
                model.scheduled[who] = None;
            }
        }
        Step::Activate(who) => {
            let due = model.scheduled[who].filter(|(_, from)| *from <= now);
            let call = activateCall { pool: pool(), account: PEOPLE[who] };
            assert_eq!(revenue.call(MALLORY, &call).is_ok(), due.is_some());
            if let Some((shares, _)) = due {
                model.shares[who] = shares;
                model.scheduled[who] = None;
            }
        }
        _ => unreachable!("a step of the pool"),
    }
}

/// Claims all that a person has a leaf for, in both tokens, each leaf named twice.
fn claim_many(
    revenue: &Revenue,
    model: &mut Model,
    editions: &[(Shares, u64); 3],
    account: Address,
) {
    let mut call = claimManyCall {
        account,
        tokens: TOKENS.to_vec(),
        entries: Vec::new(),
        lengths: Vec::new().into(),
        siblings: Vec::new(),
    };
    let (mut lengths, mut leaves) = (Vec::new(), Vec::new());
    for (edition, (shares, total)) in (0..).zip(editions) {
        let own = shares.list.iter().enumerate().filter(|(_, entry)| entry.0 == account);
        for (index, entry) in own {
            let proof = shares.tree.proof(index);
            for _ in 0..2 {
                let word = U256::from(EDITION + edition) << 96 | U256::from(entry.1);
                call.entries.push(word);
                lengths.push(u8::try_from(proof.len()).expect("a short proof"));
                call.siblings.extend(&proof);
                leaves.push((edition, *entry, *total));
            }
        }
    }
    call.lengths = lengths.into();
    // An edition without a deposit has no root here: a claim of it is false.
    let opened = leaves.iter().all(|(edition, ..)| {
        (0..2).any(|token| model.pots.get(&(*edition, token)).is_some_and(|pot| pot.0 > 0))
    });
    let mut sums = [0; 2];
    let mut paid = Vec::new();
    for (token, sum) in sums.iter_mut().enumerate() {
        for (edition, entry, total) in &leaves {
            let due = model.due(*edition, token, *entry, *total);
            model.pay(*edition, token, account, due);
            paid.push((*edition, token, due));
            *sum += due;
        }
    }
    let moves = (0..2).all(|token| sums[token] == 0 || model.moved(token, 1).is_some());
    let outcome = revenue.call(MALLORY, &call);
    if opened && moves {
        assert_eq!(outcome, Ok(sums.map(U256::from).to_vec()));
        return;
    }
    assert!(outcome.is_err());
    for (edition, token, due) in paid {
        model.pots.entry((edition, token)).or_default().1 -= due;
        *model.paid.entry((edition, token, account)).or_default() -= due;
    }
}

/// Requires that money is where the model has it, for a token.
fn check(revenue: &Revenue, model: &Model, editions: &[(Shares, u64); 3], token: usize) {
    let (came, paid) = revenue.totals(TOKENS[token]);
    let pots = model.pots.iter().filter(|((_, of), _)| *of == token).map(|(_, pot)| *pot);
    let (pots_came, pots_paid) = pots.fold((0, 0), |sum, pot| (sum.0 + pot.0, sum.1 + pot.1));
    let of = |map: &BTreeMap<(usize, usize), u64>| -> u64 {
        map.iter().filter(|((of, _), _)| *of == token).map(|(_, amount)| amount).sum()
    };
    assert_eq!(paid, pots_paid + of(&model.shared));
    assert_eq!(revenue.balance(TOKENS[token], REVENUE), came - paid);
    // Of the pool: all that came is earned by somebody, and is owed or paid, but for parts of units.
    let pool_came = came - pots_came;
    let earned: u128 =
        model.earned.iter().filter(|((of, _), _)| *of == token).map(|(_, part)| part).sum();
    assert_eq!(earned, u128::from(pool_came) * WHOLE);
    let mut owed = 0;
    for (who, account) in PEOPLE.into_iter().enumerate().take(3) {
        let (least, most) = model.shared_due(token, who);
        let call = revenue_distributor::IRevenueDistributor::claimableSharedCall {
            pool: pool(),
            token: TOKENS[token],
            account,
        };
        let claimable: u64 = revenue.ok(MALLORY, &call).to();
        assert!((least..=most).contains(&claimable));
        owed += claimable;
    }
    let dust = pool_came - of(&model.shared) - owed;
    assert!(dust <= 3, "{dust} units of dust for three people");
    // Of a fair edition: all that came is owed or paid, but for a unit of each contributor.
    let (fair, total) = &editions[0];
    let (came, paid) = model.pots.get(&(0, token)).copied().unwrap_or_default();
    let owed: u64 = fair.list.iter().map(|entry| model.due(0, token, *entry, *total)).sum();
    assert!(came - paid - owed < 4, "dust of a deposit is left");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn money_in_is_claimable_and_claimed_and_dust(steps in vec(step(), 1..80)) {
        let (revenue, editions) = (Revenue::new(), editions());
        for (edition, (shares, total)) in (0..).zip(&editions) {
            revenue.put(EDITION + edition, true, shares.tree.root(), U256::from(*total));
        }
        for token in TOKENS {
            revenue.ok(ADMIN, &listPoolTokenCall { token });
        }
        let mut model = Model::default();
        for step in &steps {
            perform(&revenue, &mut model, &editions, step);
            for token in 0..2 {
                check(&revenue, &model, &editions, token);
            }
        }
    }
}
