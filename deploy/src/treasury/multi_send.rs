//! Decides how several calls become one transaction: packed as Safe's MultiSend takes them.

use alloy::{
    primitives::{Address, B256, Bytes, U256, address, b256, keccak256},
    sol,
    sol_types::SolCall,
};

use super::Call;
use crate::{Error, chain::Chain};

/// Safe's own `MultiSendCallOnly` 1.5.0, at the address that it has on every chain that has it
/// (safe-deployments, `v1.5.0/multi_send_call_only.json`).
pub const MULTI_SEND: Address = address!("A83c336B20401Af773B6219BA5027174338D1836");

/// The hash of its code (the same file).
const MULTI_SEND_CODE: B256 =
    b256!("cdbdcec38d2f1c7d961b0029ff8416b7e86e9974d6f0e9c9580c7d17fcfb6663");

/// The bytes of a packed call before its data: operation, address, value, length.
const HEADER: usize = 1 + 20 + 32 + 32;

sol! {
    function multiSend(bytes transactions) external payable;
}

/// Packs calls into one of a MultiSend contract, to be made as a delegate call.
#[must_use]
pub fn pack(multi_send: Address, calls: &[Call]) -> Call {
    let mut transactions = Vec::new();
    for Call { to, value, data } in calls {
        transactions.push(0);
        transactions.extend_from_slice(to.as_slice());
        transactions.extend_from_slice(&value.to_be_bytes::<32>());
        transactions.extend_from_slice(&U256::from(data.len()).to_be_bytes::<32>());
        transactions.extend_from_slice(data);
    }
    let data = multiSendCall { transactions: transactions.into() }.abi_encode().into();
    Call { to: multi_send, value: U256::ZERO, data }
}

/// Unpacks the calls of a MultiSend; there are none when one is a delegate call or cut short.
pub(super) fn calls(data: &[u8]) -> Option<Vec<Call>> {
    let packed = multiSendCall::abi_decode(data).ok()?.transactions;
    let mut rest: &[u8] = &packed;
    let mut calls = Vec::new();
    while !rest.is_empty() {
        let (header, behind) = rest.split_at_checked(HEADER)?;
        let length = usize::try_from(U256::from_be_slice(&header[53..])).ok()?;
        let (data, behind) = behind.split_at_checked(length)?;
        // The contract takes the zero address for the treasury itself: not said in so many words.
        let to = Address::from_slice(&header[1..21]);
        if header[0] != 0 || to.is_zero() {
            return None;
        }
        let value = U256::from_be_slice(&header[21..53]);
        calls.push(Call { to, value, data: Bytes::copy_from_slice(data) });
        rest = behind;
    }
    Some(calls)
}

/// Returns Safe's own MultiSend when it is on a chain.
///
/// # Errors
///
/// [`Error::Unreachable`], [`Error::Refusal`]: the chain's failures.
pub async fn multi_send_of(chain: &Chain) -> Result<Option<Address>, Error> {
    let code = chain.code(MULTI_SEND).await?;
    Ok((keccak256(&code) == MULTI_SEND_CODE).then_some(MULTI_SEND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(byte: u8, length: usize) -> Call {
        Call {
            to: Address::repeat_byte(byte),
            value: U256::from(byte),
            data: vec![byte; length].into(),
        }
    }

    #[test]
    fn calls_are_unpacked_as_they_were_packed() {
        for lengths in [vec![], vec![0], vec![4, 0, 100]] {
            let each: Vec<_> = (1..).zip(&lengths).map(|(byte, n)| call(byte, *n)).collect();
            assert_eq!(calls(&pack(MULTI_SEND, &each).data), Some(each));
        }
    }

    #[test]
    fn what_is_cut_short_or_a_delegate_call_is_not_unpacked() {
        let packed = |bytes: Vec<u8>| multiSendCall { transactions: bytes.into() }.abi_encode();
        let decoded = multiSendCall::abi_decode(&pack(MULTI_SEND, &[call(1, 5)]).data).unwrap();
        let good = decoded.transactions.to_vec();
        assert!(calls(&packed(good.clone())).is_some());
        assert_eq!(calls(&packed(good[..good.len() - 1].to_vec())), None);
        assert_eq!(calls(&packed([&good[..], &[0]].concat())), None);
        let mut delegate = good.clone();
        delegate[0] = 1;
        assert_eq!(calls(&packed(delegate)), None);
        let mut own = good;
        own[1..21].fill(0);
        assert_eq!(calls(&packed(own)), None);
        assert_eq!(calls(&[1, 2, 3, 4]), None);
    }
}
