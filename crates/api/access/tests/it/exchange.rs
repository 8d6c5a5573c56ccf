use http::StatusCode;
use milepost_policy::{Denial, Permission, PermissionSet, TwinView as _};
use milepost_types::Did;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Node, Style, claims},
    world::{
        APP, BUYER, CHAIN, ISSUER, OTHER_APP, OWNER, VEHICLES, at, grant, key, never, set, vehicle,
    },
};

const LOCATION: &str = "privilege:GetLocationHistory";
const TELEMETRY: &str = "privilege:GetNonLocationHistory";

#[track_caller]
fn refused(answer: &Answer, status: StatusCode, message: &str) {
    assert_eq!(
        answer.body,
        json!({"code": status.as_u16(), "message": message})
    );
    assert_eq!(answer.status, status);
}

fn asset(permissions: &[&str]) -> Value {
    json!({"asset": vehicle(1).to_string(), "permissions": permissions})
}

fn token(answer: Answer) -> String {
    answer.ok()["token"].as_str().unwrap().to_owned()
}

/// A node on which the owner granted both telemetry and location of vehicle 1, and a developer token of the app.
async fn granted() -> (Node, String) {
    let node = Node::new();
    let permissions = set(&[Permission::NonLocationHistory, Permission::LocationHistory]);
    node.world
        .chain
        .set_grant(vehicle(1), APP, grant(permissions, at(10_000)));
    let developer = node.developer_token().await;
    (node, developer)
}

#[tokio::test]
async fn log_in_exchange_and_read_with_the_deployed_claims() {
    let (node, developer) = granted().await;
    let answer = node
        .exchange(&developer, &asset(&[LOCATION, TELEMETRY]))
        .await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let token = token(answer);
    let claims = claims(&token);
    let now = at(0).as_secs();
    let expected = json!({
        "iss": ISSUER, "sub": APP.to_string(), "aud": ["dimo.zone"],
        "iat": now, "nbf": now, "exp": now + 600, "jti": claims["jti"], "token_use": "vehicle",
        "asset": vehicle(1).to_string(), "permissions": [TELEMETRY, LOCATION], "cloud_events": {"events": []},
        "contract_address": VEHICLES.to_string(), "token_id": "1", "privilege_ids": [1, 4],
        "grant_version": 0, "block": node.world.chain.head().number,
    });
    assert_eq!(claims, expected);
    let read = node.read(&token).unwrap();
    assert_eq!((read.client_id, read.asset), (APP, vehicle(1)));
    assert_eq!(
        read.permissions,
        set(&[Permission::NonLocationHistory, Permission::LocationHistory])
    );
    assert_eq!(
        (read.expires_at, read.block),
        (at(600), node.world.chain.head())
    );
}

#[tokio::test]
async fn the_older_request_form_gives_the_same_token() {
    let (node, developer) = granted().await;
    for id in [json!(1), json!("1")] {
        let body = json!({"nftContractAddress": VEHICLES.to_string().to_lowercase(), "tokenId": id, "privileges": [4, 1]});
        let claims = claims(&token(node.exchange(&developer, &body).await));
        assert_eq!(
            (&claims["asset"], &claims["permissions"]),
            (
                &vehicle(1).to_string().into(),
                &json!([TELEMETRY, LOCATION])
            )
        );
    }
    let legacy = format!("did:nft:{CHAIN}:{VEHICLES}_1");
    let claims = claims(&token(
        node.exchange(
            &developer,
            &json!({"asset": legacy, "permissions": [LOCATION]}),
        )
        .await,
    ));
    assert_eq!(claims["asset"], vehicle(1).to_string());
}

#[tokio::test]
async fn a_token_never_outlives_its_grant() {
    let (node, developer) = granted().await;
    node.world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, at(90)));
    let claims = claims(&token(node.exchange(&developer, &asset(&[LOCATION])).await));
    assert_eq!(claims["exp"], at(90).as_secs());
    for secs in [90, 91] {
        node.at(secs);
        assert_eq!(
            node.exchange(&developer, &asset(&[LOCATION])).await.status,
            StatusCode::FORBIDDEN
        );
    }
}

#[tokio::test]
async fn d1_42_nothing_is_shared_without_the_owners_grant() {
    let (node, developer) = granted().await;
    let raw = "privilege:GetRawData";
    let missing = format!(
        "Address {APP} lacks permissions [{raw}] for asset {}",
        vehicle(1)
    );
    refused(
        &node.exchange(&developer, &asset(&[LOCATION, raw])).await,
        StatusCode::FORBIDDEN,
        &missing,
    );
    for not_shared in [vehicle(2), vehicle(777)] {
        let body = json!({"asset": not_shared.to_string(), "permissions": [TELEMETRY, LOCATION]});
        let message = format!(
            "Address {APP} lacks permissions [{TELEMETRY} {LOCATION}] for asset {not_shared}"
        );
        refused(
            &node.exchange(&developer, &body).await,
            StatusCode::FORBIDDEN,
            &message,
        );
    }
    let other = node.log_in(OTHER_APP, &key(2), Style::Form).await.ok()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let message = format!(
        "Address {OTHER_APP} lacks permissions [{LOCATION}] for asset {}",
        vehicle(1)
    );
    refused(
        &node.exchange(&other, &asset(&[LOCATION])).await,
        StatusCode::FORBIDDEN,
        &message,
    );
}

#[tokio::test]
async fn d1_43_a_revoked_licence_exchanges_and_reads_nothing() {
    let (node, developer) = granted().await;
    let held = token(node.exchange(&developer, &asset(&[LOCATION])).await);
    node.world.chain.revoke(APP);
    let answer = node.exchange(&developer, &asset(&[LOCATION])).await;
    refused(
        &answer,
        StatusCode::FORBIDDEN,
        &format!("not a dev license: {APP}"),
    );
    assert_eq!(node.read(&held), Err(Denial::Unlicensed(APP)));
}

#[tokio::test]
async fn withdrawal_narrowing_and_sale_end_what_a_held_token_reads() {
    let (node, developer) = granted().await;
    let held = token(
        node.exchange(&developer, &asset(&[LOCATION, TELEMETRY]))
            .await,
    );
    let none = Err(Denial::NoGrant {
        asset: vehicle(1),
        grantee: APP,
    });
    let chain = &node.world.chain;
    chain.set_grant(
        vehicle(1),
        APP,
        grant(set(&[Permission::NonLocationHistory]), never()),
    );
    assert_eq!(
        node.read(&held).unwrap().permissions,
        set(&[Permission::NonLocationHistory])
    );
    chain.set_grant(vehicle(1), APP, grant(PermissionSet::EMPTY, never()));
    assert_eq!(node.read(&held), none);
    assert_eq!(
        node.exchange(&developer, &asset(&[TELEMETRY])).await.status,
        StatusCode::FORBIDDEN
    );
    chain.set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    assert!(node.read(&held).is_ok());
    chain.transfer(vehicle(1), BUYER);
    assert_eq!(node.read(&held), none);
    assert_eq!(
        node.exchange(&developer, &asset(&[TELEMETRY])).await.status,
        StatusCode::FORBIDDEN
    );
    chain.set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    assert_eq!(node.read(&held), none, "a token from before the sale");
    let fresh = token(node.exchange(&developer, &asset(&[TELEMETRY])).await);
    assert_eq!(claims(&fresh)["grant_version"], 1);
    assert!(node.read(&fresh).is_ok());
}

#[tokio::test]
async fn an_inactive_template_shares_nothing() {
    let (node, developer) = granted().await;
    let mut inactive = grant(PermissionSet::ALL, never());
    inactive.template_inactive = true;
    node.world.chain.set_grant(vehicle(1), APP, inactive);
    assert_eq!(
        node.exchange(&developer, &asset(&[TELEMETRY])).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_account_wide_grant_covers_the_owners_vehicles_until_they_are_sold() {
    let node = Node::new();
    let account = Did::ethr(CHAIN, OWNER);
    node.world.chain.set_grant(
        account,
        APP,
        grant(set(&[Permission::NonLocationHistory]), never()),
    );
    let developer = node.developer_token().await;
    let held = token(node.exchange(&developer, &asset(&[TELEMETRY])).await);
    assert!(node.read(&held).is_ok());
    let of_account = token(
        node.exchange(
            &developer,
            &json!({"asset": account.to_string(), "permissions": [TELEMETRY]}),
        )
        .await,
    );
    let claims = claims(&of_account);
    assert_eq!(claims["contract_address"], OWNER.to_string());
    assert!(claims.get("token_id").is_none());
    assert_eq!(node.read(&of_account).unwrap().asset, account);
    node.world.chain.transfer(vehicle(1), BUYER);
    assert!(node.read(&held).is_err());
    assert!(node.read(&of_account).is_ok());
}

#[tokio::test]
async fn a_licence_reads_its_own_vehicle_without_a_grant() {
    let node = Node::new();
    node.world.chain.transfer(vehicle(1), APP);
    let developer = node.developer_token().await;
    let names: Vec<_> = Permission::ALL
        .iter()
        .map(|permission| permission.name())
        .collect();
    let held = token(node.exchange(&developer, &asset(&names)).await);
    assert_eq!(node.read(&held).unwrap().permissions, PermissionSet::ALL);
    node.world.chain.transfer(vehicle(1), BUYER);
    assert!(node.read(&held).is_err());
}

#[tokio::test]
async fn single_cloud_events_are_refused_honestly() {
    let (node, developer) = granted().await;
    let message = format!(
        "Address {APP} lacks cloudevent grants for asset {}: no grant document provides them",
        vehicle(1)
    );
    for permissions in [json!([]), json!([LOCATION]), Value::Null] {
        let body = json!({
            "asset": vehicle(1).to_string(), "permissions": permissions,
            "cloudEvents": {"events": [{"eventType": "dimo.attestation"}]},
        });
        refused(
            &node.exchange(&developer, &body).await,
            StatusCode::FORBIDDEN,
            &message,
        );
    }
    let body = json!({"asset": vehicle(1).to_string(), "permissions": [LOCATION], "cloudEvents": {"events": []}});
    node.exchange(&developer, &body).await.ok();
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let (node, developer) = granted().await;
    let other_chain = format!("did:erc721:1:{VEHICLES}:1");
    let other_contract = format!("did:erc721:{CHAIN}:{OWNER}:1");
    let foreign = |did: &str| format!("asset {did} is not a vehicle or account of this network");
    let own = vehicle(1).to_string();
    let table = [
        (
            json!({"asset": own}),
            "Please provide at least one privilege or cloudevent".to_owned(),
        ),
        (
            json!({"asset": own, "permissions": ["privilege:Fly"]}),
            "unknown permission 'privilege:Fly'".to_owned(),
        ),
        (
            json!({"asset": own, "privileges": [9]}),
            "unknown permission '9'".to_owned(),
        ),
        (
            json!({"asset": own, "privileges": [0]}),
            "unknown permission '0'".to_owned(),
        ),
        (
            json!({"permissions": [LOCATION]}),
            "asset is missing: provide asset, or nftContractAddress and tokenId".to_owned(),
        ),
        (
            json!({"tokenId": 1, "permissions": [LOCATION]}),
            "asset is missing: provide asset, or nftContractAddress and tokenId".to_owned(),
        ),
        (
            json!({"asset": "did:web:1:x", "permissions": [LOCATION]}),
            "invalid asset: DID method 'web' is not one of erc721, ethr, erc20".to_owned(),
        ),
        (
            json!({"nftContractAddress": "0x1", "tokenId": 1, "privileges": [1]}),
            "invalid asset: '0x1' is not an address: expected 0x and 40 hex digits".to_owned(),
        ),
        (
            json!({"asset": other_chain, "permissions": [LOCATION]}),
            foreign(&other_chain),
        ),
        (
            json!({"asset": other_contract, "permissions": [LOCATION]}),
            foreign(&other_contract),
        ),
        (
            json!({"asset": own, "nftContractAddress": VEHICLES.to_string(), "tokenId": 2, "privileges": [1]}),
            "asset and nftContractAddress/tokenId name different assets".to_owned(),
        ),
        (
            json!({"asset": own, "privileges": [1], "audience": [""]}),
            "audience may have at most 8 entries of 1 to 256 characters".to_owned(),
        ),
        (
            json!({"asset": own, "privileges": [1], "audience": vec!["a"; 9]}),
            "audience may have at most 8 entries of 1 to 256 characters".to_owned(),
        ),
    ];
    for (body, message) in table {
        refused(
            &node.exchange(&developer, &body).await,
            StatusCode::BAD_REQUEST,
            &message,
        );
    }
    for body in [
        json!([]),
        json!("text"),
        Value::Null,
        json!({"asset": 7}),
        json!({"asset": own, "privileges": [-1]}),
        json!({"tokenId": 1.5}),
        json!({"tokenId": "0x1"}),
    ] {
        let answer = node.exchange(&developer, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(
            answer.message().starts_with("malformed request body: "),
            "{}",
            answer.message()
        );
    }
}

#[tokio::test]
async fn an_audience_is_kept_and_then_does_not_read_here() {
    let (node, developer) = granted().await;
    let body = json!({"asset": vehicle(1).to_string(), "privileges": [1], "audience": ["partner.example"]});
    let elsewhere = token(node.exchange(&developer, &body).await);
    assert_eq!(claims(&elsewhere)["aud"], json!(["partner.example"]));
    assert!(
        node.world
            .service
            .verify_vehicle_token(&elsewhere, at(0))
            .is_err()
    );
    let body = json!({"asset": vehicle(1).to_string(), "privileges": [1], "audience": ["partner.example", "dimo.zone"]});
    assert!(
        node.read(&token(node.exchange(&developer, &body).await))
            .is_ok()
    );
}

#[tokio::test]
async fn without_a_good_developer_token_everything_is_401() {
    let (node, developer) = granted().await;
    let vehicle_token = token(node.exchange(&developer, &asset(&[LOCATION])).await);
    let stranger = Node::new().developer_token().await;
    let (head, rest) = developer.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    let table = [
        (vehicle_token, "token is not of the kind needed here"),
        (stranger, "token is signed by an unknown key"),
        (format!("{head}.{payload}."), "token signature is wrong"),
        ("nonsense".to_owned(), "token is malformed"),
    ];
    for (bearer, message) in table {
        refused(
            &node.exchange(&bearer, &asset(&[LOCATION])).await,
            StatusCode::UNAUTHORIZED,
            message,
        );
        refused(
            &node.exchange(&bearer, &json!("not even a request")).await,
            StatusCode::UNAUTHORIZED,
            message,
        );
    }
    node.at(86_400);
    let answer = node.exchange(&developer, &asset(&[LOCATION])).await;
    refused(&answer, StatusCode::UNAUTHORIZED, "token has expired");
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
}
