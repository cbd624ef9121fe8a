//! A whole cooperative on a Stylus chain: foretold, deployed by programs, verified, and left alone when it is there.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use datacoop_deploy::{
    Silent,
    deploy::{
        CoopConfig, Existing, GovernanceConfig, Progressed, Target, deploy_coop, plan, status,
        verify,
    },
    stylus::STYLUS_DEPLOYER,
};
use datacoop_tests::{ALICE, BOB, GOVERNANCE, ORACLE, StylusNode, artifacts};

use super::sender;

fn config() -> CoopConfig {
    CoopConfig {
        recipient: Address::ZERO,
        self_government: Some(GovernanceConfig::local(&[ALICE, BOB])),
        ..CoopConfig::of_one(GOVERNANCE, ORACLE)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cooperative_is_deployed_as_programs_and_verified() -> Result<()> {
    let node = StylusNode::start().await?;
    let chain = node.chain.clone();
    let folder = tempfile::tempdir()?;
    let (config, book) = (config(), folder.path().join("book.json"));

    let foretold = plan(&chain, GOVERNANCE, artifacts()?, &config, &book).await?;
    assert_eq!(foretold.target, Target::Stylus { deployer: STYLUS_DEPLOYER });
    assert!(foretold.value > U256::ZERO, "activations are paid for");
    // The stand-in asks for 16 gas a byte.
    let bytes: usize = foretold.transactions.iter().map(|one| one.data.len()).sum();
    assert_eq!(foretold.data_gas, bytes as u64 * 16);
    let sender = sender(&chain)?;
    let deployed =
        deploy_coop(&sender, artifacts()?, &config, &book, Existing::Reuse, &Silent).await?;
    for contract in &foretold.contracts {
        assert_eq!(deployed.book.contracts[contract.name].address, contract.address);
    }
    let verified = verify(&chain, artifacts()?, &config, &book).await?;
    assert!(verified.is_clean(), "{verified:?}");
    let again =
        deploy_coop(&sender, artifacts()?, &config, &book, Existing::Reuse, &Silent).await?;
    assert_eq!(again.steps, []);

    let status = status(&chain, &book).await?;
    assert_eq!(status.progress, Progressed::Complete);
    assert!(status.contracts.iter().all(|contract| contract.is_there));
    let year = 365 * 86_400;
    let now = chain.now().await?;
    for contract in &status.contracts {
        let expires = contract.expires_at.expect("a program expires");
        // The chain keeps the time of an activation in whole hours.
        assert!((now + year - 7_200..=now + year).contains(&expires), "{}", contract.name);
    }
    Ok(())
}
