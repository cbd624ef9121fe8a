//! Memory operators. Linear memory lies reversed in EVM memory: address `a` at `K − a`, where `K`
//! is [`Layout::mirror`](crate::program::Layout), so that a little-endian value lies big-endian.

use wasmparser::MemArg;

use super::{Lowering, Width};
use crate::{
    error::Error,
    evm::opcode::Opcode,
    host::routine::Routine,
    ir::{Op, Value},
};

impl Lowering<'_> {
    fn address(&mut self) -> Result<Value, Error> {
        let address = self.pop()?;
        Ok(self.clean(Width::W32, address))
    }

    fn offset(memarg: MemArg) -> u32 {
        u32::try_from(memarg.offset).unwrap_or(u32::MAX)
    }

    /// `[⌊a⌋] → [the bytes at a + offset, zero-extended]`.
    pub(super) fn load(&mut self, memarg: MemArg, bytes: u8) -> Result<(), Error> {
        let address = self.address()?;
        let op = Op::Load { bytes, offset: Self::offset(memarg), dirty: false };
        let value = self.b.op(op, vec![address]);
        self.push(value);
        Ok(())
    }

    /// `[⌊a⌋] → [the bytes at a + offset, sign-extended]`.
    pub(super) fn load_signed(&mut self, memarg: MemArg, bytes: u8) -> Result<(), Error> {
        self.load(memarg, bytes)?;
        self.extend_signed(u64::from(bytes))
    }

    /// `[⌊a⌋ b] → []`.
    pub(super) fn store(&mut self, memarg: MemArg, bytes: u8) -> Result<(), Error> {
        let value = self.pop()?;
        let address = self.address()?;
        self.b.op(Op::Store { bytes, offset: Self::offset(memarg) }, vec![address, value]);
        Ok(())
    }

    /// `[] → [pages]`.
    pub(super) fn memory_size(&mut self) -> Result<(), Error> {
        let layout = self.context.layout;
        let pages = match layout.pages {
            Some(slot) => self.b.slot_load(slot),
            None => self.b.int(layout.memory.initial),
        };
        self.push(pages);
        Ok(())
    }

    /// `[⌊n⌋] → [pages before, or −1]`.
    pub(super) fn memory_grow(&mut self) -> Result<(), Error> {
        let pages = self.address()?;
        let before = self.routine(Routine::MemoryGrow, vec![pages])?;
        self.push(before);
        Ok(())
    }

    /// `[⌊to⌋ ⌊from⌋ ⌊n⌋] → []`: `MCOPY(K − to − n, K − from − n, n)`.
    pub(super) fn memory_copy(&mut self) -> Result<(), Error> {
        let length = self.address()?;
        let from = self.address()?;
        let to = self.address()?;
        let mirror = self.b.word(self.context.layout.mirror);
        let end = self.b.sub(mirror, length);
        let (to, from) = (self.b.sub(end, to), self.b.sub(end, from));
        self.b.evm(Opcode::MCOPY, [to, from, length]);
        Ok(())
    }

    /// `[⌊to⌋ byte ⌊n⌋] → []`. Zeros are copied from behind the call data.
    pub(super) fn memory_fill(&mut self) -> Result<(), Error> {
        let length = self.address()?;
        let byte = self.pop()?;
        let byte = self.b.low_bits(8, byte);
        let to = self.address()?;
        let mirror = self.b.word(self.context.layout.mirror);
        let end = self.b.sub(mirror, length);
        let to = self.b.sub(end, to);
        if self.b.function.constant(byte).is_some_and(|byte| byte.is_zero()) {
            let behind = self.b.evm(Opcode::CALLDATASIZE, []);
            self.b.evm(Opcode::CALLDATACOPY, [to, behind, length]);
        } else {
            let callee = self.context.routines.get(Routine::MemoryFill);
            self.b.call(callee, vec![to, byte, length], &[]);
        }
        Ok(())
    }
}
