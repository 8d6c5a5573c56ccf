//! One line for each check, a JSON summary at the end.

use std::time::Instant;

use anyhow::Result;
use serde_json::{Value, json};

/// Collects what was checked.
#[derive(Debug)]
pub(crate) struct Report {
    start: Instant,
    checks: Vec<(String, bool, String)>,
    figures: serde_json::Map<String, Value>,
}

#[expect(clippy::print_stdout, reason = "a command-line tool")]
impl Report {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            checks: Vec::new(),
            figures: serde_json::Map::new(),
        }
    }

    /// Prints a line that is no check.
    pub(crate) fn say(&self, words: &str) {
        println!("---- {:5.1}s  {words}", self.start.elapsed().as_secs_f64());
    }

    /// Notes a check and prints its line.
    pub(crate) fn check(&mut self, name: impl Into<String>, outcome: Result<String>) -> bool {
        let (name, good) = (name.into(), outcome.is_ok());
        let detail = outcome.unwrap_or_else(|error| format!("{error:#}"));
        let mark = if good { "ok  " } else { "FAIL" };
        println!(
            "{mark} {:5.1}s  {name}: {detail}",
            self.start.elapsed().as_secs_f64()
        );
        self.checks.push((name, good, detail));
        good
    }

    /// Carries out a check and notes it.
    pub(crate) async fn run(
        &mut self,
        name: &str,
        check: impl Future<Output = Result<String>>,
    ) -> bool {
        self.check(name, check.await)
    }

    /// Keeps a figure for the summary.
    pub(crate) fn figure(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        (self.start.elapsed().as_secs_f64() * 10.0).round() / 10.0
    }

    /// Whether something was checked, and nothing was found wrong.
    pub(crate) fn is_good(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|c| c.1)
    }

    /// Prints the summary; true when every check was good.
    pub(crate) fn finish(mut self) -> bool {
        let good = self.is_good();
        let failed: Vec<Value> = self
            .checks
            .iter()
            .filter(|c| !c.1)
            .map(|c| json!({"check": c.0, "detail": c.2}))
            .collect();
        let mut summary = json!({
            "ok": good,
            "checks": self.checks.len(),
            "failed": failed,
            "seconds": self.seconds(),
        });
        if let Value::Object(summary) = &mut summary {
            summary.append(&mut self.figures);
        }
        println!("{summary:#}");
        good
    }
}
