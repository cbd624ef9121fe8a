//! The target: the EVM's opcode table, an assembler for it and a disassembler.

pub(crate) mod asm;
pub(crate) mod disasm;
pub mod opcode;
