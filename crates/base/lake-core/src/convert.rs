//! Between our columns and Arrow arrays.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, DictionaryArray, Float64Array, Int32Array,
        Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    },
    buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
    datatypes::{Float64Type, Int32Type, Int64Type, SchemaRef, TimestampMicrosecondType},
};

use crate::{
    Batch, Blobs, Column, ColumnKind, Labels, NULL_I64, NULL_LABEL, TableError, TableSpec,
    batch::extend_ranges,
};

/// A batch as Arrow, checked against the specification.
pub(crate) fn to_arrow(
    spec: &TableSpec,
    schema: &SchemaRef,
    batch: Batch,
) -> Result<RecordBatch, TableError> {
    if batch.columns.len() != spec.columns.len() {
        let reason = format!(
            "{} columns given, {} expected",
            batch.columns.len(),
            spec.columns.len()
        );
        return Err(TableError::schema(spec.name, reason));
    }
    let arrays = batch
        .columns
        .into_iter()
        .zip(&spec.columns)
        .map(|(column, wanted)| {
            array(column, wanted.kind, wanted.nullable).map_err(|reason| {
                TableError::schema(spec.name, format!("column {}: {reason}", wanted.name))
            })
        });
    RecordBatch::try_new(schema.clone(), arrays.collect::<Result<Vec<_>, _>>()?)
        .map_err(|error| TableError::schema(spec.name, error.to_string()))
}

fn array(column: Column, kind: ColumnKind, nullable: bool) -> Result<ArrayRef, String> {
    Ok(match (column, kind) {
        (Column::I32(values), ColumnKind::I32) => Arc::new(Int32Array::from(values)),
        (Column::I64(values), ColumnKind::I64) => {
            let nulls = nullable.then(|| {
                values
                    .iter()
                    .map(|v| *v != NULL_I64)
                    .collect::<NullBuffer>()
            });
            Arc::new(Int64Array::try_new(values.into(), nulls).map_err(|e| e.to_string())?)
        }
        (Column::I64(values), ColumnKind::Time) => {
            let nulls = nullable.then(|| {
                values
                    .iter()
                    .map(|v| *v != NULL_I64)
                    .collect::<NullBuffer>()
            });
            let array = TimestampMicrosecondArray::try_new(values.into(), nulls)
                .map_err(|e| e.to_string())?;
            Arc::new(array.with_timezone("UTC"))
        }
        (Column::F64(values), ColumnKind::F64) => {
            let nulls =
                nullable.then(|| values.iter().map(|v| !v.is_nan()).collect::<NullBuffer>());
            Arc::new(Float64Array::try_new(values.into(), nulls).map_err(|e| e.to_string())?)
        }
        (Column::Label(labels), ColumnKind::Label) => dictionary(labels)?,
        (Column::Blob(blobs), ColumnKind::Text | ColumnKind::Bytes) => blob_array(blobs, kind)?,
        _ => return Err("values of another kind than the column's".to_owned()),
    })
}

fn dictionary(labels: Labels) -> Result<ArrayRef, String> {
    let values = StringArray::from_iter_values(labels.values.iter().map(|value| &**value));
    let nulls = labels.keys.contains(&NULL_LABEL).then(|| {
        labels
            .keys
            .iter()
            .map(|key| *key != NULL_LABEL)
            .collect::<NullBuffer>()
    });
    let keys: Vec<i32> = labels
        .keys
        .iter()
        .map(|key| i32::try_from(*key).unwrap_or(0))
        .collect();
    let keys = Int32Array::try_new(keys.into(), nulls).map_err(|e| e.to_string())?;
    let array =
        DictionaryArray::<Int32Type>::try_new(keys, Arc::new(values)).map_err(|e| e.to_string())?;
    Ok(Arc::new(array))
}

fn blob_array(blobs: Blobs, kind: ColumnKind) -> Result<ArrayRef, String> {
    if i32::try_from(blobs.data.len()).is_err() {
        return Err(format!(
            "{} bytes in one batch, at most {} fit",
            blobs.data.len(),
            i32::MAX
        ));
    }
    let nulls = blobs
        .absent
        .contains(&true)
        .then(|| blobs.absent.iter().map(|a| !a).collect::<NullBuffer>());
    let ends = blobs
        .ends
        .iter()
        .map(|end| i32::try_from(*end).unwrap_or(i32::MAX));
    let offsets = OffsetBuffer::new(
        std::iter::once(0)
            .chain(ends)
            .collect::<ScalarBuffer<i32>>(),
    );
    let data = Buffer::from_vec(blobs.data);
    Ok(if kind == ColumnKind::Text {
        Arc::new(StringArray::try_new(offsets, data, nulls).map_err(|e| e.to_string())?)
    } else {
        Arc::new(BinaryArray::try_new(offsets, data, nulls).map_err(|e| e.to_string())?)
    })
}

/// An empty column of a kind.
pub(crate) fn empty(kind: ColumnKind) -> Column {
    match kind {
        ColumnKind::I32 => Column::I32(Vec::new()),
        ColumnKind::I64 | ColumnKind::Time => Column::I64(Vec::new()),
        ColumnKind::F64 => Column::F64(Vec::new()),
        ColumnKind::Label => Column::Label(Labels::default()),
        ColumnKind::Text | ColumnKind::Bytes => Column::Blob(Blobs::default()),
    }
}

/// Adds rows of an Arrow array to a column of the same kind; `false` when the array is of another type.
pub(crate) fn append(
    into: &mut Column,
    kind: ColumnKind,
    array: &ArrayRef,
    ranges: &[Range<usize>],
) -> bool {
    match (into, kind) {
        (Column::I32(out), ColumnKind::I32) => {
            let Some(values) = array.as_primitive_opt::<Int32Type>() else {
                return false;
            };
            extend_ranges(out, values.values(), ranges);
        }
        (Column::I64(out), ColumnKind::I64) => {
            let Some(values) = array.as_primitive_opt::<Int64Type>() else {
                return false;
            };
            extend_or(out, values.values(), values.nulls(), NULL_I64, ranges);
        }
        (Column::I64(out), ColumnKind::Time) => {
            let Some(values) = array.as_primitive_opt::<TimestampMicrosecondType>() else {
                return false;
            };
            extend_or(out, values.values(), values.nulls(), NULL_I64, ranges);
        }
        (Column::F64(out), ColumnKind::F64) => {
            let Some(values) = array.as_primitive_opt::<Float64Type>() else {
                return false;
            };
            extend_or(out, values.values(), values.nulls(), f64::NAN, ranges);
        }
        (Column::Label(out), ColumnKind::Label) => return append_labels(out, array, ranges),
        (Column::Blob(out), ColumnKind::Text) => {
            let Some(values) = array.as_string_opt::<i32>() else {
                return false;
            };
            for row in ranges.iter().cloned().flatten() {
                out.push(values.is_valid(row).then(|| values.value(row).as_bytes()));
            }
        }
        (Column::Blob(out), ColumnKind::Bytes) => {
            let Some(values) = array.as_binary_opt::<i32>() else {
                return false;
            };
            for row in ranges.iter().cloned().flatten() {
                out.push(values.is_valid(row).then(|| values.value(row)));
            }
        }
        _ => return false,
    }
    true
}

fn extend_or<T: Copy>(
    out: &mut Vec<T>,
    values: &[T],
    nulls: Option<&NullBuffer>,
    absent: T,
    ranges: &[Range<usize>],
) {
    match nulls.filter(|nulls| nulls.null_count() > 0) {
        None => extend_ranges(out, values, ranges),
        Some(nulls) => {
            out.extend(ranges.iter().cloned().flatten().map(|row| {
                if nulls.is_null(row) {
                    absent
                } else {
                    values[row]
                }
            }));
        }
    }
}

fn append_labels(out: &mut Labels, array: &ArrayRef, ranges: &[Range<usize>]) -> bool {
    let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() else {
        return false;
    };
    let Some(values) = dictionary.values().as_string_opt::<i32>() else {
        return false;
    };
    // A row group's dictionary holds far more values than the rows read: take over only those in use.
    let mut remap = vec![NULL_LABEL; values.len()];
    for row in ranges.iter().cloned().flatten() {
        let Some(code) = dictionary.key(row) else {
            out.keys.push(NULL_LABEL);
            continue;
        };
        if remap[code] == NULL_LABEL {
            let text = values.value(code);
            let known = out
                .values
                .iter()
                .rev()
                .take(64)
                .position(|value| &**value == text);
            remap[code] = match known {
                Some(back) => u32::try_from(out.values.len() - 1 - back).unwrap_or(NULL_LABEL),
                None => out.intern(Arc::from(text)),
            };
        }
        out.keys.push(remap[code]);
    }
    true
}
