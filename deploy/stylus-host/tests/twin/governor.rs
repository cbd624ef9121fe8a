//! Twin run of a script: a governor's whole life, from proposing to executing, with a token and a
//! timelock that answer everything with the block's time: so many votes, and a delay so long.

#![allow(non_snake_case, reason = "values are named after the fields of the interface")]

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolEvent, SolValue};
use datacoop_deploy::{
    Silent, Workspace,
    bindings::IGovernor::{self, ProposalClass},
    build::build,
    contracts::GOVERNOR,
};
use stylus_host::{Outcome, Transaction};

use crate::{
    harness::{evm::Ending, twin::Twin},
    programs::program,
};

const ALICE: Address = Address::repeat_byte(0xa1);
const BOB: Address = Address::repeat_byte(0xb0);

/// When the guardian's veto ends, in seconds since 1970.
const VETO_UNTIL: u64 = 1_700_100_000;

/// Writes the time as a word.
const CLOCK: &str = "
    (local.set $x (i32.wrap_i64 (call $block_timestamp)))
    (i32.store8 (i32.const 8223) (local.get $x))
    (i32.store8 (i32.const 8222) (i32.shr_u (local.get $x) (i32.const 8)))
    (i32.store8 (i32.const 8221) (i32.shr_u (local.get $x) (i32.const 16)))
    (i32.store8 (i32.const 8220) (i32.shr_u (local.get $x) (i32.const 24)))
    (call $write_result (i32.const 8192) (i32.const 32))
    (i32.const 0)";

/// What is proposed.
struct Plan {
    targets: Vec<Address>,
    values: Vec<U256>,
    calldatas: Vec<Bytes>,
    description: String,
}

impl Plan {
    fn hash(&self) -> B256 {
        keccak256(&self.description)
    }

    fn id(&self) -> U256 {
        let (targets, values) = (self.targets.clone(), self.values.clone());
        keccak256((targets, values, self.calldatas.clone(), self.hash()).abi_encode_params()).into()
    }

    fn propose(&self) -> Vec<u8> {
        IGovernor::proposeCall {
            targets: self.targets.clone(),
            values: self.values.clone(),
            calldatas: self.calldatas.clone(),
            description: self.description.clone(),
        }
        .abi_encode()
    }

    fn queue(&self) -> Vec<u8> {
        IGovernor::queueCall {
            targets: self.targets.clone(),
            values: self.values.clone(),
            calldatas: self.calldatas.clone(),
            descriptionHash: self.hash(),
        }
        .abi_encode()
    }

    fn execute(&self) -> Vec<u8> {
        let selector = IGovernor::executeCall::SELECTOR;
        [&selector[..], &self.queue()[4..]].concat()
    }

    fn cancel(&self) -> Vec<u8> {
        let selector = IGovernor::cancelCall::SELECTOR;
        [&selector[..], &self.queue()[4..]].concat()
    }
}

/// A governor and its stand-ins.
struct Stage {
    twin: Twin,
    governor: Address,
}

impl Stage {
    fn new() -> Self {
        let mut twin = Twin::new(&[ALICE, BOB]);
        let clock = program(CLOCK);
        let [token, timelock] = [0, 1].map(|_| match twin.deploy(ALICE, &clock, None) {
            Ok(address) => address,
            Err(difference) => panic!("{difference}"),
        });
        let built = build(&Workspace::find().unwrap(), &[GOVERNOR], &Silent).unwrap();
        let (votes, hundredths) = (U256::from(1_000), U256::from(20));
        // Longer than a word.
        let uri = "https://coop.example/who-we-are-and-where.json".to_owned();
        let arguments =
            (token, timelock, 60_u64, 600_u32, votes, hundredths, 300_u64, BOB, VETO_UNTIL, uri);
        let arguments = arguments.abi_encode_params();
        match twin.deploy(ALICE, &built[0].wasm, Some(&arguments)) {
            Ok(governor) => Self { twin, governor },
            Err(difference) => panic!("{difference}"),
        }
    }

    /// Calls the governor in both worlds, and says how both ended.
    fn call(&mut self, from: Address, data: Vec<u8>) -> (Ending, Outcome) {
        self.twin.advance(1);
        match self.twin.call(&Transaction::new(from, self.governor, data)) {
            Ok(agreed) => agreed,
            Err(difference) => panic!("{difference}"),
        }
    }

    fn ok(&mut self, from: Address, data: Vec<u8>) -> Outcome {
        let (ending, outcome) = self.call(from, data);
        assert_eq!(ending, Ending::Success);
        outcome
    }
}

fn plan(description: &str) -> Plan {
    Plan {
        targets: vec![ALICE, BOB],
        values: vec![U256::ZERO, U256::from(1)],
        calldatas: vec![Bytes::from_static(&[1, 2, 3]), Bytes::from_static(&[7; 70])],
        description: description.to_owned(),
    }
}

#[test]
fn a_governors_life_agrees_with_its_translation() {
    let mut stage = Stage::new();
    let [passing, vetoed, own] = ["passing", "vetoed", "own"].map(plan);
    for plan in [&passing, &vetoed, &own] {
        let outcome = stage.ok(ALICE, plan.propose());
        assert_eq!(U256::from_be_slice(&outcome.output), plan.id());
        assert_eq!(outcome.logs[0].topics()[0], IGovernor::ProposalCreated::SIGNATURE_HASH);
        // It is there already.
        assert_eq!(stage.call(BOB, plan.propose()).0, Ending::Revert);
    }
    stage.ok(ALICE, own.cancel());
    stage.ok(BOB, vetoed.cancel());
    stage.twin.advance(60);
    let vote = |support| {
        let (proposalId, reason) = (passing.id(), "because".to_owned());
        let params = Bytes::from_static(&[5; 33]);
        IGovernor::castVoteWithReasonAndParamsCall { proposalId, support, reason, params }
            .abi_encode()
    };
    assert_eq!(stage.call(ALICE, vote(3)).0, Ending::Revert);
    stage.ok(ALICE, vote(1));
    assert_eq!(stage.call(ALICE, vote(1)).0, Ending::Revert);
    assert_eq!(stage.call(BOB, passing.queue()).0, Ending::Revert);
    let proposalId = passing.id();
    let signature = Bytes::from_static(&[1; 65]);
    let signed = IGovernor::castVoteBySigCall { proposalId, support: 1, voter: BOB, signature };
    assert_eq!(stage.call(ALICE, signed.abi_encode()).0, Ending::Revert);
    stage.twin.advance(1_000);
    stage.ok(BOB, passing.queue());
    stage.ok(BOB, passing.execute());
    assert_eq!(stage.call(BOB, passing.execute()).0, Ending::Revert);
    let class = ProposalClass::FastTrack;
    for data in [
        IGovernor::stateCall { proposalId }.abi_encode(),
        IGovernor::proposalVotesCall { proposalId }.abi_encode(),
        IGovernor::quorumCall { timepoint: U256::from(1) }.abi_encode(),
        IGovernor::eip712DomainCall {}.abi_encode(),
        IGovernor::guardianCall {}.abi_encode(),
        IGovernor::daoURICall {}.abi_encode(),
        IGovernor::classTermsCall { proposalClass: class }.abi_encode(),
        IGovernor::quorumExclusionCall { index: U256::from(3) }.abi_encode(),
    ] {
        stage.ok(BOB, data);
    }
    let early = IGovernor::proposeWithClassCall {
        proposalClass: class,
        targets: vec![ALICE],
        values: vec![U256::ZERO],
        calldatas: vec![Bytes::new()],
        description: String::new(),
    };
    assert_eq!(stage.call(ALICE, early.abi_encode()).0, Ending::Revert);
}
