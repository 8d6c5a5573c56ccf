//! The node's answers against the oracle's.

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, SecondsFormat};
use serde_json::Value;

use crate::{
    api::App,
    oracle::{Expected, Facts, Track},
};

/// Relative difference that still counts as equal; the average is the only figure that is computed twice.
const TOLERANCE: f64 = 1e-9;
const POSITION: &str = "currentLocationCoordinates";

/// What was compared of one vehicle.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) figures: u64,
    /// Signals of which only the count could be compared.
    pub(crate) ambiguous: Vec<String>,
    pub(crate) faults: Vec<String>,
}

/// One vehicle and someone who may read all of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) app: &'a App,
    pub(crate) token: &'a str,
    pub(crate) did: &'a str,
}

/// Compares every signal of one vehicle: count, minimum, maximum, first, last, average, latest value; positions too.
pub(crate) async fn vehicle(reader: Reader<'_>, expected: &Expected) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    reader.counts(expected, &mut comparison).await?;
    let certain = |(name, facts): (&'_ String, &'_ Facts)| match facts.ambiguous {
        true => Err(name.clone()),
        false => Ok((name.clone(), facts.clone())),
    };
    let (mut names, mut unsure) = (Vec::new(), Vec::new());
    for signal in expected.signals.iter().map(certain) {
        match signal {
            Ok(signal) => names.push(signal),
            Err(name) => unsure.push(name),
        }
    }
    // Five fields for each signal, within the complexity limit of 100.
    for chunk in names.chunks(15) {
        reader.aggregates(chunk, expected, &mut comparison).await?;
        reader.latest(chunk, &mut comparison).await?;
    }
    match &expected.track {
        Some(track) if track.ambiguous => unsure.push(POSITION.to_owned()),
        Some(track) => reader.track(track, expected, &mut comparison).await?,
        None => {}
    }
    comparison.ambiguous = unsure;
    Ok(comparison)
}

impl Reader<'_> {
    async fn counts(self, expected: &Expected, comparison: &mut Comparison) -> Result<()> {
        let did = self.did;
        let query = format!(
            "{{ dataSummary(did: \"{did}\") {{ numberOfSignals firstSeen lastSeen \
             signalDataSummary {{ name numberOfSignals }} }} availableSignals(did: \"{did}\") }}"
        );
        let answer = self.app.query(Some(self.token), &query).await?;
        let summary = &answer.body["data"]["dataSummary"];
        let list = summary["signalDataSummary"]
            .as_array()
            .with_context(|| format!("no summary: {answer:?}"))?;
        let mut wanted: Vec<(&str, u64)> = expected
            .signals
            .iter()
            .map(|(n, f)| (n.as_str(), f.count))
            .collect();
        wanted.extend(expected.track.as_ref().map(|track| (POSITION, track.count)));
        for (name, number) in &wanted {
            let counted = list
                .iter()
                .find(|s| s["name"] == *name)
                .and_then(|s| s["numberOfSignals"].as_u64());
            comparison.equal(&format!("count of {name}"), &Some(*number), &counted);
        }
        comparison.equal("number of signals", &wanted.len(), &list.len());
        let total: u64 = wanted.iter().map(|w| w.1).sum();
        comparison.equal(
            "readings",
            &Some(total),
            &summary["numberOfSignals"].as_u64(),
        );
        comparison.equal(
            "first seen",
            &Some(expected.from_us),
            &micros(&summary["firstSeen"]),
        );
        comparison.equal(
            "last seen",
            &Some(expected.to_us),
            &micros(&summary["lastSeen"]),
        );
        let available = answer.body["data"]["availableSignals"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let missing = wanted
            .iter()
            .find(|(name, _)| !available.iter().any(|a| a == name));
        comparison.equal(
            "missing among the available signals",
            &None,
            &missing.map(|m| m.0),
        );
        Ok(())
    }

    /// One bucket over everything: from the first reading, longer than the whole.
    async fn bucket(self, expected: &Expected, fields: &str) -> Result<Value> {
        let (from, to) = (rfc3339(expected.from_us)?, rfc3339(expected.to_us + 1)?);
        let hours = (expected.to_us - expected.from_us) / 3_600_000_000 + 1;
        let did = self.did;
        let query = format!(
            "{{ signals(did: \"{did}\", interval: \"{hours}h\", from: \"{from}\", to: \"{to}\") \
             {{ timestamp {fields} }} }}"
        );
        let answer = self.app.query(Some(self.token), &query).await?;
        match answer.body["data"]["signals"].as_array().map(Vec::as_slice) {
            Some([bucket]) if answer.body["errors"].is_null() => Ok(bucket.clone()),
            _ => bail!("one bucket expected: {answer:?}"),
        }
    }

    async fn aggregates(
        self,
        signals: &[(String, Facts)],
        expected: &Expected,
        comparison: &mut Comparison,
    ) -> Result<()> {
        let figures = |f: &Facts| {
            [
                ("MIN", f.min),
                ("MAX", f.max),
                ("FIRST", f.first),
                ("LAST", f.last),
                ("AVG", f.average),
            ]
        };
        let mut fields = String::new();
        for (name, facts) in signals {
            for (agg, _) in figures(facts) {
                fields.push_str(&format!("{name}_{agg}: {name}(agg: {agg})\n"));
            }
        }
        let bucket = self.bucket(expected, &fields).await?;
        for (name, facts) in signals {
            for (agg, value) in figures(facts) {
                comparison.near(
                    &format!("{agg} of {name}"),
                    value,
                    &bucket[format!("{name}_{agg}")],
                );
            }
        }
        Ok(())
    }

    async fn latest(self, signals: &[(String, Facts)], comparison: &mut Comparison) -> Result<()> {
        let fields: String = signals
            .iter()
            .map(|(name, _)| format!("{name} {{ timestamp value }}\n"))
            .collect();
        let query = format!("{{ signalsLatest(did: \"{}\") {{ {fields} }} }}", self.did);
        let answer = self.app.query(Some(self.token), &query).await?;
        let latest = &answer.body["data"]["signalsLatest"];
        for (name, facts) in signals {
            comparison.near(
                &format!("latest {name}"),
                facts.last,
                &latest[name]["value"],
            );
            let at = micros(&latest[name]["timestamp"]);
            comparison.equal(&format!("time of latest {name}"), &Some(facts.last_us), &at);
        }
        Ok(())
    }

    async fn track(
        self,
        track: &Track,
        expected: &Expected,
        comparison: &mut Comparison,
    ) -> Result<()> {
        let fields = ["FIRST", "LAST", "AVG"]
            .map(|agg| format!("{agg}: {POSITION}(agg: {agg}) {{ latitude longitude }}\n"));
        let bucket = self.bucket(expected, &fields.concat()).await?;
        for (agg, (latitude, longitude)) in [
            ("FIRST", track.first),
            ("LAST", track.last),
            ("AVG", track.average),
        ] {
            comparison.near(
                &format!("{agg} of latitude"),
                latitude,
                &bucket[agg]["latitude"],
            );
            comparison.near(
                &format!("{agg} of longitude"),
                longitude,
                &bucket[agg]["longitude"],
            );
        }
        Ok(())
    }
}

impl Comparison {
    fn equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, wanted: &T, got: &T) {
        self.figures += 1;
        if wanted != got {
            self.faults
                .push(format!("{what}: {wanted:?} expected, {got:?} answered"));
        }
    }

    fn near(&mut self, what: &str, wanted: f64, got: &Value) {
        self.figures += 1;
        let good = got
            .as_f64()
            .is_some_and(|got| (got - wanted).abs() <= TOLERANCE * wanted.abs().max(1.0));
        if !good {
            self.faults
                .push(format!("{what}: {wanted} expected, {got} answered"));
        }
    }
}

/// A time as queries take it.
pub(crate) fn rfc3339(us: i64) -> Result<String> {
    let time = DateTime::from_timestamp_micros(us).with_context(|| format!("{us} is no time"))?;
    Ok(time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

fn micros(time: &Value) -> Option<i64> {
    DateTime::parse_from_rfc3339(time.as_str()?)
        .ok()
        .map(|time| time.timestamp_micros())
}
