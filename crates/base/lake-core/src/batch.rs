use std::{ops::Range, sync::Arc};

/// Stands for an absent value in an optional `I64` or `Time` column.
pub const NULL_I64: i64 = i64::MIN;
/// Stands for an absent value in an optional `Label` column.
pub const NULL_LABEL: u32 = u32::MAX;

/// Dictionary-coded text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// Distinct values.
    pub values: Vec<Arc<str>>,
    /// One index into `values` for each row, or [`NULL_LABEL`].
    pub keys: Vec<u32>,
}

impl Labels {
    /// Text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.values.get(*self.keys.get(row)? as usize)
    }

    /// Adds a value to the dictionary without a row and returns its key.
    ///
    /// The caller keeps track of what it added; equal values may be added twice at the cost of space.
    pub fn intern(&mut self, value: Arc<str>) -> u32 {
        let key = u32::try_from(self.values.len()).unwrap_or(NULL_LABEL);
        self.values.push(value);
        key
    }
}

/// Byte strings or texts, one after the other in one buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blobs {
    pub(crate) data: Vec<u8>,
    pub(crate) ends: Vec<usize>,
    pub(crate) absent: Vec<bool>,
}

impl Blobs {
    /// Adds a row.
    pub fn push(&mut self, value: Option<&[u8]>) {
        if let Some(bytes) = value {
            self.data.extend_from_slice(bytes);
        }
        self.ends.push(self.data.len());
        self.absent.push(value.is_none());
    }

    /// Bytes of a row; `None` when absent or out of range.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        if *self.absent.get(row)? {
            return None;
        }
        let from = if row == 0 {
            0
        } else {
            *self.ends.get(row - 1)?
        };
        self.data.get(from..*self.ends.get(row)?)
    }

    /// Text of a row; `None` when absent or not UTF-8.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&str> {
        std::str::from_utf8(self.get(row)?).ok()
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// `ColumnKind::I32`.
    I32(Vec<i32>),
    /// `ColumnKind::I64` and `ColumnKind::Time`; [`NULL_I64`] where absent.
    I64(Vec<i64>),
    /// `ColumnKind::F64`; NaN where absent.
    F64(Vec<f64>),
    /// `ColumnKind::Label`.
    Label(Labels),
    /// `ColumnKind::Text` and `ColumnKind::Bytes`.
    Blob(Blobs),
}

/// What to say when a caller asks a column for values of another kind.
const KIND: &str = "column kind is fixed by the table specification";

impl Column {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::I32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Label(labels) => labels.keys.len(),
            Self::Blob(blobs) => blobs.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values of an `I64` or `Time` column.
    ///
    /// # Panics
    /// When the column is of another kind.
    #[must_use]
    pub fn i64s(&self) -> &[i64] {
        let Self::I64(values) = self else {
            panic!("{KIND}")
        };
        values
    }

    /// Values of an `F64` column.
    ///
    /// # Panics
    /// When the column is of another kind.
    #[must_use]
    pub fn f64s(&self) -> &[f64] {
        let Self::F64(values) = self else {
            panic!("{KIND}")
        };
        values
    }

    /// Values of a `Label` column.
    ///
    /// # Panics
    /// When the column is of another kind.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        let Self::Label(labels) = self else {
            panic!("{KIND}")
        };
        labels
    }

    /// Values of a `Text` or `Bytes` column.
    ///
    /// # Panics
    /// When the column is of another kind.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        let Self::Blob(blobs) = self else {
            panic!("{KIND}")
        };
        blobs
    }
}

/// Rows as columns: in the order of the specification when written, in the order asked for when read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// Columns of equal length.
    pub columns: Vec<Column>,
}

impl Batch {
    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }
}

/// Adds the rows of `ranges` of `from` to `into`.
pub(crate) fn extend_ranges<T: Copy>(into: &mut Vec<T>, from: &[T], ranges: &[Range<usize>]) {
    for range in ranges {
        into.extend_from_slice(&from[range.clone()]);
    }
}
