//! Decides that keystores are private, never overwritten, and found again by their names.

use std::os::unix::fs::PermissionsExt as _;

use alloy::hex;

use super::*;
use crate::keys::{KeySource, PasswordSource, dev_account};

fn keyring() -> (tempfile::TempDir, Keyring) {
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(folder.path().join("keys"));
    (folder, keyring)
}

fn password() -> Password {
    Password::new("correct horse battery staple".to_owned())
}

#[test]
fn an_imported_key_is_encrypted_private_and_opened_again() {
    let (_folder, keyring) = keyring();
    let key = dev_account(3).unwrap();
    let stored = keyring.import("oracle", &key, &password()).unwrap();
    assert_eq!(stored.address, Some(key.address()));

    let text = fs::read_to_string(&stored.path).unwrap();
    assert!(!text.to_lowercase().contains(&hex::encode(key.to_bytes())), "{text}");
    assert!(text.contains("scrypt") && !text.contains("battery"), "{text}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&stored.path), 0o600);
    assert_eq!(mode(keyring.folder()), 0o700);

    assert_eq!(open(&stored.path, &password()).unwrap().address(), key.address());
    let wrong = open(&stored.path, &Password::new("x".to_owned()));
    assert!(matches!(wrong, Err(Error::Keystore { .. })));
    assert_eq!(keyring.list().unwrap(), [stored]);
    assert_eq!(fs::read_dir(keyring.folder()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn two_created_keys_differ_and_are_listed_by_name() {
    let (_folder, keyring) = keyring();
    assert_eq!(keyring.list().unwrap(), []);
    let second = keyring.create("b", &password()).unwrap();
    let first = keyring.create("a", &password()).unwrap();
    assert_ne!(first.address, second.address);
    fs::write(keyring.folder().join("notes.json"), "{}").unwrap();
    assert_eq!(keyring.list().unwrap(), [first, second]);
}

#[test]
fn a_keystore_is_never_overwritten() {
    let (_folder, keyring) = keyring();
    let stored = keyring.create("admin", &password()).unwrap();
    let before = fs::read(&stored.path).unwrap();
    let again = keyring.create("admin", &password());
    assert!(matches!(again, Err(Error::Key(KeyError::Exists { name, .. })) if name == "admin"));
    assert_eq!(fs::read(&stored.path).unwrap(), before);
}

#[test]
fn names_that_are_paths_and_empty_passwords_are_refused() {
    let (_folder, keyring) = keyring();
    for name in ["", ".", "..", "a/b", "../a", ".hidden", "a b", "ä", &"a".repeat(65)] {
        let refused = keyring.create(name, &password());
        assert!(matches!(refused, Err(Error::Key(KeyError::Name { .. }))), "{name}");
    }
    let refused = keyring.create("a", &Password::new(String::new()));
    assert!(matches!(refused, Err(Error::Key(KeyError::NoPassword))));
    assert!(!keyring.folder().exists());
}

#[tokio::test]
async fn a_source_names_a_key_or_a_path() {
    let (folder, keyring) = keyring();
    let stored = keyring.create("admin", &password()).unwrap();
    assert_eq!(keyring.find(Path::new("admin")).unwrap(), stored.path);
    let path = folder.path().join("elsewhere.json");
    fs::copy(&stored.path, &path).unwrap();
    assert_eq!(keyring.find(&path).unwrap(), path);
    let unknown = keyring.find(Path::new("nobody"));
    assert!(matches!(unknown, Err(KeyError::Unknown { name, .. }) if name == "nobody"));

    let mut source: KeySource = "keystore:admin".parse().unwrap();
    if let KeySource::Keystore { path, password: place } = &mut source {
        *path = keyring.find(path).unwrap();
        *place = PasswordSource::Given(password());
    }
    assert_eq!(Some(source.load().await.unwrap().address()), stored.address);
}
