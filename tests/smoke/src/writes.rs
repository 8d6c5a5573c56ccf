//! Who may write: a good event is stored and seen at once, everything else is refused with its reason.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use milepost_crypto::SigningKey;
use milepost_http::{Authority, ClientOptions, Identity};
use milepost_types::{ChainId, Did, U256, keccak256};
use serde_json::json;

use crate::{
    api::{Answer, App, EVERYTHING},
    chain::Cast,
    device::{Device, Line},
    network::{Network, client},
    report::Report,
};

/// Requirement of the node: an acknowledged event is visible within this time.
const VISIBLE_MAX: Duration = Duration::from_secs(1);
/// Events of which each is timed.
const TIMED_EVENTS: u32 = 10;

/// What the checks of writing share.
#[derive(Debug)]
pub(crate) struct Writes<'a> {
    network: &'a Network,
    app: &'a App,
    cast: &'a Cast,
    chain: ChainId,
    line: Line,
}

impl<'a> Writes<'a> {
    pub(crate) fn new(network: &'a Network, app: &'a App, cast: &'a Cast) -> Result<Self> {
        let chain = ChainId(
            network.dev["chain_id"]
                .as_u64()
                .context("dev.json has no chain_id")?,
        );
        let http = client(Some(network.text("/authority_pem")?))?;
        Ok(Self {
            network,
            app,
            cast,
            chain,
            line: Line::new(http, network.text("/endpoints/ingest")?),
        })
    }

    /// Sends good events and asks for each until it is answered.
    pub(crate) async fn visibility(&self, report: &mut Report) -> Result<()> {
        let device = &self.cast.spare;
        let did = device.vehicle.to_string();
        let token = self.app.token(&did, &EVERYTHING).await?;
        let query = format!("{{ signalsLatest(did: \"{did}\") {{ speed {{ value }} }} }}");
        let mut slowest = Duration::ZERO;
        let timed = async {
            for number in 0..TIMED_EVENTS {
                let value = 40.0 + f64::from(number);
                self.line.store(&device.speed(self.chain, value)?).await?;
                let acknowledged = Instant::now();
                loop {
                    let answer = self.app.query(Some(&token), &query).await?;
                    if answer.body["data"]["signalsLatest"]["speed"]["value"] == value {
                        break;
                    }
                    let waited = acknowledged.elapsed();
                    ensure!(
                        waited < 5 * VISIBLE_MAX,
                        "not visible after {waited:?}: {}",
                        answer.body
                    );
                }
                slowest = slowest.max(acknowledged.elapsed());
            }
            ensure!(slowest <= VISIBLE_MAX, "an event took {slowest:?}");
            Ok(format!(
                "slowest of {TIMED_EVENTS} seen {} ms after its acknowledgement",
                slowest.as_millis()
            ))
        };
        let good = report
            .run("an acknowledged event is visible within 1 s", timed)
            .await;
        report.figure(
            "visible_ms",
            if good {
                json!(slowest.as_millis())
            } else {
                json!(null)
            },
        );
        Ok(())
    }

    /// Everything that must not be stored.
    pub(crate) async fn refusals(&self, report: &mut Report) -> Result<()> {
        // First what depends on the sender alone, then what the chain takes away.
        let before = self
            .app
            .readings(&self.cast.spare.vehicle.to_string())
            .await?;
        report
            .run("refused: unknown device", self.unknown_device())
            .await;
        report
            .run("refused: wrong signature", self.wrong_signature())
            .await;
        report
            .run("refused: signature of another device", self.other_signer())
            .await;
        let stored = self.replayed(report).await? as u64;
        report
            .run(
                "refused: certificate of a foreign connection",
                self.foreign_connection(),
            )
            .await;
        report
            .run(
                "refused: certificate of a foreign authority",
                self.foreign_authority(),
            )
            .await;
        let after = async {
            self.network.visible().await?;
            let now = self
                .app
                .readings(&self.cast.spare.vehicle.to_string())
                .await?;
            ensure!(
                now == before + stored,
                "{before} readings before, {now} after {stored} good ones"
            );
            Ok(format!(
                "{now} readings, {stored} more than before: the good ones only"
            ))
        };
        report
            .run(
                "nothing refused was stored, nothing repeated was stored twice",
                after,
            )
            .await;
        report
            .run(
                "refused: unpaired device",
                self.taken(&self.cast.unpaired, "not_paired", self.cast.unpair()),
            )
            .await;
        report
            .run(
                "refused: banned device",
                self.taken(&self.cast.banned, "device_banned", self.cast.ban()),
            )
            .await;
        let settled = self.taken(&self.cast.poor, "provider_unlicensed", self.cast.settle());
        report
            .run(
                "refused: provider whose stake a court case took below the requirement",
                settled,
            )
            .await;
        Ok(())
    }

    async fn unknown_device(&self) -> Result<String> {
        let Did::Erc721 {
            chain, contract, ..
        } = self.cast.spare.did
        else {
            bail!("device DID is not an NFT")
        };
        let key = SigningKey::from_bytes(keccak256("nobody registered this key").0)?;
        let did = Did::erc721(chain, contract, U256::from(999_999));
        let stranger = Device::new(key.into(), did, self.cast.spare.vehicle);
        refused(
            &self.line.post(&stranger.speed(self.chain, 1.0)?).await?,
            403,
            "unknown_device",
        )
    }

    async fn wrong_signature(&self) -> Result<String> {
        let event = self.cast.spare.speed(self.chain, 111.0)?;
        let altered = String::from_utf8(event.json.to_vec())?.replace("111", "112");
        refused(
            &self.line.post_body(altered.into_bytes()).await?,
            401,
            "wrong_signature",
        )
    }

    async fn other_signer(&self) -> Result<String> {
        let (spare, other) = (&self.cast.spare, &self.cast.unpaired);
        let impostor = Device::new(other.key.clone(), spare.did, spare.vehicle);
        refused(
            &self
                .line
                .post(&impostor.speed_numbered(self.chain, 500_000, None, 1.0)?)
                .await?,
            401,
            "wrong_signature",
        )
    }

    /// The same event again is a duplicate; its number under another id is a replay. Gives how many were stored.
    async fn replayed(&self, report: &mut Report) -> Result<u32> {
        const SEQUENCE: u64 = 700_000;
        let device = &self.cast.spare;
        let event = device.speed_numbered(self.chain, SEQUENCE, Some("first"), 61.0)?;
        let mut stored = 0;
        let again = async {
            self.line.store(&event).await?;
            stored += 1;
            let answer = self.line.post(&event).await?;
            let known = answer.status == 200
                && answer.body["duplicates"] == 1
                && answer.body["accepted"] == 0;
            ensure!(
                known,
                "expected one duplicate: {} {}",
                answer.status,
                answer.body
            );
            Ok("200, duplicates 1, accepted 0".to_owned())
        };
        report
            .run("the same event again is recognised", again)
            .await;
        let renamed = async {
            let event = device.speed_numbered(self.chain, SEQUENCE, Some("second"), 62.0)?;
            refused(&self.line.post(&event).await?, 409, "replayed")
        };
        report.run("refused: replayed event", renamed).await;
        Ok(stored)
    }

    /// The demo connection is real, but not the one of this device's provider.
    async fn foreign_connection(&self) -> Result<String> {
        let identity = Identity {
            certificate_pem: self.network.text("/connection/certificate_pem")?.to_owned(),
            key_pem: self.network.text("/connection/key_pem")?.to_owned(),
        };
        let event = self.cast.poor.speed(self.chain, 1.0)?;
        refused(
            &self.presenting(identity)?.post(&event).await?,
            403,
            "foreign_connection",
        )
    }

    /// A certificate with the right name from an authority that the node does not know.
    async fn foreign_authority(&self) -> Result<String> {
        let address = self.network.text("/connection/address")?;
        let identity = Authority::generate("somebody else")?.issue_client(address)?;
        let event = self.cast.spare.speed(self.chain, 1.0)?;
        match self.presenting(identity)?.post(&event).await {
            Ok(answer) => bail!("answered: {} {}", answer.status, answer.body),
            Err(error) => Ok(format!("{:#}", error.root_cause())),
        }
    }

    fn presenting(&self, identity: Identity) -> Result<Line> {
        let authority_pem = Some(self.network.text("/authority_pem")?.to_owned());
        let options = ClientOptions {
            authority_pem,
            identity: Some(identity),
            ..ClientOptions::default()
        };
        Ok(Line::new(
            milepost_http::client(&options)?,
            self.network.text("/endpoints/ingest")?,
        ))
    }

    /// An event is accepted; a transaction takes the right away; the next event is refused.
    async fn taken(
        &self,
        device: &Device,
        code: &str,
        act: impl Future<Output = Result<u64>>,
    ) -> Result<String> {
        self.line
            .store(&device.speed(self.chain, 10.0)?)
            .await
            .context("before the transaction")?;
        let block = act.await?;
        self.network.decides_at(block).await?;
        let words = refused(
            &self.line.post(&device.speed(self.chain, 11.0)?).await?,
            403,
            code,
        )?;
        Ok(format!("{words} (from block {block})"))
    }
}

/// The words of a refusal, which must have this status and code and have stored nothing.
fn refused(answer: &Answer, status: u16, code: &str) -> Result<String> {
    let good = answer.status == status && answer.body["code"] == code;
    ensure!(
        good,
        "{status} {code} expected: {} {}",
        answer.status,
        answer.body
    );
    Ok(format!("{status} {}", answer.reason()))
}
