//! Decides how values are held: as the 32-byte big-endian words that the EVM knows.
//!
//! Calldata, storage, topics and errors are words. A value that stays a word is passed by
//! reference from where it lies to where it goes and never converted; the few sums that a contract
//! makes are made on words.

use core::cmp::Ordering;

use alloy_primitives::{Address, B256};

/// Something that is held as a word.
pub trait Word {
    /// Returns the word.
    fn word(&self) -> &B256;
}

impl Word for B256 {
    #[inline(always)]
    fn word(&self) -> &B256 {
        self
    }
}

impl<W: Word> Word for &W {
    #[inline(always)]
    fn word(&self) -> &B256 {
        W::word(self)
    }
}

/// An address: twelve zero bytes, then its twenty.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Account(B256);

/// A number below 2^256.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Uint(B256);

impl Word for Account {
    #[inline(always)]
    fn word(&self) -> &B256 {
        &self.0
    }
}

impl Word for Uint {
    #[inline(always)]
    fn word(&self) -> &B256 {
        &self.0
    }
}

/// Returns the lane of a word with the given index, the first one having the highest bytes, as it
/// lies in memory.
#[inline(always)]
fn raw_lane(word: &B256, index: usize) -> u64 {
    debug_assert!(index < 4, "a word has four lanes");
    #[allow(unsafe_code, reason = "a lane is read in one piece, whatever its alignment")]
    // SAFETY: the callers' indices are below four, so that the eight bytes lie in the word.
    unsafe {
        word.as_ptr().cast::<u64>().add(index).read_unaligned()
    }
}

/// Writes the lane of a word with the given index.
#[inline(always)]
fn set_raw_lane(word: &mut B256, index: usize, lane: u64) {
    debug_assert!(index < 4, "a word has four lanes");
    #[allow(unsafe_code, reason = "a lane is written in one piece, whatever its alignment")]
    // SAFETY: the callers' indices are below four, so that the eight bytes lie in the word.
    unsafe {
        word.as_mut_ptr().cast::<u64>().add(index).write_unaligned(lane);
    }
}

/// Returns whether two words are equal.
#[must_use]
#[inline(never)]
pub fn same(left: &B256, right: &B256) -> bool {
    let differ = |index| raw_lane(left, index) ^ raw_lane(right, index);
    differ(0) | differ(1) | differ(2) | differ(3) == 0
}

/// Returns the exclusive or of two words.
#[must_use]
#[inline(never)]
pub fn difference(left: &B256, right: &B256) -> B256 {
    let lane = |index| raw_lane(left, index) ^ raw_lane(right, index);
    from_raw_lanes(lane(0), lane(1), lane(2), lane(3))
}

/// Returns whether a word is less than another, as numbers.
#[inline(never)]
fn is_less(left: &B256, right: &B256) -> bool {
    for index in 0..4 {
        let (left, right) = (raw_lane(left, index), raw_lane(right, index));
        if left != right {
            return u64::from_be(left) < u64::from_be(right);
        }
    }
    false
}

/// Returns whether a word is zero.
#[must_use]
#[inline(never)]
pub fn is_zero(word: &B256) -> bool {
    raw_lane(word, 0) | raw_lane(word, 1) | raw_lane(word, 2) | raw_lane(word, 3) == 0
}

/// Returns whether the last `count` bytes of a word, fewer than 32, are zero.
#[must_use]
#[inline(never)]
pub fn ends_with_zeros(word: &B256, count: usize) -> bool {
    let mut left = count;
    for index in [3, 2, 1, 0] {
        // As a number whose highest byte is the lane's last.
        let lane = u64::from_le(raw_lane(word, index));
        if left < 8 {
            // Fewer than 64 bits are shifted out; with none left nothing remains to be seen.
            return left == 0 || lane >> 64_usize.wrapping_sub(left.wrapping_mul(8)) == 0;
        }
        if lane != 0 {
            return false;
        }
        left = left.wrapping_sub(8);
    }
    true
}

/// Writes a word that is known while compiling, as four immediates: a byte of code is cheaper than
/// a byte of static data, which a program pays for at every start.
#[must_use]
#[inline(always)]
pub fn constant(word: B256) -> B256 {
    let [first, second, third, last] = raw_lanes(&word);
    from_raw_lanes(first, second, third, last)
}

/// Returns the four lanes of a word, as they lie in memory.
#[must_use]
#[inline(always)]
pub fn raw_lanes(word: &B256) -> [u64; 4] {
    [raw_lane(word, 0), raw_lane(word, 1), raw_lane(word, 2), raw_lane(word, 3)]
}

/// Returns the word of four lanes, as they lie in memory.
#[must_use]
#[inline(never)]
pub fn from_raw_lanes(first: u64, second: u64, third: u64, last: u64) -> B256 {
    let mut word = B256::ZERO;
    set_raw_lane(&mut word, 0, first);
    set_raw_lane(&mut word, 1, second);
    set_raw_lane(&mut word, 2, third);
    set_raw_lane(&mut word, 3, last);
    word
}

/// Returns the number with its bytes in the other order.
#[inline(never)]
pub(crate) const fn swapped(lane: u64) -> u64 {
    lane.swap_bytes()
}

/// Returns the words' bytes, one after the other.
#[must_use]
#[inline(always)]
pub const fn bytes(words: &[B256]) -> &[u8] {
    #[allow(unsafe_code, reason = "a reference cast between transparent types")]
    // SAFETY: `B256` is a transparent wrapper of 32 bytes, without padding and of alignment one.
    unsafe {
        core::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words))
    }
}

/// Returns the whole words at the start of the bytes.
#[must_use]
#[inline(always)]
pub const fn words(bytes: &[u8]) -> &[B256] {
    #[allow(unsafe_code, reason = "a reference cast between transparent types")]
    // SAFETY: `B256` is a transparent wrapper of 32 bytes, of alignment one, and as many of them
    // lie in `bytes` as the division says.
    unsafe {
        core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / 32)
    }
}

impl Account {
    /// The zero address: nobody.
    pub const ZERO: Self = Self(B256::ZERO);

    /// Returns the word as an account, or `None` when one of its twelve high bytes is not zero.
    #[must_use]
    #[inline(always)]
    pub fn from_word(word: &B256) -> Option<&Self> {
        is_address(word).then(|| {
            #[allow(unsafe_code, reason = "a reference cast between transparent types")]
            // SAFETY: `Account` is a transparent wrapper of `B256`, and the check above holds its
            // one rule.
            unsafe {
                &*core::ptr::from_ref(word).cast::<Self>()
            }
        })
    }

    /// Returns the account at a small address, such as a precompile's.
    #[must_use]
    #[inline(always)]
    pub fn small(address: u64) -> Self {
        Self(from_raw_lanes(0, 0, 0, swapped(address)))
    }

    /// Returns the address, where it lies.
    #[must_use]
    #[inline(always)]
    pub fn address(&self) -> &Address {
        #[allow(unsafe_code, reason = "a reference cast between transparent types")]
        // SAFETY: `Address` is a transparent wrapper of 20 bytes, of alignment one, and the word
        // has as many after its first twelve.
        unsafe {
            &*self.0.as_ptr().add(12).cast::<Address>()
        }
    }

    /// Returns the word that starts with the address, as Solidity's `bytes20`.
    #[must_use]
    #[inline(never)]
    pub fn left_aligned(&self) -> B256 {
        // Each lane as a number whose lowest byte comes first. The address starts with the second
        // half of the second one.
        let [_, second, third, last] = raw_lanes(&self.0).map(u64::from_le);
        let joined = |low: u64, high: u64| (low >> 32 | high << 32).to_le();
        from_raw_lanes(joined(second, third), joined(third, last), (last >> 32).to_le(), 0)
    }

    /// Returns whether this is the zero address.
    #[must_use]
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        is_zero(&self.0)
    }
}

/// Returns whether the twelve high bytes of a word are zero.
#[inline(never)]
fn is_address(word: &B256) -> bool {
    // In the order of memory the second lane's first four bytes are its low half.
    raw_lane(word, 0) | u64::from_le(raw_lane(word, 1)) << 32 == 0
}

impl From<Address> for Account {
    fn from(address: Address) -> Self {
        Self(address.into_word())
    }
}

impl PartialEq for Account {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Account {}

impl Uint {
    /// Zero.
    pub const ZERO: Self = Self(B256::ZERO);

    /// Returns the word as a number.
    #[must_use]
    #[inline(always)]
    pub const fn from_word(word: &B256) -> &Self {
        #[allow(unsafe_code, reason = "a reference cast between transparent types")]
        // SAFETY: `Uint` is a transparent wrapper of `B256`, and every word is a number.
        unsafe {
            &*core::ptr::from_ref(word).cast::<Self>()
        }
    }

    /// Returns the word as a number.
    #[must_use]
    #[inline(always)]
    pub const fn new(word: B256) -> Self {
        Self(word)
    }

    /// Returns the number that is made of four 64-bit lanes, the lowest first.
    #[must_use]
    #[inline(never)]
    pub fn from_lanes(low: u64, second: u64, third: u64, high: u64) -> Self {
        Self(from_raw_lanes(swapped(high), swapped(third), swapped(second), swapped(low)))
    }

    /// Returns the four 64-bit lanes of the number, the lowest first.
    #[must_use]
    #[inline(never)]
    pub fn lanes(&self) -> [u64; 4] {
        let [high, third, second, low] = raw_lanes(&self.0);
        [swapped(low), swapped(second), swapped(third), swapped(high)]
    }

    /// Returns the number, or 2^64 − 1 when it is greater.
    #[must_use]
    #[inline(always)]
    pub fn to_u64(&self) -> u64 {
        self.small().unwrap_or(u64::MAX)
    }

    /// Returns the number, or `None` when it is not below 2^64.
    #[must_use]
    #[inline(never)]
    pub fn small(&self) -> Option<u64> {
        // Only the lowest lane is turned round: the others are compared with zero.
        let [high, third, second, low] = raw_lanes(&self.0);
        (high | third | second == 0).then(|| swapped(low))
    }

    /// Returns the number, or 2^128 − 1 when it is greater.
    #[must_use]
    #[inline(never)]
    pub fn to_u128(&self) -> u128 {
        match raw_lanes(&self.0) {
            [0, 0, high, low] => join(swapped(low), swapped(high)),
            _ => u128::MAX,
        }
    }

    /// Returns how many bits the number has: the least `n` such that it is below 2^n.
    #[must_use]
    #[inline(never)]
    pub fn bits(&self) -> u32 {
        let mut above = 256_u32;
        for index in 0..4 {
            let lane = u64::from_be(raw_lane(&self.0, index));
            // Each lane takes 64 bits off, and the count of one lane is at most that.
            if lane != 0 {
                return above.wrapping_sub(lane.leading_zeros());
            }
            above = above.wrapping_sub(64);
        }
        0
    }

    /// Returns whether the number is zero.
    #[must_use]
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        is_zero(&self.0)
    }

    /// Returns whether the number is 2^256 − 1.
    #[must_use]
    #[inline(always)]
    pub fn is_max(&self) -> bool {
        let [first, second, third, last] = raw_lanes(&self.0);
        first & second & third & last == u64::MAX
    }

    /// Adds a number, and returns whether the sum fits; when it does not, it has wrapped.
    #[must_use]
    #[inline(always)]
    pub fn add(&mut self, other: &Self) -> bool {
        !self.combine(other, 0)
    }

    /// Subtracts a number, and returns whether it was not greater; when it was, the difference has
    /// wrapped.
    #[must_use]
    #[inline(always)]
    pub fn subtract(&mut self, other: &Self) -> bool {
        // In two's complement, where a carry tells that nothing was borrowed.
        self.combine(other, u64::MAX)
    }

    /// Adds a number modulo 2^256.
    #[inline(always)]
    pub fn wrapping_add(&mut self, other: &Self) {
        self.combine(other, 0);
    }

    /// Subtracts a number modulo 2^256.
    #[inline(always)]
    pub fn wrapping_sub(&mut self, other: &Self) {
        self.combine(other, u64::MAX);
    }

    /// Adds `other` with a mask of zero, subtracts it with one of ones, and returns the carry out
    /// of the highest bit.
    #[inline(never)]
    fn combine(&mut self, other: &Self, mask: u64) -> bool {
        let mut carry = mask & 1;
        let mut index = 4_usize;
        while index > 0 {
            index = index.wrapping_sub(1);
            let right = raw_lane(&other.0, index) ^ mask;
            // All zeros without a carry, or all ones with one: the lane stays, and so does the
            // carry. These bits are the same in either order of the bytes.
            if right == 0_u64.wrapping_sub(carry) {
                continue;
            }
            let left = swapped(raw_lane(&self.0, index));
            // Cannot wrap: the one case that would was just passed over.
            let right = swapped(right).wrapping_add(carry);
            let (lane, over) = left.overflowing_add(right);
            set_raw_lane(&mut self.0, index, swapped(lane));
            carry = over.into();
        }
        carry != 0
    }
}

impl From<u64> for Uint {
    #[inline(never)]
    fn from(number: u64) -> Self {
        Self(from_raw_lanes(0, 0, 0, swapped(number)))
    }
}

impl From<u128> for Uint {
    #[inline(always)]
    fn from(number: u128) -> Self {
        let [low, high] = split(number);
        Self::from_lanes(low, high, 0, 0)
    }
}

impl PartialEq for Uint {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Uint {}

impl PartialOrd for Uint {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    #[inline(always)]
    fn lt(&self, other: &Self) -> bool {
        is_less(&self.0, &other.0)
    }

    #[inline(always)]
    fn gt(&self, other: &Self) -> bool {
        other.lt(self)
    }
}

impl Ord for Uint {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

/// Joins the halves of a number.
#[must_use]
#[inline(always)]
pub fn join(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// Splits a number in halves, the low one first.
#[must_use]
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the halves are taken apart")]
pub const fn split(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    fn uint(number: U256) -> Uint {
        Uint::new(number.into())
    }

    fn number() -> impl Strategy<Value = U256> {
        prop_oneof![
            any::<[u64; 4]>().prop_map(U256::from_limbs),
            (any::<u64>(), 0..4_usize)
                .prop_map(|(lane, shift)| U256::from(lane).wrapping_shl(shift.wrapping_mul(64))),
            any::<u8>().prop_map(|byte| U256::MAX.wrapping_sub(U256::from(byte))),
            any::<u8>().prop_map(U256::from),
        ]
    }

    proptest! {
        #[test]
        fn sums_are_those_of_another_library(a in number(), b in number()) {
            let (left, right) = (uint(a), uint(b));
            let mut sum = left;
            prop_assert_eq!(sum.add(&right), a.checked_add(b).is_some());
            prop_assert_eq!(sum, uint(a.wrapping_add(b)));
            sum.wrapping_sub(&right);
            prop_assert_eq!(sum, left);
            let mut difference = left;
            prop_assert_eq!(difference.subtract(&right), a >= b);
            prop_assert_eq!(difference, uint(a.wrapping_sub(b)));
            difference.wrapping_add(&right);
            prop_assert_eq!(difference, left);
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left < right, a < b);
            prop_assert_eq!(left > right, a > b);
            prop_assert_eq!(left == right, a == b);
        }

        #[test]
        fn lanes_go_there_and_back(a in number()) {
            let number = uint(a);
            prop_assert_eq!(number.lanes(), *a.as_limbs());
            let [low, second, third, high] = number.lanes();
            prop_assert_eq!(Uint::from_lanes(low, second, third, high), number);
            prop_assert_eq!(number.to_u64(), u64::try_from(a).unwrap_or(u64::MAX));
            prop_assert_eq!(number.to_u128(), u128::try_from(a).unwrap_or(u128::MAX));
            prop_assert_eq!(Uint::from(low), uint(U256::from(low)));
            prop_assert_eq!(Uint::from(join(low, second)), uint(U256::from(join(low, second))));
            prop_assert_eq!(number.is_zero(), a == U256::ZERO);
            prop_assert_eq!(number.is_max(), a == U256::MAX);
            prop_assert_eq!(constant(*number.word()), *number.word());
        }

        #[test]
        fn accounts_are_words_with_twelve_zero_bytes(bytes: [u8; 32], zeros in 0..=32_usize) {
            let mut word = B256::new(bytes);
            word[..zeros].fill(0);
            let clean = word[..12] == [0; 12];
            prop_assert_eq!(Account::from_word(&word).map(|account| *account.word()),
                clean.then_some(word));
            if let Some(account) = Account::from_word(&word) {
                prop_assert_eq!(*account, Account::from(*account.address()));
                prop_assert_eq!(account.is_zero(), word == B256::ZERO);
                let left = account.left_aligned();
                prop_assert_eq!((&left[..20], &left[20..]), (&word[12..], &[0; 12][..]));
                let other = B256::new(bytes);
                for count in 0..32 {
                    let zeros = left[32_usize.saturating_sub(count)..].iter().all(|byte| *byte == 0);
                    prop_assert_eq!(ends_with_zeros(&left, count), zeros);
                }
                prop_assert_eq!(difference(&left, &other), left ^ other);
            }
        }
    }

    #[test]
    fn the_largest_number_is_told_from_its_neighbours() {
        assert!(uint(U256::MAX).is_max());
        for bit in 0..256 {
            assert!(!uint(U256::MAX ^ U256::ONE << bit).is_max());
        }
    }
}
