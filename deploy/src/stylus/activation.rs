//! Decides whether a program must be activated, whether the chain would, and what it costs.
//!
//! An activation is paid for in two ways: gas, which the chain's estimate has, and a data fee in ether
//! that goes along as value. The fee is found by simulating the activation of the payload at an address
//! that has it for this call only. It rises with each activation on the chain, so more is sent, and
//! the rest comes back.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, address, keccak256},
    providers::Provider,
    rpc::types::{
        TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol_types::SolCall,
};

use super::{
    StylusError,
    precompiles::{ARB_WASM, ArbWasm},
};
use crate::{
    Error,
    chain::Chain,
    wasm::{MAX_PAYLOAD_BYTES, PREFIX},
};

/// How much more than the data fee is sent, in basis points of it. The SDK's own tool sends as much.
pub const DEFAULT_FEE_BUMP_BPS: u32 = 2_000;

/// From which price of an activation on, in gas, activations are taken to be paused (stylus-sdk-rs,
/// `stylus-tools/src/core/activation.rs`).
pub const PAUSED_ACTIVATION_GAS: u64 = 30_000_000;

/// Basis points of one.
const ONE_BPS: u32 = 10_000;

/// What goes along with a simulated activation, in wei: more than any fee.
const SIMULATED_VALUE_WEI: u128 = 1_000_000_000_000_000_000;

/// Who simulates; it has ether for the length of the call.
const SIMULATOR: Address = address!("00000000000000000000000000000000da7ac00b");

/// Where code of a hash stands on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is active.
    Active {
        /// The version of Stylus that activated it.
        version: u16,
    },
    /// It was never activated.
    NotActivated,
    /// Another version of Stylus activated it.
    NeedsUpgrade {
        /// That version.
        version: u16,
        /// The chain's version.
        stylus_version: u16,
    },
    /// It has expired.
    Expired {
        /// How long ago it was activated or kept alive, in seconds.
        age_secs: u64,
    },
}

/// What it takes to have a program active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Code of its hash is active: nothing is paid.
    Active {
        /// The version of Stylus that activated it.
        version: u16,
    },
    /// It is activated for a fee.
    Needed(DataFee),
}

impl Activation {
    /// Returns what goes along as value for the activation, in wei.
    #[must_use]
    pub const fn value_wei(&self) -> U256 {
        match self {
            Self::Active { .. } => U256::ZERO,
            Self::Needed(fee) => fee.offered_wei,
        }
    }
}

/// The price of storing what a program is compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataFee {
    /// What it costs at present, in wei.
    pub fee_wei: U256,
    /// What is sent, in wei; what it costs then is kept, and the rest comes back.
    pub offered_wei: U256,
}

impl DataFee {
    /// Adds a bump to a fee, in basis points of it, rounded up.
    #[must_use]
    pub fn bumped(fee_wei: U256, bump_bps: u32) -> Self {
        let bump = fee_wei.saturating_mul(U256::from(bump_bps)).div_ceil(U256::from(ONE_BPS));
        Self { fee_wei, offered_wei: fee_wei.saturating_add(bump) }
    }
}

/// Returns the hash that the chain knows a program by.
#[must_use]
pub fn codehash(payload: &[u8]) -> B256 {
    keccak256(payload)
}

/// Checks that a payload is that of a program in one piece.
///
/// # Errors
///
/// [`StylusError::NotWasm`], [`StylusError::PayloadTooLarge`].
pub fn check_payload_size(payload: &[u8]) -> Result<(), StylusError> {
    // The fourth byte names a dictionary of the compression.
    if !payload.starts_with(&PREFIX[..3]) {
        return Err(StylusError::NotWasm);
    }
    let (bytes, limit) = (payload.len(), MAX_PAYLOAD_BYTES);
    if bytes > limit {
        return Err(StylusError::PayloadTooLarge { bytes, limit });
    }
    Ok(())
}

/// Asks a chain where code of a hash stands.
///
/// # Errors
///
/// [`StylusError::MissingPrecompile`] when it does not run Stylus programs, and the failures of
/// [`Chain::read`].
pub async fn standing(chain: &Chain, codehash: B256) -> Result<Standing, Error> {
    let stylus_version = stylus_version(chain).await?;
    let answer = chain.read(ARB_WASM, &ArbWasm::codehashVersionCall { codehash }).await;
    standing_of(answer, stylus_version)
}

/// Puts what the chain answers about the version of a program into words.
pub(super) fn standing_of(
    answer: Result<u16, Error>,
    stylus_version: u16,
) -> Result<Standing, Error> {
    let error = match answer {
        Ok(version) if version == stylus_version => return Ok(Standing::Active { version }),
        // Said so by an error on the chains of today.
        Ok(0) => return Ok(Standing::NotActivated),
        Ok(version) => return Ok(Standing::NeedsUpgrade { version, stylus_version }),
        Err(error) => error,
    };
    match StylusError::of(&error) {
        Some(StylusError::NotActivated) => Ok(Standing::NotActivated),
        Some(StylusError::NeedsUpgrade { version, stylus_version }) => {
            Ok(Standing::NeedsUpgrade { version, stylus_version })
        }
        Some(StylusError::Expired { age_secs }) => Ok(Standing::Expired { age_secs }),
        _ => Err(error),
    }
}

/// Returns the version of Stylus that a chain runs.
pub(super) async fn stylus_version(chain: &Chain) -> Result<u16, Error> {
    let answer = chain.read(ARB_WASM, &ArbWasm::stylusVersionCall {}).await;
    answer.map_err(|error| match error {
        Error::NoContract { .. } | Error::Reverted { .. } => {
            StylusError::MissingPrecompile { name: "ArbWasm", address: ARB_WASM }.into()
        }
        error => error,
    })
}

/// Asks a chain what it takes to have the program of a payload active. `bump_bps` is how much more than
/// the fee is sent, in basis points.
///
/// # Errors
///
/// - [`StylusError::NotWasm`], [`StylusError::PayloadTooLarge`]: it is no program, or too large a one.
/// - [`StylusError::MissingPrecompile`]: the chain does not run Stylus programs.
/// - [`StylusError::ActivationsPaused`]: the chain's owner has paused activations.
/// - [`StylusError::ActivationRefused`]: the chain would not activate it.
/// - The failures of [`Chain::read`].
pub async fn activation(chain: &Chain, payload: &[u8], bump_bps: u32) -> Result<Activation, Error> {
    check_payload_size(payload)?;
    if let Standing::Active { version } = standing(chain, codehash(payload)).await? {
        return Ok(Activation::Active { version });
    }
    let error = match simulate(chain, payload).await {
        Ok(fee) => return Ok(Activation::Needed(DataFee::bumped(fee, bump_bps))),
        Err(error) => error,
    };
    let reason = match &error {
        // The chain says what it would have taken.
        Error::Reverted { .. } => match StylusError::of(&error) {
            Some(StylusError::FeeTooLow { want_wei, .. }) => {
                return Ok(Activation::Needed(DataFee::bumped(want_wei, bump_bps)));
            }
            Some(StylusError::NotWasm) => return Err(StylusError::NotWasm.into()),
            Some(known) => known.to_string(),
            None => error.to_string(),
        },
        Error::Refusal { message, .. } => message.clone(),
        _ => return Err(error),
    };
    if let Some(gas) = paused(chain).await? {
        return Err(StylusError::ActivationsPaused { gas }.into());
    }
    Err(StylusError::ActivationRefused { reason }.into())
}

/// Simulates the activation of a payload, and returns its fee in wei.
async fn simulate(chain: &Chain, payload: &[u8]) -> Result<U256, Error> {
    // Nothing is there, and the same is asked each time.
    let program = Address::from_word(keccak256([codehash(payload).as_slice(), b"fee"].concat()));
    let call = ArbWasm::activateProgramCall { program };
    let request = TransactionRequest::default()
        .with_from(SIMULATOR)
        .with_to(ARB_WASM)
        .with_value(U256::from(SIMULATED_VALUE_WEI))
        .with_input(call.abi_encode());
    let code = AccountOverride::default().with_code(payload.to_vec());
    let balance = AccountOverride::default().with_balance(U256::from(u128::MAX));
    let overrides = StateOverride::from_iter([(program, code), (SIMULATOR, balance)]);
    let answer = chain.provider().call(request).overrides(overrides).await;
    let answer = answer.map_err(|error| chain.rejected("activateProgram", error))?;
    let decoded = ArbWasm::activateProgramCall::abi_decode_returns(&answer);
    decoded.map(|activated| activated.dataFee).map_err(|source| Error::Answer {
        request: "activateProgram".to_owned(),
        reason: source.to_string(),
    })
}

/// Returns what an activation costs beforehand, in gas, when that is meant to prevent it. Chains before
/// ArbOS 60 cannot be asked, and cannot pause.
async fn paused(chain: &Chain) -> Result<Option<u64>, Error> {
    match chain.read(ARB_WASM, &ArbWasm::activationGasCall {}).await {
        Ok(gas) if gas > PAUSED_ACTIVATION_GAS => Ok(Some(gas)),
        Err(error @ Error::Unreachable { .. }) => Err(error),
        Ok(_) | Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bump_is_a_share_of_the_fee_rounded_up() {
        for (fee, bps, offered) in [(100, 2_000, 120), (1, 2_000, 2), (0, 2_000, 0), (7, 0, 7)] {
            let bumped = DataFee::bumped(U256::from(fee), bps);
            assert_eq!(bumped.offered_wei, U256::from(offered), "{fee} and {bps} bps");
            assert_eq!(bumped.fee_wei, U256::from(fee));
        }
    }

    #[test]
    fn a_payload_is_a_program_in_one_piece() {
        let sized = |bytes: usize| {
            let mut payload = PREFIX.to_vec();
            payload.resize(bytes, 0);
            check_payload_size(&payload)
        };
        assert_eq!(sized(24_576), Ok(()));
        let too_large = StylusError::PayloadTooLarge { bytes: 24_577, limit: 24_576 };
        assert_eq!(sized(24_577), Err(too_large));
        assert_eq!(check_payload_size(&[0x60, 0x80]), Err(StylusError::NotWasm));
    }
}
