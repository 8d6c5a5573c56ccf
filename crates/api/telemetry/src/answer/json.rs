use std::io::Write as _;

use milepost_types::Timestamp;

use super::TooLarge;

/// A field of the answer with its response key, which GraphQL keeps to letters, digits and `_`.
#[derive(Debug)]
pub(crate) struct Keyed<F> {
    key: Box<str>,
    pub(crate) field: F,
}

impl<F> Keyed<F> {
    pub(crate) fn new(key: &str, field: F) -> Self {
        Self {
            key: key.into(),
            field,
        }
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

/// JSON in the making, up to a size.
#[derive(Debug)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Writer {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(4_096),
            bytes_max,
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Where to go back to when a part fails.
    pub(crate) fn mark(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets what was written since `mark`.
    pub(crate) fn back_to(&mut self, mark: usize) {
        self.bytes.truncate(mark);
    }

    /// Asked once for each element of a list, so that an answer overshoots by one element at most.
    pub(crate) fn check(&self) -> Result<(), TooLarge> {
        if self.bytes.len() > self.bytes_max {
            Err(TooLarge)
        } else {
            Ok(())
        }
    }

    pub(crate) fn null(&mut self) {
        self.bytes.extend_from_slice(b"null");
    }

    /// A finite number, shortest form that reads back the same. Anything else would not be JSON.
    pub(crate) fn number(&mut self, number: f64) {
        if number.is_finite() {
            self.serialize(&number)
        } else {
            self.null()
        }
    }

    pub(crate) fn count(&mut self, count: u64) {
        self.serialize(&count);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.serialize(text);
    }

    pub(crate) fn value(&mut self, value: &serde_json::Value) {
        self.serialize(value);
    }

    pub(crate) fn time(&mut self, time: Timestamp) {
        self.bytes.push(b'"');
        write!(self.bytes, "{time}").unwrap_or_default(); // a Vec takes everything
        self.bytes.push(b'"');
    }

    pub(crate) fn maybe_time(&mut self, time: Option<Timestamp>) {
        match time {
            Some(time) => self.time(time),
            None => self.null(),
        }
    }

    fn serialize<T: serde::Serialize + ?Sized>(&mut self, value: &T) {
        let mark = self.mark();
        if serde_json::to_writer(&mut self.bytes, value).is_err() {
            self.back_to(mark);
            self.null();
        }
    }

    /// An object of the planned fields.
    pub(crate) fn object<F>(
        &mut self,
        fields: &[Keyed<F>],
        mut write: impl FnMut(&mut Self, &F) -> Result<(), TooLarge>,
    ) -> Result<(), TooLarge> {
        self.bytes.push(b'{');
        for (index, keyed) in fields.iter().enumerate() {
            if index > 0 {
                self.bytes.push(b',');
            }
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(keyed.key.as_bytes());
            self.bytes.extend_from_slice(b"\":");
            write(self, &keyed.field)?;
        }
        self.bytes.push(b'}');
        Ok(())
    }

    /// A list.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), TooLarge>,
    ) -> Result<(), TooLarge> {
        self.bytes.push(b'[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.bytes.push(b',');
            }
            write(self, item)?;
            self.check()?;
        }
        self.bytes.push(b']');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_cannot_write_become_null() {
        let mut out = Writer::new(100);
        for number in [f64::NAN, f64::INFINITY, 1.5, 1.7e308] {
            out.number(number);
            out.bytes.push(b' ');
        }
        assert_eq!(out.into_bytes(), b"null null 1.5 1.7e+308 ");
    }

    #[test]
    fn lists_end_at_the_size_limit() {
        let mut out = Writer::new(10);
        let written = out.list(0..100, |out, n| {
            out.count(n);
            Ok(())
        });
        assert_eq!(written, Err(TooLarge));
    }

    #[test]
    fn texts_are_escaped() {
        let mut out = Writer::new(100);
        out.text("a\"b\\\n\u{1}");
        assert_eq!(out.into_bytes(), br#""a\"b\\\n\u0001""#);
    }
}
