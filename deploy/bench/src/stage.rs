//! Decides with which terms the contracts of a measurement are deployed: ours, and the Solidity peers
//! of the same terms.

use std::collections::BTreeMap;

use alloy::{
    dyn_abi::DynSolValue,
    primitives::{Address, U256},
    sol_types::SolValue,
};
use datacoop_deploy::contracts::{
    CONSENT_REGISTRY, Contract, DATA_COOP_REWARDS, DATA_MARKET, DATA_REGISTRY, DATA_TOKEN,
    GOV_TOKEN, GOVERNOR, MEMBERSHIP, REVENUE_DISTRIBUTOR, TIMELOCK, TREASURY,
};

use crate::{
    Error,
    governance::{DELAY_SECS, VOTING_DELAY_SECS, VOTING_PERIOD_SECS},
    story::{ADMIN, ALICE, BOB, CAROL, DATA, GUARDIAN, ORACLE, Target},
};

/// Hundredths of all votes that are a quorum.
const QUORUM: u64 = 4;

/// Seconds that a late quorum adds to a vote.
const EXTENSION_SECS: u64 = 600;

/// How many owners of the treasury must sign.
const THRESHOLD: u64 = 2;

/// A contract of the suite, as it is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) target: Target,
    pub(crate) contract: Contract,
    /// The Solidity contract that does the same, if there is one.
    pub(crate) peer: Option<&'static str>,
}

/// All parts, in the order in which they are deployed.
pub(crate) const PARTS: [Part; 11] = [
    Part { target: Target::Data, contract: DATA_TOKEN, peer: Some("DataTokenPeer") },
    Part { target: Target::Rewards, contract: DATA_COOP_REWARDS, peer: None },
    Part { target: Target::Gov, contract: GOV_TOKEN, peer: Some("GovTokenPeer") },
    Part { target: Target::Timelock, contract: TIMELOCK, peer: Some("TimelockPeer") },
    Part { target: Target::Governor, contract: GOVERNOR, peer: Some("GovernorPeer") },
    Part { target: Target::Treasury, contract: TREASURY, peer: Some("TreasuryPeer") },
    Part { target: Target::Membership, contract: MEMBERSHIP, peer: None },
    Part { target: Target::Consents, contract: CONSENT_REGISTRY, peer: None },
    Part { target: Target::Registry, contract: DATA_REGISTRY, peer: None },
    Part { target: Target::Revenue, contract: REVENUE_DISTRIBUTOR, peer: None },
    Part { target: Target::Market, contract: DATA_MARKET, peer: None },
];

/// The contracts that are deployed so far.
type Contracts = BTreeMap<Target, Address>;

/// The supply of each token that there is from the start, in wei.
fn supply() -> U256 {
    U256::from(1_000_000) * DATA
}

/// Returns the encoded arguments of a constructor of ours.
pub(crate) fn arguments(part: &Part, deployed: &Contracts) -> Result<Vec<u8>, Error> {
    let at =
        |target: Target| DynSolValue::Address(deployed.get(&target).copied().unwrap_or_default());
    let who = DynSolValue::Address;
    let number = |value: u64, bits| DynSolValue::Uint(U256::from(value), bits);
    let many = DynSolValue::Array;
    let values = match part.target {
        Target::Data => vec![
            who(ADMIN),
            who(ADMIN),
            DynSolValue::Uint(supply(), 256),
            DynSolValue::Uint(supply(), 256),
            number(1_000, 256),
        ],
        Target::Rewards => vec![at(Target::Data), who(ADMIN), who(ORACLE), who(GUARDIAN)],
        Target::Gov => vec![
            who(ADMIN),
            DynSolValue::Uint(supply(), 256),
            who(Address::ZERO),
            many(vec![DynSolValue::FixedBytes(Default::default(), 32)]),
            many(vec![who(ADMIN)]),
            many(vec![DynSolValue::Uint(supply(), 256)]),
        ],
        Target::Timelock => vec![
            number(DELAY_SECS, 256),
            many(Vec::new()),
            many(vec![who(Address::ZERO)]),
            who(ADMIN),
        ],
        Target::Governor => vec![
            at(Target::Gov),
            at(Target::Timelock),
            number(VOTING_DELAY_SECS, 48),
            number(VOTING_PERIOD_SECS, 32),
            DynSolValue::Uint(DATA, 256),
            number(QUORUM, 256),
            number(EXTENSION_SECS, 48),
            who(Address::ZERO),
            number(0, 64),
            DynSolValue::String(String::new()),
        ],
        Target::Treasury => vec![
            many([ALICE, BOB, CAROL].map(who).to_vec()),
            number(THRESHOLD, 256),
            who(Address::ZERO),
            at(Target::Timelock),
            number(0, 256),
        ],
        Target::Membership => vec![who(ADMIN), DynSolValue::String(String::new())],
        Target::Consents => vec![at(Target::Membership)],
        Target::Registry => vec![who(ADMIN), at(Target::Membership), at(Target::Consents)],
        Target::Revenue => vec![who(ADMIN), at(Target::Registry)],
        Target::Market => vec![
            who(ADMIN),
            at(Target::Membership),
            at(Target::Consents),
            at(Target::Registry),
            at(Target::Revenue),
            at(Target::Data),
            at(Target::Data),
        ],
    };
    Ok(part.contract.encode_constructor(&values)?)
}

/// Returns the encoded arguments of a peer's constructor, of the same terms.
pub(crate) fn peer_arguments(target: Target, deployed: &Contracts) -> Vec<u8> {
    let at = |target: Target| deployed.get(&target).copied().unwrap_or_default();
    match target {
        Target::Data => {
            let name = ("Datacoop Data", "DATA");
            (name.0, name.1, ADMIN, ADMIN, supply()).abi_encode_params()
        }
        Target::Gov => {
            let name = ("Datacoop Governance", "GOV");
            (name.0, name.1, ADMIN, supply(), ADMIN, supply()).abi_encode_params()
        }
        Target::Timelock => {
            let executors = vec![Address::ZERO];
            (U256::from(DELAY_SECS), Vec::<Address>::new(), executors, ADMIN).abi_encode_params()
        }
        Target::Governor => {
            let (delay, period) = (U256::from(VOTING_DELAY_SECS), U256::from(VOTING_PERIOD_SECS));
            let (quorum, extension) = (U256::from(QUORUM), U256::from(EXTENSION_SECS));
            let organs = (at(Target::Gov), at(Target::Timelock));
            (organs.0, organs.1, delay, period, DATA, quorum, extension).abi_encode_params()
        }
        Target::Treasury => {
            let owners = vec![ALICE, BOB, CAROL];
            (owners, U256::from(THRESHOLD), Address::ZERO).abi_encode_params()
        }
        // The others have none.
        _ => Vec::new(),
    }
}
