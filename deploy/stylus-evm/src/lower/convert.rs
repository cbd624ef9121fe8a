//! Conversions between widths. (`i32.wrap_i64` emits nothing: words may be dirty.)

use super::{Lowering, Width};
use crate::{error::Error, evm::opcode::Opcode};

impl Lowering<'_> {
    /// `[a] → [⌊a⌋]`: `i64.extend_i32_u`.
    pub(super) fn extend_unsigned(&mut self) -> Result<(), Error> {
        let a = self.pop()?;
        let a = self.clean(Width::W32, a);
        self.push(a);
        Ok(())
    }

    /// `[a] → [±a]` from the low `bytes` bytes.
    pub(super) fn extend_signed(&mut self, bytes: u64) -> Result<(), Error> {
        let a = self.pop()?;
        let last = self.b.int(bytes - 1);
        let extended = self.b.evm(Opcode::SIGNEXTEND, [last, a]);
        self.push(extended);
        Ok(())
    }
}
