//! Who may read: the licensed app with the owner's grant, and nobody else.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use milepost_crypto::SigningKey;
use milepost_types::keccak256;
use serde_json::Value;

use crate::{
    api::{Answer, App, EVERYTHING, Parameters},
    chain::Cast,
    network::Network,
    report::Report,
};

/// A vehicle token that is left to expire.
#[derive(Debug)]
pub(crate) struct Ending {
    token: String,
    did: String,
    expires_at: i64,
}

impl Ending {
    /// A token for a vehicle of the cast, good now.
    pub(crate) async fn obtain(app: &App, did: &str) -> Result<Self> {
        let token = app.token(did, &EVERYTHING).await?;
        let payload = token.split('.').nth(1).context("a token has three parts")?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
        let (from, to) = (
            claims["iat"].as_i64().context("iat")?,
            claims["exp"].as_i64().context("exp")?,
        );
        ensure!(
            (1..=600).contains(&(to - from)),
            "the token lives {} s",
            to - from
        );
        let ending = Self {
            token,
            did: did.to_owned(),
            expires_at: to,
        };
        let good = app.query(Some(&ending.token), &summary(did)).await?;
        ensure!(
            good.body["data"]["dataSummary"].is_object(),
            "not good yet: {} {}",
            good.status,
            good.body
        );
        Ok(ending)
    }

    /// Waits for its end; the read must then be refused.
    pub(crate) async fn refused(&self, app: &App) -> Result<String> {
        let left = self.expires_at * 1_000 - Utc::now().timestamp_millis();
        if let Ok(left) = u64::try_from(left) {
            tokio::time::sleep(Duration::from_millis(left + 20)).await;
        }
        refused(
            &app.query(Some(&self.token), &summary(&self.did)).await?,
            401,
            "JWT is invalid",
        )
    }
}

fn summary(did: &str) -> String {
    format!("{{ dataSummary(did: \"{did}\") {{ numberOfSignals }} }}")
}

/// Log-in and exchange in every form that clients use.
pub(crate) async fn forms(report: &mut Report, app: &App, did: &str) {
    for (name, parameters) in [
        ("query string", Parameters::Query),
        ("form", Parameters::Form),
    ] {
        let log_in = async {
            match app.log_in(parameters).await? {
                Ok(token) => Ok(format!("developer token of {} characters", token.len())),
                Err(refused) => anyhow::bail!("{} {}", refused.status, refused.reason()),
            }
        };
        report
            .run(
                &format!("log-in as the licensed app, parameters as {name}"),
                log_in,
            )
            .await;
    }
    let given = |answer: Answer| {
        let length = answer.body["token"].as_str().map(str::len);
        let length = length.with_context(|| format!("{} {}", answer.status, answer.reason()))?;
        Ok(format!("vehicle token of {length} characters"))
    };
    let older = async { given(app.exchange(did, &EVERYTHING).await?) };
    report
        .run(
            "exchange by contract, token id and permission numbers",
            older,
        )
        .await;
    let names = [
        "privilege:GetNonLocationHistory",
        "privilege:GetLocationHistory",
    ];
    let newer = async { given(app.exchange_by_asset(did, &names).await?) };
    report
        .run("exchange by asset and permission names", newer)
        .await;
}

/// Everything that must not be read. `located` is a vehicle with speeds and positions.
pub(crate) async fn refusals(
    report: &mut Report,
    network: &Network,
    app: &App,
    cast: &Cast,
    located: &str,
) {
    let spare = cast.spare.vehicle.to_string();
    let no_token = async {
        refused(
            &app.query(None, &summary(&spare)).await?,
            200,
            "jwt missing",
        )
    };
    report.run("refused: no token", no_token).await;
    let forged = async {
        let token = app.token(&spare, &EVERYTHING).await?;
        // The first character of the signature: the last one holds unused bits.
        let (body, signature) = token.rsplit_once('.').context("a token has three parts")?;
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{body}.{flipped}{}", &signature[1..]);
        refused(
            &app.query(Some(&forged), &summary(&spare)).await?,
            401,
            "JWT is invalid",
        )
    };
    report.run("refused: forged token", forged).await;
    let other = async {
        let token = app
            .token(&cast.banned.vehicle.to_string(), &EVERYTHING)
            .await?;
        refused(
            &app.query(Some(&token), &summary(&spare)).await?,
            200,
            "does not match token claim",
        )
    };
    report.run("refused: another vehicle's token", other).await;
    report
        .run(
            "refused: missing privilege",
            missing_privilege(app, located),
        )
        .await;
    report
        .run("refused: revoked grant", revoked_grant(network, app, cast))
        .await;
    report
        .run("refused: unlicensed app", unlicensed(network, app))
        .await;
    report
        .run(
            "refused: app whose licence was revoked",
            revoked_licence(network, cast),
        )
        .await;
}

/// A token for non-location history answers speed and not where the car is, exactly or roughly.
async fn missing_privilege(app: &App, did: &str) -> Result<String> {
    let token = app.token(did, &[1]).await?;
    let query = format!(
        "{{ signalsLatest(did: \"{did}\") {{ speed {{ value }} currentLocationCoordinates {{ value {{ latitude }} }} \
         currentLocationApproximateCoordinates {{ value {{ latitude }} }} }} availableSignals(did: \"{did}\") }}"
    );
    let answer = app.query(Some(&token), &query).await?;
    let latest = &answer.body["data"]["signalsLatest"];
    ensure!(
        latest["speed"]["value"].is_number(),
        "speed is refused too: {}",
        answer.body
    );
    let reason = answer.reason();
    for field in [
        "currentLocationCoordinates",
        "currentLocationApproximateCoordinates",
    ] {
        ensure!(
            latest[field].is_null(),
            "{field} is answered: {}",
            answer.body
        );
        let error = answer.body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|e| e["path"][1] == field);
        ensure!(error, "no error for {field}: {reason}");
    }
    let names = answer.body["data"]["availableSignals"].to_string();
    ensure!(!names.contains("Location"), "locations are named: {names}");
    Ok(format!(
        "{} speed answered, both locations null: {reason}",
        answer.status
    ))
}

/// The owner takes the grant back; a token that is still good reads nothing from that block on.
async fn revoked_grant(network: &Network, app: &App, cast: &Cast) -> Result<String> {
    let did = cast.spare.vehicle.to_string();
    let token = app.token(&did, &EVERYTHING).await?;
    let before = app.query(Some(&token), &summary(&did)).await?;
    ensure!(
        before.body["data"]["dataSummary"].is_object(),
        "refused before: {}",
        before.body
    );
    let block = cast.revoke_grant(&app.client_id).await?;
    network.decides_at(block).await?;
    let words = refused(
        &app.query(Some(&token), &summary(&did)).await?,
        200,
        "no live grant",
    )?;
    let exchange = app.exchange(&did, &EVERYTHING).await?;
    ensure!(
        exchange.status == 403,
        "exchange: 403 expected, {} {}",
        exchange.status,
        exchange.body
    );
    Ok(format!(
        "{words}; exchange: 403 {} (from block {block})",
        exchange.reason()
    ))
}

/// Somebody without a licence cannot even log in, nor can somebody else with the client id of a licensed app.
async fn unlicensed(network: &Network, app: &App) -> Result<String> {
    let hex = format!("{:x}", keccak256("nobody licensed this key"));
    let address = SigningKey::from_hex(&hex)?.address().to_string();
    let domain = network.text("/app/domain")?;
    let stranger = App::new(network, &address, domain, &hex)?
        .log_in(Parameters::Query)
        .await?;
    let Err(stranger) = stranger else {
        anyhow::bail!("{address} logged in")
    };
    ensure!(
        stranger.status == 401,
        "401 expected: {} {}",
        stranger.status,
        stranger.body
    );
    let impostor = App::new(network, &app.client_id, domain, &hex)?
        .log_in(Parameters::Query)
        .await?;
    let Err(impostor) = impostor else {
        anyhow::bail!("a key that is no signer logged in")
    };
    ensure!(
        impostor.status == 401,
        "401 expected: {} {}",
        impostor.status,
        impostor.body
    );
    Ok(format!(
        "401 {}; other signer: 401 {}",
        stranger.reason(),
        impostor.reason()
    ))
}

/// A licence ends: neither its tokens nor a new log-in are good.
async fn revoked_licence(network: &Network, cast: &Cast) -> Result<String> {
    let app = cast.doomed_app(network)?;
    let did = cast.banned.vehicle.to_string();
    let token = app.token(&did, &EVERYTHING).await.context("before")?;
    let before = app.query(Some(&token), &summary(&did)).await?;
    ensure!(
        before.body["data"]["dataSummary"].is_object(),
        "refused before: {}",
        before.body
    );
    let block = cast.revoke_licence().await?;
    network.decides_at(block).await?;
    let words = refused(
        &app.query(Some(&token), &summary(&did)).await?,
        200,
        "not a dev license",
    )?;
    let exchange = app.exchange(&did, &EVERYTHING).await?;
    ensure!(
        matches!(exchange.status, 401 | 403),
        "exchange: {} {}",
        exchange.status,
        exchange.body
    );
    let Err(log_in) = app.log_in(Parameters::Query).await? else {
        anyhow::bail!("logged in again")
    };
    ensure!(
        log_in.status == 401,
        "log-in: {} {}",
        log_in.status,
        log_in.body
    );
    Ok(format!(
        "{words}; log-in: 401 {} (from block {block})",
        log_in.reason()
    ))
}

/// The words of a refusal, which must have this status, contain `words` and hold no data.
fn refused(answer: &Answer, status: u16, words: &str) -> Result<String> {
    let reason = answer.reason();
    let data = match &answer.body["data"] {
        Value::Null => false,
        Value::Object(fields) => fields.values().any(|field| !field.is_null()),
        _ => true,
    };
    let good = answer.status == status && reason.contains(words) && !data;
    ensure!(
        good,
        "{status} with '{words}' and no data expected: {} {}",
        answer.status,
        answer.body
    );
    Ok(format!("{status} {reason}"))
}
