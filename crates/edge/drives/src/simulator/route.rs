//! Where a trip goes and where it must slow down.

use super::{
    random::Random,
    road::{BLOCK, Junction, Point, SIDE, speed_limit},
};

/// Metres per second in a right-angle turn.
const TURN_SPEED: f64 = 5.0;

/// A straight piece of a route.
#[derive(Debug, Clone, Copy)]
struct Leg {
    from: Point,
    to: Point,
    /// Metres from the start of the route to the start of the leg.
    begins: f64,
    metres: f64,
    /// Limit in m/s.
    limit: f64,
}

/// A place that caps the speed of a car.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cap {
    /// Metres from the start of the route.
    pub(super) at: f64,
    /// Greatest speed there, m/s.
    pub(super) speed: f64,
    /// Seconds to wait there, for a speed of 0.
    pub(super) wait: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Route {
    legs: Vec<Leg>,
    caps: Vec<Cap>,
    pub(super) metres: f64,
    pub(super) destination: Junction,
}

impl Route {
    /// A way from `from` to another junction, by way of the nearest wider road when that is no great detour.
    pub(super) fn plan(from: Junction, to: Junction, random: &mut Random) -> Self {
        let wider = nearest_multiple(from.column.midpoint(to.column), 5).clamp(0, SIDE);
        let between = if random.chance(0.7) {
            wider
        } else {
            random.whole(0, SIDE).midpoint(wider)
        };
        let corners = [
            from,
            Junction {
                column: between,
                row: from.row,
            },
            Junction {
                column: between,
                row: to.row,
            },
            to,
        ];
        let mut route = Self {
            legs: Vec::new(),
            caps: Vec::new(),
            metres: 0.0,
            destination: to,
        };
        for pair in corners.windows(2) {
            route.add_leg(pair[0], pair[1], random);
        }
        route.caps.push(Cap {
            at: route.metres,
            speed: 0.0,
            wait: 0,
        });
        route
    }

    fn add_leg(&mut self, from: Junction, to: Junction, random: &mut Random) {
        let blocks = (to.column - from.column).abs() + (to.row - from.row).abs();
        if blocks == 0 {
            return;
        }
        let line = if from.row == to.row {
            from.row
        } else {
            from.column
        };
        let limit_kmh = speed_limit(line);
        let begins = self.metres;
        if begins > 0.0 {
            self.caps.push(Cap {
                at: begins,
                speed: TURN_SPEED,
                wait: 0,
            });
        }
        for block in 1..blocks {
            // Motorways have no lights.
            if limit_kmh < 100.0 && random.chance(0.12) {
                let wait = random.whole(4, 45).unsigned_abs();
                self.caps.push(Cap {
                    at: begins + f64::from(block) * BLOCK,
                    speed: 0.0,
                    wait,
                });
            }
        }
        let metres = f64::from(blocks) * BLOCK;
        let limit = limit_kmh / 3.6;
        self.legs.push(Leg {
            from: from.point(),
            to: to.point(),
            begins,
            metres,
            limit,
        });
        self.metres += metres;
    }

    fn leg(&self, at: f64) -> Option<&Leg> {
        self.legs
            .iter()
            .rfind(|leg| leg.begins <= at)
            .or(self.legs.first())
    }

    /// Limit in m/s where the car is.
    pub(super) fn limit(&self, at: f64) -> f64 {
        self.leg(at).map_or(0.0, |leg| leg.limit)
    }

    /// Places ahead that cap the speed, nearest first, `passed` of them being behind.
    pub(super) fn caps_ahead(&self, passed: usize) -> &[Cap] {
        self.caps.get(passed..).unwrap_or_default()
    }

    /// Position and heading (degrees, north 0, east 90).
    pub(super) fn place(&self, at: f64) -> (Point, f64) {
        let Some(leg) = self.leg(at) else {
            return (self.destination.point(), 0.0);
        };
        let part = ((at - leg.begins) / leg.metres).clamp(0.0, 1.0);
        let (east, north) = (leg.to.east - leg.from.east, leg.to.north - leg.from.north);
        let point = Point {
            east: leg.from.east + east * part,
            north: leg.from.north + north * part,
        };
        let heading = if east > 0.0 {
            90.0
        } else if east < 0.0 {
            270.0
        } else if north < 0.0 {
            180.0
        } else {
            0.0
        };
        (point, heading)
    }
}

const fn nearest_multiple(value: i32, of: i32) -> i32 {
    (value + of / 2).div_euclid(of) * of
}
