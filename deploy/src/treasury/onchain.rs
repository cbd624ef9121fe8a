//! Decides what is asked of a treasury on chain, and of a plain Safe, which has less to answer.

use alloy::{
    primitives::{Address, B256, U256, b256},
    providers::Provider,
    rpc::types::{Filter, Log},
    sol_types::SolCall,
};

use super::{Operation, SENTINEL, SafeTx, TreasuryError, action::previous};
use crate::{
    Error,
    bindings::ITreasury::{
        VERSIONCall, approvedHashesCall, delayCall, getModulesPaginatedCall, getOwnersCall,
        getStorageAtCall, getThresholdCall, getTransactionHashCall, governorCall, nonceCall,
        readyAtCall, strictBudgetsCall,
    },
    chain::Chain,
};

/// Where Safe keeps its guards and its fallback handler (Safe 1.5.0: Keccak-256 of
/// `guard_manager.guard.address`, `module_manager.module_guard.address` and
/// `fallback_manager.handler.address`).
const GUARD_SLOT: B256 = b256!("4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8");
const MODULE_GUARD_SLOT: B256 =
    b256!("b104e0b93118902c651344349b610029d694cfdec91c589c91ebafbcd0289947");
const FALLBACK_HANDLER_SLOT: B256 =
    b256!("6c9a6c4a39284e37ed1cf53d337577d14212a4870fb976a4366c693b939918d5");

/// How many modules are asked for at once.
const PAGE: u64 = 100;

/// A treasury on its chain.
#[derive(Clone, Debug)]
pub struct Treasury {
    chain: Chain,
    address: Address,
    since: u64,
}

/// How a treasury is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The version of Safe whose ABI it has.
    pub version: String,
    /// The owners, in the order of the contract's list.
    pub owners: Vec<Address>,
    /// How many of them must sign.
    pub threshold: u64,
    /// The next nonce.
    pub nonce: U256,
    /// The modules, in the order of the contract's list.
    pub modules: Vec<Address>,
    /// Who checks transactions.
    pub guard: Option<Address>,
    /// Who checks modules.
    pub module_guard: Option<Address>,
    /// Who answers unknown calls.
    pub fallback_handler: Option<Address>,
    /// The delay of the owners' transactions, in seconds.
    pub delay: u64,
    /// The module that may do all that the owners may.
    pub governor: Option<Address>,
    /// Whether owners may only pay from budget lines.
    pub strict_budgets: bool,
}

impl Treasury {
    /// Makes a treasury of its address, whose first event is not before the block `since`.
    #[must_use]
    pub fn new(chain: &Chain, address: Address, since: u64) -> Self {
        Self { chain: chain.clone(), address, since }
    }

    /// Returns the chain.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the treasury's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Asks how the treasury is set up.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn settings(&self) -> Result<Settings, Error> {
        let nonzero = |address: Option<Address>| address.filter(|address| !address.is_zero());
        Ok(Settings {
            version: self.read(&VERSIONCall {}).await?,
            owners: self.owners().await?,
            threshold: self.threshold().await?,
            nonce: self.nonce().await?,
            modules: self.modules().await?,
            guard: self.stored(GUARD_SLOT).await?,
            module_guard: self.stored(MODULE_GUARD_SLOT).await?,
            fallback_handler: self.stored(FALLBACK_HANDLER_SLOT).await?,
            delay: self.delay().await?,
            governor: nonzero(self.beyond_safe(&governorCall {}).await?),
            strict_budgets: self.beyond_safe(&strictBudgetsCall {}).await?.unwrap_or_default(),
        })
    }

    /// Asks for the owners.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn owners(&self) -> Result<Vec<Address>, Error> {
        self.read(&getOwnersCall {}).await
    }

    /// Asks how many owners must sign.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn threshold(&self) -> Result<u64, Error> {
        Ok(self.read(&getThresholdCall {}).await?.saturating_to())
    }

    /// Asks for the next nonce.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn nonce(&self) -> Result<U256, Error> {
        self.read(&nonceCall {}).await
    }

    /// Asks for the delay, in seconds. A plain Safe has none.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn delay(&self) -> Result<u64, Error> {
        let delay = self.beyond_safe(&delayCall {}).await?;
        Ok(delay.unwrap_or_default().saturating_to())
    }

    /// Asks when a queued transaction can be executed, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn ready_at(&self, hash: B256) -> Result<Option<u64>, Error> {
        let ready_at = self.beyond_safe(&readyAtCall { txHash: hash }).await?.unwrap_or_default();
        Ok((!ready_at.is_zero()).then(|| ready_at.saturating_to()))
    }

    /// Asks whether an owner approved a hash on chain.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn has_approved(&self, owner: Address, hash: B256) -> Result<bool, Error> {
        let approved = self.read(&approvedHashesCall { owner, messageHash: hash }).await?;
        Ok(!approved.is_zero())
    }

    /// Asks for the modules.
    ///
    /// # Errors
    ///
    /// As [`Chain::read`].
    pub async fn modules(&self) -> Result<Vec<Address>, Error> {
        let (mut modules, mut start) = (Vec::new(), SENTINEL);
        loop {
            let page = getModulesPaginatedCall { start, pageSize: U256::from(PAGE) };
            let page = self.read(&page).await?;
            modules.extend(page.array);
            if page.next == SENTINEL || page.next.is_zero() {
                return Ok(modules);
            }
            start = page.next;
        }
    }

    /// Asks who stands before an owner in the contract's list.
    ///
    /// # Errors
    ///
    /// [`TreasuryError::NotInList`] when it is no owner, and as [`Chain::read`].
    pub async fn before_owner(&self, owner: Address) -> Result<Address, Error> {
        let missing = TreasuryError::NotInList { account: owner, what: "owner" };
        previous(&self.owners().await?, owner).ok_or_else(|| missing.into())
    }

    /// Asks which module stands before another in the contract's list.
    ///
    /// # Errors
    ///
    /// [`TreasuryError::NotInList`] when it is no module, and as [`Chain::read`].
    pub async fn before_module(&self, module: Address) -> Result<Address, Error> {
        let missing = TreasuryError::NotInList { account: module, what: "module" };
        previous(&self.modules().await?, module).ok_or_else(|| missing.into())
    }

    /// Checks that the treasury makes the same hash of a transaction as is made here.
    ///
    /// # Errors
    ///
    /// [`TreasuryError::HashDisagrees`] when it does not, and as [`Chain::read`].
    pub async fn check_hash(&self, transaction: &SafeTx) -> Result<B256, Error> {
        let computed = transaction.hash(self.chain.id(), self.address);
        let SafeTx { operation, .. } = transaction;
        let answered = self
            .read(&getTransactionHashCall {
                to: transaction.to,
                value: transaction.value,
                data: transaction.data.clone(),
                operation: u8::from(*operation),
                safeTxGas: transaction.safe_tx_gas,
                baseGas: transaction.base_gas,
                gasPrice: transaction.gas_price,
                gasToken: transaction.gas_token,
                refundReceiver: transaction.refund_receiver,
                _nonce: transaction.nonce,
            })
            .await?;
        if answered == computed {
            return Ok(computed);
        }
        Err(TreasuryError::HashDisagrees { treasury: self.address, computed, answered }.into())
    }

    /// Returns a transaction of one call, with gas and refund left to whoever executes it.
    #[must_use]
    pub fn transaction(call: super::Call, operation: Operation, nonce: U256) -> SafeTx {
        let super::Call { to, value, data } = call;
        SafeTx { to, value, data, operation, nonce, ..SafeTx::default() }
    }

    pub(super) async fn read<C: SolCall>(&self, call: &C) -> Result<C::Return, Error> {
        self.chain.read(self.address, call).await
    }

    /// Asks what a plain Safe does not know: it hands the call to its fallback handler, who
    /// answers nothing or refuses without a reason.
    pub(super) async fn beyond_safe<C: SolCall>(
        &self,
        call: &C,
    ) -> Result<Option<C::Return>, Error> {
        match self.read(call).await {
            Ok(answer) => Ok(Some(answer)),
            Err(Error::Answer { .. }) => Ok(None),
            Err(Error::Reverted { error, .. }) if error.data.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn stored(&self, slot: B256) -> Result<Option<Address>, Error> {
        let call = getStorageAtCall { offset: slot.into(), length: U256::ONE };
        let word = self.read(&call).await?;
        let address = Address::from_word(B256::left_padding_from(&word[..word.len().min(32)]));
        Ok((!address.is_zero()).then_some(address))
    }

    /// Asks for the treasury's logs of some events, oldest first. A node that refuses so many
    /// blocks at once is asked for half of them.
    pub(super) async fn logs(&self, events: &[B256]) -> Result<Vec<Log>, Error> {
        let provider = self.chain.provider();
        let last = self.chain.ask("eth_blockNumber", provider.get_block_number()).await?;
        let mut logs = Vec::new();
        let (mut from, mut count) = (self.since, last.saturating_sub(self.since) + 1);
        while from <= last {
            let to = last.min(from + count - 1);
            let filter = Filter::new()
                .address(self.address)
                .event_signature(events.to_vec())
                .from_block(from)
                .to_block(to);
            match self.chain.ask("eth_getLogs", provider.get_logs(&filter)).await {
                Ok(some) => {
                    logs.extend(some);
                    from = to + 1;
                }
                Err(Error::Refusal { .. }) if count > 1 => count = count.div_ceil(2),
                Err(error) => return Err(error),
            }
        }
        Ok(logs)
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::keccak256;

    use super::*;

    #[test]
    fn slots_are_the_hashes_of_their_names() {
        for (slot, name) in [
            (GUARD_SLOT, "guard_manager.guard.address"),
            (MODULE_GUARD_SLOT, "module_manager.module_guard.address"),
            (FALLBACK_HANDLER_SLOT, "fallback_manager.handler.address"),
        ] {
            assert_eq!(slot, keccak256(name));
        }
    }
}
