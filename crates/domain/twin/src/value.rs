use milepost_types::{Address, B256, U256};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One column of one row, as SQLite stores it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Value {
    /// No value.
    #[serde(rename = "n")]
    Null,
    /// Number, flag or seconds since 1970.
    #[serde(rename = "i")]
    Int(i64),
    /// Text.
    #[serde(rename = "t")]
    Text(String),
    /// Address (20 bytes), hash or 256-bit number (32 bytes, big-endian).
    #[serde(rename = "b", with = "hex_bytes")]
    Blob(Vec<u8>),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("none"),
            Self::Int(v) => v.fmt(f),
            Self::Text(v) => write!(f, "{v:?}"),
            Self::Blob(v) if v.len() == 32 => U256::from_be_slice(v).fmt(f),
            Self::Blob(v) => write!(f, "0x{}", alloy_primitives::hex::encode(v)),
        }
    }
}

mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&alloy_primitives::hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        alloy_primitives::hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A stored value that does not have its column's type: the file was damaged or edited.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("column {column} of {table} holds {found}, not {expected}")]
pub struct RowError {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

/// A Rust type with a place in a column.
pub(crate) trait Column: Sized {
    const EXPECTED: &'static str;
    fn store(&self) -> Value;
    fn read(value: &Value) -> Option<Self>;
}

macro_rules! blob_column {
    ($ty:ty, $len:literal, $to:expr, $from:expr) => {
        impl Column for $ty {
            const EXPECTED: &'static str = concat!($len, " bytes");
            fn store(&self) -> Value {
                Value::Blob($to(self))
            }
            fn read(value: &Value) -> Option<Self> {
                match value {
                    Value::Blob(bytes) if bytes.len() == $len => Some($from(bytes)),
                    _ => None,
                }
            }
        }
    };
}

blob_column!(
    U256,
    32,
    |v: &U256| v.to_be_bytes::<32>().to_vec(),
    |b: &[u8]| U256::from_be_slice(b)
);
blob_column!(Address, 20, |v: &Address| v.to_vec(), |b: &[u8]| {
    Address::from_slice(b)
});
blob_column!(
    B256,
    32,
    |v: &B256| v.to_vec(),
    |b: &[u8]| B256::from_slice(b)
);

impl Column for String {
    const EXPECTED: &'static str = "text";
    fn store(&self) -> Value {
        Value::Text(self.clone())
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Column for bool {
    const EXPECTED: &'static str = "0 or 1";
    fn store(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

/// Seconds, versions and small numbers; larger than 2⁶³−1 is stored as 2⁶³−1, so writers clamp before.
impl Column for u64 {
    const EXPECTED: &'static str = "a number of at least 0";
    fn store(&self) -> Value {
        Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Self::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn store(&self) -> Value {
        self.as_ref().map_or(Value::Null, Column::store)
    }
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::read(other).map(Some),
        }
    }
}

/// A 256-bit number of seconds or a version as a column can hold it: "never" becomes 2⁶³−1.
pub(crate) fn clamp(number: U256) -> u64 {
    let max = i64::MAX.unsigned_abs();
    number.try_into().unwrap_or(max).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_of_seconds_is_clamped_and_survives_the_column() {
        let never = clamp(U256::MAX);
        assert_eq!(u64::read(&never.store()), Some(never));
        assert_eq!(clamp(U256::from(1_900_000_000u64)), 1_900_000_000);
    }

    #[test]
    fn values_survive_the_undo_journal() {
        let values = vec![
            Value::Null,
            Value::Int(-1),
            Value::Text("a\0b".into()),
            Value::Blob(vec![0, 255]),
        ];
        let text = serde_json::to_string(&values).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), values);
    }
}
