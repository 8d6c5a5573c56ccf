use std::collections::BTreeMap;

use milepost_simulation::{Cell, File, Report, SIMPLIFICATIONS, compare, run};

use super::{options, rough, seed};

const CHARTS: [&str; 11] = [
    "stake-coverage",
    "rebates",
    "team-earnings",
    "sold-n",
    "burns",
    "treasury",
    "user-streams",
    "escrow-held",
    "connected",
    "dilution",
    "coverage-active",
];

fn files(files: Vec<File>) -> BTreeMap<String, String> {
    files
        .into_iter()
        .map(|file| (file.path, file.contents))
        .collect()
}

/// Sum of a column of a CSV text over the rows that a filter lets through.
fn sum(csv: &str, column: &str, filter: impl Fn(&BTreeMap<&str, &str>) -> bool) -> u128 {
    let mut lines = csv.lines();
    let heads: Vec<&str> = lines.next().expect("a head line").split(',').collect();
    assert!(heads.contains(&column), "{column} in {heads:?}");
    lines
        .map(|line| {
            heads
                .iter()
                .copied()
                .zip(line.split(','))
                .collect::<BTreeMap<_, _>>()
        })
        .filter(|row| filter(row))
        .map(|row| row[column].parse::<u128>().expect("a whole number"))
        .sum()
}

#[test]
fn the_page_has_every_chart_with_its_table_and_needs_nothing_else() {
    let outcome = run(&seed(), &rough(3_000, 3)).unwrap();
    let page = Report::from(&outcome).html();
    for id in CHARTS {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<title id=\"{id}-t\">")), "{id}");
        assert!(page.contains(&format!("<desc id=\"{id}-d\">")), "{id}");
    }
    assert_eq!(page.matches("<figure>").count(), CHARTS.len());
    assert_eq!(page.matches("<div class=\"pair\">").count(), CHARTS.len());
    for banned in [
        "<script", "<link", "<img", "<iframe", "url(", "@import", " href=", " src=",
    ] {
        assert!(!page.contains(banned), "{banned}");
    }
    assert!(page.contains("prefers-color-scheme: dark"));
    for assumption in outcome.options.assumptions.list() {
        assert!(page.contains(assumption.key), "{}", assumption.key);
    }
    assert!(page.contains(&outcome.run_id) && page.contains(&outcome.profile_hash));
    assert!(page.matches("<li>").count() >= SIMPLIFICATIONS.len());
}

#[test]
fn tags_of_the_page_balance_and_ids_are_unique() {
    let comparison = compare(&seed(), &["voucher.cap.ai=10".to_owned()], &rough(3_000, 3)).unwrap();
    let page = Report::from(&comparison).html();
    for tag in [
        "section", "figure", "svg", "table", "thead", "tbody", "tr", "ul", "li", "div", "details",
        "title", "desc", "text", "p",
    ] {
        let open =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(open, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    for chart in Report::from(&comparison).charts() {
        let drawn = chart.svg();
        let marks: String = drawn
            .split(" d=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(
            marks
                .chars()
                .all(|c| c.is_ascii_digit() || "MLHVZv .-".contains(c)),
            "{}: {marks}",
            chart.id
        );
    }
}

#[test]
fn csv_of_months_sums_to_the_table_of_types_and_of_providers() {
    let outcome = run(&seed(), &rough(5_000, 4)).unwrap();
    let files = files(Report::from(&outcome).files());
    let (monthly, types) = (&files["monthly.csv"], &files["types.csv"]);
    for column in [
        "sold",
        "unmet",
        "connected",
        "price_wei",
        "burned_wei",
        "provider_wei",
        "team_wei",
        "treasury_wei",
        "user_wei",
        "royalties_wei",
    ] {
        for kind in [
            "software", "dongle", "hub", "dash_cam", "fleet", "ai", "total",
        ] {
            let of_kind = |row: &BTreeMap<&str, &str>| row["type"] == kind;
            assert_eq!(
                sum(monthly, column, of_kind),
                sum(types, column, of_kind),
                "{column} {kind}"
            );
        }
        let parts = sum(monthly, column, |row| row["type"] != "total");
        assert_eq!(
            parts,
            sum(monthly, column, |row| row["type"] == "total"),
            "{column}"
        );
    }
    let total = outcome.total();
    let rebates = sum(&files["providers.csv"], "rebates_wei", |_| true);
    assert_eq!(
        (
            rebates,
            sum(types, "provider_wei", |row| row["type"] == "total")
        ),
        (total.provider, total.provider)
    );
    let held_end = sum(monthly, "held_wei", |row| {
        row["type"] == "total" && row["month"] == "48"
    });
    assert_eq!(held_end, total.price - total.paid_out());
    let stakes = &files["stakes.csv"];
    assert_eq!(
        sum(stakes, "posted_wei", |row| row["kind"] == "total"),
        sum(stakes, "posted_wei", |row| row["kind"] != "total")
    );
}

#[test]
fn charts_show_what_the_csv_says() {
    let outcome = run(&seed(), &rough(5_000, 3)).unwrap();
    let report = Report::from(&outcome);
    let charts: BTreeMap<&str, _> = report
        .charts()
        .into_iter()
        .map(|chart| (chart.id, chart))
        .collect();
    let total = |id: &str| -> u128 {
        let row = charts[id].table.rows.last().unwrap();
        let Some(Cell::Amount(wei)) = row.get(1) else {
            panic!("{id}: {row:?}");
        };
        *wei
    };
    let flows = outcome.total();
    assert_eq!(total("rebates"), flows.provider);
    assert_eq!(total("team-earnings"), flows.team);
    assert_eq!(total("user-streams"), flows.user());
    assert_eq!(total("escrow-held"), flows.price - flows.paid_out());
    for chart in charts.values() {
        assert!(chart.series.len() <= 7, "{}", chart.id);
        assert!(
            chart.series.iter().all(|series| series.values.len() == 36),
            "{}",
            chart.id
        );
    }
}

#[test]
fn amounts_in_csv_are_exact_in_both_forms() {
    let outcome = run(&seed(), &rough(500, 2)).unwrap();
    let files = files(Report::from(&outcome).files());
    let text = &files["types.csv"];
    let heads: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = heads.iter().position(|head| *head == "team_wei").unwrap();
    assert_eq!(heads[at + 1], "team_dimo");
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let parsed = milepost_economics::amount::parse_tokens(fields[at + 1]).unwrap();
        assert_eq!(parsed.0.to_string(), fields[at]);
    }
}

#[test]
fn vouchers_paid_in_dcx_are_not_called_dimo() {
    let profile = milepost_economics::Profile::load("deployed-2025").unwrap();
    let outcome = run(&profile, &options(1_000, 2)).unwrap();
    let files = files(Report::from(&outcome).files());
    assert!(
        files["types.csv"]
            .lines()
            .next()
            .unwrap()
            .contains("price_wei,price_dcx")
    );
    assert!(
        files["stakes.csv"]
            .lines()
            .next()
            .unwrap()
            .contains("posted_wei,posted_dimo")
    );
}

#[test]
fn the_manifest_is_enough_to_run_it_again() {
    let outcome = run(&seed(), &options(500, 1)).unwrap();
    let files = files(Report::from(&outcome).files());
    let manifest: serde_json::Value = serde_json::from_str(&files["run.json"]).unwrap();
    let options = serde_json::from_value(manifest["options"].clone()).unwrap();
    let again = run(&seed(), &options).unwrap();
    assert_eq!(again.run_id, manifest["run_id"]);
    assert!(again == outcome);
}

#[test]
fn one_device_in_one_year_makes_a_whole_report() {
    let report = run(&seed(), &options(1, 1)).unwrap();
    let files = Report::from(&report).files();
    assert!(files.len() >= 11);
    assert!(files.iter().all(|file| !file.contents.is_empty()));
}
