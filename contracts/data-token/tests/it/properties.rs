//! Long random runs: the books balance, burns are counted, and no window of a year mints more than
//! its cap.

use alloy_primitives::{Address, U256};
use data_token::{
    IDataToken::{
        approveCall, burnCall, mintCall, setEmissionCapCall, totalBurnedCall, transferCall,
        transferFromCall,
    },
    emission::TWELFTH_SECS,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{ADMIN, MALLORY, MINTER, Token, alice, bob, data, genesis};

const YEAR: u64 = 12 * TWELFTH_SECS;

/// A fixed seed: a failure comes again.
fn config() -> ProptestConfig {
    ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(20_260_101), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Transfer(usize, usize, u64),
    TransferFrom(usize, usize, usize, u64),
    Approve(usize, usize, u64),
    Mint(usize, u64),
    Burn(usize, u64),
    Terms(u64, u64),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, amount) = (0..4_usize, 0..200_u64);
    prop_oneof![
        1 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::Transfer(a, b, n)),
        1 => (who.clone(), who.clone(), who.clone(), amount.clone())
            .prop_map(|(a, b, c, n)| Step::TransferFrom(a, b, c, n)),
        1 => (who.clone(), who.clone(), amount.clone()).prop_map(|(a, b, n)| Step::Approve(a, b, n)),
        4 => (who.clone(), amount.clone()).prop_map(|(a, n)| Step::Mint(a, n)),
        1 => (who, amount.clone()).prop_map(|(a, n)| Step::Burn(a, n)),
        1 => (amount, 0..2_001_u64).prop_map(|(floor, bps)| Step::Terms(floor, bps)),
        3 => (0..YEAR / 2).prop_map(Step::Wait),
        1 => Just(Step::Wait(YEAR)),
    ]
}

fn people() -> [Address; 4] {
    [alice().address(), bob().address(), MALLORY, MINTER]
}

/// What happened to the supply.
struct Mint {
    time: u64,
    amount: U256,
    floor: U256,
    bps: u64,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_books_balance_and_no_window_mints_more_than_its_cap(
        steps in vec(step(), 1..80),
    ) {
        let (mut floor, mut bps) = (data(50), 700);
        let token = Token::with_terms(floor, bps);
        let people = people();
        let (mut burned, mut mints) = (U256::ZERO, Vec::new());
        // Supplies over time: each with the moment from which it held.
        let mut supplies = vec![(0, genesis())];
        for step in steps {
            let time = token.chain.time();
            match step {
                Step::Transfer(from, to, n) => {
                    let _ = token.call(people[from], &transferCall {
                        to: people[to], value: data(n),
                    });
                }
                Step::TransferFrom(by, from, to, n) => {
                    let _ = token.call(people[by], &transferFromCall {
                        from: people[from], to: people[to], value: data(n),
                    });
                }
                Step::Approve(owner, spender, n) => {
                    token.ok(people[owner], &approveCall {
                        spender: people[spender], value: data(n),
                    });
                }
                Step::Mint(to, n) => {
                    let mintable = token.mintable();
                    let call = mintCall { to: people[to], amount: data(n) };
                    let minted = token.call(MINTER, &call).is_ok();
                    prop_assert_eq!(minted, data(n) <= mintable);
                    if minted {
                        mints.push(Mint { time, amount: data(n), floor, bps });
                    }
                }
                Step::Burn(from, n) => {
                    if token.call(people[from], &burnCall { value: data(n) }).is_ok() {
                        burned += data(n);
                    }
                }
                Step::Terms(new_floor, new_bps) => {
                    (floor, bps) = (data(new_floor), new_bps);
                    token.ok(ADMIN, &setEmissionCapCall { floor, bps: U256::from(bps) });
                }
                Step::Wait(secs) => token.chain.set_time(time + secs),
            }
            let supply = token.supply();
            supplies.push((time, supply));
            let held = people.iter().map(|who| token.balance(*who)).sum::<U256>();
            prop_assert_eq!(held, supply);
            prop_assert_eq!(token.ok(MALLORY, &totalBurnedCall {}), burned);
        }
        // Every window from a moment of the run to a year later, both included, and every last
        // mint in it; the supply at its start is the least that held at that moment.
        for (index, (start, _)) in supplies.iter().enumerate() {
            let mut minted = U256::ZERO;
            for mint in mints.iter().filter(|mint| mint.time >= *start && mint.time <= start + YEAR) {
                minted += mint.amount;
                let at_start = supplies[..index]
                    .iter()
                    .rfind(|(time, _)| time < start)
                    .map_or_else(genesis, |(_, supply)| *supply);
                let share = at_start * U256::from(mint.bps) / U256::from(10_000);
                prop_assert!(minted <= mint.floor.max(share));
            }
        }
    }
}
