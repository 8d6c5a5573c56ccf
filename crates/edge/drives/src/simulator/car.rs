//! The life of one car, second by second while it drives and in steps of minutes while it stands.

use milepost_types::Timestamp;

use super::{
    model::{Machine, Powertrain},
    random::Random,
    road::{Junction, SIDE},
    route::Route,
};
use crate::{Reading, payload::OutgoingEvent};

mod readings;

/// Seconds of driving in one payload.
const WINDOW_SECONDS: u32 = 10;
/// Seconds between signs of life of a parked car.
const HEARTBEAT_SECONDS: u32 = 600;
/// Seconds from parking until the doors are locked and the car says so.
const LOCKED_AFTER_SECONDS: u32 = 15;
/// Braking that comfort allows, m/s².
const COMFORT_BRAKING: f64 = 2.2;
/// Braking that counts as harsh, m/s².
const HARSH_BRAKING: f64 = 6.0;
/// One in 15 minutes of driving above 43 km/h, more than people do, so that there is something to see.
const EMERGENCIES_PER_SECOND: f64 = 1.0 / 900.0;

#[derive(Debug)]
pub(super) struct Car {
    key: String,
    random: Random,
    machine: Machine,
    now: Timestamp,
    home: Junction,
    place: Junction,
    phase: Phase,
    /// How the driver treats limits: 0.9 to 1.08 of them.
    pace: f64,
    harsh_events: u32,
}

#[derive(Debug)]
enum Phase {
    Parked {
        /// Seconds left until the next trip.
        seconds_left: u32,
        charger_watts: f64,
        /// Nothing was reported since it was parked.
        fresh: bool,
    },
    Driving(Box<Trip>),
}

#[derive(Debug)]
struct Trip {
    route: Route,
    /// Metres driven.
    at: f64,
    /// m/s.
    speed: f64,
    passed: usize,
    waiting: u32,
    /// Seconds left of an emergency.
    emergency: u32,
    seconds: u32,
}

/// Everything a car sends at once.
#[derive(Debug, Default)]
struct Batch {
    readings: Vec<Reading>,
    events: Vec<OutgoingEvent>,
}

impl Car {
    pub(super) fn new(index: u32, seed: u64, start: Timestamp) -> Self {
        let mut random = Random::new(seed, index);
        let powertrain = [
            Powertrain::Combustion,
            Powertrain::Hybrid,
            Powertrain::Electric,
        ][(index % 3) as usize];
        let machine = Machine::new(powertrain, &mut random);
        let home = Junction {
            column: random.whole(0, SIDE),
            row: random.whole(0, SIDE),
        };
        // Most set out at once, so that a new fleet has something to show.
        let seconds_left = if random.chance(0.8) {
            random.whole(5, 90)
        } else {
            random.whole(300, 5_400)
        };
        let phase = Phase::Parked {
            seconds_left: seconds_left.unsigned_abs(),
            charger_watts: 0.0,
            fresh: true,
        };
        // Real devices do not tick on whole seconds.
        let offset = i64::from(random.whole(0, 999)) * 1_000;
        Self {
            key: format!("sim-{:05}", u64::from(index) + 1),
            machine,
            now: start.saturating_add_micros(offset),
            home,
            place: home,
            phase,
            pace: random.between(0.9, 1.08),
            harsh_events: 0,
            random,
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn powertrain(&self) -> Powertrain {
        self.machine.powertrain
    }

    /// Lives on until there is something to send: a window of driving, an arrival, or a sign of life.
    pub(super) fn next_batch(&mut self) -> (Vec<Reading>, Vec<OutgoingEvent>) {
        let mut batch = Batch::default();
        match &mut self.phase {
            Phase::Parked {
                seconds_left: 0, ..
            } => self.set_out(&mut batch),
            Phase::Parked { .. } => self.stand(&mut batch),
            Phase::Driving(_) => self.drive(&mut batch),
        }
        (batch.readings, batch.events)
    }

    fn wait(&mut self, seconds: u32) {
        self.now = self
            .now
            .saturating_add_micros(i64::from(seconds) * 1_000_000);
    }

    fn stand(&mut self, batch: &mut Batch) {
        let Phase::Parked {
            seconds_left,
            charger_watts,
            fresh,
        } = &mut self.phase
        else {
            return;
        };
        let step = (*seconds_left).min(if *fresh {
            LOCKED_AFTER_SECONDS
        } else {
            HEARTBEAT_SECONDS
        });
        *seconds_left -= step;
        *fresh = false;
        let watts = *charger_watts;
        self.machine.rest(f64::from(step), watts);
        self.wait(step);
        self.report_parked(batch, watts);
    }

    fn set_out(&mut self, batch: &mut Batch) {
        let destination = self.destination();
        let route = Route::plan(self.place, destination, &mut self.random);
        self.wait(1);
        self.report_start(batch);
        let trip = Trip {
            route,
            at: 0.0,
            speed: 0.0,
            passed: 0,
            waiting: 3,
            emergency: 0,
            seconds: 0,
        };
        self.phase = Phase::Driving(Box::new(trip));
    }

    /// Home every other time, otherwise somewhere 2 to 15 km away.
    fn destination(&mut self) -> Junction {
        if self.place != self.home && self.random.chance(0.5) {
            return self.home;
        }
        let near = |from: i32, random: &mut Random| {
            let blocks = random.whole(2, 16);
            let to = if random.chance(0.5) {
                from + blocks
            } else {
                from - blocks
            };
            if (0..=SIDE).contains(&to) {
                to
            } else {
                (2 * from - to).clamp(0, SIDE)
            }
        };
        let (column, row) = (
            near(self.place.column, &mut self.random),
            near(self.place.row, &mut self.random),
        );
        Junction { column, row }
    }

    fn drive(&mut self, batch: &mut Batch) {
        for _ in 0..WINDOW_SECONDS {
            self.wait(1);
            let Phase::Driving(trip) = &mut self.phase else {
                return;
            };
            let before = trip.speed;
            let Second { metres, harsh } = trip.second(self.pace, &mut self.random);
            self.machine
                .drive_second(trip.speed, metres, trip.speed - before);
            let arrived = trip.at >= trip.route.metres && trip.speed == 0.0;
            self.report_driving(batch);
            if harsh {
                self.harsh_events = self.harsh_events % 15 + 1;
                self.report_harsh_braking(batch);
            }
            if arrived {
                self.arrive(batch);
                return;
            }
        }
        self.report_slow(batch);
    }

    fn arrive(&mut self, batch: &mut Batch) {
        let Phase::Driving(trip) = &self.phase else {
            return;
        };
        self.place = trip.route.destination;
        let at_home = self.place == self.home;
        self.report_slow(batch);
        self.wait(2);
        self.report_arrival(batch);
        if self.machine.powertrain.has_engine() && self.machine.fuel() < 0.15 {
            self.machine.fuel_litres = self.machine.tank_litres * self.random.between(0.9, 0.98);
        }
        let electric = self.machine.powertrain == Powertrain::Electric;
        let charger_watts = match (electric, at_home) {
            (true, true) => 11_000.0,
            (true, false) if self.machine.charge() < 0.25 => 50_000.0,
            _ => 0.0,
        };
        let minutes = if at_home {
            self.random.whole(30, 480)
        } else {
            self.random.whole(8, 120)
        };
        self.phase = Phase::Parked {
            seconds_left: minutes.unsigned_abs() * 60,
            charger_watts,
            fresh: true,
        };
    }
}

/// What happened in a second of driving.
struct Second {
    metres: f64,
    /// An emergency braking began.
    harsh: bool,
}

impl Trip {
    fn second(&mut self, pace: f64, random: &mut Random) -> Second {
        self.seconds += 1;
        if self.waiting > 0 {
            self.waiting -= 1;
            self.speed = 0.0;
            return Second {
                metres: 0.0,
                harsh: false,
            };
        }
        if self.speed > 12.0 && random.chance(EMERGENCIES_PER_SECOND) {
            self.emergency = 2;
        }
        let before = self.speed;
        if self.emergency > 0 {
            let harsh = self.emergency == 2;
            self.emergency -= 1;
            self.speed = (before - random.between(HARSH_BRAKING, 7.2)).max(0.0);
            return Second {
                metres: self.advance(before),
                harsh,
            };
        }
        let wanted = self.allowed(pace) * random.between(0.985, 1.0);
        let fastest = before + random.between(1.2, 2.4) * (1.0 - before / 60.0);
        self.speed = wanted.min(fastest).max(before - 3.4).max(0.0);
        Second {
            metres: self.advance(before),
            harsh: false,
        }
    }

    /// Speed from which every cap ahead can be met with comfortable braking.
    fn allowed(&self, pace: f64) -> f64 {
        let mut allowed = self.route.limit(self.at) * pace;
        for cap in self.route.caps_ahead(self.passed) {
            let room = (cap.at - self.at - self.speed).max(0.0);
            allowed = allowed.min((cap.speed * cap.speed + 2.0 * COMFORT_BRAKING * room).sqrt());
            // Braking from 130 km/h takes 300 m; caps further ahead do not matter yet.
            if room > 400.0 {
                break;
            }
        }
        // Creep up to a stop line instead of never reaching it.
        allowed.max(1.0)
    }

    fn advance(&mut self, before: f64) -> f64 {
        let from = self.at;
        self.at += f64::midpoint(before, self.speed);
        while let Some(cap) = self.route.caps_ahead(self.passed).first().copied() {
            if self.at < cap.at - 0.5 {
                break;
            }
            self.passed += 1;
            if cap.speed == 0.0 {
                self.at = cap.at.max(from);
                self.speed = 0.0;
                self.waiting = cap.wait;
            }
        }
        self.at - from
    }
}
