//! Decides which accounts everybody has the key of: those of local development chains.

use alloy::{hex, primitives::Address, signers::local::PrivateKeySigner};

use crate::Error;

/// The keys of Anvil's and Hardhat's dev accounts: the first ten of the mnemonic
/// `test test test test test test test test test test test junk`. They are public knowledge and
/// hold nothing on any chain that matters.
const DEV_KEYS: [[u8; 32]; 10] = [
    hex!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
    hex!("59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
    hex!("5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
    hex!("7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
    hex!("47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
    hex!("8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
    hex!("92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
    hex!("4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
    hex!("dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
    hex!("2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
];

/// The number of dev accounts that have a key here.
pub const DEV_ACCOUNTS: usize = DEV_KEYS.len();

/// Returns the signer of the dev account of this index.
///
/// # Errors
///
/// [`Error::NoSuchDevAccount`] when there is none.
pub fn dev_account(index: usize) -> Result<PrivateKeySigner, Error> {
    DEV_KEYS
        .get(index)
        .and_then(|key| PrivateKeySigner::from_slice(key).ok())
        .ok_or(Error::NoSuchDevAccount { index })
}

/// Returns the index of the dev account of this address.
#[must_use]
pub fn dev_index(address: Address) -> Option<usize> {
    (0..DEV_ACCOUNTS)
        .find(|index| dev_account(*index).is_ok_and(|signer| signer.address() == address))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;

    use super::*;

    #[test]
    fn dev_accounts_have_the_addresses_that_anvil_prints() {
        let first = dev_account(0).unwrap().address();
        assert_eq!(first, address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
        assert_eq!(dev_index(dev_account(9).unwrap().address()), Some(9));
        assert_eq!(dev_index(Address::ZERO), None);
    }

    #[test]
    fn there_are_ten_dev_accounts() {
        assert!(matches!(dev_account(10), Err(Error::NoSuchDevAccount { index: 10 })));
    }
}
