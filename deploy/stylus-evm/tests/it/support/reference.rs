//! The reference engine: runs a module with the few host functions that the shims need.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmi::{Caller, CompilationMode, Config, Engine, Error, Linker, Module, Store, TrapCode};

/// What a program sees of the world, and what it leaves.
#[derive(Debug, Default)]
pub(crate) struct World {
    args: Vec<u8>,
    result: Vec<u8>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The entry point returned this status; the result.
    Returned(i32, Vec<u8>),
    /// A trap of the specification.
    Trapped(String),
    /// A limit of the engine: fuel or stack.
    Exhausted,
    /// The engine failed an assertion of its own: it says nothing of the module. wasmi 2.0.0 does
    /// so while it compiles a few modules ("a register operand already exists on the stack").
    Broken,
}

/// Runs `user_entrypoint` of a module.
pub(crate) fn run(wasm: &[u8], args: &[u8], fuel: u64) -> Ended {
    let mut config = Config::default();
    config.consume_fuel(true).floats(false).compilation_mode(CompilationMode::Eager);
    let engine = Engine::new(&config);
    let compiled = catch_unwind(AssertUnwindSafe(|| Module::new(&engine, wasm)));
    let Ok(module) = compiled else { return Ended::Broken };
    let module = module.expect("the reference engine takes the module");
    let mut store = Store::new(&engine, World { args: args.to_vec(), result: Vec::new() });
    store.set_fuel(fuel).expect("fuel is on");
    let mut linker = <Linker<World>>::new(&engine);
    linker.func_wrap("vm_hooks", "read_args", read_args).expect("a new name");
    linker.func_wrap("vm_hooks", "write_result", write_result).expect("a new name");
    let instance = match linker.instantiate_and_start(&mut store, &module) {
        Ok(instance) => instance,
        Err(error) => return failed(&error),
    };
    let entry = instance
        .get_typed_func::<i32, i32>(&store, "user_entrypoint")
        .expect("the module has an entry point");
    match entry.call(&mut store, i32::try_from(args.len()).expect("short arguments")) {
        Ok(status) => Ended::Returned(status, store.into_data().result),
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> Ended {
    match error.as_trap_code() {
        Some(TrapCode::OutOfFuel | TrapCode::StackOverflow | TrapCode::OutOfSystemMemory) => {
            Ended::Exhausted
        }
        Some(trap) => Ended::Trapped(trap.to_string()),
        None => Ended::Trapped(error.to_string()),
    }
}

fn memory(caller: &Caller<'_, World>) -> wasmi::Memory {
    caller.get_export("memory").and_then(wasmi::Extern::into_memory).expect("a memory")
}

fn read_args(mut caller: Caller<'_, World>, to: u32) -> Result<(), Error> {
    let args = caller.data().args.clone();
    let memory = memory(&caller);
    memory.write(&mut caller, to as usize, &args).map_err(|_| TrapCode::MemoryOutOfBounds.into())
}

fn write_result(mut caller: Caller<'_, World>, from: u32, length: u32) -> Result<(), Error> {
    let memory = memory(&caller);
    let (from, length) = (from as usize, length as usize);
    let bytes = memory.data(&caller).get(from..from + length).map(<[u8]>::to_vec);
    caller.data_mut().result = bytes.ok_or(TrapCode::MemoryOutOfBounds)?;
    Ok(())
}
