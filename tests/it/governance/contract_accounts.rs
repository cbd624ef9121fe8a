//! A contract as a voter and as an owner of the treasury: its signatures are what it says they are
//! (ERC-1271).

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    signers::SignerSync,
    sol_types::{SolCall, SolStruct, eip712_domain},
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{
        IGovToken::{delegateCall, getVotesCall, setTransferExemptionCall, transferCall},
        IGovernor::{
            IGovernorErrors, IGovernorEvents, castVoteBySigCall,
            castVoteWithReasonAndParamsBySigCall, noncesCall, proposalVotesCall,
            setVotingPeriodCall,
        },
        ITreasury::{
            ITreasuryEvents, addOwnerWithThresholdCall, isOwnerCall, setFallbackHandlerCall,
        },
    },
    decode_error,
    keys::dev_account,
    treasury::{
        ContractForm, ContractSigner, OwnerSignature, SafeTx, SignatureKind, is_signed_by, packed,
    },
};
use datacoop_tests::{ALICE, BOB, Dao, GUARDIAN, Proposal, TOKEN, create_raw, peer};

use super::{
    actors::{KeyWallet, by_governance, key_wallet, send},
    treasury::{paid, payment},
};

alloy::sol! {
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

/// Whose the wallet is, dev account 6, and a key that is not the wallet's.
const KEY: usize = 6;
const OTHER_KEY: usize = 7;

/// The GOV of the wallet: enough to propose, and to count.
const VOTES: u64 = 400_000;

/// A cooperative where a wallet has votes and is the treasury's fourth owner, of whom two must sign.
async fn with_wallet() -> Result<(Dao, Address)> {
    let dao = Dao::start().await?;
    let key = dev_account(KEY)?.address();
    let wallet = key_wallet(&dao, key).await?;
    let exempt = setTransferExemptionCall { account: wallet, exempt: true };
    let own = addOwnerWithThresholdCall { owner: wallet, _threshold: U256::from(2) };
    let proposal = Proposal::new("a contract joins")
        .call(dao.gov.address, &exempt)
        .call(dao.treasury.address, &by_governance(&dao, &own));
    dao.enact(&proposal).await?;
    let value = U256::from(VOTES) * TOKEN;
    dao.gov.send(ALICE, transferCall { to: wallet, value }).await?;
    // Only the wallet itself can delegate what it holds.
    let data = delegateCall { delegatee: wallet }.abi_encode().into();
    let forward = KeyWallet::forwardCall { to: dao.gov.address, value: U256::ZERO, data };
    send(&dao, key, wallet, &forward).await?;
    dao.pass_time(1).await?;
    assert_eq!(dao.gov.read(getVotesCall { account: wallet }).await?, value);
    assert!(dao.treasury.read(isOwnerCall { owner: wallet }).await?);
    Ok((dao, wallet))
}

/// Proposes something, and waits for the vote.
async fn proposed(dao: &Dao, description: &str) -> Result<U256> {
    let call = setVotingPeriodCall { newVotingPeriod: 700 };
    let id =
        dao.propose(ALICE, &Proposal::new(description).call(dao.governor.address, &call)).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    Ok(id)
}

/// The hash of a ballot for the governor.
fn digest(dao: &Dao, ballot: &impl SolStruct) -> B256 {
    ballot.eip712_signing_hash(&eip712_domain! {
        name: "Datacoop Governor",
        version: "1",
        chain_id: dao.chain.id(),
        verifying_contract: dao.governor.address,
    })
}

fn signed(key: usize, hash: B256) -> Result<Bytes> {
    Ok(dev_account(key)?.sign_hash_sync(&hash)?.as_bytes().into())
}

#[tokio::test]
async fn a_contract_votes_by_its_signature() -> Result<()> {
    let (dao, voter) = with_wallet().await?;
    let id = proposed(&dao, "first").await?;
    let nonce = dao.governor.read(noncesCall { owner: voter }).await?;
    let hash = digest(&dao, &Ballot { proposalId: id, support: 1, voter, nonce });
    let vote = |signature| castVoteBySigCall { proposalId: id, support: 1, voter, signature };
    for forged in [signed(OTHER_KEY, hash)?, signed(KEY, B256::ZERO)?, Bytes::new()] {
        let refused = dao.governor.refusal(BOB, vote(forged)).await?;
        assert!(
            matches!(refused, IGovernorErrors::GovernorInvalidSignature(e) if e.voter == voter)
        );
    }
    let good = signed(KEY, hash)?;
    dao.governor.send(BOB, vote(good.clone())).await?;
    let again = dao.governor.refusal(BOB, vote(good)).await?;
    assert!(matches!(again, IGovernorErrors::GovernorInvalidSignature(e) if e.voter == voter));
    let votes = dao.governor.read(proposalVotesCall { proposalId: id }).await?;
    assert_eq!(votes.forVotes, U256::from(VOTES) * TOKEN);

    // With a reason, and after the wallet changed its key: what the old one signs is void.
    let id = proposed(&dao, "second").await?;
    let (reason, params) = ("as agreed".to_owned(), Bytes::from_static(&[1]));
    let ballot = ExtendedBallot {
        proposalId: id,
        support: 0,
        voter,
        nonce: nonce + U256::ONE,
        reason: reason.clone(),
        params: params.clone(),
    };
    let hash = digest(&dao, &ballot);
    let vote = |signature| castVoteWithReasonAndParamsBySigCall {
        proposalId: id,
        support: 0,
        voter,
        reason: reason.clone(),
        params: params.clone(),
        signature,
    };
    let [old, new] = [dev_account(KEY)?.address(), dev_account(OTHER_KEY)?.address()];
    send(&dao, old, voter, &KeyWallet::setKeyCall { newKey: new }).await?;
    let refused = dao.governor.refusal(BOB, vote(signed(KEY, hash)?)).await?;
    assert!(matches!(refused, IGovernorErrors::GovernorInvalidSignature(e) if e.voter == voter));
    let done = dao.governor.send(BOB, vote(signed(OTHER_KEY, hash)?)).await?;
    assert!(matches!(
        &done.events[..],
        [IGovernorEvents::VoteCastWithParams(cast)] if cast.voter == voter && cast.reason == reason
    ));
    Ok(())
}

/// Bob's signature and the wallet's.
fn consents(wallet: Address, key: usize, hash: B256) -> Result<Bytes> {
    let bob = OwnerSignature::sign(&dev_account(4)?, SignatureKind::Eip712, hash)?;
    Ok(packed(&[bob, OwnerSignature::of_contract(wallet, signed(key, hash)?)]))
}

#[tokio::test]
async fn a_contract_signs_for_the_treasury() -> Result<()> {
    let (dao, wallet) = with_wallet().await?;
    let transaction = payment(&dao, 3).await?;
    let hash = transaction.hash(dao.chain.id(), dao.treasury.address);
    let execute = |signatures| transaction.exec_call(signatures);
    let forged = consents(wallet, OTHER_KEY, hash)?;
    let refused = dao.treasury.revert_data(GUARDIAN, execute(forged)).await?;
    assert_eq!(decode_error(&refused).text, "GS024");
    let before = paid(&dao).await?;
    let good = consents(wallet, KEY, hash)?;
    let done = dao.treasury.send(GUARDIAN, execute(good.clone())).await?;
    assert!(matches!(
        done.events.last(),
        Some(ITreasuryEvents::ExecutionSuccess(success)) if success.txHash == hash
    ));
    assert_eq!(paid(&dao).await? - before, U256::from(3) * TOKEN);
    let again = dao.treasury.revert_data(GUARDIAN, execute(good)).await?;
    // Another nonce is another hash, which neither has signed; who is looked at first says so.
    let first = if wallet < BOB { "GS024" } else { "GS026" };
    assert_eq!(decode_error(&again).text, first);

    Ok(())
}

#[tokio::test]
async fn the_treasury_itself_signs_once_it_has_safes_handler() -> Result<()> {
    let (dao, wallet) = with_wallet().await?;
    let (treasury, chain_id) = (dao.treasury.address, dao.chain.id());
    let hash = B256::repeat_byte(7);
    let signer = ContractSigner { chain_id, address: treasury, form: ContractForm::Safe };
    let half = signer.sign(&dev_account(3)?.into(), hash, &Bytes::new()).await?;
    let whole = signer.sign(&dev_account(4)?.into(), hash, &half).await?;
    assert!(!is_signed_by(&dao.chain, treasury, hash, &whole).await?, "nobody answers for it");
    let handler = peer("SafeHandlerPeer")?.bytecode;
    let handler = create_raw(dao.chain.provider(), GUARDIAN, handler).await?;
    let data = setFallbackHandlerCall { handler }.abi_encode().into();
    let set = SafeTx { to: treasury, data, ..SafeTx::default() };
    let signatures = consents(wallet, KEY, set.hash(chain_id, treasury))?;
    dao.treasury.send(GUARDIAN, set.exec_call(signatures)).await?;
    assert!(is_signed_by(&dao.chain, treasury, hash, &whole).await?);
    assert!(!is_signed_by(&dao.chain, treasury, hash, &half).await?, "one of two owners");
    assert!(!is_signed_by(&dao.chain, treasury, B256::ZERO, &whole).await?, "another hash");
    Ok(())
}
