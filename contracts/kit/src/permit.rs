//! Decides how an owner approves by signature, as OpenZeppelin's `ERC20Permit` does.

use alloy_primitives::B256;
use alloy_sol_types::sol;

use crate::{
    Account, Result, Revert, Uint, ecdsa,
    eip712::{Eip712, hash_of},
    erc20::Erc20,
    host,
    nonces::Nonces,
    output,
    word::Word,
};

sol! {
    /// Errors of OpenZeppelin's `ERC20Permit`.
    #[derive(Debug)]
    interface IPermit {
        error ERC2612ExpiredSignature(uint256 deadline);
        error ERC2612InvalidSigner(address signer, address owner);
    }
}

pub use IPermit::{ERC2612ExpiredSignature, ERC2612InvalidSigner, IPermitErrors};

/// The type of a permit, as ERC-2612 spells it.
const PERMIT_TYPEHASH: B256 =
    hash_of("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

/// What an owner signs for, and until when.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// Whose tokens.
    pub owner: &'a Account,
    /// Who may take them.
    pub spender: &'a Account,
    /// How many, in the token's smallest unit.
    pub value: &'a Uint,
    /// The last second at which the signature is good.
    pub deadline: &'a Uint,
}

/// A signature of secp256k1.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// The recovery id, 27 or 28.
    pub v: u8,
    /// The first half.
    pub r: &'a B256,
    /// The second half.
    pub s: &'a B256,
}

/// A token whose owners approve by signature.
pub trait Permit: Erc20 + Eip712 + Nonces {
    /// Sets an allowance that its owner signed.
    ///
    /// # Errors
    ///
    /// - [`ERC2612ExpiredSignature`] after the deadline,
    /// - as [`recover`](ecdsa::recover) for a bad signature,
    /// - [`ERC2612InvalidSigner`] when somebody else signed,
    /// - as [`approve_for`](Erc20::approve_for).
    ///
    /// # Events
    ///
    /// [`Approval`](crate::erc20::Approval).
    fn permit(&mut self, approval: Approval<'_>, signature: Signature<'_>) -> Result<()> {
        let Approval { owner, spender, value, deadline } = approval;
        if deadline.to_u64() < host::timestamp(self.vm()) {
            return Err(Revert::new::<ERC2612ExpiredSignature>((deadline,)));
        }
        let nonce = self.use_nonce(owner);
        let start = output::len();
        output::push_constant(PERMIT_TYPEHASH);
        output::push(owner.word());
        output::push(spender.word());
        output::push(value.word());
        output::push(nonce.word());
        output::push(deadline.word());
        let struct_hash = host::hash_output(self.vm(), start);
        let hash = self.typed_data_hash(&struct_hash);
        let signer = ecdsa::recover(self.vm(), &hash, signature.v, signature.r, signature.s)?;
        if signer != *owner {
            return Err(Revert::new::<ERC2612InvalidSigner>((&signer, owner)));
        }
        self.approve_for(owner, spender, value)
    }
}
