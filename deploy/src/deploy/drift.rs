//! Decides in which parameters a cooperative differs from what it declares, and how governance would say
//! the change.

use alloy::primitives::U256;
use serde::Serialize;

use crate::{
    AddressBook, Error,
    chain::Chain,
    governance::{Sentence, Setting, Vocabulary, parameter, present},
};

/// A parameter that is not as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Its name, as proposals have it.
    pub parameter: String,
    /// What it is.
    pub present: String,
    /// What it should be.
    pub declared: String,
    /// The sentence of a proposal that makes it so.
    pub sentence: String,
    /// The same for the library.
    #[serde(skip)]
    pub setting: Setting,
}

impl Drift {
    /// Makes the sentences of a proposal that ends these differences.
    #[must_use]
    pub fn sentences(list: &[Self]) -> Vec<Sentence> {
        list.iter().map(|drift| Sentence::Set(vec![drift.setting.clone()])).collect()
    }
}

/// Returns the parameters that are not as declared, by their names in proposals.
///
/// # Errors
///
/// - [`Error::Words`]: there is no parameter of a name, or the cooperative has not its contract.
/// - The failures of [`Chain::read`].
pub async fn drift(
    chain: &Chain,
    book: &AddressBook,
    declared: &[(String, U256)],
) -> Result<Vec<Drift>, Error> {
    let vocabulary = Vocabulary::of_book(book);
    let mut list = Vec::new();
    for (name, value) in declared {
        let row = parameter(name)?;
        let found = present(row, &vocabulary, chain).await?;
        if found == *value {
            continue;
        }
        let words = |value| row.unit.write(value, &vocabulary);
        list.push(Drift {
            parameter: name.clone(),
            present: words(found),
            declared: words(*value),
            sentence: format!("set {name} to {}", words(*value)),
            setting: Setting { parameter: row, value: *value },
        });
    }
    Ok(list)
}
