//! CSV: records with a header row, quoted as in RFC 4180.
//!
//! Owns: splitting lines into records and records into values, and finding the
//! way back after a broken record. Must not know what the columns mean.
//!
//! The splitting is our own because a general CSV reader treats a quote that is
//! never closed as one record that swallows the rest of the file. Here a
//! record that is broken and spans several lines is a fault of its first line
//! only, and reading resumes on the line after it.
//!
//! A quote inside a value that is not quoted (`5" pipe`) is an ordinary
//! character; text after a closing quote (`"a"b`) is a fault. A lone carriage
//! return is an ordinary character; records end with LF or CR LF.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use super::encoding::MALFORMED;
use super::source::{CsvRecord, Header, Line, Lines, MAX_RECORD_BYTES, Row, RowFault, RowValue};

/// Work that reading the same lines again may cost before anything is read, in
/// bytes. It grows by four times of what is read, which keeps the total linear
/// in the size of even a hostile file.
const REREAD_ALLOWANCE: usize = 4 * 1024 * 1024;

/// The rows of a CSV file. Blank lines are passed over.
pub struct CsvRows {
    lines: Lines,
    again: VecDeque<Line>,
    allowance: usize,
    delimiter: char,
    header: Arc<Header>,
}

/// Why a CSV file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// The medium failed.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The header row is absent or broken; the text says how.
    #[error("{0}")]
    Broken(String),
}

/// The line a record starts on, and its values.
type Record = (u64, Vec<String>);
/// The values of a record, and the lines it took beyond its first.
type Gathered = (Vec<String>, Vec<Line>);

impl CsvRows {
    /// Reads the header row and makes the rows after it available.
    ///
    /// # Errors
    /// Fails when the input cannot be read, is empty, or has a header row that
    /// is broken or names a column twice.
    pub fn new(input: Box<dyn Read + Send>, delimiter: char) -> Result<Self, HeaderError> {
        let mut rows = Self {
            lines: Lines::new(input),
            again: VecDeque::new(),
            allowance: REREAD_ALLOWANCE,
            delimiter,
            header: Arc::new(Header::default()),
        };
        let broken = |text: &str| HeaderError::Broken(text.to_owned());
        let (_, names) = rows
            .next_record()?
            .ok_or_else(|| broken("the file has no header row"))?
            .map_err(|fault| HeaderError::Broken(format!("the header row is broken: {fault}")))?;
        if names.iter().any(|name| name.contains([MALFORMED, '\0'])) {
            return Err(broken("the header row holds malformed text"));
        }
        let header = Header::new(names)
            .map_err(|name| HeaderError::Broken(format!("the column \"{name}\" stands twice")))?;
        rows.header = Arc::new(header);
        Ok(rows)
    }

    /// The header row of the file.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let line = self.lines.next_line()?;
        let size = line.as_ref().and_then(|line| line.text.as_ref());
        let gain = size.map_or(0, |text| text.len().saturating_mul(4));
        self.allowance = self.allowance.saturating_add(gain);
        Ok(line)
    }

    /// Offers lines after the first of a broken record to be read again.
    fn reread(&mut self, held: Vec<Line>) {
        let size: usize = held.iter().filter_map(|l| l.text.as_ref()).map(String::len).sum();
        if size <= self.allowance {
            self.allowance -= size;
            for line in held.into_iter().rev() {
                self.again.push_front(line);
            }
        }
    }

    /// The next record with the line it starts on, of any number of values.
    fn next_record(&mut self) -> io::Result<Option<Result<Record, RowFault>>> {
        let (start, fields, held) = loop {
            let Some(line) = self.next_line()? else {
                return Ok(None);
            };
            let Some(text) = line.text else {
                return Ok(Some(Err(RowFault::too_large(line.number))));
            };
            if text.trim_matches(['\r', '\n']).is_empty() {
                continue;
            }
            match self.gather_record(line.number, &text)? {
                Ok((fields, held)) => break (line.number, fields, held),
                Err(fault) => return Ok(Some(Err(fault))),
            }
        };
        let expected = self.header.names().len();
        if expected > 0 && fields.len() != expected {
            self.reread(held);
            let message =
                format!("The row has {} values where the header has {expected} columns.", fields.len());
            return Ok(Some(Err(RowFault::of_row(start, "field_count", message))));
        }
        Ok(Some(Ok((start, fields))))
    }

    /// Completes the record that begins with `first`, taking further lines as
    /// long as a quote is open; returns the values and those further lines.
    fn gather_record(&mut self, start: u64, first: &str) -> io::Result<Result<Gathered, RowFault>> {
        let mut splitter = Splitter::new(self.delimiter);
        let mut held: Vec<Line> = Vec::new();
        let mut size = first.len();
        let mut progress = splitter.feed(first);
        loop {
            let (code, message) = match progress {
                Progress::Complete => return Ok(Ok((splitter.finish(), held))),
                Progress::Stray => ("stray_quote", "Text follows a closing quote."),
                Progress::Open => match self.next_line()? {
                    Some(line) if size <= MAX_RECORD_BYTES => {
                        let text = line.text.as_deref().unwrap_or_default();
                        size += text.len();
                        let is_passed_over = line.text.is_none();
                        progress = splitter.feed(text);
                        held.push(line);
                        if !is_passed_over && size <= MAX_RECORD_BYTES {
                            continue;
                        }
                        ("too_large", "A quote is open and the record exceeds 1 MiB.")
                    }
                    Some(line) => {
                        held.push(line);
                        ("too_large", "A quote is open and the record exceeds 1 MiB.")
                    }
                    None => ("unclosed_quote", "A quote is never closed."),
                },
            };
            self.reread(held);
            return Ok(Err(RowFault::of_row(start, code, message)));
        }
    }

    fn to_row(&self, line: u64, values: Vec<String>) -> Result<Row, RowFault> {
        for (name, value) in self.header.names().iter().zip(&values) {
            if value.contains(MALFORMED) {
                return Err(RowFault::encoding(line, name));
            }
            if value.contains('\0') {
                return Err(RowFault::nul(line, name));
            }
        }
        let header = Arc::clone(&self.header);
        Ok(Row { line, fields: RowValue::Csv(CsvRecord { header, values }) })
    }
}

impl Iterator for CsvRows {
    type Item = io::Result<Result<Row, RowFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.next_record().transpose()?;
        Some(record.map(|record| record.and_then(|(line, values)| self.to_row(line, values))))
    }
}

enum Progress {
    Complete,
    Open,
    Stray,
}

enum State {
    Start,
    Plain,
    Quoted,
    Closed,
}

/// Splits one record, line by line, into values.
struct Splitter {
    delimiter: char,
    state: State,
    values: Vec<String>,
    current: String,
}

impl Splitter {
    fn new(delimiter: char) -> Self {
        Self { delimiter, state: State::Start, values: Vec::new(), current: String::new() }
    }

    fn feed(&mut self, line: &str) -> Progress {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let body = body.strip_suffix('\r').unwrap_or(body);
        for character in body.chars() {
            self.state = match (&self.state, character) {
                (State::Quoted, '"') => State::Closed,
                (State::Quoted, _) => {
                    self.current.push(character);
                    State::Quoted
                }
                (State::Closed, '"') => {
                    self.current.push('"');
                    State::Quoted
                }
                (_, _) if character == self.delimiter => {
                    self.values.push(std::mem::take(&mut self.current));
                    State::Start
                }
                (State::Closed, _) => return Progress::Stray,
                (State::Start, '"') => State::Quoted,
                (State::Start | State::Plain, _) => {
                    self.current.push(character);
                    State::Plain
                }
            };
        }
        if matches!(self.state, State::Quoted) {
            self.current.push_str(line.get(body.len()..).unwrap_or_default());
            return Progress::Open;
        }
        Progress::Complete
    }

    fn finish(mut self) -> Vec<String> {
        self.values.push(self.current);
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record, or line and code of a fault.
    type Outcome = Result<Record, (u64, &'static str)>;

    fn rows(text: &str) -> Vec<Outcome> {
        read(text, ',')
    }

    fn read(text: &str, delimiter: char) -> Vec<Outcome> {
        let input = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        CsvRows::new(input, delimiter)
            .unwrap()
            .map(|row| match row.unwrap() {
                Ok(Row { line, fields: RowValue::Csv(record) }) => Ok((line, record.values)),
                Ok(row) => panic!("not a CSV row: {row:?}"),
                Err(fault) => Err((fault.line, fault.code)),
            })
            .collect()
    }

    fn row(line: u64, values: &[&str]) -> Outcome {
        Ok((line, values.iter().map(|v| (*v).to_owned()).collect()))
    }

    #[test]
    fn quotes_may_hold_delimiters_quotes_and_newlines() {
        let text = "a,b\r\n\"x,\"\"y\"\"\",\"one\r\ntwo\"\r\n\r\n3,4\r\n";
        assert_eq!(rows(text), [row(2, &["x,\"y\"", "one\r\ntwo"]), row(5, &["3", "4"])]);
    }

    #[test]
    fn the_last_line_needs_no_terminator_and_empty_values_are_kept() {
        assert_eq!(rows("a,b\n,\n\"\",x"), [row(2, &["", ""]), row(3, &["", "x"])]);
    }

    #[test]
    fn another_delimiter_and_an_inner_quote() {
        assert_eq!(read("a;b\n5\" pipe;x,y\n", ';'), [row(2, &["5\" pipe", "x,y"])]);
    }

    #[test]
    fn a_wrong_number_of_values_is_a_fault_of_that_line_only() {
        let text = "a,b\n1\n1,2,3\n1,2\n";
        let expected = [Err((2, "field_count")), Err((3, "field_count")), row(4, &["1", "2"])];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn a_stray_quote_costs_one_row_even_if_a_later_quote_seems_to_close_it() {
        let text = "a,b\n1,\"open\n2,x\n3,\"y\"\n4,z\n";
        let expected =
            [Err((2, "stray_quote")), row(3, &["2", "x"]), row(4, &["3", "y"]), row(5, &["4", "z"])];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn a_quote_open_at_the_end_costs_one_row() {
        let text = "a,b\n1,\"open\n2,x\n";
        assert_eq!(rows(text), [Err((2, "unclosed_quote")), row(3, &["2", "x"])]);
    }

    #[test]
    fn an_oversize_record_is_a_fault_and_the_rows_it_held_are_read() {
        let many = "2,x\n".repeat(400_000);
        let read = rows(&format!("a,b\n1,\"open\n{many}"));
        assert_eq!(read.len(), 400_001);
        assert_eq!(read[0], Err((2, "too_large")));
        assert_eq!(read[400_000], row(400_002, &["2", "x"]));
        let long = format!("a,b\n1,{}\n2,x\n", "y".repeat(MAX_RECORD_BYTES));
        assert_eq!(rows(&long), [Err((2, "too_large")), row(3, &["2", "x"])]);
    }

    #[test]
    fn a_file_made_of_open_quotes_is_read_in_linear_time() {
        let hostile = format!("a,b\n{}", "x,\",y\",\",\n".repeat(200_000));
        // Each line opens a quote, whether read alone or within a record. Read
        // again without bound, every line would be a fault of its own, after
        // 1 MiB of work each.
        let read = rows(&hostile);
        assert!(read.iter().all(Result::is_err));
        assert!(read.len() < 1_000, "{}", read.len());
    }

    #[test]
    fn damaged_text_and_nul_name_the_column() {
        let text = format!("a,b\n1,x{MALFORMED}\n1\0,2\n1,2\n");
        let input = Box::new(io::Cursor::new(text.into_bytes()));
        let faults: Vec<_> = CsvRows::new(input, ',')
            .unwrap()
            .filter_map(|row| row.unwrap().err())
            .map(|fault| (fault.line, fault.field, fault.code))
            .collect();
        let expected = [(2, "b".to_owned(), "encoding"), (3, "a".to_owned(), "nul")];
        assert_eq!(faults, expected);
    }

    #[test]
    fn a_header_must_exist_and_name_each_column_once() {
        let open = |text: &str| {
            let input = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
            CsvRows::new(input, ',').err().map(|error| error.to_string())
        };
        assert!(open("").unwrap().contains("no header row"));
        assert!(open("\n\n").unwrap().contains("no header row"));
        assert!(open("a, b ,b\n").unwrap().contains("\"b\""));
        assert!(open("a,\"b\n1,2\n").unwrap().contains("broken"));
        assert_eq!(open("a,,\n"), None);
    }
}
