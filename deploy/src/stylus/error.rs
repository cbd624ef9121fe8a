//! Decides in how many ways a Stylus chain refuses a program, and what each says.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::{SolError, SolInterface},
};

use super::precompiles::{
    ArbWasm::ArbWasmErrors,
    CacheManager::CacheManagerErrors,
    EarlyStylusDeployer,
    StylusDeployer::{ContractInitializationError, StylusDeployerErrors},
};
use crate::{Error, decode_error};

/// What can be wrong between a program and a Stylus chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StylusError {
    // The chain.
    /// A precompile that Stylus needs does not answer.
    #[error(
        "`{name}` does not answer at {address}: this chain does not run Stylus programs; take another chain, or `target = \"auto\"` in the declaration for EVM code"
    )]
    MissingPrecompile {
        /// Its name.
        name: &'static str,
        /// Where it would be.
        address: Address,
    },

    // Activation.
    /// The chain's owner has paused activations.
    #[error(
        "activations are paused on this chain: one costs {gas} gas; try again when its owner allows them"
    )]
    ActivationsPaused {
        /// What an activation costs beforehand, in gas.
        gas: u64,
    },
    /// The chain would not activate a program.
    #[error("the chain refuses to activate the program: {reason}")]
    ActivationRefused {
        /// Why, in the chain's words.
        reason: String,
    },
    /// A payload is larger than an account's code may be.
    #[error(
        "the payload has {bytes} bytes and one account takes {limit}; programs of two fragments run on the newest chains only and are not deployed: make the contract smaller, or split it in two"
    )]
    PayloadTooLarge {
        /// Bytes of the payload.
        bytes: usize,
        /// Bytes that an account takes.
        limit: usize,
    },
    /// Code is not that of a Stylus program.
    #[error("the code is not that of a Stylus program: it does not begin with `0xeff000`")]
    NotWasm,
    /// Code of this hash is active already.
    #[error("the program is active already, by the chain's present version of Stylus")]
    UpToDate,
    /// A data fee was too low.
    #[error(
        "the data fee is {want_wei} wei and {have_wei} wei were sent; it rises with each activation: run it again, or with a larger bump"
    )]
    FeeTooLow {
        /// What was sent, in wei.
        have_wei: U256,
        /// What it costs, in wei.
        want_wei: U256,
    },

    // Life.
    /// A program was never activated.
    #[error("the program is not activated")]
    NotActivated,
    /// A program was activated by another version of Stylus.
    #[error(
        "the program was activated by version {version} of Stylus and the chain has {stylus_version}; activate it again"
    )]
    NeedsUpgrade {
        /// The version that activated it.
        version: u16,
        /// The chain's.
        stylus_version: u16,
    },
    /// A program has expired.
    #[error("the program has expired: it is {} days old; activate it again", age_secs / 86_400)]
    Expired {
        /// How long ago it was activated or kept alive, in seconds.
        age_secs: u64,
    },
    /// A program is too young to be kept alive.
    #[error(
        "the program was activated or kept alive {} days ago, which is too soon to do it again",
        age_secs / 86_400
    )]
    KeepaliveTooSoon {
        /// How long ago that was, in seconds.
        age_secs: u64,
    },

    // Deployment.
    /// A salt is zero.
    #[error("a salt of zero makes the address depend on what was created before; use another")]
    ZeroSalt,
    /// The chain creates nothing at the address: there is a contract already, mostly.
    #[error("the program could not be created; is it there already?")]
    NotCreated,
    /// A constructor reverted, and the chain's deployer is too old to say why.
    #[error("the constructor of the program at {address} reverted without saying why")]
    ConstructorFailed {
        /// Where the program would be.
        address: Address,
    },
    /// What was left of the value could not be returned.
    #[error("{excess_wei} wei were left over and the sender did not take them back")]
    NotRefunded {
        /// What was left, in wei.
        excess_wei: U256,
    },
    /// A transaction left no event of a deployment.
    #[error("the transaction left no event of {deployer} that a program was deployed")]
    NoDeployment {
        /// The deployer.
        deployer: Address,
    },

    // The cache.
    /// The chain has no cache that one may bid for.
    #[error("this chain has no cache manager; its programs cannot be cached by a bid")]
    NoCacheManager,
    /// Bids are paused.
    #[error("bids for the cache are paused on this chain")]
    BidsPaused,
    /// A bid is too small.
    #[error(
        "the bid is {short_by_wei} wei below what the cache takes at present; `datacoop cache` shows the lowest bid"
    )]
    BidTooSmall {
        /// How much is missing, in wei.
        short_by_wei: U256,
    },
    /// A program is cached.
    #[error("the program of the code hash {codehash} is cached already")]
    AlreadyCached {
        /// The hash of its code.
        codehash: B256,
    },
    /// A program does not fit into the cache.
    #[error("the program takes {bytes} bytes of the cache, which has {cache_bytes}")]
    TooLargeToCache {
        /// What it takes.
        bytes: U256,
        /// What the cache has.
        cache_bytes: U256,
    },
}

impl StylusError {
    /// Reads the data of a revert of a precompile, of the cache manager or of the deployer.
    #[must_use]
    pub fn of_revert(data: &[u8]) -> Option<Self> {
        if let Ok(error) = ArbWasmErrors::abi_decode(data) {
            return Some(error.into());
        }
        if let Ok(error) = CacheManagerErrors::abi_decode(data) {
            return Some(error.into());
        }
        if let Ok(error) = EarlyStylusDeployer::ContractInitializationError::abi_decode(data) {
            return Some(Self::ConstructorFailed { address: error.newContract });
        }
        of_deployer(StylusDeployerErrors::abi_decode(data).ok()?)
    }

    /// Reads a failure of this library that is a revert with an error of Stylus.
    pub(super) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Stylus(error) => Some(error.clone()),
            Error::Reverted { error, .. } => Self::of_revert(&error.data),
            _ => None,
        }
    }
}

/// Puts a revert of a precompile, of the cache manager or of the deployer into words. A constructor
/// that reverted is said as on any other chain, in the words of its contract. Other errors stay as
/// they are.
#[must_use]
pub fn explain(error: Error) -> Error {
    let Error::Reverted { error: decoded, transaction, .. } = &error else { return error };
    if let Ok(inner) = ContractInitializationError::abi_decode(&decoded.data) {
        return explain(Error::Reverted {
            call: format!("the constructor of the program at {}", inner.newContract),
            error: Box::new(decode_error(&inner.data)),
            transaction: *transaction,
        });
    }
    match StylusError::of_revert(&decoded.data) {
        Some(known) => known.into(),
        None => error,
    }
}

impl From<ArbWasmErrors> for StylusError {
    fn from(error: ArbWasmErrors) -> Self {
        use ArbWasmErrors as E;
        match error {
            E::ProgramNotWasm(_) => Self::NotWasm,
            E::ProgramNotActivated(_) => Self::NotActivated,
            E::ProgramNeedsUpgrade(error) => {
                Self::NeedsUpgrade { version: error.version, stylus_version: error.stylusVersion }
            }
            E::ProgramExpired(error) => Self::Expired { age_secs: error.ageInSeconds },
            E::ProgramUpToDate(_) => Self::UpToDate,
            E::ProgramKeepaliveTooSoon(error) => {
                Self::KeepaliveTooSoon { age_secs: error.ageInSeconds }
            }
            E::ProgramInsufficientValue(error) => {
                Self::FeeTooLow { have_wei: error.have, want_wei: error.want }
            }
        }
    }
}

impl From<CacheManagerErrors> for StylusError {
    fn from(error: CacheManagerErrors) -> Self {
        use CacheManagerErrors as E;
        match error {
            E::AsmTooLarge(error) => {
                Self::TooLargeToCache { bytes: error.asm, cache_bytes: error.cacheSize }
            }
            E::AlreadyCached(error) => Self::AlreadyCached { codehash: error.codehash },
            // Bids count from a time in the past; only their difference is money.
            E::BidTooSmall(error) => Self::BidTooSmall {
                short_by_wei: U256::from(error.min).saturating_sub(U256::from(error.bid)),
            },
            E::BidsArePaused(_) => Self::BidsPaused,
            E::ProgramNotActivated(_) => Self::NotActivated,
        }
    }
}

fn of_deployer(error: StylusDeployerErrors) -> Option<StylusError> {
    use StylusDeployerErrors as E;
    match error {
        E::ContractDeploymentError(_) => Some(StylusError::NotCreated),
        E::ContractInitializationError(error) => {
            Some(StylusError::ConstructorFailed { address: error.newContract })
        }
        E::RefundExcessValueError(error) => {
            Some(StylusError::NotRefunded { excess_wei: error.excessValue })
        }
        // Calls are made here so that these do not happen.
        E::EmptyBytecode(_) | E::InitValueButNotInitData(_) => None,
    }
}
