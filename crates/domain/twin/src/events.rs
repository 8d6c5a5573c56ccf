//! The event table: every event known of every role, in both historical layouts where there are two.
//!
//! Key is (role, topic 0, number of topics). An event without effect on the index is known all the same, so that
//! only what nobody has described counts as unknown.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};
use milepost_types::B256;

use crate::{
    abi::{DecodeError, Layout, Params},
    apply::{Handler, handler},
    role::Role,
};

const TABLE: &str = include_str!("events.csv");

#[derive(Debug)]
struct Known {
    layout: Layout,
    handler: Option<Handler>,
}

#[derive(Debug)]
struct EventTable {
    events: HashMap<(Role, B256, usize), Known>,
    topics: HashSet<(Role, B256)>,
}

static EVENTS: LazyLock<EventTable> = LazyLock::new(|| {
    let mut table = EventTable {
        events: HashMap::new(),
        topics: HashSet::new(),
    };
    for (role, signature, mask, _) in lines() {
        let Some((role, layout)) = Role::named(role).zip(Layout::parse(signature, mask)) else {
            continue;
        };
        table.topics.insert((role, layout.topic0));
        let key = (role, layout.topic0, layout.topics_len());
        table.events.insert(
            key,
            Known {
                handler: handler(role, signature),
                layout,
            },
        );
    }
    table
});

/// Role, signature, indexed mask, topic 0.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(';');
        Some((cells.next()?, cells.next()?, cells.next()?, cells.next()?))
    })
}

/// What a log is.
pub(crate) enum Event {
    /// It changes the index.
    Effect(Handler, Params),
    /// Known, without effect on the index.
    NoEffect,
    /// Nobody described it.
    Unknown,
}

/// Reads one log of a contract with this role.
pub(crate) fn decode(role: Role, topics: &[B256], data: &[u8]) -> Result<Event, DecodeError> {
    let Some(topic0) = topics.first() else {
        return Ok(Event::Unknown);
    };
    match EVENTS.events.get(&(role, *topic0, topics.len())) {
        Some(Known {
            layout,
            handler: Some(handler),
        }) => Ok(Event::Effect(*handler, layout.decode(topics, data)?)),
        Some(Known { handler: None, .. }) => Ok(Event::NoEffect),
        None if EVENTS.topics.contains(&(role, *topic0)) => Err(DecodeError::Layout {
            role: role.name(),
            topic0: *topic0,
            topics: topics.len(),
        }),
        None => Ok(Event::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_complete_and_its_topic_is_the_hash_of_its_signature() {
        assert_eq!(lines().count(), TABLE.lines().count() - 1);
        for (role, signature, mask, topic0) in lines() {
            assert!(Role::named(role).is_some(), "{role}");
            let layout =
                Layout::parse(signature, mask).unwrap_or_else(|| panic!("{signature} {mask}"));
            assert_eq!(layout.topic0.to_string(), topic0, "{signature}");
        }
    }

    #[test]
    fn every_event_with_an_effect_is_readable() {
        for ((role, _, _), known) in &EVENTS.events {
            assert!(
                known.handler.is_none() || known.layout.is_readable(),
                "{role} {known:?}"
            );
        }
    }

    fn has(role: &str, signature: &str, mask: &str) -> bool {
        lines().any(|(r, s, m, _)| (r, s, m) == (role, signature, mask))
    }

    /// Role of one of our contracts; modules emit with the registry's address.
    fn role_of_ours(contract: &str) -> Option<&'static str> {
        Some(match contract {
            "VehicleId" => "vehicle",
            "ManufacturerId" => "manufacturer",
            "AftermarketDeviceId" => "aftermarket_device",
            "SyntheticDeviceId" => "synthetic_device",
            "Sacd" => "sacd",
            "Template" => "template",
            "DevLicenseDimo" => "dev_license",
            "LicenseBook" => "license_book",
            "StakeVault" => "stake_vault",
            "Court" => "court",
            "Parameters" => "parameters",
            "UsdPeg" => "usd_peg",
            "Connections" => "connections",
            "StorageNode" => "storage_node",
            "DeviceStanding" => "device_standing",
            "DimoToken" => "token",
            registry if registry.starts_with("DIMORegistry") || registry.ends_with("Module") => {
                "registry"
            }
            _ => return None,
        })
    }

    #[test]
    fn every_event_of_our_contracts_is_in_the_table() {
        let topics: serde_json::Value =
            serde_json::from_str(include_str!("../../../../contracts/artifacts/topics.json"))
                .unwrap();
        let mut checked = 0;
        for event in topics.as_array().unwrap() {
            let cell = |name: &str| event[name].as_str().unwrap();
            let Some(role) = role_of_ours(cell("contract")) else {
                continue;
            };
            assert!(
                has(role, cell("signature"), cell("indexedMask")),
                "{role} {event}"
            );
            checked += 1;
        }
        assert!(checked > 100);
    }

    /// The table of the deployed contracts lives beside the project and is not part of it; without it this test has
    /// nothing to compare.
    #[test]
    fn every_event_of_the_deployed_contracts_is_in_the_table() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../../shared/spec/protocol-topics.csv"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            return;
        };
        let ours = |contract: &str| -> &'static [&'static str] {
            match contract {
                "DIMORegistry" => &["registry"],
                "NftIds" => &[
                    "vehicle",
                    "manufacturer",
                    "aftermarket_device",
                    "synthetic_device",
                ],
                "VehicleId" => &["vehicle"],
                "AftermarketDeviceId" => &["aftermarket_device"],
                "SyntheticDeviceId" => &["synthetic_device"],
                "Sacd" | "SACD-2024" => &["sacd"],
                "Template" => &["template"],
                "DevLicenseDimo" => &["dev_license"],
                "StakeLicence" => &["integration_license"],
                "Connections" => &["connections"],
                "StorageNode" => &["storage_node"],
                "Token" => &["token"],
                _ => &[],
            }
        };
        let mut checked = 0;
        for line in text.lines().skip(1) {
            // contract, names (may be quoted), "canonical signature", mask, topics, topic0, …
            let contract = line.split(',').next().unwrap();
            let Some(at) = line.find(",0x").map(|at| &line[..at]) else {
                continue;
            };
            let mut tail = at.rsplitn(3, ',');
            let (_, mask, head) = (tail.next(), tail.next().unwrap(), tail.next().unwrap());
            let signature = match head.strip_suffix('"') {
                Some(quoted) => quoted.rsplit('"').next().unwrap(),
                None => head.rsplit(',').next().unwrap(),
            };
            for role in ours(contract) {
                assert!(has(role, signature, mask), "{role} {signature} {mask}");
                checked += 1;
            }
        }
        assert!(checked > 200, "{checked}");
    }

    #[test]
    fn no_two_layouts_share_a_key() {
        assert_eq!(lines().count(), EVENTS.events.len());
    }
}
