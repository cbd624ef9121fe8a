//! Decides how the actions of a proposal are read, hashed and passed on: from the calldata where
//! they lie, always in the one canonical encoding.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol_data};
use datacoop_kit::{
    Account, Uint,
    abi::{Decode, FromArg, FromWord, ToAbi},
    dynamic::{Blobs, Elements},
    host, output, word,
};
use stylus_sdk::host::VM;

use crate::{classes::Class, governor::IGovernor::ProposalClass};

type Targets = sol_data::Array<sol_data::Address>;
type Values = sol_data::Array<sol_data::Uint<256>>;
type Calldatas = sol_data::Array<sol_data::Bytes>;

/// The calls that a proposal makes, where they lie in the calldata.
#[derive(Clone, Copy)]
pub(crate) struct Actions<'a> {
    pub(crate) targets: Elements<'a, sol_data::Address>,
    pub(crate) values: Elements<'a, sol_data::Uint<256>>,
    pub(crate) calldatas: Blobs<'a>,
}

/// One call of a proposal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action<'a> {
    pub(crate) target: &'a Account,
    pub(crate) value: &'a Uint,
    pub(crate) data: &'a [u8],
}

impl<'a> Actions<'a> {
    /// Reads the actions whose three heads are `heads`.
    fn read([targets, values, calldatas]: [&'a B256; 3], args: &'a [u8]) -> Option<Self> {
        let targets: Elements<'a, sol_data::Address> = FromArg::<Targets>::from_arg(targets, args)?;
        word::words(targets.bytes())
            .iter()
            .all(|target| Account::from_word(target).is_some())
            .then_some(())?;
        Some(Self {
            targets,
            values: FromArg::<Values>::from_arg(values, args)?,
            calldatas: FromArg::<Calldatas>::from_arg(calldatas, args)?,
        })
    }

    /// Returns how many targets, calldatas and values there are.
    pub(crate) const fn lens(&self) -> [u64; 3] {
        [self.targets.len() as u64, self.calldatas.len() as u64, self.values.len() as u64]
    }

    /// Returns the actions in order, as many as there are complete ones.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Action<'a>> {
        let targets = word::words(self.targets.bytes()).iter();
        let values = word::words(self.values.bytes()).iter();
        targets.zip(values).zip(self.calldatas.iter()).map(|((target, value), data)| Action {
            // Every target was seen to be an account when the actions were read.
            target: Account::from_word(target).unwrap_or(&Account::ZERO),
            value: Uint::from_word(value),
            data,
        })
    }

    /// Appends the actions and the words after them to the output, encoded as arguments, and
    /// returns how many bytes the calldatas took.
    #[inline(never)]
    fn push(&self, more: &[B256]) -> u64 {
        let words = more.len().wrapping_add(3);
        // A handful of words.
        let mut tail = (words as u64).wrapping_mul(32);
        ToAbi::<Targets>::push_head(&self.targets, &mut tail);
        ToAbi::<Values>::push_head(&self.values, &mut tail);
        // Nothing lies behind the calldatas, so that their length need not be known.
        output::push_number(tail);
        output::push_bytes(word::bytes(more));
        ToAbi::<Targets>::push_tail(self.targets);
        ToAbi::<Values>::push_tail(self.values);
        let start = output::len();
        ToAbi::<Calldatas>::push_tail(self.calldatas);
        // What was written since.
        output::len().wrapping_sub(start) as u64
    }

    /// Returns the hash of the actions and the words after them.
    pub(crate) fn hash(&self, vm: &VM, more: &[B256]) -> B256 {
        self.measure(vm, more).0
    }

    /// Returns the hash of the actions and the words after them, and the bytes of the calldatas.
    pub(crate) fn measure(&self, vm: &VM, more: &[B256]) -> (B256, u64) {
        let start = output::len();
        let bytes = self.push(more);
        (host::hash_output(vm, start), bytes)
    }

    /// Appends a call with the actions and the words after them, and returns where it starts.
    pub(crate) fn push_call<C: SolCall>(&self, more: &[B256]) -> usize {
        let start = output::len();
        output::push_selector(u32::from_be_bytes(C::SELECTOR));
        self.push(more);
        start
    }
}

/// Actions and the hash of their description: what names a proposal.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub(crate) actions: Actions<'a>,
    pub(crate) description_hash: &'a B256,
}

impl Operation<'_> {
    /// Returns the proposal's id.
    pub(crate) fn id(&self, vm: &VM) -> Uint {
        Uint::new(self.actions.hash(vm, &[*self.description_hash]))
    }

    /// Returns the salt of the timelock's operation: it differs between governors.
    pub(crate) fn salt(&self, vm: &VM) -> B256 {
        word::difference(self.description_hash, &host::this(vm).left_aligned())
    }
}

impl<'a> Decode<'a, (Targets, Values, Calldatas, sol_data::FixedBytes<32>)> for Operation<'a> {
    #[inline(never)]
    fn decode(input: &'a [u8]) -> Option<Self> {
        let [targets, values, calldatas, description_hash, ..] = word::words(input) else {
            return None;
        };
        let actions = Actions::read([targets, values, calldatas], input)?;
        Some(Self { actions, description_hash })
    }
}

/// Actions and their description: what is proposed.
#[derive(Clone, Copy)]
pub(crate) struct Draft<'a> {
    pub(crate) actions: Actions<'a>,
    pub(crate) description: &'a [u8],
}

impl<'a> Draft<'a> {
    /// Reads the draft whose four heads are the first of `heads`.
    #[inline(never)]
    fn read(heads: &'a [B256], args: &'a [u8]) -> Option<Self> {
        let [targets, values, calldatas, description, ..] = heads else { return None };
        let actions = Actions::read([targets, values, calldatas], args)?;
        let description = FromArg::<sol_data::String>::from_arg(description, args)?;
        Some(Self { actions, description })
    }
}

impl<'a> Decode<'a, (Targets, Values, Calldatas, sol_data::String)> for Draft<'a> {
    #[inline(always)]
    fn decode(input: &'a [u8]) -> Option<Self> {
        Self::read(word::words(input), input)
    }
}

/// A draft of a class.
#[derive(Clone, Copy)]
pub(crate) struct ClassDraft<'a> {
    pub(crate) class: Class,
    pub(crate) draft: Draft<'a>,
}

impl<'a> Decode<'a, (ProposalClass, Targets, Values, Calldatas, sol_data::String)>
    for ClassDraft<'a>
{
    #[inline(always)]
    fn decode(input: &'a [u8]) -> Option<Self> {
        let (class, heads) = word::words(input).split_first()?;
        let class = <Class as FromWord<'a, ProposalClass>>::from_word(class)?;
        Some(Self { class, draft: Draft::read(heads, input)? })
    }
}

/// Calldatas whose encoding is known to take so many bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured<'a> {
    pub(crate) calldatas: Blobs<'a>,
    pub(crate) bytes: u64,
}

impl ToAbi<Calldatas> for Measured<'_> {
    #[inline(always)]
    fn push_head(&self, tail: &mut u64) {
        output::push_number(*tail);
        // Bytes in memory: far below 2^64.
        *tail = tail.wrapping_add(self.bytes);
    }

    #[inline(always)]
    fn push_tail(self) {
        ToAbi::<Calldatas>::push_tail(self.calldatas);
    }
}

/// As many empty texts as there are actions: signatures, which nobody uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoSignatures(pub(crate) u64);

impl ToAbi<sol_data::Array<sol_data::String>> for NoSignatures {
    #[inline(always)]
    fn push_head(&self, tail: &mut u64) {
        output::push_number(*tail);
        // The count, and an offset and a length each: as many as there were words of calldata.
        *tail = tail.wrapping_add(self.0.wrapping_mul(64)).wrapping_add(32);
    }

    fn push_tail(self) {
        output::push_number(self.0);
        for index in 0..self.0 {
            // Offsets count from the first of them.
            output::push_number(self.0.wrapping_add(index).wrapping_mul(32));
        }
        let nothing = B256::ZERO;
        for _ in 0..self.0 {
            output::push(&nothing);
        }
    }
}
