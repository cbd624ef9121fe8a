//! Decides how contracts are replaced. None can be changed in place, and the governor alone keeps nothing
//! that the cooperative would lose with it: a governor of this build is created beside the old one, and
//! a proposal hands its offices over.
//!
//! How far that is, is asked of the chain each time, so that it is carried on after any interruption.

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, Bytes, U256, keccak256},
    rpc::types::Filter,
    sol_types::SolEvent,
};
use serde::Serialize;

use super::{Target, create::Landing};
use crate::{
    AddressBook, Artifact, BookEntry, Error,
    bindings::{
        IGovernor::{
            ProposalState, TimelockChange, daoURICall, guardianCall, lateQuorumVoteExtensionCall,
            proposalSnapshotCall, proposalThresholdCall, quorumNumerator_0Call, stateCall,
            timelockCall, votingDelayCall, votingPeriodCall,
        },
        ITimelock::hasRoleCall,
    },
    chain::{Chain, Outgoing, Receipt, Sender},
    contracts::{CONTRACTS, Contract, GOVERNOR},
    governance::{Action, Class, Dao, Draft, Place, encode_all, read_action},
};

/// Why a contract is not replaced.
const KEEPS: [(&str, &str); 10] = [
    ("DataToken", "it holds everybody's balances, and what was minted in the last year"),
    ("GovToken", "it holds everybody's votes, and their history"),
    ("DataCoopRewards", "it knows what was paid already; another one would pay it again"),
    ("Timelock", "it owns every role, and what waits in it"),
    ("Treasury", "it holds the cooperative's money, which a proposal can pay to another one"),
    ("Membership", "it holds the memberships, by which all others know members"),
    ("ConsentRegistry", "it holds everybody's consents"),
    ("DataRegistry", "it holds the records, and the editions that were sold"),
    ("RevenueDistributor", "it holds what contributors are owed"),
    ("DataMarket", "it holds the licences, bids and stakes"),
];

/// How many proposals of one succession there may be, each after the one before it failed.
const PROPOSALS: usize = 16;

/// A contract of a cooperative, beside this build of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Built {
    /// Its name.
    pub contract: &'static str,
    /// Its address.
    pub address: Address,
    /// Whether its code is that of this build.
    pub is_current: bool,
    /// Why it is never replaced; nothing when it can be.
    pub keeps: Option<&'static str>,
}

/// A governor of this build that takes the place of another one.
#[derive(Clone, Debug)]
pub struct Succession {
    /// The governor in the address book.
    pub old: Address,
    /// The new one, which follows from the old one's address, its terms and this build.
    pub new: Address,
    /// How far it is.
    pub state: SuccessionState,
    arguments: Bytes,
    creation: Bytes,
    target: Target,
    dao: Dao,
    draft: Draft,
}

/// How far a succession is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SuccessionState {
    /// The new governor is not there.
    Absent,
    /// It is there, and nobody has proposed that it takes over.
    Created,
    /// That is proposed, and not executed yet.
    Proposed,
    /// It has the offices, and the old one has not.
    InOffice,
}

/// Compares the contracts of a cooperative with this build of them.
///
/// # Errors
///
/// [`Error::UnknownContract`] when an artifact is missing.
pub fn built(
    book: &AddressBook,
    artifacts: &[Artifact],
    target: Target,
) -> Result<Vec<Built>, Error> {
    let known = CONTRACTS.iter().filter_map(|contract| {
        let entry = book.contracts.get(contract.name)?;
        Some(artifact(artifacts, contract).map(|artifact| Built {
            contract: contract.name,
            address: entry.address,
            is_current: entry.code_hash == target.code_hash(artifact),
            keeps: keeps(contract),
        }))
    });
    known.collect()
}

/// Returns why a contract is never replaced.
fn keeps(contract: &Contract) -> Option<&'static str> {
    KEEPS.iter().find(|(name, _)| *name == contract.name).map(|(_, reason)| *reason)
}

fn artifact<'a>(artifacts: &'a [Artifact], contract: &Contract) -> Result<&'a Artifact, Error> {
    artifacts.iter().find(|artifact| artifact.name == contract.name).ok_or_else(|| {
        let known = artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
        Error::UnknownContract { name: contract.name.to_owned(), known }
    })
}

impl Succession {
    /// Finds out how far the succession of a cooperative's governor is. There is none while the governor
    /// is of this build.
    ///
    /// # Errors
    ///
    /// - [`Error::NotSelfGoverned`]: the cooperative has no governor.
    /// - [`Error::CodeDiffers`]: something else is where the new one should be.
    /// - The failures of [`Chain::read`].
    pub async fn of(
        chain: &Chain,
        book: &AddressBook,
        artifacts: &[Artifact],
    ) -> Result<Option<Self>, Error> {
        let (target, dao) = (Target::of(chain).await?, Dao::of_book(chain, book).await?);
        let (old, artifact) = (dao.governor, artifact(artifacts, &GOVERNOR)?);
        let code_hash = target.code_hash(artifact);
        if book.contracts.get(GOVERNOR.name).is_some_and(|entry| entry.code_hash == code_hash) {
            return Ok(None);
        }
        let arguments: Bytes = terms(&dao).await?.into();
        let (new, creation) = target.creation(artifact, &arguments, keccak256(old))?;
        let actions = hand_over(&dao, new).await?;
        let (draft, is_proposed) = draft(&dao, actions, new).await?;
        let mut succession = Self {
            old,
            new,
            state: SuccessionState::Absent,
            arguments,
            creation,
            target,
            dao,
            draft,
        };
        let code = chain.code(new).await?;
        succession.state = if code.is_empty() {
            SuccessionState::Absent
        } else if keccak256(&code) != code_hash {
            return Err(Error::CodeDiffers { contract: GOVERNOR.name.to_owned(), address: new });
        } else if succession.is_in_office().await? {
            SuccessionState::InOffice
        } else if is_proposed {
            SuccessionState::Proposed
        } else {
            SuccessionState::Created
        };
        Ok(Some(succession))
    }

    /// Returns the id of the proposal that hands the offices over.
    #[must_use]
    pub fn proposal(&self) -> U256 {
        self.draft.id()
    }

    /// Returns what that proposal does, in words.
    pub async fn words(&mut self) -> Vec<String> {
        self.dao.describe(&self.draft.actions).await
    }

    /// Makes sure that an account may propose.
    ///
    /// # Errors
    ///
    /// [`Error::NotEnoughVotes`], and the failures of [`Chain::read`].
    pub async fn expect_power(&self, account: Address) -> Result<(), Error> {
        self.dao.expect_power(account, Class::Standard).await
    }

    /// Creates the new governor, with the terms of the old one.
    ///
    /// # Errors
    ///
    /// - [`Error::CodeTooLarge`], [`Error::NoFactory`], [`Error::Stylus`]: it cannot be created.
    /// - [`Error::CodeDiffers`]: what was created is not what was built.
    /// - The failures of [`Sender::send`].
    pub async fn create(
        &mut self,
        sender: &Sender,
        artifacts: &[Artifact],
    ) -> Result<Receipt, Error> {
        let (chain, artifact) = (sender.chain(), artifact(artifacts, &GOVERNOR)?);
        self.target.prepare(sender).await?;
        let landing = match self.target {
            Target::Evm => Landing::of(chain, artifact, &self.arguments, self.new).await?,
            Target::Stylus { .. } => Landing::Free,
        };
        let outgoing = landing.outgoing(Outgoing {
            call: format!("creation of {}", artifact.name),
            to: Some(self.target.factory()),
            data: self.creation.clone(),
            value: self.target.value(chain, artifact).await?,
        });
        let receipt = match sender.send(&outgoing).await {
            Ok(receipt) => receipt,
            Err(error) => {
                landing.clear(chain).await?;
                return Err(error);
            }
        };
        landing.settle(chain).await?;
        if keccak256(chain.code(self.new).await?) != self.target.code_hash(artifact) {
            let contract = artifact.name.clone();
            return Err(Error::CodeDiffers { contract, address: self.new });
        }
        self.state = SuccessionState::Created;
        Ok(receipt)
    }

    /// Proposes that the new governor takes over.
    ///
    /// # Errors
    ///
    /// Those of [`Sender::send`].
    pub async fn propose(&mut self, sender: &Sender) -> Result<Receipt, Error> {
        let receipt = self.dao.propose(sender, &self.draft).await?;
        self.state = SuccessionState::Proposed;
        Ok(receipt)
    }

    /// Enters the new governor into the address book, once it is in office.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the book cannot be written, and the failures of asking for logs.
    pub async fn enter(&self, book: &mut AddressBook, artifacts: &[Artifact]) -> Result<(), Error> {
        let chain = &self.dao.chain;
        let creation =
            Filter::new().address(self.new).event_signature(TimelockChange::SIGNATURE_HASH);
        let logs = chain.logs(&creation, self.dao.since).await?;
        let (transaction, block) = logs
            .first()
            .map(|log| (log.transaction_hash.unwrap_or_default(), log.block_number.unwrap_or(0)))
            .unwrap_or_default();
        let receipt = chain.receipt(transaction).await?;
        let entry = BookEntry {
            address: self.new,
            deployer: receipt.as_ref().map_or(Address::ZERO, |receipt| receipt.from),
            transaction,
            block,
            gas_used: receipt.map_or(0, |receipt| receipt.gas_used),
            code_hash: self.target.code_hash(artifact(artifacts, &GOVERNOR)?),
            constructor_arguments: self.arguments.clone(),
        };
        book.contracts.insert(GOVERNOR.name.to_owned(), entry);
        book.write()
    }

    async fn is_in_office(&self) -> Result<bool, Error> {
        let (chain, timelock) = (&self.dao.chain, self.dao.vocabulary.address(Place::Timelock)?);
        let role = keccak256("PROPOSER_ROLE");
        let [new, old] = [self.new, self.old].map(|account| hasRoleCall { role, account });
        Ok(chain.read(timelock, &new).await? && !chain.read(timelock, &old).await?)
    }
}

/// Encodes the present terms of a governor as the arguments of another one's constructor.
async fn terms(dao: &Dao) -> Result<Vec<u8>, Error> {
    let (chain, at) = (&dao.chain, dao.governor);
    let guardian = chain.read(at, &guardianCall {}).await?;
    let extension = chain.read(at, &lateQuorumVoteExtensionCall {}).await?;
    GOVERNOR.encode_constructor(&[
        DynSolValue::Address(dao.token),
        DynSolValue::Address(chain.read(at, &timelockCall {}).await?),
        DynSolValue::Uint(chain.read(at, &votingDelayCall {}).await?, 48),
        DynSolValue::Uint(chain.read(at, &votingPeriodCall {}).await?, 32),
        DynSolValue::Uint(chain.read(at, &proposalThresholdCall {}).await?, 256),
        DynSolValue::Uint(chain.read(at, &quorumNumerator_0Call {}).await?, 256),
        DynSolValue::Uint(U256::from(extension), 48),
        DynSolValue::Address(guardian.account),
        DynSolValue::Uint(U256::from(guardian.expiry), 64),
        DynSolValue::String(uri_of(chain, at).await?.unwrap_or_default()),
    ])
}

/// Returns the URI at which a governor says that the cooperative describes itself; nothing when it is of a
/// build that has none.
pub(super) async fn uri_of(chain: &Chain, governor: Address) -> Result<Option<String>, Error> {
    match chain.read(governor, &daoURICall {}).await {
        Ok(uri) => Ok(Some(uri)),
        Err(Error::Reverted { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes what hands the offices of a governor over to another one.
async fn hand_over(dao: &Dao, new: Address) -> Result<Vec<Action>, Error> {
    let mut sentences = Vec::new();
    for (verb, preposition, account) in [("grant", "to", new), ("revoke", "from", dao.governor)] {
        for role in ["PROPOSER", "CANCELLER"] {
            let text = format!("{verb} {role} of timelock {preposition} {account}");
            sentences.extend(read_action(&text, &dao.vocabulary)?);
        }
    }
    encode_all(sentences, &dao.vocabulary, &dao.chain).await
}

/// Returns the proposal of a succession, and whether it was made: the first one that has not failed.
async fn draft(dao: &Dao, actions: Vec<Action>, new: Address) -> Result<(Draft, bool), Error> {
    let mut draft = Draft { class: Class::Standard, actions, description: String::new() };
    for attempt in 1..=PROPOSALS {
        let again = if attempt == 1 { String::new() } else { format!(" (proposal {attempt})") };
        draft.description =
            format!("A new governor\n\n{new} takes over from {}{again}.", dao.governor);
        let proposal_id = draft.id();
        let call = proposalSnapshotCall { proposalId: proposal_id };
        if dao.read(dao.governor, &call).await?.is_zero() {
            return Ok((draft, false));
        }
        let state = dao.read(dao.governor, &stateCall { proposalId: proposal_id }).await?;
        if !matches!(
            state,
            ProposalState::Canceled | ProposalState::Defeated | ProposalState::Expired
        ) {
            return Ok((draft, true));
        }
    }
    Ok((draft, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_but_the_governor_is_kept_for_a_reason() {
        for contract in CONTRACTS {
            assert_eq!(keeps(&contract).is_none(), contract.name == GOVERNOR.name);
        }
        assert_eq!(KEEPS.len() + 1, CONTRACTS.len());
    }
}
