//! Made-up drives for people who have no recordings.
//!
//! A fleet of combustion cars, hybrids and electric cars lives on a grid of roads laid over open sea in the North
//! Atlantic, so that no position is anyone's home. Cars commute, run errands, park, refuel and charge; speed follows
//! limits, corners and lights with bounded acceleration, and everything else (engine speed, fuel, charge,
//! temperatures, odometer) follows from it. The same number of vehicles, seed and start give the same bytes
//! again, and a vehicle's life does not depend on how many others there are.

mod car;
mod model;
mod random;
mod road;
mod route;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use milepost_types::Timestamp;

use self::car::Car;
pub use self::model::Powertrain;
use crate::{OutgoingPayload, payload};

/// What a fleet's vehicle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleProfile {
    /// Its key in payloads, `sim-00001` and so on.
    pub vehicle_key: String,
    /// What drives it.
    pub powertrain: Powertrain,
}

/// Simulated vehicles; iterating gives their payloads in order of time, without end unless [`Fleet::until`] sets one.
///
/// Nothing here waits: to run in real time, the caller sends each payload when its `time` has come. Takes about
/// 20 kB for each vehicle.
#[derive(Debug)]
pub struct Fleet {
    seed: u64,
    start: Timestamp,
    end: Option<Timestamp>,
    cars: Vec<Car>,
    sent: Vec<u64>,
    /// The next payload of each car.
    upcoming: BTreeMap<u32, OutgoingPayload>,
    order: BinaryHeap<Reverse<(Timestamp, u32)>>,
}

impl Fleet {
    /// A fleet that begins to move at `start`; every third vehicle is a hybrid, every third electric.
    #[must_use]
    pub fn new(vehicles: u32, seed: u64, start: Timestamp) -> Self {
        let cars = (0..vehicles)
            .map(|index| Car::new(index, seed, start))
            .collect();
        let sent = (0..vehicles).map(|_| 0).collect();
        let mut fleet = Self {
            seed,
            start,
            end: None,
            cars,
            sent,
            upcoming: BTreeMap::new(),
            order: BinaryHeap::new(),
        };
        (0..vehicles).for_each(|index| fleet.prepare(index));
        fleet
    }

    /// Ends the iteration before the first payload later than `end`.
    #[must_use]
    pub const fn until(mut self, end: Timestamp) -> Self {
        self.end = Some(end);
        self
    }

    /// The vehicles, in order of their keys.
    #[must_use]
    pub fn vehicles(&self) -> Vec<VehicleProfile> {
        self.cars
            .iter()
            .map(|car| VehicleProfile {
                vehicle_key: car.key().to_owned(),
                powertrain: car.powertrain(),
            })
            .collect()
    }

    /// Lets a car live until it has something to send.
    fn prepare(&mut self, index: u32) {
        let slot = index as usize;
        let (readings, events) = self.cars[slot].next_batch();
        let times = readings
            .iter()
            .map(|reading| reading.at)
            .chain(events.iter().map(|event| event.at));
        let time = times.max().unwrap_or(self.start);
        self.sent[slot] += 1;
        let data = payload::encode(&readings, &events);
        let key = self.cars[slot].key();
        let content = payload::fingerprint(&[key.as_bytes(), &data]);
        let id = format!(
            "{key}.{}.{}.{:06}.{content}",
            self.seed,
            self.start.as_secs(),
            self.sent[slot]
        );
        let (vehicle_key, source) = (key.to_owned(), None);
        let (readings, events) = (readings.len(), events.len());
        self.order.push(Reverse((time, index)));
        self.upcoming.insert(
            index,
            OutgoingPayload {
                vehicle_key,
                source,
                id,
                time,
                data,
                readings,
                events,
            },
        );
    }
}

impl Iterator for Fleet {
    type Item = OutgoingPayload;

    fn next(&mut self) -> Option<OutgoingPayload> {
        let Reverse((time, _)) = self.order.peek()?;
        if self.end.is_some_and(|end| *time > end) {
            return None;
        }
        let Reverse((_, index)) = self.order.pop()?;
        let payload = self.upcoming.remove(&index)?;
        self.prepare(index);
        Some(payload)
    }
}
