//! Picking fields out of JSON text without building a tree.
//!
//! Values stay slices of the payload until their kind is known, so that one value of a wrong type, or a number that
//! no `f64` can hold, concerns only itself. Nested values are skipped iteratively: depth costs no stack.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer as _,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The named fields of a JSON object as JSON text; absent and `null` ones are `None`, of repeated ones the last
/// counts, as with the senders' own parsers.
///
/// # Errors
/// When `json` is not one well-formed JSON object.
pub(crate) fn object<'a, const N: usize>(
    json: &'a str,
    names: &'static [&'static str; N],
) -> Result<[Option<&'a str>; N], serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let found = deserializer.deserialize_map(Object { names })?;
    deserializer.end()?;
    Ok(found)
}

struct Object<const N: usize> {
    names: &'static [&'static str; N],
}

impl<'de, const N: usize> Visitor<'de> for Object<N> {
    type Value = [Option<&'de str>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(position) = map.next_key_seed(Key { names: self.names })? {
            match position {
                Some(position) => {
                    let json = map.next_value::<&RawValue>()?.get();
                    found[position] = (json != "null").then_some(json);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

struct Key<const N: usize> {
    names: &'static [&'static str; N],
}

impl<'de, const N: usize> DeserializeSeed<'de> for Key<N> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<const N: usize> Visitor<'_> for Key<N> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.names.iter().position(|name| *name == key))
    }
}

/// Calls `each` with the index and JSON text of the first `limit` elements of a JSON array; returns how many more
/// there are.
///
/// # Errors
/// When `json` is not one well-formed JSON array.
pub(crate) fn array<'a>(
    json: &'a str,
    limit: usize,
    each: impl FnMut(usize, &'a str),
) -> Result<usize, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let beyond = deserializer.deserialize_seq(Array { limit, each })?;
    deserializer.end()?;
    Ok(beyond)
}

struct Array<F> {
    limit: usize,
    each: F,
}

impl<'de, F: FnMut(usize, &'de str)> Visitor<'de> for Array<F> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<usize, A::Error> {
        for index in 0..self.limit {
            match seq.next_element::<&RawValue>()? {
                Some(element) => (self.each)(index, element.get()),
                None => return Ok(0),
            }
        }
        let mut beyond = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            beyond += 1;
        }
        Ok(beyond)
    }
}

/// Content of a JSON string, or why it has none.
pub(crate) fn text(json: &str) -> Result<Cow<'_, str>, &'static str> {
    let Some(inner) = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Err("expected a text");
    };
    if !inner.contains('\\') {
        return Ok(Cow::Borrowed(inner));
    }
    serde_json::from_str(json)
        .map(Cow::Owned)
        .map_err(|_| "the text has an escape that is no character")
}

/// A finite number, from a JSON number or a numeric text; for `boolean` signals also `true` (1) or `false` (0), which
/// the deployed decoder refuses.
pub(crate) fn number(json: &str, boolean: bool) -> Result<f64, &'static str> {
    match json.as_bytes().first() {
        Some(b't') if boolean => Ok(1.0),
        Some(b'f') if boolean => Ok(0.0),
        Some(b'"') => {
            let text = text(json)?;
            let value: f64 = text
                .parse()
                .map_err(|_| "expected a number, found a text that is none")?;
            if value.is_finite() {
                Ok(value)
            } else {
                Err("the text is not a finite number")
            }
        }
        _ => plain_number(json),
    }
}

/// A finite number, from a JSON number only.
pub(crate) fn plain_number(json: &str) -> Result<f64, &'static str> {
    match json.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => {
            let value: f64 = json.parse().map_err(|_| "expected a number")?;
            if value.is_finite() {
                Ok(value)
            } else {
                Err("the number is beyond what double precision holds")
            }
        }
        _ => Err("expected a number"),
    }
}
