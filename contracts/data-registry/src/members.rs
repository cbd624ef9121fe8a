//! Decides what is known of an account: what Membership says of it, at this moment.

use alloy_sol_types::sol;
use datacoop_kit::{Account, abi::small, host, output, word};
use stylus_sdk::host::VM;

sol!("../membership/IMembership.sol");

/// The bit of the actor role patient.
pub(crate) const PATIENT: u64 = 1;

/// Returns what a member acts as, one bit each; none when the account is no member, or when
/// `membership` does not answer as it should.
#[inline(never)]
pub(crate) fn roles(vm: &VM, membership: &Account, account: &Account) -> Option<u64> {
    if !host::static_call::<IMembership::membershipOfCall>(vm, membership, (account,)) {
        return None;
    }
    let start = output::len();
    host::returned(vm);
    output::take(start, |bytes| {
        let [id, roles, _, ..] = word::words(bytes) else { return None };
        if word::is_zero(id) { None } else { small(roles) }
    })
}
