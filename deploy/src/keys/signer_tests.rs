//! Decides that a device signs what a key would, and that what is not the account's is refused.

use alloy::{
    primitives::{TxKind, U256},
    sol,
    sol_types::eip712_domain,
};

use super::*;
use crate::keys::dev_account;

sol! {
    #[derive(serde::Serialize)]
    struct Note {
        address to;
        uint256 amount;
        uint64 until;
        uint8 kind;
        bytes32 hash;
        bytes data;
        string words;
    }
}

fn note() -> Typed {
    let note = Note {
        to: Address::repeat_byte(7),
        amount: U256::MAX,
        until: u64::MAX,
        kind: 255,
        hash: B256::repeat_byte(9),
        data: vec![0, 1, 255].into(),
        words: "für alle".to_owned(),
    };
    let domain = eip712_domain! { name: "Note", version: "1", chain_id: 7, verifying_contract: Address::ZERO, };
    Typed::new(&note, &domain)
}

fn transaction() -> TxEip1559 {
    TxEip1559 {
        chain_id: 31_337,
        nonce: 4,
        gas_limit: 21_000,
        max_fee_per_gas: 10,
        max_priority_fee_per_gas: 1,
        to: TxKind::Call(Address::repeat_byte(1)),
        value: U256::from(5),
        ..TxEip1559::default()
    }
}

/// A device with the key of one account that may say it has another one's.
#[derive(Debug)]
struct Stick {
    key: PrivateKeySigner,
    address: Address,
}

impl Stick {
    fn answer(&self, digest: B256) -> Answer<'_> {
        let signature = self.key.sign_hash_sync(&digest).map_err(Error::Signing);
        Box::pin(async move { signature })
    }
}

impl Device for Stick {
    fn address(&self) -> Address {
        self.address
    }
    fn sign_transaction<'a>(&'a self, tx: &'a TxEip1559) -> Answer<'a> {
        self.answer(tx.signature_hash())
    }
    fn sign_typed<'a>(&'a self, typed: &'a Typed) -> Answer<'a> {
        self.answer(typed.digest())
    }
    fn sign_message<'a>(&'a self, message: &'a [u8]) -> Answer<'a> {
        self.answer(eip191_hash_message(message))
    }
}

fn stick(key: PrivateKeySigner, address: Address) -> Signer {
    Signer::Device(Arc::new(Stick { key, address }))
}

#[tokio::test]
async fn a_device_signs_what_a_key_would() {
    let key = dev_account(2).unwrap();
    let device = stick(key.clone(), key.address());
    let key = Signer::from(key);
    assert_eq!(device.address(), key.address());
    assert_eq!(
        device.sign_transaction(transaction()).await.unwrap(),
        key.sign_transaction(transaction()).await.unwrap()
    );
    assert_eq!(device.sign_typed(&note()).await.unwrap(), key.sign_typed(&note()).await.unwrap());
    assert_eq!(
        device.sign_message(b"words").await.unwrap(),
        key.sign_message(b"words").await.unwrap()
    );
}

#[tokio::test]
async fn a_signature_of_somebody_else_is_refused() {
    let liar = stick(dev_account(1).unwrap(), Address::repeat_byte(3));
    let is_refused = |error: Error| matches!(error, Error::Key(KeyError::OtherSignature { expected, .. }) if expected == Address::repeat_byte(3));
    assert!(is_refused(liar.sign_transaction(transaction()).await.unwrap_err()));
    assert!(is_refused(liar.sign_typed(&note()).await.unwrap_err()));
    assert!(is_refused(liar.sign_message(b"words").await.unwrap_err()));
}

#[tokio::test]
async fn an_address_alone_signs_nothing() {
    let address = Address::repeat_byte(3);
    let watched = Signer::Watched(address);
    assert_eq!(watched.address(), address);
    let is_refused = |error: Error| matches!(error, Error::Key(KeyError::NoKey { address: of }) if of == address);
    assert!(is_refused(watched.sign_transaction(transaction()).await.unwrap_err()));
    assert!(is_refused(watched.sign_typed(&note()).await.unwrap_err()));
    assert!(is_refused(watched.sign_message(b"words").await.unwrap_err()));
}
