//! Many claims in one transaction: of one account over many editions and tokens, and of many accounts
//! of one edition.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolCall;
use datacoop_kit::{safe_erc20::SafeERC20FailedOperation, testing::odd_token::Habit};
use revenue_distributor::IRevenueDistributor::{
    RevenueInvalidProof, RevenueMismatchedProofs, RevenueTooManyTokens, claimForCall, claimManyCall,
};

use crate::support::{ALICE, BOB, CAROL, COIN, DATA, EDITION, MALLORY, REVENUE, Revenue, Shares};

/// The contributors of the large trees.
const LEAVES: u64 = 10_000;

fn entry(id: U256, shares: u64) -> U256 {
    id << 96_usize | U256::from(shares)
}

/// Lengths and siblings of proofs.
fn packed(proofs: &[Vec<B256>]) -> (alloy_primitives::Bytes, Vec<B256>) {
    let lengths: Vec<u8> =
        proofs.iter().map(|proof| u8::try_from(proof.len()).expect("a short proof")).collect();
    (lengths.into(), proofs.concat())
}

/// The claim of an account over editions, each with its shares and its place in the tree.
fn many(account: Address, tokens: &[Address], of: &[(u64, &Shares, usize)]) -> claimManyCall {
    let entries = of
        .iter()
        .map(|(edition, shares, index)| entry(U256::from(*edition), shares.list[*index].1));
    let proofs: Vec<_> = of.iter().map(|(_, shares, index)| shares.tree.proof(*index)).collect();
    let (lengths, siblings) = packed(&proofs);
    claimManyCall {
        account,
        tokens: tokens.to_vec(),
        entries: entries.collect(),
        lengths,
        siblings,
    }
}

/// The claims of contributors of an edition, by their places in the tree.
fn together(edition: u64, shares: &Shares, indices: &[usize]) -> claimForCall {
    let entries = indices.iter().map(|index| {
        let (account, number) = shares.list[*index];
        entry(U256::from_be_slice(account.as_slice()), number)
    });
    let proofs: Vec<_> = indices.iter().map(|index| shares.tree.proof(*index)).collect();
    let (lengths, siblings) = packed(&proofs);
    claimForCall {
        edition: U256::from(edition),
        token: DATA,
        entries: entries.collect(),
        lengths,
        siblings,
    }
}

fn sums(sums: &[U256]) -> Vec<u64> {
    sums.iter().map(|sum| sum.to()).collect()
}

/// Ten thousand contributors with a share each and some with more.
fn crowd() -> Shares {
    let account = |number: u64| Address::left_padding_from(&(0xc0_0000 + number).to_be_bytes());
    let list: Vec<_> = (0..LEAVES).map(|number| (account(number), 1 + number % 3)).collect();
    Shares::new(&list)
}

#[test]
fn fifty_editions_with_ten_thousand_contributors_are_claimed_at_once() {
    let (revenue, crowd) = (Revenue::new(), crowd());
    let place = 4_321;
    let (account, number) = crowd.list[place];
    let editions: Vec<u64> = (1..=50).map(|dataset| dataset << 32 | 7).collect();
    for edition in &editions {
        revenue.publish(*edition, &crowd);
        revenue.earn(*edition, DATA, 3 * crowd.total());
        revenue.earn(*edition, COIN, crowd.total());
    }
    let of: Vec<_> = editions.iter().map(|edition| (*edition, &crowd, place)).collect();
    let call = many(account, &[DATA, COIN], &of);
    // What the program's page of memory has room for.
    assert!(call.abi_encode().len() <= 25_500, "{} bytes", call.abi_encode().len());
    revenue.forget_logs();
    let expected = [150 * number, 50 * number];
    assert_eq!(sums(&revenue.ok(MALLORY, &call)), expected);
    assert_eq!(revenue.chain.take_logs().len(), 100);
    assert_eq!([DATA, COIN].map(|token| revenue.balance(token, account)), expected);
    assert_eq!(revenue.totals(DATA).1, expected[0]);
    // And nothing the second time, which is no fault.
    assert_eq!(sums(&revenue.ok(MALLORY, &call)), [0, 0]);
}

#[test]
fn fifty_contributors_of_ten_thousand_are_paid_at_once() {
    let (revenue, crowd) = (Revenue::new(), crowd());
    revenue.publish(EDITION, &crowd);
    revenue.earn(EDITION, DATA, 5 * crowd.total());
    let indices: Vec<usize> = (0..50).map(|number| number * 199).collect();
    let call = together(EDITION, &crowd, &indices);
    assert!(call.abi_encode().len() <= 25_500, "{} bytes", call.abi_encode().len());
    let expected: u64 = indices.iter().map(|index| 5 * crowd.list[*index].1).sum();
    assert_eq!(revenue.ok(MALLORY, &call), U256::from(expected));
    for index in &indices {
        let (account, number) = crowd.list[*index];
        assert_eq!(revenue.balance(DATA, account), 5 * number);
    }
    assert_eq!(revenue.ok(MALLORY, &call), U256::ZERO);
    assert_eq!(revenue.balance(DATA, REVENUE), 5 * crowd.total() - expected);
}

#[test]
fn the_same_claim_twice_in_one_call_pays_once() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let twice = [(EDITION, &shares, 0), (EDITION, &shares, 0)];
    assert_eq!(sums(&revenue.ok(ALICE, &many(ALICE, &[DATA, DATA], &twice))), [300, 0]);
    assert_eq!(revenue.balance(DATA, ALICE), 300);
    let call = together(EDITION, &shares, &[1, 1, 0, 1]);
    assert_eq!(revenue.ok(ALICE, &call), U256::from(200));
    assert_eq!((revenue.balance(DATA, ALICE), revenue.balance(DATA, BOB)), (300, 200));
}

#[test]
fn entries_of_which_nothing_is_owed_are_passed_over() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.publish(EDITION + 1, &shares);
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION + 1, COIN, 60);
    let of = [(EDITION, &shares, 0), (EDITION + 1, &shares, 0)];
    let outcome = revenue.ok(ALICE, &many(ALICE, &[COIN, MALLORY, DATA], &of));
    assert_eq!(sums(&outcome), [30, 0, 300]);
    assert_eq!(sums(&revenue.ok(ALICE, &many(ALICE, &[], &of))), Vec::<u64>::new());
    assert_eq!(sums(&revenue.ok(ALICE, &many(ALICE, &[DATA], &[]))), [0]);
}

#[test]
fn one_false_proof_undoes_the_whole_call() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.publish(EDITION + 1, &shares);
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION + 1, DATA, 600);
    let of = [(EDITION, &shares, 0), (EDITION + 1, &shares, 0)];
    let mut call = many(ALICE, &[DATA], &of);
    call.entries[1] += U256::ONE;
    let (edition, four) = (U256::from(EDITION + 1), U256::from(4));
    let error = RevenueInvalidProof { edition, account: ALICE, shares: four };
    revenue.fails(ALICE, &call, &error);
    // In another's name.
    let call = many(MALLORY, &[DATA], &of);
    let (edition, shares_of) = (U256::from(EDITION), U256::from(3));
    let error = RevenueInvalidProof { edition, account: MALLORY, shares: shares_of };
    revenue.fails(MALLORY, &call, &error);
    let mut call = together(EDITION, &shares, &[0, 1, 2]);
    call.siblings[4].0[0] ^= 1;
    let error = RevenueInvalidProof { edition, account: CAROL, shares: U256::ONE };
    revenue.fails(MALLORY, &call, &error);
    assert_eq!(revenue.totals(DATA), (1_200, 0));
}

#[test]
fn lengths_are_those_of_the_proofs() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let good = together(EDITION, &shares, &[0, 1]);
    let with = |lengths: &[u8], siblings: usize| claimForCall {
        lengths: lengths.to_vec().into(),
        siblings: good.siblings[..siblings].to_vec(),
        ..good.clone()
    };
    for (lengths, siblings) in
        [(&[2, 2][..], 3), (&[2, 1], 4), (&[2, 3], 4), (&[2, 2, 0], 4), (&[4], 4), (&[], 0)]
    {
        let error = RevenueMismatchedProofs {
            entries: U256::from(2),
            lengths: U256::from(lengths.len()),
            siblings: U256::from(siblings),
        };
        revenue.fails(ALICE, &with(lengths, siblings), &error);
    }
    // Moved from one proof to the other: both are false then.
    let error =
        RevenueInvalidProof { edition: U256::from(EDITION), account: ALICE, shares: U256::from(3) };
    revenue.fails(ALICE, &with(&[1, 3], 4), &error);
    revenue.fails(ALICE, &with(&[0, 4], 4), &error);
    assert_eq!(revenue.ok(ALICE, &good), U256::from(500));
}

#[test]
fn a_call_takes_eight_tokens() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let of = [(EDITION, &shares, 0)];
    let error = RevenueTooManyTokens { count: U256::from(9), maximum: U256::from(8) };
    revenue.fails(ALICE, &many(ALICE, &[DATA; 9], &of), &error);
    let tokens = [COIN, COIN, COIN, COIN, COIN, COIN, COIN, DATA];
    assert_eq!(sums(&revenue.ok(ALICE, &many(ALICE, &tokens, &of)))[7], 300);
}

#[test]
fn a_token_that_is_no_address_is_refused() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    let mut data = many(ALICE, &[DATA], &[(EDITION, &shares, 0)]).abi_encode();
    // The head of five words, the length of the list, and then the token.
    data[4 + 6 * 32] = 1;
    assert_eq!(revenue.chain.call(ALICE, REVENUE, &data), Err(Vec::new()));
    assert_eq!(revenue.totals(DATA), (600, 0));
}

#[test]
fn one_failed_transfer_undoes_the_whole_call() {
    let (revenue, shares) = Revenue::with_edition();
    revenue.earn(EDITION, DATA, 600);
    revenue.earn(EDITION, COIN, 60);
    revenue.behave(COIN, Habit::False);
    let of = [(EDITION, &shares, 0)];
    let error = SafeERC20FailedOperation { token: COIN };
    revenue.fails(ALICE, &many(ALICE, &[DATA, COIN], &of), &error);
    assert_eq!((revenue.totals(DATA), revenue.balance(DATA, ALICE)), ((600, 0), 0));
    assert_eq!(sums(&revenue.ok(ALICE, &many(ALICE, &[DATA], &of))), [300]);
}
