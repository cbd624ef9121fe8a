//! Decides the world of these tests: an edition for sale in a token of any habit, which is the token of
//! stakes as well, and where its money must be.

use alloy::{
    primitives::{Address, B256, U256, address, keccak256},
    providers::ext::AnvilApi,
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::bindings::IDataMarket as M;
use datacoop_deploy::bindings::IDataRegistry as Registry;
use datacoop_deploy::bindings::IRevenueDistributor as R;
use datacoop_deploy::{
    bindings::{IDataToken, IMembership},
    chain::{Chain, Sender},
    data::{
        edition_number,
        merkle::{Tree, share_leaf},
    },
    deploy,
    keys::dev_account,
    node::Node,
};
use datacoop_tests::{
    ALICE, BOB, Contract, GOVERNANCE, Interface, artifacts, create_raw, peer, start_node,
};

alloy::sol!(
    #![sol(all_derives)]
    "../anvil-fixtures/src/MaliciousToken.sol"
);

pub(super) use MaliciousToken::Habit;

/// Buys and bids: dev accounts 6 and 7.
pub(super) const RESEARCHER: Address = address!("976EA74026E726554dB657fA54763abd0C3a0aa9");
pub(super) const RIVAL: Address = address!("14dC79964da2C08b23698B3D3cc7Ca32193d9955");

/// Who gets the validators', the treasury's and the infrastructure's part.
const VALIDATOR: Address = Address::with_last_byte(0xa1);
const TREASURY: Address = Address::with_last_byte(0xa2);
const INFRASTRUCTURE: Address = Address::with_last_byte(0xa3);

/// Who shares in the edition beside alice and bob.
const OTHERS: [Address; 3] =
    [Address::with_last_byte(0xb1), Address::with_last_byte(0xb2), Address::with_last_byte(0xb3)];

/// The price of the edition, which no share divides, and the least bid.
pub(super) const PRICE: U256 = U256::from_limbs([1_000_003, 0, 0, 0]);

/// What a researcher has staked.
pub(super) const STAKE: U256 = U256::from_limbs([5_000, 0, 0, 0]);

/// What a researcher has of the token at first.
const PURSE: U256 = U256::from_limbs([100_000_000, 0, 0, 0]);

/// A day in seconds.
pub(super) const DAY: u64 = 86_400;

/// How long the auction lasts.
pub(super) const AUCTION_SECS: u64 = 5 * DAY;

/// The hash of the terms.
pub(super) const TERMS: B256 = B256::repeat_byte(0x7e);

/// The token, as a test talks to it.
#[derive(Debug)]
pub(super) struct Token;

impl Interface for Token {
    type Events = MaliciousToken::MaliciousTokenEvents;
    type Errors = MaliciousToken::MaliciousTokenErrors;
}

/// The market, as a test talks to it.
#[derive(Debug)]
pub(super) struct Market;

impl Interface for Market {
    type Events = M::IDataMarketEvents;
    type Errors = M::IDataMarketErrors;
}

/// The distributor, as a test talks to it.
#[derive(Debug)]
pub(super) struct Revenue;

impl Interface for Revenue {
    type Events = R::IRevenueDistributorEvents;
    type Errors = R::IRevenueDistributorErrors;
}

/// The contracts on a chain.
#[derive(Debug)]
pub(super) struct World {
    pub(super) token: Contract<Token>,
    pub(super) market: Contract<Market>,
    pub(super) revenue: Contract<Revenue>,
    pub(super) data: Address,
    pub(super) chain: Chain,
    admin: Sender,
    shares: Tree,
    _node: Node,
}

/// The edition that is for sale.
pub(super) fn edition() -> U256 {
    edition_number(1, 1)
}

/// Who has which shares: alice two, the others one.
fn contributors() -> [(Address, U256); 5] {
    let one = |account| (account, U256::ONE);
    let [first, second, third] = OTHERS.map(one);
    [(ALICE, U256::from(2)), one(BOB), first, second, third]
}

impl World {
    /// The world, in which the token is good so far.
    pub(super) async fn start() -> Result<Self> {
        let (node, chain) = start_node(Default::default()).await?;
        let admin = Sender::new(&chain, dev_account(0)?);
        let me = admin.address();
        let token = peer("MaliciousToken")?.bytecode;
        let token = create_raw(chain.provider(), me, token).await?;
        let built = tokio::task::block_in_place(artifacts)?;
        let create = async |name: &str, arguments: Vec<u8>| {
            let artifact = built.iter().find(|artifact| artifact.name == name);
            let artifact = artifact.context("it is not built")?;
            anyhow::Ok(deploy::create(&admin, artifact, &arguments).await?.address)
        };
        let supply = U256::from(1_000_000);
        let terms = (me, me, supply, U256::ZERO, U256::ZERO);
        let data = create("DataToken", terms.abi_encode_params()).await?;
        let membership = create("Membership", (me, String::new()).abi_encode_params()).await?;
        let consents = create("ConsentRegistry", (membership,).abi_encode_params()).await?;
        let neighbours = (me, membership, consents);
        let registry = create("DataRegistry", neighbours.abi_encode_params()).await?;
        let revenue = create("RevenueDistributor", (me, registry).abi_encode_params()).await?;
        let neighbours = (me, membership, consents, registry, revenue, data, token);
        let market = create("DataMarket", neighbours.abi_encode_params()).await?;
        let leaves = contributors().map(|(account, shares)| share_leaf(account, shares));
        let shares = Tree::of(leaves.to_vec()).context("it has leaves")?;
        let provider = || chain.provider().clone();
        let world = Self {
            token: Contract::new(provider(), token),
            market: Contract::new(provider(), market),
            revenue: Contract::new(provider(), revenue),
            data,
            chain: chain.clone(),
            admin,
            shares,
            _node: node,
        };
        world.publish(membership, registry).await?;
        world.open().await?;
        world.money().await?;
        Ok(world)
    }

    /// Has governance call a contract.
    pub(super) async fn govern(&self, to: Address, call: &impl SolCall) -> Result<()> {
        self.admin.call(to, call).await?;
        Ok(())
    }

    async fn grant(&self, to: Address, role: &str) -> Result<()> {
        let role = keccak256(role);
        self.govern(to, &IMembership::grantRoleCall { role, account: GOVERNANCE }).await
    }

    /// Makes researchers of two accounts, and publishes the edition.
    async fn publish(&self, membership: Address, registry: Address) -> Result<()> {
        self.grant(membership, "ISSUER_ROLE").await?;
        for account in [RESEARCHER, RIVAL] {
            let credential = keccak256(account);
            let call = IMembership::issueCall { account, credential, actorRoles: 1 << 4 };
            self.govern(membership, &call).await?;
        }
        self.grant(registry, "CURATOR_ROLE").await?;
        self.govern(registry, &Registry::setChallengePeriodCall { newPeriod: 0 }).await?;
        let name = "hostile".to_owned();
        let call = Registry::createDatasetCall { dataClass: 1, purposes: 1, name };
        self.govern(registry, &call).await?;
        let contributors = contributors();
        let total = contributors.iter().map(|(_, shares)| *shares).sum();
        let call = Registry::publishCall {
            datasetId: U256::ONE,
            recordsRoot: B256::repeat_byte(1),
            sharesRoot: self.shares.root(),
            records: contributors.len() as u64,
            contributors: contributors.len() as u64,
            totalShares: total,
            manifestHash: B256::repeat_byte(2),
            manifestUri: String::new(),
        };
        self.govern(registry, &call).await
    }

    /// Lets the token into the market, starts an auction, and has the researchers stake.
    async fn open(&self) -> Result<()> {
        let (token, market, revenue) =
            (self.token.address, self.market.address, self.revenue.address);
        self.grant(revenue, "SHARES_ROLE").await?;
        self.grant(market, "LISTER_ROLE").await?;
        self.govern(revenue, &R::listPoolTokenCall { token }).await?;
        self.govern(revenue, &R::setActivationDelayCall { delay: 0 }).await?;
        let (pool, account) = (keccak256("VALIDATORS"), VALIDATOR);
        self.govern(revenue, &R::setSharesCall { pool, account, shares: 3 }).await?;
        self.govern(market, &M::setTokenAllowedCall { token, allowed: true }).await?;
        let price = M::setPriceCall { dataClass: 1, unit: 0, token, amount: PRICE };
        self.govern(market, &price).await?;
        let (treasury, infrastructure) = (TREASURY, INFRASTRUCTURE);
        self.govern(market, &M::setRecipientsCall { treasury, infrastructure }).await?;
        self.govern(market, &M::setRequiredStakeCall { amount: STAKE }).await?;
        let (edition, unit, purposes) = (edition(), 0, 1);
        let offer = M::listCall { edition, token, unit, purposes, maxPeriods: 1, termsHash: TERMS };
        self.govern(market, &offer).await?;
        let auction = M::startAuctionCall {
            edition,
            token,
            purpose: 0,
            periods: 1,
            exclusive: false,
            reserve: PRICE,
            incrementBps: 500,
            start: 0,
            end: self.chain.now().await? + AUCTION_SECS,
            termsHash: TERMS,
        };
        self.govern(market, &auction).await?;
        for account in [RESEARCHER, RIVAL] {
            self.token
                .send(account, MaliciousToken::mintCall { to: account, value: PURSE })
                .await?;
            for spender in [market, revenue] {
                let call = MaliciousToken::approveCall { spender, value: U256::MAX };
                self.token.send(account, call).await?;
            }
            self.market.send(account, M::stakeCall { amount: STAKE }).await?;
        }
        Ok(())
    }

    /// Makes the token behave so from now on.
    pub(super) async fn behave(&self, habit: Habit) -> Result<()> {
        self.token.send(GOVERNANCE, MaliciousToken::behaveCall { newHabit: habit }).await?;
        Ok(())
    }

    /// Makes the token call this whenever it moves.
    pub(super) async fn aim(&self, target: Address, call: &impl SolCall) -> Result<()> {
        let data = call.abi_encode().into();
        let call = MaliciousToken::aimCall { newTarget: target, newData: data };
        self.token.send(GOVERNANCE, call).await?;
        self.behave(Habit::Calling).await
    }

    pub(super) async fn pass(&self, secs: u64) -> Result<()> {
        self.chain.provider().anvil_increase_time(secs).await?;
        self.chain.provider().anvil_mine(Some(1), None).await?;
        Ok(())
    }

    pub(super) fn buy(&self) -> M::buyCall {
        M::buyCall {
            edition: edition(),
            token: self.token.address,
            purpose: 0,
            periods: 1,
            maxPrice: PRICE,
            termsHash: TERMS,
            publicKey: TERMS,
        }
    }

    pub(super) fn claim(&self, account: Address) -> R::claimCall {
        let shares = contributors().into_iter().find(|entry| entry.0 == account);
        let shares = shares.map_or(U256::ZERO, |entry| entry.1);
        let proof = self.shares.proof(share_leaf(account, shares)).unwrap_or_default();
        let (edition, token) = (edition(), self.token.address);
        R::claimCall { edition, token, account, shares, proof }
    }

    pub(super) fn deposit(&self, amount: U256) -> R::depositCall {
        let (edition, token) = (edition(), self.token.address);
        R::depositCall { edition, token, amount, tag: B256::ZERO }
    }

    /// What an account holds of the token, whatever that says.
    pub(super) async fn held(&self, account: Address) -> Result<U256> {
        self.token.read(MaliciousToken::heldByCall(account)).await
    }

    /// All but the first so many are paid, and each once. Anybody may call for another.
    pub(super) async fn claim_all_but(&self, first: usize) -> Result<()> {
        for (account, _) in contributors().into_iter().skip(first) {
            self.revenue.send(BOB, self.claim(account)).await?;
            self.money().await?;
            self.is_owed_nothing(account).await?;
        }
        Ok(())
    }

    /// An account that claims is refused, for it has all that it is owed.
    pub(super) async fn is_owed_nothing(&self, account: Address) -> Result<()> {
        let refused = self.revenue.refusal(BOB, self.claim(account)).await?;
        let nothing = R::RevenueNothingToClaim { token: self.token.address, account };
        assert_eq!(refused, R::IRevenueDistributorErrors::RevenueNothingToClaim(nothing));
        Ok(())
    }

    /// The money that came is held by market and distributor, claimable but for dust, or was paid,
    /// and every unit of the supply is somebody's. Nothing of DATA was burned.
    pub(super) async fn money(&self) -> Result<()> {
        let (market, revenue) = (self.market.address, self.revenue.address);
        let mut sum = U256::ZERO;
        for account in [market, revenue, RESEARCHER, RIVAL, VALIDATOR, TREASURY, INFRASTRUCTURE] {
            sum += self.held(account).await?;
        }
        for (account, _) in contributors() {
            sum += self.held(account).await?;
        }
        ensure!(sum == self.token.read(MaliciousToken::totalSupplyCall {}).await?, "supply");
        ensure!(self.held(market).await? == self.owed_by_market().await?, "the market's money");
        let token = self.token.address;
        let totals = self.revenue.read(R::totalsOfCall { token }).await?;
        let left = totals.deposited - totals.paid;
        ensure!(self.held(revenue).await? == left, "the distributor's money");
        let pool = keccak256("VALIDATORS");
        let call = R::claimableSharedCall { pool, token, account: VALIDATOR };
        let mut claimable = self.revenue.read(call).await?;
        for (account, shares) in contributors() {
            let call = R::claimableCall { edition: edition(), token, account, shares };
            claimable += self.revenue.read(call).await?;
        }
        // Of the pool and of the edition, less than a unit for each who has shares.
        let dust = U256::from(3 + contributors().len());
        ensure!(claimable <= left && left - claimable < dust, "{claimable} of {left}");
        let supply = self.chain.read(self.data, &IDataToken::totalSupplyCall {}).await?;
        ensure!(supply == U256::from(1_000_000), "DATA was burned");
        Ok(())
    }

    /// What the market must hold: stakes, what is owed, and the bid that leads.
    async fn owed_by_market(&self) -> Result<U256> {
        let token = self.token.address;
        let mut owed = self.market.read(M::totalStakedCall {}).await?;
        for account in [RESEARCHER, RIVAL] {
            owed += self.market.read(M::owedCall { account, token }).await?;
        }
        let id = U256::ONE;
        if self.market.read(M::auctionCall { auctionId: id }).await?.status == 1 {
            owed += self.market.read(M::leadingBidCall { auctionId: id }).await?.amount;
        }
        Ok(owed)
    }
}

/// A bid in the auction.
pub(super) const fn bid(amount: U256) -> M::bidCall {
    M::bidCall { auctionId: U256::ONE, amount, termsHash: TERMS, publicKey: TERMS }
}

/// The end of the auction.
pub(super) const fn settle() -> M::settleCall {
    M::settleCall { auctionId: U256::ONE }
}
