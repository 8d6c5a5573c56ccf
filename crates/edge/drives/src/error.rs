use thiserror::Error;

/// Why a file as a whole cannot be replayed.
#[derive(Debug, Error)]
pub enum DriveError {
    /// The file cannot be opened.
    #[error("cannot open {file}")]
    Open {
        /// Path as given.
        file: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Reading stopped: damaged compression, a disk error, or a record of over 1 MiB, as an unclosed quote makes.
    #[error("cannot read {file} after line {line}")]
    Read {
        /// Path as given.
        file: String,
        /// Last line that was read.
        line: u64,
        /// Cause.
        #[source]
        source: csv::Error,
    },
    /// The header is none of the known ones.
    #[error(
        "{file} is not a drive: its first line is '{header}'; expected a VED header, 'ts,signal,value' or \
         'subject,name,timestamp,value[,source,id]'"
    )]
    Format {
        /// Path as given.
        file: String,
        /// Beginning of the first line.
        header: String,
    },
    /// Too many events with ids of their own are waiting for their last row.
    #[error("over {limit} readings wait for the last row of their event; sort the file by id")]
    TooManyOpen {
        /// The limit.
        limit: usize,
    },
}
