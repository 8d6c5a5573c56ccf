//! Outcomes as text, CSV and one HTML page.

mod axis;
mod chart;
mod charts;
mod figures;
mod page;
mod table;
mod tables;

use serde::Serialize;

pub use chart::{Chart, Form, Series};
pub use table::{Cell, Column, Kind, Table};

use crate::{Comparison, MODEL_VERSION, Options, Outcome};

/// A file to write: the caller chooses the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path below the folder, with `/`.
    pub path: String,
    /// UTF-8 text.
    pub contents: String,
}

/// What can be said about one run, or about a proposal against today.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    subject: Subject<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Subject<'a> {
    Run(&'a Outcome),
    Comparison(&'a Comparison),
}

impl<'a> From<&'a Outcome> for Report<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        Self {
            subject: Subject::Run(outcome),
        }
    }
}

impl<'a> From<&'a Comparison> for Report<'a> {
    fn from(comparison: &'a Comparison) -> Self {
        Self {
            subject: Subject::Comparison(comparison),
        }
    }
}

/// What `run.json` says: enough to run it again and to see that it is the same.
#[derive(Serialize)]
struct Manifest<'a> {
    run_id: &'a str,
    model_version: u32,
    profile: &'a str,
    profile_hash: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_profile_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ManifestChange<'a>>,
    options: &'a Options,
}

#[derive(Serialize)]
struct ManifestChange<'a> {
    key: &'a str,
    from: &'a str,
    to: &'a str,
}

impl<'a> Report<'a> {
    /// For a terminal: key figures, totals by type, and what a proposal changes.
    #[must_use]
    pub fn terminal(&self) -> String {
        let outcome = self.outcome();
        let mut out = format!(
            "{}\n{} devices, {} years, seed {}, model version {MODEL_VERSION}\nrun {}\n\n",
            self.title(),
            table::grouped(u128::from(outcome.options.devices)),
            outcome.options.years,
            outcome.options.seed,
            self.run_id(),
        );
        let mut tables: Vec<Table> = self.changes().into_iter().collect();
        tables.extend(self.summaries());
        if self.today().is_none() {
            tables.push(tables::types_brief(outcome));
        }
        let texts: Vec<String> = tables.iter().map(Table::text).collect();
        out.push_str(&texts.join("\n"));
        out
    }

    /// All files of the report: `report.html`, `run.json` and CSV. A comparison has the series of both runs below
    /// `today/` and `changed/`.
    #[must_use]
    pub fn files(&self) -> Vec<File> {
        let mut files = vec![
            File {
                path: "report.html".to_owned(),
                contents: self.html(),
            },
            File {
                path: "run.json".to_owned(),
                contents: self.manifest(),
            },
        ];
        match self.subject {
            Subject::Run(outcome) => files.extend(series("", outcome)),
            Subject::Comparison(comparison) => {
                files.extend(self.changes().map(|table| csv("", &table)));
                files.extend(series("today/", &comparison.today));
                files.extend(series("changed/", &comparison.changed));
            }
        }
        files.extend(self.summaries().iter().map(|table| csv("", table)));
        files
    }

    /// The page by itself.
    #[must_use]
    pub fn html(&self) -> String {
        page::page(self)
    }

    /// The charts with their tables.
    #[must_use]
    pub fn charts(&self) -> Vec<Chart> {
        charts::charts(self.outcome(), self.today())
    }

    /// Options, hashes and changes, as JSON.
    #[must_use]
    pub fn manifest(&self) -> String {
        let (outcome, first) = (
            self.outcome(),
            self.today().unwrap_or_else(|| self.outcome()),
        );
        let changes = match self.subject {
            Subject::Run(_) => Vec::new(),
            Subject::Comparison(comparison) => comparison
                .changes
                .iter()
                .map(|change| ManifestChange {
                    key: change.key,
                    from: &change.from,
                    to: &change.to,
                })
                .collect(),
        };
        let manifest = Manifest {
            run_id: self.run_id(),
            model_version: MODEL_VERSION,
            profile: &first.profile,
            profile_hash: &first.profile_hash,
            changed_profile_hash: self.today().map(|_| outcome.profile_hash.as_str()),
            changes,
            options: &outcome.options,
        };
        let mut text =
            serde_json::to_string_pretty(&manifest).expect("plain texts and numbers serialise");
        text.push('\n');
        text
    }

    /// Id of the run, or of both.
    #[must_use]
    pub fn run_id(&self) -> &'a str {
        match self.subject {
            Subject::Run(outcome) => &outcome.run_id,
            Subject::Comparison(comparison) => &comparison.run_id,
        }
    }

    /// Every table with monthly series, totals and assumptions of the run (of the changed one in a comparison).
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        all(self.outcome())
    }

    fn outcome(&self) -> &'a Outcome {
        match self.subject {
            Subject::Run(outcome) => outcome,
            Subject::Comparison(comparison) => &comparison.changed,
        }
    }

    fn today(&self) -> Option<&'a Outcome> {
        match self.subject {
            Subject::Run(_) => None,
            Subject::Comparison(comparison) => Some(&comparison.today),
        }
    }

    fn title(&self) -> String {
        match self.subject {
            Subject::Run(outcome) => format!("Economy of {}", outcome.profile),
            Subject::Comparison(comparison) => {
                format!("A proposal against {}", comparison.today.profile)
            }
        }
    }

    fn changes(&self) -> Option<Table> {
        let Subject::Comparison(comparison) = self.subject else {
            return None;
        };
        let mut table = Table::new("changes", "Changed parameters", "DIMO")
            .column("parameter", "Parameter", Kind::Text)
            .column("today", "Today", Kind::Text)
            .column("changed", "Changed", Kind::Text);
        for change in &comparison.changes {
            table.row(vec![
                Cell::Text(change.key.to_owned()),
                Cell::Text(change.from.clone()),
                Cell::Text(change.to.clone()),
            ]);
        }
        Some(table)
    }

    fn summaries(&self) -> Vec<Table> {
        match self.subject {
            Subject::Run(outcome) => figures::summary(outcome),
            Subject::Comparison(comparison) => {
                figures::differences(&comparison.today, &comparison.changed)
            }
        }
    }
}

fn all(outcome: &Outcome) -> Vec<Table> {
    vec![
        tables::monthly(outcome),
        tables::types(outcome),
        tables::providers(outcome),
        tables::provider_stakes(outcome),
        tables::stakes(outcome),
        tables::network(outcome),
        tables::balances(outcome),
        tables::assumptions(outcome),
        tables::parameters(outcome),
    ]
}

fn series(folder: &str, outcome: &Outcome) -> Vec<File> {
    all(outcome)
        .iter()
        .map(|table| csv(folder, table))
        .collect()
}

fn csv(folder: &str, table: &Table) -> File {
    File {
        path: format!("{folder}{}.csv", table.name),
        contents: table.csv(),
    }
}
