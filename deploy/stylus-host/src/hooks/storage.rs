//! Decides the host functions of storage: a cache over the chain's slots, and transient slots.

use alloy_primitives::{Address, B256};

use super::Hook;
use crate::{
    chain::Chain,
    frame::{CachedSlot, Escape},
    prices::{
        CACHE_REQUIRED_GAS, COLD_SLOAD_GAS, EVM_API_INK, HOSTIO_INK, PTR_INK, SSTORE_CLEAR_REFUND,
        SSTORE_RESET_GAS, SSTORE_SENTRY_GAS, SSTORE_SET_GAS, TRANSIENT_GAS, WARM_ACCESS_GAS,
        cache_read_gas, cache_write_gas,
    },
    units::Gas,
};

impl Hook<'_> {
    /// Reads a slot, from the cache if it is there.
    pub(super) fn storage_load_bytes32(&mut self, key: u32, dest: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 2)?;
        let api_gas = EVM_API_INK.to_gas();
        self.require_gas(COLD_SLOAD_GAS + CACHE_REQUIRED_GAS + api_gas)?;
        let key = B256::from(self.read_array(key)?);
        let address = self.message().target;
        let env = self.env();
        env.frame.cache.reads += 1;
        let mut gas = cache_read_gas(env.frame.cache.reads);
        let mut api = Gas(0);
        let value = match env.frame.cache.slots.get(&key) {
            Some(slot) => slot.value,
            None => {
                gas += load_gas(&mut env.chain, address, key);
                api = api_gas;
                let value = env.chain.state.storage(address, key);
                env.frame.cache.slots.insert(key, CachedSlot { value, known: Some(value) });
                env.frame.cache.order.push(key);
                value
            }
        };
        self.buy_gas(gas)?;
        self.spend_gas(api)?;
        self.write(dest, value.as_slice())
    }

    /// Writes a slot in the cache.
    pub(super) fn storage_cache_bytes32(&mut self, key: u32, value: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 2)?;
        self.require_gas(SSTORE_SENTRY_GAS + CACHE_REQUIRED_GAS)?;
        let key = B256::from(self.read_array(key)?);
        let value = B256::from(self.read_array(value)?);
        let cache = &mut self.env().frame.cache;
        cache.writes += 1;
        let gas = cache_write_gas(cache.writes);
        match cache.slots.get_mut(&key) {
            Some(slot) => slot.value = value,
            None => {
                cache.slots.insert(key, CachedSlot { value, known: None });
                cache.order.push(key);
            }
        }
        self.buy_gas(gas)
    }

    /// Writes the cache's dirty slots to the chain, and empties it if `clear` is not 0.
    pub(super) fn storage_flush_cache(&mut self, clear: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + EVM_API_INK)?;
        self.require_gas(SSTORE_SENTRY_GAS)?;
        let budget = self.gas_left();
        let (address, read_only) = (self.message().target, self.message().read_only);
        let env = self.env();
        let mut dirty = Vec::new();
        for key in &env.frame.cache.order {
            if let Some(slot) = env.frame.cache.slots.get_mut(key)
                && slot.is_dirty()
            {
                slot.known = Some(slot.value);
                dirty.push((*key, slot.value));
            }
        }
        if clear != 0 {
            env.frame.cache.slots.clear();
            env.frame.cache.order.clear();
        }
        if dirty.is_empty() {
            return Ok(());
        }
        if read_only {
            return Err(Escape::WriteProtection);
        }
        let mut left = budget;
        for (key, value) in dirty {
            let cost = store_gas(&mut env.chain, address, key, value);
            left = left.pay(cost).ok_or(Escape::OutOfInk)?;
            env.chain.state.set_storage(address, key, value);
        }
        if left == Gas(0) {
            return Err(Escape::OutOfInk);
        }
        self.buy_gas(budget - left)
    }

    /// Reads a transient slot.
    pub(super) fn transient_load_bytes32(&mut self, key: u32, dest: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 2 + EVM_API_INK)?;
        self.buy_gas(TRANSIENT_GAS)?;
        let key = B256::from(self.read_array(key)?);
        let address = self.message().target;
        let value = self.env().chain.state.transient(address, key);
        self.write(dest, value.as_slice())
    }

    /// Writes a transient slot, at once.
    pub(super) fn transient_store_bytes32(&mut self, key: u32, value: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 2 + EVM_API_INK)?;
        self.buy_gas(TRANSIENT_GAS)?;
        let key = B256::from(self.read_array(key)?);
        let value = B256::from(self.read_array(value)?);
        if self.message().read_only {
            return Err(Escape::WriteProtection);
        }
        let address = self.message().target;
        self.env().chain.state.set_transient(address, key, value);
        Ok(())
    }
}

/// Touches a slot and returns the gas of reading it (EIP-2929).
fn load_gas(chain: &mut Chain, address: Address, key: B256) -> Gas {
    if chain.state.warm_slot(address, key) { COLD_SLOAD_GAS } else { WARM_ACCESS_GAS }
}

/// Touches a slot and returns the gas of writing it (EIP-2200, EIP-2929, EIP-3529), counting its
/// refund.
fn store_gas(chain: &mut Chain, address: Address, key: B256, value: B256) -> Gas {
    let state = &mut chain.state;
    let touch = if state.warm_slot(address, key) { COLD_SLOAD_GAS } else { Gas(0) };
    let current = state.storage(address, key);
    if current == value {
        return touch + WARM_ACCESS_GAS;
    }
    let original = state.committed_storage(address, key);
    let clear_refund = SSTORE_CLEAR_REFUND.cast_signed();
    if original == current {
        if original.is_zero() {
            return touch + SSTORE_SET_GAS;
        }
        if value.is_zero() {
            state.add_refund(clear_refund);
        }
        return touch + SSTORE_RESET_GAS;
    }
    if !original.is_zero() {
        if current.is_zero() {
            state.add_refund(-clear_refund);
        } else if value.is_zero() {
            state.add_refund(clear_refund);
        }
    }
    if original == value {
        let set = if original.is_zero() { SSTORE_SET_GAS } else { SSTORE_RESET_GAS };
        state.add_refund((set - WARM_ACCESS_GAS).0.cast_signed());
    }
    touch + WARM_ACCESS_GAS
}
