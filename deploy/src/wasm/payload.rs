//! Decides what is stored on a Stylus chain: a prefix and the compressed module.
//!
//! cargo-stylus adds a custom section `project_hash` to the module, which only its own
//! verification reads. Ours rebuilds the contract and compares bytes, and every byte is paid for
//! at each call of a program that is not cached, so there is no such section here.

use std::io::Read;

use brotli::enc::BrotliEncoderParams;

use crate::Error;

/// What the code of a Stylus program begins with: the EOF magic, version and dictionary bytes
/// (Nitro, `arbos/programs`).
pub const PREFIX: [u8; 4] = [0xef, 0xf0, 0x00, 0x00];

/// The largest code of an account, in bytes (EIP-170).
pub const MAX_PAYLOAD_BYTES: usize = 24_576;

/// The brotli quality that cargo-stylus uses.
const QUALITY: i32 = 11;

/// The base-2 logarithm of brotli's window, in bytes, that Nitro decompresses with.
const WINDOW_BITS: i32 = 22;

/// The unit in which brotli reads and writes, in bytes.
const BUFFER_BYTES: usize = 4096;

/// Makes the code of a Stylus program of a module.
///
/// # Errors
///
/// [`Error::Compression`] when the compressor fails, which a module in memory gives no cause for.
pub fn compress(wasm: &[u8]) -> Result<Vec<u8>, Error> {
    let params = BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW_BITS, ..Default::default() };
    let mut payload = PREFIX.to_vec();
    brotli::BrotliCompress(&mut &wasm[..], &mut payload, &params)
        .map_err(|source| Error::Compression { source })?;
    Ok(payload)
}

/// Takes the module back out of the code of a Stylus program.
///
/// # Errors
///
/// [`Error::NotAPayload`] when the code does not begin with [`PREFIX`], [`Error::Compression`]
/// when what follows is not a brotli stream.
pub fn decompress(payload: &[u8]) -> Result<Vec<u8>, Error> {
    let stream = payload.strip_prefix(&PREFIX).ok_or(Error::NotAPayload)?;
    let mut wasm = Vec::new();
    brotli::Decompressor::new(stream, BUFFER_BYTES)
        .read_to_end(&mut wasm)
        .map_err(|source| Error::Compression { source })?;
    Ok(wasm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_comes_back_out_of_its_payload() {
        let wasm = wat::parse_str("(module (memory (export \"memory\") 1))").unwrap();
        let payload = compress(&wasm).unwrap();
        assert_eq!(payload[..4], PREFIX);
        assert_eq!(decompress(&payload).unwrap(), wasm);
    }

    #[test]
    fn other_code_is_no_payload() {
        assert!(matches!(decompress(&[0x60, 0x80]).unwrap_err(), Error::NotAPayload));
        assert!(matches!(
            decompress(&[0xef, 0xf0, 0, 0, 0xff]).unwrap_err(),
            Error::Compression { .. }
        ));
    }
}
