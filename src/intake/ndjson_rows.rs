//! NDJSON: one JSON object a line.
//!
//! Owns: parsing a line into a JSON object that the rest of the system can
//! store, which excludes NUL characters, lone surrogates and deep nesting. Must
//! not know which members a guest has.

use std::io::{self, Read};

use serde_json::Value;

use super::encoding::MALFORMED;
use super::source::{Lines, Row, RowFault, RowValue};

/// Deepest nesting of arrays and objects that is read; the object that is the
/// row itself counts as 1.
pub const MAX_DEPTH: usize = 64;

/// The rows of an NDJSON file. Blank lines are passed over.
pub struct NdjsonRows {
    lines: Lines,
}

impl NdjsonRows {
    /// Reads rows from UTF-8 text.
    #[must_use]
    pub fn new(input: Box<dyn Read + Send>) -> Self {
        Self { lines: Lines::new(input) }
    }
}

impl Iterator for NdjsonRows {
    type Item = io::Result<Result<Row, RowFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            let Some(text) = line.text else {
                return Some(Ok(Err(RowFault::too_large(line.number))));
            };
            if !text.trim().is_empty() {
                return Some(Ok(read_object(line.number, &text)));
            }
        }
    }
}

fn read_object(line: u64, text: &str) -> Result<Row, RowFault> {
    if text.contains(MALFORMED) {
        return Err(RowFault::encoding(line, ""));
    }
    let value = parse_json(text).map_err(|fault| RowFault { line, ..fault })?;
    if !value.is_object() {
        let message = "The line is not a JSON object.";
        return Err(RowFault::of_row(line, "not_an_object", message));
    }
    Ok(Row { line, fields: RowValue::Json(value) })
}

/// Parses JSON text within the limits of this module.
///
/// # Errors
/// A fault of line 0 with the code `too_deep`, `surrogate`, `json` or `nul`.
pub(super) fn parse_json(text: &str) -> Result<Value, RowFault> {
    if depth(text) > MAX_DEPTH {
        let message = format!("The JSON is nested more than {MAX_DEPTH} levels deep.");
        return Err(RowFault::of_row(0, "too_deep", message));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        // The parser's own text may quote the value, so only the place is kept.
        let column = error.column();
        let reason = error.to_string();
        if reason.contains("surrogate") || reason.contains("unexpected end of hex escape") {
            let message = format!("A \\u escape near column {column} is half of a surrogate pair.");
            RowFault::of_row(0, "surrogate", message)
        } else {
            let message = format!("The line is not valid JSON near column {column}.");
            RowFault::of_row(0, "json", message)
        }
    })?;
    match nul_pointer(&value, String::new()) {
        Some(pointer) => Err(RowFault::nul(0, pointer)),
        None => Ok(value),
    }
}

/// Nesting depth, counted without parsing so that the parser never recurses
/// into hostile input.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Where the first NUL character stands, in a value or in a member's name.
fn nul_pointer(value: &Value, at: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(at),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| nul_pointer(item, format!("{at}/{index}")))
        }
        Value::Object(members) => members.iter().find_map(|(key, item)| {
            if key.contains('\0') {
                return Some(at.clone());
            }
            let escaped = key.replace('~', "~0").replace('/', "~1");
            nul_pointer(item, format!("{at}/{escaped}"))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::MAX_RECORD_BYTES;
    use super::*;
    use serde_json::json;

    fn rows(text: &str) -> Vec<Result<Row, RowFault>> {
        let input = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        NdjsonRows::new(input).map(Result::unwrap).collect()
    }

    fn codes(text: &str) -> Vec<(u64, &'static str)> {
        let code = |row: &Result<Row, RowFault>| match row {
            Ok(row) => (row.line, "ok"),
            Err(fault) => (fault.line, fault.code),
        };
        rows(text).iter().map(code).collect()
    }

    #[test]
    fn blank_lines_are_passed_over_and_still_counted() {
        let read = rows("\n{\"a\":1}\r\n  \n{\"a\":2}");
        let values: Vec<_> = read.into_iter().map(Result::unwrap).collect();
        assert_eq!(values[0].line, 2);
        assert_eq!(values[1].line, 4);
        assert_eq!(values[1].fields, RowValue::Json(json!({"a": 2})));
    }

    #[test]
    fn a_broken_line_is_one_fault_and_reading_goes_on() {
        let text = "{\"a\":1\n[1]\n\"x\"\n{\"a\":1}\n";
        assert_eq!(codes(text), [(1, "json"), (2, "not_an_object"), (3, "not_an_object"), (4, "ok")]);
    }

    #[test]
    fn nul_characters_and_lone_surrogates_are_faults() {
        let text = "{\"a\":[\"x\\u0000\"]}\n{\"a\\u0000\":1}\n{\"a\":\"\\ud800\"}\n{\"a\":\"\\udc00x\"}\n{\"a\":\"\\ud83d\\ude00\"}\n";
        assert_eq!(codes(text), [(1, "nul"), (2, "nul"), (3, "surrogate"), (4, "surrogate"), (5, "ok")]);
        assert_eq!(rows(text)[0].as_ref().unwrap_err().field, "/a/0");
    }

    #[test]
    fn nesting_is_limited_to_64() {
        let nest = |levels: usize| format!("{{\"a\":{}1{}}}\n", "[".repeat(levels), "]".repeat(levels));
        let text = nest(63) + &nest(64) + &nest(100_000) + "{\"a\":\"[[[[\\\"[[[\"}\n";
        assert_eq!(codes(&text), [(1, "ok"), (2, "too_deep"), (3, "too_deep"), (4, "ok")]);
    }

    #[test]
    fn a_line_over_one_mebibyte_is_a_fault_and_reading_goes_on() {
        let sized = |bytes: usize| format!("{{\"a\":\"{}\"}}\n", "x".repeat(bytes - 8));
        let text = sized(MAX_RECORD_BYTES) + &sized(MAX_RECORD_BYTES + 1) + &sized(5 << 20) + "{}\n";
        assert_eq!(codes(&text), [(1, "ok"), (2, "too_large"), (3, "too_large"), (4, "ok")]);
    }

    #[test]
    fn a_message_never_quotes_the_value() {
        let read = rows("{\"passport\":\"C0300\" 5988}\n");
        let fault = read[0].as_ref().unwrap_err();
        assert!(!fault.message.contains("5988") && !fault.message.contains("C0300"));
    }
}
