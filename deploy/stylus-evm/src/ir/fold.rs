//! Arithmetic at compile time: what an operation gives when operands are known.

use alloy_primitives::U256;

use super::{Function, Op, Value};
use crate::evm::opcode::Opcode;

/// A value that is simpler than the operation asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Simpler {
    /// A value that exists.
    Known(Value),
    /// Another operation.
    Operation(Op, Vec<Value>),
    /// A constant.
    Word(U256),
}

/// Looks for something simpler than `op` on `args`.
pub(crate) fn simplify(function: &Function, op: &Op, args: &[Value]) -> Option<Simpler> {
    match op {
        Op::Evm(op) => simplify_opcode(function, *op, args),
        Op::Bswap => {
            if let Some(word) = function.constant(args[0]) {
                let mut bytes = word.to_be_bytes::<32>();
                bytes.reverse();
                return Some(Simpler::Word(U256::from_be_bytes(bytes)));
            }
            let inner = function.def(args[0]);
            (inner.op == Op::Bswap).then(|| Simpler::Known(inner.args[0]))
        }
        _ => None,
    }
}

fn simplify_opcode(function: &Function, op: Opcode, args: &[Value]) -> Option<Simpler> {
    let words: Vec<_> = args.iter().map(|&arg| function.constant(arg)).collect();
    if let [Some(a)] = words[..] {
        return unary(op, a).map(Simpler::Word);
    }
    if let [Some(a), Some(b)] = words[..] {
        return binary(op, a, b).map(Simpler::Word);
    }
    if args.len() == 2 {
        return identity(op, args, words[0], words[1]).or_else(|| reassociate(function, op, args));
    }
    None
}

/// Gives `op` of one known word.
fn unary(op: Opcode, a: U256) -> Option<U256> {
    match op {
        Opcode::ISZERO => Some(flag(a.is_zero())),
        Opcode::NOT => Some(!a),
        _ => None,
    }
}

/// Gives `op` of two known words, the first the top of the stack.
pub(crate) fn binary(op: Opcode, a: U256, b: U256) -> Option<U256> {
    Some(match op {
        Opcode::ADD => a.wrapping_add(b),
        Opcode::MUL => a.wrapping_mul(b),
        Opcode::SUB => a.wrapping_sub(b),
        Opcode::DIV => a.checked_div(b).unwrap_or_default(),
        Opcode::MOD => a.checked_rem(b).unwrap_or_default(),
        Opcode::LT => flag(a < b),
        Opcode::GT => flag(a > b),
        Opcode::SLT => flag(
            is_negative(a) != is_negative(b) && is_negative(a)
                || is_negative(a) == is_negative(b) && a < b,
        ),
        Opcode::SGT => return binary(Opcode::SLT, b, a),
        Opcode::EQ => flag(a == b),
        Opcode::AND => a & b,
        Opcode::OR => a | b,
        Opcode::XOR => a ^ b,
        Opcode::BYTE => usize::try_from(a)
            .ok()
            .filter(|i| *i < 32)
            .map_or(U256::ZERO, |i| U256::from(b.byte(31 - i))),
        Opcode::SHL => {
            usize::try_from(a).map_or(U256::ZERO, |n| if n < 256 { b << n } else { U256::ZERO })
        }
        Opcode::SHR => {
            usize::try_from(a).map_or(U256::ZERO, |n| if n < 256 { b >> n } else { U256::ZERO })
        }
        Opcode::SAR => b.arithmetic_shr(usize::try_from(a).map_or(256, |n| n.min(256))),
        Opcode::SIGNEXTEND => sign_extend(a, b),
        _ => return None,
    })
}

/// Extends the sign of the low `byte + 1` bytes.
pub(crate) fn sign_extend(byte: U256, value: U256) -> U256 {
    let Some(byte) = usize::try_from(byte).ok().filter(|byte| *byte < 31) else { return value };
    let unused = 256 - 8 * (byte + 1);
    (value << unused).arithmetic_shr(unused)
}

const fn is_negative(a: U256) -> bool {
    a.bit(255)
}

fn flag(condition: bool) -> U256 {
    U256::from(u8::from(condition))
}

/// A binary operation of which one operand is neutral or absorbing.
fn identity(op: Opcode, args: &[Value], a: Option<U256>, b: Option<U256>) -> Option<Simpler> {
    let (zero, one) = (Some(U256::ZERO), Some(U256::ONE));
    let first = Some(Simpler::Known(args[0]));
    let second = Some(Simpler::Known(args[1]));
    let nothing = Some(Simpler::Word(U256::ZERO));
    if args[0] == args[1] {
        return match op {
            Opcode::SUB | Opcode::XOR | Opcode::LT | Opcode::GT | Opcode::SLT | Opcode::SGT => {
                nothing
            }
            Opcode::AND | Opcode::OR => first,
            Opcode::EQ => Some(Simpler::Word(U256::ONE)),
            _ => None,
        };
    }
    match op {
        Opcode::ADD | Opcode::OR | Opcode::XOR if a == zero => second,
        Opcode::ADD | Opcode::OR | Opcode::XOR | Opcode::SUB if b == zero => first,
        Opcode::SHL | Opcode::SHR | Opcode::SAR if a == zero => second,
        Opcode::SHL | Opcode::SHR if b == zero => nothing,
        Opcode::MUL | Opcode::AND if a == zero || b == zero => nothing,
        Opcode::MUL if a == one => second,
        Opcode::MUL | Opcode::DIV if b == one => first,
        Opcode::AND if a == Some(U256::MAX) => second,
        Opcode::AND if b == Some(U256::MAX) => first,
        Opcode::XOR if a == Some(U256::MAX) => {
            Some(Simpler::Operation(Op::Evm(Opcode::NOT), vec![args[1]]))
        }
        Opcode::XOR if b == Some(U256::MAX) => {
            Some(Simpler::Operation(Op::Evm(Opcode::NOT), vec![args[0]]))
        }
        Opcode::EQ if a == zero => Some(Simpler::Operation(Op::Evm(Opcode::ISZERO), vec![args[1]])),
        Opcode::EQ if b == zero => Some(Simpler::Operation(Op::Evm(Opcode::ISZERO), vec![args[0]])),
        // Nothing is below zero; everything but zero is above.
        Opcode::LT if b == zero => nothing,
        Opcode::GT if a == zero => nothing,
        Opcode::LT if b == one => Some(Simpler::Operation(Op::Evm(Opcode::ISZERO), vec![args[0]])),
        _ => None,
    }
}

/// `(x op c) op d` with constants `c` and `d`. Constants that are made here have no block: they
/// are given by [`Simpler::Operation`] only through values that exist.
fn reassociate(function: &Function, op: Opcode, args: &[Value]) -> Option<Simpler> {
    // `x & c & d` with `c ⊆ d` is `x & c`.
    if op != Opcode::AND {
        return None;
    }
    for (mask, other) in [(args[0], args[1]), (args[1], args[0])] {
        let (Some(mask), inner) = (function.constant(mask), function.def(other)) else { continue };
        if inner.op != Op::Evm(Opcode::AND) {
            continue;
        }
        let inside = inner.args.iter().find_map(|&arg| function.constant(arg));
        if inside.is_some_and(|inside| inside & mask == inside) {
            return Some(Simpler::Known(other));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(value: i64) -> U256 {
        sign_extend(U256::from(7), U256::from(value.cast_unsigned()))
    }

    #[test]
    fn signed_comparison_follows_the_sign() {
        assert_eq!(binary(Opcode::SLT, word(-1), word(1)), Some(U256::ONE));
        assert_eq!(binary(Opcode::SLT, word(1), word(-1)), Some(U256::ZERO));
        assert_eq!(binary(Opcode::SLT, word(-2), word(-1)), Some(U256::ONE));
        assert_eq!(binary(Opcode::SGT, word(2), word(1)), Some(U256::ONE));
    }

    #[test]
    fn bytes_are_counted_from_the_top() {
        let word = U256::from_be_bytes::<32>(std::array::from_fn(|i| u8::try_from(i).unwrap()));
        assert_eq!(binary(Opcode::BYTE, U256::from(31), word), Some(U256::from(31)));
        assert_eq!(binary(Opcode::BYTE, U256::from(32), word), Some(U256::ZERO));
    }

    #[test]
    fn arithmetic_shift_keeps_the_sign() {
        assert_eq!(binary(Opcode::SAR, U256::from(300), word(-5)), Some(U256::MAX));
        assert_eq!(binary(Opcode::SAR, U256::from(1), word(-4)), Some(word(-2)));
    }
}
