//! Tests of the profile on transactions that are written out by hand.

use std::borrow::Cow;

use super::*;

const CALLER: Address = Address::repeat_byte(1);
const CALLEE: Address = Address::repeat_byte(2);

/// A profiler that knows one contract: its code is `start` (the translator's), then `main` and
/// `leaf` of the module, ten bytes each.
fn profiler(root: Frame) -> Profiler {
    let mut profiler = Profiler::new(&[], Frame::default());
    profiler.open.clear();
    let mut places = Vec::new();
    for (name, is_of_module) in [("start", false), ("main", true), ("leaf", true)] {
        let function = profiler.add_function("Token", name.to_owned());
        places.extend((0..10).map(|offset| Place {
            function,
            offset,
            is_of_module,
            is_entry: offset == 0,
        }));
    }
    let other = places[0];
    profiler.by_address.insert(CALLER, profiler.codes.len());
    profiler.codes.push(Code { name: "Token".to_owned(), places, other });
    profiler.enter_frame(root);
    profiler
}

/// An instruction: position, name, gas before, its own cost, depth.
fn step(pc: u64, op: &'static str, gas: u64, gas_cost: u64, depth: u64) -> StructLog {
    StructLog { pc, op: Cow::Borrowed(op), gas, gas_cost, depth, ..StructLog::default() }
}

fn summary(root: Frame, steps: &[StructLog]) -> Summary {
    let mut profiler = profiler(root);
    profiler.run(steps);
    profiler.finish()
}

/// Asserts a function's calls, own gas, gas of host operations, and total.
#[track_caller]
fn check(summary: &Summary, function: &str, expected: [u64; 4]) {
    let found = summary.functions.iter().find(|found| found.function == function);
    let found = found.unwrap_or_else(|| panic!("{function} is not in {summary:?}"));
    assert_eq!([found.calls, found.self_gas, found.host_gas, found.total_gas], expected);
}

fn root(failed: bool, calls: &[Frame]) -> Frame {
    Frame { address: CALLER, failed, calls: calls.to_vec().into() }
}

#[test]
fn gas_is_counted_for_the_function_and_for_those_that_wait_for_it() {
    let summary = summary(
        root(false, &[]),
        &[
            step(0, "JUMP", 100, 8, 1),
            step(10, "JUMP", 92, 8, 1),
            step(20, "SLOAD", 84, 50, 1),
            step(21, "JUMP", 34, 8, 1),
            step(15, "JUMP", 26, 8, 1),
            step(20, "POP", 18, 2, 1),
            step(21, "JUMP", 16, 8, 1),
            step(16, "STOP", 8, 0, 1),
        ],
    );
    assert_eq!(summary.gas, 92);
    check(&summary, "start", [1, 8, 0, 92]);
    check(&summary, "main", [1, 16, 0, 84]);
    check(&summary, "leaf", [2, 18, 50, 68]);
    let [sload] = &summary.host[..] else { panic!("{:?}", summary.host) };
    assert_eq!((sload.operation.as_str(), sload.times, sload.gas), ("SLOAD", 1, 50));
    assert_eq!(summary.stop, None);
}

#[test]
fn the_label_before_a_function_is_its_beginning() {
    let summary = summary(
        root(false, &[]),
        &[
            step(10, "JUMP", 100, 8, 1),
            step(19, "JUMPDEST", 92, 1, 1),
            step(20, "JUMP", 91, 8, 1),
            step(12, "STOP", 83, 0, 1),
        ],
    );
    check(&summary, "main", [1, 8, 0, 17]);
    check(&summary, "leaf", [1, 9, 0, 9]);
}

#[test]
fn names_are_those_of_the_source() {
    let name = "_RNvNtCs5zRCXLF9vlI_12datacoop_kit4word10is_address";
    assert_eq!(readable(name), "datacoop_kit::word::is_address");
    assert_eq!(readable("user_entrypoint"), "user_entrypoint");
}

#[test]
fn what_is_handed_to_a_callee_is_the_callees() {
    let callee = Frame { address: CALLEE, ..Frame::default() };
    let summary = summary(
        root(false, &[callee]),
        &[
            step(10, "CALL", 10_000, 2_600 + 5_000, 1),
            step(0, "PUSH1", 5_000, 3, 2),
            step(2, "STOP", 4_997, 0, 2),
            step(11, "STOP", 10_000 - 2_600 - 3, 0, 1),
        ],
    );
    check(&summary, "main", [1, 0, 2_600, 2_603]);
    check(&summary, "(code)", [1, 3, 0, 3]);
    assert_eq!(summary.gas, 2_603);
}

#[test]
fn gas_that_a_failed_callee_lost_is_its_own() {
    let callee = Frame { address: CALLEE, failed: true, ..Frame::default() };
    let summary = summary(
        root(false, &[callee]),
        &[
            step(10, "CALL", 10_000, 2_600 + 5_000, 1),
            step(0, "INVALID", 5_000, 0, 2),
            step(11, "STOP", 10_000 - 2_600 - 5_000, 0, 1),
        ],
    );
    check(&summary, "(code)", [1, 5_000, 0, 5_000]);
    check(&summary, "main", [1, 0, 2_600, 7_600]);
}

#[test]
fn a_trap_is_found_in_the_function_that_ran_before_it() {
    let summary = summary(
        root(true, &[]),
        &[
            step(0, "JUMP", 100, 8, 1),
            step(10, "JUMP", 92, 8, 1),
            step(24, "JUMP", 84, 8, 1),
            step(5, "REVERT", 76, 0, 1),
        ],
    );
    let stop = summary.stop.unwrap();
    assert_eq!((stop.contract.as_str(), stop.function.as_str()), ("Token", "leaf"));
    assert_eq!((stop.wasm_offset, stop.reason.as_str()), (4, "REVERT"));
    assert_eq!(stop.backtrace, ["leaf", "main", "start"]);
}

#[test]
fn the_frame_that_failed_first_is_where_it_stopped() {
    let callee = Frame { address: CALLEE, failed: true, ..Frame::default() };
    let summary = summary(
        root(true, &[callee]),
        &[
            step(10, "CALL", 10_000, 2_600 + 5_000, 1),
            step(0, "REVERT", 5_000, 0, 2),
            step(11, "REVERT", 7_400, 0, 1),
        ],
    );
    assert_eq!(summary.stop.unwrap().contract, CALLEE.to_checksum(None));
}
