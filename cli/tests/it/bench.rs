//! What actions cost, against the committed table.

use crate::process::{Datacoop, USAGE, number};

#[test]
fn no_figure_is_worse_than_the_committed_one() {
    let run = Datacoop::new(&["bench", "--check", "--json"]).run().done();
    assert!(number(&run.json()["actions"]) > 10);
}

#[test]
fn an_action_that_there_is_not_is_refused_with_those_that_there_are() {
    Datacoop::new(&["bench", "--action", "mine"])
        .run()
        .failed(USAGE, &["mine", "transferFrom", "recordBatch of 10"]);
}
