//! Intake: reading import files and making documents of their rows.
//!
//! Owns: everything between the bytes of a file and a document in the shape
//! the API takes a guest, a stay or a complaint in: unpacking, encodings, CSV and NDJSON rows, the
//! mapping language, the masking of card numbers, the file of rejects. Must not
//! know the database, HTTP, or what a document's reader does with it; documents
//! are validated by the importer, as if a client had sent them.
//!
//! ```text
//! bytes ─ unpack ─ Utf8Reader ─ CsvRows / NdjsonRows ─ Mapping ─ Item
//! ```
//!
//! Everything streams: memory does not grow with the file.

pub mod apply;
pub mod cards;
mod columns;
mod computed;
mod csv_rows;
pub mod encoding;
mod fields;
pub mod grouped;
pub mod mapping;
mod mapping_fields;
mod mapping_toml;
mod ndjson_rows;
pub mod own_format;
pub mod paths;
pub mod rejects;
pub mod source;
pub mod targets;
mod toml_tables;
pub mod transforms;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use apply::Outcome;
use encoding::{Charset, Utf8Reader};
pub use mapping::{Format, Mapped, Mapping, Mode};
pub use source::RowFault;
use source::{CsvRows, NdjsonRows, Row, Rows};
pub use targets::Target;
pub use toml_tables::MappingError;

/// How an import file is to be read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The row format. Absent: the mapping's, else told by the file name
    /// (`.csv`, `.ndjson`, `.jsonl`, each also with `.gz`).
    pub format: Option<Format>,
    /// The mapping. Absent: the rows are in our own format.
    pub mapping: Option<Mapping>,
    /// The encoding. Absent: the mapping's, else detected.
    pub encoding: Option<Charset>,
    /// What the rows are.
    pub target: Target,
}

/// What an import file yields, in file order.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A guest or stay.
    Record {
        /// Physical line on which the row starts, from 1.
        line: u64,
        /// Its identity and document.
        mapped: Mapped,
    },
    /// A row, or one record of a row, that is rejected.
    Fault(RowFault),
    /// A row that is not to be imported; it is counted, not rejected.
    Skipped {
        /// Physical line on which the row starts, from 1.
        line: u64,
        /// Why, as one word such as `not_a_guest`.
        reason: String,
    },
}

/// Why a file cannot be read, or not any further.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The medium failed, or the compressed data are damaged.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Neither the options nor the mapping nor the file name tell the format.
    #[error("the format of the file is not known; name it or end the file name in .csv or .ndjson")]
    UnknownFormat,
    /// The format asked for is not that of the mapping.
    #[error("the mapping is for another format than the file's")]
    FormatMismatch,
    /// The mapping makes something else of rows than was asked for.
    #[error("the mapping is for {}s and not for {}s", .of.name(), .wanted.name())]
    TargetMismatch {
        /// What the mapping makes.
        of: Target,
        /// What was asked for.
        wanted: Target,
    },
    /// The header row of a CSV file is missing, broken, or does not suit the
    /// mapping.
    #[error("{0}")]
    Header(String),
    /// A mapping is broken.
    #[error("the mapping is refused: {0}")]
    Mapping(#[from] MappingError),
}

/// How far a file has been read; cheap to clone and to ask from any thread.
#[derive(Debug, Clone)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Progress {
    /// Bytes taken from the file, as stored (compressed bytes of a gzip file).
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Size of the file in the same bytes; absent for a stream of unknown size.
    #[must_use]
    pub fn total_bytes(&self) -> Option<u64> {
        self.total
    }
}

/// The items of an import file. After an error the iterator ends.
pub struct Intake {
    rows: Rows,
    mapper: Mapper,
    waiting: VecDeque<Item>,
    has_failed: bool,
    progress: Progress,
    charset: Arc<OnceLock<Charset>>,
}

enum Mapper {
    OwnDocuments(Target),
    Mapping(Box<Mapping>),
}

/// Opens an import file.
///
/// # Errors
/// Fails when the file cannot be opened, its format is not known, or its header
/// row does not suit the mapping.
pub fn open(path: &Path, mut options: Options) -> Result<Intake, IntakeError> {
    let of_mapping = options.mapping.as_ref().map(Mapping::format);
    options.format = options.format.or(of_mapping).or_else(|| format_of(path));
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    from_reader(Box::new(file), Some(size), options)
}

/// Reads an import file from any stream. `total_bytes` is for the progress only.
///
/// # Errors
/// As [`open`]; the format must be in the options or the mapping.
pub fn from_reader(
    input: Box<dyn Read + Send>,
    total_bytes: Option<u64>,
    options: Options,
) -> Result<Intake, IntakeError> {
    let of_mapping = options.mapping.as_ref().map(Mapping::format);
    let format = options.format.or(of_mapping).ok_or(IntakeError::UnknownFormat)?;
    if of_mapping.is_some_and(|of_mapping| of_mapping != format) {
        return Err(IntakeError::FormatMismatch);
    }
    let wanted = options.target;
    if let Some(of) = options.mapping.as_ref().map(Mapping::target).filter(|of| *of != wanted) {
        return Err(IntakeError::TargetMismatch { of, wanted });
    }
    let progress = Progress { read: Arc::default(), total: total_bytes };
    let counted = Counted { input, read: Arc::clone(&progress.read) };
    let of_mapping = options.mapping.as_ref().and_then(|mapping| mapping.encoding);
    let unpacked = encoding::unpack(Box::new(counted))?;
    let text = Utf8Reader::new(unpacked, options.encoding.or(of_mapping));
    let charset = text.charset();
    let (rows, mapper) = match (format, options.mapping) {
        (Format::Ndjson, mapping) => {
            let mapper = mapping.map_or(Mapper::OwnDocuments(wanted), |m| Mapper::Mapping(Box::new(m)));
            (Rows::Ndjson(NdjsonRows::new(Box::new(text))), mapper)
        }
        (Format::Csv, mapping) => {
            let mapping = mapping.map_or_else(|| own_format::own_csv(wanted), Ok)?;
            let rows = CsvRows::new(Box::new(text), mapping.delimiter)?;
            mapping.check_header(rows.header()).map_err(IntakeError::Header)?;
            (Rows::Csv(rows), Mapper::Mapping(Box::new(mapping)))
        }
    };
    Ok(Intake { rows, mapper, waiting: VecDeque::new(), has_failed: false, progress, charset })
}

impl Intake {
    /// How far the file has been read.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Name of the encoding forced or found; absent until it matters, which for
    /// a file of pure ASCII is never.
    #[must_use]
    pub fn encoding(&self) -> Option<&'static str> {
        self.charset.get().map(|charset| charset.name())
    }

    /// What to do when a guest exists already: the mapping's mode, or
    /// [`Mode::Merge`] for our own documents.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match &self.mapper {
            Mapper::OwnDocuments(_) => Mode::Merge,
            Mapper::Mapping(mapping) => mapping.mode(),
        }
    }

    fn take_in(&mut self, row: &Row) {
        let outcomes = match &self.mapper {
            Mapper::OwnDocuments(target) => vec![own_format::own_document(row, *target)],
            Mapper::Mapping(mapping) => mapping.apply(row),
        };
        let line = row.line;
        let items = outcomes.into_iter().map(|outcome| match outcome {
            Outcome::Record(mapped) => Item::Record { line, mapped },
            Outcome::Fault(fault) => Item::Fault(fault),
            Outcome::Skipped(reason) => Item::Skipped { line, reason },
        });
        self.waiting.extend(items);
    }
}

impl Iterator for Intake {
    /// An error means that the rest of the file cannot be read: the import is
    /// incomplete, whatever was yielded before.
    type Item = Result<Item, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.waiting.is_empty() {
            if self.has_failed {
                return None;
            }
            match self.rows.next()? {
                Ok(Ok(row)) => self.take_in(&row),
                Ok(Err(fault)) => self.waiting.push_back(Item::Fault(fault)),
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(error.into()));
                }
            }
        }
        self.waiting.pop_front().map(Ok)
    }
}

impl From<csv_rows::HeaderError> for IntakeError {
    fn from(error: csv_rows::HeaderError) -> Self {
        match error {
            csv_rows::HeaderError::Io(error) => Self::Io(error),
            csv_rows::HeaderError::Broken(message) => Self::Header(message),
        }
    }
}

struct Counted {
    input: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        let added = u64::try_from(count).unwrap_or(u64::MAX);
        self.read.fetch_add(added, Ordering::Relaxed);
        Ok(count)
    }
}

fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "csv" => Some(Format::Csv),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    }
}

#[cfg(test)]
mod complaint_tests;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod stay_tests;
