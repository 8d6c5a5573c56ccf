//! From selections to what is read and how it is written; every decision about access and arguments is made here,
//! before anything is read.

use async_graphql::Value as Const;
use milepost_policy::PermissionSet;
use milepost_signals::{SignalId, ValueKind};
use milepost_telemetry::{
    APPROXIMATE_NAME, Aggregation, Item, Limits, Need, SeriesRequest, approximate_need, missing,
};
use milepost_types::{Address, Did};

use crate::{
    answer::{
        ExtentField, Keyed, LatestField, LatestSignalField, LocationField, PointField, RowField,
        SnapshotField, SummaryField,
    },
    arguments::Arguments,
    authority::Caller,
    document::Prepared,
    error::{Code, GraphError},
    rules,
    selection::{Scope, Selected},
};

/// What one operation reads and answers. Owned, so that it can move to a reading thread.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Vehicle and permissions of the one grant the operation rests on; `None` for introspection only.
    pub(crate) grant: Option<(Did, PermissionSet)>,
    pub(crate) roots: Vec<Keyed<Root>>,
    /// `signals` queries, in the order in which roots refer to them.
    pub(crate) series: Vec<SeriesRequest>,
    /// What was denied or wrong; the field is null in `roots`.
    pub(crate) errors: Vec<GraphError>,
}

/// A root field.
#[derive(Debug)]
pub(crate) enum Root {
    /// Denied or wrong.
    Null,
    /// `__typename` and introspection.
    Ready(serde_json::Value),
    /// `signals`, with its place in [`Plan::series`].
    Signals {
        series: usize,
        fields: Vec<Keyed<RowField>>,
    },
    Latest {
        source: Option<Address>,
        fields: Vec<Keyed<LatestField>>,
    },
    Available {
        source: Option<Address>,
    },
    Snapshot {
        source: Option<Address>,
        fields: Vec<Keyed<SnapshotField>>,
    },
    Summary {
        source: Option<Address>,
        fields: Vec<Keyed<SummaryField>>,
    },
}

impl Plan {
    /// Plans a validated document for a caller.
    ///
    /// # Errors
    /// Errors of the document as a whole; those of single fields are in [`Plan::errors`].
    pub(crate) fn new(
        prepared: &Prepared,
        caller: &Caller,
        limits: &Limits,
    ) -> Result<Self, GraphError> {
        let scope = Scope::new(
            &prepared.document,
            prepared.operation_name.as_deref(),
            &prepared.variables,
        )?;
        let grant = caller.grant().map(|grant| (grant.asset, grant.permissions));
        let mut plan = Self {
            grant,
            roots: Vec::new(),
            series: Vec::new(),
            errors: Vec::new(),
        };
        for selected in scope.roots()? {
            let root = match selected.name() {
                "__typename" => Root::Ready("Query".into()),
                "__schema" | "__type" => {
                    Root::Ready(introspected(&prepared.introspection, selected.key))
                }
                _ => match plan.data_root(&scope, &selected, caller, limits) {
                    Ok(root) => root,
                    Err(error) => {
                        plan.errors.push(error);
                        Root::Null
                    }
                },
            };
            plan.roots.push(Keyed::new(selected.key, root));
        }
        Ok(plan)
    }

    /// Whether answering takes more than memory.
    pub(crate) fn reads_disk(&self) -> bool {
        self.series.iter().any(|series| !series.items.is_empty())
            || self
                .roots
                .iter()
                .any(|root| matches!(root.field, Root::Summary { .. }))
    }

    fn data_root(
        &mut self,
        scope: &Scope<'_>,
        selected: &Selected<'_>,
        caller: &Caller,
        limits: &Limits,
    ) -> Result<Root, GraphError> {
        let permissions = rules::check(caller, scope, selected)?.permissions;
        let arguments = selected.arguments(scope);
        let source = arguments.source()?;
        match selected.name() {
            "signals" => {
                let grid = arguments.grid(limits)?;
                let mut planned = FieldPlan {
                    scope,
                    root: selected,
                    permissions,
                    items: Vec::new(),
                    errors: Vec::new(),
                };
                let fields = planned.rows()?;
                let FieldPlan { items, errors, .. } = planned;
                self.errors.extend(errors);
                self.series.push(SeriesRequest {
                    grid,
                    source,
                    items,
                });
                Ok(Root::Signals {
                    series: self.series.len() - 1,
                    fields,
                })
            }
            "signalsLatest" => {
                let mut planned = FieldPlan {
                    scope,
                    root: selected,
                    permissions,
                    items: Vec::new(),
                    errors: Vec::new(),
                };
                let fields = planned.latest()?;
                self.errors.extend(planned.errors);
                Ok(Root::Latest { source, fields })
            }
            "availableSignals" => Ok(Root::Available { source }),
            "signalsSnapshot" => Ok(Root::Snapshot {
                source,
                fields: snapshot(selected)?,
            }),
            "dataSummary" => Ok(Root::Summary {
                source,
                fields: summary(selected)?,
            }),
            _ => Err(unplanned(selected)),
        }
    }
}

fn introspected(answers: &Const, key: &str) -> serde_json::Value {
    let Const::Object(answers) = answers else {
        return serde_json::Value::Null;
    };
    answers
        .get(key)
        .cloned()
        .and_then(|value| value.into_json().ok())
        .unwrap_or_default()
}

/// A field that validation let pass and that nothing here answers: our fault.
fn unplanned(selected: &Selected<'_>) -> GraphError {
    tracing::error!(field = selected.name(), "field of the schema has no plan");
    selected.error(Code::Internal, "internal server error")
}

fn each<T>(
    selected: &Selected<'_>,
    mut plan: impl FnMut(&Selected<'_>) -> Result<T, GraphError>,
) -> Result<Vec<Keyed<T>>, GraphError> {
    selected
        .children
        .iter()
        .map(|child| Ok(Keyed::new(child.key, plan(child)?)))
        .collect()
}

/// The signal fields of one `signals` or `signalsLatest`, one by one.
struct FieldPlan<'a, 'd> {
    scope: &'a Scope<'d>,
    root: &'a Selected<'d>,
    permissions: PermissionSet,
    items: Vec<Item>,
    errors: Vec<GraphError>,
}

impl FieldPlan<'_, '_> {
    fn rows(&mut self) -> Result<Vec<Keyed<RowField>>, GraphError> {
        let root = self.root;
        each(root, |child| match child.name() {
            "timestamp" => Ok(RowField::Timestamp),
            "__typename" => Ok(RowField::Typename),
            APPROXIMATE_NAME => {
                if self.denies(child, approximate_need()) {
                    return Ok(RowField::Null);
                }
                let Some(how) = self.argument(child, Arguments::location_aggregation) else {
                    return Ok(RowField::Null);
                };
                let signal = milepost_signals::id::CURRENT_LOCATION_COORDINATES;
                let column = self.add(signal, Aggregation::Approximate(how));
                Ok(RowField::Location {
                    column,
                    fields: location(child)?,
                })
            }
            name => match SignalId::by_name(name) {
                Some(signal) => self.row_signal(child, signal),
                None => Err(unplanned(child)),
            },
        })
    }

    /// The privilege comes first: arguments of a denied field are not even read.
    fn row_signal(
        &mut self,
        child: &Selected<'_>,
        signal: SignalId,
    ) -> Result<RowField, GraphError> {
        if let Some(need) = missing(signal, self.permissions) {
            self.denies(child, need);
            return Ok(RowField::Null);
        }
        let aggregation = self.argument(child, |arguments| {
            Ok(match signal.definition().kind {
                ValueKind::Number => Aggregation::Float {
                    how: arguments.float_aggregation()?,
                    filter: arguments.float_filter()?,
                },
                ValueKind::Text => Aggregation::Text(arguments.text_aggregation()?),
                ValueKind::Location => Aggregation::Location {
                    how: arguments.location_aggregation()?,
                    filter: arguments.location_filter()?,
                },
            })
        });
        let Some(aggregation) = aggregation else {
            return Ok(RowField::Null);
        };
        let column = self.add(signal, aggregation);
        Ok(match signal.definition().kind {
            ValueKind::Number | ValueKind::Text => RowField::Scalar { column },
            ValueKind::Location => RowField::Location {
                column,
                fields: location(child)?,
            },
        })
    }

    fn latest(&mut self) -> Result<Vec<Keyed<LatestField>>, GraphError> {
        let root = self.root;
        each(root, |child| {
            let (need, signal) = match child.name() {
                "lastSeen" => return Ok(LatestField::LastSeen),
                "__typename" => return Ok(LatestField::Typename),
                APPROXIMATE_NAME => (Some(approximate_need()), None),
                name => match SignalId::by_name(name) {
                    Some(signal) => (missing(signal, self.permissions), Some(signal)),
                    None => return Err(unplanned(child)),
                },
            };
            if need.is_some_and(|need| self.denies(child, need)) {
                return Ok(LatestField::Null);
            }
            Ok(LatestField::Signal {
                signal,
                fields: point(child, signal)?,
            })
        })
    }

    /// Records one error when the caller lacks what `child` takes.
    fn denies(&mut self, child: &Selected<'_>, need: Need) -> bool {
        if need.is_met(self.permissions) {
            return false;
        }
        let names: Vec<&str> = need
            .any_of()
            .iter()
            .map(|permission| permission.name())
            .collect();
        let message = match names.as_slice() {
            [name] => format!("unauthorized: missing required privilege(s) {name}"),
            several => {
                format!(
                    "unauthorized: requires at least one of the following privileges [{}]",
                    several.join(" ")
                )
            }
        };
        let path = [self.root.key, child.key];
        self.errors.push(
            GraphError::new(Code::Forbidden, message)
                .at(child.pos)
                .under(&path),
        );
        true
    }

    /// Reads arguments; a mistake is one error of the field, which is then null.
    fn argument<T>(
        &mut self,
        child: &Selected<'_>,
        read: impl FnOnce(&Arguments) -> Result<T, GraphError>,
    ) -> Option<T> {
        let arguments = child.arguments(self.scope).below(self.root.key);
        match read(&arguments) {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// The column of an aggregation; equal ones share it.
    fn add(&mut self, signal: SignalId, aggregation: Aggregation) -> usize {
        let item = Item {
            signal,
            aggregation,
        };
        if let Some(column) = self.items.iter().position(|known| *known == item) {
            return column;
        }
        self.items.push(item);
        self.items.len() - 1
    }
}

fn location(selected: &Selected<'_>) -> Result<Vec<Keyed<LocationField>>, GraphError> {
    each(selected, |child| match child.name() {
        "latitude" => Ok(LocationField::Latitude),
        "longitude" => Ok(LocationField::Longitude),
        "hdop" => Ok(LocationField::Hdop),
        "__typename" => Ok(LocationField::Typename),
        _ => Err(unplanned(child)),
    })
}

/// Fields of a newest value; without a signal those of the approximate position.
fn point(
    selected: &Selected<'_>,
    signal: Option<SignalId>,
) -> Result<Vec<Keyed<PointField>>, GraphError> {
    let kind = signal.map_or(ValueKind::Location, |signal| signal.definition().kind);
    each(selected, |child| match child.name() {
        "timestamp" => Ok(PointField::Timestamp),
        "value" => Ok(PointField::Value(location(child)?)),
        "__typename" => Ok(PointField::Typename(match kind {
            ValueKind::Number => "SignalFloat",
            ValueKind::Text => "SignalString",
            ValueKind::Location => "SignalLocation",
        })),
        _ => Err(unplanned(child)),
    })
}

fn snapshot(selected: &Selected<'_>) -> Result<Vec<Keyed<SnapshotField>>, GraphError> {
    each(selected, |child| match child.name() {
        "lastSeen" => Ok(SnapshotField::LastSeen),
        "__typename" => Ok(SnapshotField::Typename),
        "signals" => Ok(SnapshotField::Signals(each(child, |field| {
            match field.name() {
                "name" => Ok(LatestSignalField::Name),
                "timestamp" => Ok(LatestSignalField::Timestamp),
                "valueNumber" => Ok(LatestSignalField::Number),
                "valueString" => Ok(LatestSignalField::Text),
                "valueLocation" => Ok(LatestSignalField::Location(location(field)?)),
                "__typename" => Ok(LatestSignalField::Typename),
                _ => Err(unplanned(field)),
            }
        })?)),
        _ => Err(unplanned(child)),
    })
}

fn summary(selected: &Selected<'_>) -> Result<Vec<Keyed<SummaryField>>, GraphError> {
    each(selected, |child| match child.name() {
        "numberOfSignals" => Ok(SummaryField::NumberOfSignals),
        "availableSignals" => Ok(SummaryField::AvailableSignals),
        "firstSeen" => Ok(SummaryField::FirstSeen),
        "lastSeen" => Ok(SummaryField::LastSeen),
        "signalDataSummary" => Ok(SummaryField::Signals(extent(child, "SignalDataSummary")?)),
        "eventDataSummary" => Ok(SummaryField::Events(extent(child, "EventDataSummary")?)),
        "__typename" => Ok(SummaryField::Typename),
        _ => Err(unplanned(child)),
    })
}

fn extent(
    selected: &Selected<'_>,
    of: &'static str,
) -> Result<Vec<Keyed<ExtentField>>, GraphError> {
    each(selected, |child| match child.name() {
        "name" => Ok(ExtentField::Name),
        "numberOfSignals" | "numberOfEvents" => Ok(ExtentField::Count),
        "firstSeen" => Ok(ExtentField::FirstSeen),
        "lastSeen" => Ok(ExtentField::LastSeen),
        "__typename" => Ok(ExtentField::Typename(of)),
        _ => Err(unplanned(child)),
    })
}
