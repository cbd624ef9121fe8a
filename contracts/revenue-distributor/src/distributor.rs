//! Decides what the distributor is: what moves money in and out, who may set what, where its storage
//! lies, and which function of the interface runs what.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::Constant,
    access_control::{AccessControl, AccessControlStorage, DEFAULT_ADMIN_ROLE},
    contract,
    dynamic::{Elements, List},
    eip712::hash_of,
    event::emit,
    host, layout, routes, safe_erc20,
    word::Word,
};
use stylus_sdk::host::VM;

use crate::{
    batch::{Batch, Entry},
    pools::{Holder, PoolsStorage},
    pots::{PotsStorage, Share},
    registry,
    totals::{Tally, TotalsStorage},
};

sol!("IRevenueDistributor.sol");

use IRevenueDistributor::{
    ActivationDelayChanged, RevenueDeposited, RevenueEditionNotLive, RevenueInvalidDelay,
    RevenueInvalidRegistry, RevenueNothingDeposited, RevenueNothingToClaim, RevenueTooManyTokens,
    SharedRevenueDeposited,
};

/// Who may set the shares of pools: `keccak256("SHARES_ROLE")`.
pub const SHARES_ROLE: B256 = hash_of("SHARES_ROLE");

/// The longest delay before more shares count, in seconds: 30 days.
const MAX_DELAY_SECS: u64 = 30 * 86_400;

/// The delay at the start, in seconds: 7 days.
const START_DELAY_SECS: u64 = 7 * 86_400;

/// The most tokens of one call: the sums are kept in memory.
const MAX_TOKENS: usize = 8;

// The layout: append only, never reorder. `layout.txt` is its snapshot.

impl AccessControl for RevenueDistributor {
    const ROLES: AccessControlStorage = AccessControlStorage::at(0);
}

const SETTINGS: SettingsStorage = SettingsStorage::at(1);

const TOTALS: TotalsStorage = TotalsStorage::at(3);

const POTS: PotsStorage = PotsStorage::at(4);

const POOLS: PoolsStorage = PoolsStorage::at(7);

layout! {
    /// The storage of settings.
    pub struct SettingsStorage {
        /// The DataRegistry. Written by the constructor.
        data_registry: Slot<Account>,
        /// Seconds until more shares of a pool count. Written by
        /// [`RevenueDistributor::set_delay`].
        activation_delay: Slot<Uint>,
    }
}

/// The distributor.
#[derive(Debug)]
pub struct RevenueDistributor {
    vm: VM,
}

/// What somebody deposits.
#[derive(Clone, Copy, Debug)]
struct Deposit<'a> {
    token: &'a Account,
    amount: &'a Uint,
    /// What for.
    tag: &'a B256,
}

impl RevenueDistributor {
    /// Makes the distributor: `admin` gets the admin role.
    ///
    /// # Errors
    ///
    /// `RevenueInvalidRegistry` when `data_registry` is no contract.
    ///
    /// # Events
    ///
    /// `RoleGranted`, `ActivationDelayChanged`.
    fn construct(&mut self, admin: &Account, data_registry: &Account) -> Result<()> {
        if !host::is_contract(&self.vm, data_registry) {
            return Err(Revert::new::<RevenueInvalidRegistry>((data_registry,)));
        }
        self.grant(&DEFAULT_ADMIN_ROLE, admin);
        SETTINGS.data_registry.set(&mut self.vm, data_registry);
        self.set_delay(START_DELAY_SECS);
        Ok(())
    }

    /// Takes tokens of the caller, counts them, and returns who it is and what came.
    #[inline(never)]
    fn receive(&mut self, token: &Account, amount: &Uint) -> Result<(Account, u128)> {
        let from = host::sender(&self.vm);
        let mut received = Uint::ZERO;
        if !amount.is_zero() {
            received = safe_erc20::receive(&mut self.vm, token, &from, amount)?;
        }
        if received.is_zero() {
            return Err(Revert::new::<RevenueNothingDeposited>((token, amount)));
        }
        Ok((from, TOTALS.credit(&mut self.vm, token, &received)?))
    }

    /// Counts what is paid, and sends it to whom it belongs.
    #[inline(never)]
    fn pay(&mut self, token: &Account, to: &Account, amount: u128) -> Result<()> {
        TOTALS.debit(&mut self.vm, token, amount)?;
        safe_erc20::send(&mut self.vm, token, to, &Uint::from(amount))
    }

    /// Takes tokens for the contributors of an edition.
    fn deposit(&mut self, edition: &Uint, deposit: Deposit<'_>) -> Result<u128> {
        let Deposit { token, amount, tag } = deposit;
        let registry = self.data_registry();
        if !registry::is_live(&self.vm, &registry, edition) {
            return Err(Revert::new::<RevenueEditionNotLive>((edition,)));
        }
        POTS.open(&mut self.vm, &registry, edition)?;
        let (from, received) = self.receive(token, amount)?;
        let deposited = POTS.credit(&mut self.vm, edition, token, received)?;
        let data = (amount, received, deposited, tag);
        emit::<RevenueDeposited>(&mut self.vm, (edition, token, &from), data);
        Ok(received)
    }

    /// Pays an account what it is owed of a pot.
    fn claim(&mut self, share: &Share<'_>, token: &Account, proof: &[B256]) -> Result<u128> {
        POTS.prove(&self.vm, share, proof)?;
        let amount = POTS.settle(&mut self.vm, share, token)?;
        self.pay_something(token, share.account, amount)
    }

    /// Pays what a claim came to, and returns it.
    fn pay_something(&mut self, token: &Account, to: &Account, amount: u128) -> Result<u128> {
        if amount == 0 {
            return Err(Revert::new::<RevenueNothingToClaim>((token, to)));
        }
        self.pay(token, to, amount)?;
        Ok(amount)
    }

    /// Pays one account what it is owed of many editions, and returns the sum of each token.
    ///
    /// Every proof is seen before anything is written, and everything of a token is written before
    /// it is sent.
    fn claim_many(
        &mut self,
        account: &Account,
        tokens: &[B256],
        batch: Batch<'_>,
    ) -> Result<[u128; MAX_TOKENS]> {
        if tokens.len() > MAX_TOKENS {
            let values = (tokens.len() as u64, MAX_TOKENS as u64);
            return Err(Revert::new::<RevenueTooManyTokens>(values));
        }
        for Entry { id, shares, proof } in batch.iter() {
            let share = Share { edition: &id, account, shares: &shares };
            POTS.prove(&self.vm, &share, proof)?;
        }
        let mut sums = [0_u128; MAX_TOKENS];
        for (token, sum) in tokens.iter().zip(&mut sums) {
            let token = Account::from_word(token).ok_or_else(Revert::empty)?;
            for Entry { id, shares, .. } in batch.iter() {
                let share = Share { edition: &id, account, shares: &shares };
                let amount = POTS.settle(&mut self.vm, &share, token)?;
                // All that was ever paid of a token is below 2^128.
                *sum = sum.wrapping_add(amount);
            }
            if *sum != 0 {
                self.pay(token, account, *sum)?;
            }
        }
        Ok(sums)
    }

    /// Pays many accounts what they are owed of one pot, and returns the sum.
    ///
    /// Nothing that a token does between two of them is of any use to it: this program is not
    /// entered again.
    fn claim_for(&mut self, edition: &Uint, token: &Account, batch: Batch<'_>) -> Result<u128> {
        let mut sum = 0_u128;
        for Entry { id, shares, proof } in batch.iter() {
            let account = Account::from_word(id.word()).ok_or_else(Revert::empty)?;
            let share = Share { edition, account, shares: &shares };
            POTS.prove(&self.vm, &share, proof)?;
            let amount = POTS.settle(&mut self.vm, &share, token)?;
            if amount != 0 {
                self.pay(token, account, amount)?;
            }
            // All that was ever paid of a token is below 2^128.
            sum = sum.wrapping_add(amount);
        }
        Ok(sum)
    }

    /// Takes tokens for those who have shares of a pool.
    fn deposit_shared(&mut self, pool: &B256, deposit: Deposit<'_>) -> Result<u128> {
        let Deposit { token, amount, tag } = deposit;
        let total = POOLS.admit(&self.vm, pool, token)?;
        let (from, received) = self.receive(token, amount)?;
        POOLS.credit(&mut self.vm, pool, token, (received, total));
        let data = (amount, received, total, tag);
        emit::<SharedRevenueDeposited>(&mut self.vm, (pool, token, &from), data);
        Ok(received)
    }

    /// Pays an account what it is owed of a pool.
    fn claim_shared(&mut self, holder: &Holder<'_>, token: &Account) -> Result<u128> {
        let amount = POOLS.settle(&mut self.vm, holder, token);
        self.pay_something(token, holder.account, amount)
    }

    /// Writes the delay.
    fn set_delay(&mut self, delay: u64) {
        let old = self.delay();
        SETTINGS.activation_delay.set(&mut self.vm, &Uint::from(delay));
        emit::<ActivationDelayChanged>(&mut self.vm, (), (old, delay));
    }

    /// Sets the delay, at the admin's word.
    fn change_delay(&mut self, delay: u64) -> Result<()> {
        self.only_role(&DEFAULT_ADMIN_ROLE)?;
        if delay > MAX_DELAY_SECS {
            return Err(Revert::new::<RevenueInvalidDelay>((delay, MAX_DELAY_SECS)));
        }
        self.set_delay(delay);
        Ok(())
    }

    /// Returns the seconds until more shares of a pool count.
    fn delay(&self) -> u64 {
        SETTINGS.activation_delay.get(&self.vm).to_u64()
    }

    /// Returns the `DataRegistry`.
    fn data_registry(&self) -> Account {
        SETTINGS.data_registry.get(&self.vm)
    }
}

contract!(RevenueDistributor);

/// A list of words.
type Words<'a> = Elements<'a, sol_data::Uint<256>>;

/// A list of siblings.
type Siblings<'a> = Elements<'a, sol_data::FixedBytes<32>>;

routes! {
    RevenueDistributor as IRevenueDistributor (IRevenueDistributorCalls);

    constructor(sol_data::Address, sol_data::Address) => |revenue, (admin, data_registry)| {
        revenue.construct(admin, data_registry)
    };

    reads {
        claimableCall => |revenue, (edition, token, account, shares)| {
            POTS.claimable(&revenue.vm, &Share { edition, account, shares }, token)
        };
        potOfCall => |revenue, (edition, token)| {
            let Tally { deposited, paid } = POTS.tally(&revenue.vm, edition, token);
            (deposited, paid)
        };
        paidToCall => |revenue, (edition, token, account)| {
            POTS.paid(&revenue.vm, edition, token, account)
        };
        termsOfCall => |revenue, (edition,)| {
            let terms = POTS.terms(&revenue.vm, edition);
            (terms.root, terms.total)
        };
        totalsOfCall => |revenue, (token,)| {
            let Tally { deposited, paid } = TOTALS.of(&revenue.vm, token);
            (deposited, paid)
        };
        claimableSharedCall => |revenue, (pool, token, account)| {
            POOLS.claimable(&revenue.vm, &Holder { pool, account }, token)
        };
        sharesOfCall => |revenue, (pool, account)| {
            let holding = POOLS.holding(&revenue.vm, &Holder { pool, account });
            (holding.shares, holding.scheduled, holding.active_from)
        };
        totalSharesOfCall => |revenue, (pool,)| POOLS.total(&revenue.vm, pool);
        activationDelayCall => |revenue, ()| revenue.delay();
        poolTokensCall => |revenue, ()| {
            let (tokens, count) = POOLS.tokens(&revenue.vm);
            List(tokens.into_iter().take(count))
        };
        dataRegistryCall => |revenue, ()| revenue.data_registry();
        DEFAULT_ADMIN_ROLECall => |_, ()| Constant(DEFAULT_ADMIN_ROLE);
        SHARES_ROLECall => |_, ()| Constant(SHARES_ROLE);
        hasRoleCall => |revenue, (role, account)| revenue.has_role(role, account);
        getRoleAdminCall => |revenue, (role,)| revenue.role_admin(role);
        supportsInterfaceCall => |revenue, (interface,)| revenue.supports_interface(interface);
    }

    acts {
        depositCall => |revenue, (edition, token, amount, tag)| {
            revenue.deposit(edition, Deposit { token, amount, tag })
        };
        claimCall => |revenue, (edition, token, account, shares, proof): (_, _, _, _, Siblings<'_>)| {
            revenue.claim(&Share { edition, account, shares }, token, proof.words())
        };
        claimManyCall => |revenue, (account, tokens, entries, lengths, siblings)| {
            let (tokens, entries): (Elements<'_, sol_data::Address>, Words<'_>) = (tokens, entries);
            let siblings: Siblings<'_> = siblings;
            let batch = Batch::new(entries.words(), lengths, siblings.words())?;
            let sums = revenue.claim_many(account, tokens.words(), batch)?;
            Ok(List(sums.into_iter().take(tokens.len())))
        };
        claimForCall => |revenue, (edition, token, entries, lengths, siblings)| {
            let (entries, siblings): (Words<'_>, Siblings<'_>) = (entries, siblings);
            let batch = Batch::new(entries.words(), lengths, siblings.words())?;
            revenue.claim_for(edition, token, batch)
        };
        depositSharedCall => |revenue, (pool, token, amount, tag)| {
            revenue.deposit_shared(pool, Deposit { token, amount, tag })
        };
        claimSharedCall => |revenue, (pool, token, account)| {
            revenue.claim_shared(&Holder { pool, account }, token)
        };
        setSharesCall => |revenue, (pool, account, shares)| {
            revenue.only_role(&SHARES_ROLE)?;
            let delay = revenue.delay();
            POOLS.schedule(&mut revenue.vm, &Holder { pool, account }, shares, delay)
        };
        activateCall => |revenue, (pool, account)| {
            POOLS.activate(&mut revenue.vm, &Holder { pool, account })
        };
        setActivationDelayCall => |revenue, (delay,)| revenue.change_delay(delay);
        listPoolTokenCall => |revenue, (token,)| {
            revenue.only_role(&DEFAULT_ADMIN_ROLE)?;
            POOLS.list(&mut revenue.vm, token)
        };
        grantRoleCall => |revenue, (role, account)| revenue.grant_role(role, account);
        revokeRoleCall => |revenue, (role, account)| revenue.revoke_role(role, account);
        renounceRoleCall => |revenue, (role, account)| revenue.renounce_role(role, account);
    }
}
