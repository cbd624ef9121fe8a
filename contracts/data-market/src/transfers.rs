//! Decides how licences change hands: as ERC-1155 tokens of supply one, and only to the vetted.

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, sol, sol_data};
use datacoop_kit::{
    Account, Result, Revert, Uint,
    dynamic::Elements,
    event::emit,
    host, layout,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::market::{
    IDataMarket::{
        ApprovalForAll, ERC1155InsufficientBalance, ERC1155InvalidArrayLength,
        ERC1155InvalidOperator, ERC1155InvalidReceiver, ERC1155MissingApprovalForAll,
        TransferBatch, TransferSingle,
    },
    LICENCES, STAKES,
};

sol! {
    /// What a contract answers that takes ERC-1155 tokens.
    #[derive(Debug)]
    interface IReceiver {
        function onERC1155Received(
            address operator, address from, uint256 id, uint256 value, bytes calldata data
        ) external returns (bytes4);
        function onERC1155BatchReceived(
            address operator,
            address from,
            uint256[] calldata ids,
            uint256[] calldata values,
            bytes calldata data
        ) external returns (bytes4);
    }
}

/// Numbers, where they lie in the calldata.
pub(crate) type Numbers<'a> = Elements<'a, sol_data::Uint<256>>;

layout! {
    /// The storage of transfers.
    pub struct TransfersStorage {
        /// By holder and operator, whether it may transfer. Written by
        /// [`TransfersStorage::approve`].
        approvals: NestedMapping<Account, Account, bool>,
    }
}

impl TransfersStorage {
    /// Returns whether an operator may transfer the licences of an account.
    pub(crate) fn is_approved(&self, vm: &VM, account: &Account, operator: &Account) -> bool {
        self.approvals.of(vm, account, operator).get(vm)
    }

    /// Lets an operator transfer the caller's licences, or does not any more.
    ///
    /// # Errors
    ///
    /// [`ERC1155InvalidOperator`] for the zero address.
    ///
    /// # Events
    ///
    /// [`ApprovalForAll`].
    pub(crate) fn approve(&self, vm: &mut VM, operator: &Account, approved: bool) -> Result<()> {
        if operator.is_zero() {
            return Err(Revert::new::<ERC1155InvalidOperator>((operator,)));
        }
        let account = host::sender(vm);
        self.approvals.of(vm, &account, operator).set(vm, &approved);
        emit::<ApprovalForAll>(vm, (&account, operator), (approved,));
        Ok(())
    }

    /// Transfers a licence.
    ///
    /// # Errors
    ///
    /// - [`ERC1155InvalidReceiver`] for the zero address, and a contract that does not take it,
    /// - [`ERC1155MissingApprovalForAll`] when the caller may not,
    /// - `MarketNotVetted` for a receiver that is not,
    /// - [`ERC1155InsufficientBalance`] when `from` does not hold as much.
    ///
    /// # Events
    ///
    /// [`TransferSingle`].
    pub(crate) fn single(
        &self,
        vm: &mut VM,
        (from, to): (&Account, &Account),
        (id, value): (&Uint, &Uint),
        data: &[u8],
    ) -> Result<()> {
        let operator = self.check(vm, from, to)?;
        hand_over(vm, (from, to), id, value)?;
        emit::<TransferSingle>(vm, (&operator, from, to), (id, value));
        ask(vm, (&operator, from, to), (id, value), data)
    }

    /// Transfers some licences at once.
    ///
    /// # Errors
    ///
    /// - [`ERC1155InvalidArrayLength`] when there are not as many values as ids,
    /// - otherwise as [`single`](Self::single).
    ///
    /// # Events
    ///
    /// [`TransferBatch`].
    pub(crate) fn batch(
        &self,
        vm: &mut VM,
        (from, to): (&Account, &Account),
        (ids, values): (Numbers<'_>, Numbers<'_>),
        data: &[u8],
    ) -> Result<()> {
        require_same_length(ids.len(), values.len())?;
        let operator = self.check(vm, from, to)?;
        for (id, value) in ids.words().iter().zip(values.words()) {
            hand_over(vm, (from, to), Uint::from_word(id), Uint::from_word(value))?;
        }
        emit::<TransferBatch>(vm, (&operator, from, to), (ids, values));
        type Hook = IReceiver::onERC1155BatchReceivedCall;
        if host::is_contract(vm, to) {
            let accepted = host::call::<Hook>(vm, to, (&operator, from, ids, values, data));
            return require_taken(vm, to, accepted, &word::constant(answer(Hook::SELECTOR)));
        }
        Ok(())
    }

    /// Requires that the caller may transfer from one account to another, and returns the caller.
    fn check(&self, vm: &VM, from: &Account, to: &Account) -> Result<Account> {
        let operator = host::sender(vm);
        if to.is_zero() {
            return Err(Revert::new::<ERC1155InvalidReceiver>((to,)));
        }
        if operator != *from && !self.is_approved(vm, from, &operator) {
            let values = (&operator, from);
            return Err(Revert::new::<ERC1155MissingApprovalForAll>(values));
        }
        STAKES.require_vetted(vm, to)?;
        Ok(operator)
    }
}

/// Returns a selector as the word that answers with it.
const fn answer(selector: [u8; 4]) -> B256 {
    let [first, second, third, fourth] = selector;
    let mut word = [0; 32];
    word[0] = first;
    word[1] = second;
    word[2] = third;
    word[3] = fourth;
    B256::new(word)
}

/// Asks a receiver that is a contract whether it takes a licence.
///
/// # Errors
///
/// [`ERC1155InvalidReceiver`] when it does not, or what it reverts with.
#[inline(never)]
pub(crate) fn ask(
    vm: &mut VM,
    (operator, from, to): (&Account, &Account, &Account),
    (id, value): (&Uint, &Uint),
    data: &[u8],
) -> Result<()> {
    type Hook = IReceiver::onERC1155ReceivedCall;
    if !host::is_contract(vm, to) {
        return Ok(());
    }
    let accepted = host::call::<Hook>(vm, to, (operator, from, id, value, data));
    require_taken(vm, to, accepted, &word::constant(answer(Hook::SELECTOR)))
}

/// Returns whether an account holds a licence.
pub(crate) fn balance(vm: &VM, account: &Account, id: &Uint) -> bool {
    !account.is_zero() && LICENCES.holder(vm, id) == *account
}

/// Requires two lists of one length.
///
/// # Errors
///
/// [`ERC1155InvalidArrayLength`] when they are not.
pub(crate) fn require_same_length(ids: usize, values: usize) -> Result<()> {
    if ids != values {
        let values = (ids as u64, values as u64);
        return Err(Revert::new::<ERC1155InvalidArrayLength>(values));
    }
    Ok(())
}

/// Moves a licence, or nothing for a value of zero.
fn hand_over(vm: &mut VM, (from, to): (&Account, &Account), id: &Uint, value: &Uint) -> Result<()> {
    let balance = u64::from(balance(vm, from, id));
    if *value > Uint::from(balance) {
        let values = (from, balance, value, id);
        return Err(Revert::new::<ERC1155InsufficientBalance>(values));
    }
    if !value.is_zero() && from != to {
        LICENCES.hand_over(vm, id, from, to);
    }
    Ok(())
}

/// Requires that a contract took what it was sent.
#[inline(never)]
fn require_taken(vm: &VM, to: &Account, accepted: bool, selector: &B256) -> Result<()> {
    let (word, len) = host::returned_word(vm);
    if !accepted && len != 0 {
        return Err(Revert::bubble(vm));
    }
    if !accepted || len < 32 || !word::same(&word, selector.word()) {
        return Err(Revert::new::<ERC1155InvalidReceiver>((to,)));
    }
    Ok(())
}
