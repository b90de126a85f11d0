//! Background jobs as rows: what they are, where they stand, and the one step each runs at a time.
//!
//! A job goes uploading → queued → running → succeeded, failed or cancelled. A worker claims one by lease and runs it
//! step by step, each step one transaction that holds the effect, the checkpoint and the progress: after a crash the
//! next worker goes on exactly where the last commit left off. A step that keeps failing is tried again a few times,
//! each after a longer wait, and then the job has failed. What a kind of job does is not known here: a [`Runner`] is
//! handed in.

mod store;
mod worker;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::codes;
use crate::db::{DbError, Tx};
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, GuestId, HotelId, JobId, StayId};
use crate::kit::version::Version;
use crate::platform::context::{Ctx, Sight};
use crate::platform::scopes::Scope;

pub use store::{
    Seen, add_chunk, add_rows, begin_upload, cancel, chunks, create, discard_upload, finish_upload, groups,
    page, prune_rows, prune_uploads, rows_page, visible,
};
pub use worker::{MOST_ATTEMPTS, Workshop, work};

codes! {
    /// What a job does.
    JobKind {
        /// Takes in guests from an uploaded file.
        GuestImport = "guest_import",
        /// Takes in stays from an uploaded file.
        StayImport = "stay_import",
        /// Takes in complaints from an uploaded file.
        ComplaintImport = "complaint_import",
        /// Looks for guests who may be one person.
        DuplicateScan = "duplicate_scan",
    }
    /// Where a job stands. One that is still being uploaded is not shown.
    JobStatus {
        /// Its input is arriving.
        Uploading = "uploading",
        /// Waiting for a worker.
        Queued = "queued",
        /// A worker is at it.
        Running = "running",
        /// Done.
        Succeeded = "succeeded",
        /// Could not be done; `failure` says why. What was done until then stays.
        Failed = "failed",
        /// Stopped on request. What was done until then stays.
        Cancelled = "cancelled",
    }
    /// What became of a row of an import.
    RowOutcome {
        /// A new guest, stay or complaint.
        Created = "created",
        /// A known one that was changed.
        Updated = "updated",
        /// A known one that was as the row says.
        Unchanged = "unchanged",
        /// Not taken in; the errors say why.
        Rejected = "rejected",
        /// Not to be taken in, or older than what is known.
        Skipped = "skipped",
    }
}

impl JobKind {
    /// The scope that starts, shows and cancels jobs of this kind.
    pub const fn scope(self) -> Scope {
        match self {
            Self::GuestImport => Scope::GuestsImport,
            Self::StayImport => Scope::StaysImport,
            Self::ComplaintImport => Scope::ComplaintsImport,
            Self::DuplicateScan => Scope::DuplicatesWrite,
        }
    }
}

/// How far a job has come. A kind of job uses the counts that mean something to it and leaves the others at 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Rows (or other items) done.
    pub rows: i64,
    /// Rows taken in: created, updated and unchanged.
    pub accepted: i64,
    /// New objects.
    pub created: i64,
    /// Changed objects.
    pub updated: i64,
    /// Objects that were as the row says.
    pub unchanged: i64,
    /// Rows refused.
    pub rejected: i64,
    /// Rows passed over.
    pub skipped: i64,
    /// Bytes of the input read.
    pub bytes_read: i64,
    /// Bytes of the input, when known.
    pub bytes_total: Option<i64>,
}

impl Progress {
    /// Counts one row.
    pub fn count(&mut self, outcome: RowOutcome) {
        self.rows += 1;
        match outcome {
            RowOutcome::Created => self.created += 1,
            RowOutcome::Updated => self.updated += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
            RowOutcome::Rejected => self.rejected += 1,
            RowOutcome::Skipped => self.skipped += 1,
        }
        self.accepted = self.created + self.updated + self.unchanged;
    }
}

/// A job to start.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// The hotel it is about, if it is about one.
    pub hotel: Option<HotelId>,
    /// How it is to be done; only its runner reads this.
    pub options: Value,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: JobId,
    /// Its version; every step makes a new one.
    pub version: Version,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub status: JobStatus,
    /// The hotel it is about, if it is about one.
    pub hotel: Option<HotelId>,
    /// What its creator may see, and so the job.
    pub sight: Sight,
    /// How it is to be done.
    pub options: Value,
    /// How far it has come.
    pub progress: Progress,
    /// What its runner needs to go on; `null` before the first step.
    pub checkpoint: Value,
    /// Why it failed, in English.
    pub failure: Option<String>,
    /// Whether it was asked to stop.
    pub cancel_requested: bool,
    /// How often its present step was begun; 0 once a step is done.
    pub attempts: i32,
    /// When and by whom it was created.
    pub created: (Instant, ActorId),
    /// When it last changed.
    pub updated_at: Instant,
    /// When it came to an end.
    pub finished_at: Option<Instant>,
    /// When the reports of its rows were removed.
    pub rows_pruned_at: Option<Instant>,
}

impl Job {
    /// The job as the audit log and the feed keep it.
    pub fn document(&self) -> Value {
        let mut document = json!({"kind": self.kind, "status": self.status, "progress": self.progress});
        if let (Some(failure), Some(members)) = (&self.failure, document.as_object_mut()) {
            members.insert("failure".into(), failure.as_str().into());
        }
        document
    }
}

/// What a row of an import is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A guest.
    Guest(GuestId),
    /// A stay.
    Stay(StayId),
    /// A complaint.
    Complaint(ComplaintId),
}

impl Subject {
    /// The guest, if it is one.
    pub const fn guest(self) -> Option<GuestId> {
        match self {
            Self::Guest(guest) => Some(guest),
            Self::Stay(_) | Self::Complaint(_) => None,
        }
    }

    /// The stay, if it is one.
    pub const fn stay(self) -> Option<StayId> {
        match self {
            Self::Stay(stay) => Some(stay),
            Self::Guest(_) | Self::Complaint(_) => None,
        }
    }

    /// The complaint, if it is one.
    pub const fn complaint(self) -> Option<ComplaintId> {
        match self {
            Self::Complaint(complaint) => Some(complaint),
            Self::Guest(_) | Self::Stay(_) => None,
        }
    }
}

/// What became of one row of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// Physical line on which the row starts, from 1.
    pub line: i64,
    /// What became of it.
    pub outcome: RowOutcome,
    /// The guest, stay or complaint, when there is one.
    pub subject: Option<Subject>,
    /// Why it was refused.
    pub faults: Vec<Fault>,
}

/// What one step of a job did.
#[derive(Debug, Clone)]
pub struct StepOutcome {
    /// How far the job has come now.
    pub progress: Progress,
    /// What the next step needs.
    pub checkpoint: Value,
    /// Whether this was the last step.
    pub done: bool,
}

/// Why a step did not happen. Whatever it wrote is rolled back.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The job can never succeed; the reason in English, for those who started it.
    #[error("{0}")]
    Impossible(String),
    /// The database failed. A refused statement ends the job; after an outage the step is tried again.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Runs one step of a job: a bounded piece of work, under a second, in the transaction that also keeps the outcome.
pub type Step = fn(&mut Tx<'_>, &Ctx, &Job) -> Result<StepOutcome, StepError>;

/// What runs the jobs of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Runner {
    /// The kind.
    pub kind: JobKind,
    /// One step.
    pub step: Step,
}
