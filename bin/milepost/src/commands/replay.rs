//! `milepost replay FILE…`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use milepost_drives::FileReport;
use milepost_types::{B256, ChainId, Timestamp, keccak256};
use serde::Serialize;

use crate::{
    cli::ReplayArgs,
    demo::{
        courier::{Courier, Route, Totals, source_address},
        registrar::Registrar,
    },
    dev_file::{DevFile, Vehicle},
};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Summary {
    files: Vec<FileReport>,
    vehicles: Vec<Became>,
    /// Address that each `source` of the files stands for.
    sources: BTreeMap<String, String>,
    #[serde(flatten)]
    totals: Totals,
    readings: u64,
    seconds: f64,
}

/// Which vehicle a file or subject became.
#[derive(Debug, Serialize)]
struct Became {
    /// Files it appears in.
    files: Vec<String>,
    /// VED vehicle id, subject of a neutral file, or name of a log.
    key: String,
    token_id: String,
    did: String,
    device_did: String,
    events: u64,
    readings: u64,
}

/// Vehicles and sources that the files name.
#[derive(Debug, Default)]
struct Cast {
    /// Vehicle keys in order of appearance, with the files that hold them.
    vehicles: Vec<(String, Vec<String>)>,
    sources: BTreeSet<String>,
}

pub(crate) async fn run(args: ReplayArgs) -> Result<()> {
    let start = Instant::now();
    let cast = cast(&args.files)?;
    let names: Vec<String> = cast.vehicles.iter().map(|(key, _)| key.clone()).collect();
    let mut registrar = Registrar::open(&args.dev.path).await?;
    let vehicles = registrar
        .vehicles(&names)
        .await
        .context("register vehicles")?;
    registrar
        .sources(&cast.sources)
        .await
        .context("register sources")?;
    let dev = DevFile::read(&args.dev.path)?;
    let mut totals = Totals::default();
    let mut sent: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut files = Vec::new();
    for path in &args.files {
        let (report, file_totals, file_sent) = send_file(path, &args, &dev, &vehicles).await?;
        add(&mut totals, file_totals);
        for (key, (events, readings)) in file_sent {
            let entry = sent.entry(key).or_default();
            *entry = (entry.0 + events, entry.1 + readings);
        }
        files.push(report);
    }
    let summary = Summary {
        vehicles: became(&cast, &vehicles, &sent),
        sources: cast
            .sources
            .iter()
            .map(|s| (s.clone(), source_address(s).to_string()))
            .collect(),
        readings: files.iter().map(|f| f.readings).sum(),
        files,
        seconds: start.elapsed().as_secs_f64(),
        totals,
    };
    print(&summary, args.json)?;
    refuse_unreadable(&summary.files)?;
    summary.totals.all_accepted()
}

/// A file of which no row could be read is a mistake of the caller, not an empty drive.
fn refuse_unreadable(files: &[FileReport]) -> Result<()> {
    match files
        .iter()
        .find(|f| f.bad_row_count > 0 && f.readings == 0)
    {
        Some(file) => bail!(
            "{}: none of its {} rows could be read",
            file.file,
            file.rows
        ),
        None => Ok(()),
    }
}

/// Reads the files once to learn whom to register.
fn cast(files: &[PathBuf]) -> Result<Cast> {
    let mut cast = Cast::default();
    for path in files {
        let name = path.display().to_string();
        for sample in milepost_drives::open(path)? {
            let drive = sample?.drive;
            if let Some(source) = &drive.source
                && !cast.sources.contains(source)
            {
                cast.sources.insert(source.clone());
            }
            match cast
                .vehicles
                .iter_mut()
                .find(|(key, _)| *key == drive.vehicle_key)
            {
                None => cast
                    .vehicles
                    .push((drive.vehicle_key.clone(), vec![name.clone()])),
                Some((_, files)) if files.last() != Some(&name) => files.push(name.clone()),
                Some(_) => {}
            }
        }
    }
    Ok(cast)
}

async fn send_file(
    path: &Path,
    args: &ReplayArgs,
    dev: &DevFile,
    vehicles: &[Vehicle],
) -> Result<(FileReport, Totals, BTreeMap<String, (u64, u64)>)> {
    let route = Route {
        endpoint: dev.endpoints.ingest.clone(),
        authority_pem: dev.authority_pem.clone(),
        chain: ChainId(dev.chain_id),
        signing: args.signing.into(),
        session: format!("{} {}", args.window, digest(path)?),
    };
    let mut courier = Courier::new(route, vehicles.iter().cloned());
    let file = milepost_drives::open(path)?;
    let bar = progress(file.progress().1, path);
    let mut payloads = milepost_drives::events(file, Duration::from_secs(u64::from(args.window)));
    let mut pace = args.pace.map(Pace::new);
    while let Some(payload) = payloads.next() {
        let payload = payload?;
        if let Some(pace) = &mut pace
            && let Some(wait) = pace.wait(payload.time)
        {
            courier.flush().await?;
            tokio::time::sleep(wait).await;
        }
        courier.add(payload).await?;
        bar.set_position(payloads.samples().progress().0);
    }
    let (totals, sent) = courier.finish().await?;
    bar.finish_and_clear();
    Ok((payloads.samples().report(), totals, sent))
}

/// Tells contents apart: the same file sent again makes the same events, a changed one makes others.
fn digest(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let (mut digest, mut chunk) = (B256::ZERO, vec![0; 1 << 20]);
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(digest.to_string()),
            length => digest = keccak256([digest.as_slice(), &chunk[..length]].concat()),
        }
    }
}

/// Keeps the recorded distances in time; a gap longer than ten minutes counts as ten minutes.
#[derive(Debug)]
struct Pace {
    factor: f64,
    last: Option<Timestamp>,
}

impl Pace {
    const fn new(factor: f64) -> Self {
        Self { factor, last: None }
    }

    fn wait(&mut self, time: Timestamp) -> Option<Duration> {
        let last = self.last.replace(time)?;
        let micros = time
            .as_micros()
            .saturating_sub(last.as_micros())
            .clamp(0, 600_000_000);
        let scaled = Duration::from_micros(micros.unsigned_abs()).as_secs_f64() / self.factor;
        (scaled > 0.001).then(|| Duration::from_secs_f64(scaled.min(600.0)))
    }
}

fn progress(total: u64, path: &Path) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{msg:30!} {wide_bar} {bytes}/{total_bytes} {elapsed}");
    let bar = ProgressBar::new(total).with_message(
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    );
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn add(totals: &mut Totals, more: Totals) {
    totals.events += more.events;
    totals.accepted += more.accepted;
    totals.duplicates += more.duplicates;
    totals.rejected += more.rejected;
    totals.requests += more.requests;
    totals.retries += more.retries;
    totals.reasons.extend(more.reasons);
}

fn became(cast: &Cast, vehicles: &[Vehicle], sent: &BTreeMap<String, (u64, u64)>) -> Vec<Became> {
    let by_name: BTreeMap<&str, &Vehicle> = vehicles.iter().map(|v| (v.name.as_str(), v)).collect();
    cast.vehicles
        .iter()
        .filter_map(|(key, files)| {
            let vehicle = by_name.get(key.as_str())?;
            let (events, readings) = sent.get(key).copied().unwrap_or_default();
            Some(Became {
                files: files.clone(),
                key: key.clone(),
                token_id: vehicle.token_id.clone(),
                did: vehicle.did.clone(),
                device_did: vehicle.device_did.clone(),
                events,
                readings,
            })
        })
        .collect()
}

#[expect(clippy::print_stdout, reason = "prints the summary")]
fn print(summary: &Summary, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(summary)?);
        return Ok(());
    }
    for file in &summary.files {
        let (rows, readings, signals) = (file.rows, file.readings, file.signals.len());
        println!(
            "{}: {rows} rows, {readings} readings of {signals} signals, {} bad rows",
            file.file, file.bad_row_count
        );
        for bad in &file.bad_rows {
            println!("  line {}: {}", bad.line, bad.reason);
        }
    }
    for vehicle in &summary.vehicles {
        println!(
            "{} is vehicle {} ({}): {} events",
            vehicle.key, vehicle.token_id, vehicle.did, vehicle.events
        );
    }
    let totals = &summary.totals;
    println!(
        "{} events acknowledged ({} new, {} known already, {} refused) in {:.1} s",
        totals.events, totals.accepted, totals.duplicates, totals.rejected, summary.seconds
    );
    Ok(())
}
