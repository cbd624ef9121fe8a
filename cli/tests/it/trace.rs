//! Where the gas of transactions went, and where failed ones stopped.

use alloy::{
    primitives::{Address, B256, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};
use datacoop_deploy::bindings::{
    IDataCoopRewards::recordContributionCall,
    IDataToken::{pauseCall, transferCall},
};
use datacoop_tests::{ALICE, BOB, Coop, GOVERNANCE, GUARDIAN, ORACLE};
use serde_json::Value;

use crate::process::{CHAIN, Datacoop, number};

/// Sends a call with this gas limit, whether it succeeds or not.
async fn mine(
    coop: &Coop,
    from: Address,
    to: Address,
    call: impl SolCall,
    gas: u64,
) -> TransactionReceipt {
    let request = TransactionRequest::default().from(from).to(to).gas_limit(gas);
    let request = request.input(call.abi_encode().into());
    let provider = coop.chain.provider();
    provider.raw_request("eth_sendTransactionSync".into(), (request,)).await.unwrap()
}

fn trace(coop: &Coop, transaction: B256) -> Value {
    Datacoop::on(coop, &["trace", &transaction.to_string(), "--json"]).run().done().json()
}

/// The sum of a field over the rows of a table.
fn sum(table: &Value, field: &str) -> u64 {
    table.as_array().unwrap().iter().map(|row| number(&row[field])).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_gas_of_a_transfer_is_some_functions() {
    let coop = Coop::start().await.unwrap();
    let call = transferCall { to: ALICE, value: U256::from(1) };
    let receipt = mine(&coop, GOVERNANCE, coop.data.address, call, 1_000_000).await;
    assert!(receipt.status());
    let trace = trace(&coop, receipt.transaction_hash);
    assert_eq!(number(&trace["gasUsed"]), receipt.gas_used);
    let functions = &trace["functions"];
    let host_gas = sum(functions, "hostGas");
    assert_eq!(number(&trace["codeGas"]), sum(functions, "selfGas") + host_gas);
    assert_eq!(sum(&trace["host"], "gas"), host_gas);
    let intrinsic = receipt.gas_used - number(&trace["codeGas"]);
    assert!((21_000..22_500).contains(&intrinsic), "{intrinsic}");
    let entry = functions.as_array().unwrap().iter();
    let entry = entry.filter(|row| row["function"] == "user_entrypoint").collect::<Vec<_>>();
    // Code that was put where it is called interrupts its caller: coming back counts again.
    assert!((1..=4).contains(&number(&entry[0]["calls"])), "{entry:?}");
    assert!(number(&entry[0]["totalGas"]) > number(&trace["codeGas"]) / 2, "{entry:?}");
    let host = trace["host"].as_array().unwrap();
    assert!(host.iter().any(|row| row["operation"] == "SSTORE" && number(&row["times"]) == 2));
    assert!(trace["stop"].is_null() && trace["error"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_transaction_stopped_in_the_contract_that_refused() {
    let coop = Coop::start().await.unwrap();
    assert!(mine(&coop, GUARDIAN, coop.data.address, pauseCall {}, 1_000_000).await.status());
    let call = recordContributionCall { member: ALICE, proof: B256::repeat_byte(7) };
    let receipt = mine(&coop, ORACLE, coop.rewards.address, call, 5_000_000).await;
    assert!(!receipt.status());
    let document = trace(&coop, receipt.transaction_hash);
    assert_eq!(document["error"]["name"], "EnforcedPause");
    assert_eq!(document["stop"]["contract"], "DataToken");
    let rewards = document["functions"].as_array().unwrap().iter();
    assert!(rewards.filter(|row| row["contract"] == "DataCoopRewards").count() > 1);
    let text = Datacoop::on(&coop, &["trace", &receipt.transaction_hash.to_string()]).run().done();
    assert!(text.stdout.contains("It reverted: "), "{}", text.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_without_enough_gas_stopped_in_a_function_of_the_module() {
    let coop = Coop::start().await.unwrap();
    let call = transferCall { to: BOB, value: U256::from(1) };
    let receipt = mine(&coop, GOVERNANCE, coop.data.address, call, 30_000).await;
    assert!(!receipt.status());
    let document = trace(&coop, receipt.transaction_hash);
    assert!(document["error"].is_null());
    assert_eq!(document["stop"]["contract"], "DataToken");
    assert!(!document["stop"]["backtrace"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_named_with_the_function_in_which_it_happened() {
    let coop = Coop::start().await.unwrap();
    // More calldata than the program's page of memory: it ends with `unreachable`.
    let mut data = transferCall { to: BOB, value: U256::from(1) }.abi_encode();
    data.resize(70_000, 0);
    let request = TransactionRequest::default().from(GOVERNANCE).to(coop.data.address);
    let request = request.gas_limit(10_000_000).input(data.into());
    let receipt: TransactionReceipt = coop
        .chain
        .provider()
        .raw_request("eth_sendTransactionSync".into(), (request,))
        .await
        .unwrap();
    assert!(!receipt.status());
    let document = trace(&coop, receipt.transaction_hash);
    assert!(document["error"].is_null());
    assert_eq!(document["stop"]["contract"], "DataToken");
    assert_eq!(document["stop"]["function"], "user_entrypoint");
    assert!(number(&document["stop"]["wasmOffset"]) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_there_is_not_has_no_trace() {
    let coop = Coop::start().await.unwrap();
    let hash = B256::repeat_byte(1).to_string();
    Datacoop::on(&coop, &["trace", &hash]).run().failed(CHAIN, &["debug_traceTransaction"]);
}
