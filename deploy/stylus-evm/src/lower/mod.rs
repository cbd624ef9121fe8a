//! Lowers WebAssembly functions to the intermediate representation: one operator, one visible
//! lowering, a file for each chapter of the specification's operators.
//!
//! Conventions. Words on the operand stack and in locals are *dirty*: bits above the type's width
//! are arbitrary. An operation that needs clean operands asks for them with [`Lowering::clean`],
//! which masks, or [`Lowering::signed`], which extends the sign. Arguments and results of
//! functions are clean.

#![allow(clippy::match_same_arms, reason = "a table: one operator, one line")]

mod control;
mod convert;
mod memory;
mod numeric;
mod parametric;
mod variable;

use alloy_primitives::U256;
use wasmparser::Operator;

use crate::{
    error::{Construct, Error, Position},
    ir::{FnId, Function, Origin, Slot, Value, builder::Builder},
    program::Layout,
    wasm::module::{Module, Signature, Type},
};

/// Width of an integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    W32,
    W64,
}

impl Width {
    pub(crate) const fn bits(self) -> u64 {
        match self {
            Self::W32 => 32,
            Self::W64 => 64,
        }
    }

    pub(crate) const fn of(ty: Type) -> Self {
        match ty {
            Type::I32 => Self::W32,
            Type::I64 => Self::W64,
        }
    }
}

/// Bits of words of these types.
pub(crate) fn bits(types: &[Type]) -> Vec<u16> {
    let bits = |&ty: &Type| match ty {
        Type::I32 => 32,
        Type::I64 => 64,
    };
    types.iter().map(bits).collect()
}

/// What functions refer to outside themselves.
#[derive(Debug)]
pub(crate) struct Context<'m> {
    pub(crate) module: &'m Module<'m>,
    pub(crate) layout: &'m Layout,
    /// The program's functions, by index in the function index space.
    pub(crate) functions: Vec<FnId>,
    /// The routines that enter a function of the table, by type index.
    pub(crate) dispatchers: Vec<Option<FnId>>,
    pub(crate) routines: crate::host::routine::Routines,
}

/// A function that is being lowered.
#[derive(Debug)]
pub(crate) struct Lowering<'m> {
    context: &'m Context<'m>,
    pub(crate) b: Builder,
    function: u32,
    locals: Vec<Value>,
    stack: Vec<Value>,
    control: Vec<control::Frame>,
    /// Nesting of control operators inside code that cannot be reached.
    unreachable: Option<u32>,
    /// Locals assigned in each loop, by position of the loop operator.
    assigned: std::collections::BTreeMap<usize, Vec<u32>>,
}

/// Lowers one function of the module.
pub(crate) fn lower(context: &Context<'_>, function: u32) -> Result<Function, Error> {
    let module = context.module;
    let defined = &module.functions[function as usize - module.imports.len()];
    let signature = module.signature(function)?.clone();
    let mut lowering = Lowering::new(context, function, &signature);
    let position = |offset| Position { function: Some(function), offset };
    let invalid = |source: wasmparser::BinaryReaderError| Error::Invalid {
        position: position(source.offset()),
        source,
    };
    for local in defined.body.get_locals_reader().map_err(invalid)? {
        let (count, ty) = local.map_err(invalid)?;
        if !matches!(ty, wasmparser::ValType::I32 | wasmparser::ValType::I64) {
            let construct = Construct::ValueType(ty.to_string());
            return Err(Error::unsupported(position(defined.body.range().start), construct));
        }
        let zero = lowering.b.int(0);
        lowering.locals.extend((0..count).map(|_| zero));
    }
    let reader = defined.body.get_operators_reader().map_err(invalid)?;
    let operators: Result<Vec<_>, _> = reader.into_iter_with_offsets().collect();
    let operators = operators.map_err(invalid)?;
    lowering.assigned = variable::assigned_in_loops(&operators);
    lowering.enter(&signature);
    for (number, (operator, offset)) in operators.iter().enumerate() {
        lowering.b.source.offset = u32::try_from(*offset).unwrap_or(u32::MAX);
        lowering.operator(number, operator, position(*offset))?;
    }
    Ok(lowering.b.function)
}

impl<'m> Lowering<'m> {
    fn new(context: &'m Context<'m>, function: u32, signature: &Signature) -> Self {
        let params = bits(&signature.params);
        let name = context.module.name(function);
        let results = Some(signature.results.len());
        let b = Builder::new(name, Origin::Wasm(function), &params, results);
        let locals = (0..params.len()).map(|number| b.param(number)).collect();
        Self {
            context,
            b,
            function,
            locals,
            stack: Vec::new(),
            control: Vec::new(),
            unreachable: None,
            assigned: std::collections::BTreeMap::new(),
        }
    }

    pub(crate) fn pop(&mut self) -> Result<Value, Error> {
        self.stack.pop().ok_or_else(|| Error::internal("the operand stack is empty"))
    }

    /// Pops two operands: the deeper one first, as the specification writes them.
    pub(crate) fn pop2(&mut self) -> Result<(Value, Value), Error> {
        let second = self.pop()?;
        Ok((self.pop()?, second))
    }

    pub(crate) fn pop_many(&mut self, count: usize) -> Result<Vec<Value>, Error> {
        let start = self.stack.len().checked_sub(count);
        let start = start.ok_or_else(|| Error::internal("the operand stack is too short"))?;
        Ok(self.stack.split_off(start))
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    /// The value with zeros above its width.
    pub(crate) fn clean(&mut self, width: Width, value: Value) -> Value {
        self.b.low_bits(width.bits(), value)
    }

    /// The value with its sign above its width.
    pub(crate) fn signed(&mut self, width: Width, value: Value) -> Value {
        let last_byte = self.b.int(width.bits() / 8 - 1);
        self.b.evm(crate::evm::opcode::Opcode::SIGNEXTEND, [last_byte, value])
    }

    /// Cleans values by their types.
    pub(crate) fn clean_all(&mut self, values: Vec<Value>, types: &[Type]) -> Vec<Value> {
        let pairs = values.into_iter().zip(types);
        pairs.map(|(value, &ty)| self.clean(Width::of(ty), value)).collect()
    }

    /// The word of a constant, as the bits of its type.
    pub(crate) fn push_word(&mut self, word: u64) {
        let value = self.b.word(U256::from(word));
        self.push(value);
    }

    /// The static word of a global variable.
    pub(crate) fn global_slot(&self, index: u32) -> Slot {
        self.context.layout.global(index)
    }

    /// Lowers one operator: one line each.
    fn operator(
        &mut self,
        number: usize,
        operator: &Operator<'_>,
        position: Position,
    ) -> Result<(), Error> {
        use Operator as O;
        if self.unreachable.is_some() {
            return self.skip(operator);
        }
        match *operator {
            // Control.
            O::Unreachable => self.unreachable(),
            O::Nop => Ok(()),
            O::Block { blockty } => self.block(blockty, position),
            O::Loop { blockty } => self.loop_(blockty, number, position),
            O::If { blockty } => self.if_(blockty, position),
            O::Else => self.else_(),
            O::End => self.end(),
            O::Br { relative_depth } => self.br(relative_depth),
            O::BrIf { relative_depth } => self.br_if(relative_depth),
            O::BrTable { ref targets } => self.br_table(targets),
            O::Return => self.return_(),
            O::Call { function_index } => self.call(function_index),
            O::CallIndirect { type_index, .. } => self.call_indirect(type_index, position),
            // Parametric.
            O::Drop => self.pop().map(drop),
            O::Select => self.select(),
            // Variables.
            O::LocalGet { local_index } => self.local_get(local_index),
            O::LocalSet { local_index } => self.local_set(local_index),
            O::LocalTee { local_index } => self.local_tee(local_index),
            O::GlobalGet { global_index } => self.global_get(global_index),
            O::GlobalSet { global_index } => self.global_set(global_index),
            _ => self.data_operator(operator, position),
        }
    }

    /// Operators on memory and numbers.
    fn data_operator(&mut self, operator: &Operator<'_>, position: Position) -> Result<(), Error> {
        use Operator as O;
        use Width::{W32, W64};
        match *operator {
            // Memory.
            O::I32Load { memarg } => self.load(memarg, 4),
            O::I64Load { memarg } => self.load(memarg, 8),
            O::I32Load8U { memarg } | O::I64Load8U { memarg } => self.load(memarg, 1),
            O::I32Load16U { memarg } | O::I64Load16U { memarg } => self.load(memarg, 2),
            O::I64Load32U { memarg } => self.load(memarg, 4),
            O::I32Load8S { memarg } | O::I64Load8S { memarg } => self.load_signed(memarg, 1),
            O::I32Load16S { memarg } | O::I64Load16S { memarg } => self.load_signed(memarg, 2),
            O::I64Load32S { memarg } => self.load_signed(memarg, 4),
            O::I32Store { memarg } | O::I64Store32 { memarg } => self.store(memarg, 4),
            O::I64Store { memarg } => self.store(memarg, 8),
            O::I32Store8 { memarg } | O::I64Store8 { memarg } => self.store(memarg, 1),
            O::I32Store16 { memarg } | O::I64Store16 { memarg } => self.store(memarg, 2),
            O::MemorySize { .. } => self.memory_size(),
            O::MemoryGrow { .. } => self.memory_grow(),
            O::MemoryCopy { .. } => self.memory_copy(),
            O::MemoryFill { .. } => self.memory_fill(),
            // Constants.
            O::I32Const { value } => {
                self.push_word(u64::from(value.cast_unsigned()));
                Ok(())
            }
            O::I64Const { value } => {
                self.push_word(value.cast_unsigned());
                Ok(())
            }
            // Conversions.
            O::I32WrapI64 => Ok(()),
            O::I64ExtendI32U => self.extend_unsigned(),
            O::I64ExtendI32S | O::I64Extend32S => self.extend_signed(4),
            O::I32Extend8S | O::I64Extend8S => self.extend_signed(1),
            O::I32Extend16S | O::I64Extend16S => self.extend_signed(2),
            _ => match numeric::classify(operator) {
                Some((operation, true)) => self.numeric(operation, W32),
                Some((operation, false)) => self.numeric(operation, W64),
                None => Err(self.refuse(operator, position)),
            },
        }
    }

    /// Refuses an operator outside the integer subset.
    fn refuse(&self, operator: &Operator<'_>, position: Position) -> Error {
        let text = format!("{operator:?}");
        let name = text.split([' ', '{', '(']).next().unwrap_or_default().to_owned();
        debug_assert_eq!(position.function, Some(self.function), "positions name the function");
        Error::unsupported(position, Construct::Operator(name))
    }
}
