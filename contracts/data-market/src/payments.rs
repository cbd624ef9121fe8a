//! Decides how money moves: in, to the last unit or not at all; and out, to all who have a part of
//! a price, so that the market keeps nothing of it.

use alloy_primitives::B256;
use alloy_sol_types::sol;
use datacoop_kit::{
    Account, Result, Revert, Uint,
    eip712::hash_of,
    event::emit,
    host, safe_erc20,
    word::{self, Word},
};
use stylus_sdk::host::VM;

use crate::{
    market::{
        IDataMarket::{MarketInexactPayment, SaleSplit},
        NEIGHBOURS, SPLIT,
    },
    split::Parts,
};

sol! {
    /// What a sale asks of the distributor, a token and DATA.
    #[derive(Debug)]
    interface IPayees {
        function deposit(uint256 edition, address token, uint256 amount, bytes32 tag)
            external returns (uint256 received);
        function depositShared(bytes32 pool, address token, uint256 amount, bytes32 tag)
            external returns (uint256 received);
        function approve(address spender, uint256 amount) external returns (bool);
        function burn(uint256 amount) external;
    }
}

/// The distributor's pool of the validators.
const VALIDATORS: B256 = hash_of("VALIDATORS");

/// Takes exactly `amount` of a token.
///
/// # Errors
///
/// - `SafeERC20FailedOperation` when the token fails or says that it did not,
/// - [`MarketInexactPayment`] when something else came, as of a token that keeps a fee.
#[inline(never)]
pub(crate) fn take(vm: &mut VM, token: &Account, from: &Account, amount: &Uint) -> Result<()> {
    let came = safe_erc20::receive(vm, token, from, amount)?;
    require_exact(token, amount, &came)
}

/// A price that was paid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale<'a> {
    /// The licence that was sold; deposits are tagged with it.
    pub(crate) licence: &'a Uint,
    /// What it is for.
    pub(crate) edition: &'a Uint,
    /// What was paid with.
    pub(crate) token: &'a Account,
    /// What was paid, which the market holds.
    pub(crate) price: &'a Uint,
}

impl Sale<'_> {
    /// Pays the parts of the price, and requires that it was paid to the last unit.
    ///
    /// # Errors
    ///
    /// - `MarketNoRecipients` when nobody was named for a part,
    /// - what a token or the distributor reverts with,
    /// - [`MarketInexactPayment`] when the market has kept a part, or paid more.
    ///
    /// # Events
    ///
    /// [`SaleSplit`].
    #[inline(never)]
    pub(crate) fn pay_out(&self, vm: &mut VM) -> Result<()> {
        let Self { licence, edition, token, price } = *self;
        let (treasury, infrastructure) = SPLIT.known_recipients(vm)?;
        let mut parts = SPLIT.parts(vm, price, *token == NEIGHBOURS.data_token(vm));
        let this = host::this(vm);
        let mut expected = safe_erc20::balance_of(vm, token, &this)?;
        if !expected.subtract(price) {
            return Err(Revert::overflow());
        }
        self.deposit(vm, &mut parts)?;
        for (to, part) in [(&treasury, &parts.treasury), (&infrastructure, &parts.infrastructure)] {
            if !part.is_zero() {
                safe_erc20::send(vm, token, to, part)?;
            }
        }
        if !parts.burned.is_zero() && !host::call::<IPayees::burnCall>(vm, token, (&parts.burned,))
        {
            return Err(Revert::bubble(vm));
        }
        let rest = safe_erc20::balance_of(vm, token, &this)?;
        require_exact(token, &expected, &rest)?;
        let Parts { contributors, validators, treasury, infrastructure, burned } = &parts;
        let data = (contributors, validators, treasury, infrastructure, burned);
        emit::<SaleSplit>(vm, (licence, edition, token), data);
        Ok(())
    }

    /// Deposits the validators' and the contributors' part. A pool that takes nothing, since nobody has
    /// shares of it, keeps nobody from buying: its part is then the contributors'.
    fn deposit(&self, vm: &mut VM, parts: &mut Parts) -> Result<()> {
        let Self { licence, edition, token, .. } = *self;
        let Parts { contributors, validators, .. } = parts;
        let distributor = NEIGHBOURS.distributor(vm);
        let mut both = *contributors;
        // Parts of one price.
        both.wrapping_add(validators);
        // Whatever the token answers: what is not allowed cannot be deposited.
        if !host::call::<IPayees::approveCall>(vm, token, (&distributor, &both)) {
            return Err(Revert::bubble(vm));
        }
        let (pool, tag) = (word::constant(VALIDATORS), licence.word());
        let args = (&pool, token, &*validators, tag);
        if !validators.is_zero()
            && !host::call::<IPayees::depositSharedCall>(vm, &distributor, args)
        {
            (*contributors, *validators) = (both, Uint::ZERO);
        }
        let args = (edition, token, &*contributors, tag);
        if !host::call::<IPayees::depositCall>(vm, &distributor, args) {
            return Err(Revert::bubble(vm));
        }
        Ok(())
    }
}

fn require_exact(token: &Account, expected: &Uint, received: &Uint) -> Result<()> {
    if expected == received {
        Ok(())
    } else {
        Err(Revert::new::<MarketInexactPayment>((token, expected, received)))
    }
}
