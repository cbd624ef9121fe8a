//! Decides the host functions that tell of the block, the transaction and the message.

use super::Hook;
use crate::{
    frame::Escape,
    prices::{HOSTIO_INK, INK_PER_GAS, PTR_INK},
};

impl Hook<'_> {
    /// Writes the base fee in wei.
    pub(super) fn block_basefee(&mut self, dest: u32) -> Result<(), Escape> {
        let word = self.env().chain.block.basefee.to_be_bytes::<32>();
        self.tell(dest, &word)
    }

    /// Writes who gets the fees.
    pub(super) fn block_coinbase(&mut self, dest: u32) -> Result<(), Escape> {
        let coinbase = self.env().chain.block.coinbase;
        self.tell(dest, coinbase.as_slice())
    }

    /// Returns the block's gas limit.
    pub(super) fn block_gas_limit(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.env().chain.block.gas_limit)
    }

    /// Returns the block's number.
    pub(super) fn block_number(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.env().chain.block.number)
    }

    /// Returns the block's time in seconds.
    pub(super) fn block_timestamp(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.env().chain.block.timestamp)
    }

    /// Returns the chain's id.
    pub(super) fn chainid(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.env().chain.chain_id)
    }

    /// Writes the address whose storage the program acts on.
    pub(super) fn contract_address(&mut self, dest: u32) -> Result<(), Escape> {
        let address = self.message().target;
        self.tell(dest, address.as_slice())
    }

    /// Returns 1 while another call of this account's own is under way.
    pub(super) fn msg_reentrant(&mut self) -> Result<u32, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        let address = self.message().target;
        Ok(u32::from(self.env().chain.is_reentrant(address)))
    }

    /// Writes who called.
    pub(super) fn msg_sender(&mut self, dest: u32) -> Result<(), Escape> {
        let caller = self.message().caller;
        self.tell(dest, caller.as_slice())
    }

    /// Writes the value sent.
    pub(super) fn msg_value(&mut self, dest: u32) -> Result<(), Escape> {
        let word = self.message().value.to_be_bytes::<32>();
        self.tell(dest, &word)
    }

    /// Writes the transaction's gas price in wei.
    pub(super) fn tx_gas_price(&mut self, dest: u32) -> Result<(), Escape> {
        let word = self.env().chain.gas_price.to_be_bytes::<32>();
        self.tell(dest, &word)
    }

    /// Returns the ink that one gas buys.
    pub(super) fn tx_ink_price(&mut self) -> Result<u32, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(u32::try_from(INK_PER_GAS).unwrap_or(u32::MAX))
    }

    /// Writes who sent the transaction.
    pub(super) fn tx_origin(&mut self, dest: u32) -> Result<(), Escape> {
        let origin = self.env().chain.origin;
        self.tell(dest, origin.as_slice())
    }

    /// Returns the gas left after paying for this.
    pub(super) fn evm_gas_left(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.gas_left().0)
    }

    /// Returns the ink left after paying for this.
    pub(super) fn evm_ink_left(&mut self) -> Result<u64, Escape> {
        self.buy_ink(HOSTIO_INK)?;
        Ok(self.ink_left().0)
    }

    fn tell(&mut self, dest: u32, bytes: &[u8]) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK)?;
        self.write(dest, bytes)
    }
}
