use axum::body::Body;
use http::{Request, StatusCode};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use milepost_api_access::ROUTES;
use milepost_http::routes_without_rule;
use milepost_policy::PermissionSet;
use serde_json::{Value, json};

use crate::{
    client::Node,
    world::{APP, ISSUER, grant, never, vehicle},
};

#[tokio::test]
async fn every_route_has_a_rule_and_answers() {
    assert!(routes_without_rule(ROUTES).is_empty());
    let node = Node::new();
    for route in ROUTES {
        let request = Request::builder()
            .method(route.method)
            .uri(route.path)
            .body(Body::empty())
            .unwrap();
        let status = node.send(request).await.status;
        assert!(
            status != StatusCode::NOT_FOUND && status != StatusCode::METHOD_NOT_ALLOWED,
            "{}",
            route.path
        );
        let other = if route.method == "GET" { "POST" } else { "GET" };
        let request = Request::builder()
            .method(other)
            .uri(route.path)
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            node.send(request).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{}",
            route.path
        );
    }
}

#[tokio::test]
async fn anybody_can_verify_tokens_with_the_published_keys() {
    let node = Node::new();
    node.world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let developer = node.developer_token().await;
    let body = json!({"asset": vehicle(1).to_string(), "privileges": [1]});
    let token = node.exchange(&developer, &body).await.ok()["token"]
        .as_str()
        .unwrap()
        .to_owned();

    let configuration = node.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(configuration["issuer"], ISSUER);
    let jwks_path = configuration["jwks_uri"]
        .as_str()
        .unwrap()
        .strip_prefix(ISSUER)
        .unwrap();
    let jwks: JwkSet = serde_json::from_value(node.get(jwks_path).await.ok()).unwrap();
    assert_eq!(
        node.get("/.well-known/jwks.json").await.ok(),
        serde_json::to_value(&jwks).unwrap()
    );
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["dimo.zone"]);
    validation.set_issuer(&[ISSUER]);
    validation.validate_exp = false; // the test's clock stands still
    assert_eq!(
        jsonwebtoken::decode::<Value>(&token, &key, &validation)
            .unwrap()
            .claims["sub"],
        APP.to_string()
    );
}

#[tokio::test]
async fn browsers_of_any_origin_may_send_their_bearer_token() {
    let node = Node::new();
    let request = Request::options("/v1/tokens/exchange")
        .header("origin", "https://app.example")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let answer = node.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(
        answer.headers["access-control-allow-headers"],
        "authorization,content-type"
    );
    assert!(
        !answer
            .headers
            .contains_key("access-control-allow-credentials")
    );
}

#[tokio::test]
async fn bodies_above_64_kib_are_not_read() {
    let node = Node::new();
    for (path, headers) in [
        ("/v1/tokens/exchange", Some("Bearer x")),
        ("/auth/web3/generate_challenge", None),
    ] {
        let mut request = Request::post(path);
        if let Some(authorization) = headers {
            request = request.header("authorization", authorization);
        }
        let answer = node
            .send(request.body(Body::from(vec![b'a'; 64 * 1024 + 1])).unwrap())
            .await;
        assert_eq!(
            (answer.status, answer.body["code"].as_u64()),
            (StatusCode::PAYLOAD_TOO_LARGE, Some(413))
        );
    }
}

#[tokio::test]
async fn a_request_without_bearer_is_401_before_its_body_is_looked_at() {
    let node = Node::new();
    for authorization in [None, Some("Basic YTpi"), Some("Bearer "), Some("Bearer")] {
        let mut request = Request::post("/v1/tokens/exchange");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let answer = node.send(request.body(Body::from("{")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let message = "missing or malformed bearer token in Authorization";
        assert_eq!(answer.body, json!({"code": 401, "message": message}));
    }
}

#[tokio::test]
async fn health_answers_without_proof() {
    assert_eq!(
        Node::new().get("/health").await.ok(),
        json!({"status": "ok"})
    );
}
