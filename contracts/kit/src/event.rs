//! Decides how events are emitted: typed by the interface, written as plain words.

use alloy_sol_types::{SolEvent, SolType, sol_data};
use stylus_sdk::host::VM;

use crate::{
    abi::{ToWord, ToWords},
    host, output,
};

/// The indexed arguments of an event whose topics are the tuple `T`: the event's signature and
/// these.
pub trait Topics<T> {
    /// How many topics there are.
    const COUNT: usize;

    /// Appends the indexed arguments to the output.
    fn push_all(self);
}

macro_rules! topics {
    ($($count:literal: $($topic:ident $sol:ident)*;)*) => {$(
        impl<$($topic, $sol: SolType,)*> Topics<(sol_data::FixedBytes<32>, $($sol,)*)>
            for ($($topic,)*)
        where
            $($topic: ToWord<$sol>,)*
        {
            const COUNT: usize = $count;

            #[inline(always)]
            #[allow(non_snake_case, reason = "the values are named after their types")]
            fn push_all(self) {
                let ($($topic,)*) = self;
                $($topic.push();)*
            }
        }
    )*};
}

topics! {
    1: ;
    2: A SA;
    3: A SA B SB;
    4: A SA B SB C SC;
}

/// Emits an event of an interface: `emit::<Transfer>(vm, (from, to), (value,))`.
///
/// The first tuple holds the indexed arguments, the second the others.
#[inline(always)]
pub fn emit<'a, E: SolEvent>(
    vm: &mut VM,
    topics: impl Topics<E::TopicList>,
    data: impl ToWords<E::DataTuple<'a>>,
) {
    log::<E, _>(vm, topics, || data.push_all());
}

/// Emits an event whose data are the bytes that the output holds, and forgets those.
#[inline(always)]
pub fn emit_output<'a, E>(vm: &mut VM, topics: impl Topics<E::TopicList>)
where
    E: SolEvent<DataTuple<'a> = (sol_data::Bytes,)>,
{
    let data = output::len();
    log::<E, _>(vm, topics, || {
        // The head is one word; the bytes follow it.
        output::push_number(32);
        output::push_tail(data);
    });
    output::truncate(0);
}

/// Emits a log after what the output holds.
#[inline(always)]
fn log<E: SolEvent, T: Topics<E::TopicList>>(vm: &mut VM, topics: T, push_data: impl FnOnce()) {
    let start = output::len();
    output::push_constant(E::SIGNATURE_HASH);
    topics.push_all();
    push_data();
    host::log(vm, start, T::COUNT);
}
