use http::{Request, StatusCode, header};
use milepost_api_telemetry::ROUTES;
use milepost_signals::id;
use serde_json::json;

use crate::world::{TOKEN, World, request};

#[tokio::test]
async fn both_paths_and_both_methods_answer() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let query = "%7B%20availableSignals(tokenId%3A%207)%20%7D";
    for rule in ROUTES {
        let request = match rule.method {
            "GET" => Request::get(format!("{}?query={query}", rule.path)).body(String::new()),
            _ => Request::post(rule.path)
                .body(json!({"query": "{ availableSignals(tokenId: 7) }"}).to_string()),
        };
        let mut request = request.unwrap().map(Into::into);
        request
            .headers_mut()
            .insert("authorization", format!("bearer {TOKEN}").parse().unwrap());
        let answer = world.send(request).await;
        assert_eq!(
            answer.data("availableSignals"),
            &json!(["speed"]),
            "{rule:?}"
        );
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    assert!(milepost_http::routes_without_rule(ROUTES).is_empty());
}

#[tokio::test]
async fn get_takes_variables_and_an_operation_name() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let path = "/query?query=query%20A(%24i%3A%20Int)%7B%20availableSignals(tokenId%3A%20%24i)%20%7D%20query%20B%7B__typename%7D&variables=%7B%22i%22%3A7%7D&operationName=A";
    let mut get = Request::get(path).body(String::new().into()).unwrap();
    get.headers_mut()
        .insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
    assert_eq!(
        world.send(get).await.data("availableSignals"),
        &json!(["speed"])
    );
    for bad in [
        "/query",
        "/query?variables=%7B%7D",
        "/query?query=%7B__typename%7D&variables=%7B",
        "/query?query=a&query=b",
    ] {
        let get = Request::get(bad).body(String::new().into()).unwrap();
        assert_eq!(
            world.send(get).await.status,
            StatusCode::BAD_REQUEST,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_no_request_are_400() {
    let world = World::new();
    for body in [
        "",
        "{",
        "null",
        "7",
        "{\"query\": 7}",
        "{\"variables\": {}}",
        "query { a }",
    ] {
        let answer = world.send(request(Some(TOKEN), body)).await;
        assert_eq!(
            (answer.status, answer.error().0.as_str()),
            (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
            "{body}"
        );
    }
    let batch = json!([{"query": "{ __typename }"}]).to_string();
    let answer = world.send(request(Some(TOKEN), batch)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.error().2.contains("batches are not answered"));
}

#[tokio::test]
async fn parse_and_validation_errors_are_422_with_their_code_and_place() {
    let world = World::new();
    for (query, code, part) in [
        (
            "{ availableSignals(tokenId: 7) ",
            "GRAPHQL_PARSE_FAILED",
            "",
        ),
        (
            "{ nope }",
            "GRAPHQL_VALIDATION_FAILED",
            "Unknown field \"nope\"",
        ),
        (
            "{ signalsLatest(tokenId: 7) { currentLocationLatitude { value } } }",
            "GRAPHQL_VALIDATION_FAILED",
            "Unknown field \"currentLocationLatitude\"",
        ),
        (
            "{ availableSignals(tokenID: 7) }",
            "GRAPHQL_VALIDATION_FAILED",
            "Unknown argument \"tokenID\"",
        ),
        (
            "{ availableSignals(tokenId: \"7\") }",
            "GRAPHQL_VALIDATION_FAILED",
            "tokenId",
        ),
        (
            "{ signals(tokenId: 7) { speed(agg: AVG) } }",
            "GRAPHQL_VALIDATION_FAILED",
            "interval",
        ),
        (
            "{ signalsLatest(tokenId: 7) }",
            "GRAPHQL_VALIDATION_FAILED",
            "subfields",
        ),
        (
            "query($x: Int!) { availableSignals(tokenId: $x) }",
            "GRAPHQL_VALIDATION_FAILED",
            "Variable \"$x\"",
        ),
        (
            "{ signalsLatest(tokenId: 7) { lastSeen } ... on Query { signalsLatest(tokenId: 8) { lastSeen } } }",
            "GRAPHQL_VALIDATION_FAILED",
            "conflict",
        ),
    ] {
        let answer = world.ask(query).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}: {}",
            answer.body
        );
        assert_eq!(answer.body["data"], json!(null));
        let errors = answer.errors();
        assert!(errors.iter().all(|e| e.0 == code), "{}", answer.body);
        assert!(errors.iter().any(|e| e.2.contains(part)), "{}", answer.body);
        assert!(answer.body["errors"][0]["extensions"]["reason"].is_null());
    }
}

#[tokio::test]
async fn one_unknown_field_is_named_so_that_a_client_can_drop_it() {
    let world = World::new();
    let answer = world
        .ask("{ signalsLatest(tokenId: 7) {\n speed { value }\n warp { value } } }")
        .await;
    assert_eq!(
        answer.error().2,
        "Unknown field \"warp\" on type \"SignalCollection\"."
    );
    assert_eq!(
        answer.body["errors"][0]["locations"],
        json!([{"line": 3, "column": 2}])
    );
}

#[tokio::test]
async fn introspection_needs_no_token_and_mixes_with_data() {
    let world = World::new();
    world.number(id::SPEED, 1.0, 8.0);
    let query = "{ t: __type(name: \"SignalFloat\") { name kind fields { name } } __schema { queryType { name } } availableSignals(tokenId: 7) }";
    let answer = world.ask_as(None, query).await;
    assert_eq!(
        answer.body["data"]["t"]["fields"],
        json!([{"name": "timestamp"}, {"name": "value"}])
    );
    assert_eq!(
        answer.body["data"]["__schema"]["queryType"]["name"],
        json!("Query")
    );
    assert_eq!(answer.error().2, "unauthorized: jwt missing");
    assert_eq!(
        world.ask(query).await.body["data"]["availableSignals"],
        json!(["speed"])
    );
}

#[tokio::test]
async fn the_introspection_query_of_common_tools_is_answered() {
    let type_ref = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }";
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }}
           types {{ ...FullType }} directives {{ name description locations args {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL
           fields(includeDeprecated: true) {{ name description args {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }}
           inputFields {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }}
         fragment TypeRef on __Type {{ {type_ref} }}"
    );
    let answer = World::new()
        .post(
            None,
            &json!({"query": query, "operationName": "IntrospectionQuery"}),
        )
        .await;
    assert!(answer.errors().is_empty(), "{:?}", answer.errors());
    let types = answer.body["data"]["__schema"]["types"].as_array().unwrap();
    let aggregations = types
        .iter()
        .find(|t| t["name"] == "SignalAggregations")
        .unwrap();
    assert_eq!(aggregations["fields"].as_array().unwrap().len(), 116 + 2);
}
