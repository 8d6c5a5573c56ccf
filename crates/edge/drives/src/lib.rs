//! Recorded and simulated drives, as the payloads a device would send.
//!
//! [`open`] recognises a file by its header and reads it as a stream: a file of any length takes the memory of its
//! open windows, not of its rows. [`events`] groups the readings into payloads of the default format. A row that
//! cannot be used is listed in the [`FileReport`] with its line and reason and costs only itself; only an unreadable
//! or unrecognisable file is an error. The same file gives the same payloads with the same ids every time, so a
//! replay that was cut off can be started again and the node keeps one of each.
//!
//! | format | header | vehicle | rows become |
//! |---|---|---|---|
//! | VED | `DayNum`, `VehId`, `Trip`, `Timestamp(ms)`, … | each `VehId` | readings where a column changed, see [`Format::Ved`] |
//! | decoded OBD log | `ts,signal,value` | the file | one reading each, see [`Format::Obd`] |
//! | neutral | `subject,name,timestamp,value[,source,id]` | each `subject` | one reading each, see [`Format::Neutral`] |
//!
//! All may be plain or compressed with zstd, whatever their names. [`Fleet`] makes up drives for those who have none.

mod error;
mod file;
mod find;
mod formats;
mod group;
mod input;
mod payload;
mod report;
mod simulator;

pub use error::DriveError;
pub use file::{Drive, DriveFile, Format, Reading, Sample, open};
pub use find::{Selection, find};
pub use group::{Payloads, READINGS_PER_EVENT_MAX, READINGS_PER_WINDOW_MAX, events};
pub use payload::OutgoingPayload;
pub use report::{BadRow, FileReport};
pub use simulator::{Fleet, Powertrain, VehicleProfile};
