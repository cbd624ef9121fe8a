//! Declarations are read as what they say, and refused with line and reason.

use alloy::primitives::{Address, address};

use super::*;
use crate::governance::{PARAMETERS, Place};

const ORACLE: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

fn owners(count: u8) -> Vec<Address> {
    (1..=count).map(Address::repeat_byte).collect()
}

fn text(profile: Profile, owners: &[Address]) -> String {
    template(&Template {
        profile,
        name: "A cooperative",
        chain_id: 31_337,
        from: "dev:0",
        owners,
        oracle: Some(ORACLE),
        guardian: None,
    })
}

fn read(text: &str) -> Result<Declaration, String> {
    text.parse().map_err(|error: Malformed| error.to_string())
}

/// Checks that a text in place of another in the template is refused, on its line and in these words.
fn refused(old: &str, new: &str, line: Option<&str>, reason: &str) {
    let text = text(Profile::Local, &owners(3));
    assert!(text.contains(old), "{old}");
    let text = text.replacen(old, new, 1);
    let error = read(&text).unwrap_err();
    assert!(error.contains(reason), "{error}");
    if let Some(line) = line {
        let number = text.lines().position(|found| found.contains(line)).unwrap() + 1;
        assert!(error.contains(&format!("line {number},")), "{error}");
    }
}

#[test]
fn a_template_is_read_as_its_profile() {
    for (profile, count) in [
        (Profile::Local, 3),
        (Profile::Testnet, 2),
        (Profile::MainnetStandard, 5),
        (Profile::MainnetEnhanced, 8),
    ] {
        let owners = owners(count);
        let config = read(&text(profile, &owners)).unwrap().config();
        let (terms, organs) = match profile {
            Profile::Local | Profile::Testnet => {
                (AccessTerms::local(ORACLE), GovernanceConfig::local(&owners))
            }
            Profile::MainnetStandard => {
                (AccessTerms::standard(ORACLE), GovernanceConfig::standard(&owners))
            }
            Profile::MainnetEnhanced => {
                (AccessTerms::enhanced(ORACLE), GovernanceConfig::enhanced(&owners))
            }
        };
        assert_eq!(config.access.terms, terms);
        assert_eq!(config.self_government.unwrap(), organs);
        let one = CoopConfig::of_one(ORACLE, ORACLE);
        assert_eq!(
            (config.supply, config.emission_floor, config.emission_bps, config.oracle),
            (one.supply, one.emission_floor, one.emission_bps, one.oracle)
        );
    }
}

#[test]
fn the_threshold_of_a_profile_is_the_one_it_is_named_for() {
    for (profile, expected) in
        [(Profile::MainnetStandard, (3, 5)), (Profile::MainnetEnhanced, (5, 8))]
    {
        let declaration = read(&text(profile, &owners(expected.1))).unwrap();
        let treasury = declaration.organs.unwrap().treasury;
        assert_eq!((treasury.threshold, treasury.owners.len()), (expected.0, expected.1.into()));
    }
}

#[test]
fn what_is_to_be_filled_in_cannot_be_forgotten() {
    let error = read(&text(Profile::MainnetStandard, &owners(4))).unwrap_err();
    assert!(error.contains("fill in"), "{error}");
}

#[test]
fn every_parameter_that_is_declared_is_one_that_governance_changes() {
    let optional = "\n[rewards]\nrewardRate = \"10 DATA\"\ncooldown = \"7 days\"\nminQuality = \"0.1\"\n\
        rarityCurve = { peak = \"3\", floor = \"1\", halfCount = 1000 }\n\
        timeBonus = { step = \"0.1\", maximum = \"1\", period = \"30 days\", gap = \"60 days\" }\n";
    let text = text(Profile::Local, &owners(3))
        .replacen("\n[registry]", &format!("{optional}\n[registry]"), 1)
        .replacen("# guardian", "guardian", 1)
        .replacen("0x… (fill in)", &ORACLE.to_string(), 1)
        .replacen("# vetoUntil", "standardDelay = \"2 days\"\nvetoUntil", 1)
        .replacen(
            "[treasury]",
            "[governor.fastTrack]\nvotingDelay = \"1 hour\"\nvotingPeriod = \"1 day\"\nvetoQuorum = \"2%\"\n\n[treasury]",
            1,
        );
    let declared = read(&text).unwrap().parameters();
    for (name, _) in &declared {
        assert!(PARAMETERS.iter().any(|row| row.full_name() == *name), "{name}");
    }
    assert!(declared.len() > 40, "{}", declared.len());
    let has = |name: &str| declared.iter().any(|(declared, _)| declared == name);
    assert!(has("governor.guardianExpiry") && has("rewards.timeBonus.gap"));
    assert!(Place::ALL.len() >= 6);
}

#[test]
fn nonsense_is_refused_with_its_line_and_a_reason() {
    refused("quorum = \"4%\"", "quorum = \"400%\"", Some("quorum ="), "at most 100%");
    refused(
        "votingPeriod = \"10 minutes\"",
        "votingPeriod = 10",
        Some("votingPeriod ="),
        "duration",
    );
    refused("supply = \"1000000 DATA\"", "supply = \"1000000 GOV\"", Some("supply ="), "12.5 DATA");
    let blank = "salt = \"1\"\ndaoUri = \"ipfs://a b\"";
    refused("salt = \"1\"", blank, None, "none of them a quote or a blank");
    let quote = "salt = \"1\"\ndaoUri = \"ipfs://a'b\"";
    refused("salt = \"1\"", quote, None, "none of them a quote or a blank");
    refused("minCohort = 5", "minCohort = -5", Some("minCohort ="), "");
    refused("threshold = 2", "threshold = 9", Some("[treasury]"), "of 3 owners 9 cannot sign");
    refused("threshold = 2", "threshold = 0", Some("[treasury]"), "0 cannot sign");
    refused("burned = \"5%\"", "burned = \"6%\"", Some("[market.split]"), "101% together");
    refused("minCohort", "minCohorts", Some("minCohorts ="), "unknown field");
    refused("[governor]", "[governer]", Some("[governer]"), "governer");
    refused("cap = \"100000000 GOV\"", "cap = \"1 GOV\"", Some("[gov]"), "1 GOV at most");
    refused(
        "0x0202020202020202020202020202020202020202\",\n    \"0x03",
        "0x0101010101010101010101010101010101010101\",\n    \"0x03",
        None,
        "named twice",
    );
    refused(
        "oracle = ",
        "governance = \"0x0101010101010101010101010101010101010101\"\noracle = ",
        None,
        "take one of them out",
    );
}

/// Puts limits into the treasury's section of the template.
fn limits(list: &str) -> String {
    format!("threshold = 2\nlimits = [{list}]")
}

#[test]
fn limits_and_allowances_are_the_sentences_of_proposals() {
    let spender = Address::repeat_byte(0x77);
    let token = Address::repeat_byte(0x78);
    let list = limits(&format!(
        "\"grants to 1000 DATA per 30 days\", \"grants to 1 ETH in all\", \
         \"{spender} to 0.5 ETH per 7 days from operations\", \"{spender} to 5 {token} in all\""
    ));
    let class = "[governor.optimistic]\nvotingDelay = \"1 hour\"\nvotingPeriod = \"1 day\"\nvetoQuorum = \"5%\"\n\
        allow = [\"rewards.cooldown\", \"registry setMinCohort(uint64)\"]\n\n[treasury]";
    let text = text(Profile::Local, &owners(3));
    let text = text.replacen("threshold = 2", &list, 1).replacen("[treasury]", class, 1);
    let sentences: Vec<_> = read(&text).unwrap().rules().into_iter().map(|r| r.sentence).collect();
    assert_eq!(
        sentences,
        [
            "limit grants to 1000 DATA per 30 days".to_owned(),
            "limit grants to 1 ETH in all".to_owned(),
            format!("limit {spender} to 0.5 ETH per 7 days from operations"),
            format!("limit {spender} to 5 {token} in all"),
            "allow rewards.cooldown on optimistic".to_owned(),
            "allow registry setMinCohort(uint64) on optimistic".to_owned(),
        ]
    );
}

#[test]
fn limits_that_are_none_or_contradict_each_other_are_refused() {
    let one = "threshold = 2";
    refused(one, &limits("\"grants to much\""), Some("limits ="), "limit grants to 1000 DATA");
    refused(one, &limits("\"none to 1 ETH in all\""), Some("limits ="), "none");
    refused(one, &limits("\"0x12 to 1 ETH in all\""), Some("limits ="), "0x12");
    let twice = "\"grants to 1 ETH in all\", \"Grants to 2 ETH per 1 day\"";
    refused(one, &limits(twice), Some("[treasury]"), "limits what a line before it limits");
    let class = |allowed: &str| {
        format!(
            "[governor.fastTrack]\nvotingDelay = \"1 hour\"\nvotingPeriod = \"1 day\"\n\
             vetoQuorum = \"0%\"\nallow = [\"{allowed}\"]\n\n[treasury]"
        )
    };
    for (allowed, reason) in [
        ("governor.votingDelay", "only standard proposals may call the governor"),
        ("timelock updateDelay(uint256)", "only standard proposals may call the timelock"),
        ("rewards nothing()", "nothing()"),
        ("rewards.nothing", "rewards.nothing"),
    ] {
        let line = format!("allow = [\"{allowed}");
        refused("[treasury]", &class(allowed), Some(&line), reason);
    }
}
