use milepost_http::{Authority, ClientOptions, Limits, ServerTls, client, serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::world::*;

#[tokio::test]
async fn over_tls_a_connection_certificate_or_a_device_signature_is_the_way_in() {
    let node = Node::start();
    let authority = Authority::generate("milepost test").unwrap();
    let server = authority.issue_server(&["localhost", "127.0.0.1"]).unwrap();
    let authority_pem = authority.identity().certificate_pem.clone();
    let tls = ServerTls::new(&server, Some(&authority_pem)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/any/path",
        listener.local_addr().unwrap().port()
    );
    let stop = CancellationToken::new();
    let routes = api(&node, IngestApiSettings::default());
    let task = tokio::spawn(serve(
        listener,
        Some(tls),
        routes,
        Limits::default(),
        stop.clone(),
    ));

    let connect = |identity| {
        let options = ClientOptions {
            authority_pem: Some(authority_pem.clone()),
            identity,
            ..ClientOptions::default()
        };
        client(&options).unwrap()
    };
    let event = |sequence| Draft::new(1, sequence).text("producer", software(1)).json();
    let oracle = connect(Some(
        authority
            .issue_client(&account(CONNECTION).to_string().to_lowercase())
            .unwrap(),
    ));
    let stranger = connect(Some(
        authority.issue_client(&account(0xc2).to_string()).unwrap(),
    ));
    let device = connect(None);

    let status = async |client: &reqwest::Client, body: String| {
        client
            .post(&url)
            .body(body)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status(&oracle, event(1)).await, 200);
    assert_eq!(status(&stranger, event(2)).await, 403);
    assert_eq!(status(&device, event(3)).await, 401);
    assert_eq!(status(&device, Draft::new(1, 4).signed(1)).await, 200);
    assert_eq!(node.stored().len(), 2);

    // A certificate of another authority ends in the handshake.
    let other = Authority::generate("somebody else").unwrap();
    let forged = connect(Some(
        other
            .issue_client(&account(CONNECTION).to_string())
            .unwrap(),
    ));
    assert!(forged.post(&url).body(event(5)).send().await.is_err());
    stop.cancel();
    task.await.unwrap().unwrap();
}
