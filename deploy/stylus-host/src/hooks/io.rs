//! Decides the host functions of input, output, hashing and memory.

use alloy_primitives::keccak256;

use super::{Hook, len_u32};
use crate::{
    frame::Escape,
    prices::{HOSTIO_INK, keccak_ink, memory_gas, read_ink, write_ink},
};

impl Hook<'_> {
    /// Copies the calldata to `dest`.
    pub(super) fn read_args(&mut self, dest: u32) -> Result<(), Escape> {
        let input = self.message().input.clone();
        self.buy_ink(HOSTIO_INK)?;
        self.buy_ink(write_ink(len_u32(&input)))?;
        self.write(dest, &input)
    }

    /// Sets what the program returns or reverts with; the last one counts.
    pub(super) fn write_result(&mut self, data: u32, len: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK)?;
        self.buy_ink(read_ink(len))?;
        self.buy_ink(read_ink(len))?;
        let outs = self.read(data, len as usize)?;
        self.env().frame.outs = outs;
        Ok(())
    }

    /// Ends the program at once, reverting unless `status` is 0.
    #[allow(clippy::unused_self, reason = "every host function is a method")]
    pub(super) const fn exit_early(&self, status: u32) -> Result<(), Escape> {
        Err(Escape::Exit(status))
    }

    /// Writes the keccak hash of `len` bytes to `output`.
    pub(super) fn native_keccak256(
        &mut self,
        bytes: u32,
        len: u32,
        output: u32,
    ) -> Result<(), Escape> {
        self.buy_ink(keccak_ink(len))?;
        let digest = keccak256(self.read(bytes, len as usize)?);
        self.write(output, digest.as_slice())
    }

    /// Pays for pages; the program calls it with zero so as to import it, and the meter before
    /// each `memory.grow`. Pages are counted modulo 2^16, whether or not the growth succeeds.
    pub(super) fn pay_for_memory_grow(&mut self, pages: u32) -> Result<(), Escape> {
        let pages = (pages & 0xffff) as u16;
        if pages == 0 {
            return self.buy_ink(HOSTIO_INK);
        }
        let chain = &mut self.env().chain;
        let gas = memory_gas(pages, chain.pages_open, chain.pages_ever);
        chain.open_pages(pages);
        self.spend_gas(gas)?;
        self.env().chain.report.memory += gas;
        Ok(())
    }
}
