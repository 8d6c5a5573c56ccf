use h3o::{LatLng, Resolution};
use milepost_signals::Location;

use crate::QueryError;

/// A point of a geofence, degrees WGS84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vertex {
    /// −90 to 90.
    pub latitude: f64,
    /// −180 to 180.
    pub longitude: f64,
}

impl Vertex {
    fn is_on_globe(self) -> bool {
        self.latitude.abs() <= 90.0 && self.longitude.abs() <= 180.0
    }
}

/// Points within a distance of a centre, on a sphere; the rim belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    center: Vertex,
    radius_km: f64,
}

/// Mean Earth radius (IUGG).
const EARTH_RADIUS_KM: f64 = 6_371.008_8;
/// Half the equator, rounded up: no two points are farther apart.
const RADIUS_KM_MAX: f64 = 20_038.0;

impl Circle {
    /// A circle with its radius in kilometres.
    ///
    /// # Errors
    /// [`QueryError::CircleCenter`] off the globe, [`QueryError::CircleRadius`] outside 0 to 20,038 km.
    pub fn new(center: Vertex, radius_km: f64) -> Result<Self, QueryError> {
        if !center.is_on_globe() {
            return Err(QueryError::CircleCenter);
        }
        if !(0.0..=RADIUS_KM_MAX).contains(&radius_km) {
            return Err(QueryError::CircleRadius);
        }
        Ok(Self { center, radius_km })
    }

    fn contains(&self, location: &Location) -> bool {
        let (lat1, lat2) = (
            self.center.latitude.to_radians(),
            location.latitude.to_radians(),
        );
        let half_lat = ((lat2 - lat1) / 2.0).sin();
        let half_lon = ((location.longitude - self.center.longitude).to_radians() / 2.0).sin();
        let chord =
            (half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon).clamp(0.0, 1.0);
        2.0 * EARTH_RADIUS_KM * chord.sqrt().asin() <= self.radius_km
    }
}

/// The inside of a closed ring, edges straight in latitude and longitude; the boundary does not belong to it.
///
/// The plane ends at the 180th meridian, as in the deployed API: a fence across it is two polygons. The last vertex
/// need not repeat the first. Where a ring crosses itself, what an odd number of its windings encloses is inside.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    ring: Vec<Vertex>,
}

impl Polygon {
    /// A polygon of at least three vertices.
    ///
    /// # Errors
    /// [`QueryError::PolygonPoints`] or [`QueryError::PolygonVertex`].
    pub fn new(ring: Vec<Vertex>) -> Result<Self, QueryError> {
        if ring.len() < 3 {
            return Err(QueryError::PolygonPoints);
        }
        if !ring.iter().all(|vertex| vertex.is_on_globe()) {
            return Err(QueryError::PolygonVertex);
        }
        Ok(Self { ring })
    }

    fn contains(&self, location: &Location) -> bool {
        let (x, y) = (location.longitude, location.latitude);
        let mut inside = false;
        let ends = self.ring.iter().skip(1).chain(self.ring.first());
        for (start, end) in self.ring.iter().zip(ends) {
            let ((x1, y1), (x2, y2)) = (
                (start.longitude, start.latitude),
                (end.longitude, end.latitude),
            );
            let cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
            let within = x1.min(x2) <= x && x <= x1.max(x2) && y1.min(y2) <= y && y <= y1.max(y2);
            if cross == 0.0 && within {
                return false;
            }
            if (y1 > y) != (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 {
                inside = !inside;
            }
        }
        inside
    }
}

/// Which positions count (`SignalLocationFilter`): those inside the polygon and inside the circle, when given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LocationFilter {
    /// Inside this ring.
    pub polygon: Option<Polygon>,
    /// Inside this circle.
    pub circle: Option<Circle>,
}

impl LocationFilter {
    /// Whether the filter passes everything.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.polygon.is_none() && self.circle.is_none()
    }

    /// Whether a position passes.
    #[must_use]
    pub fn matches(&self, location: &Location) -> bool {
        self.circle.is_none_or(|circle| circle.contains(location))
            && self
                .polygon
                .as_ref()
                .is_none_or(|polygon| polygon.contains(location))
    }
}

/// The centre of the H3 cell of resolution 6 (about 36 km²) that holds the position; `hdop` is kept, the heading,
/// which tells more than the cell, is not. `None` for a position off the globe.
#[must_use]
pub fn approximate(location: &Location) -> Option<Location> {
    let exact = LatLng::new(location.latitude, location.longitude).ok()?;
    let center = LatLng::from(exact.to_cell(Resolution::Six));
    Some(Location {
        latitude: center.lat(),
        longitude: center.lng(),
        hdop: location.hdop,
        heading: 0.0,
    })
}

/// Whether a stored position can be answered with: finite, on the globe, and not the (0, 0) of a receiver
/// without a fix.
pub(crate) fn is_fix(location: &Location) -> bool {
    location.latitude.abs() <= 90.0
        && location.longitude.abs() <= 180.0
        && location.hdop.is_finite()
        && !location.is_null_island()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64) -> Location {
        Location {
            latitude,
            longitude,
            hdop: 1.5,
            heading: 90.0,
        }
    }

    fn vertex(latitude: f64, longitude: f64) -> Vertex {
        Vertex {
            latitude,
            longitude,
        }
    }

    fn circle(latitude: f64, longitude: f64, radius_km: f64) -> LocationFilter {
        let circle = Circle::new(vertex(latitude, longitude), radius_km).unwrap();
        LocationFilter {
            circle: Some(circle),
            polygon: None,
        }
    }

    fn polygon(vertices: &[(f64, f64)]) -> LocationFilter {
        let vertices: Vec<Vertex> = vertices
            .iter()
            .map(|(lat, lon)| vertex(*lat, *lon))
            .collect();
        LocationFilter {
            circle: None,
            polygon: Some(Polygon::new(vertices).unwrap()),
        }
    }

    #[test]
    fn a_circle_is_in_kilometres_along_both_axes() {
        // At 42 N a degree is 111.19 km north and 82.6 km east; with swapped axes the 22 km point would pass.
        let five = circle(42.0, -83.0, 5.0);
        assert!(five.matches(&place(42.0, -83.0)));
        assert!(five.matches(&place(42.0449, -83.0)) && !five.matches(&place(42.0451, -83.0)));
        assert!(five.matches(&place(42.0, -82.9396)) && !five.matches(&place(42.0, -82.9393)));
        assert!(!five.matches(&place(42.198, -83.0)));
        let antipode = circle(0.0, 0.0, 20_020.0);
        assert!(antipode.matches(&place(0.0, 180.0)));
    }

    #[test]
    fn a_circle_of_no_radius_holds_its_centre() {
        assert!(circle(42.0, -83.0, 0.0).matches(&place(42.0, -83.0)));
        assert!(!circle(42.0, -83.0, 0.0).matches(&place(42.000_001, -83.0)));
    }

    #[test]
    fn a_circle_reaches_over_the_180th_meridian() {
        assert!(circle(0.0, 179.99, 5.0).matches(&place(0.0, -179.99)));
    }

    #[test]
    fn a_polygon_holds_its_inside_but_not_its_boundary() {
        let square = polygon(&[(0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0)]);
        assert!(square.matches(&place(5.0, 5.0)));
        for outside in [
            place(5.0, 10.0),
            place(0.0, 5.0),
            place(10.0, 10.0),
            place(-1.0, 5.0),
            place(5.0, 11.0),
        ] {
            assert!(!square.matches(&outside), "{outside:?}");
        }
        let closed = polygon(&[
            (0.0, 0.0),
            (0.0, 10.0),
            (10.0, 10.0),
            (10.0, 0.0),
            (0.0, 0.0),
        ]);
        assert!(closed.matches(&place(5.0, 5.0)) && !closed.matches(&place(5.0, 0.0)));
    }

    #[test]
    fn a_concave_polygon_leaves_its_notch_out() {
        let arrow = polygon(&[(0.0, 0.0), (10.0, 5.0), (0.0, 10.0), (4.0, 5.0)]);
        assert!(arrow.matches(&place(6.0, 5.0)) && !arrow.matches(&place(2.0, 5.0)));
    }

    #[test]
    fn polygon_and_circle_must_both_hold() {
        let both = LocationFilter {
            polygon: polygon(&[(41.0, -84.0), (41.0, -83.0), (43.0, -83.0), (43.0, -84.0)]).polygon,
            circle: circle(42.0, -83.0, 5.0).circle,
        };
        assert!(both.matches(&place(42.0, -83.01)));
        assert!(!both.matches(&place(42.0, -82.99)), "outside the polygon");
        assert!(!both.matches(&place(42.0, -83.5)), "outside the circle");
    }

    #[test]
    fn bad_geofences_are_refused_with_their_part() {
        let text = |error: QueryError| error.to_string();
        assert!(
            text(Polygon::new(vec![vertex(0.0, 0.0), vertex(1.0, 1.0)]).unwrap_err())
                .contains("not enough points in geofence filter")
        );
        for bad in [
            vertex(91.0, 0.0),
            vertex(0.0, 181.0),
            vertex(f64::NAN, 0.0),
            vertex(0.0, f64::INFINITY),
        ] {
            let ring = vec![vertex(0.0, 0.0), vertex(1.0, 1.0), bad];
            assert!(
                text(Polygon::new(ring).unwrap_err()).contains("invalid geofence polygon vertex")
            );
            assert!(
                text(Circle::new(bad, 1.0).unwrap_err()).contains("invalid circle filter location")
            );
        }
        for radius in [-1.0, f64::NAN, f64::INFINITY, 20_039.0] {
            assert!(
                text(Circle::new(vertex(0.0, 0.0), radius).unwrap_err())
                    .contains("invalid circle filter radius")
            );
        }
    }

    #[test]
    fn approximation_is_the_centre_of_the_resolution_6_cell_with_hdop_kept() {
        let near = approximate(&place(42.331_4, -83.045_8)).unwrap();
        let cell = LatLng::new(near.latitude, near.longitude)
            .unwrap()
            .to_cell(Resolution::Six);
        assert_eq!(
            LatLng::new(42.331_4, -83.045_8)
                .unwrap()
                .to_cell(Resolution::Six),
            cell
        );
        assert_eq!((near.hdop, near.heading), (1.5, 0.0));
        assert_eq!(
            approximate(&place(42.331_5, -83.045_9)),
            Some(near),
            "neighbours share the answer"
        );
        assert_ne!((near.latitude, near.longitude), (42.331_4, -83.045_8));
    }

    #[test]
    fn only_real_fixes_count() {
        assert!(is_fix(&place(0.0, 1e-9)));
        for bad in [
            place(0.0, 0.0),
            place(95.0, 0.0),
            place(1.0, 200.0),
            place(f64::NAN, 1.0),
        ] {
            assert!(!is_fix(&bad));
        }
    }
}
