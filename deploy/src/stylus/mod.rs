//! Decides what is done on a Stylus chain: programs put there, activated, kept alive and cached.
//!
//! All of it is asked of the chain's own precompiles and deployer; [`precompiles`] has their
//! interfaces. Failures are a [`StylusError`]; [`explain`] finds one in a revert.

mod activation;
mod cache;
mod deployer;
mod error;
mod expiry;
mod l1;
pub mod precompiles;
mod survey;

pub use activation::{
    Activation, DEFAULT_FEE_BUMP_BPS, DataFee, PAUSED_ACTIVATION_GAS, Standing, activation,
    check_payload_size, codehash, standing,
};
pub use cache::{Cache, Offer, is_cached};
pub use deployer::{
    DETERMINISTIC_PROXY, DeployerPlace, Deployment, NewProgram, OWN_INITCODE, PRELUDE_BYTES,
    STYLUS_DEPLOYER, Salt, address, deploy_call, deployed_address, deployment, find_deployer,
    init_data, initcode, own_deployer, own_deployer_creation, payload_of,
};
pub use error::{StylusError, explain};
pub use expiry::{Expiry, Life, Renewal, life, renew, renewal};
pub use l1::{L1Gas, l1_gas};
pub use survey::{ProgramState, survey};
