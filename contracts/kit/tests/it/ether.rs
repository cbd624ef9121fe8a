//! Who takes ether, what calls without a function do, and calls in calls.

use alloy_primitives::{Bytes, U256, hex};
use alloy_sol_types::SolCall;

use crate::mirror::{CALLER, IMirror, MIRROR, SECOND, chain};

const WEI: U256 = U256::from_limbs([5, 0, 0, 0]);

#[test]
fn payable_functions_and_receive_take_ether_and_others_do_not() {
    let chain = chain();
    let paid = chain.call_with_value(CALLER, MIRROR, &IMirror::payCall {}.abi_encode(), WEI);
    assert_eq!(paid, Ok(WEI.to_be_bytes_vec()));
    assert_eq!(chain.call_with_value(CALLER, MIRROR, &[], WEI), Ok(Vec::new()));
    assert_eq!(chain.balance(MIRROR), WEI + WEI);
    let keep = IMirror::keepCall { key: CALLER, value: WEI }.abi_encode();
    let kept = IMirror::keptCall { key: CALLER, index: U256::ZERO }.abi_encode();
    for data in [&keep[..], &kept, &hex!("12345678"), &[1]] {
        assert_eq!(chain.call_with_value(CALLER, MIRROR, data, WEI), Err(Vec::new()));
        assert!(chain.call(CALLER, MIRROR, data).is_ok());
    }
    assert_eq!(chain.balance(MIRROR), WEI + WEI);
}

#[test]
fn an_unknown_function_falls_back_with_the_whole_calldata() {
    let chain = chain();
    for data in [&hex!("12345678aabb")[..], &hex!("12345678"), &hex!("1234")] {
        assert_eq!(chain.call(CALLER, MIRROR, data), Ok(data.to_vec()));
    }
    assert_eq!(chain.call(CALLER, MIRROR, &[]), Ok(Vec::new()));
}

#[test]
fn calls_carry_ether_and_return_or_bubble() {
    let chain = chain();
    let pay = Bytes::from(IMirror::payCall {}.abi_encode());
    let call = IMirror::forwardCall { to: SECOND, value: WEI, data: pay.clone() };
    let data = call.abi_encode();
    let answer = chain.call_with_value(CALLER, MIRROR, &data, WEI).unwrap();
    let answer = IMirror::forwardCall::abi_decode_returns_validate(&answer).unwrap();
    assert_eq!(answer, WEI.to_be_bytes_vec());
    assert_eq!((chain.balance(MIRROR), chain.balance(SECOND)), (U256::ZERO, WEI));
    // The mirror has no more ether: the call fails and says nothing.
    assert_eq!(chain.call(CALLER, MIRROR, &data), Err(Vec::new()));

    let refuse = IMirror::refuseCall { text: "no".to_owned(), list: vec![pay] }.abi_encode();
    let direct = chain.call(CALLER, SECOND, &refuse).unwrap_err();
    let call = IMirror::forwardCall { to: SECOND, value: U256::ZERO, data: refuse.into() };
    assert_eq!(chain.call(CALLER, MIRROR, &call.abi_encode()).unwrap_err(), direct);
    // A reentrant contract may call itself.
    let inner = IMirror::keepCall { key: CALLER, value: WEI }.abi_encode();
    let call = IMirror::forwardCall { to: MIRROR, value: U256::ZERO, data: inner.into() };
    chain.send(CALLER, MIRROR, &call).unwrap();
    let kept = IMirror::keptCall { key: CALLER, index: U256::ZERO };
    assert_eq!(chain.send(CALLER, MIRROR, &kept).unwrap()._0, WEI);
}

#[test]
fn borrowed_code_writes_the_borrowers_storage() {
    let chain = chain();
    let keep = IMirror::keepCall { key: CALLER, value: WEI }.abi_encode();
    chain.send(CALLER, MIRROR, &IMirror::borrowCall { code: SECOND, data: keep.into() }).unwrap();
    let kept = IMirror::keptCall { key: CALLER, index: U256::ZERO };
    let [ours, theirs] = [MIRROR, SECOND].map(|at| chain.send(CALLER, at, &kept).unwrap());
    assert_eq!((ours._0, ours._1), (WEI, U256::from(1)));
    assert_eq!((theirs._0, theirs._1), (U256::ZERO, U256::ZERO));
}
