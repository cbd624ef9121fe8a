//! The EVM's instruction set as one table: code, mnemonic, stack effect and side effects.
//!
//! Everything that must know an opcode derives it from here: the assembler, the disassembler, the
//! scheduler (what may be moved past what) and the constants below. To add an opcode, add its row
//! to `opcodes!` in the order of the codes; a compile-time check holds the order.

use std::fmt;

/// How an instruction touches the world, as far as the order of instructions is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Depends on its operands and on what is constant during one call frame.
    Pure,
    /// Reads memory: may move, but not past a write to memory.
    ReadsMemory,
    /// Writes memory: keeps its place among all instructions that are not pure.
    WritesMemory,
    /// Reads or writes state, or reads memory for good: keeps its place.
    Ordered,
    /// Ends the call frame.
    Terminal,
    /// Moves control or rearranges the stack: the code generator's own.
    Control,
}

/// One row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The byte.
    pub code: u8,
    /// The mnemonic of the Yellow Paper (or of the EIP that added it).
    pub name: &'static str,
    /// Operands taken from the stack.
    pub pops: u8,
    /// Results left on the stack.
    pub pushes: u8,
    /// What it touches.
    pub effect: Effect,
}

/// An EVM opcode.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opcode(u8);

macro_rules! opcodes {
    ($($code:literal $name:ident $pops:literal $pushes:literal $effect:ident;)*) => {
        #[allow(missing_docs, reason = "the names are the mnemonics")]
        impl Opcode {
            $(pub const $name: Self = Self($code);)*
        }

        /// All opcodes that are not a member of the `PUSHn`, `DUPn` and `SWAPn` families.
        pub const TABLE: &[Info] = &[
            $(Info { code: $code, name: stringify!($name), pops: $pops, pushes: $pushes, effect: Effect::$effect },)*
        ];
    };
}

opcodes! {
    0x00 STOP 0 0 Terminal;
    0x01 ADD 2 1 Pure;
    0x02 MUL 2 1 Pure;
    0x03 SUB 2 1 Pure;
    0x04 DIV 2 1 Pure;
    0x05 SDIV 2 1 Pure;
    0x06 MOD 2 1 Pure;
    0x07 SMOD 2 1 Pure;
    0x08 ADDMOD 3 1 Pure;
    0x09 MULMOD 3 1 Pure;
    0x0a EXP 2 1 Pure;
    0x0b SIGNEXTEND 2 1 Pure;
    0x10 LT 2 1 Pure;
    0x11 GT 2 1 Pure;
    0x12 SLT 2 1 Pure;
    0x13 SGT 2 1 Pure;
    0x14 EQ 2 1 Pure;
    0x15 ISZERO 1 1 Pure;
    0x16 AND 2 1 Pure;
    0x17 OR 2 1 Pure;
    0x18 XOR 2 1 Pure;
    0x19 NOT 1 1 Pure;
    0x1a BYTE 2 1 Pure;
    0x1b SHL 2 1 Pure;
    0x1c SHR 2 1 Pure;
    0x1d SAR 2 1 Pure;
    0x20 KECCAK256 2 1 Ordered;
    0x30 ADDRESS 0 1 Pure;
    0x31 BALANCE 1 1 Ordered;
    0x32 ORIGIN 0 1 Pure;
    0x33 CALLER 0 1 Pure;
    0x34 CALLVALUE 0 1 Pure;
    0x35 CALLDATALOAD 1 1 Pure;
    0x36 CALLDATASIZE 0 1 Pure;
    0x37 CALLDATACOPY 3 0 WritesMemory;
    0x38 CODESIZE 0 1 Pure;
    0x39 CODECOPY 3 0 WritesMemory;
    0x3a GASPRICE 0 1 Pure;
    0x3b EXTCODESIZE 1 1 Ordered;
    0x3c EXTCODECOPY 4 0 WritesMemory;
    0x3d RETURNDATASIZE 0 1 Ordered;
    0x3e RETURNDATACOPY 3 0 WritesMemory;
    0x3f EXTCODEHASH 1 1 Ordered;
    0x41 COINBASE 0 1 Pure;
    0x42 TIMESTAMP 0 1 Pure;
    0x43 NUMBER 0 1 Pure;
    0x45 GASLIMIT 0 1 Pure;
    0x46 CHAINID 0 1 Pure;
    0x47 SELFBALANCE 0 1 Ordered;
    0x48 BASEFEE 0 1 Pure;
    0x50 POP 1 0 Control;
    0x51 MLOAD 1 1 ReadsMemory;
    0x52 MSTORE 2 0 WritesMemory;
    0x53 MSTORE8 2 0 WritesMemory;
    0x54 SLOAD 1 1 Ordered;
    0x55 SSTORE 2 0 Ordered;
    0x56 JUMP 1 0 Control;
    0x57 JUMPI 2 0 Control;
    0x58 PC 0 1 Control;
    0x59 MSIZE 0 1 Ordered;
    0x5a GAS 0 1 Ordered;
    0x5b JUMPDEST 0 0 Control;
    0x5c TLOAD 1 1 Ordered;
    0x5d TSTORE 2 0 Ordered;
    0x5e MCOPY 3 0 WritesMemory;
    0x5f PUSH0 0 1 Control;
    0xa0 LOG0 2 0 Ordered;
    0xa1 LOG1 3 0 Ordered;
    0xa2 LOG2 4 0 Ordered;
    0xa3 LOG3 5 0 Ordered;
    0xa4 LOG4 6 0 Ordered;
    0xf0 CREATE 3 1 Ordered;
    0xf1 CALL 7 1 Ordered;
    0xf3 RETURN 2 0 Terminal;
    0xf4 DELEGATECALL 6 1 Ordered;
    0xf5 CREATE2 4 1 Ordered;
    0xfa STATICCALL 6 1 Ordered;
    0xfd REVERT 2 0 Terminal;
    0xfe INVALID 0 0 Terminal;
}

const _: () = {
    let mut i = 1;
    while i < TABLE.len() {
        assert!(TABLE[i - 1].code < TABLE[i].code, "the opcode table must be sorted");
        i += 1;
    }
};

/// Position of every code in [`TABLE`], or `u8::MAX`.
const INDEX: [u8; 256] = {
    let mut index = [u8::MAX; 256];
    let mut i = 0;
    while i < TABLE.len() {
        #[allow(clippy::cast_possible_truncation, reason = "the table has fewer than 255 rows")]
        {
            index[TABLE[i].code as usize] = i as u8;
        }
        i += 1;
    }
    index
};

impl Opcode {
    /// The opcode of a byte of code; every byte is one, if only an undefined one.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// `PUSHn` for `n` immediate bytes (`PUSH0` for none).
    ///
    /// # Panics
    /// When `bytes` exceeds 32, a bug of the assembler.
    #[must_use]
    pub const fn push(bytes: u8) -> Self {
        assert!(bytes <= 32, "no such push");
        Self(Self::PUSH0.0 + bytes)
    }

    /// `DUPn`: copies the `n`-th word of the stack, counted from 1 at the top.
    ///
    /// # Panics
    /// When `n` is not in `1..=16`, a bug of the code generator.
    #[must_use]
    pub const fn dup(n: u8) -> Self {
        assert!(n >= 1 && n <= 16, "no such dup");
        Self(0x7f + n)
    }

    /// `SWAPn`: exchanges the top of the stack with the word `n` below it.
    ///
    /// # Panics
    /// When `n` is not in `1..=16`, a bug of the code generator.
    #[must_use]
    pub const fn swap(n: u8) -> Self {
        assert!(n >= 1 && n <= 16, "no such swap");
        Self(0x8f + n)
    }

    /// `LOGn` for `topics` topics.
    ///
    /// # Panics
    /// If there are more than four.
    #[must_use]
    pub const fn log(topics: u8) -> Self {
        assert!(topics <= 4, "no such log");
        Self(Self::LOG0.0 + topics)
    }

    /// The byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// The row of the table, unless this is `PUSHn`, `DUPn`, `SWAPn` or undefined.
    #[must_use]
    pub const fn info(self) -> Option<&'static Info> {
        match INDEX[self.0 as usize] {
            u8::MAX => None,
            row => Some(&TABLE[row as usize]),
        }
    }

    /// Side effects; those of an opcode outside the table are [`Effect::Control`].
    #[must_use]
    pub const fn effect(self) -> Effect {
        match self.info() {
            Some(info) => info.effect,
            None => Effect::Control,
        }
    }

    /// Number of operands of an opcode of the table.
    #[must_use]
    pub const fn pops(self) -> u8 {
        match self.info() {
            Some(info) => info.pops,
            None => 0,
        }
    }

    /// Number of results of an opcode of the table.
    #[must_use]
    pub const fn pushes(self) -> u8 {
        match self.info() {
            Some(info) => info.pushes,
            None => 0,
        }
    }

    /// Number of immediate bytes after the opcode.
    #[must_use]
    pub const fn immediate_bytes(self) -> usize {
        match self.0 {
            0x60..=0x7f => (self.0 - 0x5f) as usize,
            _ => 0,
        }
    }

    /// Whether the two operands may be exchanged.
    #[must_use]
    pub const fn is_commutative(self) -> bool {
        matches!(self, Self::ADD | Self::MUL | Self::AND | Self::OR | Self::XOR | Self::EQ)
    }

    /// The opcode that gives the same result with the two operands exchanged.
    #[must_use]
    pub const fn mirrored(self) -> Option<Self> {
        match self {
            Self::LT => Some(Self::GT),
            Self::GT => Some(Self::LT),
            Self::SLT => Some(Self::SGT),
            Self::SGT => Some(Self::SLT),
            _ if self.is_commutative() => Some(self),
            _ => None,
        }
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.info(), self.0) {
            (Some(info), _) => f.write_str(info.name),
            (None, code @ 0x60..=0x7f) => write!(f, "PUSH{}", code - 0x5f),
            (None, code @ 0x80..=0x8f) => write!(f, "DUP{}", code - 0x7f),
            (None, code @ 0x90..=0x9f) => write!(f, "SWAP{}", code - 0x8f),
            (None, code) => write!(f, "UNDEFINED_{code:02X}"),
        }
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_families() {
        assert_eq!(Opcode::push(0).to_string(), "PUSH0");
        assert_eq!(Opcode::push(32).to_string(), "PUSH32");
        assert_eq!(Opcode::dup(16).to_string(), "DUP16");
        assert_eq!(Opcode::swap(1).to_string(), "SWAP1");
        assert_eq!(Opcode::from_byte(0xfe), Opcode::INVALID);
    }
}
