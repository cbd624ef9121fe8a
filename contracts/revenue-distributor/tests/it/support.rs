//! Decides what the tests start from: the distributor, two tokens and a registry of editions on a
//! chain, and people with shares.

use std::ops::Deref;

use alloy_primitives::{Address, B256, U256, address, keccak256};
use alloy_sol_types::{SolCall, SolEvent, SolValue, sol};
use datacoop_kit::{
    Uint,
    storage::Place,
    testing::{
        Chain, Log, Subject,
        odd_token::{self, Habit, IOddToken},
        tree::{self, Tree},
    },
    word::Word,
};
use revenue_distributor::{
    IRevenueDistributor::{
        activateCall, claimCall, claimableCall, claimableSharedCall, depositCall,
        depositSharedCall, grantRoleCall, listPoolTokenCall, setSharesCall, totalsOfCall,
    },
    SHARES_ROLE,
};
use stylus_sdk::{ArbResult, host::VM};

/// Where the distributor, the registry and the tokens are.
pub(crate) const REVENUE: Address = address!("00000000000000000000000000000000da7a0009");
pub(crate) const REGISTRY: Address = address!("00000000000000000000000000000000da7a0007");
pub(crate) const DATA: Address = address!("00000000000000000000000000000000da7a0001");
pub(crate) const COIN: Address = address!("00000000000000000000000000000000da7a0c01");
/// Has the admin role, and that of shares.
pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
/// Deposits: it has a lot of both tokens.
pub(crate) const MARKET: Address = address!("00000000000000000000000000000000000000a2");
/// Contributors.
pub(crate) const ALICE: Address = address!("00000000000000000000000000000000000a11ce");
pub(crate) const BOB: Address = address!("0000000000000000000000000000000000000b0b");
pub(crate) const CAROL: Address = address!("00000000000000000000000000000000000ca401");
/// Has nothing.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// The first version of the first dataset.
pub(crate) const EDITION: u64 = 1 << 32 | 1;
/// What the market has of each token.
pub(crate) const PURSE: u64 = 1 << 60;
/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;

sol! {
    /// A registry that says what it was told.
    interface IStandIn {
        function isLive(uint256 edition) external view returns (bool);
        function rootsOf(uint256 edition)
            external
            view
            returns (bytes32 recordsRoot, bytes32 sharesRoot, uint256 totalShares);
        function put(uint256 edition, bool live, bytes32 sharesRoot, uint256 totalShares) external;
    }
}

fn place(edition: U256, part: u64) -> Place<Uint> {
    Place::at(keccak256((edition, part).abi_encode()))
}

/// Runs a call of the registry.
fn registry(input: &[u8], mut vm: VM) -> ArbResult {
    let Some(selector) = input.first_chunk::<4>() else { return Err(Vec::new()) };
    let read = |vm: &VM, edition, part| *place(edition, part).get(vm).word();
    match *selector {
        IStandIn::isLiveCall::SELECTOR => {
            let call = IStandIn::isLiveCall::abi_decode(input).expect("it decodes");
            Ok(read(&vm, call.edition, 0).to_vec())
        }
        IStandIn::rootsOfCall::SELECTOR => {
            let call = IStandIn::rootsOfCall::abi_decode(input).expect("it decodes");
            let parts = [B256::ZERO, read(&vm, call.edition, 1), read(&vm, call.edition, 2)];
            Ok(parts.concat())
        }
        IStandIn::putCall::SELECTOR => {
            let call = IStandIn::putCall::abi_decode(input).expect("it decodes");
            let words =
                [B256::with_last_byte(call.live.into()), call.sharesRoot, call.totalShares.into()];
            for (part, word) in (0..).zip(words) {
                place(call.edition, part).set(&mut vm, &Uint::new(word));
            }
            Ok(Vec::new())
        }
        _ => Ok(Vec::new()),
    }
}

/// The leaf of a contributor.
pub(crate) fn leaf(account: Address, shares: u64) -> B256 {
    tree::leaf(&(account, U256::from(shares)).abi_encode())
}

/// Contributors and their shares, with the tree of them.
pub(crate) struct Shares {
    pub(crate) list: Vec<(Address, u64)>,
    pub(crate) tree: Tree,
}

impl Shares {
    pub(crate) fn new(list: &[(Address, u64)]) -> Self {
        let leaves = list.iter().map(|(account, shares)| leaf(*account, *shares)).collect();
        Self { list: list.to_vec(), tree: Tree::new(leaves) }
    }

    /// Alice has a half, bob a third, carol a sixth.
    pub(crate) fn usual() -> Self {
        Self::new(&[(ALICE, 3), (BOB, 2), (CAROL, 1)])
    }

    pub(crate) fn total(&self) -> u64 {
        self.list.iter().map(|(_, shares)| shares).sum()
    }

    /// The claim of the contributor with an index.
    pub(crate) fn claim(&self, edition: u64, token: Address, index: usize) -> claimCall {
        let (account, shares) = self.list[index];
        let (edition, shares) = (U256::from(edition), U256::from(shares));
        claimCall { edition, token, account, shares, proof: self.tree.proof(index) }
    }
}

/// The distributor on a chain.
pub(crate) struct Revenue {
    subject: Subject,
}

impl Deref for Revenue {
    type Target = Subject;

    fn deref(&self) -> &Subject {
        &self.subject
    }
}

impl Revenue {
    /// A distributor without deposits, of a registry without editions.
    pub(crate) fn new() -> Self {
        let chain = Chain::new();
        chain.deploy(ADMIN, REGISTRY, registry, &[]).expect("the registry");
        for token in [DATA, COIN] {
            chain.deploy(ADMIN, token, odd_token::program, &[]).expect("a token");
            let mint = IOddToken::mintCall { to: MARKET, amount: U256::from(PURSE) };
            chain.send(ADMIN, token, &mint).expect("it mints");
        }
        let args = (ADMIN, REGISTRY).abi_encode_params();
        let program = revenue_distributor::program;
        chain.deploy(ADMIN, REVENUE, program, &args).expect("the distributor");
        let revenue = Self { subject: Subject::new(chain, REVENUE) };
        revenue.ok(ADMIN, &grantRoleCall { role: SHARES_ROLE, account: ADMIN });
        revenue.forget_logs();
        revenue
    }

    /// The same, with the usual edition.
    pub(crate) fn with_edition() -> (Self, Shares) {
        let (revenue, shares) = (Self::new(), Shares::usual());
        revenue.publish(EDITION, &shares);
        (revenue, shares)
    }

    /// The same without an edition, with DATA in pools, where alice has three shares of the first and
    /// bob has one.
    pub(crate) fn with_pool() -> Self {
        let revenue = Self::new();
        revenue.ok(ADMIN, &listPoolTokenCall { token: DATA });
        revenue.have(ALICE, 3);
        revenue.have(BOB, 1);
        revenue.forget_logs();
        revenue
    }

    pub(crate) fn forget_logs(&self) {
        let _ = self.chain.take_logs();
    }

    /// Makes an edition live, with these contributors.
    pub(crate) fn publish(&self, edition: u64, shares: &Shares) {
        self.put(edition, true, shares.tree.root(), U256::from(shares.total()));
    }

    /// Has the registry say something of an edition.
    pub(crate) fn put(&self, edition: u64, live: bool, sharesRoot: B256, totalShares: U256) {
        let edition = U256::from(edition);
        let call = IStandIn::putCall { edition, live, sharesRoot, totalShares };
        self.chain.send(ADMIN, REGISTRY, &call).expect("the registry is told");
    }

    /// The market deposits for an edition, and returns what came.
    #[track_caller]
    pub(crate) fn earn(&self, edition: u64, token: Address, amount: u64) -> u64 {
        self.ok(MARKET, &deposit(edition, token, amount)).to()
    }

    /// Somebody gets a contributor's part, which is returned.
    #[track_caller]
    pub(crate) fn paid(&self, call: &claimCall) -> u64 {
        self.ok(MALLORY, call).to()
    }

    /// What a claim would pay.
    pub(crate) fn claimable(&self, call: &claimCall) -> u64 {
        let claimCall { edition, token, account, shares, .. } = *call;
        self.ok(MALLORY, &claimableCall { edition, token, account, shares }).to()
    }

    /// Makes a token behave in some way.
    pub(crate) fn behave(&self, token: Address, habit: Habit) {
        let call = IOddToken::behaveCall { habit: habit as u8 };
        self.chain.send(ADMIN, token, &call).expect("it behaves");
    }

    /// What an account has of a token.
    pub(crate) fn balance(&self, token: Address, account: Address) -> u64 {
        let call = IOddToken::balanceOfCall { account };
        self.chain.send(ADMIN, token, &call).expect("it tells").to()
    }

    /// All that came of a token and was paid.
    pub(crate) fn totals(&self, token: Address) -> (u64, u64) {
        let totals = self.ok(MALLORY, &totalsOfCall { token });
        (totals.deposited.to(), totals.paid.to())
    }

    /// Gives an account shares of the pool, and lets the delay go by.
    #[track_caller]
    pub(crate) fn have(&self, account: Address, shares: u64) {
        self.ok(ADMIN, &setSharesCall { pool: pool(), account, shares });
        self.wait(7 * DAY);
        self.ok(MALLORY, &activateCall { pool: pool(), account });
    }

    /// The market deposits for the pool, and returns what came.
    #[track_caller]
    pub(crate) fn share(&self, amount: u64) -> u64 {
        self.ok(MARKET, &deposit_shared(DATA, amount)).to()
    }

    /// What an account is owed of the pool.
    pub(crate) fn owed(&self, account: Address) -> u64 {
        let call = claimableSharedCall { pool: pool(), token: DATA, account };
        self.ok(MALLORY, &call).to()
    }
}

/// The pool of most tests.
pub(crate) fn pool() -> B256 {
    keccak256("VALIDATORS")
}

/// What the deposits are for.
pub(crate) fn tag() -> B256 {
    keccak256("purchase 1")
}

/// A deposit for an edition.
pub(crate) fn deposit(edition: u64, token: Address, amount: u64) -> depositCall {
    depositCall { edition: U256::from(edition), token, amount: U256::from(amount), tag: tag() }
}

/// A deposit for the pool.
pub(crate) fn deposit_shared(token: Address, amount: u64) -> depositSharedCall {
    depositSharedCall { pool: pool(), token, amount: U256::from(amount), tag: tag() }
}

/// The log of an event.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    Log::of(REVENUE, event)
}
