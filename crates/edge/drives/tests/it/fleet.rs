use std::collections::{BTreeMap, BTreeSet};

use milepost_drives::{Fleet, OutgoingPayload, Powertrain};
use milepost_signals::{DataType, SignalId, Value, ValueKind, id};
use milepost_types::Timestamp;
use proptest::prelude::*;

use crate::support::{assert_ids_are_usable, at, decoded};

const HOUR_MICROS: i64 = 3_600_000_000;

fn start() -> Timestamp {
    at("2026-05-02T06:00:00Z")
}

fn hours(vehicles: u32, seed: u64, hours: i64) -> Vec<OutgoingPayload> {
    Fleet::new(vehicles, seed, start())
        .until(start().saturating_add_micros(hours * HOUR_MICROS))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let once = hours(9, 42, 1);
    assert!(once == hours(9, 42, 1));
    assert!(once != hours(9, 43, 1));
    assert!(once.len() > 500, "{} payloads", once.len());
    assert_ids_are_usable(&once);
}

#[test]
fn a_vehicle_does_not_depend_on_the_size_of_its_fleet() {
    let of_first = |vehicles| {
        let all = hours(vehicles, 7, 1);
        all.into_iter()
            .filter(|payload| payload.vehicle_key == "sim-00001")
            .collect::<Vec<_>>()
    };
    assert!(of_first(1) == of_first(12));
}

#[test]
fn payloads_come_in_order_of_time() {
    let all = hours(12, 1, 2);
    assert!(all.is_sorted_by_key(|payload| payload.time));
    assert!(all.iter().all(|payload| payload.time >= start()));
}

#[test]
fn a_mixed_fleet_sends_what_its_powertrains_have() {
    let fleet = Fleet::new(6, 3, start());
    let kinds: BTreeMap<String, Powertrain> = fleet
        .vehicles()
        .into_iter()
        .map(|profile| (profile.vehicle_key, profile.powertrain))
        .collect();
    assert_eq!(
        kinds
            .values()
            .filter(|kind| **kind == Powertrain::Electric)
            .count(),
        2
    );
    let mut sent: BTreeMap<String, BTreeSet<SignalId>> = BTreeMap::new();
    let mut harsh = 0;
    for payload in fleet.until(start().saturating_add_micros(12 * HOUR_MICROS)) {
        let decoded = decoded(&payload);
        harsh += decoded
            .events
            .iter()
            .filter(|event| &*event.name == "behavior.harshBraking")
            .count();
        sent.entry(payload.vehicle_key)
            .or_default()
            .extend(decoded.signals.iter().map(|reading| reading.signal));
    }
    for (vehicle, signals) in &sent {
        let kind = kinds[vehicle];
        assert_eq!(
            signals.contains(&id::POWERTRAIN_COMBUSTION_ENGINE_SPEED),
            kind != Powertrain::Electric
        );
        assert_eq!(
            signals.contains(&id::POWERTRAIN_FUEL_SYSTEM_RELATIVE_LEVEL),
            kind != Powertrain::Electric
        );
        let charge = id::POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT;
        assert_eq!(signals.contains(&charge), kind != Powertrain::Combustion);
        for common in [
            id::SPEED,
            id::CURRENT_LOCATION_COORDINATES,
            id::IS_IGNITION_ON,
            id::BODY_LOCK_IS_LOCKED,
        ] {
            assert!(signals.contains(&common), "{vehicle} never sent {common}");
        }
    }
    assert_eq!(sent.len(), 6);
    assert!(harsh > 0, "no harsh braking in twelve hours of six cars");
}

/// What one vehicle's readings must satisfy, checked as they come.
#[derive(Default)]
struct Physics {
    odometer: f64,
    speed: Option<(Timestamp, f64)>,
    travelled_metres: f64,
    charge_range: Option<(f64, f64)>,
    last_time: Option<Timestamp>,
}

impl Physics {
    fn check(&mut self, payload: &OutgoingPayload) {
        let decoded = decoded(payload);
        assert_eq!(decoded.errors, []);
        assert_eq!(
            (decoded.signals.len(), decoded.events.len()),
            (payload.readings, payload.events)
        );
        for reading in decoded.signals {
            assert!(
                self.last_time.is_none_or(|last| last <= reading.at),
                "readings go back in time"
            );
            self.last_time = Some(reading.at);
            let definition = reading.signal.definition();
            match reading.value {
                Value::Number(number) => {
                    in_range(reading.signal, number);
                    self.follow(reading.signal, reading.at, number);
                }
                Value::Location(location) => {
                    assert!(
                        (46.0..47.0).contains(&location.latitude)
                            && (-30.0..-28.9).contains(&location.longitude)
                    );
                }
                Value::Text(_) => assert_eq!(definition.kind, ValueKind::Text),
            }
        }
    }

    fn follow(&mut self, signal: SignalId, at: Timestamp, number: f64) {
        if signal == id::POWERTRAIN_TRANSMISSION_TRAVELLED_DISTANCE {
            assert!(
                number >= self.odometer,
                "the odometer went back from {} to {number}",
                self.odometer
            );
            self.odometer = number;
        }
        if signal == id::POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT {
            let (low, high) = self.charge_range.unwrap_or((number, number));
            self.charge_range = Some((low.min(number), high.max(number)));
        }
        if signal == id::SPEED {
            if let Some((before, speed)) = self.speed
                && at.as_micros() - before.as_micros() == 1_000_000
            {
                let acceleration = (number - speed) / 3.6;
                assert!(
                    (-7.3..=2.5).contains(&acceleration),
                    "{acceleration} m/s² at {at}"
                );
                self.travelled_metres += f64::midpoint(number, speed) / 3.6;
            }
            self.speed = Some((at, number));
        }
    }
}

fn in_range(signal: SignalId, number: f64) {
    let definition = signal.definition();
    let whole = |low: f64, high: f64| number.fract() == 0.0 && (low..=high).contains(&number);
    let fits = match definition.data_type {
        DataType::Boolean => number == 0.0 || number == 1.0,
        DataType::Int8 => whole(-128.0, 127.0),
        DataType::Int16 => whole(-32_768.0, 32_767.0),
        DataType::Uint8 => whole(0.0, 255.0),
        DataType::Uint16 => whole(0.0, 65_535.0),
        DataType::Uint32 => whole(0.0, 4_294_967_295.0),
        _ => true,
    };
    let above = definition.min.is_none_or(|min| number >= min);
    let below = definition.max.is_none_or(|max| number <= max);
    assert!(fits && above && below, "{signal} = {number}");
}

#[test]
fn a_week_of_three_cars_is_plausible() {
    let mut cars: BTreeMap<String, Physics> = BTreeMap::new();
    let mut first_odometer: BTreeMap<String, f64> = BTreeMap::new();
    for payload in
        Fleet::new(3, 11, start()).until(start().saturating_add_micros(7 * 24 * HOUR_MICROS))
    {
        let car = cars.entry(payload.vehicle_key.clone()).or_default();
        car.check(&payload);
        if car.odometer > 0.0 {
            first_odometer
                .entry(payload.vehicle_key)
                .or_insert(car.odometer);
        }
    }
    for (key, car) in &cars {
        let km = car.odometer - first_odometer[key];
        assert!(
            (100.0..4_000.0).contains(&km),
            "{key} drove {km} km in a week"
        );
        let difference = (car.travelled_metres / 1_000.0 - km).abs();
        assert!(
            difference < 0.03 * km + 1.0,
            "{key}: speed says {} km, odometer {km}",
            car.travelled_metres / 1_000.0
        );
    }
    let (low, high) = cars["sim-00003"].charge_range.unwrap();
    assert!(
        high - low > 10.0,
        "the electric car neither drove nor charged: {low} to {high} %"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_seed_is_plausible(seed: u64, vehicles in 1u32..8) {
        let mut cars: BTreeMap<String, Physics> = BTreeMap::new();
        for payload in hours(vehicles, seed, 3) {
            cars.entry(payload.vehicle_key.clone()).or_default().check(&payload);
        }
        prop_assert!(!cars.is_empty());
    }
}
