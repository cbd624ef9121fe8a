//! Decides how events are emitted: typed by the interface, written as plain words.

use alloc::vec::Vec;

use alloy_primitives::B256;
use alloy_sol_types::{SolEvent, SolType, sol_data};
use stylus_sdk::host::VM;

use crate::{
    abi::{self, ToWord},
    host, word,
};

/// The indexed arguments and the data of an event whose topics are `T` and whose data is `D`.
pub trait EventWords<T, D> {
    /// Emits the log, with the event's signature as its first topic.
    fn log(self, vm: &mut VM, signature: &B256);
}

macro_rules! event_words {
    ($(
        ($($topic:ident $topic_sol:ident)*) ($($data:ident $data_sol:ident)*): $topics:literal;
    )*) => {$(
        impl<$($topic, $topic_sol: SolType,)* $($data, $data_sol: SolType,)*>
            EventWords<(sol_data::FixedBytes<32>, $($topic_sol,)*), ($($data_sol,)*)>
            for (($($topic,)*), ($($data,)*))
        where
            $($topic: ToWord<$topic_sol>,)*
            $($data: ToWord<$data_sol>,)*
        {
            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn log(self, vm: &mut VM, signature: &B256) {
                let (($($topic,)*), ($($data,)*)) = self;
                let words = [*signature, $($topic.to_word(),)* $($data.to_word(),)*];
                host::log(vm, word::bytes(&words), $topics);
            }
        }
    )*};
}

event_words! {
    () (D SD): 1;
    () (D SD E SE): 1;
    () (D SD E SE F SF G SG): 1;
    () (D SD E SE F SF G SG H SH I SI): 1;
    () (D SD E SE F SF G SG H SH I SI J SJ K SK): 1;
    (A SA) (D SD): 2;
    (A SA B SB) (): 3;
    (A SA B SB) (D SD): 3;
    (A SA B SB) (D SD E SE F SF): 3;
    (A SA B SB C SC) (): 4;
}

/// Emits an event of an interface: `emit::<Transfer, _, _>(vm, (from, to), (value,))`.
///
/// The first tuple holds the indexed arguments, the second the others.
#[inline(always)]
pub fn emit<'a, E: SolEvent, T, D>(vm: &mut VM, topics: T, data: D)
where
    (T, D): EventWords<E::TopicList, E::DataTuple<'a>>,
{
    (topics, data).log(vm, &E::SIGNATURE_HASH);
}

/// Emits an event with three indexed arguments whose data is one `bytes`.
pub fn emit_bytes<'a, E, A, B, C, SA, SB, SC>(vm: &mut VM, (a, b, c): (A, B, C), data: &[u8])
where
    E: SolEvent<
            TopicList = (sol_data::FixedBytes<32>, SA, SB, SC),
            DataTuple<'a> = (sol_data::Bytes,),
        >,
    A: ToWord<SA>,
    B: ToWord<SB>,
    C: ToWord<SC>,
    SA: SolType,
    SB: SolType,
    SC: SolType,
    E::TopicList: alloy_sol_types::TopicList,
{
    let head = [E::SIGNATURE_HASH, a.to_word(), b.to_word(), c.to_word(), word::from_u64(0x20)];
    let mut out: Vec<u8> = abi::encode_words(&head);
    abi::push_bytes(&mut out, data);
    host::log(vm, &out, 4);
}
