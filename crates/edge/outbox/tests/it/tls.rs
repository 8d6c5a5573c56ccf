use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Extension, Router, routing::post};
use milepost_http::{Authority, ClientOptions, Identity, Limits, PeerIdentity, ServerTls, serve};
use milepost_outbox::{DeliveryFailure, Outbox, OutboxConfig, OutboxError, RetryPolicy, Signing};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{config, events};

/// A TLS server that notes who called.
async fn start(
    authority: &Authority,
) -> (String, Arc<Mutex<Vec<Option<String>>>>, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let identity = authority.issue_server(&["127.0.0.1"]).unwrap();
    let tls = ServerTls::new(&identity, Some(&authority.identity().certificate_pem)).unwrap();
    let callers = Arc::new(Mutex::new(Vec::new()));
    let noted = callers.clone();
    let handler = move |Extension(peer): Extension<PeerIdentity>| async move {
        noted.lock().unwrap().push(peer.common_name);
    };
    let stop = CancellationToken::new();
    let router = Router::new().route("/", post(handler));
    tokio::spawn(serve(
        listener,
        Some(tls),
        router,
        Limits::default(),
        stop.clone(),
    ));
    (url, callers, stop)
}

fn with_client(url: &str, authority: &Authority, identity: Option<Identity>) -> OutboxConfig {
    let client = ClientOptions {
        authority_pem: Some(authority.identity().certificate_pem.clone()),
        identity,
        ..ClientOptions::default()
    };
    let retry = RetryPolicy {
        deadline: Duration::from_millis(500),
        ..config(url).retry
    };
    OutboxConfig {
        client,
        retry,
        signing: Signing::Certificate,
        ..config(url)
    }
}

#[tokio::test]
async fn d1_38_a_connection_shows_its_certificate_over_tls() {
    let authority = Authority::generate("node").unwrap();
    let (url, callers, stop) = start(&authority).await;
    let connection = "0x5e31bBc786D7bEd95216383787deA1ab0f1c1897";
    let identity = authority.issue_client(connection).unwrap();
    let retry = config(&url).retry;
    let outbox = Outbox::new(OutboxConfig {
        retry,
        ..with_client(&url, &authority, Some(identity))
    })
    .unwrap();
    assert_eq!(outbox.deliver(events(2)).await.unwrap().accepted, 2);
    assert_eq!(*callers.lock().unwrap(), [Some(connection.to_owned())]);
    stop.cancel();
}

#[tokio::test]
async fn a_node_of_another_authority_gets_nothing() {
    let authority = Authority::generate("node").unwrap();
    let (url, callers, stop) = start(&authority).await;
    let foreign = Authority::generate("imitation").unwrap();
    let mut config = with_client(&url, &foreign, None);
    // Long enough for one handshake on a machine that does other things too.
    config.retry.deadline = std::time::Duration::from_secs(3);
    let outbox = Outbox::new(config).unwrap();
    let error = outbox.deliver(events(1)).await.unwrap_err();
    let DeliveryFailure::Deadline { last, .. } = error.failure else {
        panic!()
    };
    assert!(last.to_lowercase().contains("certificate"), "{last}");
    assert!(callers.lock().unwrap().is_empty());
    stop.cancel();
}

#[test]
fn a_broken_certificate_is_found_at_the_start() {
    let client = ClientOptions {
        authority_pem: Some("no pem".into()),
        ..ClientOptions::default()
    };
    let refused = Outbox::new(OutboxConfig {
        client,
        ..config("https://node/")
    });
    assert!(matches!(refused, Err(OutboxError::Client(_))));
}
