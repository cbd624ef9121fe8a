//! Decides what the owners sign: Safe's transaction, and its EIP-712 hash.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::Eip712Domain,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    bindings::ITreasury::{execTransactionCall, executeQueuedCall, queueTransactionCall},
    keys::Typed,
};

/// What is hashed. Its field names and order are Safe's.
mod typed {
    alloy::sol! {
        #[derive(serde::Serialize)]
        struct SafeTx {
            address to;
            uint256 value;
            bytes data;
            uint8 operation;
            uint256 safeTxGas;
            uint256 baseGas;
            uint256 gasPrice;
            address gasToken;
            address refundReceiver;
            uint256 nonce;
        }
    }
}

/// How the treasury reaches the address that a transaction names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Operation {
    /// It calls it.
    #[default]
    Call,
    /// It runs the code there as its own.
    DelegateCall,
}

/// A transaction of the treasury.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SafeTx {
    /// The account that is called.
    pub to: Address,
    /// The ether that goes with it, in wei.
    #[serde(with = "decimal")]
    pub value: U256,
    /// The calldata.
    pub data: Bytes,
    /// Call or delegate call.
    pub operation: Operation,
    /// The gas that the call must have; zero for all there is, and then its failure reverts.
    #[serde(with = "decimal")]
    pub safe_tx_gas: U256,
    /// Gas that is refunded whatever the call uses.
    #[serde(with = "decimal")]
    pub base_gas: U256,
    /// What a unit of gas is refunded with; zero when nothing is refunded.
    #[serde(with = "decimal")]
    pub gas_price: U256,
    /// The token that is refunded in; zero for ether.
    pub gas_token: Address,
    /// Who is refunded; zero for whoever sends the transaction.
    pub refund_receiver: Address,
    /// The treasury's nonce at which it can be executed.
    #[serde(with = "decimal")]
    pub nonce: U256,
}

impl SafeTx {
    /// Returns the hash that owners sign, which is bound to one treasury on one chain.
    #[must_use]
    pub fn hash(&self, chain_id: u64, treasury: Address) -> B256 {
        self.typed(chain_id, treasury).digest()
    }

    /// Returns what owners sign.
    pub(super) fn typed(&self, chain_id: u64, treasury: Address) -> Typed {
        let typed = typed::SafeTx {
            to: self.to,
            value: self.value,
            data: self.data.clone(),
            operation: self.operation.into(),
            safeTxGas: self.safe_tx_gas,
            baseGas: self.base_gas,
            gasPrice: self.gas_price,
            gasToken: self.gas_token,
            refundReceiver: self.refund_receiver,
            nonce: self.nonce,
        };
        Typed::new(&typed, &domain(chain_id, treasury))
    }

    /// Returns the call that executes it at once, with packed signatures.
    #[must_use]
    pub fn exec_call(&self, signatures: Bytes) -> execTransactionCall {
        let Self { to, value, data, safe_tx_gas, base_gas, gas_price, gas_token, .. } =
            self.clone();
        execTransactionCall {
            to,
            value,
            data,
            operation: self.operation.into(),
            safeTxGas: safe_tx_gas,
            baseGas: base_gas,
            gasPrice: gas_price,
            gasToken: gas_token,
            refundReceiver: self.refund_receiver,
            signatures,
        }
    }

    /// Returns the call that queues it, with packed signatures.
    #[must_use]
    pub fn queue_call(&self, signatures: Bytes) -> queueTransactionCall {
        let call = self.exec_call(signatures);
        queueTransactionCall {
            to: call.to,
            value: call.value,
            data: call.data,
            operation: call.operation,
            safeTxGas: call.safeTxGas,
            baseGas: call.baseGas,
            gasPrice: call.gasPrice,
            gasToken: call.gasToken,
            refundReceiver: call.refundReceiver,
            signatures: call.signatures,
        }
    }

    /// Returns the call that executes it after it was queued.
    #[must_use]
    pub fn queued_call(&self) -> executeQueuedCall {
        let call = self.exec_call(Bytes::new());
        executeQueuedCall {
            to: call.to,
            value: call.value,
            data: call.data,
            operation: call.operation,
            safeTxGas: call.safeTxGas,
            baseGas: call.baseGas,
            gasPrice: call.gasPrice,
            gasToken: call.gasToken,
            refundReceiver: call.refundReceiver,
            queuedNonce: self.nonce,
        }
    }
}

/// Safe's domain has neither name nor version.
pub(super) const fn domain(chain_id: u64, treasury: Address) -> Eip712Domain {
    Eip712Domain {
        name: None,
        version: None,
        chain_id: Some(U256::from_limbs([chain_id, 0, 0, 0])),
        verifying_contract: Some(treasury),
        salt: None,
    }
}

impl From<Operation> for u8 {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Call => 0,
            Operation::DelegateCall => 1,
        }
    }
}

impl TryFrom<u8> for Operation {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            0 => Ok(Self::Call),
            1 => Ok(Self::DelegateCall),
            _ => Err(format!("operation {number} is neither 0 (call) nor 1 (delegate call)")),
        }
    }
}

/// Numbers as decimal texts, as Safe's own files have them: no JSON number holds 256 bits.
mod decimal {
    use super::{Deserialize, Deserializer, Serializer, U256};

    pub(super) fn serialize<S: Serializer>(value: &U256, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<U256, D::Error> {
        let text = String::deserialize(from)?;
        super::decimal_number(&text).map_err(serde::de::Error::custom)
    }
}

/// Reads a number of decimal digits.
pub(super) fn decimal_number(text: &str) -> Result<U256, String> {
    let are_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = are_digits.then(|| U256::from_str_radix(text, 10).ok()).flatten();
    number.ok_or_else(|| format!("`{text}` is no decimal number of at most 256 bits"))
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{address, b256, keccak256},
        sol_types::SolStruct,
    };

    use super::*;

    /// Safe 1.5.0, `Safe.sol`: `SAFE_TX_TYPEHASH` and `DOMAIN_SEPARATOR_TYPEHASH`.
    const SAFE_TX_TYPEHASH: B256 =
        b256!("bb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8");
    const DOMAIN_SEPARATOR_TYPEHASH: B256 =
        b256!("47e79534a245952e8b16893a336b85a3d9ea9fa8c573f3d803afb92a79469218");

    fn transaction() -> SafeTx {
        SafeTx {
            to: Address::repeat_byte(1),
            value: U256::from(2),
            data: Bytes::from_static(&[3, 4]),
            operation: Operation::DelegateCall,
            safe_tx_gas: U256::from(5),
            base_gas: U256::from(6),
            gas_price: U256::from(7),
            gas_token: Address::repeat_byte(8),
            refund_receiver: Address::repeat_byte(9),
            nonce: U256::MAX,
        }
    }

    #[test]
    fn type_hashes_are_those_of_safe() {
        assert_eq!(keccak256(typed::SafeTx::eip712_encode_type().as_bytes()), SAFE_TX_TYPEHASH);
        let domain = domain(1, Address::ZERO);
        assert_eq!(keccak256(domain.encode_type().as_bytes()), DOMAIN_SEPARATOR_TYPEHASH);
    }

    #[test]
    fn the_hash_is_bound_to_every_field_the_chain_and_the_treasury() {
        let treasury = address!("5FbDB2315678afecb367f032d93F642f64180aa3");
        let hash = transaction().hash(31337, treasury);
        let changes: [fn(&mut SafeTx); 10] = [
            |tx| tx.to = Address::ZERO,
            |tx| tx.value = U256::ZERO,
            |tx| tx.data = Bytes::new(),
            |tx| tx.operation = Operation::Call,
            |tx| tx.safe_tx_gas = U256::ZERO,
            |tx| tx.base_gas = U256::ZERO,
            |tx| tx.gas_price = U256::ZERO,
            |tx| tx.gas_token = Address::ZERO,
            |tx| tx.refund_receiver = Address::ZERO,
            |tx| tx.nonce = U256::ZERO,
        ];
        let mut hashes = vec![hash, transaction().hash(1, treasury)];
        hashes.push(transaction().hash(31337, Address::ZERO));
        for change in changes {
            let mut changed = transaction();
            change(&mut changed);
            hashes.push(changed.hash(31337, treasury));
        }
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn json_has_numbers_as_decimal_texts() {
        let json = serde_json::to_value(transaction()).unwrap();
        assert_eq!(json["value"], "2");
        assert_eq!(json["operation"], 1);
        assert_eq!(json["nonce"], U256::MAX.to_string());
        assert_eq!(serde_json::from_value::<SafeTx>(json.clone()).unwrap(), transaction());
        for (field, value) in [
            ("value", serde_json::json!(2)),
            ("value", serde_json::json!("0x2")),
            ("value", serde_json::json!("")),
            ("value", serde_json::json!("1".repeat(79))),
            ("operation", serde_json::json!(2)),
            ("data", serde_json::json!("0x0")),
            ("extra", serde_json::json!(1)),
        ] {
            let mut json = json.clone();
            json[field] = value;
            assert!(serde_json::from_value::<SafeTx>(json.clone()).is_err(), "{json}");
        }
    }
}
