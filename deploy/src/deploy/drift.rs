//! Decides in what a cooperative differs from what it declares and governance may change, and how
//! governance would say the change.

use alloy::primitives::{Address, U256};
use serde::Serialize;

use super::upgrade::uri_of;
use crate::{
    AddressBook, Error,
    bindings::{
        IGovernor::isActionAllowedCall,
        ITreasury::{budgetCall, spendingLimitCall},
    },
    chain::Chain,
    contracts::GOVERNOR,
    declaration::{Declaration, Rule},
    governance::{
        Period, Place, Sentence, Setting, Vocabulary, parameter, present, read_action,
        read_sentences,
    },
};

/// Something that governance may change and that is not as declared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Its name: a parameter's as proposals have it, or where the declaration says it.
    pub parameter: String,
    /// What it is.
    pub present: String,
    /// What it should be.
    pub declared: String,
    /// The sentence of a proposal that makes it so.
    pub sentence: String,
    /// The same for the library.
    #[serde(skip)]
    pub meaning: Sentence,
}

impl Drift {
    /// Returns the sentences of a proposal that ends these differences.
    #[must_use]
    pub fn sentences(list: &[Self]) -> Vec<Sentence> {
        list.iter().map(|drift| drift.meaning.clone()).collect()
    }
}

/// Returns what is not as declared of what governance may change.
///
/// # Errors
///
/// - [`Error::Words`], [`Error::Sentence`]: the cooperative has not the contract of a parameter or of
///   a rule.
/// - The failures of [`Chain::read`].
pub async fn drift(
    chain: &Chain,
    book: &AddressBook,
    declaration: &Declaration,
) -> Result<Vec<Drift>, Error> {
    let mut vocabulary = Vocabulary::of_book(book);
    let mut list = Vec::new();
    for (name, value) in declaration.parameters() {
        list.extend(of_parameter(chain, &vocabulary, name, value).await?);
    }
    for rule in declaration.rules() {
        list.extend(of_rule(chain, &mut vocabulary, rule).await?);
    }
    let governor = book.contracts.get(GOVERNOR.name).map(|entry| entry.address);
    if let (Some(declared), Some(governor)) = (&declaration.coop.dao_uri, governor) {
        list.extend(of_uri(chain, &vocabulary, governor, &declared.0).await?);
    }
    Ok(list)
}

async fn of_parameter(
    chain: &Chain,
    vocabulary: &Vocabulary,
    name: String,
    value: U256,
) -> Result<Option<Drift>, Error> {
    let row = parameter(&name)?;
    let found = present(row, vocabulary, chain).await?;
    if found == value {
        return Ok(None);
    }
    let words = |value| row.unit.write(value, vocabulary);
    Ok(Some(Drift {
        present: words(found),
        declared: words(value),
        sentence: format!("set {name} to {}", words(value)),
        meaning: Sentence::Set(vec![Setting { parameter: row, value }]),
        parameter: name,
    }))
}

async fn of_rule(
    chain: &Chain,
    vocabulary: &mut Vocabulary,
    rule: Rule,
) -> Result<Vec<Drift>, Error> {
    let mut list = Vec::new();
    for declared in read_sentences(&rule.sentence, vocabulary, chain).await? {
        let found = as_it_is(chain, vocabulary, &declared).await?;
        if found != declared {
            list.push(Drift {
                parameter: rule.section.to_owned(),
                present: found.write(vocabulary),
                declared: declared.write(vocabulary),
                sentence: declared.write(vocabulary),
                meaning: declared,
            });
        }
    }
    Ok(list)
}

/// Returns the sentence that would leave things as they are, in place of this one.
async fn as_it_is(
    chain: &Chain,
    vocabulary: &Vocabulary,
    declared: &Sentence,
) -> Result<Sentence, Error> {
    Ok(match declared {
        &Sentence::Budget { line, token, .. } => {
            let treasury = vocabulary.address(Place::Treasury)?;
            let found = chain.read(treasury, &budgetCall { line, token }).await?;
            Sentence::Budget { line, token, cap: found.cap, period: Period::of(found.period) }
        }
        &Sentence::Limit { spender, token, .. } => {
            let treasury = vocabulary.address(Place::Treasury)?;
            let found = chain.read(treasury, &spendingLimitCall { spender, token }).await?;
            let (cap, period) = (found.cap, Period::of(found.period));
            Sentence::Limit { spender, token, cap, period, line: found.line }
        }
        &Sentence::Allow { class, target, selector, .. } => {
            let governor = vocabulary.address(Place::Governor)?;
            let call = isActionAllowedCall { proposalClass: class.on_chain(), target, selector };
            let allowed = chain.read(governor, &call).await?;
            Sentence::Allow { class, target, selector, allowed }
        }
        // Rules are made of these three alone.
        other => other.clone(),
    })
}

async fn of_uri(
    chain: &Chain,
    vocabulary: &Vocabulary,
    governor: Address,
    declared: &str,
) -> Result<Vec<Drift>, Error> {
    let found = match uri_of(chain, governor).await? {
        Some(found) if found != declared => found,
        // A governor of a build without it cannot be told.
        _ => return Ok(Vec::new()),
    };
    let sentence = format!("call governor setDaoURI(string) \"{declared}\"");
    let drift = |meaning| Drift {
        parameter: "governor.daoURI".to_owned(),
        present: found.clone(),
        declared: declared.to_owned(),
        sentence: sentence.clone(),
        meaning,
    };
    Ok(read_action(&sentence, vocabulary)?.into_iter().map(drift).collect())
}
