//! Samples of one file, grouped into payloads.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use milepost_types::Timestamp;

use crate::{Drive, DriveError, OutgoingPayload, Reading, Sample, payload};

/// Readings of one window; a fuller one is sent in parts.
pub const READINGS_PER_WINDOW_MAX: usize = 1_000;
/// Readings of one event with an id of its own, as many as a node decodes; further ones go into an event whose id
/// ends in `.2` and so on.
pub const READINGS_PER_EVENT_MAX: usize = 10_000;
/// Readings that may wait for the last row of their event, about 200 MB.
const WAITING_MAX: usize = 2_000_000;

/// Groups the samples of one file into payloads.
///
/// Samples with an event id go into the event of that id, sent when the last of them was read. All others go into
/// one event for each drive and time window of length `window`, sent when a sample of another window or drive of the
/// same vehicle and source follows, or the file ends. Windows are aligned to the epoch. A `window` of zero counts as
/// one microsecond.
pub fn events<I>(samples: I, window: Duration) -> Payloads<I>
where
    I: Iterator<Item = Result<Sample, DriveError>>,
{
    let window_micros = i64::try_from(window.as_micros()).unwrap_or(i64::MAX).max(1);
    Payloads {
        samples,
        window_micros,
        windows: BTreeMap::new(),
        named: HashMap::new(),
        waiting: 0,
        sent: HashMap::new(),
        ready: VecDeque::new(),
        ended: false,
    }
}

/// See [`events`].
#[derive(Debug)]
pub struct Payloads<I> {
    samples: I,
    window_micros: i64,
    windows: BTreeMap<u32, Open>,
    named: HashMap<(u32, Arc<str>), Open>,
    waiting: usize,
    /// Payloads made so far for each lane; part of their ids.
    sent: HashMap<u32, u64>,
    ready: VecDeque<OutgoingPayload>,
    ended: bool,
}

#[derive(Debug)]
struct Open {
    drive: Arc<Drive>,
    window: i64,
    parts: u32,
    readings: Vec<Reading>,
}

impl<I> Payloads<I> {
    /// The samples being read, for their report and progress.
    pub const fn samples(&self) -> &I {
        &self.samples
    }

    fn add(&mut self, sample: Sample) -> Result<(), DriveError> {
        match sample.event_id.clone() {
            Some(id) => self.add_named(id, sample),
            None => {
                self.add_windowed(sample);
                Ok(())
            }
        }
    }

    fn add_named(&mut self, id: Arc<str>, sample: Sample) -> Result<(), DriveError> {
        let key = (sample.drive.lane, id);
        let open = self
            .named
            .entry(key.clone())
            .or_insert_with(|| Open::new(&sample.drive, 0));
        open.readings.push(sample.reading);
        self.waiting += 1;
        if sample.closes_event || open.readings.len() >= READINGS_PER_EVENT_MAX {
            open.parts += 1;
            let readings = std::mem::take(&mut open.readings);
            self.waiting -= readings.len();
            let id = if open.parts == 1 {
                key.1.to_string()
            } else {
                format!("{}.{}", key.1, open.parts)
            };
            self.ready.push_back(finished(&open.drive, id, &readings));
            if sample.closes_event {
                self.named.remove(&key);
            }
        }
        if self.waiting > WAITING_MAX {
            return Err(DriveError::TooManyOpen { limit: WAITING_MAX });
        }
        Ok(())
    }

    fn add_windowed(&mut self, sample: Sample) {
        let lane = sample.drive.lane;
        let window = sample.reading.at.as_micros().div_euclid(self.window_micros);
        let fits = |open: &Open| {
            open.window == window
                && open.drive.number == sample.drive.number
                && open.readings.len() < READINGS_PER_WINDOW_MAX
        };
        if self.windows.get(&lane).is_some_and(|open| !fits(open)) {
            self.close_window(lane);
        }
        let open = self
            .windows
            .entry(lane)
            .or_insert_with(|| Open::new(&sample.drive, window));
        open.readings.push(sample.reading);
    }

    fn close_window(&mut self, lane: u32) {
        let Some(Open {
            drive, readings, ..
        }) = self.windows.remove(&lane)
        else {
            return;
        };
        let ordinal = self.sent.entry(lane).or_default();
        *ordinal += 1;
        let data = payload::encode(&readings, &[]);
        // The content is part of the id: an edited file is new data, not a repetition to be dropped.
        let content = payload::fingerprint(&[drive.vehicle_key.as_bytes(), &data]);
        let trip = drive
            .trip
            .as_deref()
            .map(|trip| format!(".{trip}"))
            .unwrap_or_default();
        let id = id_text(&format!(
            "{}.{lane}{trip}.{ordinal:06}.{content}",
            drive.file
        ));
        self.ready.push_back(outgoing(&drive, id, &readings, data));
    }

    fn close_all(&mut self) {
        let lanes: Vec<u32> = self.windows.keys().copied().collect();
        lanes.into_iter().for_each(|lane| self.close_window(lane));
        // Only samples that did not come from a file can leave an event without its last row.
        let mut named: Vec<_> = self.named.drain().collect();
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        for ((_, id), open) in named {
            self.ready
                .push_back(finished(&open.drive, id.to_string(), &open.readings));
        }
    }
}

impl Open {
    fn new(drive: &Arc<Drive>, window: i64) -> Self {
        Self {
            drive: Arc::clone(drive),
            window,
            parts: 0,
            readings: Vec::new(),
        }
    }
}

impl<I> Iterator for Payloads<I>
where
    I: Iterator<Item = Result<Sample, DriveError>>,
{
    type Item = Result<OutgoingPayload, DriveError>;

    /// After an error what was read before it is still given, then the iteration ends.
    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            let result = match self.samples.next() {
                Some(Ok(sample)) => self.add(sample),
                Some(Err(error)) => Err(error),
                None => {
                    self.ended = true;
                    self.close_all();
                    Ok(())
                }
            };
            if let Err(error) = result {
                self.ended = true;
                self.close_all();
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

fn finished(drive: &Drive, id: String, readings: &[Reading]) -> OutgoingPayload {
    outgoing(drive, id, readings, payload::encode(readings, &[]))
}

fn outgoing(drive: &Drive, id: String, readings: &[Reading], data: Vec<u8>) -> OutgoingPayload {
    let time = readings
        .iter()
        .map(|reading| reading.at)
        .max()
        .unwrap_or(Timestamp::EPOCH);
    OutgoingPayload {
        vehicle_key: drive.vehicle_key.clone(),
        source: drive.source.clone(),
        id,
        time,
        data,
        readings: readings.len(),
        events: 0,
    }
}

/// Only the characters an event id may have; the distinguishing end is kept when the beginning is long.
fn id_text(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let excess = clean.len().saturating_sub(200);
    clean[excess..].to_owned()
}
