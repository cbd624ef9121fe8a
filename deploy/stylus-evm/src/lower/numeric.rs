//! Numeric operators: integer arithmetic, logic and comparisons of both widths.
//!
//! `⌊x⌋` is a clean operand, `±x` a sign-extended one, plain `x` a dirty one. Pictures show the
//! operand stack, its top to the right.

use alloy_primitives::U256;
use wasmparser::Operator;

use super::{Lowering, Width};
use crate::{error::Error, evm::opcode::Opcode, host::routine::Routine, ir::Value};

/// An integer operator, whatever its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numeric {
    Eqz,
    Clz,
    Ctz,
    Popcnt,
    Binary(Binary),
}

/// An integer operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Eq,
    Ne,
    LtS,
    LtU,
    GtS,
    GtU,
    LeS,
    LeU,
    GeS,
    GeU,
    Add,
    Sub,
    Mul,
    DivS,
    DivU,
    RemS,
    RemU,
    And,
    Or,
    Xor,
    Shl,
    ShrS,
    ShrU,
    Rotl,
    Rotr,
}

/// The integer operator and whether it is the 32-bit one.
#[rustfmt::skip]
pub(crate) const fn classify(operator: &Operator<'_>) -> Option<(Numeric, bool)> {
    use Binary as B;
    use Operator as O;
    use Numeric::Binary as Two;
    Some(match operator {
        O::I32Eqz => (Numeric::Eqz, true),        O::I64Eqz => (Numeric::Eqz, false),
        O::I32Clz => (Numeric::Clz, true),        O::I64Clz => (Numeric::Clz, false),
        O::I32Ctz => (Numeric::Ctz, true),        O::I64Ctz => (Numeric::Ctz, false),
        O::I32Popcnt => (Numeric::Popcnt, true),  O::I64Popcnt => (Numeric::Popcnt, false),
        O::I32Eq => (Two(B::Eq), true),           O::I64Eq => (Two(B::Eq), false),
        O::I32Ne => (Two(B::Ne), true),           O::I64Ne => (Two(B::Ne), false),
        O::I32LtS => (Two(B::LtS), true),         O::I64LtS => (Two(B::LtS), false),
        O::I32LtU => (Two(B::LtU), true),         O::I64LtU => (Two(B::LtU), false),
        O::I32GtS => (Two(B::GtS), true),         O::I64GtS => (Two(B::GtS), false),
        O::I32GtU => (Two(B::GtU), true),         O::I64GtU => (Two(B::GtU), false),
        O::I32LeS => (Two(B::LeS), true),         O::I64LeS => (Two(B::LeS), false),
        O::I32LeU => (Two(B::LeU), true),         O::I64LeU => (Two(B::LeU), false),
        O::I32GeS => (Two(B::GeS), true),         O::I64GeS => (Two(B::GeS), false),
        O::I32GeU => (Two(B::GeU), true),         O::I64GeU => (Two(B::GeU), false),
        O::I32Add => (Two(B::Add), true),         O::I64Add => (Two(B::Add), false),
        O::I32Sub => (Two(B::Sub), true),         O::I64Sub => (Two(B::Sub), false),
        O::I32Mul => (Two(B::Mul), true),         O::I64Mul => (Two(B::Mul), false),
        O::I32DivS => (Two(B::DivS), true),       O::I64DivS => (Two(B::DivS), false),
        O::I32DivU => (Two(B::DivU), true),       O::I64DivU => (Two(B::DivU), false),
        O::I32RemS => (Two(B::RemS), true),       O::I64RemS => (Two(B::RemS), false),
        O::I32RemU => (Two(B::RemU), true),       O::I64RemU => (Two(B::RemU), false),
        O::I32And => (Two(B::And), true),         O::I64And => (Two(B::And), false),
        O::I32Or => (Two(B::Or), true),           O::I64Or => (Two(B::Or), false),
        O::I32Xor => (Two(B::Xor), true),         O::I64Xor => (Two(B::Xor), false),
        O::I32Shl => (Two(B::Shl), true),         O::I64Shl => (Two(B::Shl), false),
        O::I32ShrS => (Two(B::ShrS), true),       O::I64ShrS => (Two(B::ShrS), false),
        O::I32ShrU => (Two(B::ShrU), true),       O::I64ShrU => (Two(B::ShrU), false),
        O::I32Rotl => (Two(B::Rotl), true),       O::I64Rotl => (Two(B::Rotl), false),
        O::I32Rotr => (Two(B::Rotr), true),       O::I64Rotr => (Two(B::Rotr), false),
        _ => return None,
    })
}

impl Lowering<'_> {
    /// Lowers an integer operator.
    pub(super) fn numeric(&mut self, operator: Numeric, width: Width) -> Result<(), Error> {
        let result = match operator {
            Numeric::Eqz => self.eqz(width)?,
            Numeric::Clz => self.clz(width)?,
            Numeric::Ctz => self.ctz(width)?,
            Numeric::Popcnt => self.popcnt(width)?,
            Numeric::Binary(operator) => {
                let (a, b) = self.pop2()?;
                self.binary(operator, width, a, b)
            }
        };
        self.push(result);
        Ok(())
    }

    /// `[a b] → [a operator b]`, one line each.
    fn binary(&mut self, operator: Binary, width: Width, a: Value, b: Value) -> Value {
        match operator {
            Binary::Eq => self.compare_clean(Opcode::EQ, width, a, b),
            Binary::Ne => self.negated(Self::compare_clean, Opcode::EQ, width, a, b),
            Binary::LtU => self.compare_clean(Opcode::LT, width, a, b),
            Binary::GtU => self.compare_clean(Opcode::GT, width, a, b),
            Binary::LeU => self.negated(Self::compare_clean, Opcode::GT, width, a, b),
            Binary::GeU => self.negated(Self::compare_clean, Opcode::LT, width, a, b),
            Binary::LtS => self.compare_signed(Opcode::SLT, width, a, b),
            Binary::GtS => self.compare_signed(Opcode::SGT, width, a, b),
            Binary::LeS => self.negated(Self::compare_signed, Opcode::SGT, width, a, b),
            Binary::GeS => self.negated(Self::compare_signed, Opcode::SLT, width, a, b),
            Binary::Add => self.add(width, a, b),
            Binary::Sub => self.sub(width, a, b),
            Binary::Mul => self.b.mul(a, b),
            Binary::And => self.b.and(a, b),
            Binary::Or => self.b.or(a, b),
            Binary::Xor => self.b.xor(a, b),
            Binary::DivU => self.divide(Opcode::DIV, width, a, b),
            Binary::RemU => self.divide(Opcode::MOD, width, a, b),
            Binary::DivS => self.divide_signed(width, a, b),
            Binary::RemS => self.remainder_signed(width, a, b),
            Binary::Shl => self.shl(width, a, b),
            Binary::ShrU => self.shr_unsigned(width, a, b),
            Binary::ShrS => self.shr_signed(width, a, b),
            Binary::Rotl => self.rotl(width, a, b),
            Binary::Rotr => self.rotr(width, a, b),
        }
    }

    /// `[a] → [⌊a⌋ = 0]`.
    fn eqz(&mut self, width: Width) -> Result<Value, Error> {
        let a = self.pop()?;
        let a = self.clean(width, a);
        Ok(self.b.is_zero(a))
    }

    /// `[a b] → [⌊a⌋ op ⌊b⌋]`.
    fn compare_clean(&mut self, op: Opcode, width: Width, a: Value, b: Value) -> Value {
        let (a, b) = (self.clean(width, a), self.clean(width, b));
        self.b.evm(op, [a, b])
    }

    /// `[a b] → [±a op ±b]`.
    fn compare_signed(&mut self, op: Opcode, width: Width, a: Value, b: Value) -> Value {
        let (a, b) = (self.signed(width, a), self.signed(width, b));
        self.b.evm(op, [a, b])
    }

    /// `[a b] → [not (a op b)]`.
    fn negated(
        &mut self,
        compare: fn(&mut Self, Opcode, Width, Value, Value) -> Value,
        op: Opcode,
        width: Width,
        a: Value,
        b: Value,
    ) -> Value {
        let opposite = compare(self, op, width, a, b);
        self.b.is_zero(opposite)
    }

    /// `[a b] → [a + b]`; a negative constant is subtracted, which is shorter code.
    fn add(&mut self, width: Width, a: Value, b: Value) -> Value {
        match self.magnitude(width, b) {
            Some(magnitude) => self.b.sub(a, magnitude),
            None => self.b.add(a, b),
        }
    }

    /// `[a b] → [a − b]`; a negative constant is added.
    fn sub(&mut self, width: Width, a: Value, b: Value) -> Value {
        match self.magnitude(width, b) {
            Some(magnitude) => self.b.add(a, magnitude),
            None => self.b.sub(a, b),
        }
    }

    /// The magnitude of a negative constant.
    fn magnitude(&mut self, width: Width, value: Value) -> Option<Value> {
        let half = U256::ONE << (width.bits() - 1);
        let word = self.b.function.constant(value).filter(|word| *word >= half)?;
        Some(self.b.word((U256::ONE << width.bits()).wrapping_sub(word)))
    }

    /// `[a b] → [⌊a⌋ op ⌊b⌋]`; traps if `⌊b⌋ = 0`.
    fn divide(&mut self, op: Opcode, width: Width, a: Value, b: Value) -> Value {
        let (a, b) = (self.clean(width, a), self.clean(width, b));
        let by_zero = self.b.is_zero(b);
        self.b.trap_if(by_zero);
        self.b.evm(op, [a, b])
    }

    /// `[a b] → [±a ÷ ±b]`; traps if `±b = 0` or the result is 2^(width − 1), the one quotient
    /// that has no place in the width.
    fn divide_signed(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (a, b) = (self.signed(width, a), self.signed(width, b));
        let by_zero = self.b.is_zero(b);
        self.b.trap_if(by_zero);
        let quotient = self.b.evm(Opcode::SDIV, [a, b]);
        let limit = self.b.word(U256::ONE << (width.bits() - 1));
        let overflow = self.b.evm(Opcode::EQ, [quotient, limit]);
        self.b.trap_if(overflow);
        quotient
    }

    /// `[a b] → [±a rem ±b]`, with the sign of `a`; traps if `±b = 0`.
    fn remainder_signed(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (a, b) = (self.signed(width, a), self.signed(width, b));
        let by_zero = self.b.is_zero(b);
        self.b.trap_if(by_zero);
        self.b.evm(Opcode::SMOD, [a, b])
    }

    /// The number of bits to shift by: `b mod width`.
    fn distance(&mut self, width: Width, b: Value) -> Value {
        let mask = self.b.int(width.bits() - 1);
        self.b.and(mask, b)
    }

    /// `[a b] → [a << (b mod width)]`.
    fn shl(&mut self, width: Width, a: Value, b: Value) -> Value {
        let distance = self.distance(width, b);
        self.b.evm(Opcode::SHL, [distance, a])
    }

    /// `[a b] → [⌊a⌋ >> (b mod width)]`.
    fn shr_unsigned(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (distance, a) = (self.distance(width, b), self.clean(width, a));
        self.b.evm(Opcode::SHR, [distance, a])
    }

    /// `[a b] → [±a >> (b mod width)]`.
    fn shr_signed(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (distance, a) = (self.distance(width, b), self.signed(width, a));
        self.b.evm(Opcode::SAR, [distance, a])
    }

    /// The operand twice, side by side: `⌊a⌋ · (2^width + 1)`.
    fn twice(&mut self, width: Width, a: Value) -> Value {
        let a = self.clean(width, a);
        let factor = self.b.word((U256::ONE << width.bits()) + U256::ONE);
        self.b.mul(a, factor)
    }

    /// `[a b] → [(⌊a⌋⌊a⌋ << (b mod width)) >> width]`.
    fn rotl(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (distance, twice) = (self.distance(width, b), self.twice(width, a));
        let shifted = self.b.evm(Opcode::SHL, [distance, twice]);
        self.b.shr(width.bits(), shifted)
    }

    /// `[a b] → [⌊a⌋⌊a⌋ >> (b mod width)]`.
    fn rotr(&mut self, width: Width, a: Value, b: Value) -> Value {
        let (distance, twice) = (self.distance(width, b), self.twice(width, a));
        self.b.evm(Opcode::SHR, [distance, twice])
    }

    /// `[a] → [leading zeros of ⌊a⌋]`.
    fn clz(&mut self, width: Width) -> Result<Value, Error> {
        let a = self.pop()?;
        let a = self.clean(width, a);
        let length = self.routine(Routine::BitLength, vec![a])?;
        let bits = self.b.int(width.bits());
        Ok(self.b.sub(bits, length))
    }

    /// `[a] → [trailing zeros of ⌊a⌋]`: the bit length of what lies below the lowest set bit,
    /// `a and not −a` restricted to the width... which is `(a − 1) and not a`.
    fn ctz(&mut self, width: Width) -> Result<Value, Error> {
        let a = self.pop()?;
        let one = self.b.int(1);
        let (less, not) = (self.b.sub(a, one), self.b.evm(Opcode::NOT, [a]));
        let below = self.b.and(less, not);
        let below = self.clean(width, below);
        self.routine(Routine::BitLength, vec![below])
    }

    /// `[a] → [number of set bits of ⌊a⌋]`.
    fn popcnt(&mut self, width: Width) -> Result<Value, Error> {
        let a = self.pop()?;
        let a = self.clean(width, a);
        self.routine(Routine::PopCount, vec![a])
    }

    /// Calls a routine that has one result.
    pub(super) fn routine(&mut self, routine: Routine, args: Vec<Value>) -> Result<Value, Error> {
        let callee = self.context.routines.get(routine);
        let results = self.b.call(callee, args, &[32]);
        results.first().copied().ok_or_else(|| Error::internal("a routine without a result"))
    }
}
