use milepost_policy::PermissionSet;
use milepost_signals::SignalStore;
use milepost_telemetry::{
    Budget, LatestView, Limits, QueryError, SeriesTable, SummaryView, available, latest,
    read_series, summary,
};
use milepost_types::{Address, Did};

use crate::{
    answer::{Keyed, TooLarge, Writer, write_latest, write_rows, write_snapshot, write_summary},
    error::{Code, GraphError},
    plan::{Plan, Root},
};

/// `data` and `errors` of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// JSON object.
    pub(crate) data: Vec<u8>,
    pub(crate) errors: Vec<GraphError>,
}

/// Carries a plan out. Blocks on disk when [`Plan::reads_disk`].
pub(crate) fn execute(
    plan: &Plan,
    store: &dyn SignalStore,
    limits: &Limits,
    bytes_max: usize,
    budget: &Budget,
) -> Answer {
    let grant = plan
        .grant
        .as_ref()
        .map(|(subject, permissions)| (subject, *permissions));
    let mut run = Run {
        store,
        budget,
        grant,
        tables: Ok(Vec::new()),
        latest: Vec::new(),
        summaries: Vec::new(),
    };
    if let Some((subject, _)) = grant {
        // One plan for all `signals` of the operation: when it fails, they fail together.
        run.tables = read_series(store, subject, &plan.series, limits, budget)
            .map_err(|error| failed(&error));
    }
    let mut errors = plan.errors.clone();
    let mut out = Writer::new(bytes_max);
    let mut keys = plan.roots.iter().map(Keyed::key);
    let written = out.object(&plan.roots, |out, root| {
        let key = keys.next().unwrap_or_default();
        let mark = out.mark();
        if let Err(error) = run.root(out, root) {
            out.back_to(mark);
            out.null();
            errors.push(error.under(&[key]));
        }
        Ok(())
    });
    debug_assert!(written.is_ok(), "failures of roots become null");
    Answer {
        data: out.into_bytes(),
        errors,
    }
}

/// Our own faults go to the log, which names files but never a vehicle.
fn failed(error: &QueryError) -> GraphError {
    if matches!(error, QueryError::Store(_) | QueryError::StoreKind) {
        let mut causes = Vec::new();
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        tracing::error!(error = causes.join(": "), "telemetry read failed");
    }
    GraphError::from_query(error)
}

impl From<TooLarge> for GraphError {
    fn from(_: TooLarge) -> Self {
        let message = "invalid argument: the answer is larger than this node sends; use a longer interval or fewer fields";
        Self::new(Code::BadRequest, message)
    }
}

struct Run<'a> {
    store: &'a dyn SignalStore,
    budget: &'a Budget,
    grant: Option<(&'a Did, PermissionSet)>,
    tables: Result<Vec<SeriesTable>, GraphError>,
    /// Newest values by source: aliases look once and agree.
    latest: Vec<(Option<Address>, LatestView)>,
    /// Summaries by source.
    summaries: Vec<(Option<Address>, SummaryView)>,
}

impl<'a> Run<'a> {
    fn root(&mut self, out: &mut Writer, root: &Root) -> Result<(), GraphError> {
        match root {
            Root::Null => out.null(),
            Root::Ready(value) => out.value(value),
            Root::Signals { series, fields } => {
                let tables = self.tables.as_ref().map_err(Clone::clone)?;
                match tables.get(*series) {
                    Some(table) => write_rows(out, table, fields)?,
                    None => out.null(),
                }
            }
            Root::Latest { source, fields } => write_latest(out, self.latest(*source)?, fields)?,
            Root::Snapshot { source, fields } => {
                write_snapshot(out, self.latest(*source)?, fields)?
            }
            Root::Available { source } => {
                let (subject, permissions) = self.granted()?;
                let names = available(self.store, subject, *source, permissions);
                if names.is_empty() {
                    out.null();
                } else {
                    out.list(names, |out, name| {
                        out.text(name);
                        Ok(())
                    })?;
                }
            }
            Root::Summary { source, fields } => write_summary(out, self.summary(*source)?, fields)?,
        }
        Ok(())
    }

    /// Data roots are planned under a grant only; this keeps it so.
    fn granted(&self) -> Result<(&'a Did, PermissionSet), GraphError> {
        self.grant
            .ok_or_else(|| GraphError::new(Code::Unauthorized, "unauthorized: jwt missing"))
    }

    fn latest(&mut self, source: Option<Address>) -> Result<&LatestView, GraphError> {
        let (subject, permissions) = self.granted()?;
        let place = match self.latest.iter().position(|(of, _)| *of == source) {
            Some(place) => place,
            None => {
                self.latest
                    .push((source, latest(self.store, subject, source, permissions)));
                self.latest.len() - 1
            }
        };
        Ok(&self.latest[place].1)
    }

    fn summary(&mut self, source: Option<Address>) -> Result<&SummaryView, GraphError> {
        let (subject, permissions) = self.granted()?;
        let place = match self.summaries.iter().position(|(of, _)| *of == source) {
            Some(place) => place,
            None => {
                self.budget.check().map_err(|error| failed(&error))?;
                let view = summary(self.store, subject, source, permissions)
                    .map_err(|error| failed(&error))?;
                self.summaries.push((source, view));
                self.summaries.len() - 1
            }
        };
        Ok(&self.summaries[place].1)
    }
}
