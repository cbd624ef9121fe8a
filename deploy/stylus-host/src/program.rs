//! Decides how a program is made ready and run: metered and compiled once, one instance per call.

use std::{fmt, sync::Arc};

use alloy_primitives::Bytes;
use wasmi::{Config, Engine, Global, Instance, Linker, Module, Store, TrapCode, Val};

use crate::{
    chain::Chain,
    error::Error,
    frame::{Env, Escape, Frame, Meters},
    hooks,
    message::Message,
    meter::{self, Metered, Metering},
    outcome::Status,
    prices::ModuleSize,
    units::Ink,
};

/// Deepest nesting of calls within a program. The chain meters depth in words instead.
const MAX_RECURSION: usize = 16_384;
/// Bytes of operand stack of a program: the chain's 262,144 words (`MaxStackDepth`).
const MAX_STACK_BYTES: usize = 262_144 * 8;

/// The engine that runs programs, with every host function linked.
pub(crate) struct Machine {
    engine: Engine,
    linker: Linker<Env>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

impl Machine {
    pub(crate) fn new() -> Arc<Self> {
        let mut config = Config::default();
        config
            .floats(false)
            .allow_start_fn(false)
            .wasm_multi_memory(false)
            .wasm_memory64(false)
            .wasm_tail_call(false)
            .wasm_extended_const(false)
            .set_max_stack_height(MAX_STACK_BYTES)
            .set_max_recursion_depth(MAX_RECURSION);
        let engine = Engine::new(&config);
        let linker = hooks::linker(&engine);
        Arc::new(Self { engine, linker })
    }
}

/// A program ready to run.
#[derive(Debug)]
pub(crate) struct Program {
    module: Module,
    metering: Metering,
    pub(crate) size: ModuleSize,
    names: Vec<String>,
}

/// How a program ended, before the chain judges it.
pub(crate) struct Run {
    pub(crate) status: Status,
    pub(crate) output: Bytes,
    pub(crate) ink_left: Ink,
}

impl Program {
    /// Meters and compiles a program.
    pub(crate) fn new(machine: &Machine, wasm: &[u8], metering: Metering) -> Result<Self, Error> {
        let Metered { wasm, size, names } = meter::meter(wasm, metering)?;
        let module = Module::new(&machine.engine, &wasm)?;
        for name in ["user_entrypoint", "memory"] {
            if module.get_export(name).is_none() {
                return Err(Error::Export { name });
            }
        }
        let program = Self { module, metering, size, names };
        let mut store = Store::new(&machine.engine, Env::idle());
        program.instantiate(machine, &mut store)?;
        Ok(program)
    }

    fn instantiate(&self, machine: &Machine, store: &mut Store<Env>) -> Result<Instance, Error> {
        Ok(machine.linker.instantiate_and_start(store, &self.module)?)
    }

    /// Runs the program on `message` with `ink`; the chain is lent for as long.
    pub(crate) fn run(
        &self,
        machine: &Arc<Machine>,
        chain: &mut Chain,
        message: Message,
        ink: Ink,
    ) -> Result<Run, Error> {
        let input_len = u32::try_from(message.input.len()).unwrap_or(u32::MAX);
        let address = message.target;
        let frame = Frame::new(message);
        let env = Env::new(Arc::clone(machine), std::mem::take(chain), frame);
        let mut store = Store::new(&machine.engine, env);
        let result = self.enter(machine, &mut store, input_len, ink);
        if self.metering == Metering::Profiled
            && let Ok((instance, _)) = &result
        {
            self.collect_profile(*instance, &mut store, address);
        }
        let ink_left = store.data().meters.map_or(Ink(0), |meters| meters.ink_left(&store));
        let out_of_ink = store.data().meters.is_some_and(|meters| meters.is_exhausted(&store));
        let running = store.data().meters.and_then(|meters| meters.current(&store));
        let place = running.and_then(|running| self.names.get(running));
        let mut env = store.into_data();
        *chain = std::mem::take(&mut env.chain);
        let (_, result) = result?;
        let output = std::mem::take(&mut env.frame.outs);
        let (status, output) = match result {
            Ok(0) => (Status::Success, output),
            Ok(_) => (Status::Revert, output),
            Err(_) if out_of_ink => (Status::OutOfGas, Vec::new()),
            Err(error) => match error.downcast_ref::<Escape>() {
                Some(Escape::Exit(0)) => (Status::Success, output),
                Some(Escape::Exit(_)) => (Status::Revert, output),
                Some(Escape::OutOfInk) => (Status::OutOfGas, Vec::new()),
                Some(Escape::Unsupported(what)) => (Status::Unsupported(what), Vec::new()),
                Some(escape) => (failure(escape, place), Vec::new()),
                None if error.as_trap_code() == Some(TrapCode::StackOverflow) => {
                    (Status::OutOfStack, Vec::new())
                }
                None => (failure(&error, place), Vec::new()),
            },
        };
        Ok(Run { status, output: output.into(), ink_left })
    }

    /// Instantiates the program and calls its entry point.
    #[allow(
        clippy::type_complexity,
        reason = "two levels of failure: the host's and the program's"
    )]
    fn enter(
        &self,
        machine: &Machine,
        store: &mut Store<Env>,
        input_len: u32,
        ink: Ink,
    ) -> Result<(Instance, Result<u32, wasmi::Error>), Error> {
        let instance = self.instantiate(machine, store)?;
        let global = |store: &Store<Env>, name| {
            instance.get_global(store, name).ok_or(Error::Export { name })
        };
        let meters = Meters {
            memory: instance
                .get_memory(&*store, "memory")
                .ok_or(Error::Export { name: "memory" })?,
            ink: global(store, meter::INK_LEFT)?,
            status: global(store, meter::INK_STATUS)?,
            current: instance.get_global(&*store, meter::PROFILE_CURRENT),
        };
        meters.set_ink(&mut *store, ink);
        store.data_mut().meters = Some(meters);
        let entry = instance.get_typed_func::<u32, u32>(&*store, "user_entrypoint")?;
        Ok((instance, entry.call(&mut *store, input_len)))
    }

    fn collect_profile(
        &self,
        instance: Instance,
        store: &mut Store<Env>,
        address: alloy_primitives::Address,
    ) {
        let read = |store: &Store<Env>, name: &str| -> u64 {
            instance.get_global(store, name).map_or(0, |global| word(global, store))
        };
        for (index, name) in self.names.iter().enumerate() {
            let calls = read(store, &meter::profile_calls(index));
            let ink = read(store, &meter::profile_ink(index));
            let hooks = store.data_mut().frame.hook_inks.remove(&index).unwrap_or_default();
            if calls == 0 && hooks.is_empty() {
                continue;
            }
            let profile = &mut store.data_mut().chain.profile;
            let row = profile.functions.entry((address, name.clone())).or_default();
            row.calls += calls;
            row.ink += Ink(ink);
            for (hook, (count, ink)) in hooks {
                let sum = row.hooks.entry(hook).or_default();
                sum.0 += count;
                sum.1 += ink;
            }
        }
    }
}

/// Returns a failure that says why and, if that is known, in which function.
fn failure(error: &dyn fmt::Display, function: Option<&String>) -> Status {
    Status::Failure(match function {
        Some(function) => format!("{error}, in `{function}`"),
        None => error.to_string(),
    })
}

/// Reads a global of 64 bits.
pub(crate) fn word(global: Global, store: impl wasmi::AsContext) -> u64 {
    match global.get(store) {
        Val::I64(value) => value.cast_unsigned(),
        _ => 0,
    }
}
