//! Parametric operators: `select`. (`drop` emits nothing.)

use super::{Lowering, Width};
use crate::error::Error;

impl Lowering<'_> {
    /// `[a b c] → [if ⌊c⌋ ≠ 0 then a else b]`, without a jump: `a xor ((a xor b) · (⌊c⌋ = 0))`.
    pub(super) fn select(&mut self) -> Result<(), Error> {
        let condition = self.pop()?;
        let (a, b) = self.pop2()?;
        let condition = self.clean(Width::W32, condition);
        let unset = self.b.is_zero(condition);
        let difference = self.b.xor(a, b);
        let chosen = self.b.mul(difference, unset);
        let result = self.b.xor(a, chosen);
        self.push(result);
        Ok(())
    }
}
