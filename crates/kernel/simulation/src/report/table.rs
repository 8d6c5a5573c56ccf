//! One table, three faces: aligned text, CSV and HTML. Each prints the same cells, so they cannot disagree.

use std::fmt::Write as _;

use crate::TOKEN_WEI;

/// A value with the way it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of things.
    Count(u64),
    /// A change of a number of things.
    CountChange(i64),
    /// An amount in wei.
    Amount(u128),
    /// A change of an amount in wei.
    AmountChange(i128),
    /// A share in parts per million.
    Ppm(u64),
    /// A change of a share in parts per million.
    PpmChange(i64),
    /// Nothing to say here.
    Empty,
}

/// What all cells of a column are; decides alignment and how many CSV fields they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, left aligned.
    Text,
    /// Whole numbers and shares, right aligned.
    Number,
    /// Amounts, right aligned; in CSV as wei and as decimals of the token.
    Amount,
}

/// Head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Field name in CSV: lower case with underscores.
    pub key: String,
    /// What people read.
    pub title: String,
    /// What the cells are.
    pub kind: Kind,
}

/// Rows of equal length under named columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// File name without extension, unique in a report.
    pub name: String,
    /// What people read above it.
    pub title: String,
    /// Token of its amounts.
    pub token: &'static str,
    /// Amounts are shown to people without decimals, rounded down. CSV is always exact.
    pub whole: bool,
    /// Heads.
    pub columns: Vec<Column>,
    /// Cells, as many in each row as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(name: &str, title: &str, token: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            token,
            whole: false,
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn column(mut self, key: &str, title: &str, kind: Kind) -> Self {
        self.columns.push(Column {
            key: key.to_owned(),
            title: title.to_owned(),
            kind,
        });
        self
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "{}", self.name);
        self.rows.push(cells);
    }

    /// Aligned columns under the title, for a terminal. Amounts have two decimals, rounded down.
    #[must_use]
    pub fn text(&self) -> String {
        let heads = self.columns.iter().map(|c| c.title.clone()).collect();
        let mut lines: Vec<Vec<String>> = vec![heads];
        lines.extend(
            self.rows
                .iter()
                .map(|row| row.iter().map(|cell| self.shown(cell)).collect()),
        );
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|i| {
                lines
                    .iter()
                    .map(|line| line[i].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = format!("{}{}\n", self.title, self.unit_note());
        for (number, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for ((cell, width), column) in line.iter().zip(&widths).zip(&self.columns) {
                let pad = " ".repeat(width - cell.chars().count());
                match column.kind {
                    Kind::Text => text.extend([cell.as_str(), &pad, "  "]),
                    Kind::Number | Kind::Amount => text.extend([&pad, cell.as_str(), "  "]),
                }
            }
            out.push_str(text.trim_end());
            out.push('\n');
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                out.push_str(&rule.join("  "));
                out.push('\n');
            }
        }
        out
    }

    /// RFC 4180 with a head line; each amount as `…_wei` (integer) and as decimals of its token, both exact.
    #[must_use]
    pub fn csv(&self) -> String {
        let token = self.token.to_ascii_lowercase();
        let mut heads = Vec::new();
        for column in &self.columns {
            if column.kind == Kind::Amount {
                heads.push(format!("{}_wei", column.key));
                heads.push(format!("{}_{token}", column.key));
            } else {
                heads.push(column.key.clone());
            }
        }
        let mut out = heads.join(",");
        out.push('\n');
        for row in &self.rows {
            let mut fields = Vec::new();
            for (cell, column) in row.iter().zip(&self.columns) {
                fields.push(cell.exact());
                if column.kind == Kind::Amount {
                    fields.push(cell.decimals());
                }
            }
            out.push_str(&fields.join(","));
            out.push('\n');
        }
        out
    }

    /// A table element with a caption and header cells with a scope.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out = format!(
            "<table><caption>{}{}</caption>\n<thead><tr>",
            escape(&self.title),
            escape(&self.unit_note())
        );
        for column in &self.columns {
            let class = if column.kind == Kind::Text {
                ""
            } else {
                " class=\"n\""
            };
            write_to(
                &mut out,
                format_args!("<th scope=\"col\"{class}>{}</th>", escape(&column.title)),
            );
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for (index, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                let text = escape(&self.shown(cell));
                match (index, column.kind) {
                    (0, Kind::Text) => {
                        write_to(&mut out, format_args!("<th scope=\"row\">{text}</th>"))
                    }
                    (0, _) => write_to(
                        &mut out,
                        format_args!("<th scope=\"row\" class=\"n\">{text}</th>"),
                    ),
                    (_, Kind::Text) => write_to(&mut out, format_args!("<td>{text}</td>")),
                    (_, _) => write_to(&mut out, format_args!("<td class=\"n\">{text}</td>")),
                }
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table>\n");
        out
    }

    fn shown(&self, cell: &Cell) -> String {
        let text = cell.short();
        match cell {
            Cell::Amount(_) | Cell::AmountChange(_) if self.whole => text
                .split_once('.')
                .map_or_else(String::new, |(whole, _)| whole.to_owned()),
            _ => text,
        }
    }

    fn unit_note(&self) -> String {
        if self
            .columns
            .iter()
            .any(|column| column.kind == Kind::Amount)
        {
            format!(" (in {})", self.token)
        } else {
            String::new()
        }
    }
}

impl Cell {
    /// For people: thousands separated, amounts cut to two decimals, changes with their sign.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => grouped(u128::from(*count)),
            Self::CountChange(change) => signed(
                *change < 0,
                *change == 0,
                &grouped(u128::from(change.unsigned_abs())),
            ),
            Self::Amount(wei) => cents(*wei),
            Self::AmountChange(change) => {
                signed(*change < 0, *change == 0, &cents(change.unsigned_abs()))
            }
            Self::Ppm(ppm) => percent(*ppm),
            Self::PpmChange(change) => {
                signed(*change < 0, *change == 0, &percent(change.unsigned_abs()))
            }
            Self::Empty => String::new(),
        }
    }

    /// For programs: nothing lost, no separators.
    fn exact(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Count(count) | Self::Ppm(count) => count.to_string(),
            Self::CountChange(change) | Self::PpmChange(change) => change.to_string(),
            Self::Amount(wei) => wei.to_string(),
            Self::AmountChange(change) => change.to_string(),
            Self::Empty => String::new(),
        }
    }

    fn decimals(&self) -> String {
        match self {
            Self::Amount(wei) => decimals(*wei),
            Self::AmountChange(change) if *change < 0 => {
                format!("-{}", decimals(change.unsigned_abs()))
            }
            Self::AmountChange(change) => decimals(change.unsigned_abs()),
            Self::Text(_)
            | Self::Count(_)
            | Self::CountChange(_)
            | Self::Ppm(_)
            | Self::PpmChange(_)
            | Self::Empty => String::new(),
        }
    }
}

/// The whole amount in tokens, without trailing zeros: `1.5`, `2`, `0.000000000000000001`.
pub(crate) fn decimals(wei: u128) -> String {
    let (whole, rest) = (wei / TOKEN_WEI, wei % TOKEN_WEI);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:018}")
        .trim_end_matches('0')
        .to_owned()
}

fn cents(wei: u128) -> String {
    format!(
        "{}.{:02}",
        grouped(wei / TOKEN_WEI),
        wei % TOKEN_WEI / 10_000_000_000_000_000
    )
}

fn percent(ppm: u64) -> String {
    format!("{}.{:04} %", ppm / 10_000, ppm % 10_000)
}

/// Digits in groups of three.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn signed(negative: bool, zero: bool, text: &str) -> String {
    match (negative, zero) {
        (true, _) => format!("−{text}"),
        (_, true) => text.to_owned(),
        _ => format!("+{text}"),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Text inside an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

pub(crate) fn write_to(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments)
        .expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("t", "Fees & <shares>", "DIMO")
            .column("type", "Type", Kind::Text)
            .column("sold", "Sold", Kind::Number)
            .column("paid", "Paid", Kind::Amount);
        table.row(vec![
            Cell::Text("a, \"b\"".into()),
            Cell::Count(1_234_567),
            Cell::Amount(1_234_567_890_000_000_000_001),
        ]);
        table.row(vec![
            Cell::Text("c".into()),
            Cell::CountChange(-12),
            Cell::AmountChange(-1_500_000_000_000_000_000),
        ]);
        table
    }

    #[test]
    fn csv_gives_wei_and_exact_decimals_of_each_amount() {
        assert_eq!(
            table().csv(),
            "type,sold,paid_wei,paid_dimo\n\
             \"a, \"\"b\"\"\",1234567,1234567890000000000001,1234.567890000000000001\n\
             c,-12,-1500000000000000000,-1.5\n"
        );
    }

    #[test]
    fn text_is_aligned_and_grouped() {
        assert_eq!(
            table().text(),
            "Fees & <shares> (in DIMO)\n\
             Type         Sold      Paid\n\
             ------  ---------  --------\n\
             a, \"b\"  1,234,567  1,234.56\n\
             c             −12     −1.50\n"
        );
    }

    #[test]
    fn whole_tables_hide_decimals_from_people_only() {
        let mut whole = table();
        whole.whole = true;
        assert!(whole.text().contains("1,234\n") && whole.text().contains("−1\n"));
        assert_eq!(whole.csv(), table().csv());
    }

    #[test]
    fn html_escapes_and_scopes_its_headers() {
        let html = table().html();
        assert!(html.contains("<caption>Fees &amp; &lt;shares&gt; (in DIMO)</caption>"));
        assert!(html.contains("<th scope=\"row\">a, &quot;b&quot;</th>"));
        assert!(!html.contains("<shares>"));
    }
}
