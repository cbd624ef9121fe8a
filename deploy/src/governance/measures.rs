//! Decides which sentences there are about access to data beside its parameters: prices in any
//! token, tokens that are taken, schemas, shares of pools, and rulings.

use std::fmt;

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolCall,
};

use super::{
    Action, Place, Vocabulary, WordsError,
    parse::{is, money},
    sentence::write_money,
    units::{Symbol, Unit},
};
use crate::{
    bindings::{
        IDataMarket::{barCall, setPriceCall, setTokenAllowedCall, slashCall, unbarCall},
        IDataRegistry::publishSchemaCall,
        IRevenueDistributor::{listPoolTokenCall, setSharesCall},
    },
    consent::DATA_CLASSES,
};

const PRICE: &str = "price genomic by edition at 500 DATA";
const ACCEPT: &str = "accept 0x… in market";
const PUBLISH: &str = "publish hl7.fhir.r4 0x… at https://example.org/r4";
const GIVE: &str = "give 5 shares of validators to 0x…";
const SLASH: &str = "slash 0x… by 100 DATA under 0x…";
const BAR: &str = "bar 0x… under 0x…";

/// What a price is for, by its number.
const UNITS: [&str; 2] = ["edition", "record"];

/// The pools of the distributor that the market pays into, as people say them; on chain they are the
/// hashes of the names in capitals.
const POOLS: [&str; 1] = ["validators"];

/// The verbs that begin these sentences.
pub(super) const VERBS: [&str; 8] =
    ["price", "accept", "refuse", "publish", "give", "slash", "bar", "unbar"];

/// What governance does about access to data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What an edition, or each of its records, costs for a period. In DATA it is a parameter.
    Price {
        /// The data class.
        class: u8,
        /// What is counted: 0 the edition, 1 each of its records.
        unit: u8,
        /// The token.
        token: Address,
        /// How much, in its smallest unit.
        amount: U256,
    },
    /// Whether the market takes a token.
    Taken {
        /// The token.
        token: Address,
        /// Whether it does.
        is_taken: bool,
    },
    /// Pools of the distributor take a token, for ever.
    PoolToken {
        /// The token.
        token: Address,
    },
    /// The next version of a schema goes live.
    Schema {
        /// Its name.
        name: String,
        /// The hash of the document that defines it.
        hash: B256,
        /// Where that document is.
        uri: String,
    },
    /// An account has shares of a pool.
    Shares {
        /// The pool's name.
        pool: &'static str,
        /// The account.
        account: Address,
        /// How many.
        shares: u64,
    },
    /// A part of a researcher's stake goes to the treasury, by a ruling.
    Slash {
        /// The researcher.
        account: Address,
        /// How much, in wei of DATA.
        amount: U256,
        /// The hash of the ruling.
        ruling: B256,
    },
    /// A researcher is kept out, or let in again, by a ruling.
    Bar {
        /// The researcher.
        account: Address,
        /// Whether it is kept out.
        is_barred: bool,
        /// The hash of the ruling.
        ruling: B256,
    },
}

impl Measure {
    /// Reads the words after a verb of [`VERBS`].
    pub(super) fn read(
        verb: &str,
        words: &[&str],
        vocabulary: &Vocabulary,
    ) -> Result<Self, WordsError> {
        match verb {
            "price" => price(words, vocabulary),
            "accept" => taken(words, true, vocabulary),
            "refuse" => taken(words, false, vocabulary),
            "publish" => schema(words),
            "give" => shares(words, vocabulary),
            "slash" => slash(words, vocabulary),
            "bar" => bar(words, true, vocabulary),
            "unbar" => bar(words, false, vocabulary),
            _ => Err(WordsError::Verb { given: verb.to_owned() }),
        }
    }

    /// Writes the sentence, so that reading it gives the same one.
    pub(super) fn write(&self, vocabulary: &Vocabulary) -> String {
        let account = |account| vocabulary.write_account(account);
        match self {
            Self::Price { class, unit, token, amount } => {
                let amount = write_money(*amount, *token, vocabulary);
                let (class, unit) = (word(&DATA_CLASSES, *class), word(&UNITS, *unit));
                format!("price {class} by {unit} at {amount}")
            }
            Self::Taken { token, is_taken } => {
                let verb = if *is_taken { "accept" } else { "refuse" };
                format!("{verb} {} in market", vocabulary.write_token(*token))
            }
            Self::PoolToken { token } => {
                format!("accept {} in distributor", vocabulary.write_token(*token))
            }
            Self::Schema { name, hash, uri } if uri.is_empty() => format!("publish {name} {hash}"),
            Self::Schema { name, hash, uri } => format!("publish {name} {hash} at {uri}"),
            Self::Shares { pool, account: holder, shares } => {
                format!("give {shares} shares of {pool} to {}", account(*holder))
            }
            Self::Slash { account: staker, amount, ruling } => {
                let amount = Unit::Amount(Symbol::Data).write(*amount, vocabulary);
                format!("slash {} by {amount} under {ruling}", account(*staker))
            }
            Self::Bar { account: staker, is_barred, ruling } => {
                let verb = if *is_barred { "bar" } else { "unbar" };
                format!("{verb} {} under {ruling}", account(*staker))
            }
        }
    }

    /// Makes the action of the sentence.
    pub(super) fn encode(&self, vocabulary: &Vocabulary) -> Result<Action, WordsError> {
        let (place, calldata) = match self {
            Self::Price { class, unit, token, amount } => {
                let (token, amount) = (*token, *amount);
                let call = setPriceCall { dataClass: *class, unit: *unit, token, amount };
                (Place::Market, call.abi_encode())
            }
            Self::Taken { token, is_taken } => {
                let call = setTokenAllowedCall { token: *token, allowed: *is_taken };
                (Place::Market, call.abi_encode())
            }
            Self::PoolToken { token } => {
                (Place::Distributor, listPoolTokenCall { token: *token }.abi_encode())
            }
            Self::Schema { name, hash, uri } => {
                let (name, uri) = (name.clone(), uri.clone());
                (Place::Registry, publishSchemaCall { name, hash: *hash, uri }.abi_encode())
            }
            Self::Shares { pool, account, shares } => {
                let call =
                    setSharesCall { pool: pool_id(pool), account: *account, shares: *shares };
                (Place::Distributor, call.abi_encode())
            }
            Self::Slash { account, amount, ruling } => {
                let (account, amount) = (*account, *amount);
                (Place::Market, slashCall { account, amount, rulingHash: *ruling }.abi_encode())
            }
            Self::Bar { account, is_barred: true, ruling } => {
                let call = barCall { account: *account, rulingHash: *ruling };
                (Place::Market, call.abi_encode())
            }
            Self::Bar { account, is_barred: false, ruling } => {
                let call = unbarCall { account: *account, rulingHash: *ruling };
                (Place::Market, call.abi_encode())
            }
        };
        let target = vocabulary.address(place)?;
        Ok(Action { target, value: U256::ZERO, calldata: calldata.into() })
    }

    /// Finds the sentence of an action, if it is one of these.
    pub(super) fn decode(action: &Action, vocabulary: &Vocabulary) -> Option<Self> {
        match vocabulary.place(action.target)? {
            Place::Market => of_market(action, vocabulary),
            Place::Registry => of_registry(action),
            Place::Distributor => of_distributor(action),
            _ => None,
        }
    }

    /// Returns the token whose decimals an action's words need.
    pub(super) fn token_of(action: &Action) -> Option<Address> {
        setPriceCall::abi_decode(&action.calldata).map(|call| call.token).ok()
    }
}

/// `CLASS by UNIT at AMOUNT TOKEN`
fn price(words: &[&str], vocabulary: &Vocabulary) -> Result<Measure, WordsError> {
    let [class, by, unit, at, amount, token] = words else {
        return Err(WordsError::Form { form: PRICE });
    };
    if !is(by, "by") || !is(at, "at") {
        return Err(WordsError::Form { form: PRICE });
    }
    let (class, unit) = (number(&DATA_CLASSES, class)?, number(&UNITS, unit)?);
    let (amount, token) = money(amount, token, vocabulary)?;
    if token.is_zero() {
        return Err(WordsError::Form { form: PRICE });
    }
    Ok(Measure::Price { class, unit, token, amount })
}

/// `TOKEN in market`, or `TOKEN in distributor`
fn taken(words: &[&str], is_taken: bool, vocabulary: &Vocabulary) -> Result<Measure, WordsError> {
    let [token, in_, place] = words else { return Err(WordsError::Form { form: ACCEPT }) };
    if !is(in_, "in") {
        return Err(WordsError::Form { form: ACCEPT });
    }
    let token = vocabulary.token(token)?;
    match Place::named(place) {
        _ if token.is_zero() => Err(WordsError::Form { form: ACCEPT }),
        Some(Place::Market) => Ok(Measure::Taken { token, is_taken }),
        Some(Place::Distributor) if is_taken => Ok(Measure::PoolToken { token }),
        _ => Err(WordsError::Form { form: ACCEPT }),
    }
}

/// `NAME HASH [at URI]`
fn schema(words: &[&str]) -> Result<Measure, WordsError> {
    let (name, hash, uri) = match words {
        [name, hash] => (name, hash, ""),
        [name, hash, at, uri] if is(at, "at") => (name, hash, *uri),
        _ => return Err(WordsError::Form { form: PUBLISH }),
    };
    Ok(Measure::Schema { name: (*name).to_owned(), hash: hash_of(hash)?, uri: uri.to_owned() })
}

/// `COUNT shares of POOL to ACCOUNT`
fn shares(words: &[&str], vocabulary: &Vocabulary) -> Result<Measure, WordsError> {
    let form = || WordsError::Form { form: GIVE };
    let [count, share, of, pool, to, account] = words else { return Err(form()) };
    let is_form = is(share, "shares") || is(share, "share");
    if !is_form || !is(of, "of") || !is(to, "to") {
        return Err(form());
    }
    let pool = usize::from(number(&POOLS, pool)?);
    let shares = Unit::Count.read(count, vocabulary)?;
    let shares = shares.try_into().map_err(|_| WordsError::TooLarge {
        given: (*count).to_owned(),
        parameter: "a share of a pool".to_owned(),
    })?;
    let account = vocabulary.account(account)?;
    Ok(Measure::Shares { pool: POOLS[pool], account, shares })
}

/// `ACCOUNT by AMOUNT DATA under RULING`
fn slash(words: &[&str], vocabulary: &Vocabulary) -> Result<Measure, WordsError> {
    match words {
        [account, by, amount, token, under, ruling] if is(by, "by") && is(under, "under") => {
            let amount = format!("{amount} {token}");
            Ok(Measure::Slash {
                account: vocabulary.account(account)?,
                amount: Unit::Amount(Symbol::Data).read(&amount, vocabulary)?,
                ruling: hash_of(ruling)?,
            })
        }
        _ => Err(WordsError::Form { form: SLASH }),
    }
}

/// `ACCOUNT under RULING`
fn bar(words: &[&str], is_barred: bool, vocabulary: &Vocabulary) -> Result<Measure, WordsError> {
    match words {
        [account, under, ruling] if is(under, "under") => {
            let (account, ruling) = (vocabulary.account(account)?, hash_of(ruling)?);
            Ok(Measure::Bar { account, is_barred, ruling })
        }
        _ => Err(WordsError::Form { form: BAR }),
    }
}

fn of_market(action: &Action, vocabulary: &Vocabulary) -> Option<Measure> {
    let data = &action.calldata;
    if let Ok(setPriceCall { dataClass: class, unit, token, amount }) =
        setPriceCall::abi_decode(data)
    {
        vocabulary.decimals(token).ok()?;
        let is_known = usize::from(class) < DATA_CLASSES.len() && usize::from(unit) < UNITS.len();
        let is_said = is_known && !token.is_zero();
        return is_said.then_some(Measure::Price { class, unit, token, amount });
    }
    if let Ok(setTokenAllowedCall { token, allowed }) = setTokenAllowedCall::abi_decode(data) {
        return (!token.is_zero()).then_some(Measure::Taken { token, is_taken: allowed });
    }
    if let Ok(slashCall { account, amount, rulingHash: ruling }) = slashCall::abi_decode(data) {
        return Some(Measure::Slash { account, amount, ruling });
    }
    if let Ok(barCall { account, rulingHash: ruling }) = barCall::abi_decode(data) {
        return Some(Measure::Bar { account, is_barred: true, ruling });
    }
    let unbarCall { account, rulingHash: ruling } = unbarCall::abi_decode(data).ok()?;
    Some(Measure::Bar { account, is_barred: false, ruling })
}

fn of_registry(action: &Action) -> Option<Measure> {
    let publishSchemaCall { name, hash, uri } =
        publishSchemaCall::abi_decode(&action.calldata).ok()?;
    let is_said = is_one_word(&name) && (uri.is_empty() || is_one_word(&uri));
    is_said.then_some(Measure::Schema { name, hash, uri })
}

fn of_distributor(action: &Action) -> Option<Measure> {
    let data = &action.calldata;
    if let Ok(listPoolTokenCall { token }) = listPoolTokenCall::abi_decode(data) {
        return (!token.is_zero()).then_some(Measure::PoolToken { token });
    }
    let setSharesCall { pool, account, shares } = setSharesCall::abi_decode(data).ok()?;
    let pool = POOLS.into_iter().find(|name| pool_id(name) == pool)?;
    Some(Measure::Shares { pool, account, shares })
}

/// Whether a text would be read as the one word that it is.
fn is_one_word(text: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"'()[]".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}

/// Returns the id of a pool.
fn pool_id(name: &str) -> B256 {
    keccak256(name.to_uppercase())
}

/// Returns the place of a word in a list.
fn number(words: &[&str], given: &str) -> Result<u8, WordsError> {
    let place = words.iter().position(|word| word.eq_ignore_ascii_case(given));
    place.and_then(|place| u8::try_from(place).ok()).ok_or_else(|| WordsError::Value {
        given: given.to_owned(),
        expected: format!("one of `{}`", words.join("`, `")),
    })
}

/// Writes the word of a number.
fn word(words: &[&str], number: u8) -> impl fmt::Display {
    words.get(usize::from(number)).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn hash_of(text: &str) -> Result<B256, WordsError> {
    text.parse().map_err(|_| WordsError::Value {
        given: text.to_owned(),
        expected: "a hash: `0x` and 64 hexadecimal digits".to_owned(),
    })
}

#[cfg(test)]
#[path = "measures_tests.rs"]
mod tests;
