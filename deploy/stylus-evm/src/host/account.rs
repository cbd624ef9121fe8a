//! Host functions about accounts: balance and code.

use super::HostBuilder;
use crate::evm::opcode::Opcode;

/// `account_balance(address, dest)`.
pub(super) fn balance(h: &mut HostBuilder<'_>) {
    let address = h.read_address(h.b.param(0));
    let balance = h.b.evm(Opcode::BALANCE, [address]);
    h.write_word(h.b.param(1), balance);
    h.b.ret(vec![]);
}

/// `account_codehash(address, dest)`. Like the opcode, and the state of a Stylus chain, it gives
/// zero for an account that does not exist.
pub(super) fn code_hash(h: &mut HostBuilder<'_>) {
    let address = h.read_address(h.b.param(0));
    let hash = h.b.evm(Opcode::EXTCODEHASH, [address]);
    h.write_word(h.b.param(1), hash);
    h.b.ret(vec![]);
}

/// `account_code_size(address) → size`.
pub(super) fn code_size(h: &mut HostBuilder<'_>) {
    let address = h.read_address(h.b.param(0));
    let size = h.b.evm(Opcode::EXTCODESIZE, [address]);
    h.b.ret(vec![size]);
}

/// `account_code(address, offset, size, dest) → written`. Unlike `EXTCODECOPY` it writes no
/// padding.
pub(super) fn code(h: &mut HostBuilder<'_>) {
    let (offset, size, dest) = (h.b.param(1), h.b.param(2), h.b.param(3));
    let address = h.read_address(h.b.param(0));
    let total = h.b.evm(Opcode::EXTCODESIZE, [address]);
    let rest = h.saturating_sub(total, offset);
    let length = h.smaller(size, rest);
    let staging = h.staging(dest);
    h.b.evm(Opcode::EXTCODECOPY, [address, staging, offset, length]);
    h.unstage(staging, dest, length);
    h.b.ret(vec![length]);
}
