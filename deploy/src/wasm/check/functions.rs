//! Decides which rules the body of a function breaks.

use wasmparser::{
    BinaryReaderError, BlockType, FuncToValidate, FunctionBody, Operator, ValidatorResources,
    WasmModuleResources,
};

use super::{Limits, Report, Rule, operators::forbidden_by, sections::forbidden_type};

/// What Nitro adds to the locals and operands of a frame, in words
/// (`arbitrator/prover/src/programs/depth.rs`).
const FRAME_OVERHEAD_WORDS: u64 = 4;

/// Checks one body. An error means that the body is not valid WebAssembly.
pub(super) fn check(
    wasm: &[u8],
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    limits: &Limits,
    report: &mut Report,
) -> Result<(), BinaryReaderError> {
    let index = function.index;
    let resources = &function.resources;
    let ty = resources.type_index_of_function(index).and_then(|ty| resources.sub_type_at(ty));
    let parameters = ty.map_or(0, |ty| ty.unwrap_func().params().len());
    let start = body.range().start;
    let mut validator = function.into_validator(Default::default());

    let mut locals = body.get_locals_reader()?;
    let mut declared = parameters as u64;
    for _ in 0..locals.get_count() {
        let offset = locals.original_position();
        let (count, ty) = locals.read()?;
        declared = declared.saturating_add(u64::from(count));
        if let Some(rule) = forbidden_type(ty) {
            report.add_in(index, offset, rule, format!("a local of type {ty}"));
        }
        validator.define_locals(offset, count, ty)?;
    }

    let mut reader = body.get_operators_reader()?;
    let mut operators = 0_u64;
    let mut deepest = 0_u64;
    while !reader.eof() {
        let (operator, offset) = reader.read_with_offset()?;
        operators += 1;
        if let Some((rule, name)) = forbidden_by(&operator) {
            report.add_in(index, offset, rule, format!("`{name}`"));
        } else {
            check_encoding(wasm, &operator, offset, reader.original_position(), index, report);
            check_block(&operator, &validator, offset, index, limits, report);
        }
        validator.op(offset, &operator)?;
        // Nitro counts a block's result as held from its start, at most one for each open block.
        let held = validator.operand_stack_height() + validator.control_stack_height();
        deepest = deepest.max(u64::from(held));
    }

    let mut limit = |rule, count: u64, limit: u64| {
        if count > limit {
            report.add_in(index, start, rule, format!("{count}, where {limit} are allowed"));
        }
    };
    let frame = declared.saturating_add(deepest).saturating_add(FRAME_OVERHEAD_WORDS);
    limit(Rule::Locals, declared, limits.locals);
    limit(Rule::Operators, operators, limits.operators);
    limit(Rule::OverlappingValues, deepest, limits.overlapping_values);
    limit(Rule::FrameWords, frame, limits.frame_words);

    let clamp = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let measures = &mut report.measures;
    measures.operators += operators;
    measures.most_operators = measures.most_operators.max(clamp(operators));
    measures.most_locals = measures.most_locals.max(clamp(declared));
    measures.largest_frame_words = measures.largest_frame_words.max(clamp(frame));
    Ok(())
}

/// Checks that an index of a table or memory is written as the single byte 0.
fn check_encoding(
    wasm: &[u8],
    operator: &Operator<'_>,
    offset: u64,
    end: u64,
    function: u32,
    report: &mut Report,
) {
    // Bytes before the indices, and how many indices follow.
    let (skip, indices) = match operator {
        Operator::CallIndirect { .. } => (1 + leb_length(wasm, offset + 1), 1),
        Operator::MemorySize { .. } | Operator::MemoryGrow { .. } => (1, 1),
        Operator::MemoryCopy { .. } => (2, 2),
        Operator::MemoryFill { .. } => (2, 1),
        _ => return,
    };
    let written = end - offset - skip;
    let zero = (offset + skip..end).all(|at| byte(wasm, at) == Some(0));
    if written != indices || !zero {
        let found = format!("the index takes {written} bytes or is not 0");
        report.add_in(function, offset, Rule::PaddedIndex, found);
    }
}

/// Checks that a block takes nothing from the stack and leaves at most one integer.
fn check_block(
    operator: &Operator<'_>,
    validator: &wasmparser::FuncValidator<ValidatorResources>,
    offset: u64,
    function: u32,
    limits: &Limits,
    report: &mut Report,
) {
    let (Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty }) =
        operator
    else {
        return;
    };
    match blockty {
        BlockType::Empty => {}
        BlockType::Type(ty) => {
            if let Some(rule) = forbidden_type(*ty) {
                report.add_in(function, offset, rule, format!("a block of type {ty}"));
            }
        }
        BlockType::FuncType(ty) => {
            let several = validator
                .resources()
                .sub_type_at(*ty)
                .map(|ty| ty.unwrap_func())
                .is_some_and(|ty| !ty.params().is_empty() || ty.results().len() > 1);
            if several && !limits.multi_value {
                let found = "a block that takes values or leaves several";
                report.add_in(function, offset, Rule::MultiValue, found);
            }
        }
    }
}

/// Returns the number of bytes of the LEB128 number at `offset`.
fn leb_length(wasm: &[u8], offset: u64) -> u64 {
    let continued = (offset..).take_while(|at| byte(wasm, *at).is_some_and(|byte| byte >= 0x80));
    1 + continued.count() as u64
}

fn byte(wasm: &[u8], offset: u64) -> Option<u8> {
    wasm.get(usize::try_from(offset).ok()?).copied()
}
