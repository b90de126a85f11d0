//! The trace of a mutation: exactly one audit row and one event row, in its own transaction.

use diesel::prelude::*;
use serde_json::{Map, Value, json};

use crate::db::schema::{audit_entries, events};
use crate::db::types::Json;
use crate::db::{DbResult, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, AuditId, EventId, GroupId, HotelId};
use crate::kit::version::Version;
use crate::platform::context::Ctx;

/// A change that happened to one subject.
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened, as event type and audit action: `guest.updated`.
    pub action: &'static str,
    /// Kind of the subject: `guest`.
    pub subject_kind: &'static str,
    /// Id of the subject.
    pub subject_id: uuid::Uuid,
    /// Version of the subject after the change.
    pub version: Version,
    /// The hotel whose staff alone may see the subject; `None` when the whole group may.
    pub hotel: Option<HotelId>,
    /// When: the subject's own `updated_at`.
    pub at: Instant,
    /// The subject before, as the API shows it; `None` when it was created.
    pub before: Option<Value>,
    /// The subject after; `None` when it is gone.
    pub after: Option<Value>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_entries)]
struct AuditRow {
    group_id: GroupId,
    id: AuditId,
    at: Instant,
    actor_kind: &'static str,
    actor_id: ActorId,
    request_id: String,
    action: &'static str,
    subject_kind: &'static str,
    subject_id: ActorId,
    subject_version: i64,
    hotel_id: Option<HotelId>,
    before: Option<Json<Value>>,
    after: Option<Json<Value>>,
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct EventRow {
    group_id: GroupId,
    id: EventId,
    at: Instant,
    event_type: &'static str,
    subject_kind: &'static str,
    subject_id: ActorId,
    subject_version: i64,
    hotel_id: Option<HotelId>,
    data: Json<Value>,
}

/// Writes the audit row and the event row of a change.
///
/// # Errors
/// When the database fails.
pub fn record(tx: &mut Tx<'_>, cx: &Ctx, change: Change) -> DbResult<()> {
    record_all(tx, cx, vec![change])
}

/// Writes the audit and event rows of many changes.
///
/// # Errors
/// When the database fails.
pub fn record_all(tx: &mut Tx<'_>, cx: &Ctx, changes: Vec<Change>) -> DbResult<()> {
    let mut audit = Vec::with_capacity(changes.len());
    let mut feed = Vec::with_capacity(changes.len());
    for change in changes {
        let subject_id = ActorId(change.subject_id);
        feed.push(EventRow {
            group_id: cx.group,
            id: cx.new_id(),
            at: change.at,
            event_type: change.action,
            subject_kind: change.subject_kind,
            subject_id,
            subject_version: change.version,
            hotel_id: change.hotel,
            data: Json(difference(change.before.as_ref(), change.after.as_ref())),
        });
        audit.push(AuditRow {
            group_id: cx.group,
            id: cx.new_id(),
            at: change.at,
            actor_kind: cx.actor.kind.code(),
            actor_id: cx.actor.id,
            request_id: cx.request_id.clone(),
            action: change.action,
            subject_kind: change.subject_kind,
            subject_id,
            subject_version: change.version,
            hotel_id: change.hotel,
            before: change.before.map(Json),
            after: change.after.map(Json),
        });
    }
    insert_all!(tx, audit_entries::table, &audit)?;
    insert_all!(tx, events::table, &feed)
}

/// Members that change with every change and say nothing.
const SILENT: [&str; 3] = ["version", "updated_at", "updated_by"];

/// `{changed_fields, before, after}` with only the members that differ; absent members are absent.
pub fn difference(before: Option<&Value>, after: Option<&Value>) -> Value {
    let none = Map::new();
    let members =
        |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_else(|| none.clone());
    let (before, after) = (members(before), members(after));
    let mut names: Vec<&String> =
        before.keys().chain(after.keys().filter(|name| !before.contains_key(*name))).collect();
    names.retain(|name| !SILENT.contains(&name.as_str()) && before.get(*name) != after.get(*name));
    names.sort();
    let pick = |from: &Map<String, Value>| -> Map<String, Value> {
        names
            .iter()
            .filter_map(|name| from.get(*name).map(|value| ((*name).clone(), value.clone())))
            .collect()
    };
    json!({ "changed_fields": names, "before": pick(&before), "after": pick(&after) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn only_what_differs_is_told() {
        let before = json!({"a": 1, "b": [1], "c": "x", "version": 1});
        let after = json!({"a": 1, "b": [2], "d": true, "version": 2});
        assert_eq!(
            difference(Some(&before), Some(&after)),
            json!({"changed_fields": ["b", "c", "d"], "before": {"b": [1], "c": "x"}, "after": {"b": [2], "d": true}})
        );
    }
}
