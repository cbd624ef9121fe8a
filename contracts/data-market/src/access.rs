//! Decides who may read what at this moment, and what is logged of it: no record is readable unless
//! a licence in use and its owner's consent cover the purpose now.

use alloy_primitives::B256;
use datacoop_kit::{Account, Result, Revert, Uint, event::emit, host};
use stylus_sdk::host::VM;

use crate::{
    licences::Core,
    market::{
        IDataMarket::{
            AccessLogged, KeyReleased, MarketInvalidKeyLength, MarketNoAccess, MarketUnreadable,
        },
        LICENCES, NEIGHBOURS, STAKES,
    },
    neighbours::Proof,
};

/// The most bytes of a key that is released.
const MAX_KEY_LEN: usize = 1_024;

/// Returns whether an account has access to an edition for a purpose: it is vetted, and the licence
/// that it uses lives.
pub(crate) fn has_access(vm: &VM, holder: &Account, edition: &Uint, purpose: u8) -> bool {
    let id = LICENCES.in_use(vm, holder, edition, purpose);
    !id.is_zero() && lives(vm, holder, &LICENCES.core(vm, &id))
}

/// Returns whether it may, besides, read a record of the edition.
pub(crate) fn can_read(vm: &VM, asked: (&Account, &Uint, u8), record: (&B256, Proof<'_>)) -> bool {
    let (holder, edition, purpose) = asked;
    has_access(vm, holder, edition, purpose) && NEIGHBOURS.readable(vm, asked, record).is_some()
}

/// Logs that a record was read by a licence in use.
///
/// # Errors
///
/// - [`MarketNoAccess`] when the licence gives none,
/// - [`MarketUnreadable`] when it does not let its holder read the record.
///
/// # Events
///
/// [`AccessLogged`].
pub(crate) fn log(vm: &mut VM, id: &Uint, record: &B256, proof: Proof<'_>) -> Result<()> {
    let (holder, core) = require_access(vm, id)?;
    let asked = (&holder, &core.edition(), core.purpose);
    let Some(owner) = NEIGHBOURS.readable(vm, asked, (record, proof)) else {
        return Err(Revert::new::<MarketUnreadable>((id, record)));
    };
    let now = host::timestamp(vm);
    emit::<AccessLogged>(vm, (id, record, &owner), (&holder, core.purpose, now));
    Ok(())
}

/// Releases a key to a licence in use.
///
/// # Errors
///
/// - [`MarketInvalidKeyLength`] for an empty or a too long one,
/// - [`MarketNoAccess`] when the licence gives none.
///
/// # Events
///
/// [`KeyReleased`].
pub(crate) fn release(vm: &mut VM, id: &Uint, key: &[u8]) -> Result<()> {
    if !(1..=MAX_KEY_LEN).contains(&key.len()) {
        let [len, min, max] = [key.len(), 1, MAX_KEY_LEN].map(|len| len as u64);
        return Err(Revert::new::<MarketInvalidKeyLength>((len, min, max)));
    }
    let (holder, _) = require_access(vm, id)?;
    let public_key = LICENCES.public_key(vm, id);
    emit::<KeyReleased>(vm, (id, &holder), (&public_key, key));
    Ok(())
}

/// Returns who uses a licence that gives access, and what it is for.
fn require_access(vm: &VM, id: &Uint) -> Result<(Account, Core)> {
    let holder = LICENCES.holder(vm, id);
    let core = LICENCES.core(vm, id);
    let used = LICENCES.in_use(vm, &holder, &core.edition(), core.purpose);
    if id.is_zero() || used != *id || !lives(vm, &holder, &core) {
        return Err(Revert::new::<MarketNoAccess>((id, &holder)));
    }
    Ok((holder, core))
}

/// Returns whether a licence gives access to its holder, who uses it.
fn lives(vm: &VM, holder: &Account, core: &Core) -> bool {
    host::timestamp(vm) < core.end && STAKES.is_vetted(vm, holder)
}
