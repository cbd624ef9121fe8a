//! Decides how actions come from the command line, and what the help says about their words.

use std::path::PathBuf;

use datacoop_deploy::governance::{
    Action, Dao, PARAMETERS, ProposalFile, encode_all, read_sentences, roles,
};

/// What a proposal does.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Actions")]
pub(super) struct ActionArgs {
    /// An action in words; may be given several times.
    #[arg(long = "action", short = 'a', value_name = "WORDS")]
    actions: Vec<String>,

    /// A call as it is, after the actions in words; may be given several times.
    #[arg(long = "call", value_name = "TARGET:0xCALLDATA[:WEI]")]
    calls: Vec<Action>,

    /// A file with the actions, and the description and class that are not given here: TOML, or JSON
    /// when its name ends with `.json`. Its actions come first.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl ActionArgs {
    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.calls.is_empty() && self.file.is_none()
    }

    /// Reads the file, if there is one.
    pub(super) fn read_file(&self) -> anyhow::Result<ProposalFile> {
        Ok(self.file.as_deref().map(ProposalFile::read).transpose()?.unwrap_or_default())
    }

    /// Makes the actions. Values that are set together with others stay as they are on chain.
    pub(super) async fn encode(
        &self,
        file: &ProposalFile,
        dao: &mut Dao,
    ) -> anyhow::Result<Vec<Action>> {
        let mut sentences = Vec::new();
        for text in file.actions.iter().chain(&self.actions) {
            let (vocabulary, chain) = (&mut dao.vocabulary, &dao.chain);
            sentences.extend(read_sentences(text, vocabulary, chain).await?);
        }
        let mut actions = encode_all(sentences, &dao.vocabulary, &dao.chain).await?;
        for call in &file.calls {
            actions.push(call.parse().map_err(datacoop_deploy::Error::from)?);
        }
        actions.extend(self.calls.iter().cloned());
        Ok(actions)
    }
}

/// The words of actions, for the help.
pub(super) fn language() -> String {
    let width = PARAMETERS.iter().map(|row| row.full_name().len()).max().unwrap_or_default();
    let parameters: String = PARAMETERS
        .iter()
        .map(|row| format!("  {:width$}  {}\n", row.full_name(), row.unit.example()))
        .collect();
    let roles: Vec<_> =
        roles().map(|role| format!("{} of {}", role.name, role.place.name())).collect();
    format!(
        "\
Actions:
  set PARAMETER to VALUE, PARAMETER to VALUE …
  pay AMOUNT TOKEN to ACCOUNT [from LINE]
  grant ROLE of CONTRACT to ACCOUNT
  revoke ROLE of CONTRACT from ACCOUNT
  limit LINE|ACCOUNT to AMOUNT TOKEN per DURATION|in all [from LINE]
  allow|forbid CONTRACT FUNCTION on CLASS
  price CLASS by edition|record at AMOUNT TOKEN
  accept|refuse TOKEN in market, accept TOKEN in distributor
  publish SCHEMA HASH [at URI]
  give COUNT shares of validators to ACCOUNT
  slash ACCOUNT by AMOUNT DATA under RULING
  bar|unbar ACCOUNT under RULING
  call CONTRACT FUNCTION ARGUMENT … [with AMOUNT ETH] [as treasury]

Parameters:
{parameters}
Roles: {}",
        roles.join(", ")
    )
}
