//! Rows of an import file with the line each one begins on.
//!
//! Owns: the row types, the bounded reading of physical lines, and the choice
//! between the two row formats. Must not know what a row means; it sees columns
//! and JSON values, never guests.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use serde_json::Value;

pub use super::csv_rows::{CsvRows, HeaderError};
use super::encoding::MALFORMED;
pub use super::ndjson_rows::NdjsonRows;

/// Largest record that is read, in bytes of UTF-8; a larger one is a fault.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// One record of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Physical line on which the record starts, from 1.
    pub line: u64,
    /// What the record holds.
    pub fields: RowValue,
}

/// The content of a [`Row`].
#[derive(Debug, Clone, PartialEq)]
pub enum RowValue {
    /// A line of a CSV file.
    Csv(CsvRecord),
    /// A line of an NDJSON file; always a JSON object.
    Json(Value),
}

/// The values of one CSV record beside the header they share.
#[derive(Debug, Clone, PartialEq)]
pub struct CsvRecord {
    /// Column names, in file order.
    pub header: Arc<Header>,
    /// As many values as the header has columns; an empty value is `""`.
    pub values: Vec<String>,
}

impl CsvRecord {
    /// The value of a column, or `None` when the file has no such column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        let position = self.header.position(column)?;
        self.values.get(position).map(String::as_str)
    }
}

/// The header row of a CSV file: names trimmed, unique unless empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
}

impl Header {
    /// Makes a header of the column names in file order.
    ///
    /// # Errors
    /// Returns the name that stands twice.
    pub fn new(names: Vec<String>) -> Result<Self, String> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
        sorted.sort();
        let mut pairs = sorted.iter().zip(sorted.iter().skip(1));
        if let Some((twice, _)) = pairs.find(|(a, b)| a == b) {
            return Err((*twice).clone());
        }
        Ok(Self { names })
    }

    /// The column names in file order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column stands, from 0; absent when there is none of that name.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }
}

/// Why one row was not imported. Never holds the offending value, which may be
/// personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// Physical line on which the record starts, from 1.
    pub line: u64,
    /// Identifier of the record in the system it comes from, where known.
    pub external_id: Option<String>,
    /// Column name or JSON pointer into the row; empty when the whole row is
    /// at fault.
    pub field: String,
    /// Short stable code, such as `field_count` or `encoding`.
    pub code: &'static str,
    /// A sentence for the person who repairs the file.
    pub message: String,
}

impl RowFault {
    /// A fault of a whole row.
    #[must_use]
    pub fn of_row(line: u64, code: &'static str, message: impl Into<String>) -> Self {
        Self::of_field(line, String::new(), code, message)
    }

    /// A fault of one column or JSON value.
    #[must_use]
    pub fn of_field(
        line: u64,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { line, external_id: None, field: field.into(), code, message: message.into() }
    }

    pub(super) fn too_large(line: u64) -> Self {
        Self::of_row(line, "too_large", "The record is larger than 1 MiB.")
    }

    pub(super) fn encoding(line: u64, field: impl Into<String>) -> Self {
        let message = "The row holds bytes that are malformed in the encoding of the file.";
        Self::of_field(line, field, "encoding", message)
    }

    pub(super) fn nul(line: u64, field: impl Into<String>) -> Self {
        let message = "The value holds a NUL character, which text cannot contain.";
        Self::of_field(line, field, "nul", message)
    }
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.code, self.message)
    }
}

/// The rows of a file in either format.
pub enum Rows {
    /// Comma-separated values.
    Csv(CsvRows),
    /// One JSON object a line.
    Ndjson(NdjsonRows),
}

impl Iterator for Rows {
    /// The outer error ends the reading (the medium failed); the inner one is
    /// a row that cannot be read, after which reading goes on.
    type Item = io::Result<Result<Row, RowFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Ndjson(rows) => rows.next(),
        }
    }
}

/// A physical line, numbered from 1.
#[derive(Debug)]
pub(super) struct Line {
    pub number: u64,
    /// The line with its terminator; `None` when it exceeds
    /// [`MAX_RECORD_BYTES`] and was passed over.
    pub text: Option<String>,
}

/// Physical lines of UTF-8 text, each bounded.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read + Send>>,
    number: u64,
}

impl Lines {
    pub fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input: BufReader::with_capacity(32 * 1024, input), number: 0 }
    }

    /// The next line; `None` at the end of the file.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        // Two more than the bound leave room for the line end.
        let bound = u64::try_from(MAX_RECORD_BYTES + 2).unwrap_or(u64::MAX);
        let got = self.input.by_ref().take(bound).read_until(b'\n', &mut bytes)?;
        if got == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_cut = got == MAX_RECORD_BYTES + 2 && !bytes.ends_with(b"\n");
        if is_cut {
            self.input.skip_until(b'\n')?;
        }
        let is_long = is_cut || bytes.trim_ascii_end().len() > MAX_RECORD_BYTES;
        let text = if is_long {
            None
        } else {
            // Only a caller that bypasses the decoder could hand over anything
            // but UTF-8; such a line is then marked like any damaged one.
            Some(String::from_utf8(bytes).unwrap_or_else(|_| MALFORMED.to_string()))
        };
        Ok(Some(Line { number: self.number, text }))
    }
}
