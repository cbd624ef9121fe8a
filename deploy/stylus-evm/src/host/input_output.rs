//! Host functions that move arguments, results, logs and hash input.

use alloy_primitives::U256;

use super::{HostBuilder, routine::Routine};
use crate::{
    evm::opcode::Opcode,
    ir::{Edge, Op, Terminator, Value},
    passes::results::Fate,
};

/// `read_args(dest)`: the call data or, while the contract is created, the constructor's selector
/// and arguments from the end of the creation code.
pub(super) fn read_args(h: &mut HostBuilder<'_>) {
    let dest = h.b.param(0);
    let staging = h.staging(dest);
    let (creation, call, copied) = (h.b.new_block(), h.b.new_block(), h.b.new_block());
    let length = h.b.add_param(copied);
    let deployed = h.b.op(Op::CodeLength, vec![]);
    let total = h.b.evm(Opcode::CODESIZE, []);
    let created = h.b.evm(Opcode::GT, [total, deployed]);
    h.b.branch(created, creation, call);

    h.b.switch_to(call);
    let size = h.b.evm(Opcode::CALLDATASIZE, []);
    let zero = h.b.int(0);
    h.b.evm(Opcode::CALLDATACOPY, [staging, zero, size]);
    h.b.jump(copied, vec![size]);

    h.b.switch_to(creation);
    let (offset, args_length) = constructor_args(h);
    let selector = h.b.word(U256::from(h.layout.constructor_selector) << 224);
    h.b.evm(Opcode::MSTORE, [staging, selector]);
    let four = h.b.int(4);
    let behind = h.b.add(staging, four);
    h.b.evm(Opcode::CODECOPY, [behind, offset, args_length]);
    let size = h.b.add(args_length, four);
    h.b.jump(copied, vec![size]);

    h.b.switch_to(copied);
    // The selector's word may be longer than the data: 28 bytes of zeros, which may stay.
    h.unstage(staging, dest, length);
    h.b.ret(vec![]);
}

/// Position and length of the constructor's arguments in the creation code: what follows the
/// deployed code and one marker byte.
pub(crate) fn constructor_args(h: &mut HostBuilder<'_>) -> (Value, Value) {
    let deployed = h.b.op(Op::CodeLength, vec![]);
    let one = h.b.int(1);
    let offset = h.b.add(deployed, one);
    let total = h.b.evm(Opcode::CODESIZE, []);
    (offset, h.b.sub(total, offset))
}

/// `write_result(data, length)`: remembers the result for [`Routine::Finish`].
///
/// If nothing the program does afterwards can change the bytes (see [`Fate`]), remembering where
/// they are is enough; else they are copied behind the linear memory now.
pub(super) fn write_result(h: &mut HostBuilder<'_>) {
    let (data, length) = (h.b.param(0), h.b.param(1));
    let from = h.below(data, length);
    h.b.slot_store(h.layout.result_length, length);
    h.b.slot_store(h.layout.result_address, from);
    let (copies, stays) = (h.b.new_block(), h.b.new_block());
    let changes = match &h.layout.result {
        Fate::Unknown => h.b.int(1),
        Fate::Stays(ranges) => {
            let end = h.b.add(data, length);
            ranges.iter().fold(h.b.int(0), |changes, &(first, last)| {
                let (first, last) = (h.b.int(first), h.b.int(last));
                let starts_below = h.b.evm(Opcode::LT, [data, last]);
                let ends_above = h.b.evm(Opcode::GT, [end, first]);
                let overlaps = h.b.and(starts_below, ends_above);
                h.b.or(changes, overlaps)
            })
        }
    };
    h.b.branch(changes, copies, stays);
    h.b.switch_to(copies);
    let behind = h.b.word(h.layout.mirror + U256::from(32));
    h.b.evm(Opcode::MCOPY, [behind, from, length]);
    h.b.slot_store(h.layout.result_address, behind);
    h.b.jump(stays, vec![]);
    h.b.switch_to(stays);
    h.b.ret(vec![]);
}

/// `exit_early(status)`.
pub(super) fn exit_early(h: &mut HostBuilder<'_>) {
    let status = h.b.param(0);
    h.call(Routine::Finish, vec![status]);
    h.b.end(Terminator::Trap);
}

/// `native_keccak256(bytes, length, output)`. Up to 64 bytes, a mapping's key, are hashed in the
/// scratch words.
pub(super) fn keccak256(h: &mut HostBuilder<'_>) {
    let (bytes, length, output) = (h.b.param(0), h.b.param(1), h.b.param(2));
    let staging = h.staging(bytes);
    let sixty_four = h.b.int(64);
    let long = h.b.evm(Opcode::GT, [length, sixty_four]);
    let staging = h.b.mul(staging, long);
    let from = h.below(bytes, length);
    h.call(Routine::ReverseOut, vec![staging, from, length]);
    let hash = h.b.evm(Opcode::KECCAK256, [staging, length]);
    h.wipe(staging, length);
    h.write_hash(output, hash);
    h.b.ret(vec![]);
}

/// `emit_log(data, length, topics)`: the data starts with the topics.
pub(super) fn emit_log(h: &mut HostBuilder<'_>) {
    let (data, length, topics) = (h.b.param(0), h.b.param(1), h.b.param(2));
    let four = h.b.int(4);
    let too_many = h.b.evm(Opcode::GT, [topics, four]);
    h.b.trap_if(too_many);
    let topic_bytes = h.b.shl(5, topics);
    let too_short = h.b.evm(Opcode::GT, [topic_bytes, length]);
    h.b.trap_if(too_short);
    let rest = h.b.sub(length, topic_bytes);
    let staging = h.staging(data);
    let from = h.below(data, length);
    h.call(Routine::ReverseOut, vec![staging, from, rest]);
    let (done, invalid) = (h.b.new_block(), h.b.new_block());
    let arms: Vec<_> = (0..=4).map(|_| h.b.new_block()).collect();
    let blocks = arms.iter().chain([&invalid]);
    let edges = blocks.map(|&block| Edge { block, args: vec![] }).collect();
    h.b.end(Terminator::Switch { index: topics, edges });
    for (count, &arm) in (0..).zip(&arms) {
        h.b.switch_to(arm);
        let mut args = vec![staging, rest];
        for topic in 0..u32::from(count) {
            args.push(h.read_word_at(data, topic * 32));
        }
        h.b.op(Op::Evm(Opcode::log(count)), args);
        h.b.jump(done, vec![]);
    }
    h.b.switch_to(invalid);
    h.b.end(Terminator::Trap);
    h.b.switch_to(done);
    h.wipe(staging, rest);
    h.b.ret(vec![]);
}
