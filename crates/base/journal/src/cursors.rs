//! The `cursors` file: up to where each consumer has finished.
//!
//! The file may lag behind memory after a crash; that only keeps data longer. A damaged file is set aside and
//! deletion pauses until the next start, because a forgotten consumer must not lose data.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, io::Write as _, path::Path};

use crate::{JournalError, disk::Disk};

pub(crate) const FILE: &str = "cursors";
const FIRST_LINE: &str = "milepost journal cursors 1";

pub(crate) type Cursors = BTreeMap<String, u64>;

pub(crate) fn check_name(name: &str) -> Result<(), JournalError> {
    let good =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(good) {
        return Err(JournalError::CursorName(name.chars().take(80).collect()));
    }
    Ok(())
}

fn render(cursors: &Cursors) -> String {
    let mut text = format!("{FIRST_LINE}\n");
    for (name, seq) in cursors {
        writeln!(text, "{name} {seq}").expect("writing to a string");
    }
    let crc = crc32fast::hash(text.as_bytes());
    writeln!(text, "crc {crc:08x}").expect("writing to a string");
    text
}

fn parse(text: &str) -> Option<Cursors> {
    let (body, crc) = text.strip_suffix('\n')?.rsplit_once("crc ")?;
    if u32::from_str_radix(crc, 16).ok()? != crc32fast::hash(body.as_bytes()) {
        return None;
    }
    let mut lines = body.lines();
    if lines.next()? != FIRST_LINE {
        return None;
    }
    lines
        .map(|line| {
            let (name, seq) = line.split_once(' ')?;
            Some((name.to_owned(), seq.parse().ok()?))
        })
        .collect()
}

/// The stored cursors; `None` when the file is damaged (it is then renamed to `cursors.damaged`).
pub(crate) fn load(dir: &Path) -> io::Result<Option<Cursors>> {
    let path = dir.join(FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Cursors::new())),
        Err(error) => return Err(error),
    };
    match std::str::from_utf8(&bytes).ok().and_then(parse) {
        Some(cursors) => Ok(Some(cursors)),
        None => {
            fs::rename(&path, dir.join("cursors.damaged"))?;
            Ok(None)
        }
    }
}

/// Replaces the file atomically and durably.
pub(crate) fn store(dir: &Path, disk: &dyn Disk, cursors: &Cursors) -> io::Result<()> {
    let (temporary, path) = (dir.join("cursors.tmp"), dir.join(FILE));
    let mut file = fs::File::create(&temporary)?;
    file.write_all(render(cursors).as_bytes())?;
    file.sync_data()?;
    disk.rename(&temporary, &path)?;
    disk.sync_dir(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_and_any_change_of_the_file_is_noticed() {
        let cursors = Cursors::from([("decode".to_owned(), 17), ("lake".to_owned(), 3)]);
        let text = render(&cursors);
        assert_eq!(parse(&text), Some(cursors));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_eq!(
                std::str::from_utf8(&bytes).ok().and_then(parse),
                None,
                "byte {at}"
            );
        }
    }

    #[test]
    fn cursor_names_are_plain_words() {
        assert!(check_name("lake-signals.v1").is_ok());
        for bad in ["", "a b", "A", "a\nb", "../x"] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
