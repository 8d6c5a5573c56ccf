use std::{collections::VecDeque, fmt, path::Path, sync::Arc};

use csv::ByteRecord;
use milepost_signals::{SignalId, Value};
use milepost_types::Timestamp;
use serde::Serialize;

use crate::{
    DriveError, FileReport,
    formats::{Neutral, Obd, Rows, Ved},
    input::Input,
    report::{Tally, shortened},
};

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Vehicle Energy Dataset: a row whenever something changed, all other columns repeated. A reading is made where
    /// a column's value differs from its last one in the trip. `DayNum` is the start of the trip in days, 1 being
    /// 2017-11-01T00:00Z, rounded to the millisecond; `Timestamp(ms)` counts from there.
    ///
    /// | column | signal |
    /// |---|---|
    /// | `Latitude[deg]`, `Longitude[deg]` | `currentLocationCoordinates`, HDOP 0, when either changed |
    /// | `Vehicle Speed[km/h]` | `speed` |
    /// | `MAF[g/sec]` | `powertrainCombustionEngineMAF` |
    /// | `Engine RPM[RPM]` | `powertrainCombustionEngineSpeed` |
    /// | `Absolute Load[%]` | `obdEngineLoad` |
    /// | `OAT[DegC]` | `exteriorAirTemperature` |
    /// | `Fuel Rate[L/hr]` | `obdFuelRate` |
    /// | `HV Battery SOC[%]` | `powertrainTractionBatteryStateOfChargeCurrent` |
    /// | `HV Battery Voltage[V]` | `powertrainTractionBatteryCurrentVoltage` |
    /// | `HV Battery Current[A]` × `HV Battery Voltage[V]` | `powertrainTractionBatteryCurrentPower` in W; in both, negative is discharging |
    /// | `Short Term Fuel Trim Bank 1[%]` | `obdShortTermFuelTrim1` |
    /// | `Long Term Fuel Trim Bank 1[%]`, `… 2[%]` | `obdLongTermFuelTrim1`, `obdLongTermFuelTrim2` |
    /// | air conditioning, heater, short term trim of bank 2 | none, counted as skipped |
    Ved,
    /// Long form of a decoded OBD log, `ts` in Unix seconds to the microsecond. Every row of a known name is a
    /// reading.
    ///
    /// | name | signal |
    /// |---|---|
    /// | `obd.VehicleSpeed` | `speed` |
    /// | `obd.EngineRPM` | `powertrainCombustionEngineSpeed` |
    /// | `obd.EngineCoolantTemp` | `powertrainCombustionEngineECT` |
    /// | `obd.ActualEngineTorque` | `powertrainCombustionEngineTorquePercent` |
    /// | `obd.CalcEngineLoad` | `obdEngineLoad` |
    /// | `obd.ThrottlePosition` | `obdThrottlePosition` |
    /// | `obd.IntakeManifoldAbsPressure` | `obdMAP` |
    /// | `obd.BarometricPressure` | `obdBarometricPressure` |
    /// | `obd.ControlModuleVoltage` | `lowVoltageBatteryCurrentVoltage` |
    /// | `obd.FuelTankLevel` | `powertrainFuelSystemRelativeLevel` |
    /// | `gps.Latitude` and `gps.Longitude` of one `ts` | `currentLocationCoordinates` |
    /// | `gps.Altitude`, `gps.Heading` | `currentLocationAltitude`, `currentLocationHeading` |
    /// | all others, `gps.Speed` among them: it is not the vehicle's own speed | none, counted as skipped |
    Obd,
    /// Signal names of the catalogue and RFC 3339 times; positions are `latitude;longitude[;hdop]`,
    /// booleans 0, 1, `true` or `false`. Rows of one
    /// (`subject`, `source`, `id`) become one event with that id, wherever in the file they are.
    Neutral,
}

/// Lower case, as in reports.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ved => "ved",
            Self::Obd => "obd",
            Self::Neutral => "neutral",
        })
    }
}

/// What belongs together: a trip, a log, or the rows of a subject from one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// Names the vehicle: `ved-<VehId>`, `obd-<file>` or the neutral subject as it stands. The same key in several
    /// files is the same vehicle.
    pub vehicle_key: String,
    /// File name without folder and extensions.
    pub file: String,
    /// Connection address to send under, where the file gives one.
    pub source: Option<String>,
    /// Trip number, where the file gives one.
    pub trip: Option<String>,
    /// Number of the drive in its file.
    pub(crate) number: u32,
    /// Number of the (vehicle, source) pair in its file.
    pub(crate) lane: u32,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which signal.
    pub signal: SignalId,
    /// When.
    pub at: Timestamp,
    /// Its value, of the kind the catalogue states.
    pub value: Value,
}

/// A measurement and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The drive it is part of.
    pub drive: Arc<Drive>,
    /// Event it must be sent in, where the file says so.
    pub event_id: Option<Arc<str>>,
    /// Whether no further sample of that event follows.
    pub closes_event: bool,
    /// Line of its row, counted from 1.
    pub line: u64,
    /// The measurement.
    pub reading: Reading,
}

/// A file of drives; iterating gives its measurements in file order.
///
/// After an error the iteration ends. [`DriveFile::report`] may be asked at any time.
pub struct DriveFile {
    file: String,
    input: Input,
    rows: Rows,
    record: ByteRecord,
    queue: VecDeque<Sample>,
    tally: Tally,
    row_count: u64,
    line: u64,
    readings_by_signal: Vec<u64>,
    ended: bool,
}

/// Opens a drive file and recognises its format by the header line.
///
/// A neutral file with an `id` column is read once in full first, to know where each event ends; that takes about
/// 40 bytes for each distinct id.
///
/// # Errors
/// [`DriveError::Open`] when it cannot be opened, [`DriveError::Format`] when it is no drive, [`DriveError::Read`]
/// when its beginning is damaged.
pub fn open(path: &Path) -> Result<DriveFile, DriveError> {
    let mut file = DriveFile::begin(path)?;
    if let Rows::Neutral(rows) = &mut file.rows
        && rows.has_ids()
    {
        let mut last_lines = rows.last_lines();
        for sample in DriveFile::begin(path)? {
            last_lines.note(&sample?);
        }
        rows.close_events_at(last_lines);
    }
    Ok(file)
}

impl DriveFile {
    fn begin(path: &Path) -> Result<Self, DriveError> {
        let file = path.display().to_string();
        let mut input = Input::open(path).map_err(|source| DriveError::Open {
            file: file.clone(),
            source,
        })?;
        let mut record = ByteRecord::new();
        let read = input.record(&mut record);
        read.map_err(|source| DriveError::Read {
            file: file.clone(),
            line: 0,
            source,
        })?;
        let header: Vec<String> = record.iter().map(column_name).collect();
        let stem = stem(path);
        let rows = Ved::recognise(&header, &stem)
            .map(|rows| Rows::Ved(Box::new(rows)))
            .or_else(|| Obd::recognise(&header, &stem).map(Rows::Obd))
            .or_else(|| Neutral::recognise(&header, &stem).map(Rows::Neutral));
        let Some(rows) = rows else {
            return Err(DriveError::Format {
                file,
                header: shortened(&header.join(",")),
            });
        };
        Ok(Self {
            file,
            input,
            rows,
            record,
            queue: VecDeque::new(),
            tally: Tally::default(),
            row_count: 0,
            line: 1,
            readings_by_signal: vec![0; SignalId::ALL.len()],
            ended: false,
        })
    }

    /// The recognised format.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self.rows {
            Rows::Ved(_) => Format::Ved,
            Rows::Obd(_) => Format::Obd,
            Rows::Neutral(_) => Format::Neutral,
        }
    }

    /// Bytes of the file read so far and its size, as they are on disk.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.input.progress()
    }

    /// What became of the rows read so far.
    #[must_use]
    pub fn report(&self) -> FileReport {
        let counts = SignalId::ALL.iter().zip(&self.readings_by_signal);
        let signals = counts
            .filter(|(_, count)| **count > 0)
            .map(|(signal, count)| (signal.name(), *count))
            .collect();
        FileReport {
            file: self.file.clone(),
            format: self.format(),
            rows: self.row_count,
            readings: self.readings_by_signal.iter().sum(),
            signals,
            skipped: self.tally.skipped.clone(),
            bad_row_count: self.tally.bad_row_count,
            bad_rows: self.tally.bad_rows.clone(),
        }
    }

    /// Reads rows until one gives a sample.
    fn fill(&mut self) -> Result<(), DriveError> {
        while self.queue.is_empty() && !self.ended {
            let more = self.input.record(&mut self.record).map_err(|source| {
                self.ended = true;
                DriveError::Read {
                    file: self.file.clone(),
                    line: self.line,
                    source,
                }
            })?;
            if !more {
                self.ended = true;
                self.rows.finish(&mut self.tally);
                break;
            }
            self.row_count += 1;
            self.line = self
                .record
                .position()
                .map_or(self.line + 1, csv::Position::line);
            self.rows
                .row(self.line, &self.record, &mut self.queue, &mut self.tally);
        }
        Ok(())
    }
}

impl Iterator for DriveFile {
    type Item = Result<Sample, DriveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.fill() {
            return Some(Err(error));
        }
        let sample = self.queue.pop_front()?;
        self.readings_by_signal[usize::from(sample.reading.signal.0)] += 1;
        Some(Ok(sample))
    }
}

impl fmt::Debug for DriveFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveFile")
            .field("file", &self.file)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

fn column_name(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes); // byte order mark that spreadsheets write
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// `css_1.decoded.csv.zst` as `css_1`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = [".zst", ".csv", ".decoded"]
        .iter()
        .fold(&*name, |name, end| name.strip_suffix(end).unwrap_or(name));
    name.to_owned()
}
