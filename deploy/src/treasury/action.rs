//! Decides what a call of the treasury does: each action and its calldata, both ways.
//!
//! An action is taken for what it seems only when it encodes to exactly the same bytes again.

use alloy::{
    primitives::{Address, Bytes, U256, address},
    sol_types::{SolCall, SolInterface},
};

use super::{Line, Operation, SafeTx, multi_send};
use crate::bindings::{
    IDataToken::transferCall,
    ITreasury::{
        ITreasuryCalls, addOwnerWithThresholdCall, changeThresholdCall, disableModuleCall,
        enableModuleCall, payCall, removeOwnerCall, setBudgetCall, setDelayCall,
        setFallbackHandlerCall, setGovernorCall, setGuardCall, setModuleGuardCall,
        setSpendingLimitCall, setStrictBudgetsCall, swapOwnerCall,
    },
};

/// The head and the end of Safe's linked lists of owners and modules (`OwnerManager.sol`).
pub const SENTINEL: Address = address!("0000000000000000000000000000000000000001");

/// One call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Who is called.
    pub to: Address,
    /// The ether that goes with it, in wei.
    pub value: U256,
    /// The calldata.
    pub data: Bytes,
}

/// What the treasury is to do. Token zero is ether; amounts are in the token's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are those of the contract's functions")]
pub enum Action {
    /// Pays, from a budget line if one is named.
    Pay { token: Address, to: Address, amount: U256, line: Option<Line> },
    /// Nothing, but uses the nonce up: what else has it can never be executed.
    Reject,
    /// Adds an owner and sets the threshold.
    AddOwner { owner: Address, threshold: U256 },
    /// Removes an owner, who stands behind `previous` in the list, and sets the threshold.
    RemoveOwner { previous: Address, owner: Address, threshold: U256 },
    /// Puts one owner in another's place.
    SwapOwner { previous: Address, old: Address, new: Address },
    /// Sets how many owners must sign.
    ChangeThreshold { threshold: U256 },
    /// Lets a module act for the treasury.
    EnableModule { module: Address },
    /// Takes that away.
    DisableModule { previous: Address, module: Address },
    /// Sets who checks transactions.
    SetGuard { guard: Address },
    /// Sets who checks modules.
    SetModuleGuard { guard: Address },
    /// Sets who answers unknown calls.
    SetFallbackHandler { handler: Address },
    /// Sets the module that may do all that the owners may.
    SetGovernor { governor: Address },
    /// Sets the delay, in seconds.
    SetDelay { seconds: U256 },
    /// Sets what an account may spend in each period.
    SetSpendingLimit { spender: Address, token: Address, cap: U256, period: U256, line: u8 },
    /// Sets what may be paid from a line in each period.
    SetBudget { line: u8, token: Address, cap: U256, period: U256 },
    /// Sets whether owners may only pay from lines.
    SetStrictBudgets { strict: bool },
    /// Anything else.
    Other(Call),
}

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// One action.
    One(Action),
    /// Several, all or none, through a contract that runs as the treasury: when it is a MultiSend,
    /// as only [`super::MULTI_SEND`] surely is.
    Several {
        /// The contract.
        multi_send: Address,
        /// The actions, in order.
        actions: Vec<Action>,
    },
    /// Foreign code that runs as the treasury and may do anything.
    ForeignCode(Call),
}

impl Deed {
    /// Returns what a transaction of a treasury does.
    #[must_use]
    pub fn of(transaction: &SafeTx, treasury: Address) -> Self {
        let SafeTx { to, value, data, operation, .. } = transaction;
        let call = Call { to: *to, value: *value, data: data.clone() };
        match (operation, multi_send::calls(data)) {
            (Operation::Call, _) => Self::One(Action::of(call, treasury)),
            (Operation::DelegateCall, Some(calls)) => Self::Several {
                multi_send: *to,
                actions: calls.into_iter().map(|call| Action::of(call, treasury)).collect(),
            },
            (Operation::DelegateCall, None) => Self::ForeignCode(call),
        }
    }
}

impl Action {
    /// Returns the call that does it.
    #[must_use]
    pub fn call(&self, treasury: Address) -> Call {
        let own = |data: Vec<u8>| Call { to: treasury, value: U256::ZERO, data: data.into() };
        match self.clone() {
            Self::Pay { token, to, amount, line: Some(line) } => {
                own(payCall { line: line.number(), token, to, amount }.abi_encode())
            }
            Self::Pay { token, to, amount, line: None } if token.is_zero() => {
                Call { to, value: amount, data: Bytes::new() }
            }
            Self::Pay { token, to, amount, line: None } => Call {
                to: token,
                value: U256::ZERO,
                data: transferCall { to, value: amount }.abi_encode().into(),
            },
            Self::Other(call) => call,
            setting => own(setting.setting()),
        }
    }

    /// The calldata of what the treasury does to itself.
    fn setting(self) -> Vec<u8> {
        match self {
            Self::AddOwner { owner, threshold } => {
                addOwnerWithThresholdCall { owner, _threshold: threshold }.abi_encode()
            }
            Self::RemoveOwner { previous, owner, threshold } => {
                removeOwnerCall { prevOwner: previous, owner, _threshold: threshold }.abi_encode()
            }
            Self::SwapOwner { previous, old, new } => {
                swapOwnerCall { prevOwner: previous, oldOwner: old, newOwner: new }.abi_encode()
            }
            Self::ChangeThreshold { threshold } => {
                changeThresholdCall { _threshold: threshold }.abi_encode()
            }
            Self::EnableModule { module } => enableModuleCall { module }.abi_encode(),
            Self::DisableModule { previous, module } => {
                disableModuleCall { prevModule: previous, module }.abi_encode()
            }
            Self::SetGuard { guard } => setGuardCall { guard }.abi_encode(),
            Self::SetModuleGuard { guard } => {
                setModuleGuardCall { moduleGuard: guard }.abi_encode()
            }
            Self::SetFallbackHandler { handler } => setFallbackHandlerCall { handler }.abi_encode(),
            Self::SetGovernor { governor } => {
                setGovernorCall { newGovernor: governor }.abi_encode()
            }
            Self::SetDelay { seconds } => setDelayCall { newDelay: seconds }.abi_encode(),
            Self::SetSpendingLimit { spender, token, cap, period, line } => {
                setSpendingLimitCall { spender, token, cap, period, line }.abi_encode()
            }
            Self::SetBudget { line, token, cap, period } => {
                setBudgetCall { line, token, cap, period }.abi_encode()
            }
            Self::SetStrictBudgets { strict } => setStrictBudgetsCall { strict }.abi_encode(),
            Self::Pay { .. } | Self::Reject | Self::Other(_) => Vec::new(),
        }
    }

    /// Returns what a call of the treasury does.
    #[must_use]
    pub fn of(call: Call, treasury: Address) -> Self {
        match Self::guess(&call, treasury) {
            Some(action) if action.call(treasury) == call => action,
            _ => Self::Other(call),
        }
    }

    fn guess(call: &Call, treasury: Address) -> Option<Self> {
        if call.to == treasury {
            return if call.data.is_empty() { Some(Self::Reject) } else { Self::own(&call.data) };
        }
        if call.data.is_empty() {
            let (token, line) = (Address::ZERO, None);
            return Some(Self::Pay { token, to: call.to, amount: call.value, line });
        }
        let transferCall { to, value } = transferCall::abi_decode(&call.data).ok()?;
        Some(Self::Pay { token: call.to, to, amount: value, line: None })
    }

    /// What the treasury does to itself by this calldata.
    fn own(data: &[u8]) -> Option<Self> {
        use ITreasuryCalls as C;
        Some(match ITreasuryCalls::abi_decode(data).ok()? {
            C::pay(payCall { line, token, to, amount }) => {
                Self::Pay { token, to, amount, line: Some(Line::of(line)?) }
            }
            C::addOwnerWithThreshold(call) => {
                Self::AddOwner { owner: call.owner, threshold: call._threshold }
            }
            C::removeOwner(removeOwnerCall { prevOwner, owner, _threshold }) => {
                Self::RemoveOwner { previous: prevOwner, owner, threshold: _threshold }
            }
            C::swapOwner(swapOwnerCall { prevOwner, oldOwner, newOwner }) => {
                Self::SwapOwner { previous: prevOwner, old: oldOwner, new: newOwner }
            }
            C::changeThreshold(call) => Self::ChangeThreshold { threshold: call._threshold },
            C::enableModule(call) => Self::EnableModule { module: call.module },
            C::disableModule(call) => {
                Self::DisableModule { previous: call.prevModule, module: call.module }
            }
            C::setGuard(call) => Self::SetGuard { guard: call.guard },
            C::setModuleGuard(call) => Self::SetModuleGuard { guard: call.moduleGuard },
            C::setFallbackHandler(call) => Self::SetFallbackHandler { handler: call.handler },
            C::setGovernor(call) => Self::SetGovernor { governor: call.newGovernor },
            C::setDelay(call) => Self::SetDelay { seconds: call.newDelay },
            C::setSpendingLimit(setSpendingLimitCall { spender, token, cap, period, line }) => {
                Self::SetSpendingLimit { spender, token, cap, period, line }
            }
            C::setBudget(setBudgetCall { line, token, cap, period }) => {
                Self::SetBudget { line, token, cap, period }
            }
            C::setStrictBudgets(call) => Self::SetStrictBudgets { strict: call.strict },
            _ => return None,
        })
    }
}

/// Returns who stands before an account in a linked list of Safe's.
pub(crate) fn previous(list: &[Address], account: Address) -> Option<Address> {
    let place = list.iter().position(|other| *other == account)?;
    Some(place.checked_sub(1).map_or(SENTINEL, |before| list[before]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::treasury::MULTI_SEND;

    const TREASURY: Address = Address::repeat_byte(0xee);

    fn account(byte: u8) -> Address {
        Address::repeat_byte(byte)
    }

    fn all() -> Vec<Action> {
        let (one, two) = (U256::from(1), U256::from(2));
        let token = account(3);
        vec![
            Action::Pay { token, to: account(1), amount: one, line: None },
            Action::Pay { token: Address::ZERO, to: account(1), amount: one, line: None },
            Action::Pay { token, to: account(1), amount: one, line: Some(Line::Audits) },
            Action::Reject,
            Action::AddOwner { owner: account(1), threshold: two },
            Action::RemoveOwner { previous: SENTINEL, owner: account(1), threshold: two },
            Action::SwapOwner { previous: account(1), old: account(2), new: account(3) },
            Action::ChangeThreshold { threshold: two },
            Action::EnableModule { module: account(1) },
            Action::DisableModule { previous: account(1), module: account(2) },
            Action::SetGuard { guard: account(1) },
            Action::SetModuleGuard { guard: account(1) },
            Action::SetFallbackHandler { handler: account(1) },
            Action::SetGovernor { governor: account(1) },
            Action::SetDelay { seconds: two },
            Action::SetSpendingLimit { spender: account(1), token, cap: one, period: two, line: 0 },
            Action::SetBudget { line: 1, token, cap: one, period: two },
            Action::SetStrictBudgets { strict: true },
            Action::Other(Call { to: token, value: one, data: Bytes::from_static(&[1, 2, 3]) }),
        ]
    }

    #[test]
    fn every_action_is_read_back_from_its_call() {
        for action in all() {
            assert_eq!(Action::of(action.call(TREASURY), TREASURY), action);
        }
    }

    #[test]
    fn a_call_with_more_or_less_than_an_actions_bytes_is_not_taken_for_it() {
        for action in all().iter().filter(|action| !matches!(action, Action::Other(_))) {
            let mut call = action.call(TREASURY);
            call.data = [&call.data[..], &[0]].concat().into();
            assert_eq!(Action::of(call.clone(), TREASURY), Action::Other(call));
        }
        for action in all().iter().filter(|action| !action.call(TREASURY).data.is_empty()) {
            let mut call = action.call(TREASURY);
            call.value = U256::from(9);
            assert_eq!(Action::of(call.clone(), TREASURY), Action::Other(call));
        }
    }

    #[test]
    fn several_actions_are_read_back_from_a_delegate_call() {
        let actions = all();
        let calls: Vec<_> = actions.iter().map(|action| action.call(TREASURY)).collect();
        let Call { value, data, .. } = multi_send::pack(MULTI_SEND, &calls);
        let transaction = |to| SafeTx {
            to,
            value,
            data: data.clone(),
            operation: Operation::DelegateCall,
            ..SafeTx::default()
        };
        let expected = Deed::Several { multi_send: MULTI_SEND, actions };
        assert_eq!(Deed::of(&transaction(MULTI_SEND), TREASURY), expected);
        let foreign = SafeTx { data: Bytes::from_static(&[1, 2, 3, 4]), ..transaction(MULTI_SEND) };
        assert!(matches!(Deed::of(&foreign, TREASURY), Deed::ForeignCode(_)));
        let called = SafeTx { operation: Operation::Call, ..transaction(MULTI_SEND) };
        assert!(matches!(Deed::of(&called, TREASURY), Deed::One(Action::Other(_))));
    }

    #[test]
    fn lists_begin_with_the_sentinel() {
        let list = [account(1), account(2)];
        assert_eq!(previous(&list, account(1)), Some(SENTINEL));
        assert_eq!(previous(&list, account(2)), Some(account(1)));
        assert_eq!(previous(&list, account(3)), None);
    }
}
