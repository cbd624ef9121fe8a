//! What it costs to publish, sell, read and claim from a dataset does not grow with it: the small
//! sizes of `docs/SCALE.md`, on a real Anvil.

use anyhow::Result;
use datacoop_bench::scale::{SIZES, Scale, ScaleRow};
use datacoop_deploy::{Silent, Workspace};
use datacoop_tests::artifacts;

/// What sums, ids and times with other digits may cost more, in gas: a loop over a thousand records
/// would cost a hundred times that.
const NOISE: u64 = 20_000;

/// What one sibling more of a proof may cost: its calldata, a hash, and that the market hands it on.
const SIBLING: u64 = 4_500;

#[track_caller]
fn grows_by(small: &ScaleRow, large: &ScaleRow, figure: fn(&ScaleRow) -> u64, siblings: usize) {
    let most = figure(small) + NOISE + SIBLING * siblings as u64;
    assert!(figure(large) <= most, "{} gas is more than {most}", figure(large));
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_do_not_grow_with_a_dataset() -> Result<()> {
    let artifacts = tokio::task::block_in_place(artifacts)?;
    let scale = Scale::of(Workspace::find()?, artifacts.to_vec());
    let report = scale.run(&SIZES[..2], &Silent).await?;
    let [small, large] = report.rows.as_slice() else { panic!("two sizes, not {report:?}") };
    assert_eq!((small.records, large.records), (10, 1_000));
    assert_eq!((small.registered, large.registered), (10, 1_000));
    // Everybody was paid but for dust, which is less than a unit each; the money is where it should
    // be, or `run` would have failed.
    assert_eq!((small.paid, large.paid), (small.contributors, large.contributors));
    assert_eq!(large.claims_at_once, 50);
    let constant: [fn(&ScaleRow) -> u64; 3] = [|row| row.publish, |row| row.buy, |row| row.deposit];
    for figure in constant {
        grows_by(small, large, figure, 0);
    }
    let more = large.record_proof - small.record_proof;
    assert!((6..=7).contains(&more), "{more} siblings for a hundred times the records");
    grows_by(small, large, |row| row.can_read, more);
    grows_by(small, large, |row| row.claim, large.share_proof - small.share_proof);
    // Fifty at once are cheaper than one by one: they share what a transaction costs.
    assert!(large.claim_many < 50 * large.claim);
    let page = report.markdown();
    assert!(page.contains("| contributors paid | 5 | 100 |"), "{page}");
    Ok(())
}
