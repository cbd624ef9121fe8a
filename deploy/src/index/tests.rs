//! Decides how it is shown that an index has each log once, whatever cuts it off: pages that are cut at
//! each statement, blocks that are taken back, other files, and two processes at once.

use std::{fs, path::Path, thread};

use alloy::{
    primitives::{Address, B256, LogData, U256, keccak256},
    rpc::types::Log,
    sol_types::SolEvent,
};

use super::{fork::Checkpoint, page::Page, *};
use crate::{Error, bindings::IDataToken::Transfer};

const CHAIN: u64 = 31_337;
const GENESIS: B256 = B256::repeat_byte(7);
const TOKEN: Address = Address::repeat_byte(1);
const OTHER: Address = Address::repeat_byte(2);

/// What is compared of a log.
type Known = (Option<u64>, Option<u64>, Option<B256>, LogData);

fn open(path: &Path) -> EventIndex {
    EventIndex::open(path, CHAIN, GENESIS).unwrap()
}

/// A log of a mint of `amount` in a block.
fn mint(address: Address, block: u64, place: u64, amount: u64) -> Log {
    let (to, value) = (Address::repeat_byte(9), U256::from(amount));
    let data = Transfer { from: Address::ZERO, to, value }.encode_log_data();
    Log {
        inner: alloy::primitives::Log { address, data },
        block_number: Some(block),
        block_timestamp: Some(1_000 + block),
        transaction_hash: Some(keccak256([block, place].map(u64::to_be_bytes).concat())),
        log_index: Some(place),
        ..Log::default()
    }
}

/// The checkpoint of a block on one of several branches of the chain.
fn checkpoint(number: u64, branch: u8) -> Checkpoint {
    let hash = keccak256([&number.to_be_bytes()[..], &[branch]].concat());
    Checkpoint { number, hash, time: 1_000 + number }
}

/// The logs of blocks: block `n` has `n % 3` of them, each of `n` units.
fn logs_of(address: Address, from: u64, to: u64) -> Vec<Log> {
    let block = |block| (0..block % 3).map(move |place| mint(address, block, place, block));
    (from..=to).flat_map(block).collect()
}

fn add(index: &mut EventIndex, from: u64, to: u64, branch: u8) -> Option<u64> {
    let logs = logs_of(TOKEN, from, to);
    let end = checkpoint(to, branch);
    index.add(&Page { addresses: &[TOKEN], from, end, logs: &logs }).unwrap()
}

/// Asserts that the index has the logs of the blocks up to `last`, each once, and counts them right.
#[track_caller]
fn assert_has(index: &EventIndex, last: u64) {
    let expected = logs_of(TOKEN, 0, last);
    let found = index.logs(TOKEN, &[Transfer::SIGNATURE_HASH]).unwrap();
    let known = |logs: &[Log]| -> Vec<Known> {
        let one = |log: &Log| {
            (log.block_number, log.log_index, log.transaction_hash, log.inner.data.clone())
        };
        logs.iter().map(one).collect()
    };
    assert_eq!(known(&found), known(&expected));
    let sum = expected.iter().map(|log| log.block_number.unwrap()).sum::<u64>();
    let counted = Counted { count: expected.len() as u64, sum: U256::from(sum) };
    assert_eq!(index.count(TOKEN, Transfer::SIGNATURE_HASH).unwrap(), counted);
    let by_key = index.by_key(TOKEN, Transfer::SIGNATURE_HASH).unwrap();
    assert_eq!(by_key, [(MINTED, counted)]);
    assert_eq!(index.total().unwrap(), counted.count);
    let place = (TOKEN, Transfer::SIGNATURE_HASH, MINTED);
    assert_eq!(index.since(place, 0, B256::ZERO).unwrap(), counted);
    let half = last / 2;
    let later = expected.iter().filter(|log| log.block_number >= Some(half)).count() as u64;
    assert_eq!(index.since(place, half, B256::ZERO).unwrap().count, later);
    assert_eq!(index.count_since(TOKEN, Transfer::SIGNATURE_HASH, half).unwrap(), later);
    let last = expected.last().and_then(|log| log.block_number);
    assert_eq!(index.last_block(TOKEN, Transfer::SIGNATURE_HASH).unwrap(), last);
}

const SOURCE: [Source; 1] = [Source { address: TOKEN, since: 0 }];

#[test]
fn a_page_is_written_wholly_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deployments/1.events.sqlite");
    for step in 0..5 {
        let (from, to) = (step * 10, step * 10 + 9);
        let mut index = open(&path);
        index.register(&SOURCE).unwrap();
        if step > 0 {
            assert_has(&index, from - 1);
        }
        // The process ends before the transaction is through: the last statement fails.
        index
            .db
            .execute_batch(
                "CREATE TEMP TRIGGER cut BEFORE INSERT ON checkpoints
                 BEGIN SELECT raise(ABORT, 'cut'); END",
            )
            .unwrap();
        let logs = logs_of(TOKEN, from, to);
        let page = Page { addresses: &[TOKEN], from, end: checkpoint(to, 0), logs: &logs };
        let cut = index.add(&page).unwrap_err();
        assert!(matches!(cut, Error::Index(IndexError::Unusable { .. })), "{cut}");
        drop(index);
        let mut index = open(&path);
        assert_eq!(index.next(TOKEN).unwrap(), Some(from));
        assert_eq!(add(&mut index, from, to, 0), Some(logs.len() as u64));
        assert_eq!(index.next(TOKEN).unwrap(), Some(to + 1));
        assert_has(&index, to);
    }
}

#[test]
fn what_another_process_wrote_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    let (mut first, mut second) = (open(&path), open(&path));
    first.register(&SOURCE).unwrap();
    second.register(&SOURCE).unwrap();
    assert_eq!(add(&mut first, 0, 9, 0), Some(9));
    assert_eq!(add(&mut second, 0, 9, 0), None);
    assert_eq!(add(&mut second, 10, 19, 0), Some(10));
    assert_has(&first, 19);
    assert_has(&second, 19);
}

#[test]
fn two_at_once_come_to_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    let work = |path: &Path| {
        let mut index = open(path);
        index.register(&SOURCE).unwrap();
        while let from @ 0..200 = index.next(TOKEN).unwrap().unwrap() {
            add(&mut index, from, from + 4, 0);
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| work(&path));
        }
    });
    assert_has(&open(&path), 199);
}

#[test]
fn blocks_that_were_taken_back_are_gone_from_counts_and_sums() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    let mut index = open(&path);
    index.register(&SOURCE).unwrap();
    for from in [0, 10, 20, 30] {
        add(&mut index, from, from + 9, 0);
    }
    for first in [35, 20, 1] {
        index.forget(first).unwrap();
        assert_eq!(index.next(TOKEN).unwrap(), Some(first));
        assert!(index.newest().unwrap().is_none_or(|newest| newest.number < first));
        if first > 1 {
            assert_has(&index, first - 1);
        }
    }
    assert_eq!(index.total().unwrap(), 0);
    assert_eq!(index.by_key(TOKEN, Transfer::SIGNATURE_HASH).unwrap(), []);
    assert_eq!(index.last_block(TOKEN, Transfer::SIGNATURE_HASH).unwrap(), None);
    add(&mut index, 1, 50, 1);
    assert_has(&index, 50);
}

#[test]
fn checkpoints_thin_out_and_the_newest_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = open(&folder.path().join("1.events.sqlite"));
    index.register(&SOURCE).unwrap();
    for block in 0..300 {
        let (from, end) = (block, checkpoint(block, 0));
        index.add(&Page { addresses: &[TOKEN], from, end, logs: &[] }).unwrap();
    }
    let count = "SELECT count(*), max(block) FROM checkpoints";
    let kept = index.db.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(kept, (64_i64, 299_i64));
    assert_eq!(index.newest().unwrap(), Some(checkpoint(299, 0)));
}

#[test]
fn a_contract_that_is_new_is_known_from_its_own_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let mut index = open(&folder.path().join("1.events.sqlite"));
    index.register(&SOURCE).unwrap();
    add(&mut index, 0, 99, 0);
    let both = [SOURCE[0], Source { address: OTHER, since: 40 }];
    index.register(&both).unwrap();
    assert_eq!(index.next(OTHER).unwrap(), Some(40));
    assert_eq!(index.next(TOKEN).unwrap(), Some(100));
    let logs = logs_of(OTHER, 40, 99);
    // The chain numbers the logs of a block, whoever's they are.
    let logs: Vec<_> = logs
        .into_iter()
        .map(|log| Log { log_index: log.log_index.map(|place| place + 10), ..log })
        .collect();
    let page = Page { addresses: &[OTHER], from: 40, end: checkpoint(99, 0), logs: &logs };
    assert_eq!(index.add(&page).unwrap(), Some(logs.len() as u64));
    assert_eq!(index.logs(OTHER, &[Transfer::SIGNATURE_HASH]).unwrap().len(), logs.len());
    assert_eq!(index.logs(OTHER, &[B256::ZERO]).unwrap(), []);
}

#[test]
fn an_index_of_another_chain_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    drop(open(&path));
    for (id, genesis, words) in
        [(1, GENESIS, "it has id 31337, and the chain has 1"), (CHAIN, B256::ZERO, "first block")]
    {
        let error = EventIndex::open(&path, id, genesis).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Index(IndexError::OtherChain { .. })), "{text}");
        assert!(text.contains(words) && text.contains("move it away"), "{text}");
    }
    assert_eq!(open(&path).total().unwrap(), 0);
}

#[test]
fn what_is_no_index_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    let refused = |path: &Path| EventIndex::open(path, CHAIN, GENESIS).unwrap_err();

    fs::write(
        &path,
        "These are notes, and no database; they have more bytes than a header. ".repeat(9),
    )
    .unwrap();
    let error = refused(&path);
    assert!(matches!(error, Error::Index(IndexError::NotAnIndex { .. })), "{error}");
    assert!(fs::read_to_string(&path).unwrap().starts_with("These are notes"));

    fs::remove_file(&path).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    let error = refused(&path);
    assert!(error.to_string().contains("something else"), "{error}");

    fs::remove_file(&path).unwrap();
    let index = open(&path);
    index.db.pragma_update(None, "user_version", 2).unwrap();
    drop(index);
    let error = refused(&path);
    assert!(
        matches!(error, Error::Index(IndexError::Version { version: 2, known: 1, .. })),
        "{error}"
    );
}

#[test]
fn a_damaged_index_is_named_and_not_relied_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.events.sqlite");
    let mut index = open(&path);
    index.register(&SOURCE).unwrap();
    add(&mut index, 0, 2_000, 0);
    drop(index);
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 50_000);
    for byte in &mut bytes[4_096..] {
        *byte = 0xa5;
    }
    fs::write(&path, bytes).unwrap();
    let read = EventIndex::open(&path, CHAIN, GENESIS)
        .and_then(|index| Ok(index.logs(TOKEN, &[Transfer::SIGNATURE_HASH])?.len()));
    let error = read.unwrap_err();
    assert!(matches!(error, Error::Index(IndexError::NotAnIndex { .. })), "{error}");
    assert!(error.to_string().contains("move it away"));
}
