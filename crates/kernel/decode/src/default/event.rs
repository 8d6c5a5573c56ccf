//! `events[]`.

use std::{borrow::Cow, sync::Arc};

use milepost_signals::event_by_name;
use milepost_types::Timestamp;

use super::report_array;
use crate::{DecodeError, MAX_EVENTS, VehicleEvent, fields, shortened, time};

/// Bytes of the metadata of one event.
const METADATA_BYTES_MAX: usize = 64 * 1024;
/// Tags of one event.
const TAGS_MAX: usize = 64;
/// Bytes of one tag.
const TAG_BYTES_MAX: usize = 128;

const FIELDS: [&str; 5] = ["name", "timestamp", "durationNs", "metadata", "tags"];

/// An event with a good name and time is kept; unusable duration, metadata or tags cost only themselves. Of two with
/// one name and time the last counts, as with signals.
pub(super) fn all(
    json: &str,
    received_at: Timestamp,
    errors: &mut Vec<DecodeError>,
) -> Vec<VehicleEvent> {
    let mut events: Vec<(usize, VehicleEvent)> = Vec::new();
    let result = fields::array(json, MAX_EVENTS, |index, element| {
        match one(index, element, received_at, errors) {
            Ok(event) => events.push((index, event)),
            Err(error) => errors.push(error),
        }
    });
    report_array("events", MAX_EVENTS, result, errors);
    without_repeats(events, errors)
}

fn one(
    index: usize,
    element: &str,
    received_at: Timestamp,
    errors: &mut Vec<DecodeError>,
) -> Result<VehicleEvent, DecodeError> {
    let refuse = |field: &str, name: Option<&str>, reason: &str| DecodeError {
        path: format!("events[{index}]{field}"),
        name: name.map(shortened),
        reason: reason.to_owned(),
    };
    let [name, timestamp, duration, metadata, tags] =
        fields::object(element, &FIELDS).map_err(|_| refuse("", None, "expected an object"))?;
    let name = name.ok_or_else(|| refuse(".name", None, "name is missing"))?;
    let name = fields::text(name).map_err(|reason| refuse(".name", None, reason))?;
    let known = event_by_name(&name)
        .ok_or_else(|| refuse(".name", Some(&name), "no event has this name"))?;
    let at = time::measured_at(timestamp, received_at)
        .map_err(|reason| refuse(".timestamp", Some(known.name), &reason))?;
    let mut part = |field: &str, reason: &str| errors.push(refuse(field, Some(known.name), reason));
    let duration_ns = duration.map_or(0, |json| {
        json.parse().unwrap_or_else(|_| {
            part(
                ".durationNs",
                "expected whole nanoseconds from 0 to 2^64-1; stored as 0",
            );
            0
        })
    });
    let metadata = metadata.and_then(|json| match metadata_text(json) {
        Ok(text) => Some(text.into_owned()),
        Err(reason) => {
            part(".metadata", &reason);
            None
        }
    });
    let tags = tags.map(|json| tag_list(json, part)).unwrap_or_default();
    Ok(VehicleEvent {
        name: Arc::from(known.name),
        at,
        duration_ns,
        metadata,
        tags,
    })
}

/// JSON text, sent either inside a string or as JSON itself.
fn metadata_text(json: &str) -> Result<Cow<'_, str>, String> {
    let text = if json.starts_with('"') {
        fields::text(json)?
    } else {
        Cow::Borrowed(json)
    };
    if text.len() > METADATA_BYTES_MAX {
        return Err(format!(
            "metadata of {} bytes is longer than {METADATA_BYTES_MAX}; left out",
            text.len()
        ));
    }
    Ok(text)
}

fn tag_list(json: &str, mut part: impl FnMut(&str, &str)) -> Vec<String> {
    let mut tags = Vec::new();
    let mut bad = Vec::new();
    let result = fields::array(json, TAGS_MAX, |index, element| match tag(element) {
        Ok(tag) => tags.push(tag),
        Err(reason) => bad.push((index, reason)),
    });
    for (index, reason) in bad {
        part(&format!(".tags[{index}]"), &reason);
    }
    match result {
        Ok(0) => {}
        Ok(beyond) => part(
            ".tags",
            &format!("{beyond} tags beyond the limit of {TAGS_MAX} were left out"),
        ),
        Err(_) => part(".tags", "expected an array of texts"),
    }
    tags
}

fn tag(json: &str) -> Result<String, String> {
    let tag = fields::text(json)?;
    if tag.is_empty() || tag.len() > TAG_BYTES_MAX {
        return Err(format!(
            "a tag has 1 to {TAG_BYTES_MAX} bytes, this one {}; left out",
            tag.len()
        ));
    }
    if tag.chars().any(char::is_uppercase) {
        return Err("tags are lower case; left out".to_owned());
    }
    Ok(tag.into_owned())
}

fn without_repeats(
    events: Vec<(usize, VehicleEvent)>,
    errors: &mut Vec<DecodeError>,
) -> Vec<VehicleEvent> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by(|&a, &b| {
        let key = |i: usize| (&events[i].1.name, events[i].1.at, i);
        key(a).cmp(&key(b))
    });
    let mut counts = vec![true; events.len()];
    for pair in order.windows(2) {
        let [(index, earlier), (later_index, later)] = [&events[pair[0]], &events[pair[1]]];
        if (&earlier.name, earlier.at) != (&later.name, later.at) {
            continue;
        }
        counts[pair[0]] = false;
        if earlier != later {
            errors.push(DecodeError {
                path: format!("events[{index}]"),
                name: Some(earlier.name.to_string()),
                reason: format!("events[{later_index}] has the same name and time; it counts"),
            });
        }
    }
    events
        .into_iter()
        .zip(counts)
        .filter_map(|((_, event), counts)| counts.then_some(event))
        .collect()
}
