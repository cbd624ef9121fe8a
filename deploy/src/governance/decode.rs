//! Decides how calldata is said in words again: never in words that would not give the same
//! calldata back.

use alloy::{
    dyn_abi::JsonAbiExt,
    json_abi::Function,
    primitives::{Address, Selector, U256},
    sol_types::SolCall,
};

use super::{
    Action, Class, Key, Measure, PARAMETERS, Period, Place, Sentence, Setting, Vocabulary,
    encode::untyped,
    roles::roles_of,
    sentence::{LINES, known_function},
};
use crate::bindings::{
    IDataToken::{grantRoleCall, revokeRoleCall, transferCall},
    IGovernor::setActionAllowedCall,
    ITreasury::{execTransactionFromModuleCall, payCall, setBudgetCall, setSpendingLimitCall},
};

/// Says an action in words.
#[must_use]
pub fn describe(action: &Action, vocabulary: &Vocabulary) -> String {
    decode(action, vocabulary).write(vocabulary)
}

/// Finds the sentence of an action. What no sentence says exactly is [`Sentence::Raw`].
#[must_use]
pub fn decode(action: &Action, vocabulary: &Vocabulary) -> Sentence {
    let candidates = [
        of_treasury(action, vocabulary),
        of_setter(action, vocabulary),
        of_role(action, vocabulary),
        of_rule(action, vocabulary),
        Measure::decode(action, vocabulary).map(Sentence::Measure),
        of_call(action, vocabulary),
    ];
    let is_exact =
        |sentence: &Sentence| sentence.encode(vocabulary).as_ref().is_ok_and(|same| same == action);
    candidates.into_iter().flatten().find(is_exact).unwrap_or_else(|| Sentence::Raw(action.clone()))
}

/// Returns the accounts that an action may be a payment of, as tokens whose decimals matter.
pub(super) fn tokens_of(action: &Action) -> Option<Address> {
    let Ok(call) = execTransactionFromModuleCall::abi_decode(&action.calldata) else {
        return Measure::token_of(action);
    };
    if call.to != action.target {
        return transferCall::abi_decode(&call.data).is_ok().then_some(call.to);
    }
    payCall::abi_decode(&call.data)
        .map(|call| call.token)
        .or_else(|_| setBudgetCall::abi_decode(&call.data).map(|call| call.token))
        .or_else(|_| setSpendingLimitCall::abi_decode(&call.data).map(|call| call.token))
        .ok()
}

/// What the treasury is made to do.
fn of_treasury(action: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    if vocabulary.place(action.target) != Some(Place::Treasury) {
        return None;
    }
    let call = execTransactionFromModuleCall::abi_decode(&action.calldata).ok()?;
    let inner = Action { target: call.to, value: call.value, calldata: call.data };
    if inner.target == action.target {
        of_treasurys_own(&inner, vocabulary).or_else(|| of_treasurys_call(&inner, vocabulary))
    } else {
        of_payment(&inner, vocabulary).or_else(|| of_treasurys_call(&inner, vocabulary))
    }
}

/// What the treasury does to itself.
fn of_treasurys_own(inner: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    let data = &inner.calldata;
    if let Ok(payCall { line, token, to, amount }) = payCall::abi_decode(data) {
        vocabulary.decimals(token).ok()?;
        let line = (usize::from(line) < LINES.len()).then_some(line)?;
        return Some(Sentence::Pay { token, amount, to, line: Some(line) });
    }
    if let Ok(setBudgetCall { line, token, cap, period }) = setBudgetCall::abi_decode(data) {
        vocabulary.decimals(token).ok()?;
        let is_line = (1..LINES.len()).contains(&usize::from(line));
        let period = Period::of(period);
        return is_line.then_some(Sentence::Budget { line, token, cap, period });
    }
    if let Ok(call) = setSpendingLimitCall::abi_decode(data) {
        vocabulary.decimals(call.token).ok()?;
        return (usize::from(call.line) < LINES.len()).then(|| Sentence::Limit {
            spender: call.spender,
            token: call.token,
            cap: call.cap,
            period: Period::of(call.period),
            line: call.line,
        });
    }
    of_setter(inner, vocabulary)
}

/// Ether or tokens that the treasury sends.
fn of_payment(inner: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    if inner.calldata.is_empty() {
        let (token, amount, to) = (Address::ZERO, inner.value, inner.target);
        return Some(Sentence::Pay { token, amount, to, line: None });
    }
    let token = inner.target;
    vocabulary.decimals(token).ok()?;
    let transferCall { to, value: amount } = transferCall::abi_decode(&inner.calldata).ok()?;
    Some(Sentence::Pay { token, amount, to, line: None })
}

/// A function that the treasury calls.
fn of_treasurys_call(inner: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    match of_call(inner, vocabulary)? {
        Sentence::Call { target, function, arguments, value, .. } => {
            Some(Sentence::Call { target, function, arguments, value, by_treasury: true })
        }
        _ => None,
    }
}

/// A setter of the table.
fn of_setter(action: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    let place = vocabulary.place(action.target)?;
    let (selector, body) = action.calldata.split_first_chunk::<4>()?;
    let selector = Selector::from(*selector);
    let setter = known_function(action.target, selector, vocabulary)?;
    let signature = setter.signature();
    let values = setter.abi_decode_input(body).ok()?;
    let words: Vec<U256> = values.iter().map(untyped).collect::<Option<_>>()?;
    let settings: Vec<_> = PARAMETERS
        .iter()
        .filter(|row| row.place == place && row.setter == signature)
        .filter(|row| {
            let is_key = |(key, word): (&Key, &U256)| key.word(vocabulary).as_ref() == Ok(word);
            row.keys.iter().zip(&words).all(is_key)
        })
        .map(|parameter| Setting { parameter, value: words[parameter.argument] })
        .collect();
    (!settings.is_empty()).then_some(Sentence::Set(settings))
}

/// A role that is granted or revoked.
fn of_role(action: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    let place = vocabulary.place(action.target)?;
    let (id, account, granted) = match grantRoleCall::abi_decode(&action.calldata) {
        Ok(grantRoleCall { role, account }) => (role, account, true),
        Err(_) => {
            let revokeRoleCall { role, account } =
                revokeRoleCall::abi_decode(&action.calldata).ok()?;
            (role, account, false)
        }
    };
    let role = roles_of(place).find(|role| role.id == id)?;
    Some(Sentence::Give { role, account, granted })
}

/// A rule of what proposals of a class may call.
fn of_rule(action: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    let call = setActionAllowedCall::abi_decode(&action.calldata).ok()?;
    // A selector that the contract has not is written as such, and is not read as a function.
    known_function(call.target, call.selector, vocabulary)?;
    Some(Sentence::Allow {
        class: Class::from(call.proposalClass),
        target: call.target,
        selector: call.selector,
        allowed: call.allowed,
    })
}

/// A function of the contract that is called or, where it is not one of the cooperative's, of any
/// contract of it.
fn of_call(action: &Action, vocabulary: &Vocabulary) -> Option<Sentence> {
    let (selector, body) = action.calldata.split_first_chunk::<4>()?;
    let selector = Selector::from(*selector);
    let function: &Function = match vocabulary.place(action.target) {
        Some(_) => known_function(action.target, selector, vocabulary)?,
        None => Place::ALL
            .into_iter()
            .flat_map(|place| place.abi().functions())
            .find(|function| function.selector() == selector)?,
    };
    let arguments = function.abi_decode_input(body).ok()?;
    Some(Sentence::Call {
        target: action.target,
        function: function.clone(),
        arguments,
        value: action.value,
        by_treasury: false,
    })
}
