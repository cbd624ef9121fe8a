//! Decides how people come and go: by an issuer's word or signature, by their own, and as somebody else's
//! replacement.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    signers::SignerSync,
};
use anyhow::Result;
use datacoop_deploy::{
    bindings::IMembership::{
        credentialNonceCall, issueCall, joinCall, leaveCall, reissueCall, setActorRolesCall,
    },
    members::{ActorRoles, InvitationTerms},
};
use rand::Rng;

use super::{Attempt, Composer};
use crate::scenario::people::{LOOSE, PATIENT, RESEARCHER, RESEARCHERS};

/// Seconds that an invitation is good for.
const INVITED_SECS: u64 = 86_400;

/// Why an account is replaced, hashed.
const LOST: B256 = B256::repeat_byte(0x10);

impl Composer<'_> {
    /// An account that is no member's.
    fn newcomer(&mut self) -> Option<Address> {
        let people = &self.stage.people;
        let loose = people.members(LOOSE);
        let accounts = people.newcomers().into_iter().chain(loose);
        let members = &self.ledger.access.members;
        let free: Vec<_> = accounts.filter(|account| !members.contains_key(account)).collect();
        self.pick(&free)
    }

    /// A member that may leave.
    fn loose_member(&mut self) -> Option<Address> {
        let people = &self.stage.people;
        let fixed = people
            .members(0..LOOSE.start)
            .into_iter()
            .chain(people.members(LOOSE.end..RESEARCHERS.end));
        let fixed: Vec<_> = fixed.collect();
        let members = self.ledger.access.members.keys().copied();
        let loose: Vec<_> = members.filter(|account| !fixed.contains(account)).collect();
        self.pick(&loose)
    }

    /// A credential that has no live membership: the person's own, unless it moved on.
    fn credential(&mut self, account: Address) -> B256 {
        let own = keccak256(account);
        let is_taken = self.ledger.access.credentials.values().any(|used| *used == own);
        if is_taken { self.fresh() } else { own }
    }

    /// Somebody joins by an invitation: its own, or one that the issuer never signed.
    pub(super) async fn join(&mut self) -> Result<Option<Attempt>> {
        let (at, people) = (self.stage.at.membership, &self.stage.people);
        let issuer = people.issuer.address();
        let Some(account) = self.newcomer() else { return Ok(None) };
        let credential = self.credential(account);
        let nonce = self.ask(at, credentialNonceCall { credential }).await?;
        let deadline = self.time + INVITED_SECS;
        let roles = ActorRoles(PATIENT);
        let terms = InvitationTerms { account, credential, roles, nonce, deadline };
        let flaw = if self.is_flawed() { self.rng.random_range(1..4) } else { 0 };
        let signer = if flaw == 1 { &people.outsider } else { &people.issuer };
        let signature = signer.sign_hash_sync(&terms.digest(self.stage.chain.id(), at))?;
        let signature = signature.as_bytes().to_vec().into();
        // With more than the issuer gave it, or carried by somebody else.
        let actor_roles = if flaw == 2 { PATIENT | RESEARCHER } else { PATIENT };
        let from = if flaw == 3 { self.outsider() } else { account };
        let call = joinCall {
            issuer,
            credential,
            actorRoles: actor_roles,
            deadline: U256::from(deadline),
            signature,
        };
        let error = (flaw != 0).then_some("MembershipInvalidSignature");
        Ok(Some(Attempt::ends(from, at, &call, error)))
    }

    /// An issuer makes somebody a member; an outsider makes nobody one, and nobody is one twice.
    pub(super) fn issue(&mut self) -> Option<Attempt> {
        let (at, issuer) = (self.stage.at.membership, self.stage.people.issuer.address());
        let account = self.newcomer()?;
        let credential = self.credential(account);
        if self.is_flawed() {
            if self.rng.random() {
                let call = issueCall { account, credential, actorRoles: RESEARCHER };
                let error = "AccessControlUnauthorizedAccount";
                return Some(Attempt::refused(self.outsider(), at, &call, error));
            }
            let (account, credential) = (self.member()?, self.fresh());
            let call = issueCall { account, credential, actorRoles: PATIENT };
            return Some(Attempt::refused(issuer, at, &call, "MembershipAlreadyMember"));
        }
        let call = issueCall { account, credential, actorRoles: PATIENT };
        Some(Attempt::done(issuer, at, &call))
    }

    pub(super) fn leave(&mut self) -> Option<Attempt> {
        let at = self.stage.at.membership;
        if self.is_flawed() {
            let call = leaveCall {};
            return Some(Attempt::refused(self.outsider(), at, &call, "MembershipNotMember"));
        }
        Some(Attempt::done(self.loose_member()?, at, &leaveCall {}))
    }

    /// An issuer says what a researcher acts as: nothing, or a researcher again.
    pub(super) fn vet(&mut self) -> Option<Attempt> {
        let at = self.stage.at.membership;
        let number = self.rng.random_range(RESEARCHERS);
        let account = self.stage.people.member(number);
        let member = *self.ledger.access.members.get(&account)?;
        let is_vetted = member.roles & RESEARCHER != 0;
        // Most act as researchers at most times.
        let stays = is_vetted && !self.rng.random_ratio(1, 3);
        let actor_roles = if is_vetted && !stays { PATIENT } else { RESEARCHER };
        let call = setActorRolesCall { tokenId: member.token, actorRoles: actor_roles };
        if self.is_flawed() {
            let error = "AccessControlUnauthorizedAccount";
            return Some(Attempt::refused(account, at, &call, error));
        }
        Some(Attempt::done(self.stage.people.issuer.address(), at, &call))
    }

    /// A lost account is replaced, for a reason, by the issuer.
    pub(super) fn recover(&mut self) -> Option<Attempt> {
        let (at, issuer) = (self.stage.at.membership, self.stage.people.issuer.address());
        let (lost, replacement) = (self.loose_member()?, self.newcomer()?);
        let call = reissueCall { lost, replacement, reason: LOST };
        if self.is_flawed() {
            if self.rng.random() {
                let error = "AccessControlUnauthorizedAccount";
                return Some(Attempt::refused(replacement, at, &call, error));
            }
            let call = reissueCall { reason: B256::ZERO, ..call };
            return Some(Attempt::refused(issuer, at, &call, "MembershipMissingReason"));
        }
        Some(Attempt::done(issuer, at, &call))
    }
}
