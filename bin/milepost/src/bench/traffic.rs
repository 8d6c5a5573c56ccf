//! What the fleet sends: signed before anything is measured.

use std::{fmt::Write as _, num::NonZero, sync::Arc, thread};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use milepost_crypto::SigningKey;
use milepost_outbox::{Outbox, OutboxConfig, OutgoingEvent, ndjson};
use milepost_types::{ChainId, Did, Timestamp};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::dev_file::{DevFile, Vehicle};

/// Signals in one event of the fleet.
const SIGNALS_PER_EVENT: usize = 25;
/// Signals of the 24-hour history; the range query asks for them.
pub(crate) const HISTORY: [&str; 3] = [
    "speed",
    "powertrainCombustionEngineSpeed",
    "powertrainFuelSystemRelativeLevel",
];
/// Seconds of history in one event.
const HISTORY_WINDOW: i64 = 600;
/// Seconds between readings of the history, as in the TSBS IoT case.
const HISTORY_STEP: i64 = 10;
/// Events of the history in one body; a third of the day is a whole number of bodies.
pub(crate) const HISTORY_PER_BODY: u64 = 16;
/// Seconds of history.
pub(crate) const HISTORY_SECS: i64 = 86_400;
const SECOND: i64 = 1_000_000;

/// A body ready to be posted.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    pub(crate) events: u64,
    pub(crate) signals: u64,
}

/// How a signal changes: never out of `low..=high`, at most `step` from one reading to the next.
struct Shape {
    name: &'static str,
    low: f64,
    high: f64,
    step: f64,
    decimals: usize,
}

const fn shape(name: &'static str, low: f64, high: f64, step: f64, decimals: usize) -> Shape {
    Shape {
        name,
        low,
        high,
        step,
        decimals,
    }
}

/// Fast and slow, fine and coarse ones, as a combustion car reports them.
const SHAPES: [Shape; SIGNALS_PER_EVENT] = [
    shape(HISTORY[0], 0.0, 130.0, 4.0, 1),
    shape(HISTORY[1], 700.0, 4_500.0, 250.0, 0),
    shape(HISTORY[2], 5.0, 100.0, 0.1, 0),
    shape("powertrainCombustionEngineTPS", 0.0, 100.0, 9.0, 0),
    shape("powertrainCombustionEngineECT", 60.0, 105.0, 0.3, 0),
    shape("powertrainCombustionEngineMAF", 2.0, 180.0, 9.0, 0),
    shape(
        "powertrainTransmissionTravelledDistance",
        10_000.0,
        200_000.0,
        0.04,
        3,
    ),
    shape("powertrainTransmissionCurrentGear", 1.0, 7.0, 0.6, 0),
    shape("powertrainRange", 20.0, 800.0, 0.5, 0),
    shape("obdEngineLoad", 0.0, 100.0, 8.0, 2),
    shape("obdIntakeTemp", -10.0, 60.0, 0.4, 0),
    shape("obdBarometricPressure", 85.0, 103.0, 0.05, 0),
    shape("obdMAP", 20.0, 180.0, 8.0, 0),
    shape("obdThrottlePosition", 0.0, 100.0, 9.0, 1),
    shape("obdLongTermFuelTrim1", -12.0, 12.0, 0.3, 1),
    shape("obdShortTermFuelTrim1", -25.0, 25.0, 3.0, 1),
    shape("obdRunTime", 0.0, 20_000.0, 1.0, 0),
    shape("obdOilTemperature", 60.0, 130.0, 0.3, 0),
    shape("lowVoltageBatteryCurrentVoltage", 11.8, 14.8, 0.08, 2),
    shape("exteriorAirTemperature", -15.0, 40.0, 0.1, 1),
    shape("chassisAxleRow1WheelLeftTirePressure", 210.0, 270.0, 0.2, 0),
    shape(
        "chassisAxleRow1WheelRightTirePressure",
        210.0,
        270.0,
        0.2,
        0,
    ),
    shape("currentLocationAltitude", 0.0, 900.0, 1.5, 1),
    shape("currentLocationHeading", 0.0, 359.0, 6.0, 1),
    shape("isIgnitionOn", 0.0, 1.0, 0.1, 0),
];

/// A device that signs for its vehicle.
struct Device {
    outbox: Outbox,
    subject: Did,
    random: StdRng,
    values: [f64; SHAPES.len()],
    /// Time of its next event.
    at: Timestamp,
}

impl Device {
    fn new(dev: &DevFile, vehicle: &Vehicle, index: u64, at: Timestamp) -> Result<Self> {
        let key = Arc::new(SigningKey::from_hex(&vehicle.device.private_key)?);
        let (producer, chain) = (vehicle.device_did.parse()?, ChainId(dev.chain_id));
        let config = OutboxConfig::new(&dev.endpoints.ingest, key, producer, chain);
        let mut random = StdRng::seed_from_u64(index);
        let values = std::array::from_fn(|i| random.random_range(SHAPES[i].low..=SHAPES[i].high));
        Ok(Self {
            outbox: Outbox::new(config)?,
            subject: vehicle.did.parse()?,
            random,
            values,
            at,
        })
    }

    fn drive(&mut self, shapes: usize) {
        for (value, shape) in self.values.iter_mut().zip(&SHAPES).take(shapes) {
            let step = self.random.random_range(-shape.step..=shape.step);
            *value = (*value + step).clamp(shape.low, shape.high);
        }
    }

    /// One second of driving: the first `shapes` signals.
    fn write(&self, json: &mut String, shapes: usize) -> Result<()> {
        let at = self.at.to_string();
        for (value, shape) in self.values.iter().zip(&SHAPES).take(shapes) {
            let comma = if json.ends_with('}') { "," } else { "" };
            let decimals = shape.decimals;
            let name = shape.name;
            write!(
                json,
                r#"{comma}{{"timestamp":"{at}","name":"{name}","value":{value:.decimals$}}}"#
            )?;
        }
        Ok(())
    }

    /// The driving of one event, unsigned.
    fn event(&mut self, plan: &Plan) -> Result<OutgoingEvent> {
        let shapes = plan.shapes;
        let mut json = String::with_capacity(96 * shapes);
        json.push_str(r#"{"signals":["#);
        let mut last = self.at;
        for _ in 0..plan.readings {
            self.drive(shapes);
            self.write(&mut json, shapes)?;
            last = self.at;
            self.at = self.at.saturating_add_micros(plan.step * SECOND);
        }
        json.push_str("]}");
        let mut event = OutgoingEvent::new("dimo.status", last, json.into_bytes());
        event.subject = Some(self.subject);
        event.data_version = Some("default/v1.0".to_owned());
        Ok(event)
    }

    /// Bodies of `per_body` events each, every event signed by itself.
    fn bodies(&mut self, plan: &Plan) -> Result<Vec<Body>> {
        let per_event = (plan.shapes as u64) * plan.readings;
        (0..plan.bodies)
            .map(|_| {
                let events = (0..plan.per_body)
                    .map(|_| self.event(plan))
                    .collect::<Result<Vec<_>>>()?;
                let signed = self.outbox.build(events)?;
                Ok(Body {
                    bytes: ndjson(&signed).into(),
                    events: signed.len() as u64,
                    signals: signed.len() as u64 * per_event,
                })
            })
            .collect()
    }
}

/// What each device makes.
struct Plan {
    bodies: u64,
    per_body: u64,
    shapes: usize,
    /// Readings of each signal in one event.
    readings: u64,
    /// Seconds between them.
    step: i64,
}

/// The devices; the last of them has the 24-hour history.
pub(crate) struct Traffic {
    fleet: Vec<Device>,
    history: Device,
    /// End of the history, exclusive: on a full five minutes.
    pub(crate) history_end: Timestamp,
}

impl Traffic {
    /// Vehicles of `dev` but the last are the fleet.
    pub(crate) fn new(dev: &DevFile, now: Timestamp) -> Result<Self> {
        let (last, fleet) = dev.vehicles.split_last().context("no vehicles")?;
        // Six hours ago: time enough for every event of a run, none of it in the future.
        let start = Timestamp::from_secs_saturating(now.as_secs().unsigned_abs() - 6 * 3_600);
        let fleet = fleet
            .iter()
            .zip(1u16..)
            .map(|(vehicle, index)| {
                // Devices do not all tick at once.
                let start = start.saturating_add_micros(i64::from(index) * 13_000);
                Device::new(dev, vehicle, u64::from(index), start)
            })
            .collect::<Result<Vec<_>>>()?;
        let history_end = Timestamp::from_secs_saturating(now.as_secs().unsigned_abs() / 300 * 300);
        let from = history_end.saturating_add_micros(-HISTORY_SECS * SECOND);
        Ok(Self {
            fleet,
            history: Device::new(dev, last, 0, from)?,
            history_end,
        })
    }

    /// Bodies of the fleet with `per_body` events each, at least `events` events, devices taking turns.
    pub(crate) fn fleet(&mut self, events: u64, per_body: u64) -> Result<Vec<Body>> {
        let devices = self.fleet.len() as u64;
        let plan = Plan {
            bodies: events.div_ceil(devices * per_body).max(1),
            per_body,
            shapes: SHAPES.len(),
            readings: 1,
            step: 1,
        };
        let threads = thread::available_parallelism().map_or(2, NonZero::get);
        let share = self.fleet.len().div_ceil(threads).max(1);
        let made: Vec<Vec<Body>> = thread::scope(|scope| {
            let plan = &plan;
            let workers: Vec<_> = self
                .fleet
                .chunks_mut(share)
                .map(|devices| {
                    scope.spawn(move || {
                        devices
                            .iter_mut()
                            .map(|d| d.bodies(plan))
                            .collect::<Result<Vec<_>>>()
                    })
                })
                .collect();
            let made = workers.into_iter().map(|worker| {
                worker
                    .join()
                    .map_err(|_| anyhow!("a signing thread panicked"))?
            });
            Ok::<_, anyhow::Error>(made.collect::<Result<Vec<_>>>()?.concat())
        })?;
        Ok(take_turns(made))
    }

    /// The next `parts`-th of the history.
    pub(crate) fn history(&mut self, parts: i64) -> Result<Vec<Body>> {
        let events = (HISTORY_SECS / HISTORY_WINDOW / parts).unsigned_abs();
        self.history.bodies(&Plan {
            bodies: events / HISTORY_PER_BODY,
            per_body: HISTORY_PER_BODY,
            shapes: HISTORY.len(),
            readings: (HISTORY_WINDOW / HISTORY_STEP).unsigned_abs(),
            step: HISTORY_STEP,
        })
    }

    /// One event of the vehicle with the history, later than it: the newest values.
    pub(crate) fn newest(&mut self) -> Result<Vec<Body>> {
        self.history.bodies(&Plan {
            bodies: 1,
            per_body: 1,
            shapes: SHAPES.len(),
            readings: 1,
            step: 1,
        })
    }
}

fn take_turns(devices: Vec<Vec<Body>>) -> Vec<Body> {
    let mut lanes: Vec<_> = devices.into_iter().map(Vec::into_iter).collect();
    let mut bodies = Vec::with_capacity(lanes.iter().map(ExactSizeIterator::len).sum());
    loop {
        let before = bodies.len();
        bodies.extend(lanes.iter_mut().filter_map(Iterator::next));
        if bodies.len() == before {
            return bodies;
        }
    }
}

#[cfg(test)]
mod tests {
    use milepost_signals::SignalId;

    use super::*;

    #[test]
    fn every_signal_of_the_fleet_is_in_the_catalogue() {
        for shape in &SHAPES {
            assert!(SignalId::by_name(shape.name).is_some(), "{}", shape.name);
        }
    }

    #[test]
    fn devices_take_turns() {
        let body = |events| Body {
            bytes: Bytes::new(),
            events,
            signals: 0,
        };
        let lanes = vec![
            vec![body(1), body(2)],
            vec![body(3)],
            vec![body(4), body(5)],
        ];
        let order: Vec<u64> = take_turns(lanes).iter().map(|b| b.events).collect();
        assert_eq!(order, [1, 3, 4, 2, 5]);
    }
}
