//! Writes `crates/kernel/signals/src/generated.rs` from the catalogue CSVs beside it.
//!
//! The same input always gives the same bytes, so `check` can compare. Every line of the CSVs is validated: an
//! unknown type, a gap in the ids or a repeated name ends the run and names the line.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result, bail, ensure};

const CRATE: &str = "crates/kernel/signals";

/// Writes the generated file, or with `check` only compares it and fails when it is out of date.
///
/// # Errors
/// A catalogue line that breaks a rule (with file and line), an unreadable file, or in `check` a stale result.
pub(crate) fn run(check: bool) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(CRATE);
    let target = folder.join("src/generated.rs");
    let text = generate(&folder.join("catalogue"))?;
    let present = fs::read_to_string(&target).unwrap_or_default();
    if present == text {
        return Ok(());
    }
    if check {
        bail!("{CRATE}/src/generated.rs is out of date: run `cargo xtask generate`");
    }
    fs::write(&target, text).with_context(|| format!("writing {}", target.display()))
}

fn generate(catalogue: &Path) -> Result<String> {
    let signals = signals(&catalogue.join("signals.csv"))?;
    let events = events(&catalogue.join("events.csv"))?;
    let mut out = String::from(
        "//! Written by `cargo xtask generate` from the files in `catalogue/`. @generated\n\n\
         use crate::{DataType, EventDef, Privilege, SignalDef, ValueKind};\n\n",
    );
    write_signals(&mut out, &signals)?;
    write_events(&mut out, &events)?;
    write_ids(&mut out, &signals)?;
    Ok(out)
}

struct Signal {
    path: String,
    name: String,
    data_type: &'static str,
    kind: &'static str,
    unit: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    privilege: &'static str,
}

struct Event {
    name: String,
    hardware: Option<String>,
    counter: bool,
}

/// Rows of a CSV with comment lines (`#`), a fixed header and no quoting, each with its line number.
fn rows(file: &Path, header: &str) -> Result<Vec<(usize, Vec<String>)>> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    let found = lines.next().map(|(_, line)| line).unwrap_or_default();
    ensure!(
        found == header,
        "{}: header is '{found}', expected '{header}'",
        file.display()
    );
    let width = header.split(',').count();
    lines
        .map(|(index, line)| {
            let fields: Vec<String> = line
                .split(',')
                .map(|field| field.trim().to_owned())
                .collect();
            ensure!(
                fields.len() == width,
                "{}:{}: {} fields, expected {width}",
                file.display(),
                index + 1,
                fields.len()
            );
            ensure!(
                !line.contains(['"', '\\']),
                "{}:{}: quotes and backslashes have no meaning",
                file.display(),
                index + 1
            );
            Ok((index + 1, fields))
        })
        .collect()
}

fn signals(file: &Path) -> Result<Vec<Signal>> {
    let mut signals = Vec::new();
    let mut names = BTreeSet::new();
    for (line, fields) in rows(file, "id,path,type,unit,min,max,access")? {
        let at = || format!("{}:{line}", file.display());
        let signal = signal(&fields, signals.len()).with_context(at)?;
        ensure!(
            names.insert(signal.name.clone()),
            "{}: name '{}' is already taken",
            at(),
            signal.name
        );
        signals.push(signal);
    }
    ensure!(
        signals.len() < usize::from(u16::MAX),
        "{} signals do not fit 16-bit ids",
        signals.len()
    );
    Ok(signals)
}

fn signal(fields: &[String], expected_id: usize) -> Result<Signal> {
    let [id, path, data_type, unit, min, max, access] = fields else {
        bail!("expected seven fields")
    };
    ensure!(
        id.parse() == Ok(expected_id),
        "id is {id}, expected {expected_id}: ids are never reused or left out"
    );
    let (data_type, kind) = match data_type.as_str() {
        "boolean" => ("Boolean", "Number"),
        "int8" => ("Int8", "Number"),
        "int16" => ("Int16", "Number"),
        "int32" => ("Int32", "Number"),
        "uint8" => ("Uint8", "Number"),
        "uint16" => ("Uint16", "Number"),
        "uint32" => ("Uint32", "Number"),
        "float" => ("Float", "Number"),
        "double" => ("Double", "Number"),
        "string" => ("Text", "Text"),
        "string[]" => ("TextList", "Text"),
        "position" => ("Position", "Location"),
        other => bail!("unknown type '{other}'"),
    };
    let privilege = match access.as_str() {
        "data" => "NonLocation",
        "location" => "AllTimeLocation",
        other => bail!("access is '{other}', expected data or location"),
    };
    let (min, max) = (limit(min)?, limit(max)?);
    if let (Some(min), Some(max)) = (min, max) {
        ensure!(min < max, "min {min} is not below max {max}");
    }
    let unit = (!unit.is_empty()).then(|| unit.clone());
    Ok(Signal {
        path: format!("Vehicle.{path}"),
        name: api_name(path)?,
        data_type,
        kind,
        unit,
        min,
        max,
        privilege,
    })
}

fn limit(text: &str) -> Result<Option<f64>> {
    if text.is_empty() {
        return Ok(None);
    }
    let value: f64 = text
        .parse()
        .with_context(|| format!("limit '{text}' is not a number"))?;
    ensure!(value.is_finite(), "limit '{text}' is not finite");
    Ok(Some(value))
}

fn events(file: &Path) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = Vec::new();
    for (line, fields) in rows(file, "name,hardware,counter")? {
        let [name, hardware, counter] = fields.as_slice() else {
            bail!("expected three fields")
        };
        let at = format!("{}:{line}", file.display());
        let charset = name.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
        ensure!(
            charset && name.starts_with(|c: char| c.is_ascii_lowercase()),
            "{at}: name '{name}' breaks the event charset"
        );
        ensure!(
            events.iter().all(|event| event.name != *name),
            "{at}: name '{name}' is already taken"
        );
        ensure!(
            counter == "yes" || counter == "no",
            "{at}: counter is '{counter}', expected yes or no"
        );
        let hardware = (!hardware.is_empty()).then(|| hardware.clone());
        events.push(Event {
            name: name.clone(),
            hardware,
            counter: counter == "yes",
        });
    }
    Ok(events)
}

/// The name APIs use: the leading capitals of the first branch in lower case, the rest joined as it stands.
fn api_name(path: &str) -> Result<String> {
    let mut branches = path.split('.');
    let first = branches.next().unwrap_or_default();
    let capitals = first.chars().take_while(char::is_ascii_uppercase).count();
    ensure!(
        capitals > 0,
        "path '{path}' does not start with a capital letter"
    );
    let mut name = first[..capitals].to_ascii_lowercase();
    name.push_str(&first[capitals..]);
    branches.for_each(|branch| name.push_str(branch));
    name.retain(|c| c.is_ascii_alphanumeric());
    Ok(name)
}

/// `obdDTCList` as `OBD_DTC_LIST`.
fn constant_name(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &c) in chars.iter().enumerate() {
        let after_word = index > 0 && !chars[index - 1].is_ascii_uppercase();
        let before_word = index > 0 && chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (after_word || before_word) {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

fn write_signals(out: &mut String, signals: &[Signal]) -> Result<()> {
    writeln!(
        out,
        "/// Definitions, at the index of their id.\npub(crate) static SIGNALS: [SignalDef; {}] = [",
        signals.len()
    )?;
    for signal in signals {
        writeln!(
            out,
            "    SignalDef {{ name: {:?}, vss_path: {:?}, unit: {:?}, data_type: DataType::{}, kind: ValueKind::{}, \
             boolean: {}, min: {:?}, max: {:?}, privilege: Privilege::{} }},",
            signal.name,
            signal.path,
            signal.unit,
            signal.data_type,
            signal.kind,
            signal.data_type == "Boolean",
            signal.min,
            signal.max,
            signal.privilege,
        )?;
    }
    writeln!(out, "];\n")?;
    Ok(())
}

fn write_events(out: &mut String, events: &[Event]) -> Result<()> {
    writeln!(
        out,
        "/// Vehicle events that are accepted.\npub(crate) static EVENTS: [EventDef; {}] = [",
        events.len()
    )?;
    for Event {
        name,
        hardware,
        counter,
    } in events
    {
        writeln!(
            out,
            "    EventDef {{ name: {name:?}, hardware: {hardware:?}, counter: {counter} }},"
        )?;
    }
    writeln!(out, "];\n")?;
    Ok(())
}

fn write_ids(out: &mut String, signals: &[Signal]) -> Result<()> {
    writeln!(
        out,
        "/// Ids by name.\npub mod id {{\n    use crate::SignalId;\n"
    )?;
    for (id, signal) in signals.iter().enumerate() {
        let unit = signal
            .unit
            .as_deref()
            .map(|unit| format!(", {unit}"))
            .unwrap_or_default();
        writeln!(out, "    /// `{}`{unit}.", signal.path)?;
        writeln!(
            out,
            "    pub const {}: SignalId = SignalId({id});",
            constant_name(&signal.name)
        )?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_path() {
        for (path, name) in [
            ("Speed", "speed"),
            ("OBD.O2WR.Sensor1.Voltage", "obdO2WRSensor1Voltage"),
            ("IsIgnitionOn", "isIgnitionOn"),
            (
                "Cabin.Door.Row1.DriverSide.IsOpen",
                "cabinDoorRow1DriverSideIsOpen",
            ),
        ] {
            assert_eq!(api_name(path).unwrap(), name);
        }
        assert!(api_name("speed").is_err());
    }

    #[test]
    fn constants_split_words() {
        for (name, constant) in [
            ("speed", "SPEED"),
            ("obdDTCList", "OBD_DTC_LIST"),
            (
                "powertrainCombustionEngineECT",
                "POWERTRAIN_COMBUSTION_ENGINE_ECT",
            ),
            (
                "cabinDoorRow1DriverSideIsOpen",
                "CABIN_DOOR_ROW1_DRIVER_SIDE_IS_OPEN",
            ),
        ] {
            assert_eq!(constant_name(name), constant);
        }
    }

    #[test]
    fn the_committed_file_is_what_the_catalogue_gives() {
        run(true).unwrap();
    }

    #[test]
    fn a_bad_line_is_named() {
        let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert!(signal(&fields("3,Speed,float,km/h,,,data"), 4).is_err());
        assert!(signal(&fields("4,Speed,real,km/h,,,data"), 4).is_err());
        assert!(signal(&fields("4,Speed,float,km/h,9,1,data"), 4).is_err());
        assert!(signal(&fields("4,Speed,float,km/h,,,everyone"), 4).is_err());
    }
}
