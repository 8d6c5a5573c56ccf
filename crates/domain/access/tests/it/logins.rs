use std::sync::atomic::Ordering;

use milepost_access::{
    AccessSettings, ChallengeRequest, ChallengeResponse, ExchangeError, ExchangeRequest,
    LoginError, SubmitRequest, TokenError, sign_challenge,
};
use milepost_policy::PermissionSet;
use milepost_types::{Address, address};

use crate::world::{APP, DOMAIN, ISSUER, World, at, grant, key, never, vehicle};

const SMART_WALLET: Address = address!("0x4444444444444444444444444444444444444444");

fn challenge(world: &World, address: Address) -> Result<ChallengeResponse, LoginError> {
    let request = ChallengeRequest {
        client_id: APP.to_string(),
        domain: DOMAIN.to_owned(),
        scope: "openid email".to_owned(),
        response_type: "code".to_owned(),
        address: address.to_string(),
    };
    world.service.generate_challenge(&request, at(0))
}

fn answer(challenge: &ChallengeResponse, signer: u8) -> SubmitRequest {
    SubmitRequest {
        client_id: APP.to_string(),
        domain: DOMAIN.to_owned(),
        state: challenge.state.clone(),
        signature: sign_challenge(&key(signer), &challenge.challenge),
        grant_type: "authorization_code".to_owned(),
    }
}

pub(crate) async fn developer_token(world: &World) -> String {
    let challenge = challenge(world, APP).unwrap();
    world
        .service
        .submit_challenge(&answer(&challenge, 1), at(0))
        .await
        .unwrap()
        .access_token
}

fn contract_calls(world: &World) -> usize {
    world.contracts.calls.load(Ordering::Relaxed)
}

#[tokio::test]
async fn an_enabled_signer_logs_in_without_asking_any_contract() {
    let world = World::new();
    let token = developer_token(&world).await;
    let verified = world.service.verify_developer_token(&token, at(1)).unwrap();
    assert_eq!(
        (verified.client_id, verified.signer),
        (APP, Some(key(1).address()))
    );
    assert_eq!(contract_calls(&world), 0);
}

#[tokio::test]
async fn a_licence_account_may_answer_for_its_signature() {
    let world = World::new();
    world.contracts.keys.write().insert(APP, key(7).address());
    let challenge = challenge(&world, APP).unwrap();
    let token = world
        .service
        .submit_challenge(&answer(&challenge, 7), at(0))
        .await
        .unwrap()
        .access_token;
    let verified = world.service.verify_developer_token(&token, at(1)).unwrap();
    assert_eq!((verified.client_id, verified.signer), (APP, None));
    assert_eq!(contract_calls(&world), 1);
}

#[tokio::test]
async fn a_contract_wallet_that_is_a_signer_logs_in() {
    let world = World::new();
    world.chain.set_signer(APP, SMART_WALLET, Some(at(1_000)));
    world
        .contracts
        .keys
        .write()
        .insert(SMART_WALLET, key(7).address());
    let challenge = challenge(&world, SMART_WALLET).unwrap();
    let token = world
        .service
        .submit_challenge(&answer(&challenge, 7), at(0))
        .await
        .unwrap()
        .access_token;
    assert_eq!(
        world
            .service
            .verify_developer_token(&token, at(1))
            .unwrap()
            .signer,
        Some(SMART_WALLET)
    );
}

#[tokio::test]
async fn a_challenge_for_one_signer_is_not_answered_by_another() {
    let world = World::new();
    world
        .chain
        .set_signer(APP, key(5).address(), Some(at(1_000)));
    let challenge = challenge(&world, key(1).address()).unwrap();
    let error = world
        .service
        .submit_challenge(&answer(&challenge, 5), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Signature));
    assert!(
        world
            .service
            .submit_challenge(&answer(&challenge, 1), at(0))
            .await
            .is_ok(),
        "still open"
    );
}

#[tokio::test]
async fn a_contract_cannot_overrule_the_end_of_a_signer() {
    let world = World::new();
    world.contracts.keys.write().insert(APP, key(1).address());
    let challenge = challenge(&world, APP).unwrap();
    world.chain.set_signer(APP, key(1).address(), Some(at(5)));
    let error = world
        .service
        .submit_challenge(&answer(&challenge, 1), at(5))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Signature));
    assert_eq!(contract_calls(&world), 0);
}

#[tokio::test]
async fn a_stranger_gets_no_challenge_and_no_call_to_the_chain() {
    let world = World::new();
    let stranger = key(9).address();
    assert!(matches!(challenge(&world, stranger), Err(LoginError::Address(a)) if a == stranger));
    assert_eq!(contract_calls(&world), 0);
}

#[tokio::test]
async fn a_log_in_that_the_chain_could_not_answer_may_be_repeated() {
    let world = World::new();
    world.contracts.keys.write().insert(APP, key(7).address());
    world.contracts.unreachable.store(true, Ordering::Relaxed);
    let challenge = challenge(&world, APP).unwrap();
    let error = world
        .service
        .submit_challenge(&answer(&challenge, 7), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Chain(_)));
    world.contracts.unreachable.store(false, Ordering::Relaxed);
    assert!(
        world
            .service
            .submit_challenge(&answer(&challenge, 7), at(0))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_is_revoked_between_challenge_and_answer_counts() {
    let world = World::new();
    let challenge = challenge(&world, APP).unwrap();
    world
        .chain
        .next_block(|facts| facts.licences.get_mut(&APP).unwrap().redirect_uris.clear());
    let error = world
        .service
        .submit_challenge(&answer(&challenge, 1), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Domain));
    world.chain.revoke(APP);
    let error = world
        .service
        .submit_challenge(&answer(&challenge, 1), at(0))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Unlicensed(APP)));
}

#[tokio::test]
async fn used_states_are_bounded_and_make_room_when_they_expire() {
    let settings = AccessSettings {
        issuer: ISSUER.to_owned(),
        used_states_max: 2,
        ..AccessSettings::default()
    };
    let world = World::with(settings);
    for _ in 0..2 {
        drop(developer_token(&world).await);
    }
    let third = challenge(&world, APP).unwrap();
    let error = world
        .service
        .submit_challenge(&answer(&third, 1), at(1))
        .await
        .unwrap_err();
    assert!(matches!(error, LoginError::Busy));
    let request = ChallengeRequest {
        client_id: APP.to_string(),
        domain: DOMAIN.to_owned(),
        scope: "openid".to_owned(),
        response_type: "code".to_owned(),
        address: APP.to_string(),
    };
    let later = world.service.generate_challenge(&request, at(601)).unwrap();
    assert!(
        world
            .service
            .submit_challenge(&answer(&later, 1), at(602))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_disabled_signer_exchanges_nothing_with_the_token_it_still_holds() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let token = developer_token(&world).await;
    let request = ExchangeRequest {
        asset: Some(vehicle(1).to_string()),
        privileges: vec![1],
        ..ExchangeRequest::default()
    };
    assert!(world.service.exchange(&token, &request, at(1)).is_ok());
    world.chain.set_signer(APP, key(1).address(), None);
    let error = world.service.exchange(&token, &request, at(1)).unwrap_err();
    assert!(matches!(
        error,
        ExchangeError::Token(TokenError::SignerEnded)
    ));
    assert_eq!(
        world.service.verify_developer_token(&token, at(1)),
        Err(TokenError::SignerEnded)
    );
}
