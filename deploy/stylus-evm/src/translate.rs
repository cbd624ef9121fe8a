//! The pipeline: module, program, passes, code.

use alloy_primitives::U256;

use crate::{
    Options, Passes, Stats, Translation,
    codegen::{self, CallGraph, Shared},
    error::Error,
    evm::{
        asm::{Assembled, Blob, Item, Label, Source, Text},
        opcode::Opcode,
    },
    host::routine::{Routine, Routines},
    ir::{FnId, Function, Origin, Program, verify::verify},
    map::{MappedFunction, Range, SourceMap},
    passes,
    program::{self, Built, Layout},
    wasm::{module::Module, scan},
};

/// The marker byte that tells creation code without arguments from deployed code.
const MARKER: u8 = 0x00;

/// Translates a module; see [`crate::translate`].
pub(crate) fn translate(wasm: &[u8], options: &Options) -> Result<Translation, Error> {
    let module = Module::parse(wasm)?;
    // Constants of the code depend on the size of the static frames, and so, by a hair, does that
    // size on the constants: as soon as the frames fit, all is well.
    let mut frame_bytes = 0;
    let mut entry_bytes = 2;
    loop {
        let built = program::build(&module, options, frame_bytes)?;
        let generated = generate(built, options, entry_bytes)?;
        let code_fits = generated.assembled.code_bytes < 1 << (8 * u32::from(entry_bytes));
        if generated.frame_bytes <= frame_bytes && code_fits {
            return Ok(finish(&module, generated));
        }
        frame_bytes = frame_bytes.max(generated.frame_bytes);
        entry_bytes += u8::from(!code_fits);
    }
}

/// Code and what belongs to it.
struct Generated {
    program: Program,
    assembled: Assembled,
    frame_bytes: u64,
}

fn generate(built: Built, options: &Options, entry_bytes: u8) -> Result<Generated, Error> {
    let Built { mut program, layout } = built;
    let routines = Routines::starting_at(FnId(1));
    optimize(&mut program, &layout, options)?;
    let graph = CallGraph::new(&program, routines.get(Routine::Bswap));
    let reachable = graph.reachable(FnId(0));
    let mut text = Text::default();
    let data = program.data.iter().map(|bytes| text.blob(Blob::Bytes(bytes.clone()))).collect();
    let labels: Vec<Label> = program.functions.iter().map(|_| text.label()).collect();
    let trap = text.label();
    let shared = Shared {
        program: &program,
        graph: &graph,
        routines,
        entry_bytes,
        labels,
        data,
        trap,
        slot_address: Layout::slot_address,
    };
    let mut words = vec![0; program.functions.len()];
    for id in (0..).map(FnId).take(program.functions.len()) {
        if reachable[id.0 as usize] {
            words[id.0 as usize] = codegen::function(&shared, &mut text, id)?;
        }
    }
    text.push(Item::Source(Source::default()));
    text.push(Item::Label(trap));
    text.push(Item::Push(U256::ZERO));
    text.push(Item::Push(U256::ZERO));
    text.op(Opcode::REVERT);
    let frames = graph.frames(&words);
    let base = layout.frames();
    text.drop_unused_labels();
    let assembled = text.assemble(|function, slot| {
        let word = u64::from(frames.start[function as usize]) + u64::from(slot);
        U256::from(base + word * 32)
    });
    let frame_bytes = u64::from(frames.words) * 32;
    Ok(Generated { program, assembled, frame_bytes })
}

/// Rounds of passes over the whole program; later ones find next to nothing.
const ROUNDS: usize = 3;

/// Runs the passes.
fn optimize(program: &mut Program, layout: &Layout, options: &Options) -> Result<(), Error> {
    let passes = &options.passes;
    if passes.demand {
        for function in &mut program.functions {
            passes::byte_order::run(function);
        }
    }
    simplify_all(program, passes)?;
    if let Some(stack) = layout.shadow_stack.filter(|_| passes.shadow_stack) {
        passes::shadow_stack::run(program, &stack);
        simplify_all(program, passes)?;
    }
    for _ in 0..ROUNDS {
        if passes.widen {
            for function in &mut program.functions {
                passes::widen::run(function);
            }
            simplify_all(program, passes)?;
        }
        if passes.inline {
            passes::inline::run(program, FnId(0));
        }
        if passes.interprocedural {
            passes::interprocedural::run(program);
        }
        simplify_all(program, passes)?;
    }
    for function in &mut program.functions {
        if passes.masks {
            passes::masks::run(function);
        }
        passes::expand::run(function, layout);
        check(function)?;
        simplify(function, passes)?;
    }
    if passes.tail {
        passes::tail::run(program);
    }
    for function in &mut program.functions {
        passes::dead::run(function);
        if passes.merge {
            passes::merge::run(function);
            check(function)?;
            passes::dead::run(function);
        }
        passes::split::run(function);
        check(function)?;
    }
    Ok(())
}

fn simplify_all(program: &mut Program, passes: &Passes) -> Result<(), Error> {
    for function in &mut program.functions {
        check(function)?;
        simplify(function, passes)?;
    }
    Ok(())
}

/// A pass over one function, which says whether anything changed.
type Simplifier = fn(&mut Function) -> bool;

/// Simplifies a function until nothing changes.
fn simplify(function: &mut Function, passes: &Passes) -> Result<(), Error> {
    let all: [(bool, Simplifier); 6] = [
        (true, passes::branches::run),
        (true, passes::params::run),
        (passes.ranges, passes::ranges::run),
        (passes.demand, passes::demand::run),
        (true, passes::number::run),
        (true, passes::dead::run),
    ];
    loop {
        let mut changed = false;
        for (_, pass) in all.iter().filter(|(on, _)| *on) {
            changed |= pass(function);
            check(function)?;
        }
        if !changed {
            return Ok(());
        }
    }
}

/// Verifies a function in debug builds.
fn check(function: &Function) -> Result<(), Error> {
    if cfg!(debug_assertions) { verify(function) } else { Ok(()) }
}

fn finish(module: &Module<'_>, generated: Generated) -> Translation {
    let Generated { program, assembled, .. } = generated;
    let mapped = |function: &Function| MappedFunction {
        index: match function.origin {
            Origin::Wasm(index) => Some(index),
            Origin::Own => None,
        },
        name: function.name.clone(),
    };
    let range = |(start, source): &(usize, Source)| Range {
        start: *start,
        function: source.function,
        offset: source.offset,
    };
    let map = SourceMap {
        functions: program.functions.iter().map(mapped).collect(),
        ranges: assembled.sources.iter().map(range).collect(),
        code_bytes: assembled.code_bytes,
    };
    let stats = Stats {
        wasm_functions: module.functions.len(),
        wasm_instructions: scan::instructions(module),
        code_bytes: assembled.code_bytes,
        deployed_bytes: assembled.bytes.len(),
    };
    let mut bytecode = assembled.bytes.clone();
    bytecode.push(MARKER);
    Translation { bytecode, deployed_bytecode: assembled.bytes, map, stats }
}
