//! Decides that the language of actions means what it says: what is read is written again, what is
//! encoded is decoded, and wrong words are refused with what there is.

use alloy::{
    primitives::{B256, Bytes, address, keccak256},
    sol_types::SolCall,
};

use super::{
    super::{Action, decode, describe},
    *,
};
use crate::bindings::{IDataCoopRewards, IDataToken, IGovernor, ITimelock, ITreasury};

const ALICE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");
const USDC: Address = address!("A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");

fn vocabulary() -> Vocabulary {
    let address = |place: Place| Address::with_last_byte(0x10 + place as u8);
    let mut vocabulary = Vocabulary::new(Place::ALL.map(|place| (place, address(place))));
    vocabulary.define(USDC, 6);
    vocabulary
}

fn at(place: Place) -> Address {
    vocabulary().address(place).unwrap()
}

/// Reads a sentence that is one action, and encodes it.
#[track_caller]
fn encoded(text: &str) -> Action {
    let sentences = read_action(text, &vocabulary()).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(sentences.len(), 1, "{text}");
    sentences[0].encode(&vocabulary()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[track_caller]
fn check(text: &str, target: Place, calldata: &[u8]) {
    let action = Action {
        target: at(target),
        value: U256::ZERO,
        calldata: Bytes::copy_from_slice(calldata),
    };
    assert_eq!(encoded(text), action, "{text}");
    assert_eq!(describe(&action, &vocabulary()), text);
}

fn by_treasury(to: Address, value: u64, data: Vec<u8>) -> Vec<u8> {
    let (value, data) = (U256::from(value), data.into());
    ITreasury::execTransactionFromModuleCall { to, value, data, operation: 0 }.abi_encode()
}

fn wei(units: u64) -> U256 {
    U256::from(units) * U256::from(10).pow(U256::from(18))
}

#[test]
fn parameters_are_set_in_their_units() {
    use IDataCoopRewards::{setCooldownPeriodCall, setRewardRateCall};
    let five_days = setCooldownPeriodCall { newPeriod: U256::from(432_000) }.abi_encode();
    check("set rewards.cooldown to 5 days", Place::Rewards, &five_days);
    let rate = setRewardRateCall { newRate: wei(25) / U256::from(2) }.abi_encode();
    check("set rewards.rewardRate to 12.5 DATA", Place::Rewards, &rate);
    let period = IGovernor::setVotingPeriodCall { newVotingPeriod: 259_200 }.abi_encode();
    check("set governor.votingPeriod to 3 days", Place::Governor, &period);
    let quorum = IGovernor::updateQuorumNumeratorCall { newQuorumNumerator: U256::from(4) };
    check("set governor.quorum to 4%", Place::Governor, &quorum.abi_encode());
    let delay = ITimelock::updateDelayCall { newDelay: U256::from(172_800) }.abi_encode();
    check("set timelock.delay to 2 days", Place::Timelock, &delay);
    let policy = crate::bindings::IGovToken::setTransferPolicyCall { policy: 0 }.abi_encode();
    check("set gov.policy to open", Place::Gov, &policy);
    let oracle = IDataCoopRewards::setVerifiedOracleCall { newOracle: ALICE }.abi_encode();
    check(&format!("set rewards.oracle to {ALICE}"), Place::Rewards, &oracle);
    let one = IGovernor::setOneLiveProposalCall { newValue: true }.abi_encode();
    check("set governor.oneLiveProposal to on", Place::Governor, &one);
}

#[test]
fn parts_of_one_setter_are_one_action() {
    let cap = IDataToken::setEmissionCapCall { floor: wei(500_000), bps: U256::from(250) };
    check(
        "set data.emissionFloor to 500000 DATA, data.emissionBps to 2.5%",
        Place::Data,
        &cap.abi_encode(),
    );
    let terms = IGovernor::setClassTermsCall {
        proposalClass: IGovernor::ProposalClass::FastTrack,
        votingDelay: U256::ZERO.to(),
        votingPeriod: 86_400,
        vetoNumerator: U256::ZERO,
    };
    check(
        "set governor.fastTrack.votingDelay to 0 seconds, governor.fastTrack.votingPeriod to 1 day, governor.fastTrack.vetoQuorum to 0%",
        Place::Governor,
        &terms.abi_encode(),
    );
    let guardian = IGovernor::setGuardianCall { account: ALICE, expiry: 1_798_761_600 };
    check(
        &format!(
            "set governor.guardian to {ALICE}, governor.guardianExpiry to 2027-01-01T00:00:00Z"
        ),
        Place::Governor,
        &guardian.abi_encode(),
    );
}

#[test]
fn prices_splits_and_periods_of_access_are_set() {
    use crate::bindings::{IDataMarket, IDataRegistry, IRevenueDistributor};
    let period = IDataRegistry::setChallengePeriodCall { newPeriod: 259_200 }.abi_encode();
    check("set registry.challengePeriod to 3 days", Place::Registry, &period);
    let delay = IRevenueDistributor::setActivationDelayCall { delay: 604_800 }.abi_encode();
    check("set distributor.activationDelay to 7 days", Place::Distributor, &delay);
    let (token, amount) = (at(Place::Data), wei(3) / U256::from(2));
    let price = IDataMarket::setPriceCall { dataClass: 3, unit: 1, token, amount };
    check("set market.price.imaging.record to 1.5 DATA", Place::Market, &price.abi_encode());
    let split = IDataMarket::setSplitCall {
        contributors: 7_000,
        validators: 1_250,
        treasury: 750,
        infrastructure: 500,
        burned: 500,
    };
    check(
        "set market.split.contributors to 70%, market.split.validators to 12.5%, market.split.treasury to 7.5%, market.split.infrastructure to 5%, market.split.burned to 5%",
        Place::Market,
        &split.abi_encode(),
    );
    let recipients =
        IDataMarket::setRecipientsCall { treasury: at(Place::Treasury), infrastructure: ALICE };
    check(
        &format!(
            "set market.recipients.treasury to treasury, market.recipients.infrastructure to {ALICE}"
        ),
        Place::Market,
        &recipients.abi_encode(),
    );
    let role = keccak256("LISTER_ROLE");
    let grant = IDataToken::grantRoleCall { role, account: ALICE }.abi_encode();
    check(&format!("grant LISTER of market to {ALICE}"), Place::Market, &grant);
    // Prices of two classes are two calls, since their keys differ.
    let text = "set market.price.imaging.record to 1 DATA, market.price.imaging.edition to 2 DATA";
    assert_eq!(read_action(text, &vocabulary()).unwrap().len(), 2);
}

#[test]
fn a_key_that_is_a_contract_must_be_deployed() {
    let vocabulary = Vocabulary::new([(Place::Market, at(Place::Market))]);
    let sentences = read_action("set market.price.genomic.edition to 1 DATA", &vocabulary).unwrap();
    let error = sentences[0].encode(&vocabulary).unwrap_err();
    assert_eq!(error, WordsError::NotDeployed { place: "data" });
}

#[test]
fn the_order_of_parts_and_the_word_between_them_do_not_matter() {
    let action = encoded("set data.emissionFloor to 1 DATA, data.emissionBps to 10%");
    for text in [
        "set data.emissionBps to 10% and data.emissionFloor to 1 DATA",
        "SET Data.EmissionBps TO 1000 bps, DataToken.emissionfloor to 1.0 data",
        "set data.emissionBps to 1000 basis points and data.emissionFloor to 1 DATA",
    ] {
        assert_eq!(encoded(text), action, "{text}");
    }
}

#[test]
fn a_sentence_with_several_setters_is_several_actions() {
    let text = "set rewards.cooldown to 5 days, timelock.delay to 1 day";
    let sentences = read_action(text, &vocabulary()).unwrap();
    let written: Vec<_> = sentences.iter().map(|s| s.write(&vocabulary())).collect();
    assert_eq!(written, ["set rewards.cooldown to 5 days", "set timelock.delay to 1 day"]);
}

#[test]
fn the_treasury_sets_its_own_parameters() {
    let delay = ITreasury::setDelayCall { newDelay: U256::from(86_400) }.abi_encode();
    let calldata = by_treasury(at(Place::Treasury), 0, delay);
    check("set treasury.delay to 1 day", Place::Treasury, &calldata);
}

#[test]
fn the_treasury_pays_tokens_ether_and_from_lines() {
    let transfer = IDataToken::transferCall { to: ALICE, value: wei(100) }.abi_encode();
    let calldata = by_treasury(at(Place::Data), 0, transfer);
    check(&format!("pay 100 DATA to {ALICE}"), Place::Treasury, &calldata);
    let calldata = by_treasury(ALICE, 1_500_000_000_000_000_000, vec![]);
    check(&format!("pay 1.5 ETH to {ALICE}"), Place::Treasury, &calldata);
    let transfer = IDataToken::transferCall { to: ALICE, value: U256::from(2_500_000) };
    let calldata = by_treasury(USDC, 0, transfer.abi_encode());
    check(&format!("pay 2.5 {USDC} to {ALICE}"), Place::Treasury, &calldata);
    let pay =
        ITreasury::payCall { line: 1, token: Address::ZERO, to: at(Place::Gov), amount: wei(2) };
    let calldata = by_treasury(at(Place::Treasury), 0, pay.abi_encode());
    check("pay 2 ETH to gov from grants", Place::Treasury, &calldata);
}

#[test]
fn lines_and_spenders_are_limited() {
    let (token, cap) = (at(Place::Data), wei(1_000));
    let period = U256::from(30 * 86_400);
    let budget = ITreasury::setBudgetCall { line: 4, token, cap, period }.abi_encode();
    let calldata = by_treasury(at(Place::Treasury), 0, budget);
    check("limit research to 1000 DATA per 30 days", Place::Treasury, &calldata);
    let limit = ITreasury::setSpendingLimitCall {
        spender: ALICE,
        token: Address::ZERO,
        cap,
        period: U256::ZERO,
        line: 2,
    };
    let calldata = by_treasury(at(Place::Treasury), 0, limit.abi_encode());
    check(&format!("limit {ALICE} to 1000 ETH in all from audits"), Place::Treasury, &calldata);
}

#[test]
fn roles_are_granted_and_revoked_by_their_names() {
    let role = keccak256("MINTER_ROLE");
    let grant = IDataToken::grantRoleCall { role, account: at(Place::Rewards) }.abi_encode();
    check("grant MINTER of data to rewards", Place::Data, &grant);
    let role = B256::ZERO;
    let revoke = IDataToken::revokeRoleCall { role, account: ALICE }.abi_encode();
    check(&format!("revoke DEFAULT_ADMIN of gov from {ALICE}"), Place::Gov, &revoke);
    let everybody =
        IDataToken::grantRoleCall { role: keccak256("EXECUTOR_ROLE"), account: Address::ZERO };
    check("grant EXECUTOR of timelock to nobody", Place::Timelock, &everybody.abi_encode());
}

#[test]
fn functions_are_allowed_for_a_class() {
    let rule = IGovernor::setActionAllowedCall {
        proposalClass: IGovernor::ProposalClass::FastTrack,
        target: at(Place::Rewards),
        selector: IDataCoopRewards::setCooldownPeriodCall::SELECTOR.into(),
        allowed: true,
    };
    let text = "allow rewards setCooldownPeriod(uint256) on fast-track";
    check(text, Place::Governor, &rule.abi_encode());
    assert_eq!(encoded("allow rewards.cooldown on fast-track"), encoded(text));
    assert_ne!(encoded("forbid rewards.cooldown on fast-track"), encoded(text));
}

#[test]
fn any_function_is_called_by_its_signature() {
    let rule = IGovernor::setOptimisticProposerCall { proposer: ALICE, allowed: true };
    let text = format!("call governor setOptimisticProposer(address,bool) {ALICE} true");
    check(&text, Place::Governor, &rule.abi_encode());
    let relay = IGovernor::relayCall {
        target: ALICE,
        value: U256::from(7),
        data: Bytes::from_static(&[1, 2]),
    };
    let text = format!("call governor relay(address,uint256,bytes) {ALICE} 7 0x0102");
    check(&text, Place::Governor, &relay.abi_encode());
    // A setter of the table is said in its unit, however it was written.
    let action = encoded("call rewards setCooldownPeriod(uint256) 432000");
    assert_eq!(describe(&action, &vocabulary()), "set rewards.cooldown to 5 days");
}

#[test]
fn calls_take_lists_texts_and_ether() {
    let text = format!(
        "call {ALICE} store(uint256[],string,(bool,address)) [1, 2] \"to be, or\" (true,{ALICE}) with 0.5 ETH"
    );
    let action = encoded(&text);
    assert_eq!(action.target, ALICE);
    assert_eq!(action.value, U256::from(500_000_000_000_000_000_u64));
    let selector = keccak256("store(uint256[],string,(bool,address))");
    assert_eq!(action.calldata[..4], selector[..4]);
    // No interface of the cooperative has that function, so it is not guessed at.
    assert_eq!(describe(&action, &vocabulary()), format!("raw {action}"));
    let empty = encoded(&format!("call {ALICE} name(string) \"\""));
    assert_eq!(empty.calldata.len(), 4 + 64);
}

#[test]
fn the_treasury_calls_what_it_is_told_to() {
    let approve = IDataToken::approveCall { spender: ALICE, value: U256::from(5) }.abi_encode();
    let calldata = by_treasury(USDC, 0, approve);
    let text = format!("call {USDC} approve(address,uint256) {ALICE} 5 as treasury");
    check(&text, Place::Treasury, &calldata);
    let guard = ITreasury::setGuardCall { guard: ALICE }.abi_encode();
    let calldata = by_treasury(at(Place::Treasury), 0, guard);
    check(
        &format!("call treasury setGuard(address) {ALICE} as treasury"),
        Place::Treasury,
        &calldata,
    );
}

#[test]
fn calldata_that_words_would_not_give_back_is_shown_as_it_is() {
    let mut action = encoded("set rewards.cooldown to 5 days");
    action.calldata = [&action.calldata[..], &[0]].concat().into();
    assert!(matches!(decode(&action, &vocabulary()), Sentence::Raw(_)));
    let mut with_ether = encoded("set rewards.cooldown to 5 days");
    with_ether.value = U256::from(1);
    assert!(describe(&with_ether, &vocabulary()).starts_with("call rewards setCooldownPeriod"));
    // A delegate call is no payment.
    let mut delegate = encoded(&format!("pay 1 ETH to {ALICE}"));
    let call = ITreasury::execTransactionFromModuleCall::abi_decode(&delegate.calldata).unwrap();
    let call = ITreasury::execTransactionFromModuleCall { operation: 1, ..call };
    delegate.calldata = call.abi_encode().into();
    assert!(!describe(&delegate, &vocabulary()).starts_with("pay"));
    // An address with dirty upper bytes is none.
    let mut dirty = encoded("set rewards.oracle to nobody").calldata.to_vec();
    dirty[4] = 1;
    let dirty = Action { target: at(Place::Rewards), value: U256::ZERO, calldata: dirty.into() };
    assert!(matches!(decode(&dirty, &vocabulary()), Sentence::Raw(_)));
    // A policy that there is not is still said exactly, by its number.
    let policy = crate::bindings::IGovToken::setTransferPolicyCall { policy: 9 }.abi_encode();
    let odd = Action { target: at(Place::Gov), value: U256::ZERO, calldata: policy.into() };
    assert_eq!(describe(&odd, &vocabulary()), "set gov.policy to 9");
}

/// Values that the contracts' types can hold, some of them odd.
fn words_for(parameter: &Parameter) -> Vec<U256> {
    match parameter.unit {
        Unit::Switch => vec![U256::ZERO, U256::ONE],
        Unit::Choice(words) => (0..words.len()).map(U256::from).collect(),
        Unit::Account => {
            vec![U256::ZERO, ALICE.into_word().into(), at(Place::Timelock).into_word().into()]
        }
        Unit::BasisPoints => [0, 1, 250, 10_000].map(U256::from).to_vec(),
        _ => [0_u64, 1, 59, 3_600, 86_461, 1_709_251_200, 4_294_967_295].map(U256::from).to_vec(),
    }
}

#[test]
fn every_parameter_is_read_as_it_is_written() {
    for parameter in PARAMETERS {
        for value in words_for(parameter) {
            let settings: Vec<_> = parameter
                .siblings()
                .map(|sibling| {
                    let value = if sibling == parameter { value } else { words_for(sibling)[1] };
                    Setting { parameter: sibling, value }
                })
                .collect();
            let sentence = Sentence::Set(settings);
            let text = sentence.write(&vocabulary());
            assert_eq!(read_action(&text, &vocabulary()), Ok(vec![sentence.clone()]), "{text}");
            let action = sentence.encode(&vocabulary()).unwrap();
            assert_eq!(decode(&action, &vocabulary()), sentence, "{text}");
        }
    }
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let check = |text: &str, expected: &str| {
        let sentences = read_action(text, &vocabulary()).unwrap();
        let error = sentences[0].encode(&vocabulary()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    };
    check("set governor.votingPeriod to 60000 days", "more than governor.votingPeriod can hold");
    check("set data.emissionFloor to 1 DATA", "data.emissionBps is set together");
}

/// Wrong words, and a part of what is said of them.
const WRONG: [(&str, &str); 49] = [
    ("", "there are: set, pay, grant"),
    ("raise rewards.cooldown to 5 days", "`raise`"),
    ("set", "it is written like `set rewards.cooldown to 5 days"),
    ("set rewards.cooldown 5 days", "it is written like"),
    ("set rewards.cooldown to", "it is written like"),
    ("set rewards.cooldwn to 5 days", "rewards.rewardRate, rewards.cooldown, rewards.minQuality"),
    ("set bank.rate to 5", "timelock.delay"),
    ("set rewards.cooldown to 5", "not a duration: `5 days`"),
    ("set rewards.cooldown to 5 DATA", "not a duration"),
    ("set rewards.rewardRate to 12", "an amount: `12.5 DATA`"),
    ("set rewards.rewardRate to 12 GOV", "an amount: `12.5 DATA`"),
    ("set governor.quorum to 4.5%", "a whole percentage"),
    ("set data.emissionBps to 0.001%", "a percentage or basis points"),
    ("set gov.policy to closed", "one of `open`, `members-only`, `locked`"),
    ("set governor.oneLiveProposal to yes", "`on` or `off`"),
    ("set governor.guardianExpiry to 2027-02-29", "a time in UTC"),
    ("set rewards.oracle to 0x12", "`0x12` is no account"),
    ("set rewards.oracle to bob", "data, gov, rewards, timelock, governor, treasury"),
    (
        "set rewards.cooldown to 5 days and rewards.cooldown to 6 days",
        "set twice, to `5 days` and to `6 days`",
    ),
    ("pay 100 DATA", "it is written like `pay 1.5 ETH"),
    ("pay 100 DATA from 0x0000000000000000000000000000000000000001", "there is no budget line"),
    ("pay 100 USDC to timelock", "the address of any ERC-20"),
    ("pay 1.5x DATA to timelock", "no amount of DATA"),
    ("pay 1 DATA to timelock from coffee", "grants, audits, infrastructure"),
    ("pay 0.0000000000000000001 ETH to timelock", "which has 18 decimals"),
    ("pay 1 0x00000000000000000000000000000000000000aa to timelock", "decimals of 0x"),
    ("pay 1 DATA to 0x70997970c51812dc3A010C7d01b50e0d17dc79C8", "its checksum (EIP-55) is wrong"),
    ("grant MINTER to 0x12", "grant MINTER of data to"),
    ("grant BAKER of data to timelock", "there are: DEFAULT_ADMIN, MINTER, PAUSER"),
    ("grant MINTER of treasury to timelock", "roles are of data, gov, timelock"),
    ("grant MINTER of bank to timelock", "there is no contract `bank`"),
    ("revoke MINTER of data to timelock", "revoke MINTER of data from"),
    ("limit grants to 5 DATA", "limit grants to 1000 DATA per 30 days"),
    ("limit grants to 5 DATA per day", "not a duration"),
    ("limit none to 5 DATA in all", "no budget line `none`"),
    ("limit grants to 5 DATA in all from audits", "it is written like"),
    ("allow rewards setCooldown(uint256) on fast-track", "has no function `setCooldown(uint256)`"),
    ("allow rewards.cooldown on slow-track", "standard, fast-track, optimistic"),
    ("call rewards setCooldownPeriod(uint48) 5", "there is: setCooldownPeriod(uint256)"),
    ("call rewards setCooldownPeriod(uint256)", "takes 1 arguments and 0 are given"),
    ("call rewards setCooldownPeriod(uint256) five", "`five` is no uint256"),
    ("call bank f()", "there is no contract `bank`"),
    ("call 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 f", "a function is written like"),
    ("set market.price.genomic to 5 DATA", "market.price.genomic.edition"),
    ("set market.price.genomic.edition to 5 GOV", "an amount: `12.5 DATA`"),
    ("set market.recipients.treasury to bank", "market, distributor"),
    ("grant LISTER of consents to timelock", "roles are of data, gov, timelock, membership"),
    ("grant CURATOR of market to timelock", "there are: DEFAULT_ADMIN, LISTER, PAUSER"),
    ("raw 0x12", "is no call"),
];

#[test]
fn wrong_words_are_refused_with_what_there_is() {
    let mut others = Vec::new();
    for (text, expected) in WRONG {
        let error = read_action(text, &vocabulary()).map_err(|error| error.to_string());
        if !error.as_ref().is_err_and(|error| error.contains(expected)) {
            others.push(format!("{text}: {error:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[test]
fn a_contract_that_is_not_deployed_is_named() {
    let vocabulary = Vocabulary::new([(Place::Data, at(Place::Data))]);
    let sentences = read_action("set timelock.delay to 1 day", &vocabulary).unwrap();
    let error = sentences[0].encode(&vocabulary).unwrap_err();
    assert_eq!(error.to_string(), "this cooperative has no `timelock`");
}
