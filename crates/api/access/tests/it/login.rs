use http::StatusCode;
use milepost_access::sign_challenge;
use milepost_crypto::Signature;
use milepost_policy::TwinView as _;
use milepost_types::{Address, U256, address, keccak256};

use crate::{
    client::{Answer, Node, Style, claims},
    world::{APP, DOMAIN, ISSUER, OTHER_APP, at, key},
};

const UNKNOWN: Address = address!("0x9999999999999999999999999999999999999999");

#[track_caller]
fn refused(answer: &Answer, status: StatusCode, error: &str, message: &str) {
    assert_eq!(
        (answer.status, answer.body["error"].as_str()),
        (status, Some(error)),
        "{}",
        answer.body
    );
    assert_eq!(answer.message(), message);
    assert_eq!(answer.body["error_description"], answer.body["message"]);
    assert_eq!(answer.body["code"], status.as_u16());
}

async fn open_challenge(node: &Node) -> (String, String) {
    let body = node.challenge(APP, APP, DOMAIN, Style::Form).await.ok();
    (
        body["state"].as_str().unwrap().to_owned(),
        body["challenge"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn both_sdk_styles_log_in_and_hold_the_deployed_claims() {
    for style in [Style::Query, Style::Form] {
        let node = Node::new();
        let answer = node.log_in(APP, &key(1), style).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        let body = answer.ok();
        assert_eq!(
            (body["token_type"].as_str(), body["expires_in"].as_u64()),
            (Some("bearer"), Some(86_400))
        );
        assert_eq!(body["id_token"], body["access_token"]);
        let claims = claims(body["access_token"].as_str().unwrap());
        let now = at(0).as_secs();
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], APP.to_string());
        assert_eq!(claims["ethereum_address"], APP.to_string());
        assert_eq!(
            (&claims["provider_id"], &claims["email_verified"]),
            (&"web3".into(), &false.into())
        );
        assert_eq!(
            (&claims["iat"], &claims["exp"]),
            (&now.into(), &(now + 86_400).into())
        );
        assert_eq!(
            claims["sub"],
            "CioweDhEOGNEQjJCMjY0MjNjOGZEYmIyNzMyMWFGMjBiNDY1OUNlOTE5ZkQSBHdlYjM"
        );
        assert!(claims["jti"].as_str().unwrap().len() >= 20);
    }
}

#[tokio::test]
async fn the_signer_may_be_named_instead_of_the_licence() {
    let node = Node::new();
    let challenge = node
        .challenge(APP, key(1).address(), DOMAIN, Style::Query)
        .await
        .ok();
    let text = challenge["challenge"].as_str().unwrap();
    assert!(text.starts_with(&format!(
        "app.example wants you to sign in with your Ethereum account:\n{}\n\napp.example is asking you sign in.\n",
        key(1).address()
    )));
    let signature = sign_challenge(&key(1), text);
    let body = node
        .submit(
            APP,
            DOMAIN,
            challenge["state"].as_str().unwrap(),
            &signature,
            Style::Form,
        )
        .await
        .ok();
    let claims = claims(body["access_token"].as_str().unwrap());
    assert_eq!(
        claims["ethereum_address"],
        APP.to_string(),
        "the token speaks for the licence"
    );
}

#[tokio::test]
async fn all_four_recovery_bytes_and_bare_hex_are_read() {
    let node = Node::new();
    for (offset, prefix) in [(0, "0x"), (27, "0x"), (0, ""), (27, "")] {
        let (state, challenge) = open_challenge(&node).await;
        let mut bytes = key(1).sign_personal(challenge.as_bytes()).to_bytes();
        bytes[64] = bytes[64] - 27 + offset;
        let signature = format!("{prefix}{}", hex::encode(bytes));
        node.submit(APP, DOMAIN, &state, &signature, Style::Form)
            .await
            .ok();
    }
}

#[tokio::test]
async fn d1_43_only_a_live_licence_logs_in() {
    let node = Node::new();
    let message = format!("not a dev license: {UNKNOWN}");
    let answer = node.challenge(UNKNOWN, UNKNOWN, DOMAIN, Style::Form).await;
    refused(
        &answer,
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        &message,
    );

    let (state, challenge) = open_challenge(&node).await;
    node.world.chain.revoke(APP);
    let answer = node
        .submit(
            APP,
            DOMAIN,
            &state,
            &sign_challenge(&key(1), &challenge),
            Style::Form,
        )
        .await;
    // Its signers are still in the contract's storage; they log in no longer.
    assert!(
        node.world
            .chain
            .signer_expires_at(APP, key(1).address())
            .is_some()
    );
    refused(
        &answer,
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        &format!("not a dev license: {APP}"),
    );
}

#[tokio::test]
async fn an_expired_disabled_or_foreign_signer_does_not_log_in() {
    let node = Node::new();
    let wrong = "signature is not by an enabled signer of the license";
    for signer in [2, 9] {
        let answer = node.log_in(APP, &key(signer), Style::Form).await;
        refused(&answer, StatusCode::UNAUTHORIZED, "invalid_grant", wrong);
    }
    node.world
        .chain
        .set_signer(APP, key(1).address(), Some(at(10)));
    node.log_in(APP, &key(1), Style::Form).await.ok();
    node.at(10);
    refused(
        &node.log_in(APP, &key(1), Style::Form).await,
        StatusCode::UNAUTHORIZED,
        "invalid_grant",
        wrong,
    );
    node.at(9);
    node.world.chain.set_signer(APP, key(1).address(), None);
    refused(
        &node.log_in(APP, &key(1), Style::Form).await,
        StatusCode::UNAUTHORIZED,
        "invalid_grant",
        wrong,
    );
    let answer = node
        .challenge(APP, key(1).address(), DOMAIN, Style::Form)
        .await;
    let message = format!(
        "address {} is neither the license nor an enabled signer of it",
        key(1).address()
    );
    refused(
        &answer,
        StatusCode::FORBIDDEN,
        "unauthorized_client",
        &message,
    );
}

#[tokio::test]
async fn a_domain_must_be_an_enabled_redirect_uri_exactly() {
    let node = Node::new();
    let near = [
        "https://app.example",
        "https://app.example/callback/",
        "https://APP.example/callback",
        "http://app.example/callback",
        "https://app.example/callback?x=1",
        "https://evil.example/callback",
    ];
    for domain in near {
        let answer = node.challenge(APP, APP, domain, Style::Query).await;
        let message = "domain is not an enabled redirect URI of the license";
        refused(&answer, StatusCode::BAD_REQUEST, "invalid_request", message);
    }
}

#[tokio::test]
async fn a_state_is_good_once() {
    let node = Node::new();
    let (state, challenge) = open_challenge(&node).await;
    let signature = sign_challenge(&key(1), &challenge);
    node.submit(APP, DOMAIN, &state, &signature, Style::Form)
        .await
        .ok();
    let again = node
        .submit(APP, DOMAIN, &state, &signature, Style::Query)
        .await;
    refused(
        &again,
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "state was already used; generate a new challenge",
    );
}

#[tokio::test]
async fn a_state_is_good_for_its_client_domain_and_text_only() {
    let node = Node::new();
    let (state, challenge) = open_challenge(&node).await;
    let signature = sign_challenge(&key(1), &challenge);
    let other_client = node
        .submit(OTHER_APP, DOMAIN, &state, &signature, Style::Form)
        .await;
    refused(
        &other_client,
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "state belongs to another client_id",
    );
    let other_domain = node
        .submit(
            APP,
            "https://app.example/second",
            &state,
            &signature,
            Style::Form,
        )
        .await;
    refused(
        &other_domain,
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "state belongs to another domain",
    );

    // The same key signs for two licences: the signature of one challenge does not answer the other's.
    node.world
        .chain
        .set_signer(OTHER_APP, key(1).address(), Some(at(1_000)));
    let second = node
        .challenge(OTHER_APP, OTHER_APP, DOMAIN, Style::Form)
        .await
        .ok();
    let crossed = node
        .submit(
            OTHER_APP,
            DOMAIN,
            second["state"].as_str().unwrap(),
            &signature,
            Style::Form,
        )
        .await;
    assert_eq!(crossed.status, StatusCode::UNAUTHORIZED);

    for made_up in ["", "x", "AAAA", &state[1..], &format!("{state}A")] {
        let answer = node
            .submit(APP, DOMAIN, made_up, &signature, Style::Form)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{made_up:?}");
    }
    node.submit(APP, DOMAIN, &state, &signature, Style::Form)
        .await
        .ok();
}

#[tokio::test]
async fn a_challenge_lives_ten_minutes() {
    let node = Node::new();
    let (state, challenge) = open_challenge(&node).await;
    let signature = sign_challenge(&key(1), &challenge);
    node.at(600);
    let late = node
        .submit(APP, DOMAIN, &state, &signature, Style::Form)
        .await;
    refused(
        &late,
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "challenge has expired; generate a new one",
    );
    node.at(599);
    node.submit(APP, DOMAIN, &state, &signature, Style::Form)
        .await
        .ok();
}

#[tokio::test]
async fn signatures_over_other_texts_or_in_another_form_are_refused() {
    let node = Node::new();
    let (state, challenge) = open_challenge(&node).await;
    let good = key(1).sign_personal(challenge.as_bytes());
    let raw = key(1).sign_digest(keccak256(challenge.as_bytes()));
    let other = key(1).sign_personal(challenge.replace("app.example", "evil.example").as_bytes());
    let flipped = Signature::from_bytes(&{
        let mut bytes = good.to_bytes();
        bytes[64] = 55 - bytes[64];
        bytes
    })
    .unwrap();
    for signature in [
        raw.to_string(),
        other.to_string(),
        flipped.to_string(),
        high_s(&good),
        "0x00".to_owned(),
    ] {
        let answer = node
            .submit(APP, DOMAIN, &state, &signature, Style::Form)
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{signature}");
    }
    for signature in ["0x", "0xzz", "0x123", &format!("0x{}", "00".repeat(4_097))] {
        let answer = node
            .submit(APP, DOMAIN, &state, signature, Style::Form)
            .await;
        let message = "parameter 'signature' must be hex of 65 bytes, or of at most 4096 bytes for a contract account";
        refused(&answer, StatusCode::BAD_REQUEST, "invalid_request", message);
    }
    node.submit(APP, DOMAIN, &state, &good.to_string(), Style::Form)
        .await
        .ok();
}

/// The malleable twin of a signature: `n - s` and the other recovery byte.
fn high_s(signature: &Signature) -> String {
    let order = U256::from_str_radix(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        16,
    )
    .unwrap();
    let mut bytes = signature.to_bytes();
    let s = U256::from_be_slice(&bytes[32..64]);
    bytes[32..64].copy_from_slice(&(order - s).to_be_bytes::<32>());
    bytes[64] = 55 - bytes[64];
    format!("0x{}", hex::encode(bytes))
}

#[tokio::test]
async fn missing_doubled_and_unknown_parameters_are_named() {
    let node = Node::new();
    let app = APP.to_string();
    let all = [
        ("client_id", app.as_str()),
        ("domain", DOMAIN),
        ("scope", "openid email"),
        ("response_type", "code"),
        ("address", app.as_str()),
    ];
    let path = "/auth/web3/generate_challenge";
    for missing in all.map(|(name, _)| name) {
        let rest: Vec<_> = all
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        let answer = node.post(path, &rest, Style::Form).await;
        refused(
            &answer,
            StatusCode::BAD_REQUEST,
            "invalid_request",
            &format!("parameter '{missing}' is missing"),
        );
    }
    let changed = |name: &'static str, value: &'static str| {
        all.map(|(n, v)| if n == name { (n, value) } else { (n, v) })
    };
    let answer = node
        .post(path, &changed("response_type", "token"), Style::Form)
        .await;
    refused(
        &answer,
        StatusCode::BAD_REQUEST,
        "unsupported_response_type",
        "response_type must be 'code'",
    );
    let answer = node
        .post(path, &changed("scope", "email"), Style::Form)
        .await;
    refused(
        &answer,
        StatusCode::BAD_REQUEST,
        "invalid_scope",
        "scope must contain 'openid'",
    );
    let answer = node
        .post(path, &changed("client_id", "app"), Style::Form)
        .await;
    let message = "parameter 'client_id' must be an address: 0x and 40 hex digits";
    refused(&answer, StatusCode::BAD_REQUEST, "invalid_request", message);

    let doubled = [
        &all[..],
        &[("client_id", "0x0000000000000000000000000000000000000001")],
    ]
    .concat();
    let answer = node.post(path, &doubled, Style::Query).await;
    let message = "parameter 'client_id' is given twice with different values";
    refused(&answer, StatusCode::BAD_REQUEST, "invalid_request", message);

    let (state, _) = open_challenge(&node).await;
    let submit = [
        ("client_id", app.as_str()),
        ("domain", DOMAIN),
        ("state", state.as_str()),
        ("signature", "0x00"),
        ("grant_type", "password"),
    ];
    let answer = node
        .post("/auth/web3/submit_challenge", &submit, Style::Form)
        .await;
    refused(
        &answer,
        StatusCode::BAD_REQUEST,
        "unsupported_grant_type",
        "grant_type must be 'authorization_code'",
    );
}

#[tokio::test]
async fn a_licence_given_back_logs_in_again() {
    let node = Node::new();
    node.world.chain.revoke(APP);
    assert_eq!(
        node.challenge(APP, APP, DOMAIN, Style::Form).await.status,
        StatusCode::UNAUTHORIZED
    );
    node.world.chain.issue(APP);
    node.log_in(APP, &key(1), Style::Form).await.ok();
}

#[tokio::test]
async fn a_chain_that_cannot_be_asked_is_a_passing_condition() {
    let node = Node::new();
    node.world
        .contracts
        .unreachable
        .store(true, std::sync::atomic::Ordering::Relaxed);
    let answer = node.log_in(APP, &key(9), Style::Form).await;
    refused(
        &answer,
        StatusCode::SERVICE_UNAVAILABLE,
        "temporarily_unavailable",
        "contract signatures cannot be checked now; try again later",
    );
}

#[tokio::test]
async fn a_restart_ends_open_challenges_and_no_used_one_comes_back() {
    let mut node = Node::new();
    let (open, challenge) = open_challenge(&node).await;
    let (used, used_challenge) = open_challenge(&node).await;
    node.submit(
        APP,
        DOMAIN,
        &used,
        &sign_challenge(&key(1), &used_challenge),
        Style::Form,
    )
    .await
    .ok();
    node.restart();
    for (state, challenge) in [(open, challenge), (used, used_challenge)] {
        let answer = node
            .submit(
                APP,
                DOMAIN,
                &state,
                &sign_challenge(&key(1), &challenge),
                Style::Form,
            )
            .await;
        let message = "state is unknown; generate a new challenge";
        refused(&answer, StatusCode::BAD_REQUEST, "invalid_grant", message);
    }
}
