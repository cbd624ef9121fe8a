//! Decides what a vote by signature is: the ballot that is signed, and the file that carries it.

use std::{fmt, fs, path::Path};

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256},
    sol,
    sol_types::{Eip712Domain, eip712_domain},
};
use serde::{Deserialize, Serialize};

use super::Dao;
use crate::{
    Error,
    bindings::IGovernor::{
        castVoteBySigCall, castVoteWithReasonAndParamsBySigCall, eip712DomainCall, noncesCall,
    },
    chain::Outgoing,
    document,
    keys::{Signer, Typed},
    treasury::{ContractForm, ContractSigner, is_signed_by},
};

/// The EIP-712 name and version of the governor, for signing without a chain.
const DOMAIN: (&str, &str) = ("Datacoop Governor", "1");

/// The version of the file's form.
const SCHEMA: u64 = 1;

mod typed {
    //! What is signed (OpenZeppelin's governor).
    #![allow(missing_docs, reason = "the fields are those of the type hash")]

    use super::sol;

    sol! {
        #[derive(serde::Serialize)]
        struct Ballot {
            uint256 proposalId;
            uint8 support;
            address voter;
            uint256 nonce;
        }

        #[derive(serde::Serialize)]
        struct ExtendedBallot {
            uint256 proposalId;
            uint8 support;
            address voter;
            uint256 nonce;
            string reason;
            bytes params;
        }
    }
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Support {
    /// Against the proposal.
    Against,
    /// For the proposal.
    For,
    /// For the quorum alone.
    Abstain,
}

impl Support {
    /// Every vote, by its number on chain.
    pub const ALL: [Self; 3] = [Self::Against, Self::For, Self::Abstain];

    /// Returns the vote's number on chain.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the vote in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Against => "against",
            Self::For => "for",
            Self::Abstain => "abstain",
        }
    }
}

impl fmt::Display for Support {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A vote of an account on a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// The proposal.
    pub proposal: U256,
    /// The vote.
    pub support: Support,
    /// Who votes.
    pub voter: Address,
    /// The voter's nonce at the governor.
    pub nonce: U256,
    /// Why, in the voter's words; nothing when it is empty.
    pub reason: String,
}

/// The governor that a ballot is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotTerms {
    /// The chain's id.
    pub chain_id: u64,
    /// The governor.
    pub governor: Address,
    name: String,
    version: String,
}

impl BallotTerms {
    /// Takes the domain that the governor of the suite has, without asking it.
    #[must_use]
    pub fn offline(chain_id: u64, governor: Address) -> Self {
        let (name, version) = (DOMAIN.0.to_owned(), DOMAIN.1.to_owned());
        Self { chain_id, governor, name, version }
    }

    fn domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: self.name.clone(),
            version: self.version.clone(),
            chain_id: self.chain_id,
            verifying_contract: self.governor,
        }
    }
}

impl Ballot {
    /// Returns the hash that is signed (EIP-712).
    #[must_use]
    pub fn digest(&self, terms: &BallotTerms) -> B256 {
        self.typed(terms).digest()
    }

    fn typed(&self, terms: &BallotTerms) -> Typed {
        let Self { proposal, support, voter, nonce, reason } = self.clone();
        let (domain, support) = (terms.domain(), support.number());
        if reason.is_empty() {
            Typed::new(&typed::Ballot { proposalId: proposal, support, voter, nonce }, &domain)
        } else {
            let (proposal_id, params) = (proposal, Bytes::new());
            let ballot = typed::ExtendedBallot {
                proposalId: proposal_id,
                support,
                voter,
                nonce,
                reason,
                params,
            };
            Typed::new(&ballot, &domain)
        }
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign(&self, terms: &BallotTerms, signer: &Signer) -> Result<SignedBallot, Error> {
        let signature = signer.sign_typed(&self.typed(terms)).await?;
        Ok(self.signed(terms, signature.as_bytes().into()))
    }

    /// Signs it for a voter that is a contract, as one of that contract's owners. When a ballot is
    /// given that others of them signed, and it is the same, their signatures stay.
    ///
    /// # Errors
    ///
    /// As [`Signer::sign_typed`].
    pub async fn sign_for(
        &self,
        terms: &BallotTerms,
        form: ContractForm,
        signer: &Signer,
        before: Option<&SignedBallot>,
    ) -> Result<SignedBallot, Error> {
        let by = ContractSigner { chain_id: terms.chain_id, address: self.voter, form };
        let is_same = |other: &&SignedBallot| {
            **other == SignedBallot { signature: other.signature.clone(), ..self.unsigned(terms) }
        };
        let before = before.filter(is_same).map(|other| other.signature.clone());
        let signature = by.sign(signer, self.typed(terms), &before.unwrap_or_default()).await?;
        Ok(self.signed(terms, signature))
    }

    /// Takes a signature that was made elsewhere.
    #[must_use]
    pub fn signed(&self, terms: &BallotTerms, signature: Bytes) -> SignedBallot {
        SignedBallot { signature, ..self.unsigned(terms) }
    }

    fn unsigned(&self, terms: &BallotTerms) -> SignedBallot {
        SignedBallot {
            schema: SCHEMA,
            chain_id: terms.chain_id,
            governor: terms.governor,
            proposal: self.proposal.to_string(),
            support: self.support,
            voter: self.voter,
            nonce: self.nonce.to_string(),
            reason: self.reason.clone(),
            signature: Bytes::new(),
        }
    }
}

/// A signed ballot, as a file carries it to whoever submits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedBallot {
    schema: u64,
    /// The chain's id.
    pub chain_id: u64,
    /// The governor.
    pub governor: Address,
    /// The proposal's id, in decimal digits.
    pub proposal: String,
    /// The vote.
    pub support: Support,
    /// Who votes.
    pub voter: Address,
    /// The voter's nonce at the governor, in decimal digits.
    pub nonce: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// The signature: 65 bytes, or what the voter's contract takes (ERC-1271).
    pub signature: Bytes,
}

impl SignedBallot {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::MalformedFile`]: it cannot be read or is no signed ballot.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(|source| Error::Io {
            path: path.into(),
            action: "read",
            source,
        })?;
        let malformed = |reason: String| Error::MalformedFile { path: path.into(), reason };
        let ballot: Self = serde_json::from_slice(&text).map_err(|e| malformed(e.to_string()))?;
        if ballot.schema != SCHEMA {
            return Err(malformed(format!("its version is {}, not {SCHEMA}", ballot.schema)));
        }
        ballot.ballot().ok_or_else(|| malformed("an id or a nonce is no number".to_owned()))?;
        Ok(ballot)
    }

    /// Writes a file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        document::write(path, self)
    }

    /// Returns what was signed.
    #[must_use]
    pub fn ballot(&self) -> Option<Ballot> {
        Some(Ballot {
            proposal: U256::from_str_radix(&self.proposal, 10).ok()?,
            support: self.support,
            voter: self.voter,
            nonce: U256::from_str_radix(&self.nonce, 10).ok()?,
            reason: self.reason.clone(),
        })
    }

    /// Returns who made the signature, if it is an account's.
    fn signer(&self, terms: &BallotTerms) -> Option<Address> {
        let signature = Signature::from_raw(&self.signature).ok()?;
        signature.recover_address_from_prehash(&self.ballot()?.digest(terms)).ok()
    }
}

impl Dao {
    /// Asks the governor for the domain of its ballots.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn ballot_terms(&self) -> Result<BallotTerms, Error> {
        let domain = self.read(self.governor, &eip712DomainCall {}).await?;
        Ok(BallotTerms {
            chain_id: domain.chainId.saturating_to(),
            governor: domain.verifyingContract,
            name: domain.name,
            version: domain.version,
        })
    }

    /// Asks the governor for the nonce of an account's next ballot.
    ///
    /// # Errors
    ///
    /// The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn ballot_nonce(&self, voter: Address) -> Result<U256, Error> {
        self.read(self.governor, &noncesCall { owner: voter }).await
    }

    /// Makes the call that casts a signed ballot, after checking that it is for this governor and
    /// can still be used.
    ///
    /// # Errors
    ///
    /// - [`Error::Ballot`]: it is for another governor or chain, was used, or was not signed by the
    ///   voter.
    /// - The failures of [`Chain::read`](crate::chain::Chain::read).
    pub async fn cast_signed(&self, path: &Path, signed: &SignedBallot) -> Result<Outgoing, Error> {
        let refused = |reason: String| Error::Ballot { path: path.to_path_buf(), reason };
        let ballot = signed.ballot().ok_or_else(|| refused("it has no number".to_owned()))?;
        let terms = self.ballot_terms().await?;
        if signed.chain_id != terms.chain_id {
            let (other, this) = (signed.chain_id, terms.chain_id);
            return Err(refused(format!("it is for chain {other}, and this is chain {this}")));
        }
        if signed.governor != terms.governor {
            return Err(refused(format!("it is for the governor {}", signed.governor)));
        }
        let nonce = self.ballot_nonce(ballot.voter).await?;
        if ballot.nonce != nonce {
            let (given, voter) = (ballot.nonce, ballot.voter);
            return Err(refused(format!(
                "its nonce is {given} and the next one of {voter} is {nonce}: it was used, or others were"
            )));
        }
        // A contract decides for itself what its signatures are.
        let is_contract = !self.chain.code(ballot.voter).await?.is_empty();
        if !is_contract && signed.signer(&terms) != Some(ballot.voter) {
            return Err(refused(format!("{} did not sign this", ballot.voter)));
        }
        let (voter, digest) = (ballot.voter, ballot.digest(&terms));
        if is_contract && !is_signed_by(&self.chain, voter, digest, &signed.signature).await? {
            return Err(refused(format!(
                "the contract {voter} does not take this for its signature: too few of its owners have signed, or it is of another form"
            )));
        }
        let Ballot { proposal, support, voter, reason, .. } = ballot;
        let (support, signature) = (support.number(), signed.signature.clone());
        Ok(if reason.is_empty() {
            let call = castVoteBySigCall { proposalId: proposal, support, voter, signature };
            Outgoing::call(self.governor, &call)
        } else {
            let call = castVoteWithReasonAndParamsBySigCall {
                proposalId: proposal,
                support,
                voter,
                reason,
                params: Bytes::new(),
                signature,
            };
            Outgoing::call(self.governor, &call)
        })
    }
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolStruct;

    use super::*;
    use crate::keys::{dev_account, testing::wait};

    fn terms() -> BallotTerms {
        BallotTerms::offline(31_337, Address::repeat_byte(7))
    }

    fn signer() -> Signer {
        dev_account(3).unwrap().into()
    }

    fn ballot(reason: &str) -> Ballot {
        Ballot {
            proposal: U256::from(5),
            support: Support::For,
            voter: dev_account(3).unwrap().address(),
            nonce: U256::ZERO,
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn type_hashes_are_those_of_openzeppelins_governor() {
        use alloy::primitives::keccak256;
        let plain = "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)";
        let extended = "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)";
        assert_eq!(typed::Ballot::eip712_encode_type(), plain);
        assert_eq!(typed::ExtendedBallot::eip712_encode_type(), extended);
        assert_eq!(keccak256(plain)[..4], [0xf2, 0xaa, 0xd5, 0x50]);
    }

    #[test]
    fn a_signed_ballot_is_read_as_it_was_written_and_names_its_signer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ballot.json");
        for reason in ["", "it helps"] {
            let signed = wait(ballot(reason).sign(&terms(), &signer())).unwrap();
            signed.write(&path).unwrap();
            let read = SignedBallot::read(&path).unwrap();
            assert_eq!(read, signed);
            assert_eq!(read.ballot(), Some(ballot(reason)));
            assert_eq!(read.signer(&terms()), Some(ballot("").voter));
        }
    }

    #[test]
    fn a_ballot_that_was_changed_names_another_signer() {
        let signed = wait(ballot("").sign(&terms(), &signer())).unwrap();
        let voter = Some(ballot("").voter);
        let changed = [
            SignedBallot { support: Support::Against, ..signed.clone() },
            SignedBallot { nonce: "1".to_owned(), ..signed.clone() },
            SignedBallot { proposal: "6".to_owned(), ..signed.clone() },
            SignedBallot { reason: "no".to_owned(), ..signed.clone() },
        ];
        for changed in changed {
            assert_ne!(changed.signer(&terms()), voter);
        }
        assert_ne!(signed.signer(&BallotTerms::offline(1, terms().governor)), voter);
        assert_ne!(signed.signer(&BallotTerms::offline(31_337, Address::ZERO)), voter);
        assert_eq!(SignedBallot { signature: Bytes::new(), ..signed }.signer(&terms()), None);
    }

    #[test]
    fn a_file_that_is_no_ballot_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ballot.json");
        let signed = wait(ballot("").sign(&terms(), &signer())).unwrap();
        let good = serde_json::to_value(&signed).unwrap();
        let refused = |field: &str, value: serde_json::Value| {
            let mut document = good.clone();
            document[field] = value;
            fs::write(&path, document.to_string()).unwrap();
            assert!(
                matches!(SignedBallot::read(&path), Err(Error::MalformedFile { .. })),
                "{field}"
            );
        };
        refused("schema", 2.into());
        refused("proposal", "x".into());
        refused("nonce", "-1".into());
        refused("support", "maybe".into());
        refused("voter", "alice".into());
        refused("more", 1.into());
        fs::write(&path, "[]").unwrap();
        assert!(matches!(SignedBallot::read(&path), Err(Error::MalformedFile { .. })));
        let missing = SignedBallot::read(&folder.path().join("missing"));
        assert!(matches!(missing, Err(Error::Io { action: "read", .. })));
    }
}
