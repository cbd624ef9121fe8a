//! A contract that hands everything back: what the tests of this folder call.

use alloy_primitives::{Address, B256, address};
use alloy_sol_types::{sol, sol_data};
use datacoop_kit::{
    Account, Contract, Result, Revert, Uint, contract,
    dynamic::{Blobs, Elements, List},
    event::emit,
    host, layout, merkle, output, program, routes,
    storage::Sequence,
    testing::Chain,
    word::Word,
};
use stylus_sdk::host::VM;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    struct Pair {
        address who;
        uint64 amount;
    }

    #[derive(Debug)]
    interface IMirror {
        event Seen(uint256 indexed number, bytes data, address[] accounts, string[] texts);

        error Refused(string text, uint256 number, bytes[] list);

        function words(uint48 a, uint208 b, uint16 c, uint32 d, bytes4 e)
            external view returns (uint48, uint208, uint16, uint32, bytes4);
        function texts(string calldata text, bytes calldata data, uint256 number)
            external view returns (bytes memory, uint256, string memory);
        function lists(address[] calldata accounts, bytes[] calldata list, Pair[] calldata pairs)
            external returns (bytes[] memory, address[] memory, Pair[] memory, uint256[] memory);
        function see(uint256 number, bytes calldata data, address[] calldata accounts, string[] calldata texts)
            external;
        function refuse(string calldata text, bytes[] calldata list) external view;
        function pay() external payable returns (uint256);
        function forward(address to, uint256 value, bytes calldata data) external payable returns (bytes memory);
        function borrow(address code, bytes calldata data) external returns (bytes memory);
        function keep(address key, uint256 value) external;
        function drop(address key) external;
        function proves(bytes32 root, address who, uint256 amount, bytes32[] calldata proof)
            external view returns (bool);
        function kept(address key, uint256 index) external view returns (uint256, uint256);
    }
}

layout! {
    /// What the mirror keeps.
    pub struct MirrorStorage {
        all: Array<Uint>,
        by_key: Mapping<Account, Sequence<Uint>>,
    }
}

const STORAGE: MirrorStorage = MirrorStorage::at(0);

/// Where the tests put the mirror.
pub(crate) const MIRROR: Address = address!("000000000000000000000000000000000000a11a");
/// Where the tests put a second one, whose fallback answers.
pub(crate) const SECOND: Address = address!("000000000000000000000000000000000000a11b");
/// Who calls.
pub(crate) const CALLER: Address = address!("000000000000000000000000000000000000ca11");

#[derive(Debug)]
pub(crate) struct Mirror {
    vm: VM,
}

contract!(Mirror);

/// The bytes that the last call returned, or its error.
fn returned(vm: &VM, succeeded: bool) -> Result<Vec<u8>> {
    if !succeeded {
        return Err(Revert::bubble(vm));
    }
    let start = output::len();
    host::returned(vm);
    Ok(output::take(start, <[u8]>::to_vec))
}

impl Mirror {
    fn lists<'a>(&self, (accounts, list, pairs): Lists<'a>) -> Result<Answer<'a>> {
        let lengths = vec![accounts.len() as u64, list.len() as u64, pairs.iter().len() as u64];
        Ok((list, accounts, pairs, List(lengths.into_iter())))
    }
}

/// The siblings from a leaf up.
type Proof<'a> = Elements<'a, sol_data::FixedBytes<32>>;

/// The arguments of `lists`.
type Lists<'a> = (Elements<'a, sol_data::Address>, Blobs<'a>, Elements<'a, Pair>);

/// The results of `lists`: its arguments in another order, and their lengths.
type Answer<'a> =
    (Blobs<'a>, Elements<'a, sol_data::Address>, Elements<'a, Pair>, List<std::vec::IntoIter<u64>>);

routes! {
    Mirror as IMirror (IMirrorCalls);

    constructor() => |_, ()| Ok(());

    reads {
        wordsCall => |_, (a, b, c, d, e): (u64, &Uint, u16, u32, u32)| (a, *b, c, d, e);
        textsCall => |_, (text, data, number): (&[u8], &[u8], &Uint)| (data, *number, text);
        keptCall => |mirror, (key, index): (&Account, &Uint)| {
            let vm = mirror.vm();
            let own = STORAGE.by_key.sequence(vm, key);
            (own.at(vm, index.to_u64()).get(vm), STORAGE.all.all().len(vm))
        };
    }

    views {
        provesCall => |mirror, (root, who, amount, proof): (&B256, &Account, &Uint, Proof<'_>)| {
            let start = output::len();
            output::push(who.word());
            output::push(amount.word());
            let leaf = merkle::leaf(mirror.vm(), start);
            Ok(merkle::verify(mirror.vm(), root, &leaf, proof.words()))
        };
        refuseCall => |_, (text, list): (&[u8], Blobs<'_>)| -> Result<()> {
            Err(Revert::new::<IMirror::Refused>((text, 7_u64, list)))
        };
    }

    acts {
        listsCall => |mirror, args| mirror.lists(args);
        seeCall => |mirror, (number, data, accounts, texts): (
            &Uint, &[u8], Elements<'_, sol_data::Address>, Blobs<'_>,
        )| {
            emit::<IMirror::Seen>(mirror.vm_mut(), (number,), (data, accounts, texts));
            Ok(())
        };
        borrowCall => |mirror, (code, data): (&Account, &[u8])| {
            let succeeded = host::delegate_call_raw(mirror.vm_mut(), code, u64::MAX, data);
            returned(mirror.vm(), succeeded).map(Owned)
        };
        keepCall => |mirror, (key, value): (&Account, &Uint)| {
            let own = STORAGE.by_key.sequence(mirror.vm(), key);
            own.push(mirror.vm_mut(), value);
            STORAGE.all.all().push(mirror.vm_mut(), value);
            Ok(())
        };
        dropCall => |mirror, (key,): (&Account,)| {
            let own = STORAGE.by_key.sequence(mirror.vm(), key);
            own.pop(mirror.vm_mut());
            STORAGE.all.all().pop(mirror.vm_mut());
            Ok(())
        };
    }

    payable {
        payCall => |mirror, ()| Ok(host::value(mirror.vm()));
        forwardCall => |mirror, (to, value, data): (&Account, &Uint, &[u8])| {
            let succeeded = host::call_raw(mirror.vm_mut(), to, value, data);
            returned(mirror.vm(), succeeded).map(Owned)
        };
    }

    receive => |_| Ok(());
    fallback => |_, calldata: &[u8]| {
        output::push_bytes(calldata);
        Ok(())
    };
}

/// Bytes that are written as a result of type `bytes`.
struct Owned(Vec<u8>);

impl datacoop_kit::abi::ToAbi<sol_data::Bytes> for Owned {
    fn push_head(&self, tail: &mut u64) {
        datacoop_kit::abi::ToAbi::<sol_data::Bytes>::push_head(&self.0.as_slice(), tail);
    }

    fn push_tail(self) {
        datacoop_kit::abi::ToAbi::<sol_data::Bytes>::push_tail(self.0.as_slice());
    }
}

program!(Mirror, reentrant);

/// A chain with two mirrors.
pub(crate) fn chain() -> Chain {
    let chain = Chain::new();
    chain.deploy(CALLER, MIRROR, program, &[]).unwrap();
    chain.deploy(CALLER, SECOND, program, &[]).unwrap();
    chain
}
