//! Decides what the tests start from: a token on a chain, and the people around it.

use std::ops::Deref;

use alloy_primitives::{Address, U256, address};
use alloy_sol_types::{SolEvent, SolValue};
use data_token::{
    IDataToken::{self, grantRoleCall},
    MINTER_ROLE, PAUSER_ROLE, program,
};
use datacoop_kit::testing::{Chain, Log, Signer, Subject};

/// Where the token is.
pub(crate) const TOKEN: Address = address!("00000000000000000000000000000000da7a0001");
/// Holds the admin role.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Holds the minter role.
pub(crate) const MINTER: Address = address!("00000000000000000000000000000000000000e1");
/// Holds the pauser role.
pub(crate) const PAUSER: Address = address!("00000000000000000000000000000000000000f1");
/// Holds nothing.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// One DATA in wei.
pub(crate) const DATA: u64 = 1_000_000_000_000_000_000;

/// What alice starts with: 1,000 DATA.
pub(crate) fn genesis() -> U256 {
    data(1_000)
}

/// Whole DATA in wei.
pub(crate) fn data(amount: u64) -> U256 {
    U256::from(amount) * U256::from(DATA)
}

/// The person whose the genesis supply is.
pub(crate) fn alice() -> Signer {
    Signer::new(1)
}

/// Another person.
pub(crate) fn bob() -> Signer {
    Signer::new(2)
}

/// A token on a chain.
pub(crate) struct Token {
    subject: Subject,
}

impl Deref for Token {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Token {
    /// A token with 1,000 DATA of alice's, a floor of 100 DATA and 10 %, and its roles given.
    pub(crate) fn new() -> Self {
        Self::with_terms(data(100), 1_000)
    }

    /// A token with 1,000 DATA of alice's and the given terms.
    pub(crate) fn with_terms(floor: U256, bps: u64) -> Self {
        let chain = Chain::new();
        let args =
            (ADMIN, alice().address(), genesis(), floor, U256::from(bps)).abi_encode_params();
        chain.deploy(ADMIN, TOKEN, program, &args).expect("the token is constructed");
        let token = Self { subject: Subject::new(chain, TOKEN) };
        for (role, account) in [(MINTER_ROLE, MINTER), (PAUSER_ROLE, PAUSER)] {
            token.ok(ADMIN, &grantRoleCall { role, account });
        }
        let _ = token.chain.take_logs();
        token
    }

    /// Requires that exactly this event was emitted.
    #[track_caller]
    pub(crate) fn emitted<E: SolEvent>(&self, event: &E) {
        assert_eq!(self.chain.take_logs(), [log(event)]);
    }

    pub(crate) fn balance(&self, account: Address) -> U256 {
        self.ok(MALLORY, &IDataToken::balanceOfCall { account })
    }

    pub(crate) fn supply(&self) -> U256 {
        self.ok(MALLORY, &IDataToken::totalSupplyCall {})
    }

    pub(crate) fn mintable(&self) -> U256 {
        self.ok(MALLORY, &IDataToken::mintableCall {})
    }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(TOKEN, event)
}
