//! The five contracts of access beside DATA, all real, on the native chain: after every step of long
//! random runs no record is readable without its owner's live consent, and every unit of money is
//! accounted for.
//!
//! What can be read is said by a model of its own, in plain lists: who is a member, who consented to
//! what, which licence is used by whom.

#![allow(non_snake_case, reason = "the fields of calls are named as in Solidity")]

mod checks;
mod model;
mod steps;
mod world;

use datacoop_tests::random::seeded;

use world::World;

/// The runs of `cargo test`.
const SEEDS: [u64; 3] = [0xacce_5501, 0xacce_5502, 0xacce_5503];

/// Steps in each run.
const STEPS: usize = 600;

/// How often everything that could be read is compared, not only a sample of it.
const COMPARED_EVERY: usize = 100;

#[test]
fn nothing_is_readable_without_consent_and_no_money_is_lost() {
    let readable: [usize; 3] = SEEDS.map(run);
    assert!(readable.iter().sum::<usize>() > 100, "only {readable:?} reads were allowed");
}

/// Takes random steps, and returns how many reads were allowed.
fn run(seed: u64) -> usize {
    let mut rng = seeded(seed);
    let mut world = World::new();
    let (mut done, mut readable) = (0, 0);
    for number in 0..STEPS {
        let before = checks::supply(&world);
        let step = steps::random(&mut rng);
        let context = format!("step {number}, {step:?}, of seed {seed:#x}");
        if steps::take(&mut world, &mut rng, step) {
            done += 1;
        }
        checks::supply_moved_by_what_was_burned(&world, before, &context);
        checks::money(&world, &context);
        readable += checks::readable(&world, &mut rng, number % COMPARED_EVERY == 0, &context);
    }
    assert!(done > STEPS / 3, "only {done} steps of seed {seed:#x} were allowed");
    assert!(readable > 0, "no read of seed {seed:#x} was allowed");
    readable
}
