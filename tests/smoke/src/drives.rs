//! Drives into the network, and the network's answers about them against the files.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    api::{App, EVERYTHING},
    compare::{self, Comparison, Reader},
    network::Network,
    oracle::{self, Expected, FileFacts, Points},
    report::Report,
    select::Choice,
};

/// A vehicle that got data.
#[derive(Debug)]
pub(crate) struct Driven {
    /// Its name in the replay's summary.
    key: String,
    pub(crate) did: String,
    /// What the API must answer; nothing for simulated ones.
    expected: Option<Expected>,
}

/// What the input files say, read while the network starts.
#[derive(Debug)]
pub(crate) struct Oracle(Vec<(PathBuf, FileFacts)>);

impl Oracle {
    /// Reads the files of a choice.
    pub(crate) fn read(choice: &Choice) -> Result<Self> {
        let Choice::Files { files, .. } = choice else {
            return Ok(Self(Vec::new()));
        };
        files
            .iter()
            .map(|path| Ok((path.clone(), oracle::read(path)?)))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Readings of each vehicle over all files.
    fn vehicles(&self) -> BTreeMap<String, Points> {
        let mut vehicles: BTreeMap<String, Points> = BTreeMap::new();
        for (key, points) in self.0.iter().flat_map(|(_, facts)| &facts.vehicles) {
            vehicles
                .entry(key.clone())
                .or_default()
                .merge(points.clone());
        }
        vehicles
    }

    /// The file with the fewest readings.
    pub(crate) fn smallest(&self) -> Option<PathBuf> {
        let readings = |facts: &FileFacts| facts.signals().values().sum::<u64>();
        self.0
            .iter()
            .min_by_key(|(_, facts)| readings(facts))
            .map(|(path, _)| path.clone())
    }
}

/// Replays the chosen files, or lets the simulator drive.
pub(crate) async fn drive(
    report: &mut Report,
    network: &mut Network,
    choice: &Choice,
) -> Result<Value> {
    let summary = match choice {
        Choice::Files { folder, files } => {
            report.say(&format!(
                "replaying {} files of {}",
                files.len(),
                folder.display()
            ));
            let mut args = vec!["replay", "--json"];
            args.extend(
                files
                    .iter()
                    .map(|f| f.to_str())
                    .collect::<Option<Vec<_>>>()
                    .context("file name is not UTF-8")?,
            );
            network.milepost_json(&args).await?
        }
        Choice::Simulator { looked } => {
            report.say(&format!(
                "no recorded drives at {}: the simulator drives instead",
                looked.display()
            ));
            let args = [
                "simulate-fleet",
                "--vehicles",
                "5",
                "--seed",
                "7",
                "--minutes",
                "20",
                "--json",
            ];
            network.milepost_json(&args).await?
        }
    };
    network.reload()?;
    Ok(summary)
}

/// Each file's rows, readings and signals as the replay counted them, against the oracle's.
pub(crate) fn files(report: &mut Report, summary: &Value, oracle: &Oracle) {
    let none = Vec::new();
    let replayed = summary["files"].as_array().unwrap_or(&none);
    let mut listed = Vec::new();
    for (path, facts) in &oracle.0 {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let signals = facts.signals();
        let readings: u64 = signals.values().sum();
        listed.push(json!({"file": name, "rows": facts.rows, "readings": readings, "signals": signals.len()}));
        let outcome = replayed
            .iter()
            .find(|f| f["file"].as_str() == path.to_str())
            .context("not in the replay's summary");
        let outcome = outcome.and_then(|file| {
            ensure!(
                file["rows"] == facts.rows,
                "{} rows replayed, {} in the file",
                file["rows"],
                facts.rows
            );
            ensure!(
                file["readings"] == readings,
                "{} readings replayed, {readings} in the file",
                file["readings"]
            );
            ensure!(
                file["signals"] == json!(signals),
                "replayed {}, in the file {}",
                file["signals"],
                json!(signals)
            );
            let bad = match file["bad_row_count"].as_u64() {
                Some(0) | None => String::new(),
                Some(bad) => format!(", {bad} rows with something unusable"),
            };
            Ok(format!(
                "{} rows, {readings} readings of {} signals{bad}",
                facts.rows,
                signals.len()
            ))
        });
        report.check(format!("replayed {name}"), outcome);
    }
    report.figure("files", listed);
    report.check("replay", all_accepted(summary, summary));
}

fn all_accepted(totals: &Value, summary: &Value) -> Result<String> {
    let (accepted, refused) = (&totals["accepted"], &totals["rejected"]);
    ensure!(
        *refused == 0,
        "{accepted} acknowledged, {refused} refused: {}",
        totals["reasons"]
    );
    ensure!(accepted.as_u64() > Some(0), "{accepted} acknowledged");
    Ok(format!(
        "{accepted} signed events acknowledged, none refused, {:.1} s",
        summary["seconds"].as_f64().unwrap_or_default()
    ))
}

/// The vehicles that the files became, those with positions first.
pub(crate) fn driven(summary: &Value, oracle: &Oracle) -> Result<Vec<Driven>> {
    let became = summary["vehicles"]
        .as_array()
        .context("the replay names no vehicles")?;
    let vehicles = oracle.vehicles();
    ensure!(
        became.len() == vehicles.len(),
        "{} vehicles replayed, {} in the files",
        became.len(),
        vehicles.len()
    );
    let one = |(key, points): (String, Points)| {
        let vehicle = became
            .iter()
            .find(|v| v["key"] == *key)
            .with_context(|| format!("{key} was not registered"))?;
        let did = vehicle["did"].as_str().context("no DID")?.to_owned();
        Ok(Driven {
            key,
            did,
            expected: Some(points.expected()),
        })
    };
    let mut driven = vehicles.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    driven.sort_by_key(|vehicle| vehicle.expected.as_ref().is_none_or(|e| e.track.is_none()));
    Ok(driven)
}

/// The API's answers about every replayed vehicle against the oracle's.
pub(crate) async fn answers(report: &mut Report, app: &App, driven: &[Driven]) {
    let (mut figures, mut ambiguous) = (0, Vec::new());
    for vehicle in driven {
        let one = async {
            let comparison = vehicle.compared(app).await?;
            figures += comparison.figures;
            ambiguous.extend(
                comparison
                    .ambiguous
                    .iter()
                    .map(|name| format!("{} {name}", vehicle.key)),
            );
            describe(&comparison)
        };
        report
            .run(
                &format!("answers about {} equal the files", vehicle.key),
                one,
            )
            .await;
    }
    report.figure("vehicles", driven.len());
    report.figure("figures_compared", figures);
    report.figure("signals_with_contradicting_input", ambiguous);
}

/// The same on one line.
pub(crate) async fn all_answers(app: &App, driven: &[Driven]) -> Result<String> {
    let mut all = Comparison::default();
    for vehicle in driven.iter().filter(|vehicle| vehicle.expected.is_some()) {
        let one = vehicle
            .compared(app)
            .await
            .with_context(|| vehicle.key.clone())?;
        all.figures += one.figures;
        all.ambiguous.extend(one.ambiguous);
        all.faults.extend(
            one.faults
                .iter()
                .map(|fault| format!("{}: {fault}", vehicle.key)),
        );
    }
    describe(&all)
}

impl Driven {
    async fn compared(&self, app: &App) -> Result<Comparison> {
        let token = app.token(&self.did, &EVERYTHING).await?;
        let expected = self
            .expected
            .as_ref()
            .context("nothing is known about it")?;
        compare::vehicle(
            Reader {
                app,
                token: &token,
                did: &self.did,
            },
            expected,
        )
        .await
    }
}

/// A file whose events are stored must give duplicates only.
pub(crate) async fn replayed_again(network: &Network, file: &Path) -> Result<String> {
    let name = file.to_str().context("file name is not UTF-8")?;
    let summary = network.milepost_json(&["replay", "--json", name]).await?;
    let (accepted, duplicates) = (&summary["accepted"], &summary["duplicates"]);
    let known = *accepted == 0 && duplicates.as_u64() > Some(0) && summary["rejected"] == 0;
    ensure!(
        known,
        "{accepted} accepted, {duplicates} duplicates, {} refused",
        summary["rejected"]
    );
    Ok(format!("{duplicates} events known, none stored again"))
}

fn describe(comparison: &Comparison) -> Result<String> {
    if let Some(first) = comparison.faults.first() {
        bail!(
            "{} of {} figures differ, first: {first}",
            comparison.faults.len(),
            comparison.figures
        );
    }
    let unsure = match comparison.ambiguous.len() {
        0 => String::new(),
        n => format!("; {n} signals by count only, the input contradicts itself"),
    };
    Ok(format!(
        "{} figures, none differs{unsure}",
        comparison.figures
    ))
}

/// The simulator's counts against the API's.
pub(crate) async fn simulated(
    report: &mut Report,
    app: &App,
    network: &Network,
    summary: &Value,
) -> Result<Vec<Driven>> {
    report.check("simulated fleet", all_accepted(&summary["totals"], summary));
    let sent = summary["sent"]
        .as_array()
        .context("simulate-fleet names no vehicles")?;
    let listed = network.dev["vehicles"]
        .as_array()
        .context("dev.json has no vehicles")?;
    let mut driven = Vec::new();
    for vehicle in sent {
        let one = async {
            let entry = listed
                .iter()
                .find(|v| v["name"] == vehicle["key"])
                .context("not in dev.json")?;
            let did = entry["did"].as_str().context("no DID")?;
            let stored = app.readings(did).await?;
            let key = vehicle["key"].to_string();
            driven.push((
                stored,
                Driven {
                    key,
                    did: did.to_owned(),
                    expected: None,
                },
            ));
            ensure!(
                vehicle["readings"] == stored,
                "{} readings sent, {stored} stored",
                vehicle["readings"]
            );
            Ok(format!("{stored} readings sent and stored"))
        };
        let key = vehicle["key"].as_str().unwrap_or_default();
        report
            .run(&format!("counts of {key} equal the simulator's"), one)
            .await;
    }
    report.figure("files", json!([]));
    report.figure("simulated", json!(true));
    // A parked car has no position; the one that drove most has.
    driven.sort_by_key(|(readings, _)| std::cmp::Reverse(*readings));
    Ok(driven.into_iter().map(|(_, driven)| driven).collect())
}
