//! Twin runs of random scripts: a small program interprets its calldata as host calls, so that
//! storage, logs, value and failures mix across contracts that call each other and themselves.
//!
//! The program keeps the discipline of stylus-sdk, on which the translation relies: the storage
//! cache is flushed and cleared before a call, and flushed at the end.

use alloy_primitives::{Address, U256};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stylus_host::Transaction;

use crate::{
    harness::{evm::Ending, twin::Twin},
    programs::program,
};

const ALICE: Address = Address::repeat_byte(0xa1);

/// Where the program collects its output.
///
/// The key of a slot stands at 8192, a value at 8224, the value of a call at 8256, an address at
/// 8288, each in a word whose other bytes stay zero.
const INTERPRETER: &str = "
    (local.set $out (i32.const 16384))
    (block $done (loop $next
        (br_if $done (i32.ge_u (local.get $pc) (local.get $len)))
        (block $balance (block $reentrant (block $trap (block $exit (block $revert (block $call
        (block $log (block $tstore (block $tload (block $load (block $cache
            (i32.store8 (i32.const 8223) (i32.load8_u offset=1 (local.get $pc)))
            (i32.store8 (i32.const 8255) (i32.load8_u offset=2 (local.get $pc)))
            (br_table $cache $load $tload $tstore $log $call $revert $exit $trap $reentrant $balance
                (i32.load8_u (local.get $pc))))
        ;; cache: 0 slot value
        (call $storage_cache_bytes32 (i32.const 8192) (i32.const 8224))
        (local.set $pc (i32.add (local.get $pc) (i32.const 3))) (br $next))
        ;; load: 1 slot
        (call $storage_load_bytes32 (i32.const 8192) (local.get $out))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 2))) (br $next))
        ;; tload: 2 slot
        (call $transient_load_bytes32 (i32.const 8192) (local.get $out))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 2))) (br $next))
        ;; tstore: 3 slot value
        (call $transient_store_bytes32 (i32.const 8192) (i32.const 8224))
        (local.set $pc (i32.add (local.get $pc) (i32.const 3))) (br $next))
        ;; log: 4 topics value
        (call $emit_log (i32.const 8192)
            (i32.add (i32.const 30) (i32.shl (i32.load8_u (i32.const 8223)) (i32.const 5)))
            (i32.load8_u (i32.const 8223)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 3))) (br $next))
        ;; call: 5 kind value address(20) length(2) script
        (call $storage_flush_cache (i32.const 1))
        (i32.store8 (i32.const 8287) (i32.load8_u (i32.const 8255)))
        (local.set $x (i32.load16_u offset=23 (local.get $pc)))
        (block $called
            (block $static (block $delegate (block $plain
                (br_table $plain $delegate $static (i32.load8_u (i32.const 8223))))
            (i32.store8 (local.get $out) (call $call_contract
                (i32.add (local.get $pc) (i32.const 3)) (i32.add (local.get $pc) (i32.const 25))
                (local.get $x) (i32.const 8256) (i64.const -1) (i32.const 8320)))
            (br $called))
            (i32.store8 (local.get $out) (call $delegate_call_contract
                (i32.add (local.get $pc) (i32.const 3)) (i32.add (local.get $pc) (i32.const 25))
                (local.get $x) (i64.const -1) (i32.const 8320)))
            (br $called))
            (i32.store8 (local.get $out) (call $static_call_contract
                (i32.add (local.get $pc) (i32.const 3)) (i32.add (local.get $pc) (i32.const 25))
                (local.get $x) (i64.const -1) (i32.const 8320))))
        (local.set $pc (i32.add (i32.add (local.get $pc) (i32.const 25)) (local.get $x)))
        (local.set $out (i32.add (i32.add (local.get $out) (i32.const 1))
            (call $read_return_data (i32.add (local.get $out) (i32.const 1)) (i32.const 0)
                (i32.const 4096))))
        (br $next))
        ;; revert: 6
        (call $write_result (i32.const 16384) (i32.sub (local.get $out) (i32.const 16384)))
        (return (i32.const 1)))
        ;; exit: 7
        (call $storage_flush_cache (i32.const 0))
        (call $write_result (i32.const 16384) (i32.sub (local.get $out) (i32.const 16384)))
        (call $exit_early (i32.const 0)) unreachable)
        ;; trap: 8
        unreachable)
        ;; reentrant: 9
        (i32.store8 (local.get $out) (call $msg_reentrant))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 1))) (br $next))
        ;; balance: 10
        (call $contract_address (i32.const 8288))
        (call $account_balance (i32.const 8288) (local.get $out))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 1))) (br $next)))
    (call $storage_flush_cache (i32.const 0))
    (call $write_result (i32.const 16384) (i32.sub (local.get $out) (i32.const 16384)))
    (i32.const 0)";

/// Writes random scripts.
struct Author {
    rng: ChaCha8Rng,
    contracts: Vec<Address>,
    /// Whether the script at hand already writes where it must not: in an EVM that takes all but
    /// a 64th of the gas away, so a second one would leave too little.
    trespassed: bool,
}

impl Author {
    /// Returns a script that calls at most `depth` deep. A script that may only read neither
    /// sends value nor caches a write, since a Stylus chain refuses those later than an EVM, nor
    /// asks whether it is reentered, since a translation cannot note that it was entered then.
    fn script(&mut self, depth: u8, reads_only: bool) -> Vec<u8> {
        let mut script = Vec::new();
        for _ in 0..self.rng.random_range(1..8) {
            let (slot, value) = (self.rng.random_range(0..4), self.rng.random_range(0..3));
            match self.rng.random_range(0..24) {
                0..5 if !reads_only => script.extend([0, slot, value]),
                5..9 => script.extend([1, slot]),
                9 => script.extend([2, slot]),
                10 | 11 if self.may_write(reads_only) => script.extend([3, slot, value]),
                12 | 13 if self.may_write(reads_only) => script.extend([4, slot % 3, value]),
                14..20 if depth > 0 => self.call(&mut script, depth, reads_only, value),
                20 if !reads_only => script.push(9),
                21 => script.push(10),
                22 if self.rng.random_ratio(1, 2) => script.push(self.rng.random_range(6..9)),
                _ => {}
            }
        }
        script
    }

    /// Whether a script writes: one that must not, only once in a while.
    fn may_write(&mut self, reads_only: bool) -> bool {
        let trespasses = !self.trespassed && self.rng.random_ratio(1, 3);
        self.trespassed |= reads_only && trespasses;
        !reads_only || trespasses
    }

    fn call(&mut self, script: &mut Vec<u8>, depth: u8, reads_only: bool, value: u8) {
        let kind = self.rng.random_range(0..3_u8);
        let inner = self.script(depth - 1, reads_only || kind == 2);
        let to = self.contracts[self.rng.random_range(0..self.contracts.len())];
        script.extend([5, kind, if reads_only { 0 } else { value }]);
        script.extend(to);
        script.extend(u16::try_from(inner.len()).unwrap().to_le_bytes());
        script.extend(inner);
    }
}

#[test]
fn random_scripts_agree() {
    let wasm = program(INTERPRETER);
    let mut endings = [0; 3];
    for seed in 0..12 {
        let mut twin = Twin::new(&[ALICE]);
        let mut contracts = Vec::new();
        for _ in 0..3 {
            match twin.deploy(ALICE, &wasm, None) {
                Ok(address) => contracts.push(address),
                Err(difference) => panic!("{difference}"),
            }
        }
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let mut author = Author { rng, contracts, trespassed: false };
        for _ in 0..100 {
            author.trespassed = false;
            let script = author.script(4, false);
            let to = author.contracts[author.rng.random_range(0..3)];
            let value = U256::from(author.rng.random_range(0..3));
            let call = Transaction::new(ALICE, to, script).with_value(value);
            match twin.call(&call) {
                Ok((ending, _)) => endings[ending as usize] += 1,
                Err(difference) => panic!("seed {seed}: {difference}"),
            }
        }
    }
    let [success, revert, failure] = endings;
    assert_eq!(success + revert + failure, 1_200);
    assert!(success > 600 && revert > 5 && failure > 10, "{endings:?}");
    assert_eq!(Ending::Success as usize, 0);
}
