//! Decides which sentences there are, and how each is written.

use alloy::{
    dyn_abi::DynSolValue,
    hex,
    json_abi::Function,
    primitives::{Address, Selector, U256},
};

use super::{
    Action, Class, Measure, Parameter, Role, Vocabulary,
    units::{Unit, write_decimal},
};

/// The treasury's budget lines by their numbers, of which 0 is none.
pub const LINES: [&str; 7] =
    ["none", "grants", "audits", "infrastructure", "research", "operations", "dividends"];

/// A parameter and the value that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The parameter.
    pub parameter: &'static Parameter,
    /// The value, as the contract holds it.
    pub value: U256,
}

/// For how long a limit holds before it starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// It starts anew after so many seconds.
    Seconds(U256),
    /// It never starts anew.
    Forever,
}

impl Period {
    /// Takes the treasury's number, of which zero is for ever.
    #[must_use]
    pub fn of(seconds: U256) -> Self {
        if seconds.is_zero() { Self::Forever } else { Self::Seconds(seconds) }
    }

    /// Returns the treasury's number.
    #[must_use]
    pub const fn seconds(self) -> U256 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Forever => U256::ZERO,
        }
    }
}

/// What an action does, in a form that can be written in words and as calldata.
#[derive(Clone, Debug, PartialEq)]
pub enum Sentence {
    /// Parameters that one call sets.
    Set(Vec<Setting>),
    /// The treasury pays.
    Pay {
        /// The token; zero is ether.
        token: Address,
        /// How much, in its smallest unit.
        amount: U256,
        /// Who receives it.
        to: Address,
        /// The budget line that it is paid from, if any.
        line: Option<u8>,
    },
    /// An account gets or loses a role.
    Give {
        /// The role.
        role: Role,
        /// The account.
        account: Address,
        /// Whether it gets the role.
        granted: bool,
    },
    /// What may be paid from a line of the budget.
    Budget {
        /// The line.
        line: u8,
        /// The token; zero is ether.
        token: Address,
        /// The most in each period.
        cap: U256,
        /// The period.
        period: Period,
    },
    /// What an account may spend of the treasury's.
    Limit {
        /// The account.
        spender: Address,
        /// The token; zero is ether.
        token: Address,
        /// The most in each period.
        cap: U256,
        /// The period.
        period: Period,
        /// The budget line that it is paid from; 0 is none.
        line: u8,
    },
    /// Proposals of a class may or may not call a function.
    Allow {
        /// The class.
        class: Class,
        /// The contract.
        target: Address,
        /// The function's selector.
        selector: Selector,
        /// Whether they may.
        allowed: bool,
    },
    /// A function that is called by its signature.
    Call {
        /// The contract.
        target: Address,
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<DynSolValue>,
        /// The ether that goes with it, in wei.
        value: U256,
        /// Whether the treasury calls it, in place of the timelock.
        by_treasury: bool,
    },
    /// What is done about access to data, beside its parameters.
    Measure(Measure),
    /// Calldata that is not understood.
    Raw(Action),
}

impl Sentence {
    /// Writes the sentence, so that reading it gives the same one.
    #[must_use]
    pub fn write(&self, vocabulary: &Vocabulary) -> String {
        let account = |account| vocabulary.write_account(account);
        match self {
            Self::Set(settings) => {
                let settings: Vec<_> = settings
                    .iter()
                    .map(|Setting { parameter, value }| {
                        let value = parameter.unit.write(*value, vocabulary);
                        format!("{} to {value}", parameter.full_name())
                    })
                    .collect();
                format!("set {}", settings.join(", "))
            }
            Self::Pay { token, amount, to, line } => {
                let from = line.map(line_suffix).unwrap_or_default();
                format!(
                    "pay {} to {}{from}",
                    write_money(*amount, *token, vocabulary),
                    account(*to)
                )
            }
            Self::Give { role: Role { place, name, .. }, account: holder, granted } => {
                let (verb, preposition) =
                    if *granted { ("grant", "to") } else { ("revoke", "from") };
                format!("{verb} {name} of {} {preposition} {}", place.name(), account(*holder))
            }
            Self::Budget { line, token, cap, period } => {
                let cap = write_money(*cap, *token, vocabulary);
                format!("limit {} to {cap} {}", line_name(*line), span(*period))
            }
            Self::Limit { spender, token, cap, period, line } => {
                let cap = write_money(*cap, *token, vocabulary);
                let from = if *line == 0 { String::new() } else { line_suffix(*line) };
                format!("limit {} to {cap} {}{from}", account(*spender), span(*period))
            }
            Self::Allow { class, target, selector, allowed } => {
                let verb = if *allowed { "allow" } else { "forbid" };
                let function = known_function(*target, *selector, vocabulary)
                    .map_or_else(|| selector.to_string(), Function::signature);
                format!("{verb} {} {function} on {class}", account(*target))
            }
            Self::Call { target, function, arguments, value, by_treasury } => {
                let mut text = format!("call {} {}", account(*target), function.signature());
                for argument in arguments {
                    text += &format!(" {}", write_argument(argument, vocabulary));
                }
                if !value.is_zero() {
                    text += &format!(" with {}", write_money(*value, Address::ZERO, vocabulary));
                }
                text + if *by_treasury { " as treasury" } else { "" }
            }
            Self::Measure(measure) => measure.write(vocabulary),
            Self::Raw(action) => format!("raw {action}"),
        }
    }
}

/// Finds the function with a selector among those of the contract at `target`.
pub(super) fn known_function(
    target: Address,
    selector: Selector,
    vocabulary: &Vocabulary,
) -> Option<&'static Function> {
    let place = vocabulary.place(target)?;
    place.abi().functions().find(|function| function.selector() == selector)
}

/// Writes the name of a budget line.
pub(super) fn line_name(line: u8) -> String {
    LINES.get(usize::from(line)).map_or_else(|| line.to_string(), |name| (*name).to_owned())
}

fn line_suffix(line: u8) -> String {
    format!(" from {}", line_name(line))
}

fn span(period: Period) -> String {
    match period {
        Period::Seconds(seconds) => {
            format!("per {}", Unit::Span.write(seconds, &Vocabulary::default()))
        }
        Period::Forever => "in all".to_owned(),
    }
}

/// Writes an amount of a token, in its smallest unit when its decimals are not known.
pub(super) fn write_money(amount: U256, token: Address, vocabulary: &Vocabulary) -> String {
    let decimals = vocabulary.decimals(token).unwrap_or_default();
    format!("{} {}", write_decimal(amount, decimals), vocabulary.write_token(token))
}

/// Writes an argument of a call so that it is read back.
pub(super) fn write_argument(value: &DynSolValue, vocabulary: &Vocabulary) -> String {
    let list = |values: &[DynSolValue]| -> String {
        let values: Vec<_> =
            values.iter().map(|v| write_argument(v, &Vocabulary::default())).collect();
        values.join(",")
    };
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::Address(value) => match vocabulary.place(*value) {
            Some(place) => place.name().to_owned(),
            None => value.to_checksum(None),
        },
        DynSolValue::String(value) => format!("\"{value}\""),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::Function(function) => function.to_string(),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) => {
            format!("[{}]", list(values))
        }
        DynSolValue::Tuple(values) => format!("({})", list(values)),
    }
}
