//! Decides which actions are measured, and in which state: the one table of them.

use alloy::{primitives::keccak256, signers::Error as SignerError};
use datacoop_deploy::bindings::IDataToken::{burnCall, grantRoleCall, pauseCall, transferFromCall};

use crate::{
    Error,
    access::{self, RESEARCHER, RIVAL, auction, bid, buy},
    governance::{self, execute, pay_from_treasury, propose, queue, vote},
    story::{
        ADMIN, ALICE, BOB, CAROL, Call, Cast, DATA, GUARDIAN, approve, batch, mint, record,
        transfer,
    },
};

/// Something a user does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action {
    /// What it is called, in the table and on the command line.
    pub(crate) name: &'static str,
    /// Its calls, each story on the same fresh state: the last one is measured, the others bring
    /// about the state that it is measured in.
    pub(crate) story: fn(&Cast) -> Result<Vec<Call>, SignerError>,
}

/// All actions, in the order of the table. To add one: one entry here.
#[rustfmt::skip]
pub(crate) const ACTIONS: &[Action] = &[
    Action { name: "mint, new holder", story: |_| Ok(vec![mint(CAROL)]) },
    Action { name: "mint, again", story: |_| Ok(vec![mint(CAROL), mint(CAROL)]) },
    Action { name: "transfer, new holder", story: |_| Ok(vec![transfer(ALICE, CAROL)]) },
    Action { name: "transfer, again", story: |_| Ok(vec![transfer(ALICE, CAROL), transfer(ALICE, CAROL)]) },
    Action { name: "approve, first", story: |_| Ok(vec![approve(5)]) },
    Action { name: "approve, again", story: |_| Ok(vec![approve(5), approve(6)]) },
    Action { name: "transferFrom", story: |_| {
        let call = transferFromCall { from: ALICE, to: CAROL, value: DATA };
        Ok(vec![transfer(ALICE, CAROL), approve(5), Call::data(BOB, &call)])
    } },
    Action { name: "burn", story: |_| {
        let call = Call::data(ALICE, &burnCall { value: DATA });
        Ok(vec![call.clone(), call])
    } },
    Action { name: "permit", story: |cast| Ok(vec![cast.permit()?]) },
    Action { name: "grantRole", story: |_| {
        let call = grantRoleCall { role: keccak256("PAUSER_ROLE"), account: GUARDIAN };
        Ok(vec![Call::data(ADMIN, &call)])
    } },
    Action { name: "pause", story: |_| Ok(vec![Call::data(ADMIN, &pauseCall {})]) },
    Action { name: "transfer of votes", story: |_| Ok(vec![governance::send(ADMIN, ALICE), governance::send(ADMIN, ALICE)]) },
    Action { name: "delegate", story: |_| Ok(vec![governance::delegate(BOB)]) },
    Action { name: "propose", story: |cast| Ok(vec![propose(cast)]) },
    Action { name: "castVote", story: |cast| Ok(vec![propose(cast), vote(cast)]) },
    Action { name: "queue", story: |cast| Ok(vec![propose(cast), vote(cast), queue(cast)]) },
    Action { name: "execute", story: |cast| Ok(vec![propose(cast), vote(cast), queue(cast), execute(cast)]) },
    Action { name: "execTransaction, 2 of 3", story: |cast| {
        Ok(vec![pay_from_treasury(cast, 0)?, pay_from_treasury(cast, 1)?])
    } },
    Action { name: "recordContribution, first", story: |_| Ok(vec![record("a")]) },
    Action { name: "recordContribution, again", story: |_| Ok(vec![record("a"), record("b").after_days(8)]) },
    Action { name: "recordBatch of 1", story: |_| Ok(vec![batch("before", 4), batch("entry", 1)]) },
    Action { name: "recordBatch of 10", story: |_| Ok(vec![batch("before", 4), batch("entry", 10)]) },
    Action { name: "recordBatch of 50", story: |_| Ok(vec![batch("before", 4), batch("entry", 50)]) },
    Action { name: "join", story: |cast| Ok(vec![access::join(cast)?]) },
    Action { name: "grant a consent", story: |_| Ok(vec![access::grant()]) },
    Action { name: "revoke a consent", story: |_| Ok(vec![access::grant(), access::revoke()]) },
    Action { name: "register", story: |_| Ok(vec![access::register()]) },
    Action { name: "registerMany of 50", story: |_| Ok(vec![access::register_many(50)]) },
    Action { name: "buy, first", story: |cast| Ok(vec![buy(cast, RESEARCHER)]) },
    Action { name: "buy, again", story: |cast| Ok(vec![buy(cast, RESEARCHER), buy(cast, RIVAL)]) },
    Action { name: "bid, first", story: |cast| Ok(vec![auction(cast), bid(RESEARCHER, 1)]) },
    Action { name: "bid, again", story: |cast| {
        Ok(vec![auction(cast), bid(RESEARCHER, 1), bid(RIVAL, 2)])
    } },
    Action { name: "claim", story: |cast| Ok(vec![buy(cast, RESEARCHER), access::claim(cast)]) },
    Action { name: "claimFor of 50", story: |cast| {
        Ok(vec![buy(cast, RESEARCHER), access::claim(cast), access::claim_for_others(cast)])
    } },
];

/// The names of all actions.
pub fn action_names() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().map(|action| action.name)
}

/// Returns the actions whose names have `part` in them.
pub(crate) fn named(part: &str) -> Result<Vec<Action>, Error> {
    let found: Vec<_> =
        ACTIONS.iter().filter(|action| action.name.contains(part)).copied().collect();
    if found.is_empty() {
        let known = action_names().collect::<Vec<_>>().join("; ");
        return Err(Error::UnknownAction { name: part.to_owned(), known });
    }
    Ok(found)
}
