//! The import job: one step takes some half a mebibyte of lines from what was uploaded.
//!
//! What is uploaded is kept as UTF-8 in pieces of one size, so that a step finds its place by arithmetic, whatever
//! happened to the worker before it, and no step reads what another has read.

use std::io::Cursor;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::Tx;
use crate::flows::imports::{How, Imported, RowResult, Taken, apply, fault, take};
use crate::intake::encoding::Charset;
use crate::intake::source::MAX_RECORD_BYTES;
use crate::intake::{self, Format, Mode, Options};
use crate::platform::context::Ctx;
use crate::platform::jobs::{self, Job, RowReport, StepError, StepOutcome};

/// Size of every piece of an upload but the last, in bytes.
pub const PIECE: usize = 256 * 1024;
/// Pieces a step takes.
const PIECES: i64 = 2;

/// How an import job is to be done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ImportOptions {
    /// What happens to a guest, stay or complaint that is known.
    pub mode: ImportMode,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
}

crate::codes! {
    /// What an import does with a guest, stay or complaint that is known already.
    ImportMode {
        /// What the line says replaces what is known; the rest stays.
        Merge = "merge",
        /// What the line does not say is removed. External references stay, and so do the owner and the privacy of a
        /// guest, and what happened in the house during a stay.
        Replace = "replace",
        /// It stays as it is.
        CreateOnly = "create_only",
    }
}

impl From<ImportMode> for Mode {
    fn from(mode: ImportMode) -> Self {
        match mode {
            ImportMode::Merge => Self::Merge,
            ImportMode::Replace => Self::Replace,
            ImportMode::CreateOnly => Self::CreateOnly,
        }
    }
}

/// Where the next step begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Byte of the upload.
    pub(super) position: u64,
    /// Lines before it.
    pub(super) lines: u64,
    /// Whether it lies within a line that is too long to be read.
    pub(super) skipping: bool,
}

/// Runs one step.
///
/// # Errors
/// When the database fails, or the job is one of another version.
pub fn step<K: Imported>(tx: &mut Tx<'_>, cx: &Ctx, job: &Job, kind: K) -> Result<StepOutcome, StepError> {
    let options: ImportOptions = serde_json::from_value(job.options.clone()).map_err(|_| unreadable())?;
    let place: Option<Place> = serde_json::from_value(job.checkpoint.clone()).map_err(|_| unreadable())?;
    let place = place.unwrap_or_default();
    let total = u64::try_from(job.progress.bytes_total.unwrap_or(0)).unwrap_or(0);
    let text = window(tx, job, place, total)?;
    let is_last = place.position.saturating_add(length(&text)) >= total;
    let Cut { taken, next } = cut(text, place, is_last, kind)?;

    let how = How { mode: options.mode.into(), dry_run: options.dry_run };
    let results = apply(tx, cx, kind, &taken, how).map_err(|error| match K::database(error) {
        Ok(error) => StepError::Db(error),
        Err(other) => StepError::Impossible(other.to_string()),
    })?;
    let mut progress = job.progress;
    results.iter().for_each(|result| progress.count(result.outcome));
    progress.bytes_read = i64::try_from(next.position).unwrap_or(i64::MAX);
    let reports: Vec<RowReport> = results.into_iter().map(report).collect();
    jobs::add_rows(tx, job.group, job.id, &reports)?;
    let checkpoint = serde_json::to_value(next).unwrap_or(Value::Null);
    Ok(StepOutcome { progress, checkpoint, done: next.position >= total })
}

fn unreadable() -> StepError {
    StepError::Impossible("The job was written by another version of the server.".to_owned())
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The text from the place on: some pieces, or as many as a line of the largest size takes.
fn window(tx: &mut Tx<'_>, job: &Job, place: Place, total: u64) -> Result<Vec<u8>, StepError> {
    let piece = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let first = i32::try_from(place.position / piece).unwrap_or(i32::MAX);
    let begin = usize::try_from(place.position % piece).unwrap_or(0);
    let most = i64::try_from(MAX_RECORD_BYTES / PIECE).unwrap_or(4) + PIECES;
    let mut text = Vec::new();
    for count in [PIECES, most] {
        let pieces = jobs::chunks(tx, job.group, job.id, first, count)?;
        text = pieces.get(begin..).unwrap_or_default().to_vec();
        let is_last = place.position.saturating_add(length(&text)) >= total;
        if is_last || text.contains(&b'\n') {
            break;
        }
    }
    if text.is_empty() && place.position < total {
        return Err(StepError::Impossible("The uploaded text is gone.".to_owned()));
    }
    Ok(text)
}

/// Rows of a window, and where it ended.
pub(super) struct Cut<R> {
    pub(super) taken: Vec<Taken<R>>,
    pub(super) next: Place,
}

/// Takes the whole lines of a window apart.
pub(super) fn cut<K: Imported>(
    mut text: Vec<u8>,
    place: Place,
    is_last: bool,
    kind: K,
) -> Result<Cut<K::Record>, StepError> {
    let mut next = place;
    if place.skipping {
        let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| at + 1);
        next.skipping = end == text.len() && !text.ends_with(b"\n");
        next.lines += u64::from(!next.skipping);
        next.position = next.position.saturating_add(u64::try_from(end).unwrap_or(0));
        text.drain(..end);
    }
    let whole = if is_last {
        text.len()
    } else {
        text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
    };
    if whole == 0 && place.skipping {
        // The next step begins at the line behind the one passed over, with a window of its own.
        return Ok(Cut { taken: Vec::new(), next });
    }
    if whole == 0 && !text.is_empty() {
        // A window without a line end is longer than any line that is read.
        next.skipping = true;
        next.position = next.position.saturating_add(length(&text));
        let why = fault("", "too_large", "The record is larger than 1 MiB.");
        let taken = vec![Taken::Rejected(RowResult::rejected(next.lines + 1, None, vec![why]))];
        return Ok(Cut { taken, next });
    }
    text.truncate(whole);
    let before = next.lines;
    next.position = next.position.saturating_add(length(&text));
    next.lines += u64::try_from(text.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(0);
    let options = Options {
        format: Some(Format::Ndjson),
        mapping: None,
        encoding: Some(Charset::UTF_8),
        target: K::TARGET,
    };
    let items = intake::from_reader(Box::new(Cursor::new(text)), None, options).map_err(broken)?;
    let taken = items.map(|item| item.map(|item| at_line(take(kind, item), before)).map_err(broken));
    Ok(Cut { taken: taken.collect::<Result<_, _>>()?, next })
}

fn broken(error: intake::IntakeError) -> StepError {
    StepError::Impossible(error.to_string())
}

/// Counts a row's line from the start of the upload.
fn at_line<R>(taken: Taken<R>, before: u64) -> Taken<R> {
    match taken {
        Taken::Record(mut row) => {
            row.line += before;
            Taken::Record(row)
        }
        Taken::Rejected(mut result) => {
            result.line += before;
            Taken::Rejected(result)
        }
        Taken::Skipped { line } => Taken::Skipped { line: line + before },
    }
}

fn report(result: RowResult) -> RowReport {
    let RowResult { line, external_id: _, outcome, subject, faults } = result;
    RowReport { line: i64::try_from(line).unwrap_or(i64::MAX), outcome, subject, faults }
}
