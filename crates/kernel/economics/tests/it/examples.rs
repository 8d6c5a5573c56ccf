use milepost_economics::{PROFILE_NAMES, Profile, ProfileError, verify};

const SEED: &str = include_str!("../../profiles/seed.toml");
const DEPLOYED: &str = include_str!("../../profiles/deployed-2025.toml");
const HARDWARE: &str = include_str!("../../profiles/hardware-ecosystem.toml");

fn refusal(text: &str) -> (String, String, String) {
    match Profile::parse(text) {
        Err(ProfileError::Unreproduced {
            example,
            expected,
            actual,
            ..
        }) => (example, expected, actual),
        other => panic!("{other:?}"),
    }
}

fn dcx_example(usd_per_dcx: &str, dcx: &str, usd: &str) -> String {
    let case = format!(
        "case.dcx_peg = {{ usd_per_dcx = \"{usd_per_dcx}\", dcx = \"{dcx}\", usd = \"{usd}\" }}"
    );
    format!("{DEPLOYED}\n[[examples]]\nfrom = \"C-25\"\n{case}\n")
}

#[test]
fn every_profile_reproduces_its_own_examples_c_25() {
    for name in PROFILE_NAMES {
        let profile = Profile::load(name).unwrap();
        let results = verify(&profile);
        let failed: Vec<_> = results.iter().filter(|r| !r.ok).collect();
        assert!(failed.is_empty(), "{name}: {failed:#?}");
        // The text of phase 1.2 prints no numbers.
        assert_eq!(results.is_empty(), *name == "phase-1.2", "{name}");
    }
}

#[test]
fn a_tampered_profile_is_refused_by_its_own_examples_c_25() {
    let tampered = SEED.replace(
        "\"escrow.team_ratio_ppm\" = { is = 999999",
        "\"escrow.team_ratio_ppm\" = { is = 999998",
    );
    let (example, expected, actual) = refusal(&tampered);
    assert!(example.starts_with("D3-103: 10,000th voucher"), "{example}");
    assert_eq!(
        (expected.as_str(), actual.as_str()),
        ("14.850762", "14.703009")
    );

    let tampered = SEED.replace(
        "\"split.user_bps\" = { is = 2000",
        "\"split.user_bps\" = { is = 2500",
    );
    assert!(refusal(&tampered).0.starts_with("D2-39"));
    let tampered = HARDWARE.replace("is = \"locked\"", "is = \"price\"");
    assert!(refusal(&tampered).0.starts_with("D4-50…54"));
}

#[test]
fn a_credit_price_that_contradicts_its_example_is_refused_c_25() {
    for (price, dcx, usd) in [("0.0001", "1250", "1.25"), ("0.000025", "500000", "1.25")] {
        let (example, expected, _) = refusal(&dcx_example(price, dcx, usd));
        assert!(example.starts_with("C-25"), "{example}");
        assert_eq!(expected, usd);
    }
    for (price, dcx, usd) in [("0.001", "1250", "1.25"), ("0.0000025", "500000", "1.25")] {
        Profile::parse(&dcx_example(price, dcx, usd)).unwrap();
    }
}

#[test]
fn printed_numbers_that_are_no_numbers_are_refused_not_skipped() {
    for (price, dcx, usd) in [("x", "1", "1"), ("1", "", "1"), ("1", "1", "one")] {
        refusal(&dcx_example(price, dcx, usd));
    }
}
