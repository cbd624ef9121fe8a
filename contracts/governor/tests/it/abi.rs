//! The edges of the ABI: malformed calldata, ether, ids, and the interface against the components.

use alloy_primitives::{FixedBytes, U256, hex, keccak256};
use alloy_sol_types::SolCall;
use datacoop_kit::{
    checkpoints::ICheckpointsErrors,
    nonces::{INoncesErrors, NoncesStorage},
    testing,
};
use governor::{
    IGovernor::{
        self, IGovernorCalls, IGovernorErrors, ProposalClass, SafeCastOverflowedUintDowncast,
    },
    layout,
};

use crate::support::{ALICE, DELAY, GOVERNOR, MALLORY, Plan, Stage};

/// Sends raw calldata, which is refused without a word.
#[track_caller]
fn refused(stage: &Stage, calldata: &[u8]) {
    assert_eq!(stage.chain.call(ALICE, GOVERNOR, calldata), Err(Vec::new()));
}

#[test]
fn malformed_calldata_is_refused_without_a_word() {
    let stage = Stage::new();
    refused(&stage, &hex!("123456"));
    refused(&stage, &hex!("12345678"));
    let plan = Plan::of("malformed", &[(ALICE, vec![1; 33]), (MALLORY, vec![])]);
    let whole = plan.propose().abi_encode();
    // The description's padding may be cut off.
    let needed = whole.len() - (32 - "malformed".len());
    for len in 4..needed {
        refused(&stage, &whole[..len]);
    }
    for class in [3, 255] {
        let mut calldata = plan.propose_as(ProposalClass::Optimistic).abi_encode();
        calldata[35] = class;
        refused(&stage, &calldata);
    }
    // A byte above the first target's address.
    let mut calldata = whole.clone();
    calldata[4 + 5 * 32 + 11] = 1;
    refused(&stage, &calldata);
    stage.chain.call(ALICE, GOVERNOR, &whole[..needed]).expect("it is all there");
}

#[test]
fn an_id_does_not_depend_on_how_the_actions_were_encoded() {
    let stage = Stage::new();
    let plan = Plan::of("canonical", &[(ALICE, vec![7; 5])]);
    let call = IGovernor::hashProposalCall {
        targets: plan.targets.clone(),
        values: plan.values.clone(),
        calldatas: plan.calldatas.clone(),
        descriptionHash: plan.hash(),
    };
    assert_eq!(stage.ask(&call), plan.id());
    let mut calldata = call.abi_encode();
    // Dirt where the padding of the five bytes is, and behind everything.
    *calldata.last_mut().expect("it fits") = 0xff;
    calldata.extend([0xee; 40]);
    let output = stage.chain.call(MALLORY, GOVERNOR, &calldata).expect("it is read");
    assert_eq!(U256::from_be_slice(&output), plan.id());
}

#[test]
fn only_execution_and_relaying_take_ether() {
    let stage = Stage::new();
    let plan = Plan::one("for free");
    for calldata in [
        IGovernor::nameCall {}.abi_encode(),
        plan.propose().abi_encode(),
        plan.queue().abi_encode(),
        IGovernor::castVoteCall { proposalId: plan.id(), support: 1 }.abi_encode(),
    ] {
        let outcome = stage.chain.call_with_value(ALICE, GOVERNOR, &calldata, U256::from(1));
        assert_eq!(outcome, Err(Vec::new()));
    }
    stage.ok(ALICE, &plan.propose());
    stage.pass(&plan);
    stage.wait(86_400);
    let calldata = plan.execute().abi_encode();
    let value = U256::from(3);
    stage.chain.call_with_value(ALICE, GOVERNOR, &calldata, value).expect("it takes ether");
    assert_eq!(stage.chain.balance(crate::support::TIMELOCK), value, "the timelock's to spend");
}

#[test]
fn a_vote_that_would_never_start_is_not_proposed() {
    let stage = Stage::new();
    let longest = (1_u64 << 48) - 1;
    let call = IGovernor::setVotingDelayCall {
        newVotingDelay: longest.to_string().parse().expect("it fits"),
    };
    stage.govern(&[call.abi_encode()]).expect("it is a number of 48 bits");
    let value = U256::from(stage.chain.time() + longest);
    stage.fails(
        ALICE,
        &Plan::one("never").propose(),
        &SafeCastOverflowedUintDowncast { bits: 48, value },
    );
}

#[test]
fn interfaces_are_told_by_their_ids() {
    let stage = Stage::new();
    let has = |id: u32| {
        stage.ask(&IGovernor::supportsInterfaceCall { interfaceId: FixedBytes(id.to_be_bytes()) })
    };
    // ERC-165, receivers of multi-tokens, the governor with `getProposalId` and without.
    for id in [0x01ff_c9a7, 0x4e23_12e0, 0x65455a86 ^ proposal_id(), 0x65455a86] {
        assert!(has(id), "{id:#x}");
    }
    for id in [0, 0xffff_ffff, 0x150b_7a02] {
        assert!(!has(id), "{id:#x}");
    }
}

const fn proposal_id() -> u32 {
    u32::from_be_bytes(IGovernor::getProposalIdCall::SELECTOR)
}

#[test]
fn every_function_is_routed() {
    // The compiler holds this too; here it is seen to run: no selector falls through to the refusal
    // without a word that an unknown one gets, given arguments that are clean for each.
    let stage = Stage::new();
    stage.wait(DELAY);
    for selector in IGovernorCalls::SELECTORS {
        let mut calldata = selector.to_vec();
        calldata.resize(4 + 12 * 32, 0);
        let outcome = stage.chain.call(MALLORY, GOVERNOR, &calldata);
        assert_ne!(outcome, Err(Vec::new()), "{selector:02x?}");
    }
}

#[test]
fn long_descriptions_and_many_actions_are_proposed() {
    let stage = Stage::new();
    let calls: Vec<_> = (0..20_u8).map(|number| (ALICE, vec![number; 100])).collect();
    let plan = Plan::of(&"long ".repeat(1_000), &calls);
    assert_eq!(stage.ok(ALICE, &plan.propose()), plan.id());
    let logs = stage.chain.take_logs();
    let event: IGovernor::ProposalCreated = logs[0].decode().expect("the event");
    assert_eq!(event.description, plan.description);
    assert_eq!(event.calldatas, plan.calldatas);
    assert_eq!(event.signatures, vec![String::new(); 20]);
    stage.pass(&plan);
    stage.wait(86_400);
    stage.ok(MALLORY, &plan.execute());
}

#[test]
fn typehashes_are_those_of_openzeppelin() {
    let stage = Stage::new();
    assert_eq!(
        stage.ask(&IGovernor::BALLOT_TYPEHASHCall {}),
        keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)")
    );
    assert_eq!(
        stage.ask(&IGovernor::EXTENDED_BALLOT_TYPEHASHCall {}),
        keccak256(
            "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string \
             reason,bytes params)"
        )
    );
}

#[test]
fn errors_of_the_components_are_in_the_interface() {
    let errors = [INoncesErrors::SELECTORS, ICheckpointsErrors::SELECTORS];
    for selector in errors.concat() {
        assert!(IGovernorErrors::SELECTORS.contains(&selector), "{selector:02x?}");
    }
}

#[test]
fn the_storage_layout_is_that_of_the_snapshot() {
    let components: [(&str, &[(&str, &str)]); 8] = [
        ("Nonces", NoncesStorage::FIELDS),
        ("Settings", layout::SettingsStorage::FIELDS),
        ("Proposals", layout::ProposalsStorage::FIELDS),
        ("Quorum", layout::QuorumStorage::FIELDS),
        ("Classes", layout::ClassesStorage::FIELDS),
        ("Guardian", layout::GuardianStorage::FIELDS),
        ("Calls", layout::CallsStorage::FIELDS),
        ("DaoUri", layout::DaoUriStorage::FIELDS),
    ];
    let layout = testing::describe_layout(&components);
    testing::snapshot(concat!(env!("CARGO_MANIFEST_DIR"), "/layout.txt"), &layout);
}
