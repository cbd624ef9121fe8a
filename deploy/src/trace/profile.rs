//! Decides which function an instruction's gas is counted for, from positions and gas alone.
//!
//! A call within a contract is seen by its effect: the next instruction comes from another
//! function. When that one is open already and is not entered at its start, it was returned to.

use std::collections::{BTreeMap, HashMap, VecDeque};

use alloy::{primitives::Address, rpc::types::trace::geth::StructLog};
use serde::Serialize;

use super::Program;

/// Instructions that ask the chain: what a Stylus program does by a host call.
const HOST_OPERATIONS: [&str; 31] = [
    "SLOAD",
    "SSTORE",
    "TLOAD",
    "TSTORE",
    "LOG0",
    "LOG1",
    "LOG2",
    "LOG3",
    "LOG4",
    "KECCAK256",
    "SHA3",
    "CALL",
    "CALLCODE",
    "DELEGATECALL",
    "STATICCALL",
    "CREATE",
    "CREATE2",
    "BALANCE",
    "SELFBALANCE",
    "EXTCODESIZE",
    "EXTCODECOPY",
    "EXTCODEHASH",
    "CALLDATACOPY",
    "CALLDATALOAD",
    "RETURNDATACOPY",
    "CALLER",
    "CALLVALUE",
    "ADDRESS",
    "TIMESTAMP",
    "NUMBER",
    "CHAINID",
];

/// What a function cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionGas {
    /// The contract, or the address of one that is not known.
    pub contract: String,
    /// The function; `host::` stands before those that are the translator's host calls.
    pub function: String,
    /// How often it was entered, or come back to from code of another function that was inlined.
    pub calls: u64,
    /// The gas of its own instructions, host operations not counted.
    pub self_gas: u64,
    /// The gas of its own host operations.
    pub host_gas: u64,
    /// The gas that was used while it was open: its own, and that of all that it called.
    pub total_gas: u64,
}

/// What a kind of host operation cost in a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostGas {
    /// The contract.
    pub contract: String,
    /// The operation, by the name of its instruction.
    pub operation: String,
    /// How often it was done.
    pub times: u64,
    /// Its gas. What a called contract used is not counted.
    pub gas: u64,
}

/// Where a transaction stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    /// The contract.
    pub contract: String,
    /// The function of the module, the last that was in before the end.
    pub function: String,
    /// Where in the module, in bytes.
    pub wasm_offset: u32,
    /// The last instruction, or why it was not done.
    pub reason: String,
    /// The functions that were open, the innermost first.
    pub backtrace: Vec<String>,
}

/// A call in which code ran.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) address: Address,
    pub(super) failed: bool,
    pub(super) calls: VecDeque<Self>,
}

/// What was found out.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) gas: u64,
    pub(super) functions: Vec<FunctionGas>,
    pub(super) host: Vec<HostGas>,
    pub(super) stop: Option<Stop>,
}

/// A function, by its place in [`Profiler::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FunctionId(usize);

/// Where a position of a contract's code comes from.
#[derive(Clone, Copy, Debug)]
struct Place {
    function: FunctionId,
    offset: u32,
    /// Whether the function belongs to the module, and not to the translator.
    is_of_module: bool,
    is_entry: bool,
}

/// The code of one contract.
#[derive(Debug)]
struct Code {
    name: String,
    places: Vec<Place>,
    /// What stands for code that is not mapped.
    other: Place,
}

/// A frame that runs.
#[derive(Debug)]
struct Open {
    code: usize,
    /// The functions that are open, the innermost last, each with the gas that was used when it
    /// was entered.
    stack: Vec<(FunctionId, u64)>,
    failed: bool,
    /// Whether the call before failed, which is then why this frame does.
    callee_failed: bool,
    calls: VecDeque<Frame>,
    /// The last place in the module, and the functions that were open when it was left.
    last: Option<Place>,
    stack_in_module: Vec<FunctionId>,
    is_in_module: bool,
    /// Gas before the call that opened the frame above, and all gas used by then.
    left: u64,
    used: u64,
}

/// Walks through the instructions of a transaction.
#[derive(Debug)]
pub(super) struct Profiler {
    codes: Vec<Code>,
    by_address: HashMap<Address, usize>,
    functions: Vec<FunctionGas>,
    /// How often each function is open.
    nested: Vec<u32>,
    host: BTreeMap<(usize, String), (u64, u64)>,
    open: Vec<Open>,
    gas: u64,
    stop: Option<Stop>,
}

impl Profiler {
    pub(super) fn new(programs: &[Program], root: Frame) -> Self {
        let mut profiler = Self {
            codes: Vec::new(),
            by_address: HashMap::new(),
            functions: Vec::new(),
            nested: Vec::new(),
            host: BTreeMap::new(),
            open: Vec::new(),
            gas: 0,
            stop: None,
        };
        for program in programs {
            profiler.add_program(program);
        }
        profiler.enter_frame(root);
        profiler
    }

    /// Takes the instructions in order.
    pub(super) fn run(&mut self, steps: &[StructLog]) {
        for (index, step) in steps.iter().enumerate() {
            self.step(step, steps.get(index + 1));
        }
        while !self.open.is_empty() {
            self.leave_frame();
        }
    }

    pub(super) fn finish(mut self) -> Summary {
        self.functions.retain(|function| function.calls > 0);
        self.functions.sort_by_key(|function| {
            (std::cmp::Reverse(function.self_gas + function.host_gas), function.function.clone())
        });
        let mut host: Vec<_> = self
            .host
            .into_iter()
            .map(|((code, operation), (times, gas))| HostGas {
                contract: self.codes[code].name.clone(),
                operation,
                times,
                gas,
            })
            .collect();
        host.sort_by_key(|host| std::cmp::Reverse(host.gas));
        Summary { gas: self.gas, functions: self.functions, host, stop: self.stop }
    }

    fn step(&mut self, step: &StructLog, next: Option<&StructLog>) {
        let Some(frame) = self.open.last() else { return };
        let code = frame.code;
        let place = self.codes[code].place(step);
        self.go_to(place);
        let next_depth = next.map_or(0, |next| next.depth);
        let cost = match next {
            Some(next) if next.depth == step.depth => step.gas.saturating_sub(next.gas),
            // What is handed to the callee is the callee's.
            Some(next) if next.depth > step.depth => step.gas_cost.saturating_sub(next.gas),
            _ => step.gas_cost.min(step.gas),
        };
        let used = self.gas;
        self.count(place.function, code, &step.op, cost);
        if next_depth > step.depth {
            if let Some(frame) = self.open.last_mut() {
                (frame.left, frame.used) = (step.gas, used);
                let callee = frame.calls.pop_front().unwrap_or_default();
                self.enter_frame(callee);
            }
        } else if next_depth < step.depth {
            self.note_stop(step, place);
            for _ in next_depth..step.depth {
                self.leave_frame();
            }
            if let Some(next) = next {
                self.settle(place.function, next.gas);
            }
        }
    }

    /// Counts the gas that a frame lost by failing, which no instruction has, for its last
    /// function. `left` is what the caller has when it goes on.
    fn settle(&mut self, last: FunctionId, left: u64) {
        let Some(caller) = self.open.last() else { return };
        let lost = caller.left.saturating_sub(left).saturating_sub(self.gas - caller.used);
        self.functions[last.0].self_gas += lost;
        self.functions[last.0].total_gas += lost;
        self.gas += lost;
    }

    fn count(&mut self, function: FunctionId, code: usize, operation: &str, cost: u64) {
        self.gas += cost;
        let function = &mut self.functions[function.0];
        if HOST_OPERATIONS.contains(&operation) {
            function.host_gas += cost;
            let sum = self.host.entry((code, operation.to_owned())).or_default();
            sum.0 += 1;
            sum.1 += cost;
        } else {
            function.self_gas += cost;
        }
    }

    /// Brings the stack of functions to where the next instruction comes from.
    fn go_to(&mut self, place: Place) {
        let Some(frame) = self.open.last_mut() else { return };
        if place.is_of_module {
            frame.last = Some(place);
        } else if std::mem::take(&mut frame.is_in_module) {
            frame.stack_in_module = frame.stack.iter().map(|open| open.0).collect();
        }
        frame.is_in_module |= place.is_of_module;
        let position = frame.stack.iter().rposition(|open| open.0 == place.function);
        let top = frame.stack.len().checked_sub(1);
        match position {
            // The same function goes on; one that calls itself is not told from a loop.
            Some(position) if Some(position) == top => {}
            Some(position) if !place.is_entry => {
                for _ in position + 1..frame.stack.len() {
                    self.leave_function();
                }
            }
            _ => self.enter_function(place.function),
        }
    }

    fn enter_function(&mut self, id: FunctionId) {
        let Some(frame) = self.open.last_mut() else { return };
        frame.stack.push((id, self.gas));
        self.functions[id.0].calls += 1;
        self.nested[id.0] += 1;
    }

    fn leave_function(&mut self) {
        let Some((id, start)) = self.open.last_mut().and_then(|frame| frame.stack.pop()) else {
            return;
        };
        self.nested[id.0] -= 1;
        if self.nested[id.0] == 0 {
            self.functions[id.0].total_gas += self.gas - start;
        }
    }

    fn enter_frame(&mut self, frame: Frame) {
        let code = self.code_of(frame.address);
        let Frame { failed, calls, .. } = frame;
        self.open.push(Open {
            code,
            stack: Vec::new(),
            failed,
            callee_failed: false,
            calls,
            last: None,
            stack_in_module: Vec::new(),
            is_in_module: false,
            left: 0,
            used: 0,
        });
    }

    fn leave_frame(&mut self) {
        while self.open.last().is_some_and(|frame| !frame.stack.is_empty()) {
            self.leave_function();
        }
        let failed = self.open.pop().is_some_and(|frame| frame.failed);
        if let Some(caller) = self.open.last_mut() {
            caller.callee_failed = failed;
        }
    }

    /// Keeps where the innermost frame fails.
    fn note_stop(&mut self, step: &StructLog, place: Place) {
        let Some(frame) = self.open.last() else { return };
        if !frame.failed || frame.callee_failed {
            return;
        }
        let (place, stack) = match frame.last {
            Some(last) if !place.is_of_module => (last, frame.stack_in_module.clone()),
            _ => (place, frame.stack.iter().map(|open| open.0).collect()),
        };
        let name = |id: &FunctionId| self.functions[id.0].function.clone();
        self.stop = Some(Stop {
            contract: self.codes[frame.code].name.clone(),
            function: name(&place.function),
            wasm_offset: place.offset,
            reason: step.error.clone().unwrap_or_else(|| step.op.to_string()),
            backtrace: stack.iter().rev().map(name).collect(),
        });
    }

    fn add_program(&mut self, program: &Program) {
        let (name, map) = (&program.name, &program.map);
        let other = self.add_function(name, "(data)".to_owned());
        let other = Place { function: other, offset: 0, is_of_module: false, is_entry: false };
        let mut known: HashMap<*const _, FunctionId> = HashMap::new();
        let mut places = Vec::with_capacity(map.code_bytes());
        for position in 0..map.code_bytes() {
            let Some(location) = map.lookup(position) else {
                places.push(other);
                continue;
            };
            let key = std::ptr::from_ref(location.function);
            let is_entry = !known.contains_key(&key);
            let function = *known
                .entry(key)
                .or_insert_with(|| self.add_function(name, readable(&location.function.name)));
            let is_of_module = location.function.index.is_some();
            places.push(Place { function, offset: location.wasm_offset, is_of_module, is_entry });
        }
        self.by_address.insert(program.address, self.codes.len());
        self.codes.push(Code { name: name.clone(), places, other });
    }

    /// Returns the code at an address. One that is not known is one function.
    fn code_of(&mut self, address: Address) -> usize {
        if let Some(&code) = self.by_address.get(&address) {
            return code;
        }
        let name = address.to_checksum(None);
        let function = self.add_function(&name, "(code)".to_owned());
        let other = Place { function, offset: 0, is_of_module: false, is_entry: false };
        self.by_address.insert(address, self.codes.len());
        self.codes.push(Code { name, places: Vec::new(), other });
        self.codes.len() - 1
    }

    fn add_function(&mut self, contract: &str, function: String) -> FunctionId {
        let contract = contract.to_owned();
        let (calls, self_gas, host_gas, total_gas) = (0, 0, 0, 0);
        let row = FunctionGas { contract, function, calls, self_gas, host_gas, total_gas };
        self.functions.push(row);
        self.nested.push(0);
        FunctionId(self.functions.len() - 1)
    }
}

/// Returns a function's name as it is in the source: without what the compiler adds.
fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

impl Code {
    /// Returns where an instruction comes from. The label at which a function begins lies before
    /// its first instruction, and is the function's.
    fn place(&self, step: &StructLog) -> Place {
        let Ok(position) = usize::try_from(step.pc) else { return self.other };
        let label = (step.op == "JUMPDEST").then(|| self.places.get(position + 1)).flatten();
        let place = label.filter(|next| next.is_entry).or_else(|| self.places.get(position));
        place.copied().unwrap_or(self.other)
    }
}

#[cfg(test)]
mod tests;
