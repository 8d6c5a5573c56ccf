//! What a car reports, and in which precision: that of the buses it would come from.

use std::sync::Arc;

use milepost_signals::{SignalId, Value, id};

use super::{Batch, Car, Phase};
use crate::{Reading, payload::OutgoingEvent};

const TYRES: [SignalId; 4] = [
    id::CHASSIS_AXLE_ROW1_WHEEL_LEFT_TIRE_PRESSURE,
    id::CHASSIS_AXLE_ROW1_WHEEL_RIGHT_TIRE_PRESSURE,
    id::CHASSIS_AXLE_ROW2_WHEEL_LEFT_TIRE_PRESSURE,
    id::CHASSIS_AXLE_ROW2_WHEEL_RIGHT_TIRE_PRESSURE,
];

impl Car {
    fn put(&self, batch: &mut Batch, signal: SignalId, value: f64, decimals: i32) {
        let scale = 10f64.powi(decimals);
        let value = (value * scale).round() / scale + 0.0; // no negative zero
        batch.readings.push(Reading {
            signal,
            at: self.now,
            value: Value::Number(value),
        });
    }

    fn put_flag(&self, batch: &mut Batch, signal: SignalId, on: bool) {
        self.put(batch, signal, f64::from(u8::from(on)), 0);
    }

    /// Every second of driving.
    pub(super) fn report_driving(&mut self, batch: &mut Batch) {
        let Phase::Driving(trip) = &self.phase else {
            return;
        };
        let (speed, seconds) = (trip.speed, trip.seconds);
        let (point, heading) = trip.route.place(trip.at);
        self.put(batch, id::SPEED, speed * 3.6, 2);
        if self.machine.powertrain.has_engine() {
            self.put(
                batch,
                id::POWERTRAIN_COMBUSTION_ENGINE_SPEED,
                self.machine.engine_rpm,
                0,
            );
        }
        if seconds % 2 == 0 {
            let mut blurred = point;
            blurred.east += self.random.between(-2.5, 2.5);
            blurred.north += self.random.between(-2.5, 2.5);
            let hdop = (self.random.between(0.6, 1.4) * 10.0).round() / 10.0;
            let value = Value::Location(blurred.location(hdop));
            batch.readings.push(Reading {
                signal: id::CURRENT_LOCATION_COORDINATES,
                at: self.now,
                value,
            });
        }
        if seconds % 5 == 0 {
            let heading = (heading + self.random.between(-3.0, 3.0)).rem_euclid(360.0);
            self.put(batch, id::CURRENT_LOCATION_HEADING, heading.min(359.9), 1);
            self.put(batch, id::CURRENT_LOCATION_ALTITUDE, point.altitude(), 1);
            if self.machine.powertrain.has_engine() {
                let load = self.machine.load_percent;
                self.put(batch, id::OBD_ENGINE_LOAD, load, 1);
                self.put(batch, id::OBD_THROTTLE_POSITION, 12.0 + load * 0.7, 1);
            }
            if self.machine.powertrain.has_battery() {
                // The signal counts power into the battery as positive.
                self.put(
                    batch,
                    id::POWERTRAIN_TRACTION_BATTERY_CURRENT_POWER,
                    -self.machine.battery_watts,
                    0,
                );
                self.put(
                    batch,
                    id::POWERTRAIN_TRACTION_BATTERY_CURRENT_VOLTAGE,
                    self.machine.battery_volts(),
                    1,
                );
            }
        }
    }

    /// Every payload of driving.
    pub(super) fn report_slow(&mut self, batch: &mut Batch) {
        let Phase::Driving(trip) = &self.phase else {
            return;
        };
        let minute = trip.seconds % 60 < 10;
        let gear = self.machine.gear;
        self.put(
            batch,
            id::POWERTRAIN_TRANSMISSION_TRAVELLED_DISTANCE,
            self.machine.odometer_km,
            3,
        );
        self.put(
            batch,
            id::POWERTRAIN_TRANSMISSION_CURRENT_GEAR,
            f64::from(gear),
            0,
        );
        self.report_stores(batch);
        if self.machine.powertrain.has_engine() {
            self.put(
                batch,
                id::POWERTRAIN_COMBUSTION_ENGINE_ECT,
                self.machine.coolant_celsius,
                0,
            );
        }
        if minute {
            self.put_flag(batch, id::IS_IGNITION_ON, true);
            self.put(
                batch,
                id::EXTERIOR_AIR_TEMPERATURE,
                self.machine.ambient_celsius,
                1,
            );
            let volts = 13.9 + self.random.between(-0.2, 0.3);
            self.put(batch, id::LOW_VOLTAGE_BATTERY_CURRENT_VOLTAGE, volts, 2);
            self.report_tyres(batch);
        }
    }

    pub(super) fn report_start(&mut self, batch: &mut Batch) {
        let text = |text: &str| Value::Text(Arc::from(text));
        let kind = text(self.machine.powertrain.signal_text());
        batch.readings.push(Reading {
            signal: id::POWERTRAIN_TYPE,
            at: self.now,
            value: kind,
        });
        batch.readings.push(Reading {
            signal: id::OBD_DTC_LIST,
            at: self.now,
            value: text("[]"),
        });
        self.put_flag(batch, id::IS_IGNITION_ON, true);
        self.put_flag(batch, id::BODY_LOCK_IS_LOCKED, false);
        self.put_flag(batch, id::CABIN_DOOR_ROW1_DRIVER_SIDE_IS_OPEN, false);
        self.put(batch, id::SPEED, 0.0, 2);
        self.put(
            batch,
            id::POWERTRAIN_TRANSMISSION_TRAVELLED_DISTANCE,
            self.machine.odometer_km,
            3,
        );
        self.report_charging(batch, 0.0);
        self.report_stores(batch);
        self.report_tyres(batch);
        self.report_place(batch);
    }

    pub(super) fn report_arrival(&mut self, batch: &mut Batch) {
        self.put(batch, id::SPEED, 0.0, 2);
        self.put_flag(batch, id::IS_IGNITION_ON, false);
        if self.machine.powertrain.has_engine() {
            self.put(batch, id::POWERTRAIN_COMBUSTION_ENGINE_SPEED, 0.0, 0);
        }
        self.put_flag(batch, id::CABIN_DOOR_ROW1_DRIVER_SIDE_IS_OPEN, true);
        self.put(
            batch,
            id::POWERTRAIN_TRANSMISSION_TRAVELLED_DISTANCE,
            self.machine.odometer_km,
            3,
        );
        self.report_place(batch);
    }

    pub(super) fn report_parked(&mut self, batch: &mut Batch, charger_watts: f64) {
        self.put_flag(batch, id::IS_IGNITION_ON, false);
        self.put_flag(batch, id::BODY_LOCK_IS_LOCKED, true);
        self.put_flag(batch, id::CABIN_DOOR_ROW1_DRIVER_SIDE_IS_OPEN, false);
        let volts = 12.4 + self.random.between(-0.05, 0.15);
        self.put(batch, id::LOW_VOLTAGE_BATTERY_CURRENT_VOLTAGE, volts, 2);
        self.report_charging(batch, charger_watts);
        self.report_stores(batch);
        self.report_tyres(batch);
    }

    pub(super) fn report_harsh_braking(&self, batch: &mut Batch) {
        let metadata = format!(r#"{{"counterValue":{}}}"#, self.harsh_events);
        let (name, duration_ns) = ("behavior.harshBraking", 1_000_000_000);
        batch.events.push(OutgoingEvent {
            name,
            at: self.now,
            duration_ns,
            metadata,
        });
    }

    /// Fuel and charge.
    fn report_stores(&self, batch: &mut Batch) {
        if self.machine.powertrain.has_engine() {
            self.put(
                batch,
                id::POWERTRAIN_FUEL_SYSTEM_RELATIVE_LEVEL,
                self.machine.fuel() * 100.0,
                0,
            );
            self.put(
                batch,
                id::POWERTRAIN_FUEL_SYSTEM_ABSOLUTE_LEVEL,
                self.machine.fuel_litres,
                2,
            );
        }
        if self.machine.powertrain.has_battery() {
            self.put(
                batch,
                id::POWERTRAIN_TRACTION_BATTERY_STATE_OF_CHARGE_CURRENT,
                self.machine.charge() * 100.0,
                2,
            );
        }
        self.put(batch, id::POWERTRAIN_RANGE, self.machine.range_km(), 0);
    }

    fn report_charging(&self, batch: &mut Batch, charger_watts: f64) {
        if charger_watts == 0.0 && self.machine.powertrain != super::Powertrain::Electric {
            return;
        }
        let charging = self.machine.battery_watts < 0.0 && charger_watts > 0.0;
        self.put_flag(
            batch,
            id::POWERTRAIN_TRACTION_BATTERY_CHARGING_IS_CHARGING,
            charging,
        );
        let connected = charger_watts > 0.0;
        self.put_flag(
            batch,
            id::POWERTRAIN_TRACTION_BATTERY_CHARGING_IS_CHARGING_CABLE_CONNECTED,
            connected,
        );
        let kilowatts = if charging {
            charger_watts / 1_000.0
        } else {
            0.0
        };
        self.put(
            batch,
            id::POWERTRAIN_TRACTION_BATTERY_CHARGING_POWER,
            kilowatts,
            1,
        );
    }

    fn report_tyres(&self, batch: &mut Batch) {
        for (signal, pressure) in TYRES.into_iter().zip(self.machine.tyres_kpa) {
            self.put(batch, signal, pressure, 0);
        }
    }

    fn report_place(&self, batch: &mut Batch) {
        let value = Value::Location(self.place.point().location(0.8));
        batch.readings.push(Reading {
            signal: id::CURRENT_LOCATION_COORDINATES,
            at: self.now,
            value,
        });
    }
}
