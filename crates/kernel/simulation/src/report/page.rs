//! One HTML page that needs nothing else: no scripts, no fonts, no images from elsewhere.

use super::{
    Report,
    chart::Chart,
    figures::{Value, figures, relative},
    table::{Cell, Table, escape, write_to},
    tables,
};
use crate::{MODEL_VERSION, Outcome, SIMPLIFICATIONS};

const STYLE: &str = include_str!("page.css");

/// Key figures shown as tiles.
const TILES: [&str; 8] = [
    "sold",
    "connected_end",
    "price",
    "rebates",
    "held_end",
    "posted_end",
    "app_burned",
    "reward_end",
];

pub(crate) fn page(report: &Report<'_>) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title>\n<style>\n{STYLE}</style></head>\n<body>\n<header><h1>{title}</h1>\n",
        title = escape(&report.title()),
    );
    head(&mut out, report);
    out.push_str("</header>\n<main>\n");
    tiles(&mut out, report);
    if let Some(table) = report.changes() {
        section(
            &mut out,
            "The proposal",
            "Parameters that differ. Both runs play the same random lives.",
            &[table],
        );
        section(
            &mut out,
            "Its effect",
            "Key figures of the whole run under the unchanged and the changed profile. For supply caps, set the growth of connected devices against the issuance for each of them.",
            &report.summaries(),
        );
    } else {
        section(
            &mut out,
            "Key figures",
            "Over the whole run, unless said otherwise.",
            &report.summaries(),
        );
    }
    for chart in report.charts() {
        figure(&mut out, &chart);
    }
    let outcome = report.outcome();
    section(
        &mut out,
        "By device type",
        "Totals of the run. Connected counts device months; n is the number of the last voucher sold, beside it the team's part of its price.",
        &[tables::types(outcome)],
    );
    section(
        &mut out,
        "By provider",
        "The k-th provider has 1/k of the sales of the first.",
        &[tables::providers(outcome), tables::provider_stakes(outcome)],
    );
    section(
        &mut out,
        "Conservation",
        "Every wei that came in is accounted for. Held amounts are added up device by device, apart from the flows.",
        &[tables::balances(outcome)],
    );
    section(
        &mut out,
        "Assumptions",
        "What the model supposes. Each can be set.",
        &[tables::assumptions(outcome)],
    );
    out.push_str("<section><h2>Where the model is coarser than the rules</h2>\n<ul>\n");
    for text in SIMPLIFICATIONS {
        write_to(&mut out, format_args!("<li>{}</li>\n", escape(text)));
    }
    out.push_str("</ul></section>\n<section><h2>Parameters</h2>\n<details><summary>All parameters with their sources</summary>\n");
    scrolled(&mut out, &tables::parameters(outcome));
    out.push_str("</details></section>\n</main>\n</body></html>\n");
    out
}

fn head(out: &mut String, report: &Report<'_>) {
    let outcome = report.outcome();
    let options = &outcome.options;
    write_to(
        out,
        format_args!(
            "<p>{} devices asked for over {} years, seed {}, model version {MODEL_VERSION}. Whoever runs the same gets the same bytes.</p>\n\
             <p>Run <code>{}</code><br>{} <code>{}</code></p>\n",
            super::table::grouped(u128::from(options.devices)),
            options.years,
            options.seed,
            report.run_id(),
            if report.today().is_some() {
                "Changed profile"
            } else {
                "Profile"
            },
            outcome.profile_hash,
        ),
    );
    if let Some(today) = report.today() {
        write_to(
            out,
            format_args!("<p>Profile today <code>{}</code></p>\n", today.profile_hash),
        );
    }
}

fn tiles(out: &mut String, report: &Report<'_>) {
    let outcome = report.outcome();
    let before = report.today().map(figures);
    out.push_str("<ul class=\"tiles\" aria-label=\"Key figures\">\n");
    for key in TILES {
        let Some(figure) = figures(outcome)
            .into_iter()
            .find(|figure| figure.key == key)
        else {
            continue;
        };
        let old = before
            .as_ref()
            .and_then(|list| list.iter().find(|figure| figure.key == key));
        let note = old.map_or_else(String::new, |old| {
            let Cell::Text(change) = relative(number(old.value), number(figure.value)) else {
                return String::new();
            };
            format!("<i>{} against today</i>", escape(&change))
        });
        write_to(
            out,
            format_args!(
                "<li><span>{}</span><b>{}</b>{note}</li>\n",
                escape(figure.title),
                escape(&shown(outcome, &figure))
            ),
        );
    }
    out.push_str("</ul>\n");
}

const fn number(value: Value) -> u128 {
    match value {
        Value::Count(count) | Value::Ppm(count) => count as u128,
        Value::Amount(wei) => wei,
    }
}

fn shown(outcome: &Outcome, figure: &super::figures::Figure) -> String {
    match figure.value {
        Value::Count(count) => Cell::Count(count).short(),
        Value::Ppm(ppm) => Cell::Ppm(ppm).short(),
        Value::Amount(wei) => {
            let token = if figure.dimo {
                "DIMO"
            } else {
                outcome.voucher_token
            };
            // Large amounts without cents: they would not fit and nobody reads them.
            let text = Cell::Amount(wei).short();
            let text = text
                .split_once('.')
                .filter(|(whole, _)| whole.len() > 4)
                .map_or(text.as_str(), |(w, _)| w);
            format!("{text} {token}")
        }
    }
}

fn section(out: &mut String, title: &str, text: &str, tables: &[Table]) {
    write_to(
        out,
        format_args!(
            "<section><h2>{}</h2>\n<p>{}</p>\n",
            escape(title),
            escape(text)
        ),
    );
    for table in tables {
        scrolled(out, table);
    }
    out.push_str("</section>\n");
}

/// A wide table scrolls by itself; the keyboard reaches it.
fn scrolled(out: &mut String, table: &Table) {
    write_to(
        out,
        format_args!(
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{}</div>\n",
            escape(&table.title),
            table.html()
        ),
    );
}

fn figure(out: &mut String, chart: &Chart) {
    write_to(
        out,
        format_args!(
            "<section id=\"{}\"><h2>{}</h2>\n<p>{}</p>\n<div class=\"pair\"><figure>\n{}{}</figure>\n<div>\n",
            chart.id,
            escape(&chart.title),
            escape(&chart.description),
            chart.svg(),
            chart.legend(),
        ),
    );
    scrolled(out, &chart.table);
    out.push_str("</div></div></section>\n");
}
