//! Decides what is known of an account: what Membership says of it, at this moment.

use alloy_sol_types::sol;
use datacoop_kit::{Account, abi::small, host, output, word};
use stylus_sdk::host::VM;

sol!("../membership/IMembership.sol");

/// An account's membership.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// What the member acts as, one bit each.
    pub(crate) roles: u8,
    /// When the membership began, in seconds since 1970.
    pub(crate) since: u64,
}

/// Returns an account's membership; none when it has none, or when `membership` does not answer as it
/// should.
#[inline(never)]
pub(crate) fn standing(vm: &VM, membership: &Account, account: &Account) -> Option<Standing> {
    if !host::static_call::<IMembership::membershipOfCall>(vm, membership, (account,)) {
        return None;
    }
    let start = output::len();
    host::returned(vm);
    output::take(start, |bytes| {
        let [id, roles, since, ..] = word::words(bytes) else { return None };
        let roles = u8::try_from(small(roles)?).ok()?;
        (!word::is_zero(id)).then_some(Standing { roles, since: small(since)? })
    })
}
