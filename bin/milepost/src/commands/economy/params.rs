//! `milepost params list|show|diff|verify`.

use std::fs;

use anyhow::{Context as _, Result, bail};
use milepost_economics::{Key, PROFILE_NAMES, Profile, display_value, table, verify};
use serde_json::{Value, json};

use crate::cli::{ParamsArgs, ParamsCommand};
use crate::out::say;

pub(crate) fn run(args: ParamsArgs) -> Result<()> {
    match args.command {
        ParamsCommand::List { json } => list(json),
        ParamsCommand::Show { profile, json } => show(&profile, json),
        ParamsCommand::Diff { from, to, json } => diff(&from, &to, json),
        ParamsCommand::Verify {
            profile,
            file,
            json,
        } => {
            let profiles = match (profile, file) {
                (Some(name), _) => vec![Profile::load(&name)?],
                (None, Some(path)) => {
                    let text = fs::read_to_string(&path)
                        .with_context(|| format!("read {}", path.display()))?;
                    vec![Profile::parse(&text).with_context(|| format!("{}", path.display()))?]
                }
                (None, None) => PROFILE_NAMES
                    .iter()
                    .map(|name| Profile::load(name))
                    .collect::<Result<_, _>>()?,
            };
            check(&profiles, json)
        }
    }
}

fn answer(json: bool, value: &Value, text: impl FnOnce() -> String) -> Result<()> {
    if json {
        say(serde_json::to_string_pretty(value)?)?;
    } else {
        say(text().trim_end())?;
    }
    Ok(())
}

fn list(json: bool) -> Result<()> {
    let profiles = PROFILE_NAMES
        .iter()
        .map(|name| Profile::load(name))
        .collect::<Result<Vec<_>, _>>()?;
    let value = profiles
        .iter()
        .map(|p| json!({ "name": p.name(), "version": p.version(), "title": p.title(), "hash": p.hash().to_string() }))
        .collect();
    answer(json, &value, || {
        profiles
            .iter()
            .map(|p| {
                format!(
                    "{:<20} v{} {}  {}\n",
                    p.name(),
                    p.version(),
                    p.hash(),
                    p.title()
                )
            })
            .collect()
    })
}

fn entry(profile: &Profile, key: Key) -> Value {
    let entry = profile.entry(key);
    json!({
        "value": entry.value.to_string(),
        "shown": display_value(key, entry.value),
        "from": entry.citation,
        "inherited_from": entry.inherited_from,
    })
}

fn show(name: &str, json: bool) -> Result<()> {
    let profile = Profile::load(name)?;
    let parameters: serde_json::Map<String, Value> = profile
        .entries()
        .map(|(key, _)| (key.name().to_owned(), entry(&profile, key)))
        .collect();
    let value = json!({
        "name": profile.name(),
        "version": profile.version(),
        "hash": profile.hash().to_string(),
        "parameters": parameters,
    });
    answer(json, &value, || table::profile(&profile))
}

fn diff(from: &str, to: &str, json: bool) -> Result<()> {
    let (left, right) = (Profile::load(from)?, Profile::load(to)?);
    let differences = left.diff(&right);
    let value = differences
        .iter()
        .map(
            |d| json!({ "key": d.key.name(), from: entry(&left, d.key), to: entry(&right, d.key) }),
        )
        .collect();
    answer(json, &value, || {
        table::differences(&left, &right, &differences)
    })
}

/// Every worked example of each profile; fails when one does not come out.
fn check(profiles: &[Profile], json: bool) -> Result<()> {
    let (mut wrong, mut all) = (0, 0);
    let mut reports = Vec::new();
    let mut text = String::new();
    for profile in profiles {
        let results = verify(profile);
        all += results.len();
        wrong += results.iter().filter(|r| !r.ok).count();
        text += &format!("{profile}\n{}\n", table::examples(&results));
        let results: Vec<Value> = results
            .iter()
            .map(|r| json!({ "from": r.from, "what": r.what, "expected": r.expected, "actual": r.actual, "ok": r.ok }))
            .collect();
        reports.push(json!({ "profile": profile.name(), "examples": results }));
    }
    answer(json, &Value::Array(reports), || {
        format!(
            "{text}{all} examples of {} profiles, {wrong} wrong",
            profiles.len()
        )
    })?;
    if wrong > 0 {
        bail!("{wrong} worked examples do not come out");
    }
    Ok(())
}
