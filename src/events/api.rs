//! `GET /v1/events`.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::ActorId;
use crate::platform::events::{self, Event, EventFilter};
use crate::web::access::{Can, EventsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::DEFAULT_LIMIT;
use crate::web::problem::Problem;
use crate::web::reply;

/// Name of a member that changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("vip_level"))]
pub struct ChangedField(String);

/// What a change was: only the members that differ.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventData {
    /// Names of the members that differ.
    #[schema(max_items = 100)]
    changed_fields: Vec<ChangedField>,
    /// Their values before; absent members had none. The members are those of the subject's own schema.
    #[schema(examples(json!({"vip_level": "vip2"})))]
    before: Map<String, Value>,
    /// Their values after; absent members have none any more.
    #[schema(examples(json!({"vip_level": "vip1"})))]
    after: Map<String, Value>,
}

/// One change. Clients must expect types they do not know.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    /// Place in the feed of the group, from 1; gaps are events the reader may not see.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(4711))]
    position: i64,
    /// Id of the event: the same event always has the same.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"))]
    id: uuid::Uuid,
    /// What happened, `subject.verb`; the list grows.
    #[serde(rename = "type")]
    #[schema(max_length = 60, examples("guest.updated"))]
    kind: String,
    /// When it happened.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    occurred_at: String,
    /// Kind of what changed.
    #[schema(max_length = 40, examples("guest"))]
    subject_kind: String,
    /// Id of what changed.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    subject_id: uuid::Uuid,
    /// Version of what changed, after the change.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2))]
    subject_version: i64,
    /// What the change was.
    data: EventData,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let Event { id, at, event_type, subject_kind, subject_id, subject_version, data, position } = event;
        let object = |name: &str| data.0.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let names = data.0.get("changed_fields").and_then(Value::as_array).cloned().unwrap_or_default();
        Self {
            position: position.unwrap_or_default(),
            id: id.0,
            kind: event_type,
            occurred_at: at.to_string(),
            subject_kind,
            subject_id: subject_id.0,
            subject_version,
            data: EventData {
                changed_fields: names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|name| ChangedField(name.into()))
                    .collect(),
                before: object("before"),
                after: object("after"),
            },
        }
    }
}

/// Events after a position.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBatch {
    /// Events in order, at most `limit`.
    #[schema(max_items = 200)]
    items: Vec<EventView>,
    /// Ask for events after this position next; the position asked for when nothing is new.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4711))]
    last_position: i64,
    /// Whether more events are waiting.
    #[schema(examples(false))]
    has_more: bool,
}

/// Which part of the feed is read.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventQuery {
    /// Events after this position; from the beginning (0) unless told.
    #[param(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 4700)]
    #[validate(range(min = 0, max = 9_007_199_254_740_991_i64))]
    after: Option<i64>,
    /// Only these types, comma-separated.
    #[param(nullable = false, max_length = 1000, example = "guest.created,guest.updated")]
    #[validate(length(max = 1000))]
    types: Option<String>,
    /// Only events of the subject with this id.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")]
    subject: Option<uuid::Uuid>,
    /// Events at once, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
}

impl Input for EventQuery {
    type Command = (i64, EventFilter, i64);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let types: Vec<String> =
            self.types.iter().flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).collect();
        if types.iter().any(|name| !events::TYPES.iter().any(|(known, _)| known == name)) {
            faults.at("types", |f| f.add("unknown_value", "names a type that does not exist"));
        }
        let filter = EventFilter { types, subject: self.subject.map(ActorId) };
        Some((self.after.unwrap_or(0), filter, i64::from(self.limit.unwrap_or(DEFAULT_LIMIT))))
    }
}

/// Read the change feed
///
/// Every committed change appears once, in an order that never skips a change which commits late, within a second of its
/// commit. Ask again with `last_position`; a consumer keeps that one number.
#[utoipa::path(
    tag = "events",
    security(("bearer" = ["events:read"])),
    params(EventQuery),
    responses((status = 200, description = "Events after the position.", body = EventBatch, example = json!({
        "items": [{
            "position": 4711, "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0", "type": "guest.updated",
            "occurred_at": "2026-11-21T08:30:00.000000Z", "subject_kind": "guest",
            "subject_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "subject_version": 2,
            "data": {"changed_fields": ["vip_level"], "before": {"vip_level": "vip2"}, "after": {"vip_level": "vip1"}}
        }], "last_position": 4711, "has_more": false
    })))
)]
#[get("/v1/events")]
pub async fn list_events(
    app: web::Data<App>,
    by: Can<EventsRead>,
    params: Params<EventQuery>,
) -> Result<HttpResponse, Problem> {
    let (after, filter, limit) = params.0;
    let cx = by.cx;
    let mut found =
        app.read(move |r| events::list(r, cx.group, &cx.sight, &filter, after, limit + 1)).await?;
    let has_more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if has_more {
        found.pop();
    }
    let last_position = found.last().and_then(|event| event.position).unwrap_or(after);
    Ok(reply::ok(&EventBatch {
        items: found.into_iter().map(EventView::from).collect(),
        last_position,
        has_more,
    }))
}
