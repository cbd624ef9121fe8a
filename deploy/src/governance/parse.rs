//! Decides how words are read as sentences. Wrong words give an error that lists what there is.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue},
    json_abi::Function,
    primitives::{Address, Selector, U256},
};

use super::{
    PARAMETERS, Parameter, Period, Place, Sentence, Setting, Vocabulary, WordsError,
    encode::{encode_function, kind_of},
    measures::{Measure, VERBS},
    roles::role_named,
    sentence::LINES,
    units::{Unit, read_decimal},
};

const SET: &str = "set rewards.cooldown to 5 days, data.emissionFloor to 500000 DATA";
const PAY: &str = "pay 1.5 ETH to 0x… from grants";
const GRANT: &str = "grant MINTER of data to 0x…";
const REVOKE: &str = "revoke MINTER of data from 0x…";
const LIMIT: &str = "limit grants to 1000 DATA per 30 days";
const ALLOW: &str = "allow rewards setCooldownPeriod(uint256) on fast-track";
const CALL: &str = "call rewards setCooldownPeriod(uint256) 432000";

/// What may stand after the arguments of a call.
const WITH: &str = "with";
const AS_TREASURY: [&str; 2] = ["as", "treasury"];

/// Reads a sentence, and asks the chain for the decimals of tokens that are not the cooperative's.
///
/// # Errors
///
/// - [`Error::Words`](crate::Error::Words): it is not understood.
/// - The failures of [`Vocabulary::learn`].
pub async fn read_sentences(
    text: &str,
    vocabulary: &mut Vocabulary,
    chain: &crate::chain::Chain,
) -> Result<Vec<Sentence>, crate::Error> {
    loop {
        match read_action(text, vocabulary) {
            Ok(sentences) => return Ok(sentences),
            Err(WordsError::Decimals { token }) => vocabulary.learn(chain, token).await?,
            Err(source) => {
                return Err(crate::Error::Sentence { text: text.to_owned(), source });
            }
        }
    }
}

/// Reads a sentence. One that sets parameters of several setters is several.
///
/// # Errors
///
/// Any [`WordsError`].
pub fn read_action(text: &str, vocabulary: &Vocabulary) -> Result<Vec<Sentence>, WordsError> {
    let words = split(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((verb, rest)) = words.split_first() else {
        return Err(WordsError::Verb { given: String::new() });
    };
    let one = |sentence| vec![sentence];
    match verb.to_lowercase().as_str() {
        "set" => set(rest, vocabulary),
        "pay" => pay(rest, vocabulary).map(one),
        "grant" => role(rest, true, vocabulary).map(one),
        "revoke" => role(rest, false, vocabulary).map(one),
        "limit" => limit(rest, vocabulary).map(one),
        "allow" => rule(rest, true, vocabulary).map(one),
        "forbid" => rule(rest, false, vocabulary).map(one),
        "call" => call(rest, vocabulary).map(one),
        verb if VERBS.contains(&verb) => {
            Measure::read(verb, rest, vocabulary).map(Sentence::Measure).map(one)
        }
        "raw" => match rest {
            [action] => Ok(one(Sentence::Raw(action.parse()?))),
            _ => Err(WordsError::Raw { given: rest.join(" ") }),
        },
        _ => Err(WordsError::Verb { given: (*verb).to_owned() }),
    }
}

/// Splits a text at white space that is not inside of quotes, brackets or parentheses.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut quote, mut depth) = (None, 0_usize);
    for letter in text.chars() {
        match quote {
            Some(end) if letter == end => quote = None,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if matches!(letter, '(' | '[') => depth += 1,
            None if matches!(letter, ')' | ']') => depth = depth.saturating_sub(1),
            None if depth == 0 && letter.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                continue;
            }
            _ => {}
        }
        word.push(letter);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// `P to V, P to V and P to V`
fn set(words: &[&str], vocabulary: &Vocabulary) -> Result<Vec<Sentence>, WordsError> {
    let form = || WordsError::Form { form: SET };
    let mut sentences = Vec::new();
    for part in parts(words) {
        let (name, value) = match part.as_slice() {
            [name, to, value @ ..] if is(to, "to") && !value.is_empty() => (name, value),
            _ => return Err(form()),
        };
        let parameter = parameter(name)?;
        let value = parameter.unit.read(&value.join(" "), vocabulary)?;
        sentences.push(Sentence::Set(vec![Setting { parameter, value }]));
    }
    if sentences.is_empty() {
        return Err(form());
    }
    super::encode::merge(sentences, vocabulary)
}

/// Splits a list at commas and at `and`.
fn parts<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut parts = vec![Vec::new()];
    for word in words {
        let is_last = word.ends_with(',');
        let word = word.trim_end_matches(',');
        let is_separator = is(word, "and") || word.is_empty();
        if let (false, Some(part)) = (is_separator, parts.last_mut()) {
            part.push(word);
        }
        if is_last || is_separator {
            parts.push(Vec::new());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Finds a parameter by its whole name.
pub(crate) fn parameter(name: &str) -> Result<&'static Parameter, WordsError> {
    let is_named = |row: &&Parameter| {
        let (place, own) = name.split_once('.').unwrap_or(("", name));
        Place::named(place) == Some(row.place) && own.eq_ignore_ascii_case(row.name)
    };
    PARAMETERS.iter().find(is_named).ok_or_else(|| WordsError::Parameter { given: name.to_owned() })
}

/// `AMOUNT TOKEN to ACCOUNT [from LINE]`
fn pay(words: &[&str], vocabulary: &Vocabulary) -> Result<Sentence, WordsError> {
    let (head, line) = match words {
        [head @ .., from, line_name] if is(from, "from") => (head, Some(line(line_name)?)),
        _ => (words, None),
    };
    let [number, token, to, receiver] = head else {
        return Err(WordsError::Form { form: PAY });
    };
    if !is(to, "to") {
        return Err(WordsError::Form { form: PAY });
    }
    let (amount, token) = money(number, token, vocabulary)?;
    Ok(Sentence::Pay { token, amount, to: vocabulary.account(receiver)?, line })
}

/// `ROLE of CONTRACT to ACCOUNT`
fn role(words: &[&str], granted: bool, vocabulary: &Vocabulary) -> Result<Sentence, WordsError> {
    let (form, preposition) = if granted { (GRANT, "to") } else { (REVOKE, "from") };
    match words {
        [name, of, place, to, account] if is(of, "of") && is(to, preposition) => {
            let place = contract(place)?;
            let unknown = || WordsError::Role { given: (*name).to_owned(), place: place.name() };
            let role = role_named(place, name).ok_or_else(unknown)?;
            Ok(Sentence::Give { role, account: vocabulary.account(account)?, granted })
        }
        _ => Err(WordsError::Form { form }),
    }
}

/// `LINE|ACCOUNT to AMOUNT TOKEN per SPAN|in all [from LINE]`
fn limit(words: &[&str], vocabulary: &Vocabulary) -> Result<Sentence, WordsError> {
    let form = || WordsError::Form { form: LIMIT };
    let (subject, number, token, rest) = match words {
        [subject, to, number, token, rest @ ..] if is(to, "to") => (subject, number, token, rest),
        _ => return Err(form()),
    };
    let (rest, from) = match rest {
        [rest @ .., from, line_name] if is(from, "from") => (rest, Some(line(line_name)?)),
        _ => (rest, None),
    };
    let period = match rest {
        [in_, all] if is(in_, "in") && is(all, "all") => Period::Forever,
        [per, span @ ..] if is(per, "per") => {
            Period::of(Unit::Span.read(&span.join(" "), vocabulary)?)
        }
        _ => return Err(form()),
    };
    let (cap, token) = money(number, token, vocabulary)?;
    match (line(subject), from) {
        (Ok(0), _) => Err(WordsError::Line { given: (*subject).to_owned() }),
        (Ok(line), None) => Ok(Sentence::Budget { line, token, cap, period }),
        (Ok(_), Some(_)) => Err(form()),
        (Err(_), from) => {
            let spender = vocabulary.account(subject)?;
            Ok(Sentence::Limit { spender, token, cap, period, line: from.unwrap_or_default() })
        }
    }
}

/// `CONTRACT FUNCTION on CLASS`, or `PARAMETER on CLASS`
fn rule(words: &[&str], allowed: bool, vocabulary: &Vocabulary) -> Result<Sentence, WordsError> {
    let (target, selector, class) = match words {
        [name, on, class] if is(on, "on") => {
            let parameter = parameter(name)?;
            let function = function_of(parameter.place, parameter.setter)?;
            (vocabulary.address(parameter.place)?, function.selector(), class)
        }
        [target, function, on, class] if is(on, "on") => {
            let (target, place) = callee(target, vocabulary)?;
            (target, selector(function, place)?, class)
        }
        _ => return Err(WordsError::Form { form: ALLOW }),
    };
    Ok(Sentence::Allow { class: class.parse()?, target, selector, allowed })
}

/// `CONTRACT FUNCTION ARGUMENTS [with AMOUNT ETH] [as treasury]`
fn call(words: &[&str], vocabulary: &Vocabulary) -> Result<Sentence, WordsError> {
    let (words, by_treasury) = match words {
        [words @ .., as_, by] if is(as_, AS_TREASURY[0]) && is(by, AS_TREASURY[1]) => (words, true),
        _ => (words, false),
    };
    let (words, value) = match words {
        [words @ .., with, number, token] if is(with, WITH) && is(token, "ETH") => {
            (words, money(number, token, vocabulary)?.0)
        }
        _ => (words, U256::ZERO),
    };
    let [target, signature, given @ ..] = words else {
        return Err(WordsError::Form { form: CALL });
    };
    let (target, place) = callee(target, vocabulary)?;
    let function = match place {
        Some(place) => function_of(place, signature)?.clone(),
        None => any_function(signature)?,
    };
    if given.len() != function.inputs.len() {
        return Err(WordsError::Arguments {
            function: function.signature(),
            expected: function.inputs.len(),
            given: given.len(),
        });
    }
    let arguments = given
        .iter()
        .enumerate()
        .map(|(index, text)| argument(text, &kind_of(&function, index)?, vocabulary))
        .collect::<Result<Vec<_>, _>>()?;
    // Values that do not fit their types are refused here and not when the proposal is made.
    encode_function(&function, &arguments)?;
    Ok(Sentence::Call { target, function, arguments, value, by_treasury })
}

/// Reads an argument; addresses may be names, and strings may be quoted.
fn argument(
    text: &str,
    kind: &DynSolType,
    vocabulary: &Vocabulary,
) -> Result<DynSolValue, WordsError> {
    let unquoted = || {
        let inner = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        inner('"').or_else(|| inner('\'')).unwrap_or(text).to_owned()
    };
    match kind {
        DynSolType::Address => vocabulary.account(text).map(DynSolValue::Address),
        DynSolType::String => Ok(DynSolValue::String(unquoted())),
        kind => kind
            .coerce_str(text)
            .map_err(|_| WordsError::Argument { given: text.to_owned(), kind: kind.to_string() }),
    }
}

pub(super) fn money(
    number: &str,
    token: &str,
    vocabulary: &Vocabulary,
) -> Result<(U256, Address), WordsError> {
    let address = vocabulary.token(token)?;
    let decimals = vocabulary.decimals(address)?;
    let amount = read_decimal(number, decimals).ok_or_else(|| WordsError::Amount {
        given: number.to_owned(),
        token: vocabulary.write_token(address),
        decimals,
    })?;
    Ok((amount, address))
}

fn line(text: &str) -> Result<u8, WordsError> {
    LINES
        .iter()
        .position(|line| line.eq_ignore_ascii_case(text))
        .and_then(|line| u8::try_from(line).ok())
        .ok_or_else(|| WordsError::Line { given: text.to_owned() })
}

fn contract(text: &str) -> Result<Place, WordsError> {
    Place::named(text).ok_or_else(|| WordsError::Contract { given: text.to_owned() })
}

/// Reads a contract: one of the cooperative's, or any address.
fn callee(text: &str, vocabulary: &Vocabulary) -> Result<(Address, Option<Place>), WordsError> {
    let target = match Place::named(text) {
        Some(place) => vocabulary.address(place)?,
        None if text.starts_with("0x") => vocabulary.account(text)?,
        None => return Err(WordsError::Contract { given: text.to_owned() }),
    };
    Ok((target, vocabulary.place(target)))
}

fn function_of(place: Place, signature: &str) -> Result<&'static Function, WordsError> {
    place
        .function(signature)
        .ok_or_else(|| WordsError::NoFunction { given: signature.to_owned(), place: place.name() })
}

fn any_function(signature: &str) -> Result<Function, WordsError> {
    let unknown = |_| WordsError::Function { given: signature.to_owned() };
    let function = Function::parse(signature).map_err(unknown)?;
    let has_parentheses = signature.ends_with(')') && function.signature() == signature;
    has_parentheses
        .then_some(function)
        .ok_or_else(|| WordsError::Function { given: signature.to_owned() })
}

fn selector(function: &str, place: Option<Place>) -> Result<Selector, WordsError> {
    Ok(match place {
        Some(place) => function_of(place, function)?.selector(),
        None => any_function(function)?.selector(),
    })
}

pub(super) const fn is(word: &str, expected: &str) -> bool {
    word.eq_ignore_ascii_case(expected)
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
