use std::path::PathBuf;

use milepost_chain_core::{ChainError, ChainSource as _, DevChain, DevChainOptions, Network};
use milepost_types::{U256, Wei};

use crate::{account, deployed};

#[tokio::test]
async fn a_restarted_chain_serves_the_same_blocks_hashes_and_logs() {
    let dir = tempfile::tempdir().unwrap();
    let options = DevChainOptions {
        state: Some(dir.path().join("chain.json")),
        ..DevChainOptions::default()
    };
    let chain = DevChain::start(options.clone()).await.unwrap();
    let admin = account("admin");
    let deployment = deployed(&chain, &admin).await;
    let token = [deployment.token().unwrap(), deployment.registry().unwrap()];
    let rpc = chain.rpc();
    let head = rpc.head().await.unwrap();
    let genesis = rpc.block(0).await.unwrap();
    let middle = rpc.block(head.number / 2).await.unwrap().unwrap();
    let logs = rpc.logs_in_range(0, head.number, &token).await.unwrap();
    let in_middle = rpc.logs_in_block(&middle, &token).await.unwrap();
    assert!(logs.len() > 10);
    chain.stop().await.unwrap();

    let mut chain = DevChain::start(options.clone()).await.unwrap();
    for start in 2..6 {
        let rpc = chain.rpc();
        assert_eq!(rpc.head().await.unwrap(), head, "start {start}");
        assert_eq!(rpc.block(0).await.unwrap(), genesis, "start {start}");
        assert_eq!(rpc.block(head.number / 2).await.unwrap().unwrap(), middle);
        assert_eq!(
            rpc.logs_in_range(0, head.number, &token).await.unwrap(),
            logs
        );
        assert_eq!(rpc.logs_in_block(&middle, &token).await.unwrap(), in_middle);
        chain.stop().await.unwrap();
        chain = DevChain::start(options.clone()).await.unwrap();
    }
    let rpc = chain.rpc();
    // It also goes on: the same contracts take the next transaction.
    let network = Network::connect(rpc, deployment).await.unwrap();
    network
        .mint_dimo(&admin, account("someone").address(), Wei(U256::from(5)))
        .await
        .unwrap();
    assert_eq!(
        network
            .dimo_balance(account("someone").address())
            .await
            .unwrap(),
        Wei(U256::from(5))
    );
}

#[tokio::test]
async fn a_chain_that_outlived_its_process_is_stopped_and_its_last_blocks_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("chain.json");
    // No dump happens by itself during the test.
    let options = DevChainOptions {
        state: Some(state),
        dump_interval_secs: 3600,
        ..DevChainOptions::default()
    };
    let orphan = DevChain::start(options.clone()).await.unwrap();
    orphan.mine(5, 1).await.unwrap();
    let head = orphan.rpc().head().await.unwrap();
    // As after SIGKILL of the owner: nobody stops the chain, only its pid file is left.
    let chain = DevChain::start(options).await.unwrap();
    assert_eq!(chain.rpc().head().await.unwrap(), head);
    assert!(orphan.height().await.is_err());
}

#[tokio::test]
async fn chain_time_moves_and_a_snapshot_takes_blocks_back() {
    let chain = DevChain::start(DevChainOptions::default()).await.unwrap();
    let rpc = chain.rpc();
    chain.mine(3, 1).await.unwrap();
    let before = rpc.head().await.unwrap();
    let snapshot = chain.snapshot().await.unwrap();
    chain.increase_time(86_400).await.unwrap();
    let later = rpc.head().await.unwrap();
    assert!(later.time.as_secs() >= before.time.as_secs() + 86_400);
    chain.revert(snapshot).await.unwrap();
    assert_eq!(rpc.head().await.unwrap(), before);
    chain.mine(1, 7).await.unwrap();
    let fork = rpc.block(before.number + 1).await.unwrap().unwrap();
    assert_ne!(fork.hash, later.hash);
    assert_eq!(fork.parent, before.hash);
}

#[tokio::test]
async fn a_missing_program_and_a_taken_port_are_told() {
    let nowhere = DevChainOptions {
        anvil: Some(PathBuf::from("/nonexistent/anvil")),
        ..DevChainOptions::default()
    };
    let missing = DevChain::start(nowhere).await.unwrap_err();
    assert!(
        matches!(&missing, ChainError::AnvilMissing { looked } if looked.len() == 1),
        "{missing}"
    );
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = DevChain::start(DevChainOptions {
        port,
        ..DevChainOptions::default()
    })
    .await;
    assert!(
        matches!(refused, Err(ChainError::DevChain(_))),
        "{refused:?}"
    );
}
