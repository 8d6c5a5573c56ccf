//! What a car is made of and how its parts behave over a second.

use super::random::Random;

/// What drives a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Powertrain {
    /// Petrol engine.
    Combustion,
    /// Petrol engine and a small battery that brakes charge.
    Hybrid,
    /// Battery only.
    Electric,
}

impl Powertrain {
    /// Value of the signal `powertrainType`.
    #[must_use]
    pub const fn signal_text(self) -> &'static str {
        match self {
            Self::Combustion => "COMBUSTION",
            Self::Hybrid => "HYBRID",
            Self::Electric => "ELECTRIC",
        }
    }

    pub(super) const fn has_engine(self) -> bool {
        matches!(self, Self::Combustion | Self::Hybrid)
    }

    pub(super) const fn has_battery(self) -> bool {
        matches!(self, Self::Hybrid | Self::Electric)
    }
}

/// Litres of petrol for a kWh at the wheels: 8.9 kWh in a litre, a third of it used.
const LITRES_PER_KWH: f64 = 0.34;
const IDLE_LITRES_PER_HOUR: f64 = 0.7;
const OPERATING_CELSIUS: f64 = 90.0;

/// Stores, temperatures and counters of a car.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) powertrain: Powertrain,
    mass_kg: f64,
    pub(super) tank_litres: f64,
    pub(super) fuel_litres: f64,
    pub(super) battery_kwh: f64,
    pub(super) energy_kwh: f64,
    pub(super) coolant_celsius: f64,
    pub(super) ambient_celsius: f64,
    pub(super) odometer_km: f64,
    pub(super) tyres_kpa: [f64; 4],
    /// Power drawn from (positive) or fed to the battery, W.
    pub(super) battery_watts: f64,
    pub(super) engine_rpm: f64,
    pub(super) gear: i32,
    /// 0 to 100.
    pub(super) load_percent: f64,
}

impl Machine {
    pub(super) fn new(powertrain: Powertrain, random: &mut Random) -> Self {
        let tank_litres = if powertrain.has_engine() {
            random.between(40.0, 60.0).round()
        } else {
            0.0
        };
        let battery_kwh = match powertrain {
            Powertrain::Combustion => 0.0,
            Powertrain::Hybrid => 1.5,
            Powertrain::Electric => random.between(42.0, 82.0).round(),
        };
        let ambient_celsius = random.between(4.0, 22.0);
        Self {
            powertrain,
            mass_kg: random.between(1_200.0, 2_100.0),
            tank_litres,
            fuel_litres: tank_litres * random.between(0.25, 0.95),
            battery_kwh,
            energy_kwh: battery_kwh * random.between(0.45, 0.95),
            coolant_celsius: ambient_celsius,
            ambient_celsius,
            odometer_km: random.between(800.0, 120_000.0),
            tyres_kpa: std::array::from_fn(|_| random.between(225.0, 250.0)),
            battery_watts: 0.0,
            engine_rpm: 0.0,
            gear: 0,
            load_percent: 0.0,
        }
    }

    /// One second of driving that ended at `speed` (m/s) after `metres`, accelerating by `acceleration` (m/s²).
    pub(super) fn drive_second(&mut self, speed: f64, metres: f64, acceleration: f64) {
        self.odometer_km += metres / 1_000.0;
        let drag = 0.4 * speed * speed; // air density, frontal area and shape of an ordinary car, N
        let rolling = if speed > 0.0 {
            0.011 * self.mass_kg * 9.81
        } else {
            0.0
        };
        let wheel_watts = (self.mass_kg * acceleration + drag + rolling) * speed;
        let engine_on = match self.powertrain {
            Powertrain::Combustion => true,
            Powertrain::Electric => false,
            Powertrain::Hybrid => speed > 15.0 || wheel_watts > 14_000.0 || self.charge() < 0.35,
        };
        self.engine_second(engine_on, speed, wheel_watts);
        self.battery_second(engine_on, wheel_watts);
        let warmth = if engine_on {
            OPERATING_CELSIUS
        } else {
            self.ambient_celsius
        };
        let seconds = if engine_on { 240.0 } else { 2_400.0 };
        self.coolant_celsius += (warmth - self.coolant_celsius) / seconds;
    }

    fn engine_second(&mut self, on: bool, speed: f64, wheel_watts: f64) {
        self.gear = gear(speed);
        if !on {
            self.engine_rpm = 0.0;
            self.load_percent = 0.0;
            return;
        }
        const RPM_PER_METRE_PER_SECOND: [f64; 7] = [0.0, 420.0, 245.0, 165.0, 125.0, 98.0, 78.0];
        let ratio = usize::try_from(self.gear)
            .ok()
            .and_then(|gear| RPM_PER_METRE_PER_SECOND.get(gear))
            .copied();
        self.engine_rpm = (speed * ratio.unwrap_or(0.0)).max(820.0);
        self.load_percent = (18.0 + wheel_watts.max(0.0) / 900.0).clamp(0.0, 100.0);
        let litres =
            wheel_watts.max(0.0) / 3_600_000.0 * LITRES_PER_KWH + IDLE_LITRES_PER_HOUR / 3_600.0;
        self.fuel_litres = (self.fuel_litres - litres).max(0.5);
    }

    fn battery_second(&mut self, engine_on: bool, wheel_watts: f64) {
        if !self.powertrain.has_battery() {
            return;
        }
        let consumers = if self.powertrain == Powertrain::Electric {
            600.0
        } else {
            250.0
        };
        let watts = match (wheel_watts < 0.0, engine_on) {
            (true, _) => wheel_watts.max(-60_000.0) * 0.65, // what braking gives back
            (false, false) => wheel_watts / 0.9,
            (false, true) if self.charge() < 0.6 => -4_000.0, // the engine charges
            (false, true) => wheel_watts * 0.1,
        };
        let room_watts = (self.battery_kwh * 0.98 - self.energy_kwh) * 3_600_000.0;
        self.battery_watts = (watts + consumers).max(-room_watts.max(0.0));
        self.energy_kwh =
            (self.energy_kwh - self.battery_watts / 3_600_000.0).max(self.battery_kwh * 0.02);
    }

    /// `seconds` of standing with everything off; `charger_watts` flow into the battery until it is full.
    pub(super) fn rest(&mut self, seconds: f64, charger_watts: f64) {
        self.engine_rpm = 0.0;
        self.load_percent = 0.0;
        self.gear = 0;
        self.coolant_celsius +=
            (self.ambient_celsius - self.coolant_celsius) * (1.0 - (-seconds / 3_000.0).exp());
        let before = self.energy_kwh;
        let full = before.max(self.battery_kwh * 0.9);
        self.energy_kwh = (before + charger_watts * 0.92 / 3_600_000.0 * seconds).min(full);
        self.battery_watts = if self.energy_kwh > before {
            -charger_watts * 0.92
        } else {
            0.0
        };
        for tyre in &mut self.tyres_kpa {
            *tyre = (*tyre - seconds * 2e-6).max(180.0);
        }
    }

    /// State of charge, 0 to 1.
    pub(super) fn charge(&self) -> f64 {
        if self.battery_kwh > 0.0 {
            (self.energy_kwh / self.battery_kwh).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Fuel in the tank, 0 to 1.
    pub(super) fn fuel(&self) -> f64 {
        if self.tank_litres > 0.0 {
            (self.fuel_litres / self.tank_litres).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// How far it can go, km.
    pub(super) fn range_km(&self) -> f64 {
        let battery = if self.powertrain == Powertrain::Electric {
            self.energy_kwh / 0.17
        } else {
            0.0
        };
        self.fuel_litres / 0.062 + battery
    }

    /// Voltage of the drive battery.
    pub(super) fn battery_volts(&self) -> f64 {
        let (low, high) = if self.powertrain == Powertrain::Electric {
            (330.0, 400.0)
        } else {
            (180.0, 220.0)
        };
        low + (high - low) * self.charge() - self.battery_watts / 8_000.0
    }
}

const fn gear(speed: f64) -> i32 {
    match speed {
        ..0.3 => 0,
        ..5.0 => 1,
        ..9.0 => 2,
        ..13.5 => 3,
        ..18.5 => 4,
        ..24.0 => 5,
        _ => 6,
    }
}
