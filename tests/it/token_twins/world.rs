//! The chain on which the twins live: who acts there, what they hold, and their signatures.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, keccak256},
    providers::Provider,
    signers::{SignerSync, local::PrivateKeySigner},
    sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::bindings::IDataToken::{
    allowanceCall, balanceOfCall, grantRoleCall, hasRoleCall, noncesCall, pausedCall, permitCall,
    totalSupplyCall, transferCall,
};
use datacoop_deploy::keys::dev_account;
use datacoop_tests::{Outcome, Random, Request, Twins, random};
use rand::Rng;

use super::operation::{Encoded, Forgery, Operation};

/// How many accounts act. The first administers both twins.
pub(super) const ACTORS: usize = 5;

/// How many addresses receive and never act.
const STRANGERS: usize = 3;

/// Half the order of secp256k1's group, from which on a signature's `s` is refused (EIP-2).
const ORDER: U256 = alloy::primitives::uint!(
    0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256
);

alloy::sol! {
    /// EIP-2612.
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

pub(super) struct World {
    pub(super) twins: Twins,
    pub(super) rng: Random,
    /// What each actor held when state was last compared.
    pub(super) balances: [U256; ACTORS],
    pub(super) strangers: Vec<Address>,
    signers: Vec<PrivateKeySigner>,
    /// How many permits of each actor were spent.
    nonces: [u64; ACTORS],
    domains: [Eip712Domain; 2],
}

impl World {
    /// A world in which each actor holds something, and the first every role.
    pub(super) async fn new(twins: Twins, seed: u64) -> Result<Self> {
        let chain_id = twins.provider.get_chain_id().await?;
        let mut rng = random::seeded(seed);
        let mut world = Self {
            strangers: (0..STRANGERS).map(|_| random::address(&mut rng)).collect(),
            rng,
            balances: [U256::ZERO; ACTORS],
            signers: (0..ACTORS).map(dev_account).collect::<Result<_, _>>()?,
            nonces: [0; ACTORS],
            domains: twins.addresses.map(|twin| {
                eip712_domain! {
                    name: "Datacoop Data", version: "1", chain_id: chain_id,
                    verifying_contract: twin,
                }
            }),
            twins,
        };
        let admin = world.actor(0);
        for role in [keccak256("MINTER_ROLE"), keccak256("PAUSER_ROLE")] {
            world.send(grantRoleCall { role, account: admin }).await?;
        }
        for index in 1..ACTORS {
            let value = U256::from(10).pow(U256::from(21 + index % 2));
            world.send(transferCall { to: world.actor(index), value }).await?;
        }
        world.compare_state().await?;
        Ok(world)
    }

    /// Sends the first actor's call to both twins; it must succeed.
    pub(super) async fn send<C: SolCall>(&self, call: C) -> Result<()> {
        let data = Bytes::from(call.abi_encode());
        let request = Request { from: self.actor(0), data, ..Request::default() };
        let effect = self.twins.send([request.clone(), request]).await?;
        ensure!(effect.status, "{} failed: {:?}", C::SIGNATURE, effect.outcome);
        Ok(())
    }

    pub(super) fn actor(&self, index: usize) -> Address {
        self.signers[index].address()
    }

    /// Runs an operation on both twins, and says whether it succeeded.
    pub(super) async fn run(&mut self, operation: &Operation) -> Result<bool> {
        let effect = self.twins.send(operation.requests.clone()).await?;
        if let Some(owner) = operation.permit_of.filter(|_| effect.status) {
            self.nonces[owner] += 1;
        }
        Ok(effect.status)
    }

    /// Compares all state that the operations can reach, and adds up the balances.
    pub(super) async fn compare_state(&mut self) -> Result<()> {
        let supply = self.number(|_| totalSupplyCall {}).await?;
        self.number(|_| pausedCall {}).await?;
        let mut sum = self.number(|twin| balanceOfCall { account: twin }).await?;
        for stranger in self.strangers.clone() {
            sum += self.number(|_| balanceOfCall { account: stranger }).await?;
        }
        for index in 0..ACTORS {
            let account = self.actor(index);
            self.balances[index] = self.number(|_| balanceOfCall { account }).await?;
            sum += self.balances[index];
            let nonce = self.number(|_| noncesCall { owner: account }).await?;
            ensure!(nonce == U256::from(self.nonces[index]), "{account} has nonce {nonce}");
            for spender in self.signers.iter().map(PrivateKeySigner::address) {
                self.number(|_| allowanceCall { owner: account, spender }).await?;
            }
            for role in [B256::ZERO, keccak256("MINTER_ROLE"), keccak256("PAUSER_ROLE")] {
                self.number(|_| hasRoleCall { role, account }).await?;
            }
        }
        ensure!(sum == supply, "balances add up to {sum}, the supply is {supply}");
        Ok(())
    }

    /// What both twins answer to a call that returns one word.
    async fn number<C: SolCall>(&self, call: impl Fn(Address) -> C) -> Result<U256> {
        let requests = self.twins.addresses.map(|twin| Request {
            from: self.actor(0),
            data: call(twin).abi_encode().into(),
            ..Request::default()
        });
        match self.twins.call(requests).await.context(C::SIGNATURE)? {
            Outcome::Returned(bytes) => Ok(U256::try_from_be_slice(&bytes).context("not a word")?),
            outcome => anyhow::bail!("{} ended with {outcome:?}", C::SIGNATURE),
        }
    }

    /// A permit signed for each twin, right or wrong in the given way.
    pub(super) fn permit(
        &mut self,
        owner: usize,
        spender: Address,
        value: U256,
        forgery: Forgery,
    ) -> [Encoded; 2] {
        let expired = forgery == Forgery::Expired;
        let right = Permit {
            owner: self.actor(owner),
            spender,
            value,
            nonce: U256::from(self.nonces[owner]),
            deadline: if expired { U256::from(self.rng.random::<u16>()) } else { U256::MAX },
        };
        let mut signed = right.clone();
        if forgery == Forgery::Replayed {
            signed.nonce = signed.nonce.wrapping_sub(U256::ONE);
        }
        let signer = if forgery == Forgery::WrongSigner { (owner + 1) % ACTORS } else { owner };
        let noise = (random::unsigned(256, &mut self.rng), self.rng.random());
        [0, 1].map(|twin| {
            let hash = signed.eip712_signing_hash(&self.domains[twin]);
            let signature = self.signers[signer].sign_hash_sync(&hash).expect("a local key signs");
            let wire = Wire::of(&signature).forged(forgery, noise);
            wire.encode(&right, right.eip712_signing_hash(&self.domains[twin]))
        })
    }
}

/// A signature as it travels in a permit.
struct Wire {
    v: u8,
    r: U256,
    s: U256,
    /// A bit above `v` in its word, where there must be none.
    dirty: bool,
}

impl Wire {
    fn of(signature: &Signature) -> Self {
        let v = 27 + u8::from(signature.v());
        Self { v, r: signature.r(), s: signature.s(), dirty: false }
    }

    fn forged(self, forgery: Forgery, (word, byte): (U256, u8)) -> Self {
        match forgery {
            Forgery::HighS => Self { s: ORDER - self.s, v: 55 - self.v, ..self },
            Forgery::GarbageV => Self { v: if matches!(byte, 27 | 28) { 0 } else { byte }, ..self },
            Forgery::GarbageRs => Self { r: word, ..self },
            Forgery::DirtyV => Self { dirty: true, ..self },
            _ => self,
        }
    }

    /// The calldata of `permit`, with the words that an error about this signature may name.
    fn encode(&self, permit: &Permit, hash: B256) -> Encoded {
        let Permit { owner, spender, value, deadline, .. } = *permit;
        let (r, s) = (B256::from(self.r), B256::from(self.s));
        let mut data = permitCall { owner, spender, value, deadline, v: self.v, r, s }.abi_encode();
        data[4 + 4 * 32] |= u8::from(self.dirty);
        let signature = Signature::new(self.r, self.s, self.v == 28);
        let signer = signature.recover_address_from_prehash(&hash).unwrap_or_default();
        Encoded { data, own: vec![s, signer.into_word()] }
    }
}
