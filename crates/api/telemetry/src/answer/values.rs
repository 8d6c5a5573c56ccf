use milepost_signals::{Extent, Location, SignalId, Value};
use milepost_telemetry::{LatestView, SummaryView, snapshot};
use milepost_types::Timestamp;

use super::{Keyed, TooLarge, Writer};

/// A field of `Location`.
#[derive(Debug)]
pub(crate) enum LocationField {
    Latitude,
    Longitude,
    Hdop,
    Typename,
}

/// A field of `SignalFloat`, `SignalString` or `SignalLocation`.
#[derive(Debug)]
pub(crate) enum PointField {
    Timestamp,
    /// With the fields of a position; empty for other kinds.
    Value(Vec<Keyed<LocationField>>),
    Typename(&'static str),
}

/// A field of `SignalCollection`.
#[derive(Debug)]
pub(crate) enum LatestField {
    /// Denied.
    Null,
    LastSeen,
    Typename,
    /// A signal, or the approximate position.
    Signal {
        signal: Option<SignalId>,
        fields: Vec<Keyed<PointField>>,
    },
}

/// A field of `SignalsSnapshotResponse`.
#[derive(Debug)]
pub(crate) enum SnapshotField {
    LastSeen,
    Typename,
    Signals(Vec<Keyed<LatestSignalField>>),
}

/// A field of `LatestSignal`.
#[derive(Debug)]
pub(crate) enum LatestSignalField {
    Name,
    Timestamp,
    Number,
    Text,
    Location(Vec<Keyed<LocationField>>),
    Typename,
}

/// A field of `DataSummary`.
#[derive(Debug)]
pub(crate) enum SummaryField {
    NumberOfSignals,
    AvailableSignals,
    FirstSeen,
    LastSeen,
    Signals(Vec<Keyed<ExtentField>>),
    Events(Vec<Keyed<ExtentField>>),
    Typename,
}

/// A field of `SignalDataSummary` or `EventDataSummary`.
#[derive(Debug)]
pub(crate) enum ExtentField {
    Name,
    Count,
    FirstSeen,
    LastSeen,
    Typename(&'static str),
}

pub(crate) fn write_location(
    out: &mut Writer,
    fix: &Location,
    fields: &[Keyed<LocationField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            LocationField::Latitude => out.number(fix.latitude),
            LocationField::Longitude => out.number(fix.longitude),
            LocationField::Hdop => out.number(fix.hdop),
            LocationField::Typename => out.text("Location"),
        }
        Ok(())
    })
}

/// Writes `signalsLatest`.
pub(crate) fn write_latest(
    out: &mut Writer,
    view: &LatestView,
    fields: &[Keyed<LatestField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            LatestField::Null => out.null(),
            LatestField::LastSeen => out.maybe_time(view.last_seen),
            LatestField::Typename => out.text("SignalCollection"),
            LatestField::Signal {
                signal: Some(signal),
                fields,
            } => {
                match view
                    .signals
                    .binary_search_by_key(signal, |entry| entry.signal)
                {
                    Ok(place) => write_point(
                        out,
                        view.signals[place].at,
                        &view.signals[place].value,
                        fields,
                    )?,
                    Err(_) => out.null(),
                }
            }
            LatestField::Signal {
                signal: None,
                fields,
            } => match view.approximate {
                Some((at, fix)) => write_point(out, at, &Value::Location(fix), fields)?,
                None => out.null(),
            },
        }
        Ok(())
    })
}

fn write_point(
    out: &mut Writer,
    at: Timestamp,
    value: &Value,
    fields: &[Keyed<PointField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            PointField::Timestamp => out.time(at),
            PointField::Typename(name) => out.text(name),
            PointField::Value(location) => match value {
                Value::Number(number) => out.number(*number),
                Value::Text(text) => out.text(text),
                Value::Location(fix) => write_location(out, fix, location)?,
            },
        }
        Ok(())
    })
}

/// Writes `signalsSnapshot`.
pub(crate) fn write_snapshot(
    out: &mut Writer,
    view: &LatestView,
    fields: &[Keyed<SnapshotField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            SnapshotField::LastSeen => out.maybe_time(view.last_seen),
            SnapshotField::Typename => out.text("SignalsSnapshotResponse"),
            SnapshotField::Signals(fields) => {
                out.list(snapshot(view), |out, (name, at, value)| {
                    out.object(fields, |out, field| {
                        write_latest_signal(out, field, name, at, &value)
                    })
                })?
            }
        }
        Ok(())
    })
}

/// The kind of the value decides which field is set, so an empty text stays a text.
fn write_latest_signal(
    out: &mut Writer,
    field: &LatestSignalField,
    name: &str,
    at: Timestamp,
    value: &Value,
) -> Result<(), TooLarge> {
    match (field, value) {
        (LatestSignalField::Name, _) => out.text(name),
        (LatestSignalField::Timestamp, _) => out.time(at),
        (LatestSignalField::Typename, _) => out.text("LatestSignal"),
        (LatestSignalField::Number, Value::Number(number)) => out.number(*number),
        (LatestSignalField::Text, Value::Text(text)) => out.text(text),
        (LatestSignalField::Location(fields), Value::Location(fix)) => {
            write_location(out, fix, fields)?
        }
        (
            LatestSignalField::Number | LatestSignalField::Text | LatestSignalField::Location(_),
            _,
        ) => out.null(),
    }
    Ok(())
}

/// Writes `dataSummary`.
pub(crate) fn write_summary(
    out: &mut Writer,
    view: &SummaryView,
    fields: &[Keyed<SummaryField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            SummaryField::NumberOfSignals => out.count(view.number_of_signals),
            SummaryField::AvailableSignals => out.list(&view.signals, |out, extent| {
                out.text(extent.name);
                Ok(())
            })?,
            SummaryField::FirstSeen => out.maybe_time(view.first_seen),
            SummaryField::LastSeen => out.maybe_time(view.last_seen),
            SummaryField::Signals(fields) => {
                out.list(&view.signals, |out, extent| {
                    write_extent(out, extent, fields)
                })?;
            }
            SummaryField::Events(fields) => {
                out.list(&view.events, |out, extent| {
                    write_extent(out, extent, fields)
                })?;
            }
            SummaryField::Typename => out.text("DataSummary"),
        }
        Ok(())
    })
}

fn write_extent<N: AsRef<str>>(
    out: &mut Writer,
    extent: &Extent<N>,
    fields: &[Keyed<ExtentField>],
) -> Result<(), TooLarge> {
    out.object(fields, |out, field| {
        match field {
            ExtentField::Name => out.text(extent.name.as_ref()),
            ExtentField::Count => out.count(extent.count),
            ExtentField::FirstSeen => out.time(extent.first_seen),
            ExtentField::LastSeen => out.time(extent.last_seen),
            ExtentField::Typename(name) => out.text(name),
        }
        Ok(())
    })
}
