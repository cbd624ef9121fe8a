//! Decides what a transaction of the owners is, and what they sign for it: Safe's `SafeTx`.

use alloy_primitives::B256;
use alloy_sol_types::sol_data;
use datacoop_kit::{
    Account, Uint,
    abi::{FromWord, ToWord, small},
    eip712::hash_of,
    host, output,
    word::Word,
};
use stylus_sdk::host::VM;

/// The type of a transaction, as Safe spells it.
const SAFE_TX_TYPEHASH: B256 = hash_of(
    "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,\
     uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)",
);

/// The type of the signing domain, which has neither name nor version.
const DOMAIN_TYPEHASH: B256 = hash_of("EIP712Domain(uint256 chainId,address verifyingContract)");

/// How a transaction is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// By a call of another contract.
    Call,
    /// By running another contract's code as this one.
    DelegateCall,
}

impl FromWord<'_, sol_data::Uint<8>> for Operation {
    #[inline(never)]
    fn from_word(word: &B256) -> Option<Self> {
        match small(word)? {
            0 => Some(Self::Call),
            1 => Some(Self::DelegateCall),
            _ => None,
        }
    }
}

impl ToWord<sol_data::Uint<8>> for Operation {
    #[inline(always)]
    fn push(self) {
        output::push_number(self as u64);
    }
}

/// What is called, how, with what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action<'a> {
    pub(crate) to: &'a Account,
    pub(crate) value: &'a Uint,
    pub(crate) data: &'a [u8],
    pub(crate) operation: Operation,
}

/// A transaction of the owners: an action, and how whoever executes it is paid for the gas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transaction<'a> {
    pub(crate) action: Action<'a>,
    pub(crate) safe_tx_gas: &'a Uint,
    pub(crate) base_gas: &'a Uint,
    pub(crate) gas_price: &'a Uint,
    pub(crate) gas_token: &'a Account,
    pub(crate) refund_receiver: &'a Account,
}

/// The arguments of the functions that take a transaction, `L` the last of them.
pub(crate) type Arguments<'a, L> = (
    &'a Account,
    &'a Uint,
    &'a [u8],
    Operation,
    &'a Uint,
    &'a Uint,
    &'a Uint,
    &'a Account,
    &'a Account,
    L,
);

impl<'a> Transaction<'a> {
    /// Returns the transaction of a function's arguments, and the last argument.
    #[inline(always)]
    pub(crate) const fn new<L: Copy>(arguments: Arguments<'a, L>) -> (Self, L) {
        let (to, value, data, operation, safe_tx_gas, base_gas, gas_price, token, receiver, last) =
            arguments;
        let action = Action { to, value, data, operation };
        let transaction = Self {
            action,
            safe_tx_gas,
            base_gas,
            gas_price,
            gas_token: token,
            refund_receiver: receiver,
        };
        (transaction, last)
    }

    /// Returns the hash that the owners sign.
    #[inline(never)]
    pub(crate) fn hash(&self, vm: &VM, nonce: &Uint) -> B256 {
        let Action { to, value, data, operation } = self.action;
        let data_hash = host::hash(vm, data);
        let start = output::len();
        output::push_constant(SAFE_TX_TYPEHASH);
        output::push(to.word());
        output::push(value.word());
        output::push(&data_hash);
        operation.push();
        output::push(self.safe_tx_gas.word());
        output::push(self.base_gas.word());
        output::push(self.gas_price.word());
        output::push(self.gas_token.word());
        output::push(self.refund_receiver.word());
        output::push(nonce.word());
        let struct_hash = host::hash_output(vm, start);
        let domain = domain_separator(vm);
        // `0x1901` stands before both: the first half of four bytes.
        let start = output::len();
        output::push_selector(0x1901 << 16);
        output::truncate(start.wrapping_add(2));
        output::push(&domain);
        output::push(&struct_hash);
        host::hash_output(vm, start)
    }
}

/// Returns what binds signatures to this treasury on this chain.
#[inline(never)]
pub(crate) fn domain_separator(vm: &VM) -> B256 {
    let start = output::len();
    output::push_constant(DOMAIN_TYPEHASH);
    output::push_number(host::chain_id(vm));
    output::push(host::this(vm).word());
    host::hash_output(vm, start)
}
