use milepost_policy::{Permission, PermissionSet};
use milepost_signals::{Privilege, SignalId, id};

/// Name under which approximate positions are answered.
pub const APPROXIMATE_NAME: &str = "currentLocationApproximateCoordinates";

/// Permissions a field takes; one of them is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need(&'static [Permission]);

impl Need {
    /// The alternatives.
    #[must_use]
    pub const fn any_of(self) -> &'static [Permission] {
        self.0
    }

    /// Whether `permissions` are enough.
    #[must_use]
    pub fn is_met(self, permissions: PermissionSet) -> bool {
        self.0
            .iter()
            .any(|permission| permissions.contains(*permission))
    }
}

/// What reading a signal takes.
#[must_use]
pub fn need(signal: SignalId) -> Need {
    Need(match signal.definition().privilege {
        Privilege::NonLocation => &[Permission::NonLocationHistory],
        Privilege::AllTimeLocation => &[Permission::LocationHistory],
    })
}

/// What reading the approximate position takes.
#[must_use]
pub const fn approximate_need() -> Need {
    Need(&[Permission::ApproximateLocation, Permission::LocationHistory])
}

/// What a reader with `permissions` lacks for `signal`; `None` when it may read it.
#[must_use]
pub fn missing(signal: SignalId, permissions: PermissionSet) -> Option<Need> {
    let need = need(signal);
    (!need.is_met(permissions)).then_some(need)
}

/// The name under which a reader with `permissions` may learn that `signal` is stored at all: its own, the
/// approximate one when only approximate positions are granted, or none. Existence is data too.
#[must_use]
pub fn visible_name(signal: SignalId, permissions: PermissionSet) -> Option<&'static str> {
    if need(signal).is_met(permissions) {
        return Some(signal.name());
    }
    (signal == id::CURRENT_LOCATION_COORDINATES && approximate_need().is_met(permissions))
        .then_some(APPROXIMATE_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(permissions: &[Permission]) -> PermissionSet {
        permissions.iter().copied().collect()
    }

    #[test]
    fn location_signals_are_nameless_without_location_permission() {
        let permissions = set(&[
            Permission::NonLocationHistory,
            Permission::CurrentLocation,
            Permission::RawData,
        ]);
        let hidden: Vec<&str> = SignalId::ALL
            .iter()
            .filter(|signal| visible_name(**signal, permissions).is_none())
            .map(|signal| signal.name())
            .collect();
        assert_eq!(
            hidden,
            [
                "currentLocationAltitude",
                "currentLocationCoordinates",
                "currentLocationHeading"
            ]
        );
    }

    #[test]
    fn approximate_permission_shows_only_the_approximate_name() {
        let permissions = set(&[Permission::ApproximateLocation]);
        let seen: Vec<&str> = SignalId::ALL
            .iter()
            .filter_map(|signal| visible_name(*signal, permissions))
            .collect();
        assert_eq!(seen, [APPROXIMATE_NAME]);
        let all_time = set(&[Permission::LocationHistory]);
        assert_eq!(
            visible_name(id::CURRENT_LOCATION_COORDINATES, all_time),
            Some("currentLocationCoordinates")
        );
    }

    #[test]
    fn no_permission_shows_nothing() {
        assert!(
            SignalId::ALL
                .iter()
                .all(|signal| visible_name(*signal, PermissionSet::EMPTY).is_none())
        );
    }
}
