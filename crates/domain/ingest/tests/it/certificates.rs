use milepost_cloudevent::Authenticity;
use milepost_ingest::{IngestAnswer, IngestRefusal};

use crate::world::*;

/// An event of software device `n`, unsigned.
fn draft(n: u64, sequence: u64) -> Draft {
    Draft::new(n, sequence)
        .text("producer", software(n))
        .set("sequence", "")
}

async fn post(node: &Node, connection: u8, body: String) -> Result<IngestAnswer, IngestRefusal> {
    let mut request = request(body);
    request.certificate = Some(account(connection));
    node.ingest.accept(request).await
}

#[tokio::test]
async fn a_connections_certificate_speaks_for_its_devices() {
    let node = Node::start();
    let claimed = draft(1, 1).text("source", account(0xee)).json();
    assert_eq!(post(&node, CONNECTION, claimed).await.unwrap().accepted, 1);
    let record = node.stored().remove(0);
    assert_eq!(record.authenticity, Authenticity::Certificate);
    assert_eq!(
        record.event.header.source,
        account(CONNECTION),
        "the certificate's name, whatever was claimed"
    );
    // Hardware of the same provider may come through the provider's connection.
    assert_eq!(
        post(&node, CONNECTION, Draft::new(1, 2).json())
            .await
            .unwrap()
            .accepted,
        1
    );
}

#[tokio::test]
async fn a_connection_may_not_send_for_the_devices_of_another() {
    let node = Node::start();
    assert_eq!(
        refused(post(&node, 0xc2, draft(1, 1).json()).await),
        (403, "foreign_connection")
    );
    assert_eq!(
        refused(post(&node, 0xc2, Draft::new(1, 1).signed(1)).await),
        (403, "foreign_connection")
    );
    assert_eq!(
        refused(post(&node, 0xc9, draft(1, 1).json()).await),
        (403, "unknown_connection")
    );
    node.facts
        .connections
        .lock()
        .unwrap()
        .get_mut(&account(CONNECTION))
        .unwrap()
        .provider_licensed = false;
    assert_eq!(
        refused(post(&node, CONNECTION, draft(1, 1).json()).await),
        (403, "provider_unlicensed")
    );
    assert_eq!(node.stored().len(), 0);
}

#[tokio::test]
async fn without_the_certificate_the_same_event_needs_a_signature() {
    let node = Node::start();
    assert_eq!(
        refused(node.post(draft(1, 1).json()).await),
        (401, "signature_missing")
    );
    let signed = Draft::new(1, 1).text("producer", software(1)).signed(1);
    assert_eq!(node.post(signed).await.unwrap().accepted, 1);
    assert_eq!(
        node.stored()[0].event.header.source,
        account(CONNECTION),
        "minted under it"
    );
}

#[tokio::test]
async fn events_without_an_id_get_one_that_a_retry_gets_again() {
    let node = Node::start();
    let nameless = |sequence| draft(1, sequence).set("id", "").json();
    let first = post(&node, CONNECTION, nameless(1)).await.unwrap();
    let again = post(&node, CONNECTION, nameless(1)).await.unwrap();
    assert_eq!((again.duplicates, &again.ids), (1, &first.ids));
    assert!(first.ids[0].as_deref().unwrap().starts_with("auto-"));
    assert_eq!(
        post(&node, CONNECTION, nameless(2)).await.unwrap().accepted,
        1,
        "other content, other id"
    );
    assert_eq!(
        post(&node, CONNECTION, draft(2, 1).set("id", "").json())
            .await
            .unwrap()
            .accepted,
        1
    );
    assert_eq!(node.stored().len(), 3);
}

#[tokio::test]
async fn an_idempotency_key_names_the_events_that_have_no_id() {
    let node = Node::start();
    let batch = array(&[
        draft(1, 1).set("id", "").json(),
        draft(1, 2).json(),
        draft(1, 3).set("id", "").json(),
    ]);
    let mut with_key = request(batch);
    with_key.certificate = Some(account(CONNECTION));
    with_key.idempotency_key = Some("upload-7".into());
    let answer = node.ingest.accept(with_key.clone()).await.unwrap();
    let ids: Vec<_> = answer.ids.iter().map(|id| id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["upload-7", "ev-1-2", "upload-7-2"]);
    assert_eq!(
        node.ingest
            .accept(with_key.clone())
            .await
            .unwrap()
            .duplicates,
        3
    );
    for bad in ["", "a b", &"x".repeat(129)] {
        with_key.idempotency_key = Some(bad.to_owned());
        let refusal = node.ingest.accept(with_key.clone()).await.unwrap_err();
        assert_eq!(
            (refusal.kind.status(), refusal.field.as_deref()),
            (400, Some("Idempotency-Key"))
        );
    }
}
