//! Reads rows of a key range: files by their bounds, pages by the page index, rows by comparison.

use std::ops::Range;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Int32Type, Int64Type, TimestampMicrosecondType},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection},
    },
    errors::ParquetError,
    file::{metadata::ParquetMetaData, page_index::column_index::ColumnIndexMetaData},
};

use crate::{
    Batch, FileEntry, TableError, TableSpec,
    convert::{append, empty},
    read::OpenFile,
    sealed::SealedRef,
};

/// Values of a sort column that are wanted.
#[derive(Debug, Clone)]
pub enum KeyFilter<'a> {
    /// One value of an `I32` column.
    I32(i32),
    /// Any of these values of an `I64` or `Time` column; ascending.
    I64(Vec<i64>),
    /// Any of these values of a `Label` column.
    Label(Vec<&'a str>),
}

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Scan<'a> {
    /// Filters of the leading sort columns, in sort order.
    pub keys: Vec<KeyFilter<'a>>,
    /// Column (`I64` or `Time`), first value wanted, first value no longer wanted.
    pub between: Option<(usize, i64, i64)>,
    /// Columns wanted, in the order wanted.
    pub columns: Vec<usize>,
}

/// A row group and the rows of it that may be wanted.
type Selected = (usize, Vec<Range<usize>>);

/// Rows decoded at a time.
const BATCH_ROWS: usize = 8_192;

impl Scan<'_> {
    /// Whether a file can hold rows that are wanted.
    pub(crate) fn may_match(&self, spec: &TableSpec, entry: &FileEntry) -> bool {
        entry.bounds.iter().all(|(column, low, high)| {
            let in_range = self
                .between
                .is_none_or(|(c, from, to)| c != *column || (*high >= from && *low < to));
            let position = spec.sort.iter().position(|sorted| sorted == column);
            let listed = position
                .and_then(|position| self.keys.get(position))
                .is_none_or(|filter| match filter {
                    KeyFilter::I64(values) => any_within(values, *low, *high),
                    _ => true,
                });
            in_range && listed
        })
    }

    /// Adds the rows of one file to `out`, in file order, and calls `each` after every step.
    pub(crate) fn read(
        &self,
        spec: &TableSpec,
        file: &OpenFile,
        out: &mut Batch,
        each: &mut dyn FnMut(&mut Batch) -> Result<(), TableError>,
    ) -> Result<(), TableError> {
        let groups = self.select(spec, file.parquet());
        if groups.is_empty() {
            return Ok(());
        }
        let open = self.open_filters(spec, file.parquet(), &groups);
        let needed = self.needed(spec, &open);
        // One row group at a time: across two dictionaries the reader would build a third, row by row.
        for group in &groups {
            let reader = self
                .reader(file, group, &needed)
                .map_err(|error| file.file.explain(error))?;
            for batch in reader {
                let batch = batch.map_err(|error| file.file.explain(error))?;
                let ranges = self.matching(spec, &open, &needed, &batch);
                if !ranges.is_empty() {
                    self.take(spec, file, &needed, &batch, &ranges, out)?;
                    each(out)?;
                }
            }
        }
        Ok(())
    }

    /// Adds rows of a decoded batch to the columns wanted.
    fn take(
        &self,
        spec: &TableSpec,
        file: &OpenFile,
        needed: &[usize],
        batch: &RecordBatch,
        ranges: &[Range<usize>],
        out: &mut Batch,
    ) -> Result<(), TableError> {
        for (column, into) in self.columns.iter().zip(&mut out.columns) {
            let array = needed
                .iter()
                .position(|n| n == column)
                .map(|place| batch.column(place));
            let kind = spec.columns[*column].kind;
            if !array.is_some_and(|array| append(into, kind, array, ranges)) {
                let (name, path) = (spec.columns[*column].name, file.file.path().display());
                return Err(TableError::schema(
                    spec.name,
                    format!("column {name} of {path} is of another type"),
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn empty(&self, spec: &TableSpec) -> Batch {
        Batch {
            columns: self
                .columns
                .iter()
                .map(|column| empty(spec.columns[*column].kind))
                .collect(),
        }
    }

    /// Filters that the page index does not settle for all selected pages, by their place in the sort order: where
    /// every page holds one wanted key only, its column need not be decoded.
    fn open_filters(
        &self,
        spec: &TableSpec,
        parquet: &ParquetMetaData,
        groups: &[Selected],
    ) -> Vec<usize> {
        let open = |filter: &KeyFilter<'_>, column: usize| {
            groups.iter().any(|(group, ranges)| {
                let rows = rows_of(parquet, *group);
                let settled = pages(parquet, *group, column, rows, |index, page| {
                    filter.is_all_of(index, page)
                });
                let indexed = has_index(parquet, *group, column);
                !indexed || intersect(ranges, &settled) != *ranges
            })
        };
        let filters = self.keys.iter().zip(&spec.sort).enumerate();
        filters
            .filter(|(_, (filter, column))| open(filter, **column))
            .map(|(place, _)| place)
            .collect()
    }

    /// Columns to decode, in file order: those wanted and those compared.
    fn needed(&self, spec: &TableSpec, open: &[usize]) -> Vec<usize> {
        let mut needed = self.columns.clone();
        needed.extend(open.iter().map(|place| spec.sort[*place]));
        needed.extend(self.between.map(|(column, ..)| column));
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    fn reader(
        &self,
        file: &OpenFile,
        (group, ranges): &Selected,
        needed: &[usize],
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let parquet = file.parquet();
        let selection =
            RowSelection::from_consecutive_ranges(ranges.iter().cloned(), rows_of(parquet, *group));
        let schema = parquet.file_metadata().schema_descr();
        ParquetRecordBatchReaderBuilder::new_with_metadata(
            SealedRef(file.file.clone()),
            file.footer.clone(),
        )
        .with_row_groups(vec![*group])
        .with_row_selection(selection)
        .with_projection(ProjectionMask::leaves(schema, needed.iter().copied()))
        .with_batch_size(BATCH_ROWS)
        .build()
    }

    /// Row groups and row ranges whose pages may hold wanted rows.
    fn select(&self, spec: &TableSpec, parquet: &ParquetMetaData) -> Vec<Selected> {
        let mut groups = Vec::new();
        for group in 0..parquet.num_row_groups() {
            let rows = rows_of(parquet, group);
            let mut ranges: Vec<Range<usize>> = std::iter::once(0..rows).collect();
            for (filter, column) in self.keys.iter().zip(&spec.sort) {
                ranges = intersect(
                    &ranges,
                    &pages(parquet, group, *column, rows, |index, page| {
                        filter.may_be_in(index, page)
                    }),
                );
            }
            if let Some((column, from, to)) = self.between {
                let wanted = |index: &ColumnIndexMetaData, page| match index {
                    ColumnIndexMetaData::INT64(index) => index
                        .min_value(page)
                        .zip(index.max_value(page))
                        .is_some_and(|(low, high)| *high >= from && *low < to),
                    _ => true,
                };
                ranges = intersect(&ranges, &pages(parquet, group, column, rows, wanted));
            }
            if !ranges.is_empty() {
                groups.push((group, ranges));
            }
        }
        groups
    }

    /// Runs of rows of a decoded batch that are wanted.
    fn matching(
        &self,
        spec: &TableSpec,
        open: &[usize],
        needed: &[usize],
        batch: &RecordBatch,
    ) -> Vec<Range<usize>> {
        let mut keep = vec![true; batch.num_rows()];
        let array = |column: usize| {
            needed
                .iter()
                .position(|n| *n == column)
                .map(|place| batch.column(place))
        };
        for place in open {
            if let Some(array) = array(spec.sort[*place]) {
                self.keys[*place].keep(array, &mut keep);
            }
        }
        if let Some((column, from, to)) = self.between
            && let Some(values) = array(column).and_then(|array| i64_values(array))
        {
            for (keep, value) in keep.iter_mut().zip(values) {
                *keep &= (from..to).contains(value);
            }
        }
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (row, _) in keep.iter().enumerate().filter(|(_, keep)| **keep) {
            match ranges.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        ranges
    }
}

impl KeyFilter<'_> {
    fn may_be_in(&self, index: &ColumnIndexMetaData, page: usize) -> bool {
        match (self, index) {
            (Self::I32(value), ColumnIndexMetaData::INT32(index)) => index
                .min_value(page)
                .zip(index.max_value(page))
                .is_some_and(|(low, high)| low <= value && value <= high),
            (Self::I64(values), ColumnIndexMetaData::INT64(index)) => index
                .min_value(page)
                .zip(index.max_value(page))
                .is_some_and(|(low, high)| any_within(values, *low, *high)),
            (Self::Label(values), ColumnIndexMetaData::BYTE_ARRAY(index)) => index
                .min_value(page)
                .zip(index.max_value(page))
                .is_some_and(|(low, high)| {
                    values
                        .iter()
                        .any(|value| low <= value.as_bytes() && value.as_bytes() <= high)
                }),
            _ => true,
        }
    }

    /// Whether a page holds nothing but one of the wanted values.
    fn is_all_of(&self, index: &ColumnIndexMetaData, page: usize) -> bool {
        let single = match index {
            ColumnIndexMetaData::INT32(index) => index.min_value(page) == index.max_value(page),
            ColumnIndexMetaData::INT64(index) => index.min_value(page) == index.max_value(page),
            ColumnIndexMetaData::BYTE_ARRAY(index) => {
                index.min_value(page) == index.max_value(page)
            }
            _ => false,
        };
        single && self.may_be_in(index, page)
    }

    fn keep(&self, array: &arrow::array::ArrayRef, keep: &mut [bool]) {
        match self {
            Self::I32(value) => {
                if let Some(values) = array.as_primitive_opt::<Int32Type>() {
                    keep.iter_mut()
                        .zip(values.values())
                        .for_each(|(keep, v)| *keep &= v == value);
                }
            }
            Self::I64(wanted) => {
                if let Some(values) = i64_values(array) {
                    keep.iter_mut()
                        .zip(values)
                        .for_each(|(keep, v)| *keep &= wanted.binary_search(v).is_ok());
                }
            }
            Self::Label(wanted) => {
                let Some(labels) = array.as_dictionary_opt::<Int32Type>() else {
                    return;
                };
                let Some(texts) = labels.values().as_string_opt::<i32>() else {
                    return;
                };
                let codes: Vec<bool> = (0..texts.len())
                    .map(|code| wanted.contains(&texts.value(code)))
                    .collect();
                for (row, keep) in keep.iter_mut().enumerate() {
                    *keep = *keep
                        && labels
                            .key(row)
                            .and_then(|code| codes.get(code))
                            .copied()
                            .unwrap_or(false);
                }
            }
        }
    }
}

fn i64_values(array: &arrow::array::ArrayRef) -> Option<&[i64]> {
    let ints = array.as_primitive_opt::<Int64Type>().map(|a| &**a.values());
    ints.or_else(|| {
        array
            .as_primitive_opt::<TimestampMicrosecondType>()
            .map(|a| &**a.values())
    })
}

fn any_within(ascending: &[i64], low: i64, high: i64) -> bool {
    let first = ascending.partition_point(|value| *value < low);
    ascending.get(first).is_some_and(|value| *value <= high)
}

fn rows_of(parquet: &ParquetMetaData, group: usize) -> usize {
    usize::try_from(parquet.row_group(group).num_rows()).unwrap_or(0)
}

fn has_index(parquet: &ParquetMetaData, group: usize, column: usize) -> bool {
    let index = parquet
        .column_index()
        .and_then(|groups| groups.get(group)?.get(column));
    index.is_some_and(|index| !matches!(index, ColumnIndexMetaData::NONE))
}

/// Row ranges of the pages of a column that pass; all rows when the column has no index.
fn pages(
    parquet: &ParquetMetaData,
    group: usize,
    column: usize,
    rows: usize,
    wanted: impl Fn(&ColumnIndexMetaData, usize) -> bool,
) -> Vec<Range<usize>> {
    let all: Vec<Range<usize>> = std::iter::once(0..rows).collect();
    let index = parquet
        .column_index()
        .and_then(|groups| groups.get(group)?.get(column));
    let offsets = parquet
        .offset_index()
        .and_then(|groups| groups.get(group)?.get(column));
    let (Some(index), Some(offsets)) = (index, offsets) else {
        return all;
    };
    if matches!(index, ColumnIndexMetaData::NONE) {
        return all;
    }
    let starts = offsets
        .page_locations()
        .iter()
        .map(|page| usize::try_from(page.first_row_index).unwrap_or(0));
    let ends = starts.clone().skip(1).chain(std::iter::once(rows));
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (page, (start, end)) in starts.zip(ends).enumerate() {
        if !wanted(index, page) {
            continue;
        }
        match ranges.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

fn intersect(left: &[Range<usize>], right: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut l, mut r) = (0, 0);
    let mut out = Vec::new();
    while let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
        let both = a.start.max(b.start)..a.end.min(b.end);
        if !both.is_empty() {
            out.push(both);
        }
        if a.end < b.end { l += 1 } else { r += 1 }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_intersect() {
        let got = intersect(&[0..10, 20..30], &[5..25, 28..40]);
        assert_eq!(got, [5..10, 20..25, 28..30]);
        assert!(intersect(&[0..5, 20..30], &[5..9, 30..40]).is_empty());
    }

    #[test]
    fn listed_values_are_looked_up_within_bounds() {
        assert!(any_within(&[3, 9], 4, 9));
        assert!(!any_within(&[3, 9], 4, 8));
        assert!(!any_within(&[], i64::MIN, i64::MAX));
    }
}
