//! Decides how the first supply is given out: once, at construction, by bucket, and readable for
//! ever.

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use datacoop_kit::{Account, Result, Revert, Uint, dynamic::Elements, event::emit, layout};
use stylus_sdk::host::VM;

use crate::IGovToken::{
    GenesisAllocated, GovGenesisDuplicateBucket, GovGenesisInvalidLength, GovGenesisTooManyBuckets,
};

/// The most buckets that there can be.
pub const MAX_BUCKETS: u64 = 32;

layout! {
    /// The storage of the genesis allocation. Written by `GenesisStorage::note` alone.
    pub struct GenesisStorage {
        /// The buckets, in the constructor's order.
        buckets: Array<B256>,
        /// Who received each bucket; zero when there is no such bucket.
        recipients: Mapping<B256, Account>,
        /// How much each bucket held, in wei.
        amounts: Mapping<B256, Uint>,
    }
}

/// The three lists of a genesis allocation, which belong together place by place.
#[derive(Clone, Copy)]
pub(crate) struct Allocations<'a> {
    /// The buckets.
    pub(crate) buckets: Elements<'a, sol_data::FixedBytes<32>>,
    /// Who receives each.
    pub(crate) recipients: Elements<'a, sol_data::Address>,
    /// How much, in wei.
    pub(crate) amounts: Elements<'a, sol_data::Uint<256>>,
}

impl<'a> Allocations<'a> {
    /// Requires that the lists are equally long, and not too long.
    ///
    /// # Errors
    ///
    /// - [`GovGenesisInvalidLength`] when they are not equally long,
    /// - [`GovGenesisTooManyBuckets`] when there are more than [`MAX_BUCKETS`].
    pub(crate) fn check(&self) -> Result<()> {
        let Self { buckets, recipients, amounts } = self;
        let [buckets, recipients, amounts] =
            [buckets.len(), recipients.len(), amounts.len()].map(|len| len as u64);
        if buckets != recipients || buckets != amounts {
            let args = (buckets, recipients, amounts);
            return Err(Revert::new::<GovGenesisInvalidLength>(args));
        }
        if buckets > MAX_BUCKETS {
            return Err(Revert::new::<GovGenesisTooManyBuckets>((buckets, MAX_BUCKETS)));
        }
        Ok(())
    }

    /// Returns each bucket with its recipient's word and its amount.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a B256, &'a B256, &'a Uint)> {
        let words = |bytes| datacoop_kit::word::words(bytes).iter();
        words(self.buckets.bytes())
            .zip(words(self.recipients.bytes()))
            .zip(words(self.amounts.bytes()))
            .map(|((bucket, recipient), amount)| (bucket, recipient, Uint::from_word(amount)))
    }
}

impl GenesisStorage {
    /// Notes that a bucket was minted to a recipient, who is not the zero account.
    ///
    /// # Errors
    ///
    /// [`GovGenesisDuplicateBucket`] when there is such a bucket already.
    ///
    /// # Events
    ///
    /// [`GenesisAllocated`].
    pub(crate) fn note(
        &self,
        vm: &mut VM,
        bucket: &B256,
        recipient: &Account,
        amount: &Uint,
    ) -> Result<()> {
        let place = self.recipients.of(vm, bucket);
        if !place.get(vm).is_zero() {
            return Err(Revert::new::<GovGenesisDuplicateBucket>((*bucket,)));
        }
        place.set(vm, recipient);
        self.amounts.of(vm, bucket).set(vm, amount);
        self.buckets.all().push(vm, bucket);
        emit::<GenesisAllocated>(vm, (bucket, recipient), (amount,));
        Ok(())
    }

    /// Returns who received a bucket, and how much.
    pub(crate) fn allocation(&self, vm: &VM, bucket: &B256) -> (Account, Uint) {
        (self.recipients.of(vm, bucket).get(vm), self.amounts.of(vm, bucket).get(vm))
    }

    /// Returns the buckets, in the constructor's order.
    pub(crate) fn buckets(&self, vm: &VM) -> impl ExactSizeIterator<Item = B256> {
        let all = self.buckets.all();
        // There are at most `MAX_BUCKETS`.
        #[allow(clippy::cast_possible_truncation, reason = "the length is small")]
        let len = all.len(vm) as u32;
        (0..len).map(move |index| all.at(vm, index.into()).get(vm))
    }
}
