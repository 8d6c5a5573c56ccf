//! Second stage of parsing: what the value of each attribute must look like.

use std::borrow::Cow;

use base64::Engine as _;
use bytes::Bytes;
use milepost_types::{Address, Did, Timestamp, parse_address};
use serde_json::value::RawValue;

use crate::{
    BodyLimits, Data, FieldError,
    attributes::{deeper_than, type_name},
};

/// Longest `id`, `type`, `dataschema`, `dataversion`, `raweventid`, one tag or one extension name, bytes.
const TEXT_BYTES_MAX: usize = 256;
/// Extension values are meant to be scalars; a little structure is tolerated.
const EXTENSION_NESTING_MAX: usize = 8;

pub(crate) fn missing(field: &'static str) -> FieldError {
    FieldError::new(field, "is required")
}

/// Content of a JSON string; `None` for null and for the empty string, which senders use for "not set".
pub(crate) fn text<'a>(
    field: &'static str,
    value: &'a RawValue,
) -> Result<Option<Cow<'a, str>>, FieldError> {
    let content = string(field, value)?;
    Ok(content.filter(|content| !content.is_empty()))
}

fn string<'a>(
    field: impl Into<Cow<'static, str>>,
    value: &'a RawValue,
) -> Result<Option<Cow<'a, str>>, FieldError> {
    let raw = value.get();
    if raw == "null" {
        return Ok(None);
    }
    let Some(inner) = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return Err(FieldError::new(
            field,
            format!("must be a string, found {}", type_name(raw)),
        ));
    };
    if !inner.contains('\\') {
        return Ok(Some(Cow::Borrowed(inner)));
    }
    // Escapes may still spell half a surrogate pair.
    match serde_json::from_str::<String>(raw) {
        Ok(content) => Ok(Some(Cow::Owned(content))),
        Err(_) => Err(FieldError::new(field, "is not a valid JSON string")),
    }
}

pub(crate) fn identifier_field(
    field: &'static str,
    value: &RawValue,
) -> Result<Option<String>, FieldError> {
    text(field, value)?
        .map(|content| identifier(field, &content))
        .transpose()
}

pub(crate) fn identifier(field: &'static str, content: &str) -> Result<String, FieldError> {
    bounded(field, content)?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_/,. :".contains(&b);
    if let Some(bad) = content
        .chars()
        .find(|c| !u8::try_from(*c).is_ok_and(allowed))
    {
        let error = FieldError::new(field, format!("contains {bad:?}"));
        return Err(error.with_limit("letters, digits and -_/,. :"));
    }
    Ok(content.to_owned())
}

fn bounded(field: impl Into<Cow<'static, str>>, content: &str) -> Result<(), FieldError> {
    if content.len() > TEXT_BYTES_MAX {
        let error = FieldError::new(field, format!("is {} bytes long", content.len()));
        return Err(error.with_limit(format!("{TEXT_BYTES_MAX} bytes")));
    }
    Ok(())
}

pub(crate) fn printable(field: &'static str, content: Cow<'_, str>) -> Result<String, FieldError> {
    if content.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(content.into_owned());
    }
    Err(FieldError::new(
        field,
        "contains a character that is not printable ASCII",
    ))
}

pub(crate) fn address(field: &'static str, content: &str) -> Result<Address, FieldError> {
    parse_address(content).map_err(|e| FieldError::new(field, e.to_string()))
}

pub(crate) fn did(field: &'static str, content: &str) -> Result<Did, FieldError> {
    content
        .parse()
        .map_err(|e: milepost_types::DidError| FieldError::new(field, e.to_string()))
}

pub(crate) fn time(field: &'static str, content: &str) -> Result<Timestamp, FieldError> {
    Timestamp::parse_rfc3339(content).map_err(|e| FieldError::new(field, e.to_string()))
}

pub(crate) fn sequence(value: &RawValue) -> Result<Option<u64>, FieldError> {
    let raw = value.get();
    let content = if raw.starts_with('"') {
        text("sequence", value)?
    } else {
        Some(Cow::Borrowed(raw))
    };
    let Some(content) = content.filter(|content| content != "null") else {
        return Ok(None);
    };
    let digits = !content.is_empty() && content.bytes().all(|b| b.is_ascii_digit());
    match content.parse() {
        Ok(number) if digits => Ok(Some(number)),
        _ => Err(
            FieldError::new("sequence", "must be a whole number or its decimal text")
                .with_limit("0 to 18446744073709551615"),
        ),
    }
}

pub(crate) fn tags(value: &RawValue) -> Result<Vec<String>, FieldError> {
    let raw = value.get();
    if raw == "null" {
        return Ok(Vec::new());
    }
    let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(|_| {
        FieldError::new(
            "tags",
            format!("must be an array of strings, found {}", type_name(raw)),
        )
    })?;
    let mut tags = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let field = format!("tags[{index}]");
        let Some(tag) = string(field.clone(), item)? else {
            return Err(FieldError::new(field, "must be a string, found null"));
        };
        bounded(field.clone(), &tag)?;
        if tag.chars().any(char::is_control) {
            return Err(FieldError::new(field, "contains a control character"));
        }
        tags.push(tag.into_owned());
    }
    Ok(tags)
}

/// Checks an extension attribute and returns its name.
pub(crate) fn extension<'a>(
    name: Cow<'a, str>,
    value: &RawValue,
) -> Result<Cow<'a, str>, FieldError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if name.is_empty() || name.len() > TEXT_BYTES_MAX || !name.bytes().all(allowed) {
        let shown: String = name.chars().take(64).collect();
        let error = FieldError::new("event", format!("attribute name {shown:?} is not allowed"));
        return Err(error.with_limit(format!("1 to {TEXT_BYTES_MAX} letters, digits and -_.")));
    }
    if deeper_than(value.get(), EXTENSION_NESTING_MAX) {
        let error = FieldError::new(name.into_owned(), "is nested too deeply");
        return Err(error.with_limit(format!("{EXTENSION_NESTING_MAX} levels")));
    }
    Ok(name)
}

pub(crate) fn extras_text(mut extras: Vec<(Cow<'_, str>, &RawValue)>) -> Option<String> {
    if extras.is_empty() {
        return None;
    }
    extras.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut text = String::from("{");
    for (index, (name, value)) in extras.into_iter().enumerate() {
        // Names need no escaping: their characters were checked.
        text.push_str(if index == 0 { "\"" } else { ",\"" });
        text.push_str(&name);
        text.push_str("\":");
        text.push_str(value.get());
    }
    text.push('}');
    Some(text)
}

pub(crate) fn is_json_type(content_type: &str) -> bool {
    let (essence, parameter) = content_type.split_once(';').unwrap_or((content_type, ""));
    let parameter = parameter.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (parameter.is_empty() || parameter.eq_ignore_ascii_case("charset=utf-8"))
}

pub(crate) fn payload(
    json: Option<&RawValue>,
    base64: Option<Cow<'_, str>>,
    content_type: Option<&str>,
    limits: &BodyLimits,
) -> Result<Data, FieldError> {
    let allow = |allowed: bool, list: &'static str| match content_type {
        _ if allowed => Ok(()),
        None => Err(
            FieldError::new("datacontenttype", "is required beside data_base64").with_limit(list),
        ),
        Some(other) => {
            let shown: String = other.chars().take(64).collect();
            Err(
                FieldError::new("datacontenttype", format!("'{shown}' is not allowed here"))
                    .with_limit(list),
            )
        }
    };
    let json_or_absent = content_type.is_none_or(is_json_type);
    match (json, base64) {
        (Some(_), Some(_)) => Err(FieldError::new(
            "data_base64",
            "is given beside data; only one may be",
        )),
        (None, None) => allow(json_or_absent, "application/json").map(|()| Data::None),
        (Some(json), None) => {
            allow(json_or_absent, "application/json")?;
            let json = json.get();
            sized("data", json.len(), limits)?;
            if deeper_than(json, limits.data_nesting_max) {
                let error = FieldError::new("data", "is nested too deeply");
                return Err(error.with_limit(format!("{} levels", limits.data_nesting_max)));
            }
            Ok(Data::Json(Bytes::copy_from_slice(json.as_bytes())))
        }
        (None, Some(text)) => {
            const ALLOWED: [&str; 3] = ["image/png", "image/jpeg", "application/pdf"];
            let known = content_type.is_some_and(|t| is_json_type(t) || ALLOWED.contains(&t));
            allow(
                known,
                "application/json, image/png, image/jpeg, application/pdf",
            )?;
            // Three bytes for four characters; the exact size is checked after decoding.
            sized(
                "data_base64",
                (text.len() / 4).saturating_sub(1) * 3,
                limits,
            )?;
            let decoded = base64::engine::general_purpose::STANDARD
                .decode(text.as_bytes())
                .map_err(|_| {
                    FieldError::new("data_base64", "is not standard base64 with padding")
                })?;
            sized("data_base64", decoded.len(), limits)?;
            Ok(Data::Base64(text.into_owned()))
        }
    }
}

fn sized(field: &'static str, bytes: usize, limits: &BodyLimits) -> Result<(), FieldError> {
    if bytes <= limits.data_bytes_max {
        return Ok(());
    }
    let error = FieldError::new(field, format!("payload of {bytes} bytes is too large"));
    Err(error.with_limit(format!("{} bytes", limits.data_bytes_max)))
}
