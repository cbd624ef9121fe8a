//! Decides which signatures count for a hash, as Safe's `checkNSignatures` does.
//!
//! Each is 65 bytes, and they stand in the order of their owners' addresses, so that nobody signs
//! twice. By their last byte `v` they are: 0 a contract's (ERC-1271), whose own signature lies after
//! the last of them; 1 an approval of the hash, given before or by calling; above 30 one of the hash
//! with Ethereum's prefix; else one of the hash itself. As in Safe, `s` may be in the upper half of
//! the order: a signature's other form is the same owner's, and no nonce is used twice.

use alloy_primitives::{B256, b256};
use alloy_sol_types::{SolCall, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    abi::FromWord,
    ecdsa,
    event::emit,
    host, layout, output,
    signature_checker::IERC1271,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::{
    revert::gs,
    settings::account_in,
    treasury::{ITreasury::ApproveHash, OWNERS},
};

layout! {
    /// The storage of nonce and approvals, where Safe has it.
    pub struct SignaturesStorage {
        /// How many transactions were executed or queued. Written by
        /// [`use_nonce`](Self::use_nonce).
        nonce: Slot<Uint>,
        /// Where older Safes had their domain separator. Never written.
        _domain_separator: Slot<Uint>,
        /// The messages that the treasury signed. Written by Safe's `SignMessageLib`, by delegation.
        signed_messages: Mapping<B256, Uint>,
        /// By owner and hash, whether it is approved. Written by [`approve`](Self::approve).
        approved: NestedMapping<Account, B256, Uint>,
    }
}

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 65;

/// The greatest number of signatures whose bytes fit a word: (2^256 − 1) / 65.
const MOST: B256 = b256!("03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f03f0");

/// `"\x19Ethereum Signed Message:\n32"`, and four zeros.
const ETHEREUM_PREFIX: B256 =
    b256!("19457468657265756d205369676e6564204d6573736167653a0a333200000000");

/// Bytes of the prefix.
const PREFIX_BYTES: usize = 28;

/// What a contract answers for a good signature.
const MAGIC: u32 = u32::from_be_bytes(IERC1271::isValidSignatureCall::SELECTOR);

impl SignaturesStorage {
    /// Returns the nonce of the next transaction.
    #[inline(always)]
    pub(crate) fn nonce(&self, vm: &VM) -> Uint {
        self.nonce.get(vm)
    }

    /// Returns the nonce of the next transaction, and uses it up.
    pub(crate) fn use_nonce(&self, vm: &mut VM) -> Uint {
        let nonce = self.nonce.get(vm);
        let mut next = nonce;
        // One for each transaction: no chain lives long enough to overflow it.
        next.wrapping_add(&Uint::from(1_u64));
        self.nonce.set(vm, &next);
        nonce
    }

    /// Returns whether a message was signed, as a number.
    pub(crate) fn signed_message(&self, vm: &VM, hash: &B256) -> Uint {
        self.signed_messages.of(vm, hash).get(vm)
    }

    /// Returns whether an owner has approved a hash, as a number.
    #[inline(never)]
    pub(crate) fn approval(&self, vm: &VM, owner: &Account, hash: &B256) -> Uint {
        self.approved.of(vm, owner, hash).get(vm)
    }

    /// Approves a hash for the caller.
    ///
    /// # Errors
    ///
    /// GS030 when it is no owner.
    pub(crate) fn approve(&self, vm: &mut VM, hash: &B256) -> Result<()> {
        let owner = host::sender(vm);
        if !OWNERS.is_owner(vm, &owner) {
            return Err(gs(30));
        }
        self.approved.of(vm, &owner, hash).set(vm, &Uint::from(1_u64));
        emit::<ApproveHash>(vm, (hash, &owner), ());
        Ok(())
    }

    /// Requires the signatures of as many owners as the threshold says.
    ///
    /// # Errors
    ///
    /// GS001 when there is no threshold, and as [`check_some`](Self::check_some).
    #[inline(never)]
    pub(crate) fn check(
        &self,
        vm: &VM,
        executor: &Account,
        hash: &B256,
        signatures: &[u8],
    ) -> Result<()> {
        let threshold = OWNERS.threshold(vm);
        if threshold.is_zero() {
            return Err(gs(1));
        }
        self.check_some(vm, (executor, hash), signatures, &threshold)
    }

    /// Requires the signatures of `required` owners; `executor` signs by being there.
    ///
    /// # Errors
    ///
    /// GS020 to GS026 as Safe has them, `Panic(0x11)` where its sums overflow, and what a contract
    /// that is asked for its signature reverts with.
    #[inline(never)]
    pub(crate) fn check_some(
        &self,
        vm: &VM,
        (executor, hash): (&Account, &B256),
        signatures: &[u8],
        required: &Uint,
    ) -> Result<()> {
        if *required > Uint::new(word::constant(MOST)) {
            return Err(Revert::overflow());
        }
        let count = usize::try_from(required.to_u64()).unwrap_or(usize::MAX);
        let needed = count.saturating_mul(SIGNATURE_BYTES);
        if signatures.len() < needed {
            return Err(gs(20));
        }
        let mut last = Uint::ZERO;
        for signature in signatures.chunks_exact(SIGNATURE_BYTES).take(count) {
            let ([r, s], [.., v]) = (word::words(signature), signature) else {
                return Err(Revert::empty());
            };
            let owner = match *v {
                0 => {
                    let owner = account_in(Uint::from_word(r));
                    if Uint::from_word(s).to_u64() < needed as u64 {
                        return Err(gs(21));
                    }
                    check_contract(vm, (&owner, hash), signatures, Uint::from_word(s))?;
                    owner
                }
                1 => {
                    let owner = account_in(Uint::from_word(r));
                    if *executor != owner && self.approval(vm, &owner, hash).is_zero() {
                        return Err(gs(25));
                    }
                    owner
                }
                v => recover(vm, hash, v, (r, s)),
            };
            if last >= *Uint::from_word(owner.word()) || !OWNERS.is_owner(vm, &owner) {
                return Err(gs(26));
            }
            last = *Uint::from_word(owner.word());
        }
        Ok(())
    }
}

/// Returns who signed a hash, with Ethereum's prefix when `v` is above 30; zero when nobody did.
fn recover(vm: &VM, hash: &B256, v: u8, (r, s): (&B256, &B256)) -> Account {
    if v <= 30 {
        return ecdsa::ask(vm, hash, v, r, s);
    }
    let start = output::len();
    output::push_constant(ETHEREUM_PREFIX);
    // A few words are in memory.
    output::truncate(start.wrapping_add(PREFIX_BYTES));
    output::push(hash);
    let prefixed = host::hash_output(vm, start);
    ecdsa::ask(vm, &prefixed, v.wrapping_sub(4), r, s)
}

/// Requires that a contract says that it signed a hash, with the signature that lies at `offset`.
///
/// # Errors
///
/// - GS022 when there is no length there, GS023 when there are less bytes than it says,
/// - `Panic(0x11)` where Safe's sums overflow,
/// - what the contract reverts with; nothing when it answers with less than four clean bytes,
/// - GS024 when it did not sign.
#[inline(never)]
fn check_contract(
    vm: &VM,
    (owner, hash): (&Account, &B256),
    signatures: &[u8],
    offset: &Uint,
) -> Result<()> {
    let all = Uint::from(signatures.len() as u64);
    let mut start = *offset;
    if !start.add(&Uint::from(32_u64)) {
        return Err(Revert::overflow());
    }
    if start > all {
        return Err(gs(22));
    }
    let at = |end: &Uint| usize::try_from(end.to_u64()).unwrap_or(usize::MAX);
    let from = at(&start);
    let len = signatures.get(at(offset)..from).and_then(|len| word::words(len).first());
    let mut end = start;
    if !end.add(Uint::from_word(len.unwrap_or(&B256::ZERO))) {
        return Err(Revert::overflow());
    }
    if end > all {
        return Err(gs(23));
    }
    let signature = signatures.get(from..at(&end)).unwrap_or_default();
    if !host::static_call::<IERC1271::isValidSignatureCall>(vm, owner, (hash, signature)) {
        return Err(Revert::bubble(vm));
    }
    let (answer, bytes) = host::returned_word(vm);
    match <u32 as FromWord<'_, sol_data::FixedBytes<4>>>::from_word(&answer) {
        Some(MAGIC) if bytes == 32 => Ok(()),
        Some(_) if bytes == 32 => Err(gs(24)),
        _ => Err(Revert::empty()),
    }
}
