//! Decides how a deployment is laid aside: every transaction of the plan, in its order, with the gas that its
//! simulation used. What became of them is asked of the chain when the deployment is carried on.

use std::path::Path;

use super::{CoopConfig, PlannedTransaction, Target, create::Landing, plan};
use crate::{
    Artifact, Error,
    chain::{ChainKind, Outgoing, Sender},
    offline::OfflineError,
};

/// Signs what is left of a deployment, or writes it as a Safe's calls, in place of sending it.
///
/// # Errors
///
/// - [`OfflineError::LaidAside`]: all of it was laid aside.
/// - [`OfflineError::GasUnknown`]: the node cannot simulate, and no gas limit was given.
/// - [`Error::NoFactory`], [`Error::CodeTooLarge`]: something is to be done first that cannot be laid
///   aside.
/// - Those of [`plan`], and of signing.
pub(super) async fn lay_aside(
    sender: &Sender,
    artifacts: &[Artifact],
    config: &CoopConfig,
    book: &Path,
) -> Result<(), Error> {
    let chain = sender.chain();
    let factory = Target::of(chain).await?.factory();
    if chain.code(factory).await?.is_empty() {
        let reason = "it comes before what can be laid aside: any account that runs `datacoop apply` puts it there first".to_owned();
        return Err(Error::NoFactory { factory, reason });
    }
    let plan = plan(chain, sender.address(), artifacts, config, book).await?;
    for transaction in &plan.transactions {
        let PlannedTransaction {
            title, contract, to, function, data, value, gas, data_gas, ..
        } = transaction;
        if function == "constructor" {
            takes_code(sender, artifacts, *contract, data.len()).await?;
        }
        let call = title.clone();
        let outgoing = Outgoing { call, to: Some(*to), data: data.clone(), value: *value };
        let limit = chain.outbox().and_then(|outbox| outbox.gas_limit());
        let simulated = gas.map(|gas| gas.saturating_add(gas / 4).saturating_add(*data_gas));
        let gas = limit.or(simulated);
        let gas = gas.ok_or_else(|| OfflineError::GasUnknown { step: title.clone() })?;
        let nonce = sender.next_nonce().await?;
        sender.submit(&outgoing, nonce, gas).await?;
    }
    Err(OfflineError::LaidAside.into())
}

/// Makes sure that a transaction alone creates a contract.
async fn takes_code(
    sender: &Sender,
    artifacts: &[Artifact],
    contract: Option<&str>,
    initcode: usize,
) -> Result<(), Error> {
    let is_it = |artifact: &&Artifact| Some(artifact.name.as_str()) == contract;
    match artifacts.iter().find(is_it) {
        Some(_) if sender.chain().kind() != ChainKind::Evm => Ok(()),
        Some(artifact) => Landing::expect_free(sender.chain(), artifact, initcode).await,
        None => Ok(()),
    }
}
