//! Decides that canonical JSON and proofs are those of RFC 8785, by the RFC's own vectors.

use alloy::primitives::keccak256;

use super::*;

fn canonical(text: &str) -> String {
    serde_json_canonicalizer::to_string(&json::parse(text).unwrap()).unwrap()
}

#[test]
fn the_example_of_rfc_8785_section_3_2() {
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = concat!(
        r#"{"literals":[null,true,false],"#,
        r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    assert_eq!(canonical(input), expected);
}

#[test]
fn properties_are_sorted_by_utf_16_as_in_section_3_2_3() {
    let input = r#"{
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let values = canonical(input);
    let places = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
        .map(|name| values.find(name).unwrap());
    assert!(places.is_sorted(), "{values}");
}

#[test]
fn numbers_are_written_as_in_appendix_b() {
    for (bits, expected) in [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] {
        let number = f64::from_bits(bits);
        assert_eq!(canonical(&format!("{number:e}")), expected, "{bits:x}");
    }
}

#[test]
fn the_proof_is_keccak_of_the_canonical_form() {
    let expected = keccak256(r#"{"a":1,"b":[1.5,"é"]}"#);
    for text in [
        r#"{"a":1,"b":[1.5,"é"]}"#,
        r#" { "b" : [ 1.50, "\u00e9" ], "a": 1.0 } "#,
        "{\"b\":[15e-1,\"é\"],\n\"a\":1}",
    ] {
        assert_eq!(prove(text), Ok(Proof { hash: expected, inexact: 0 }), "{text}");
    }
}

#[test]
fn a_text_without_one_canonical_form_is_refused() {
    for text in [r#"{"a":1,"a":1}"#, r#"{"a":1e309}"#, r#"{"a":"\ud800"}"#, "{", ""] {
        assert!(prove(text).is_err(), "{text}");
    }
}

#[test]
fn numbers_that_no_double_holds_are_counted() {
    let check = |text: &str, expected: u32| {
        assert_eq!(prove(text).unwrap().inexact, expected, "{text}");
    };
    check("[1.0, 1.00, 0.1, 120e3, -7.25, 123456789012345, 0, -0, 0.00e7]", 0);
    check("[9007199254740992, 1e300, 5e-324]", 0);
    check("[9007199254740993]", 1);
    check("[66.899999999999991]", 1);
    check("[66.89999999999999]", 0);
    check("[3.14159265358979323846, 1e-400]", 2);
    check(r#"{"a 9007199254740993": "9007199254740993 \" 9007199254740993"}"#, 0);
}
