//! Decides how a Ledger is found and asked: over USB, its accounts in the order of Ledger Live.
//!
//! Each question is a connection of its own, so that the device may be unplugged between two.

use std::{fmt, path::Path, sync::Arc};

use alloy::{
    consensus::TxEip1559,
    network::TxSigner as _,
    primitives::{Address, B256, Signature, normalize_v},
    signers::{
        Signer as _,
        ledger::{
            HDPath, LedgerSigner,
            coins_ledger::{
                common::{APDUCommand, APDUData},
                transports::{Ledger as Transport, LedgerAsync as _},
            },
        },
    },
};

use super::{Device, KeyError, Signer, Typed, signer::Answer};
use crate::Error;

/// The instruction that signs two hashes of typed data (Ledger's `app-ethereum`, `ethapp.adoc`:
/// `SIGN ETH EIP 712`, version 0).
const SIGN_TYPED_DATA: u8 = 0x0c;

/// The class of the Ethereum app's instructions.
const CLASS: u8 = 0xe0;

/// What makes a step of a path hardened (BIP-32).
const HARDENED: u32 = 1 << 31;

/// Where Linux has its USB devices.
const LINUX_USB: &str = "/dev/bus/usb";

/// An account of a Ledger.
#[derive(Debug)]
struct Ledger {
    index: u32,
    address: Address,
}

/// Connects to a Ledger and asks for the address of its account of this index, from 0.
///
/// # Errors
///
/// [`KeyError::NoLedger`] when none answers.
pub async fn connect(index: u32) -> Result<Signer, KeyError> {
    let address = open(index).await?.address;
    Ok(Signer::Device(Arc::new(Ledger { index, address })))
}

struct Open {
    signer: LedgerSigner,
    address: Address,
}

async fn open(index: u32) -> Result<Open, KeyError> {
    // Ledger Live's path, m/44'/60'/index'/0/0.
    let path = HDPath::Other(format!("m/44'/60'/{index}'/0/0"));
    let signer = driven(LedgerSigner::new(path, None)).await?;
    let address = alloy::signers::Signer::address(&signer);
    Ok(Open { signer, address })
}

/// Has the driver do something. It panics where there is no USB at all, as in a container.
async fn driven<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, KeyError>
where
    T: Send + 'static,
    E: fmt::Display + Send + 'static,
{
    let failed = |reason: &str| KeyError::NoLedger { reason: reason.to_owned() };
    if cfg!(target_os = "linux") && !Path::new(LINUX_USB).exists() {
        return Err(failed("this machine has no USB"));
    }
    match tokio::spawn(work).await {
        Ok(done) => done.map_err(|error| failed(&error.to_string())),
        Err(_) => Err(failed("its driver does not start")),
    }
}

impl Device for Ledger {
    fn address(&self) -> Address {
        self.address
    }

    fn sign_transaction<'a>(&'a self, tx: &'a TxEip1559) -> Answer<'a> {
        Box::pin(async move {
            let mut tx = tx.clone();
            let signature = open(self.index).await?.signer.sign_transaction(&mut tx).await;
            signature.map_err(refused)
        })
    }

    fn sign_typed<'a>(&'a self, typed: &'a Typed) -> Answer<'a> {
        Box::pin(async move {
            let hashes = typed.hashes().ok_or(KeyError::BareHash { signer: self.address })?;
            let transport = driven(Transport::init()).await?;
            let command = APDUCommand {
                cla: CLASS,
                ins: SIGN_TYPED_DATA,
                p1: 0,
                p2: 0,
                data: APDUData::new(&question(self.index, hashes)),
                response_len: None,
            };
            let answer = transport.exchange(&command).await.map_err(refused)?;
            signature(answer.data().unwrap_or_default())
        })
    }

    fn sign_message<'a>(&'a self, message: &'a [u8]) -> Answer<'a> {
        Box::pin(async move {
            open(self.index).await?.signer.sign_message(message).await.map_err(refused)
        })
    }
}

/// What the device is asked: the path of the account, the hash of the domain and of the message.
fn question(index: u32, (domain, message): (B256, B256)) -> Vec<u8> {
    let path = [44 | HARDENED, 60 | HARDENED, index | HARDENED, 0, 0];
    let mut bytes = vec![5];
    path.iter().for_each(|step| bytes.extend(step.to_be_bytes()));
    bytes.extend(domain);
    bytes.extend(message);
    bytes
}

/// Reads the device's answer: `v`, `r` and `s`.
fn signature(answer: &[u8]) -> Result<Signature, Error> {
    let parity = answer.first().and_then(|v| normalize_v(u64::from(*v)));
    match (parity, answer.len()) {
        (Some(parity), 65) => Ok(Signature::from_bytes_and_parity(&answer[1..], parity)),
        _ => {
            let reason = format!("its answer of {} bytes is no signature", answer.len());
            Err(KeyError::Device { reason }.into())
        }
    }
}

fn refused(error: impl fmt::Display) -> Error {
    KeyError::Device { reason: error.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use alloy::hex;

    use super::*;

    #[test]
    fn the_device_is_asked_with_ledger_lives_path_and_two_hashes() {
        let question = question(2, (B256::repeat_byte(1), B256::repeat_byte(2)));
        assert_eq!(hex::encode(&question[..21]), "058000002c8000003c800000020000000000000000");
        assert_eq!(question[21..53], [1; 32]);
        assert_eq!(question[53..], [2; 32]);
    }

    #[test]
    fn an_answer_is_a_signature_or_refused() {
        let answer = [&[28][..], &[1; 32], &[2; 32]].concat();
        let read = signature(&answer).unwrap();
        assert_eq!(
            (read.v(), read.r().to_be_bytes(), read.s().to_be_bytes()),
            (true, [1; 32], [2; 32])
        );
        for bad in [&answer[..64], &[], &[7; 65]] {
            assert!(matches!(signature(bad), Err(Error::Key(KeyError::Device { .. }))), "{bad:?}");
        }
    }
}
