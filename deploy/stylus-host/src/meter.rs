//! Decides how ink is counted: a program is rewritten to pay for each basic block as it enters it.
//!
//! In front of every block stands `if ink < cost { out_of_ink = 1; unreachable } ink -= cost`, as
//! on the chain; `memory.copy` and `memory.fill` pay for their bytes as well, and `memory.grow`
//! calls the program's own import `pay_for_memory_grow` first. With [`Metering::Profiled`], each
//! block also adds its cost to a counter of its function and says which function that is, so that
//! host calls and traps are known by function.

use std::ops::Range;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, Encode, ExportKind, GlobalType, Instruction, Module,
    RawSection, SectionId, ValType,
};
use wasmparser::{FunctionBody, Operator, Parser, Payload};

use crate::{
    error::Error,
    prices::{self, BLOCK_INK, BULK_BYTE_INK, ModuleSize},
    survey::Survey,
    units::Ink,
};

/// Name of the exported global that holds the ink left.
pub(crate) const INK_LEFT: &str = "stylus_ink_left";
/// Name of the exported global that is 1 once the ink ran out.
pub(crate) const INK_STATUS: &str = "stylus_ink_status";
/// Name of the exported global that holds the function whose block is running.
pub(crate) const PROFILE_CURRENT: &str = "stylus_profile_current";

/// Returns the name of the exported global that sums the ink of a function.
pub(crate) fn profile_ink(function: usize) -> String {
    format!("stylus_profile_ink_{function}")
}

/// Returns the name of the exported global that counts the calls of a function.
pub(crate) fn profile_calls(function: usize) -> String {
    format!("stylus_profile_calls_{function}")
}

/// Whether a program, besides paying for its blocks, records where its ink went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metering {
    /// Count ink as the chain does.
    #[default]
    Plain,
    /// Count ink as the chain does, and per function.
    Profiled,
}

/// A program that pays for its blocks.
#[derive(Debug)]
pub(crate) struct Metered {
    /// The rewritten module.
    pub(crate) wasm: Vec<u8>,
    /// What starting the original costs depends on.
    pub(crate) size: ModuleSize,
    /// The names of the functions with a body, as far as the module tells them.
    pub(crate) names: Vec<String>,
}

/// Rewrites a program so that it pays for its blocks.
///
/// # Errors
///
/// [`Error::Parse`] for bytes that are no module, [`Error::Operator`] for an operator that has no
/// price, [`Error::Offset`] for a module beyond the address space.
pub(crate) fn meter(wasm: &[u8], metering: Metering) -> Result<Metered, Error> {
    let survey = Survey::of(wasm)?;
    let layout = Layout::new(&survey, metering);
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut globals_written = false;
    let mut function = 0;

    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionEntry(body) => {
                code.raw(&layout.function(body, function, wasm)?);
                function += 1;
                if function == survey.bodies {
                    module.section(&code);
                }
                continue;
            }
            Payload::CodeSectionStart { .. } | Payload::CustomSection(_) => continue,
            _ => {}
        }
        let Some((id, range)) = payload.as_section() else { continue };
        let content = slice(wasm, range)?;
        if id == SectionId::Global as u8 {
            globals_written = true;
            append(&mut module, id, content, &layout.globals)?;
        } else if id == SectionId::Export as u8 {
            if !globals_written {
                append(&mut module, SectionId::Global as u8, &[0], &layout.globals)?;
            }
            append(&mut module, id, content, &layout.exports)?;
        } else {
            module.section(&RawSection { id, data: content });
        }
    }
    Ok(Metered { wasm: module.finish(), size: survey.size, names: survey.names })
}

/// Where the globals that count stand, and how they are declared.
struct Layout<'a> {
    survey: &'a Survey,
    metering: Metering,
    ink: u32,
    status: u32,
    scratch: u32,
    globals: Vec<Vec<u8>>,
    exports: Vec<Vec<u8>>,
}

impl<'a> Layout<'a> {
    fn new(survey: &'a Survey, metering: Metering) -> Self {
        let first = survey.globals;
        let mut layout = Self {
            survey,
            metering,
            ink: first,
            status: first + 1,
            scratch: first + 2,
            globals: Vec::new(),
            exports: Vec::new(),
        };
        layout.declare(INK_LEFT, ValType::I64);
        layout.declare(INK_STATUS, ValType::I32);
        layout.declare("stylus_scratch", ValType::I32);
        if metering == Metering::Profiled {
            layout.declare(PROFILE_CURRENT, ValType::I32);
            for function in 0..survey.bodies {
                layout.declare(&profile_ink(function), ValType::I64);
                layout.declare(&profile_calls(function), ValType::I64);
            }
        }
        layout
    }

    /// Adds a mutable global that starts at zero, exported under `name`.
    fn declare(&mut self, name: &str, val_type: ValType) {
        let index = self.survey.globals + u32::try_from(self.globals.len()).unwrap_or(u32::MAX);
        let mut global = Vec::new();
        GlobalType { val_type, mutable: true, shared: false }.encode(&mut global);
        match val_type {
            ValType::I64 => ConstExpr::i64_const(0).encode(&mut global),
            _ => ConstExpr::i32_const(0).encode(&mut global),
        }
        self.globals.push(global);
        let mut export = Vec::new();
        name.encode(&mut export);
        ExportKind::Global.encode(&mut export);
        index.encode(&mut export);
        self.exports.push(export);
    }

    /// Returns the body of a function with a toll in front of each basic block.
    fn function(
        &self,
        body: &FunctionBody<'_>,
        function: usize,
        wasm: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let mut reader = body.get_operators_reader()?;
        let mut out = slice(wasm, body.range().start..reader.original_position())?.to_vec();
        let mut block = Vec::new();
        let mut cost = Ink(0);
        let mut first = true;
        while !reader.eof() {
            let start = reader.original_position();
            let op = reader.read()?;
            let arguments = match op {
                Operator::CallIndirect { type_index, .. } => {
                    self.survey.types.get(type_index as usize).map_or(0, |ty| ty.0)
                }
                _ => 0,
            };
            cost += prices::operator_ink(&op, arguments).ok_or_else(|| Error::Operator {
                function: self.survey.imported_functions as usize + function,
                offset: start,
                operator: format!("{op:?}"),
            })?;
            self.surcharge(&op, &mut block);
            block.extend_from_slice(slice(wasm, start..reader.original_position())?);
            if prices::ends_block(&op) {
                let cost = std::mem::take(&mut cost) + BLOCK_INK;
                self.toll(cost, &mut out);
                if self.metering == Metering::Profiled {
                    self.profile(function, cost, first, &mut out);
                }
                first = false;
                out.append(&mut block);
            }
        }
        Ok(out)
    }

    /// `[] → []`, traps with the status set when the ink left is less than `cost`.
    fn toll(&self, cost: Ink, out: &mut Vec<u8>) {
        use Instruction as I;
        let cost = I::I64Const(cost.0.cast_signed());
        encode(
            out,
            &[
                I::GlobalGet(self.ink),
                cost.clone(),
                I::I64LtU,
                I::If(BlockType::Empty),
                I::I32Const(1),
                I::GlobalSet(self.status),
                I::Unreachable,
                I::End,
                I::GlobalGet(self.ink),
                cost,
                I::I64Sub,
                I::GlobalSet(self.ink),
            ],
        );
    }

    /// Puts in front of an operator what it pays according to its topmost operand.
    fn surcharge(&self, op: &Operator<'_>, out: &mut Vec<u8>) {
        use Instruction as I;
        match op {
            // [… n] → [… n], having paid for n bytes.
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => encode(
                out,
                &[
                    I::GlobalSet(self.scratch),
                    I::GlobalGet(self.ink),
                    I::GlobalGet(self.scratch),
                    I::I64ExtendI32U,
                    I::I64Const(BULK_BYTE_INK.cast_signed()),
                    I::I64Mul,
                    I::I64LtU,
                    I::If(BlockType::Empty),
                    I::I32Const(1),
                    I::GlobalSet(self.status),
                    I::Unreachable,
                    I::End,
                    I::GlobalGet(self.ink),
                    I::GlobalGet(self.scratch),
                    I::I64ExtendI32U,
                    I::I64Const(BULK_BYTE_INK.cast_signed()),
                    I::I64Mul,
                    I::I64Sub,
                    I::GlobalSet(self.ink),
                    I::GlobalGet(self.scratch),
                ],
            ),
            // [pages] → [pages], having called `pay_for_memory_grow`.
            Operator::MemoryGrow { .. } => {
                if let Some(pay) = self.survey.pay_for_memory_grow {
                    encode(
                        out,
                        &[
                            I::GlobalSet(self.scratch),
                            I::GlobalGet(self.scratch),
                            I::Call(pay),
                            I::GlobalGet(self.scratch),
                        ],
                    );
                }
            }
            _ => {}
        }
    }

    /// `[] → []`, adds `cost` to the function's counter, counts a call in its first block, and
    /// notes the function.
    fn profile(&self, function: usize, cost: Ink, first: bool, out: &mut Vec<u8>) {
        use Instruction as I;
        let current = self.scratch + 1;
        let index = u32::try_from(function).unwrap_or(u32::MAX);
        let ink = current + 1 + 2 * index;
        let mut add = |global: u32, amount: i64| {
            encode(
                out,
                &[I::GlobalGet(global), I::I64Const(amount), I::I64Add, I::GlobalSet(global)],
            );
        };
        add(ink, cost.0.cast_signed());
        if first {
            add(ink + 1, 1);
        }
        encode(out, &[I::I32Const(index.cast_signed()), I::GlobalSet(current)]);
    }
}

fn encode(out: &mut Vec<u8>, instructions: &[Instruction<'_>]) {
    for instruction in instructions {
        instruction.encode(out);
    }
}

/// Writes a section of counted entries with more entries at its end.
fn append(module: &mut Module, id: u8, content: &[u8], more: &[Vec<u8>]) -> Result<(), Error> {
    let mut reader = wasmparser::BinaryReader::new(content, 0);
    let count = reader.read_var_u32()?;
    let old = slice(content, reader.original_position()..content.len() as u64)?;
    let mut data = Vec::new();
    (count as usize + more.len()).encode(&mut data);
    data.extend_from_slice(old);
    for entry in more {
        data.extend_from_slice(entry);
    }
    module.section(&RawSection { id, data: &data });
    Ok(())
}

fn slice(bytes: &[u8], range: Range<u64>) -> Result<&[u8], Error> {
    let index = |at: u64| usize::try_from(at).map_err(|source| Error::Offset { at, source });
    let (start, end) = (index(range.start)?, index(range.end)?);
    bytes.get(start..end).ok_or(Error::Range { start, end })
}
