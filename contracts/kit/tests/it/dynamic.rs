//! Dynamic arguments and results against alloy's encoding, and what Solidity's decoder refuses.

use alloy_primitives::{Bytes, U256, aliases::U48, hex};
use alloy_sol_types::{SolCall, SolError, SolEvent};
use datacoop_kit::testing::error;
use proptest::prelude::*;

use crate::mirror::{CALLER, IMirror, MIRROR, Pair, chain};

#[test]
fn narrow_words_come_back() {
    let call = IMirror::wordsCall {
        a: U48::from(0xffff_ffff_ffff_u64),
        b: "0x00000000000000ffffffffffffffffffffffffffffffffffffffffffffffffff".parse().unwrap(),
        c: u16::MAX,
        d: u32::MAX,
        e: hex!("150b7a02").into(),
    };
    let back = chain().send(CALLER, MIRROR, &call).unwrap();
    assert_eq!(back._0, call.a);
    assert_eq!(back._1, call.b);
    assert_eq!((back._2, back._3, back._4), (call.c, call.d, call.e));
}

#[test]
fn words_that_are_too_wide_are_refused() {
    let clean =
        IMirror::wordsCall { a: U48::ZERO, b: Default::default(), c: 0, d: 0, e: [0; 4].into() };
    // The highest byte that each of the words may not use; bytes after four must be zero.
    for (word, byte) in [(0, 25), (1, 5), (2, 29), (3, 27), (4, 4)] {
        let mut data = clean.abi_encode();
        data[4 + 32 * word + byte] = 1;
        assert_eq!(chain().call(CALLER, MIRROR, &data), Err(Vec::new()), "word {word}");
    }
    // The neighbouring byte is part of the value.
    let mut data = clean.abi_encode();
    data[4 + 26] = 1;
    assert!(chain().call(CALLER, MIRROR, &data).is_ok());
}

fn bytes() -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 0..100).prop_map(Bytes::from)
}

proptest! {
    #[test]
    fn texts_and_lists_come_back(
        text in ".{0,40}",
        data in bytes(),
        accounts in prop::collection::vec(any::<[u8; 20]>(), 0..5),
        list in prop::collection::vec(bytes(), 0..5),
        amounts in prop::collection::vec(any::<u64>(), 0..4),
    ) {
        let chain = chain();
        let number = U256::from(9);
        let back = chain
            .send(CALLER, MIRROR, &IMirror::textsCall { text: text.clone(), data: data.clone(), number })
            .unwrap();
        prop_assert_eq!((back._0, back._1, back._2), (data.clone(), number, text.clone()));

        let accounts: Vec<_> = accounts.into_iter().map(Into::into).collect();
        let pairs: Vec<_> = amounts.into_iter().map(|amount| Pair { who: CALLER, amount }).collect();
        let call = IMirror::listsCall { accounts: accounts.clone(), list: list.clone(), pairs: pairs.clone() };
        let back = chain.send(CALLER, MIRROR, &call).unwrap();
        let lengths = [accounts.len(), list.len(), pairs.len()].map(U256::from).to_vec();
        prop_assert_eq!((back._0, back._1, back._2, back._3), (list.clone(), accounts.clone(), pairs, lengths));

        let refusal = chain
            .send(CALLER, MIRROR, &IMirror::refuseCall { text: text.clone(), list: list.clone() })
            .unwrap_err();
        prop_assert_eq!(refusal, error(&IMirror::Refused { text: text.clone(), number: U256::from(7), list }));

        let texts = vec![text, String::new()];
        let call = IMirror::seeCall { number, data: data.clone(), accounts: accounts.clone(), texts: texts.clone() };
        chain.send(CALLER, MIRROR, &call).unwrap();
        let log = chain.take_logs().remove(0);
        let event = IMirror::Seen { number, data, accounts, texts };
        prop_assert_eq!(log.data, event.encode_data());
        prop_assert_eq!(log.topics[0], IMirror::Seen::SIGNATURE_HASH);
        prop_assert_eq!(IMirror::Refused::SELECTOR.len(), 4);
    }
}

#[test]
fn lists_that_reach_past_the_calldata_are_refused() {
    let call = IMirror::listsCall {
        accounts: vec![CALLER],
        list: vec![Bytes::from_static(b"abc"), Bytes::from_static(b"de")],
        pairs: vec![],
    };
    let clean = call.abi_encode();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut data = clean.clone();
        change(&mut data);
        assert_eq!(chain().call(CALLER, MIRROR, &data), Err(Vec::new()));
    };
    let set = |at: usize, value: u64| {
        move |data: &mut Vec<u8>| {
            data[4 + at + 24..4 + at + 32].copy_from_slice(&value.to_be_bytes())
        }
    };
    assert!(chain().call(CALLER, MIRROR, &clean).is_ok());
    // The offset of the accounts, their count, the count of the list, an item's offset and length.
    refused(&set(0, 1 << 20));
    refused(&set(0, u64::MAX));
    refused(&set(96, 1000));
    refused(&set(160, u64::MAX / 32));
    refused(&set(192, 1 << 30));
    refused(&set(256, 1 << 40));
    // The last word of the arguments is missing.
    refused(&|data| data.truncate(data.len() - 32));
    refused(&|data| data.truncate(20));
}
