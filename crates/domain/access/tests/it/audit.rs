use std::{
    io::{self, Write},
    sync::Arc,
};

use milepost_access::ExchangeRequest;
use milepost_policy::{PermissionSet, TwinView as _};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    logins::developer_token,
    world::{APP, CHAIN, OWNER, VEHICLES, World, at, grant, never, vehicle},
};

/// Log lines as a person or program would collect them.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn d2_15_every_decision_is_one_line_without_vehicle_or_token() {
    let world = World::new();
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let developer = developer_token(&world).await;
    let request = ExchangeRequest {
        asset: Some(vehicle(1).to_string()),
        privileges: vec![1, 4],
        ..ExchangeRequest::default()
    };
    assert!(world.service.exchange(&developer, &request, at(0)).is_err());
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let bearer = world.service.exchange(&developer, &request, at(0)).unwrap();
    let token = world.service.verify_vehicle_token(&bearer, at(1)).unwrap();
    assert!(world.service.authorize_read(&token, at(1)).is_ok());
    world.chain.revoke(APP);
    assert!(world.service.authorize_read(&token, at(1)).is_err());
    drop(guard);

    let text = String::from_utf8(lines.0.lock().clone()).unwrap();
    for secret in [
        vehicle(1).to_string(),
        VEHICLES.to_string(),
        OWNER.to_string(),
        developer,
        bearer,
    ] {
        assert!(!text.contains(&secret), "{text}");
    }
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let decisions: Vec<_> = lines
        .iter()
        .map(|line| {
            json!([
                line["action"],
                line["allowed"],
                line["reason"],
                line["permissions"],
                line["grant_version"]
            ])
        })
        .collect();
    assert_eq!(
        decisions,
        [
            json!(["login", true, "ok", "[]", null]),
            json!(["exchange", false, "not_granted", "[1, 4]", null]),
            json!(["exchange", true, "ok", "[1, 4]", 0]),
            json!(["read", true, "ok", "[1, 4]", 0]),
            json!(["read", false, "unlicensed", "[]", 0]),
        ]
    );
    for line in &lines {
        assert_eq!(
            (&line["client"], &line["chain"]),
            (&APP.to_string().into(), &CHAIN.0.into())
        );
    }
    for (line, asset_kind) in lines.iter().zip([
        Value::Null,
        "vehicle".into(),
        "vehicle".into(),
        "vehicle".into(),
    ]) {
        assert_eq!(line["asset_kind"], asset_kind);
    }
    let jti = &*token.jti;
    assert_eq!(
        (&lines[2]["jti"], &lines[3]["jti"], &lines[4]["jti"]),
        (&jti.into(), &jti.into(), &jti.into())
    );
    assert_eq!(lines[4]["block"], world.chain.head().number);
}
