//! Plain-text tables for terminals.

use std::fmt::Write as _;

use milepost_types::Wei;

use crate::{
    Difference, ExampleResult, Profile,
    amount::format_tokens,
    profile::display_value,
    quote::{StakeQuote, VoucherQuote},
};

impl VoucherQuote {
    /// Totals and the months, amounts in tokens; months that are paid alike share a line.
    #[must_use]
    pub fn render_table(&self) -> String {
        let mut text = format!(
            "{} voucher no. {}, {} month(s), {} ({} profile, {})\n\n",
            self.device, self.n, self.months, self.settled_as, self.profile, self.currency
        );
        let parts = [
            ("price", self.price),
            ("burned", self.burned),
            ("provider", self.provider),
            ("team", self.team),
            ("user", self.user),
            ("treasury", self.treasury),
        ];
        let rows = parts.map(|(name, amount)| vec![name.to_owned(), format_tokens(amount)]);
        text.push_str(&columns(&["", "amount"], &rows));
        text.push('\n');
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut start = 0;
        while let Some(first) = self.tranches.get(start) {
            let alike = |t: &&crate::escrow::Tranche| {
                crate::escrow::Tranche {
                    month: first.month,
                    ..**t
                } == *first
            };
            let count = self.tranches[start..].iter().take_while(alike).count();
            let last = self.tranches[start + count - 1].month;
            let months = if last == first.month {
                last.to_string()
            } else {
                format!("{}…{last}", first.month)
            };
            let amounts =
                [first.provider, first.team, first.user, first.treasury].map(format_tokens);
            rows.push(
                [months]
                    .into_iter()
                    .chain(amounts)
                    .chain([json_name(&first.reason)])
                    .collect(),
            );
            start += count;
        }
        text.push_str(&columns(
            &["month", "provider", "team", "user", "treasury", "reason"],
            &rows,
        ));
        text
    }
}

impl StakeQuote {
    /// Requirement and burn in tokens, with the sum.
    #[must_use]
    pub fn render_table(&self) -> String {
        let row = |name: &str, amount: Wei| vec![name.to_owned(), format_tokens(amount)];
        let rows = [
            row("stake", self.requirement),
            row("burn per month", self.monthly_burn),
        ];
        let mut text = format!("{} licence ({} profile)\n\n", self.license, self.profile);
        text.push_str(&columns(&["", "DIMO"], &rows));
        writeln!(text, "\n{}", self.arithmetic).expect("writing to a string");
        text
    }
}

/// Every parameter of a profile with its value, unit and citation.
#[must_use]
pub fn profile(profile: &Profile) -> String {
    let rows: Vec<_> = profile
        .entries()
        .map(|(key, entry)| {
            let from = entry.inherited_from.as_ref().map_or_else(
                || entry.citation.clone(),
                |parent| format!("as {parent}: {}", entry.citation),
            );
            let raisable = if key.raisable() { "raisable" } else { "" };
            vec![
                key.to_string(),
                display_value(key, entry.value),
                key.unit().name().to_owned(),
                raisable.to_owned(),
                from,
            ]
        })
        .collect();
    format!(
        "{profile}: {}\nhash {}\n\n{}",
        profile.title(),
        profile.hash(),
        columns(&["key", "value", "unit", "", "from"], &rows)
    )
}

/// Parameters in which two profiles differ.
#[must_use]
pub fn differences(left: &Profile, right: &Profile, differences: &[Difference]) -> String {
    let rows: Vec<_> = differences
        .iter()
        .map(|d| {
            vec![
                d.key.to_string(),
                display_value(d.key, d.left.value),
                display_value(d.key, d.right.value),
                d.right.citation.clone(),
            ]
        })
        .collect();
    columns(&["key", left.name(), right.name(), "from"], &rows)
}

/// Worked examples with what the text prints and what the rules give.
#[must_use]
pub fn examples(results: &[ExampleResult]) -> String {
    let rows: Vec<_> = results
        .iter()
        .map(|r| {
            let mark = if r.ok { "ok" } else { "DIFFERS" };
            vec![
                mark.to_owned(),
                r.from.clone(),
                r.what.clone(),
                r.expected.clone(),
                r.actual.clone(),
            ]
        })
        .collect();
    columns(&["", "text", "example", "printed", "computed"], &rows)
}

fn json_name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Left-aligned columns, two spaces apart, without trailing spaces.
fn columns<R: AsRef<[String]>>(head: &[&str], rows: &[R]) -> String {
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row.as_ref()) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(head.as_slice()).chain(rows.iter().map(AsRef::as_ref)) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            write!(line, "{cell:<width$}  ").expect("writing to a string");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
