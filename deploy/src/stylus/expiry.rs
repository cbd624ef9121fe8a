//! Decides until when a program runs, and how that is prolonged.
//!
//! A program expires 365 days after it was activated, on chains that have not decided otherwise, and may
//! be kept alive from its 31st day on, for a data fee. Calls of an expired program fail; activating it
//! again revives it with its storage.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};

use super::{
    DataFee, Standing, StylusError,
    activation::{standing_of, stylus_version},
    error::explain,
    precompiles::{ARB_WASM, ArbWasm},
};
use crate::{
    Error,
    chain::{Chain, Outgoing, Receipt, Sender},
    wasm::PREFIX,
};

/// Seconds of a day.
const DAY_SECS: u64 = 86_400;

/// Until when an active program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The version of Stylus that activated it.
    pub version: u16,
    /// When it was activated or kept alive, in seconds since 1970; the chain keeps whole hours.
    pub activated_at: u64,
    /// The last second at which it runs, in seconds since 1970.
    pub expires_at: u64,
    /// From when on it may be kept alive, in seconds since 1970.
    pub keepalive_from: u64,
    /// The time of the block that was asked.
    pub now: u64,
}

impl Expiry {
    /// Returns how many whole days are left.
    #[must_use]
    pub const fn days_left(&self) -> u64 {
        self.expires_at.saturating_sub(self.now) / DAY_SECS
    }

    /// Returns whether it may be kept alive now.
    #[must_use]
    pub const fn is_renewable(&self) -> bool {
        self.now >= self.keepalive_from
    }

    /// Returns whether it expires within `days`.
    #[must_use]
    pub const fn is_within(&self, days: u64) -> bool {
        self.expires_at.saturating_sub(self.now) < days.saturating_mul(DAY_SECS)
    }
}

/// Whether the program at an address runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It runs until a time.
    Active(Expiry),
    /// It does not run: it was never activated, by another version of Stylus, or has expired.
    Ended(Standing),
    /// What is there is EVM code, which never expires.
    EvmCode,
}

/// Asks a chain until when the program at an address runs, and by which hash it knows it.
///
/// # Errors
///
/// - [`Error::NoContract`]: nothing is there.
/// - [`StylusError::MissingPrecompile`]: the chain does not run Stylus programs.
/// - The failures of [`Chain::read`].
pub async fn life(chain: &Chain, address: Address) -> Result<(B256, Life), Error> {
    let code = chain.code(address).await?;
    if code.is_empty() {
        return Err(Error::NoContract { address });
    }
    let codehash = keccak256(&code);
    if !code.starts_with(&PREFIX[..3]) {
        return Ok((codehash, Life::EvmCode));
    }
    let stylus_version = stylus_version(chain).await?;
    // One block is asked, so that its time is that of the answers.
    let header = chain.header(BlockId::latest()).await?;
    let block = BlockId::number(header.number);
    let version = chain
        .read_at(block, Address::ZERO, ARB_WASM, &ArbWasm::codehashVersionCall { codehash })
        .await;
    let version = match standing_of(version, stylus_version)? {
        Standing::Active { version } => version,
        ended => return Ok((codehash, Life::Ended(ended))),
    };
    let left = ArbWasm::programTimeLeftCall { program: address };
    let left = chain.read_at(block, Address::ZERO, ARB_WASM, &left).await.map_err(explain)?;
    let expiry_days = chain.read(ARB_WASM, &ArbWasm::expiryDaysCall {}).await?;
    let keepalive_days = chain.read(ARB_WASM, &ArbWasm::keepaliveDaysCall {}).await?;
    let expires_at = header.timestamp.saturating_add(left);
    let activated_at = expires_at.saturating_sub(u64::from(expiry_days) * DAY_SECS);
    let expiry = Expiry {
        version,
        activated_at,
        expires_at,
        keepalive_from: activated_at.saturating_add(u64::from(keepalive_days) * DAY_SECS),
        now: header.timestamp,
    };
    Ok((codehash, Life::Active(expiry)))
}

/// A program's life prolonged: what it costs, and the transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The data fee.
    pub fee: DataFee,
    /// The transaction, with the fee as its value.
    pub outgoing: Outgoing,
}

/// Finds out what it costs to keep programs of a code hash alive; `bump_bps` is how much more is sent, in
/// basis points.
///
/// # Errors
///
/// [`StylusError::KeepaliveTooSoon`], [`StylusError::NotActivated`], [`StylusError::NeedsUpgrade`],
/// [`StylusError::Expired`]: the chain would not. And the failures of [`Chain::read`].
pub async fn renewal(chain: &Chain, codehash: B256, bump_bps: u32) -> Result<Renewal, Error> {
    let call = ArbWasm::codehashKeepaliveCall { codehash };
    // Without a fee the chain says what it is, once nothing else stands against it.
    let fee_wei = match chain.read(ARB_WASM, &call).await.map_err(explain) {
        Ok(_) => U256::ZERO,
        Err(Error::Stylus(StylusError::FeeTooLow { want_wei, .. })) => want_wei,
        Err(error) => return Err(error),
    };
    let fee = DataFee::bumped(fee_wei, bump_bps);
    let outgoing = Outgoing {
        call: "codehashKeepalive".to_owned(),
        to: Some(ARB_WASM),
        data: call.abi_encode().into(),
        value: fee.offered_wei,
    };
    Ok(Renewal { fee, outgoing })
}

/// Keeps programs of a code hash alive, and returns the fee that was taken, in wei, and the receipt.
///
/// # Errors
///
/// As [`renewal`] and [`Sender::send`].
pub async fn renew(
    sender: &Sender,
    codehash: B256,
    bump_bps: u32,
) -> Result<(U256, Receipt), Error> {
    let renewal = renewal(sender.chain(), codehash, bump_bps).await?;
    let receipt = sender.send(&renewal.outgoing).await.map_err(explain)?;
    let extended = receipt.events_of::<ArbWasm::ProgramLifetimeExtended>(ARB_WASM).next();
    Ok((extended.map_or(renewal.fee.offered_wei, |event| event.dataFee), receipt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_down_to_the_second_of_expiry() {
        let at = |now: u64| Expiry {
            version: 2,
            activated_at: 0,
            expires_at: 365 * DAY_SECS,
            keepalive_from: 31 * DAY_SECS,
            now,
        };
        assert_eq!(at(0).days_left(), 365);
        assert_eq!(at(1).days_left(), 364);
        assert!(!at(31 * DAY_SECS - 1).is_renewable() && at(31 * DAY_SECS).is_renewable());
        assert!(!at(305 * DAY_SECS).is_within(60) && at(305 * DAY_SECS + 1).is_within(60));
        assert_eq!(at(400 * DAY_SECS).days_left(), 0);
    }
}
