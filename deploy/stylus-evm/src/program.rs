//! The whole program: where everything lies in EVM memory, which functions there are, and the code
//! around them that initializes, creates and dispatches.

use alloy_primitives::{U256, keccak256};

use crate::{
    Constructor, Options,
    error::Error,
    evm::opcode::Opcode,
    host::{
        HostBuilder,
        routine::{Routine, Routines, dispatcher, enter_request},
    },
    ir::{FnId, Function, Op, Origin, Program, Slot, builder::Builder},
    lower::{Context, lower},
    passes::{
        results::{self, Fate},
        shadow_stack::ShadowStack,
    },
    wasm::module::{Memory, Module, PAGE_BYTES, Segment, Type},
};

/// Start of the scratch words: a store passes through the first, a hash uses both.
pub(crate) const SCRATCH: u64 = 0;
/// The word that jump tables are read through. Only its last bytes are ever written.
pub(crate) const JUMP_WORD: u64 = 0x40;
/// The word that holds the last storage key that was a hash, as the program's memory has it.
pub(crate) const KEY_IN_MEMORY: u64 = 0x60;
/// The word that holds the same key. Both are zero at first, which is a key and its word as well.
pub(crate) const KEY: u64 = 0x80;
/// Start of the static words.
pub(crate) const SLOTS: u64 = 0xa0;
/// What stylus-sdk's router calls the constructor by, whatever its parameters.
fn constructor_selector() -> u32 {
    let hash = keccak256("stylus_constructor()");
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// Where everything lies in EVM memory, from low to high: scratch words, the jump word, the last
/// key, static words, static frames, linear memory in reverse.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// `K`: the byte at address `a` of linear memory lies at `K − 1 − a`.
    pub(crate) mirror: U256,
    pub(crate) memory: Memory,
    /// How far the memory may grow.
    pub(crate) limit_pages: u64,
    /// The word that holds the number of pages, if the memory can grow.
    pub(crate) pages: Option<Slot>,
    pub(crate) result_address: Slot,
    pub(crate) result_length: Slot,
    globals: Vec<Option<Slot>>,
    slots: u32,
    /// What may happen to a result before the frame ends.
    pub(crate) result: Fate,
    /// Whether the program asks if it was entered again.
    pub(crate) tracks_reentrancy: bool,
    pub(crate) constructor_selector: u32,
    /// Whether the program runs when it is created.
    pub(crate) runs_constructor: bool,
    /// The global that looks like a shadow stack's pointer.
    pub(crate) shadow_stack: Option<ShadowStack>,
}

impl Layout {
    /// Lays out memory with `frame_bytes` for static frames.
    fn new(module: &Module<'_>, options: &Options, frame_bytes: u64) -> Self {
        let memory = module.memory;
        let grows = crate::wasm::scan::grows(module);
        let limit_pages = limit_pages(&memory, grows, options);
        let mut slots = 2;
        let mut next = || {
            slots += 1;
            Slot(slots - 1)
        };
        let pages = grows.then(&mut next);
        let globals: Vec<Option<Slot>> =
            module.globals.iter().map(|global| global.mutable.then(&mut next)).collect();
        let shadow_stack = shadow_stack(module, &globals);
        let base = SLOTS + u64::from(slots) * 32 + frame_bytes;
        Self {
            mirror: U256::from(base + limit_pages * PAGE_BYTES),
            memory,
            limit_pages,
            pages,
            result_address: Slot(0),
            result_length: Slot(1),
            globals,
            slots,
            result: Fate::Unknown,
            tracks_reentrancy: module.imports.iter().any(|host| host.name == "msg_reentrant"),
            constructor_selector: constructor_selector(),
            runs_constructor: options.constructor == Constructor::Stylus,
            shadow_stack,
        }
    }

    /// The word of a mutable global.
    pub(crate) fn global(&self, index: u32) -> Slot {
        self.globals[index as usize].unwrap_or(Slot(0))
    }

    /// EVM address of a static word.
    pub(crate) fn slot_address(slot: Slot) -> U256 {
        U256::from(SLOTS + u64::from(slot.0) * 32)
    }

    /// EVM address of the static frames.
    pub(crate) fn frames(&self) -> u64 {
        SLOTS + u64::from(self.slots) * 32
    }
}

/// How far the memory may grow: what the module declares, else what the options say, else one page
/// more than at the start. A memory that never grows needs only its initial size.
fn limit_pages(memory: &Memory, grows: bool, options: &Options) -> u64 {
    if !grows {
        return memory.initial;
    }
    let declared = memory.maximum.unwrap_or(65_536);
    let asked = options.memory_limit_pages.map(u64::from);
    let limit = match (memory.maximum, asked) {
        (_, Some(asked)) => asked.min(declared),
        (Some(maximum), None) => maximum,
        (None, None) => memory.initial + 1,
    };
    limit.max(memory.initial)
}

/// Finds the pointer of the shadow stack: the first global, as linkers lay it out. The data below
/// the stack ends where the linker's symbol says, or the last segment.
fn shadow_stack(module: &Module<'_>, globals: &[Option<Slot>]) -> Option<ShadowStack> {
    let global = module.globals.first()?;
    let slot = (*globals.first()?)?;
    if global.ty != Type::I32 || module.exported_globals.iter().any(|(_, index)| *index == 0) {
        return None;
    }
    let top = global.initial;
    let end = |segment: &Segment<'_>| u64::from(segment.address) + segment.bytes.len() as u64;
    let segments = module.data.iter().map(end).filter(|&end| end <= top);
    let symbol = module.exported_globals.iter().find(|(name, _)| name == "__data_end");
    let symbol = symbol.map(|(_, index)| module.globals[*index as usize].initial);
    let bottom = segments.chain(symbol.filter(|&end| end <= top)).max().unwrap_or_default();
    Some(ShadowStack { slot, top, bottom })
}

/// A program before optimisation, and what it was made for.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) program: Program,
    pub(crate) layout: Layout,
}

/// Number of functions of the translator's own in front of the routines: the start.
const START: FnId = FnId(0);

/// Builds all functions of a module.
pub(crate) fn build(
    module: &Module<'_>,
    options: &Options,
    frame_bytes: u64,
) -> Result<Built, Error> {
    let mut layout = Layout::new(module, options, frame_bytes);
    let entrypoint = module.entrypoint()?;
    let routines = Routines::starting_at(FnId(1));
    let mut program = Program::default();
    // The start and the host functions are replaced when what they depend on is known.
    let nothing = || Builder::new("", Origin::Own, &[], None).function;
    program.add(nothing());
    for function in routines.build(&layout) {
        program.add(function);
    }
    let first_host = program.functions.len();
    let mut functions: Vec<_> = module.imports.iter().map(|_| program.add(nothing())).collect();
    let first_defined = program.functions.len();
    let id = |index: usize| FnId(u32::try_from(index).unwrap_or(u32::MAX));
    functions.extend((0..module.functions.len()).map(|number| id(first_defined + number)));
    let first_dispatcher = first_defined + module.functions.len();
    let types = module.called_types();
    let mut dispatchers = vec![None; types.iter().max().map_or(0, |max| *max as usize + 1)];
    for (number, &ty) in types.iter().enumerate() {
        dispatchers[ty as usize] = Some(id(first_dispatcher + number));
    }
    let context = Context { module, layout: &layout, functions, dispatchers, routines };
    let imports = module.imports.len();
    for number in 0..module.functions.len() {
        let index = u32::try_from(imports + number).unwrap_or(u32::MAX);
        program.add(lower(&context, index)?);
    }
    for &ty in &types {
        program.add(table_dispatcher(&context, ty)?);
    }
    let entry = context.functions[entrypoint as usize];
    let write = module.imports.iter().position(|host| host.name == "write_result");
    if let Some(write) = write {
        layout.result = results::fate(&program, entry, id(first_host + write));
    }
    for (number, host) in module.imports.iter().enumerate() {
        program.replace(id(first_host + number), host.function(&layout, &routines));
    }
    let start = start(module, &layout, options, &routines, entry, &mut program.data);
    program.replace(START, start);
    Ok(Built { program, layout })
}

/// The dispatcher of a type: functions of other types are not entered.
fn table_dispatcher(context: &Context<'_>, ty: u32) -> Result<Function, Error> {
    let module = context.module;
    let position = crate::error::Position::default();
    let signature = module.type_at(ty, position)?;
    let mut table = Vec::new();
    for entry in &module.table {
        let function = entry
            .filter(|&function| module.signature(function).is_ok_and(|found| found == signature));
        table.push(function.map(|function| context.functions[function as usize]));
    }
    let params = crate::lower::bits(&signature.params);
    Ok(dispatcher(ty as usize, &params, signature.results.len(), table))
}

/// Where everything starts, in a call as well as in creation.
fn start(
    module: &Module<'_>,
    layout: &Layout,
    options: &Options,
    routines: &Routines,
    entry: FnId,
    data: &mut Vec<Vec<u8>>,
) -> Function {
    let b = Builder::new("start", Origin::Own, &[], None);
    let mut h = HostBuilder { b, layout, routines };
    let (creation, call) = (h.b.new_block(), h.b.new_block());
    let deployed = h.b.op(Op::CodeLength, vec![]);
    let total = h.b.evm(Opcode::CODESIZE, []);
    let created = h.b.evm(Opcode::GT, [total, deployed]);
    h.b.branch(created, creation, call);

    let run = h.b.new_block();
    let size = h.b.add_param(run);
    h.b.switch_to(creation);
    match options.constructor {
        Constructor::None => {
            refuse_arguments_and_value(&mut h);
            h.return_code();
        }
        Constructor::Stylus => {
            let (_, length) = crate::host::constructor_args(&mut h);
            let four = h.b.int(4);
            let size = h.b.add(length, four);
            h.b.jump(run, vec![size]);
        }
    }
    h.b.switch_to(call);
    if layout.tracks_reentrancy {
        answer_enter_request(&mut h);
    }
    let call_size = h.b.evm(Opcode::CALLDATASIZE, []);
    h.b.jump(run, vec![call_size]);

    h.b.switch_to(run);
    initialize(&mut h, module, data);
    let status = h.b.call(entry, vec![size], &[32]);
    h.call(Routine::Finish, status);
    h.b.end(crate::ir::Terminator::Trap);
    h.b.function
}

/// Copies data segments to memory and sets globals. Segments are stored reversed in the code.
fn initialize(h: &mut HostBuilder<'_>, module: &Module<'_>, data: &mut Vec<Vec<u8>>) {
    for segment in module.data.iter().filter(|segment| !segment.bytes.is_empty()) {
        let reversed: Vec<u8> = segment.bytes.iter().rev().copied().collect();
        let number = data.iter().position(|known| *known == reversed).unwrap_or_else(|| {
            data.push(reversed);
            data.len() - 1
        });
        let from = h.b.op(Op::DataOffset(u32::try_from(number).unwrap_or(u32::MAX)), vec![]);
        let length = segment.bytes.len() as u64;
        let end = U256::from(u64::from(segment.address) + length);
        let to = h.b.word(h.layout.mirror - end);
        let length = h.b.int(length);
        h.b.evm(Opcode::CODECOPY, [to, from, length]);
    }
    for (index, global) in (0..).zip(&module.globals) {
        if global.mutable && global.initial != 0 {
            let value = h.b.int(global.initial);
            h.b.slot_store(h.layout.global(index), value);
        }
    }
    if let Some(pages) = h.layout.pages {
        let initial = h.b.int(h.layout.memory.initial);
        h.b.slot_store(pages, initial);
    }
}

/// Sets the mark of [`Routine::Enter`] when the contract itself asks for it.
fn answer_enter_request(h: &mut HostBuilder<'_>) {
    let (own, request, go_on) = (h.b.new_block(), h.b.new_block(), h.b.new_block());
    let caller = h.b.evm(Opcode::CALLER, []);
    let this = h.b.evm(Opcode::ADDRESS, []);
    let is_own = h.b.evm(Opcode::EQ, [caller, this]);
    h.b.branch(is_own, own, go_on);

    h.b.switch_to(own);
    let size = h.b.evm(Opcode::CALLDATASIZE, []);
    let (word_bytes, zero) = (h.b.int(32), h.b.int(0));
    let one_word = h.b.evm(Opcode::EQ, [size, word_bytes]);
    let asked = h.b.evm(Opcode::CALLDATALOAD, [zero]);
    let wanted = h.b.word(enter_request());
    let is_wanted = h.b.evm(Opcode::EQ, [asked, wanted]);
    let both = h.b.and(one_word, is_wanted);
    h.b.branch(both, request, go_on);

    h.b.switch_to(request);
    let key = h.b.word(crate::host::calling_out_key());
    let one = h.b.int(1);
    h.b.evm(Opcode::TSTORE, [key, one]);
    h.b.halt(Opcode::STOP, vec![]);
    h.b.switch_to(go_on);
}

/// A contract without a constructor takes neither arguments nor value, like solc's.
fn refuse_arguments_and_value(h: &mut HostBuilder<'_>) {
    let (_, length) = crate::host::constructor_args(h);
    let value = h.b.evm(Opcode::CALLVALUE, []);
    let either = h.b.or(length, value);
    h.b.trap_if(either);
}
