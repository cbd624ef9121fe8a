//! Decides what is known of accounts, editions and records: what the contracts beside this one say
//! at this moment. One that does not answer as it should says no.

#![allow(clippy::too_many_arguments, reason = "`sol!` makes a function of all fields of an event")]

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::{ToWords, small},
    dynamic::Elements,
    host, layout, output,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::market::IDataMarket::{MarketEditionNotLive, MarketInvalidContract};

sol!("../membership/IMembership.sol");
sol!("../consent-registry/IConsentRegistry.sol");
sol!("../data-registry/IDataRegistry.sol");

/// The actor role of researchers: Membership's.
const RESEARCHER: u8 = 4;

/// The status of an edition that was published and not voided: `DataRegistry`'s.
const PUBLISHED: u8 = 1;

/// The status of a record that was attested and not erased: `DataRegistry`'s.
const ATTESTED: u64 = 2;

/// A Merkle proof, where it lies in the calldata.
pub(crate) type Proof<'a> = Elements<'a, sol_data::FixedBytes<32>>;

layout! {
    /// The storage of the contracts beside this one. All written by the constructor.
    pub struct NeighboursStorage {
        /// Who is a member, and as what.
        membership: Slot<Account>,
        /// Who consented to what.
        consents: Slot<Account>,
        /// Which records and editions there are.
        registry: Slot<Account>,
        /// Who distributes the contributors' and the validators' part.
        distributor: Slot<Account>,
        /// DATA, which is burned.
        data_token: Slot<Account>,
    }
}

/// What the market knows of an edition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    /// The class of its records.
    pub(crate) data_class: u8,
    /// Mask of the purposes that it is for.
    pub(crate) purposes: u8,
    /// How many records it has.
    pub(crate) records: u64,
    status: u8,
    live_from: u64,
}

impl Edition {
    /// Returns whether it was published and not voided.
    pub(crate) const fn is_published(&self) -> bool {
        self.status == PUBLISHED
    }

    /// Returns whether licences for it may be sold at a time.
    pub(crate) const fn is_live(&self, now: u64) -> bool {
        self.is_published() && self.live_from <= now
    }

    /// Refuses it, for it is not live.
    #[cold]
    pub(crate) fn refuse(&self, edition: &Uint) -> Revert {
        Revert::new::<MarketEditionNotLive>((edition, self.status, self.live_from))
    }
}

impl NeighboursStorage {
    /// Writes the neighbours, for ever.
    ///
    /// # Errors
    ///
    /// [`MarketInvalidContract`] for one that is no contract.
    pub(crate) fn construct(&self, vm: &mut VM, neighbours: [&Account; 5]) -> Result<()> {
        for neighbour in neighbours {
            require_contract(vm, neighbour)?;
        }
        let [membership, consents, registry, distributor, data_token] = neighbours;
        self.membership.set(vm, membership);
        self.consents.set(vm, consents);
        self.registry.set(vm, registry);
        self.distributor.set(vm, distributor);
        self.data_token.set(vm, data_token);
        Ok(())
    }

    /// Returns the Membership contract.
    pub(crate) fn membership(&self, vm: &VM) -> Account {
        self.membership.get(vm)
    }

    /// Returns the `ConsentRegistry` contract.
    pub(crate) fn consents(&self, vm: &VM) -> Account {
        self.consents.get(vm)
    }

    /// Returns the `DataRegistry` contract.
    pub(crate) fn registry(&self, vm: &VM) -> Account {
        self.registry.get(vm)
    }

    /// Returns the `RevenueDistributor` contract.
    pub(crate) fn distributor(&self, vm: &VM) -> Account {
        self.distributor.get(vm)
    }

    /// Returns DATA.
    pub(crate) fn data_token(&self, vm: &VM) -> Account {
        self.data_token.get(vm)
    }

    /// Returns whether an account is a member that acts as a researcher.
    pub(crate) fn is_researcher(&self, vm: &VM, account: &Account) -> bool {
        let membership = self.membership(vm);
        agrees::<IMembership::hasActorRoleCall>(vm, &membership, (account, RESEARCHER))
    }

    /// Returns an edition, unknown when the registry does not answer as it should.
    #[inline(never)]
    pub(crate) fn edition(&self, vm: &VM, edition: &Uint) -> Edition {
        type Call = IDataRegistry::editionOfCall;
        let registry = self.registry(vm);
        let unknown = Edition { data_class: 0, purposes: 0, records: 0, status: 0, live_from: 0 };
        // Licences keep half a word of it; the registry's are far smaller.
        if edition.bits() > 128 || !host::static_call::<Call>(vm, &registry, (edition,)) {
            return unknown;
        }
        let start = output::len();
        host::returned(vm);
        let read = |bytes: &[u8]| {
            let [status, class, purposes, records, _, live_from, ..] = word::words(bytes) else {
                return None;
            };
            Some(Edition {
                data_class: byte(class)?,
                purposes: byte(purposes)?,
                records: small(records)?,
                status: byte(status)?,
                live_from: small(live_from)?,
            })
        };
        output::take(start, read).unwrap_or(unknown)
    }

    /// Returns whose a record is, if it is attested, belongs to a live edition, and may be used for
    /// a purpose by `holder` at this moment.
    #[inline(never)]
    pub(crate) fn readable(
        &self,
        vm: &VM,
        (holder, edition, purpose): (&Account, &Uint, u8),
        (record, proof): (&B256, Proof<'_>),
    ) -> Option<Account> {
        let registry = self.registry(vm);
        if !agrees::<IDataRegistry::isLiveCall>(vm, &registry, (edition,))
            || !agrees::<IDataRegistry::containsCall>(vm, &registry, (edition, record, proof))
        {
            return None;
        }
        let (owner, data_class) = self.attested(vm, &registry, record)?;
        let consents = self.consents(vm);
        let args = (&owner, data_class, purpose, holder);
        agrees::<IConsentRegistry::coversCall>(vm, &consents, args).then_some(owner)
    }

    /// Returns whose an attested record is, and its class.
    fn attested(&self, vm: &VM, registry: &Account, record: &B256) -> Option<(Account, u8)> {
        if !host::static_call::<IDataRegistry::recordOfCall>(vm, registry, (record,)) {
            return None;
        }
        let start = output::len();
        host::returned(vm);
        output::take(start, |bytes| {
            let [owner, class, status, ..] = word::words(bytes) else { return None };
            let owner = *Account::from_word(owner)?;
            (small(status)? == ATTESTED).then_some((owner, byte(class)?))
        })
    }
}

/// Requires that an account is a contract.
///
/// # Errors
///
/// [`MarketInvalidContract`] when it is not.
pub(crate) fn require_contract(vm: &VM, account: &Account) -> Result<()> {
    if host::is_contract(vm, account) {
        Ok(())
    } else {
        Err(Revert::new::<MarketInvalidContract>((account,)))
    }
}

/// Asks a contract, and returns whether it answered yes.
fn agrees<'a, C: SolCall>(vm: &VM, to: &Account, args: impl ToWords<C::Parameters<'a>>) -> bool {
    let start = host::push_call::<C>(args);
    said_yes(vm, to, start)
}

/// Asks a contract what the output holds from `start` on.
#[inline(never)]
fn said_yes(vm: &VM, to: &Account, start: usize) -> bool {
    let succeeded = host::static_call_output(vm, to, start);
    let (word, len) = host::returned_word(vm);
    succeeded && len == 32 && word == *Uint::from(1_u64).word()
}

fn byte(word: &B256) -> Option<u8> {
    u8::try_from(small(word)?).ok()
}
