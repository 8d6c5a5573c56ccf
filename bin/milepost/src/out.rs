//! What commands print as their result.

use std::{
    error::Error,
    fmt,
    io::{self, Write as _},
};

use anyhow::Result;

/// Whoever read the output has gone, as `milepost … | head` leaves: no fault of the command.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the output")
    }
}

impl Error for ReaderGone {}

/// Prints a line to standard output.
///
/// # Errors
/// [`ReaderGone`], at which the program ends quietly; others of the output.
pub(crate) fn say(line: impl fmt::Display) -> Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        done => Ok(done?),
    }
}
