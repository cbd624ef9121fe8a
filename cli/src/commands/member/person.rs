//! Decides by which flags an issuer says who a person is, and what the person will act as.

use std::path::PathBuf;

use alloy::primitives::B256;
use datacoop_deploy::members::{ActorRole, ActorRoles, IssuerSecret};

/// The variable that holds the issuer's secret.
const SECRET_VARIABLE: &str = "DATACOOP_ISSUER_SECRET";

/// Who a person is, to the issuer.
#[derive(Debug, clap::Args)]
pub(super) struct PersonArgs {
    /// What the issuer knows the person by, such as a number in its register. It goes nowhere but
    /// into a hash under the issuer's secret.
    #[arg(long, value_name = "TEXT", required_unless_present = "credential")]
    person: Option<String>,

    /// The credential itself, by an issuer that hashes in its own way.
    #[arg(long, value_name = "HASH", conflicts_with = "person")]
    credential: Option<B256>,

    /// A file with the issuer's secret; without it, the variable `DATACOOP_ISSUER_SECRET` has it.
    #[arg(long, value_name = "FILE", env = "DATACOOP_ISSUER_SECRET_FILE", hide_env_values = true)]
    secret_file: Option<PathBuf>,

    /// What the member acts as: patient, practitioner, provider, payer, researcher, oracle,
    /// validator.
    #[arg(long = "role", value_name = "ROLE,…", value_delimiter = ',', default_value = "patient")]
    roles: Vec<ActorRole>,
}

impl PersonArgs {
    /// The person's credential.
    pub(super) fn credential(&self) -> anyhow::Result<B256> {
        let Some(person) = &self.person else { return Ok(self.credential.unwrap_or_default()) };
        let secret = IssuerSecret::load(self.secret_file.as_deref(), SECRET_VARIABLE);
        let credential = secret.and_then(|secret| secret.credential(person));
        Ok(credential.map_err(datacoop_deploy::Error::from)?)
    }

    /// What the member will act as.
    pub(super) fn roles(&self) -> ActorRoles {
        self.roles.iter().copied().collect()
    }
}
