//! A look at the query text before it is parsed.
//!
//! The parser recurses with the nesting of brackets and panics on escaped surrogates, and validation costs time
//! with the number of tokens; a linear scan refuses such text first. Text that passes is split into the same
//! tokens as the parser will see.

use async_graphql::Pos;

use crate::error::{Code, GraphError};

/// 100 fields with arguments and filters are below 2,000 tokens, the longest introspection query below 600.
const TOKENS_MAX: usize = 4_000;
/// Filters nest two brackets for each `or`; nobody needs more than ten.
const NESTING_MAX: usize = 32;
/// Longest name of the schema is 64; longer ones only cost time in messages.
const NAME_BYTES_MAX: usize = 128;

/// Checks a query text; gives the number of `$` in it, which bounds how often variables are filled in.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED` for text that has no tokens of the language, `COMPLEXITY_LIMIT_EXCEEDED` for too much
/// of it.
pub(crate) fn scan(text: &str) -> Result<usize, GraphError> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        tokens: 0,
        nesting: 0,
        dollars: 0,
    };
    while scanner.at < scanner.bytes.len() {
        scanner.token()?;
    }
    Ok(scanner.dollars)
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: usize,
    nesting: usize,
    dollars: usize,
}

impl Scanner<'_> {
    fn fail(&self, code: Code, message: impl Into<String>) -> GraphError {
        let before = &self.text.as_bytes()[..self.at];
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|b| **b != b'\n').count();
        GraphError::new(code, message).at(Pos { line, column })
    }

    fn starts(&self, prefix: &str) -> bool {
        self.bytes[self.at..].starts_with(prefix.as_bytes())
    }

    fn token(&mut self) -> Result<(), GraphError> {
        let byte = self.bytes[self.at];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => self.at += 1,
            b'#' => self.skip_while(|b| b != b'\n' && b != b'\r'),
            b'"' => self.string()?,
            b'{' | b'[' | b'(' => {
                self.nesting += 1;
                if self.nesting > NESTING_MAX {
                    let message = format!("query is nested deeper than {NESTING_MAX} brackets");
                    return Err(self.fail(Code::TooComplex, message));
                }
                self.count(1)?;
            }
            b'}' | b']' | b')' => {
                self.nesting = self.nesting.saturating_sub(1);
                self.count(1)?;
            }
            b'$' => {
                self.dollars += 1;
                self.count(1)?;
            }
            b'!' | b'&' | b':' | b'=' | b'@' | b'|' | b'.' => self.count(1)?,
            _ if self.starts("\u{feff}") => self.at += "\u{feff}".len(),
            b'_' | b'-' | b'+' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
            _ => {
                let found = self.text[self.at..].chars().next().unwrap_or_default();
                return Err(self.fail(Code::ParseFailed, format!("unexpected character {found:?}")));
            }
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), GraphError> {
        self.tokens += 1;
        if self.tokens > TOKENS_MAX {
            return Err(self.fail(
                Code::TooComplex,
                format!("query has more than {TOKENS_MAX} tokens"),
            ));
        }
        self.at += bytes;
        Ok(())
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        self.at += self.bytes[self.at..]
            .iter()
            .take_while(|b| wanted(**b))
            .count();
    }

    /// A name or number.
    fn word(&mut self) -> Result<(), GraphError> {
        let start = self.at;
        self.at += 1;
        self.skip_while(|b| b == b'_' || b.is_ascii_alphanumeric());
        if self.at - start > NAME_BYTES_MAX {
            self.at = start;
            return Err(self.fail(
                Code::ParseFailed,
                format!("name or number is longer than {NAME_BYTES_MAX} bytes"),
            ));
        }
        self.count(0)
    }

    fn string(&mut self) -> Result<(), GraphError> {
        self.count(0)?;
        if self.starts("\"\"\"") {
            return self.block_string();
        }
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                None | Some(b'\n' | b'\r') => {
                    self.at = start;
                    return Err(self.fail(Code::ParseFailed, "unterminated string"));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), GraphError> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let digits = self
                    .text
                    .get(self.at + 2..self.at + 6)
                    .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let character = digits
                    .and_then(|d| u32::from_str_radix(d, 16).ok())
                    .and_then(char::from_u32);
                if character.is_none() {
                    return Err(self.fail(
                        Code::ParseFailed,
                        "\\u needs four hex digits outside the surrogates D800 to DFFF",
                    ));
                }
                self.at += 6;
                Ok(())
            }
            _ => Err(self.fail(Code::ParseFailed, "unknown escape in string")),
        }
    }

    fn block_string(&mut self) -> Result<(), GraphError> {
        let start = self.at;
        self.at += 3;
        while self.at < self.bytes.len() {
            if self.starts("\\\"\"\"") {
                self.at += 4;
            } else if self.starts("\"\"\"") {
                self.at += 3;
                return Ok(());
            } else {
                self.at += 1;
            }
        }
        self.at = start;
        Err(self.fail(Code::ParseFailed, "unterminated block string"))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> Code {
        scan(text).unwrap_err().code
    }

    #[test]
    fn brackets_nest_only_so_deep_and_not_in_strings_or_comments() {
        assert!(scan(&format!("{}{}", "{a".repeat(32), "}".repeat(32))).is_ok());
        for open in ["{", "[", "("] {
            assert_eq!(code(&open.repeat(10_000)), Code::TooComplex);
        }
        assert!(
            scan(&format!(
                "{{ a(b: \"{}\") }} # {}",
                "{".repeat(99),
                "[".repeat(99)
            ))
            .is_ok()
        );
        assert!(
            scan(&format!(
                "{{ a(b: \"\"\"{}\"\"\") }}",
                "{\n\\\"\"\"".repeat(99)
            ))
            .is_ok()
        );
    }

    #[test]
    fn tokens_and_names_have_limits() {
        assert_eq!(code(&"a ".repeat(4_001)), Code::TooComplex);
        assert_eq!(code(&"a".repeat(129)), Code::ParseFailed);
    }

    #[test]
    fn escapes_that_would_panic_the_parser_are_refused() {
        for bad in [
            r#""\ud800""#,
            r#""\uDFFF""#,
            r#""\u12""#,
            r#""\x""#,
            "\"open",
            "\"line\nbreak\"",
            "\"\"\"open",
            "{ a ¿ }",
        ] {
            assert_eq!(code(bad), Code::ParseFailed, "{bad}");
        }
        assert!(scan(r#"{ a(b: "\u00e9\n\"") }"#).is_ok());
        let error = scan("{\n  a \\ }").unwrap_err();
        assert_eq!(error.locations[0], Pos { line: 2, column: 5 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn text_that_passes_never_panics_the_parser(text in "(\\{|\\}|\\(|\\)|\\[|\\]|:|!|\\$|@|\\.\\.\\.|\"|\"\"\"|\\\\u[0-9a-fA-F]{4}|\\\\\"|\\\\|a|on|query|fragment|1|-|\\.5|e9|#|\n| |é){0,40}") {
            if scan(&text).is_ok() {
                // Errors are fine, panics are not.
                drop(parse_query(&text));
            }
        }
    }
}
