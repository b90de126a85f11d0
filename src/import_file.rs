//! Importing guests, stays or complaints from a file at the command line: reading and checking on one thread, writing from another, a few
//! batches in between. Memory does not grow with the file.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::db::{Db, DbError};
use crate::flows::imports::complaints::Complaints;
use crate::flows::imports::guests::Guests;
use crate::flows::imports::histories::Histories;
use crate::flows::imports::stays::Stays;
use crate::flows::imports::{BATCH, How, Imported, RowResult, Taken, apply, take};
use crate::intake::grouped::Grouped;
use crate::intake::rejects::RejectWriter;
use crate::intake::{self, Intake, IntakeError, Item, Mapping, Options, Target};
use crate::kit::clock::Clock;
use crate::kit::ids::{GroupId, HotelId, Ids};
use crate::platform::context::{Actor, Ctx, Sight};
use crate::platform::jobs::{Progress, RowOutcome};

/// Batches that are read but not yet written.
const AHEAD: usize = 4;
/// Tries of a batch while the database is busy or away, and the time between them.
const TRIES: u32 = 10;
const BREATH: Duration = Duration::from_secs(1);

/// Mappings that come with the program, by name.
pub const MAPPINGS: [(&str, &str); 16] = [
    ("apaleo-booking", include_str!("../mappings/apaleo-booking.toml")),
    ("booking-515k", include_str!("../mappings/booking-515k.toml")),
    ("chnsenticorp-htl", include_str!("../mappings/chnsenticorp-htl.toml")),
    ("cloudbeds-profile", include_str!("../mappings/cloudbeds-profile.toml")),
    ("hospes-complaint-events-csv", include_str!("../mappings/hospes-complaint-events-csv.toml")),
    ("hospes-complaints-csv", include_str!("../mappings/hospes-complaints-csv.toml")),
    ("hospes-csv", include_str!("../mappings/hospes-csv.toml")),
    ("hospes-stays-csv", include_str!("../mappings/hospes-stays-csv.toml")),
    ("hotel-bookings", include_str!("../mappings/hotel-bookings.toml")),
    ("hotel-customers-sample", include_str!("../mappings/hotel-customers-sample.toml")),
    ("hotel-customers-tail", include_str!("../mappings/hotel-customers-tail.toml")),
    ("inn-reservations", include_str!("../mappings/inn-reservations.toml")),
    ("itsm-incidents", include_str!("../mappings/itsm-incidents.toml")),
    ("mews-customer", include_str!("../mappings/mews-customer.toml")),
    ("oats-hotels-absa", include_str!("../mappings/oats-hotels-absa.toml")),
    ("ohip-profile", include_str!("../mappings/ohip-profile.toml")),
];

/// What is to be imported, and how.
#[derive(Debug)]
pub struct Import {
    /// The file.
    pub file: PathBuf,
    /// How it is to be read.
    pub options: Options,
    /// The group they are of.
    pub group: GroupId,
    /// Where rows that cannot be taken are told; beside the file when absent.
    pub rejects: Option<PathBuf>,
    /// Whether to check everything and change nothing.
    pub dry_run: bool,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    /// Counts of rows.
    pub rows: Progress,
    /// Bytes of the file read, as stored.
    pub bytes: u64,
    /// Size of the file.
    pub of: Option<u64>,
}

/// What came of an import.
#[derive(Debug)]
pub struct Done {
    /// What the rows were.
    pub target: Target,
    /// Counts of rows.
    pub rows: Progress,
    /// The file of rejects, when there are any.
    pub rejects: Option<PathBuf>,
    /// Whether nothing was changed.
    pub dry_run: bool,
}

/// Guests, read by the rules of the API.
#[must_use]
pub fn guests(private_to: Option<HotelId>) -> Guests {
    Guests { read: crate::guests::api::parse::document, private_to }
}

/// Stays, read by the rules of the API.
#[must_use]
pub fn stays(hotel: Option<HotelId>) -> Stays {
    Stays { read: crate::stays::api::parse::document, hotel }
}

/// Complaints, read by the rules of the API.
#[must_use]
pub fn complaints(hotel: Option<HotelId>) -> Complaints {
    Complaints { read: crate::complaints::api::parse::document, hotel }
}

/// Histories of complaints, what was said read by the rules of the API.
#[must_use]
pub fn histories(hotel: Option<HotelId>) -> Histories {
    Histories { read: crate::complaints::api::parse::document, hotel }
}

/// Reads a mapping: a file, or the name of one that comes with the program.
///
/// # Errors
/// When there is none, or it is broken: the message names the line.
pub fn mapping(name: &str) -> anyhow::Result<Mapping> {
    let text = match MAPPINGS.iter().find(|(shipped, _)| *shipped == name) {
        Some((_, text)) => (*text).to_owned(),
        None => std::fs::read_to_string(name).with_context(|| {
            let names: Vec<&str> = MAPPINGS.iter().map(|(name, _)| *name).collect();
            format!("{name} is neither a file that can be read nor one of {}", names.join(", "))
        })?,
    };
    Mapping::parse(&text).with_context(|| format!("the mapping {name} is refused"))
}

/// Imports a file; `told` hears after each batch how far it is.
///
/// # Errors
/// When the file, the rejects or the database fail. Batches written until then stay, and running the import again
/// goes over them without a change.
pub async fn run<K: Imported>(
    db: &Db,
    clock: &dyn Clock,
    ids: Arc<dyn Ids>,
    kind: K,
    import: Import,
    mut told: impl FnMut(Reached),
) -> anyhow::Result<Done> {
    let Import { file, mut options, group, rejects, dry_run } = import;
    let mut rejects = match rejects {
        Some(path) => RejectWriter::at(path),
        None => RejectWriter::beside(&file),
    }
    .context("the file of rejects is in the way")?;
    options.target = K::TARGET;
    let intake = intake::open(&file, options).with_context(|| format!("cannot read {}", file.display()))?;
    let how = How { mode: intake.mode(), dry_run };
    let position = intake.progress();
    let (send, mut batches) = channel(AHEAD);
    let reader =
        std::thread::Builder::new().name("import-reader".into()).spawn(move || read(intake, kind, &send))?;

    let request_id = format!("import-{}", ids.next());
    let mut rows = Progress::default();
    while let Some(batch) = next(&mut batches).await? {
        let cx = Ctx {
            group,
            actor: Actor::OPERATOR,
            sight: Sight::WholeGroup,
            request_id: request_id.clone(),
            now: clock.now(),
            ids: Arc::clone(&ids),
        };
        for result in write(db, cx, kind, batch, how).await? {
            rows.count(result.outcome);
            reject(&mut rejects, &result).context("the file of rejects cannot be written")?;
        }
        told(Reached { rows, bytes: position.bytes_read(), of: position.total_bytes() });
    }
    anyhow::ensure!(reader.join().is_ok(), "the reader of the file stopped");
    let rejects = rejects.finish().context("the file of rejects cannot be written")?;
    Ok(Done { target: K::TARGET, rows, rejects, dry_run })
}

type Batch<R> = Result<Vec<Taken<R>>, IntakeError>;

async fn next<R>(batches: &mut Receiver<Batch<R>>) -> anyhow::Result<Option<Vec<Taken<R>>>> {
    batches.recv().await.transpose().context("the file cannot be read any further")
}

/// Reads the file into batches; a receiver that went away ends it.
fn read<K: Imported>(intake: Intake, kind: K, send: &Sender<Batch<K::Record>>) {
    let mut batch = Vec::with_capacity(BATCH);
    let items: Box<dyn Iterator<Item = Result<Item, IntakeError>>> =
        if K::GROUPED { Box::new(Grouped::new(intake)) } else { Box::new(intake) };
    for item in items {
        match item {
            Ok(item) => batch.push(take(kind, item)),
            Err(error) => {
                // What was read before the fault is worth having.
                if send.blocking_send(Ok(std::mem::take(&mut batch))).is_ok() {
                    drop(send.blocking_send(Err(error)));
                }
                return;
            }
        }
        if batch.len() == BATCH {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if send.blocking_send(Ok(full)).is_err() {
                return;
            }
        }
    }
    drop(send.blocking_send(Ok(batch)));
}

async fn write<K: Imported>(
    db: &Db,
    cx: Ctx,
    kind: K,
    batch: Vec<Taken<K::Record>>,
    how: How,
) -> anyhow::Result<Vec<RowResult>> {
    let batch = Arc::new(batch);
    let mut tries = 0;
    loop {
        tries += 1;
        let (cx, rows) = (cx.clone(), Arc::clone(&batch));
        let error = match db.write(move |tx| apply(tx, &cx, kind, &rows, how)).await {
            Ok(results) => return Ok(results),
            Err(error) => K::database(error)?,
        };
        match error {
            DbError::Busy | DbError::Unavailable(_) if tries < TRIES => {
                log::warn!("the import waits for the database: {error}");
                tokio::time::sleep(BREATH).await;
            }
            _ => return Err(error.into()),
        }
    }
}

fn reject(rejects: &mut RejectWriter, result: &RowResult) -> std::io::Result<()> {
    if result.outcome == RowOutcome::Rejected {
        for fault in &result.faults {
            rejects.write_later(result.line, result.external_id.as_deref(), fault)?;
        }
    }
    Ok(())
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Progress { accepted, created, updated, unchanged, rejected, skipped, .. } = self.rows;
        let records = match (self.target, accepted) {
            (Target::ComplaintEvent, 1) => "1 history".to_owned(),
            (Target::ComplaintEvent, many) => format!("{many} histories"),
            (target, many) => counted(many, target.name()),
        };
        let taken = if self.dry_run { "would be taken" } else { "taken" };
        write!(f, "{records} {taken}: {created} new, {updated} changed, {unchanged} unchanged")?;
        if skipped > 0 {
            write!(f, "; {} passed over", rows(skipped))?;
        }
        match &self.rejects {
            Some(path) => write!(f, "; {} rejected, see {}", rows(rejected), path.display()),
            None => Ok(()),
        }
    }
}

fn rows(count: i64) -> String {
    counted(count, "row")
}

fn counted(count: i64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{Done, MAPPINGS, mapping};
    use crate::intake::Target;
    use crate::platform::jobs::{Progress, RowOutcome};

    #[test]
    fn the_summary_counts_one_and_many_in_good_english() {
        let told = |outcomes: &[RowOutcome], rejects: Option<&str>, dry_run| {
            let mut rows = Progress::default();
            outcomes.iter().for_each(|outcome| rows.count(*outcome));
            Done { target: Target::Guest, rows, rejects: rejects.map(Into::into), dry_run }.to_string()
        };
        use RowOutcome::{Created, Rejected, Skipped, Unchanged, Updated};
        assert_eq!(
            told(&[Updated, Skipped, Rejected], Some("r.csv"), false),
            "1 guest taken: 0 new, 1 changed, 0 unchanged; 1 row passed over; 1 row rejected, see r.csv"
        );
        assert_eq!(
            told(&[Created, Unchanged, Skipped, Skipped, Rejected, Rejected], Some("r.csv"), false),
            "2 guests taken: 1 new, 0 changed, 1 unchanged; 2 rows passed over; 2 rows rejected, see r.csv"
        );
        assert_eq!(told(&[], None, true), "0 guests would be taken: 0 new, 0 changed, 0 unchanged");
    }

    #[test]
    fn every_mapping_that_comes_with_the_program_is_found_by_its_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings");
        let files = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(files, MAPPINGS.len());
        for (name, _) in MAPPINGS {
            mapping(name).unwrap();
        }
        let message = format!("{:#}", mapping("no-such-mapping").unwrap_err());
        assert!(message.contains("hotel-customers-tail"), "{message}");
    }
}
