//! Decides which calldata a sentence is, and which present values a setter needs beside new ones.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, FunctionExt, JsonAbiExt, Specifier},
    json_abi::Function,
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};

use super::{Action, Key, Parameter, Place, Sentence, Setting, Vocabulary, WordsError};
use crate::{
    Error,
    bindings::{
        IDataToken::{grantRoleCall, revokeRoleCall, transferCall},
        IGovernor::setActionAllowedCall,
        ITreasury::{execTransactionFromModuleCall, payCall, setBudgetCall, setSpendingLimitCall},
    },
    chain::Chain,
};

impl Sentence {
    /// Makes the action of a sentence.
    ///
    /// # Errors
    ///
    /// - [`WordsError::NotDeployed`]: it speaks of a contract that the cooperative has not.
    /// - [`WordsError::Incomplete`]: not all values of a setter are known; see [`encode_all`].
    /// - [`WordsError::TooLarge`], [`WordsError::Argument`]: a value does not fit.
    pub fn encode(&self, vocabulary: &Vocabulary) -> Result<Action, WordsError> {
        match self {
            Self::Set(settings) => encode_settings(settings, vocabulary),
            Self::Pay { token, amount, to, line } => {
                let (token, to, amount) = (*token, *to, *amount);
                let treasury = vocabulary.address(Place::Treasury)?;
                let (to, value, data) = match line {
                    Some(line) => {
                        let call = payCall { line: *line, token, to, amount };
                        (treasury, U256::ZERO, call.abi_encode())
                    }
                    None if token.is_zero() => (to, amount, Vec::new()),
                    None => (token, U256::ZERO, transferCall { to, value: amount }.abi_encode()),
                };
                by_treasury(vocabulary, to, value, data.into())
            }
            Self::Give { role, account, granted } => {
                let (account, role_id) = (*account, role.id);
                let calldata = if *granted {
                    grantRoleCall { role: role_id, account }.abi_encode()
                } else {
                    revokeRoleCall { role: role_id, account }.abi_encode()
                };
                Ok(plain(vocabulary.address(role.place)?, calldata))
            }
            Self::Budget { line, token, cap, period } => {
                let (line, token, cap, period) = (*line, *token, *cap, period.seconds());
                let call = setBudgetCall { line, token, cap, period };
                self_call(vocabulary, call.abi_encode())
            }
            Self::Limit { spender, token, cap, period, line } => {
                let (spender, token, cap) = (*spender, *token, *cap);
                let (period, line) = (period.seconds(), *line);
                let call = setSpendingLimitCall { spender, token, cap, period, line };
                self_call(vocabulary, call.abi_encode())
            }
            Self::Allow { class, target, selector, allowed } => {
                let call = setActionAllowedCall {
                    proposalClass: class.on_chain(),
                    target: *target,
                    selector: *selector,
                    allowed: *allowed,
                };
                Ok(plain(vocabulary.address(Place::Governor)?, call.abi_encode()))
            }
            Self::Call { target, function, arguments, value, by_treasury: is_treasurys } => {
                let calldata: Bytes = encode_function(function, arguments)?.into();
                if *is_treasurys {
                    return by_treasury(vocabulary, *target, *value, calldata);
                }
                Ok(Action { target: *target, value: *value, calldata })
            }
            Self::Measure(measure) => measure.encode(vocabulary),
            Self::Raw(action) => Ok(action.clone()),
        }
    }
}

fn plain(target: Address, calldata: Vec<u8>) -> Action {
    Action { target, value: U256::ZERO, calldata: calldata.into() }
}

/// Makes the treasury call itself, as its own setters demand.
fn self_call(vocabulary: &Vocabulary, calldata: Vec<u8>) -> Result<Action, WordsError> {
    by_treasury(vocabulary, vocabulary.address(Place::Treasury)?, U256::ZERO, calldata.into())
}

/// Makes the treasury call `to`: the timelock is its module.
fn by_treasury(
    vocabulary: &Vocabulary,
    to: Address,
    value: U256,
    data: Bytes,
) -> Result<Action, WordsError> {
    let call = execTransactionFromModuleCall { to, value, data, operation: 0 };
    Ok(plain(vocabulary.address(Place::Treasury)?, call.abi_encode()))
}

/// Encodes the call of a setter of which every value is known.
fn encode_settings(settings: &[Setting], vocabulary: &Vocabulary) -> Result<Action, WordsError> {
    let Some(Setting { parameter: first, .. }) = settings.first() else {
        return Err(WordsError::Form { form: "set rewards.cooldown to 5 days" });
    };
    let unknown =
        || WordsError::NoFunction { given: first.setter.to_owned(), place: first.place.name() };
    let setter = first.place.function(first.setter).ok_or_else(unknown)?;
    let mut arguments = Vec::with_capacity(setter.inputs.len());
    arguments.extend(keys(first, setter, vocabulary)?);
    for parameter in first.siblings() {
        let setting = settings.iter().find(|setting| setting.parameter == parameter);
        let Setting { value, .. } =
            setting.ok_or_else(|| WordsError::Incomplete { missing: parameter.full_name() })?;
        let kind = kind_of(setter, parameter.argument)?;
        let value = typed(*value, &kind).ok_or_else(|| WordsError::TooLarge {
            given: parameter.unit.write(*value, vocabulary),
            parameter: parameter.full_name(),
        })?;
        arguments.push(value);
    }
    let calldata = encode_function(setter, &arguments)?;
    match first.place {
        Place::Treasury => self_call(vocabulary, calldata),
        place => Ok(plain(vocabulary.address(place)?, calldata)),
    }
}

/// Makes the arguments before the values.
fn keys(
    parameter: &Parameter,
    function: &Function,
    vocabulary: &Vocabulary,
) -> Result<Vec<DynSolValue>, WordsError> {
    let argument = |(index, key): (usize, &Key)| {
        let value = typed(key.word(vocabulary)?, &kind_of(function, index)?);
        value.ok_or_else(|| WordsError::Function { given: function.signature() })
    };
    parameter.keys.iter().enumerate().map(argument).collect()
}

/// Encodes a call of a function.
pub(super) fn encode_function(
    function: &Function,
    arguments: &[DynSolValue],
) -> Result<Vec<u8>, WordsError> {
    function.abi_encode_input(arguments).map_err(|_| WordsError::Arguments {
        function: function.signature(),
        expected: function.inputs.len(),
        given: arguments.len(),
    })
}

/// Returns the type of a function's argument.
pub(super) fn kind_of(function: &Function, argument: usize) -> Result<DynSolType, WordsError> {
    let unknown = || WordsError::Function { given: function.signature() };
    let input = function.inputs.get(argument).ok_or_else(unknown)?;
    input.resolve().map_err(|_| unknown())
}

/// Makes a value of a type of what the contract holds, if it fits.
fn typed(value: U256, kind: &DynSolType) -> Option<DynSolValue> {
    match kind {
        DynSolType::Uint(bits) => {
            (value.bit_len() <= *bits).then_some(DynSolValue::Uint(value, *bits))
        }
        DynSolType::Address => {
            let fits = value.bit_len() <= 160;
            fits.then(|| DynSolValue::Address(Address::from_word(value.into())))
        }
        DynSolType::Bool => (value <= U256::ONE).then_some(DynSolValue::Bool(value == U256::ONE)),
        _ => None,
    }
}

/// Returns the word of a value of a type that parameters have.
pub(super) fn untyped(value: &DynSolValue) -> Option<U256> {
    match value {
        DynSolValue::Uint(value, _) => Some(*value),
        DynSolValue::Address(address) => Some(address.into_word().into()),
        DynSolValue::Bool(value) => Some(U256::from(*value)),
        _ => None,
    }
}

/// Makes the actions of sentences. Those that set parts of one setter become one action, and what
/// is not said of its values stays as it is on chain now.
///
/// # Errors
///
/// - [`Error::Words`]: as [`Sentence::encode`], and [`WordsError::SetTwice`].
/// - The failures of [`Chain::read`].
pub async fn encode_all(
    sentences: Vec<Sentence>,
    vocabulary: &Vocabulary,
    chain: &Chain,
) -> Result<Vec<Action>, Error> {
    let mut actions = Vec::new();
    for mut sentence in merge(sentences, vocabulary)? {
        if let Sentence::Set(settings) = &mut sentence {
            complete(settings, vocabulary, chain).await?;
        }
        actions.push(sentence.encode(vocabulary)?);
    }
    Ok(actions)
}

/// Joins the settings of one setter, where the first of them stands.
pub(super) fn merge(
    sentences: Vec<Sentence>,
    vocabulary: &Vocabulary,
) -> Result<Vec<Sentence>, WordsError> {
    let mut merged: Vec<Sentence> = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let Sentence::Set(settings) = sentence else {
            merged.push(sentence);
            continue;
        };
        for setting in settings {
            let together = merged.iter_mut().find_map(|sentence| match sentence {
                Sentence::Set(group) => {
                    group[0].parameter.is_set_with(setting.parameter).then_some(group)
                }
                _ => None,
            });
            let Some(group) = together else {
                merged.push(Sentence::Set(vec![setting]));
                continue;
            };
            if let Some(first) = group.iter().find(|known| known.parameter == setting.parameter) {
                let write = |value| setting.parameter.unit.write(value, vocabulary);
                return Err(WordsError::SetTwice {
                    parameter: setting.parameter.full_name(),
                    first: write(first.value),
                    second: write(setting.value),
                });
            }
            group.push(setting);
            group.sort_by_key(|setting| setting.parameter.argument);
        }
    }
    Ok(merged)
}

/// Adds the present values of what a setter sets and the sentence does not say.
async fn complete(
    settings: &mut Vec<Setting>,
    vocabulary: &Vocabulary,
    chain: &Chain,
) -> Result<(), Error> {
    let Some(first) = settings.first().map(|setting| setting.parameter) else { return Ok(()) };
    for parameter in first.siblings() {
        if !settings.iter().any(|setting| setting.parameter == parameter) {
            let value = present(parameter, vocabulary, chain).await?;
            settings.push(Setting { parameter, value });
        }
    }
    settings.sort_by_key(|setting| setting.parameter.argument);
    Ok(())
}

/// Reads the present value of a parameter.
///
/// # Errors
///
/// - [`Error::Words`]: the cooperative has not that contract.
/// - The failures of [`Chain::read`].
pub async fn present(
    parameter: &Parameter,
    vocabulary: &Vocabulary,
    chain: &Chain,
) -> Result<U256, Error> {
    let target = vocabulary.address(parameter.place)?;
    let malformed = |reason: String| Error::Answer { request: parameter.getter.to_owned(), reason };
    let getter = parameter
        .place
        .function(parameter.getter)
        .ok_or_else(|| malformed("the interface has no such view".to_owned()))?;
    let keys = keys(parameter, getter, vocabulary)?;
    let request =
        TransactionRequest::default().with_to(target).with_input(encode_function(getter, &keys)?);
    let answer = chain
        .provider()
        .call(request)
        .await
        .map_err(|error| chain.rejected(&getter.name, error))?;
    let values = getter.abi_decode_output(&answer).map_err(|e| malformed(e.to_string()))?;
    values
        .get(parameter.result)
        .and_then(untyped)
        .ok_or_else(|| malformed("a value of another type".to_owned()))
}
