//! A fork of a chain with history: what stands on it is found and left alone, new things are deployed beside
//! it, it goes on as it was, and the chain that it comes from notices nothing.

use alloy::{
    primitives::{B256, keccak256},
    providers::Provider,
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    Silent,
    chain::{Chain, Sender},
    deploy::{CoopConfig, Existing, deploy_coop, plan, verify},
    keys::dev_account,
};
use datacoop_tests::{GOVERNANCE, artifacts, scenario::Scenario};

/// What the runs on the chain and on its fork are drawn from.
const SEED: u64 = 0xf0_0001;
const SEED_OF_FORK: u64 = 0xf0_0002;

/// How many interactions make history, and how many happen on the fork.
const HISTORY: usize = 30;
const AFTERWARDS: usize = 100;

/// The last block of a chain: its number, hash and state root.
async fn tip(chain: &Chain) -> Result<(u64, B256, B256)> {
    let number = chain.provider().get_block_number().await?;
    let block = chain.provider().get_block_by_number(number.into()).await?;
    let header = block.context("the last block")?.header;
    Ok((number, header.hash, header.state_root))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_on_a_forked_chain_is_left_alone_and_found_without_its_book() -> Result<()> {
    let origin = Scenario::start(SEED).await?;
    let before = tip(origin.chain()).await?;
    let fork = origin.fork(SEED_OF_FORK).await?;
    let (chain, config) = (fork.chain(), origin.config());
    let sender = Sender::new(chain, dev_account(0)?);
    let deploy = async |config: &CoopConfig, book: &std::path::Path| {
        deploy_coop(&sender, artifacts().expect("built"), config, book, Existing::Reuse, &Silent)
            .await
    };
    let block = chain.provider().get_block_number().await?;

    // By the book of the chain that it comes from, and by none: the addresses are foretold.
    let known = origin.folder().path().join("31337.json");
    assert!(plan(chain, GOVERNANCE, artifacts()?, config, &known).await?.is_empty());
    let again = deploy(config, &known).await?;
    assert_eq!(again.steps, []);
    let fresh = fork.folder().path().join("fresh.json");
    assert!(plan(chain, GOVERNANCE, artifacts()?, config, &fresh).await?.is_empty());
    let found = deploy(config, &fresh).await?;
    assert_eq!(found.steps, []);
    for (name, entry) in &origin.book().contracts {
        assert_eq!(found.book.contracts.get(name).map(|of| of.address), Some(entry.address));
    }
    assert_eq!(chain.provider().get_block_number().await?, block, "nothing was sent");
    assert!(verify(chain, artifacts()?, config, &fresh).await?.is_clean());

    // Another one beside it.
    let other = CoopConfig { salt: Some(keccak256("on a fork")), ..config.clone() };
    let book = fork.folder().path().join("other.json");
    let deployed = deploy(&other, &book).await?;
    assert!(!deployed.steps.is_empty());
    assert!(verify(chain, artifacts()?, &other, &book).await?.is_clean());
    for (name, entry) in &origin.book().contracts {
        assert_ne!(deployed.book.contracts[name].address, entry.address);
        assert!(origin.chain().code(deployed.book.contracts[name].address).await?.is_empty());
    }
    assert_eq!(tip(origin.chain()).await?, before, "the origin is as it was");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cooperative_goes_on_on_a_fork_with_its_history() -> Result<()> {
    let mut origin = Scenario::start(SEED).await?;
    origin.run(HISTORY).await?;
    let before = tip(origin.chain()).await?;
    let mut fork = origin.fork(SEED_OF_FORK).await?;
    assert!(tip(fork.chain()).await?.0 >= before.0);
    fork.run(AFTERWARDS).await?;
    eprintln!("on the fork, seed {SEED_OF_FORK:#x}\n{}", fork.tally());
    assert_eq!(fork.tally().sums().0 as usize, AFTERWARDS);
    assert_eq!(tip(origin.chain()).await?, before, "the origin is as it was");
    // It goes on by itself as well, and is whole.
    origin.run(HISTORY).await?;
    fork.examine().await
}
