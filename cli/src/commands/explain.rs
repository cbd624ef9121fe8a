//! Decides what `datacoop explain` says: what a code in an error means, and the way out.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use alloy::{
    json_abi::Error as AbiError,
    primitives::{Bytes, Selector},
};
use datacoop_deploy::{
    contracts::{CONTRACTS, Contract},
    decode_error,
    notes::Note,
};
use serde::Serialize;

use crate::{
    cli::after_help,
    codes,
    exit::Usage,
    output::{Out, Report, table},
    words,
};

/// Says what an error means, why it happens, and the way out.
///
/// The message of every failure begins with its code, as in `error[wrong-chain]`; the errors of
/// contracts go by their names. The data of a revert, or its first four bytes, will do too. Without a
/// code all of them are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = after_help!(
    "datacoop explain"
    "datacoop explain wrong-chain"
    "datacoop explain MarketNotVetted"
    "datacoop explain 0xd93c0665                 by the first four bytes of a revert"
))]
pub(crate) struct ExplainArgs {
    /// The code of an error, the name of a contract's error, or the data of a revert in hexadecimal.
    code: Option<String>,
}

/// All codes.
#[derive(Serialize)]
struct Listed {
    codes: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    code: String,
    meaning: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    way_out: Option<&'static str>,
    /// What is known of the error of a contract.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    contract: Option<ContractError>,
}

/// The error of a contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContractError {
    selector: Selector,
    signature: String,
    contracts: Vec<&'static str>,
    /// What the interface says about it beside its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
struct Explained(Row);

impl ExplainArgs {
    pub(crate) fn run(self, out: &Out) -> anyhow::Result<()> {
        let Some(code) = self.code else {
            let codes = codes::notes().into_iter().map(Row::of_note).chain(reverts()).collect();
            return out.result(&Listed { codes });
        };
        out.result(&Explained(find(code.trim())?))
    }
}

/// Finds what a code stands for.
fn find(code: &str) -> anyhow::Result<Row> {
    // An error as it was printed will do.
    let code = code.trim_start_matches("error").trim_matches(['[', ']', ':']);
    let note = codes::notes().into_iter().find(|note| note.code.eq_ignore_ascii_case(code));
    if let Some(note) = note {
        return Ok(Row::of_note(note));
    }
    if let Some(meaning) = words::safes(&code.to_uppercase()) {
        let way_out = Some("Safe's error: see `error_codes.md` of Safe's contracts.");
        return Ok(Row { code: code.to_uppercase(), meaning, way_out, contract: None });
    }
    let data: Option<Bytes> = code.starts_with("0x").then(|| code.parse().ok()).flatten();
    let known = reverts().find(|row| match (&row.contract, &data) {
        (Some(error), Some(data)) => data.starts_with(error.selector.as_slice()),
        _ => row.code.eq_ignore_ascii_case(code),
    });
    match (known, data) {
        // The data has the arguments too.
        (Some(row), Some(data)) if data.len() > Selector::len_bytes() => {
            Ok(Row { meaning: words::explain(&decode_error(&data)), ..row })
        }
        (Some(row), _) => Ok(row),
        (None, Some(data)) if !data.is_empty() => {
            let error = decode_error(&data);
            let mut row = find(&codes::code_of_revert(&error))?;
            row.meaning = format!("{} It says: {}", row.meaning, error.text);
            Ok(row)
        }
        _ => Err(unknown(code)),
    }
}

/// Says that there is no such code, and which ones are like it.
fn unknown(code: &str) -> anyhow::Error {
    let wanted = code.to_lowercase();
    let listed = codes::notes().into_iter().map(Row::of_note).chain(reverts());
    let like: Vec<_> = listed
        .map(|row| row.code)
        .filter(|known| {
            let known = known.to_lowercase();
            wanted.len() > 2 && (known.contains(&wanted) || wanted.contains(&known))
        })
        .collect();
    let like = match like.as_slice() {
        [] => String::new(),
        some => format!("; there is {}", some.join(", ")),
    };
    Usage(format!("there is no code `{code}`{like}; `datacoop explain` lists all")).into()
}

/// Every error of the contracts, by its name. One that several contracts have is there once.
fn reverts() -> impl Iterator<Item = Row> {
    let mut errors: BTreeMap<String, (AbiError, Vec<&'static Contract>)> = BTreeMap::new();
    for contract in &CONTRACTS {
        for error in contract.abi().errors() {
            let known = errors.entry(error.name.clone());
            known.or_insert_with(|| (error.clone(), Vec::new())).1.push(contract);
        }
    }
    errors.into_values().map(|(error, contracts)| Row::of_error(&error, &contracts))
}

impl Row {
    fn of_note(Note { code, meaning, way_out }: Note) -> Self {
        let meaning = meaning.to_owned();
        Self { code: code.to_owned(), meaning, way_out: Some(way_out), contract: None }
    }

    fn of_error(error: &AbiError, contracts: &[&'static Contract]) -> Self {
        let arguments: Vec<_> =
            error.inputs.iter().map(|input| format!("{} {}", input.ty, input.name)).collect();
        let (sentence, way_out) = words::phrase_of(&error.name).unwrap_or_default();
        Self {
            code: error.name.clone(),
            meaning: sentence.to_owned(),
            way_out,
            contract: Some(ContractError {
                selector: error.selector(),
                signature: format!("{}({})", error.name, arguments.join(", ")),
                contracts: contracts.iter().map(|contract| contract.name).collect(),
                comment: contracts.iter().find_map(|one| comment(one.interface, &error.name)),
            }),
        }
    }
}

/// Returns the comment above an error in the text of an interface.
fn comment(interface: &str, error: &str) -> Option<String> {
    let lines: Vec<_> = interface.lines().map(str::trim).collect();
    let start = format!("error {error}(");
    let place = lines.iter().position(|line| line.starts_with(&start))?;
    let above = lines[..place].iter().rev().map_while(|line| line.strip_prefix("/// "));
    let mut comment: Vec<_> = above.collect();
    comment.reverse();
    (!comment.is_empty()).then(|| comment.join(" "))
}

impl Report for Listed {
    const COMMAND: &'static str = "explain";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut rows = table(["code", "meaning"], &[]);
        for row in &self.codes {
            rows.add_row([&row.code, &row.meaning]);
        }
        writeln!(to, "{rows}")
    }
}

impl Report for Explained {
    const COMMAND: &'static str = "explain";

    fn show(&self, to: &mut dyn Write) -> io::Result<()> {
        let Row { code, meaning, way_out, contract } = &self.0;
        writeln!(to, "{code}\n")?;
        if let Some(ContractError { selector, signature, contracts, comment }) = contract {
            writeln!(to, "  {signature}, {selector}, of {}\n", contracts.join(", "))?;
            if let Some(comment) = comment {
                writeln!(to, "  {comment}\n")?;
            }
        }
        writeln!(to, "  {meaning}")?;
        match way_out {
            Some(way_out) => writeln!(to, "\nThe way out: {way_out}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{Address, U256, hex},
        sol_types::SolError,
    };
    use datacoop_deploy::bindings::{
        IDataMarket::MarketNotVetted, IDataToken::EmissionCapExceeded,
    };

    use super::*;

    #[test]
    fn a_code_is_found_however_it_was_copied() {
        for code in ["wrong-chain", "Wrong-Chain", "error[wrong-chain]:", "[wrong-chain]"] {
            let row = find(code).unwrap();
            assert_eq!(row.code, "wrong-chain");
            assert!(row.way_out.is_some() && row.contract.is_none());
        }
    }

    #[test]
    fn an_error_of_a_contract_is_found_by_name_by_selector_and_by_its_data() {
        let error = MarketNotVetted { account: Address::repeat_byte(0x11) };
        let selector = hex::encode_prefixed(MarketNotVetted::SELECTOR);
        for code in ["MarketNotVetted", "marketnotvetted", &selector] {
            let row = find(code).unwrap();
            assert_eq!(
                (row.code.as_str(), row.meaning.as_str()),
                ("MarketNotVetted", "{account} is not vetted")
            );
            let contract = row.contract.unwrap();
            assert_eq!(contract.signature, "MarketNotVetted(address account)");
            assert_eq!(contract.contracts, ["DataMarket"]);
        }
        let row = find(&hex::encode_prefixed(error.abi_encode())).unwrap();
        assert_eq!(row.meaning, "0x1111111111111111111111111111111111111111 is not vetted");
        let cap = EmissionCapExceeded { requested: U256::ZERO, available: U256::ZERO };
        let row = find(&hex::encode_prefixed(cap.abi_encode())).unwrap();
        assert_eq!((row.code.as_str(), row.way_out.is_some()), ("EmissionCapExceeded", true));
    }

    #[test]
    fn an_error_that_several_contracts_have_names_them_and_the_interfaces_comment() {
        let paused = find("EnforcedPause").unwrap().contract.unwrap();
        assert!(paused.contracts.len() > 2, "{:?}", paused.contracts);
        let exclusive = find("MarketExclusive").unwrap().contract.unwrap();
        let comment = exclusive.comment.unwrap();
        assert!(comment.starts_with("It is being auctioned as exclusive"), "{comment}");
    }

    #[test]
    fn safes_numbers_and_foreign_reverts_are_explained() {
        assert!(find("gs013").unwrap().meaning.contains("the call failed"));
        assert_eq!(find("0x12345678").unwrap().code, "revert-of-another-contract");
        let text = alloy::sol_types::Revert::from("too late").abi_encode();
        let row = find(&hex::encode_prefixed(text)).unwrap();
        assert!(row.code == "revert-text" && row.meaning.contains("too late"), "{}", row.meaning);
    }

    #[test]
    fn an_unknown_code_is_refused_with_those_like_it() {
        let refused = |code| find(code).map(|row| row.code).unwrap_err().to_string();
        assert!(refused("chain-wrong").contains("`datacoop explain` lists all"));
        assert!(refused("vetted").contains("there is MarketNotVetted"));
        for code in ["", "0x", "0x123", "no"] {
            assert!(refused(code).contains("there is no code"), "{code}");
        }
    }

    #[test]
    fn every_error_of_the_suite_is_listed_with_a_meaning() {
        for contract in &CONTRACTS {
            for error in contract.abi().errors() {
                let row = find(&error.name).unwrap();
                assert!(!row.meaning.is_empty(), "{}", error.name);
                assert_eq!(row.contract.unwrap().selector, error.selector(), "{}", error.name);
            }
        }
    }
}
