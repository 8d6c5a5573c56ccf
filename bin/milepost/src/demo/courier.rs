//! Delivers payloads for many vehicles, each signed by its own device, several requests in flight.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail};
use milepost_crypto::SigningKey;
use milepost_drives::OutgoingPayload;
use milepost_http::ClientOptions;
use milepost_outbox::{Compression, DeliveryReport, Outbox, OutboxConfig, OutgoingEvent, Signing};
use milepost_types::{Address, ChainId, Did, keccak256, parse_address};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{cli, dev_file};

/// Requests in flight; two cores are busy with eight.
const REQUESTS_MAX: usize = 8;
/// Events in one request.
const EVENTS_PER_REQUEST: usize = 50;

/// What became of everything sent.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Totals {
    pub(crate) events: u64,
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
    /// First few reasons of rejections.
    pub(crate) reasons: Vec<String>,
    pub(crate) requests: u64,
    pub(crate) retries: u64,
}

/// How events are sent.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) endpoint: String,
    pub(crate) authority_pem: String,
    pub(crate) chain: ChainId,
    pub(crate) signing: Signing,
    /// Distinguishes this sending from others of the same devices: sequence numbers start from it.
    pub(crate) session: String,
}

/// Sends payloads in order for each vehicle and source; whole batches overlap.
#[derive(Debug)]
pub(crate) struct Courier {
    route: Route,
    vehicles: HashMap<String, dev_file::Vehicle>,
    lanes: BTreeMap<(String, Option<String>), Lane>,
    running: JoinSet<Result<DeliveryReport>>,
    totals: Totals,
    /// Events and readings sent for each vehicle.
    pub(crate) sent: BTreeMap<String, (u64, u64)>,
}

#[derive(Debug)]
struct Lane {
    outbox: Arc<Outbox>,
    subject: Did,
    waiting: Vec<OutgoingEvent>,
}

impl Courier {
    pub(crate) fn new(route: Route, vehicles: impl IntoIterator<Item = dev_file::Vehicle>) -> Self {
        let vehicles = vehicles.into_iter().map(|v| (v.name.clone(), v)).collect();
        let (lanes, running, totals) = (BTreeMap::new(), JoinSet::new(), Totals::default());
        Self {
            route,
            vehicles,
            lanes,
            running,
            totals,
            sent: BTreeMap::new(),
        }
    }

    /// Adds a payload to the batch of its vehicle; sends the batch when it is full. Waits while too many requests
    /// are in flight.
    pub(crate) async fn add(&mut self, payload: OutgoingPayload) -> Result<()> {
        let sent = self.sent.entry(payload.vehicle_key.clone()).or_default();
        (sent.0, sent.1) = (sent.0 + 1, sent.1 + payload.readings as u64);
        let key = (payload.vehicle_key, payload.source);
        if !self.lanes.contains_key(&key) {
            let lane = self.lane(&key.0, key.1.as_deref())?;
            self.lanes.insert(key.clone(), lane);
        }
        let lane = self.lanes.get_mut(&key).context("lane was just made")?;
        let mut event = OutgoingEvent::new("dimo.status", payload.time, payload.data);
        event.subject = Some(lane.subject);
        event.id = Some(payload.id);
        event.data_version = Some("default/v1.0".into());
        lane.waiting.push(event);
        if lane.waiting.len() >= EVENTS_PER_REQUEST {
            self.send(&key).await?;
        }
        Ok(())
    }

    /// Sends what waits and returns the totals once everything is answered.
    pub(crate) async fn finish(mut self) -> Result<(Totals, BTreeMap<String, (u64, u64)>)> {
        self.flush().await?;
        while let Some(done) = self.running.join_next().await {
            self.note(done?)?;
        }
        Ok((self.totals, self.sent))
    }

    /// Sends what waits.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        let keys: Vec<_> = self
            .lanes
            .iter()
            .filter(|(_, l)| !l.waiting.is_empty())
            .map(|(k, _)| k.clone())
            .collect();
        for key in keys {
            self.send(&key).await?;
        }
        Ok(())
    }

    fn lane(&self, vehicle: &str, source: Option<&str>) -> Result<Lane> {
        let vehicle = self
            .vehicles
            .get(vehicle)
            .with_context(|| format!("vehicle {vehicle} is not registered"))?;
        let key = Arc::new(SigningKey::from_hex(&vehicle.device.private_key)?);
        let mut config = OutboxConfig::new(
            &self.route.endpoint,
            key,
            vehicle.device_did.parse()?,
            self.route.chain,
        );
        config.source = source.map(source_address);
        config.signing = self.route.signing;
        config.batch_events_max = EVENTS_PER_REQUEST;
        config.compression = Compression::Zstd;
        config.sequence_first = sequence_first(&self.route.session, source);
        config.client = ClientOptions {
            authority_pem: Some(self.route.authority_pem.clone()),
            timeout: Duration::from_secs(60),
            ..ClientOptions::default()
        };
        Ok(Lane {
            outbox: Arc::new(Outbox::new(config)?),
            subject: vehicle.did.parse()?,
            waiting: Vec::new(),
        })
    }

    async fn send(&mut self, key: &(String, Option<String>)) -> Result<()> {
        let lane = self.lanes.get_mut(key).context("lane exists")?;
        // Signed here, in order, so that a replay started again makes the same bytes.
        let signed = lane.outbox.build(std::mem::take(&mut lane.waiting))?;
        let outbox = Arc::clone(&lane.outbox);
        self.running
            .spawn(async move { Ok(outbox.deliver_signed(signed).await?) });
        while self.running.len() >= REQUESTS_MAX {
            match self.running.join_next().await {
                Some(done) => self.note(done?)?,
                None => bail!("no request in flight"),
            }
        }
        Ok(())
    }

    fn note(&mut self, report: Result<DeliveryReport>) -> Result<()> {
        let report = report.context("deliver")?;
        let totals = &mut self.totals;
        totals.events += report.events() as u64;
        totals.accepted += report.accepted as u64;
        totals.duplicates += report.duplicates as u64;
        totals.rejected += report.rejected.len() as u64;
        totals.requests += u64::from(report.requests);
        totals.retries += u64::from(report.retries);
        for rejected in report.rejected {
            if totals.reasons.len() < 10 {
                let id = rejected.id.unwrap_or_default();
                totals
                    .reasons
                    .push(format!("{}: {} ({id})", rejected.code, rejected.detail));
            }
        }
        Ok(())
    }
}

/// The address a source text stands for: itself, that of an account's DID, or for words the last 20 bytes of their keccak-256.
pub(crate) fn source_address(text: &str) -> Address {
    if let Ok(Did::Ethr { address, .. }) = text.parse() {
        return address;
    }
    parse_address(text).unwrap_or_else(|_| Address::from_slice(&keccak256(text.as_bytes())[12..]))
}

/// Start of the sequence numbers of one session and source: 2²⁴ of them before another could begin.
fn sequence_first(session: &str, source: Option<&str>) -> u64 {
    let hash = keccak256(format!("{session}\n{}", source.unwrap_or_default()).as_bytes());
    let mut word = [0; 8];
    word[..5].copy_from_slice(&hash[..5]);
    u64::from_be_bytes(word)
}

impl From<cli::Signing> for Signing {
    fn from(signing: cli::Signing) -> Self {
        match signing {
            cli::Signing::Each => Self::Each,
            cli::Signing::Batch => Self::Batch,
            cli::Signing::Legacy => Self::Legacy,
        }
    }
}

impl Totals {
    /// An error when the node refused anything.
    pub(crate) fn all_accepted(&self) -> Result<()> {
        match self.rejected {
            0 => Ok(()),
            count => Err(anyhow!(
                "{count} of {} events refused: {}",
                self.events,
                self.reasons.join("; ")
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_an_address_a_did_or_a_word() {
        let address = "0x00000000000000000000000000000000000000bb";
        let expected = parse_address(address).unwrap();
        assert_eq!(source_address(address), expected);
        assert_eq!(source_address(&format!("did:ethr:137:{address}")), expected);
        assert_eq!(source_address("autopi"), source_address("autopi"));
        assert_ne!(source_address("autopi"), source_address("smartcar"));
    }
}
