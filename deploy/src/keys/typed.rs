//! Decides in which form typed data (EIP-712) are handed to what signs them: a key takes their
//! hash, a device its two halves, a node the document, as wallets do.

use alloy::{
    primitives::B256,
    sol_types::{Eip712Domain, SolStruct},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Typed data that are ready to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    digest: B256,
    hashes: Option<(B256, B256)>,
    document: Option<Value>,
}

impl Typed {
    /// Takes a structure, without structures in it, and the domain that it is signed for.
    #[must_use]
    pub fn new<T: SolStruct + Serialize>(payload: &T, domain: &Eip712Domain) -> Self {
        let document = serde_json::to_value(payload).ok().map(|message| {
            let own = domain.encode_type();
            json!({
                "types": {
                    "EIP712Domain": fields(&own),
                    T::NAME: fields(&T::eip712_root_type()),
                },
                "primaryType": T::NAME,
                "domain": values(domain),
                "message": message,
            })
        });
        let hashes = Some((domain.separator(), payload.eip712_hash_struct()));
        Self { digest: payload.eip712_signing_hash(domain), hashes, document }
    }

    /// Returns the hash that is signed.
    #[must_use]
    pub const fn digest(&self) -> B256 {
        self.digest
    }

    /// Returns the hash of the domain and that of the structure, unless only the hash of both is
    /// known.
    #[must_use]
    pub const fn hashes(&self) -> Option<(B256, B256)> {
        self.hashes
    }

    /// Returns the document that `eth_signTypedData_v4` takes, unless only the hash is known.
    #[must_use]
    pub const fn document(&self) -> Option<&Value> {
        self.document.as_ref()
    }
}

impl From<B256> for Typed {
    /// Takes the hash of data that are not known. Only a key signs it.
    fn from(digest: B256) -> Self {
        Self { digest, hashes: None, document: None }
    }
}

/// The fields of a type such as `Mail(address to,string text)`.
fn fields(encoded: &str) -> Vec<Value> {
    let inner = encoded.split_once('(').map_or("", |(_, inner)| inner.trim_end_matches(')'));
    let field = |field: &str| {
        let (kind, name) = field.split_once(' ').unwrap_or((field, ""));
        json!({ "name": name, "type": kind })
    };
    inner.split(',').filter(|text| !text.is_empty()).map(field).collect()
}

/// The fields of a domain that are there.
fn values(domain: &Eip712Domain) -> Map<String, Value> {
    let Eip712Domain { name, version, chain_id, verifying_contract, salt } = domain;
    let pairs = [
        ("name", name.as_ref().map(|name| json!(name))),
        ("version", version.as_ref().map(|version| json!(version))),
        ("chainId", chain_id.map(|id| json!(id))),
        ("verifyingContract", verifying_contract.map(|address| json!(address))),
        ("salt", salt.map(|salt| json!(salt))),
    ];
    let given = |(name, value): (&str, Option<Value>)| Some((name.to_owned(), value?));
    pairs.into_iter().filter_map(given).collect()
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{Address, U256, keccak256},
        sol,
        sol_types::eip712_domain,
    };

    use super::*;

    sol! {
        #[derive(Serialize)]
        struct Mail {
            address to;
            uint256 amount;
            string words;
        }
    }

    #[test]
    fn a_document_has_the_types_the_domain_and_the_message() {
        let mail = Mail { to: Address::ZERO, amount: U256::from(16), words: "hi".to_owned() };
        let domain = eip712_domain! { name: "Post", chain_id: 7, };
        let typed = Typed::new(&mail, &domain);
        assert_eq!(typed.digest(), mail.eip712_signing_hash(&domain));
        let expected = json!({
            "types": {
                "EIP712Domain": [
                    { "name": "name", "type": "string" },
                    { "name": "chainId", "type": "uint256" },
                ],
                "Mail": [
                    { "name": "to", "type": "address" },
                    { "name": "amount", "type": "uint256" },
                    { "name": "words", "type": "string" },
                ],
            },
            "primaryType": "Mail",
            "domain": { "name": "Post", "chainId": "0x7" },
            "message": { "to": Address::ZERO, "amount": "0x10", "words": "hi" },
        });
        assert_eq!(typed.document(), Some(&expected));
        let (separator, hash) = typed.hashes().unwrap();
        let bytes = [&[0x19, 1][..], separator.as_slice(), hash.as_slice()].concat();
        assert_eq!(keccak256(bytes), typed.digest());
        assert_eq!(Typed::from(B256::ZERO).document(), None);
    }
}
