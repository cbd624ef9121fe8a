//! Decides how an ERC-20 token keeps its books, as OpenZeppelin's `ERC20` and `ERC20Burnable` do:
//! the same events, errors and order of checks.
//!
//! # Invariant
//!
//! The sum of balances is the total supply. [`Erc20::move_tokens`] is the one writer of both, and
//! takes from one side exactly what it gives to the other.

use alloy_sol_types::sol;

use crate::{Account, Contract, Result, Revert, Uint, event::emit, host, layout};

sol! {
    /// Events of ERC-20 and errors of ERC-6093.
    #[derive(Debug)]
    interface IErc20 {
        event Transfer(address indexed from, address indexed to, uint256 value);
        event Approval(address indexed owner, address indexed spender, uint256 value);

        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        error ERC20InvalidSender(address sender);
        error ERC20InvalidReceiver(address receiver);
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        error ERC20InvalidApprover(address approver);
        error ERC20InvalidSpender(address spender);
    }
}

pub use IErc20::{
    Approval, ERC20InsufficientAllowance, ERC20InsufficientBalance, ERC20InvalidApprover,
    ERC20InvalidReceiver, ERC20InvalidSender, ERC20InvalidSpender, IErc20Errors, IErc20Events,
    Transfer,
};

layout! {
    /// The storage of an ERC-20 token.
    pub struct Erc20Storage {
        /// What each account holds, in the token's smallest unit. Written by [`Erc20::move_tokens`].
        balances: Mapping<Account, Uint>,
        /// What a spender may still take from an owner. Written by
        /// [`Erc20::set_allowance`].
        allowances: NestedMapping<Account, Account, Uint>,
        /// The sum of all balances. Written by [`Erc20::move_tokens`].
        total_supply: Slot<Uint>,
    }
}

/// A token with the behaviour of ERC-20.
pub trait Erc20: Contract {
    /// Where the contract keeps the token's storage.
    const ERC20: Erc20Storage;

    /// Decides whether `value` may move from `from` to `to` now; the zero account stands for
    /// nowhere when minting and burning.
    ///
    /// # Errors
    ///
    /// Returns why it may not.
    fn before_move(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()>;

    /// Returns the sum of all balances.
    fn total_supply(&self) -> Uint {
        Self::ERC20.total_supply.get(self.vm())
    }

    /// Returns what an account holds.
    fn balance_of(&self, account: &Account) -> Uint {
        Self::ERC20.balances.of(self.vm(), account).get(self.vm())
    }

    /// Returns what `spender` may still take from `owner`.
    fn allowance(&self, owner: &Account, spender: &Account) -> Uint {
        Self::ERC20.allowances.of(self.vm(), owner, spender).get(self.vm())
    }

    /// Moves the caller's tokens.
    ///
    /// # Errors
    ///
    /// As [`transfer_between`](Self::transfer_between).
    ///
    /// # Events
    ///
    /// [`Transfer`].
    fn transfer(&mut self, to: &Account, value: &Uint) -> Result<bool> {
        let from = host::sender(self.vm());
        self.transfer_between(&from, to, value).map(|()| true)
    }

    /// Moves an owner's tokens within the caller's allowance.
    ///
    /// # Errors
    ///
    /// As [`spend_allowance`](Self::spend_allowance), then as
    /// [`transfer_between`](Self::transfer_between).
    ///
    /// # Events
    ///
    /// [`Transfer`].
    fn transfer_from(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<bool> {
        let spender = host::sender(self.vm());
        self.spend_allowance(from, &spender, value)?;
        self.transfer_between(from, to, value).map(|()| true)
    }

    /// Sets what a spender may take from the caller.
    ///
    /// # Errors
    ///
    /// As [`approve_for`](Self::approve_for).
    ///
    /// # Events
    ///
    /// [`Approval`].
    fn approve(&mut self, spender: &Account, value: &Uint) -> Result<bool> {
        let owner = host::sender(self.vm());
        self.approve_for(&owner, spender, value).map(|()| true)
    }

    /// Burns the caller's tokens.
    ///
    /// # Errors
    ///
    /// As [`burn_of`](Self::burn_of).
    ///
    /// # Events
    ///
    /// [`Transfer`] to the zero address.
    fn burn(&mut self, value: &Uint) -> Result<()> {
        let account = host::sender(self.vm());
        self.burn_of(&account, value)
    }

    /// Burns an account's tokens within the caller's allowance.
    ///
    /// # Errors
    ///
    /// As [`spend_allowance`](Self::spend_allowance), then as [`burn_of`](Self::burn_of).
    ///
    /// # Events
    ///
    /// [`Transfer`] to the zero address.
    fn burn_from(&mut self, account: &Account, value: &Uint) -> Result<()> {
        let spender = host::sender(self.vm());
        self.spend_allowance(account, &spender, value)?;
        self.burn_of(account, value)
    }

    /// Moves tokens of `from`, who must have agreed.
    ///
    /// # Errors
    ///
    /// - [`ERC20InvalidSender`] when `from` is the zero address,
    /// - [`ERC20InvalidReceiver`] when `to` is the zero address,
    /// - then as [`move_checked`](Self::move_checked).
    ///
    /// # Events
    ///
    /// [`Transfer`].
    fn transfer_between(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()> {
        valid_sender(from)?;
        valid_receiver(to)?;
        self.move_checked(from, to, value)
    }

    /// Burns tokens of `account`, who must have agreed.
    ///
    /// # Errors
    ///
    /// [`ERC20InvalidSender`] when it is the zero address, then as [`move_checked`](Self::move_checked).
    ///
    /// # Events
    ///
    /// [`Transfer`] to the zero address.
    fn burn_of(&mut self, account: &Account, value: &Uint) -> Result<()> {
        valid_sender(account)?;
        self.move_checked(account, &Account::ZERO, value)
    }

    /// Mints tokens to an account; the caller decides who may.
    ///
    /// # Errors
    ///
    /// [`ERC20InvalidReceiver`] when it is the zero address, then as [`move_checked`](Self::move_checked).
    ///
    /// # Events
    ///
    /// [`Transfer`] from the zero address.
    fn mint_to(&mut self, account: &Account, value: &Uint) -> Result<()> {
        valid_receiver(account)?;
        self.move_checked(&Account::ZERO, account, value)
    }

    /// Moves tokens if the contract's own rules allow it.
    ///
    /// # Errors
    ///
    /// As [`before_move`](Self::before_move), then as [`move_tokens`](Self::move_tokens).
    ///
    /// # Events
    ///
    /// [`Transfer`].
    fn move_checked(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()> {
        self.before_move(from, to, value)?;
        self.move_tokens(from, to, value)
    }

    /// Moves tokens: the one writer of balances and total supply.
    ///
    /// # Errors
    ///
    /// - `Panic(0x11)` when minting would overflow the total supply,
    /// - [`ERC20InsufficientBalance`] when `from` holds less than `value`.
    ///
    /// # Events
    ///
    /// [`Transfer`].
    fn move_tokens(&mut self, from: &Account, to: &Account, value: &Uint) -> Result<()> {
        if from.is_zero() {
            let mut supply = self.total_supply();
            if !supply.add(value) {
                return Err(Revert::overflow());
            }
            Self::ERC20.total_supply.set(self.vm_mut(), &supply);
        } else {
            let place = Self::ERC20.balances.of(self.vm(), from);
            let mut balance = place.get(self.vm());
            if !balance.subtract(value) {
                balance.wrapping_add(value);
                return Err(Revert::new::<ERC20InsufficientBalance>((from, &balance, value)));
            }
            place.set(self.vm_mut(), &balance);
        }
        if to.is_zero() {
            let mut supply = self.total_supply();
            // `value` ≤ the balance of `from` ≤ the total supply.
            supply.wrapping_sub(value);
            Self::ERC20.total_supply.set(self.vm_mut(), &supply);
        } else {
            let place = Self::ERC20.balances.of(self.vm(), to);
            let mut balance = place.get(self.vm());
            // Balance + `value` ≤ the total supply, which is a number.
            balance.wrapping_add(value);
            place.set(self.vm_mut(), &balance);
        }
        emit::<Transfer>(self.vm_mut(), (from, to), (value,));
        Ok(())
    }

    /// Sets what a spender may take from an owner, who must have agreed.
    ///
    /// # Errors
    ///
    /// As [`set_allowance`](Self::set_allowance).
    ///
    /// # Events
    ///
    /// [`Approval`].
    fn approve_for(&mut self, owner: &Account, spender: &Account, value: &Uint) -> Result<()> {
        self.set_allowance(owner, spender, value)?;
        emit::<Approval>(self.vm_mut(), (owner, spender), (value,));
        Ok(())
    }

    /// Takes `value` from a spender's allowance, unless it is without limit.
    ///
    /// # Errors
    ///
    /// [`ERC20InsufficientAllowance`] when the allowance is less, then as
    /// [`set_allowance`](Self::set_allowance).
    fn spend_allowance(&mut self, owner: &Account, spender: &Account, value: &Uint) -> Result<()> {
        let mut allowance = self.allowance(owner, spender);
        if allowance.is_max() {
            return Ok(());
        }
        if !allowance.subtract(value) {
            allowance.wrapping_add(value);
            let args = (spender, &allowance, value);
            return Err(Revert::new::<ERC20InsufficientAllowance>(args));
        }
        self.set_allowance(owner, spender, &allowance)
    }

    /// Writes an allowance: the one writer of allowances.
    ///
    /// # Errors
    ///
    /// - [`ERC20InvalidApprover`] when the owner is the zero address,
    /// - [`ERC20InvalidSpender`] when the spender is.
    fn set_allowance(&mut self, owner: &Account, spender: &Account, value: &Uint) -> Result<()> {
        if owner.is_zero() {
            return Err(Revert::new::<ERC20InvalidApprover>((owner,)));
        }
        if spender.is_zero() {
            return Err(Revert::new::<ERC20InvalidSpender>((spender,)));
        }
        Self::ERC20.allowances.of(self.vm(), owner, spender).set(self.vm_mut(), value);
        Ok(())
    }
}

/// Requires that tokens come from somebody.
///
/// # Errors
///
/// [`ERC20InvalidSender`] when the account is the zero address.
pub fn valid_sender(account: &Account) -> Result<()> {
    if account.is_zero() { Err(Revert::new::<ERC20InvalidSender>((account,))) } else { Ok(()) }
}

/// Requires that tokens go to somebody.
///
/// # Errors
///
/// [`ERC20InvalidReceiver`] when the account is the zero address.
pub fn valid_receiver(account: &Account) -> Result<()> {
    if account.is_zero() { Err(Revert::new::<ERC20InvalidReceiver>((account,))) } else { Ok(()) }
}
