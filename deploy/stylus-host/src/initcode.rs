//! Decides the initcode that the host can run: straight code that copies its tail and returns it,
//! as every deployment of a program is. What computes more is not run at all.

use alloy_primitives::{Bytes, U256};

use crate::units::Gas;

/// Bytes of memory that initcode may use here.
const MAX_MEMORY: usize = 1 << 20;

/// How initcode ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    Return(Bytes),
    Revert(Bytes),
}

/// Runs initcode and returns how it ended and the gas of its steps, copies and memory, or `None`
/// if it does what this host leaves out.
pub(crate) fn run(code: &[u8]) -> Option<(Halt, Gas)> {
    let mut stack: Vec<U256> = Vec::new();
    let mut memory: Vec<u8> = Vec::new();
    let mut gas = 0;
    let mut pc = 0;
    loop {
        let op = code.get(pc).copied().unwrap_or(STOP);
        pc += 1;
        match op {
            STOP => return Some((Halt::Return(Bytes::new()), Gas(gas))),
            CODECOPY => {
                let (to, from, len) = (pop(&mut stack)?, pop(&mut stack)?, pop(&mut stack)?);
                let place = touch(&mut memory, to, len)?;
                for (index, byte) in place.iter_mut().enumerate() {
                    *byte = code.get(from.saturating_add(index)).copied().unwrap_or(0);
                }
                gas += 3 + 3 * len.div_ceil(32) as u64;
            }
            MSTORE => {
                let to = pop(&mut stack)?;
                let word = stack.pop()?.to_be_bytes::<32>();
                touch(&mut memory, to, 32)?.copy_from_slice(&word);
                gas += 3;
            }
            // Nothing was called, so nothing was returned.
            RETURNDATASIZE => {
                stack.push(U256::ZERO);
                gas += 2;
            }
            CODESIZE => {
                stack.push(U256::from(code.len()));
                gas += 2;
            }
            SUB => {
                let (a, b) = (stack.pop()?, stack.pop()?);
                stack.push(a.wrapping_sub(b));
                gas += 3;
            }
            PUSH0..=PUSH32 => {
                let len = usize::from(op - PUSH0);
                let immediate = code.get(pc..pc + len)?;
                stack.push(U256::from_be_slice(immediate));
                pc += len;
                gas += if len == 0 { 2 } else { 3 };
            }
            DUP1..=DUP16 => {
                let depth = usize::from(op - DUP1) + 1;
                stack.push(*stack.get(stack.len().checked_sub(depth)?)?);
                gas += 3;
            }
            RETURN | REVERT => {
                let (from, len) = (pop(&mut stack)?, pop(&mut stack)?);
                let output = Bytes::copy_from_slice(touch(&mut memory, from, len)?);
                let words = memory.len() as u64 / 32;
                gas += 3 * words + words * words / 512;
                let halt = if op == RETURN { Halt::Return(output) } else { Halt::Revert(output) };
                return Some((halt, Gas(gas)));
            }
            _ => return None,
        }
    }
}

const STOP: u8 = 0x00;
const SUB: u8 = 0x03;
const CODESIZE: u8 = 0x38;
const CODECOPY: u8 = 0x39;
const RETURNDATASIZE: u8 = 0x3d;
const MSTORE: u8 = 0x52;
const PUSH0: u8 = 0x5f;
const PUSH32: u8 = 0x7f;
const DUP1: u8 = 0x80;
const DUP16: u8 = 0x8f;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;

/// Pops a position or a length.
fn pop(stack: &mut Vec<U256>) -> Option<usize> {
    usize::try_from(stack.pop()?).ok().filter(|value| *value <= MAX_MEMORY)
}

/// Returns memory, grown by whole words to reach it.
fn touch(memory: &mut Vec<u8>, at: usize, len: usize) -> Option<&mut [u8]> {
    if len > 0 {
        let end = at.checked_add(len)?.next_multiple_of(32);
        if memory.len() < end {
            memory.resize(end, 0);
        }
    }
    let at = if len == 0 { 0 } else { at };
    memory.get_mut(at..at + len)
}
