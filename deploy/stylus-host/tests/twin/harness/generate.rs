//! Decides which calls are made: random ones of a contract's ABI, most of them sensible, some
//! with calldata that no encoder would make.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, JsonAbiExt, Specifier},
    json_abi::{Function, Param, StateMutability},
};
use alloy_primitives::{Address, B256, U256};
use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    actors::Cast,
    suite::{HABITS, RANGES, WEIGHT, known_words},
};

/// The most elements that a random array has.
const LONGEST_ARRAY: usize = 9;
/// Seconds of a day.
const DAY: u64 = 86_400;
/// Words remembered from outputs.
const MEMORY: usize = 64;

/// A random source of calls.
pub(crate) struct Generator {
    rng: ChaCha8Rng,
    /// Words that contracts returned of late: balances, limits, nonces.
    seen: Vec<[u8; 32]>,
}

impl Generator {
    pub(crate) const fn new(rng: ChaCha8Rng) -> Self {
        Self { rng, seen: Vec::new() }
    }

    pub(crate) const fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.rng
    }

    /// Remembers the words of an output.
    pub(crate) fn observe(&mut self, output: &[u8]) {
        for word in output.chunks_exact(32).take(4) {
            if self.seen.len() == MEMORY {
                let index = self.rng.random_range(0..MEMORY);
                self.seen.swap_remove(index);
            }
            self.seen.push(word.try_into().expect("32 bytes"));
        }
    }

    /// Picks a contract's function by weight.
    pub(crate) fn function<'a>(&mut self, functions: &[&'a Function]) -> &'a Function {
        let picked = functions.choose_weighted(&mut self.rng, |function| weight(function));
        picked.expect("the contract has functions")
    }

    /// Returns who calls a function: mostly who has the habit, if anybody has.
    pub(crate) fn sender(&mut self, cast: &Cast, function: &Function) -> Address {
        let usual = habit(function).and_then(|habit| habit.2);
        let person = match usual {
            Some(usual) if self.rng.random_ratio(5, 6) => usual,
            _ => self.rng.random_range(0..cast.people().len()),
        };
        cast.people()[person].address()
    }

    /// Returns the seconds until the next call: mostly few, at times weeks or a year.
    pub(crate) fn pause_secs(&mut self) -> u64 {
        match self.rng.random_range(0..10) {
            0..6 => self.rng.random_range(0..60),
            6 | 7 => self.rng.random_range(0..9) * DAY,
            8 => self.rng.random_range(0..9 * DAY),
            _ => self.rng.random_range(0..400 * DAY),
        }
    }

    /// Returns random arguments of a function.
    pub(crate) fn arguments(
        &mut self,
        cast: &Cast,
        function: &Function,
        now: u64,
    ) -> Vec<DynSolValue> {
        let mut values = Values { generator: self, cast, now };
        function.inputs.iter().map(|param| values.of(param)).collect()
    }

    /// Returns calldata: mostly the arguments' encoding, at times spoilt. Says whether it was.
    pub(crate) fn calldata(
        &mut self,
        function: &Function,
        arguments: &[DynSolValue],
    ) -> (Vec<u8>, bool) {
        let mut data = function.abi_encode_input(arguments).expect("the arguments fit");
        let spoil = self.rng.random_ratio(1, 8);
        if spoil {
            self.spoil(&mut data);
        }
        (data, spoil)
    }

    fn spoil(&mut self, data: &mut Vec<u8>) {
        let word =
            |rng: &mut ChaCha8Rng, len: usize| 4 + 32 * rng.random_range(0..(len / 32).max(1));
        match self.rng.random_range(0..7) {
            0 => data.truncate(self.rng.random_range(0..=data.len())),
            1 => data.extend(0..self.rng.random_range(1..70_u8)),
            2 => data[0] ^= 1,
            // A dirty upper part of a word.
            3 => {
                let at = word(&mut self.rng, data.len()) + self.rng.random_range(0..12);
                if let Some(byte) = data.get_mut(at) {
                    *byte ^= 1 << self.rng.random_range(0..8);
                }
            }
            // A word near the largest, as an offset, a length or a value.
            4 => {
                let at = word(&mut self.rng, data.len());
                if let Some(bytes) = data.get_mut(at..at + 32) {
                    bytes.fill(0xff);
                    bytes[31] = self.rng.random();
                }
            }
            // A small word, as an offset or a length.
            5 => {
                let at = word(&mut self.rng, data.len());
                if let Some(bytes) = data.get_mut(at..at + 32) {
                    bytes.fill(0);
                    bytes[31] = self.rng.random();
                }
            }
            _ => {
                let at = self.rng.random_range(0..data.len());
                data[at] = self.rng.random();
            }
        }
    }
}

fn habit(function: &Function) -> Option<&'static (&'static str, u32, Option<usize>)> {
    HABITS.iter().find(|habit| habit.0 == function.name)
}

fn weight(function: &Function) -> u32 {
    match (habit(function), function.state_mutability) {
        (Some((_, weight, _)), _) => *weight,
        (None, StateMutability::View | StateMutability::Pure) => WEIGHT / 3,
        (None, _) => WEIGHT,
    }
}

/// Makes values of a type, minding the parameter's name.
struct Values<'a> {
    generator: &'a mut Generator,
    cast: &'a Cast,
    now: u64,
}

impl Values<'_> {
    fn of(&mut self, param: &Param) -> DynSolValue {
        let ty = param.resolve().expect("a type of the ABI");
        self.of_type(&ty, param)
    }

    fn of_type(&mut self, ty: &DynSolType, param: &Param) -> DynSolValue {
        match ty {
            DynSolType::Array(inner) => {
                let len = self.generator.rng.random_range(0..=LONGEST_ARRAY);
                DynSolValue::Array((0..len).map(|_| self.of_type(inner, param)).collect())
            }
            DynSolType::FixedArray(inner, len) => {
                DynSolValue::FixedArray((0..*len).map(|_| self.of_type(inner, param)).collect())
            }
            DynSolType::Tuple(_) => {
                DynSolValue::Tuple(param.components.iter().map(|inner| self.of(inner)).collect())
            }
            DynSolType::Bool => DynSolValue::Bool(self.generator.rng.random()),
            DynSolType::Address => DynSolValue::Address(self.address()),
            DynSolType::Uint(bits) => DynSolValue::Uint(self.uint(*bits, &param.name), *bits),
            DynSolType::FixedBytes(len) => {
                let mut word = self.word().0;
                word[*len..].fill(0);
                DynSolValue::FixedBytes(word.into(), *len)
            }
            DynSolType::Bytes => DynSolValue::Bytes(self.bytes()),
            DynSolType::String => {
                DynSolValue::String(String::from_utf8_lossy(&self.bytes()).into_owned())
            }
            other => panic!("no values of type {other} yet"),
        }
    }

    fn address(&mut self) -> Address {
        let addresses = self.cast.addresses();
        let rng = &mut self.generator.rng;
        match rng.random_range(0..20) {
            0 => Address::ZERO,
            1 => Address::from(rng.random::<[u8; 20]>()),
            _ => *addresses.choose(rng).expect("there are people"),
        }
    }

    fn uint(&mut self, bits: usize, name: &str) -> U256 {
        let max = U256::MAX >> (256 - bits);
        let ether = U256::from(10).pow(U256::from(18));
        let rng = &mut self.generator.rng;
        if let Some((_, low, high)) = RANGES.iter().find(|range| range.0 == name)
            && rng.random_ratio(14, 15)
        {
            return U256::from(rng.random_range(*low..=*high));
        }
        let value = match name {
            "deadline" if rng.random() => {
                U256::from(self.now + rng.random_range(0..100)).saturating_sub(U256::from(50))
            }
            "expiry" if rng.random_ratio(5, 6) => {
                U256::from(self.now + rng.random_range(0..4_000 * DAY))
                    .saturating_sub(U256::from(DAY))
            }
            _ => match rng.random_range(0..10) {
                0 => U256::from(rng.random_range(0..3)),
                1 => U256::from(rng.random_range(0..10_000)),
                2 => U256::from(rng.random_range(0..1_000)) * ether,
                3 => U256::from(rng.random::<u64>()),
                4 => max - U256::from(rng.random_range(0..2)),
                5 => U256::from_be_bytes(rng.random::<[u8; 32]>()),
                6 => U256::from(rng.random_range(1..400)) * U256::from(86_400),
                7 => ether * U256::from(rng.random_range(0..12)) / U256::from(10),
                _ => self.seen().map_or(ether, U256::from_be_bytes),
            },
        };
        value & max
    }

    /// Returns a word: one with a meaning, one of a few that repeat, one seen, or a new one.
    fn word(&mut self) -> B256 {
        let rng = &mut self.generator.rng;
        match rng.random_range(0..10) {
            0..4 => (*known_words().choose(rng).expect("there are words")).into(),
            4 | 5 => B256::with_last_byte(rng.random_range(0..30)),
            6 => self.seen().unwrap_or_default().into(),
            _ => rng.random::<[u8; 32]>().into(),
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        let len = self.generator.rng.random_range(0..70);
        (0..len).map(|_| self.generator.rng.random()).collect()
    }

    fn seen(&mut self) -> Option<[u8; 32]> {
        let Generator { rng, seen } = &mut *self.generator;
        seen.choose(rng).copied()
    }
}
