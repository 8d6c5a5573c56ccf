//! A table of facts in place of the chain, a device with its key, and a node that can be restarted.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use milepost_cloudevent::{Incoming, Record};
use milepost_crypto::{SignedFields, SigningKey, event_digest, sign_batch, sign_event};
use milepost_ingest::{Ingest, IngestAnswer, IngestRefusal, IngestRequest, IngestSettings};
use milepost_journal::{Journal, JournalOptions};
use milepost_policy::{Connection, DeveloperLicense, Device, DeviceKind, Grant, TwinView, Vehicle};
use milepost_types::{Address, B256, BlockRef, ChainId, Did, Timestamp, U256};

pub(crate) const CHAIN: ChainId = ChainId(31337);
pub(crate) const NOW: &str = "2026-05-02T06:10:00Z";

pub(crate) fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).unwrap()
}

pub(crate) fn account(n: u8) -> Address {
    Address::repeat_byte(n)
}

pub(crate) const PROVIDER: u8 = 0xa1;
pub(crate) const CONNECTION: u8 = 0xc1;

pub(crate) fn vehicle(n: u64) -> Did {
    Did::erc721(CHAIN, account(0x11), U256::from(n))
}

pub(crate) fn hardware(n: u64) -> Did {
    Did::erc721(CHAIN, account(0x22), U256::from(n))
}

pub(crate) fn software(n: u64) -> Did {
    Did::erc721(CHAIN, account(0x33), U256::from(n))
}

/// Key of device number `n`, hardware or software.
pub(crate) fn key(n: u64) -> SigningKey {
    let mut bytes = [7; 32];
    bytes[24..].copy_from_slice(&n.to_be_bytes());
    SigningKey::from_bytes(bytes).unwrap()
}

/// The chain's state as a table.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) devices: Mutex<HashMap<Did, Device>>,
    pub(crate) connections: Mutex<HashMap<Address, Connection>>,
}

impl Facts {
    pub(crate) fn change(&self, device: Did, change: impl FnOnce(&mut Device)) {
        change(self.devices.lock().unwrap().get_mut(&device).unwrap());
    }
}

impl TwinView for Facts {
    fn head(&self) -> BlockRef {
        BlockRef {
            chain: CHAIN,
            number: 77,
            hash: B256::repeat_byte(7),
            time: now(),
        }
    }

    fn vehicle(&self, _: &Did) -> Option<Vehicle> {
        None
    }

    fn device(&self, device: &Did) -> Option<Device> {
        self.devices.lock().unwrap().get(device).cloned()
    }

    fn device_by_address(&self, key: Address) -> Option<Did> {
        self.devices
            .lock()
            .unwrap()
            .iter()
            .find(|(_, device)| device.address == key)
            .map(|(did, _)| *did)
    }

    fn devices_of(&self, _: &Did) -> Vec<Did> {
        Vec::new()
    }

    fn connection(&self, address: Address) -> Option<Connection> {
        self.connections.lock().unwrap().get(&address).cloned()
    }

    fn developer_license(&self, _: Address) -> Option<DeveloperLicense> {
        None
    }

    fn signer_expires_at(&self, _: Address, _: Address) -> Option<Timestamp> {
        None
    }

    fn grant(&self, _: &Did, _: Address) -> Option<Grant> {
        None
    }

    fn vehicle_did(&self, token: U256) -> Did {
        Did::erc721(CHAIN, account(0x11), token)
    }
}

/// Hardware 1..=8 paired with vehicles 1..=8; software 1..=2 under the connection, paired with vehicles 1..=2.
pub(crate) fn facts() -> Arc<Facts> {
    let facts = Facts::default();
    let device = |n: u64, kind, connection| Device {
        kind,
        address: key(n).address(),
        owner: account(0x99),
        claimed: true,
        vehicle: Some(vehicle(n)),
        banned: false,
        provider: account(PROVIDER),
        provider_licensed: true,
        connection,
        consent_required: false,
    };
    {
        let mut devices = facts.devices.lock().unwrap();
        for n in 1..=8 {
            devices.insert(hardware(n), device(n, DeviceKind::Aftermarket, None));
        }
        for n in 1..=2 {
            devices.insert(
                software(n),
                device(n, DeviceKind::Synthetic, Some(account(CONNECTION))),
            );
        }
        let connection = Connection {
            id: U256::from(1),
            owner: account(PROVIDER),
            provider_licensed: true,
        };
        let mut connections = facts.connections.lock().unwrap();
        connections.insert(account(CONNECTION), connection.clone());
        connections.insert(
            account(0xc2),
            Connection {
                owner: account(0xa2),
                ..connection
            },
        );
    }
    Arc::new(facts)
}

/// A node's write path over a journal in a folder of its own.
pub(crate) struct Node {
    pub(crate) ingest: Ingest,
    pub(crate) journal: Journal,
    pub(crate) facts: Arc<Facts>,
    pub(crate) settings: IngestSettings,
    pub(crate) options: JournalOptions,
    dir: tempfile::TempDir,
}

impl Node {
    pub(crate) fn start() -> Self {
        Self::with(IngestSettings::default(), JournalOptions::default())
    }

    pub(crate) fn with(settings: IngestSettings, options: JournalOptions) -> Self {
        let options = JournalOptions {
            reserve_bytes: 0,
            key: Some([9; 32]),
            ..options
        };
        let dir = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(dir.path(), options.clone()).unwrap();
        let facts = facts();
        let ingest = Ingest::new(
            settings.clone(),
            Arc::clone(&facts) as _,
            journal.clone(),
            CHAIN,
        )
        .unwrap();
        Self {
            ingest,
            journal,
            facts,
            settings,
            options,
            dir,
        }
    }

    pub(crate) async fn restart(&mut self) {
        self.ingest.stop().await;
        self.journal.close().await;
        self.journal = Journal::open(self.dir.path(), self.options.clone())
            .unwrap()
            .0;
        let view = Arc::clone(&self.facts) as _;
        self.ingest =
            Ingest::new(self.settings.clone(), view, self.journal.clone(), CHAIN).unwrap();
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    pub(crate) async fn post(&self, body: impl Into<Bytes>) -> Result<IngestAnswer, IngestRefusal> {
        self.ingest.accept(request(body)).await
    }

    /// Everything stored, in order.
    pub(crate) fn stored(&self) -> Vec<Record> {
        let mut reader = self.journal.reader(0).unwrap();
        let mut records = Vec::new();
        loop {
            let batch = reader.next_batch(1000, usize::MAX).unwrap();
            if batch.is_empty() {
                return records;
            }
            records.extend(
                batch
                    .iter()
                    .map(|entry| Record::decode(&entry.payload).unwrap()),
            );
        }
    }
}

pub(crate) fn request(body: impl Into<Bytes>) -> IngestRequest {
    IngestRequest {
        body: body.into(),
        content_type: None,
        certificate: None,
        idempotency_key: None,
        received_at: now(),
    }
}

/// An event as text, attribute by attribute.
#[derive(Debug, Clone)]
pub(crate) struct Draft(Vec<(&'static str, String)>);

impl Draft {
    /// A complete event of hardware `n`, told apart by `sequence`.
    pub(crate) fn new(n: u64, sequence: u64) -> Self {
        let quoted = |text: String| format!("\"{text}\"");
        let data = format!(
            r#"{{"signals":[{{"name":"speed","timestamp":"{NOW}","value":{}}}]}}"#,
            sequence % 200
        );
        Self(vec![
            ("specversion", quoted("1.0".into())),
            ("id", quoted(format!("ev-{n}-{sequence}"))),
            ("producer", quoted(hardware(n).to_string())),
            ("subject", quoted(vehicle(n).to_string())),
            ("type", quoted("dimo.status".into())),
            (
                "time",
                quoted(now().saturating_add_micros(-1_000_000).to_string()),
            ),
            ("sequence", sequence.to_string()),
            ("data", data),
        ])
    }

    /// Sets an attribute to JSON text; the empty text removes it.
    pub(crate) fn set(mut self, name: &'static str, json: impl Into<String>) -> Self {
        let json = json.into();
        self.0.retain(|(known, _)| *known != name);
        if !json.is_empty() {
            self.0.push((name, json));
        }
        self
    }

    pub(crate) fn text(mut self, name: &'static str, text: impl std::fmt::Display) -> Self {
        self = self.set(name, format!("\"{text}\""));
        self
    }

    pub(crate) fn json(&self) -> String {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", pairs.join(","))
    }

    pub(crate) fn parsed(&self) -> Incoming {
        Incoming::parse(self.json().as_bytes()).unwrap()
    }

    /// Signed in the current format with the key of device `n`.
    pub(crate) fn signed(&self, n: u64) -> String {
        self.signed_by(&key(n))
    }

    pub(crate) fn signed_by(&self, key: &SigningKey) -> String {
        let event = self.parsed();
        let signature = sign_event(key, CHAIN, &SignedFields::from(&event)).unwrap();
        self.clone().text("signature", signature).json()
    }

    /// Signed in the deployed format: the hash of `data` alone.
    pub(crate) fn signed_legacy(&self, n: u64) -> String {
        let event = self.parsed();
        let digest = milepost_types::keccak256(event.data_bytes());
        let hex: String = key(n)
            .sign_digest(digest)
            .to_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        self.clone().text("signature", format!("0x{hex}")).json()
    }
}

/// Events under one signature, as texts.
pub(crate) fn signed_batch(n: u64, drafts: &[Draft]) -> Vec<String> {
    let digests: Vec<_> = drafts
        .iter()
        .map(|draft| event_digest(CHAIN, &SignedFields::from(&draft.parsed())).unwrap())
        .collect();
    let signatures = sign_batch(&key(n), CHAIN, &digests).unwrap();
    drafts
        .iter()
        .zip(signatures)
        .map(|(draft, signature)| draft.clone().text("signature", signature).json())
        .collect()
}

pub(crate) fn array(events: &[String]) -> String {
    format!("[{}]", events.join(","))
}

/// Status and code of a refusal.
pub(crate) fn refused(outcome: Result<IngestAnswer, IngestRefusal>) -> (u16, &'static str) {
    let refusal = outcome.expect_err("must be refused");
    (refusal.kind.status(), refusal.code)
}
