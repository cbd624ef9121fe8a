//! Decides what is shown of the contracts: where they are, and until when they run.

use alloy::primitives::Address;

use super::View;
use crate::{
    Error,
    chain::ChainKind,
    stylus::{self, Life},
};

/// A contract, and until when it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractLife {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// Until when it runs. EVM code does not expire.
    pub life: Life,
}

impl View<'_> {
    pub(super) async fn contracts(&self) -> Result<Vec<ContractLife>, Error> {
        if self.chain.kind() == ChainKind::Evm {
            let code = self.book.contracts.iter().map(|(name, entry)| ContractLife {
                name: name.clone(),
                address: entry.address,
                life: Life::EvmCode,
            });
            return Ok(code.collect());
        }
        let programs = stylus::survey(self.chain, self.book).await?.into_iter();
        let programs = programs.map(|program| ContractLife {
            name: program.contract,
            address: program.address,
            life: program.life,
        });
        Ok(programs.collect())
    }
}
