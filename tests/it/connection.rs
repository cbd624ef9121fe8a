//! Chains that are not there, are not the right one, or are no chain at all.

use anyhow::Result;
use datacoop_deploy::{
    Error,
    bindings::IDataCoopRewards::recordContributionCall,
    chain::{Chain, ChainKind, Sender},
    keys::dev_account,
};
use datacoop_tests::{ALICE, Coop, start_node};
use tokio::{io::AsyncWriteExt, net::TcpListener};

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    drop(listener);
    let error = Chain::connect(&format!("http://{address}/secret-key")).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
    assert!(!error.to_string().contains("secret"), "the path may hold a key: {error}");
    Ok(())
}

#[tokio::test]
async fn somebody_who_is_no_node_is_told_apart() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let page = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
            client.write_all(page.as_bytes()).await?;
        }
        Ok::<_, std::io::Error>(())
    });
    let error = Chain::connect(&format!("http://{address}")).await.unwrap_err();
    let expected =
        matches!(error, Error::Answer { .. } | Error::Refusal { .. } | Error::Unreachable { .. });
    assert!(expected, "{error}");
    Ok(())
}

#[tokio::test]
async fn a_url_must_be_one() {
    for url in ["", "localhost:8545", "ftp://127.0.0.1", "http://"] {
        let error = Chain::connect(url).await.unwrap_err();
        assert!(matches!(error, Error::MalformedUrl), "{url}: {error}");
    }
}

#[tokio::test]
async fn an_anvil_is_an_evm_dev_node_and_not_another_chain() -> Result<()> {
    let (_node, chain) = start_node(Default::default()).await?;
    assert_eq!(chain.kind(), ChainKind::Evm);
    assert!(chain.is_dev_node());
    chain.expect_id(31_337)?;
    let error = chain.expect_id(42_161).unwrap_err();
    assert!(matches!(error, Error::WrongChain { expected: 42_161, actual: 31_337 }), "{error}");
    Ok(())
}

#[tokio::test]
async fn the_wrong_key_is_rejected_in_the_words_of_the_contract() -> Result<()> {
    let coop = Coop::start().await?;
    let alice = Sender::new(&coop.chain, dev_account(3)?);
    let call = recordContributionCall { member: ALICE, proof: [7; 32].into() };
    match alice.call(coop.rewards.address, &call).await.unwrap_err() {
        Error::Reverted { call, error, .. } => {
            assert_eq!(call, "recordContribution");
            assert_eq!(error.name, "RewardsUnauthorizedOracle");
            assert_eq!(error.args[0].value, ALICE.to_string());
        }
        error => anyhow::bail!("another error: {error}"),
    }
    Ok(())
}
