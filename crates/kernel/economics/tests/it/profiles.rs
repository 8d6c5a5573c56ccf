use std::collections::BTreeSet;

use milepost_economics::{Inconsistency, Key, PROFILE_NAMES, Profile, ProfileError, table};
use milepost_types::U256;

use crate::{profile, profiles};

const SEED: &str = include_str!("../../profiles/seed.toml");
const DIP4: &str = include_str!("../../profiles/dip4.toml");

#[test]
fn every_value_of_every_profile_is_cited_and_the_seed_inherits_nothing() {
    for p in profiles() {
        for (key, entry) in p.entries() {
            assert!(entry.citation.len() > 5, "{p}: {key}");
            let tagged = [
                "D1-",
                "D2-",
                "D3-",
                "D4-",
                "D5-",
                "C-",
                "protocol 8",
                "requirements",
            ];
            assert!(
                tagged.iter().any(|tag| entry.citation.contains(tag)),
                "{p}: {key}: '{}' names no text",
                entry.citation
            );
            assert!(entry.inherited_from.is_none() || p.name() != "seed");
        }
        assert_eq!(p.entries().count(), Key::ALL.len());
    }
}

#[test]
fn hashes_differ_and_are_those_of_the_encoding() {
    let hashes: BTreeSet<_> = profiles().map(Profile::hash).collect();
    assert_eq!(hashes.len(), PROFILE_NAMES.len());
    let pairs = profile("seed").encode();
    assert!(pairs.windows(2).all(|w| w[0].0 < w[1].0));
    assert_eq!(pairs.len(), Key::ALL.len());
    // The same as `abi.encode` in test/unit/Parameters.t.sol gives.
    assert_eq!(
        profile("seed").hash().to_string(),
        "0xa85fb7896587910ce52ff797ab911c290bae2d72e1f35fe5f713c6de80855e74"
    );
}

#[test]
fn profiles_differ_from_the_seed_only_where_their_text_does() {
    let seed = profile("seed");
    let count = |name| seed.diff(&profile(name)).len();
    assert_eq!(count("seed"), 0);
    assert_eq!(
        count("dlp3"),
        0,
        "DLP-3 is one of the seed's texts throughout"
    );
    let keys: Vec<_> = seed
        .diff(&profile("dip5-draft"))
        .iter()
        .map(|d| d.key)
        .collect();
    assert_eq!(
        keys,
        [
            Key::LicenseApprovalNode,
            Key::LicenseRevokeWindow,
            Key::StakeReleaseRule
        ]
    );
    for p in profiles() {
        for difference in seed.diff(p) {
            assert_eq!(
                difference.right.inherited_from, None,
                "{p}: {}",
                difference.key
            );
        }
    }
}

#[test]
fn the_deployed_profile_is_the_one_of_the_specification() {
    let p = profile("deployed-2025");
    let one = U256::from(10).pow(U256::from(18));
    assert_eq!(p.get(Key::StakeProviderUsd), U256::from(10_000) * one);
    assert_eq!(p.get(Key::StakeNodeUsd), U256::from(30_000) * one);
    assert!(p.flag(Key::StakeGrandfather));
    assert_eq!(p.number(Key::StakeReleaseRule), 2);
    assert_eq!(p.number(Key::VoucherCurrency), 1);
    assert_eq!(p.number(Key::EscrowBurnPpm), 1_000_000);
    assert_eq!(p.number(Key::CourtAdjudicator), 1);
}

#[test]
fn unknown_profiles_name_the_known_ones() {
    let error = Profile::load("p-dip4").unwrap_err();
    assert!(error.to_string().contains("hardware-ecosystem"), "{error}");
}

#[test]
fn a_file_that_is_not_a_whole_cited_profile_is_refused() {
    let parse = |text: String| Profile::parse(&text).unwrap_err();
    let change = |from: &str, to: &str| {
        assert!(SEED.contains(from), "{from}");
        parse(SEED.replace(from, to))
    };
    assert!(matches!(parse(String::new()), ProfileError::Syntax(_)));
    assert!(matches!(
        change("\"stake.client\" = ", "\"stake.clients\" = "),
        ProfileError::UnknownKey { key, .. } if key == "stake.clients"
    ));
    let without = SEED
        .lines()
        .filter(|l| !l.starts_with("\"stake.client\""))
        .collect::<Vec<_>>()
        .join("\n");
    assert!(matches!(
        parse(without),
        ProfileError::Missing {
            key: Key::StakeClient,
            ..
        }
    ));
    assert!(matches!(
        change(
            "{ is = \"20000\", from = \"D1-31: at least 20,000 DIMO before the licence\" }",
            "{ is = \"20000\", from = \" \" }"
        ),
        ProfileError::Uncited {
            key: Key::StakeClient,
            ..
        }
    ));
    for (from, to) in [
        (
            "\"stake.client\" = { is = \"20000\"",
            "\"stake.client\" = { is = 20000",
        ),
        (
            "\"stake.client\" = { is = \"20000\"",
            "\"stake.client\" = { is = \"20e3\"",
        ),
        (
            "\"escrow.months\" = { is = 24",
            "\"escrow.months\" = { is = -24",
        ),
        (
            "\"escrow.months\" = { is = 24",
            "\"escrow.months\" = { is = 24.5",
        ),
        (
            "\"burn.rounding\" = { is = \"floor\"",
            "\"burn.rounding\" = { is = \"half\"",
        ),
        (
            "\"stake.third_party\" = { is = true",
            "\"stake.third_party\" = { is = 1",
        ),
    ] {
        assert!(
            matches!(change(from, to), ProfileError::Value { .. }),
            "{to}"
        );
    }
    assert!(matches!(
        change(
            "\"escrow.months\" = { is = 24",
            "\"escrow.months\" = { is = 61"
        ),
        ProfileError::Inconsistent {
            rule: Inconsistency::Bounds {
                key: Key::EscrowMonths,
                ..
            },
            ..
        }
    ));
    assert!(matches!(
        parse(DIP4.replace("inherits = \"seed\"", "inherits = \"dip4\"")),
        ProfileError::Syntax(_)
    ));
    assert!(matches!(
        parse(DIP4.replace("inherits = \"seed\"", "inherits = \"nothing\"")),
        ProfileError::Unknown { .. }
    ));
}

#[test]
fn rules_between_parameters_hold_or_the_profile_is_refused() {
    let cases: [(&[(Key, u64)], &str); 9] = [
        (&[(Key::CourtAwardBurnBps, 2_501)], "court.award"),
        (&[(Key::CourtChallengerCapBps, 499)], "challenger_cap"),
        (&[(Key::CourtPanelSize, 4)], "panel_size"),
        (&[(Key::CourtPanelSize, 5)], "court.deposit"),
        (&[(Key::EscrowProviderBps, 8_501)], "escrow"),
        (
            &[(Key::EscrowBurnPpm, 100_000), (Key::EscrowBurnLessTeam, 1)],
            "taken from",
        ),
        (&[(Key::StakeCurveX1, 100_000)], "stake.curve"),
        (&[(Key::SplitProtocolBps, 6_001)], "split"),
        (&[(Key::GovLevel1Bps, 6_001)], "gov.level"),
    ];
    for (values, message) in cases {
        let values: Vec<_> = values
            .iter()
            .map(|(key, value)| (*key, U256::from(*value)))
            .collect();
        let error = profile("seed").with_all(&values).unwrap_err();
        assert!(
            matches!(error, ProfileError::Inconsistent { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(message), "{error}");
    }
    // The provider's share of the price does not count where it gets the rest.
    profile("hardware-ecosystem")
        .with(Key::EscrowProviderBps, U256::from(10_000))
        .unwrap();
}

#[test]
fn tables_show_values_as_people_write_them() {
    let (seed, hardware) = (profile("seed"), profile("hardware-ecosystem"));
    let text = table::profile(&hardware);
    assert!(text.contains("stake.provider"), "{text}");
    assert!(text.lines().any(|l| l.starts_with("stake.client ")
        && l.contains("20000")
        && l.contains("as seed: D1-31")));
    let text = table::differences(&seed, &hardware, &seed.diff(&hardware));
    assert!(text.lines().any(|l| l.starts_with("escrow.on_disconnect")
        && l.contains("treasury")
        && l.contains("user")));
    assert!(text.lines().all(|l| !l.ends_with(' ')));
}
