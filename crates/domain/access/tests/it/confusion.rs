//! Tokens that are almost ours. Every case of the table must be refused, with the reason it is in the table for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
use milepost_access::{ExchangeRequest, TokenError, VehicleToken};
use milepost_policy::PermissionSet;
use serde_json::{Value, json};

use crate::{
    logins::developer_token,
    world::{APP, World, at, grant, never, vehicle},
};

async fn vehicle_token(world: &World) -> String {
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let request = ExchangeRequest {
        asset: Some(vehicle(1).to_string()),
        permissions: vec!["privilege:GetLocationHistory".to_owned()],
        ..ExchangeRequest::default()
    };
    world
        .service
        .exchange(&developer_token(world).await, &request, at(0))
        .unwrap()
}

/// The PEM of the newest signing key.
fn signing_pem(world: &World) -> Vec<u8> {
    let mut files: Vec<_> = std::fs::read_dir(world.directory.path())
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    std::fs::read(files.last().unwrap()).unwrap()
}

fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').nth(index).unwrap())
            .unwrap(),
    )
    .unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A compact token with any header and claims, signed for real.
fn forge(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn with(base: &Value, name: &str, value: Value) -> Value {
    let mut changed = base.clone();
    changed[name] = value;
    changed
}

fn without(base: &Value, name: &str) -> Value {
    let mut changed = base.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

struct Table {
    header: Value,
    claims: Value,
    own: EncodingKey,
    foreign: EncodingKey,
    foreign_kid: Value,
    token: String,
    cases: Vec<(String, String, Vec<TokenError>)>,
}

impl Table {
    fn add(&mut self, name: impl Into<String>, token: String, reasons: &[TokenError]) {
        self.cases.push((name.into(), token, reasons.to_vec()));
    }

    fn algorithms(&mut self) {
        let signature = self.token.rsplit_once('.').unwrap().1.to_owned();
        for alg in [
            "none", "None", "NONE", "nOnE", "", "RS1", "rs256", "HS256", "ES256K", "dir",
            "RSA-OAEP",
        ] {
            let header = with(&self.header, "alg", json!(alg));
            let message = format!("{}.{}", encoded(&header), encoded(&self.claims));
            for (form, tail) in [("empty", ""), ("old", signature.as_str()), ("junk", "AAAA")] {
                self.add(
                    format!("alg {alg:?}, {form} signature"),
                    format!("{message}.{tail}"),
                    &[TokenError::Algorithm],
                );
            }
        }
        for (name, alg) in [
            ("null", Value::Null),
            ("number", json!(256)),
            ("list", json!(["RS256"])),
        ] {
            let header = with(&self.header, "alg", alg);
            self.add(
                format!("alg {name}"),
                forge(&header, &self.claims, &self.own, Algorithm::RS256),
                &[TokenError::Algorithm],
            );
        }
        let token = forge(
            &without(&self.header, "alg"),
            &self.claims,
            &self.own,
            Algorithm::RS256,
        );
        self.add("alg missing", token, &[TokenError::Algorithm]);
        for algorithm in [
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ] {
            let header = with(&self.header, "alg", json!(format!("{algorithm:?}")));
            let token = forge(&header, &self.claims, &self.own, algorithm);
            self.add(
                format!("our key with {algorithm:?}"),
                token,
                &[TokenError::Algorithm],
            );
            let token = forge(&self.header, &self.claims, &self.own, algorithm);
            self.add(
                format!("{algorithm:?} called RS256"),
                token,
                &[TokenError::Signature],
            );
        }
        let crit = with(
            &with(&self.header, "crit", json!(["b64"])),
            "b64",
            json!(false),
        );
        self.add(
            "crit",
            forge(&crit, &self.claims, &self.own, Algorithm::RS256),
            &[TokenError::Algorithm],
        );
    }

    /// The public key used as an HMAC secret, in every text an attacker could take it from.
    fn hmac_swaps(&mut self, jwks: &Value) {
        let n = jwks["keys"][0]["n"].as_str().unwrap().to_owned();
        let jwk = jwks["keys"][0].to_string();
        let secrets: [(&str, Vec<u8>); 5] = [
            ("modulus text", n.clone().into_bytes()),
            ("modulus bytes", URL_SAFE_NO_PAD.decode(&n).unwrap()),
            ("JWK", jwk.into_bytes()),
            (
                "key id",
                self.header["kid"].as_str().unwrap().as_bytes().to_vec(),
            ),
            ("nothing", Vec::new()),
        ];
        for (name, secret) in secrets {
            for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
                let key = EncodingKey::from_secret(&secret);
                let header = with(&self.header, "alg", json!(format!("{algorithm:?}")));
                let token = forge(&header, &self.claims, &key, algorithm);
                self.add(
                    format!("{algorithm:?} with {name} as secret"),
                    token,
                    &[TokenError::Algorithm],
                );
                let token = forge(&self.header, &self.claims, &key, algorithm);
                self.add(
                    format!("{algorithm:?} with {name}, called RS256"),
                    token,
                    &[TokenError::Signature],
                );
            }
        }
    }

    fn key_ids(&mut self) {
        let kids = [
            json!(""),
            json!("../../etc/passwd"),
            json!("/dev/null"),
            json!("https://evil.example/keys"),
            json!("file:///dev/null"),
            json!("' OR 1=1 --"),
            json!("\u{0}"),
            json!("rs256-1777702200.pem"),
            json!("*"),
            json!("a".repeat(4_000)),
            self.foreign_kid.clone(),
        ];
        for kid in kids {
            let header = with(&self.header, "kid", kid.clone());
            let name: String = kid.to_string().chars().take(40).collect();
            let token = forge(&header, &self.claims, &self.own, Algorithm::RS256);
            self.add(format!("kid {name}"), token, &[TokenError::UnknownKey]);
            let token = forge(&header, &self.claims, &self.foreign, Algorithm::RS256);
            self.add(
                format!("kid {name}, foreign key"),
                token,
                &[TokenError::UnknownKey],
            );
        }
        let token = forge(
            &without(&self.header, "kid"),
            &self.claims,
            &self.own,
            Algorithm::RS256,
        );
        self.add("kid missing", token, &[TokenError::UnknownKey]);
        for kid in [json!(7), json!([]), json!({})] {
            let token = forge(
                &with(&self.header, "kid", kid.clone()),
                &self.claims,
                &self.own,
                Algorithm::RS256,
            );
            self.add(
                format!("kid {kid}"),
                token,
                &[TokenError::Algorithm, TokenError::Malformed],
            );
        }
        let token = forge(&self.header, &self.claims, &self.foreign, Algorithm::RS256);
        self.add("foreign key with our kid", token, &[TokenError::Signature]);
    }

    /// Headers that point at the attacker's key.
    fn embedded_keys(&mut self, foreign_jwk: &Value) {
        let pointers = [
            ("jwk", foreign_jwk.clone()),
            ("jku", json!("https://evil.example/keys")),
            ("x5u", json!("https://evil.example/chain.pem")),
            ("x5c", json!(["MIIB"])),
        ];
        for (name, value) in pointers {
            let header = with(&self.header, name, value);
            let token = forge(&header, &self.claims, &self.foreign, Algorithm::RS256);
            self.add(
                format!("{name} with our kid"),
                token,
                &[TokenError::Signature],
            );
            let header = with(&header, "kid", self.foreign_kid.clone());
            let token = forge(&header, &self.claims, &self.foreign, Algorithm::RS256);
            self.add(
                format!("{name} with its own kid"),
                token,
                &[TokenError::UnknownKey],
            );
        }
    }

    /// Signed by our own key, as another service of the same issuer might: still not a vehicle token for here.
    fn claims(&mut self) {
        use TokenError::{Audience, Issuer, Kind, Malformed};
        let table: &[(&str, &[Value], &[TokenError])] = &[
            (
                "iss",
                &[
                    json!("https://evil.example"),
                    json!("https://node.example/"),
                    json!("http://node.example"),
                    json!(""),
                    json!("HTTPS://NODE.EXAMPLE"),
                    json!(["https://evil.example"]),
                ],
                &[Issuer],
            ),
            (
                "iss",
                &[
                    json!(["https://node.example", "https://evil.example"]),
                    Value::Null,
                    json!(1),
                ],
                &[Issuer, Malformed],
            ),
            (
                "aud",
                &[
                    json!("evil.example"),
                    json!(["evil.example"]),
                    json!([]),
                    json!(APP.to_string()),
                    json!("dimo.zone.evil.example"),
                    json!(["DIMO.ZONE"]),
                ],
                &[Audience],
            ),
            (
                "aud",
                &[Value::Null, json!(7), json!([7]), json!({"dimo.zone": 1})],
                &[Audience, Malformed],
            ),
            (
                "token_use",
                &[
                    json!("developer"),
                    json!("Vehicle"),
                    json!(""),
                    Value::Null,
                    json!(["vehicle"]),
                ],
                &[Kind],
            ),
            (
                "sub",
                &[
                    json!("dimo-driver"),
                    json!(""),
                    json!("0x8D8c"),
                    Value::Null,
                    json!(5),
                ],
                &[Malformed],
            ),
            (
                "asset",
                &[
                    json!("vehicle-7"),
                    json!(""),
                    Value::Null,
                    json!("did:erc721:1:0xbA57:1"),
                    json!(1),
                ],
                &[Malformed],
            ),
            (
                "permissions",
                &[
                    json!(["privilege:All"]),
                    json!("privilege:GetLocationHistory"),
                    json!([4]),
                    json!(["*"]),
                    Value::Null,
                ],
                &[Malformed],
            ),
            (
                "exp",
                &[
                    json!("9999999999"),
                    json!(-1),
                    json!(1e300),
                    Value::Null,
                    json!([9_999_999_999_u64]),
                ],
                &[Malformed],
            ),
            ("nbf", &[json!("0"), json!(-1), Value::Null], &[Malformed]),
            (
                "grant_version",
                &[json!("0"), json!(-1), Value::Null, json!(0.5)],
                &[Malformed],
            ),
            ("jti", &[json!(7), Value::Null], &[Malformed]),
            (
                "exp",
                &[json!(0), json!(at(0).as_secs()), json!(at(0).as_secs() - 1)],
                &[TokenError::Expired],
            ),
            (
                "nbf",
                &[json!(at(6).as_secs()), json!(u64::MAX)],
                &[TokenError::NotYetValid],
            ),
        ];
        for (name, values, reasons) in table {
            for value in *values {
                let claims = with(&self.claims, name, value.clone());
                let token = forge(&self.header, &claims, &self.own, Algorithm::RS256);
                self.add(format!("{name} = {value}"), token, reasons);
            }
        }
        for name in [
            "iss",
            "sub",
            "aud",
            "exp",
            "nbf",
            "asset",
            "permissions",
            "grant_version",
            "jti",
        ] {
            let token = forge(
                &self.header,
                &without(&self.claims, name),
                &self.own,
                Algorithm::RS256,
            );
            self.add(
                format!("{name} missing"),
                token,
                &[Malformed, Issuer, Audience],
            );
        }
        let token = forge(
            &self.header,
            &without(&self.claims, "token_use"),
            &self.own,
            Algorithm::RS256,
        );
        self.add("token_use missing", token, &[Kind]);
        for claims in [json!([]), json!("text"), json!(7), Value::Null] {
            let token = forge(&self.header, &claims, &self.own, Algorithm::RS256);
            self.add(
                format!("claims are {claims}"),
                token,
                &[Malformed, Issuer, Audience],
            );
        }
    }

    fn shapes(&mut self) {
        use TokenError::{Algorithm, Malformed, Signature};
        let token = self.token.clone();
        let parts: Vec<&str> = token.split('.').collect();
        let other_claims = encoded(&with(&self.claims, "asset", json!(vehicle(2).to_string())));
        self.add(
            "claims of vehicle 2 under the signature of vehicle 1",
            format!("{}.{other_claims}.{}", parts[0], parts[2]),
            &[Signature],
        );
        let more = encoded(&with(
            &self.claims,
            "permissions",
            json!(["privilege:GetRawData"]),
        ));
        self.add(
            "more permissions",
            format!("{}.{more}.{}", parts[0], parts[2]),
            &[Signature],
        );
        let longer = encoded(&with(&self.claims, "exp", json!(u64::from(u32::MAX))));
        self.add(
            "later end",
            format!("{}.{longer}.{}", parts[0], parts[2]),
            &[Signature],
        );
        self.add(
            "no signature",
            format!("{}.{}.", parts[0], parts[1]),
            &[Signature],
        );
        self.add(
            "two parts",
            format!("{}.{}", parts[0], parts[1]),
            &[Malformed, Algorithm],
        );
        self.add(
            "four parts",
            format!("{token}.AAAA"),
            &[Malformed, Algorithm, Signature],
        );
        self.add(
            "five parts",
            format!("{token}.AAAA.AAAA"),
            &[Malformed, Algorithm, Signature],
        );
        for text in ["", ".", "..", "...", "a.b.c", "null", "Bearer x", "é.é.é"] {
            self.add(
                format!("text {text:?}"),
                text.to_owned(),
                &[Malformed, Algorithm],
            );
        }
        self.add("17 KiB", "a".repeat(17 * 1024), &[Malformed]);
        self.add("padding", format!("{token}="), &[Malformed, Signature]);
        self.add("space", format!(" {token}"), &[Malformed]);
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        for byte in (0..signature.len()).step_by(7) {
            let mut flipped = signature.clone();
            flipped[byte] ^= 1 << (byte % 8);
            let token = format!(
                "{}.{}.{}",
                parts[0],
                parts[1],
                URL_SAFE_NO_PAD.encode(&flipped)
            );
            self.add(
                format!("signature byte {byte} flipped"),
                token,
                &[Signature],
            );
        }
        for length in [0, 1, 128, 255] {
            let token = format!(
                "{}.{}.{}",
                parts[0],
                parts[1],
                URL_SAFE_NO_PAD.encode(&signature[..length])
            );
            self.add(
                format!("signature cut to {length} bytes"),
                token,
                &[Signature],
            );
        }
    }
}

#[tokio::test]
async fn every_token_of_the_confusion_table_is_refused() {
    let (world, stranger) = (World::new(), World::new());
    let token = vehicle_token(&world).await;
    let jwks = serde_json::to_value(world.service.jwks()).unwrap();
    let foreign_jwk = serde_json::to_value(stranger.service.jwks()).unwrap()["keys"][0].clone();
    let mut table = Table {
        header: part(&token, 0),
        claims: part(&token, 1),
        own: EncodingKey::from_rsa_pem(&signing_pem(&world)).unwrap(),
        foreign: EncodingKey::from_rsa_pem(&signing_pem(&stranger)).unwrap(),
        foreign_kid: foreign_jwk["kid"].clone(),
        token: token.clone(),
        cases: Vec::new(),
    };
    let control = forge(&table.header, &table.claims, &table.own, Algorithm::RS256);
    assert!(
        world.service.verify_vehicle_token(&control, at(0)).is_ok(),
        "forging itself works"
    );
    table.algorithms();
    table.hmac_swaps(&jwks);
    table.key_ids();
    table.embedded_keys(&foreign_jwk);
    table.claims();
    table.shapes();
    table.add(
        "a developer token",
        developer_token(&world).await,
        &[TokenError::Audience],
    );

    assert!(table.cases.len() >= 200, "{} cases", table.cases.len());
    // Twice: a refused token must not be remembered as good.
    for (name, token, reasons) in table.cases.iter().chain(&table.cases) {
        let answer = world.service.verify_vehicle_token(token, at(0));
        let error = answer.expect_err(name);
        assert!(
            reasons.contains(&error),
            "{name}: {error:?}, expected one of {reasons:?}"
        );
    }
    println!("{} cases refused", table.cases.len());
}

#[tokio::test]
async fn a_remembered_token_still_ends_on_time() {
    let world = World::new();
    let token = vehicle_token(&world).await;
    let first = world.service.verify_vehicle_token(&token, at(0)).unwrap();
    assert_eq!(
        world.service.verify_vehicle_token(&token, at(599)),
        Ok(first.clone())
    );
    assert_eq!(
        world.service.verify_vehicle_token(&token, at(600)),
        Err(TokenError::Expired)
    );
    let VehicleToken {
        client_id,
        asset,
        grant_version,
        expires_at,
        ..
    } = first;
    assert_eq!(
        (client_id, asset, grant_version, expires_at),
        (APP, vehicle(1), 0, at(600))
    );
}

#[tokio::test]
async fn tokens_outlive_a_rotation_and_a_restart() {
    let mut world = World::new();
    let token = vehicle_token(&world).await;
    world.service.rotate_keys(at(10)).unwrap();
    assert!(world.service.verify_vehicle_token(&token, at(11)).is_ok());
    let newer = vehicle_token(&world).await;
    assert_ne!(part(&token, 0)["kid"], part(&newer, 0)["kid"]);
    assert_eq!(world.service.jwks().keys.len(), 2);

    world.restart();
    for token in [token, newer] {
        assert!(world.service.verify_vehicle_token(&token, at(12)).is_ok());
    }
}

#[tokio::test]
async fn a_vehicle_token_is_no_developer_token_whatever_its_audience() {
    let world = World::new();
    world
        .chain
        .set_grant(vehicle(1), APP, grant(PermissionSet::ALL, never()));
    let developer = developer_token(&world).await;
    let request = ExchangeRequest {
        asset: Some(vehicle(1).to_string()),
        privileges: vec![1],
        audience: vec![APP.to_string()],
        ..ExchangeRequest::default()
    };
    let token = world.service.exchange(&developer, &request, at(0)).unwrap();
    assert_eq!(
        world.service.verify_developer_token(&token, at(0)),
        Err(TokenError::Kind)
    );
    assert_eq!(
        world.service.verify_vehicle_token(&token, at(0)),
        Err(TokenError::Audience),
        "asked for elsewhere"
    );
    assert_eq!(
        world
            .service
            .verify_developer_token(&developer, at(0))
            .unwrap()
            .client_id,
        APP
    );
}
