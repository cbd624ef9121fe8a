//! Signed changes: what is signed, what is read back, and what a change of the file breaks.

use alloy::sol_types::SolStruct;

use super::*;
use crate::{
    consent::{DataClasses, Grantee, Purposes},
    keys::{dev_account, testing::wait},
};

const TO: ConsentDomain = ConsentDomain { chain_id: 31_337, registry: Address::repeat_byte(7) };

fn scope() -> Scope {
    Scope {
        classes: DataClasses(3),
        purposes: Purposes(1),
        grantee: Grantee::AnyoneVetted,
        expiry: 2_000_000_000,
        terms: B256::repeat_byte(9),
    }
}

fn wishes() -> [Wish; 3] {
    let consent = U256::from(5);
    [
        Wish::Grant { scope: scope() },
        Wish::Amend { consent, version: 2, scope: scope() },
        Wish::Revoke { consent },
    ]
}

fn signed(wish: Wish) -> SignedConsent {
    wait(wish.sign(&TO, U256::from(1), 1_900_000_000, &dev_account(3).unwrap().into())).unwrap()
}

#[test]
fn the_types_are_the_contracts() {
    let scope = "uint8 dataClasses,uint8 purposes,uint8 granteeKind,address account,uint8 actorRole,uint64 expiry,bytes32 terms,uint256 nonce,uint256 deadline)";
    assert_eq!(typed::Grant::eip712_encode_type(), format!("Grant(address subject,{scope}"));
    let amend = format!("Amend(uint256 consentId,uint64 version,{scope}");
    assert_eq!(typed::Amend::eip712_encode_type(), amend);
    let revoke = "Revoke(uint256 consentId,uint256 nonce,uint256 deadline)";
    assert_eq!(typed::Revoke::eip712_encode_type(), revoke);
}

#[test]
fn a_signed_change_is_read_as_it_was_written_and_names_its_signer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signed.json");
    for wish in wishes() {
        let signed = signed(wish);
        signed.write(&path).unwrap();
        let read = SignedConsent::read(&path).unwrap();
        assert_eq!(read, signed);
        assert_eq!(read.signer(), Some(signed.subject));
    }
}

#[test]
fn a_change_that_was_changed_names_another_signer() {
    for wish in wishes() {
        let good = signed(wish);
        let wider = Scope { purposes: Purposes(3), ..scope() };
        let other = match wish {
            Wish::Grant { .. } => Wish::Grant { scope: wider },
            Wish::Amend { consent, version, .. } => Wish::Amend { consent, version, scope: wider },
            Wish::Revoke { .. } => Wish::Revoke { consent: U256::from(6) },
        };
        let changed = [
            SignedConsent { wish: other, ..good.clone() },
            SignedConsent { nonce: U256::from(2), ..good.clone() },
            SignedConsent { deadline: good.deadline + 1, ..good.clone() },
            SignedConsent { chain_id: 1, ..good.clone() },
            SignedConsent { registry: Address::ZERO, ..good.clone() },
        ];
        for changed in changed {
            assert_ne!(changed.signer(), Some(good.subject), "{changed:?}");
        }
    }
}

#[test]
fn a_file_that_is_no_signed_change_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signed.json");
    let good = serde_json::to_value(signed(wishes()[1])).unwrap();
    for (field, value) in [
        ("schema", serde_json::json!(2)),
        ("action", "give".into()),
        ("consent", "x".into()),
        ("nonce", "-1".into()),
        ("scope", serde_json::json!({})),
        ("subject", "alice".into()),
    ] {
        let mut document = good.clone();
        document[field] = value;
        std::fs::write(&path, document.to_string()).unwrap();
        let read = SignedConsent::read(&path);
        assert!(matches!(read, Err(Error::MalformedFile { .. })), "{field}: {read:?}");
    }
}
