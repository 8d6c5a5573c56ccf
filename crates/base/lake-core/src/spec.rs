use std::{fmt, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// 32-bit integer.
    I32,
    /// 64-bit integer, delta-packed.
    I64,
    /// Microseconds since the epoch, UTC, delta-packed.
    Time,
    /// 64-bit float, byte-stream-split.
    F64,
    /// Text with few distinct values, dictionary-coded.
    Label,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// One column.
#[derive(Debug, Clone)]
pub struct ColumnSpec {
    /// Name, as other engines see it.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether rows may leave it out.
    pub nullable: bool,
}

impl ColumnSpec {
    /// A column that every row has.
    #[must_use]
    pub const fn required(name: &'static str, kind: ColumnKind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
        }
    }

    /// A column that rows may leave out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: ColumnKind) -> Self {
        Self {
            name,
            kind,
            nullable: true,
        }
    }
}

/// A 256-bit data key. Never printed.
#[derive(Clone)]
pub struct SecretKey(Arc<[u8; 32]>);

impl SecretKey {
    /// Takes the key bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(bytes))
    }

    /// The key bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Layout of a table. Part of the stored format: a changed layout is refused at open.
#[derive(Debug, Clone)]
pub struct TableSpec {
    /// Name, for the log and for errors.
    pub name: &'static str,
    /// Columns, without the partition column.
    pub columns: Vec<ColumnSpec>,
    /// Name of the partition column, a calendar date.
    pub partition: &'static str,
    /// Columns that rows are sorted by inside a file, most significant first.
    pub sort: Vec<usize>,
    /// `I64` and `Time` columns whose bounds may stand in the log, readable without the key.
    pub bounds: Vec<usize>,
    /// Name under which the consumer's cursor is kept in the log.
    pub consumer: &'static str,
    /// Encrypts data files, when given.
    pub key: Option<SecretKey>,
}

/// Rows per page: small enough that one vehicle's hour reads few pages, large enough to compress.
pub(crate) const PAGE_ROWS: usize = 4_096;
/// Rows per row group: bounds what a writer holds in memory.
pub(crate) const GROUP_ROWS: usize = 131_072;

impl TableSpec {
    /// Position of a column.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        let fields = self
            .columns
            .iter()
            .map(|column| Field::new(column.name, data_type(column.kind), column.nullable));
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::I32 => DataType::Int32,
        ColumnKind::I64 => DataType::Int64,
        ColumnKind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnKind::F64 => DataType::Float64,
        ColumnKind::Label => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Bytes => DataType::Binary,
    }
}
