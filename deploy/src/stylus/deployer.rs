//! Decides how a program is put on a Stylus chain: in one transaction, through a deployer that creates,
//! activates and constructs it, at an address that is known before.
//!
//! The code, the calldata and the address are those of the SDK's own tool. A chain that has no
//! `StylusDeployer` gets a deployer of ours with the same interface (`DatacoopDeployer.sol`), through the
//! deterministic deployment proxy where that is, so that it has one address on all such chains.

use std::sync::LazyLock;

use alloy::{
    hex,
    primitives::{Address, B256, Bytes, Log, U256, address, keccak256},
    sol_types::{SolCall, SolEvent},
};

use super::{
    Activation, StylusError, activation,
    precompiles::{StylusDeployer, stylus_constructorCall},
};
use crate::{
    Error,
    chain::{Chain, Outgoing},
};

/// Where the `StylusDeployer` is on the chains that have it (stylus-sdk-rs,
/// `stylus-tools/src/core/deployment/deployer.rs`).
pub const STYLUS_DEPLOYER: Address = address!("cEcba2F1DC234f70Dd89F2041029807F8D03A990");

/// The deterministic deployment proxy: it creates by CREATE2 what follows 32 bytes of salt
/// (Arachnid's `deterministic-deployment-proxy`).
pub const DETERMINISTIC_PROXY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

/// Bytes before the payload in its initcode: 42 of code and a version of zero (stylus-sdk-rs,
/// `stylus-tools/src/core/deployment/prelude.rs`).
pub const PRELUDE_BYTES: u8 = 43;

/// The salt of our deployer on the deterministic deployment proxy.
const OWN_SALT: B256 = B256::ZERO;

const OWN_INITCODE_HEX: &[u8] = include_bytes!("DatacoopDeployer.hex").trim_ascii();

/// The initcode of our deployer, as solc makes it of `DatacoopDeployer.sol`.
pub static OWN_INITCODE: [u8; OWN_INITCODE_HEX.len() / 2] =
    match hex::const_decode_to_array(OWN_INITCODE_HEX) {
        Ok(code) => code,
        Err(_) => panic!("the committed initcode is not hexadecimal"),
    };

/// What a program's address is derived from, beside its code and its constructor's arguments. It is
/// not zero, which would make the deployer count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Salt(B256);

impl Salt {
    /// Takes a salt.
    ///
    /// # Errors
    ///
    /// [`StylusError::ZeroSalt`] when it is zero.
    pub fn new(salt: B256) -> Result<Self, StylusError> {
        if salt.is_zero() { Err(StylusError::ZeroSalt) } else { Ok(Self(salt)) }
    }

    /// Makes a salt of a name: its hash.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        Self(keccak256(name))
    }

    /// Returns the salt itself.
    #[must_use]
    pub const fn get(self) -> B256 {
        self.0
    }
}

/// Makes the initcode of a program, which returns the payload as it is.
///
/// | mnemonic | stack after |
/// | --- | --- |
/// | `PUSH32 length` | length |
/// | `DUP1` | length, length |
/// | `PUSH1 43` | 43, length, length |
/// | `PUSH1 0` | 0, 43, length, length |
/// | `CODECOPY` | length |
/// | `PUSH1 0` | 0, length |
/// | `RETURN` | |
#[must_use]
pub fn initcode(payload: &[u8]) -> Bytes {
    let mut code = vec![0x7f];
    code.extend_from_slice(&U256::from(payload.len()).to_be_bytes::<32>());
    code.extend_from_slice(&[0x80, 0x60, PRELUDE_BYTES, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3, 0x00]);
    code.extend_from_slice(payload);
    code.into()
}

/// Takes the payload back out of its initcode; there is none when it is not as [`initcode`] makes it.
#[must_use]
pub fn payload_of(code: &[u8]) -> Option<&[u8]> {
    let payload = code.get(usize::from(PRELUDE_BYTES)..)?;
    (*initcode(payload) == *code).then_some(payload)
}

/// Makes the call of a program's constructor: its selector, which is that of `stylus_constructor()`
/// whatever the arguments, and the encoded arguments.
#[must_use]
pub fn init_data(arguments: &[u8]) -> Bytes {
    [&stylus_constructorCall::SELECTOR, arguments].concat().into()
}

/// Makes the calldata by which a deployer creates, activates and constructs a program. `value` is what
/// the constructor gets, in wei; the transaction's value is that and the data fee.
#[must_use]
pub fn deploy_call(payload: &[u8], arguments: &[u8], value: U256, salt: Salt) -> Bytes {
    let call = StylusDeployer::deployCall {
        bytecode: initcode(payload),
        initData: init_data(arguments),
        initValue: value,
        salt: salt.0,
    };
    call.abi_encode().into()
}

/// Returns where `deployer` puts a program: the deployer hashes the salt with the call of the constructor
/// and its value, and creates the code with the hash as CREATE2's salt.
#[must_use]
pub fn address(
    deployer: Address,
    salt: Salt,
    init_data: &[u8],
    init_value: U256,
    initcode: &[u8],
) -> Address {
    let value = init_value.to_be_bytes::<32>();
    let salt = keccak256([salt.0.as_slice(), init_data, &value].concat());
    deployer.create2_from_code(salt, initcode)
}

/// Reads where `deployer` put a program from the logs of the transaction.
///
/// # Errors
///
/// [`StylusError::NoDeployment`] when they do not say.
pub fn deployed_address(deployer: Address, logs: &[Log]) -> Result<Address, StylusError> {
    logs.iter()
        .filter(|log| log.address == deployer)
        .find_map(|log| StylusDeployer::ContractDeployed::decode_log_data(&log.data).ok())
        .map(|event| event.deployedContract)
        .ok_or(StylusError::NoDeployment { deployer })
}

/// A program that is to be put on a chain.
#[derive(Clone, Copy, Debug)]
pub struct NewProgram<'a> {
    /// What it is called in words.
    pub name: &'a str,
    /// Its payload.
    pub payload: &'a [u8],
    /// The encoded arguments of its constructor.
    pub arguments: &'a [u8],
    /// What its constructor gets, in wei.
    pub value_wei: U256,
    /// What its address is derived from, beside all of this.
    pub salt: Salt,
}

/// How a program comes onto a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Where it will be.
    pub address: Address,
    /// What its activation takes.
    pub activation: Activation,
    /// The transaction, with the data fee in its value. The chain's estimate of its gas has the gas of the
    /// activation in it.
    pub outgoing: Outgoing,
}

/// Finds out how a program comes onto a chain through `deployer`; `bump_bps` is how much more than the data
/// fee is sent, in basis points. Whether it is there already is not asked.
///
/// # Errors
///
/// As [`activation()`].
pub async fn deployment(
    chain: &Chain,
    deployer: Address,
    program: &NewProgram<'_>,
    bump_bps: u32,
) -> Result<Deployment, Error> {
    let activation = activation(chain, program.payload, bump_bps).await?;
    let outgoing = Outgoing {
        call: format!("deployment of {}", program.name),
        to: Some(deployer),
        data: program.call(),
        value: program.value_wei.saturating_add(activation.value_wei()),
    };
    Ok(Deployment { address: program.address(deployer), activation, outgoing })
}

impl NewProgram<'_> {
    /// Makes the calldata by which a deployer creates, activates and constructs it.
    #[must_use]
    pub fn call(&self) -> Bytes {
        deploy_call(self.payload, self.arguments, self.value_wei, self.salt)
    }

    /// Returns where `deployer` puts it.
    #[must_use]
    pub fn address(&self, deployer: Address) -> Address {
        let data = init_data(self.arguments);
        address(deployer, self.salt, &data, self.value_wei, &initcode(self.payload))
    }
}

/// Which deployer a chain has, or how it gets one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeployerPlace {
    /// It has one.
    Present {
        /// Where it is.
        address: Address,
    },
    /// It gets ours from the deterministic deployment proxy.
    Foretold {
        /// Where it will be.
        address: Address,
        /// The transaction that creates it.
        creation: Outgoing,
    },
    /// It gets ours by a plain creation: where depends on the sender and its nonce.
    Plain {
        /// The transaction that creates it.
        creation: Outgoing,
    },
}

/// Returns where our deployer is on chains that have the deterministic deployment proxy.
#[must_use]
pub fn own_deployer() -> Address {
    static ADDRESS: LazyLock<Address> =
        LazyLock::new(|| DETERMINISTIC_PROXY.create2_from_code(OWN_SALT, OWN_INITCODE));
    *ADDRESS
}

/// Finds the deployer that a chain has: `StylusDeployer`, else ours; or how ours comes there.
///
/// # Errors
///
/// [`Error::Unreachable`], [`Error::Refusal`]: the chain's failures.
pub async fn find_deployer(chain: &Chain) -> Result<DeployerPlace, Error> {
    for address in [STYLUS_DEPLOYER, own_deployer()] {
        if !chain.code(address).await?.is_empty() {
            return Ok(DeployerPlace::Present { address });
        }
    }
    let creation = own_deployer_creation();
    if chain.code(DETERMINISTIC_PROXY).await?.is_empty() {
        let data = Bytes::from(&OWN_INITCODE);
        return Ok(DeployerPlace::Plain { creation: Outgoing { to: None, data, ..creation } });
    }
    Ok(DeployerPlace::Foretold { address: own_deployer(), creation })
}

/// Returns what creates our deployer where [`own_deployer`] says, through the deterministic deployment
/// proxy.
#[must_use]
pub fn own_deployer_creation() -> Outgoing {
    Outgoing {
        call: "creation of the deployer".to_owned(),
        to: Some(DETERMINISTIC_PROXY),
        data: [OWN_SALT.as_slice(), &OWN_INITCODE].concat().into(),
        value: U256::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolValue;

    use super::*;

    #[test]
    fn an_initcode_has_the_prelude_of_the_sdk_and_gives_its_payload_back() {
        let code = initcode(&[0xef, 0xf0, 0, 0, 7]);
        let prelude = "7f0000000000000000000000000000000000000000000000000000000000000005\
                       80602b6000396000f300";
        assert_eq!(hex::encode(&code), format!("{prelude}eff0000007"));
        assert_eq!(code.len(), usize::from(PRELUDE_BYTES) + 5);
        assert_eq!(payload_of(&code), Some(&[0xef, 0xf0, 0, 0, 7][..]));
        assert_eq!(payload_of(&code[..code.len() - 1]), None);
        assert_eq!(payload_of(&[0; 42]), None);
    }

    #[test]
    fn an_address_depends_on_everything_that_is_deployed() {
        let at = |salt: &str, data: &[u8], value: u64, payload: &[u8]| {
            let salt = Salt::of_name(salt);
            address(STYLUS_DEPLOYER, salt, data, U256::from(value), &initcode(payload))
        };
        let base = at("a", &[1], 0, &[2]);
        let others = [at("b", &[1], 0, &[2]), at("a", &[2], 0, &[2]), at("a", &[1], 1, &[2])];
        assert!(!others.contains(&base) && base != at("a", &[1], 0, &[3]));
        assert_eq!(Salt::new(B256::ZERO), Err(StylusError::ZeroSalt));
    }

    #[test]
    fn the_address_of_a_deployment_is_read_from_the_deployers_own_event() {
        let event = StylusDeployer::ContractDeployed { deployedContract: OTHER };
        let log = |address| Log { address, data: event.encode_log_data() };
        assert_eq!(deployed_address(STYLUS_DEPLOYER, &[log(STYLUS_DEPLOYER)]), Ok(OTHER));
        let elsewhere = deployed_address(STYLUS_DEPLOYER, &[log(OTHER)]);
        assert_eq!(elsewhere, Err(StylusError::NoDeployment { deployer: STYLUS_DEPLOYER }));
    }

    const OTHER: Address = Address::repeat_byte(7);

    #[test]
    fn a_constructor_is_called_by_the_one_selector_and_its_arguments() {
        let data = init_data(&U256::from(5).abi_encode());
        assert_eq!(data[..4], keccak256("stylus_constructor()")[..4]);
        assert_eq!(data.len(), 36);
    }
}
