//! A second, independent implementation of the ABI, of EIP-712 and of hashing must agree with ours.
//!
//! What the tool encodes with alloy's `sol!` bindings, ethers-core encodes from the JSON ABI that
//! solc makes of the same interface. Three implementations would have to share a mistake to hide it.

use alloy::{
    dyn_abi::{DynSolType, DynSolValue, Specifier},
    json_abi::{EventParam, JsonAbi, Param},
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolEventInterface, SolInterface, SolStruct, eip712_domain},
};
use anyhow::{Context, Result, ensure};
use datacoop_deploy::bindings::{
    IConsentRegistry, IDataCoopRewards, IDataMarket, IDataRegistry, IDataToken, IGovToken,
    IMembership, IRevenueDistributor, ITimelock,
};
use datacoop_tests::{Random, interface, random};
use ethers_core::{
    abi::{Abi, AbiEncode, RawLog, Token, encode},
    types::{H160, H256, transaction::eip712::Eip712},
    utils::{get_contract_address, get_create2_address_from_hash, to_checksum},
};

/// How many random argument lists each function, event and error is tried with.
const ROUNDS: usize = 24;

const SEED: u64 = 0x5ec0_4dab;

/// The interface as ethers-core reads it.
pub(crate) fn second(abi: &JsonAbi) -> Result<Abi> {
    Ok(serde_json::from_value(serde_json::to_value(abi)?)?)
}

/// Random arguments for `params`.
pub(crate) fn arguments(params: &[Param], rng: &mut Random) -> Result<Vec<DynSolValue>> {
    params.iter().map(|param| Ok(random::value(&param.resolve()?, rng))).collect()
}

/// An alloy value in ethers-core's words.
fn token(value: &DynSolValue) -> Token {
    let tokens = |values: &[DynSolValue]| values.iter().map(token).collect();
    match value {
        DynSolValue::Bool(value) => Token::Bool(*value),
        DynSolValue::Int(value, _) => Token::Int(word(value.into_raw())),
        DynSolValue::Uint(value, _) => Token::Uint(word(*value)),
        DynSolValue::FixedBytes(value, len) => Token::FixedBytes(value[..*len].to_vec()),
        DynSolValue::Address(value) => Token::Address(H160(value.into_array())),
        DynSolValue::Function(value) => Token::FixedBytes(value.to_vec()),
        DynSolValue::Bytes(value) => Token::Bytes(value.clone()),
        DynSolValue::String(value) => Token::String(value.clone()),
        DynSolValue::Array(values) => Token::Array(tokens(values)),
        DynSolValue::FixedArray(values) => Token::FixedArray(tokens(values)),
        DynSolValue::Tuple(values) => Token::Tuple(tokens(values)),
    }
}

pub(crate) fn tokens(values: &[DynSolValue]) -> Vec<Token> {
    values.iter().map(token).collect()
}

pub(crate) fn word(value: U256) -> ethers_core::types::U256 {
    ethers_core::types::U256::from_big_endian(&value.to_be_bytes::<32>())
}

/// Every function: ethers-core encodes random arguments, the bindings decode and encode them again.
fn check_calls<C: SolInterface>(abi: &JsonAbi) -> Result<()> {
    let rng = &mut random::seeded(SEED);
    let second = second(abi)?;
    ensure!(abi.functions().count() == C::COUNT, "the bindings have other functions than solc");
    for function in second.functions() {
        let ours = abi
            .functions()
            .find(|ours| ours.selector() == function.short_signature())
            .with_context(|| format!("no selector for {}", function.signature()))?;
        for _ in 0..ROUNDS {
            let arguments = arguments(&ours.inputs, rng)?;
            let expected = function.encode_input(&tokens(&arguments))?;
            let call = C::abi_decode_validate(&expected)
                .with_context(|| format!("{} does not decode", ours.signature()))?;
            assert_eq!(call.abi_encode(), expected, "{}", ours.signature());
        }
    }
    Ok(())
}

/// Every custom error, in the same way.
fn check_errors<E: SolInterface>(abi: &JsonAbi) -> Result<()> {
    let rng = &mut random::seeded(SEED);
    let second = second(abi)?;
    ensure!(abi.errors().count() == E::COUNT, "the bindings have other errors than solc");
    for error in second.errors() {
        let selector = &error.signature()[..4];
        let ours = abi
            .errors()
            .find(|ours| ours.selector() == *selector)
            .with_context(|| format!("no selector for {}", error.name))?;
        for _ in 0..ROUNDS {
            let arguments = arguments(&ours.inputs, rng)?;
            let expected = [selector, &encode(&tokens(&arguments))].concat();
            let decoded = E::abi_decode_validate(&expected)
                .with_context(|| format!("{} does not decode", ours.signature()))?;
            assert_eq!(decoded.abi_encode(), expected, "{}", ours.signature());
        }
    }
    Ok(())
}

/// Every event: topics and data of random logs, and what ethers-core reads from them.
fn check_events<E: SolEventInterface>(abi: &JsonAbi) -> Result<()> {
    let rng = &mut random::seeded(SEED);
    let second = second(abi)?;
    ensure!(abi.events().count() == E::COUNT, "the bindings have other events than solc");
    for event in second.events() {
        let ours = abi
            .events()
            .find(|ours| ours.selector() == B256::from(event.signature().0))
            .with_context(|| format!("no topic for {}", event.name))?;
        for _ in 0..ROUNDS {
            let values: Vec<_> = ours
                .inputs
                .iter()
                .map(|input| Ok(random::value(&event_type(input)?, rng)))
                .collect::<Result<_>>()?;
            let (topics, data) = log(ours.selector(), &ours.inputs, &values);
            E::decode_raw_log(&topics, &data)
                .with_context(|| format!("{} does not decode", ours.signature()))?;
            let topics = topics.iter().map(|topic| H256(topic.0)).collect();
            let read = event.parse_log(RawLog { topics, data })?;
            let read: Vec<_> = read.params.into_iter().map(|param| param.value).collect();
            assert_eq!(read, tokens(&values), "{}", ours.signature());
        }
    }
    Ok(())
}

fn event_type(input: &EventParam) -> Result<DynSolType> {
    Ok(input.resolve()?)
}

/// Lays out a log by the rules of the ABI: indexed words are topics, the rest is data.
fn log(selector: B256, inputs: &[EventParam], values: &[DynSolValue]) -> (Vec<B256>, Vec<u8>) {
    let mut topics = vec![selector];
    let mut data = Vec::new();
    for (input, value) in inputs.iter().zip(values) {
        match value.as_word() {
            Some(word) if input.indexed => topics.push(word),
            _ => data.push(value.clone()),
        }
    }
    (topics, DynSolValue::Tuple(data).abi_encode_params())
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_data_alike() -> Result<()> {
    let abi = interface("IDataToken")?;
    check_calls::<IDataToken::IDataTokenCalls>(&abi)?;
    check_errors::<IDataToken::IDataTokenErrors>(&abi)?;
    check_events::<IDataToken::IDataTokenEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_rewards_alike() -> Result<()> {
    let abi = interface("IDataCoopRewards")?;
    check_calls::<IDataCoopRewards::IDataCoopRewardsCalls>(&abi)?;
    check_errors::<IDataCoopRewards::IDataCoopRewardsErrors>(&abi)?;
    check_events::<IDataCoopRewards::IDataCoopRewardsEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_gov_alike() -> Result<()> {
    let abi = interface("IGovToken")?;
    check_calls::<IGovToken::IGovTokenCalls>(&abi)?;
    check_errors::<IGovToken::IGovTokenErrors>(&abi)?;
    check_events::<IGovToken::IGovTokenEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_timelock_alike() -> Result<()> {
    let abi = interface("ITimelock")?;
    check_calls::<ITimelock::ITimelockCalls>(&abi)?;
    check_errors::<ITimelock::ITimelockErrors>(&abi)?;
    check_events::<ITimelock::ITimelockEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_membership_alike() -> Result<()> {
    let abi = interface("IMembership")?;
    check_calls::<IMembership::IMembershipCalls>(&abi)?;
    check_errors::<IMembership::IMembershipErrors>(&abi)?;
    check_events::<IMembership::IMembershipEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_revenue_distributor_alike() -> Result<()> {
    let abi = interface("IRevenueDistributor")?;
    check_calls::<IRevenueDistributor::IRevenueDistributorCalls>(&abi)?;
    check_errors::<IRevenueDistributor::IRevenueDistributorErrors>(&abi)?;
    check_events::<IRevenueDistributor::IRevenueDistributorEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_consent_registry_alike() -> Result<()> {
    let abi = interface("IConsentRegistry")?;
    check_calls::<IConsentRegistry::IConsentRegistryCalls>(&abi)?;
    check_errors::<IConsentRegistry::IConsentRegistryErrors>(&abi)?;
    check_events::<IConsentRegistry::IConsentRegistryEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_data_registry_alike() -> Result<()> {
    let abi = interface("IDataRegistry")?;
    check_calls::<IDataRegistry::IDataRegistryCalls>(&abi)?;
    check_errors::<IDataRegistry::IDataRegistryErrors>(&abi)?;
    check_events::<IDataRegistry::IDataRegistryEvents>(&abi)
}

#[test]
fn ethers_encodes_every_call_error_and_event_of_the_data_market_alike() -> Result<()> {
    let abi = interface("IDataMarket")?;
    check_calls::<IDataMarket::IDataMarketCalls>(&abi)?;
    check_errors::<IDataMarket::IDataMarketErrors>(&abi)?;
    check_events::<IDataMarket::IDataMarketEvents>(&abi)
}

alloy::sol! {
    /// EIP-2612.
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

#[test]
fn ethers_signs_the_same_permit_digest() -> Result<()> {
    let rng = &mut random::seeded(SEED);
    for _ in 0..ROUNDS {
        let (chain_id, contract) = (random::unsigned(60, rng), random::address(rng));
        let permit = Permit {
            owner: random::address(rng),
            spender: random::address(rng),
            value: random::unsigned(256, rng),
            nonce: random::unsigned(256, rng),
            deadline: random::unsigned(256, rng),
        };
        let domain = eip712_domain! {
            name: "DATA", version: "1", chain_id: chain_id.to(), verifying_contract: contract,
        };
        let theirs = typed_data(&permit, chain_id, contract)?.encode_eip712()?;
        assert_eq!(permit.eip712_signing_hash(&domain), B256::from(theirs));
    }
    Ok(())
}

/// The permit as a wallet would be asked to sign it.
fn typed_data(
    permit: &Permit,
    chain_id: U256,
    contract: Address,
) -> Result<ethers_core::types::transaction::eip712::TypedData> {
    let field = |name: &str, kind: &str| serde_json::json!({ "name": name, "type": kind });
    Ok(serde_json::from_value(serde_json::json!({
        "primaryType": "Permit",
        "types": {
            "EIP712Domain": [
                field("name", "string"), field("version", "string"),
                field("chainId", "uint256"), field("verifyingContract", "address"),
            ],
            "Permit": [
                field("owner", "address"), field("spender", "address"), field("value", "uint256"),
                field("nonce", "uint256"), field("deadline", "uint256"),
            ],
        },
        "domain": {
            "name": "DATA", "version": "1", "chainId": chain_id.to_string(),
            "verifyingContract": contract,
        },
        "message": {
            "owner": permit.owner, "spender": permit.spender, "value": permit.value.to_string(),
            "nonce": permit.nonce.to_string(), "deadline": permit.deadline.to_string(),
        },
    }))?)
}

#[test]
fn ethers_hashes_and_derives_addresses_alike() {
    let rng = &mut random::seeded(SEED);
    for len in 0..200 {
        let bytes = random::bytes(len, rng);
        let hash = keccak256(&bytes);
        assert_eq!(hash.0, ethers_core::utils::keccak256(&bytes));

        let ours = random::address(rng);
        let theirs = H160(ours.into_array());
        assert_eq!(ours.to_checksum(None), to_checksum(&theirs, None));
        let nonce = random::unsigned(64, rng).to::<u64>();
        assert_eq!(ours.create(nonce).into_array(), get_contract_address(theirs, nonce).0);
        assert_eq!(
            ours.create2(hash, hash).into_array(),
            get_create2_address_from_hash(theirs, hash.0, hash.0).0
        );
        assert_eq!(word(U256::from(nonce)).encode(), U256::from(nonce).to_be_bytes::<32>());
    }
}
