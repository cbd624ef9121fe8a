//! The first supply: given out once, by bucket.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolError;
use datacoop_kit::testing::error;
use gov_token::{
    IGovToken::{
        ERC20ExceededCap, ERC20InvalidCap, ERC20InvalidReceiver, GenesisAllocated,
        GovGenesisDuplicateBucket, GovGenesisInvalidLength, GovGenesisTooManyBuckets,
        MembershipChanged, RoleGranted, Transfer, TransferPolicyChanged, genesisAllocationCall,
        genesisAllocationReturn, genesisBucketsCall, hasRoleCall, totalSupplyCall,
    },
    genesis::MAX_BUCKETS,
    program,
};

use crate::support::{
    ADMIN, MALLORY, MEMBERSHIP, TOKEN, TREASURY, Terms, Token, alice, chain, gov, log,
};

#[test]
fn genesis_is_given_out_by_bucket_and_logged() {
    let (chain, terms) = (chain(), Terms::usual());
    let _ = chain.take_logs();
    chain.deploy(ADMIN, TOKEN, program, &terms.encode()).expect("the token is constructed");
    let mut logs = vec![
        log(&RoleGranted { role: B256::ZERO, account: ADMIN, sender: ADMIN }),
        log(&TransferPolicyChanged { oldPolicy: 0, newPolicy: 1 }),
        log(&MembershipChanged { oldMembership: Address::ZERO, newMembership: MEMBERSHIP }),
    ];
    for (bucket, recipient) in
        [(keccak256("community"), alice().address()), (keccak256("treasury"), TREASURY)]
    {
        logs.push(log(&Transfer { from: Address::ZERO, to: recipient, value: gov(1_000) }));
        logs.push(log(&GenesisAllocated { bucket, recipient, amount: gov(1_000) }));
    }
    assert_eq!(chain.take_logs(), logs);
}

#[test]
fn genesis_is_readable_by_bucket_for_ever() {
    let token = Token::new();
    let buckets = [keccak256("community"), keccak256("treasury")];
    assert_eq!(token.ok(MALLORY, &genesisBucketsCall {}), buckets);
    let read = |bucket| {
        let call = genesisAllocationCall { bucket };
        let genesisAllocationReturn { recipient, amount } = token.ok(MALLORY, &call);
        (recipient, amount)
    };
    assert_eq!(read(buckets[0]), (alice().address(), gov(1_000)));
    assert_eq!(read(buckets[1]), (TREASURY, gov(1_000)));
    assert_eq!(read(keccak256("none")), (Address::ZERO, U256::ZERO));
    assert_eq!(token.ok(MALLORY, &totalSupplyCall {}), gov(2_000));
    let admin = hasRoleCall { role: B256::ZERO, account: ADMIN };
    assert!(token.ok(MALLORY, &admin));
}

#[test]
fn the_constructor_runs_once() {
    let token = Token::new();
    let again = token.chain.deploy(MALLORY, TOKEN, program, &Terms::usual().encode());
    assert_eq!(again, Err(Vec::new()));
}

#[test]
fn genesis_may_be_empty_or_as_long_as_it_can_be() {
    let none = Terms { buckets: vec![], recipients: vec![], amounts: vec![], ..Terms::usual() };
    assert!(Token::with(&none).ok(MALLORY, &genesisBucketsCall {}).is_empty());
    let full = buckets(MAX_BUCKETS);
    assert_eq!(Token::with(&full).ok(MALLORY, &genesisBucketsCall {}), full.buckets);
    buckets(MAX_BUCKETS + 1).fail(&error(&GovGenesisTooManyBuckets {
        buckets: U256::from(33),
        maximum: U256::from(32),
    }));
}

/// So many buckets of one wei.
fn buckets(count: u64) -> Terms {
    Terms {
        buckets: (1..=count).map(|bucket| B256::from(U256::from(bucket))).collect(),
        recipients: (0..count).map(|_| MALLORY).collect(),
        amounts: (0..count).map(|_| U256::ONE).collect(),
        ..Terms::usual()
    }
}

#[test]
fn genesis_fails_when_the_lists_differ_in_length() {
    for (buckets, recipients, amounts) in [(3, 2, 2), (2, 1, 2), (2, 2, 3), (0, 2, 2)] {
        let terms = Terms {
            buckets: vec![B256::repeat_byte(1); buckets],
            recipients: vec![MALLORY; recipients],
            amounts: vec![U256::ONE; amounts],
            ..Terms::usual()
        };
        let [buckets, recipients, amounts] = [buckets, recipients, amounts].map(U256::from);
        terms.fail(&error(&GovGenesisInvalidLength { buckets, recipients, amounts }));
    }
}

#[test]
fn genesis_fails_with_a_bucket_twice() {
    let bucket = keccak256("community");
    let terms = Terms { buckets: vec![bucket, bucket], ..Terms::usual() };
    terms.fail(&error(&GovGenesisDuplicateBucket { bucket }));
    // An empty bucket is one too.
    let amounts = vec![U256::ZERO, U256::ONE];
    let terms = Terms { buckets: vec![bucket, bucket], amounts, ..Terms::usual() };
    terms.fail(&error(&GovGenesisDuplicateBucket { bucket }));
}

#[test]
fn genesis_fails_without_a_recipient_and_beyond_the_cap() {
    let terms = Terms { recipients: vec![MALLORY, Address::ZERO], ..Terms::usual() };
    terms.fail(&error(&ERC20InvalidReceiver { receiver: Address::ZERO }));
    let terms = Terms { cap: gov(2_000), ..Terms::usual() };
    assert_eq!(Token::with(&terms).ok(MALLORY, &totalSupplyCall {}), gov(2_000));
    let cap = gov(2_000) - U256::ONE;
    let terms = Terms { cap, ..Terms::usual() };
    terms.fail(&error(&ERC20ExceededCap { increasedSupply: gov(2_000), cap }));
    let terms = Terms { cap: U256::ZERO, ..Terms::usual() };
    terms.fail(&ERC20InvalidCap { cap: U256::ZERO }.abi_encode());
}

#[test]
fn genesis_fails_with_a_recipient_that_is_no_address() {
    let mut args = Terms::usual().encode();
    let recipient = args.windows(20).position(|bytes| *bytes == TREASURY.0.0).expect("it is there");
    args[recipient - 1] = 1;
    assert_eq!(chain().deploy(ADMIN, TOKEN, program, &args), Err(Vec::new()));
}
