//! Random modules: integers, memory, tables, recursion, traps and globals, made by wasm-smith and
//! given an entry point that shows all state that a run leaves.

use arbitrary::Unstructured;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction, MemArg, MemArgTarget, Module, TypeSection, ValType,
    reencode::{Error as ReencodeError, Reencode, utils},
};
use wasm_smith::Config;

use super::compare::{agree, args};
use super::{
    chain::{Chain, Status},
    reference::{self, Ended},
};
use stylus_evm::{Error, Options, translate};

/// Loop heads and calls that a random program may pass.
const STEPS: u32 = 2_000;
/// Fuel for the reference engine: more than the steps can use.
const FUEL: u64 = 20_000_000;
/// Bytes of randomness that a module is made of.
const SEED_BYTES: usize = 4096;

/// What became of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Both returned the same.
    Returned,
    /// Both trapped.
    Trapped,
    /// The reference trapped because an access was out of bounds; the translation, whose bounds are
    /// coarser by the size of its own memory, did not.
    NearMiss,
    /// One of the engines ran into a limit of its own, or the reference broke.
    Exhausted,
    /// The module has passive segments or several tables, or its segments do not fit.
    Refused,
}

/// A random module, in two forms that mean the same.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    /// What is translated.
    pub(crate) wasm: Vec<u8>,
    /// What the reference engine runs: the condition of every `select` is rotated, which no
    /// condition's truth depends on. wasmi 2.0.0 fuses a comparison and a `select` wrongly when
    /// the operand of the comparison is a local that was set to a constant: with `x` set to 0,
    /// `select 1 x (i32.eqz x)` gives `x`.
    reference: Vec<u8>,
}

/// The module with this number of a series.
pub(crate) fn module(seed: u64, number: u64) -> Option<Random> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(number);
    let mut bytes = vec![0; SEED_BYTES];
    random.fill_bytes(&mut bytes);
    let config = config(number);
    let mut module = wasm_smith::Module::new(config, &mut Unstructured::new(&bytes)).ok()?;
    module.ensure_termination(STEPS).ok()?;
    let bytes = module.to_bytes();
    let wasm = wrap(&bytes, Select::Plain).ok()?;
    let reference = wrap(&bytes, Select::Rotated).ok()?;
    Some(Random { wasm, reference })
}

/// Features vary with the number.
fn config(number: u64) -> Config {
    let wanted = wat::parse_str(
        r#"(module
            (memory (export "memory") 1 1)
            (func (export "f") (param i32 i64 i32) (result i32 i64) unreachable))"#,
    );
    Config {
        exports: wanted.ok(),
        allow_floats: false,
        simd_enabled: false,
        relaxed_simd_enabled: false,
        reference_types_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        memory64_enabled: false,
        multi_value_enabled: true,
        sign_extension_ops_enabled: true,
        bulk_memory_enabled: number % 4 == 1,
        saturating_float_to_int_enabled: false,
        extended_const_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        disallow_traps: number.is_multiple_of(2),
        allow_start_export: false,
        min_funcs: 1,
        max_funcs: 8,
        min_globals: 1,
        max_globals: 4,
        max_imports: 0,
        max_instructions: if number.is_multiple_of(3) { 400 } else { 80 },
        min_memories: 0,
        max_memories: 0,
        max_memory32_bytes: 65_536 * if number.is_multiple_of(5) { 3 } else { 1 },
        memory_max_size_required: true,
        max_tables: 1,
        max_data_segments: 4,
        max_element_segments: 3,
        max_elements: 6,
        max_table_elements: 12,
        table_max_size_required: true,
        ..Config::default()
    }
}

/// How `select` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Select {
    Plain,
    Rotated,
}

/// Adds the two imports and the entry point.
struct Wrapper {
    select: Select,
    /// Index of the exported function `f`.
    f: u32,
    types: u32,
    imported: bool,
    functions: u32,
    globals: Vec<wasmparser::ValType>,
}

/// Functions that are imported: all others move up by so many.
const IMPORTS: u32 = 2;
/// Where the entry point leaves results and globals.
const RESULTS: i32 = 65_536 - 256;

impl Reencode for Wrapper {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, ReencodeError<Self::Error>> {
        Ok(function + IMPORTS)
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        utils::parse_type_section(self, types, section)?;
        self.types = types.len();
        types.ty().function([ValType::I32], []);
        types.ty().function([ValType::I32, ValType::I32], []);
        types.ty().function([ValType::I32], [ValType::I32]);
        Ok(())
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        after: Option<wasm_encoder::SectionId>,
        before: Option<wasm_encoder::SectionId>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        use wasm_encoder::SectionId::{Import, Type};
        if after == Some(Type) && before != Some(Import) && !self.imported {
            let mut imports = ImportSection::new();
            self.import(&mut imports);
            module.section(&imports);
        }
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        _section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        self.import(imports);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        utils::parse_function_section(self, functions, section)?;
        self.functions = functions.len();
        functions.function(self.types + 2);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        utils::parse_export_section(self, exports, section)?;
        exports.export("user_entrypoint", ExportKind::Func, IMPORTS + self.functions);
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            if matches!(operator, wasmparser::Operator::Select) && self.select == Select::Rotated {
                function.instruction(&Instruction::I32Const(5));
                function.instruction(&Instruction::I32Rotl);
            }
            function.instruction(&self.instruction(operator)?);
        }
        code.function(&function);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), ReencodeError<Self::Error>> {
        utils::parse_code_section(self, code, section)?;
        code.function(&self.entry());
        Ok(())
    }
}

impl Wrapper {
    fn import(&mut self, imports: &mut ImportSection) {
        self.imported = true;
        imports.import("vm_hooks", "read_args", EntityType::Function(self.types));
        imports.import("vm_hooks", "write_result", EntityType::Function(self.types + 1));
    }

    /// Reads the arguments of `f` to address 0 and calls it; then stores its results and all
    /// globals at the end of the first page, and gives that page as the result.
    fn entry(&self) -> Function {
        let at =
            |offset| MemArg { offset, align: 0, target: MemArgTarget::default(), ordering: None };
        let (i32_local, i64_local) = (1, 2);
        let mut body = Function::new([(1, ValType::I32), (1, ValType::I64)]);
        let mut emit = |instruction: Instruction<'_>| {
            body.instruction(&instruction);
        };
        emit(Instruction::I32Const(0));
        emit(Instruction::Call(0));
        emit(Instruction::I32Const(0));
        emit(Instruction::I32Load(at(0)));
        emit(Instruction::I32Const(0));
        emit(Instruction::I64Load(at(8)));
        emit(Instruction::I32Const(0));
        emit(Instruction::I32Load(at(16)));
        emit(Instruction::Call(IMPORTS + self.f));
        emit(Instruction::LocalSet(i64_local));
        emit(Instruction::LocalSet(i32_local));
        emit(Instruction::I32Const(RESULTS));
        emit(Instruction::LocalGet(i32_local));
        emit(Instruction::I32Store(at(0)));
        emit(Instruction::I32Const(RESULTS));
        emit(Instruction::LocalGet(i64_local));
        emit(Instruction::I64Store(at(8)));
        for (index, ty) in (0..).zip(&self.globals) {
            emit(Instruction::I32Const(RESULTS));
            emit(Instruction::GlobalGet(index));
            let place = at(16 + 8 * u64::from(index));
            emit(match ty {
                wasmparser::ValType::I32 => Instruction::I32Store(place),
                _ => Instruction::I64Store(place),
            });
        }
        emit(Instruction::I32Const(0));
        emit(Instruction::I32Const(65_536));
        emit(Instruction::Call(1));
        emit(Instruction::I32Const(0));
        emit(Instruction::End);
        body
    }
}

fn wrap(wasm: &[u8], select: Select) -> Result<Vec<u8>, ReencodeError<std::convert::Infallible>> {
    let mut wrapper = Wrapper {
        select,
        f: exported(wasm),
        types: 0,
        imported: false,
        functions: 0,
        globals: globals(wasm),
    };
    let mut module = Module::new();
    wrapper.parse_core_module(&mut module, wasmparser::Parser::new(0), wasm)?;
    Ok(module.finish())
}

fn exported(wasm: &[u8]) -> u32 {
    let payloads = wasmparser::Parser::new(0).parse_all(wasm).flatten();
    let sections = payloads.filter_map(|payload| match payload {
        wasmparser::Payload::ExportSection(section) => Some(section),
        _ => None,
    });
    let mut exports = sections.flat_map(|section| section.into_iter().flatten());
    exports.find(|export| export.name == "f").map_or(0, |export| export.index)
}

fn globals(wasm: &[u8]) -> Vec<wasmparser::ValType> {
    let payloads = wasmparser::Parser::new(0).parse_all(wasm).flatten();
    payloads
        .filter_map(|payload| match payload {
            wasmparser::Payload::GlobalSection(section) => Some(section),
            _ => None,
        })
        .flat_map(|section| section.into_iter().flatten())
        .map(|global| global.ty.content_type)
        .collect()
}

/// Runs a module in both engines.
pub(crate) fn run(random: &Random, seed: u64) -> Result<Verdict, String> {
    let translation = match translate(&random.wasm, &Options::default()) {
        Ok(translation) => translation,
        Err(Error::Unsupported { .. } | Error::SegmentOutOfBounds { .. }) => {
            return Ok(Verdict::Refused);
        }
        Err(error) => return Err(error.to_string()),
    };
    let mut chain = Chain::default();
    chain.set_code(super::chain::CONTRACT, &translation.deployed_bytecode);
    let input = args(&[seed, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), seed >> 7]);
    let expected = reference::run(&random.reference, &input, FUEL);
    let found = chain.call(super::chain::CONTRACT, &input);
    if let Status::Halt(reason) = &found.status
        && reason.contains("StackOverflow")
    {
        return Ok(Verdict::Exhausted);
    }
    match &expected {
        Ended::Exhausted | Ended::Broken => Ok(Verdict::Exhausted),
        Ended::Trapped(trap) if trap.contains("out of bounds") && found.succeeded() => {
            Ok(Verdict::NearMiss)
        }
        _ => agree(&expected, &found).map(|()| match expected {
            Ended::Returned(..) => Verdict::Returned,
            _ => Verdict::Trapped,
        }),
    }
}
