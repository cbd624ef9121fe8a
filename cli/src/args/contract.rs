//! Decides which flags name a contract that signs (ERC-1271), and what it takes for its signature.

use alloy::primitives::{Address, Bytes};
use clap::ValueEnum;
use datacoop_deploy::treasury::ContractForm;

use crate::exit::Usage;

/// An account that is a contract, and signs as ERC-1271 has it.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Contract account")]
pub(crate) struct ContractArgs {
    /// Sign for this contract (ERC-1271), as one of its owners.
    ///
    /// When several of a Safe's owners must sign, each runs the command with the same file.
    #[arg(long, value_name = "ADDRESS")]
    contract: Option<Address>,

    /// What the contract takes for its signature [default: safe]
    #[arg(long, value_name = "FORM", requires = "contract", conflicts_with = "signature")]
    contract_form: Option<Form>,

    /// The contract's whole signature, as another tool made it; no key is needed.
    #[arg(long, value_name = "HEX", requires = "contract")]
    signature: Option<Bytes>,
}

/// What a contract takes, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A Safe's message, signed by as many of its owners as must sign.
    Safe,
    /// The signature of the wallet's one key.
    Key,
}

/// Who signs for a contract, and how.
#[derive(Clone, Debug)]
pub(crate) enum ContractConsent {
    /// A key of one of its owners.
    Key(ContractForm),
    /// Nobody: its signature is there.
    Made(Bytes),
}

impl ContractArgs {
    /// The contract that is signed for, if one is.
    pub(crate) fn consent(self) -> Option<(Address, ContractConsent)> {
        let Self { contract, contract_form, signature } = self;
        let form = match contract_form {
            Some(Form::Key) => ContractForm::Key,
            Some(Form::Safe) | None => ContractForm::Safe,
        };
        let consent = signature.map_or(ContractConsent::Key(form), ContractConsent::Made);
        Some((contract?, consent))
    }
}

/// Lets a key be left out when the signature is there already.
pub(crate) fn unless_signed(from: clap::Arg) -> clap::Arg {
    from.required(false).required_unless_present("signature")
}

/// What is wrong when nobody signs.
pub(crate) fn nobody_signs() -> Usage {
    Usage("say who signs, with `--from`".to_owned())
}
