//! `demo --json`: one document that a program can rely on, and a chain that knows no patient.

use std::{collections::BTreeSet, fs};

use alloy::{
    consensus::Transaction,
    hex,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    sol_types::SolInterface,
};
use anyhow::{Context, Result};
use datacoop_deploy::{
    bindings::{
        IDataCoopRewards::IDataCoopRewardsCalls,
        IDataToken::{IDataTokenCalls, balanceOfCall},
    },
    chain::Chain,
};
use datacoop_tests::{start_node, workspace_root};
use serde_json::Value;

use crate::process::{Datacoop, number};

/// What the demo must show, and the error by which each refusal is known.
const SHOWN: [(&str, Option<&str>); 25] = [
    ("deploy", None),
    ("rewardMinted", None),
    ("cooldown", Some("RewardsCooldownActive")),
    ("replay", Some("RewardsProofAlreadyRecorded")),
    ("nonOracle", Some("RewardsUnauthorizedOracle")),
    ("strictBatch", Some("RewardsBatchEntryFailed")),
    ("lenientBatch", None),
    ("parameterChange", None),
    ("emissionCap", Some("EmissionCapExceeded")),
    ("membersJoin", None),
    ("consentsGiven", None),
    ("recordsRegistered", None),
    ("editionPublished", None),
    ("editionListed", None),
    ("unvetted", Some("MarketNotVetted")),
    ("researcherVetted", None),
    ("stalePrice", Some("MarketPriceAboveMaximum")),
    ("licenceBought", None),
    ("accessLogged", None),
    ("consentWithdrawn", None),
    ("unreadable", Some("MarketUnreadable")),
    ("nextEdition", None),
    ("revenueClaimed", None),
    ("secondClaim", Some("RevenueNothingToClaim")),
    ("emissionCapRestored", None),
];

#[tokio::test]
async fn the_demo_shows_everything_on_a_chain_that_runs_already_and_leaks_nothing() -> Result<()> {
    let (node, chain) = start_node(Default::default()).await?;
    for _ in 0..2 {
        // It can be repeated on the same chain.
        let document = Datacoop::new(&["demo", "--json"]).at(&node.url()).run().done().json();
        check_document(&document, &chain).await?;
        assert_eq!(document["chain"]["ownNode"], false);
    }
    check_chain_knows_no_patient(&chain).await
}

#[test]
fn the_demo_starts_its_own_chain() {
    let run = Datacoop::new(&["demo", "--json", "--quiet"]).run().done();
    assert_eq!(run.stderr, "");
    let document = run.json();
    assert_eq!((&document["ok"], &document["chain"]["ownNode"]), (&true.into(), &true.into()));
}

async fn check_document(document: &Value, chain: &Chain) -> Result<()> {
    assert_eq!(document["schemaVersion"], 1);
    assert_eq!(document["command"], "demo");
    assert_eq!(document["ok"], true);
    assert_eq!(document["notShown"], serde_json::json!([]));

    let mut token = None;
    for contract in document["contracts"].as_array().context("no contracts")? {
        let address: Address = serde_json::from_value(contract["address"].clone())?;
        let code = chain.code(address).await?;
        assert_eq!(number(&contract["evmBytes"]), code.len() as u64, "{contract}");
        assert!(number(&contract["wasmBytes"]) > number(&contract["stylusPayloadBytes"]));
        if contract["name"] == "DataToken" {
            token = Some(address);
        }
    }
    let token = token.context("DATA is not among the contracts")?;

    let steps = document["steps"].as_array().context("no steps")?;
    for step in steps {
        let transaction: B256 = serde_json::from_value(step["transaction"].clone())?;
        let receipt = chain.provider().get_transaction_receipt(transaction).await?;
        let receipt = receipt.with_context(|| format!("{step} is not on chain"))?;
        assert_eq!(receipt.status(), step["outcome"] == "done", "{step}");
        assert!(number(&step["gasUsed"]) >= receipt.gas_used, "{step}");
    }
    for (name, error) in SHOWN {
        let step = steps.iter().find(|step| step["name"] == name);
        let step = step.with_context(|| format!("`{name}` is not shown"))?;
        assert_eq!(step["error"]["name"].as_str(), error, "{step}");
    }

    let members = document["members"].as_array().context("no members")?;
    assert_eq!(members.len() as u64, number(&document["input"]["patients"]));
    let contributed: u64 = members.iter().map(|member| number(&member["contributions"])).sum();
    assert_eq!(contributed, number(&document["input"]["contributions"]));
    for member in members {
        let account: Address = serde_json::from_value(member["address"].clone())?;
        let balance = chain.read(token, &balanceOfCall { account }).await?;
        assert_eq!(member["balance"]["wei"], balance.to_string(), "{member}");
        assert!(balance > U256::ZERO, "{member}");
    }
    Ok(())
}

/// Every transaction of the chain: no name of a patient in it, as text or as hexadecimal text, and
/// no byte that the contracts' functions do not ask for.
async fn check_chain_knows_no_patient(chain: &Chain) -> Result<()> {
    let names = patient_names()?;
    assert!(names.len() > 20, "the examples have names: {names:?}");
    let mut calls = 0;
    for input in inputs(chain).await? {
        for name in &names {
            for needle in [name.clone(), name.to_lowercase(), name.to_uppercase()] {
                let needles = [needle.clone().into_bytes(), hex::encode(needle).into_bytes()];
                for bytes in &needles {
                    let found = input.windows(bytes.len()).any(|window| window == bytes);
                    assert!(!found, "`{name}` is in a transaction");
                }
            }
        }
        let canonical = IDataCoopRewardsCalls::abi_decode_validate(&input)
            .map(|call| call.abi_encode())
            .or_else(|_| {
                IDataTokenCalls::abi_decode_validate(&input).map(|call| call.abi_encode())
            });
        if let Ok(canonical) = canonical {
            assert_eq!(canonical, input, "something is hidden in a call");
            calls += 1;
        }
    }
    assert!(calls > 10, "only {calls} calls were looked at");
    Ok(())
}

async fn inputs(chain: &Chain) -> Result<Vec<Bytes>> {
    let mut inputs = Vec::new();
    for number in 0..=chain.provider().get_block_number().await? {
        let block = chain.provider().get_block_by_number(number.into()).full().await?;
        for transaction in block.context("no such block")?.transactions.txns() {
            inputs.push(transaction.input().clone());
        }
    }
    Ok(inputs)
}

/// The family and given names of every patient of the examples. Those of three letters and less
/// may come up in a hash by chance.
fn patient_names() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let folder = workspace_root().join("anvil-fixtures/node_modules/hl7.fhir.r4.examples");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let resource: Value = serde_json::from_slice(&fs::read(&path)?)?;
            collect_names(&resource, &mut names);
        }
    }
    names.retain(|name| name.chars().count() > 3);
    Ok(names)
}

fn collect_names(resource: &Value, names: &mut BTreeSet<String>) {
    if resource["resourceType"] == "Patient" {
        for name in resource["name"].as_array().into_iter().flatten() {
            let given = name["given"].as_array().into_iter().flatten();
            names.extend(
                given.chain([&name["family"]]).filter_map(Value::as_str).map(str::to_owned),
            );
        }
    }
    for entry in resource["entry"].as_array().into_iter().flatten() {
        collect_names(&entry["resource"], names);
    }
}
