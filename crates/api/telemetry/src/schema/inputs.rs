use async_graphql::dynamic::{Enum, EnumItem, InputObject, InputValue, TypeRef};

/// Names of all input types: what a variable may be.
pub(crate) const INPUT_TYPES: [&str; 14] = [
    TypeRef::INT,
    TypeRef::FLOAT,
    TypeRef::STRING,
    TypeRef::BOOLEAN,
    TypeRef::ID,
    "Time",
    "SignalFilter",
    "SignalFloatFilter",
    "SignalLocationFilter",
    "FilterLocation",
    "InCircleFilter",
    "FloatAggregation",
    "StringAggregation",
    "LocationAggregation",
];

/// Input objects.
pub(super) fn objects() -> [InputObject; 5] {
    [
        InputObject::new("SignalFilter").field(
            InputValue::new("source", TypeRef::named(TypeRef::STRING))
                .description("Account of the connection or provider that sent it, as did:ethr:<chain>:<0xaddress>."),
        ),
        float_filter(),
        InputObject::new("SignalLocationFilter")
            .description("Both must hold when both are given.")
            .field(InputValue::new("inPolygon", TypeRef::named_nn_list("FilterLocation")).description(
                "Inside the ring of at least three vertices, boundary excluded. Rings do not cross the 180th meridian.",
            ))
            .field(
                InputValue::new("inCircle", TypeRef::named("InCircleFilter"))
                    .description("Inside the circle, rim included."),
            ),
        InputObject::new("FilterLocation")
            .field(InputValue::new("latitude", TypeRef::named_nn(TypeRef::FLOAT)).description("Degrees, -90 to 90."))
            .field(InputValue::new("longitude", TypeRef::named_nn(TypeRef::FLOAT)).description("Degrees, -180 to 180.")),
        InputObject::new("InCircleFilter")
            .field(InputValue::new("center", TypeRef::named_nn("FilterLocation")))
            .field(InputValue::new("radius", TypeRef::named_nn(TypeRef::FLOAT)).description("Kilometres.")),
    ]
}

fn float_filter() -> InputObject {
    let mut filter = InputObject::new("SignalFloatFilter").description(
        "Which values count: (all conditions beside `or`) OR or[0] OR or[1] … Without conditions only `or` decides. \
         Empty lists are no condition.",
    );
    for name in ["eq", "neq", "gt", "lt", "gte", "lte"] {
        filter = filter.field(InputValue::new(name, TypeRef::named(TypeRef::FLOAT)));
    }
    for name in ["notIn", "in"] {
        filter = filter.field(InputValue::new(
            name,
            TypeRef::named_nn_list(TypeRef::FLOAT),
        ));
    }
    filter.field(InputValue::new(
        "or",
        TypeRef::named_nn_list("SignalFloatFilter"),
    ))
}

/// Aggregation enums.
pub(super) fn enums() -> [Enum; 3] {
    let build = |name: &str, items: &[(&str, &str)]| {
        let items = items
            .iter()
            .map(|(item, text)| EnumItem::new(*item).description(*text));
        items.fold(Enum::new(name), Enum::item)
    };
    let (rand, first, last) = (
        ("RAND", "One at random."),
        ("FIRST", "The earliest."),
        ("LAST", "The latest."),
    );
    [
        build(
            "FloatAggregation",
            &[
                ("AVG", "Arithmetic mean."),
                (
                    "MED",
                    "Exact median; of an even count the mean of the two in the middle.",
                ),
                ("MAX", "The greatest."),
                ("MIN", "The least."),
                rand,
                first,
                last,
            ],
        ),
        build(
            "StringAggregation",
            &[
                rand,
                ("TOP", "The most frequent; of several the smallest."),
                ("UNIQUE", "All different ones, ascending, joined by commas."),
                first,
                last,
            ],
        ),
        build(
            "LocationAggregation",
            &[
                (
                    "AVG",
                    "Means of latitude, longitude and hdop, each by itself.",
                ),
                rand,
                first,
                last,
            ],
        ),
    ]
}
