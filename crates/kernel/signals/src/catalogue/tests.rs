use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use super::*;
use crate::id;

/// The reference tables this catalogue was made from, where a checkout has them beside it.
fn reference(file: &str) -> Option<String> {
    let shared = std::env::var_os("MILEPOST_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared"),
        PathBuf::from,
    );
    fs::read_to_string(shared.join("spec").join(file)).ok()
}

fn reference_type(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "boolean",
        DataType::Int8 => "int8",
        DataType::Int16 => "int16",
        DataType::Int32 => "int32",
        DataType::Uint8 => "uint8",
        DataType::Uint16 => "uint16",
        DataType::Uint32 => "uint32",
        DataType::Float => "float",
        DataType::Double => "double",
        DataType::Text => "string",
        DataType::TextList => "string[]",
        DataType::Position => "Types.DIMO.Coordinates",
    }
}

#[test]
fn every_reference_signal_is_here_with_the_same_facts() {
    let Some(text) = reference("signals.csv") else {
        return;
    };
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, path, unit, data_type, min, max, privilege] = fields[..] else {
            panic!("{line}")
        };
        let definition = SignalId::by_name(name)
            .unwrap_or_else(|| panic!("{name} is missing"))
            .definition();
        assert_eq!(definition.vss_path, path);
        assert_eq!(definition.unit.unwrap_or_default(), unit, "{name}");
        assert_eq!(reference_type(definition.data_type), data_type, "{name}");
        assert_eq!(definition.min, min.parse().ok(), "{name}");
        assert_eq!(definition.max, max.parse().ok(), "{name}");
        assert_eq!(definition.privilege.graphql_name(), privilege, "{name}");
        seen += 1;
    }
    assert_eq!(seen, SIGNALS.len());
}

#[test]
fn every_reference_event_is_here() {
    let Some(text) = reference("events.csv") else {
        return;
    };
    let names: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(
        names,
        events().iter().map(|event| event.name).collect::<Vec<_>>()
    );
    for (line, event) in text.lines().skip(1).zip(events()) {
        assert_eq!(
            line.contains("counterValue"),
            event.counter,
            "{}",
            event.name
        );
    }
}

#[test]
fn the_catalogue_has_116_signals_and_7_events() {
    assert_eq!((SignalId::ALL.len(), events().len()), (116, 7));
    let mut kinds: HashMap<ValueKind, usize> = HashMap::new();
    for signal in SignalId::ALL {
        *kinds.entry(signal.definition().kind).or_default() += 1;
    }
    assert_eq!(kinds[&ValueKind::Number], 109);
    assert_eq!(kinds[&ValueKind::Text], 6);
    assert_eq!(kinds[&ValueKind::Location], 1);
    assert_eq!(
        SIGNALS
            .iter()
            .filter(|definition| definition.boolean)
            .count(),
        31
    );
    assert_eq!(
        SIGNALS
            .iter()
            .filter(|definition| definition.min.is_some() || definition.max.is_some())
            .count(),
        9
    );
}

#[test]
fn three_signals_say_where_the_vehicle_is() {
    let location: Vec<&str> = SIGNALS
        .iter()
        .filter(|definition| definition.privilege == Privilege::AllTimeLocation)
        .map(|definition| definition.name)
        .collect();
    assert_eq!(
        location,
        [
            "currentLocationAltitude",
            "currentLocationCoordinates",
            "currentLocationHeading"
        ]
    );
}

#[test]
fn names_and_ids_lead_to_each_other() {
    for (index, &signal) in SignalId::ALL.iter().enumerate() {
        assert_eq!(usize::from(signal.0), index);
        assert_eq!(SignalId::by_name(signal.name()), Some(signal));
        assert_eq!(SignalId::from_index(signal.0), Some(signal));
    }
    assert_eq!(SignalId::by_name("speed"), Some(id::SPEED));
    assert_eq!(SignalId::by_name("Speed"), None);
    assert_eq!(SignalId::by_name(""), None);
    assert_eq!(SignalId::from_index(116), None);
    assert_eq!(SignalId(9999).to_string(), "signal 9999");
}

#[test]
fn looking_up_a_name_takes_few_comparisons() {
    let steps = |signal: &SignalId| {
        let home = home_slot(signal.name().as_bytes());
        (0..SLOTS.len())
            .find(|step| SLOTS[(home + step) % SLOTS.len()] == signal.0)
            .unwrap()
    };
    let worst = SignalId::ALL.iter().map(steps).max().unwrap();
    assert!(worst <= 4, "{worst} steps");
}

#[test]
fn descriptions_give_path_unit_and_range() {
    assert_eq!(
        id::SPEED.definition().description(),
        "Vehicle.Speed, in km/h"
    );
    assert_eq!(
        id::CHASSIS_BRAKE_PEDAL_POSITION.definition().description(),
        "Vehicle.Chassis.Brake.PedalPosition, in percent, 0 to 100"
    );
    assert_eq!(
        id::IS_IGNITION_ON.definition().description(),
        "Vehicle.IsIgnitionOn, 0 or 1"
    );
    assert_eq!(
        id::POWERTRAIN_COMBUSTION_ENGINE_TPS
            .definition()
            .description(),
        "Vehicle.Powertrain.CombustionEngine.TPS, in percent, at most 100"
    );
}

proptest! {
    #[test]
    fn any_text_is_a_known_name_or_none(name in "[a-zA-Z0-9]{0,70}") {
        let known: BTreeMap<&str, SignalId> = SignalId::ALL.iter().map(|signal| (signal.name(), *signal)).collect();
        prop_assert_eq!(SignalId::by_name(&name), known.get(name.as_str()).copied());
    }
}
