//! Decides the host functions of 256-bit arithmetic, each writing over its first operand.

use alloy_primitives::U256;

use super::Hook;
use crate::{
    frame::Escape,
    prices::{ADD_MOD_INK, DIV_INK, HOSTIO_INK, MUL_MOD_INK, PTR_INK, pow_ink},
};

impl Hook<'_> {
    /// `value / divisor`, 0 for a zero divisor.
    pub(super) fn math_div(&mut self, value: u32, divisor: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 3 + DIV_INK)?;
        let (a, b) = (self.operand(value)?, self.operand(divisor)?);
        self.write_word(value, a.checked_div(b).unwrap_or_default())
    }

    /// `value % modulus`, 0 for a zero modulus.
    pub(super) fn math_mod(&mut self, value: u32, modulus: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 3 + DIV_INK)?;
        let (a, b) = (self.operand(value)?, self.operand(modulus)?);
        self.write_word(value, a.checked_rem(b).unwrap_or_default())
    }

    /// `value ^ exponent`, modulo 2^256.
    pub(super) fn math_pow(&mut self, value: u32, exponent: u32) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 3)?;
        let (a, b) = (self.operand(value)?, self.operand(exponent)?);
        self.buy_ink(pow_ink(&b.to_be_bytes()))?;
        self.write_word(value, a.wrapping_pow(b))
    }

    /// `(value + addend) % modulus` without overflow, 0 for a zero modulus.
    pub(super) fn math_add_mod(
        &mut self,
        value: u32,
        addend: u32,
        modulus: u32,
    ) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 4 + ADD_MOD_INK)?;
        let (a, b) = (self.operand(value)?, self.operand(addend)?);
        let modulus = self.operand(modulus)?;
        self.write_word(value, a.add_mod(b, modulus))
    }

    /// `(value * multiplier) % modulus` without overflow, 0 for a zero modulus.
    pub(super) fn math_mul_mod(
        &mut self,
        value: u32,
        multiplier: u32,
        modulus: u32,
    ) -> Result<(), Escape> {
        self.buy_ink(HOSTIO_INK + PTR_INK * 4 + MUL_MOD_INK)?;
        let (a, b) = (self.operand(value)?, self.operand(multiplier)?);
        let modulus = self.operand(modulus)?;
        self.write_word(value, a.mul_mod(b, modulus))
    }

    fn operand(&self, ptr: u32) -> Result<U256, Escape> {
        Ok(U256::from_be_bytes(self.read_array::<32>(ptr)?))
    }

    fn write_word(&mut self, ptr: u32, value: U256) -> Result<(), Escape> {
        self.write(ptr, &value.to_be_bytes::<32>())
    }
}
