//! The chain source against endpoints that fail or lie.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use milepost_chain_core::{
    ChainError, ChainSource as _, DevChain, DevChainOptions, Rpc, RpcOptions,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{account, deployed};

type Answer = Arc<dyn Fn(serde_json::Value, usize) -> (u16, String) + Send + Sync>;

/// An HTTP server that hands each request body (parsed) and its number to `answer`.
async fn endpoint(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (answer, count) = (Arc::clone(&answer), Arc::clone(&count));
            tokio::spawn(async move {
                let mut seen = Vec::new();
                let body = loop {
                    let mut part = [0u8; 4096];
                    let n = socket.read(&mut part).await.unwrap_or(0);
                    if n == 0 {
                        return;
                    }
                    seen.extend_from_slice(&part[..n]);
                    let Some(end) = seen.windows(4).position(|w| w == b"\r\n\r\n") else {
                        continue;
                    };
                    if let Ok(body) = serde_json::from_slice::<serde_json::Value>(&seen[end + 4..])
                    {
                        break body;
                    }
                };
                let (status, text) = answer(body, count.fetch_add(1, Ordering::SeqCst));
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    text.len()
                );
                socket.write_all(head.as_bytes()).await.ok();
                socket.write_all(text.as_bytes()).await.ok();
            });
        }
    });
    url
}

fn ok(request: &serde_json::Value, result: &serde_json::Value) -> (u16, String) {
    (
        200,
        serde_json::json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string(),
    )
}

#[tokio::test]
async fn a_busy_endpoint_is_asked_again() {
    let url = endpoint(Arc::new(|request, n| match n {
        0 => (429, "slow down".into()),
        1 => (502, "<html>bad gateway</html>".into()),
        _ => ok(&request, &serde_json::json!("0x89")),
    }))
    .await;
    let rpc = Rpc::new(&url, RpcOptions::default()).unwrap();
    assert_eq!(rpc.chain_id().await.unwrap(), 137);
}

#[tokio::test]
async fn an_endpoint_that_stays_away_is_unreachable_and_its_key_is_not_shown() {
    let rpc = Rpc::new(
        "http://127.0.0.1:1/v2/secret-key",
        RpcOptions {
            retries: 0,
            ..RpcOptions::default()
        },
    )
    .unwrap();
    let error = rpc.chain_id().await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { .. }) && error.is_transient());
    assert!(!format!("{error} {error:?} {rpc:?}").contains("secret-key"));
}

/// Relays to a real chain and lets `forge` change the answers.
async fn relay(chain: &DevChain, forge: fn(&str, &mut serde_json::Value)) -> String {
    let upstream = chain.url().trim_start_matches("http://").to_owned();
    endpoint(Arc::new(move |request, _| {
        use std::io::{Read as _, Write as _};
        let body = request.to_string();
        let mut socket = std::net::TcpStream::connect(&upstream).unwrap();
        write!(
            socket,
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        let start = text.find("\r\n\r\n").unwrap() + 4;
        let mut answer: serde_json::Value = serde_json::from_str(&text[start..]).unwrap();
        forge(request["method"].as_str().unwrap(), &mut answer["result"]);
        (200, answer.to_string())
    }))
    .await
}

/// A block with a log of the token, and the token's address.
async fn block_with_logs(
    chain: &DevChain,
) -> (milepost_chain_core::BlockHeader, milepost_types::Address) {
    let token = deployed(chain, &account("admin")).await.token().unwrap();
    let rpc = chain.rpc();
    let head = rpc.head().await.unwrap().number;
    let log = rpc
        .logs_in_range(0, head, &[token])
        .await
        .unwrap()
        .pop()
        .unwrap();
    (rpc.block(log.block_number).await.unwrap().unwrap(), token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_left_out_log_is_noticed() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let (block, token) = block_with_logs(&chain).await;
    let liar = relay(&chain, |method, result| {
        if method == "eth_getLogs" {
            *result = serde_json::json!([]);
        }
    })
    .await;
    let rpc = Rpc::new(&liar, RpcOptions::default()).unwrap();
    let error = rpc.logs_in_block(&block, &[token]).await.unwrap_err();
    assert!(matches!(error, ChainError::Contradiction { .. }), "{error}");
    assert!(
        !chain
            .rpc()
            .logs_in_block(&block, &[token])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_log_and_a_log_of_another_block_are_noticed() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let (block, token) = block_with_logs(&chain).await;
    let forged = relay(&chain, |method, result| {
        if method == "eth_getLogs" {
            result[0]["topics"][0] = serde_json::json!(format!("0x{}", "5a".repeat(32)));
        }
    })
    .await;
    let misplaced = relay(&chain, |method, result| {
        if method == "eth_getLogs" {
            result[0]["blockHash"] = serde_json::json!(format!("0x{}", "11".repeat(32)));
        }
    })
    .await;
    for liar in [forged, misplaced] {
        let rpc = Rpc::new(&liar, RpcOptions::default()).unwrap();
        let error = rpc.logs_in_block(&block, &[token]).await.unwrap_err();
        assert!(matches!(error, ChainError::Contradiction { .. }), "{error}");
    }
}

#[test]
fn only_http_urls_are_taken() {
    for bad in [
        "ws://127.0.0.1:8545",
        "127.0.0.1:8545",
        "file:///etc/passwd",
    ] {
        assert!(
            matches!(
                Rpc::new(bad, RpcOptions::default()),
                Err(ChainError::Setting { .. })
            ),
            "{bad}"
        );
    }
}
