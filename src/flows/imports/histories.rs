//! Histories of complaints as what is imported: the rows of one complaint follow each other and become its life.

use serde_json::{Map, Value};

use super::complaints::{ReadComplaint, at_hotel, database, is_overtaken, laying, report};
use crate::complaints::delivery;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{ComplaintStatus, HoldReason};
use crate::complaints::replay::{Told, ToldEvent, ToldState};
use crate::complaints::take_over::{Lived, take_over_all};
use crate::db::{DbError, Tx};
use crate::flows::imports::{How, Imported, RowResult, Taken, fault};
use crate::intake::{Mapped, Target};
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::HotelId;
use crate::platform::context::Ctx;

/// Members of an event that say something of the complaint as a whole, and of which the first row counts that has them.
const FIRST: [&str; 4] = ["hotel_code", "hotel_id", "description", "received_at"];
/// The same, but the last row counts.
const LAST: [&str; 6] = ["channel", "subject", "language", "room", "location", "custom_fields"];
/// How it is judged: the last row counts.
const CLASS: [&str; 2] = ["severity", "priority"];

/// Complaints with their histories.
#[derive(Debug, Clone, Copy)]
pub struct Histories {
    /// How the document of a complaint is read.
    pub read: ReadComplaint,
    /// The hotel of complaints that name none.
    pub hotel: Option<HotelId>,
}

impl Imported for Histories {
    type Record = Lived;
    type Error = ComplaintError;
    const TARGET: Target = Target::ComplaintEvent;
    const GROUPED: bool = true;

    fn read(self, mapped: Mapped) -> Result<Lived, Vec<Fault>> {
        let Value::Object(mut record) = mapped.document else { return Err(vec![nothing("/")]) };
        let Some(Value::Array(rows)) = record.remove("events") else { return Err(vec![nothing("/events")]) };
        let mut events = Vec::with_capacity(rows.len());
        let mut faults = Vec::new();
        for row in &rows {
            match event(row) {
                Ok(event) => events.push(event),
                Err(fault) => faults.push(fault),
            }
        }
        let Some(first) = events.first() else {
            faults.push(nothing("/events"));
            return Err(faults);
        };
        let mut document = said(record, &rows, first.at);
        at_hotel(&mut document, self.hotel);
        match (self.read)(document) {
            Ok(said) if faults.is_empty() => Ok(Lived { said, told: told(&rows, events) }),
            Ok(_) => Err(faults),
            Err(found) => Err(faults.into_iter().chain(found).collect()),
        }
    }

    fn write(
        self,
        tx: &mut Tx<'_>,
        cx: &Ctx,
        rows: &[Taken<Lived>],
        how: How,
    ) -> Result<Vec<RowResult>, ComplaintError> {
        let lived = |row: &Taken<Lived>| match row {
            Taken::Record(row) => Some(row.record.clone()),
            Taken::Rejected(_) | Taken::Skipped { .. } => None,
        };
        let lives: Vec<Lived> = rows.iter().filter_map(lived).collect();
        let how = delivery::How { laying: laying(how.mode), dry_run: how.dry_run, taken_over: true };
        Ok(report(rows, take_over_all(tx, cx, &lives, how)?))
    }

    fn is_overtaken(error: &ComplaintError) -> bool {
        is_overtaken(error)
    }

    fn database(error: ComplaintError) -> Result<DbError, ComplaintError> {
        database(error)
    }
}

fn nothing(pointer: &str) -> Fault {
    fault(pointer, "required", "tells of no event")
}

/// The value of a member in the last of the rows that has it.
fn last<'r>(rows: &'r [Value], member: &str) -> Option<&'r Value> {
    rows.iter().rev().find_map(|row| row.get(member))
}

/// What was said of the complaint, in the shape in which one is delivered.
fn said(mut document: Map<String, Value>, rows: &[Value], began_at: Instant) -> Value {
    for member in FIRST {
        if let Some(value) = rows.iter().find_map(|row| row.get(member)) {
            document.insert(member.into(), value.clone());
        }
    }
    for member in LAST {
        if let Some(value) = last(rows, member) {
            document.insert(member.into(), value.clone());
        }
    }
    document.entry("received_at").or_insert_with(|| began_at.to_string().into());
    document.entry("channel").or_insert_with(|| "front_desk".into());
    let judged = CLASS.iter().filter_map(|member| Some(((*member).to_owned(), last(rows, member)?.clone())));
    let class: Map<String, Value> = judged.collect();
    if !class.is_empty() {
        document.insert("classification".into(), class.into());
    }
    document.into()
}

fn text(row: &Value, member: &str) -> Option<String> {
    row.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn instant(row: &Value, member: &str) -> Option<Instant> {
    serde_json::from_value(row.get(member)?.clone()).ok()
}

fn event(row: &Value) -> Result<ToldEvent, Fault> {
    let line = row.get("line").and_then(Value::as_u64).unwrap_or(0);
    let state = row.get("state").and_then(Value::as_str).and_then(|code| match HoldReason::of(code) {
        Some(reason) => Some(ToldState::Waits(reason)),
        None => {
            ComplaintStatus::of(code).filter(|status| *status != ComplaintStatus::Merged).map(ToldState::Is)
        }
    });
    match (instant(row, "at"), state) {
        (Some(at), Some(state)) => Ok(ToldEvent {
            at,
            state,
            group: text(row, "assigned_group"),
            person: text(row, "assigned_person"),
            note: text(row, "hold_note"),
        }),
        (None, _) => Err(fault("/at", "required", &format!("has no instant in line {line}"))),
        (_, None) => Err(fault("/state", "required", &format!("has no known state in line {line}"))),
    }
}

/// The life that the rows tell of.
fn told(rows: &[Value], events: Vec<ToldEvent>) -> Told {
    // What the last row does not say is not known, whatever was thought before.
    let now = rows.last().unwrap_or(&Value::Null);
    Told {
        events,
        in_time: last(rows, "in_time").and_then(Value::as_bool),
        resolved_at: instant(now, "resolved_at"),
        tells_resolution: last(rows, "tells_resolution").and_then(Value::as_bool).unwrap_or(false),
        closed_at: instant(now, "closed_at"),
        ending: last(rows, "ending").and_then(Value::as_str).map(str::to_owned),
    }
}
