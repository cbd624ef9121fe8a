//! Decides in which words actions of governance tell their calls, and the state that they begin in.

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    signers::Error as SignerError,
    sol_types::SolCall,
};
use datacoop_deploy::{
    bindings::{
        IDataToken,
        IGovToken::{delegateCall, setTransferPolicyCall, transferCall},
        IGovernor::{castVoteCall, executeCall, hashProposalCall, proposeCall, queueCall},
        ITimelock::grantRoleCall,
    },
    treasury::{Operation, OwnerSignature, SafeTx, SignatureKind, packed},
};

use crate::story::{ADMIN, ALICE, BOB, CAROL, Call, Cast, DATA, DAY_SECS, Target};

/// Seconds that an operation waits in the timelock.
pub(crate) const DELAY_SECS: u64 = 3_600;

/// Seconds from a proposal to its vote.
pub(crate) const VOTING_DELAY_SECS: u64 = 1;

/// Seconds that a vote lasts: two days.
pub(crate) const VOTING_PERIOD_SECS: u64 = 2 * DAY_SECS;

/// What the proposals are for.
const DESCRIPTION: &str = "Carol is paid one DATA";

/// What is done before every story: GOV may be sent to anybody; Alice has some and votes for
/// herself, the administrator has the rest and votes as well; the governor may use the timelock;
/// timelock and treasury have DATA.
pub(crate) fn setup(cast: &Cast) -> Vec<Call> {
    let mut calls = Vec::new();
    if cast.is_ours() {
        calls.push(Call::new(ADMIN, Target::Gov, &setTransferPolicyCall { policy: 0 }));
    }
    let grant = |role: &str| {
        let account = cast.place(Target::Governor);
        let call = grantRoleCall { role: keccak256(role), account };
        Call::new(ADMIN, Target::Timelock, &call)
    };
    calls.extend([grant("PROPOSER_ROLE"), grant("CANCELLER_ROLE")]);
    calls.extend([send(ADMIN, ALICE), send(ADMIN, BOB), delegate(ADMIN), delegate(ALICE)]);
    for holder in [Target::Timelock, Target::Treasury] {
        let call =
            IDataToken::transferCall { to: cast.place(holder), value: U256::from(10) * DATA };
        calls.push(Call::data(ADMIN, &call));
    }
    calls
}

/// Somebody sends a thousand GOV.
pub(crate) fn send(from: Address, to: Address) -> Call {
    let value = U256::from(1_000) * DATA;
    Call::new(from, Target::Gov, &transferCall { to, value })
}

/// Somebody votes for himself from now on.
pub(crate) fn delegate(from: Address) -> Call {
    Call::new(from, Target::Gov, &delegateCall { delegatee: from })
}

/// What proposals and the treasury do: one DATA for Carol.
const fn pay() -> IDataToken::transferCall {
    IDataToken::transferCall { to: CAROL, value: DATA }
}

/// The one action of the proposals: the timelock pays.
fn actions(cast: &Cast) -> (Vec<Address>, Vec<U256>, Vec<Bytes>) {
    (vec![cast.place(Target::Data)], vec![U256::ZERO], vec![pay().abi_encode().into()])
}

/// Alice proposes.
pub(crate) fn propose(cast: &Cast) -> Call {
    let (targets, values, calldatas) = actions(cast);
    let description = DESCRIPTION.to_owned();
    let call = proposeCall { targets, values, calldatas, description };
    Call::new(ALICE, Target::Governor, &call)
}

/// The administrator votes for it, the next day.
pub(crate) fn vote(cast: &Cast) -> Call {
    let (targets, values, calldatas) = actions(cast);
    let hash =
        hashProposalCall { targets, values, calldatas, descriptionHash: keccak256(DESCRIPTION) };
    // OpenZeppelin's id: the hash of the encoded arguments.
    let id = U256::from_be_bytes(keccak256(&hash.abi_encode()[4..]).0);
    let call = castVoteCall { proposalId: id, support: 1 };
    Call::new(ADMIN, Target::Governor, &call).after_days(1)
}

/// Bob has it queued, when the vote is over.
pub(crate) fn queue(cast: &Cast) -> Call {
    let (targets, values, calldatas) = actions(cast);
    let call = queueCall { targets, values, calldatas, descriptionHash: keccak256(DESCRIPTION) };
    Call::new(BOB, Target::Governor, &call).after_days(2)
}

/// Bob has it executed, the day after.
pub(crate) fn execute(cast: &Cast) -> Call {
    let (targets, values, calldatas) = actions(cast);
    let call = executeCall { targets, values, calldatas, descriptionHash: keccak256(DESCRIPTION) };
    Call::new(BOB, Target::Governor, &call).after_days(1)
}

/// Carol carries a payment of the treasury that Alice and Bob signed, its `nonce`th.
pub(crate) fn pay_from_treasury(cast: &Cast, nonce: u64) -> Result<Call, SignerError> {
    let transaction = SafeTx {
        to: cast.place(Target::Data),
        value: U256::ZERO,
        data: pay().abi_encode().into(),
        operation: Operation::Call,
        safe_tx_gas: U256::ZERO,
        base_gas: U256::ZERO,
        gas_price: U256::ZERO,
        gas_token: Address::ZERO,
        refund_receiver: Address::ZERO,
        nonce: U256::from(nonce),
    };
    let hash = transaction.hash(cast.chain_id, cast.place(Target::Treasury));
    let signatures = cast
        .signers
        .iter()
        .map(|signer| OwnerSignature::sign(signer, SignatureKind::Eip712, hash))
        .collect::<Result<Vec<_>, _>>()?;
    let call = transaction.exec_call(packed(&signatures));
    let call = Call::new(CAROL, Target::Treasury, &call);
    Ok(Call { recoveries: cast.signers.len() as u64, ..call })
}
