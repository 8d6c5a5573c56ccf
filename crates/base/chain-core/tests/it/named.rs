use milepost_chain_core::{ChainError, Payment};
use milepost_types::{Address, U256, Wei};
use serde_json::json;

use crate::World;

fn text(values: &[&dyn ToString]) -> Vec<String> {
    values.iter().map(|v| v.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_who_would_pay_and_sends_nothing_and_the_execution_does_the_same() {
    let world = World::start().await;
    let (admin, network) = (&world.admin, &world.network);
    let receiver = world.actor("receiver").await.address();
    let mint = network
        .transaction("DimoToken", "mint", &text(&[&admin.address(), &1000]))
        .unwrap();
    // The second depends on the first.
    let pay = network
        .transaction("DimoToken", "transfer", &text(&[&receiver, &400]))
        .unwrap();
    let balance = async |account: Address| {
        let account = [account.to_string()];
        network.read("DimoToken", "balanceOf", &account).await
    };
    let preview = network
        .preview(admin.address(), &[mint.clone(), pay.clone()])
        .await
        .unwrap();
    assert_eq!(balance(receiver).await.unwrap(), json!("0"));
    assert!(preview.iter().all(|outcome| outcome.transaction.is_none()));

    let done = network.execute(admin, vec![mint, pay]).await.unwrap();
    assert_eq!(balance(receiver).await.unwrap(), json!("400"));
    let payments = |outcomes: &[milepost_chain_core::Outcome]| -> Vec<Payment> {
        outcomes.iter().flat_map(|o| o.payments.clone()).collect()
    };
    assert_eq!(payments(&preview), payments(&done));
    assert_eq!(
        payments(&done)[1],
        Payment {
            from: admin.address(),
            to: receiver,
            amount: Wei(U256::from(400)),
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_a_refused_call_names_the_contracts_error() {
    let world = World::start().await;
    let stranger = world.actor("stranger").await;
    let call = world
        .network
        .transaction(
            "DimoToken",
            "transfer",
            &text(&[&world.admin.address(), &1]),
        )
        .unwrap();
    match world.network.preview(stranger.address(), &[call]).await {
        Err(ChainError::Reverted { call, reason }) => {
            assert_eq!(call, "DimoToken.transfer");
            assert!(reason.starts_with("ERC20InsufficientBalance("), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}
