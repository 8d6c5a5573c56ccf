use milepost_economics::DeviceType;
use milepost_simulation::{Cell, Report, compare, run};

use super::{options, rough, seed};

fn sets(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn no_change_gives_no_difference() {
    let comparison = compare(
        &seed(),
        &sets(&["voucher.price.dongle=50"]),
        &rough(5_000, 3),
    )
    .unwrap();
    assert!(comparison.changes.is_empty());
    assert!(comparison.today == comparison.changed);
    let report = Report::from(&comparison);
    let differences: Vec<_> = report
        .files()
        .into_iter()
        .filter(|file| file.path.starts_with("differences"))
        .collect();
    assert_eq!(differences.len(), 3);
    for file in differences {
        for line in file.contents.lines().skip(1) {
            assert!(line.ends_with(",0 %"), "{line}");
            assert!(line.contains(",0,"), "{line}");
        }
    }
}

#[test]
fn both_runs_play_the_same_lives() {
    let options = rough(5_000, 3);
    let comparison = compare(
        &seed(),
        &sets(&["escrow.provider_bps=6000", "stake.provider=50000"]),
        &options,
    )
    .unwrap();
    assert!(comparison.today == run(&seed(), &options).unwrap());
    assert_eq!(comparison.changes.len(), 2);
    let (today, changed) = (comparison.today.total(), comparison.changed.total());
    assert_eq!(today.connected, changed.connected);
    assert_eq!(today.team, changed.team);
    // 60 instead of 70 per cent, but for the dust of single tranches.
    assert!(changed.provider.abs_diff(today.provider * 6 / 7) < 10_000_000);
    let cases = |outcome: &milepost_simulation::Outcome| -> Vec<u64> {
        outcome
            .licences
            .iter()
            .map(|month| month.court.cases)
            .collect()
    };
    assert!(cases(&comparison.today).iter().sum::<u64>() > 0);
    assert_ne!(comparison.today.run_id, comparison.changed.run_id);
    assert_ne!(comparison.run_id, comparison.changed.run_id);
}

#[test]
fn c_31_a_higher_cap_lets_more_connect_and_dilutes_each() {
    let base = seed()
        .with(
            milepost_economics::Key::VoucherCapDongle,
            milepost_types::U256::from(200),
        )
        .unwrap();
    let comparison = compare(&base, &sets(&["voucher.cap.dongle=0"]), &options(5_000, 3)).unwrap();
    let (today, changed) = (&comparison.today, &comparison.changed);
    let connected = |outcome: &milepost_simulation::Outcome| *outcome.connected().last().unwrap();
    let reward =
        |outcome: &milepost_simulation::Outcome| *outcome.reward_per_device().last().unwrap();
    assert!(connected(changed) > connected(today));
    assert!(reward(changed) < reward(today));
    assert_eq!(today.totals(DeviceType::Ai), changed.totals(DeviceType::Ai));
    assert_eq!(changed.totals(DeviceType::Dongle).unmet, 0);
    let text = Report::from(&comparison).terminal();
    assert!(
        text.contains("Issuance per connected device in the last month"),
        "{text}"
    );
    assert!(text.contains("voucher.cap.dongle"), "{text}");
}

#[test]
fn wrong_proposals_are_refused_before_anything_runs() {
    for wrong in [
        "voucher.price.boat=1",
        "escrow.months",
        "escrow.months=61",
        "court.award_burn_bps=1",
    ] {
        assert!(
            compare(&seed(), &sets(&[wrong]), &options(10, 1)).is_err(),
            "{wrong}"
        );
    }
    // Consistent together, though neither is alone.
    let together = sets(&["court.award_burn_bps=3000", "court.award_users_bps=5500"]);
    assert!(compare(&seed(), &together, &options(10, 1)).is_ok());
}

#[test]
fn charts_of_a_comparison_draw_both() {
    let comparison = compare(
        &seed(),
        &sets(&["voucher.price.dongle=100"]),
        &options(2_000, 2),
    )
    .unwrap();
    for chart in Report::from(&comparison).charts() {
        assert!(!chart.today.is_empty(), "{}", chart.id);
        assert!(chart.svg().contains("dash"), "{}", chart.id);
        let head: Vec<_> = chart
            .table
            .columns
            .iter()
            .map(|column| column.key.as_str())
            .collect();
        assert!(
            head.contains(&"today") && head.contains(&"relative"),
            "{head:?}"
        );
        let relative = head.iter().position(|key| *key == "relative");
        assert!(
            chart
                .table
                .rows
                .iter()
                .all(|row| { relative.is_some_and(|place| matches!(row[place], Cell::Text(_))) })
        );
    }
}
