use std::panic::AssertUnwindSafe;

use async_graphql::{
    Request, Value as Const, Variables, dynamic::Schema, futures_util::FutureExt as _,
    parser::parse_query, parser::types::ExecutableDocument,
};
use serde::Deserialize;

use crate::{
    TelemetryApiSettings, cost,
    error::{Code, GraphError},
    scan::scan,
    selection::Scope,
};

/// A geofence of 5,000 vertices used once fits.
const VARIABLE_NODES_MAX: usize = 100_000;

const GAVE_UP: &str = "query cannot be understood";

/// Body of a GraphQL request. Other keys, such as `extensions`, are ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct GraphRequest {
    pub(crate) query: String,
    #[serde(default, rename = "operationName")]
    pub(crate) operation_name: Option<String>,
    #[serde(default)]
    pub(crate) variables: Option<serde_json::Value>,
}

/// A document that may be planned, with the answers to its introspection fields by response key.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) document: ExecutableDocument,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Variables,
    pub(crate) introspection: Const,
}

/// Scans, parses, measures and validates a request, and answers its introspection fields.
///
/// # Errors
/// All errors found, with code `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED` or
/// `COMPLEXITY_LIMIT_EXCEEDED`.
pub(crate) async fn prepare(
    schema: &Schema,
    request: GraphRequest,
    settings: &TelemetryApiSettings,
) -> Result<Prepared, Vec<GraphError>> {
    let document = parse(&request).map_err(|error| vec![error])?;
    cost::check(&document, settings.complexity_max, settings.depth_max)
        .map_err(|error| vec![error])?;
    // Empty names come from clients that always send the key.
    let operation_name = request.operation_name.filter(|name| !name.is_empty());
    let variables = Variables::from_json(request.variables.unwrap_or_default());
    // Unbound variables are named here; validation would only say where they are used.
    Scope::new(&document, operation_name.as_deref(), &variables).map_err(|error| vec![error])?;
    let mut graph = Request::new("").variables(variables.clone());
    graph.set_parsed_query(document.clone());
    if let Some(name) = &operation_name {
        graph = graph.operation_name(name);
    }
    let validated = AssertUnwindSafe(schema.execute(graph)).catch_unwind().await;
    let response = validated.map_err(|_| vec![gave_up("validation")])?;
    if !response.errors.is_empty() {
        let errors = response.errors.into_iter();
        return Err(errors
            .map(|error| GraphError::from_server(error, Code::ValidationFailed))
            .collect());
    }
    Ok(Prepared {
        document,
        operation_name,
        variables,
        introspection: response.data,
    })
}

fn parse(request: &GraphRequest) -> Result<ExecutableDocument, GraphError> {
    let dollars = scan(&request.query)?;
    check_variables(request.variables.as_ref(), dollars)?;
    let parsed =
        std::panic::catch_unwind(|| parse_query(&request.query)).map_err(|_| gave_up("parser"))?;
    let document =
        parsed.map_err(|error| GraphError::from_server(error.into(), Code::ParseFailed))?;
    known_types(&document)?;
    Ok(document)
}

/// Each use of a variable copies its value, so uses times size has a limit.
fn check_variables(variables: Option<&serde_json::Value>, uses: usize) -> Result<(), GraphError> {
    match variables {
        None | Some(serde_json::Value::Null) => Ok(()),
        Some(values @ serde_json::Value::Object(_))
            if uses.saturating_mul(nodes(values)) <= VARIABLE_NODES_MAX =>
        {
            Ok(())
        }
        Some(serde_json::Value::Object(_)) => {
            let message =
                format!("variables would be filled in to more than {VARIABLE_NODES_MAX} values");
            Err(GraphError::new(Code::TooComplex, message))
        }
        Some(_) => Err(GraphError::new(
            Code::ValidationFailed,
            "variables must be an object",
        )),
    }
}

fn nodes(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        serde_json::Value::Object(fields) => 1 + fields.values().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

/// Text that the library's parser or validation panics on is refused like other bad text. None is known; the
/// known ones are caught by [`scan`] and [`known_types`].
fn gave_up(what: &str) -> GraphError {
    tracing::error!(what, "graphql library panicked on a query");
    GraphError::new(Code::ParseFailed, GAVE_UP)
}

/// Validation panics on default values of lists of an unknown type, so types of variables are looked at first.
fn known_types(document: &ExecutableDocument) -> Result<(), GraphError> {
    for (_, operation) in document.operations.iter() {
        for variable in &operation.node.variable_definitions {
            let written = variable.node.var_type.node.to_string();
            let name = written.trim_matches(|c| matches!(c, '[' | ']' | '!'));
            if !crate::schema::INPUT_TYPES.contains(&name) {
                let message = format!(
                    "Unknown type \"{name}\" of variable \"${}\"",
                    variable.node.name.node
                );
                return Err(GraphError::new(Code::ValidationFailed, message).at(variable.pos));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Selections that mix known and unknown names, arguments, variables and fragments.
    fn selection() -> BoxedStrategy<String> {
        let name = prop::sample::select(vec![
            "signals",
            "signalsLatest",
            "availableSignals",
            "dataSummary",
            "speed",
            "currentLocationCoordinates",
            "value",
            "latitude",
            "timestamp",
            "nope",
            "__typename",
            "__schema",
            "__type",
            "types",
            "fields",
            "name",
            "a: speed",
            "b: signals",
            "...f",
            "...g",
            "... on Query",
            "... on Nope",
            "...",
        ]);
        let arguments = prop::sample::select(vec![
            "",
            "",
            "(tokenId: 7)",
            "(tokenId: $i)",
            "(did: $l)",
            "(agg: AVG)",
            "(agg: $e, filter: {in: $l})",
            "(filter: {or: [{gt: 1}, {or: []}]})",
            "(filter: 5)",
            "(name: \"Query\")",
            "(nope: [[1]])",
            "(agg: \"AVG\")",
            "(filter: {inCircle: {center: 3}})",
            "(from: 1, to: true, interval: {})",
        ]);
        let directive = prop::sample::select(vec![
            "",
            "",
            "",
            " @skip(if: $b)",
            " @include(if: 7)",
            " @nope",
            " @skip",
        ]);
        let leaf = (name, arguments, directive).prop_map(|(n, a, d)| format!("{n}{a}{d}"));
        leaf.prop_recursive(4, 24, 4, |inner| {
            (inner.clone(), prop::collection::vec(inner, 1..4))
                .prop_map(|(field, children)| format!("{field} {{ {} }}", children.join(" ")))
        })
        .boxed()
    }

    fn document() -> impl Strategy<Value = String> {
        let head = prop::sample::select(vec![
            "",
            "query",
            "query A",
            "mutation",
            "subscription",
            "query($i: Int, $l: [Float!] = [1], $e: FloatAggregation, $b: Boolean!)",
            "query($i: [SignalFloatFilter] = 5, $l: Nope, $e: Time = {a: 1}, $b: Boolean = 3)",
            "query($i: Query, $l: [[String]] = [[1]], $e: ID!, $b: Int = null)",
        ]);
        let fragment = prop::option::of((
            prop::sample::select(vec!["Query", "Location", "Nope", "Time"]),
            selection(),
        ))
        .boxed();
        (
            head,
            prop::collection::vec(selection(), 1..4),
            fragment.clone(),
            fragment,
        )
            .prop_map(|(head, roots, f, g)| {
                let mut text = format!("{head} {{ {} }}", roots.join(" "));
                for (name, fragment) in [("f", f), ("g", g)] {
                    if let Some((on, selection)) = fragment {
                        text.push_str(&format!(" fragment {name} on {on} {{ {selection} }}"));
                    }
                }
                text
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_document_panics_the_library(query in document(), variables in prop::sample::select(vec![
            "null", "{}", "{\"i\": 7, \"b\": true}", "{\"i\": {\"x\": []}, \"l\": [null], \"e\": 5, \"b\": \"x\"}",
        ])) {
            let variables = serde_json::from_str(variables).unwrap();
            let request = GraphRequest { query, operation_name: None, variables };
            let schema = crate::schema::build().unwrap();
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            if let Err(errors) = runtime.block_on(prepare(&schema, request, &TelemetryApiSettings::default())) {
                prop_assert!(!errors.is_empty());
                prop_assert!(errors.iter().all(|error| error.message != GAVE_UP), "{errors:?}");
            }
        }
    }
}
