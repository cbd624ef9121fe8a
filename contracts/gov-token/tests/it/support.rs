//! Decides what the tests start from: a token on a chain, and the people around it.

use std::ops::Deref;

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{Eip712Domain, SolEvent, SolValue, eip712_domain};
use datacoop_kit::{
    reexport::stylus_sdk::{ArbResult, host::VM},
    testing::{Chain, Log, Signer, Subject},
};
use gov_token::{
    IGovToken::{self, grantRoleCall, setTransferPolicyCall},
    MINTER_ROLE, program,
};

/// Where the token is.
pub(crate) const TOKEN: Address = address!("00000000000000000000000000000000609a0001");
/// Where the membership contract is.
pub(crate) const MEMBERSHIP: Address = address!("00000000000000000000000000000000000000c1");
/// Holds the admin role.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Holds the minter role.
pub(crate) const MINTER: Address = address!("00000000000000000000000000000000000000e1");
/// Holds a bucket of genesis, and no membership.
pub(crate) const TREASURY: Address = address!("00000000000000000000000000000000000000f1");
/// Holds nothing.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// Whole GOV in wei.
pub(crate) fn gov(amount: u64) -> U256 {
    U256::from(amount) * U256::from(1_000_000_000_000_000_000_u64)
}

/// A member, who holds 1,000 GOV.
pub(crate) fn alice() -> Signer {
    Signer::new(1)
}

/// Another member.
pub(crate) fn bob() -> Signer {
    Signer::new(2)
}

/// What the constructor is given beside the administrator.
pub(crate) struct Terms {
    pub(crate) cap: U256,
    pub(crate) membership: Address,
    pub(crate) buckets: Vec<B256>,
    pub(crate) recipients: Vec<Address>,
    pub(crate) amounts: Vec<U256>,
}

impl Terms {
    /// A cap of 10,000 GOV, of which alice and the treasury get 1,000 each.
    pub(crate) fn usual() -> Self {
        Self {
            cap: gov(10_000),
            membership: MEMBERSHIP,
            buckets: vec![keccak256("community"), keccak256("treasury")],
            recipients: vec![alice().address(), TREASURY],
            amounts: vec![gov(1_000), gov(1_000)],
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let Self { cap, membership, .. } = *self;
        let lists = (&self.buckets[..], &self.recipients[..], &self.amounts[..]);
        (ADMIN, cap, membership, lists.0, lists.1, lists.2).abi_encode_params()
    }

    /// Requires that no token is made of these.
    #[track_caller]
    pub(crate) fn fail(&self, error: &[u8]) {
        let outcome = chain().deploy(ADMIN, TOKEN, program, &self.encode());
        assert_eq!(outcome, Err(error.to_vec()));
    }
}

/// A chain with a membership contract.
pub(crate) fn chain() -> Chain {
    let chain = Chain::new();
    chain.deploy(ADMIN, MEMBERSHIP, members, &[]).expect("it has no constructor");
    chain
}

/// A membership contract: alice and bob hold one each.
#[allow(clippy::unnecessary_wraps, reason = "a program may fail")]
pub(crate) fn members(input: &[u8], _: VM) -> ArbResult {
    let member = |signer: Signer| input.ends_with(signer.address().as_slice());
    Ok(U256::from(u8::from(member(alice()) || member(bob()))).abi_encode())
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
    /// The usual token, with a minter.
    pub(crate) fn new() -> Self {
        Self::with(&Terms::usual())
    }

    /// A token whose transfers are open.
    pub(crate) fn open() -> Self {
        let token = Self::new();
        token.ok(ADMIN, &setTransferPolicyCall { policy: 0 });
        let _ = token.chain.take_logs();
        token
    }

    pub(crate) fn with(terms: &Terms) -> Self {
        let chain = chain();
        chain.deploy(ADMIN, TOKEN, program, &terms.encode()).expect("the token is constructed");
        let token = Self { subject: Subject::new(chain, TOKEN) };
        token.ok(ADMIN, &grantRoleCall { role: MINTER_ROLE, account: MINTER });
        let _ = token.chain.take_logs();
        token
    }

    pub(crate) fn balance(&self, account: Address) -> U256 {
        self.ok(MALLORY, &IGovToken::balanceOfCall { account })
    }

    pub(crate) fn votes(&self, account: Address) -> U256 {
        self.ok(MALLORY, &IGovToken::getVotesCall { account })
    }

    pub(crate) fn past_votes(&self, account: Address, time: u64) -> U256 {
        self.ok(MALLORY, &IGovToken::getPastVotesCall { account, timepoint: U256::from(time) })
    }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(TOKEN, event)
}

/// The signing domain of the token.
pub(crate) const fn domain() -> Eip712Domain {
    eip712_domain! {
        name: "Datacoop Governance",
        version: "1",
        chain_id: Chain::ID,
        verifying_contract: TOKEN,
    }
}
