//! Decides what everything costs: the one table of ink and gas prices, each row with its source.
//!
//! Ink prices are facts of the chain (Nitro's sources of April 2026, Stylus version 2) that its
//! owner may adjust there; EVM prices are the named EIPs'. The host charges exactly these.

use wasmparser::Operator;

use crate::units::{Gas, Ink};

// Conversion.

/// Ink that one gas buys (`initialInkPrice` of the chain).
pub const INK_PER_GAS: u64 = 10_000;

// Operators and blocks (Nitro `prover/src/programs/meter.rs`).

/// Ink of entering a basic block, on top of its operators.
pub const BLOCK_INK: Ink = Ink(2_450);
/// Ink of each byte that `memory.copy` or `memory.fill` touches (Nitro `dynamic.rs`).
pub const BULK_BYTE_INK: u64 = 100;
/// Ink of each target of a `br_table`, on top of its base.
const BR_TABLE_TARGET_INK: u64 = 325;
/// Ink of each argument of a `call_indirect`, on top of its base.
const CALL_INDIRECT_ARGUMENT_INK: u64 = 650;

// Host calls (Nitro `arbutil/src/pricing.rs`).

/// Ink of any host call.
pub const HOSTIO_INK: Ink = Ink(8_400);
/// Ink of each pointer that a host call takes.
pub const PTR_INK: Ink = Ink(5_040);
/// Ink of asking the EVM.
pub const EVM_API_INK: Ink = Ink(59_673);
/// Ink of a 256-bit division or remainder, on top of its host call.
pub const DIV_INK: Ink = Ink(20_000);
/// Ink of a 256-bit modular addition, on top of its host call.
pub const ADD_MOD_INK: Ink = Ink(21_000);
/// Ink of a 256-bit modular multiplication, on top of its host call.
pub const MUL_MOD_INK: Ink = Ink(24_100);

/// Returns the ink of writing `bytes` into the program's memory (`write_price`).
#[must_use]
pub fn write_ink(bytes: u32) -> Ink {
    Ink(5_040) + Ink(30) * u64::from(bytes.saturating_sub(32))
}

/// Returns the ink of reading `bytes` from the program's memory (`read_price`).
#[must_use]
pub fn read_ink(bytes: u32) -> Ink {
    Ink(16_381) + Ink(55) * u64::from(bytes.saturating_sub(32))
}

/// Returns the ink of hashing `bytes` with keccak (`keccak_price`).
#[must_use]
pub fn keccak_ink(bytes: u32) -> Ink {
    Ink(121_800) + Ink(21_000) * u64::from(bytes.div_ceil(32).saturating_sub(2))
}

/// Returns the ink of raising to `exponent`, on top of the host call (`pow_price`).
#[must_use]
pub fn pow_ink(exponent: &[u8; 32]) -> Ink {
    let mut factor = 33;
    for byte in exponent {
        if *byte != 0 {
            break;
        }
        factor -= 1;
    }
    Ink(3_000) + Ink(17_500) * factor
}

// The program's storage cache (Nitro `arbutil/src/evm/storage.rs`).

/// Gas that must be at hand for an access to the storage cache (`REQUIRED_ACCESS_GAS`).
pub const CACHE_REQUIRED_GAS: Gas = Gas(10);

/// Returns the gas of the `nth` read (from one) through a program's storage cache.
#[must_use]
pub const fn cache_read_gas(nth: u64) -> Gas {
    match nth {
        0..=32 => Gas(0),
        33..=128 => Gas(2),
        _ => Gas(10),
    }
}

/// Returns the gas of the `nth` write (from one) through a program's storage cache.
#[must_use]
pub const fn cache_write_gas(nth: u64) -> Gas {
    match nth {
        0..=8 => Gas(0),
        9..=64 => Gas(7),
        _ => Gas(10),
    }
}

// Starting a program (Nitro `arbos/programs/programs.go`, `prover/src/binary.rs`).

/// Gas floor of starting a cached program: `MinCachedInitGas` 11 units of 32.
pub const CACHED_INIT_FLOOR: Gas = Gas(11 * 32);
/// Gas floor that a program outside the cache pays as well: `MinInitGas` 69 units of 128.
pub const UNCACHED_INIT_FLOOR: Gas = Gas(69 * 128);

/// What the price of starting a program depends on; measured on the decompressed module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModuleSize {
    /// Functions with a body.
    pub functions: u64,
    /// Inputs plus outputs over those functions.
    pub type_len: u64,
    /// Bytes of the module.
    pub wasm_bytes: u64,
    /// Globals.
    pub globals: u64,
    /// Bytes of data segments and entries of element segments.
    pub data_bytes: u64,
    /// Memory pages at the start.
    pub start_pages: u16,
}

impl ModuleSize {
    /// Returns the gas of starting the program when it is cached.
    #[must_use]
    pub fn cached_init_gas(&self) -> Gas {
        let parts = per(self.functions, 13_420)
            + per(self.type_len, 89)
            + per(self.wasm_bytes, 122)
            + per(self.globals, 162_800)
            + per(self.data_bytes, 75_244)
            + u64::from(self.start_pages) * 5;
        CACHED_INIT_FLOOR + Gas(parts)
    }

    /// Returns the gas that starting it costs on top when it is not cached.
    #[must_use]
    pub fn uncached_init_gas(&self) -> Gas {
        let parts = per(self.functions, 825_200)
            + per(self.type_len, 105_900)
            + per(self.wasm_bytes, 12_860);
        UNCACHED_INIT_FLOOR + Gas(parts)
    }
}

/// Returns `count` times a weight in hundred-thousandths, rounded down.
const fn per(count: u64, weight: u64) -> u64 {
    count * weight / 100_000
}

// Memory (Nitro `arbos/programs/memory.go`).

/// Pages that a transaction opens for free.
pub const FREE_PAGES: u16 = 2;
/// Gas of each further page.
const PAGE_GAS: u64 = 1_000;
/// Pages beyond which memory has no price.
pub const PAGE_LIMIT: u16 = 128;
/// The exponential term's growth per page: `ln(31 874 000) / 128`, so that the last page brings the
/// price of all to 32 Mgas with the linear term.
const PAGE_RAMP: f64 = 0.134_978_915_534_388_4;

/// Returns the gas of opening `new` pages while `open` are open and `ever` were at most.
#[must_use]
pub fn memory_gas(new: u16, open: u16, ever: u16) -> Gas {
    let new_open = open.saturating_add(new);
    let new_ever = ever.max(new_open);
    if new_ever <= FREE_PAGES {
        return Gas(0);
    }
    if new_ever > PAGE_LIMIT {
        return Gas::MAX;
    }
    let charged = |pages: u16| u64::from(pages.saturating_sub(FREE_PAGES));
    let linear = charged(new_open).saturating_sub(charged(open)) * PAGE_GAS;
    Gas(linear) + (page_ramp(new_ever) - page_ramp(ever))
}

/// Returns the exponential term for a number of pages up to [`PAGE_LIMIT`].
fn page_ramp(pages: u16) -> Gas {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 31,874,000, and rounded down on the chain as well"
    )]
    Gas((PAGE_RAMP * f64::from(pages)).exp() as u64)
}

// The EVM's own prices (go-ethereum `params/protocol_params.go`).

/// Gas of any transaction (Yellow Paper, `G_transaction`).
pub const TRANSACTION_GAS: Gas = Gas(21_000);
/// Gas of a zero byte of calldata (EIP-2028).
const ZERO_BYTE_GAS: u64 = 4;
/// Gas of any other byte of calldata (EIP-2028).
const NON_ZERO_BYTE_GAS: u64 = 16;
/// Gas of a storage slot's first touch (EIP-2929).
pub const COLD_SLOAD_GAS: Gas = Gas(2_100);
/// Gas of an account's first touch (EIP-2929).
pub const COLD_ACCOUNT_GAS: Gas = Gas(2_600);
/// Gas of touching what is warm (EIP-2929).
pub const WARM_ACCESS_GAS: Gas = Gas(100);
/// Gas that must be at hand to write storage (EIP-2200).
pub const SSTORE_SENTRY_GAS: Gas = Gas(2_300);
/// Gas of setting a slot from zero (EIP-2200).
pub const SSTORE_SET_GAS: Gas = Gas(20_000);
/// Gas of changing a slot that is set, without its cold touch (EIP-2200 less EIP-2929).
pub const SSTORE_RESET_GAS: Gas = Gas(5_000 - 2_100);
/// Refund of clearing a slot (EIP-3529).
pub const SSTORE_CLEAR_REFUND: u64 = 4_800;
/// Share of the gas used that refunds may reach, as a divisor (EIP-3529).
pub const REFUND_QUOTIENT: u64 = 5;
/// Gas of a transient load or store (EIP-1153).
pub const TRANSIENT_GAS: Gas = Gas(100);
/// Gas of a log, and again of each of its topics (Yellow Paper, `G_log`, `G_logtopic`).
const LOG_GAS: u64 = 375;
/// Gas of each byte of a log (Yellow Paper, `G_logdata`).
const LOG_BYTE_GAS: u64 = 8;
/// Gas of sending value with a call (Yellow Paper, `G_callvalue`).
pub const CALL_VALUE_GAS: Gas = Gas(9_000);
/// Gas of calling an account into existence (Yellow Paper, `G_newaccount`).
pub const NEW_ACCOUNT_GAS: Gas = Gas(25_000);
/// Gas that a call which sends value gives its callee for free (Yellow Paper, `G_callstipend`).
pub const CALL_STIPEND: Gas = Gas(2_300);
/// Gas of a creation (Yellow Paper, `G_create`).
pub const CREATE_GAS: Gas = Gas(32_000);
/// Gas of hashing each word of initcode for `CREATE2` (EIP-1014).
const KECCAK_WORD_GAS: u64 = 6;
/// Gas of each byte of code that a creation leaves behind (Yellow Paper, `G_codedeposit`).
pub const CODE_BYTE_GAS: u64 = 200;
/// Gas of reading an account's code, on top of touching it (EIP-150, as Nitro charges it).
pub const CODE_READ_GAS: Gas = Gas(700);
/// Gas of recovering a signer (Yellow Paper, appendix E).
pub const ECRECOVER_GAS: Gas = Gas(3_000);

/// Returns the gas of a transaction before anything runs.
#[must_use]
pub fn intrinsic_gas(data: &[u8]) -> Gas {
    let byte = |b: &u8| if *b == 0 { ZERO_BYTE_GAS } else { NON_ZERO_BYTE_GAS };
    TRANSACTION_GAS + Gas(data.iter().map(byte).sum())
}

/// Returns the gas of a log.
#[must_use]
pub fn log_gas(topics: u32, data_bytes: u32) -> Gas {
    Gas((1 + u64::from(topics)) * LOG_GAS + u64::from(data_bytes) * LOG_BYTE_GAS)
}

/// Returns the gas of hashing initcode for `CREATE2`.
#[must_use]
pub const fn initcode_hash_gas(bytes: usize) -> Gas {
    Gas(KECCAK_WORD_GAS * words(bytes))
}

/// Returns the gas of the SHA-256 precompile (Yellow Paper, appendix E).
#[must_use]
pub const fn sha256_gas(bytes: usize) -> Gas {
    Gas(60 + 12 * words(bytes))
}

/// Returns the gas of the identity precompile (Yellow Paper, appendix E).
#[must_use]
pub const fn identity_gas(bytes: usize) -> Gas {
    Gas(15 + 3 * words(bytes))
}

/// Returns the least gas that a call which returns `bytes` costs: what the EVM's memory for them
/// would (Nitro `evmMemoryCost`).
#[must_use]
pub const fn return_data_gas(bytes: usize) -> Gas {
    let words = words(bytes);
    Gas(3 * words + words * words / 512)
}

const fn words(bytes: usize) -> u64 {
    bytes.div_ceil(32) as u64
}

/// Returns the ink of an operator inside a basic block, or `None` when the chain refuses it.
/// `arguments` are the inputs of the type that a `call_indirect` names.
#[must_use]
#[rustfmt::skip]
#[allow(clippy::match_same_arms, reason = "one arm for each row of the price list")]
pub fn operator_ink(op: &Operator<'_>, arguments: u64) -> Option<Ink> {
    use Operator as O;
    Some(Ink(match op {
        O::Nop | O::Unreachable | O::Return | O::Else | O::End => 1,
        O::Block { .. } | O::Loop { .. } => 1,
        O::I32Const { .. } | O::I64Const { .. } => 1,
        O::Drop => 9,
        O::Br { .. } | O::BrIf { .. } | O::If { .. } => 765,
        O::BrTable { targets } => 2_400 + BR_TABLE_TARGET_INK * u64::from(targets.len()),
        O::Select => 1_250,
        O::Call { .. } => 3_800,
        O::CallIndirect { .. } => 13_610 + CALL_INDIRECT_ARGUMENT_INK * arguments,
        O::LocalGet { .. } | O::LocalTee { .. } => 75,
        O::LocalSet { .. } => 210,
        O::GlobalGet { .. } => 225,
        O::GlobalSet { .. } => 575,
        O::I32Load { .. } | O::I32Load8S { .. } | O::I32Load8U { .. } | O::I32Load16S { .. }
        | O::I32Load16U { .. } => 670,
        O::I64Load { .. } | O::I64Load8S { .. } | O::I64Load8U { .. } | O::I64Load16S { .. }
        | O::I64Load16U { .. } | O::I64Load32S { .. } | O::I64Load32U { .. } => 680,
        O::I32Store { .. } | O::I32Store8 { .. } | O::I32Store16 { .. } => 825,
        O::I64Store { .. } | O::I64Store8 { .. } | O::I64Store16 { .. }
        | O::I64Store32 { .. } => 950,
        O::MemorySize { .. } => 3_000,
        O::MemoryGrow { .. } => 8_050,
        O::MemoryCopy { .. } | O::MemoryFill { .. } => 950,
        O::I32Eqz | O::I32Eq | O::I32Ne | O::I32LtS | O::I32LtU | O::I32GtS | O::I32GtU
        | O::I32LeS | O::I32LeU | O::I32GeS | O::I32GeU => 170,
        O::I64Eqz | O::I64Eq | O::I64Ne | O::I64LtS | O::I64LtU | O::I64GtS | O::I64GtU
        | O::I64LeS | O::I64LeU | O::I64GeS | O::I64GeU => 225,
        O::I32Clz | O::I32Ctz | O::I64Clz | O::I64Ctz => 210,
        O::I32Add | O::I32Sub | O::I32And | O::I32Or | O::I32Xor | O::I32Shl | O::I32ShrS
        | O::I32ShrU | O::I32Rotl | O::I32Rotr => 70,
        O::I64Add | O::I64Sub | O::I64And | O::I64Or | O::I64Xor | O::I64Shl | O::I64ShrS
        | O::I64ShrU | O::I64Rotl | O::I64Rotr => 100,
        O::I32Mul | O::I64Mul => 160,
        O::I32DivS | O::I32DivU | O::I32RemS | O::I32RemU => 1_120,
        O::I64DivS | O::I64DivU | O::I64RemS | O::I64RemU => 1_270,
        O::I32Popcnt => 2_650,
        O::I64Popcnt => 6_000,
        O::I32WrapI64 | O::I64ExtendI32S | O::I64ExtendI32U | O::I32Extend8S | O::I32Extend16S
        | O::I64Extend8S | O::I64Extend16S | O::I64Extend32S => 100,
        _ => return None,
    }))
}

/// Whether an operator ends the basic block it stands in (Nitro `arbutil/src/operator.rs`).
#[must_use]
pub const fn ends_block(op: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        op,
        O::End
            | O::Else
            | O::Return
            | O::Loop { .. }
            | O::Br { .. }
            | O::BrIf { .. }
            | O::BrTable { .. }
            | O::If { .. }
            | O::Call { .. }
            | O::CallIndirect { .. }
    )
}
