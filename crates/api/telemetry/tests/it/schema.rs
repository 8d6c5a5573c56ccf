use std::{fs, path::Path};

use milepost_signals::SignalId;

/// The committed SDL is the served one; `UPDATE_SCHEMA=1` writes it anew.
#[test]
fn the_committed_schema_is_the_served_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let served = milepost_api_telemetry::sdl().unwrap();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &served).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == served,
        "schema.graphql differs from the served schema; run with UPDATE_SCHEMA=1 and review"
    );
}

#[test]
fn the_schema_has_every_signal_twice_with_unit_path_and_privilege() {
    let sdl = milepost_api_telemetry::sdl().unwrap();
    for signal in SignalId::ALL {
        let definition = signal.definition();
        assert_eq!(
            sdl.matches(&format!("\t{}(", definition.name)).count(),
            1,
            "{signal}"
        );
        assert_eq!(
            sdl.matches(&format!("\t{}: Signal", definition.name))
                .count(),
            1,
            "{signal}"
        );
        assert!(sdl.contains(definition.vss_path));
    }
    for line in [
        "speed(agg: FloatAggregation!, filter: SignalFloatFilter): Float @isSignal",
        "currentLocationCoordinates(agg: LocationAggregation!, filter: SignalLocationFilter): Location",
        "currentLocationApproximateCoordinates(agg: LocationAggregation!): Location",
        "powertrainType(agg: StringAggregation!): String",
        "Vehicle.Speed, in km/h",
        "Requires VEHICLE_ALL_TIME_LOCATION.",
        "numberOfSignals: Uint64!",
        "signalDataSummary: [SignalDataSummary!]!",
        "VEHICLE_CURRENT_LOCATION @deprecated",
        "directive @requiresAllOfPrivileges(privileges: [Privilege!]!) on FIELD_DEFINITION",
    ] {
        assert!(sdl.contains(line), "{line}");
    }
}
