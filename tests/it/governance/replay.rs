//! Signatures are of use for one chain, one deployment and one time: those of GOV, of the governor
//! and of the treasury. What is refused is good where it belongs, so that nothing else is wrong with
//! it.

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256, keccak256, uint},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    signers::SignerSync,
    sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain},
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    Silent,
    bindings::{
        IGovToken::{delegateBySigCall, permitCall},
        IGovernor::{castVoteBySigCall, castVoteWithReasonAndParamsBySigCall, setVotingPeriodCall},
    },
    chain::Sender,
    contracts::{GOV_TOKEN, GOVERNOR, TREASURY},
    decode_error,
    deploy::{CoopConfig, Existing, deploy_coop},
    keys::dev_account,
    treasury::{OwnerSignature, SafeTx, SignatureKind, packed},
};
use datacoop_tests::{ALICE, BOB, CAROL, Dao, GOVERNANCE, GUARDIAN, ORACLE, Proposal, artifacts};

use super::treasury::payment;

alloy::sol! {
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    struct Delegation {
        address delegatee;
        uint256 nonce;
        uint256 expiry;
    }

    struct Ballot {
        uint256 proposalId;
        uint8 support;
        address voter;
        uint256 nonce;
    }

    struct ExtendedBallot {
        uint256 proposalId;
        uint8 support;
        address voter;
        uint256 nonce;
        string reason;
        bytes params;
    }
}

/// The order of secp256k1's group (SEC 2, section 2.4.1).
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

/// The id of the chain in these tests, and of one that split off from it.
const HERE: u64 = 31_337;
const ELSEWHERE: u64 = 31_338;

/// Who signs everything: Bob, dev account 4.
const SIGNER: usize = 4;

/// Which form of a signature is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Signed,
    /// The other signature of the same key for the same hash.
    Bent,
}

/// A signature as contracts take it apart.
fn sign(hash: B256, form: Form) -> Result<(u8, B256, B256)> {
    let signature: Signature = dev_account(SIGNER)?.sign_hash_sync(&hash)?;
    let (mut s, mut v) = (signature.s(), 27 + u8::from(signature.v()));
    if form == Form::Bent {
        (s, v) = (ORDER - s, 55 - v);
    }
    Ok((v, signature.r().into(), s.into()))
}

fn bytes((v, r, s): (u8, B256, B256)) -> Bytes {
    [r.as_slice(), s.as_slice(), &[v]].concat().into()
}

/// A signed message on its way: where it belongs, and what it is refused with elsewhere and when it
/// comes again.
struct Message {
    name: &'static str,
    to: Address,
    data: Bytes,
    elsewhere: &'static str,
    replayed: &'static str,
}

/// What Bob signs on the chain with id 31337, with the nonces that he has at first but for the
/// delegation, which comes after the permit.
struct Desk<'a> {
    dao: &'a Dao,
    proposal: U256,
    payment: SafeTx,
    form: Form,
}

impl Desk<'_> {
    fn domain(name: &'static str, contract: Address) -> Eip712Domain {
        eip712_domain! {
            name: name, version: "1", chain_id: HERE, verifying_contract: contract,
        }
    }

    fn sign(&self, message: &impl SolStruct, domain: &Eip712Domain) -> Result<(u8, B256, B256)> {
        sign(message.eip712_signing_hash(domain), self.form)
    }

    fn permit(&self) -> Result<Message> {
        let to = self.dao.gov.address;
        let (spender, value, deadline) = (CAROL, U256::from(7), U256::MAX);
        let permit = Permit { owner: BOB, spender, value, nonce: U256::ZERO, deadline };
        let (v, r, s) = self.sign(&permit, &Self::domain("Datacoop Governance", to))?;
        let call = permitCall { owner: BOB, spender, value, deadline, v, r, s };
        let error = "ERC2612InvalidSigner";
        Ok(Message {
            name: "permit",
            to,
            data: call.abi_encode().into(),
            elsewhere: error,
            replayed: error,
        })
    }

    fn delegation(&self) -> Result<Message> {
        let to = self.dao.gov.address;
        let (delegatee, nonce, expiry) = (CAROL, U256::ONE, U256::MAX);
        let delegation = Delegation { delegatee, nonce, expiry };
        let (v, r, s) = self.sign(&delegation, &Self::domain("Datacoop Governance", to))?;
        let call = delegateBySigCall { delegatee, nonce, expiry, v, r, s };
        // Elsewhere it seems to be signed by somebody who has used no nonce.
        let error = "InvalidAccountNonce";
        Ok(Message {
            name: "delegateBySig",
            to,
            data: call.abi_encode().into(),
            elsewhere: error,
            replayed: error,
        })
    }

    fn ballot(&self) -> Result<Message> {
        let (to, id) = (self.dao.governor.address, self.proposal);
        let ballot = Ballot { proposalId: id, support: 1, voter: BOB, nonce: U256::ZERO };
        let signature = bytes(self.sign(&ballot, &Self::domain("Datacoop Governor", to))?);
        let call = castVoteBySigCall { proposalId: id, support: 1, voter: BOB, signature };
        let error = "GovernorInvalidSignature";
        Ok(Message {
            name: "castVoteBySig",
            to,
            data: call.abi_encode().into(),
            elsewhere: error,
            replayed: error,
        })
    }

    fn extended_ballot(&self) -> Result<Message> {
        let (to, id) = (self.dao.governor.address, self.proposal);
        let (reason, params) = ("why not".to_owned(), Bytes::from_static(&[1, 2]));
        let ballot = ExtendedBallot {
            proposalId: id,
            support: 0,
            voter: BOB,
            nonce: U256::ZERO,
            reason: reason.clone(),
            params: params.clone(),
        };
        let signature = bytes(self.sign(&ballot, &Self::domain("Datacoop Governor", to))?);
        let call = castVoteWithReasonAndParamsBySigCall {
            proposalId: id,
            support: 0,
            voter: BOB,
            reason,
            params,
            signature,
        };
        let error = "GovernorInvalidSignature";
        let name = "castVoteWithReasonAndParamsBySig";
        Ok(Message { name, to, data: call.abi_encode().into(), elsewhere: error, replayed: error })
    }

    /// A payment of the treasury, which Alice signs as well.
    fn transaction(&self) -> Result<Message> {
        let to = self.dao.treasury.address;
        let hash = self.payment.hash(HERE, to);
        let alice = OwnerSignature::sign(&dev_account(3)?, SignatureKind::Eip712, hash)?;
        let signature = bytes(sign(hash, self.form)?);
        let bob = OwnerSignature { owner: BOB, kind: SignatureKind::Eip712, signature };
        let data = self.payment.exec_call(packed(&[alice, bob])).abi_encode().into();
        Ok(Message { name: "execTransaction", to, data, elsewhere: "GS026", replayed: "GS026" })
    }

    /// All, in the order in which they can be sent; one of the ballots alone, since each is a vote.
    fn all(&self) -> Result<Vec<Message>> {
        Ok(vec![
            self.permit()?,
            self.delegation()?,
            self.ballot()?,
            self.extended_ballot()?,
            self.transaction()?,
        ])
    }
}

/// What sending it would be refused with, if anything.
async fn refusal(dao: &Dao, to: Address, data: &Bytes) -> Result<Option<String>> {
    let request = TransactionRequest::default().from(GUARDIAN).to(to).input(data.clone().into());
    match dao.chain.provider().call(request).await {
        Ok(_) => Ok(None),
        Err(error) => {
            let data = error.as_error_resp().and_then(|error| error.as_revert_data());
            let error = decode_error(&data.context("no revert data")?);
            Ok(Some(if error.name == "Error" { error.text } else { error.name }))
        }
    }
}

/// A cooperative with a proposal that is voted on, and a payment that its treasury may make.
async fn desk() -> Result<(Dao, U256, SafeTx)> {
    let dao = Dao::start().await?;
    let call = setVotingPeriodCall { newVotingPeriod: 700 };
    let proposal = Proposal::new("signed for").call(dao.governor.address, &call);
    let id = dao.propose(ALICE, &proposal).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    let payment = payment(&dao, 1).await?;
    Ok((dao, id, payment))
}

/// Sends a message for good.
async fn accepted(dao: &Dao, message: &Message) -> Result<()> {
    assert_eq!(refusal(dao, message.to, &message.data).await?, None, "{}", message.name);
    let request = TransactionRequest::default()
        .from(GUARDIAN)
        .to(message.to)
        .input(message.data.clone().into())
        .gas_limit(50_000_000);
    let receipt: TransactionReceipt =
        dao.chain.provider().raw_request("eth_sendTransactionSync".into(), (request,)).await?;
    assert!(receipt.status(), "{}", message.name);
    Ok(())
}

#[tokio::test]
async fn signatures_of_a_chain_are_void_on_one_that_split_off_from_it() -> Result<()> {
    let (dao, proposal, payment) = desk().await?;
    let desk = Desk { dao: &dao, proposal, payment, form: Form::Signed };
    let provider = dao.chain.provider();
    for message in desk.all()? {
        provider.anvil_set_chain_id(ELSEWHERE).await?;
        let refused = refusal(&dao, message.to, &message.data).await?;
        assert_eq!(refused.as_deref(), Some(message.elsewhere), "{}", message.name);
        provider.anvil_set_chain_id(HERE).await?;
        // Of the ballots the second one comes too late: Bob has voted.
        if message.name == "castVoteWithReasonAndParamsBySig" {
            continue;
        }
        accepted(&dao, &message).await?;
        let refused = refusal(&dao, message.to, &message.data).await?;
        assert_eq!(refused.as_deref(), Some(message.replayed), "{} again", message.name);
    }
    Ok(())
}

#[tokio::test]
async fn signatures_for_a_deployment_are_void_for_another() -> Result<()> {
    let (dao, proposal, payment) = desk().await?;
    let path = dao.folder.path().join("other.json");
    let config = CoopConfig {
        salt: Some(keccak256("another")),
        recipient: Address::ZERO,
        guardian: GUARDIAN,
        self_government: Some(dao.terms.clone()),
        ..CoopConfig::of_one(GOVERNANCE, ORACLE)
    };
    let sender = Sender::new(&dao.chain, dev_account(0)?);
    let other =
        deploy_coop(&sender, artifacts()?, &config, &path, Existing::Reuse, &Silent).await?.book;
    let twins = [
        (dao.gov.address, other.address(&GOV_TOKEN)?),
        (dao.governor.address, other.address(&GOVERNOR)?),
        (dao.treasury.address, other.address(&TREASURY)?),
    ];
    let desk = Desk { dao: &dao, proposal, payment, form: Form::Signed };
    for message in desk.all()? {
        let twin = twins.iter().find(|(ours, _)| *ours == message.to).context("its twin")?.1;
        assert_ne!(twin, message.to);
        let refused = refusal(&dao, twin, &message.data).await?;
        assert_eq!(refused.as_deref(), Some(message.elsewhere), "{}", message.name);
        if message.name != "castVoteBySig" {
            accepted(&dao, &message).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn bent_signatures_are_refused_or_of_no_more_use_than_straight_ones() -> Result<()> {
    let (dao, proposal, payment) = desk().await?;
    let straight = Desk { dao: &dao, proposal, payment: payment.clone(), form: Form::Signed };
    let bent = Desk { dao: &dao, proposal, payment, form: Form::Bent };
    let errors = [
        "ECDSAInvalidSignatureS",
        "ECDSAInvalidSignatureS",
        "GovernorInvalidSignature",
        "GovernorInvalidSignature",
    ];
    let bent = bent.all()?;
    for (message, error) in bent.iter().zip(errors) {
        let refused = refusal(&dao, message.to, &message.data).await?;
        assert_eq!(refused.as_deref(), Some(error), "{}", message.name);
    }
    // The treasury takes either form, as Safe does, and the nonce is used by it: not both.
    let (straight, bent) = (straight.transaction()?, &bent[4]);
    assert_ne!(straight.data, bent.data);
    accepted(&dao, bent).await?;
    for message in [&straight, bent] {
        let refused = refusal(&dao, message.to, &message.data).await?;
        assert_eq!(refused.as_deref(), Some("GS026"));
    }
    Ok(())
}
