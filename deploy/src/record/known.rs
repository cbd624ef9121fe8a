//! Decides how the chain is asked which proofs it has.

use alloy::primitives::{Address, B256};

use crate::{
    Error, Event, Progress, Stage, bindings::IDataCoopRewards::areRecordedCall, chain::Chain,
};

/// How many proofs one request asks for. Each costs the contract one storage read.
const PROOFS_PER_REQUEST: usize = 500;

/// Returns for each proof whether `rewards` has it.
///
/// # Errors
///
/// As [`Chain::read`].
pub async fn known_proofs(
    chain: &Chain,
    rewards: Address,
    proofs: &[B256],
    progress: &dyn Progress,
) -> Result<Vec<bool>, Error> {
    let stage = Stage::Compare;
    let total = Some(proofs.len() as u64);
    progress.report(Event::Began { stage, subject: "what the chain has already", total });
    let mut known = Vec::with_capacity(proofs.len());
    for proofs in proofs.chunks(PROOFS_PER_REQUEST) {
        let answer = chain.read(rewards, &areRecordedCall { proofs: proofs.to_vec() }).await?;
        if answer.len() != proofs.len() {
            return Err(Error::Answer {
                request: "areRecorded".to_owned(),
                reason: format!("{} answers to {} questions", answer.len(), proofs.len()),
            });
        }
        known.extend(answer);
        progress.report(Event::Advanced { stage, done: known.len() as u64 });
    }
    progress.report(Event::Ended { stage });
    Ok(known)
}
