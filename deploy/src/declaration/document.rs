//! Decides what a cooperative publishes of itself for others to find (ERC-4824, Common Interfaces for DAOs).

use std::path::Path;

use alloy::primitives::Address;
use serde::Serialize;

use super::{Declaration, Legal};
use crate::{Error, document};

/// The document that a cooperative's `daoURI` leads to (ERC-4824, `daoURI` schema).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DaoDocument {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    description: String,
    /// The contracts, by name.
    contracts: Vec<DaoContract>,
    /// The legal form, which the schema has no word for.
    #[serde(skip_serializing_if = "Option::is_none")]
    legal: Option<LegalForm>,
}

/// A contract of a cooperative (CAIP-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct DaoContract {
    id: String,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct LegalForm {
    form: String,
    jurisdiction: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statutes: Option<String>,
}

impl DaoDocument {
    /// Writes the document.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }
}

/// Makes the document of a cooperative whose contracts are at these addresses.
#[must_use]
pub fn dao_document<'a>(
    declaration: &Declaration,
    contracts: impl IntoIterator<Item = (&'a str, Address)>,
) -> DaoDocument {
    let chain = declaration.network.chain_id;
    let contract = |(name, address): (&str, Address)| DaoContract {
        id: format!("eip155:{chain}:{}", address.to_checksum(None)),
        name: name.to_owned(),
    };
    let legal = |legal: &Legal| LegalForm {
        form: legal.form.clone(),
        jurisdiction: legal.jurisdiction.clone(),
        registration: legal.registration.clone(),
        statutes: legal.statutes.clone(),
    };
    DaoDocument {
        context: "https://www.daostar.org/schemas",
        kind: "DAO",
        name: declaration.coop.name.0.clone(),
        description: declaration.coop.description.clone(),
        contracts: contracts.into_iter().map(contract).collect(),
        legal: declaration.coop.legal.as_ref().map(legal),
    }
}
