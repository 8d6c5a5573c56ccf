//! What the answers must be, computed from the input files alone.
//!
//! This reader shares no code with the replay, the decoder or the query engine: it splits lines itself, has its own
//! tables of names, and does plain arithmetic. Where both agree, the whole path between them is right.

mod facts;
mod obd;
mod ved;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use anyhow::{Context as _, Result, bail};

pub(crate) use facts::{Expected, Facts, Points, Track};

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Vehicle Energy Dataset: wide rows, repeated values.
    Ved,
    /// Decoded OBD log: one value on a line.
    Obd,
}

/// One file: its rows, and what it says about each vehicle in it.
#[derive(Debug)]
pub(crate) struct FileFacts {
    pub(crate) rows: u64,
    pub(crate) vehicles: BTreeMap<String, Points>,
}

impl FileFacts {
    /// Readings by signal, of all vehicles in the file.
    pub(crate) fn signals(&self) -> BTreeMap<String, u64> {
        let mut signals = BTreeMap::new();
        for (name, count) in self.vehicles.values().flat_map(Points::counts) {
            *signals.entry(name).or_default() += count;
        }
        signals
    }
}

/// Layout of a file by its first line; `None` for any other file.
pub(crate) fn layout(path: &Path) -> Result<Option<Layout>> {
    let mut lines = open(path)?;
    let mut first = Vec::new();
    // A line longer than this is no header, and a binary file may have no line end at all.
    std::io::Read::take(&mut lines, 64 << 10).read_until(b'\n', &mut first)?;
    Ok(of_header(&columns(&String::from_utf8_lossy(&first))))
}

/// Reads a VED or decoded OBD file, plain or zstd.
pub(crate) fn read(path: &Path) -> Result<FileFacts> {
    let mut input = open(path)?;
    let mut header = String::new();
    input.read_line(&mut header)?;
    let header = columns(&header);
    match of_header(&header) {
        Some(Layout::Ved) => ved::read(&header, input),
        Some(Layout::Obd) => obd::read(path, input),
        None => bail!("neither VED nor decoded OBD columns"),
    }
    .with_context(|| path.display().to_string())
}

fn of_header(header: &[String]) -> Option<Layout> {
    if ved::KEYS
        .iter()
        .all(|key| header.iter().any(|column| column == key))
    {
        Some(Layout::Ved)
    } else {
        (header == ["ts", "signal", "value"]).then_some(Layout::Obd)
    }
}

fn open(path: &Path) -> Result<BufReader<Box<dyn Read>>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let packed = path.extension().is_some_and(|e| e == "zst");
    let input: Box<dyn Read> = if packed {
        Box::new(zstd::Decoder::new(file)?)
    } else {
        Box::new(file)
    };
    Ok(BufReader::new(input))
}

fn columns(header: &str) -> Vec<String> {
    header
        .trim_start_matches('\u{feff}')
        .trim_end()
        .split(',')
        .map(|c| c.trim().to_owned())
        .collect()
}

/// A finite number; anything else, an empty cell among it, is no value.
fn number(cell: &str) -> Option<f64> {
    cell.trim()
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

fn on_globe(latitude: f64, longitude: f64) -> bool {
    latitude.abs() <= 90.0 && longitude.abs() <= 180.0
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        File::create(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        (dir, path)
    }

    const HEADER: &str = "DayNum,VehId,Trip,Timestamp(ms),Latitude[deg],Longitude[deg],Vehicle Speed[km/h],\
                          HV Battery Current[A],HV Battery Voltage[V]";

    fn ved(rows: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        file("a.csv", &format!("{HEADER}\n{rows}"))
    }

    #[test]
    fn ved_readings_are_changes_within_a_trip() {
        let (_dir, path) = ved(
            "1.5,455,7,0,42.1,-83.1,10,-2,300\n1.5,455,7,400,42.1,-83.1,10,-3,300\n\
             1.5,455,7,900,42.2,-83.1,,-3,200\n2.5,455.0,8,0,42.2,-83.1,10,,200\n",
        );
        assert_eq!(layout(&path).unwrap(), Some(Layout::Ved));
        let facts = read(&path).unwrap();
        assert_eq!(
            (facts.rows, facts.vehicles.len(), facts.signals()["speed"]),
            (4, 1, 2)
        );
        let expected = facts.vehicles["ved-455"].expected();
        let power = &expected.signals["powertrainTractionBatteryCurrentPower"];
        let figures = (
            power.count,
            power.min,
            power.max,
            power.first,
            power.last,
            power.average,
        );
        assert_eq!(figures, (3, -900.0, -600.0, -600.0, -600.0, -700.0));
        let track = expected.track.unwrap();
        assert_eq!(
            (track.count, track.first, track.last),
            (3, (42.1, -83.1), (42.2, -83.1))
        );
        // 2017-11-01 is day 1.
        assert_eq!(expected.from_us, 1_509_494_400_000_000 + 43_200_000_000);
        assert_eq!(expected.to_us, expected.from_us + 86_400_000_000);
    }

    #[test]
    fn readings_of_one_time_count_once_and_are_marked_when_they_differ() {
        let (_dir, path) = ved("1.5,455,7,0,,,10,,300\n1.5,455,8,0,,,10,,301\n");
        let facts = read(&path).unwrap();
        assert_eq!(facts.signals()["speed"], 2);
        let signals = facts.vehicles["ved-455"].expected().signals;
        let voltage = &signals["powertrainTractionBatteryCurrentVoltage"];
        assert_eq!(
            (signals["speed"].count, signals["speed"].ambiguous),
            (1, false)
        );
        assert_eq!((voltage.count, voltage.ambiguous), (1, true));
    }

    #[test]
    fn obd_readings_are_all_rows_and_positions_are_pairs() {
        let text = "ts,signal,value\n1627274455.02395,obd.VehicleSpeed,4\n1627274455.5,obd.VehicleSpeed,4\n\
                    1627274455.5,gps.Latitude,56.1\n1627274455.5,gps.Longitude,10.1\n1627274456,gps.Latitude,56.2\n\
                    1627274456,gps.Roll,1\n";
        let (_dir, path) = file("log.decoded.csv", text);
        assert_eq!(layout(&path).unwrap(), Some(Layout::Obd));
        let facts = read(&path).unwrap();
        assert_eq!(facts.rows, 6);
        let expected = facts.vehicles["obd-log"].expected();
        assert_eq!(
            (expected.signals.len(), expected.signals["speed"].count),
            (1, 2)
        );
        assert_eq!(expected.track.unwrap().count, 1);
        assert_eq!(
            (expected.from_us, expected.to_us),
            (1_627_274_455_023_950, 1_627_274_455_500_000)
        );
    }

    #[test]
    fn other_files_have_no_layout() {
        let (_dir, path) = file(
            "x_index.csv",
            "VehId,EngineType,Trip,daynum\n455,EV,1,45.6\n",
        );
        assert_eq!(layout(&path).unwrap(), None);
        assert!(read(&path).is_err());
    }
}
