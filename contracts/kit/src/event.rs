//! Decides how events are emitted: typed by the interface, written as plain words.

use alloy_primitives::B256;
use alloy_sol_types::{SolEvent, SolType, sol_data};
use stylus_sdk::host::VM;

use crate::{
    Uint,
    abi::{ToWord, ToWords},
    host, output,
    word::{self, Word},
};

/// The indexed arguments and the data of an event whose topics are `T` and whose data is `D`.
pub trait EventWords<T, D> {
    /// Emits the log, with the event's signature as its first topic.
    fn log(self, vm: &mut VM, signature: B256);
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
            fn log(self, vm: &mut VM, signature: B256) {
                let (($($topic,)*), ($($data,)*)) = self;
                $(let $topic = $topic.hold();)*
                $(let $data = $data.hold();)*
                log_words(vm, signature, &[$($topic.word(),)* $($data.word(),)*], $topics);
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
    (topics, data).log(vm, E::SIGNATURE_HASH);
}

/// Emits a log of a signature, which is known while compiling, and these words.
#[inline(always)]
fn log_words(vm: &mut VM, signature: B256, words: &[&B256], topics: usize) {
    let [first, second, third, last] = word::raw_lanes(&signature);
    log_lanes(vm, first, second, third, last, words, topics);
}

/// Emits a log of a signature and these words.
#[inline(never)]
fn log_lanes(
    vm: &mut VM,
    first: u64,
    second: u64,
    third: u64,
    last: u64,
    words: &[&B256],
    topics: usize,
) {
    let start = output::len();
    output::push(&word::from_raw_lanes(first, second, third, last));
    output::push_all(words);
    output::read(start, |log| host::log(vm, log, topics));
    output::truncate(start);
}

/// Emits an event with three indexed arguments, whose data are the bytes that the output holds, and
/// forgets those.
pub fn emit_output<'a, E, T, A, B, C>(vm: &mut VM, topics: T)
where
    E: SolEvent<
            TopicList = (sol_data::FixedBytes<32>, A, B, C),
            DataTuple<'a> = (sol_data::Bytes,),
        >,
    T: ToWords<(A, B, C)>,
    A: SolType,
    B: SolType,
    C: SolType,
    E::TopicList: alloy_sol_types::TopicList,
{
    let data = output::len();
    output::push(&word::constant(E::SIGNATURE_HASH));
    topics.with_words(|words| output::push_all(words));
    // The head is one word; the bytes follow it.
    output::push(Uint::from(32_u64).word());
    output::push_tail(data);
    output::read(data, |log| host::log(vm, log, 4));
    output::truncate(0);
}
