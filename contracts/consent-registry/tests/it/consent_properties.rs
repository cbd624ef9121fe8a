//! Long random runs against a naive model: nothing is ever covered without a live consent of a
//! subject who has been a member ever since, and whatever is consented to is covered.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use consent_registry::IConsentRegistry::{
    Scope, consentsOfCall, coveringConsentCall, coversCall, grantCall, revokeCall,
};
use datacoop_kit::testing::{START, Signer};
use membership::IMembership::{
    issueCall, leaveCall, reissueCall, setActorRolesCall, tokenOfCredentialCall,
};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};

use crate::support::{ISSUER, MALLORY, MEMBERSHIP, Registry, amend, grant, scope};

/// The seed of the runs: a failure comes again, and proptest prints what failed.
const SEED: u64 = 20_260_106;

/// People, the last one of whom is never a member.
const PEOPLE: usize = 4;

/// Classes and purposes that are asked about, the last of which there are not.
const CLASSES: [u8; 4] = [0, 1, 3, 4];
const PURPOSES: [u8; 4] = [0, 2, 4, 5];

fn config() -> ProptestConfig {
    ProptestConfig { cases: 24, rng_seed: RngSeed::Fixed(SEED), ..Default::default() }
}

#[derive(Clone, Debug)]
enum Step {
    Grant(usize, Wish),
    Amend(usize, u64, Wish),
    Revoke(usize, u64),
    Leave(usize),
    Enrol(usize, u8),
    Roles(usize, u8),
    Replace(usize, usize),
    Wait(u64),
}

/// A scope, before the time is known.
#[derive(Clone, Debug)]
struct Wish {
    classes: u8,
    purposes: u8,
    kind: u8,
    who: usize,
    role: u8,
    lasts: u64,
}

fn wish() -> impl Strategy<Value = Wish> {
    (0..=16_u8, 0..=32_u8, 0..=3_u8, 0..PEOPLE, 0..=7_u8, 0..60_u64).prop_map(
        |(classes, purposes, kind, who, role, lasts)| Wish {
            classes,
            purposes,
            kind,
            who,
            role,
            lasts,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE;
    prop_oneof![
        8 => (who.clone(), wish()).prop_map(|(who, wish)| Step::Grant(who, wish)),
        4 => (who.clone(), 0..30_u64, wish()).prop_map(|(who, id, wish)| Step::Amend(who, id, wish)),
        3 => (who.clone(), 0..30_u64).prop_map(|(who, id)| Step::Revoke(who, id)),
        1 => who.clone().prop_map(Step::Leave),
        3 => (0..PEOPLE - 1, 0..128_u8).prop_map(|(who, roles)| Step::Enrol(who, roles)),
        2 => (who.clone(), 0..128_u8).prop_map(|(who, roles)| Step::Roles(who, roles)),
        1 => (who.clone(), who).prop_map(|(lost, to)| Step::Replace(lost, to)),
        6 => (0..20_u64).prop_map(Step::Wait),
    ]
}

fn person(index: usize) -> Address {
    Signer::new(u8::try_from(index + 40).expect("few")).address()
}

fn scope_of(wish: &Wish, now: u64) -> Scope {
    Scope {
        dataClasses: wish.classes,
        purposes: wish.purposes,
        granteeKind: wish.kind,
        account: if wish.kind == 0 { person(wish.who) } else { Address::ZERO },
        actorRole: if wish.kind == 1 { wish.role } else { 0 },
        expiry: now + wish.lasts,
        ..scope()
    }
}

/// Whether a wish is one that can be consented to.
fn is_sound(wish: &Wish) -> bool {
    (1..16).contains(&wish.classes)
        && (1..32).contains(&wish.purposes)
        && wish.kind <= 2
        && (wish.kind != 1 || wish.role < 7)
}

/// A consent that was given and not revoked.
struct Given {
    subject: usize,
    wish: Wish,
    at: u64,
    expiry: u64,
}

#[derive(Default)]
struct Model {
    given: BTreeMap<u64, Given>,
    ids: u64,
    /// By person: the credential's number, the roles, and since when.
    members: BTreeMap<usize, (usize, u8, u64)>,
}

impl Model {
    fn covers(&self, subject: usize, class: u8, purpose: u8, grantee: usize, now: u64) -> bool {
        let Some((_, _, since)) = self.members.get(&subject) else { return false };
        self.given.values().any(|given| {
            let roles = self.members.get(&grantee).map_or(0, |member| member.1);
            given.subject == subject
                && given.at >= *since
                && given.expiry >= now
                && class < 4
                && purpose < 5
                && given.wish.classes >> class & 1 == 1
                && given.wish.purposes >> purpose & 1 == 1
                && match given.wish.kind {
                    0 => given.wish.who == grantee,
                    1 => roles >> given.wish.role & 1 == 1,
                    _ => roles > 1,
                }
        })
    }

    fn is_live(&self, who: usize, id: u64, now: u64) -> bool {
        self.given.get(&id).is_some_and(|given| given.subject == who && given.expiry >= now)
    }

    fn give(&mut self, id: u64, subject: usize, wish: &Wish, now: u64) {
        let given = Given { subject, wish: wish.clone(), at: now, expiry: now + wish.lasts };
        self.given.insert(id, given);
    }
}

/// Does a step on both, and requires that both allow or refuse it.
fn act(registry: &Registry, model: &mut Model, step: &Step) {
    let now = registry.chain.time();
    let credential = |number: usize| B256::repeat_byte(u8::try_from(number + 1).expect("few"));
    match step {
        Step::Grant(who, wish) => {
            let live = model
                .given
                .iter()
                .filter(|(_, given)| given.subject == *who && given.expiry >= now);
            let allowed = is_sound(wish) && model.members.contains_key(who) && live.count() < 32;
            let call: grantCall = grant(&scope_of(wish, now));
            let outcome = registry.call(person(*who), &call).ok();
            if allowed {
                model.ids += 1;
                model.give(model.ids, *who, wish, now);
            }
            assert_eq!(outcome, allowed.then(|| U256::from(model.ids)));
        }
        Step::Amend(who, id, wish) => {
            let allowed =
                is_sound(wish) && model.members.contains_key(who) && model.is_live(*who, *id, now);
            let outcome = registry.call(person(*who), &amend(*id, &scope_of(wish, now)));
            assert_eq!(outcome.is_ok(), allowed);
            if allowed {
                model.give(*id, *who, wish, now);
            }
        }
        Step::Revoke(who, id) => {
            let allowed = model.is_live(*who, *id, now);
            let outcome = registry.call(person(*who), &revokeCall { consentId: U256::from(*id) });
            assert_eq!(outcome.is_ok(), allowed);
            if allowed {
                model.given.remove(id);
            }
        }
        Step::Leave(who) => {
            let outcome = registry.chain.send(person(*who), MEMBERSHIP, &leaveCall {});
            assert_eq!(outcome.is_ok(), model.members.remove(who).is_some());
        }
        Step::Enrol(who, actorRoles) => {
            let taken = model.members.values().any(|member| member.0 == *who);
            let allowed = !taken && !model.members.contains_key(who);
            let call = issueCall {
                account: person(*who),
                credential: credential(*who),
                actorRoles: *actorRoles,
            };
            assert_eq!(registry.chain.send(ISSUER, MEMBERSHIP, &call).is_ok(), allowed);
            if allowed {
                model.members.insert(*who, (*who, *actorRoles, now));
            }
        }
        Step::Roles(who, actorRoles) => {
            let Some(member) = model.members.get_mut(who) else { return };
            member.1 = *actorRoles;
            let call = tokenOfCredentialCall { credential: credential(member.0) };
            let tokenId = registry.member(&call);
            registry.member(&setActorRolesCall { tokenId, actorRoles: *actorRoles });
        }
        Step::Replace(lost, to) => {
            let allowed = model.members.contains_key(lost) && !model.members.contains_key(to);
            let call = reissueCall {
                lost: person(*lost),
                replacement: person(*to),
                reason: B256::repeat_byte(1),
            };
            assert_eq!(registry.chain.send(ISSUER, MEMBERSHIP, &call).is_ok(), allowed);
            if allowed && let Some((credential, roles, _)) = model.members.remove(lost) {
                model.members.insert(*to, (credential, roles, now));
            }
        }
        Step::Wait(secs) => registry.chain.set_time(now + secs),
    }
}

/// Compares every use of everybody's data with the model.
fn compare(registry: &Registry, model: &Model) -> usize {
    let now = registry.chain.time();
    let mut covered = 0;
    for subject in 0..PEOPLE {
        let mut ids = registry.ok(MALLORY, &consentsOfCall { subject: person(subject) });
        ids.sort_unstable();
        let expected: Vec<_> = model
            .given
            .iter()
            .filter(|(_, given)| given.subject == subject && given.expiry >= now)
            .map(|(id, _)| U256::from(*id))
            .collect();
        assert_eq!(ids, expected);
        for index in 0..PEOPLE * CLASSES.len() * PURPOSES.len() {
            let (grantee, rest) = (index % PEOPLE, index / PEOPLE);
            let class = CLASSES[rest % CLASSES.len()];
            let purpose = PURPOSES[rest / CLASSES.len()];
            let expected = model.covers(subject, class, purpose, grantee, now);
            let (subject, grantee) = (person(subject), person(grantee));
            let call = coversCall { subject, dataClass: class, purpose, grantee };
            assert_eq!(registry.ok(MALLORY, &call), expected, "seed {SEED}");
            if expected {
                covered += 1;
                let call = coveringConsentCall { subject, dataClass: class, purpose, grantee };
                assert!(registry.ok(MALLORY, &call) != U256::ZERO);
            }
        }
    }
    covered
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_use_is_covered_without_a_live_consent(steps in vec(step(), 1..50)) {
        let (registry, mut model) = (Registry::new(), Model::default());
        // Most are members from the start, one of them with every role.
        for (who, roles) in [(0, 1), (1, 127)] {
            act(&registry, &mut model, &Step::Enrol(who, roles));
        }
        for (number, step) in steps.iter().enumerate() {
            act(&registry, &mut model, step);
            if number % 8 == 7 {
                compare(&registry, &model);
            }
        }
        compare(&registry, &model);
    }
}

#[test]
fn the_model_covers_something() {
    // Else the comparison above would be one of nothing with nothing.
    let (registry, mut model) = (Registry::new(), Model::default());
    let wish = Wish { classes: 15, purposes: 31, kind: 2, who: 0, role: 0, lasts: 10 };
    for step in [Step::Enrol(0, 1), Step::Enrol(1, 16), Step::Grant(0, wish)] {
        act(&registry, &mut model, &step);
    }
    assert_eq!(compare(&registry, &model), 3 * 3);
    act(&registry, &mut model, &Step::Wait(11));
    assert_eq!((compare(&registry, &model), registry.chain.time()), (0, START + 11));
}
