//! `milepost simulate-fleet`.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use milepost_drives::Fleet;
use milepost_outbox::Signing;
use milepost_types::ChainId;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    cli::FleetArgs,
    demo::{
        courier::{Courier, Route, Totals},
        registrar::Registrar,
    },
    dev_file::DevFile,
    node::now,
};

pub(crate) async fn run(args: FleetArgs) -> Result<()> {
    let stop = milepost_service::stop_on_signal()?;
    let now = now();
    let start = match args.minutes {
        // A bounded fleet has driven already: it ends now.
        Some(minutes) => now.saturating_add_micros(-i64::from(minutes) * 60_000_000),
        None => now,
    };
    let mut fleet = Fleet::new(args.vehicles, args.seed, start);
    if args.minutes.is_some() {
        fleet = fleet.until(now);
    }
    let begun = Instant::now();
    let (totals, sent) = drive(
        fleet,
        &args.dev.path,
        &format!("fleet-{}-", args.seed),
        args.minutes.is_none(),
        &stop,
    )
    .await?;
    print(&totals, &sent, args.json, begun.elapsed());
    totals.all_accepted()
}

/// Events and readings sent for each vehicle.
type Sent = BTreeMap<String, (u64, u64)>;

/// Registers the fleet and sends its payloads, in real time or as fast as the node acknowledges. `prefix` goes before
/// the names of the vehicles: fleets of different seeds are different cars.
pub(crate) async fn drive(
    fleet: Fleet,
    dev: &std::path::Path,
    prefix: &str,
    real_time: bool,
    stop: &CancellationToken,
) -> Result<(Totals, Sent)> {
    let names: Vec<String> = fleet
        .vehicles()
        .into_iter()
        .map(|v| format!("{prefix}{}", v.vehicle_key))
        .collect();
    let vehicles = Registrar::open(dev)
        .await?
        .vehicles(&names)
        .await
        .context("register the fleet")?;
    let file = DevFile::read(dev)?;
    let route = Route {
        endpoint: file.endpoints.ingest,
        authority_pem: file.authority_pem,
        chain: ChainId(file.chain_id),
        signing: Signing::Each,
        session: format!("fleet {prefix}{}", now().as_micros()),
    };
    let mut courier = Courier::new(route, vehicles);
    for mut payload in fleet {
        payload.vehicle_key.insert_str(0, prefix);
        if real_time {
            let wait = payload
                .time
                .as_micros()
                .saturating_sub(now().as_micros())
                .max(0)
                .unsigned_abs();
            if wait > 0 {
                courier.flush().await?;
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_micros(wait)) => {}
                    () = stop.cancelled() => break,
                }
            }
        }
        if stop.is_cancelled() {
            break;
        }
        courier.add(payload).await?;
    }
    courier.finish().await
}

#[expect(clippy::print_stdout, reason = "prints the summary")]
fn print(totals: &Totals, sent: &Sent, json: bool, took: Duration) {
    if json {
        let sent = sent.iter().map(
            |(key, (events, readings))| json!({"key": key, "events": events, "readings": readings}),
        );
        let sent: Vec<_> = sent.collect();
        let summary = json!({"sent": sent, "totals": totals, "seconds": took.as_secs_f64()});
        println!("{summary:#}");
    } else {
        println!(
            "{} vehicles: {} events acknowledged, {} refused, {:.1} s",
            sent.len(),
            totals.events,
            totals.rejected,
            took.as_secs_f64()
        );
    }
}
