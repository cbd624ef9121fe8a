//! Paid refunds: the treasury and Safe pay whoever executes a transaction for the gas that each has
//! used itself, so that not all bytes are equal. All else is: who is paid, in what, how the
//! transaction ends, its events, and what is refused. A payment is the gas and the transaction's
//! `baseGas` times the price, to the last wei, where the receipt explains the gas.

use std::collections::BTreeSet;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, LogData, U256, keccak256},
    providers::{DynProvider, Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{Revert, SolCall, SolError, SolEvent, SolValue},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::{
    bindings::{
        IDataToken::balanceOfCall,
        ITreasury::{ExecutionFailure, ExecutionSuccess},
    },
    chain::Chain,
    node::NodeOptions,
    treasury::SafeTx,
};
use datacoop_tests::{GOVERNANCE, start_node};
use rand::{Rng, seq::IndexedRandom};

use super::{
    calls,
    consent::{Person, Twist},
    operation::CHAIN_ID,
    world::{World, mock},
};

/// Transactions of each seed.
const OPERATIONS: usize = 150;

/// What a transaction may cost beside the gas that is refunded, its calldata and its 21,000: the
/// checks before it, and the payment and the event after it.
const MOST_AROUND: u64 = 160_000;

/// The most by which the gas that ours counts may differ from what Safe counts for the same call.
const MOST_APART: u64 = 6_000;

/// Gas of each transaction, and what is given to the called contract.
const GAS: u64 = 5_000_000;
const INNER_GAS: u64 = 300_000;

/// A gwei, in wei.
const GWEI: u64 = 1_000_000_000;

alloy::sol! {
    /// `TreasuryMocks.sol`.
    interface IMintable {
        function mint(address to, uint256 amount) external;
    }
}

/// What is paid in, and how that may go wrong.
struct Bank {
    provider: DynProvider,
    /// Tokens that answer a transfer with true, with nothing and with a number.
    tokens: Vec<Address>,
}

/// A transaction that both have executed.
struct Trial {
    tx: SafeTx,
    /// What a unit of gas costs whoever executes it, in wei.
    own_price: u64,
}

/// What is seen of a twin's transaction; its own words and the payment are replaced.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: bool,
    refusal: Option<Bytes>,
    logs: Vec<(Address, LogData)>,
    /// Whether the called contract succeeded, when there was a payment.
    success: Option<bool>,
}

impl Bank {
    async fn new(chain: &Chain, world: &World) -> Result<Self> {
        let provider = chain.provider().clone();
        let mut tokens = Vec::new();
        for manner in [0, 1, 5] {
            let arguments = U256::from(manner).abi_encode();
            tokens.push(mock(&provider, "TreasuryTokenMock", &arguments).await?);
        }
        let bank = Self { provider, tokens };
        // The called contract is that of both: its first slot has cost more than it will.
        let data = Bytes::from_static(&[1]);
        bank.send(world.mocks.target, &calls::IMocks::recordCall { data }).await?;
        for twin in world.twins {
            // Ether for a few payments at a high price, and tokens for many.
            bank.provider.anvil_set_balance(twin, U256::from(u128::MAX)).await?;
            for token in &bank.tokens {
                let mint = IMintable::mintCall { to: twin, amount: U256::from(1_u128 << 100) };
                bank.send(*token, &mint).await?;
            }
        }
        Ok(bank)
    }

    /// Sends a call that must succeed.
    async fn send<C: SolCall>(&self, to: Address, call: &C) -> Result<()> {
        let request = TransactionRequest::default()
            .from(GOVERNANCE)
            .to(to)
            .input(Bytes::from(call.abi_encode()).into());
        let receipt: TransactionReceipt =
            self.provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?;
        ensure!(receipt.status(), "{} failed", C::SIGNATURE);
        Ok(())
    }

    async fn balance(&self, token: Address, account: Address) -> Result<U256> {
        if token.is_zero() {
            return Ok(self.provider.get_balance(account).await?);
        }
        let request = TransactionRequest::default()
            .to(token)
            .input(Bytes::from(balanceOfCall { account }.abi_encode()).into());
        Ok(U256::abi_decode(&self.provider.call(request).await?)?)
    }

    /// Draws a transaction, mostly one whose refund can be paid.
    fn trial(&self, world: &mut World) -> Trial {
        let mut tx = calls::any(world).of(Address::ZERO);
        // Who calls back has the treasury's own code run, whose gas is each twin's own.
        while tx.data.starts_with(&calls::IMocks::callBackCall::SELECTOR) {
            tx = calls::any(world).of(Address::ZERO);
        }
        let rng = &mut world.rng;
        let gas = if rng.random_ratio(1, 8) { 0 } else { INNER_GAS };
        (tx.safe_tx_gas, tx.base_gas) = (U256::from(gas), U256::from(rng.random_range(0..100_000)));
        // Below and above what the transaction costs.
        tx.gas_price = U256::from(*[1, GWEI, 20 * GWEI].choose(rng).expect("there are some"));
        let receivers = [Address::ZERO, world.mocks.target, rng.random::<[u8; 20]>().into()];
        tx.refund_receiver = *receivers.choose(rng).expect("there are some");
        if rng.random() {
            tx.gas_token = *self.tokens.choose(rng).expect("there are some");
            tx.gas_price = U256::from(rng.random_range(1..1_000));
        }
        match rng.random_range(0..8) {
            // Who takes no ether, and tokens that cannot be paid in.
            0 => (tx.gas_token, tx.refund_receiver) = (Address::ZERO, world.mocks.library),
            1 => tx.gas_token = *world.mocks.bad_tokens.choose(rng).expect("there are some"),
            // More than there is.
            2 => (tx.gas_token, tx.gas_price) = (self.tokens[0], U256::from(1_u128 << 100)),
            3 => tx.base_gas = U256::from(u128::MAX),
            _ => {}
        }
        Trial { tx, own_price: GWEI * rng.random_range(2..9) }
    }

    /// Has a twin execute a transaction, and returns what is seen and the gas that it counted.
    async fn execute(
        &self,
        trial: &Trial,
        (twin, hash): (Address, B256),
        signatures: Bytes,
    ) -> Result<(Seen, Option<u64>)> {
        let tx = &trial.tx;
        let data = Bytes::from(tx.exec_call(signatures).abi_encode());
        let request = TransactionRequest::default()
            .from(GOVERNANCE)
            .to(twin)
            .input(data.clone().into())
            .with_gas_limit(GAS)
            .with_gas_price(trial.own_price.into());
        let refusal = match self.provider.call(request.clone()).await {
            Ok(_) => None,
            Err(error) => {
                let data = error.as_error_resp().and_then(|error| error.as_revert_data());
                Some(data.context("it did not revert")?)
            }
        };
        let receiver = match tx.refund_receiver {
            nobody if nobody.is_zero() => GOVERNANCE,
            receiver => receiver,
        };
        let before = self.balance(tx.gas_token, receiver).await?;
        let receipt: TransactionReceipt =
            self.provider.raw_request("eth_sendTransactionSync".into(), (request,)).await?;
        let mut after = self.balance(tx.gas_token, receiver).await?;
        if tx.gas_token.is_zero() && receiver == GOVERNANCE {
            after += U256::from(u128::from(receipt.gas_used) * receipt.effective_gas_price);
        }
        let paid = payment(&receipt, twin)?;
        let received = after.checked_sub(before).context("the receiver has less than before")?;
        // The called contract may have got ether from the transaction itself as well.
        let besides = if tx.gas_token.is_zero() && tx.to == receiver && paid.is_some_and(|p| p.1) {
            tx.value
        } else {
            U256::ZERO
        };
        ensure!(
            received == paid.map_or(U256::ZERO, |paid| paid.0) + besides,
            "who is paid: {paid:?}"
        );
        let used = match paid {
            Some((payment, _)) => Some(trial.explained(payment, &receipt, &data)?),
            None => None,
        };
        let logs = neutral_logs(&receipt, twin, hash, paid.map(|paid| paid.0));
        let success = paid.map(|paid| paid.1);
        let seen = Seen { status: receipt.status(), refusal, logs, success };
        Ok((seen, used))
    }
}

/// What a transaction logged, where its twin's own words and the payment are replaced.
fn neutral_logs(
    receipt: &TransactionReceipt,
    twin: Address,
    hash: B256,
    payment: Option<U256>,
) -> Vec<(Address, LogData)> {
    let neutral = |word: B256| match word {
        word if word == twin.into_word() => B256::ZERO,
        word if word == hash => keccak256("hash"),
        word if payment.is_some_and(|payment| word == B256::from(payment)) => keccak256("payment"),
        word => word,
    };
    let logs = receipt.inner.logs().iter().map(|log| {
        let (topics, data) = (log.topics().iter().copied().map(neutral), &log.inner.data.data);
        let words = data.chunks(32).flat_map(|word| match B256::try_from(word) {
            Ok(word) => neutral(word).to_vec(),
            Err(_) => word.to_vec(),
        });
        let emitter = if log.address() == twin { Address::ZERO } else { log.address() };
        (emitter, LogData::new_unchecked(topics.collect(), words.collect::<Vec<_>>().into()))
    });
    logs.collect()
}

/// The payment that a treasury tells of, and whether what it called succeeded.
fn payment(receipt: &TransactionReceipt, treasury: Address) -> Result<Option<(U256, bool)>> {
    let mut own = receipt.inner.logs().iter().filter(|log| log.address() == treasury);
    let told = own.find_map(|log| {
        let data = &log.inner.data;
        let success = ExecutionSuccess::decode_log_data(data).map(|event| (event.payment, true));
        success
            .or_else(|_| ExecutionFailure::decode_log_data(data).map(|e| (e.payment, false)))
            .ok()
    });
    ensure!(told.is_some() == receipt.status(), "a transaction that ends has its event");
    Ok(told)
}

impl Trial {
    /// What a unit of gas is refunded with: in ether no more than it costs.
    fn price(&self) -> U256 {
        let own = U256::from(self.own_price);
        if self.tx.gas_token.is_zero() { self.tx.gas_price.min(own) } else { self.tx.gas_price }
    }

    /// The gas in a payment, which is part of what the receipt says was used.
    fn explained(&self, payment: U256, receipt: &TransactionReceipt, data: &Bytes) -> Result<u64> {
        let (amount, rest) = payment.div_rem(self.price());
        ensure!(rest.is_zero(), "{payment} is not a multiple of the price");
        let used = amount.checked_sub(self.tx.base_gas).context("less than `baseGas` is paid")?;
        let used = u64::try_from(used).ok().filter(|used| *used > 0).context("no gas is paid")?;
        let calldata: u64 = data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
        let around = receipt.gas_used.checked_sub(21_000 + calldata + used);
        let around =
            around.with_context(|| format!("{used} is more than was used: {receipt:?}"))?;
        ensure!(around <= MOST_AROUND, "{around} beside the refunded {used}");
        Ok(used)
    }
}

/// Signatures of the owners that are keys and contracts, of whom there are enough.
fn signers(world: &World) -> Vec<Person> {
    let is_owner = |person: &&Person| world.known.owners.contains(&person.address());
    let owners = world.people.iter().filter(is_owner);
    let signing = owners.filter(|person| !matches!(person, Person::Actor(_)));
    signing.take(world.known.threshold).cloned().collect()
}

/// What the trials have seen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    refusals: BTreeSet<String>,
    /// In ether, for less than the transaction costs, to whoever executes it, and whether the called
    /// contract succeeded.
    paid: BTreeSet<[bool; 4]>,
    most_apart: u64,
}

impl Tally {
    fn count(&mut self, trial: &Trial, seen: &Seen, used: [Option<u64>; 2]) -> Result<()> {
        if let Some(refusal) = &seen.refusal {
            let reason = Revert::abi_decode(refusal).map(|refusal| refusal.reason);
            self.refusals.insert(reason.unwrap_or_else(|_| refusal.to_string()));
        }
        let (Some(success), [Some(ours), Some(peers)]) = (seen.success, used) else {
            return Ok(());
        };
        let in_ether = trial.tx.gas_token.is_zero();
        let is_cheap = in_ether && trial.price() < U256::from(trial.own_price);
        self.paid.insert([in_ether, is_cheap, trial.tx.refund_receiver.is_zero(), success]);
        let apart = ours.abs_diff(peers);
        ensure!(apart <= MOST_APART, "ours counts {ours} gas, Safe {peers}");
        self.most_apart = self.most_apart.max(apart);
        Ok(())
    }
}

async fn run(seed: u64) -> Result<Tally> {
    let (_node, chain) = start_node(NodeOptions::default()).await?;
    let mut world = World::new(&chain, seed).await?;
    let bank = Bank::new(&chain, &world).await?;
    let mut tally = Tally::default();
    for index in 0..OPERATIONS {
        world.look().await?;
        let mut trial = bank.trial(&mut world);
        trial.tx.nonce = world.known.nonce;
        let hashes = world.twins.map(|twin| trial.tx.hash(CHAIN_ID, twin));
        let people = signers(&world);
        let consent = world.consent(people, Twist::None);
        let mut seen = Vec::new();
        for twin in 0..2 {
            let place = (world.twins[twin], hashes[twin]);
            let signatures = consent.bytes(hashes, twin)?;
            let done = bank.execute(&trial, place, signatures).await;
            seen.push(done.with_context(|| format!("twin {twin}, {index}: {:?}", trial.tx))?);
        }
        let (Some((peer, theirs)), Some((ours, own))) = (seen.pop(), seen.pop()) else { continue };
        ensure!(ours == peer, "{index}: {:?}\nours {ours:?}\nthe peer {peer:?}", trial.tx);
        tally.count(&trial, &peer, [own, theirs]).with_context(|| format!("{:?}", trial.tx))?;
    }
    Ok(tally)
}

#[tokio::test]
async fn refunds_are_paid_as_safe_pays_them() -> Result<()> {
    let mut all = Tally::default();
    for seed in [0x5afe_0011, 0x5afe_0012] {
        let tally = run(seed).await.with_context(|| format!("seed {seed:#x}"))?;
        all.most_apart = all.most_apart.max(tally.most_apart);
        all.refusals.extend(tally.refusals);
        all.paid.extend(tally.paid);
    }
    for refusal in ["GS011", "GS012"] {
        ensure!(all.refusals.contains(refusal), "nothing was refused with {refusal}: {all:?}");
    }
    for in_ether in [false, true] {
        for to_executor in [false, true] {
            for success in [false, true] {
                let seen =
                    |is_cheap| all.paid.contains(&[in_ether, is_cheap, to_executor, success]);
                ensure!(seen(false) || seen(true), "{in_ether} {to_executor} {success}: {all:?}");
            }
        }
    }
    ensure!(all.paid.iter().any(|paid| paid[1]), "no price below the transaction's own");
    ensure!(all.paid.iter().any(|paid| paid[0] && !paid[1]), "none above it");
    Ok(())
}
