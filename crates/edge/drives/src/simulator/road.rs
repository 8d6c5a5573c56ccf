//! A grid of roads over open sea: junctions every 500 m, wider roads every 2.5 km, motorways every 5 km.

use milepost_signals::Location;

/// Metres between neighbouring junctions.
pub(super) const BLOCK: f64 = 500.0;
/// Junctions from one edge of the map to the other: 40 km.
pub(super) const SIDE: i32 = 80;

/// South-west corner, in the North Atlantic.
const ORIGIN_LATITUDE: f64 = 46.2;
const ORIGIN_LONGITUDE: f64 = -29.6;
const METRES_PER_DEGREE: f64 = 111_320.0;
/// Cosine of the latitude in the middle of the map; the map is small enough for one scale.
const LONGITUDE_SCALE: f64 = 0.690_9;

/// A junction by its column (east) and row (north).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Junction {
    pub(super) column: i32,
    pub(super) row: i32,
}

/// A point in metres east and north of the origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) east: f64,
    pub(super) north: f64,
}

impl Junction {
    pub(super) fn point(self) -> Point {
        Point {
            east: f64::from(self.column) * BLOCK,
            north: f64::from(self.row) * BLOCK,
        }
    }
}

impl Point {
    pub(super) fn location(self, hdop: f64) -> Location {
        let seventh = |degrees: f64| (degrees * 1e7).round() / 1e7;
        Location {
            latitude: seventh(ORIGIN_LATITUDE + self.north / METRES_PER_DEGREE),
            longitude: seventh(
                ORIGIN_LONGITUDE + self.east / (METRES_PER_DEGREE * LONGITUDE_SCALE),
            ),
            hdop,
            heading: 0.0,
        }
    }

    /// Gentle waves of land, in metres.
    pub(super) fn altitude(self) -> f64 {
        40.0 + 18.0 * (self.east / 4_100.0).sin() + 12.0 * (self.north / 2_700.0).cos()
    }
}

/// Speed limit in km/h of the road along a row or column.
pub(super) const fn speed_limit(line: i32) -> f64 {
    if line % 10 == 0 {
        110.0
    } else if line % 5 == 0 {
        80.0
    } else {
        50.0
    }
}
