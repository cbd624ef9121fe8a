//! Decides what the tests start from: the market beside real DATA, membership and consents, and
//! stand-ins for the rest; an edition that is for sale, and people.

use alloy_primitives::{Address, B256, U256, address, hex, keccak256, uint};
use alloy_sol_types::{SolCall, SolError, SolEvent, SolValue};
use consent_registry::IConsentRegistry;
use data_market::{IDataMarket::*, LISTER_ROLE, PAUSER_ROLE, RULING_ROLE, SERVER_ROLE};
use data_token::IDataToken;
use datacoop_kit::testing::{Chain, Log, START};
use membership::{IMembership, ISSUER_ROLE};

use crate::stand_ins::{self, IDistributor, IRegistry, IToken};

pub(crate) const DATA: Address = address!("00000000000000000000000000000000da7a0001");
pub(crate) const MEMBERSHIP: Address = address!("00000000000000000000000000000000da7a0003");
pub(crate) const CONSENTS: Address = address!("00000000000000000000000000000000da7a0004");
pub(crate) const REGISTRY: Address = address!("00000000000000000000000000000000da7a0005");
pub(crate) const DISTRIBUTOR: Address = address!("00000000000000000000000000000000da7a0006");
pub(crate) const MARKET: Address = address!("00000000000000000000000000000000da7a0007");
/// A token of six decimals that does as it is told.
pub(crate) const COIN: Address = address!("00000000000000000000000000000000da7a0008");
/// A contract that is a researcher.
pub(crate) const TAKER: Address = address!("00000000000000000000000000000000da7a0009");

pub(crate) const ADMIN: Address = address!("00000000000000000000000000000000000000ad");
pub(crate) const LISTER: Address = address!("00000000000000000000000000000000000000a1");
pub(crate) const RULER: Address = address!("00000000000000000000000000000000000000a2");
pub(crate) const SERVER: Address = address!("00000000000000000000000000000000000000a3");
pub(crate) const PAUSER: Address = address!("00000000000000000000000000000000000000a4");
pub(crate) const TREASURY: Address = address!("00000000000000000000000000000000000000f1");
pub(crate) const INFRA: Address = address!("00000000000000000000000000000000000000f2");
/// A patient whose record the edition has.
pub(crate) const ALICE: Address = address!("00000000000000000000000000000000000000b1");
/// Vetted researchers.
pub(crate) const BOB: Address = address!("00000000000000000000000000000000000000b2");
pub(crate) const CAROL: Address = address!("00000000000000000000000000000000000000b3");
/// Nobody.
pub(crate) const MALLORY: Address = address!("00000000000000000000000000000000000000bb");

/// The first version of the first dataset.
pub(crate) const EDITION: U256 = uint!(0x100000001_U256);
pub(crate) const ETHER: U256 = uint!(1_000_000_000_000_000_000_U256);
/// What is staked at the start.
pub(crate) const STAKE: U256 = uint!(1_000_000_000_000_000_000_000_U256);
/// The price of the edition for a period, in DATA.
pub(crate) const PRICE: U256 = uint!(100_000_000_000_000_000_007_U256);
/// The price of a record for a period, in coins.
pub(crate) const PER_RECORD: U256 = uint!(1_003_U256);
pub(crate) const RECORDS: u64 = 11;
pub(crate) const ACADEMIC: u8 = 0;
pub(crate) const COMMERCIAL: u8 = 2;
pub(crate) const PERIOD: u64 = 30 * 86_400;
pub(crate) const TERMS: B256 = B256::repeat_byte(0x7e);
pub(crate) const KEY: B256 = B256::repeat_byte(0x4b);
pub(crate) const RULING: B256 = B256::repeat_byte(0x41);
/// Alice's record.
pub(crate) const RECORD: B256 = B256::repeat_byte(0x4c);

/// The market and its neighbours on a chain.
pub(crate) struct Market {
    pub(crate) chain: Chain,
}

impl Market {
    /// A market where the edition is for sale, and Bob and Carol are vetted and rich.
    pub(crate) fn new() -> Self {
        let market = Self::bare();
        market.set_edition(1, START);
        market.govern();
        for (account, roles) in [(ALICE, 1), (BOB, 1 << 4), (CAROL, 1 << 4), (TAKER, 1 << 4)] {
            market.enrol(account, roles);
        }
        for account in [BOB, CAROL, TAKER] {
            market.enrich(account);
            market.ok(account, &stakeCall { amount: STAKE });
        }
        market.set_record(RECORD, ALICE, 0, 2);
        let _ = market.chain.take_logs();
        market
    }

    /// A market whose roles are granted, and nothing else.
    fn bare() -> Self {
        let chain = Chain::new();
        let deploy = |at, program, args: Vec<u8>| {
            chain.deploy(ADMIN, at, program, &args).expect("it is constructed");
        };
        let supply = ETHER * U256::from(1_000_000_000);
        deploy(
            DATA,
            data_token::program,
            (ADMIN, ADMIN, supply, U256::ZERO, U256::ZERO).abi_encode_params(),
        );
        let args = (ADMIN, String::new()).abi_encode_params();
        deploy(MEMBERSHIP, membership::program, args);
        deploy(CONSENTS, consent_registry::program, (MEMBERSHIP,).abi_encode_params());
        deploy(REGISTRY, stand_ins::registry, Vec::new());
        deploy(DISTRIBUTOR, stand_ins::distributor, Vec::new());
        deploy(COIN, stand_ins::token, Vec::new());
        deploy(TAKER, stand_ins::taker, Vec::new());
        deploy(MARKET, data_market::program, Self::arguments());
        let market = Self { chain };
        let roles = [
            (LISTER_ROLE, LISTER),
            (RULING_ROLE, RULER),
            (SERVER_ROLE, SERVER),
            (PAUSER_ROLE, PAUSER),
        ];
        for (role, account) in roles {
            market.ok(ADMIN, &grantRoleCall { role, account });
        }
        let call = IMembership::grantRoleCall { role: ISSUER_ROLE, account: ADMIN };
        market.send(ADMIN, MEMBERSHIP, &call);
        market
    }

    /// The constructor's arguments, encoded.
    pub(crate) fn arguments() -> Vec<u8> {
        (ADMIN, MEMBERSHIP, CONSENTS, REGISTRY, DISTRIBUTOR, DATA, DATA).abi_encode_params()
    }

    /// Names the recipients, allows both tokens, sets prices and lists the edition.
    fn govern(&self) {
        self.ok(ADMIN, &setRecipientsCall { treasury: TREASURY, infrastructure: INFRA });
        for (token, unit, amount) in [(DATA, 0, PRICE), (COIN, 1, PER_RECORD)] {
            self.ok(ADMIN, &setTokenAllowedCall { token, allowed: true });
            self.ok(ADMIN, &setPriceCall { dataClass: 0, unit, token, amount });
            self.ok(LISTER, &list(token, unit));
        }
    }

    /// Makes an account a member.
    pub(crate) fn enrol(&self, account: Address, actorRoles: u8) {
        let credential = keccak256(account);
        let call = IMembership::issueCall { account, credential, actorRoles };
        self.send(ADMIN, MEMBERSHIP, &call);
    }

    /// Gives an account both tokens, and lets the market take them.
    pub(crate) fn enrich(&self, account: Address) {
        let (spender, amount) = (MARKET, U256::MAX);
        let value = ETHER * U256::from(10_000);
        self.send(ADMIN, DATA, &IDataToken::transferCall { to: account, value });
        self.send(account, DATA, &IDataToken::approveCall { spender, value: amount });
        self.send(account, COIN, &IToken::mintCall { to: account, amount: value });
        self.send(account, COIN, &IToken::approveCall { spender, amount: value });
    }

    pub(crate) fn set_edition(&self, status: u8, liveFrom: u64) {
        let purposes = 1 << ACADEMIC | 1 << COMMERCIAL;
        let call = IRegistry::setEditionCall {
            edition: EDITION,
            status,
            dataClass: 0,
            purposes,
            records: RECORDS,
            liveFrom,
        };
        self.send(ADMIN, REGISTRY, &call);
    }

    pub(crate) fn set_record(&self, recordId: B256, owner: Address, dataClass: u8, status: u8) {
        let call =
            IRegistry::setRecordCall { edition: EDITION, recordId, owner, dataClass, status };
        self.send(ADMIN, REGISTRY, &call);
    }

    /// Alice lets an account use her genomic data for academic research, for a year.
    pub(crate) fn consent(&self, account: Address) {
        let call = IConsentRegistry::grantCall {
            dataClasses: 1,
            purposes: 1 << ACADEMIC,
            granteeKind: 0,
            account,
            actorRole: 0,
            expiry: self.chain.time() + 365 * 86_400,
            terms: TERMS,
        };
        self.send(ALICE, CONSENTS, &call);
    }

    /// Calls any contract, which agrees.
    #[track_caller]
    pub(crate) fn send<C: SolCall>(&self, from: Address, to: Address, call: &C) -> C::Return {
        self.chain.send(from, to, call).expect("the call succeeds")
    }

    /// Tells the coin how to behave.
    pub(crate) fn coin(&self, mode: u8) {
        self.send(MALLORY, COIN, &IToken::setModeCall { mode });
    }

    /// Calls the market.
    pub(crate) fn call<C: SolCall>(&self, from: Address, call: &C) -> Result<C::Return, Vec<u8>> {
        self.chain.send(from, MARKET, call)
    }

    /// Calls the market, which agrees.
    #[track_caller]
    pub(crate) fn ok<C: SolCall>(&self, from: Address, call: &C) -> C::Return {
        match self.call(from, call) {
            Ok(result) => result,
            Err(error) => panic!("refused: {}", hex::encode(error)),
        }
    }

    /// Calls the market, which refuses with exactly this error and emits nothing.
    #[track_caller]
    pub(crate) fn fails<C: SolCall>(&self, from: Address, call: &C, error: &impl SolError) {
        let _ = self.chain.take_logs();
        let outcome = self.call(from, call).map(|_| ());
        assert_eq!(outcome, Err(error.abi_encode()));
        assert_eq!(self.chain.take_logs(), []);
    }

    /// The events of one kind that the market emitted since the last time, and forgets all.
    pub(crate) fn events<E: SolEvent>(&self) -> Vec<E> {
        let logs = self.chain.take_logs();
        logs.iter().filter(|log| log.emitter == MARKET).filter_map(Log::decode::<E>).collect()
    }

    /// Requires that the market emitted exactly these events of their kind since the last time.
    #[track_caller]
    pub(crate) fn logged<E: SolEvent>(&self, events: &[E]) {
        let logs = self.chain.take_logs();
        let mine = logs
            .into_iter()
            .filter(|log| log.emitter == MARKET && log.topics.first() == Some(&E::SIGNATURE_HASH));
        let expected: Vec<Log> = events.iter().map(log).collect();
        assert_eq!(mine.collect::<Vec<_>>(), expected);
    }

    /// What an account holds of a token.
    pub(crate) fn balance(&self, token: Address, account: Address) -> U256 {
        self.send(MALLORY, token, &IToken::balanceOfCall { account })
    }

    /// What was deposited for the contributors of the edition, and for the validators.
    pub(crate) fn deposited(&self, token: Address) -> [U256; 2] {
        [B256::from(EDITION), keccak256("VALIDATORS")].map(|what| {
            self.send(MALLORY, DISTRIBUTOR, &IDistributor::depositedCall { what, token })
        })
    }

    /// Moves the time on.
    pub(crate) fn wait(&self, secs: u64) {
        self.chain.set_time(self.chain.time() + secs);
    }

    /// Bob buys the edition for academic research for a period, in DATA.
    pub(crate) fn bought(&self) -> U256 {
        self.ok(BOB, &buy(DATA, PRICE))
    }

    pub(crate) fn has_access(&self, holder: Address) -> bool {
        self.ok(MALLORY, &hasAccessCall { holder, edition: EDITION, purpose: ACADEMIC })
    }

    pub(crate) fn can_read(&self, holder: Address) -> bool {
        let proof = stand_ins::proof(EDITION, RECORD);
        let purpose = ACADEMIC;
        let call = canReadCall { holder, edition: EDITION, purpose, recordId: RECORD, proof };
        self.ok(MALLORY, &call)
    }
}

/// The log of an event of the market.
pub(crate) fn log<E: SolEvent>(event: &E) -> Log {
    let data = event.encode_log_data();
    Log { emitter: MARKET, topics: data.topics().to_vec(), data: data.data.to_vec() }
}

/// The call that lists the edition for all its purposes, for up to twelve periods.
pub(crate) const fn list(token: Address, unit: u8) -> listCall {
    let purposes = 1 << ACADEMIC | 1 << COMMERCIAL;
    listCall { edition: EDITION, token, unit, purposes, maxPeriods: 12, termsHash: TERMS }
}

/// The call that buys the edition for academic research for a period.
pub(crate) const fn buy(token: Address, maxPrice: U256) -> buyCall {
    let (edition, purpose, periods) = (EDITION, ACADEMIC, 1);
    buyCall { edition, token, purpose, periods, maxPrice, termsHash: TERMS, publicKey: KEY }
}

/// The call that renews a licence for a period.
pub(crate) const fn renew(licenceId: U256, token: Address, maxPrice: U256) -> renewCall {
    renewCall { licenceId, token, periods: 1, maxPrice, termsHash: TERMS }
}

/// The call that moves a licence.
pub(crate) fn transfer(from: Address, to: Address, id: U256) -> safeTransferFromCall {
    safeTransferFromCall { from, to, id, value: U256::ONE, data: Default::default() }
}

/// The call that starts an auction of an exclusive licence for academic research, in coins, from a
/// thousand coins and by tenths, for a day.
pub(crate) fn auction() -> startAuctionCall {
    startAuctionCall {
        edition: EDITION,
        token: COIN,
        purpose: ACADEMIC,
        periods: 2,
        exclusive: true,
        reserve: U256::from(1_000),
        incrementBps: 1_000,
        start: 0,
        end: START + 86_400,
        termsHash: TERMS,
    }
}

/// The call that bids in the first auction.
pub(crate) fn bid(amount: u64) -> bidCall {
    let (auctionId, amount) = (U256::ONE, U256::from(amount));
    bidCall { auctionId, amount, termsHash: TERMS, publicKey: KEY }
}
