//! Translates the WebAssembly of an Arbitrum Stylus contract into EVM bytecode, ahead of time.
//!
//! A Stylus contract talks to its host through some forty functions of the module `vm_hooks`, and
//! nearly each is one EVM opcode. So the compiled contract can run on any EVM, with the same
//! interface, storage and events. See the crate's README for how, and `docs/DIVERGENCE.md` for
//! where a translated contract can be told from the original.
//!
//! # Examples
//!
//! ```
//! let wasm = wat::parse_str(
//!     r#"(module
//!         (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
//!         (memory (export "memory") 1 1)
//!         (func (export "user_entrypoint") (param i32) (result i32)
//!             (call $write_result (i32.const 0) (i32.const 32))
//!             (i32.const 0)))"#,
//! )?;
//! let translation = stylus_evm::translate(&wasm, &stylus_evm::Options::default())?;
//! assert!(translation.bytecode.starts_with(&translation.deployed_bytecode));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codegen;
mod error;
mod evm;
mod host;
mod ir;
mod lower;
mod map;
mod passes;
mod program;
mod translate;
mod wasm;

pub use error::{Construct, Error, Position};
pub use evm::{disasm::disassemble, opcode};
pub use map::{Location, MappedFunction, SourceMap};

/// What runs when the contract is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Constructor {
    /// Nothing; arguments and value are refused.
    #[default]
    None,
    /// The constructor of stylus-sdk's router, with the ABI-encoded arguments that follow the
    /// creation code.
    Stylus,
}

/// How to translate.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What runs when the contract is created.
    pub constructor: Constructor,
    /// How far the memory may grow, in pages of 64 KiB, at most as far as the module declares.
    /// By default as far as it declares or, when it declares nothing, one page more than at the
    /// start. A module that never grows its memory gets what it starts with.
    ///
    /// Memory is laid out in reverse, so each page that may be used costs gas in every call that
    /// touches low addresses.
    pub memory_limit_pages: Option<u32>,
    /// Which optimizations run: all, unless one wants to know what each is worth.
    pub passes: Passes,
}

/// Optimizations that can be left out.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each pass is on or off by itself")]
pub struct Passes {
    /// Masks that change nothing are dropped, by upper bounds of values.
    pub ranges: bool,
    /// Masks of bits that nobody looks at are dropped.
    pub demand: bool,
    /// Shadow stack frames get fixed addresses.
    pub shadow_stack: bool,
    /// Small functions are put where they are called.
    pub inline: bool,
    /// Functions know the constants and bounds of their arguments and results.
    pub interprocedural: bool,
    /// A value that several blocks mask is masked where it is made.
    pub masks: bool,
    /// Neighbours in memory are written at once.
    pub widen: bool,
    /// Calls that only pass on or never come back are jumps.
    pub tail: bool,
    /// Blocks that end alike share their end.
    pub merge: bool,
}

/// Finds the switch of a pass.
type Switch = fn(&mut Passes) -> &mut bool;

impl Passes {
    /// No optimization that can be left out.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            ranges: false,
            demand: false,
            shadow_stack: false,
            inline: false,
            interprocedural: false,
            masks: false,
            widen: false,
            tail: false,
            merge: false,
        }
    }
}

impl Passes {
    /// All passes but one, for each, with the name of its file: to see what it is worth.
    #[must_use]
    pub fn without_each() -> Vec<(&'static str, Self)> {
        let switches: [(&str, Switch); 9] = [
            ("ranges", |passes| &mut passes.ranges),
            ("demand", |passes| &mut passes.demand),
            ("shadow_stack", |passes| &mut passes.shadow_stack),
            ("inline", |passes| &mut passes.inline),
            ("interprocedural", |passes| &mut passes.interprocedural),
            ("masks", |passes| &mut passes.masks),
            ("widen", |passes| &mut passes.widen),
            ("tail", |passes| &mut passes.tail),
            ("merge", |passes| &mut passes.merge),
        ];
        let without = |(name, switch): (&'static str, Switch)| {
            let mut passes = Self::default();
            *switch(&mut passes) = false;
            (name, passes)
        };
        switches.into_iter().map(without).collect()
    }
}

impl Default for Passes {
    fn default() -> Self {
        Self {
            ranges: true,
            demand: true,
            shadow_stack: true,
            inline: true,
            interprocedural: true,
            masks: true,
            widen: true,
            tail: true,
            merge: true,
        }
    }
}

/// A translated contract.
#[derive(Clone, Debug)]
pub struct Translation {
    /// The creation code. Constructor arguments are appended to it.
    pub bytecode: Vec<u8>,
    /// The code of the created contract.
    pub deployed_bytecode: Vec<u8>,
    /// Where the code comes from; positions are the same in both codes.
    pub map: SourceMap,
    /// Sizes.
    pub stats: Stats,
}

/// Sizes of a translation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Functions with a body in the module.
    pub wasm_functions: usize,
    /// Operators in the module, ends of blocks included.
    pub wasm_instructions: usize,
    /// Bytes of EVM code without data.
    pub code_bytes: usize,
    /// Bytes of the deployed code, data included.
    pub deployed_bytes: usize,
}

/// Translates a Stylus contract.
///
/// # Errors
/// [`Error::Invalid`], [`Error::SegmentOutOfBounds`] and [`Error::MissingExport`] if the module is
/// not a valid Stylus contract; [`Error::Unsupported`] if it uses what a Stylus contract cannot
/// use; [`Error::Internal`] if the translator has a bug.
pub fn translate(wasm: &[u8], options: &Options) -> Result<Translation, Error> {
    translate::translate(wasm, options)
}
