//! Decides in how many ways a sentence is not understood, and what each says that there is.

use alloy::primitives::Address;

use super::{PARAMETERS, Place, measures::VERBS, roles::roles_of, sentence::LINES};

/// Why a sentence is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// The first word begins no sentence.
    #[error(
        "no action begins with `{given}`; there are: set, pay, grant, revoke, limit, allow, forbid, {}, call, raw",
        VERBS.join(", ")
    )]
    Verb {
        /// The word.
        given: String,
    },
    /// A sentence has not the form of its kind.
    #[error("it is written like `{form}`")]
    Form {
        /// The form.
        form: &'static str,
    },
    /// There is no such parameter.
    #[error("there is no parameter `{given}`; there are: {}", parameters(given))]
    Parameter {
        /// The name.
        given: String,
    },
    /// A value is not in the parameter's unit.
    #[error("`{given}` is not {expected}")]
    Value {
        /// The text.
        given: String,
        /// What is expected, with an example.
        expected: String,
    },
    /// A value is larger than the contract's argument can be.
    #[error("`{given}` is more than {parameter} can hold")]
    TooLarge {
        /// The value.
        given: String,
        /// The parameter.
        parameter: String,
    },
    /// A parameter is set twice by one proposal.
    #[error("{parameter} is set twice, to `{first}` and to `{second}`")]
    SetTwice {
        /// The parameter.
        parameter: String,
        /// The first value.
        first: String,
        /// The second value.
        second: String,
    },
    /// Values that are set together with a parameter are not known.
    #[error(
        "{missing} is set together with the others and is not said; without a chain all must be"
    )]
    Incomplete {
        /// A parameter that is missing.
        missing: String,
    },
    /// A text names no account.
    #[error(
        "`{given}` is no account: an address of 40 hexadecimal digits, `nobody`, or one of {}",
        places()
    )]
    Account {
        /// The text.
        given: String,
    },
    /// An address has a wrong checksum.
    #[error("`{given}` is mistyped: its checksum (EIP-55) is wrong")]
    Checksum {
        /// The text.
        given: String,
    },
    /// A contract is not part of this cooperative.
    #[error("this cooperative has no `{place}`")]
    NotDeployed {
        /// The contract.
        place: &'static str,
    },
    /// A text names no contract.
    #[error("there is no contract `{given}`; there are: {}, and any address", places())]
    Contract {
        /// The text.
        given: String,
    },
    /// A text names no token.
    #[error(
        "there is no token `{given}`; there are: ETH, DATA, GOV, and the address of any ERC-20"
    )]
    Token {
        /// The text.
        given: String,
    },
    /// The decimals of a token are not known.
    #[error("the decimals of {token} are not known")]
    Decimals {
        /// The token.
        token: Address,
    },
    /// An amount is no number, or has more decimals than its token.
    #[error("`{given}` is no amount of {token}, which has {decimals} decimals")]
    Amount {
        /// The text.
        given: String,
        /// The token.
        token: String,
        /// Its decimals.
        decimals: u8,
    },
    /// There is no such budget line.
    #[error("there is no budget line `{given}`; there are: {}", LINES.join(", "))]
    Line {
        /// The text.
        given: String,
    },
    /// A contract has no such role.
    #[error("`{place}` has no role `{given}`; {}", roles_there(place))]
    Role {
        /// The role.
        given: String,
        /// The contract.
        place: &'static str,
    },
    /// There is no such class.
    #[error("there is no proposal class `{given}`; there are: standard, fast-track, optimistic")]
    Class {
        /// The text.
        given: String,
    },
    /// A text is no signature of a function.
    #[error("`{given}` is no function; a function is written like `transfer(address,uint256)`")]
    Function {
        /// The text.
        given: String,
    },
    /// A contract has no such function.
    #[error("`{place}` has no function `{given}`{}", similar(place, given))]
    NoFunction {
        /// The function.
        given: String,
        /// The contract.
        place: &'static str,
    },
    /// A function takes another number of arguments.
    #[error("{function} takes {expected} arguments and {given} are given")]
    Arguments {
        /// The function.
        function: String,
        /// How many it takes.
        expected: usize,
        /// How many are given.
        given: usize,
    },
    /// An argument is not of its type.
    #[error("`{given}` is no {kind}")]
    Argument {
        /// The text.
        given: String,
        /// The type.
        kind: String,
    },
    /// A call is not written as such.
    #[error(
        "`{given}` is no call; it is written like `TARGET:0xCALLDATA` or `TARGET:0xCALLDATA:WEI`"
    )]
    Raw {
        /// The text.
        given: String,
    },
}

/// The parameters of the contract that a name begins with, or of all.
fn parameters(given: &str) -> String {
    let place = given.split_once('.').and_then(|(place, _)| Place::named(place));
    let of_place = |row: &&super::Parameter| place.is_none_or(|place| place == row.place);
    let names: Vec<_> =
        PARAMETERS.iter().filter(of_place).map(super::Parameter::full_name).collect();
    names.join(", ")
}

fn places() -> String {
    Place::ALL.map(Place::name).join(", ")
}

fn roles_there(place: &str) -> String {
    let names: Vec<_> =
        Place::named(place).into_iter().flat_map(roles_of).map(|role| role.name).collect();
    if names.is_empty() {
        let with_roles = Place::ALL.into_iter().filter(|place| roles_of(*place).next().is_some());
        let names: Vec<_> = with_roles.map(Place::name).collect();
        return format!("roles are of {}", names.join(", "));
    }
    format!("there are: {}", names.join(", "))
}

/// The functions of the same name, or all that change something.
fn similar(place: &str, given: &str) -> String {
    let Some(place) = Place::named(place) else { return String::new() };
    let name = given.split_once('(').map_or(given, |(name, _)| name);
    let same: Vec<_> = place
        .abi()
        .functions()
        .filter(|function| function.name.eq_ignore_ascii_case(name))
        .map(alloy::json_abi::Function::signature)
        .collect();
    if same.is_empty() { String::new() } else { format!("; there is: {}", same.join(", ")) }
}
