//! Decides how the data of reverts and events is said to people.

use std::{collections::HashMap, fmt, sync::LazyLock};

use alloy::{
    dyn_abi::{DynSolValue, EventExt, JsonAbiExt},
    json_abi::{Error as AbiError, Event as AbiEvent, Param},
    primitives::{B256, Bytes, LogData, Selector, U256, hex},
    sol_types::{Panic, PanicKind, Revert, SolError},
};
use serde::Serialize;

use crate::contracts::{CONTRACTS, Contract};

/// An argument with its name and its value in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Argument {
    /// The name that the interface gives it.
    pub name: String,
    /// The value: addresses with their checksum, numbers in decimal, bytes in hexadecimal.
    pub value: String,
}

impl Argument {
    /// Puts values into words, each with its parameter's name.
    pub(crate) fn of(parameters: &[Param], values: &[DynSolValue]) -> Vec<Self> {
        let argument =
            |(input, value): (&Param, _)| Self { name: input.name.clone(), value: words(value) };
        parameters.iter().zip(values).map(argument).collect()
    }
}

/// The data of a revert, decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecodedError {
    /// The error's name: that of the interface, `Error`, `Panic`, or `unknown` when no interface
    /// has its selector, or `empty` when there is no data.
    pub name: String,
    /// Its arguments.
    pub args: Vec<Argument>,
    /// All of it in one phrase.
    pub text: String,
    /// The data itself.
    pub data: Bytes,
}

impl fmt::Display for DecodedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An event, decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecodedEvent {
    /// The event's name.
    pub name: String,
    /// Its arguments, in the interface's order.
    pub args: Vec<Argument>,
}

impl fmt::Display for DecodedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&phrase(&self.name, &self.args))
    }
}

/// A call of a function, decoded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecodedCall {
    /// The function's name.
    pub name: String,
    /// Its arguments.
    pub args: Vec<Argument>,
}

impl fmt::Display for DecodedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let args = self.args.iter().map(|arg| format!("{} {}", spaced(&arg.name), arg.value));
        write!(f, "{}({})", self.name, args.collect::<Vec<_>>().join(", "))
    }
}

/// The errors and events of all contracts of the suite.
struct Index {
    errors: HashMap<Selector, AbiError>,
    /// By signature and number of topics: ERC-20 and ERC-721 transfers differ in the latter alone.
    events: HashMap<(B256, usize), AbiEvent>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let abis = || CONTRACTS.iter().map(|contract| (contract.abi)());
    Index {
        errors: abis()
            .flat_map(|abi| abi.errors.into_values().flatten())
            .map(|error| (error.selector(), error))
            .collect(),
        events: abis()
            .flat_map(|abi| abi.events.into_values().flatten())
            .map(|event| ((event.selector(), topics(&event)), event))
            .collect(),
    }
});

/// Returns how many topics a log of an event has.
fn topics(event: &AbiEvent) -> usize {
    1 + event.inputs.iter().filter(|input| input.indexed).count()
}

/// Decodes the data of a revert by the interfaces of the suite.
#[must_use]
pub fn decode_error(data: &[u8]) -> DecodedError {
    let decoded = |name: &str, args: Vec<Argument>, text: String| DecodedError {
        name: name.to_owned(),
        args,
        text,
        data: Bytes::copy_from_slice(data),
    };
    if data.is_empty() {
        return decoded("empty", Vec::new(), "no reason was given".to_owned());
    }
    if let Ok(revert) = Revert::abi_decode(data) {
        let args = vec![Argument { name: "reason".to_owned(), value: revert.reason.clone() }];
        return decoded("Error", args, revert.reason);
    }
    if let Ok(panic) = Panic::abi_decode(data) {
        let args = vec![Argument { name: "code".to_owned(), value: format!("{:#x}", panic.code) }];
        return decoded("Panic", args, panic_text(panic.code));
    }
    match known_error(data) {
        Some((name, args)) => {
            let text = phrase(&name, &args);
            decoded(&name, args, text)
        }
        None => {
            let text =
                format!("an error that no interface here has: {}", hex::encode_prefixed(data));
            decoded("unknown", Vec::new(), text)
        }
    }
}

/// Decodes an event by the interfaces of the suite.
#[must_use]
pub fn decode_event(log: &LogData) -> Option<DecodedEvent> {
    let event = INDEX.events.get(&(*log.topics().first()?, log.topics().len()))?;
    let decoded = event.decode_log(log).ok()?;
    let (mut indexed, mut body) = (decoded.indexed.iter(), decoded.body.iter());
    let args = event
        .inputs
        .iter()
        .filter_map(|input| {
            let value = if input.indexed { indexed.next() } else { body.next() }?;
            Some(Argument { name: input.name.clone(), value: words(value) })
        })
        .collect();
    Some(DecodedEvent { name: event.name.clone(), args })
}

/// Decodes the calldata of a contract of the suite. What does not encode to the same bytes again
/// is not taken for a call.
#[must_use]
pub fn decode_call(contract: &Contract, data: &[u8]) -> Option<DecodedCall> {
    let (selector, body) = data.split_first_chunk::<4>()?;
    let abi = (contract.abi)();
    let function = abi.functions().find(|function| function.selector() == *selector)?;
    let values = function.abi_decode_input(body).ok()?;
    if function.abi_encode_input(&values).ok()? != data {
        return None;
    }
    let args = Argument::of(&function.inputs, &values);
    Some(DecodedCall { name: function.name.clone(), args })
}

/// Decodes calldata that some contract of the suite takes, whichever it is sent to.
pub(crate) fn decode_any_call(data: &[u8]) -> Option<DecodedCall> {
    CONTRACTS.iter().find_map(|contract| decode_call(contract, data))
}

fn known_error(data: &[u8]) -> Option<(String, Vec<Argument>)> {
    let (selector, body) = data.split_first_chunk::<4>()?;
    let error = INDEX.errors.get(&Selector::from(*selector))?;
    let values = error.abi_decode_input(body).ok()?;
    let args = Argument::of(&error.inputs, &values);
    Some((error.name.clone(), args))
}

fn panic_text(code: U256) -> String {
    let kind = u32::try_from(code).ok().and_then(PanicKind::from_number);
    kind.map_or_else(|| format!("panic {code:#x}"), |kind| kind.as_str().to_owned())
}

/// Says a name of an interface and its arguments: `FooBar(uint256 baz)` is `foo bar: baz 1`.
fn phrase(name: &str, args: &[Argument]) -> String {
    let args: Vec<_> =
        args.iter().map(|arg| format!("{} {}", spaced(&arg.name), arg.value)).collect();
    let name = spaced(name);
    if args.is_empty() { name } else { format!("{name}: {}", args.join(", ")) }
}

/// Puts spaces into a name: `ERC20InsufficientBalance` is `ERC20 insufficient balance`.
fn spaced(name: &str) -> String {
    let letters: Vec<char> = name.trim_start_matches('_').chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_upper = at.checked_sub(1).is_some_and(|before| letters[before].is_uppercase());
        let before_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins_word = letter.is_uppercase() && (!after_upper || before_lower);
        match words.last_mut() {
            Some(word) if !begins_word => word.push(*letter),
            _ => words.push(letter.to_string()),
        }
    }
    let is_acronym = |word: &str| word.len() > 1 && !word.contains(char::is_lowercase);
    let lowered =
        words.into_iter().map(|word| if is_acronym(&word) { word } else { word.to_lowercase() });
    lowered.collect::<Vec<_>>().join(" ")
}

/// Writes a value for people. Bytes that are themselves an error of the suite are decoded.
fn words(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::Address(value) => value.to_checksum(None),
        DynSolValue::String(value) => format!("“{value}”"),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        DynSolValue::Bytes(bytes) => known_error(bytes).map_or_else(
            || hex::encode_prefixed(bytes),
            |(name, args)| format!("({})", phrase(&name, &args)),
        ),
        DynSolValue::Array(values)
        | DynSolValue::FixedArray(values)
        | DynSolValue::Tuple(values) => {
            let values: Vec<_> = values.iter().map(words).collect();
            format!("[{}]", values.join(", "))
        }
        DynSolValue::Function(function) => function.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{address, hex, uint},
        sol_types::{SolCall, SolEvent, SolValue},
    };

    use super::*;
    use crate::{
        bindings::IDataToken::{self, burnCall},
        contracts::{DATA_COOP_REWARDS, DATA_TOKEN},
    };

    #[test]
    fn errors_of_the_suite_are_said_in_words() {
        let error = IDataToken::ERC20InsufficientBalance {
            sender: address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
            balance: uint!(3_U256),
            needed: uint!(5_U256),
        };
        let decoded = decode_error(&error.abi_encode());
        assert_eq!(decoded.name, "ERC20InsufficientBalance");
        assert_eq!(decoded.args[2], Argument { name: "needed".into(), value: "5".into() });
        assert_eq!(
            decoded.text,
            "ERC20 insufficient balance: \
             sender 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, balance 3, needed 5"
        );
    }

    #[test]
    fn soliditys_own_errors_are_decoded() {
        let revert = decode_error(&Revert::from("not today").abi_encode());
        assert_eq!((revert.name.as_str(), revert.text.as_str()), ("Error", "not today"));
        let panic = decode_error(&Panic { code: uint!(0x11_U256) }.abi_encode());
        assert_eq!((panic.name.as_str(), panic.args[0].value.as_str()), ("Panic", "0x11"));
        assert!(panic.text.contains("overflow"), "{}", panic.text);
    }

    #[test]
    fn other_data_is_shown_as_it_is() {
        assert_eq!(decode_error(&[]).name, "empty");
        let unknown = decode_error(&hex!("deadbeef01"));
        assert_eq!(unknown.name, "unknown");
        assert!(unknown.text.ends_with("0xdeadbeef01"));
        let mut cut = IDataToken::ERC20InsufficientBalance::SELECTOR.to_vec();
        cut.push(0);
        assert_eq!(decode_error(&cut).name, "unknown");
    }

    #[test]
    fn an_error_inside_of_bytes_is_decoded_too() {
        let inner = IDataToken::ERC20InvalidSpender { spender: Default::default() }.abi_encode();
        let value = words(&DynSolValue::Bytes(inner));
        assert!(value.starts_with("(ERC20 invalid spender: spender 0x0000"), "{value}");
        assert_eq!(words(&DynSolValue::Bytes(vec![1])), "0x01");
    }

    #[test]
    fn events_have_their_arguments_in_the_interfaces_order() {
        let event = IDataToken::Transfer {
            from: Default::default(),
            to: Default::default(),
            value: uint!(7_U256),
        };
        let decoded = decode_event(&event.encode_log_data()).unwrap();
        let names: Vec<_> = decoded.args.iter().map(|arg| arg.name.as_str()).collect();
        assert_eq!((decoded.name.as_str(), names), ("Transfer", vec!["from", "to", "value"]));
        assert_eq!(decoded.args[2].value, "7");
        let other = LogData::new_unchecked(vec![B256::ZERO], ().abi_encode().into());
        assert_eq!(decode_event(&other), None);
    }

    #[test]
    fn calls_of_a_contract_are_decoded_and_others_are_not() {
        let call = burnCall { value: uint!(7_U256) }.abi_encode();
        let decoded = decode_call(&DATA_TOKEN, &call).map(|call| call.to_string());
        assert_eq!(decoded.as_deref(), Some("burn(value 7)"));
        assert_eq!(decode_call(&DATA_COOP_REWARDS, &call), None);
        for data in [&call[..3], &call[..35], &[&call[..], &[0]].concat(), &[]] {
            assert_eq!(decode_call(&DATA_TOKEN, data), None);
        }
    }

    #[test]
    fn names_are_split_into_words() {
        for (name, words) in [
            ("CooldownActive", "cooldown active"),
            ("ERC20InvalidReceiver", "ERC20 invalid receiver"),
            ("ECDSAInvalidSignatureS", "ECDSA invalid signature s"),
            ("neededRole", "needed role"),
            ("_account", "account"),
        ] {
            assert_eq!(spaced(name), words);
        }
    }
}
