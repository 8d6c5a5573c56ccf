//! The schema, built from the signal catalogue.
//!
//! Used for validation, introspection and the SDL. Its resolvers answer nothing: data fields are executed by
//! [`crate::plan`] and [`crate::answer`].

use async_graphql::{
    Value,
    dynamic::{
        Directive, Enum, EnumItem, Field, FieldFuture, InputValue, Object, Scalar, Schema,
        SchemaError, TypeRef,
    },
};
use milepost_policy::Permission;
use milepost_signals::{SignalId, ValueKind};
use milepost_telemetry::{APPROXIMATE_NAME, approximate_need, need};

use crate::cost::CHAIN_MAX;

mod inputs;

pub(crate) use inputs::INPUT_TYPES;

const VEHICLE: &str = "The vehicle: exactly one of tokenId, subject and did (the latter two the whole DID, did:erc721:…).";
const SOURCE: &str = "Only signals of one source.";

/// Directives that document access; async-graphql's dynamic schemas cannot define them, so the SDL does.
const DIRECTIVES: &str = "\
\"\"\"The field takes a vehicle token of the vehicle asked for.\"\"\"
directive @requiresVehicleToken on FIELD_DEFINITION
\"\"\"The field takes all of these privileges.\"\"\"
directive @requiresAllOfPrivileges(privileges: [Privilege!]!) on FIELD_DEFINITION
\"\"\"The field takes one of these privileges.\"\"\"
directive @requiresOneOfPrivilege(privileges: [Privilege!]!) on FIELD_DEFINITION
\"\"\"The field is a signal.\"\"\"
directive @isSignal on FIELD_DEFINITION
\"\"\"The field aggregates the signal's values of an interval.\"\"\"
directive @hasAggregation on FIELD_DEFINITION
";

/// Builds the schema.
pub(crate) fn build() -> Result<Schema, SchemaError> {
    let mut schema = Schema::build("Query", None, None)
        .disable_suggestions()
        .limit_recursive_depth(CHAIN_MAX + 8)
        .limit_directives(8)
        .register(query());
    for object in objects() {
        schema = schema.register(object);
    }
    for object in inputs::objects() {
        schema = schema.register(object);
    }
    for enumeration in inputs::enums() {
        schema = schema.register(enumeration);
    }
    schema
        .register(privileges())
        .register(time())
        .register(uint64())
        .finish()
}

/// The schema in SDL, as committed in `schema.graphql`.
///
/// # Errors
/// A message when the schema does not fit together, which a test rules out.
pub fn sdl() -> Result<String, String> {
    let schema = build().map_err(|error| error.to_string())?;
    Ok(format!("{}\n{DIRECTIVES}", schema.sdl().trim_end()))
}

/// Names of the fields of `Query`.
#[must_use]
pub fn query_fields() -> Vec<&'static str> {
    root_fields().iter().map(|root| root.name).collect()
}

struct Root {
    name: &'static str,
    returns: TypeRef,
    description: &'static str,
}

fn root_fields() -> [Root; 5] {
    [
        Root {
            name: "signals",
            returns: TypeRef::named_nn_list("SignalAggregations"),
            description: "Signals in buckets of `interval`, which start at `from`. Buckets without data are left \
                          out; null when there is no data at all. A field whose privilege is missing is null, with \
                          one error.",
        },
        Root {
            name: "signalsLatest",
            returns: TypeRef::named("SignalCollection"),
            description: "Newest value of each signal. Never null; signals without a value are.",
        },
        Root {
            name: "availableSignals",
            returns: TypeRef::named_nn_list(TypeRef::STRING),
            description: "Names of the signals with a value that the caller may read, ascending; null when there \
                          are none. Each can be selected in `signalsLatest`.",
        },
        Root {
            name: "signalsSnapshot",
            returns: TypeRef::named("SignalsSnapshotResponse"),
            description: "Newest values of all signals that the caller may read, in one list.",
        },
        Root {
            name: "dataSummary",
            returns: TypeRef::named("DataSummary"),
            description: "How much is stored, as far as the caller may know.",
        },
    ]
}

fn query() -> Object {
    let mut query = Object::new("Query");
    for root in root_fields() {
        let mut field = plain(root.name, root.returns).description(root.description);
        for (name, of) in [
            ("tokenId", TypeRef::INT),
            ("subject", TypeRef::STRING),
            ("did", TypeRef::STRING),
        ] {
            field = field.argument(InputValue::new(name, TypeRef::named(of)).description(VEHICLE));
        }
        if root.name == "signals" {
            let needed = |name: &str, of: &str| InputValue::new(name, TypeRef::named_nn(of));
            field = field
                .argument(needed("interval", TypeRef::STRING).description(
                    "Length of a bucket: a Go duration such as 1h30m or 300ms (ns, us, ms, s, m, h), and d for 24 h.",
                ))
                .argument(needed("from", "Time").description("Start of the first bucket, inclusive."))
                .argument(needed("to", "Time").description("End, exclusive."));
        }
        let filter = InputValue::new("filter", TypeRef::named("SignalFilter")).description(SOURCE);
        query = query.field(
            field
                .argument(filter)
                .directive(Directive::new("requiresVehicleToken")),
        );
    }
    query
}

/// A field whose resolver answers nothing.
fn plain(name: impl Into<String>, of: impl Into<TypeRef>) -> Field {
    Field::new(name, of, |_| FieldFuture::Value(None))
}

fn objects() -> Vec<Object> {
    let needed = |name: &str, of: &str| plain(name, TypeRef::named_nn(of));
    let list = |name: &str, of: &str| plain(name, TypeRef::named_nn_list_nn(of));
    let point = |name: &str, of: &str| {
        Object::new(name)
            .field(needed("timestamp", "Time").description("When it was measured."))
            .field(needed("value", of))
    };
    vec![
        aggregations(),
        collection(),
        Object::new("Location")
            .description("A position, WGS84.")
            .field(needed("latitude", TypeRef::FLOAT).description("Degrees."))
            .field(needed("longitude", TypeRef::FLOAT).description("Degrees."))
            .field(needed("hdop", TypeRef::FLOAT).description("Horizontal dilution of precision; 0 when unknown.")),
        point("SignalFloat", TypeRef::FLOAT),
        point("SignalString", TypeRef::STRING),
        point("SignalLocation", "Location"),
        Object::new("SignalsSnapshotResponse")
            .field(plain("lastSeen", TypeRef::named("Time")).description("Newest time of anything; null without data."))
            .field(list("signals", "LatestSignal").description("Ascending by name.")),
        Object::new("LatestSignal")
            .field(needed("name", TypeRef::STRING))
            .field(needed("timestamp", "Time").description("When it was measured."))
            .field(plain("valueNumber", TypeRef::named(TypeRef::FLOAT)).description("Set for number signals."))
            .field(plain("valueString", TypeRef::named(TypeRef::STRING)).description("Set for text signals."))
            .field(plain("valueLocation", TypeRef::named("Location")).description("Set for position signals.")),
        Object::new("DataSummary")
            .field(needed("numberOfSignals", "Uint64").description("Values of all signals together."))
            .field(list("availableSignals", TypeRef::STRING))
            .field(plain("firstSeen", TypeRef::named("Time")).description("Null without data."))
            .field(plain("lastSeen", TypeRef::named("Time")).description("Null without data."))
            .field(list("signalDataSummary", "SignalDataSummary"))
            .field(list("eventDataSummary", "EventDataSummary").description(
                "Events, for callers with VEHICLE_NON_LOCATION_DATA and VEHICLE_ALL_TIME_LOCATION; not narrowed by \
                 `filter`.",
            )),
        extent("SignalDataSummary", "numberOfSignals"),
        extent("EventDataSummary", "numberOfEvents"),
    ]
}

fn extent(name: &str, count: &str) -> Object {
    Object::new(name)
        .field(plain("name", TypeRef::named_nn(TypeRef::STRING)))
        .field(plain(count, TypeRef::named_nn("Uint64")))
        .field(plain("firstSeen", TypeRef::named_nn("Time")))
        .field(plain("lastSeen", TypeRef::named_nn("Time")))
}

/// `SignalAggregations`: one field for each signal, with its aggregation and filter.
fn aggregations() -> Object {
    let timestamp =
        plain("timestamp", TypeRef::named_nn("Time")).description("Start of the bucket.");
    let mut object = Object::new("SignalAggregations").field(timestamp).field(
        approximate("Location")
            .argument(InputValue::new(
                "agg",
                TypeRef::named_nn("LocationAggregation"),
            ))
            .directive(Directive::new("hasAggregation")),
    );
    for signal in SignalId::ALL {
        let (value, aggregation, filter) = match signal.definition().kind {
            ValueKind::Number => (
                TypeRef::FLOAT,
                "FloatAggregation",
                Some("SignalFloatFilter"),
            ),
            ValueKind::Text => (TypeRef::STRING, "StringAggregation", None),
            ValueKind::Location => (
                "Location",
                "LocationAggregation",
                Some("SignalLocationFilter"),
            ),
        };
        let mut field = signal_field(*signal, value)
            .argument(InputValue::new("agg", TypeRef::named_nn(aggregation)))
            .directive(Directive::new("hasAggregation"));
        if let Some(filter) = filter {
            field = field.argument(InputValue::new("filter", TypeRef::named(filter)));
        }
        object = object.field(field);
    }
    object
}

/// `SignalCollection`: the newest value of each signal.
fn collection() -> Object {
    let last_seen = plain("lastSeen", TypeRef::named("Time"))
        .description("Newest time of anything; null without data.");
    let mut object = Object::new("SignalCollection")
        .field(last_seen)
        .field(approximate("SignalLocation"));
    for signal in SignalId::ALL {
        object = object.field(signal_field(
            *signal,
            match signal.definition().kind {
                ValueKind::Number => "SignalFloat",
                ValueKind::Text => "SignalString",
                ValueKind::Location => "SignalLocation",
            },
        ));
    }
    object
}

fn signal_field(signal: SignalId, of: &str) -> Field {
    let definition = signal.definition();
    let privileges: Vec<Value> = need(signal)
        .any_of()
        .iter()
        .filter_map(|p| privilege_value(*p))
        .collect();
    plain(definition.name, TypeRef::named(of))
        .description(format!(
            "{}. Requires {}.",
            definition.description(),
            definition.privilege.graphql_name()
        ))
        .directive(Directive::new("isSignal"))
        .directive(
            Directive::new("requiresAllOfPrivileges")
                .argument("privileges", Value::List(privileges)),
        )
}

fn approximate(of: &str) -> Field {
    let privileges: Vec<Value> = approximate_need()
        .any_of()
        .iter()
        .filter_map(|p| privilege_value(*p))
        .collect();
    plain(APPROXIMATE_NAME, TypeRef::named(of))
        .description(
            "Vehicle.CurrentLocation.Coordinates at the centre of its H3 cell of resolution 6 (about 36 km²). Requires \
             VEHICLE_APPROXIMATE_LOCATION or VEHICLE_ALL_TIME_LOCATION.",
        )
        .directive(Directive::new("requiresOneOfPrivilege").argument("privileges", Value::List(privileges)))
}

/// Name of a permission in the `Privilege` enum; live data has none.
fn privilege_name(permission: Permission) -> Option<&'static str> {
    Some(match permission {
        Permission::NonLocationHistory => "VEHICLE_NON_LOCATION_DATA",
        Permission::ExecuteCommands => "VEHICLE_COMMANDS",
        Permission::CurrentLocation => "VEHICLE_CURRENT_LOCATION",
        Permission::LocationHistory => "VEHICLE_ALL_TIME_LOCATION",
        Permission::VinCredential => "VEHICLE_VIN_CREDENTIAL",
        Permission::RawData => "VEHICLE_RAW_DATA",
        Permission::ApproximateLocation => "VEHICLE_APPROXIMATE_LOCATION",
        Permission::LiveData => return None,
    })
}

fn privilege_value(permission: Permission) -> Option<Value> {
    privilege_name(permission).map(|name| Value::Enum(async_graphql::Name::new(name)))
}

fn privileges() -> Enum {
    let mut privileges =
        Enum::new("Privilege").description("What an owner can grant; see the field descriptions.");
    for permission in Permission::ALL {
        let Some(name) = privilege_name(permission) else {
            continue;
        };
        let mut item = EnumItem::new(name).description(permission.name());
        if permission == Permission::CurrentLocation {
            item = item.deprecation(Some(
                "use VEHICLE_ALL_TIME_LOCATION or VEHICLE_APPROXIMATE_LOCATION",
            ));
        }
        privileges = privileges.item(item);
    }
    privileges
}

fn time() -> Scalar {
    Scalar::new("Time")
        .description("A time in RFC 3339, such as 2026-05-02T06:10:00.5Z. Finer than a microsecond is cut off.")
        .specified_by_url("https://www.rfc-editor.org/rfc/rfc3339")
}

fn uint64() -> Scalar {
    Scalar::new("Uint64").description("A whole number from 0 to 2^64-1, as a JSON number.")
}
