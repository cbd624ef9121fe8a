//! Long random runs against a naive model: one live membership per account and per credential, an id
//! is a credential's for ever, and every nonce counts what happened.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use membership::IMembership::{
    actorRolesOfCall, bindDidCall, credentialOfCall, didOfCall, issueCall, leaveCall, ownerOfCall,
    reissueCall, revokeCall, setActorRolesCall, tokenOfCredentialCall, tokenOfDidCall,
    totalSupplyCall,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{
    Credential, MALLORY, Members, credential, invitation, issuer, reason, signed,
};

/// The seed of the runs: a failure comes again, and proptest prints what failed.
const SEED: u64 = 20_260_105;

const ACCOUNTS: usize = 5;
const CREDENTIALS: u64 = 4;
const DIDS: usize = 3;

fn config() -> ProptestConfig {
    ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(SEED), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Issue(usize, u64, u8),
    Join(usize, u64, u64),
    Leave(usize),
    Revoke(u64),
    Reissue(usize, usize),
    Roles(u64, u8),
    Bind(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, what) = (0..ACCOUNTS, 1..=CREDENTIALS);
    prop_oneof![
        4 => (who.clone(), what.clone(), 0..=130_u8).prop_map(|(a, c, r)| Step::Issue(a, c, r)),
        4 => (who.clone(), what, 0..4_u64).prop_map(|(a, c, n)| Step::Join(a, c, n)),
        2 => who.clone().prop_map(Step::Leave),
        1 => (0..6_u64).prop_map(Step::Revoke),
        2 => (who.clone(), who.clone()).prop_map(|(a, b)| Step::Reissue(a, b)),
        2 => (0..6_u64, 0..=130_u8).prop_map(|(id, r)| Step::Roles(id, r)),
        2 => (who, 0..=DIDS).prop_map(|(a, d)| Step::Bind(a, d)),
    ]
}

fn account(index: usize) -> Address {
    Address::repeat_byte(u8::try_from(index + 1).expect("few"))
}

fn did(index: usize) -> String {
    if index == DIDS { String::new() } else { format!("did:key:z{index}") }
}

/// What is live, and what was.
#[derive(Default)]
struct Model {
    /// By account: credential, roles, DID.
    live: BTreeMap<usize, (u64, u8, usize)>,
    /// By credential.
    ids: BTreeMap<u64, u64>,
    nonces: BTreeMap<u64, u64>,
}

impl Model {
    fn holder_of(&self, credential: u64) -> Option<usize> {
        self.live.iter().find(|(_, entry)| entry.0 == credential).map(|(who, _)| *who)
    }

    fn holder_of_id(&self, id: u64) -> Option<usize> {
        let (credential, _) = self.ids.iter().find(|(_, known)| **known == id)?;
        self.holder_of(*credential)
    }

    fn begin(&mut self, who: usize, credential: u64, roles: u8) -> bool {
        if roles > 127 || self.live.contains_key(&who) || self.holder_of(credential).is_some() {
            return false;
        }
        let next = self.ids.len() as u64 + 1;
        self.ids.entry(credential).or_insert(next);
        *self.nonces.entry(credential).or_default() += 1;
        self.live.insert(who, (credential, roles, DIDS));
        true
    }

    fn end(&mut self, who: Option<usize>) -> bool {
        let Some((credential, ..)) = who.and_then(|who| self.live.remove(&who)) else {
            return false;
        };
        *self.nonces.entry(credential).or_default() += 1;
        true
    }

    /// Does a step, and returns whether it is allowed.
    fn step(&mut self, step: &Step) -> bool {
        match *step {
            Step::Issue(who, credential, roles) => self.begin(who, credential, roles),
            Step::Join(who, credential, nonce) => {
                self.nonces.get(&credential).copied().unwrap_or_default() == nonce
                    && self.begin(who, credential, 1)
            }
            Step::Leave(who) => self.end(Some(who)),
            Step::Revoke(id) => self.end(self.holder_of_id(id)),
            Step::Reissue(lost, to) => {
                if self.live.contains_key(&to) {
                    return false;
                }
                let Some(entry) = self.live.remove(&lost) else { return false };
                *self.nonces.entry(entry.0).or_default() += 1;
                self.live.insert(to, entry);
                true
            }
            Step::Roles(id, roles) => {
                let holder = self.holder_of_id(id).filter(|_| roles <= 127);
                let Some(entry) = holder.and_then(|who| self.live.get_mut(&who)) else {
                    return false;
                };
                entry.1 = roles;
                true
            }
            Step::Bind(who, did) => {
                let taken = self.live.iter().any(|(other, entry)| *other != who && entry.2 == did);
                let Some(entry) = self.live.get_mut(&who).filter(|_| did == DIDS || !taken) else {
                    return false;
                };
                entry.2 = did;
                true
            }
        }
    }
}

/// Does a step on the contract, and returns whether it is allowed.
fn act(members: &Members, step: &Step) -> bool {
    let by = issuer().address();
    match *step {
        Step::Issue(who, number, actorRoles) => {
            let call =
                issueCall { account: account(who), credential: credential(number), actorRoles };
            members.call(by, &call).is_ok()
        }
        Step::Join(who, number, nonce) => {
            let invitation = Credential {
                credential: credential(number),
                nonce: U256::from(nonce),
                ..invitation(account(who))
            };
            members.call(account(who), &signed(&issuer(), &invitation)).is_ok()
        }
        Step::Leave(who) => members.call(account(who), &leaveCall {}).is_ok(),
        Step::Revoke(id) => {
            let call = revokeCall { tokenId: U256::from(id), reason: reason() };
            members.call(by, &call).is_ok()
        }
        Step::Reissue(lost, to) => {
            let (lost, replacement) = (account(lost), account(to));
            members.call(by, &reissueCall { lost, replacement, reason: reason() }).is_ok()
        }
        Step::Roles(id, actorRoles) => {
            let call = setActorRolesCall { tokenId: U256::from(id), actorRoles };
            members.call(by, &call).is_ok()
        }
        Step::Bind(who, index) => {
            members.call(account(who), &bindDidCall { did: did(index) }).is_ok()
        }
    }
}

/// Compares all that can be read with the model.
fn compare(members: &Members, model: &Model) {
    assert_eq!(members.ok(MALLORY, &totalSupplyCall {}), U256::from(model.live.len()));
    for who in 0..ACCOUNTS {
        let entry = model.live.get(&who);
        let account = account(who);
        assert_eq!(members.is_member(account), entry.is_some());
        let id = entry.map_or(0, |entry| model.ids[&entry.0]);
        assert_eq!(members.of(account).tokenId, U256::from(id));
        let roles = members.ok(MALLORY, &actorRolesOfCall { account });
        assert_eq!(roles, entry.map_or(0, |entry| entry.1));
    }
    for number in 1..=CREDENTIALS {
        let id = model.ids.get(&number).copied().unwrap_or_default();
        let (tokenId, hash) = (U256::from(id), credential(number));
        let live = model.holder_of(number);
        let nonce = model.nonces.get(&number).copied().unwrap_or_default();
        assert_eq!(members.nonce(number), U256::from(nonce));
        let found = members.ok(MALLORY, &tokenOfCredentialCall { credential: hash });
        assert_eq!(found, if live.is_some() { tokenId } else { U256::ZERO });
        let owner = members.call(MALLORY, &ownerOfCall { tokenId }).ok();
        assert_eq!(owner, live.map(account));
        if id != 0 {
            assert_eq!(members.ok(MALLORY, &credentialOfCall { tokenId }), hash);
            let bound = live.map_or(DIDS, |who| model.live[&who].2);
            let expected =
                if bound == DIDS { B256::ZERO } else { alloy_primitives::keccak256(did(bound)) };
            assert_eq!(members.ok(MALLORY, &didOfCall { tokenId }), expected);
        }
    }
    for index in 0..DIDS {
        let holder = model.live.values().find(|entry| entry.2 == index);
        let id = holder.map_or(0, |entry| model.ids[&entry.0]);
        let call = tokenOfDidCall { did: alloy_primitives::keccak256(did(index)) };
        assert_eq!(members.ok(MALLORY, &call), U256::from(id));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_register_is_that_of_a_naive_model(steps in vec(step(), 1..60)) {
        let (members, mut model) = (Members::new(), Model::default());
        for step in steps {
            let allowed = model.step(&step);
            prop_assert_eq!(act(&members, &step), allowed, "{:?} (seed {})", step, SEED);
            compare(&members, &model);
        }
    }
}
