//! Who shares in the validators' pool is the timelock's to say, and nobody else's: not the operator's, not
//! a validator's, not that of a contract that a claim or a proposal calls.

use alloy::primitives::{Address, keccak256};
use anyhow::Result;
use datacoop_deploy::{
    bindings::{
        IGovernor::castVoteCall,
        IRevenueDistributor::{
            AccessControlUnauthorizedAccount, IRevenueDistributorErrors as Errors,
            IRevenueDistributorEvents as Events, SHARES_ROLECall, activateCall,
            activationDelayCall, grantRoleCall, setActivationDelayCall, setSharesCall,
            sharesOfCall, totalSharesOfCall,
        },
    },
    contracts::REVENUE_DISTRIBUTOR,
    decode_error,
};
use datacoop_tests::{
    ALICE, BOB, CAROL, Contract, Dao, GOVERNANCE, GUARDIAN, Interface, ORACLE, Proposal,
};

use super::actors::{Foe, attempt};

/// The distributor, as a test talks to it.
#[derive(Debug)]
struct Revenue;

impl Interface for Revenue {
    type Events = Events;
    type Errors = Errors;
}

/// Gives an account shares of the validators' pool.
fn give(account: Address, shares: u64) -> setSharesCall {
    setSharesCall { pool: keccak256("VALIDATORS"), account, shares }
}

/// The shares that an account has been given, whether they count already or not.
async fn given_to(revenue: &Contract<Revenue>, account: Address) -> Result<u64> {
    let pool = keccak256("VALIDATORS");
    let found = revenue.read(sharesOfCall { pool, account }).await?;
    Ok(if found.activeFrom == 0 { found.shares } else { found.scheduled })
}

#[tokio::test]
async fn shares_of_the_validators_pool_are_given_by_the_timelock_alone() -> Result<()> {
    let dao = Dao::start().await?;
    let provider = dao.chain.provider().clone();
    let revenue = Contract::<Revenue>::new(provider, dao.book.address(&REVENUE_DISTRIBUTOR)?);
    let role = revenue.read(SHARES_ROLECall {}).await?;
    let (pool, before) = (keccak256("VALIDATORS"), given_to(&revenue, ORACLE).await?);
    assert!(before > 0, "the oracle validates in this cooperative");

    // The deployer, a validator, owners of the treasury, the guardian, members of none: for
    // themselves, for each other, and to take what the validator has.
    for foe in [GOVERNANCE, ORACLE, ALICE, CAROL, GUARDIAN] {
        let refusal = |role| {
            let refused = AccessControlUnauthorizedAccount { account: foe, neededRole: role };
            Errors::AccessControlUnauthorizedAccount(refused)
        };
        for call in [give(foe, 1), give(ALICE, 1), give(ORACLE, 0), give(ORACLE, before + 1)] {
            assert_eq!(revenue.refusal(foe, call).await?, refusal(role));
        }
        let administrator = Default::default();
        let grant = grantRoleCall { role, account: foe };
        assert_eq!(revenue.refusal(foe, grant).await?, refusal(administrator));
        let at_once = setActivationDelayCall { delay: 0 };
        assert_eq!(revenue.refusal(foe, at_once).await?, refusal(administrator));
    }

    // A contract that a proposal calls tries in the middle of its execution, beside the timelock's
    // own call in the same operation.
    let foe = Foe::new(&dao).await?;
    foe.plans(&dao, vec![attempt(revenue.address, &give(foe.address, 9))]).await?;
    let touch = Proposal::new("Bob validates, and a contract is called")
        .call(revenue.address, &give(BOB, 3))
        .call(foe.address, &totalSharesOfCall { pool });
    let receipt = dao.enact(&touch).await?;
    let expected = "AccessControlUnauthorizedAccount".to_owned();
    assert_eq!(foe.outcomes(&receipt)?, [Err(expected)]);
    assert_eq!(given_to(&revenue, foe.address).await?, 0);
    assert_eq!(given_to(&revenue, BOB).await?, 3);
    assert_eq!(given_to(&revenue, ORACLE).await?, before);

    // Nor is it a proposal's before its time: neither the governor's queue nor its author can skip it.
    let more = Proposal::new("Bob validates more").call(revenue.address, &give(BOB, 7));
    let id = dao.propose(ALICE, &more).await?;
    dao.pass_time(dao.terms.voting_delay + 1).await?;
    dao.governor.send(ALICE, castVoteCall { proposalId: id, support: 1 }).await?;
    dao.pass_time(dao.terms.voting_period + 1).await?;
    dao.governor.send(BOB, more.queue()).await?;
    let early = dao.governor.revert_data(BOB, more.execute()).await?;
    assert_eq!(decode_error(&early).name, "TimelockUnexpectedOperationState");
    assert_eq!(given_to(&revenue, BOB).await?, 3);
    dao.pass_time(dao.terms.timelock_delay + 1).await?;
    dao.governor.send(BOB, more.execute()).await?;
    assert_eq!(given_to(&revenue, BOB).await?, 7);
    // They count when their time has come, whoever says so.
    let account = BOB;
    let early = revenue.refusal(CAROL, activateCall { pool, account }).await?;
    assert!(matches!(early, Errors::RevenueSharesNotActive(_)), "{early:?}");
    dao.pass_time(revenue.read(activationDelayCall {}).await?).await?;
    revenue.send(CAROL, activateCall { pool, account }).await?;
    assert_eq!(revenue.read(totalSharesOfCall { pool }).await?, 7);
    Ok(())
}
