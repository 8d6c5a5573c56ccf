use milepost_telemetry::{Column, SeriesTable};

use super::{
    Keyed, TooLarge, Writer,
    values::{LocationField, write_location},
};

/// A field of `SignalAggregations`.
#[derive(Debug)]
pub(crate) enum RowField {
    /// Denied or wrong.
    Null,
    Timestamp,
    Typename,
    /// A number or text column of the table.
    Scalar {
        column: usize,
    },
    /// A position column of the table.
    Location {
        column: usize,
        fields: Vec<Keyed<LocationField>>,
    },
}

/// Writes `signals`: one object for each bucket in which a column has a value, or null when there is none.
pub(crate) fn write_rows(
    out: &mut Writer,
    table: &SeriesTable,
    fields: &[Keyed<RowField>],
) -> Result<(), TooLarge> {
    let buckets = table.buckets();
    if buckets.is_empty() {
        out.null();
        return Ok(());
    }
    // Next value of each column; columns and buckets ascend together.
    let mut next = vec![0usize; table.columns.len()];
    out.list(buckets, |out, bucket| {
        out.object(fields, |out, field| {
            match field {
                RowField::Null => out.null(),
                RowField::Timestamp => out.time(table.grid.start_of(bucket)),
                RowField::Typename => out.text("SignalAggregations"),
                RowField::Scalar { column } => {
                    write_scalar(out, table, *column, next[*column], bucket)
                }
                RowField::Location { column, fields } => {
                    match table.columns.get(*column) {
                        Some(Column::Locations(cells)) => match cells.get(next[*column]) {
                            Some((at, fix)) if *at == bucket => write_location(out, fix, fields)?,
                            _ => out.null(),
                        },
                        _ => out.null(),
                    };
                }
            }
            Ok(())
        })?;
        // Two fields may share a column, so columns move on with the row, not with the field.
        for (column, place) in table.columns.iter().zip(&mut next) {
            if column.bucket(*place) == Some(bucket) {
                *place += 1;
            }
        }
        Ok(())
    })
}

fn write_scalar(out: &mut Writer, table: &SeriesTable, column: usize, place: usize, bucket: u32) {
    match table.columns.get(column) {
        Some(Column::Numbers(cells)) => match cells.get(place) {
            Some((at, number)) if *at == bucket => out.number(*number),
            _ => out.null(),
        },
        Some(Column::Texts(cells)) => match cells.get(place) {
            Some((at, text)) if *at == bucket => out.text(text),
            _ => out.null(),
        },
        _ => out.null(),
    }
}
