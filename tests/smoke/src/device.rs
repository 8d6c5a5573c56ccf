//! A device with its own key, sending to the node over HTTPS.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use milepost_crypto::SigningKey;
use milepost_outbox::{Outbox, OutboxConfig, OutgoingEvent, SignedEvent, json_array};
use milepost_types::{ChainId, Did, Timestamp};
use serde_json::json;

use crate::{
    api::{Answer, answer},
    compare::rfc3339,
};

/// A device and the vehicle it speaks for.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) key: Arc<SigningKey>,
    pub(crate) did: Did,
    pub(crate) vehicle: Did,
    next: AtomicU64,
}

impl Device {
    pub(crate) const fn new(key: Arc<SigningKey>, did: Did, vehicle: Did) -> Self {
        Self {
            key,
            did,
            vehicle,
            next: AtomicU64::new(1),
        }
    }

    /// A signed event with one speed, as of now, under the next sequence number.
    pub(crate) fn speed(&self, chain: ChainId, value: f64) -> Result<SignedEvent> {
        self.speed_numbered(
            chain,
            self.next.fetch_add(1, Ordering::Relaxed),
            None,
            value,
        )
    }

    /// The same under a number and id of the caller's choice.
    pub(crate) fn speed_numbered(
        &self,
        chain: ChainId,
        sequence: u64,
        id: Option<&str>,
        value: f64,
    ) -> Result<SignedEvent> {
        // Nothing is sent through the outbox here: what goes over the wire is altered first in some checks.
        let mut config =
            OutboxConfig::new("https://127.0.0.1", Arc::clone(&self.key), self.did, chain);
        config.sequence_first = sequence;
        let now = Utc::now().timestamp_micros();
        let signals =
            json!({"signals": [{"name": "speed", "timestamp": rfc3339(now)?, "value": value}]});
        let mut event = OutgoingEvent::new(
            "dimo.status",
            Timestamp::from_micros(now)?,
            serde_json::to_vec(&signals)?,
        );
        event.subject = Some(self.vehicle);
        event.data_version = Some("default/v1.0".to_owned());
        event.id = id.map(str::to_owned);
        Outbox::new(config)?
            .build(vec![event])?
            .pop()
            .context("one event in, one out")
    }
}

/// Where devices send to, and how they present themselves.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    http: reqwest::Client,
    endpoint: String,
}

impl Line {
    pub(crate) fn new(http: reqwest::Client, endpoint: &str) -> Self {
        Self {
            http,
            endpoint: endpoint.to_owned(),
        }
    }

    /// Posts an event.
    pub(crate) async fn post(&self, event: &SignedEvent) -> Result<Answer> {
        self.post_body(json_array(std::slice::from_ref(event)))
            .await
    }

    /// Posts bytes as they are.
    pub(crate) async fn post_body(&self, body: Vec<u8>) -> Result<Answer> {
        let request = self
            .http
            .post(&self.endpoint)
            .header("content-type", "application/json")
            .body(body);
        answer(request).await
    }

    /// Posts an event that must be stored now.
    pub(crate) async fn store(&self, event: &SignedEvent) -> Result<()> {
        let answer = self.post(event).await?;
        let stored = answer.status == 200 && answer.body["accepted"] == 1;
        ensure!(stored, "not accepted: {} {}", answer.status, answer.body);
        Ok(())
    }
}
