//! SIGKILL at any moment: what was acknowledged is there, once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use milepost_cloudevent::Record;
use milepost_crypto::SigningKey;
use milepost_journal::{Journal, JournalOptions};
use milepost_outbox::{Outbox, OutboxConfig, OutgoingEvent, RetryPolicy, SignedEvent, Signing};
use milepost_types::{ChainId, Timestamp};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::world::DevNet;

const DEVICES: usize = 4;
const KILLS: u32 = 30;
/// Events of each device, at least.
const EVENTS_MIN: usize = 300;
const BATCH: usize = 5;
/// Distance of a device's batches: four devices then send some hundred events a second while the node is up.
const PACE: Duration = Duration::from_millis(20);
/// Readings in each event.
const READINGS: u64 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_during_replay_loses_and_doubles_nothing() -> Result<()> {
    let seed = match std::env::var_os("MILEPOST_KILL_SEED") {
        Some(text) => text.to_string_lossy().parse()?,
        None => rand::random(),
    };
    println!("seed {seed} (repeat with MILEPOST_KILL_SEED={seed})");
    let network = DevNet::start(&["--no-node", "--vehicles", &DEVICES.to_string()]).await?;
    let enough = Arc::new(AtomicBool::new(false));
    let mut senders = Vec::new();
    for index in 0..DEVICES {
        senders.push(tokio::spawn(
            Sender::new(&network, index)?.run(Arc::clone(&enough)),
        ));
    }
    let mut random = StdRng::seed_from_u64(seed);
    let mut killed_while_starting = 0;
    for _ in 0..KILLS {
        killed_while_starting += u32::from(live_and_die(&network, &mut random).await?);
    }
    let mut node = network.node()?;
    node.until("ready node", async || network.is_ready().await)
        .await?;
    enough.store(true, Ordering::Relaxed);
    let mut acknowledged = BTreeMap::new();
    for sender in senders {
        let sent = sender.await??;
        ensure!(
            sent.events.len() >= EVENTS_MIN,
            "only {} events of {}",
            sent.events.len(),
            sent.vehicle
        );
        acknowledged.insert(sent.vehicle.clone(), sent);
    }
    network.visible().await?;
    for (vehicle, sent) in &acknowledged {
        let stored = network.readings(vehicle).await?;
        assert_eq!(
            stored,
            READINGS * sent.events.len() as u64,
            "readings of {vehicle}"
        );
    }
    node.stop().await?;
    network.verify("journal").await?;
    network.verify("lake").await?;

    let total: usize = acknowledged.values().map(|sent| sent.events.len()).sum();
    let (retries, repeats) = acknowledged
        .values()
        .fold((0, 0), |sum, s| (sum.0 + s.retries, sum.1 + s.duplicates));
    println!(
        "{KILLS} kills, {killed_while_starting} of them before the node was ready; {total} events acknowledged with \
         {retries} retries, {repeats} events of which the node had stored before it could answer"
    );
    let stored = stored(&network).await?;
    let twice: Vec<_> = stored
        .iter()
        .filter(|(_, count)| **count > 1)
        .take(5)
        .collect();
    assert!(twice.is_empty(), "stored twice: {twice:?}");
    let sent: BTreeSet<&String> = acknowledged
        .values()
        .flat_map(|sent| &sent.events)
        .collect();
    assert_eq!(sent.len(), total, "ids are unique");
    let lost: Vec<_> = sent
        .iter()
        .filter(|id| !stored.contains_key(**id))
        .take(5)
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert_eq!(
        stored.len(),
        total,
        "the journal holds what was sent and nothing else"
    );
    assert!(retries > 0, "no request was ever interrupted");
    network.stop().await
}

/// One life of the node. Most are killed at work, every fourth while it starts; gives whether it was the latter.
async fn live_and_die(network: &DevNet, random: &mut StdRng) -> Result<bool> {
    let mut node = network.node()?;
    let starting = random.random_ratio(1, 4);
    if !starting {
        node.until("ready node", async || network.is_ready().await)
            .await?;
    }
    // A random moment is the point here; nothing waits for it to be long enough.
    let micros = random.random_range(0..if starting { 300_000 } else { 400_000 });
    tokio::time::sleep(Duration::from_micros(micros)).await;
    if let Some(status) = node.ended()? {
        bail!("the node ended by itself with {status}:\n{}", node.tail());
    }
    let ready = network.is_ready().await;
    node.kill_9()?;
    Ok(starting && !ready)
}

/// A device that sends, and keeps trying.
struct Sender {
    outbox: Outbox,
    vehicle: String,
    first: Timestamp,
}

/// What a device knows when it is done.
struct Sent {
    vehicle: String,
    /// Ids the node acknowledged.
    events: Vec<String>,
    retries: u32,
    duplicates: usize,
}

impl Sender {
    fn new(network: &DevNet, index: usize) -> Result<Self> {
        let text = |name: &str| network.text(&format!("/vehicles/{index}/{name}"));
        let key = Arc::new(SigningKey::from_hex(text("device/private_key"))?);
        let chain = ChainId(network.dev["chain_id"].as_u64().context("chain_id")?);
        let endpoint = network.text("/endpoints/ingest");
        let mut config = OutboxConfig::new(endpoint, key, text("device_did").parse()?, chain);
        config.client.authority_pem = Some(network.text("/authority_pem").to_owned());
        // One of the devices signs batches, the others each event.
        config.signing = if index == 0 {
            Signing::Batch
        } else {
            Signing::Each
        };
        config.retry = RetryPolicy {
            delay_first: Duration::from_millis(20),
            delay_max: Duration::from_millis(200),
            deadline: Duration::from_secs(100),
        };
        let first = Timestamp::parse_rfc3339("2026-03-01T08:00:00Z")?;
        Ok(Self {
            outbox: Outbox::new(config)?,
            vehicle: text("did").to_owned(),
            first,
        })
    }

    async fn run(self, enough: Arc<AtomicBool>) -> Result<Sent> {
        let mut sent = Sent {
            vehicle: self.vehicle.clone(),
            events: Vec::new(),
            retries: 0,
            duplicates: 0,
        };
        while !enough.load(Ordering::Relaxed) || sent.events.len() < EVENTS_MIN {
            let batch = self.batch(sent.events.len())?;
            let ids: Vec<String> = batch.iter().map(|event| event.id.clone()).collect();
            let report = self.outbox.deliver_signed(batch).await.context("deliver")?;
            ensure!(report.rejected.is_empty(), "refused: {:?}", report.rejected);
            ensure!(
                report.accepted + report.duplicates == ids.len(),
                "{report:?}"
            );
            sent.events.extend(ids);
            sent.retries += report.retries;
            sent.duplicates += report.duplicates;
            tokio::time::sleep(PACE).await;
        }
        Ok(sent)
    }

    fn batch(&self, number: usize) -> Result<Vec<SignedEvent>> {
        let event = |offset: usize| {
            let time = self
                .first
                .saturating_add_micros(i64::try_from(number + offset)? * 1_000);
            let signal = |name: &str, value: usize| serde_json::json!({"name": name, "timestamp": time, "value": value});
            let signals = [
                signal("speed", number % 200),
                signal("powertrainCombustionEngineSpeed", number),
            ];
            let data = serde_json::to_vec(&serde_json::json!({ "signals": signals }))?;
            let mut event = OutgoingEvent::new("dimo.status", time, data);
            event.subject = Some(self.vehicle.parse()?);
            event.data_version = Some("default/v1.0".to_owned());
            Ok(event)
        };
        let events = (0..BATCH).map(event).collect::<Result<Vec<_>>>()?;
        Ok(self.outbox.build(events)?)
    }
}

/// How often each event id is in the journal of the stopped node.
async fn stored(network: &DevNet) -> Result<BTreeMap<String, u32>> {
    // The node ran with --insecure-dev: no key. A gigabyte of reserve is for disks of operators.
    let options = JournalOptions {
        reserve_bytes: 0,
        ..JournalOptions::default()
    };
    let (journal, _) = Journal::open(network.node_dir()?.join("journal"), options)?;
    let mut reader = journal.reader(0)?;
    assert_eq!(reader.position(), 1, "the journal keeps its beginning");
    let mut stored = BTreeMap::new();
    loop {
        let batch = reader.next_batch(1_000, 16 << 20)?;
        if batch.is_empty() {
            break;
        }
        for entry in batch {
            let record = Record::decode(&entry.payload)?;
            *stored.entry(record.event.header.id).or_default() += 1;
        }
    }
    journal.close().await;
    Ok(stored)
}
