//! The listener as clients meet it.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use axum::{Extension, Router, routing::get};
use milepost_http::{Authority, ClientOptions, Limits, PeerIdentity, ServerTls, client, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

struct Server {
    url: String,
    authority: Authority,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn name(Extension(peer): Extension<PeerIdentity>) -> String {
    peer.common_name.unwrap_or_else(|| "nobody".into())
}

async fn server() -> Server {
    let authority = Authority::generate("test authority").unwrap();
    let identity = authority.issue_server(&["localhost", "127.0.0.1"]).unwrap();
    let tls = ServerTls::new(&identity, Some(&authority.identity().certificate_pem)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let router = Router::new().route("/", get(name));
    let task = tokio::spawn(serve(
        listener,
        Some(tls),
        router,
        Limits::default(),
        stop.clone(),
    ));
    Server {
        url,
        authority,
        stop,
        task,
    }
}

fn options(server: &Server) -> ClientOptions {
    ClientOptions {
        authority_pem: Some(server.authority.identity().certificate_pem.clone()),
        ..Default::default()
    }
}

#[tokio::test]
async fn the_common_name_of_a_client_certificate_reaches_the_handler() {
    let server = server().await;
    let mut options = options(&server);
    let anonymous = client(&options)
        .unwrap()
        .get(&server.url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(anonymous, "nobody");
    options.identity = Some(
        server
            .authority
            .issue_client("0x00000000000000000000000000000000000000aa")
            .unwrap(),
    );
    let named = client(&options)
        .unwrap()
        .get(&server.url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(named, "0x00000000000000000000000000000000000000aa");
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_certificate_of_another_authority_fails_the_handshake() {
    let server = server().await;
    let mut options = options(&server);
    options.identity = Some(
        Authority::generate("other")
            .unwrap()
            .issue_client("0xaa")
            .unwrap(),
    );
    assert!(
        client(&options)
            .unwrap()
            .get(&server.url)
            .send()
            .await
            .is_err()
    );
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn plain_http_is_not_answered_on_a_tls_listener() {
    let server = server().await;
    let plain = server.url.replace("https", "http");
    assert!(
        client(&options(&server))
            .unwrap()
            .get(plain)
            .send()
            .await
            .is_err()
    );
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}
