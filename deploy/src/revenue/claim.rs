//! Decides how claims are put into transactions: as many into one as the program's memory has room
//! for.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, Bytes, U256};

use super::Due;
use crate::{
    bindings::IRevenueDistributor::{claimForCall, claimManyCall},
    data::Manifest,
};

/// The most tokens of one transaction (`MAX_TOKENS` of the distributor).
const TOKENS: usize = 8;

/// The most words of entries and siblings in one transaction: 25 KB, of the 29 that the program's page
/// of memory has room for.
const WORDS: usize = 800;

/// Claims of one transaction, as the contract reads them.
#[derive(Clone, Debug, Default)]
struct Packed {
    entries: Vec<U256>,
    lengths: Vec<u8>,
    siblings: Vec<B256>,
}

impl Packed {
    /// Appends a claim, when there is room for it.
    fn push(&mut self, id: U256, shares: U256, proof: &[B256]) -> bool {
        let words = self.entries.len() + self.siblings.len() + 1 + proof.len();
        // A proof of 255 siblings would be of more leaves than there are.
        let Ok(length) = u8::try_from(proof.len()) else { return false };
        if words > WORDS && !self.entries.is_empty() {
            return false;
        }
        self.entries.push(id << 96 | shares);
        self.lengths.push(length);
        self.siblings.extend(proof);
        true
    }

    fn lengths(&self) -> Bytes {
        self.lengths.clone().into()
    }
}

/// Puts claims into transactions, in order.
fn pack<'a>(claims: impl Iterator<Item = (U256, U256, &'a [B256])>) -> Vec<Packed> {
    let mut all: Vec<Packed> = Vec::new();
    for (id, shares, proof) in claims {
        let fits = all.last_mut().is_some_and(|last| last.push(id, shares, proof));
        if !fits {
            let mut next = Packed::default();
            next.push(id, shares, proof);
            all.push(next);
        }
    }
    all
}

/// Returns the calls that pay an account everything that it is owed.
#[must_use]
pub fn claims_of(account: Address, dues: &[Due]) -> Vec<claimManyCall> {
    let owed = || dues.iter().filter(|due| due.account == account && !due.amount.is_zero());
    let tokens: BTreeSet<_> = owed().map(|due| due.token).collect();
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut calls = Vec::new();
    for tokens in tokens.chunks(TOKENS) {
        let some = owed().filter(|due| tokens.contains(&due.token));
        // One proof of an edition is good for all its tokens.
        let editions: BTreeMap<_, _> = some.map(|due| (due.edition, due)).collect();
        let claims = editions.values().map(|due| (due.edition, due.shares, due.proof.as_slice()));
        calls.extend(pack(claims).into_iter().map(|packed| claimManyCall {
            account,
            tokens: tokens.to_vec(),
            lengths: packed.lengths(),
            entries: packed.entries,
            siblings: packed.siblings,
        }));
    }
    calls
}

/// Returns the calls that pay all contributors of an edition what they are owed of a token.
#[must_use]
pub fn claims_of_all(manifest: &Manifest, token: Address) -> Vec<claimForCall> {
    let accounts = manifest.contributors().iter().map(|one| one.account);
    let proven = accounts.filter_map(|account| Some((account, manifest.share_proof(account)?)));
    let proven: Vec<_> = proven.collect();
    let claims = proven.iter().map(|(account, (shares, proof))| {
        (U256::from_be_slice(account.as_slice()), *shares, proof.as_slice())
    });
    let edition = manifest.edition();
    let call = |packed: Packed| claimForCall {
        edition,
        token,
        lengths: packed.lengths(),
        entries: packed.entries,
        siblings: packed.siblings,
    };
    pack(claims).into_iter().map(call).collect()
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolCall;

    use super::*;

    const ALICE: Address = Address::repeat_byte(0xaa);

    fn due(edition: u64, token: u8, siblings: usize, amount: u64) -> Due {
        Due {
            edition: U256::from(edition),
            token: Address::repeat_byte(token),
            account: ALICE,
            shares: U256::from(edition + 7),
            proof: vec![B256::repeat_byte(u8::try_from(edition % 251).unwrap()); siblings],
            amount: U256::from(amount),
            paid: U256::ZERO,
        }
    }

    #[test]
    fn an_edition_is_proven_once_for_all_its_tokens() {
        let dues = [due(1, 1, 3, 5), due(1, 2, 3, 5), due(2, 1, 2, 5), due(3, 1, 2, 0)];
        let calls = claims_of(ALICE, &dues);
        let [call] = calls.as_slice() else { panic!("{} calls", calls.len()) };
        assert_eq!(call.tokens, [1, 2].map(Address::repeat_byte));
        assert_eq!(call.entries, [1_u64, 2].map(|of| U256::from(of) << 96 | U256::from(of + 7)));
        assert_eq!(call.lengths.to_vec(), [3, 2]);
        assert_eq!(call.siblings.len(), 5);
    }

    #[test]
    fn what_is_not_owed_or_anothers_is_not_claimed() {
        let other = Due { account: Address::ZERO, ..due(1, 1, 3, 5) };
        assert!(claims_of(ALICE, &[due(1, 1, 3, 0), other]).is_empty());
    }

    #[test]
    fn fifty_claims_of_large_trees_are_one_transaction_and_more_are_several() {
        let dues: Vec<_> = (1..=120).map(|edition| due(edition, 1, 14, 5)).collect();
        let calls = claims_of(ALICE, &dues);
        assert!(calls[0].entries.len() >= 50);
        assert!(calls.iter().all(|call| call.abi_encode().len() < 27_000));
        let claimed: usize = calls.iter().map(|call| call.entries.len()).sum();
        assert_eq!(claimed, 120);
        for call in &calls {
            let sum: usize = call.lengths.iter().map(|length| usize::from(*length)).sum();
            assert_eq!(sum, call.siblings.len());
        }
    }

    #[test]
    fn nine_tokens_are_two_transactions() {
        let dues: Vec<_> = (1..=9).map(|token| due(1, token, 2, 5)).collect();
        let calls = claims_of(ALICE, &dues);
        let tokens: Vec<_> = calls.iter().map(|call| call.tokens.len()).collect();
        assert_eq!(tokens, [8, 1]);
    }
}
